"""How many requests were under way at each time of a run, taken from its state a piece at a time."""

from __future__ import annotations

import math
import time

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, Exchange, IterationNode, Node
from rlm_desktop.ui.charts.pending import Pending

SLOTS = 240
"""More than this are never drawn: two neighbours become one, as often as needed."""
_FINEST = 0.01
_CLOCK_EVERY = 256


class RequestLoad:
    """Seconds of request in each slot of time, by depth.

    A slot's average is those seconds divided by its own. A request adds to its first and last slot and to a count
    over those between, so that it costs the same however long it takes.

    Attributes:
        width: Seconds of a slot.
    """

    def __init__(self, state: RunState) -> None:
        self._state = state
        self.width = _FINEST
        self._seen = 0
        self._queued = Pending(self._leaves_queue)
        self._has_more = False
        self._asked: list[Node] = []
        self._ends: dict[int, list[float]] = {}
        self._between: dict[int, list[int]] = {}

    @property
    def is_behind(self) -> bool:
        """Whether there is more for `take`."""
        return self._has_more or self._seen < len(self._state.nodes)

    def take(self, seconds: float) -> None:
        """Take in what has happened, for at most about so long."""
        deadline = time.perf_counter() + seconds
        nodes = self._state.nodes
        while self._seen < len(nodes) and time.perf_counter() < deadline:
            piece = nodes[self._seen : self._seen + _CLOCK_EVERY]
            self._seen += len(piece)
            self._queued.add(node for node in piece if _asks_a_model(node))
        self._has_more = not self._queued.look(deadline)
        self._asked = [node for node in self._asked if not self._is_added(node)]

    def _leaves_queue(self, node: Node) -> bool:
        """Whether a row no longer waits to ask its model; then its request is under way, or added."""
        exchange = _exchange(node)
        if node.finished is None and (exchange is None or exchange.requested is None):
            return False
        if not self._is_added(node):
            self._asked.append(node)
        return True

    def _is_added(self, node: Node) -> bool:
        """Add the request of a row once it has ended."""
        exchange = _exchange(node)
        if node.finished is None and (exchange is None or exchange.responded is None):
            return False
        if (span := _span(node)) is not None:
            self._add(self._ends, self._between, _depth(node), *span)
        return True

    def averages(self, now: float) -> dict[int, list[float]]:
        """Requests under way on average in each slot, by depth, those that still are included."""
        now = max(0.0, now) if math.isfinite(now) else 0.0
        self._widen_for(now)
        ends = {depth: list(values) for depth, values in self._ends.items()}
        between = {depth: list(values) for depth, values in self._between.items()}
        for node in self._asked:
            exchange = _exchange(node)
            if exchange is not None and exchange.requested is not None:
                self._add(ends, between, _depth(node), exchange.requested, now)
        count = max(1, min(SLOTS, int(now / self.width) + 1))
        last = max(now - (count - 1) * self.width, self.width * 0.01)
        averages: dict[int, list[float]] = {}
        for depth in sorted(ends):
            values, running = [], 0
            for slot in range(count):
                running += between[depth][slot]
                values.append(ends[depth][slot] / (last if slot == count - 1 else self.width) + running)
            averages[depth] = values
        return averages

    def _add(
        self, ends: dict[int, list[float]], between: dict[int, list[int]], depth: int, start: float, end: float
    ) -> None:
        end = max(0.0, end)
        self._widen_for(end)
        if depth not in ends:
            ends[depth], between[depth] = [0.0] * SLOTS, [0] * (SLOTS + 1)
        start = min(max(start, 0.0), end)
        first, last = int(start / self.width), int(end / self.width)
        if first == last:
            ends[depth][first] += end - start
            return
        ends[depth][first] += (first + 1) * self.width - start
        ends[depth][last] += end - last * self.width
        between[depth][first + 1] += 1
        between[depth][last] -= 1

    def _widen_for(self, end: float) -> None:
        while int(end / self.width) >= SLOTS:
            for depth, values in self._ends.items():
                running, merged = 0, []
                for slot, seconds in enumerate(values):
                    running += self._between[depth][slot]
                    merged.append(seconds + running * self.width)
                half = [merged[slot] + merged[slot + 1] for slot in range(0, SLOTS, 2)]
                self._ends[depth] = half + [0.0] * (SLOTS - len(half))
                self._between[depth] = [0] * (SLOTS + 1)
            self.width *= 2


def _asks_a_model(node: Node) -> bool:
    return isinstance(node, IterationNode) or (isinstance(node, CallNode) and node.kind == "llm")


def _exchange(node: Node) -> Exchange | None:
    return node.exchange if isinstance(node, IterationNode | CallNode) else None


def _depth(node: Node) -> int:
    if isinstance(node, IterationNode):
        return node.call.depth
    return node.depth if isinstance(node, CallNode) else 0


def _span(node: Node) -> tuple[float, float] | None:
    """Start and end of an ended row's request, where it came to one."""
    exchange = _exchange(node)
    if exchange is None or exchange.requested is None:
        return None
    end = exchange.responded if exchange.responded is not None else node.finished
    is_known = end is not None and math.isfinite(end) and end >= exchange.requested
    return (exchange.requested, end or 0.0) if is_known else None
