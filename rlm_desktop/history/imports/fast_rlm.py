"""Logs of fast-rlm: lines of many calls mixed, each with its own run id, its parent's and its depth."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState, Usage
from rlm_desktop.history.imports.builder import DEEPEST, Builder
from rlm_desktop.history.imports.reading import (
    Fields,
    Format,
    ImportedRun,
    Log,
    count,
    fields,
    moment,
    number,
    string,
)

_KINDS = frozenset({"agent_start", "code_generated", "execution_result", "final_result", "agent_end"})


def fits(values: list[Any]) -> bool:
    """Whether these are lines of fast-rlm's logger."""
    return any(
        isinstance(value, dict)
        and "run_id" in value
        and "depth" in value
        and string(value.get("event_type")) in _KINDS
        for value in values
    )


def read(log: Log) -> list[ImportedRun]:
    """The runs of a log: one for each call without a parent."""
    by_call: dict[str, list[Fields]] = {}
    for value in map(fields, log.values):
        if string(value.get("event_type")) in _KINDS and "run_id" in value:
            by_call.setdefault(string(value["run_id"]), []).append(value)
    parents = {
        key: next((string(line["parent_run_id"]) for line in lines if line.get("parent_run_id")), "")
        for key, lines in by_call.items()
    }
    roots = [key for key, parent in parents.items() if parent not in by_call or parent == key]
    return [_Reader(log, place, by_call, parents).run(root) for place, root in enumerate(roots)]


FORMAT = Format("fast-rlm log", fits, read)


class _Step:
    """One step of a call: the model's turn and the run of its code."""

    def __init__(self, lines: list[Fields]) -> None:
        self.lines = lines
        self.number = count(lines[0].get("step")) or 0
        self.executed = next((line for line in lines if line.get("event_type") == "execution_result"), None)
        self.end = max((at for line in lines if (at := moment(line.get("time"))) is not None), default=None)

    def value(self, name: str) -> Any:
        """The first value that a line of the step gives."""
        return next((line[name] for line in self.lines if line.get(name) is not None), None)


class _Reader:
    """Writes the calls of one run."""

    def __init__(self, log: Log, place: int, by_call: dict[str, list[Fields]], parents: dict[str, str]) -> None:
        self._by_call = by_call
        self._starts = {key: _start_of(lines) for key, lines in by_call.items()}
        self._children: dict[str, list[str]] = {}
        for child, parent in parents.items():
            if child != parent:
                self._children.setdefault(parent, []).append(child)
        self._log, self._place = log, place
        self._builder = Builder("fast-rlm", "", "", 0.0)
        self._began = 0.0

    def run(self, root: str) -> ImportedRun:
        """The run of that root."""
        first = self._starts[root]
        run_id = f"fast-rlm-{self._log.key}-{self._place}"
        self._builder = Builder("fast-rlm", run_id, f"import-{self._log.key}", first)
        self._began = first or 0.0
        number, end, answer = self._call(root, None, 0, (0, 0), 0.0)
        builder = self._builder
        if answer is None:
            builder.note("The log ends without a result: the run shows as interrupted.")
        else:
            builder.end_call(number, end, EndState.COMPLETED, result=answer)
            builder.add(end, ev.RunFinished(end_state=EndState.COMPLETED, answer=answer))
        builder.note("The log holds no question, no prompts and no model names.")
        builder.note("Step 0 is fast-rlm's own look at the context: no model was asked. Outputs may be cut by it.")
        return builder.finish(question="", root_model="")

    def _start(self, key: str) -> float:
        """When a call began, in seconds of the run."""
        return (self._starts[key] or 0.0) - self._began

    def _call(
        self, key: str, parent: int | None, depth: int, place: tuple[int, int], start: float
    ) -> tuple[int, float, str | None]:
        """One call with all below it. Returns its number, when it ended, and its result if it has one."""
        builder = self._builder
        function = "llm_query" if parent is not None else ""
        call = builder.call(
            start, "rlm", parent=parent, depth=depth, model="", prompt="", function=function, place=place
        )
        steps = self._steps(key)
        children = sorted((self._start(child), child) for child in self._children.get(key, ()))
        now, done = start, 0
        for number_, step in enumerate(steps, start=1):
            end = now if step.end is None else max(now, step.end - self._began)
            until = len(children) if number_ == len(steps) else max(done, bisect_left(children, (end, "")))
            below = [child for _, child in children[done:until]]
            done = until
            self._step(call, depth, number_, step, len(steps), (now, end), below)
            now = end
        finals = [line for line in self._by_call[key] if line.get("event_type") == "final_result"]
        if not finals:
            return call, now, None
        answer = string(finals[-1].get("result"))
        builder.add(now, ev.AnswerSet(call=call, answer=answer, source="FINAL", value=finals[-1].get("result")))
        return call, now, answer

    def _steps(self, key: str) -> list[_Step]:
        """The steps in order; old logs write the result before them."""
        by_number: dict[int, list[Fields]] = {}
        for line in self._by_call[key]:
            if line.get("event_type") in ("code_generated", "execution_result"):
                by_number.setdefault(count(line.get("step")) or 0, []).append(line)
        return [_Step(by_number[number_]) for number_ in sorted(by_number)]

    def _step(
        self,
        call: int,
        depth: int,
        place: int,
        step: _Step,
        of: int,
        window: tuple[float, float],
        children: list[str],
    ) -> None:
        builder, (start, end) = self._builder, window
        ran = min([end, *(max(start, self._start(child)) for child in children)])
        builder.add(start, ev.IterationStarted(call=call, iteration=place, of=of))
        code = string(step.value("code"))
        if step.number > 0:
            usage = fields(step.value("usage"))
            builder.exchange(
                call,
                start,
                ran,
                f"```repl\n{code}\n```",
                model="",
                iteration=place,
                reasoning=string(step.value("reasoning")),
                usage=_usage(usage),
                cost_usd=number(usage.get("cost")),
            )
        builder.start_cell(call, (place, 0), ran, code)
        for child in children:
            self._child(child, call, depth + 1, (place, 0), (ran, end))
        executed = step.executed or {}
        output = string(executed.get("output"))
        error = (output.strip().split("\n")[-1] or "error") if executed.get("hasError") is True else ""
        builder.end_cell(call, (place, 0), ran, end, stdout=output, error=error)

    def _child(
        self, key: str, parent: int, depth: int, place: tuple[int, int], window: tuple[float, float]
    ) -> None:
        if depth > DEEPEST:
            self._builder.note(f"The log is nested more than {DEEPEST} levels deep; what lies below is left out.")
            return
        start = min(max(self._start(key), window[0]), window[1])
        call, end, answer = self._call(key, parent, depth, place, start)
        state = EndState.INTERRUPTED if answer is None else EndState.COMPLETED
        self._builder.end_call(call, max(end, start), state, result=answer or "")


def _start_of(lines: list[Fields]) -> float | None:
    return min((at for line in lines if (at := moment(line.get("time"))) is not None), default=None)


def _usage(usage: Fields) -> Usage | None:
    if not usage:
        return None
    return Usage(
        input_tokens=count(usage.get("prompt_tokens")),
        output_tokens=count(usage.get("completion_tokens")),
        cached_tokens=count(usage.get("cached_tokens")),
        reasoning_tokens=count(usage.get("reasoning_tokens")),
    )
