"""The timeline's scale, and the times in which nothing ran."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.state import RunState
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.timescale import Gap, IdleTimes, TimeScale
from tests import traces
from tests.traces import Shape

moments = st.floats(0, 100, allow_nan=False)


@settings(max_examples=50)
@given(start=st.floats(0, 20), cuts=st.lists(moments, max_size=8), asked=st.lists(moments, min_size=2, max_size=20))
def test_later_is_never_left_of_earlier(start: float, cuts: list[float], asked: list[float]) -> None:
    cuts = sorted(cuts)
    gaps = [Gap(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if b > a]
    scale = TimeScale(start, 100.0, gaps)
    places = [scale.place(moment) for moment in sorted(asked)]
    assert places == sorted(places)
    assert all(0.0 <= place <= 1.0 + 1e-9 for place in places)
    assert scale.place(start) == 0.0
    assert math.isclose(scale.place(100.0), 1.0, abs_tol=1e-6)


def test_a_compressed_gap_leaves_its_room_to_the_rest() -> None:
    scale = TimeScale(0.0, 100.0, [Gap(10.0, 90.0)])
    assert scale.place(10.0) > 0.45
    assert scale.place(90.0) - scale.place(10.0) < 0.05


def _run(*, waits: float) -> RunState:
    """A request, a cell that waits for a decision before it runs, and a sub-call within it."""
    state = RunState()
    moment = 0.0
    run = ev.RunStarted(run_id="r", session_id="s", question="?", root_model="m", sub_model="m", started_at="")
    for event, seconds in (
        (run, 0.0),
        (ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"), 0.0),
        (ev.IterationStarted(call=0, iteration=1, of=3), 0.0),
        (ev.ModelRequested(call=0, model="m", iteration=1), 2.0),
        (ev.ModelResponded(call=0, text="x", duration=2.0), 0.0),
        (ev.CellProposed(call=0, iteration=1, cell=0, code="x"), waits),
        (ev.CellDecided(call=0, iteration=1, cell=0, action="run"), 0.0),
        (ev.CellStarted(call=0, iteration=1, cell=0, code="x"), 1.0),
        (ev.CallStarted(call=1, parent=0, kind="llm", depth=1, model="m", iteration=1), 0.0),
        (ev.ModelRequested(call=1, model="m"), 3.0),
        (ev.ModelResponded(call=1, text="x", duration=3.0), 0.0),
        (ev.CallFinished(call=1, end_state=ev.EndState.COMPLETED), 1.0),
        (ev.CellFinished(call=0, iteration=1, cell=0, status="ok"), 0.0),
        (ev.CallFinished(call=0, end_state=ev.EndState.COMPLETED), 0.0),
        (ev.RunFinished(end_state=ev.EndState.COMPLETED), 0.0),
    ):
        state.apply(type(event)(**{**_fields(event), "at": moment, "seq": state.seq + 1}))
        moment += seconds
    return state


def _fields(event: ev.Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


def test_a_wait_for_the_person_is_a_gap() -> None:
    idle = IdleTimes(_run(waits=60.0))
    assert idle.take(1.0)
    (gap,) = idle.gaps()
    assert math.isclose(gap.start, 2.0, abs_tol=0.1)
    assert math.isclose(gap.end, 62.0, abs_tol=0.1)


def test_little_waiting_is_not_worth_a_word() -> None:
    idle = IdleTimes(_run(waits=1.5))
    idle.take(1.0)
    assert not idle.gaps()


def test_a_run_that_works_all_the_time_has_no_gap() -> None:
    for seed in range(3):
        idle = IdleTimes(traces.state(Shape(calls=60, depth=3, seed=seed)))
        while not idle.take(0.0):
            pass
        assert not idle.gaps()


def test_an_iteration_of_many_cells_is_looked_at_in_one_slice_and_the_rest_later() -> None:
    state = RunState()
    state.apply(ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"))
    state.apply(ev.IterationStarted(call=0, iteration=1, of=3))
    for cell in range(600):
        at = float(cell)
        state.apply(ev.CellStarted(call=0, iteration=1, cell=cell, code="x", at=at))
        call = ev.CallStarted(
            call=cell + 1, parent=0, kind="llm", depth=1, model="m", iteration=1, cell=cell, at=at
        )
        state.apply(call)
        state.apply(ev.CallFinished(call=cell + 1, end_state=ev.EndState.COMPLETED, at=at + 0.5))
        state.apply(ev.CellFinished(call=0, iteration=1, cell=cell, status="ok", at=at + 0.5))
    state.apply(ev.RunFinished(end_state=ev.EndState.COMPLETED, at=1200.0))
    idle = IdleTimes(state)
    assert not idle.take(0.0)
    while not idle.take(0.0):
        pass
    assert [round(gap.end) for gap in idle.gaps()] == [1200]


def test_round_times_of_a_scale_are_short() -> None:
    moments = [0.0, 0.25, 0.5, 20.0, 119.9999999, 5400.0]
    assert [call_text.moment(moment) for moment in moments] == ["0 s", "0.25 s", "0.5 s", "20 s", "2:00", "1:30:00"]
