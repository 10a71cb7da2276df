"""Keyframes of a fold: any moment of a trace as a `RunState`, in milliseconds, however long the trace.

The trace is folded once; the rows of that fold are the *masters*. Every so many events there is a keyframe. Just
before a row is changed for the first time after a keyframe, its state is copied into that keyframe, as in a file
system with snapshots. So a keyframe ends up with copies of the rows that were still to change, and a state made
from it shares all others with the masters, as they were final then.

A state is given the copies themselves. Just before an event changes one of them, the keyframe takes a new copy for
itself: rows that are not touched are never copied, and the rows of a state stay the same objects while it goes on.
What is left to do for a seek is a slice of the list of rows, links between the copies and their neighbours, and the
fold of the events since the keyframe.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.history.cloning import clone_row, clone_value

_GROWING = ("nodes", "notes")
"""Lists of `RunState` that only ever grow: a keyframe keeps their lengths."""
_INDEXES = ("calls", "batches")
_T = TypeVar("_T", bound=Node)


class _Copy:
    """A row as it was; its children and iterations by their number, as those lists only ever grow."""

    __slots__ = ("children", "exchange_of", "iterations", "row")

    def __init__(self, row: Node) -> None:
        self.children = len(row.children)
        self.iterations = len(row.iterations) if isinstance(row, CallNode) else 0
        self.exchange_of = _current(row)[0] if isinstance(row, CallNode) else -1
        self.row = clone_row(row)


class _Frame:
    """The moment of a keyframe: all but its rows."""

    def __init__(self, state: RunState) -> None:
        self.lengths = {name: len(getattr(state, name)) for name in _GROWING}
        self.values = _values(state)


class Keyframes:
    """The keyframes of one trace.

    Attributes:
        final: The state after the last event; its rows are the masters: to be read only.
        rows: For each event, the place of the row that it touched, or -1.
    """

    def __init__(self, events: Sequence[AnyEvent], interval: int) -> None:
        self.final = RunState()
        self.rows: list[int] = []
        self._events = events
        self._interval = interval
        self._frames: list[_Frame] = []
        self._saved: list[int] = []
        self._copies: defaultdict[tuple[int, int], list[_Copy]] = defaultdict(list)
        self._fold()
        nodes = self.final.nodes
        self._calls = [(node.number, node) for node in nodes if isinstance(node, CallNode)]
        self._batches = [(node.number, node) for node in nodes if isinstance(node, BatchNode)]
        self._lent: dict[int, _Copy] = {}
        self._linked: list[tuple[list[Node], Node]] = []

    def _fold(self) -> None:
        state, saved = self.final, self._saved
        for number, event in enumerate(self._events):
            if number % self._interval == 0:
                self._frames.append(_Frame(state))
            frame = len(self._frames) - 1
            for row in _touched(state, event):
                self._save(row, frame)
            touched = state.apply(event)
            self.rows.append(-1 if touched is None else touched.index)
            saved.extend([frame] * (len(state.nodes) - len(saved)))

    def _save(self, row: Node | None, frame: int) -> None:
        """Copy a row that is about to change, and those above it, into each keyframe that has no copy of it yet."""
        saved = self._saved
        while row is not None and saved[row.index] < frame:
            copy = _Copy(row)
            self._keep(copy, saved[row.index] + 1, frame)
            saved[row.index] = frame
            row = row.parent

    def _keep(self, copy: _Copy, first: int, last: int) -> None:
        """Have keyframes `first` to `last` use a copy: a segment tree, so that long spans cost little."""
        level = 0
        while first <= last:
            if first & 1:
                self._copies[level, first].append(copy)
                first += 1
            if not last & 1:
                self._copies[level, last].append(copy)
                last -= 1
            first, last, level = first >> 1, last >> 1, level + 1

    def _copies_of(self, frame: int) -> list[_Copy]:
        """The copies that a keyframe uses."""
        found: list[_Copy] = []
        for level in range(len(self._frames).bit_length()):
            found += self._copies.get((level, frame >> level), ())
        return found

    def state_after(self, events: int) -> RunState:
        """The state after the first `events` events; the one given before shares rows with it and is void now."""
        if not self._frames:
            return RunState()
        number = min(events // self._interval, len(self._frames) - 1)
        state = self._restored(number)
        self.go_on(state, number * self._interval, events)
        return state

    def go_on(self, state: RunState, start: int, end: int) -> None:
        """Apply the events from `start` to `end` to the state that was given last."""
        for event in self._events[start:end]:
            if self._lent:
                for row in _touched(state, event):
                    self._take_back(row)
            state.apply(event)

    def _take_back(self, row: Node | None) -> None:
        """A row that is about to change belongs to the state from now on, and so do those above it."""
        while row is not None and (copy := self._lent.pop(row.index, None)) is not None:
            copy.row = clone_row(row)
            row = row.parent

    def _restored(self, number: int) -> RunState:
        """A state from a keyframe, linked with the masters of all rows that are not copied."""
        frame, copies = self._frames[number], self._copies_of(number)
        for children, parent in self._linked:
            for child in children:
                child.parent = parent
        self._linked.clear()
        state = RunState()
        for name, value in frame.values.items():
            setattr(state, name, clone_value(value))
        for name, length in frame.lengths.items():
            setattr(state, name, getattr(self.final, name)[:length])
        state.calls = dict(_first(self._calls, len(state.nodes)))
        state.batches = dict(_first(self._batches, len(state.nodes)))
        self._lent = {}
        linked: list[_Copy] = []
        for copy in copies:
            row = copy.row
            state.nodes[row.index] = row
            self._lent[row.index] = copy
            if type(row) is CallNode:
                state.calls[row.number] = row
            elif type(row) is BatchNode:
                state.batches[row.number] = row
            if copy.children or copy.iterations or type(row) is IterationNode:
                linked.append(copy)
        for copy in linked:
            self._link(self.final.nodes[copy.row.index], copy, state.nodes)
        return state

    def _link(self, master: Node, copy: _Copy, nodes: list[Node]) -> None:
        """Make a copied row and those below it know each other; those above a copied row are copied, too."""
        row = copy.row
        children = master.children[: copy.children]
        self._linked.append((children, master))
        row.children = [nodes[child.index] for child in children]
        for child in row.children:
            child.parent = row
        if copy.iterations and isinstance(row, CallNode) and isinstance(master, CallNode):
            row.iterations = [nodes[child.index] for child in master.iterations[: copy.iterations]]  # type: ignore[misc]
            if copy.exchange_of >= 0:
                row.exchange = row.iterations[copy.exchange_of].exchange
        elif isinstance(row, IterationNode):
            row.call = nodes[row.call.index]  # type: ignore[assignment]


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
    if isinstance(event, ev.CellStarted | ev.CellOutput | ev.CellFinished) and event.iteration > 0:
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


def _first(numbered: list[tuple[int, _T]], count: int) -> list[tuple[int, _T]]:
    """Those of the calls or batches that are among the first `count` rows."""
    return numbered[: bisect_left(numbered, count, key=lambda entry: entry[1].index)]


def _values(state: RunState) -> dict[str, Any]:
    """All that a state holds besides its rows."""
    skipped = (*_GROWING, *_INDEXES)
    return {name: clone_value(value) for name, value in vars(state).items() if name not in skipped}
