"""Logs of one level: dspy.RLM trajectories, the event logs of its relatives, node-rlm results.

They hold reasoning, code and output of each iteration, no sub-calls, mostly no times and no tokens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState
from rlm_desktop.history.imports.builder import Builder
from rlm_desktop.history.imports.reading import (
    Fields,
    Format,
    ImportedRun,
    Log,
    fields,
    items,
    moment,
    number,
    string,
)

_FAILED = re.compile(r"^\s*\[(?:\w+ )?Error\]\s*(.*)", re.DOTALL)
_GAPS = "The log holds no prompts and no sub-calls, and neither tokens nor cost of single requests."


@dataclass(frozen=True, slots=True)
class _Step:
    """One iteration as these logs know it."""

    reasoning: str
    code: list[str]
    output: str
    error: str = ""


def _write(builder: Builder, steps: list[_Step], model: str, question: str, duration: float) -> int:
    """The root call with its iterations, evenly spread over the duration. Returns its number."""
    root = builder.call(0.0, "rlm", parent=None, depth=0, model=model, prompt=question)
    each = duration / len(steps) if steps else 0.0
    for place, step in enumerate(steps, start=1):
        start, end = (place - 1) * each, place * each
        builder.add(start, ev.IterationStarted(call=root, iteration=place, of=len(steps)))
        fences = "".join(f"\n```repl\n{code}\n```" for code in step.code)
        builder.exchange(root, start, end, step.reasoning + fences, model=model, iteration=place)
        for cell, code in enumerate(step.code):
            is_last = cell == len(step.code) - 1
            builder.start_cell(root, (place, cell), end, code)
            builder.end_cell(
                root,
                (place, cell),
                end,
                end,
                stdout=step.output if is_last else "",
                error=step.error if is_last else "",
            )
    builder.note(_GAPS)
    return root


def _end(builder: Builder, root: int, at: float, answer: str | None, error: str = "") -> None:
    if error:
        builder.end_call(root, at, EndState.FAILED, error=error)
        builder.add(at, ev.RunFinished(end_state=EndState.FAILED, error=error))
    elif answer is not None:
        builder.add(at, ev.AnswerSet(call=root, answer=answer, source="SUBMIT"))
        builder.end_call(root, at, EndState.COMPLETED, result=answer)
        builder.add(at, ev.RunFinished(end_state=EndState.COMPLETED, answer=answer))
    else:
        builder.note("The log ends without an answer: the run shows as interrupted.")


# -- dspy.RLM ----------------------------------------------------------------------------------------------------


def _is_step(value: Any) -> bool:
    return isinstance(value, dict) and "code" in value and "output" in value and "event_type" not in value


def fits_dspy(values: list[Any]) -> bool:
    """Whether these are predictions with a `trajectory`, or one trajectory."""
    return any(
        isinstance(value, dict) and any(map(_is_step, items(value.get("trajectory")))) for value in values
    ) or (
        bool(values)
        and all(_is_step(value) and "reasoning" in value and "step_id" not in value for value in values)
    )


def read_dspy(log: Log) -> list[ImportedRun]:
    """The runs of predictions."""
    predictions = [fields(value) for value in log.values if "trajectory" in fields(value)]
    found = predictions or [{"trajectory": log.values}]
    return [_dspy_run(log, place, prediction) for place, prediction in enumerate(found)]


def _dspy_run(log: Log, place: int, prediction: Fields) -> ImportedRun:
    builder = Builder("dspy", f"dspy-{log.key}-{place}", f"import-{log.key}", None)
    raw = [fields(step) for step in items(prediction.get("trajectory"))]
    steps = [_dspy_step(step) for step in raw]
    question = string(prediction.get("question") or prediction.get("query"))
    root = _write(builder, steps, "", question, 0.0)
    builder.note("The log holds no times.")
    last = string(raw[-1].get("output")) if raw else ""
    known = ("trajectory", "final_reasoning", "question", "query", "context")
    outputs = {name: value for name, value in prediction.items() if name not in known}
    answer = last.removeprefix("FINAL:").strip() if last.startswith("FINAL:") else None
    if outputs:
        answer = string(outputs.get("answer", outputs))
    _end(builder, root, 0.0, answer)
    return builder.finish(question=question, root_model="")


def _dspy_step(step: Fields) -> _Step:
    output = string(step.get("output"))
    failed = _FAILED.match(output)
    error = failed[1].strip().split("\n")[0] if failed else ""
    code = string(step.get("code"))
    return _Step(string(step.get("reasoning")), [code] if code else [], output, error)


DSPY = Format("dspy trajectory", fits_dspy, read_dspy)

# -- event logs: timestamp, event_type, data ---------------------------------------------------------------------


def fits_events(values: list[Any]) -> bool:
    """Whether these are lines of `timestamp`, `event_type` and `data`."""
    return any(
        isinstance(value, dict)
        and {"event_type", "data"} <= value.keys()
        and value["event_type"] in ("run_start", "run_complete", "iteration")
        for value in values
    )


def read_events(log: Log) -> list[ImportedRun]:
    """The runs of an event log, one for each `run_start`."""
    runs: list[list[Fields]] = []
    for value in map(fields, log.values):
        if value.get("event_type") == "run_start" or not runs:
            runs.append([])
        runs[-1].append(value)
    return [_events_run(log, place, lines) for place, lines in enumerate(runs)]


def _events_run(log: Log, place: int, lines: list[Fields]) -> ImportedRun:
    times = [at for line in lines if (at := moment(line.get("timestamp"))) is not None]
    builder = Builder(
        "dspy-events", f"dspy-events-{log.key}-{place}", f"import-{log.key}", min(times, default=None)
    )
    by_kind: dict[str, list[Fields]] = {}
    for line in lines:
        by_kind.setdefault(string(line.get("event_type")), []).append(fields(line.get("data")))
    start = (by_kind.get("run_start") or [{}])[0]
    complete = (by_kind.get("run_complete") or [{}])[-1]
    steps = [_dspy_step(data) for data in by_kind.get("iteration", [])]
    duration = max(times) - min(times) if times else 0.0
    question = string(start.get("task"))
    root = _write(builder, steps, "", question, duration)
    builder.note("The log writes all iterations at the end: their times are spread evenly.")
    if tools := len(by_kind.get("tool_call", [])):
        builder.note(f"{tools} tool calls of the code are in the log with the types of their arguments only.")
    _note_usage(builder, fields(complete.get("lm_usage")))
    failure = (by_kind.get("run_error") or [{}])[-1]
    kind, text = string(failure.get("type")), string(failure.get("error"))
    answer = string(complete.get("answer") or complete.get("answer_preview"))
    if complete and "answer" not in complete:
        builder.note("The log does not hold the whole answer.")
    if complete and not answer:
        builder.end_call(root, duration, EndState.COMPLETED)
        builder.add(duration, ev.RunFinished(end_state=EndState.COMPLETED))
    else:
        _end(builder, root, duration, answer or None, f"{kind}: {text}" if failure else "")
    return builder.finish(
        question=question,
        root_model="",
        context_characters=int(number(start.get("context_size")) or 0),
        settings={"max_iterations": start["max_iters"]} if "max_iters" in start else None,
    )


def _note_usage(builder: Builder, usage: Fields) -> None:
    tokens = [number(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
    if None not in tokens:
        cost = number(usage.get("total_cost"))
        price = "" if cost is None else f", {cost} US dollars"
        builder.note(
            f"For the run as a whole the log gives {tokens[0]:,.0f} tokens in, {tokens[1]:,.0f} out{price}."
        )


EVENTS = Format("dspy event log", fits_events, read_events)

# -- node-rlm ----------------------------------------------------------------------------------------------------


def _is_node_result(value: Any) -> bool:
    trace = items(fields(value).get("trace"))
    return bool(trace) and all(isinstance(step, dict) and "code" in step and "output" in step for step in trace)


def fits_node(values: list[Any]) -> bool:
    """Whether these are results of node-rlm, alone or as a benchmark."""
    return any(
        _is_node_result(value) or any(map(_is_node_result, items(fields(value).get("results")))) for value in values
    )


def read_node(log: Log) -> list[ImportedRun]:
    """The runs of results."""
    found: list[tuple[Fields, Fields]] = []
    for value in map(fields, log.values):
        single = [value] if _is_node_result(value) else items(value.get("results"))
        found += [(value, fields(result)) for result in single if _is_node_result(result)]
    return [_node_run(log, place, suite, result) for place, (suite, result) in enumerate(found)]


def _node_run(log: Log, place: int, suite: Fields, result: Fields) -> ImportedRun:
    builder = Builder(
        "node-rlm", f"node-rlm-{log.key}-{place}", f"import-{log.key}", moment(suite.get("timestamp"))
    )
    steps = [
        _Step(
            string(step.get("reasoning")),
            [string(code) for code in items(step.get("code"))] or ([string(step["code"])] if step["code"] else []),
            string(step.get("output")),
            string(step.get("error")),
        )
        for step in map(fields, items(result.get("trace")))
    ]
    model, task = string(suite.get("model")), string(result.get("taskId"))
    question = f"Task {task}" if task else ""
    duration = (number(result.get("wallTimeMs")) or 0.0) / 1000
    root = _write(builder, steps, model, question, duration)
    builder.note("The code is JavaScript. The log holds no times of iterations: they are spread evenly.")
    answer = result.get("answer")
    _end(builder, root, duration, None if answer is None else string(answer), string(result.get("error")))
    settings = {name: result[name] for name in ("taskId", "expected", "score") if name in result}
    return builder.finish(question=question, root_model=model, settings={**settings, **fields(suite.get("config"))})


NODE = Format("node-rlm result", fits_node, read_node)
