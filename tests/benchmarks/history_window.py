"""The window with a large history: its lists of 10,000 runs, and opening a run of 50,000 calls."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing

import tests.traces as real
from rlm_desktop import paths
from rlm_desktop.engine.events import RunStarted
from rlm_desktop.history import History
from tests.benchmarks import Figure
from tests.history import traces

NAME = "history_window"
RUNS = 10_000
CALLS = 50_000
REPEATS = 5


def run() -> list[Figure]:
    """The figures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.loop import UiEventLoop

    large = _fill()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    loop = UiEventLoop(app)
    with closing(loop):
        return loop.run_until_complete(_measure(app, large))


def _fill() -> tuple[str, str]:
    """A history; returns session and id of its large run."""
    large = list(real.events(real.Shape(calls=CALLS, batch=2000, chunks=1, words=20)))
    with closing(History(paths.history_file())) as history:
        sink = history.sink()
        for event in large:
            sink(event)
        for number in range(RUNS - 1):
            sink = history.sink()
            for event in traces.run(f"small-{number}", f"small-{number // 3}", iterations=1, batch=0, reply="ok"):
                sink(event)
        history.flush()
        history.search("anything", wait=900)
    started = large[0]
    assert isinstance(started, RunStarted)
    return started.session_id, started.run_id


async def _measure(app: object, large: tuple[str, str]) -> list[Figure]:
    from rlm_desktop.settings import Settings
    from rlm_desktop.ui.application import Application
    from rlm_desktop.ui.first_window import FirstWindow

    settings = Settings(theme="light")
    first = FirstWindow(app, settings)  # pyright: ignore[reportArgumentType]
    first.window.show()
    application = Application(first, settings)
    try:
        await application.make_usable()
        await application.warm_up()
        return [
            *await _lists(application),
            *await _all_at_once(application),
            *await _typing(application),
            *await _opening(application, *large),
        ]
    finally:
        await application.aclose(30.0)


async def _until(condition: Callable[[], bool]) -> None:
    """What is measured has no event of its own."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


async def _spent(work: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await work()
    return (time.perf_counter() - start) * 1000


async def _lists(application: object) -> list[Figure]:
    window, sessions = application.window, application.workbench.sessions  # type: ignore[attr-defined]

    async def list_sessions() -> None:
        await sessions.refresh()
        window.history.view.viewport().repaint()

    async def show_table() -> None:
        window.actions_by_name["history"].trigger()
        page = window.page
        page.show_fault("")
        page.ask_now()
        await _until(lambda: page.view is page.table)
        page.table.viewport().repaint()
        window.actions_by_name["history"].trigger()

    note = f"{RUNS:,} runs in {RUNS // 3:,} sessions; median of {REPEATS}, painting included"
    figures = []
    for name, work in {"list of sessions": list_sessions, "table of all runs": show_table}.items():
        taken = [await _spent(work) for _ in range(REPEATS)]
        figures.append(Figure.at_most(f"{name}: read and painted", statistics.median(taken), "ms", 300, note))
    return figures


@contextlib.asynccontextmanager
async def _held() -> AsyncIterator[list[float]]:
    """Gathers the milliseconds that the window did not answer."""
    gaps: list[float] = []

    async def watch() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.002)
            gaps.append((time.perf_counter() - start - 0.002) * 1000)

    watching = asyncio.ensure_future(watch())
    await asyncio.sleep(0.01)
    yield gaps
    await asyncio.sleep(0.2)  # painting, and what comes of it
    watching.cancel()


async def _all_at_once(application: object) -> list[Figure]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    window = application.window  # type: ignore[attr-defined]
    window.actions_by_name["history"].trigger()
    page = window.page
    await _until(lambda: len(page.runs.ids) == RUNS)
    async with _held() as deleting:
        QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        await asyncio.sleep(0.05)
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
        await _until(lambda: not page.runs.ids)
    async with _held() as undoing:
        window.actions_by_name["undo_removal"].trigger()
        await _until(lambda: len(page.runs.ids) == RUNS)
    window.actions_by_name["history"].trigger()
    note = f"{RUNS:,} runs, all selected"
    return [
        Figure.at_most("all runs deleted: longest that the window did not answer", max(deleting), "ms", 50, note),
        Figure.at_most("… and brought back", max(undoing), "ms", 50, note),
    ]


async def _typing(application: object) -> list[Figure]:
    from PySide6.QtTest import QTest

    window, sessions = application.window, application.workbench.sessions  # type: ignore[attr-defined]
    panel = window.history
    count = -1
    while count < len(panel.sessions):
        count = len(panel.sessions)
        panel.more_wanted.emit()
        await asyncio.sleep(0.3)
    async with _held() as typing:
        for letter in "segments":
            QTest.keyClicks(panel.filter, letter)
            await asyncio.sleep(0.05)
    panel.filter.clear()
    await sessions.refresh()
    name = "filter of sessions: longest that the window did not answer"
    return [Figure.at_most(name, max(typing), "ms", 50, f"{count:,} sessions listed")]


async def _opening(application: object, session_id: str, run_id: str) -> list[Figure]:
    bench, window = application.workbench, application.window  # type: ignore[attr-defined]
    async with _held() as gaps:
        start = time.perf_counter()
        bench.open_run(session_id, run_id)
        await _until(lambda: bench.run_id == run_id and bench.state is not None and len(bench.state.nodes) > 0)
        window.work.tree.table.settle()
        window.work.tree.table.viewport().repaint()
        first = (time.perf_counter() - start) * 1000
        await _until(lambda: bench.state is not None and not bench.state.is_running)
        whole = (time.perf_counter() - start) * 1000
    note = f"{len(bench.state.calls):,} calls, cold"
    worst = sorted(gaps)
    return [
        Figure.at_most("a large run: from the click to the first paint", first, "ms", 300, note),
        Figure.plain("a large run: until all of it shows", whole, "ms", note),
        Figure.plain("… longest that the window did not answer meanwhile", worst[-1], "ms", note),
        Figure.plain("… 99th percentile", worst[int(len(worst) * 0.99)], "ms", note),
    ]
