"""Traces of pyrlm-runtime: steps with a kind and a depth; what belongs together follows from their order."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState, Message, Usage
from rlm_desktop.history.imports.builder import Builder, OpenCall
from rlm_desktop.history.imports.reading import (
    Fields,
    Format,
    ImportedRun,
    Log,
    count,
    fields,
    items,
    number,
    string,
)

_KINDS = frozenset(
    {
        "root_call", "repl_exec", "subcall", "recursive_subcall", "sub_root_call", "sub_repl_exec", "sub_subcall",
        "baseline_call", "compaction",
    }
)  # fmt: skip


def _is_step(value: Any) -> bool:
    return isinstance(value, dict) and "step_id" in value and string(value.get("kind")) in _KINDS


def fits(values: list[Any]) -> bool:
    """Whether these are its steps, or objects with `steps`."""
    return any(_is_step(value) or any(map(_is_step, items(fields(value).get("steps")))) for value in values)


def read(log: Log) -> list[ImportedRun]:
    """The runs of a trace file."""
    wrapped = [fields(value) for value in log.values if any(map(_is_step, items(fields(value).get("steps"))))]
    found = wrapped or [{"steps": log.values}]
    return [_Reader(log, place, trace).run() for place, trace in enumerate(found)]


FORMAT = Format("pyrlm trace", fits, read)


class _Call(OpenCall):
    """An rlm call while it is read."""

    cell_open = False


class _Reader:
    """Writes one run, step after step on one time line."""

    def __init__(self, log: Log, place: int, trace: Fields) -> None:
        self._trace = trace
        self._steps = [step for step in items(trace.get("steps")) if _is_step(step)]
        self._builder = Builder("pyrlm", f"pyrlm-{log.key}-{place}", f"import-{log.key}", None)
        self._place = 0
        self._now = 0.0
        self._batches: dict[str, int] = {}

    def run(self) -> ImportedRun:
        """The run."""
        builder = self._builder
        models = [string(step["model"]) for step in self._steps if step.get("model")]
        model = models[0] if models else ""
        question = string(self._trace.get("query") or self._trace.get("question"))
        root = _Call(builder.call(0.0, "rlm", parent=None, depth=0, model=model, prompt=question), 0)
        below: _Call | None = None
        answer: str | None = None
        for place, step in enumerate(self._steps):
            self._place = place
            kind = string(step["kind"])
            if kind.startswith("sub_"):
                below = below or self._open_below(root, model)
                self._take(below, step, kind.removeprefix("sub_"))
            elif kind == "recursive_subcall" and below is not None:
                self._close_below(below, step)
                below = None
            else:
                self._take(root, step, kind)
                if kind in ("root_call", "baseline_call", "repl_exec") and step.get("output"):
                    answer = string(step["output"])
        if below is not None:
            self._close_below(below, {})
        self._close_cell(root)
        known = self._trace.get("answer") or self._trace.get("output")
        answer = string(known) if known is not None else answer
        builder.note("The log holds shortened prompts, and durations but no times: steps are laid out in a row.")
        builder.note("The last output stands in for the answer, which the trace does not name.")
        state = EndState.COMPLETED if answer is not None else EndState.FAILED
        builder.end_call(root.number, self._now, state, result=answer or "")
        builder.add(self._now, ev.RunFinished(end_state=state, answer=answer))
        return builder.finish(question=question, root_model=model)

    def _take(self, call: _Call, step: Fields, kind: str) -> None:
        if kind in ("root_call", "baseline_call", "compaction"):
            self._close_cell(call)
            self._iteration(call, step)
        elif kind == "repl_exec":
            self._cell(call, step)
        else:
            self._leaf(call, step)

    def _iteration(self, call: _Call, step: Fields) -> None:
        builder, start = self._builder, self._now
        self._now += number(step.get("elapsed")) or 0.0
        builder.add(start, call.next_iteration())
        text = string(step.get("output")) or string(step.get("code"))
        builder.exchange(
            call.number,
            start,
            self._now,
            text,
            model=string(step.get("model")),
            iteration=call.iteration,
            messages=_asked(step),
            usage=_usage(step),
        )
        if step.get("error"):
            builder.add(self._now, ev.Noted(call=call.number, level="warning", text=string(step["error"])))

    def _open_cell(self, call: _Call, code: str) -> None:
        if not call.iteration:
            self._iteration(call, {})
        self._builder.start_cell(call.number, call.place, self._now, code)
        call.cell_open = True

    def _close_cell(self, call: _Call) -> None:
        """End a cell whose own step never came."""
        if call.cell_open:
            self._builder.end_cell(call.number, call.place, self._now, self._now)
            call.cells += 1
            call.cell_open = False

    def _cell(self, call: _Call, step: Fields) -> None:
        """A cell; calls that it made were written before it."""
        if not call.cell_open:
            self._open_cell(call, string(step.get("code")))
        start = self._now
        self._now += number(step.get("elapsed")) or 0.0
        self._builder.end_cell(
            call.number,
            call.place,
            start,
            self._now,
            stdout=string(step.get("stdout")) or string(step.get("output")),
            error=string(step.get("error")).strip().split("\n")[-1],
        )
        call.cells += 1
        call.cell_open = False

    def _leaf(self, call: _Call, step: Fields) -> None:
        if not call.cell_open:
            self._open_cell(call, self._code_after(step))
        builder, start, group = self._builder, self._now, string(step.get("parallel_group_id"))
        batch = None
        if group:
            key = f"{call.number} {group}"
            if key not in self._batches:
                size = count(step.get("parallel_total")) or 1
                place = call.place
                self._batches[key] = builder.batch(start, call.number, "llm_batch", size, place)
            batch = self._batches[key]
        leaf = builder.call(
            start,
            "llm",
            parent=call.number,
            depth=call.depth + 1,
            model=string(step.get("model")),
            prompt=string(step.get("prompt_summary")),
            function="llm_batch" if group else "llm_query",
            place=call.place,
            batch=batch,
            index=count(step.get("parallel_index")) or 0,
        )
        self._now += number(step.get("elapsed")) or 0.0
        model, output = string(step.get("model")), string(step.get("output"))
        builder.exchange(leaf, start, self._now, output, model=model, messages=_asked(step), usage=_usage(step))
        state = EndState.FAILED if step.get("error") else EndState.COMPLETED
        builder.end_call(leaf, self._now, state, result=output, error=string(step.get("error")))

    def _code_after(self, step: Fields) -> str:
        """The code of the cell that made a call: that of the next cell of the same kind."""
        wanted = "sub_repl_exec" if string(step["kind"]).startswith("sub_") else "repl_exec"
        later = islice(self._steps, self._place, None)
        return next((string(one.get("code")) for one in later if one["kind"] == wanted), "")

    def _open_below(self, root: _Call, model: str) -> _Call:
        if not root.cell_open:
            self._open_cell(root, "")
        number_ = self._builder.call(
            self._now,
            "rlm",
            parent=root.number,
            depth=1,
            model=model,
            prompt="",
            function="llm_query",
            place=root.place,
        )
        return _Call(number_, 1)

    def _close_below(self, below: _Call, step: Fields) -> None:
        self._close_cell(below)
        state = EndState.FAILED if step.get("error") else EndState.COMPLETED
        output, error = string(step.get("output")), string(step.get("error"))
        self._builder.end_call(below.number, self._now, state, result=output, error=error)


def _asked(step: Fields) -> tuple[Message, ...]:
    prompt = string(step.get("prompt_summary"))
    return (Message("user", prompt),) if prompt else ()


def _usage(step: Fields) -> Usage | None:
    usage = fields(step.get("usage"))
    if not usage:
        return None
    return Usage(
        input_tokens=count(usage.get("prompt_tokens")), output_tokens=count(usage.get("completion_tokens"))
    )
