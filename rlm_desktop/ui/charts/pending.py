"""Rows that a chart waits for, looked at again for a slice of time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from rlm_desktop.engine.tree import Node

_CLOCK_EVERY = 256


class Pending:
    """Rows of which something is still to come, the oldest first.

    They come about in their order: where time runs out among rows that still wait, those behind them can wait too.

    Args:
        take: Takes a row in; false while it is too early for that.
    """

    def __init__(self, take: Callable[[Node], bool]) -> None:
        self._take = take
        self._rows: deque[Node] = deque()

    def add(self, rows: Iterable[Node]) -> None:
        """Take new rows in, now or as soon as it can be done."""
        self._rows.extend(row for row in rows if not self._take(row))

    def look(self, deadline: float) -> bool:
        """Take in what has come, until then by `time.perf_counter`; false when more is likely to have come."""
        still: list[Node] = []
        has_come = False
        while self._rows:
            piece = [self._rows.popleft() for _ in range(min(len(self._rows), _CLOCK_EVERY))]
            kept = [row for row in piece if not self._take(row)]
            still += kept
            has_come = len(kept) < len(piece)
            if time.perf_counter() >= deadline:
                break
        is_cut = bool(self._rows)
        self._rows.extendleft(reversed(still))
        return not (is_cut and has_come)
