"""The wheel scrolls; what is chosen in a box that it passes over stays."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QWidget


class _Guard(QObject):
    """Hands the wheel on to what is around a box: Qt's boxes take another value, also without being clicked."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel:
            return False
        if isinstance(watched, QAbstractSpinBox) and watched.hasFocus():
            return False
        event.ignore()
        return True


def let_wheel_scroll(root: QWidget) -> None:
    """Let the wheel change no list to choose from below `root`, and figures only in the box with the focus."""
    guard = _Guard(root)
    for box in (*root.findChildren(QComboBox), *root.findChildren(QAbstractSpinBox)):
        box.installEventFilter(guard)
