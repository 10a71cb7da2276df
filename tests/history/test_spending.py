from __future__ import annotations

import pytest

from rlm_desktop.engine import events as ev
from rlm_desktop.history import History
from rlm_desktop.history.spending import Spending
from tests.history import traces


def keep(history: History, events: list[ev.AnyEvent], origin: str = "") -> None:
    sink = history.sink(origin)
    for event in events:
        sink(event)
    assert history.flush()


def test_what_runs_cost_since_a_moment(history: History) -> None:
    events = traces.run()
    keep(history, events)
    started = next(event for event in events if isinstance(event, ev.RunStarted)).started_at
    found = history.spending(started)
    assert found.runs == 1
    assert found.usd == pytest.approx(history.run("run-1").cost_usd or 0.0)
    assert found.unknown_cost == history.run("run-1").unknown_cost
    assert history.spending("9999") == Spending(0, 0.0, 0)
    history.delete_run("run-1")
    assert history.spending(started).runs == 1


def test_imported_runs_cost_nothing_here(history: History) -> None:
    keep(history, traces.run(), origin="rlms")
    assert history.spending("") == Spending(0, 0.0, 0)
