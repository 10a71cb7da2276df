from __future__ import annotations

import time
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtTest import QSignalSpy

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.state import RunState
from rlm_desktop.ui.feed import RunFeed
from tests import traces
from tests.traces import Shape


def _summary(state: RunState) -> tuple[object, ...]:
    return state.status, state.seq, [node.status for node in state.nodes], state.totals.as_dict(), state.answer


async def test_a_live_run_is_folded_as_it_comes(wait_until: Callable[..., object]) -> None:
    feed = RunFeed()
    feed.start()
    changed = QSignalSpy(feed.changed)
    events = list(traces.events(Shape(calls=200)))
    for event in events:
        feed.take(event)
    assert feed.pending == len(events)
    await wait_until(lambda: feed.pending == 0)  # type: ignore[misc]
    assert _summary(feed.state) == _summary(traces.state(Shape(calls=200)))
    assert 1 <= changed.count() < len(events) / 10


async def test_durations_grow_while_nothing_happens(wait_until: Callable[..., object]) -> None:
    feed = RunFeed()
    feed.start()
    changed = QSignalSpy(feed.changed)
    for event in traces.events(Shape(calls=5, cut=5)):
        feed.take(event)
    await wait_until(lambda: changed.count() >= 3)  # type: ignore[misc]
    assert feed.now() > feed.state.now
    feed.load(traces.state())
    before = changed.count()
    assert feed.now() == feed.state.now
    assert not feed._timer.isActive()
    assert changed.count() == before


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 99), cut=st.integers(0, 300))
def test_drained_it_equals_the_fold(seed: int, cut: int) -> None:
    shape = Shape(calls=30, seed=seed, cut=cut)
    feed = RunFeed()
    feed.start()
    for event in traces.events(shape):
        feed.take(event)
    feed.drain()
    assert _summary(feed.state) == _summary(traces.state(shape))
    feed.load(RunState())


def test_another_run_forgets_what_was_waiting() -> None:
    feed = RunFeed()
    feed.start()
    feed.take(ev.Noted(text="late", seq=1))
    other = traces.state()
    feed.load(other)
    assert feed.state is other
    assert feed.pending == 0


def test_the_clock_of_a_live_run_never_goes_back() -> None:
    feed = RunFeed()
    feed.start()
    started = ev.RunStarted(
        run_id="r", session_id="s", question="?", root_model="m", sub_model="m", started_at="", seq=1, at=0.0
    )
    feed.take(started)
    feed.drain()
    first = feed.now()
    ahead = feed.state.now + (time.monotonic() - time.monotonic())
    assert first >= ahead
    feed.take(ev.Noted(text="x", seq=2, at=first))
    feed.drain()
    assert feed.now() >= first
    feed.load(RunState())
