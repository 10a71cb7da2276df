"""Everything that a `RunState` says, as plain values, to compare two of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, CellState, Exchange, Node, Tally

_SLOTS = {
    "_site": ["kind", "depth", "model", "function", "iteration", "cell", "line"],
    "_rest": ["answer", "answer_source", "context_characters", "error", "is_recorded", "shared", "subtree"],
    "_own": ["own"],
    "_sums": ["subtree"],
    "_form": ["model", "finish_reason", "source", "kept"],
    "_trouble": ["attempts", "error"],
    "_figures": ["queued", "first_token", "duration", "cost_usd", "usage"],
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
    shares = (
        [iteration.exchange is node.exchange for iteration in node.iterations] if isinstance(node, CallNode) else []
    )
    return {"shares": shares, **{name: _plain(getattr(node, name)) for name in _names(type(node))}}


@functools.cache
def _names(kind: type[Node]) -> list[str]:
    slots = [slot for base in kind.__mro__ for slot in getattr(base, "__slots__", ())]
    return [name for slot in slots for name in _SLOTS.get(slot, [slot.removeprefix("_")])]


def _plain(value: Any) -> Any:
    if type(value) in _LEAVES:
        return value
    if isinstance(value, Node):
        return ("row", value.index)
    if isinstance(value, Exchange):
        texts = (value.text, value.reasoning, value.messages(), _plain(value.new_messages))
        skipped = ("_text", "_reasoning", "_messages", "_previous")
        names = [name for slot in Exchange.__slots__ if slot not in skipped for name in _SLOTS.get(slot, [slot])]
        return texts, {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, CellState):
        skipped = ("_stdout", "_stderr")
        plain = {name: _plain(getattr(value, name)) for name in CellState.__slots__ if name not in skipped}
        return value.stdout, value.stderr, plain
    if isinstance(value, Tally):
        return value.as_dict()
    if isinstance(value, (list, tuple, Sequence)) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    if isinstance(value, (dict, Mapping)):
        return {key: _plain(item) for key, item in value.items()}
    return value
