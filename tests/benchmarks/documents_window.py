"""The real window while documents are read: how late its event loop is, how long a cancel takes."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import Figure
from tests.benchmarks.documents_speed import LARGE_MB, WATCHED, write_large

if TYPE_CHECKING:
    from rlm_desktop.ui.application import Application
    from rlm_desktop.ui.documents.reading import DocumentReader

NAME = "documents_window"
FILES = 10_000
TICK_MS = 5
RUNS = 5
_PAUSE = 0.1
"""Seconds until the next file, when the new session has been painted."""


def run() -> list[Figure]:
    """All figures of the window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.loop import UiEventLoop

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: UiEventLoop(app)) as runner,
    ):
        return runner.run(_all(app, Path(folder)))


async def _all(app: object, folder: Path) -> list[Figure]:
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.settings import Settings
    from rlm_desktop.ui.application import Application
    from rlm_desktop.ui.first_window import FirstWindow

    assert isinstance(app, QApplication)
    settings = Settings(theme="light")
    first = FirstWindow(app, settings)
    first.window.show()
    application = Application(first, settings)
    try:
        await application.make_usable()
        await application.warm_up()
        figures = await _tree(application, folder)
        for name in WATCHED:
            figures += await _large(application, folder, name)
        return figures
    finally:
        await application.aclose(20.0)


class _Late:
    """How late the ticks of a timer came, and how much of the time between them was this thread's own work."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.late: list[float] = []
        self.own: list[float] = []
        self._expected = 0.0
        self._used = 0.0
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._expected = 0.0
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now, used = time.perf_counter(), time.thread_time()
        if self._expected:
            self.late.append(max(0.0, (now - self._expected) * 1000))
            self.own.append((used - self._used) * 1000)
        self._expected, self._used = now + TICK_MS / 1000, used

    def figures(self, what: str) -> list[Figure]:
        late = sorted(self.late)
        note = f"{TICK_MS} ms ticks, {len(late):,} of them"
        p95 = late[int(len(late) * 0.95)]
        own = "its own work between two ticks, without waiting for other programs"
        return [
            Figure.at_most(f"{what}: frame time p95", p95, "ms", 16.0, note),
            Figure.at_most(f"{what}: longest stall", late[-1], "ms", 50.0, note),
            Figure.at_most(f"{what}: longest work of the window", max(self.own), "ms", 50.0, own),
        ]


@contextmanager
def _watched() -> Iterator[_Late]:
    late = _Late()
    late.start()
    try:
        yield late
    finally:
        late.stop()


async def _tree(application: Application, folder: Path) -> list[Figure]:
    root = folder / "tree"
    for number in range(FILES):
        path = root / f"d{number // 1000}" / f"s{number // 100}" / f"f{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"print({number})\n" * 30)
    controller = application.workbench.documents
    controller.panel.show_list(True)
    with _watched() as late:
        began = time.perf_counter()
        controller.add_files([str(root)])
        await controller.reader.done()
        seconds = time.perf_counter() - began
    assert len(controller.panel.asked) == FILES
    figures = [Figure.plain("folder of 10,000 files in the window", seconds, "s", "listed and read")]
    figures += late.figures("10,000 files")
    cancels: list[float] = []
    for _ in range(5):
        application.workbench.new_session()
        controller.add_files([str(root)])
        await _first_read(controller.reader)
        began = time.perf_counter()
        task = controller.reader._task
        assert task is not None
        controller.cancel()
        await asyncio.wait([task])
        cancels.append((time.perf_counter() - began) * 1000)
        assert len(controller.panel.items) == len(controller.panel.asked) < FILES
    figures.append(Figure.at_most("cancel, until nothing is left", max(cancels), "ms", 200.0, "worst of 5"))
    application.workbench.new_session()
    return figures


async def _first_read(reader: DocumentReader) -> None:
    """Return when the first documents have been read."""
    read: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    connection = reader.changed.connect(lambda _items: read.done() or read.set_result(None))
    await read
    reader.changed.disconnect(connection)


async def _large(application: Application, folder: Path, name: str) -> list[Figure]:
    path = folder / f"{name}.txt"
    write_large(path, name)
    controller = application.workbench.documents
    times: list[float] = []
    with _watched() as late:
        for _ in range(RUNS):
            began = time.perf_counter()
            controller.add_files([str(path)])
            await controller.reader.done()
            times.append(time.perf_counter() - began)
            assert len(controller.panel.asked) == 1
            late.stop()  # a new session is no part of the loading
            application.workbench.new_session()
            await asyncio.sleep(_PAUSE)
            late.start()
    path.unlink()
    note = f"{LARGE_MB} MB, worst of {RUNS}, in the window; {statistics.median(times):.2f} s median"
    return [Figure.at_most(f"{name} text ready", max(times), "s", 2.0, note), *late.figures(f"{name} text")]
