"""The tree of a run as lines of text and as plain data for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from rlm_desktop.cli.output import cost, counted, one_line, seconds
from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, Exchange, IterationNode, Node

_MARKS = {"queued": "·", "running": "●", EndState.COMPLETED: "✓"}
_FAILED_MARK = "✗"
MAX_INDENT = 12


def lines(state: RunState, width: int, *, is_short: bool = False) -> Iterator[str]:
    """One line a row, indented by level.

    Args:
        state: The run.
        width: Columns at most.
        is_short: Leave out what has ended inside a batch: the batch's own row counts it.
    """
    if state.root is None:
        return
    stack: list[Node] = [state.root]
    while stack:
        node = stack.pop()
        text = f"{'  ' * min(node.level, MAX_INDENT)}{_MARKS.get(node.status, _FAILED_MARK)} {row(node, state.now)}"
        yield text if len(text) <= width else text[: width - 1] + "…"
        children = node.children
        if is_short and isinstance(node, BatchNode):
            children = [child for child in children if child.status == "running"]
        stack.extend(reversed(children))


def row(node: Node, now: float) -> str:
    """What a row says."""
    took = seconds((now if node.finished is None else node.finished) - node.started)
    if isinstance(node, IterationNode):
        return _iteration_row(node, took)
    if isinstance(node, BatchNode):
        counts = ", ".join(f"{count} {status}" for status, count in node.counts.items() if count)
        return f"{node.function} ×{node.size}  {counts or 'queued'}  {took}"
    if isinstance(node, CallNode):
        return _call_row(node, took)
    return took


def _iteration_row(node: IterationNode, took: str) -> str:
    parts = ["last chance" if node.number > node.of else f"iteration {node.number}/{node.of}"]
    if node.exchange is not None and node.exchange.responded is None and not node.exchange.error:
        parts.append("asking the model")
    elif node.cells:
        parts.append(counted(len(node.cells), "cell"))
        parts += [one_line(cell.error, 80) for cell in node.cells if cell.error]
    return "  ".join([*parts, took])


def _call_row(node: CallNode, took: str) -> str:
    tally = node.subtree
    parts = [f"{node.kind} {node.model}", f"“{one_line(node.prompt, 60)}”", took]
    if tally.input_tokens or tally.output_tokens:
        parts.append(f"{tally.input_tokens + tally.output_tokens:,} tokens")
    if tally.cost_usd or tally.unknown_cost:
        parts.append(cost(tally.cost_usd, tally.unknown_cost))
    if node.error:
        parts.append(one_line(node.error, 80))
    return "  ".join(parts)


def totals_line(state: RunState) -> str:
    """Calls, tokens, cost and time so far."""
    totals = state.totals
    tokens = f"{totals.input_tokens + totals.output_tokens:,} tokens"
    if totals.unknown_usage:
        tokens += f" and {totals.unknown_usage} unknown"
    money = cost(totals.cost_usd, totals.unknown_cost)
    return f"{counted(totals.calls, 'call')}, {tokens}, {money}, {seconds(state.finished or state.now)}"


def as_json(state: RunState) -> dict[str, Any]:
    """The whole run: what was asked, every call, iteration and cell, the totals."""
    started = msgspec.to_builtins(state.started) if state.started is not None else {}
    for envelope in ("event", "seq", "at", "call"):
        started.pop(envelope, None)
    return {
        **started,
        "status": state.status,
        "duration": state.finished if state.finished is not None else state.now,
        "answer": state.answer,
        "value": state.value,
        "error": state.error,
        "limit": state.limit.detail if state.limit is not None else "",
        "totals": state.totals.as_dict(),
        "by_depth": {str(depth): tally.as_dict() for depth, tally in sorted(state.by_depth.items())},
        "by_model": {model: tally.as_dict() for model, tally in state.by_model.items()},
        "notes": [{"call": call, "level": note.level, "text": note.text} for call, note in state.notes],
        "redacted": state.redacted,
        "root": _call(state.root) if state.root is not None else None,
    }


def _call(node: CallNode) -> dict[str, Any]:
    data: dict[str, Any] = {
        "call": node.number,
        "kind": node.kind,
        "depth": node.depth,
        "model": node.model,
        "function": node.function,
        "line": node.line,
        "status": node.status,
        "started": node.started,
        "finished": node.finished,
        "prompt": node.prompt,
        "context_characters": node.context_characters,
        "answer": node.answer,
        "answer_source": node.answer_source,
        "result": node.result,
        "error": node.error,
        "own": node.own.as_dict(),
        "subtree": node.subtree.as_dict(),
    }
    if node.kind == "rlm":
        data["iterations"] = [_iteration(iteration) for iteration in node.iterations]
    else:
        data["request"] = _exchange(node.exchange)
    return data


def _iteration(node: IterationNode) -> dict[str, Any]:
    return {
        "iteration": node.number,
        "of": node.of,
        "status": node.status,
        "started": node.started,
        "finished": node.finished,
        "request": _exchange(node.exchange),
        "cells": [_cell(cell) for cell in node.cells],
        "calls": [_child(child) for child in node.children],
    }


def _child(node: Node) -> dict[str, Any]:
    if isinstance(node, CallNode):
        return _call(node)
    assert isinstance(node, BatchNode)
    return {
        "batch": node.number,
        "function": node.function,
        "size": node.size,
        "line": node.line,
        "status": node.status,
        "started": node.started,
        "finished": node.finished,
        "counts": {status: count for status, count in node.counts.items() if count},
        "calls": [_child(child) for child in node.children],
    }


def _exchange(exchange: Exchange | None) -> dict[str, Any] | None:
    """A request; `kept` messages of the call's previous request come before its own `messages`."""
    if exchange is None:
        return None
    return {
        "model": exchange.model,
        "kept": exchange.kept,
        "messages": [msgspec.to_builtins(message) for message in exchange.new_messages],
        "parameters": exchange.parameters,
        "text": exchange.text,
        "reasoning": exchange.reasoning,
        "usage": msgspec.to_builtins(exchange.usage),
        "cost_usd": exchange.cost_usd,
        "queued": exchange.queued,
        "first_token": exchange.first_token,
        "duration": exchange.duration,
        "retries": [{"reason": reason, "delay": delay} for reason, delay in exchange.attempts],
        "finish_reason": exchange.finish_reason,
        "error": exchange.error,
    }


def _cell(cell: CellState) -> dict[str, Any]:
    return {
        "cell": cell.number,
        "status": cell.status,
        "code": cell.code,
        "stdout": cell.stdout,
        "stderr": cell.stderr,
        "error": cell.error,
        "traceback": cell.traceback,
        "line": cell.line,
        "started": cell.started,
        "duration": cell.duration,
        "computed": cell.computed,
        "dropped": cell.dropped,
        "variables": [msgspec.to_builtins(variable) for variable in cell.variables],
        "more_variables": cell.more_variables,
    }
