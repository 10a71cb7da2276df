"""The replay's seek: to any moment of long runs, the state alone and in the window, and what it takes in memory."""

from __future__ import annotations

import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

import tests.traces as real
from rlm_desktop.history import History
from rlm_desktop.history.replay import Replay
from tests.benchmarks import Figure, without_collection

NAME = "replay_seek"
EVENTS = 100_000
SEEKS = 200
SHAPES = {
    "8 calls at once": real.Shape(calls=56_000, batch=600, chunks=5, concurrency=8, iterations=12),
    "100 calls at once": real.Shape(calls=9_700, batch=500, chunks=5, concurrency=100),
    "a batch of 20,000": real.Shape(calls=20_000, batch=20_000, depth=1, chunks=1, concurrency=1000),
}


def run() -> list[Figure]:
    """The figures."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in SHAPES.items():
            history = History(Path(folder) / f"{len(figures)}.sqlite")
            sink = history.sink()
            for event in list(real.events(shape))[:EVENTS]:
                sink(event)
            history.flush()
            history.search("anything", wait=600)  # what has not been indexed yet would be while seeks are timed
            figures += _of_state(name, history)
            history.close()
    return [*figures, *_of_window()]


def _of_state(name: str, history: History) -> list[Figure]:
    row = history.runs()[0]
    count, note = row.events, f"{row.events:,} events, {name}"
    before, started = megabytes(), time.process_time()
    replay = Replay.of_run(history, row.id)
    replay.prepare()
    made = time.process_time() - started
    figures = [
        Figure.plain(f"making the replay ({name})", made, "s CPU", f"{note}; in a thread, which gives way"),
        Figure.plain(f"memory of the replay ({name})", megabytes() - before, "MB", note),
    ]
    chosen = random.Random(1)
    with without_collection():
        places = [chosen.randint(0, count) for _ in range(SEEKS)]
        figures += figures_of(
            f"seek anywhere ({name})", note, [timed(lambda at=at: replay.seek(at)) for at in places]
        )
        step = max(1, count // SEEKS)
        backwards = range(count, 0, -step)
        figures += figures_of(
            f"backwards ({name})", note, [timed(lambda at=at: replay.seek(at)) for at in backwards]
        )
    return figures


def _of_window() -> list[Figure]:
    """What a drag of the scrubber costs: the state with what the tree and the bar do about it, and the painting.

    In the window these are two turns of the loop: one for the last place that was wanted, one for the frame.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.calls.call_tree import CallTreeView
    from rlm_desktop.ui.replay.bar import ReplayBar
    from rlm_desktop.ui.replay.player import ReplayPlayer

    app = QApplication.instance() or QApplication([])
    tree, bar = CallTreeView(), ReplayBar()
    tree.resize(1000, 700)
    bar.resize(1000, 80)
    for widget in (tree, bar):
        widget.show()
        QTest.qWaitForWindowExposed(widget)  # before that nothing is painted
    name, shape = "100 calls at once", SHAPES["100 calls at once"]
    player = ReplayPlayer(Replay(list(real.events(shape))[:EVENTS]))
    bar.set_player(player)
    tree.set_state(player.feed.state, player.feed.now)
    chosen = random.Random(2)

    def show() -> None:
        """As the window does: what has just been shown as another moment is not taken in once more."""
        if tree.state is player.feed.state:
            tree.refresh()
        else:
            tree.show_moment(player.feed.state, player.feed.now)

    def paint() -> None:
        tree.repaint()
        bar.repaint()

    player.feed.changed.connect(show)
    paint()  # as it is before one begins to drag: icons are drawn, letters are measured
    steps: list[tuple[float, float]] = []
    frames: list[tuple[float, float]] = []
    with without_collection():
        for _ in range(SEEKS // 3):
            place = chosen.uniform(0.0, player.duration)
            steps.append(timed(lambda place=place: player.seek_seconds(place)))
            frames.append(timed(paint))
    for widget in (tree, bar):
        widget.close()
    app.sendPostedEvents()
    return [
        *figures_of("a step of a drag", f"{name}, tree and bar", steps),
        *figures_of("its frame", f"{name}, tree and bar repainted, offscreen", frames),
    ]


def figures_of(name: str, note: str, taken: list[tuple[float, float]], goal: float | None = 16) -> list[Figure]:
    """Median, 95th percentile and worst by the clock, and the worst of CPU time, which noise disturbs less."""
    clock = sorted(one for one, _ in taken)
    found = {
        "95th percentile": clock[int(len(clock) * 0.95)],
        "worst": clock[-1],
        "worst, CPU time": max(cpu for _, cpu in taken),
    }
    figures = [Figure.plain(f"{name}, median", statistics.median(clock), "ms", note)]
    for label, value in found.items():
        holds = None if goal is None else value <= goal
        figures.append(Figure(f"{name}, {label}", value, "ms", goal, holds, note))
    return figures


def timed(do: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of the CPU."""
    clock, cpu = time.perf_counter(), time.process_time()
    do()
    return (time.perf_counter() - clock) * 1000, (time.process_time() - cpu) * 1000


def megabytes() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6
