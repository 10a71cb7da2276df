"""What the window says of an error can be copied, with the mouse and with the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMessageBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import Found
from rlm_desktop.engine.events import EndState
from rlm_desktop.errors import DocumentError
from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.documents.panel import DocumentsPanel
from rlm_desktop.ui.labels import CopyLabel, IconButton
from rlm_desktop.ui.messages import MessageBar
from rlm_desktop.ui.run_header import RunHeader
from rlm_desktop.ui.theme import Theme
from tests import traces
from tests.traces import Shape


@pytest.fixture(autouse=True)
def _empty_clipboard() -> Iterator[None]:
    QGuiApplication.clipboard().clear()
    yield
    QGuiApplication.clipboard().clear()


def _copied() -> str:
    return QGuiApplication.clipboard().text()


def test_a_message(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message("It failed: because.")
    (copy,) = [button for button in bar.findChildren(IconButton) if button.accessibleName() == "Copy this message"]
    qtbot.keyClick(copy, Qt.Key.Key_Space)
    assert _copied() == "It failed: because."
    bar.show_message("Done.", "info")
    assert len(bar.findChildren(IconButton)) == 3


def test_a_label_by_keyboard(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    line, label = QLineEdit(), CopyLabel("<b>It</b> failed.")
    column.addWidget(line)
    column.addWidget(label)
    with qtbot.waitActive(window):
        window.show()
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert label.hasFocus()
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert _copied() == "<b>It</b> failed."
    label.setText("")
    assert not label.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_message_box_of_the_window(qtbot: QtBot) -> None:
    dressed = Theme(QGuiApplication.instance(), "light")  # type: ignore[arg-type]
    box = QMessageBox()
    box.setText("It failed.")
    qtbot.addWidget(box)
    box.ensurePolished()
    assert box.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    dressed.deleteLater()


def test_why_a_run_has_no_answer(qtbot: QtBot) -> None:
    header = RunHeader()
    qtbot.addWidget(header)
    header.set_state(traces.state(Shape(calls=20, batch=4, end=EndState.FAILED)))
    header.show()
    (copy,) = [button for button in header.findChildren(IconButton) if button.isVisible()]
    qtbot.keyClick(copy, Qt.Key.Key_Space)
    assert _copied() == header.answer.full_text != ""


def test_what_is_wrong_with_a_document(qtbot: QtBot) -> None:
    item = DocumentItem.of_file(Found("/x/broken.pdf", "broken.pdf", 2_345))
    item.refuse(DocumentError("", "it is damaged: its pages cannot be found."), is_locked=False)
    panel = DocumentsPanel()
    qtbot.addWidget(panel)
    panel.add([item])
    menu = panel.table.menu_of(0)
    (action,) = [action for action in menu.actions() if action.text() == "Copy &what is wrong"]
    action.trigger()
    menu.close()
    assert "its pages cannot be found" in _copied()
