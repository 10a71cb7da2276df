"""How a widget is told apart for the style sheets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QMessageBox, QWidget


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and dress the widget anew."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def without_icons(box: QDialogButtonBox | QMessageBox) -> None:
    """Take the pictures off a dialog's buttons: their words say it."""
    for button in box.buttons():
        button.setIcon(QIcon())


def let_copy(label: QLabel) -> None:
    """Let the text of a label be selected and copied, by mouse and by keyboard; it is shown as it is."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )


def muted(widget: QWidget) -> None:
    """Write in the quiet colour."""
    widget.setProperty("muted", True)
