"""A way to look at a run's tree: what is open, sorted, filtered. Lists the rows that are to be seen so, in pieces.

What goes over every row of a large run is a generator that gives way after each `PIECE` of rows, so that whoever
runs it can stop when its time is up and go on later.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias, get_args

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, Node
from rlm_desktop.ui.calls.call_text import cost_usd, duration, failure_count, is_failure, own_duration, token_count

BIG_BATCH = 8
"""A batch of more calls than this is closed at first."""
MOST_LIFTED = 20
"""Failed calls that are shown of a closed batch."""
PIECE = 512
"""Rows after which lengthy work gives way."""

_FEW = 64
"""Rows that are looked up one by one; for more it takes less to go over all."""

Order: TypeAlias = Literal["time", "duration", "tokens", "cost", "own"]
"""By what the children of each row are sorted."""
ORDERS: tuple[Order, ...] = get_args(Order)
Work: TypeAlias = Iterator[None]
"""Lengthy work, in pieces."""


class Growth:
    """How much of a state the rows have taken in.

    Attributes:
        opened: Indices of the nodes whose children are shown while no filter is on.
        seen: Nodes before this one have been looked at.
        placed: Nodes before this one have the rows they should have.
    """

    def __init__(self, state: RunState) -> None:
        self.state = state
        self.opened: set[int] = set()
        self.seen = 0
        self.placed = 0


class _Ranking(NamedTuple):
    """The children of a row in order, and what each of them was put there by: the least first."""

    children: list[Node]
    keys: array[float]


class RowLook:
    """A focus, a filter and an order.

    Attributes:
        focus: What is shown with all below it; None for the whole run.
        matches: While a filter is on, the nodes that it finds.
        shut: Nodes that are closed while the filter is on.
        order: By what rows are sorted; `is_ascending` when the smallest comes first.
        sorted_at: `seq` of the state when they were sorted.
    """

    def __init__(self, growth: Growth) -> None:
        self.growth = growth
        self.focus: Node | None = None
        self.matches: set[int] | None = None
        self.shut: set[int] = set()
        self.order: Order = "time"
        self.is_ascending = False
        self.sorted_at = 0
        self._kept: set[int] = set()
        self._kept_below: dict[int, list[Node]] = {}
        self._is_kept_known = True
        self._ranked: dict[int, _Ranking] = {}

    def copy(self) -> RowLook:
        """The same, with what was found and sorted shared.

        That is replaced as a whole; but for children that come late, which nobody asks for while rows are listed.
        """
        other = RowLook(self.growth)
        vars(other).update(vars(self))
        return other

    def at(self, growth: Growth) -> RowLook:
        """The same at another moment of the run: sorted anew, with those rows that are there."""
        other, nodes = RowLook(growth), growth.state.nodes
        other.sort(self.order, is_ascending=self.is_ascending)
        if self.focus is not None and self.focus.index < len(nodes):
            other.focus = nodes[self.focus.index]
        if self.matches is not None:
            other.filter({index for index in self.matches if index < len(nodes)})
            other.shut = set(self.shut)
        return other

    # -- what is wanted --------------------------------------------------------------------------------------

    def sort(self, order: Order, *, is_ascending: bool) -> None:
        """Sort the children of each row as they are now."""
        self.order, self.is_ascending = order, is_ascending
        self._ranked = {}
        self.sorted_at = self.growth.state.seq

    def filter(self, matches: set[int] | None) -> None:
        """Show only these nodes and what is above them; None shows all."""
        self.matches = matches
        self.shut = set()
        self._is_kept_known = False

    def _keep(self) -> Work:
        """Gather what is above the nodes that are found."""
        matches = self.matches or ()
        kept, below = set(matches), dict[int, list[Node]]()
        nodes = self.growth.state.nodes
        for number, index in enumerate(matches, 1):
            above = nodes[index].parent
            while above is not None and above.index not in kept:
                kept.add(above.index)
                above = above.parent
            if not number % PIECE:
                yield
        for number, index in enumerate(sorted(kept), 1):
            if (above := nodes[index].parent) is not None:
                below.setdefault(above.index, []).append(nodes[index])
            if not number % PIECE:
                yield
        self._kept, self._kept_below, self._is_kept_known = kept, below, True

    # -- what is to be seen ----------------------------------------------------------------------------------

    def is_open(self, node: Node) -> bool:
        """Whether its children are shown."""
        if self.matches is not None:
            return node.index not in self.shut
        return node.index in self.growth.opened

    def rows(self, found: list[int]) -> Work:
        """Put all rows into `found`, from the top down."""
        if not self._is_kept_known:
            yield from self._keep()
        nodes = self.growth.state.nodes
        top = self.focus or (nodes[0] if nodes else None)
        if top is not None and (self.matches is None or top.index in self._kept):
            found.append(top.index)
            yield from self.below(top, found)

    def below(self, node: Node, found: list[int]) -> Work:
        """Put every row under a node into `found`, in order. No recursion: a run may be deeper than Python's stack.

        Written for speed: it goes over every row when a large run is opened wholly, filtered or sorted.
        """
        kept = self._kept if self.matches is not None else None
        opened = self.growth.opened if kept is None and self.order == "time" else frozenset[int]()
        end = self.growth.seen  # what comes while others work gets its rows later
        left = PIECE
        if self._is_long(node):
            yield from self._rank(node)
        stack: list[tuple[Iterator[Node], int | None]] = [self._children_of(node)]
        while stack:
            children, last = stack[-1]
            for child in children:
                left -= 1
                if not left:
                    left = PIECE
                    yield
                index = child.index
                if index >= end or (kept is not None and index not in kept):
                    continue
                found.append(index)
                if child.children:
                    if index in opened:
                        stack.append((iter(child.children), None))
                    else:
                        if self._is_long(child):
                            yield from self._rank(child)
                        stack.append(self._children_of(child))
                    break
            else:
                if last is not None:
                    found.append(last)
                stack.pop()

    def _children_of(self, node: Node) -> tuple[Iterator[Node], int | None]:
        """What is shown of a node's children, and the line that comes after them."""
        if self.is_open(node):
            return iter(self.shown_children(node)), None
        lifted = self.lifted(node)
        return iter(lifted), ~node.index if lifted else None

    def shown_children(self, node: Node) -> Sequence[Node]:
        """The children of an open row in order; where rows are not in that of time, hidden ones too."""
        if self.matches is not None and self.order == "time":
            return self._kept_below.get(node.index, ())
        return self.in_order(node)

    def in_order(self, node: Node) -> Sequence[Node]:
        """The children of a row in order, whatever a filter hides."""
        if self.order == "time":
            return node.children
        ranking = self._ranked.get(node.index)
        late = len(node.children) - len(ranking.children) if ranking is not None else 0
        if ranking is None or late > PIECE:
            for _ in self._rank(node):
                pass
        elif late:
            self._take_late(ranking, node.children[-late:])
        return self._ranked[node.index].children

    def _is_long(self, node: Node) -> bool:
        """Whether so many of its children are still to be sorted that it takes a while."""
        if self.order == "time" or len(node.children) <= PIECE or not self.is_open(node):
            return False
        ranking = self._ranked.get(node.index)
        return ranking is None or len(node.children) - len(ranking.children) > PIECE

    def _rank(self, node: Node) -> Work:
        """Sort the children as they are now; those that were sorted before stay in their order."""
        ranking, now = self._ranked.get(node.index, _Ranking([], array("d"))), self.growth.state.now
        late = node.children[len(ranking.children) :]
        children, keys = [*ranking.children, *late], ranking.keys[:]
        for start in range(0, len(late), PIECE):
            if start:
                yield
            keys.extend(self._keys(late[start : start + PIECE], now))
        places = sorted(range(len(keys)), key=keys.__getitem__)
        sorted_keys = array("d", [keys[place] for place in places])
        self._ranked[node.index] = _Ranking([children[place] for place in places], sorted_keys)

    def _take_late(self, ranking: _Ranking, late: Sequence[Node]) -> None:
        """Put some that came since where they belong by what they are now; the others stay as they are."""
        children, keys = ranking  # changed in place: to copy 100,000 rows takes ten milliseconds
        for child, key in zip(late, self._keys(late, self.growth.state.now), strict=True):
            place = bisect_right(keys, key)
            children.insert(place, child)
            keys.insert(place, key)

    def places_of(self, late: Sequence[Node], parent: Node) -> list[int]:
        """Where children that came late are among the children in order, from the first on."""
        if len(late) <= _FEW:
            return sorted(self._place_of(child, parent) for child in late)
        wanted = {child.index for child in late}
        return [place for place, child in enumerate(self._ranked[parent.index].children) if child.index in wanted]

    def _place_of(self, child: Node, parent: Node) -> int:
        """Quick when it has just been put there."""
        children, keys = self._ranked[parent.index]
        (key,) = self._keys((child,), self.growth.state.now)
        end = bisect_right(keys, key)  # of those with the same key those that came last are last
        for step in range(len(children)):  # what it is may have changed a little since
            for place in (end - 1 - step, end + step):
                if 0 <= place < len(children) and children[place] is child:
                    return place
        raise ValueError("it has not been put in order")

    def _keys(self, children: Sequence[Node], now: float) -> list[float]:
        """What these are sorted by. What nobody knows is neither the least nor the most: it is last."""
        key_of, sign = _KEYS[self.order], 1.0 if self.is_ascending else -1.0
        return [math.inf if (key := key_of(child, now)) is None else sign * key for child in children]

    def lifted(self, node: Node) -> list[Node]:
        """The failed calls that a closed big batch shows."""
        if not isinstance(node, BatchNode) or node.size <= BIG_BATCH or self.matches is not None:
            return []
        if not failure_count(node):
            return []
        lifted: list[Node] = []
        for child in node.children:
            if is_failure(child):
                lifted.append(child)
                if len(lifted) == MOST_LIFTED:
                    break
        return lifted


def _tokens(node: Node, _now: float) -> float | None:
    return token_count(node)


def _cost(node: Node, _now: float) -> float | None:
    return cost_usd(node)


_KEYS: dict[Order, Callable[[Node, float], float | None]] = {
    "duration": duration,
    "tokens": _tokens,
    "cost": _cost,
    "own": own_duration,
}
