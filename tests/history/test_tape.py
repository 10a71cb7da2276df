"""The tape: the rows of a run folded from it say what those of its events say, at any moment."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import tests.traces as real
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState, Message
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode
from rlm_desktop.history import History, records, tape
from rlm_desktop.history.replay import Replay
from rlm_desktop.history.tape import Tape
from rlm_desktop.history.watch import TransferCancelled, Watch
from tests.history import traces
from tests.history.dump import dump, dumped
from tests.history.test_store import keep

LONG = "word " * 2000
MIDDLE = "Which segments grew, and why? " * 10


def with_long_texts() -> list[AnyEvent]:
    """A run with texts of every length in every place where one may be long."""
    return traces.stamped(
        [
            traces.started(question=MIDDLE * 30),
            ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m", prompt=LONG),
            ev.IterationStarted(call=0, iteration=1, of=1),
            ev.ModelRequested(call=0, model="m", messages=(Message("system", LONG), Message("user", MIDDLE))),
            ev.TextDelta(call=0, text="to"),
            ev.ModelRetried(call=0, attempt=1, reason=LONG, delay=0.1),
            ev.TextDelta(call=0, text=LONG),
            ev.ModelResponded(call=0, text=LONG, reasoning=MIDDLE),
            ev.CellStarted(call=0, iteration=1, cell=0, code=LONG),
            ev.CellOutput(call=0, iteration=1, cell=0, stream="stdout", text="short\n"),
            ev.CellOutput(call=0, iteration=1, cell=0, stream="stdout", text=MIDDLE),
            ev.CellOutput(call=0, iteration=1, cell=0, stream="stdout", text=LONG),
            ev.CellOutput(call=0, iteration=1, cell=0, stream="stdout", text="end\n"),
            ev.CallStarted(call=1, parent=0, kind="llm", depth=1, model="m", prompt=MIDDLE),
            ev.ModelRequested(call=1, model="m", messages=(Message("user", MIDDLE),)),
            ev.ModelResponded(call=1, text=MIDDLE),
            ev.CallFinished(call=1, end_state=EndState.COMPLETED, result=MIDDLE),
            ev.CellFinished(call=0, iteration=1, cell=0, status="error", error="e", traceback=LONG),
            ev.AnswerSet(call=0, answer=LONG, source="FINAL", value=LONG),
            ev.CallFinished(call=0, end_state=EndState.COMPLETED, result=LONG),
            ev.RunFinished(end_state=EndState.COMPLETED, answer=LONG),
        ]
    )


def check_film(history: History, events: list[AnyEvent], seeks: int = 10) -> None:
    run_id = history.runs()[0].id
    replay = Replay.of_run(history, run_id)
    chosen = random.Random(1)
    # what is read comes in blocks: just before and just after one ends
    edges = [seq + by for seq in replay._events._firsts[1:2] for by in (1, 0)]  # type: ignore[attr-defined]
    moments = [*edges, *(chosen.randint(0, len(events)) for _ in range(seeks))]
    live = dumped(events, moments)
    for seq in moments:
        assert dump(replay.seek(seq)) == live[seq]


def test_long_texts_come_back_whole(history: History) -> None:
    events = with_long_texts()
    keep(history, events)
    check_film(history, events, 3 * len(events))


def test_a_large_run_as_it_is_settled(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several blocks, packed anew when the run has been indexed; nearly nothing stays at hand."""
    monkeypatch.setattr(tape, "CACHED", 1000)
    monkeypatch.setattr(tape, "IN_MEMORY", 1000)
    events = list(real.events(real.Shape(calls=60, depth=3)))
    keep(history, events)
    check_film(history, events, 4)
    history.search("anything", wait=30)
    check_film(history, events, 4)


def test_the_film_needs_the_history_no_more(history: History) -> None:
    """Every run of the history is deleted for good while one is being watched."""
    events = with_long_texts()
    keep(history, events)
    on_tape = history.tape()
    state = RunState()
    for some in history.onto_tape(history.runs()[0].id, on_tape):
        for event in some:
            state.apply(event)
    history.storage.delete_all()
    assert dump(state) == dump(traces.folded(events))


def test_the_reading_and_the_preparing_can_be_given_up(history: History) -> None:
    events = list(real.events(real.Shape(calls=60)))
    keep(history, events)
    run_id, watch = history.runs()[0].id, Watch()
    film = Replay.of_run(history, run_id, watch)
    assert watch.share == 1.0
    watch.cancel()
    with pytest.raises(TransferCancelled):
        Replay.of_run(history, run_id, watch)
    unprepared = Replay(events, is_prepared=False)
    with pytest.raises(TransferCancelled):
        unprepared.prepare(watch)
    assert not unprepared.is_prepared
    unprepared.prepare()
    assert dump(unprepared.seek(9)) == dump(film.seek(9))


def test_what_is_unknown_or_damaged_is_left_out() -> None:
    """A newer version's event within a block, and a text that is missing."""
    events = with_long_texts()
    lines = [records.pack(event).data for event in events]
    lines.insert(2, b'{"event":"FromTheFuture","seq":2}')
    taken = Tape()
    block = records.block(lines, 1, len(lines))
    assert len(taken.add(block.codec, block.data, lambda hashes: {})) == len(events) == len(taken)
    state = RunState()
    for event in taken:
        state.apply(event)
    root = state.calls[0]
    assert isinstance(root, CallNode)
    assert root.prompt == "(this text is missing from the history)"
    assert state.calls[1].prompt == MIDDLE
    with pytest.raises(ValueError, match="damaged"):
        taken.add(records.ZLIB, b"nonsense", lambda hashes: {})
    assert len(taken) == len(events)


def test_it_is_read_while_it_grows() -> None:
    events = with_long_texts()
    taken = Tape()
    taken.add_events(events[:3])
    taken.add_events(events[3:5])
    reader = iter(taken)
    read = [next(reader)]
    taken.add_events(events[5:])
    assert [event.seq for event in [*read, *reader]] == [event.seq for event in events[:5]]
    assert len([*taken]) == len(events)


def test_the_beginning_of_a_long_text_is_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list shows a line of it, on the window's own thread."""
    monkeypatch.setattr(records, "PART", 6000)
    prompts = ("short", MIDDLE, LONG)
    state, taken = RunState(), Tape()
    begun = [
        ev.CallStarted(call=number, parent=number - 1 if number else None, kind="rlm", depth=number, model="m",
                       prompt=prompt)
        for number, prompt in enumerate(prompts)
    ]  # fmt: skip
    for event in taken.add_events(traces.stamped([traces.started(), *begun])):
        state.apply(event)
    for count in (0, 3, 5000, 6001, 20_000):
        assert [call.prompt_beginning(count) for call in state.calls.values()] == [text[:count] for text in prompts]
    taken._texts._values.clear()
    assert state.calls[2].prompt_beginning(600) == LONG[:600]
    assert not taken._texts._values


def test_a_full_disk_leaves_the_tape_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape, "IN_MEMORY", 1)
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no full disk to write to")
    monkeypatch.setattr(tape.tempfile, "TemporaryFile", lambda **options: full.open("r+b", buffering=0))
    events = with_long_texts()
    taken = Tape(tmp_path)
    for event in events:
        taken.add_events([event])
    state = RunState()
    for event in taken[:]:
        state.apply(event)
    assert dump(state) == dump(traces.folded(events))
