"""The search behind the filter bar: in slices of time, its hits shown while it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from rlm_desktop.engine.state import RunState
from rlm_desktop.ui.calls import call_filter
from rlm_desktop.ui.calls.call_filter import CallFilter
from rlm_desktop.ui.calls.call_model import CallModel

_SLICE_SECONDS = 0.008
_SHOW_EVERY = 0.2
_SHOW_FIRST = 0.05
_SHARE = 10
"""Showing many hits takes long; it is done so rarely that most of the time is for searching."""
_AGAIN_MS = 1000
_SOON_MS = 66


class Finder(QObject):
    """Finds the nodes that fit a filter without holding up the window.

    While the hits shown last are still being arranged it goes on searching and shows no others. Nor does it, when
    it searches again because the run has moved on, before there are more: rows would go away and come back.

    Signals:
        found: The hits so far as a set of indices, None when no filter is on any more.
    """

    found = Signal(object)

    def __init__(self, model: CallModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._state = RunState()
        self._wanted = CallFilter()
        self._search: Iterator[tuple[int, bool]] | None = None
        self._hits: set[int] = set()
        self._shown = 0
        self._shown_at = 0.0
        self._took = 0.0
        self._searched_seq = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_searching(self) -> bool:
        """Whether there may be more hits."""
        return self._search is not None

    def set_state(self, state: RunState) -> None:
        """Search another run from now on."""
        self._timer.stop()
        self._search = None
        self._state = state

    def move_to(self, state: RunState) -> None:
        """Search the same run at another moment, soon: it may be about to be at another one."""
        self.set_state(state)
        if self._wanted.is_active:
            self._timer.start(_SOON_MS)

    def start(self, wanted: CallFilter) -> None:
        """Search for something else."""
        self._timer.stop()
        self._wanted = wanted
        self._search = None
        if not wanted.is_active:
            self.found.emit(None)
            return
        self._begin()
        self._shown = 0
        self._shown_at = time.monotonic() - _SHOW_EVERY + _SHOW_FIRST
        self._took = 0.0
        self._go_on()

    def refresh(self) -> None:
        """A live run may have moved on."""
        has_moved = self._state.seq != self._searched_seq
        if self._wanted.is_active and has_moved and self._search is None and not self._timer.isActive():
            self._timer.start(_AGAIN_MS)

    def _begin(self) -> None:
        self._hits = set()
        self._search = call_filter.search(self._state, self._wanted, self._model.now())

    def _go_on(self) -> None:
        """Search for a slice of time; what is found is shown a few times a second."""
        if self._search is None:
            self._begin()
            assert self._search is not None
        until = time.monotonic() + _SLICE_SECONDS
        for index, fits in self._search:
            if fits:
                self._hits.add(index)
            if time.monotonic() >= until:
                self._timer.start(0)
                self._show_some()
                return
        self._search = None
        self._searched_seq = self._state.seq
        self._show()

    def _show_some(self) -> None:
        """Show what has been found so far, when it is time."""
        now = time.monotonic()
        if self._model.is_arranging:
            self._took = now - self._shown_at
        elif len(self._hits) > self._shown and now - self._shown_at > max(_SHOW_EVERY, self._took * _SHARE):
            self._show()

    def _show(self) -> None:
        started = time.monotonic()
        self._shown = len(self._hits)
        self.found.emit(set(self._hits))
        self._shown_at = time.monotonic()
        self._took = self._shown_at - started
