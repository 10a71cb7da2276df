"""What all dialogs do alike: how large they open, what the wheel does in them, how they give way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.settings import Settings
from rlm_desktop.ui.dialogs import FRAME, furnish
from rlm_desktop.ui.first_run import FirstRun
from rlm_desktop.ui.flow import Beside, FlowLayout
from rlm_desktop.ui.samples import samples
from rlm_desktop.ui.settings.dialog import SettingsDialog
from rlm_desktop.ui.wheel import let_wheel_scroll
from tests.ui.opened import enlarge

Until = Callable[..., Awaitable[None]]


class _Owner(QWidget):
    def __init__(self, file: Path) -> None:
        super().__init__()
        self.memory = QSettings(str(file), QSettings.Format.IniFormat)


@pytest.fixture
def owner(qtbot: QtBot, tmp_path: Path) -> _Owner:
    widget = _Owner(tmp_path / "window.ini")
    qtbot.addWidget(widget)
    return widget


def _opened(owner: QWidget, width: int, height: int) -> QDialog:
    dialog = QDialog(owner)
    QVBoxLayout(dialog).addWidget(QLabel("words"))
    furnish(dialog, width, height)
    dialog.show()
    return dialog


def test_a_dialog_opens_as_large_as_it_was_left(owner: _Owner) -> None:
    first = _opened(owner, 300, 200)
    assert first.size() == QSize(300, 200)
    first.close()
    assert _opened(owner, 320, 200).size() == QSize(320, 200), "nobody chose a size"
    first = _opened(owner, 300, 200)
    first.resize(400, 250)
    first.close()
    assert _opened(owner, 300, 200).size() == QSize(400, 250)


def test_dialogs_of_one_class_that_are_not_alike_keep_their_own_sizes(owner: _Owner) -> None:
    wide = _opened(owner, 300, 200)
    wide.setObjectName("wide")
    wide.resize(500, 260)
    wide.close()
    assert _opened(owner, 300, 200).size() == QSize(300, 200)


def test_a_dialog_is_never_larger_than_its_screen(owner: _Owner) -> None:
    screen = owner.screen().availableSize()
    assert _opened(owner, 5000, 5000).size() == screen - FRAME
    owner.memory.setValue("dialog/QDialog", QSize(9000, 200))  # the screen of last time was larger
    assert _opened(owner, 300, 200).size() == QSize(screen.width() - FRAME.width(), 200)


def _turn_wheel(over: QWidget) -> QWheelEvent:
    place = QPointF(over.rect().center())
    down, none = QPoint(0, -120), Qt.KeyboardModifier.NoModifier
    turned = (Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False)
    event = QWheelEvent(place, over.mapToGlobal(place), down, down, *turned)
    QApplication.sendEvent(over, event)
    return event


def test_the_wheel_over_a_choice_scrolls_the_page(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.resize(500, 300)
    dialog.show()
    dialog.show_page("repl")
    mode = dialog.fields["repl_mode"].control
    assert isinstance(mode, QComboBox)
    mode.setFocus()
    event = _turn_wheel(mode)
    assert dialog.settings.repl_mode == Settings().repl_mode == mode.currentData()
    assert not event.isAccepted(), "the page gets it"


async def test_the_pages_of_the_settings_can_be_read_when_letters_grow(qtbot: QtBot, wait_until: Until) -> None:
    dialog = SettingsDialog(Settings())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    before = dialog.pages.width()
    enlarge(dialog, 2)
    await wait_until(lambda: dialog.pages.width() > before)
    assert dialog.pages.horizontalScrollBar().maximum() == 0
    assert dialog.search.width() == dialog.pages.width()


async def test_the_wheel_turns_figures_only_where_the_keyboard_is(qtbot: QtBot, wait_until: Until) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    figures, other = QSpinBox(), QPushButton("other")
    column = QVBoxLayout(root)
    column.addWidget(figures)
    column.addWidget(other)
    let_wheel_scroll(root)
    root.show()
    root.activateWindow()
    figures.setValue(5)
    other.setFocus()
    _turn_wheel(figures)
    assert figures.value() == 5
    figures.setFocus()
    await wait_until(figures.hasFocus)
    _turn_wheel(figures)
    assert figures.value() == 4


def test_buttons_go_on_in_the_next_line(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    line = FlowLayout()
    buttons = [QPushButton("a button with words") for _ in range(3)]
    for button in buttons:
        line.addWidget(button)
    column = QVBoxLayout(root)
    column.addLayout(line)
    column.addStretch()
    root.resize(3 * buttons[0].sizeHint().width() + 60, 300)
    root.show()
    assert len({button.y() for button in buttons}) == 1
    root.resize(2 * buttons[0].sizeHint().width() + 60, 300)
    assert buttons[1].y() == buttons[0].y() < buttons[2].y()
    assert root.minimumSizeHint().width() < 2 * buttons[0].sizeHint().width()


def test_what_stands_beside_goes_below(qtbot: QtBot) -> None:
    first, second = QPushButton("first"), QPushButton("second")
    both = Beside(first, second, least=400, stretch=(1, 1))
    qtbot.addWidget(both)
    both.resize(600, 200)
    both.show()
    assert first.y() == second.y()
    both.resize(200, 200)
    assert first.x() == second.x()
    both.resize(600, 200)
    assert first.y() == second.y()


def test_the_first_page_never_scrolls_sideways(qtbot: QtBot) -> None:
    page = FirstRun(samples())
    qtbot.addWidget(page)
    enlarge(page, 2)
    page.resize(500, 480)
    page.show()
    assert page.widget().minimumSizeHint().width() <= page.viewport().width()
