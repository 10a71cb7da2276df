"""The time that a cell computes."""

from __future__ import annotations

import time


class Clock:
    """Counts the time that a cell computes: not the time in which it waits for calls."""

    def __init__(self) -> None:
        self._started = self._since = time.monotonic()
        self._counted = 0.0
        self._is_running = True

    def pause(self) -> None:
        """A call was made."""
        if self._is_running:
            self._counted += time.monotonic() - self._since
            self._is_running = False

    def go_on(self) -> None:
        """The last open call was answered."""
        if not self._is_running:
            self._since = time.monotonic()
            self._is_running = True

    @property
    def computed(self) -> float:
        """Seconds that counted."""
        return self._counted + (time.monotonic() - self._since if self._is_running else 0.0)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started
