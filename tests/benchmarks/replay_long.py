"""A run of a million events: opened, replayed, scrubbed; what it takes in memory, and how long a seek takes.

`REPLAY_EVENTS=100000` measures a shorter one.
"""

from __future__ import annotations

import gc
import os
import random
import tempfile
from pathlib import Path

import tests.traces as real
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState
from rlm_desktop.history import History
from rlm_desktop.history.replay import Replay
from tests.benchmarks import Figure, without_collection
from tests.benchmarks.replay_seek import figures_of, megabytes, timed

NAME = "replay_long"
EVENTS = int(os.environ.get("REPLAY_EVENTS", "1000000"))
SEEKS = 200
STEPS = 500
_AT_ONCE = 5_000


def run() -> list[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "history.sqlite")
        run_id = _fill(history)
        count = history.run(run_id).events
        note = f"{count:,} events, {history.run(run_id).calls:,} calls, 8 at once"
        figures = [*_opened(history, run_id, note), *_replayed(history, run_id, note)]
        history.close()
    return figures


def _fill(history: History) -> str:
    sink = history.sink()
    shape = real.Shape(calls=EVENTS * 109 // 1000, batch=600, chunks=5, concurrency=8, iterations=12)
    event: AnyEvent
    for number, event in enumerate(real.events(shape)):
        sink(event)
        if number % _AT_ONCE == 0:
            history.flush()
    history.flush()
    return history.runs()[0].id


def _opened(history: History, run_id: str, note: str) -> list[Figure]:
    before = megabytes()
    state = RunState()
    for events in history.onto_tape(run_id, history.tape()):
        for event in events:
            state.apply(event)
    events = []
    return [Figure.at_most("memory of the run, opened", megabytes() - before, "MB", 300, note)]


def _replayed(history: History, run_id: str, note: str) -> list[Figure]:
    gc.collect()
    before = megabytes()
    replay = Replay.of_run(history, run_id)
    replay.prepare()
    ready = megabytes() - before
    chosen = random.Random(1)
    with without_collection():
        places = [chosen.randint(0, replay.last_seq) for _ in range(SEEKS)]
        seeks = [timed(lambda at=at: replay.seek(at)) for at in places]
        middle = replay.last_seq // 2
        scrub = [timed(lambda at=at: replay.seek(at)) for at in range(middle, middle - 40 * STEPS, -40)]
    return [
        Figure.plain("memory of the replay, ready", ready, "MB", note),
        Figure.at_most("memory of the replay, after seeks and scrubbing", megabytes() - before, "MB", 600, note),
        *figures_of("seek anywhere", note, seeks),
        *figures_of("scrub backwards", note, scrub),
    ]
