"""Logs of the official `rlms`: its JSON lines, and `RLMChatCompletion` objects with their nested children.

The log has no ids, depths or start times: the tree is the nesting, calls are laid out by order and duration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState, Message, Usage, Variable
from rlm_desktop.history.imports.builder import DEEPEST, Builder
from rlm_desktop.history.imports.reading import (
    Fields,
    Format,
    ImportedRun,
    Log,
    count,
    fields,
    items,
    moment,
    number,
    string,
)

_ERROR = re.compile(
    r"^[^\S\n]*(\w*(?:Error|Exception|Interrupt|Exit|Warning|StopIteration)\b.*)\Z", re.MULTILINE | re.DOTALL
)
_QUESTION = re.compile(r"Answer the following: (.*?)\n\nYour context is", re.DOTALL)
_ROLES = ("system", "user", "assistant")


def fits_lines(values: list[Any]) -> bool:
    """Whether these are lines of rlms' logger."""
    return any(
        (fields(value).get("type") == "metadata" and "root_model" in value)
        or (fields(value).get("type") == "iteration" and "code_blocks" in value)
        for value in values
    )  # fmt: skip


def fits_completions(values: list[Any]) -> bool:
    """Whether these are `RLMChatCompletion` objects."""
    return any(
        isinstance(value, dict) and {"root_model", "response"} <= value.keys()
        and bool({"usage_summary", "metadata", "execution_time"} & value.keys())
        for value in values
    )  # fmt: skip


def read_lines(log: Log) -> list[ImportedRun]:
    """The runs of a log in lines: one for each time that the iterations start again."""
    runs: list[tuple[Fields, list[Fields]]] = []
    metadata: Fields = {}
    for value in map(fields, log.values):
        if value.get("type") == "metadata":
            metadata = value
            runs.append((metadata, []))
        elif value.get("type") == "iteration":
            iteration = count(value.get("iteration")) or 0
            known = runs[-1][1] if runs else []
            if not runs or (known and iteration <= (count(known[-1].get("iteration")) or 0)):
                runs.append((metadata, []))
            runs[-1][1].append(value)
    return [
        _run(log, place, {"metadata": {"run_metadata": m, "iterations": i}}) for place, (m, i) in enumerate(runs)
    ]


def read_completions(log: Log) -> list[ImportedRun]:
    """The runs of completion objects."""
    return [_run(log, place, value) for place, value in enumerate(log.values) if fits_completions([value])]


LINES = Format("rlms log", fits_lines, read_lines)
COMPLETIONS = Format("rlms completion", fits_completions, read_completions)


def _run(log: Log, place: int, completion: Fields) -> ImportedRun:
    metadata = fields(completion.get("metadata"))
    settings = fields(metadata.get("run_metadata"))
    iterations = [fields(item) for item in items(metadata.get("iterations"))]
    builder = Builder("rlms", f"rlms-{log.key}-{place}", f"import-{log.key}", _began(settings, iterations))
    reader = _Reader(builder, settings)
    context = _context(iterations) or string(completion.get("prompt"))
    if context:
        builder.document("context", context)
    question = _question(iterations) or string(completion.get("prompt"))
    model = string(completion.get("root_model") or settings.get("root_model"))
    root = builder.call(
        0.0, "rlm", parent=None, depth=0, model=model, prompt=question, context_characters=len(context)
    )
    end, answer = reader.iterations(root, 0, model, iterations, 0.0, number(completion.get("execution_time")))
    reader.end_run(root, end, iterations, completion, answer)
    _note_gaps(builder, completion, iterations)
    return builder.finish(
        question=question,
        root_model=model,
        context_characters=len(context),
        settings={
            name: settings[name]
            for name in ("max_depth", "max_iterations", "backend")
            if settings.get(name) is not None
        },
    )


def _note_gaps(builder: Builder, completion: Fields, iterations: list[Fields]) -> None:
    if iterations:
        builder.note("rlms records no tokens or cost for the iterations of an rlm call: they are shown as unknown.")
    builder.note("rlms records no start times of sub-calls: they are laid out by their order and duration.")
    usage, cost = _usage(completion)
    if iterations and usage is not None:
        known = f"{usage.input_tokens or 0:,} tokens in, {usage.output_tokens or 0:,} out"
        price = f", {cost} US dollars" if cost is not None else ""
        builder.note(f"For the root call as a whole the log gives {known}{price}.")


class _Reader:
    """Writes the calls of one run."""

    def __init__(self, builder: Builder, settings: Fields) -> None:
        self._builder = builder
        self._most = count(settings.get("max_iterations"))

    def iterations(
        self, call: int, depth: int, model: str, iterations: list[Fields], start: float, duration: float | None
    ) -> tuple[float, str | None]:
        """The iterations of an rlm call from `start` on; returns when the last ended and the answer."""
        builder, began = self._builder, self._builder.began or 0.0
        now, answer, kept = start, None, ()
        for place, iteration in enumerate(iterations, start=1):
            seconds = number(iteration.get("iteration_time"))
            stamp = moment(iteration.get("timestamp")) if self._builder.began is not None else None
            end = now + (seconds or 0.0) if stamp is None else max(now, stamp - began)
            begin = max(now, end - seconds) if seconds is not None else now
            if duration is not None:
                begin, end = min(begin, start + duration), min(end, start + duration)
            builder.add(begin, ev.IterationStarted(call=call, iteration=place, of=self._most or len(iterations)))
            blocks = [fields(block) for block in items(iteration.get("code_blocks"))]
            computing = sum(number(fields(block.get("result")).get("execution_time")) or 0.0 for block in blocks)
            answered = max(begin, end - computing)
            messages = tuple(_messages(iteration, place - 1))
            same = _common(kept, messages)
            builder.exchange(
                call,
                begin,
                answered,
                string(iteration.get("response")),
                model=model,
                iteration=place,
                kept=same,
                messages=messages[same:],
            )
            kept = messages
            self._cells(call, depth, place, blocks, answered, end)
            final = _final(iteration)
            if final is not None:
                answer = final
                builder.add(end, ev.AnswerSet(call=call, answer=final, source=_source(blocks)))
            now = end
        return (now if duration is None else max(now, start + duration)), answer

    def _cells(self, call: int, depth: int, place: int, blocks: list[Fields], start: float, end: float) -> None:
        now = start
        for cell, block in enumerate(blocks):
            result = fields(block.get("result"))
            until = min(end, now + (number(result.get("execution_time")) or 0.0))
            stderr = string(result.get("stderr"))
            failed = _ERROR.search(stderr)
            calls = [fields(item) for item in items(result.get("rlm_calls"))]
            self._builder.start_cell(call, (place, cell), now, string(block.get("code")))
            self._calls(call, depth + 1, (place, cell), calls, now, until)
            self._builder.end_cell(
                call,
                (place, cell),
                now,
                until,
                stdout=string(result.get("stdout")),
                stderr=stderr,
                error=failed[1].strip().split("\n")[0] if failed else "",
                variables=_variables(fields(result.get("locals"))),
            )
            now = until

    def _calls(
        self, caller: int, depth: int, place: tuple[int, int], calls: list[Fields], start: float, end: float
    ) -> None:
        """The calls that a cell made. Equal shares of one duration come from one batch."""
        if depth > DEEPEST:
            self._builder.note(f"The log is nested more than {DEEPEST} levels deep; what lies below is left out.")
            return
        durations = [number(one.get("execution_time")) or 0.0 for one in calls]
        is_parallel = sum(durations) > (end - start) * 1.05
        now = start
        for group in _batches(calls):
            batch = None
            if len(group) > 1:
                batch = self._builder.batch(now, caller, "llm_query_batched", len(group), place)
                self._builder.note(
                    "Batches are recognised by their equal shares of time; their tokens are estimates."
                )
            for index, one in enumerate(group):
                ended = self._call(caller, depth, place, one, (now, end), (batch, index))
                if not is_parallel and batch is None:
                    now = ended
            if batch is not None:
                self._builder.add(
                    end, ev.BatchFinished(call=caller, batch=batch, failed=sum(map(_is_failed, group)))
                )

    def _call(
        self,
        caller: int,
        depth: int,
        place: tuple[int, int],
        one: Fields,
        window: tuple[float, float],
        member: tuple[int | None, int],
    ) -> float:
        """One call with all below it; returns when it ended."""
        builder = self._builder
        metadata = fields(one.get("metadata"))
        iterations = [fields(item) for item in items(metadata.get("iterations"))]
        model, prompt = string(one.get("root_model")), _prompt(one.get("prompt"))
        start, duration = window[0], number(one.get("execution_time")) or 0.0
        if iterations and builder.began is not None and (known := _began({}, iterations)) is not None:
            start = min(max(start, known - builder.began), max(window))
        end = min(start + duration, max(window))
        call = builder.call(
            start,
            "rlm" if iterations else "llm",
            parent=caller,
            depth=depth,
            model=model,
            prompt=prompt,
            function="rlm_query" if iterations else "llm_query",
            place=place,
            batch=member[0],
            index=member[1],
            context_characters=len(prompt) if iterations else 0,
        )
        response, failure = string(one.get("response")), string(one.get("error"))
        if iterations:
            self.iterations(call, depth, model, iterations, start, end - start)
        elif failure:
            builder.add(start, ev.ModelRequested(call=call, model=model, messages=(Message("user", prompt),)))
            builder.add(end, ev.ModelFailed(call=call, error=failure))
        else:
            usage, cost = _usage(one)
            asked = (Message("user", prompt),)
            builder.exchange(call, start, end, response, model=model, messages=asked, usage=usage, cost_usd=cost)
        state = EndState.FAILED if _is_failed(one) else EndState.COMPLETED
        error = failure or (response if state is EndState.FAILED else "")
        builder.end_call(call, end, state, result=response or failure, error=error)
        return end

    def end_run(
        self, root: int, at: float, iterations: list[Fields], completion: Fields, answer: str | None
    ) -> None:
        """The end, as far as the log tells; without any answer the run stays unfinished."""
        response = completion.get("response")
        answer = answer if answer is not None else None if response is None else string(response)
        if answer is None:
            self._builder.note("The log ends without an answer: the run shows as interrupted.")
            return
        last = iterations[-1] if iterations else {}
        is_out = self._most is not None and len(iterations) > self._most and not last.get("code_blocks")
        state = EndState.OUT_OF_ITERATIONS if is_out else EndState.COMPLETED
        self._builder.end_call(root, at, state, result=answer)
        self._builder.add(at, ev.RunFinished(end_state=state, answer=answer))


def _began(settings: Fields, iterations: list[Fields]) -> float | None:
    """When a call began: the first iteration's end less its duration, else the log's own time."""
    if iterations and (stamp := moment(iterations[0].get("timestamp"))) is not None:
        started = stamp - (number(iterations[0].get("iteration_time")) or 0.0)
        logged = moment(settings.get("timestamp"))
        return started if logged is None else min(started, logged)
    return moment(settings.get("timestamp"))


def _batches(calls: list[Fields]) -> Iterator[list[Fields]]:
    """Neighbouring calls that rlms timed together: it gives each the same share, to the last digit."""
    group: list[Fields] = []
    for one in calls:
        seconds = number(one.get("execution_time"))
        is_same = (
            group and seconds and seconds == number(group[0].get("execution_time")) and not one.get("metadata")
        )
        if group and not is_same:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _is_failed(one: Fields) -> bool:
    return bool(one.get("error")) or string(one.get("response")).startswith("Error:")


def _usage(one: Fields) -> tuple[Usage | None, float | None]:
    """Tokens and cost of a completion; unknown where it says nothing."""
    summary = fields(one.get("usage_summary"))
    models = [fields(value) for value in fields(summary.get("model_usage_summaries")).values()]
    if not models:
        return None, number(summary.get("total_cost"))
    sums = [
        sum(known) if (known := [n for model in models if (n := count(model.get(name))) is not None]) else None
        for name in ("total_input_tokens", "total_output_tokens")
    ]
    costs = [cost for model in models if (cost := number(model.get("total_cost"))) is not None]
    cost = number(summary.get("total_cost"))
    total = cost if cost is not None else sum(costs) if costs else None
    return Usage(input_tokens=sums[0], output_tokens=sums[1]), total


def _prompt(prompt: Any) -> str:
    """What a call was given, as text; a list of messages as their contents."""
    if isinstance(prompt, list) and prompt and all(isinstance(one, dict) and "content" in one for one in prompt):
        return "\n\n".join(string(one["content"]) for one in prompt)
    return string(prompt)


def _messages(iteration: Fields, place: int) -> Iterator[Message]:
    """The conversation before the reply. In nested logs each iteration holds the final one: it is cut there."""
    prompt = iteration.get("prompt")
    if not isinstance(prompt, list):
        if prompt is not None:
            yield Message("user", string(prompt))
        return
    replies = -1
    for one in map(fields, prompt):
        role, content = one.get("role"), string(one.get("content"))
        replies += role == "assistant"
        if role == "assistant" and replies >= place and content == iteration.get("response"):
            return
        yield Message(role if role in _ROLES else "user", content)


def _common(one: tuple[Message, ...], other: tuple[Message, ...]) -> int:
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def _question(iterations: list[Fields]) -> str:
    for message in _messages(iterations[0], 0) if iterations else ():
        if found := _QUESTION.search(message.content):
            return found[1]
    return ""


def _context(iterations: list[Fields]) -> str:
    """The context, which every cell repeats among its variables."""
    for iteration in iterations:
        for block in items(iteration.get("code_blocks")):
            known = fields(fields(fields(block).get("result")).get("locals"))
            for name in ("context_0", "context"):
                if name in known:
                    return string(known[name])
    return ""


def _final(iteration: Fields) -> str | None:
    final = iteration.get("final_answer")
    if final is None:
        return None
    return " ".join(map(string, final)) if isinstance(final, list) else string(final)


def _source(blocks: list[Fields]) -> str:
    """The convention by which the answer was given, as far as the code shows."""
    code = "\n".join(string(block.get("code")) for block in blocks)
    if re.search(r"\banswer\s*\[", code):
        return "answer"
    return "FINAL_VAR" if "FINAL_VAR" in code else "FINAL" if "FINAL(" in code else "text"


def _variables(known: Fields) -> tuple[Variable, ...]:
    """The variables that are the model's own. Values are JSON, or the words that Python says for others."""
    return tuple(
        Variable(name=string(name)[:200], type=_type(value), size=_size(value), preview=string(value)[:200])
        for name, value in known.items()
        if name != "answer" and not string(name).startswith(("context", "history"))
    )


def _type(value: Any) -> str:
    if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
        return (
            "module" if value.startswith("<module") else "function" if value.startswith("<function") else "object"
        )
    return "None" if value is None else type(value).__name__


def _size(value: Any) -> int | None:
    return len(value) if isinstance(value, str | list | dict) and _type(value) in ("str", "list", "dict") else None
