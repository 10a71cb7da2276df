"""The question before something that cannot be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from rlm_desktop.ui.window_style import without_icons


def confirm(
    parent: QWidget,
    title: str,
    text: str,
    yes: str,
    act: Callable[[], object],
    *,
    other: tuple[str, Callable[[], object]] | None = None,
) -> None:
    """Ask `title`, explained by `text`; do `act` when the button `yes` is pressed. Enter and Esc do nothing.

    `other` is a further button with what it does instead.
    """
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(text)
    box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole).clicked.connect(lambda: act())
    if other is not None:
        box.addButton(other[0], QMessageBox.ButtonRole.ActionRole).clicked.connect(lambda: other[1]())
    cancel = QCoreApplication.translate("QPlatformTheme", "Cancel")
    box.setDefaultButton(box.addButton(cancel, QMessageBox.ButtonRole.RejectRole))
    without_icons(box)
    box.open()
