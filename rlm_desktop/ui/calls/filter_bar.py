"""The bar above the call tree: what to look for, and how many rows fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from rlm_desktop.engine.state import RunState
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_filter import COSTLIER, KINDS, SLOWER, STATUSES, CallFilter
from rlm_desktop.ui.flow import FlowLayout
from rlm_desktop.ui.labels import Dressed

DEBOUNCE_MS = 120


class FilterBar(Dressed, QWidget):
    """A field, a menu of conditions, and a chip for each condition that is set.

    Signals:
        filter_changed: A `CallFilter`.
        rows_wanted: Down was pressed in the field: the person wants to go to what it finds.
    """

    filter_changed = Signal(object)
    rows_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._filter = CallFilter()
        self._state = RunState()
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Filter by name, prompt, response, code, output"))
        self.field.setAccessibleName(self.tr("Filter calls"))
        self.field.setClearButtonEnabled(True)
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self.field.textChanged.connect(lambda: self._debounce.start())
        self._debounce.timeout.connect(self._take_text)
        self.field.installEventFilter(self)
        self.field.returnPressed.connect(self._take_text)
        self.conditions = QToolButton()
        self.conditions.setText(self.tr("Conditions"))
        self.conditions.setToolTip(self.tr("Filter by kind, status, model, depth, duration, cost"))
        self.conditions.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.conditions.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.conditions.setMenu(self.menu)
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.line = QHBoxLayout()
        self.line.setContentsMargins(8, 4, 8, 4)
        self.line.setSpacing(8)
        self.line.addWidget(self.field, 1)
        self.line.addWidget(self.count)
        self.line.addWidget(self.conditions)
        self._chips = QWidget()
        self._chip_line = FlowLayout(spacing=6)  # conditions may be many, and a window cannot be as wide as they
        inset = QVBoxLayout(self._chips)
        inset.setContentsMargins(8, 0, 8, 4)
        inset.addLayout(self._chip_line)
        self._chips.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.line)
        layout.addWidget(self._chips)
        self._dress()

    @property
    def filter(self) -> CallFilter:
        """What is looked for."""
        return self._filter

    def set_state(self, state: RunState) -> None:
        """The run whose models and depths can be chosen."""
        self._state = state

    def clear(self) -> None:
        """Look for nothing."""
        self.field.clear()
        self._debounce.stop()
        self._set(CallFilter())

    def show_count(self, found: int, of: int, *, is_searching: bool) -> None:
        """Say how many rows fit."""
        if not self._filter.is_active:
            self.count.clear()
            return
        text = self.tr("{found} of {all}").format(found=figures.number(found), all=figures.number(of))
        self.count.setText(text + (" …" if is_searching else ""))

    def _take_text(self) -> None:
        self._debounce.stop()
        self._set(replace(self._filter, text=self.field.text().strip()))

    def _set(self, wanted: CallFilter) -> None:
        if wanted == self._filter:
            return
        self._filter = wanted
        self._fill_chips()
        self.filter_changed.emit(wanted)

    # -- the menu -------------------------------------------------------------------------------------------

    def _fill_menu(self) -> None:
        self.menu.clear()
        models = sorted(model for model in self._state.by_model if model)
        depths = sorted(self._state.by_depth)
        self._add_many(self.tr("Kind"), "kinds", ((kind, self.tr(text)) for kind, text in KINDS.items()))
        self._add_many(self.tr("Status"), "statuses", ((name, self.tr(text)) for name, text in STATUSES.items()))
        self._add_many(self.tr("Model"), "models", ((model, figures.model_words(model)) for model in models))
        self._add_many(self.tr("Depth"), "depths", ((depth, self._depth_text(depth)) for depth in depths))
        self._add_one(self.tr("Slower than"), "slower", ((value, call_text.seconds(value)) for value in SLOWER))
        prices = ((value, figures.money(value)) for value in COSTLIER)
        self._add_one(self.tr("Costlier than"), "costlier", prices)
        self.menu.addSeparator()
        clear = self.menu.addAction(self.tr("Clear all"), self.clear)
        clear.setEnabled(self._filter.is_active)

    def _depth_text(self, depth: int) -> str:
        return self.tr("Depth {number}").format(number=depth)

    def _add_many(self, title: str, name: str, choices: Iterable[tuple[Any, str]]) -> None:
        menu = self.menu.addMenu(title)
        chosen: frozenset[Any] = getattr(self._filter, name)
        for value, text in choices:
            toggled = chosen ^ {value}
            self._add(menu, text, value in chosen, lambda toggled=toggled: self._change(name, toggled))
        menu.setEnabled(not menu.isEmpty())

    def _add_one(self, title: str, name: str, choices: Iterable[tuple[float, str]]) -> None:
        menu = self.menu.addMenu(title)
        chosen = getattr(self._filter, name)
        for value, text in choices:
            new = None if value == chosen else value
            self._add(menu, text, value == chosen, lambda new=new: self._change(name, new))

    @staticmethod
    def _add(menu: QMenu, text: str, is_checked: bool, act: Callable[[], None]) -> None:
        action = QAction(text.replace("&", "&&"), menu, checkable=True)
        action.setChecked(is_checked)
        action.triggered.connect(lambda: act())
        menu.addAction(action)

    def _change(self, name: str, value: Any) -> None:
        self._set(replace(self._filter, **{name: value}))

    # -- the chips ------------------------------------------------------------------------------------------

    def _fill_chips(self) -> None:
        while (item := self._chip_line.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for text, name, without in self._conditions():
            chip = QPushButton(f"{text}  ✕".replace("&", "&&"))
            chip.setObjectName("chip")
            chip.setToolTip(self.tr("Remove this condition"))
            chip.setAccessibleName(self.tr("Remove the condition {text}").format(text=text))
            chip.clicked.connect(lambda _checked=False, name=name, without=without: self._change(name, without))
            self._chip_line.addWidget(chip)
        self._chips.setVisible(self._chip_line.count() > 0)

    def _conditions(self) -> list[tuple[str, str, Any]]:
        """Text, field and the field's value without it, of each condition."""
        wanted = self._filter
        found: list[tuple[str, str, Any]] = []
        for kind in KINDS:
            if kind in wanted.kinds:
                found.append((self.tr(KINDS[kind]), "kinds", wanted.kinds - {kind}))
        for status in STATUSES:
            if status in wanted.statuses:
                found.append((self.tr(STATUSES[status]), "statuses", wanted.statuses - {status}))
        for model in sorted(wanted.models):
            found.append((figures.model_words(model), "models", wanted.models - {model}))
        depths = sorted(wanted.depths)
        found.extend((self._depth_text(depth), "depths", wanted.depths - {depth}) for depth in depths)
        if wanted.slower is not None:
            found.append((f"≥ {call_text.seconds(wanted.slower)}", "slower", None))
        if wanted.costlier is not None:
            found.append((f"≥ {figures.money(wanted.costlier)}", "costlier", None))
        return found

    @property
    def _has_something(self) -> bool:
        return self._filter.is_active or bool(self.field.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape belongs to the field while there is something in it, and not to Stop."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        is_own = event.key() == Qt.Key.Key_Escape and self._has_something
        if is_own:
            event.accept()
        return is_own

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears, Down leads to the rows."""
        if event.key() == Qt.Key.Key_Escape and self._has_something:
            self.clear()
        elif event.key() == Qt.Key.Key_Down and self.field.hasFocus():
            self._take_text()
            self.rows_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self.conditions.setIcon(theme.icon("filter", theme.colours_of(self), "muted"))
