"""CSV of the calls: one line a call."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from rlm_desktop.engine.tree import BatchNode
from rlm_desktop.history.exports.recorded import Recorded

COLUMNS = (
    "call", "parent", "kind", "depth", "function", "iteration", "cell", "line", "batch", "index", "model", "status",
    "started", "finished", "duration", "iterations", "requests", "input_tokens", "output_tokens", "cached_tokens",
    "reasoning_tokens", "cost_usd", "errors", "prompt_characters", "result_characters", "error", "prompt", "result",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXT = 500


def write(run: Recorded) -> Iterator[str]:
    """The calls in the order in which they were made; figures are the call's own, empty where unknown."""
    yield _line(list(COLUMNS))
    numbers = {}
    for call in run.state.calls.values():
        numbers[call] = call.number
        parent = next((numbers[row] for row in call.ancestors() if row in numbers), None)
        batch = call.parent.number if isinstance(call.parent, BatchNode) else None
        own = call.own
        is_known, has_cost = own.requests > own.unknown_usage, own.requests > own.unknown_cost
        yield _line(
            [
                call.number, parent, call.kind, call.depth, call.function, call.iteration, call.cell, call.line,
                batch, None if batch is None else call.batch_index, call.model, call.status,
                f"{call.started:.6f}", None if call.finished is None else f"{call.finished:.6f}",
                None if call.finished is None else f"{call.finished - call.started:.6f}",
                len(call.iterations), own.requests,
                *(getattr(own, name) if is_known else None for name in COLUMNS[17:21]),
                f"{own.cost_usd:.8f}" if has_cost else None, own.errors,
                len(call.prompt), len(call.result), call.error, call.prompt[:_TEXT], call.result[:_TEXT],
            ]
        )  # fmt: skip


def _line(values: list[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_safe(value) for value in values])
    return out.getvalue()


def _safe(value: object) -> object:
    """A text that a spreadsheet will not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
