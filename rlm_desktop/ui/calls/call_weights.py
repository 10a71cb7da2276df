"""How much of a run's time, cost or tokens each row and all below it took; and the icicle laid out from that."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, Exchange, IterationNode, Node

Weight: TypeAlias = Literal["time", "cost", "tokens"]
Order: TypeAlias = Literal["time", "heaviest"]
_PIECE = 1_000


class Weights:
    """For each node the sum over it and all below, worked out in slices of time.

    Time is work time: the requests and the cells' own computing, those that ran side by side added up. (A node
    comes after its parent in `state.nodes`, so one pass from the end is enough.)

    Attributes:
        sums: By index; complete once `take` has said so.
        below / peaks: By index: what all children have together, and what the one has that has most.
    """

    def __init__(self, state: RunState, by: Weight, now: float) -> None:
        self._own = _OWN[by]
        self._nodes = state.nodes[:]
        self._now = now
        self.sums = [0.0] * len(self._nodes)
        self.below = [0.0] * len(self._nodes)
        self.peaks = [0.0] * len(self._nodes)

    def take(self, seconds: float) -> bool:
        """Go on for at most about so long; whether all has been summed."""
        deadline = time.perf_counter() + seconds
        nodes, sums, peaks, own, now = self._nodes, self.sums, self.peaks, self._own, self._now
        under = self.below
        while nodes:
            for node in reversed(nodes[-_PIECE:]):
                index = node.index
                under[index] = sums[index]
                weight = sums[index] = sums[index] + own(node, now)
                if node.parent is not None:
                    above = node.parent.index
                    sums[above] += weight
                    if weight > peaks[above]:
                        peaks[above] = weight
            del nodes[-_PIECE:]
            if time.perf_counter() >= deadline:
                break
        return not nodes


def _exchange(node: Node) -> Exchange | None:
    if isinstance(node, IterationNode) or (isinstance(node, CallNode) and node.kind == "llm"):
        return node.exchange
    return None


def _own_time(node: Node, now: float) -> float:
    exchange = _exchange(node)
    seconds = 0.0
    if exchange is not None and exchange.requested is not None:
        end = exchange.responded if exchange.responded is not None else node.finished
        seconds = max(0.0, (now if end is None else end) - exchange.requested)
    if isinstance(node, IterationNode):
        for cell in node.cells:
            seconds += cell.computed or 0.0
    return seconds


def _own_cost(node: Node, _now: float) -> float:
    exchange = _exchange(node)
    return (exchange.cost_usd or 0.0) if exchange is not None else 0.0


def _own_tokens(node: Node, _now: float) -> float:
    usage = exchange.usage if (exchange := _exchange(node)) is not None else None
    return (usage.input_tokens or 0) + (usage.output_tokens or 0) if usage is not None else 0


_OWN: dict[Weight, Callable[[Node, float], float]] = {"time": _own_time, "cost": _own_cost, "tokens": _own_tokens}


@dataclass(frozen=True)
class Slab:
    """A rectangle of the icicle.

    Attributes:
        node: Its row; where `more` is not 0, the first of so many rows too narrow to be drawn one by one.
    """

    node: Node
    x: float
    width: float
    level: int
    more: int = 0


def icicle(
    root: Node,
    sums: Sequence[float],
    room: float,
    order: Order,
    narrowest: float = 2.0,
    whole: Weights | None = None,
) -> list[Slab]:
    """The rectangles of `root` and what is below it, as wide as their share of it.

    Neighbours narrower than `narrowest` are drawn as one; what is below them is not drawn at all, so the number of
    rectangles depends on the room and not on the run. With `whole`, where the sums are from, neither does the time.
    """
    slabs: list[Slab] = [Slab(root, 0.0, room, 0)]
    stack: list[Slab] = [slabs[0]]
    while stack:
        slab = stack.pop()
        children = slab.node.children
        total = sums[slab.node.index]
        if not children or not total:
            continue
        scale = slab.width / total
        if whole is not None and whole.peaks[slab.node.index] * scale < narrowest:
            # All are too narrow: which is known without a look at each of, perhaps, ten thousand.
            width = whole.below[slab.node.index] * scale
            if width >= 0.5:
                slabs.append(Slab(children[0], slab.x, width, slab.level + 1, len(children)))
            continue
        if order == "heaviest":
            children = sorted(children, key=lambda child: -sums[child.index])
        x, thin_from, thin = slab.x, slab.x, 0
        first_thin = children[0]
        for child in children:
            width = sums[child.index] * scale
            if width >= narrowest:
                if thin and x - thin_from >= 0.5:
                    slabs.append(Slab(first_thin, thin_from, x - thin_from, slab.level + 1, thin))
                made = Slab(child, x, width, slab.level + 1)
                slabs.append(made)
                stack.append(made)
                thin, thin_from = 0, x + width
            else:
                first_thin = child if thin == 0 else first_thin
                thin += 1
            x += width
        if thin and x - thin_from >= 0.5:
            slabs.append(Slab(first_thin, thin_from, x - thin_from, slab.level + 1, thin))
    return slabs
