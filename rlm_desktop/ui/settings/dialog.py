"""The settings dialog, made from the settings' own descriptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.errors import SettingsError
from rlm_desktop.settings import NO_LIMIT, Option, Settings, options
from rlm_desktop.ui.window_style import muted, without_icons

CAPTIONS = {
    "sub_model": "Sub-call model",
    "sub_calls": "Sub-calls",
    "max_concurrent": "Max concurrent calls",
    "max_errors": "Max consecutive errors",
    "budget_usd": "Budget",
    "memory_limit_mb": "Memory limit",
}
"""Where the name of a setting is not its caption."""


class SettingsDialog(QDialog):
    """Every setting with its description; nothing is taken over before all of it is valid.

    Signals:
        accepted_settings: The new `Settings`.
    """

    accepted_settings = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.resize(620, 640)
        self._readers: dict[str, Callable[[], Any]] = {}
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        for option in options():
            self._add_row(form, option, getattr(settings, option.name))
        body = QWidget()
        body.setLayout(form)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        self._fault = QLabel()
        self._fault.setObjectName("fault")
        self._fault.setWordWrap(True)
        self._fault.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._fault)
        layout.addWidget(buttons)

    def _add_row(self, form: QFormLayout, option: Option, value: Any) -> None:
        caption = CAPTIONS.get(option.name) or option.name.replace("_", " ").capitalize()
        control = self._control(option, value)
        control.setObjectName(option.name)
        control.setAccessibleName(caption)
        control.setAccessibleDescription(option.text)
        unit = f" ({option.unit})" if option.unit else ""
        text = QLabel(option.text + unit)
        muted(text)
        text.setWordWrap(True)
        cell = QVBoxLayout()
        cell.setSpacing(2)
        cell.addWidget(control)
        if option.kind is not bool:
            cell.addWidget(text)
        form.addRow(caption, cell)

    def _control(self, option: Option, value: Any) -> QWidget:
        if option.allowed:
            box = QComboBox()
            for word in option.allowed:
                box.addItem(word.capitalize(), word)
            box.setCurrentIndex(box.findData(value))
            self._readers[option.name] = box.currentData
            return box
        if option.kind is bool:
            check = QCheckBox(option.text)
            check.setChecked(value)
            self._readers[option.name] = check.isChecked
            return check
        edit = QLineEdit(NO_LIMIT if value is None else f"{value:g}" if option.kind is float else str(value))
        edit.setToolTip(f"Allowed is {option.allowed_text}")
        self._readers[option.name] = lambda: option.parse(edit.text().strip())
        return edit

    def _take(self) -> None:
        try:
            settings = Settings(**{name: read() for name, read in self._readers.items()})
        except SettingsError as error:
            self._fault.setText(str(error))
            self._fault.show()
            return
        self.accepted_settings.emit(settings)
        self.accept()
