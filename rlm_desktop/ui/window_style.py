"""The style sheet of the main window's own parts."""

from __future__ import annotations

import re

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QWidget

from rlm_desktop import paths
from rlm_desktop.ui.theme import Colours


def dress(window: QWidget, colours: Colours) -> None:
    """Give `window` the look of `resources/window.qss` in these colours."""
    template = paths.resource("window.qss").read_text(encoding="utf-8")
    values = {**vars(colours), "icons": paths.resource("icons").as_posix()}
    window.setStyleSheet(re.sub(r"@(\w+)", lambda match: values[match[1]], template))


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


def muted(widget: QWidget) -> None:
    """Write in the quiet colour."""
    widget.setProperty("muted", True)
