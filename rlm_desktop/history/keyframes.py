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
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar, cast

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, Exchange, IterationNode, Node, Tally

_GROWING = ("nodes", "notes")
"""Lists of `RunState` that only ever grow: a keyframe keeps their lengths."""
_INDEXES = ("calls", "batches")
_T = TypeVar("_T")


class _Copy:
    """A row as it was; its children and iterations by their number, as those lists only ever grow."""

    __slots__ = ("children", "exchange_of", "iterations", "row")

    def __init__(self, row: Node) -> None:
        self.children = len(row.children)
        self.iterations = len(row.iterations) if isinstance(row, CallNode) else 0
        self.exchange_of = _current(row)[0] if isinstance(row, CallNode) else -1
        self.row = _cloned_row(row)


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
        self._calls = [node for node in nodes if isinstance(node, CallNode)]
        self._batches = [node for node in nodes if isinstance(node, BatchNode)]
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
            copy.row = _cloned_row(row)
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
            setattr(state, name, _cloned(value))
        for name, length in frame.lengths.items():
            setattr(state, name, getattr(self.final, name)[:length])
        nodes = state.nodes
        for copy in copies:
            nodes[copy.row.index] = copy.row
        state.calls = _by_number(self._calls, nodes, copies)
        state.batches = _by_number(self._batches, nodes, copies)
        for copy in copies:
            self._link(self.final.nodes[copy.row.index], copy, nodes)
        self._lent = {copy.row.index: copy for copy in copies}
        return state

    def _link(self, master: Node, copy: _Copy, nodes: list[Node]) -> None:
        """Make a copied row and those below it know each other; those above a copied row are copied, too."""
        row = copy.row
        if copy.children:
            children = master.children[: copy.children]
            self._linked.append((children, master))
            row.children = [nodes[child.index] for child in children]
            for child in row.children:
                child.parent = row
        elif row.children:
            row.children = []
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


def _by_number(masters: Sequence[_T], nodes: list[Node], copies: list[_Copy]) -> dict[int, _T]:
    """The calls or batches that a keyframe knows, by number."""
    if not masters:
        return {}
    known = masters[: bisect_left(masters, len(nodes), key=lambda master: cast("Any", master).index)]
    found = {cast("Any", master).number: master for master in known}
    kind = type(masters[0])
    found.update((copy.row.number, copy.row) for copy in copies if isinstance(copy.row, kind))  # type: ignore[attr-defined]
    return found


def _values(state: RunState) -> dict[str, Any]:
    """All that a state holds besides its rows."""
    skipped = (*_GROWING, *_INDEXES)
    return {name: _cloned(value) for name, value in vars(state).items() if name not in skipped}


def _cloned(value: Any) -> Any:
    """A copy that does not change when the original does. Events and texts never change: they are shared."""
    kind = type(value)
    if kind is Tally or kind is CellState or kind is Exchange:
        return _cloned_slots(value)
    if kind is list:
        return [_cloned(item) for item in value]
    if kind is dict:
        return {key: _cloned(item) for key, item in value.items()}
    return value


def _cloned_slots(value: Any) -> Any:
    """A copy of a part; the pieces of its texts in a list of its own."""
    kind = type(value)
    clone = object.__new__(kind)
    names, get = _SLOTS[kind]
    for name, attribute in zip(names, get(value), strict=True):
        setattr(clone, name, attribute[:] if type(attribute) is list else attribute)
    return clone


def _cloned_row(row: Node) -> Node:
    """A copy of a row; its links are made anew when it is used."""
    kind = type(row)
    clone = object.__new__(kind)
    names, get = _SLOTS[kind]
    for name, value in zip(names, get(row), strict=True):
        if type(value) in _CHANGING:
            value = [] if name in _LINKS else _cloned(value)
        setattr(clone, name, value)
    return clone


def _slots(kind: type, *inherited: str) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = (*inherited, *kind.__slots__)  # type: ignore[attr-defined]
    return names, attrgetter(*names)


_LINKS = frozenset({"children", "iterations"})
_CHANGING = frozenset({Tally, Exchange, list, dict})
_SLOTS: dict[type, tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {
    **{kind: _slots(kind) for kind in (Tally, CellState, Exchange)},
    **{kind: _slots(kind, *Node.__slots__) for kind in (CallNode, IterationNode, BatchNode)},
}
