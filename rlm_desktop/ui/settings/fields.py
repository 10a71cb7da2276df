"""One setting in the dialog: its control, what it means, what is wrong with it, and the way back to the default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.errors import SettingsError
from rlm_desktop.settings import Option
from rlm_desktop.ui.figures import typed_number
from rlm_desktop.ui.labels import CopyLabel, IconButton
from rlm_desktop.ui.language import LANGUAGES
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.settings.check_box import WrappedCheckBox
from rlm_desktop.ui.theme import scaled
from rlm_desktop.ui.window_style import muted, set_property

CAPTIONS = {
    "sub_model": "Sub-call model",
    "sub_calls": "Sub-calls",
    "max_concurrent": "Max concurrent calls",
    "max_errors": "Max consecutive errors",
    "budget_usd": "Budget",
    "memory_limit_mb": "Memory limit",
    "repl_mode": "Cells are run by",
    "repl_libraries": "Libraries",
    "secret_patterns": "Further secrets",
    "check_updates": "Check for updates",
    "updates_url": "Address for updates",
    "database": "Address of the history",
}
"""Where the name of a setting is not its caption."""
CONTROL_WIDTH = 260
LONG_HEIGHT = 120
SETTLE_MS = 500
"""Before what is typed into a long text is taken over."""


def translated(text: str) -> str:
    """A text of the settings in the window's language."""
    return QCoreApplication.translate("Settings", text) if text else ""


def caption(option: Option) -> str:
    """What a setting is called in the window."""
    return translated(CAPTIONS.get(option.name) or option.name.replace("_", " ").capitalize())


def _shown(word: str) -> str:
    """One of the words to choose from, in the window's language; a language is called what it calls itself."""
    return LANGUAGES.get(word) or translated(word.capitalize())


def value_words(option: Option, value: Any) -> str:
    """What is chosen, as a field shows it."""
    if value is None:
        return translated(option.none_text)
    if isinstance(value, bool):
        translate = QCoreApplication.translate
        return translate("SettingField", "on") if value else translate("SettingField", "off")
    if isinstance(value, float):
        return typed_number(value)
    return _shown(str(value)) if option.allowed else str(value)


def _plain(option: Option, text: str) -> str:
    """What was typed for a number, as the settings file writes it: a German types `0,5` and `20.000`."""
    locale = QLocale()
    value, is_number = locale.toDouble(text)
    is_fraction = text.startswith(f"0{locale.groupSeparator()}")  # nobody means 250 by `0.250`
    if option.kind not in (int, float) or not is_number or is_fraction:
        return text
    return f"{value:.15g}"


class SettingField(QWidget):
    """A setting that can be changed.

    Signals:
        changed: It has another value that is allowed: name and value.
    """

    changed = Signal(str, object)

    def __init__(
        self, option: Option, value: Any, *, source: str = "", known: Sequence[str] = (), default_text: str = ""
    ) -> None:
        """Make the field.

        Args:
            option: What may be chosen.
            value: What is chosen now.
            source: What has set it for this time; then it cannot be changed here.
            known: Values to offer for a text.
            default_text: What an empty long text stands for.
        """
        super().__init__()
        self.option = option
        self.value = value
        self._default_text = default_text
        self.setObjectName(f"field_{option.name}")
        self.caption = QLabel(caption(option))
        self.caption.setObjectName("heading")
        self._text = QLabel(self._meaning(source))
        self._text.setWordWrap(True)
        muted(self._text)
        self._fault = CopyLabel()
        self._fault.setObjectName("fault")
        self._fault.setWordWrap(True)
        self._fault.hide()
        self.control = self._make_control(known, is_set_elsewhere=bool(source))
        self.control.setObjectName(option.name)
        self.control.setAccessibleName(caption(option))
        self.control.setAccessibleDescription(self._text.text())
        self.control.setEnabled(not source)
        self.caption.setBuddy(self.control)
        default = self.tr("Back to the default: {value}").format(value=self._words(option.default))
        self.reset = IconButton("undo", default)
        self.reset.setAccessibleName(self.tr("Reset {setting}").format(setting=caption(option)))
        self.reset.clicked.connect(lambda: self.set_value(self.option.default))
        self._arrange()
        self._write()

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.control, 1)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(self.control, QLineEdit | QComboBox):
            line.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.caption)
        layout.addLayout(line)
        layout.addWidget(self._fault)
        layout.addWidget(self._text)

    def _meaning(self, source: str) -> str:
        unit = f" ({translated(self.option.unit)})" if self.option.unit else ""
        text = translated(self.option.text) + unit
        if not source:
            return text
        why = self.tr("Set by {source} for this time.").format(source=source)
        return why if self.option.kind is bool else f"{text}\n{why}"  # a check box says the text itself

    @property
    def words(self) -> str:
        """All that a search looks into."""
        shown = [
            self.caption.text(),
            translated(self.option.text),
            self._text.text(),
            *(_shown(word) for word in self.option.allowed),
        ]
        return " ".join([*shown, self.option.name]).casefold()

    @property
    def fault(self) -> str:
        """What is wrong with what was typed; empty when nothing is."""
        return self._fault.text()

    def set_value(self, value: Any) -> None:
        """Choose another value, as the person would."""
        self._say("")
        if value != self.value:
            self.value = value
            self.changed.emit(self.option.name, value)
        self._write()

    def show_value(self, value: Any) -> None:
        """Show a value that was chosen elsewhere."""
        self._say("")
        self.value = value
        self._write()

    # -- the control ----------------------------------------------------------------------------------------

    def _make_control(self, known: Sequence[str], *, is_set_elsewhere: bool) -> QWidget:
        option = self.option
        if option.allowed:
            return self._choice()
        if option.kind is bool:
            check = WrappedCheckBox(translated(option.text))
            check.toggled.connect(self.set_value)
            self._text.setVisible(is_set_elsewhere)
            return check
        if option.is_long:
            return self._long_text()
        edit = QLineEdit()
        self._limit_width(edit)
        edit.setPlaceholderText(translated(option.none_text) if option.is_optional else "")
        edit.setToolTip(said(option.allowed_text))
        if known:
            completer = QCompleter(list(known), edit)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            edit.setCompleter(completer)
        edit.editingFinished.connect(lambda: self._take(edit.text()))
        return edit

    def _choice(self) -> QComboBox:
        box = QComboBox()
        self._limit_width(box)
        for word in self.option.allowed:
            box.addItem(_shown(word), word)
        box.activated.connect(lambda _: self.set_value(box.currentData()))
        return box

    def _limit_width(self, control: QWidget) -> None:
        most = scaled(self, CONTROL_WIDTH)
        control.setMinimumWidth(min(most, CONTROL_WIDTH))
        control.setMaximumWidth(most)

    def _long_text(self) -> QPlainTextEdit:
        edit = QPlainTextEdit()
        edit.setFixedHeight(LONG_HEIGHT)
        set_property(edit, "framed", True)
        edit.setTabChangesFocus(True)
        timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        timer.timeout.connect(lambda: self._take(edit.toPlainText()))
        edit.textChanged.connect(timer.start)
        return edit

    def _take(self, text: str) -> None:
        """Take over what was typed, or say what is wrong with it."""
        option = self.option
        text = text.strip()
        if option.is_long and text == self._default_text.strip():
            text = ""
        try:
            value = None if option.is_optional and not text else option.parse(_plain(option, text))
        except SettingsError as error:
            self._say(str(error))
            return
        if option.is_long:
            # The text stays as it is being typed.
            if value != self.value:
                self.value = value
                self.changed.emit(option.name, value)
            self._show_reset()
            return
        self.set_value(value)

    def take_pending(self) -> None:
        """Take over a text that is still being typed."""
        if isinstance(self.control, QPlainTextEdit):
            self._take(self.control.toPlainText())
        elif isinstance(self.control, QLineEdit) and self.control.isModified():
            self._take(self.control.text())

    def show_fault(self, text: str) -> None:
        """Say that a value cannot be taken together with the others."""
        self._say(text)

    def _say(self, fault: str) -> None:
        self._fault.setText(said(fault))
        self._fault.setVisible(bool(fault))

    def _write(self) -> None:
        """Show the value in the control."""
        control = self.control
        control.blockSignals(True)
        if isinstance(control, QComboBox):
            control.setCurrentIndex(control.findData(self.value))
        elif isinstance(control, QCheckBox):
            control.setChecked(bool(self.value))
        elif isinstance(control, QPlainTextEdit):
            control.setPlainText(self.value or self._default_text)
        elif isinstance(control, QLineEdit):
            control.setText("" if self.value is None else self._words(self.value))
            control.setModified(False)
        control.blockSignals(False)
        self._show_reset()

    def _show_reset(self) -> None:
        self.reset.setVisible(self.value != self.option.default and self.control.isEnabled())

    def _words(self, value: Any) -> str:
        if self.option.is_long and self._default_text:
            return self.tr("the text of the program")
        return value_words(self.option, value)
