"""Copies of the rows of a run's tree, made fast: a replay makes tens of thousands of them.

A function is made for each kind of row from the names of its slots, as `dataclasses` makes its methods: it takes a
third of the time of a loop over the names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, Exchange, IterationNode, Node, Tally

_LINKS = frozenset({"children", "iterations"})
"""Lists of other rows; a copy gets empty ones."""
_TEXTS = {"_text": "text", "_reasoning": "reasoning"}
"""Texts that may be in pieces, and the attributes that give the whole of them, which a copy gets."""
_PIECES = frozenset({"_stdout", "_stderr", "tool_calls"})
"""Lists, or tuples while they are short."""


def _expression(name: str, sample: Any) -> str:
    """How the slot `name` is copied, judged by what it holds in `sample`."""
    value = getattr(sample, name)
    if name in _LINKS:
        return "[]"
    if name in _TEXTS:
        return f"row.{_TEXTS[name]} if type(row.{name}) is list else row.{name}"
    if name in _PIECES:
        return f"row.{name}.copy() if type(row.{name}) is list else row.{name}"
    if name in ("_own", "_sums"):
        return f"None if row.{name} is None else tally(row.{name})"
    if name == "_rest":
        return "row._rest.copy()"
    if name == "exchange":
        return "None if row.exchange is None else exchange(row.exchange)"
    if name == "cells":
        return "tuple([cell(one) for one in row.cells])"
    if isinstance(value, Tally):
        return f"tally(row.{name})"
    return f"row.{name}.copy()" if isinstance(value, list | dict) else f"row.{name}"


def _cloner(sample: Any) -> Callable[[Any], Any]:
    """A function that copies objects like `sample`. Events and texts never change: they are shared."""
    kind = type(sample)
    names = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
    lines = ["def clone(row):", "    copy = new(kind)"]
    lines += [f"    copy.{name} = {_expression(name, sample)}" for name in names]
    scope: dict[str, Any] = {"new": object.__new__, "kind": kind, "exchange": _exchange, "cell": _cell}
    scope["tally"] = globals().get("_tally")  # not there yet while its own function is made
    exec("\n".join([*lines, "    return copy"]), scope)
    return scope["clone"]


def _loader(sample: Any) -> Callable[[Any, Any], None]:
    """A function that makes an object like `sample` what another one is."""
    kind = type(sample)
    names = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
    lines = ["def load(copy, row):"]
    lines += [f"    copy.{name} = {_expression(name, sample)}" for name in names if name not in _LINKS]
    scope: dict[str, Any] = {"exchange": _exchange, "cell": _cell, "tally": _tally}
    exec("\n".join(lines), scope)
    return scope["load"]


def _exchange(exchange: Exchange) -> Exchange:
    exchange.join_pieces()  # a copy of one text instead of many
    return _exchange_slots(exchange)


def _cell(cell: CellState) -> CellState:
    cell.join_pieces()
    return _cell_slots(cell)


_tally: Callable[[Tally], Tally] = _cloner(Tally())
_exchange_slots: Callable[[Exchange], Exchange] = _cloner(Exchange(None))
_cell_slots: Callable[[CellState], CellState] = _cloner(CellState(0, "", 0.0))
_CALL = CallNode(None, ev.CallStarted(parent=None, kind="rlm", depth=0, model=""))
_ITERATION = IterationNode(_CALL, ev.IterationStarted(iteration=1, of=1))
_BATCH = BatchNode(_CALL, ev.BatchStarted(batch=1, function="", size=0, iteration=1, cell=0))
_ROWS: dict[type, Callable[[Any], Any]] = {type(sample): _cloner(sample) for sample in (_CALL, _ITERATION, _BATCH)}

_LOADERS: dict[type, Callable[[Any, Any], None]] = {
    type(sample): _loader(sample) for sample in (_CALL, _ITERATION, _BATCH)
}


def load_row(target: Node, row: Node) -> None:
    """Make `target` what `row` is, a row of the same kind, but for the links to other rows below it."""
    _LOADERS[type(row)](target, row)


def clone_row(row: Node) -> Node:
    """A copy of a row as it is now, with its request, cells and sums, but without links to other rows below it."""
    return _ROWS[type(row)](row)


def clone_value(value: Any) -> Any:
    """A copy of a value of `RunState` that does not change when the original does."""
    if isinstance(value, Tally):
        return _tally(value)
    if type(value) is list:
        return [clone_value(item) for item in value]
    if type(value) is dict:
        return {key: clone_value(item) for key, item in value.items()}
    return value
