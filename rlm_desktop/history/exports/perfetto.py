"""The run as a time line for Perfetto and chrome://tracing: a lane for each call, so that parallel ones show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rlm_desktop.engine.tree import CallNode, Exchange, IterationNode
from rlm_desktop.history.exports.recorded import Recorded, title_of

_TEXT = 1000


def write(run: Recorded) -> Iterator[str]:
    """Trace events in the JSON format, one a line."""
    yield '{"displayTimeUnit": "ms", "traceEvents": [\n'
    is_first = True
    for event in _events(run):
        yield ("" if is_first else ",\n") + json.dumps(event)
        is_first = False
    yield "\n]}\n"


def _events(run: Recorded) -> Iterator[dict[str, Any]]:
    yield {"ph": "M", "pid": 1, "tid": 0, "name": "process_name", "args": {"name": run.started.question[:200]}}
    end = run.state.now
    for call in run.state.calls.values():
        lane = call.number
        yield {"ph": "M", "pid": 1, "tid": lane, "name": "thread_name", "args": {"name": title_of(call)}}
        yield {"ph": "M", "pid": 1, "tid": lane, "name": "thread_sort_index", "args": {"sort_index": lane}}
        yield _span(lane, call.function or call.kind, "call", call.started, call.finished, end, _call_values(call))
        if not call.iterations and call.exchange is not None:
            yield from _request(lane, call.exchange, end)
        for iteration in call.iterations:
            name = f"iteration {iteration.number}"
            yield _span(lane, name, "iteration", iteration.started, iteration.finished, end, {"of": iteration.of})
            yield from _inside(lane, iteration, end)


def _inside(lane: int, iteration: IterationNode, end: float) -> Iterator[dict[str, Any]]:
    if iteration.exchange is not None:
        yield from _request(lane, iteration.exchange, end)
    for cell in iteration.cells:
        values = {"status": cell.status, "code": cell.code[:_TEXT], "error": cell.error}
        yield _span(lane, f"cell {cell.number}", "cell", cell.started, cell.finished, end, values)


def _request(lane: int, exchange: Exchange, end: float) -> Iterator[dict[str, Any]]:
    if exchange.requested is None:
        return
    usage = exchange.usage
    values = {
        "model": exchange.model,
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "cost_usd": exchange.cost_usd,
        "error": exchange.error,
    }
    yield _span(lane, exchange.model or "model", "model", exchange.requested, exchange.responded, end, values)


def _call_values(call: CallNode) -> dict[str, Any]:
    return {"kind": call.kind, "depth": call.depth, "status": str(call.status), "prompt": call.prompt[:_TEXT]}


def _span(
    lane: int, name: str, kind: str, start: float, finish: float | None, end: float, values: dict[str, Any]
) -> dict[str, Any]:
    duration = max(0.0, (end if finish is None else finish) - start)
    span = {"ph": "X", "pid": 1, "tid": lane, "ts": round(start * 1e6), "dur": round(duration * 1e6)}
    return {**span, "name": name, "cat": kind, "args": values}
