"""Opening stored runs: a large one shows its beginning first, and in the end exactly what the history holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

import tests.traces as real
from rlm_desktop.engine.events import RUN
from rlm_desktop.engine.state import RunState
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History
from rlm_desktop.ui.sessions.opening import FIRST_ROWS, Place, RunReader
from tests.history import traces
from tests.history.test_store import keep


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "history.sqlite")) as history:
        yield history


async def read(history: History, run_id: str) -> tuple[list[RunState], RunState]:
    """The beginnings that were shown, and the whole."""
    shown: list[RunState] = []

    async def do(work: Callable[[History], RunState]) -> RunState:
        return await asyncio.to_thread(work, history)

    return shown, await RunReader(run_id, shown.append).read(do)


async def test_a_large_run_shows_its_beginning_first(history: History) -> None:
    events = list(real.events(real.Shape(calls=1500, batch=100, chunks=1, words=4)))
    keep(history, events)
    shown, whole = await read(history, history.find_runs()[0])
    assert [FIRST_ROWS <= len(state.nodes) < len(whole.nodes) for state in shown] == [True]
    assert len(whole.nodes) == len(traces.folded(events).nodes)
    assert [node.index for node in shown[0].nodes] == [node.index for node in whole.nodes[: len(shown[0].nodes)]]
    assert shown[0].root is not whole.root


async def test_a_small_run_shows_whole(history: History) -> None:
    keep(history, traces.run())
    shown, whole = await read(history, "run-1")
    assert shown == []
    assert whole.status == "completed"


async def test_a_run_that_was_cut_off(history: History) -> None:
    keep(history, traces.run(ends=False))
    _, whole = await read(history, "run-1")
    assert whole.status == "interrupted"


async def test_a_run_that_is_not_there(history: History) -> None:
    with pytest.raises(HistoryError, match="no run"):
        await read(history, "nowhere")


def test_places() -> None:
    state = traces.folded(traces.run())
    root = state.calls[0]
    assert Place(0, 2, "code").row(state) is root.iterations[1]
    assert Place(0, 0, "answer").row(state) is root
    assert Place(0, 9, "code").row(state) is root
    assert Place(3, 0, "prompt").row(state) is state.calls[3]
    assert Place(RUN, 0, "answer").row(state) is root
    assert Place(99, 0, "prompt").row(state) is None
