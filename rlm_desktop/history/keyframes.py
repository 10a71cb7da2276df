"""Keyframes of a fold: any moment of a trace as a `RunState`, in milliseconds, however long the trace.

The trace is folded once. Whenever the fold has done a certain work since the last one there is a keyframe: many
events where few calls are under way, few where many are, so that to go on from a keyframe takes about the same time
everywhere. Just before a row is changed for the first time after a keyframe, it is copied into that keyframe, as in
a file system with snapshots. So a keyframe ends up with copies of the rows that were still to change, and a state
made from it shares all others with the fold, as they were final then.

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
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, IterationNode, Node
from rlm_desktop.history.cloning import clone_row, clone_value, load_row

_GROWING = ("nodes", "notes")
"""Lists of `RunState` that only ever grow: a keyframe keeps their lengths."""
_INDEXES = ("calls", "batches")
_OF_ITERATIONS = ev.CellProposed | ev.CellDecided | ev.CellStarted | ev.CellOutput | ev.CellFinished | ev.ToolCalled
"""Events that name the iteration that they change."""
_COPYING = 2
"""The work of copying a row, where that of applying an event is 1: about 4 us."""
_SHORT = 8
"""Leaves side by side that are a run: fewer are put in their places one by one, which is quicker then."""
_POLITE_EVENTS = 50
"""Events after which other threads get their turn: about a millisecond."""


class _Copy:
    """A row as it was; its children and iterations by their number, as those lists only ever grow."""

    __slots__ = ("children", "exchange_of", "iterations", "row")

    def __init__(self, row: Node) -> None:
        self.children = len(row.children)
        self.iterations = len(row.iterations) if isinstance(row, CallNode) else 0
        self.exchange_of = _current(row)[0] if isinstance(row, CallNode) else -1
        self.row = clone_row(row)

    @property
    def is_leaf(self) -> bool:
        """Whether it had no other rows below it."""
        return not (self.children or self.iterations)

    def write_into(self, row: Node, end: _End) -> None:
        """Make `row`, which is as in `end` in the end, what it was."""
        load_row(row, self.row)
        row.children = end.children[: self.children]
        if isinstance(row, CallNode):
            row.iterations = end.iterations[: self.iterations]

    def share_exchange(self, row: Node) -> None:
        """A call's current request is that of its iteration, one object."""
        if self.exchange_of >= 0 and isinstance(row, CallNode):
            row.exchange = row.iterations[self.exchange_of].exchange


class _End:
    """A row as it is in the end, with all that it ever has below it."""

    __slots__ = ("children", "copy", "iterations")

    def __init__(self, row: Node) -> None:
        self.copy = _Copy(row)
        self.children = row.children
        self.iterations = row.iterations if isinstance(row, CallNode) else []


class _Span:
    """The copies that all keyframes of one span use.

    Attributes:
        leaves: Copies of rows that have no others below them yet, by their places.
        runs: (place, start, end): `leaves[start:end]` belong at `place` and after.
        singles: Places among `leaves` of those that are in no run.
        inner: Copies of rows with others below them.
    """

    __slots__ = ("inner", "leaves", "places", "runs", "singles")

    def __init__(self) -> None:
        self.inner: list[_Copy] = []
        self.leaves: list[Node] = []
        self.places: list[int] = []
        self.runs: list[tuple[int, int, int]] = []
        self.singles: list[int] = []

    def add(self, copy: _Copy) -> None:
        """Take a copy in."""
        if copy.is_leaf:
            self.leaves.append(copy.row)
        else:
            self.inner.append(copy)

    def find(self, row: Node) -> int | None:
        """Where the copy of a leaf is among `leaves`."""
        at = bisect_left(self.places, row.index)
        return at if at < len(self.places) and self.places[at] == row.index else None

    def arrange(self) -> None:
        """Bring the leaves into order."""
        self.leaves.sort(key=lambda row: row.index)
        self.places = [row.index for row in self.leaves]
        start = 0
        for end in range(1, len(self.places) + 1):
            if end == len(self.places) or self.places[end] != self.places[end - 1] + 1:
                if end - start < _SHORT:
                    self.singles += range(start, end)
                else:
                    self.runs.append((self.places[start], start, end))
                start = end


class _Frame:
    """The moment of a keyframe: all but its rows."""

    def __init__(self, state: RunState) -> None:
        self.lengths = {name: len(getattr(state, name)) for name in _GROWING}
        self.values = _values(state)


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


class Keyframes:
    """The keyframes of one trace.

    Args:
        events: The trace.
        work: How much of it, in events, is done between two keyframes.
    """

    def __init__(self, events: Sequence[AnyEvent], work: int) -> None:
        self._events = events
        self._work = work
        self._frames: list[_Frame] = []
        self._starts: list[int] = []
        self._spans: defaultdict[tuple[int, int], _Span] = defaultdict(_Span)
        self._homes: dict[Node, list[_Span]] = {}  # copies of leaves that are in several spans
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
        self._taken: set[int] = set()
        self._used: list[_Span] = []

    def _fold(self) -> RunState:
        """Fold the trace; in the end its rows are as every later state finds those that have not been copied."""
        state, saved, done = RunState(), list[int](), self._work
        for number, event in enumerate(self._events):
            if done >= self._work:
                self._frames.append(_Frame(state))
                self._starts.append(number)
                done = 0
            if number % _POLITE_EVENTS == 0:
                time.sleep(0)
            frame = len(self._frames) - 1
            done += 1
            for row in _touched(state, event):
                done += _COPYING * self._save(row, frame, saved)
            state.apply(event)
            saved.extend([frame] * (len(state.nodes) - len(saved)))
        return state

    def _save(self, row: Node | None, frame: int, saved: list[int]) -> int:
        """Copy a row that is about to change, and those above it, into each keyframe that has no copy of it yet.

        Returns:
            How many rows were copied.
        """
        count = 0
        while row is not None and saved[row.index] < frame:
            self._keep(_Copy(row), saved[row.index] + 1, frame)
            saved[row.index] = frame
            row = row.parent
            count += 1
        return count

    def _keep(self, copy: _Copy, first: int, last: int) -> None:
        """Have keyframes `first` to `last` use a copy: a segment tree, so that long spans cost little."""
        spans: list[_Span] = []
        level = 0
        while first <= last:
            if first & 1:
                spans.append(self._spans[level, first])
                first += 1
            if not last & 1:
                spans.append(self._spans[level, last])
                last -= 1
            first, last, level = first >> 1, last >> 1, level + 1
        for span in spans:
            span.add(copy)
        if len(spans) > 1 and copy.is_leaf:
            self._homes[copy.row] = spans

    def state_after(self, events: int) -> RunState:
        """The state after the first `events` events; the one given before shares rows with it and is void now."""
        if not self._frames:
            return RunState()
        number = bisect_right(self._starts, events) - 1
        state = self._restored(number)
        self.go_on(state, self._starts[number], events)
        return state

    def go_on(self, state: RunState, start: int, end: int) -> None:
        """Apply the events from `start` to `end` to the state that was given last."""
        for event in self._events[start:end]:
            for row in _touched(state, event):
                if row.index not in self._taken:
                    self._take_back(row)
            state.apply(event)

    def _take_back(self, row: Node) -> None:
        """A row that is about to change belongs to the state from now on; a keyframe whose copy it is copies it."""
        self._taken.add(row.index)
        homes = self._homes.pop(row, None) or [span for span in self._used if span.find(row) is not None]
        if homes:
            fresh = clone_row(row)
            for span in homes:
                span.leaves[span.find(row)] = fresh  # type: ignore[index]
            if len(homes) > 1:
                self._homes[fresh] = homes

    def _restored(self, number: int) -> RunState:
        """A state from a keyframe."""
        frame = self._frames[number]
        levels = range(len(self._frames).bit_length())
        found = (self._spans.get((level, number >> level)) for level in levels)
        self._used = [span for span in found if span is not None]
        self._taken.clear()
        state = RunState()
        for name, value in frame.values.items():
            setattr(state, name, clone_value(value))
        for name, length in frame.lengths.items():
            setattr(state, name, getattr(self._final, name)[:length])
        nodes = state.nodes
        for name in _INDEXES:
            setattr(state, name, _Numbered(nodes, self._places[name], self._orders[name]))
        for span in self._used:
            places, leaves = span.places, span.leaves
            for at in span.singles:
                nodes[places[at]] = leaves[at]
            for place, start, end in span.runs:
                nodes[place : place + end - start] = leaves[start:end]
        self._write_inner([copy for span in self._used for copy in span.inner], nodes)
        return state

    def _write_inner(self, copies: list[_Copy], nodes: list[Node]) -> None:
        """Make the rows with others below them what they were, and those of the last state what they end as."""
        places = {copy.row.index for copy in copies}
        for place in places:
            if place not in self._ends:
                self._ends[place] = _End(self._nodes[place])
        over = self._written - places
        for place in over:
            end = self._ends[place]
            end.copy.write_into(self._nodes[place], end)
        for place in over:
            self._ends[place].copy.share_exchange(self._nodes[place])
        self._written = places
        for copy in copies:
            place = copy.row.index
            row = self._nodes[place]
            copy.write_into(row, self._ends[place])
            row.children = _as_then(row.children, nodes)
            if isinstance(row, CallNode):
                row.iterations = [nodes[iteration.index] for iteration in row.iterations]  # type: ignore[misc]
        for copy in copies:
            copy.share_exchange(self._nodes[copy.row.index])


def _as_then(children: Sequence[Node], nodes: list[Node]) -> list[Node]:
    """The same children among the rows of a state; those of a batch stand one after the other there."""
    if not children:
        return []
    first, last = children[0].index, children[-1].index
    if last - first + 1 == len(children):
        return nodes[first : last + 1]
    return [nodes[child.index] for child in children]


def _touched(state: RunState, event: AnyEvent) -> list[Node]:
    """The rows that an event may change, those above them left out; too many does no harm."""
    rows: list[Node] = []
    caller = (
        state.calls.get(event.parent) if isinstance(event, ev.CallStarted) and event.parent is not None else None
    )
    for call in (caller, state.calls.get(event.call)):
        if call is not None:
            rows += call.iterations[-1:]
            rows += _current(call)[1]
            rows.append(call)
    if isinstance(event, _OF_ITERATIONS) and event.iteration > 0:
        call = state.calls.get(event.call)
        rows += call.iterations[event.iteration - 1 : event.iteration] if call else []
    elif isinstance(event, ev.CallStarted | ev.BatchFinished) and event.batch is not None:
        batch = state.batches.get(event.batch)
        rows += [batch] if batch else []
    return rows


def _current(call: CallNode) -> tuple[int, list[IterationNode]]:
    """The iteration that shares the call's exchange, and its place: mostly the last, or the one before."""
    if call.exchange is not None:
        for place in range(len(call.iterations) - 1, -1, -1):
            if call.iterations[place].exchange is call.exchange:
                return place, [call.iterations[place]]
    return -1, []


def _values(state: RunState) -> dict[str, Any]:
    """All that a state holds besides its rows."""
    skipped = (*_GROWING, *_INDEXES)
    return {name: clone_value(value) for name, value in vars(state).items() if name not in skipped}
