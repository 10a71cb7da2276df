"""The question before something that cannot be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from rlm_desktop.ui.window_style import without_icons


def confirm(parent: QWidget, title: str, text: str, yes: str, act: Callable[[], object]) -> None:
    """Ask `title`, explained by `text`; do `act` when the button `yes` is pressed. Enter and Esc do nothing."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(text)
    box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole).clicked.connect(lambda: act())
    cancel = QCoreApplication.translate("QPlatformTheme", "Cancel")
    box.setDefaultButton(box.addButton(cancel, QMessageBox.ButtonRole.RejectRole))
    without_icons(box)
    box.open()
