"""Writing the history: the cost on the loop, events a second, bytes an event, what a kill loses."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

import tests.traces as real
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.history import History
from tests.benchmarks import Figure
from tests.history.killed_writer import Kill

NAME = "history_write"
REPEATS = 5
KILLS = 100
PROJECT = Path(__file__).resolve().parents[2]


def run() -> list[Figure]:
    """The figures."""
    events = list(real.events(real.Shape(calls=2000, batch=100, chunks=20)))
    with tempfile.TemporaryDirectory() as folder:
        return [*_writing(events, Path(folder)), *_kills(Path(folder))]


def _writing(events: list[AnyEvent], folder: Path) -> list[Figure]:
    history = History(folder / "history.sqlite")
    history.open()
    costs, rates = [], []
    for number in range(REPEATS):
        copied = [msgspec.structs.replace(events[0], run_id=f"run-{number}"), *events[1:]]
        sink = history.sink()
        start = time.perf_counter()
        for event in copied:
            sink(event)
        given = time.perf_counter()
        history.flush()
        costs.append((given - start) / len(events) * 1e6)
        rates.append(len(events) / (time.perf_counter() - start))
    start = time.perf_counter()
    history.search("anything", wait=600)
    settled = time.perf_counter() - start
    history.close()
    size = (folder / "history.sqlite").stat().st_size / REPEATS / len(events)
    note = f"median of {REPEATS} runs of {len(events):,} events, replies in 20 pieces"
    rate = statistics.median(rates)
    return [
        Figure.at_most("cost of an event on the loop", statistics.median(costs), "us", 10, note),
        Figure("events written a second", rate, "1/s", 20_000, rate >= 20_000, note + "; goal: at least"),
        Figure.plain("size of an event on the disk, index of the search included", size, "bytes", note),
        Figure.plain("indexing and packing, seconds a run", settled / REPEATS, "s", "in the background"),
    ]


def _kills(folder: Path) -> list[Figure]:
    path = folder / "killed.sqlite"
    program = [sys.executable, "-m", "tests.history.killed_writer", str(path), str(KILLS), "3", "600"]
    done = subprocess.run(program, cwd=PROJECT, capture_output=True, text=True, check=True)
    history = History(path)
    kept = {row.id: row.events for row in history.runs(limit=KILLS)}
    kills = msgspec.json.Decoder(Kill).decode_lines(done.stdout)
    lost = sorted(kill.lost(kept.get(kill.run_id, 0)) * 1000 for kill in kills)
    history.close()
    note = f"{KILLS} SIGKILLs at random moments while about a thousand events a second come"
    return [
        Figure.plain("lost by SIGKILL, median", statistics.median(lost), "ms", note),
        Figure.plain("lost by SIGKILL, p95", lost[len(lost) * 95 // 100], "ms", note),
        Figure.at_most("lost by SIGKILL, worst", lost[-1], "ms", 250, note),
    ]
