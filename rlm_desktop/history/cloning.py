"""Copies of the rows of a run's tree, made fast: a replay makes tens of thousands of them.

A copy shares with its row all that the row holds: the request, the cells, the sums. Whoever is about to change a
row of which there are copies first has it own what will change (`own_sums`, `own_contents`): the row gets new ones
and its copies keep those that were. So of an rlm call with a hundred calls below it, whose sums change with each of
their replies, only the sums are copied.

A function is made for each kind of row from the names of its slots, as `dataclasses` makes its methods: it takes a
third of the time of a loop over the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any, TypeVar, overload

from rlm_desktop.engine.tree import (
    AskingNode,
    BatchNode,
    CallNode,
    CellState,
    Elsewhere,
    Exchange,
    IterationNode,
    Node,
    Tally,
)

_T = TypeVar("_T")

_SUMS = frozenset({"_rest", "_sums", "counts"})
"""What changes in a row when something happens below it."""
_SHORT = 64
"""Characters of a growing text that are copied rather than shared."""


def _slots(kind: type) -> list[str]:
    return [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]


def _made(lines: list[str], **scope: Any) -> Callable[..., Any]:
    exec("\n".join(lines), scope)
    return scope["made"]


def _copier(kind: type[Node]) -> Callable[[Any], Any]:
    """A function that makes another row of that kind, which holds the same."""
    held = [f"    other.{name} = {'()' if name == '_children' else f'row.{name}'}" for name in _slots(kind)]
    return _made(
        ["def made(row):", "    other = new(kind)", *held, "    return other"], new=object.__new__, kind=kind
    )


def _loader(kind: type[Node]) -> Callable[[Any, Any], None]:
    """A function that has a row of that kind hold what another one does, but for those below it."""
    held = [f"    target.{name} = row.{name}" for name in _slots(kind) if name != "_children"]
    return _made(["def made(target, row):", *held])


def _summer(kind: type[Node]) -> Callable[[Any], None]:
    """A function that gives a row of that kind sums of its own."""
    held = [f"    row.{name} = copy(row.{name})" for name in _slots(kind) if name in _SUMS]
    return _made(["def made(row):", *held], copy=copy)


_ROWS: tuple[type[Node], ...] = (CallNode, IterationNode, BatchNode)
_COPIERS: dict[type, Callable[[Any], Any]] = {kind: _copier(kind) for kind in _ROWS}
_LOADERS: dict[type, Callable[[Any, Any], None]] = {kind: _loader(kind) for kind in _ROWS}
_SUMMERS: dict[type, Callable[[Any], None]] = {kind: _summer(kind) for kind in _ROWS}


def copy_of(row: Node) -> Node:
    """A copy of a row, without links to the rows below it. It shares with `row` what that holds."""
    return _COPIERS[type(row)](row)


def load(target: Node, row: Node) -> None:
    """Make `target` what `row` is, a row of the same kind, but for the links to the rows below it."""
    _LOADERS[type(row)](target, row)


def own_sums(row: Node) -> None:
    """Give a row sums and counts of its own, equal to those that it had."""
    _SUMMERS[type(row)](row)


def own_contents(rows: Iterable[Node]) -> None:
    """Give rows a current request and cells of their own, equal to those that they had."""
    for row in rows:
        if isinstance(row, AskingNode):
            row.own_request(_own_exchange)
        if isinstance(row, IterationNode) and row.cells:
            row.cells = tuple([_own_cell(cell) for cell in row.cells])


def _own_exchange(exchange: Exchange) -> Exchange:
    own = copy(exchange)
    if isinstance(own._text, list) or isinstance(own._reasoning, list):
        exchange.join_pieces()
        own._text, own._reasoning = _own_pieces(exchange._text), _own_pieces(exchange._reasoning)
    return own


def _own_cell(cell: CellState) -> CellState:
    cell.join_pieces()
    own = copy(cell)
    own._stdout = _own_pieces(cell._stdout)
    if isinstance(cell._aside.stderr, list):
        own.set_aside(stderr=_own_pieces(cell._aside.stderr))
    if isinstance(cell.tool_calls, list):
        cell.set_aside(tool_calls=_Beginning(cell.tool_calls))
    elif isinstance(cell.tool_calls, _Beginning):
        own.set_aside(tool_calls=list(cell.tool_calls))
    return own


def _own_pieces(pieces: Any) -> Any:
    """A text that grows, for more to be added to it alone; what there is of it is shared."""
    if not isinstance(pieces, list):
        return pieces
    if len(pieces) > 1 or (pieces and isinstance(pieces[0], str) and len(pieces[0]) > _SHORT):
        pieces[:] = [_Pieces(tuple(pieces))]
    return pieces.copy()


class _Pieces(Elsewhere):
    """What there is of a text that grows; the first piece may be what there was of it before."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: tuple[str | Elsewhere, ...]) -> None:
        self._pieces = pieces

    def read(self) -> str:
        found: list[str] = []
        waiting: list[str | Elsewhere] = [self]  # not recursive: a text may have grown over very many keyframes
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, _Pieces):
                waiting += piece._pieces
            else:
                found.append(piece if isinstance(piece, str) else piece.read())
        return "".join(reversed(found))

    def beginning(self, characters: int) -> str:
        return self.read()[:characters]


class _Beginning(Sequence[_T]):
    """The first items of a list that only ever grows, as many as there are now."""

    __slots__ = ("_items", "_length")

    def __init__(self, items: list[_T]) -> None:
        self._items = items
        self._length = len(items)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> _T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[_T]: ...
    def __getitem__(self, place: int | slice) -> _T | Sequence[_T]:
        if isinstance(place, slice):
            return self._items[: self._length][place]
        return self._items[range(self._length)[place]]

    def __iter__(self) -> Iterator[_T]:
        return islice(self._items, self._length)


def clone_value(value: Any) -> Any:
    """A copy of a value of `RunState` that does not change when the original does."""
    if isinstance(value, Tally):
        return copy(value)
    if type(value) is list:
        return [clone_value(item) for item in value]
    if type(value) is dict:
        return {key: clone_value(item) for key, item in value.items()}
    return value
