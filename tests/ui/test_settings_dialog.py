"""The settings dialog: every setting in one place, found by words, applied at once, mended in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rlm_desktop.settings import Settings, options
from rlm_desktop.ui.actions import Actions
from rlm_desktop.ui.settings.dialog import SettingsDialog
from rlm_desktop.ui.settings.pages import PAGES
from rlm_desktop.ui.settings.shortcuts import NAME, ShortcutsPage

MakeDialog = Callable[..., SettingsDialog]


@pytest.fixture
def make(qtbot: QtBot) -> MakeDialog:
    def show(settings: Settings | None = None, **arguments: Any) -> SettingsDialog:
        dialog = SettingsDialog(settings or Settings(), **arguments)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return show


def shown(dialog: SettingsDialog) -> list[str]:
    return [name for name, field in dialog.fields.items() if field.isVisible()]


def test_every_setting_is_on_one_page() -> None:
    placed = [name for page in PAGES for name in page.names]
    assert sorted(set(placed)) == sorted(placed)
    assert {option.name for option in options()} <= set(placed)


def test_a_change_holds_at_once(make: MakeDialog, qtbot: QtBot) -> None:
    dialog = make(Settings(max_depth=3))
    taken: list[Settings] = []
    dialog.changed.connect(taken.append)
    dialog.show_page("limits")
    edit = dialog.findChild(QLineEdit, "max_iterations")
    edit.selectAll()
    qtbot.keyClicks(edit, "7")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert taken == [Settings(max_depth=3, max_iterations=7)]
    assert dialog.isVisible()

    dialog.show_page("appearance")
    box = dialog.findChild(QComboBox, "theme")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_End)
    assert taken[-1] == Settings(max_depth=3, max_iterations=7, theme="dark")

    dialog.show_page("repl")
    check = dialog.findChild(QCheckBox, "python_fences")
    qtbot.keyClick(check, Qt.Key.Key_Space)
    assert not taken[-1].python_fences


def test_what_is_not_allowed_is_said_in_place(make: MakeDialog, qtbot: QtBot) -> None:
    dialog = make()
    taken: list[Settings] = []
    dialog.changed.connect(taken.append)
    dialog.show_page("limits")
    field = dialog.fields["max_depth"]
    edit = dialog.findChild(QLineEdit, "max_depth")
    edit.setText("many")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert "from 1 to 10" in field.fault
    assert field.findChild(QLabel, "fault").isVisible()
    assert not taken
    edit.setText("4")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert field.fault == ""
    assert taken == [Settings(max_depth=4)]


def test_empty_is_no_limit_and_reset_is_the_default(make: MakeDialog, qtbot: QtBot) -> None:
    dialog = make()
    dialog.show_page("limits")
    field = dialog.fields["timeout"]
    edit = dialog.findChild(QLineEdit, "timeout")
    assert not field.reset.isVisible()
    edit.clear()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert dialog.settings.timeout is None
    assert edit.placeholderText() == "no limit"
    assert field.reset.isVisible()
    qtbot.mouseClick(field.reset, Qt.MouseButton.LeftButton)
    assert dialog.settings == Settings()
    assert edit.text() == "600"


def test_search_finds_over_all_pages(make: MakeDialog, qtbot: QtBot) -> None:
    dialog = make()
    qtbot.keyClicks(dialog.search, "memory")
    assert shown(dialog) == ["memory_limit_mb"]
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "limits usd")
    assert shown(dialog) == ["budget_usd"]
    qtbot.keyClicks(dialog.search, "zzz")
    assert shown(dialog) == []
    dialog.search.clear()
    assert shown(dialog) == list(next(page for page in PAGES if page.name == "models").names)


def test_search_finds_what_is_written_on_pages_of_their_own(make: MakeDialog, qtbot: QtBot) -> None:
    page = QPushButton("&Back up…")
    dialog = make(widgets={"storage": _with(page)})
    qtbot.keyClicks(dialog.search, "back up")
    assert page.isVisible()
    assert shown(dialog) == []
    dialog.search.setText("back down")
    assert not page.isVisible()


def test_closing_asks_where_something_typed_would_be_lost(make: MakeDialog, qtbot: QtBot) -> None:
    page = _with(QLineEdit())
    dialog = make(widgets={"providers": page})
    page.is_unsaved = True  # type: ignore[attr-defined]
    for words, is_open in (("Cancel", True), ("Discard", False)):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        box = dialog.findChildren(QMessageBox)[-1]
        next(button for button in box.buttons() if words in button.text()).click()
        qtbot.waitUntil(lambda is_open=is_open: dialog.isVisible() == is_open)  # type: ignore[misc]


def _with(widget: QWidget) -> QWidget:
    page = QWidget()
    QVBoxLayout(page).addWidget(widget)
    return page


def test_a_page_that_is_chosen_while_one_searches_shows(make: MakeDialog, qtbot: QtBot) -> None:
    dialog = make()
    names = [page.name for page in PAGES if page.name in {"models", "limits"}]
    items = [dialog.pages.item(row) for row in range(dialog.pages.count())]
    for name in names:
        item = next(item for item in items if item.data(Qt.ItemDataRole.UserRole) == name)
        qtbot.keyClicks(dialog.search, "memory")
        place = dialog.pages.visualItemRect(item).center()
        qtbot.mouseClick(dialog.pages.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert shown(dialog) == list(next(page for page in PAGES if page.name == name).names)
        assert dialog.search.text() == ""


def test_what_the_environment_set_cannot_be_changed_here(make: MakeDialog) -> None:
    dialog = make(Settings().overridden_by("RLM_DESKTOP_MAX_DEPTH", max_depth=7))
    edit = dialog.findChild(QLineEdit, "max_depth")
    assert not edit.isEnabled()
    assert edit.text() == "7"
    assert "RLM_DESKTOP_MAX_DEPTH" in edit.accessibleDescription()


def test_a_check_box_too_says_what_has_set_it(make: MakeDialog) -> None:
    dialog = make(Settings().overridden_by("RLM_DESKTOP_CHECK_UPDATES", check_updates=True))
    dialog.show_page("general")
    labels = dialog.fields["check_updates"].findChildren(QLabel)
    assert any("RLM_DESKTOP_CHECK_UPDATES" in label.text() for label in labels if label.isVisible())


def test_the_prompt_shows_its_default_and_is_kept_when_closed_at_once(make: MakeDialog, qtbot: QtBot) -> None:
    dialog = make(defaults={"system_prompt": "You have a REPL."})
    edit = dialog.findChild(QPlainTextEdit, "system_prompt")
    assert edit.toPlainText() == "You have a REPL."
    dialog.fields["system_prompt"].take_pending()
    assert dialog.settings.system_prompt == ""
    dialog.show_page("models")
    edit.selectAll()
    qtbot.keyClicks(edit, "Be brief.")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.settings.system_prompt == "Be brief."


class TestShortcuts:
    @pytest.fixture
    def page(self, qtbot: QtBot) -> Iterator[ShortcutsPage]:
        window = QMainWindow()
        page = ShortcutsPage(Actions(window))
        window.setCentralWidget(page)
        qtbot.addWidget(window)
        window.show()
        yield page
        window.close()

    def test_keys_are_changed_and_a_conflict_is_said(self, page: ShortcutsPage, qtbot: QtBot) -> None:
        page.select("about")
        qtbot.keyClick(page.keys, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert "New session" in page.conflict.text()
        qtbot.mouseClick(page.use, Qt.MouseButton.LeftButton)
        assert page._actions.changed_keys() == {"about": ["Ctrl+N"], "new_session": []}
        assert page.selected == "about"
        qtbot.mouseClick(page.reset_all, Qt.MouseButton.LeftButton)
        assert page._actions.changed_keys() == {}

    def test_the_filter_looks_at_commands_and_keys(self, page: ShortcutsPage, qtbot: QtBot) -> None:
        qtbot.keyClicks(page.search, "ctrl+n")
        assert "new_session" in [item.data(0, NAME) for item in page._items() if not item.isHidden()]
        page.search.setText("zzz")
        assert all(item.isHidden() for item in page._items())

    def test_enter_in_the_filter_takes_no_keys_away(
        self, page: ShortcutsPage, make: MakeDialog, qtbot: QtBot
    ) -> None:
        dialog = make(widgets={"shortcuts": page})
        dialog.show_page("shortcuts")
        page.select("ask")
        page.search.setFocus()
        qtbot.keyClick(page.search, Qt.Key.Key_Return)
        assert page._actions.keys("ask")
        page.setParent(None)
