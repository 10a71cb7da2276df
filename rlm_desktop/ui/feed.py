"""Events of a run, gathered and folded into a `RunState` at a pace that the window can follow."""

from __future__ import annotations

import math
import time
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState

FRAME_MS = 33
MANY_LIVE = 500
"""With more calls under way than this, half as many frames are shown."""
BUDGET_SECONDS = 0.008
_HEARTBEAT_MS = 250
_CLOCK_EVERY = 64


class RunFeed(QObject):
    """Between a run and the widgets that show it.

    `take` is a sink: it only appends. At most thirty times a second (fifteen with very many live calls) what has
    arrived is folded, for at most `BUDGET_SECONDS`, and `changed` is emitted once. While a live run is waiting for
    models `changed` is still emitted four times a second, because durations grow.

    Attributes:
        state: What to show; replaced by `start` and `load`, never otherwise.

    Signals:
        changed: `state` has moved on, or is another one.
        replaced: `state` is another one.
    """

    changed = Signal()
    replaced = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState()
        self._waiting: deque[AnyEvent] = deque()
        self._is_live = False
        self._ahead = 0.0
        self._folded_at = -math.inf
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def pending(self) -> int:
        """Events that have arrived and are not in `state` yet."""
        return len(self._waiting)

    def start(self) -> None:
        """Show a new run, whose events `take` will get."""
        self._show(RunState(), is_live=True)

    def load(self, state: RunState) -> None:
        """Show a stored run."""
        self._show(state, is_live=False)

    def now(self) -> float:
        """Seconds since the run began: the clock's for a live run, the last event's otherwise."""
        if self._is_live and self.state.is_running:
            return max(self.state.now, time.monotonic() - self._ahead)
        return self.state.now

    def take(self, event: AnyEvent) -> None:
        """One event of the run (a `Sink`)."""
        self._waiting.append(event)
        if not self._timer.isActive() or self._timer.interval() == _HEARTBEAT_MS:
            since = (time.monotonic() - self._folded_at) * 1000
            self._timer.start(int(max(0.0, self._frame_ms() - since)))

    def drain(self) -> None:
        """Fold all that has arrived, however long it takes."""
        self._fold(math.inf)
        self.changed.emit()

    def _show(self, state: RunState, *, is_live: bool) -> None:
        self._waiting.clear()
        self._timer.stop()
        self.state = state
        self._is_live = is_live
        self._ahead = time.monotonic() - state.now
        self.replaced.emit()
        self.changed.emit()

    def _frame_ms(self) -> int:
        return FRAME_MS * 2 if self.state.active > MANY_LIVE else FRAME_MS

    def _on_timeout(self) -> None:
        self._fold(time.monotonic() + BUDGET_SECONDS)
        if self._waiting:
            self._timer.start(self._frame_ms() // 2)
        elif self._is_live and self.state.is_running:
            self._timer.start(_HEARTBEAT_MS)
        self.changed.emit()

    def _fold(self, deadline: float) -> None:
        waiting = self._waiting
        apply = self.state.apply
        while waiting and time.monotonic() < deadline:
            for _ in range(min(_CLOCK_EVERY, len(waiting))):
                apply(waiting.popleft())
        self._folded_at = time.monotonic()
        # The last event cannot be younger than the clock: the smallest distance seen is the true one.
        self._ahead = min(self._ahead, self._folded_at - self.state.now)
