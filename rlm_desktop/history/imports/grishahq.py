"""Results of grishahq/recursive-llm: one line a run, with an ordered trajectory of events with ids and parents."""

from __future__ import annotations

from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState, Message
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


def fits(values: list[Any]) -> bool:
    """Whether these are its results."""
    return any(
        "termination_reason" in fields(value)
        and any("node_id" in fields(step) for step in items(value.get("trajectory")))
        for value in values
    )


def read(log: Log) -> list[ImportedRun]:
    """The runs of a file of results."""
    found = [value for value in log.values if fits([value])]
    return [_Reader(log, place, fields(value)).run() for place, value in enumerate(found)]


FORMAT = Format("recursive-llm result", fits, read)


class _Reader:
    """Writes one run."""

    def __init__(self, log: Log, place: int, result: Fields) -> None:
        self._result = result
        run_id = f"recursive-llm-{log.key}-{place}"
        self._builder = Builder("recursive-llm", run_id, f"import-{log.key}", None)
        self._nodes: dict[str, OpenCall] = {}
        self._leaves: dict[str, int] = {}
        self._asked: dict[str, tuple[float, tuple[Message, ...]]] = {}
        self._question = ""
        self._model = ""
        self._end = 0.0

    def run(self) -> ImportedRun:
        """The run."""
        steps = [fields(step) for step in items(self._result.get("trajectory"))]
        for step in sorted(steps, key=lambda step: number(step.get("sequence")) or 0.0):
            self._end = max(self._end, number(step.get("elapsed_seconds")) or 0.0)
            self._take(step, string(step.get("kind")), fields(step.get("data")))
        self._finish()
        config = fields(self._result.get("config"))
        settings = {name: config[name] for name in ("max_depth", "max_iterations", "max_budget") if name in config}
        model = self._model or string(config.get("model"))
        return self._builder.finish(question=self._question, root_model=model, settings=settings)

    def _take(self, step: Fields, kind: str, data: Fields) -> None:
        at = number(step.get("elapsed_seconds")) or 0.0
        key, parent = string(step.get("node_id")), string(step.get("parent_id"))
        if kind == "rlm_start":
            self._start(key, parent, at, data)
        elif kind == "model_call_start":
            self._ask(key, parent, at, data)
        elif kind in ("model_call_end", "model_call_error"):
            self._answer(key, parent, at, kind, data)
        elif kind == "repl_step" and (node := self._nodes.get(key)):
            self._cell(node, at, data)
        elif kind == "final_answer" and (node := self._nodes.get(key)):
            source = string(data.get("method")) or "FINAL"
            self._builder.add(
                at, ev.AnswerSet(call=node.number, answer=self._content(data, "answer"), source=source)
            )
        elif kind == "final_answer_rejected" and (node := self._nodes.get(key)):
            self._builder.add(at, ev.AnswerRejected(call=node.number, reason=self._content(data, "reason")))
        elif kind == "rlm_end" and (node := self._nodes.pop(key, None)):
            failed = data.get("status") not in (None, "ok", "completed", "success")
            state = EndState.FAILED if failed or data.get("error") else EndState.COMPLETED
            result = self._content(data, "answer")
            if node.number == ev.ROOT:
                result = result or string(self._result.get("answer"))
            self._builder.end_call(node.number, at, state, result=result, error=string(data.get("error")))

    def _content(self, data: Fields, name: str) -> str:
        """A text, or how long it was: the engine leaves texts out unless told otherwise."""
        if name in data:
            return string(data[name])
        length = count(data.get(f"{name}_chars"))
        if length is None:
            return ""
        self._builder.note("The log holds the lengths of texts only: they were left out when it was written.")
        return f"({length:,} characters, not in the log)"

    def _start(self, key: str, parent: str, at: float, data: Fields) -> None:
        caller = self._nodes.get(parent) or next(reversed(self._nodes.values()), None)
        prompt = self._content(data, "query")
        depth = 0 if caller is None else caller.depth + 1
        call = self._builder.call(
            at,
            "rlm",
            parent=None if caller is None else caller.number,
            depth=depth,
            model=string(data.get("model")),
            prompt=prompt,
            function="" if caller is None else "rlm_query",
            place=(0, 0) if caller is None else (max(1, caller.iteration), max(0, caller.cells - 1)),
            context_characters=count(data.get("context_chars")) or len(string(data.get("context"))),
        )
        self._nodes[key] = OpenCall(call, depth)
        self._question = self._question or prompt

    def _ask(self, key: str, parent: str, at: float, data: Fields) -> None:
        node = self._nodes.get(parent)
        if node is None:
            return
        model = string(data.get("model"))
        messages = tuple(
            Message("user" if role not in ("system", "assistant") else role, string(message.get("content")))
            for message in map(fields, items(data.get("messages")))
            for role in (message.get("role"),)
        )
        self._asked[key] = (at, messages)
        if data.get("is_leaf") is True:
            prompt = messages[-1].content if messages else self._content(data, "message")
            place = (max(1, node.iteration), max(0, node.cells - 1))
            self._leaves[key] = self._builder.call(
                at,
                "llm",
                parent=node.number,
                depth=node.depth + 1,
                model=model,
                prompt=prompt,
                function="llm_query",
                place=place,
            )
            return
        if node.depth == 0:
            self._model = self._model or model
        if (count(data.get("attempt")) or 1) == 1:
            self._builder.add(at, node.next_iteration())

    def _answer(self, key: str, parent: str, at: float, kind: str, data: Fields) -> None:
        node, leaf = self._nodes.get(parent), self._leaves.get(key)
        call = leaf if leaf is not None else node.number if node else None
        if call is None or key not in self._asked:
            return
        start, messages = self._asked.pop(key)
        model = string(data.get("model"))
        iteration = node.iteration if node and leaf is None else 0
        if kind == "model_call_end":
            text = self._content(data, "response")
            self._builder.exchange(call, start, at, text, model=model, iteration=iteration, messages=messages)
            if leaf is not None:
                self._builder.end_call(call, at, EndState.COMPLETED, result=text)
            return
        error = f"{string(data.get('error_type'))}: {string(data.get('error'))}"
        asked = ev.ModelRequested(call=call, model=model, iteration=iteration, messages=messages)
        self._builder.add(start, asked)
        self._builder.add(at, ev.ModelFailed(call=call, error=error))
        if leaf is not None:
            self._builder.end_call(call, at, EndState.FAILED, error=error)

    def _cell(self, node: OpenCall, at: float, data: Fields) -> None:
        place = node.place
        node.cells += 1
        output = self._content(data, "output")
        error = (output.split("\n")[0] or "error") if data.get("status") == "error" else ""
        self._builder.start_cell(node.number, place, at, self._content(data, "code"))
        self._builder.end_cell(node.number, place, at, at, stdout=output, error=error)

    def _finish(self) -> None:
        builder, failure = self._builder, fields(self._result.get("error"))
        builder.note("The log holds tokens and cost for the run as a whole only, and no times of cells.")
        for node in reversed(list(self._nodes.values())):
            state = EndState.FAILED if failure else EndState.COMPLETED
            builder.end_call(node.number, self._end, state, result=string(self._result.get("answer")))
        if failure:
            error = f"{string(failure.get('type'))}: {string(failure.get('message'))}"
            builder.add(self._end, ev.RunFinished(end_state=EndState.FAILED, error=error))
        else:
            answer = string(self._result.get("answer"))
            builder.add(self._end, ev.RunFinished(end_state=EndState.COMPLETED, answer=answer))
