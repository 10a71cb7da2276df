"""How long the calls of a batch took, counted a piece at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from rlm_desktop.engine.tree import BatchNode, CallNode, Node
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.charts.pending import Pending

_PER_FACTOR = 64
"""Classes per doubling of the duration: each is 1.1 % wide."""
_SHORTEST = 1e-4
_CLOCK_EVERY = 512


class Latencies:
    """The ended calls of a batch in fine classes of duration, so that a million of them are a few hundred numbers.

    Attributes:
        shortest / longest: Exact; None while no call has ended.
    """

    def __init__(self, batch: BatchNode) -> None:
        self.batch = batch
        self.shortest: float | None = None
        self.longest: float | None = None
        self._good: dict[int, int] = {}
        self._failed: dict[int, int] = {}
        self._seen = 0
        self._open = Pending(self._is_added)

    @property
    def count(self) -> int:
        """Calls that have ended."""
        return sum(self._good.values()) + sum(self._failed.values())

    def take(self, seconds: float) -> bool:
        """Take in what has happened, for at most about so long; False when there is more."""
        deadline = time.perf_counter() + seconds
        children = self.batch.children
        while self._seen < len(children):
            piece = children[self._seen : self._seen + _CLOCK_EVERY]
            self._seen += len(piece)
            self._open.add(piece)
            if time.perf_counter() >= deadline:
                return False
        return self._open.look(deadline)

    def _is_added(self, call: Node) -> bool:
        """Add a call once it has ended."""
        if call.finished is None:
            return False
        if isinstance(call, CallNode):
            self._add(max(0.0, call.finished - call.started), is_failure=call_text.is_failure(call))
        return True

    def _add(self, duration: float, *, is_failure: bool) -> None:
        self.shortest = duration if self.shortest is None else min(self.shortest, duration)
        self.longest = duration if self.longest is None else max(self.longest, duration)
        place = round(math.log2(max(duration, _SHORTEST)) * _PER_FACTOR)
        classes = self._failed if is_failure else self._good
        classes[place] = classes.get(place, 0) + 1

    def share(self, part: float) -> float:
        """The duration within which so much of the calls ended; `share(0.5)` is the median, within 1 %."""
        left = part * self.count
        for duration, good, failed in self._classes():
            left -= good + failed
            if left <= 0:
                return min(max(duration, self.shortest or 0.0), self.longest or 0.0)
        return self.longest or 0.0

    def columns(self, count: int) -> tuple[list[int], list[int]]:
        """Calls that completed, and those that failed, in so many equal steps from the shortest to the longest."""
        good, failed = [0] * count, [0] * count
        low, high = self.shortest or 0.0, self.longest or 0.0
        width = max(high - low, 1e-9) / count
        for duration, completed, broken in self._classes():
            place = min(count - 1, max(0, int((duration - low) / width)))
            good[place] += completed
            failed[place] += broken
        return good, failed

    def _classes(self) -> Iterator[tuple[float, int, int]]:
        for place in sorted({*self._good, *self._failed}):
            yield 2.0 ** (place / _PER_FACTOR), self._good.get(place, 0), self._failed.get(place, 0)
