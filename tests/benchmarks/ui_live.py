"""The whole window's parts on the application's loop while many streams deliver tokens."""

from __future__ import annotations

import asyncio
import os
import statistics
import time

from rlm_desktop.engine import events as ev
from tests import traces
from tests.benchmarks import Figure
from tests.benchmarks.engine_bench import server_process
from tests.benchmarks.ui_tree import wide_state
from tests.traces import Shape

NAME = "ui_live"
SECONDS = 8.0
TICK_MS = 5


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.loop import UiEventLoop
    from rlm_desktop.ui.theme import Theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    theme = Theme(app, "light")
    figures: list[Figure] = []
    with asyncio.Runner(loop_factory=lambda: UiEventLoop(app)) as runner:
        figures += runner.run(_streams(100, 20))
        figures += runner.run(_streams(1000, 3))
        figures += runner.run(_replay())
        figures += runner.run(_engine("answer", 1000, 100, 0.2))
        figures += runner.run(_engine("stream:50", 200, 40, 0.2))
    del theme
    return figures


class _Window:
    """Tree and inspector fed by a `RunFeed`, and a watch on how late the event loop is."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtWidgets import QApplication, QSplitter

        from rlm_desktop.ui.calls.call_tree import CallTreeView
        from rlm_desktop.ui.feed import RunFeed
        from rlm_desktop.ui.inspector.inspector import Inspector
        from rlm_desktop.ui.loop import IdleCollector, UiEventLoop

        self.feed = RunFeed()
        self.tree, self.inspector = CallTreeView(), Inspector()
        self.whole = QSplitter()
        self.whole.addWidget(self.tree)
        self.whole.addWidget(self.inspector)
        self.whole.resize(1440, 900)
        self.whole.show()
        self.feed.changed.connect(self.tree.refresh)
        self.feed.changed.connect(self.inspector.refresh)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, UiEventLoop)
        self.collector = IdleCollector(loop)
        self.collector.start()
        self.late: list[float] = []
        self.own: list[float] = []
        self._used = 0.0
        self._cpu = time.thread_time()
        self._began = time.perf_counter()
        self._expected = 0.0
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._app = QApplication.instance()

    def _tick(self) -> None:
        now, used = time.perf_counter(), time.thread_time()
        if self._expected:
            self.late.append(max(0.0, (now - self._expected) * 1000))
            self.own.append((used - self._used) * 1000)
        self._used = used
        self._expected = now + TICK_MS / 1000

    async def watch(self) -> None:
        await asyncio.sleep(0.2)  # the window has been painted before its run begins: opening it is another figure
        self._timer.start()

    def close(self) -> None:
        self._timer.stop()
        self.collector.stop()
        self.whole.close()

    def figures(self, name: str, note: str) -> list[Figure]:
        ordered = sorted(self.late)
        share = (time.thread_time() - self._cpu) / (time.perf_counter() - self._began)
        own = sorted(self.own)
        busy = (
            f"{share:.0%} of a processor, at a stretch p95 {own[int(len(own) * 0.95)]:.1f}, worst {own[-1]:.1f} ms"
        )
        note = f"{note}; {busy}; p50 {statistics.median(ordered):.1f} ms; lateness of a {TICK_MS} ms timer"
        return [
            Figure.at_most(f"{name}: p95", ordered[int(len(ordered) * 0.95)], "ms", 16, note),
            Figure.at_most(f"{name}: p99", ordered[int(len(ordered) * 0.99)], "ms", 16, note),
            Figure.at_most(f"{name}: worst stall", ordered[-1], "ms", 50, note),
        ]


async def _streams(count: int, per_second: int) -> list[Figure]:
    """So many calls of one open batch, each getting tokens."""
    window = _Window()
    state = wide_state(count)
    window.feed.start()
    window.feed.state = state
    window.tree.set_state(state, window.feed.now)
    window.tree.model.rows.reveal(state.batches[0])
    window.tree.model.rows.open(state.batches[0])
    for number in range(1, count + 1):
        window.feed.take(ev.ModelRequested(call=number, model="m", at=state.now, seq=1))
    window.feed.drain()
    window.inspector.show_node(state, state.calls[1], window.feed.now)
    await window.watch()
    sent = 0

    async def stream(number: int) -> None:
        nonlocal sent
        await asyncio.sleep(number / count / per_second)
        for _ in range(int(SECONDS * per_second)):
            window.feed.take(ev.TextDelta(call=number, text="word ", at=state.now, seq=1))
            sent += 1
            await asyncio.sleep(1 / per_second)

    started = time.perf_counter()
    await asyncio.gather(*(stream(number) for number in range(1, count + 1)))
    rate = sent / (time.perf_counter() - started)
    window.close()
    return window.figures(f"{count:,} streams", f"{rate:,.0f} tokens a second")


async def _replay() -> list[Figure]:
    """A run of 1,000 calls at depth 3, at more than 1,000 events a second, with the running path shown."""
    window = _Window()
    events = list(traces.events(Shape(calls=1000, depth=3, batch=40, concurrency=64, iterations=8)))
    window.feed.start()
    window.tree.set_state(window.feed.state, window.feed.now)
    await window.watch()
    started = time.perf_counter()
    rate = len(events) / SECONDS
    sent = 0
    while sent < len(events):
        due = int((time.perf_counter() - started) * rate) + 1
        for event in events[sent:due]:
            window.feed.take(event)
        if window.inspector.node is None and window.feed.state.nodes:
            window.inspector.show_node(window.feed.state, window.feed.state.nodes[0], window.feed.now)
        sent = max(sent, due)
        await asyncio.sleep(0.005)
    window.close()
    return window.figures("a run of 1,000 calls", f"{rate:,.0f} events a second")


async def _engine(sub_model: str, calls: int, width: int, latency: float) -> list[Figure]:
    """The engine itself on the loop that paints: HTTP, REPL, trace and window together."""
    from rlm_desktop.engine.providers import Provider
    from rlm_desktop.engine.rlm import RLM

    async with server_process(latency) as url:
        provider = Provider("bench", url, "key", max_connections=256)
        rlm = RLM(f"batch:{calls}", sub_model, provider=provider, max_depth=1, max_concurrent=width)
        await rlm.arun("warm up", context="x")
        window = _Window()
        window.feed.start()
        window.tree.set_state(window.feed.state, window.feed.now)
        await window.watch()
        run = await rlm.start("Which?", context="text " * 100, sinks=[window.feed.take])
        started = time.perf_counter()
        await run.wait()
        seconds = time.perf_counter() - started
        state = window.feed.state
        window.feed.drain()
        window.close()
        await rlm.aclose()
    rate = state.seq / seconds
    return window.figures(
        f"the engine, {calls:,} calls of {sub_model}",
        f"{width} at once, {rate:,.0f} events a second, {seconds:.1f} s",
    )
