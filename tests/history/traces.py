"""Makes traces: valid, of any size, without an engine."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState, Message, Usage
from rlm_desktop.engine.state import RunState


def stamped(events: Iterable[AnyEvent], step: float = 0.01) -> list[AnyEvent]:
    """The events with `seq` and `at`, as `Trace` gives them."""
    return [
        msgspec.structs.replace(event, seq=number, at=number * step) for number, event in enumerate(events, start=1)
    ]


def started(run_id: str = "run-1", session_id: str = "session-1", **fields: object) -> ev.RunStarted:
    values: dict[str, object] = {
        "run_id": run_id,
        "session_id": session_id,
        "question": "Which segments grew?",
        "root_model": "big",
        "sub_model": "small",
        "started_at": "2026-11-21T10:00:00.000+00:00",
        **fields,
    }
    return ev.RunStarted(**values)  # type: ignore[arg-type]


def asked(call: int, text: str, *, iteration: int = 0, messages: tuple[Message, ...] = ()) -> list[AnyEvent]:
    """A request and its streamed reply."""
    usage = Usage(input_tokens=len(text), output_tokens=len(text) // 4)
    pieces = [text[at : at + 5] for at in range(0, len(text), 5)]
    return [
        ev.ModelRequested(call=call, model="big", iteration=iteration, messages=messages),
        *(ev.TextDelta(call=call, text=piece) for piece in pieces),
        ev.ModelResponded(call=call, text=text, usage=usage, cost_usd=0.001, duration=0.1),
    ]


def run(
    run_id: str = "run-1",
    session_id: str = "session-1",
    *,
    iterations: int = 2,
    batch: int = 3,
    ends: bool = True,
    reply: str = "Let me look.\n```repl\nprint(llm_query_batch(parts))\n```",
    **fields: object,
) -> list[AnyEvent]:
    """A run with a root call, iterations of one cell each, and a batch of plain sub-calls in each."""
    events: list[AnyEvent] = [started(run_id, session_id, **fields)]
    events.append(
        ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="big", prompt="Which segments grew?")
    )
    number = 0
    for iteration in range(1, iterations + 1):
        events.append(ev.IterationStarted(call=0, iteration=iteration, of=iterations))
        events += asked(0, reply, iteration=iteration, messages=(Message("user", f"Iteration {iteration}"),))
        events.append(ev.CellStarted(call=0, iteration=iteration, cell=0, code="print(llm_query_batch(parts))"))
        if batch:
            events.append(
                ev.BatchStarted(
                    call=0, batch=iteration, function="llm_query_batch", size=batch, iteration=iteration, cell=0
                )
            )
        for index in range(batch):
            number += 1
            prompt = f"Summarise part {index} of iteration {iteration}"
            events.append(
                ev.CallStarted(
                    call=number, parent=0, kind="llm", depth=1, model="small", function="llm_query_batch",
                    iteration=iteration, cell=0, batch=iteration, index=index, prompt=prompt,
                )
            )  # fmt: skip
            events += asked(number, f"Part {index} says growth.", messages=(Message("user", prompt),))
            events.append(
                ev.CallFinished(call=number, end_state=EndState.COMPLETED, result=f"Part {index} says growth.")
            )
        if batch:
            events.append(ev.BatchFinished(call=0, batch=iteration))
        events.append(ev.CellOutput(call=0, iteration=iteration, cell=0, stream="stdout", text="['growth']\n"))
        events.append(ev.CellFinished(call=0, iteration=iteration, cell=0, status="ok", duration=0.2))
    events.append(ev.AnswerSet(call=0, answer="Europe grew.", source="FINAL"))
    events.append(
        ev.CallFinished(call=0, end_state=EndState.COMPLETED, result="Europe grew.", iterations=iterations)
    )
    events.append(ev.RunFinished(end_state=EndState.COMPLETED, answer="Europe grew."))
    return stamped(events if ends else events[:-3])


def folded(events: Iterable[AnyEvent]) -> RunState:
    state = RunState()
    for event in events:
        state.apply(event)
    return state
