from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import signal
import socket
import sys
import threading
import weakref
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from rlm_desktop.display import binding_fault
from rlm_desktop.ui.binding import check_binding
from rlm_desktop.ui.loop import IdleCollector, Tasks, UiEventLoop


class _Kept:
    def __init__(self, by: list[object]) -> None:
        by.append(self)
        self.by = by


def _new_loop() -> UiEventLoop:
    app = QApplication.instance()
    assert app is not None
    return UiEventLoop(app)


async def test_runs_on_the_ui_loop() -> None:
    assert isinstance(asyncio.get_running_loop(), UiEventLoop)


async def test_callbacks_run_in_order() -> None:
    loop = asyncio.get_running_loop()
    seen: list[int] = []
    done = asyncio.Event()
    for number in range(2000):
        loop.call_soon(seen.append, number)
    loop.call_soon(done.set)
    await done.wait()
    assert seen == list(range(2000))


async def test_timers_fire_in_order_and_never_early() -> None:
    loop = asyncio.get_running_loop()
    fired: list[tuple[float, float]] = []
    base = loop.time()
    delays = [0.03, 0.001, 0.0105, 0.0, 0.02, 0.0105]
    for delay in delays:
        due = base + delay
        loop.call_at(due, lambda due=due: fired.append((due, loop.time())))
    await asyncio.sleep(0.05)
    assert [due for due, _ in fired] == sorted(base + delay for delay in delays)
    assert all(at >= due for due, at in fired)


async def test_call_later_gives_a_real_timer_handle() -> None:
    loop = asyncio.get_running_loop()
    handle = loop.call_later(60, lambda: None)
    assert isinstance(handle, asyncio.TimerHandle)
    assert handle.when() > loop.time() + 59
    handle.cancel()


async def test_cancelled_timers_are_purged() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, UiEventLoop)
    for _ in range(5000):
        loop.call_later(600, lambda: None).cancel()
        if _ % 100 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0.01)  # a new slice begins by clearing up
    assert len(loop._scheduled) < 300


async def test_a_cancelled_callback_does_not_run() -> None:
    loop = asyncio.get_running_loop()
    seen: list[str] = []
    loop.call_soon(seen.append, "cancelled").cancel()
    loop.call_later(0.001, seen.append, "cancelled later").cancel()
    await asyncio.sleep(0.01)
    assert seen == []


async def test_qt_gets_its_turn_while_callbacks_never_end() -> None:
    loop = asyncio.get_running_loop()
    ticked = asyncio.Event()
    busy = True

    def again() -> None:
        if busy:
            loop.call_soon(again)

    timer = QTimer(interval=5, singleShot=True)
    timer.timeout.connect(ticked.set)
    timer.start()
    again()
    await asyncio.wait_for(ticked.wait(), 10)
    busy = False


async def test_call_soon_threadsafe_wakes_an_idle_loop_and_keeps_the_context() -> None:
    loop = asyncio.get_running_loop()
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="")
    context = contextvars.copy_context()
    context.run(variable.set, "kept")
    got: asyncio.Future[str] = loop.create_future()
    thread = threading.Thread(
        target=lambda: loop.call_soon_threadsafe(lambda: got.set_result(variable.get()), context=context)
    )
    thread.start()
    assert await asyncio.wait_for(got, 10) == "kept"
    thread.join()


async def test_many_threads_lose_no_callback() -> None:
    loop = asyncio.get_running_loop()
    seen: list[int] = []
    everything = asyncio.Event()

    def take(number: int) -> None:
        seen.append(number)
        if len(seen) == 8 * 500:
            everything.set()

    def send(start: int) -> None:
        for number in range(start, start + 500):
            loop.call_soon_threadsafe(take, number)

    with ThreadPoolExecutor(8) as pool:
        for worker in range(8):
            pool.submit(send, worker * 500)
        await asyncio.wait_for(everything.wait(), 20)
    assert sorted(seen) == list(range(4000))


async def test_executor_jobs_return_and_raise() -> None:
    assert await asyncio.to_thread(sum, [1, 2, 3]) == 6

    def fail() -> None:
        raise SystemExit(3)  # hung stock qasync for ever

    with pytest.raises(SystemExit):
        await asyncio.get_running_loop().run_in_executor(None, fail)


async def test_subprocess_and_pipes() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print(input()[::-1])", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate(b"recursive\n")
    assert out.strip() == b"evisrucer"
    assert process.returncode == 0


async def test_sockets_carry_data_both_ways() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        assert await reader.readline() == b"HELLO\n"
        writer.close()
        await writer.wait_closed()


async def test_add_reader() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    got: asyncio.Future[bytes] = loop.create_future()
    loop.add_reader(ours.fileno(), lambda: got.done() or got.set_result(ours.recv(10)))
    theirs.send(b"data")
    assert await asyncio.wait_for(got, 10) == b"data"
    assert loop.remove_reader(ours.fileno())
    ours.close()
    theirs.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows loops have no signal handlers.")
async def test_signal_handler_runs_while_the_loop_is_idle() -> None:
    loop = asyncio.get_running_loop()
    seen = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, seen.set)
    threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    await asyncio.wait_for(seen.wait(), 10)
    loop.remove_signal_handler(signal.SIGUSR1)


async def test_a_nested_qt_loop_in_a_coroutine_loses_no_task() -> None:
    other_ran = asyncio.Event()

    async def other() -> None:
        await asyncio.sleep(0)
        other_ran.set()

    task = asyncio.ensure_future(other())
    nested = QEventLoop()
    QTimer.singleShot(10, nested.quit)
    nested.exec()
    assert not other_ran.is_set()
    await asyncio.wait_for(other_ran.wait(), 10)
    await task


def test_a_nested_qt_loop_in_a_slot_keeps_tasks_running() -> None:
    async def main() -> bool:
        finished = asyncio.Event()

        def open_dialog() -> None:
            nested = QEventLoop()
            asyncio.get_running_loop().call_later(0.01, nested.quit)
            nested.exec()
            finished.set()

        QTimer.singleShot(0, open_dialog)
        await asyncio.wait_for(finished.wait(), 10)
        return True

    with asyncio.Runner(loop_factory=_new_loop) as runner:
        assert runner.run(main())


def test_runner_shuts_down_with_tasks_still_runnable() -> None:
    ended: list[str] = []

    async def busy(name: str) -> None:
        try:
            while True:  # noqa: ASYNC110 (always runnable is the point)
                await asyncio.sleep(0)
        finally:
            ended.append(name)

    async def main() -> int:
        main.tasks = [asyncio.create_task(busy(name)) for name in "ab"]  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
        return 7

    with asyncio.Runner(loop_factory=_new_loop) as runner:
        assert runner.run(main()) == 7
    assert sorted(ended) == ["a", "b"]


def test_async_generators_are_closed_at_the_end() -> None:
    closed: list[bool] = []
    kept: list[AsyncIterator[int]] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    async def main() -> None:
        generator = numbers()
        kept.append(generator)
        await anext(generator)

    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(main())
    assert closed == [True]


@pytest.mark.parametrize("fatal", [KeyboardInterrupt, SystemExit])
def test_fatal_exceptions_leave_run_until_complete(fatal: type[BaseException]) -> None:
    def fail() -> None:
        raise fatal

    async def main() -> None:
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(60)

    with pytest.raises(fatal), asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(main())


def test_stopping_before_the_end_is_an_error() -> None:
    loop = _new_loop()
    pending = loop.create_future()
    loop.call_soon(loop.stop)
    with pytest.raises(RuntimeError, match="stopped before"):
        loop.run_until_complete(pending)
    loop.close()


def test_a_loop_runs_again_after_it_was_stopped() -> None:
    loop = _new_loop()
    assert loop.run_until_complete(asyncio.sleep(0, "first")) == "first"
    assert loop.run_until_complete(asyncio.sleep(0.001, "second")) == "second"
    loop.close()
    assert loop.is_closed()
    with pytest.raises(RuntimeError):
        loop.call_soon(print)


async def test_tasks_report_errors_and_are_cancelled_at_close() -> None:
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    failed = asyncio.Event()

    async def fail() -> None:
        failed.set()
        raise ValueError("seen")

    async def wait() -> None:
        await asyncio.sleep(60)

    tasks.spawn(fail(), name="fail")
    waiting = tasks.spawn(wait(), name="wait")
    await failed.wait()
    await asyncio.sleep(0)
    await tasks.aclose()
    assert [str(error) for error in errors] == ["seen"]
    assert waiting.cancelled()


async def test_idle_collector_takes_over_and_gives_back() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, UiEventLoop)
    collector = IdleCollector(loop)
    collector.start()
    try:
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
        cycle: list[object] = [object()]
        cycle.append(cycle)
        gone = weakref.ref(_Kept(cycle))
        cycle.append(gone())
        del cycle
        for _ in range(IdleCollector.OLD_ROUNDS):
            collector.collect_some()
        assert gone() is None
    finally:
        collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


async def test_in_busy_times_young_objects_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, UiEventLoop)
    collector = IdleCollector(loop)
    collector.start()
    try:
        monkeypatch.setattr(IdleCollector, "MANY_YOUNG", 2000)
        loop.call_soon(lambda: None)
        assert not loop.is_idle
        few = [[number] for number in range(1000)]
        collector.collect_some()
        assert gc.get_count()[0] >= 1000
        many = [[number] for number in range(2000)]
        collector.collect_some()
        assert gc.get_count()[0] < 1000
        assert len(few) + len(many) == 3000
    finally:
        collector.stop()


async def test_while_it_is_watched_a_large_heap_is_neither_collected_nor_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, UiEventLoop)
    looked: list[str] = []
    monkeypatch.setattr(QGuiApplication, "focusWindow", lambda: object())
    monkeypatch.setattr(IdleCollector, "FEW_BLOCKS", 20_000)
    collector = IdleCollector(loop)
    collector.start()
    try:
        monkeypatch.setattr(gc, "get_objects", lambda generation=None: looked.append("counted") or [])
        monkeypatch.setattr(gc, "collect", lambda generation=2: looked.append(f"collected {generation}"))
        for _ in range(IdleCollector.OLD_ROUNDS):
            collector.collect_some()
        assert looked.count("collected 2") == 1
        heap = [[number] for number in range(IdleCollector.FEW_BLOCKS * 2)]
        for _ in range(IdleCollector.OLD_ROUNDS):
            collector.collect_some()
        assert heap
        assert looked.count("collected 2") == 1
        assert "counted" not in looked
    finally:
        monkeypatch.undo()
        collector.stop()


def test_the_bad_pair_of_versions_is_refused() -> None:
    check_binding()
    assert "PySide6-Essentials" in binding_fault((3, 11, 7), "6.12.0")
    assert binding_fault((3, 12, 0), "6.12.0") == ""
    assert binding_fault((3, 11, 7), "6.11.3") == ""
