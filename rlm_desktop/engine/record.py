"""A run's record as the past of another: to resume a run that was cut off, or to fork one.

The new run does everything anew but asking: replies on record are served in their order, sub-calls on record by
what they were asked. Cells run again in fresh REPLs, so that the variables are real. From the end of the record on,
the run is live. Nothing that was finished is paid for twice.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState
from rlm_desktop.errors import UsageError

_Key = tuple[str, str]


@dataclass(slots=True)
class RecordedCall:
    """What is on record of one call.

    Attributes:
        replies: The model's complete replies, in order.
        result: What its caller got, when it completed.
        children: Kind and prompt -> the calls that it made with them, in order.
    """

    replies: deque[ev.ModelResponded] = field(default_factory=deque[ev.ModelResponded])
    result: str | None = None
    children: dict[_Key, deque[RecordedCall]] = field(default_factory=lambda: defaultdict(deque))

    def next_reply(self) -> ev.ModelResponded | None:
        """The next reply on record; each is served once."""
        return self.replies.popleft() if self.replies else None

    def take_child(self, kind: ev.CallKind, prompt: str) -> RecordedCall | None:
        """The next call on record that asked the same; each is served once."""
        found = self.children.get((kind, prompt))
        return found.popleft() if found else None


@dataclass(frozen=True, slots=True)
class Past:
    """What a new run takes over from another.

    Attributes:
        record: Of the root call.
        run_id: The other run.
        iteration: The first iteration that is done anew; None for a run that is resumed where it was cut.
        instruction: Said to the model before that iteration.
    """

    record: RecordedCall
    run_id: str
    iteration: int | None = None
    instruction: str = ""


def resume_from(events: Iterable[AnyEvent]) -> Past:
    """The past of a run that goes on where another was cut off.

    Raises:
        UsageError: The events are no run, or one that completed.
    """
    events = list(events)
    if any(isinstance(event, ev.RunFinished) and event.end_state is EndState.COMPLETED for event in events):
        raise UsageError("This run completed; there is nothing to resume. It can be forked at an iteration.")
    return Past(_record(events, None), _run_id(events))


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
    done = sum(isinstance(event, ev.IterationStarted) and event.call == ev.ROOT for event in events)
    if not 1 <= iteration <= done + 1:
        raise UsageError(f"The run has {done} iterations; it can be forked at 1 to {done + 1}, not at {iteration}.")
    record = _record(events, iteration)
    if code.strip():
        record.replies.append(ev.ModelResponded(call=ev.ROOT, text=f"```repl\n{code.strip()}\n```"))
    return Past(record, _run_id(events), iteration, instruction)


def _run_id(events: list[AnyEvent]) -> str:
    first = events[0] if events else None
    if not isinstance(first, ev.RunStarted):
        raise UsageError("These events are no run: it begins with RunStarted.")
    return first.run_id


def _record(events: list[AnyEvent], until: int | None) -> RecordedCall:
    """The record of the root call, up to its iteration `until` (not included)."""
    root = RecordedCall()
    calls: dict[int, RecordedCall] = {ev.ROOT: root}
    for event in events:
        if isinstance(event, ev.IterationStarted) and event.call == ev.ROOT and event.iteration == until:
            break
        if isinstance(event, ev.CallStarted) and event.parent in calls:
            call = calls[event.call] = RecordedCall()
            calls[event.parent].children[event.kind, event.prompt].append(call)
        elif isinstance(event, ev.ModelResponded) and event.call in calls:
            calls[event.call].replies.append(event)
        elif isinstance(event, ev.CallFinished) and event.call in calls and event.end_state is EndState.COMPLETED:
            calls[event.call].result = event.result
    return root
