"""What holds for every test of the window: the application, the event loop, and nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, SignalInstance
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from rlm_desktop.engine.rlm import RLM
from rlm_desktop.ui import language, theme
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.loop import Tasks, UiEventLoop
from tests.ui.opened import TEXT, opened_window

_GARBAGE = 1_000_000
"""Blocks of memory that came into use since the last collection and call for one."""
_blocks_in_use = 0
_loops: list[_WatchedLoop] = []


class _WatchedLoop(UiEventLoop):
    """The application's loop, which remembers the errors that nobody awaited."""

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self.errors: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _loop, context: self.errors.append(context))
        _loops.append(self)

    def close(self) -> None:
        if self in _loops:
            _loops.remove(self)
        super().close()


def _make_loop() -> UiEventLoop:
    app = QApplication.instance()
    assert app is not None
    return _WatchedLoop(app)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"qt": _make_loop}


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The program's own style, as pytest-qt asks for it."""
    return ["rlm-desktop", *theme.STYLE]


@pytest.fixture(scope="session")
def _font(qapp: QApplication) -> QFont:
    """The application's font before any test."""
    return QFont(qapp.font())


@pytest.fixture(autouse=True)
def _application(qapp: QApplication, _font: QFont) -> None:
    """The application exists before the loop and outlives the test's last window.

    It speaks English, is undressed, and no key is down.
    """
    qapp.setQuitOnLastWindowClosed(False)
    language.install(qapp, "en")
    if qapp.font() != _font:
        qapp.setFont(_font)
    if qapp.styleSheet():
        qapp.setStyleSheet("")
    qapp.setProperty(theme._DENSITY, None)
    if qapp.keyboardModifiers() != Qt.KeyboardModifier.NoModifier:
        QTest.keyRelease(QWidget(), Qt.Key.Key_Control)  # a click with Ctrl never lets go of it


@pytest.fixture(autouse=True)
def _no_collection_in_threads(_application: None) -> Iterator[None]:
    """As in the program, whose `IdleCollector` sees to it: a thread that frees a widget crashes the process.

    What earlier tests left is frozen, so that no window has to look through it when it starts its collector.
    """
    global _blocks_in_use
    gc.disable()
    gc.freeze()
    yield
    gc.disable()
    gc.unfreeze()
    if sys.getallocatedblocks() - _blocks_in_use > _GARBAGE:
        gc.collect()
        _blocks_in_use = sys.getallocatedblocks()


@pytest.fixture(autouse=True)
def _zygote_on_first_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows that are asked nothing start none: a fifth of a second of each test."""
    monkeypatch.setattr(RLM, "prepare", RLM.find_isolation)


@pytest.fixture(autouse=True)
def _nothing_left_behind(_application: None, _no_collection_in_threads: None) -> Iterator[None]:
    """Fail a test after which windows, running timers of windows, or threads are left."""
    threads = set(threading.enumerate())
    windows = set(QApplication.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in QApplication.topLevelWidgets() if widget not in windows and widget.isVisible()]
    assert not left, f"windows left open: {left}"
    ticking = [
        timer
        for widget in QApplication.topLevelWidgets()
        if widget not in windows
        for timer in widget.findChildren(QTimer)
        if timer.isActive()
    ]
    assert not ticking, f"timers left running: {[(timer.parent(), timer.interval()) for timer in ticking]}"
    alive = [
        thread
        for thread in threading.enumerate()
        if thread not in threads and not thread.daemon and not thread.name.startswith("asyncio_")
    ]
    assert not alive, f"threads left running: {alive}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that leaves tasks running or errors of tasks behind."""
    before = {task for loop in _loops for task in asyncio.all_tasks(loop)}
    result = yield
    for loop in _loops:
        left = {task for task in asyncio.all_tasks(loop) if not task.done()} - before
        if left:
            pytest.fail(f"tasks left running: {left}")
        if loop.errors:
            errors, loop.errors = loop.errors, []
            pytest.fail(f"errors that nobody awaited: {errors}")
    return result


async def _wait_for_signal(signal: SignalInstance, timeout: float = 30.0) -> tuple[Any, ...]:
    """The arguments of the next emission of `signal`."""
    emitted: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

    def on_emitted(*args: Any) -> None:
        if not emitted.done():
            emitted.set_result(args)

    connection = signal.connect(on_emitted)
    try:
        return await asyncio.wait_for(emitted, timeout)
    finally:
        signal.disconnect(connection)


async def _wait_until(condition: Callable[[], bool], timeout: float = 30.0) -> None:
    """Return once `condition` holds; it is looked at ever more rarely, from every turn of the loop to 20 ms."""
    async with asyncio.timeout(timeout):
        pause = 0.0
        while not condition():
            await asyncio.sleep(pause)
            pause = min(pause + 0.001, 0.02)


@pytest.fixture
def wait_for_signal() -> Callable[..., Awaitable[tuple[Any, ...]]]:
    """`await wait_for_signal(object.signal)` gives the arguments of its next emission."""
    return _wait_for_signal


@pytest.fixture
def wait_until() -> Callable[..., Awaitable[None]]:
    """`await wait_until(lambda: ...)` returns once that holds."""
    return _wait_until


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    """Background tasks of a window; an error of one fails the test, and none outlives it."""

    def fail(error: BaseException) -> None:
        raise error

    made = Tasks(fail)
    yield made
    await made.aclose()


@pytest.fixture
def start(qapp: QApplication) -> Callable[..., contextlib.AbstractAsyncContextManager[Application]]:
    """`async with start() as application` shows the window, usable, and closes it in the end (`opened_window`)."""
    return functools.partial(opened_window, qapp)


@pytest.fixture
def chronicle(tmp_path: Path) -> Path:
    """A document of one hundred sentences and the one that is asked for."""
    file = tmp_path / "chronicle.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file
