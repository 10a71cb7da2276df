"""The replay: at any moment exactly the state of the live run, whatever the trace and the order of seeks."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.traces as real
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState, Message, Usage
from rlm_desktop.history import imports
from rlm_desktop.history.replay import LONGEST_WAIT, Replay
from tests.conftest import SHARED_DATA
from tests.history import traces
from tests.history.dump import dump, dumped

CALLS = st.integers(-1, 4)
MESSAGES = st.tuples(st.builds(Message, st.just("user"), st.sampled_from("ab")))
STREAMS = st.sampled_from(["stdout", "stderr"])
DELAY = st.just(0.1)
SMALL = st.integers(0, 3)
TEXT = st.sampled_from(["", "a", "bc\n", "long enough to be shared by those that it grows into " * 2])
STATES = st.sampled_from(list(EndState))
USAGE = st.none() | st.builds(Usage, input_tokens=st.none() | SMALL, output_tokens=st.none() | SMALL)
COST = st.none() | st.sampled_from([0.25, 0.5])
EVENTS = st.one_of(
    st.builds(
        ev.CallStarted,
        call=st.integers(0, 4),
        parent=st.none() | SMALL,
        kind=st.sampled_from(["rlm", "llm"]),
        depth=SMALL,
        model=TEXT,
        batch=st.none() | SMALL,
    ),
    st.builds(ev.BatchStarted, call=CALLS, batch=SMALL, function=TEXT, size=SMALL, iteration=SMALL, cell=SMALL),
    st.builds(ev.BatchFinished, call=CALLS, batch=SMALL, failed=SMALL),
    st.builds(ev.IterationStarted, call=CALLS, iteration=SMALL, of=SMALL),
    st.builds(
        ev.ModelRequested, call=CALLS, model=TEXT, kept=SMALL, messages=MESSAGES
    ),
    st.builds(ev.TextDelta, call=CALLS, text=TEXT),
    st.builds(ev.ReasoningDelta, call=CALLS, text=TEXT),
    st.builds(ev.ModelRetried, call=CALLS, attempt=SMALL, reason=TEXT, delay=DELAY, usage=USAGE, cost_usd=COST),
    st.builds(ev.ModelResponded, call=CALLS, text=TEXT, reasoning=TEXT, usage=USAGE, cost_usd=COST),
    st.builds(ev.ModelFailed, call=CALLS, error=TEXT),
    st.builds(ev.CellStarted, call=CALLS, iteration=SMALL, cell=SMALL, code=TEXT),
    st.builds(
        ev.CellOutput, call=CALLS, iteration=SMALL, cell=SMALL, stream=STREAMS, text=TEXT
    ),
    st.builds(ev.CellFinished, call=CALLS, iteration=SMALL, cell=SMALL, status=st.sampled_from(["ok", "error"])),
    st.builds(ev.CellProposed, call=CALLS, iteration=SMALL, cell=SMALL, code=TEXT),
    st.builds(ev.CellDecided, call=CALLS, iteration=SMALL, cell=SMALL, action=st.just("run")),
    st.builds(
        ev.ToolCalled, call=CALLS, iteration=SMALL, cell=SMALL, line=SMALL, name=TEXT, arguments=TEXT, usage=USAGE
    ),
    st.builds(ev.RunPaused),
    st.builds(ev.RunContinued),
    st.builds(ev.AnswerRejected, call=CALLS, reason=TEXT),
    st.builds(ev.AnswerSet, call=CALLS, answer=TEXT, source=TEXT),
    st.builds(ev.ReplRestarted, call=CALLS, reason=TEXT),
    st.builds(ev.SecretsRedacted, call=CALLS, where=TEXT, replaced=st.dictionaries(TEXT, SMALL, max_size=2)),
    st.builds(ev.Noted, call=CALLS, text=TEXT),
    st.builds(ev.LimitReached, end_state=STATES, detail=TEXT),
    st.builds(ev.CancelRequested, call=CALLS, by=st.just("user")),
    st.builds(ev.CallFinished, call=CALLS, end_state=STATES, result=TEXT),
    st.builds(ev.RunFinished, end_state=STATES, answer=st.none() | TEXT),
)  # fmt: skip
RUNS = SHARED_DATA / "runs"
ROOT = [traces.started(), ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m")]


def check(events: list[AnyEvent], seeks: list[int], work: int, prepared_after: int = 0) -> None:
    replay, live = Replay(events, work=work, is_prepared=prepared_after == 0), dumped(events, seeks)
    for number, seq in enumerate(seeks):
        if number == prepared_after:
            replay.prepare()
        assert dump(replay.seek(seq)) == live[seq]


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=40), st.data())
def test_any_trace_in_any_order_of_seeks(events: list[AnyEvent], data: st.DataObject) -> None:
    trace = traces.stamped([*ROOT, *events])
    seeks = data.draw(st.lists(st.integers(0, len(trace)), max_size=12))
    check(trace, seeks, data.draw(st.integers(1, 9)), data.draw(st.integers(0, 4)))


@pytest.mark.parametrize("seed", [1, 2])
def test_real_traces(seed: int) -> None:
    events = list(real.events(real.Shape(calls=60, depth=3, seed=seed)))
    chosen = random.Random(seed)
    check(events, [chosen.randint(0, len(events)) for _ in range(60)], 20)


def test_runs_of_other_engines() -> None:
    """Every shared recorded run, as it is imported, at any moment."""
    if not RUNS.is_dir():
        pytest.skip("the shared recorded runs are not here")
    chosen = random.Random(1)
    for path in sorted(path for path in RUNS.rglob("*") if path.is_file() and path.suffix in (".json", ".jsonl")):
        for run in imports.read(path).runs:
            events = list(run.events)
            check(events, [chosen.randint(0, len(events)) for _ in range(5)], 30)


def test_a_wide_batch_forward_and_backward() -> None:
    """Very many rows that wait, which the keyframes give out by slices, and each of which changes often."""
    events = list(real.events(real.Shape(calls=200, depth=1, batch=150, concurrency=40, chunks=2)))
    step = len(events) // 15
    there_and_back = [*range(0, len(events), step), *range(len(events), 0, -step)]
    check(events, [seq + by for seq in there_and_back for by in (0, 3)], 60)


def test_going_on_after_a_seek_leaves_the_keyframe_as_it_was() -> None:
    events = list(real.events(real.Shape(calls=60)))
    check(events, [*range(200, 260), 10] * 2, 25)


def test_going_on_keeps_the_rows() -> None:
    events = list(real.events(real.Shape(calls=60)))
    replay = Replay(events, work=50)
    before = list(replay.seek(300).nodes)
    assert replay.seek(340).nodes[: len(before)] == before


def test_markers_and_movement() -> None:
    events = traces.run(iterations=3)
    replay = Replay(events)
    iterations = [marker.seq for marker in replay.markers if marker.kind == "iteration"]
    assert len(iterations) == 3
    assert replay.next_marker(0, "iteration") == iterations[0]
    assert replay.next_marker(iterations[0], "iteration") == iterations[1]
    assert replay.previous_marker(iterations[1], "iteration") == iterations[0]
    assert replay.next_marker(0, "answer") == len(events) - 2
    assert replay.next_marker(0, "error") == replay.last_seq
    assert replay.previous_marker(1) == 0
    assert (replay.next_event(0), replay.next_event(replay.last_seq)) == (1, replay.last_seq)
    assert (replay.previous_event(1), replay.previous_event(5)) == (0, 4)


def test_waiting_is_skipped() -> None:
    times = [0.0, 0.1, 60.0, 60.2, 500.0]
    events = [msgspec.structs.replace(event, at=at) for event, at in zip(traces.run()[:5], times, strict=True)]
    replay = Replay(events)
    assert replay.duration(skip_waiting=False) == 500
    assert replay.duration(skip_waiting=True) == pytest.approx(0.3 + 2 * LONGEST_WAIT)
    assert replay.seq_at(59, skip_waiting=False) == 2
    for seq in range(1, 6):
        for skip in (False, True):
            assert replay.seq_at(replay.time_of(seq, skip_waiting=skip), skip_waiting=skip) == seq


def test_no_events() -> None:
    replay = Replay([])
    assert replay.seek(5).status == "queued"
    assert (replay.last_seq, replay.duration(skip_waiting=True), replay.markers) == (0, 0.0, [])


def test_what_grows_over_many_keyframes_is_kept_once() -> None:
    """A reply in many pieces, a cell that prints and calls functions very often: each moment has its part."""
    grown: list[AnyEvent] = [
        ev.IterationStarted(call=0, iteration=1, of=1),
        ev.ModelRequested(call=0, model="m", messages=(Message("user", "a"),)),
        *(ev.TextDelta(call=0, text=f"piece {number} of a reply; ") for number in range(120)),
        ev.ModelResponded(call=0, text="all"),
        ev.CellStarted(call=0, iteration=1, cell=0, code="c"),
    ]
    for number in range(120):
        grown.append(
            ev.CellOutput(call=0, iteration=1, cell=0, stream="stdout", text=f"line {number} of the output\n")
        )
        grown.append(
            ev.ToolCalled(call=0, iteration=1, cell=0, line=1, name="look", arguments=str(number), duration=0.1)
        )
    events = traces.stamped([*ROOT, *grown])
    chosen = random.Random(1)
    check(events, [chosen.randint(0, len(events)) for _ in range(15)], 5)
