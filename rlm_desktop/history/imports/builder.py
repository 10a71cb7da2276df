"""Puts a trace together from what a log of another engine tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, CallKind, EndState, Message, Usage, Variable
from rlm_desktop.history.imports.reading import ImportedRun

NO_QUESTION = "(the log does not hold the question)"
NO_MODEL = "(model not recorded)"
LONGEST = 366 * 86400.0
DEEPEST = 40
"""Levels of calls that are imported; a log nested more deeply is cut there, and says so."""


class OpenCall:
    """An rlm call while its log is read.

    Attributes:
        iteration: The iteration that it is in; 0 before the first.
        cells: Cells of that iteration that have ended.
    """

    def __init__(self, number: int, depth: int) -> None:
        self.number = number
        self.depth = depth
        self.iteration = 0
        self.cells = 0

    @property
    def place(self) -> tuple[int, int]:
        """Iteration and cell of what it does now."""
        return max(1, self.iteration), self.cells

    def next_iteration(self) -> ev.IterationStarted:
        """It goes on to its next iteration; a log does not say how many were allowed."""
        self.iteration += 1
        self.cells = 0
        return ev.IterationStarted(call=self.number, iteration=self.iteration, of=self.iteration)


class Builder:
    """Collects the events of one run in any order of time; `finish` puts them in order.

    Attributes:
        began: When the run began, in seconds since 1970; None when the log does not tell.
    """

    def __init__(self, origin: str, run_id: str, session_id: str, began: float | None) -> None:
        self.began = began if began is not None and began >= 0 else None
        self._origin = origin
        self._run_id = run_id
        self._session_id = session_id
        self._events: list[tuple[float, AnyEvent]] = []
        self._calls = 0
        self._batches = 0
        self._notes: dict[str, None] = {}
        self._texts: dict[str, str] = {}
        self._documents: list[ev.DocumentRef] = []
        if self.began is None:
            self.note("The log does not tell when the run was made: the time of the import stands in.")

    def add(self, at: float, event: AnyEvent) -> None:
        """Something happened `at` seconds after the run began."""
        self._events.append((min(max(0.0, at), LONGEST), event))

    def note(self, text: str) -> None:
        """Tell the person what the log does not hold, or what was made of it; the same is said once."""
        self._notes[text] = None

    def document(self, name: str, text: str) -> None:
        """A document whose text the log holds."""
        from rlm_desktop.history.records import digest

        clean = text.encode("utf-8", "replace").decode()
        self._texts[name] = clean
        reference = ev.DocumentRef(name=name, kind="text", characters=len(clean), sha256=digest(clean).hex())
        self._documents.append(reference)

    def call(
        self,
        at: float,
        kind: CallKind,
        *,
        parent: int | None,
        depth: int,
        model: str,
        prompt: str,
        function: str = "",
        place: tuple[int, int] = (0, 0),
        batch: int | None = None,
        index: int = 0,
        context_characters: int = 0,
    ) -> int:
        """A call was made; `place` is iteration and cell of its caller. Returns its number."""
        number = self._calls
        self._calls += 1
        started = ev.CallStarted(
            call=number,
            parent=parent,
            kind=kind,
            depth=depth,
            model=model or NO_MODEL,
            function=function,
            iteration=place[0],
            cell=place[1],
            batch=batch,
            index=index,
            prompt=prompt,
            context_characters=context_characters,
        )
        self.add(at, started)
        return number

    def batch(self, at: float, call: int, function: str, size: int, place: tuple[int, int]) -> int:
        """A batch of calls was made. Returns its number."""
        self._batches += 1
        started = ev.BatchStarted(
            call=call, batch=self._batches, function=function, size=size, iteration=place[0], cell=place[1]
        )
        self.add(at, started)
        return self._batches

    def exchange(
        self,
        call: int,
        start: float,
        end: float,
        text: str,
        *,
        model: str,
        iteration: int = 0,
        kept: int = 0,
        messages: Sequence[Message] = (),
        reasoning: str = "",
        usage: Usage | None = None,
        cost_usd: float | None = None,
    ) -> None:
        """A model was asked and answered."""
        asked = ev.ModelRequested(
            call=call, model=model or NO_MODEL, iteration=iteration, kept=kept, messages=tuple(messages)
        )
        answered = ev.ModelResponded(
            call=call,
            text=text,
            reasoning=reasoning,
            usage=usage,
            cost_usd=cost_usd,
            duration=max(0.0, end - start),
        )
        self.add(start, asked)
        self.add(end, answered)

    def start_cell(self, call: int, place: tuple[int, int], at: float, code: str) -> None:
        """A cell began; the calls that it makes follow, then `end_cell`."""
        self.add(at, ev.CellStarted(call=call, iteration=place[0], cell=place[1], code=code))

    def end_cell(
        self,
        call: int,
        place: tuple[int, int],
        start: float,
        end: float,
        *,
        stdout: str = "",
        stderr: str = "",
        error: str = "",
        variables: tuple[Variable, ...] = (),
    ) -> None:
        """A cell ended."""
        iteration, cell = place
        if stdout:
            self.add(end, ev.CellOutput(call=call, iteration=iteration, cell=cell, stream="stdout", text=stdout))
        if stderr:
            self.add(end, ev.CellOutput(call=call, iteration=iteration, cell=cell, stream="stderr", text=stderr))
        finished = ev.CellFinished(
            call=call,
            iteration=iteration,
            cell=cell,
            status="error" if error else "ok",
            error=error,
            duration=max(0.0, end - start),
            variables=variables,
        )
        self.add(end, finished)

    def end_call(self, call: int, at: float, end_state: EndState, *, result: str = "", error: str = "") -> None:
        """A call ended."""
        self.add(at, ev.CallFinished(call=call, end_state=end_state, result=result, error=error))

    def finish(
        self,
        *,
        question: str,
        root_model: str,
        sub_model: str = "",
        context_characters: int = 0,
        settings: dict[str, Any] | None = None,
    ) -> ImportedRun:
        """The run, its events in order of time and numbered."""
        began = datetime.now(UTC) if self.began is None else datetime.fromtimestamp(self.began, UTC)
        started = ev.RunStarted(
            run_id=self._run_id,
            session_id=self._session_id,
            question=question or NO_QUESTION,
            root_model=root_model or NO_MODEL,
            sub_model=sub_model or root_model or NO_MODEL,
            started_at=ev.as_utc(began),
            documents=tuple(self._documents),
            context_characters=context_characters,
            settings={"imported_from": self._origin, **(settings or {})},
            isolation="unknown: this run was made by another program",
        )
        notes = [(0.0, ev.Noted(text=text)) for text in self._notes]
        ordered = [(0.0, started), *notes, *sorted(self._events, key=lambda entry: entry[0])]
        events = [
            msgspec.structs.replace(event, seq=seq, at=at) for seq, (at, event) in enumerate(ordered, start=1)
        ]
        return ImportedRun(self._origin, self._run_id, events, self._texts)
