"""Everything that a `RunState` says, as plain values, to compare two of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import AskingNode, CellState, Exchange, Node, Tally

_SLOTS = {
    "_site": ["kind", "depth", "model", "function", "iteration", "cell", "line"],
    "_rest": ["answer", "answer_source", "context_characters", "error", "is_recorded", "shared", "own", "subtree"],
    "_sums": ["subtree"],
    "_turn": ["number", "of", "proposed"],
    "_plan": ["function", "size", "cell", "line", "max_concurrent"],
    "_requests": ["requests", "exchange"],
    "_form": ["model", "parameters", "finish_reason", "source", "kept", "attempts", "error"],
    "_figures": ["figures", "queued", "first_token", "duration", "cost_usd", "usage"],
    "_messages": ["new_messages"],
    "_aside": ["stderr", "tool_calls", "error", "traceback", "line", "dropped", "threads"],
}
"""What is kept in a slot with others, or put together when somebody looks."""
_LEAVES = (str, int, float, bool, type(None))
"""What nearly all of it is, and is as plain as it can be."""


def dump(state: RunState) -> dict[str, Any]:
    values = {name: _plain(value) for name, value in vars(state).items()}
    values["nodes"] = [_row(node, state) for node in state.nodes]
    return values


def _row(node: Node, state: RunState) -> dict[str, Any]:
    """A row with its links by place; each link must lead to a row of this very state."""
    for linked in (node.parent, *node.children):
        assert linked is None or state.nodes[linked.index] is linked
    messages = _plain(node.messages()) if isinstance(node, AskingNode) else ()
    return {"messages": messages, **{name: _plain(getattr(node, name)) for name in _names(type(node))}}


@functools.cache
def _names(kind: type) -> list[str]:
    """What an object of that kind says of itself."""
    fields = getattr(kind, "__struct_fields__", ())
    slots = [*fields, *(slot for base in kind.__mro__ for slot in getattr(base, "__slots__", ()))]
    return [name for slot in slots for name in _SLOTS.get(slot, [slot.removeprefix("_")])]


def _plain(value: Any) -> Any:
    if type(value) in _LEAVES:
        return value
    if isinstance(value, Node):
        return ("row", value.index)
    if isinstance(value, Exchange | CellState):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Tally):
        return value.as_dict()
    if isinstance(value, (list, tuple, Sequence)) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    if isinstance(value, (dict, Mapping)):
        return {key: _plain(item) for key, item in value.items()}
    return value
