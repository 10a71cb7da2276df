"""From a time of the run to a place on the timeline; and the times in which nothing ran, which may be left out."""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, IterationNode, Node

_BUCKETS = 2_000
_LEAST_SECONDS = 1.0
_LEAST_SHARE = 0.03
"""Of the run; shorter gaps stay as they are."""
_WORTH_IT = 0.25
"""Share of the run that has to be idle for compression to be offered."""
_GAP_SHARE = 0.02
"""Of the timeline: what a compressed gap takes."""
_LEAST_BUSY = 0.001
_PIECE = 512


@dataclass(frozen=True)
class Gap:
    """A time in which no model was asked and no code ran."""

    start: float
    end: float


class TimeScale:
    """Places from 0 to 1 for times from `start` to `end`, with compressed gaps."""

    def __init__(self, start: float, end: float, gaps: Sequence[Gap] = ()) -> None:
        self.start = start
        self.end = max(end, start + 1e-9)
        inside = [Gap(max(gap.start, start), min(gap.end, self.end)) for gap in gaps]
        self.gaps = [gap for gap in inside if gap.end > gap.start]
        busy = self.end - self.start - sum(gap.end - gap.start for gap in self.gaps)
        if busy < (self.end - self.start) * _LEAST_BUSY:
            self.gaps, busy = [], self.end - self.start  # one looks at a gap itself
        room = 1.0 - _GAP_SHARE * len(self.gaps)
        self._rate = room / max(busy, 1e-9)
        self._times = [self.start]
        self._places = [0.0]
        for gap in self.gaps:
            before = self._places[-1] + (gap.start - self._times[-1]) * self._rate
            self._times += [gap.start, gap.end]
            self._places += [before, before + _GAP_SHARE]

    def place(self, moment: float) -> float:
        """Where a time is; 0 and 1 for what is before and after."""
        if not self.gaps:
            return min(1.0, max(0.0, (moment - self.start) / (self.end - self.start)))
        if moment <= self.start:
            return 0.0
        at = bisect_right(self._times, moment) - 1
        if at % 2:  # within a gap
            share = (moment - self._times[at]) / (self._times[at + 1] - self._times[at])
            return self._places[at] + share * _GAP_SHARE
        return min(1.0, self._places[at] + (moment - self._times[at]) * self._rate)


class IdleTimes:
    """Finds the gaps of an ended run, a slice of time at once.

    Busy is what does something: a request under way, and a cell while none of its calls is. So a call that waits in
    step mode, or at a pause, leaves a gap, though its caller's cell goes on.
    """

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._end = state.finished or 0.0
        self._seen = 0
        self._changes = [0] * (_BUCKETS + 1)
        self._scale = _BUCKETS / self._end if self._end > 0 and math.isfinite(self._end) else 0.0

    def take(self, seconds: float) -> bool:
        """Look for at most about so long; whether all has been seen."""
        if not self._scale:
            return True
        deadline = time.perf_counter() + seconds
        nodes, done = self._state.nodes, 0
        while self._seen < len(nodes):
            node = nodes[self._seen]
            self._seen += 1
            done += self._look(node)
            if done >= _PIECE:
                done = 0
                if time.perf_counter() >= deadline:
                    break
        return self._seen >= len(nodes)

    def _look(self, node: Node) -> int:
        """Take in a row; returns how much there was to look at."""
        if not isinstance(node, (IterationNode, CallNode)):
            return 1
        is_iteration = isinstance(node, IterationNode)
        exchange = node.exchange if is_iteration or node.kind == "llm" else None
        if exchange is not None and exchange.requested is not None:
            end = exchange.responded if exchange.responded is not None else node.finished
            self._busy(exchange.requested, self._end if end is None else end)
        return 1 + self._look_at_cells(node) if is_iteration else 1

    def _look_at_cells(self, node: IterationNode) -> int:
        cells = node.cells
        made: dict[int, list[Node]] = {cell.number: [] for cell in cells}
        for child in node.children:  # in order of their start
            if isinstance(child, (CallNode, BatchNode)) and child.cell in made:
                made[child.cell].append(child)
        for cell in cells:
            self._look_at_cell(cell, made[cell.number])
        return len(cells) + len(node.children)

    def _look_at_cell(self, cell: CellState, made: Sequence[Node]) -> None:
        """The parts of a cell in which no call that it made was under way."""
        reach = cell.started
        for child in made:
            if child.started > reach:
                self._busy(reach, child.started)
            reach = max(reach, self._end if child.finished is None else child.finished)
        end = self._end if cell.finished is None else cell.finished
        if end > reach:
            self._busy(reach, end)

    def _busy(self, start: float, end: float) -> None:
        first = min(_BUCKETS - 1, max(0, int(start * self._scale)))
        last = min(_BUCKETS - 1, max(first, int(end * self._scale)))
        self._changes[first] += 1
        self._changes[last + 1] -= 1

    def gaps(self) -> list[Gap]:
        """Those long enough to be worth compressing; empty when all of them together are not."""
        if not self._scale:
            return []
        found: list[Gap] = []
        since: int | None = None
        for bucket, busy in enumerate([*accumulate(self._changes[:_BUCKETS]), 1]):
            if not busy and since is None:
                since = bucket
            elif busy and since is not None:
                found.append(Gap(since / self._scale, bucket / self._scale))
                since = None
        least = max(_LEAST_SECONDS, self._end * _LEAST_SHARE)
        long = [gap for gap in found if gap.end - gap.start >= least]
        return long if sum(gap.end - gap.start for gap in long) >= self._end * _WORTH_IT else []
