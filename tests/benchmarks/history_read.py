"""Reading the history: the list, opening a large run. The replay's seek is in `replay_seek`."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import tests.traces as real
from rlm_desktop.engine.state import RunState
from rlm_desktop.history import History
from tests.benchmarks import Figure
from tests.history import traces

NAME = "history_read"
RUNS = 10_000
CALLS = 50_000


def run() -> list[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_lists(Path(folder)), *_opening(Path(folder))]


def _milliseconds(action: Callable[[], object], repeats: int = 7) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def _lists(folder: Path) -> list[Figure]:
    history = History(folder / "list.sqlite")
    for number in range(RUNS):
        sink = history.sink()
        for event in traces.run(f"run-{number}", f"session-{number // 3}", iterations=1, batch=0, reply="ok"):
            sink(event)
    history.flush()
    page = _milliseconds(lambda: history.sessions(200))
    everything = _milliseconds(lambda: history.runs(limit=RUNS), 3)
    history.close()
    note = f"{RUNS:,} runs in {RUNS // 3:,} sessions"
    return [
        Figure.at_most("first 200 sessions with their runs", page, "ms", 50, note),
        Figure.plain("all runs in one list", everything, "ms", note),
    ]


def _opening(folder: Path) -> list[Figure]:
    events = list(real.events(real.Shape(calls=CALLS, batch=2000, chunks=1, words=20)))
    history = History(folder / "open.sqlite")
    sink = history.sink()
    for event in events:
        sink(event)
    history.flush()
    history.search("anything", wait=600)
    run_id = history.runs()[0].id

    def first_rows() -> None:
        state = RunState()
        for block in history.event_blocks(run_id):
            for event in block:
                state.apply(event)
            if len(state.nodes) > 200:
                return

    first = _milliseconds(first_rows)
    whole = _milliseconds(lambda: history.state(run_id), 3)
    history.close()
    note = f"{CALLS:,} calls, {len(events):,} events"
    return [
        Figure.at_most("a large run: until the first 200 rows are folded", first, "ms", 300, note),
        Figure.plain("a large run: until all rows are folded", whole, "ms", note + "; in a thread, block by block"),
    ]
