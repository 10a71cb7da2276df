"""A run's record as the past of another: to resume a run that was cut off, or to fork one.

The new run does everything anew but asking: replies on record are served in their order, sub-calls on record by
what they were asked. Cells run again in fresh REPLs, so that the variables are real. From the end of the record on,
the run is live. No request that was finished is paid for twice; what failed is asked again. Functions of the
application are not called again where the trace holds their result.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.control import CellDecision
from rlm_desktop.engine.events import AnyEvent, EndState, Spent
from rlm_desktop.engine.spending import spent_in
from rlm_desktop.errors import UsageError

_CLOSED_BY_REPLY = frozenset(
    {
        EndState.BUDGET_EXCEEDED,
        EndState.TOKEN_LIMIT_EXCEEDED,
        EndState.CALL_LIMIT_EXCEEDED,
        EndState.ERROR_THRESHOLD_EXCEEDED,
        EndState.OUT_OF_ITERATIONS,
    }
)
"""End states of a call that was asked once more for its best answer."""


@dataclass(slots=True)
class RecordedCall:
    """What is on record of one call.

    Attributes:
        replies: The model's complete replies, in order.
        closing: Its reply to the request for its best answer, after a limit.
        decisions: (iteration, cell) -> what the person decided in step mode.
        result: What its caller got, when it completed.
        children: Prompt -> the calls that it made with it, in order.
        results: (iteration, cell, what was asked) -> what functions of the application gave, as JSON, in order.
    """

    kind: ev.CallKind
    model: str
    replies: deque[ev.ModelResponded] = field(default_factory=deque[ev.ModelResponded])
    closing: ev.ModelResponded | None = None
    decisions: dict[tuple[int, int], CellDecision] = field(default_factory=dict[tuple[int, int], CellDecision])
    result: str | None = None
    children: dict[str, deque[RecordedCall]] = field(default_factory=lambda: defaultdict(deque))
    results: dict[tuple[int, int, str], deque[str]] = field(default_factory=lambda: defaultdict(deque))

    def next_reply(self, *, is_last_chance: bool = False) -> ev.ModelResponded | None:
        """The next reply on record; each is served once."""
        if not is_last_chance:
            return self.replies.popleft() if self.replies else None
        closing, self.closing = self.closing, None
        return closing

    def take_child(self, kind: ev.CallKind, prompt: str, model: str) -> RecordedCall | None:
        """The next call on record that was given the same; each is served once.

        One that was made in the same way comes first. One made in another way (a fork may have other models or
        another depth) serves as well, if it came to a result.
        """
        found = self.children.get(prompt)
        if not found:
            return None
        same = (call for call in found if call.kind == kind and call.model == model)
        call = next(same, None) or next(
            (call for call in found if call.kind == kind or call.result is not None), None
        )
        if call is not None:
            _remove(found, call)
        return call

    def next_result(self, iteration: int, cell: int, asked: str) -> str:
        """The next result on record of a function that this cell called; each is served once. Empty for none."""
        found = self.results.get((iteration, cell, asked))
        return found.popleft() if found else ""

    def plain_results(self) -> Iterator[tuple[str, str, str]]:
        """Model, prompt and result of every plain call that was made below this one."""
        waiting: list[RecordedCall] = [self]
        while waiting:
            for prompt, calls in waiting.pop().children.items():
                waiting += calls
                for call in calls:
                    if call.kind == "llm" and call.result is not None:
                        yield call.model, prompt, call.result


def _remove(calls: deque[RecordedCall], call: RecordedCall) -> None:
    """Take this very call out; comparing by value would look through the whole record."""
    at = next(place for place, other in enumerate(calls) if other is call)
    del calls[at]


@dataclass(frozen=True, slots=True)
class Past:
    """What a new run takes over from another.

    Attributes:
        record: Of the root call.
        run_id: The other run.
        iteration: The first iteration that is done anew; None for a run that is resumed where it was cut.
        instruction: Said to the model before that iteration.
        chance: What the random numbers of its cells were drawn from; empty for a run of an earlier version.
        spent: What a resumed run has used already: its limits hold over both parts. None for a fork, which has
            limits of its own.
    """

    record: RecordedCall
    run_id: str
    iteration: int | None = None
    instruction: str = ""
    chance: str = ""
    spent: Spent | None = None


def resume_from(events: Iterable[AnyEvent]) -> Past:
    """The past of a run that goes on where another was cut off.

    Raises:
        UsageError: The events are no run, or one that completed.
    """
    events = list(events)
    started = _started(events)
    if any(isinstance(event, ev.RunFinished) and event.end_state is EndState.COMPLETED for event in events):
        raise UsageError("This run completed; there is nothing to resume. It can be forked at an iteration.")
    return Past(_record(events, None), started.run_id, chance=started.chance, spent=spent_in(events))


def fork_at(events: Iterable[AnyEvent], iteration: int, *, code: str = "", instruction: str = "") -> Past:
    """The past of a run that shares another's iterations before `iteration`.

    Args:
        events: Of the other run.
        iteration: Of its root call, from 1: the first that is done anew.
        code: The cell to run in that iteration, in place of asking the model for one.
        instruction: What to tell the model before that iteration.

    Raises:
        UsageError: The run has no such iteration.
    """
    events = list(events)
    started = _started(events)
    done = sum(isinstance(event, ev.IterationStarted) and event.call == ev.ROOT for event in events)
    if not 1 <= iteration <= done + 1:
        raise UsageError(f"The run has {done} iterations; it can be forked at 1 to {done + 1}, not at {iteration}.")
    record = _record(events, iteration)
    if code.strip():
        record.replies.append(ev.ModelResponded(call=ev.ROOT, text=f"```repl\n{code.strip()}\n```"))
    return Past(record, started.run_id, iteration, instruction, started.chance)


def _started(events: list[AnyEvent]) -> ev.RunStarted:
    first = events[0] if events else None
    if not isinstance(first, ev.RunStarted):
        raise UsageError("These events are no run: it begins with RunStarted.")
    return first


def _record(events: list[AnyEvent], until: int | None) -> RecordedCall:
    """The record of the root call, up to its iteration `until` (not included)."""
    calls: dict[int, RecordedCall] = {ev.ROOT: RecordedCall("rlm", "")}
    # Calls that are only asked for their best answer any more, and those whose last reply has made no cell run.
    closing: set[int] = set()
    answered: set[int] = set()
    for event in events:
        if isinstance(event, ev.IterationStarted) and event.call == ev.ROOT and event.iteration == until:
            break
        if isinstance(event, ev.LimitReached):
            closing.add(ev.ROOT)
        elif isinstance(event, ev.IterationStarted) and event.iteration > event.of:
            closing.add(event.call)
        elif isinstance(event, ev.CallStarted) and event.parent in calls:
            call = calls[event.call] = RecordedCall(event.kind, event.model)
            calls[event.parent].children[event.prompt].append(call)
        elif isinstance(event, ev.CellDecided) and event.call in calls and event.action != "answer":
            decision = CellDecision(event.action, event.code)
            calls[event.call].decisions[event.iteration, event.cell] = decision
        elif isinstance(event, ev.CellStarted):
            answered.discard(event.call)
        elif isinstance(event, ev.ToolCalled) and event.call in calls and event.asked and event.kept:
            calls[event.call].results[event.iteration, event.cell, event.asked].append(event.kept)
        elif isinstance(event, ev.ModelResponded) and event.call in calls:
            call = calls[event.call]
            answered.add(event.call)
            if event.call in closing:
                call.closing = event
            else:
                call.replies.append(event)
            if call.kind == "llm" and event.text.strip():
                call.result = event.text  # its end may have been cut off, yet it is paid for
        elif isinstance(event, ev.CallFinished) and event.call in calls:
            _finish(calls[event.call], event, has_answered=event.call in answered)
    return calls[ev.ROOT]


def _finish(call: RecordedCall, event: ev.CallFinished, *, has_answered: bool) -> None:
    if event.end_state is EndState.COMPLETED:
        call.result = event.result
    elif call.kind == "rlm" and event.end_state in _CLOSED_BY_REPLY and has_answered and call.closing is None:
        # With other limits the call may go on here, and must not take its closing words for the next reply.
        call.closing = call.replies.pop() if call.replies else None
