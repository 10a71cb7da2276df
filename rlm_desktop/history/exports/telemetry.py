"""OpenTelemetry JSON (OTLP) with the conventions for generative AI: run, calls, requests and cells as spans.

https://opentelemetry.io/docs/specs/semconv/gen-ai/
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.tree import CallNode, CellState, Exchange
from rlm_desktop.history.exports.recorded import Recorded, json_pieces

_INTERNAL, _CLIENT = 1, 3
_OK, _ERROR = 1, 2


def write(run: Recorded) -> Iterator[str]:
    """One `TracesData` object."""
    resource = {"attributes": _attributes({"service.name": "rlm-desktop"})}
    scope = {"name": "rlm_desktop", "version": run.started.app_version}
    scoped = {"scope": scope, "spans": _Spans(run).all()}
    yield from json_pieces({"resourceSpans": iter([{"resource": resource, "scopeSpans": iter([scoped])}])})
    yield "\n"


class _Spans:
    """The spans of one run; ids follow from the run's id, so that two exports agree."""

    def __init__(self, run: Recorded) -> None:
        self._run = run
        self._trace = hashlib.sha256(run.started.run_id.encode()).hexdigest()[:32]

    def all(self) -> Iterator[dict[str, Any]]:
        """Every span, those above first."""
        for call in self._run.state.calls.values():
            yield self._call(call)
            for iteration in call.iterations:
                if iteration.exchange is not None:
                    yield from self._request(call, iteration.exchange, f"request {iteration.number}")
                for cell in iteration.cells:
                    yield self._cell(call, cell, f"cell {iteration.number} {cell.number}")
            if not call.iterations and call.exchange is not None:
                yield from self._request(call, call.exchange, "request")

    def _id(self, key: str) -> str:
        return hashlib.sha256(f"{self._trace} {key}".encode()).hexdigest()[:16]

    def _span(
        self,
        key: str,
        parent: str,
        name: str,
        kind: int,
        times: tuple[float, float | None],
        error: str | None,
        values: dict[str, Any],
    ) -> dict[str, Any]:
        start, end = times[0], self._run.state.now if times[1] is None else times[1]
        status = {"code": _OK} if error is None else {"code": _ERROR, "message": error}
        span = {
            "traceId": self._trace,
            "spanId": self._id(key),
            "name": name,
            "kind": kind,
            "startTimeUnixNano": str(round((self._run.began + start) * 1e9)),
            "endTimeUnixNano": str(round((self._run.began + max(start, end)) * 1e9)),
            "attributes": _attributes(values),
            "status": status,
        }
        return span | ({"parentSpanId": self._id(parent)} if parent else {})

    def _call(self, call: CallNode) -> dict[str, Any]:
        above = next((row for row in call.ancestors() if isinstance(row, CallNode)), None)
        values: dict[str, Any] = {
            "gen_ai.operation.name": "invoke_agent" if call.kind == "rlm" else "chat",
            "gen_ai.conversation.id": self._run.started.session_id,
            "gen_ai.request.model": call.model,
            "rlm.call.kind": call.kind,
            "rlm.call.depth": call.depth,
            "rlm.call.function": call.function,
            "rlm.call.status": str(call.status),
        }
        if above is None:
            values["rlm.question"] = self._run.started.question
        error = None if call.status == EndState.COMPLETED else call.error or str(call.status)
        parent = "" if above is None else f"call {above.number}"
        name = call.function or "rlm"
        times = (call.started, call.finished)
        return self._span(f"call {call.number}", parent, name, _INTERNAL, times, error, values)

    def _request(self, call: CallNode, exchange: Exchange, key: str) -> Iterator[dict[str, Any]]:
        if exchange.requested is None:
            return
        usage = exchange.usage
        values = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": exchange.model,
            "gen_ai.usage.input_tokens": usage.input_tokens if usage else None,
            "gen_ai.usage.output_tokens": usage.output_tokens if usage else None,
            "gen_ai.response.finish_reasons": [exchange.finish_reason] if exchange.finish_reason else None,
            "rlm.cost_usd": exchange.cost_usd,
        }
        times = (exchange.requested, exchange.responded)
        name, parent = f"chat {exchange.model}", f"call {call.number}"
        error = exchange.error or None
        yield self._span(f"{parent} {key}", parent, name, _CLIENT, times, error, values)

    def _cell(self, call: CallNode, cell: CellState, key: str) -> dict[str, Any]:
        values = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "repl",
            "rlm.cell.status": cell.status,
        }
        parent = f"call {call.number}"
        error = None if cell.status == "ok" else cell.error or cell.status
        times = (cell.started, cell.finished)
        return self._span(f"{parent} {key}", parent, "execute_tool repl", _INTERNAL, times, error, values)


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items() if value is not None]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": str(value)}
