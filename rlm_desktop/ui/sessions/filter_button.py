"""The filter of the list of sessions that is more than words: end state, model, tag."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from rlm_desktop.engine.events import EndState
from rlm_desktop.history.rows import RUNNING, Facets, RunFilter
from rlm_desktop.ui import theme
from rlm_desktop.ui.figures import model_words, status_words
from rlm_desktop.ui.labels import Dressed


class FilterButton(Dressed, QToolButton):
    """A button with a menu; it is lit while something is chosen.

    Signals:
        changed: Something else is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Filter by end state, model and tag"))
        self.setToolTip(self.accessibleName())
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self)
        self._states = _Choice(menu, self.tr("End state"), self._on_chosen)
        self._models = _Choice(menu, self.tr("Model"), self._on_chosen)
        self._tags = _Choice(menu, self.tr("Tag"), self._on_chosen)
        menu.addSeparator()
        self._clear = menu.addAction(self.tr("Clear the filter"), self.clear)
        states = (RUNNING, *(str(state) for state in EndState))
        self._states.offer((status_words(state), state) for state in states)
        self.setMenu(menu)
        self._dress()

    def chosen(self, text: str) -> RunFilter:
        """The whole filter, with these words."""
        state = self._states.value
        return RunFilter(
            text=text, end_states=(state,) if state else (), model=self._models.value, tag=self._tags.value
        )

    def offer(self, facets: Facets) -> None:
        """Offer these models and tags."""
        self._models.offer((model_words(model), model) for model in facets.models)
        self._tags.offer((tag, tag) for tag in facets.tags)

    def clear(self) -> None:
        """Choose nothing."""
        for choice in (self._states, self._models, self._tags):
            choice.clear()
        self._on_chosen()

    def _on_chosen(self) -> None:
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        is_on = not self.chosen("").is_empty
        self._clear.setEnabled(is_on)
        self.setIcon(theme.icon("filter", theme.colours_of(self), "rlm" if is_on else "muted"))


class _Choice:
    """A menu of values, of which one or none is chosen."""

    def __init__(self, menu: QMenu, title: str, on_chosen: object) -> None:
        self._menu = QMenu(title, menu)
        menu.addMenu(self._menu)
        self._group = QActionGroup(self._menu)
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        self._group.triggered.connect(on_chosen)
        self._menu.setEnabled(False)

    @property
    def value(self) -> str:
        """What is chosen; empty for nothing."""
        checked = self._group.checkedAction()
        return checked.data() if checked is not None else ""

    def offer(self, values: Iterable[tuple[str, str]]) -> None:
        """Offer other values: text and value; what was chosen stays chosen while it is there."""
        chosen, values = self.value, list(values)
        if [action.data() for action in self._group.actions()] == [value for _, value in values]:
            return
        for action in self._group.actions():
            self._group.removeAction(action)
        self._menu.clear()
        for text, value in values:
            action = self._menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setData(value)
            self._group.addAction(action)
            action.setChecked(value == chosen)
        self._menu.setEnabled(bool(values))

    def clear(self) -> None:
        """Choose nothing."""
        if (checked := self._group.checkedAction()) is not None:
            checked.setChecked(False)
