"""Everything that a `RunState` says, as plain values, to compare two of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rlm_desktop.engine.events import AnyEvent
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


def dumped(events: Sequence[AnyEvent], moments: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What a live run says when so many of its events have happened, for each of the moments."""
    state, found, seen = RunState(), dict[int, dict[str, Any]](), 0
    for moment in sorted(set(moments)):
        for event in events[seen:moment]:
            state.apply(event)
        found[moment], seen = dump(state), moment
    return found


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
    return _way(type(value))(value)


@functools.cache
def _way(kind: type) -> Callable[[Any], Any]:
    """How an object of that kind is made plain."""
    if issubclass(kind, Node):
        return lambda row: ("row", row.index)
    if issubclass(kind, Exchange | CellState):
        names = _names(kind)
        return lambda one: {name: _plain(getattr(one, name)) for name in names}
    if issubclass(kind, Tally):
        return kind.as_dict
    if issubclass(kind, Sequence) and not issubclass(kind, str | bytes):
        return lambda items: [_plain(item) for item in items]
    if issubclass(kind, Mapping):
        return lambda items: {key: _plain(item) for key, item in items.items()}
    return lambda one: one
