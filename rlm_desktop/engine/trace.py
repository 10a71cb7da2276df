"""The trace of a run: stamps events and hands them to whoever listens."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

import msgspec

from rlm_desktop.engine.events import AnyEvent

Sink = Callable[[AnyEvent], None]
"""Receives every event, in order, on the loop of the run; must return at once. What it raises goes to the log."""

_log = logging.getLogger(__name__)


class Trace:
    """Gives each event of one run its `seq` and `at` and hands it to the sinks.

    Attributes:
        seq: Number of the last event.
        started: Monotonic time at which the run began, in seconds.
    """

    def __init__(self, sinks: Iterable[Sink] = ()) -> None:
        self.seq = 0
        self.started = time.monotonic()
        self._sinks = list(sinks)
        self._faulty: list[Sink] = []

    def emit(self, event: AnyEvent) -> None:
        """Stamp `event` and hand it on. Synchronous; never waits."""
        self.seq += 1
        stamped = msgspec.structs.replace(event, seq=self.seq, at=time.monotonic() - self.started)
        for sink in self._sinks:
            try:
                sink(stamped)
            except Exception:  # whoever listens must not end the run; the log has it
                self._log_once(sink)

    def _log_once(self, sink: Sink) -> None:
        if sink not in self._faulty:
            self._faulty.append(sink)
            _log.exception("A sink of the trace failed at event %d", self.seq)

    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.started
