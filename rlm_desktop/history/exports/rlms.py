"""The JSON lines of the official `rlms` logger, so that its visualiser opens our runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rlm_desktop.engine.tree import CallNode, CellState, IterationNode, Tally
from rlm_desktop.history.exports.recorded import Recorded, json_pieces


def write(run: Recorded) -> Iterator[str]:
    """A line of metadata and one for each iteration of the root call; sub-RLMs are nested in their calls."""
    yield json.dumps({"type": "metadata", "timestamp": _naive(run, 0.0), **_metadata(run)}) + "\n"
    root = run.state.root
    for iteration in root.iterations if root else ():
        yield from json_pieces(_iteration(run, iteration))
        yield "\n"


def _naive(run: Recorded, at: float) -> str:
    """Rlms writes times without a zone."""
    return run.stamp(at).removesuffix("+00:00")


def _metadata(run: Recorded) -> dict[str, Any]:
    started = run.started
    return {
        "root_model": started.root_model,
        "max_depth": started.settings.get("max_depth"),
        "max_iterations": started.settings.get("max_iterations"),
        "backend": "openai",
        "backend_kwargs": {"model_name": started.root_model},
        "environment_type": "local",
        "environment_kwargs": {},
        "other_backends": None if started.sub_model == started.root_model else [started.sub_model],
    }


def _iteration(run: Recorded, iteration: IterationNode) -> dict[str, Any]:
    """One iteration; an iterator in it stands for a list, for all of a batch may be in one line."""
    call, exchange = iteration.call, iteration.exchange
    end = run.state.now if iteration.finished is None else iteration.finished
    is_last = bool(call.iterations) and call.iterations[-1] is iteration
    return {
        "type": "iteration",
        "iteration": iteration.number,
        "timestamp": _naive(run, end),
        "prompt": _prompt(iteration),
        "response": exchange.text if exchange else "",
        "code_blocks": (
            {"code": cell.code, "result": _result(run, iteration, cell, is_last)} for cell in iteration.cells
        ),
        "final_answer": call.answer if is_last else None,
        "iteration_time": end - iteration.started,
    }


def _prompt(row: CallNode | IterationNode) -> list[dict[str, str]]:
    return [{"role": one.role, "content": one.content} for one in row.messages()]


def _result(run: Recorded, iteration: IterationNode, cell: CellState, is_last: bool) -> dict[str, Any]:
    calls = (call for call in _calls(iteration) if call.cell == cell.number)
    is_final = is_last and iteration.cells[-1] is cell
    errors = f"{cell.stderr}\n{cell.error}" if cell.error and cell.error not in cell.stderr else cell.stderr
    return {
        "stdout": cell.stdout,
        "stderr": errors,
        "locals": {variable.name: variable.preview for variable in cell.variables},
        "execution_time": cell.duration,
        "rlm_calls": (_completion(run, call) for call in calls),
        "final_answer": iteration.call.answer if is_final else None,
    }


def _calls(iteration: IterationNode) -> Iterator[CallNode]:
    """The calls of an iteration, those of its batches in their place."""
    for child in iteration.children:
        if isinstance(child, CallNode):
            yield child
        else:
            yield from (call for call in child.children if isinstance(call, CallNode))


def _completion(run: Recorded, call: CallNode) -> dict[str, Any]:
    end = run.state.now if call.finished is None else call.finished
    completion = {
        "root_model": call.model,
        "prompt": call.prompt,
        "response": call.result,
        "usage_summary": _usage(call.model, call.subtree),
        "execution_time": end - call.started,
    }
    if call.error:
        completion["error"] = call.error
    if call.kind == "rlm":
        iterations = (_iteration(run, iteration) for iteration in call.iterations)
        metadata = {**_metadata(run), "root_model": call.model}
        completion["metadata"] = {"run_metadata": metadata, "iterations": iterations}
    return completion


def _usage(model: str, tally: Tally) -> dict[str, Any]:
    """Its usage; empty where nobody knows it."""
    if tally.requests == tally.unknown_usage:
        return {"model_usage_summaries": {}}
    summary: dict[str, Any] = {
        "total_calls": tally.requests,
        "total_input_tokens": tally.input_tokens,
        "total_output_tokens": tally.output_tokens,
    }
    if tally.requests > tally.unknown_cost:
        summary["total_cost"] = tally.cost_usd
        return {"model_usage_summaries": {model: summary}, "total_cost": tally.cost_usd}
    return {"model_usage_summaries": {model: summary}}
