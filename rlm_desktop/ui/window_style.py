"""How a widget is told apart for the style sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

if TYPE_CHECKING:  # as in `theme.py`
    from PySide6.QtWidgets import QDialogButtonBox, QDoubleSpinBox, QFormLayout, QMessageBox, QSpinBox

_INSET = 9


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and dress the widget anew; an empty one is as good as none."""
    if (widget.property(name) or "") != (value or ""):
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def without_icons(box: QDialogButtonBox | QMessageBox) -> None:
    """Take the pictures off a dialog's buttons: their words say it."""
    from PySide6.QtGui import QIcon

    for button in box.buttons():
        button.setIcon(QIcon())


def align_labels(form: QFormLayout) -> None:
    """Make the labels of a form as high as a field, so that they stand on its line: Qt puts them higher."""
    from PySide6.QtWidgets import QFormLayout, QPlainTextEdit

    roles = QFormLayout.ItemRole
    for row in range(form.rowCount()):
        label, field = form.itemAt(row, roles.LabelRole), form.itemAt(row, roles.FieldRole)
        name = label.widget() if label is not None else None
        control = field.widget() if field is not None else None
        if isinstance(name, QLabel) and not isinstance(control, QPlainTextEdit | QLabel):
            name.setIndent(0)  # what has a padding would get one
            name.setProperty("besideField", True)


def inset_figures(*boxes: QSpinBox | QDoubleSpinBox) -> None:
    """Begin the figures of these boxes where the text of other fields begins: a style sheet cannot say that."""
    for box in boxes:
        box.lineEdit().setTextMargins(_INSET, 0, 0, 0)


def let_copy(label: QLabel) -> None:
    """Let the text of a label be selected and copied, by mouse and by keyboard; it is shown as it is."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )


def muted(widget: QWidget) -> None:
    """Write in the quiet colour."""
    widget.setProperty("muted", True)
