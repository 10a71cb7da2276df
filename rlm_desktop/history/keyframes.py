"""Keyframes of a fold: any moment of a trace as a `RunState`, in milliseconds, however long the trace.

The trace is folded once. Whenever the fold has done a certain work since the last one there is a keyframe: many
events where few calls are under way, few where many are, so that to go on from a keyframe takes about the same time
everywhere. Just before a row is changed for the first time after a keyframe, a copy of it is kept for that
keyframe, as in a file system with snapshots; `cloning` tells what a copy shares with its row. So a keyframe ends up
with copies of the rows that were still to change, and a state made from it shares all others with the fold, as they
were final then. The state itself shares with the keyframe until an event changes it, by the same rule.

Of the copied rows, a few have others below them at that moment, and very many may be leaves (the calls of a wide
batch, most of them queued). They are treated differently, because whatever is done in Python for each of ten
thousand rows is too slow:

- a row with others below it is the same object in every state: what the keyframe knows of it is written into it,
  and so the links of all rows below it are right as they are;
- a leaf is given out as the very copy that the keyframe has: whole runs of them by one slice. Just before an event
  changes one, the keyframe takes a new copy for itself.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, Node
from rlm_desktop.history.cloning import clone_value, copy_of, load, own_contents, own_sums
from rlm_desktop.history.watch import Watch

_GROWING = ("nodes", "notes")
"""Lists of `RunState` that only ever grow: a keyframe keeps their lengths."""
_INDEXES = ("calls", "batches")
_VALUES = tuple(name for name in vars(RunState()) if name not in (*_GROWING, *_INDEXES))
"""All that a state holds besides its rows."""
_OF_BATCHES = frozenset({ev.CallStarted, ev.BatchFinished})
"""Events that name the batch that they change."""
_OF_ITERATIONS = frozenset(
    {ev.CellProposed, ev.CellDecided, ev.CellStarted, ev.CellOutput, ev.CellFinished, ev.ToolCalled}
)
"""Events that name the iteration that they change."""
_OF_ROWS = _OF_BATCHES | _OF_ITERATIONS
_COPYING = 0.5
"""The work of copying a row, where that of reading and applying an event is 1."""
_SHORT = 8
"""Leaves side by side that are a run: fewer are put in their places one by one, which is quicker then."""
_POLITE_EVENTS = 50
"""Events after which other threads get their turn: about a millisecond."""


class _Copy:
    """A row as it was; its children by their number, as that list only ever grows."""

    __slots__ = ("children", "row")

    def __init__(self, row: Node) -> None:
        self.children = len(row.children)
        self.row = copy_of(row)


class _End:
    """A row as it is in the end, with all that it ever has below it."""

    __slots__ = ("children", "row")

    def __init__(self, row: Node) -> None:
        self.row = copy_of(row)
        self.children = row.children

    def restore(self, row: Node) -> None:
        """Make `row` what it is in the end."""
        load(row, self.row)
        row.children = self.children


class _Span:
    """The copies that all keyframes of one span use.

    Attributes:
        leaves: Copies of rows that have no others below them yet, by their places.
        users: First and last keyframe that use each of them.
        runs: (place, start, end): `leaves[start:end]` belong at `place` and after.
        singles: Places among `leaves` of those that are in no run.
        inner: Copies of rows with others below them.
    """

    __slots__ = ("inner", "leaves", "places", "runs", "singles", "users")

    def __init__(self) -> None:
        self.inner: list[_Copy] = []
        self.leaves: list[Node] = []
        self.places = array("i")
        self.users = array("i"), array("i")
        self.runs: list[tuple[int, int, int]] = []
        self.singles = array("i")

    def add(self, copy: Node | _Copy, first: int, last: int) -> None:
        """Take a copy in."""
        if isinstance(copy, _Copy):
            self.inner.append(copy)
        else:
            self.leaves.append(copy)
            self.users[0].append(first)
            self.users[1].append(last)

    def users_of(self, row: Node) -> tuple[int, int] | None:
        """First and last keyframe that use `row`, if it is a copy that stands here."""
        at = bisect_left(self.places, row.index)
        if at < len(self.places) and self.leaves[at] is row:
            return self.users[0][at], self.users[1][at]
        return None

    def replace(self, copy: Node) -> None:
        """Take another copy of a leaf."""
        self.leaves[bisect_left(self.places, copy.index)] = copy

    def lay_out(self, nodes: list[Node]) -> None:
        """Put the leaves in their places."""
        places, leaves = self.places, self.leaves
        for at in self.singles:
            nodes[places[at]] = leaves[at]
        for place, start, end in self.runs:
            nodes[place : place + end - start] = leaves[start:end]

    def arrange(self) -> None:
        """Bring the leaves into order."""
        order = sorted(range(len(self.leaves)), key=lambda at: self.leaves[at].index)
        self.leaves = [self.leaves[at] for at in order]
        self.users = (
            array("i", [self.users[0][at] for at in order]),
            array("i", [self.users[1][at] for at in order]),
        )
        self.places = array("i", [row.index for row in self.leaves])
        start = 0
        for end in range(1, len(self.places) + 1):
            if end == len(self.places) or self.places[end] != self.places[end - 1] + 1:
                if end - start < _SHORT:
                    self.singles.extend(range(start, end))
                else:
                    self.runs.append((self.places[start], start, end))
                start = end


class _Frame:
    """The moment of a keyframe: all but its rows."""

    __slots__ = ("lengths", "values")

    def __init__(self, state: RunState) -> None:
        self.lengths = tuple([len(getattr(state, name)) for name in _GROWING])
        self.values = tuple([clone_value(getattr(state, name)) for name in _VALUES])

    def write_into(self, state: RunState, end: RunState) -> None:
        """Make `state` what it was then, the rows being those of the end."""
        for name, value in zip(_VALUES, self.values, strict=True):
            setattr(state, name, clone_value(value))
        for name, length in zip(_GROWING, self.lengths, strict=True):
            setattr(state, name, getattr(end, name)[:length])


class _Numbered(MutableMapping[int, Node]):
    """The calls or the batches of a state by their numbers, looked up in its rows: there is nothing to copy."""

    __slots__ = ("_nodes", "_order", "_places")

    def __init__(self, nodes: list[Node], places: dict[int, int], order: list[int]) -> None:
        self._nodes = nodes
        self._places = places
        self._order = order

    def get(self, number: int, default: Any = None) -> Any:
        place = self._places.get(number)
        return default if place is None or place >= len(self._nodes) else self._nodes[place]

    def __getitem__(self, number: int) -> Node:
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def __contains__(self, number: object) -> bool:
        place = self._places.get(number)  # type: ignore[arg-type]
        return place is not None and place < len(self._nodes)

    def __setitem__(self, number: int, row: Node) -> None:
        """Nothing: a new row is found as soon as it is among the rows, at the place that it always gets."""

    def __delitem__(self, number: int) -> None:
        raise TypeError("rows are never removed")

    def __iter__(self) -> Iterator[int]:
        for number, place in self._places.items():
            if place >= len(self._nodes):
                return
            yield number

    def __len__(self) -> int:
        return bisect_left(self._order, len(self._nodes))


class _Owned:
    """Which rows of a state nobody else uses, so that an event may change them.

    Args:
        state: To which the events are applied, one after the other.
        keep: Called once for each row that was there before, just before it is changed for the first time.
    """

    def __init__(self, state: RunState, keep: Callable[[Node], object]) -> None:
        self._state = state
        self._keep = keep
        self._older = len(state.nodes)
        self._rows: set[int] = set()
        self._whole: set[int] = set()
        self._calls: set[int] = set()

    def prepare(self, event: AnyEvent) -> None:
        """Have the rows own what an event may change; too many does no harm."""
        kind = type(event)
        number = event.parent if kind is ev.CallStarted else event.call  # type: ignore[attr-defined]
        if number not in self._calls and number is not None:
            call = self._state.calls.get(number)
            if call is not None:
                self._calls.add(number)
                self._own(_with_iterations(call))
        if kind in _OF_ROWS:
            row = self._named(event)
            if row is not None and row.index < self._older and row.index not in self._whole:
                self._own([row])

    def _named(self, event: Any) -> Node | None:
        """The row besides that of its call that an event names."""
        if type(event) in _OF_BATCHES:
            return self._state.batches.get(event.batch) if event.batch is not None else None
        call = self._state.calls.get(event.call)
        if call is None or not 0 < event.iteration <= len(call.iterations):
            return None
        return call.iterations[event.iteration - 1]

    def _own(self, rows: list[Node]) -> None:
        for row in rows:
            self._own_sums(row)
        fresh = [row for row in rows if row.index < self._older and row.index not in self._whole]
        own_contents(fresh)
        self._whole.update([row.index for row in fresh])

    def _own_sums(self, changing: Node) -> None:
        """What happens to a row counts in those above it."""
        row: Node | None = changing
        while row is not None and row.index not in self._rows:
            self._rows.add(row.index)
            if row.index < self._older:
                self._keep(row)
                own_sums(row)
            row = row.parent


class Keyframes:
    """The keyframes of one trace.

    Args:
        events: The trace.
        work: How much of it, in events, is done between two keyframes.
        watch: Is told of each event.

    Raises:
        TransferCancelled: The watch says that nobody wants it any more.
    """

    def __init__(self, events: Sequence[AnyEvent], work: int, watch: Watch) -> None:
        self._events = events
        self._work = work
        self._watch = watch
        self._frames: list[_Frame] = []
        self._starts: list[int] = []
        self._spans: defaultdict[tuple[int, int], _Span] = defaultdict(_Span)
        self._final = self._fold()
        self._nodes = self._final.nodes
        for span in self._spans.values():
            span.arrange()
        self._places = {
            name: {number: row.index for number, row in getattr(self._final, name).items()} for name in _INDEXES
        }
        self._orders = {name: list(places.values()) for name, places in self._places.items()}
        self._ends: dict[int, _End] = {}
        self._written: set[int] = set()
        self._used: list[_Span] = []
        self._owned: _Owned | None = None

    def _fold(self) -> RunState:
        """Fold the trace; in the end its rows are as every later state finds those that have not been copied."""
        state, saved, done = RunState(), list[int](), float(self._work)
        copies = 0

        def keep(row: Node) -> None:
            nonlocal copies
            self._add(_Copy(row) if row.children else copy_of(row), saved[row.index] + 1, len(self._frames) - 1)
            saved[row.index] = len(self._frames) - 1
            copies += 1

        owned = _Owned(state, keep)
        for number, event in enumerate(self._events):
            if done + _COPYING * copies >= self._work:
                self._frames.append(_Frame(state))
                self._starts.append(number)
                owned = _Owned(state, keep)
                done = copies = 0
            if number % _POLITE_EVENTS == 0:
                time.sleep(0)
                self._watch.step(_POLITE_EVENTS)
            owned.prepare(event)
            state.apply(event)
            done += 1
            saved.extend([len(self._frames) - 1] * (len(state.nodes) - len(saved)))
        return state

    def _add(self, copy: Node | _Copy, first: int, last: int) -> None:
        """Have keyframes `first` to `last` use a copy."""
        for key in _cover(first, last):
            self._spans[key].add(copy, first, last)

    def state_after(self, events: int) -> RunState:
        """The state after the first `events` events; the one given before shares rows with it and is void now."""
        if not self._frames:
            return RunState()
        number = bisect_right(self._starts, events) - 1
        state = self._restored(number)
        self._owned = _Owned(state, self._give_away)
        self.go_on(state, self._starts[number], events)
        return state

    def go_on(self, state: RunState, start: int, end: int) -> None:
        """Apply the events from `start` to `end` to the state given last, or to one that shares no rows."""
        for event in self._events[start:end]:
            if self._owned is not None:
                self._owned.prepare(event)
            state.apply(event)

    def _give_away(self, row: Node) -> None:
        """A leaf that is about to change is the state's from now on; the keyframes that gave it take a copy."""
        if row.index in self._written:
            return
        users = next((users for span in self._used if (users := span.users_of(row))), None)
        if users is not None:
            fresh = copy_of(row)
            for key in _cover(*users):
                self._spans[key].replace(fresh)

    def _restored(self, number: int) -> RunState:
        """A state from a keyframe."""
        frame = self._frames[number]
        levels = range(len(self._frames).bit_length())
        found = (self._spans.get((level, number >> level)) for level in levels)
        self._used = [span for span in found if span is not None]
        state = RunState()
        frame.write_into(state, self._final)
        nodes = state.nodes
        for name in _INDEXES:
            setattr(state, name, _Numbered(nodes, self._places[name], self._orders[name]))
        for span in self._used:
            span.lay_out(nodes)
        self._write_inner([copy for span in self._used for copy in span.inner], nodes)
        return state

    def _write_inner(self, copies: list[_Copy], nodes: list[Node]) -> None:
        """Make the rows with others below them what they were, and those of the last state what they end as."""
        places = {copy.row.index for copy in copies}
        for place in self._written - places:
            self._ends[place].restore(self._nodes[place])
        self._written = places
        for copy in copies:
            place = copy.row.index
            row = self._nodes[place]
            if place not in self._ends:
                self._ends[place] = _End(row)
            end = self._ends[place]
            load(row, copy.row)
            row.children = _as_then(end.children, copy.children, nodes)


def _cover(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The spans that make up keyframes `first` to `last`, as in a segment tree: few, however many keyframes."""
    level = 0
    while first <= last:
        if first & 1:
            yield level, first
            first += 1
        if not last & 1:
            yield level, last
            last -= 1
        first, last, level = first >> 1, last >> 1, level + 1


def _as_then(rows: Sequence[Node], count: int, nodes: list[Node]) -> Sequence[Node]:
    """The first `count` of some rows among those of a state; those of a batch stand one after the other there."""
    if not count:
        return ()
    first, last = rows[0].index, rows[count - 1].index
    if last - first + 1 == count:
        return nodes[first : last + 1]
    return [nodes[row.index] for row in rows[:count]]


def _with_iterations(call: CallNode) -> list[Node]:
    """A call with its last iteration, and the one that has its current request: mostly the same."""
    asking = next((iteration for iteration in reversed(call.iterations) if iteration.exchange is not None), call)
    return [*{row.index: row for row in (call, call.current, asking)}.values()]
