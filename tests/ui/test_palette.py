from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.ui.actions import ACTIONS, Actions, EditKeys
from rlm_desktop.ui.palette import Entry, Palette, find, match_letters

Keys = Qt.Key


def _labels(text: str, *labels: str, recent: tuple[str, ...] = ()) -> list[str]:
    entries = [Entry(label, label, "Menu", "", lambda: None) for label in labels]
    return [entry.label for entry in find(entries, text, recent)]


class TestFinding:
    def test_beginnings_of_words_come_first(self) -> None:
        labels = ("Find in the calls", "Next sibling", "New session")
        assert _labels("ns", *labels) == ["New session", "Next sibling", "Find in the calls"]
        assert _labels("stop", "Show the tool pane", "Stop") == ["Stop", "Show the tool pane"]
        assert _labels("xyz", "Stop") == []

    def test_what_was_used_last_comes_before_equals(self) -> None:
        assert _labels("", "A", "B", "C", recent=("C", "B")) == ["C", "B", "A"]
        assert _labels("go", "Go on", "Go up", recent=("Go up",)) == ["Go up", "Go on"]

    def test_the_menu_s_name_helps_to_find(self) -> None:
        assert _labels("menu stop", "Stop") == ["Stop"]

    def test_what_cannot_be_done_now_comes_last(self) -> None:
        entries = [
            Entry("a", "Stop", "", "", lambda: None, is_enabled=False),
            Entry("b", "Stop soon", "", "", lambda: None),
        ]
        assert [entry.name for entry in find(entries, "stop")] == ["b", "a"]

    @given(st.text(max_size=12), st.text(max_size=40))
    def test_what_is_marked_spells_what_was_typed(self, letters: str, label: str) -> None:
        match = match_letters(letters, label)
        wanted = "".join(letters.casefold().split())
        if match is None:
            return
        _score, places = match
        assert list(places) == sorted(set(places))
        assert "".join(label[place] for place in places).casefold() == wanted or len(label.casefold()) != len(label)

    @given(st.text(st.characters(categories=["Ll"], max_codepoint=127), min_size=1, max_size=30), st.data())
    def test_letters_in_order_are_always_found(self, label: str, data: st.DataObject) -> None:
        places = sorted(data.draw(st.sets(st.integers(0, len(label) - 1), min_size=1)))
        assert match_letters("".join(label[place] for place in places), label) is not None


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(900, 600)
    return window


class TestPalette:
    def _open(
        self, window: QMainWindow, qtbot: QtBot, memory: QSettings, more: tuple[Entry, ...] = ()
    ) -> tuple[Palette, list[str]]:
        done: list[str] = []
        actions = Actions(window)
        actions.connect_handlers({spec.name: (lambda name=spec.name: done.append(name)) for spec in ACTIONS})
        window.show()
        palette = Palette(actions, lambda: more, memory, window)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        palette.open()
        return palette, done

    @pytest.fixture
    def memory(self, tmp_path: object) -> QSettings:
        return QSettings(f"{tmp_path}/window.ini", QSettings.Format.IniFormat)

    def test_typing_and_enter_do_it_and_it_is_remembered(
        self, window: QMainWindow, qtbot: QtBot, memory: QSettings
    ) -> None:
        palette, done = self._open(window, qtbot, memory)
        qtbot.keyClicks(palette.edit, "dark")
        qtbot.keyClick(palette.edit, Keys.Key_Return)
        assert done == ["theme_dark"]
        assert not palette.isVisible()
        memory.sync()
        again, _ = self._open(window, qtbot, memory)
        assert again.view.model().entries[0].name == "theme_dark"  # type: ignore[attr-defined]
        qtbot.keyClick(again.edit, Keys.Key_Down)
        qtbot.keyClick(again.edit, Keys.Key_Up)
        qtbot.keyClick(again.edit, Keys.Key_Up)
        assert again.view.currentIndex().row() == again.view.model().rowCount() - 1
        qtbot.keyClick(again.edit, Keys.Key_PageUp)
        assert 0 < again.view.currentIndex().row() < again.view.model().rowCount() - 1
        qtbot.keyClick(again.edit, Keys.Key_Escape)
        assert not again.isVisible()

    def test_nothing_fits(self, window: QMainWindow, qtbot: QtBot, memory: QSettings) -> None:
        palette, done = self._open(window, qtbot, memory)
        palette.edit.setText("qqqqq")
        qtbot.keyClick(palette.edit, Keys.Key_Return)
        qtbot.keyClick(palette.edit, Keys.Key_Down)
        assert palette.isVisible()
        assert done == []
        window.resize(700, 500)
        palette.edit.clear()
        assert palette.view.height() > 100

    def test_it_lists_every_action_with_its_keys_and_goes_to_other_places(
        self, window: QMainWindow, qtbot: QtBot, memory: QSettings
    ) -> None:
        gone: list[str] = []
        place = Entry("", "Which segments grew?", "Session", "", lambda: gone.append("there"))
        palette, _ = self._open(window, qtbot, memory, (place,))
        entries = palette.view.model().entries  # type: ignore[attr-defined]
        assert {entry.name for entry in entries if entry.name} == {spec.name for spec in ACTIONS} - {"palette"}
        assert next(entry.keys for entry in entries if entry.name == "ask") == "Ctrl+Return, Ctrl+Enter"
        palette.edit.setText("segments")
        qtbot.keyClick(palette.edit, Keys.Key_Enter)
        assert gone == ["there"]

    def test_what_cannot_be_done_is_not_done(self, window: QMainWindow, qtbot: QtBot, memory: QSettings) -> None:
        done: list[str] = []
        place = Entry("x", "Qqq", "", "", lambda: done.append("x"), is_enabled=False)
        palette, _ = self._open(window, qtbot, memory, (place,))
        palette.edit.setText("qqq")
        qtbot.keyClick(palette.edit, Keys.Key_Return)
        assert palette.isVisible()
        assert done == []


class TestRebinding:
    def test_keys_are_changed_kept_and_taken_from_others(self, window: QMainWindow) -> None:
        actions = Actions(window)
        assert actions.conflicts("ask", ["Ctrl+K", "Ctrl+Alt+F11"]) == {"Ctrl+K": "palette"}
        actions.rebind("ask", ["Ctrl+K"])
        assert actions.keys("ask") == ("Ctrl+K",)
        assert actions.keys("palette") == ()
        changed = actions.changed_keys()
        assert changed == {"ask": ["Ctrl+K"], "palette": []}
        again = Actions(window)
        again.restore_keys(changed)
        assert (again.keys("ask"), again.keys("palette")) == (("Ctrl+K",), ())
        actions.rebind("palette", None)
        actions.rebind("ask", None)
        assert actions.changed_keys() == {}
        actions.rebind("ask", ())
        actions.reset_keys()
        assert actions.changed_keys() == {}

    def test_the_beginning_of_longer_keys_is_a_conflict(self, window: QMainWindow) -> None:
        actions = Actions(window)
        assert actions.conflicts("ask", ["Ctrl+K, Ctrl+A"]) == {"Ctrl+K, Ctrl+A": "palette"}

    def test_no_key_is_refused(self, window: QMainWindow) -> None:
        actions = Actions(window)
        for text in ("", "Ctrl+Nothing"):
            with pytest.raises(ValueError, match="no key"):
                actions.rebind("ask", [text])
        assert actions.changed_keys() == {}

    @pytest.mark.expect_log_warnings
    def test_rubbish_in_the_settings_file_is_left_out(self, window: QMainWindow) -> None:
        actions = Actions(window)
        actions.restore_keys({"no_action": ["F9"], "ask": 7.5, "stop": "Ctrl+Alt+F11"})
        assert actions.changed_keys() == {"stop": ["Ctrl+Alt+F11"]}


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_commands_go_before_the_emacs_keys_of_a_text_box(
    window: QMainWindow, qtbot: QtBot, kind: type[QWidget]
) -> None:
    done: list[str] = []
    actions = Actions(window)
    actions["palette"].triggered.connect(lambda: done.append("palette"))
    box = kind()
    body = QWidget()
    QVBoxLayout(body).addWidget(box)
    window.setCentralWidget(body)
    keys = EditKeys(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    box.setFocus()
    qtbot.keyClicks(box, "words")
    qtbot.keyClick(box, Keys.Key_Home)
    qtbot.keyClick(box, Keys.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert done == ["palette"]
    text = box.text() if isinstance(box, QLineEdit) else box.toPlainText()  # type: ignore[attr-defined]
    assert text == "words"
    qtbot.keyClick(box, Keys.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(box, Keys.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert (box.text() if isinstance(box, QLineEdit) else box.toPlainText()) == ""  # type: ignore[attr-defined]
    keys.deleteLater()


def test_every_key_of_the_table_is_a_key() -> None:
    assert all(QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys)
