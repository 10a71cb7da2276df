"""The event loop: asyncio on Qt, smooth under thousands of callbacks a second.

Stock qasync makes one Qt timer of every callback and never frees a cancelled one, wakes early, starves painting
under load and hangs at shutdown on Python 3.14. `UiEventLoop` keeps qasync's merging of the loops (sockets,
processes, signals) and brings its own queues: asyncio's ready queue, run in slices of a few milliseconds, and
asyncio's heap of timer handles behind one precise Qt timer.
"""

from __future__ import annotations

import asyncio
import gc
import heapq
import logging
import math
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from rlm_desktop.ui import binding  # first: it names the Qt binding for qasync  # noqa: F401

# isort: split
import qasync
from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_log = logging.getLogger(__name__)

SLICE_SECONDS = 0.004
"""Longest time that callbacks run before Qt gets to paint and to take input."""
_LONGEST_WAIT_MS = 24 * 3600 * 1000
_PURGE_FROM = 100
_QtEventLoop: Any = qasync.QEventLoop  # made by `type()`: no type checker can follow it


class UiEventLoop(_QtEventLoop):
    """An asyncio event loop that runs inside Qt's.

    Callbacks run in the order in which they were made, as asyncio promises. While one of them is inside a nested Qt
    loop (a modal dialog opened by a coroutine) the others wait: stepping a second task there would lose it.
    """

    def __init__(self, app: QCoreApplication) -> None:
        self._pump = QTimer()
        self._pump.setInterval(0)
        self._alarm = QTimer()
        self._alarm.setSingleShot(True)
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm_at = math.inf
        self._is_slicing = False
        self._is_wake_posted = False
        self._fatal: BaseException | None = None
        super().__init__(app)
        self._pump.timeout.connect(self._run_slice)
        self._alarm.timeout.connect(self._run_slice)

    # asyncio's own versions: qasync's start ten QThreads, hang on a BaseException in an executor, and hide the
    # handler from `get_exception_handler`.
    run_in_executor = asyncio.BaseEventLoop.run_in_executor
    set_default_executor = asyncio.BaseEventLoop.set_default_executor
    set_exception_handler = asyncio.BaseEventLoop.set_exception_handler
    default_exception_handler = asyncio.BaseEventLoop.default_exception_handler
    call_exception_handler = asyncio.BaseEventLoop.call_exception_handler
    call_later = asyncio.BaseEventLoop.call_later

    # -- making callbacks -----------------------------------------------------------------------------------

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` as soon as possible, after those asked for before it."""
        handle = asyncio.BaseEventLoop.call_soon(self, callback, *args, context=context)
        self._wake()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """The same from any thread."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        self._wake_from_anywhere()
        return handle

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run `callback` at `when` on this loop's clock, never before."""
        handle = asyncio.BaseEventLoop.call_at(self, when, callback, *args, context=context)
        if when < self._alarm_at and not self._is_slicing:
            self._set_alarm()
        return handle

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        """Where asyncio's transports and signal handlers put a ready handle."""
        self._ready.append(handle)
        self._wake()
        return handle

    def _wake(self) -> None:
        if not self._is_slicing and self.is_running() and not self._pump.isActive():
            self._pump.start()

    def _wake_from_anywhere(self) -> None:
        if threading.get_ident() == self._thread_id:
            self._wake()
        elif not self._is_wake_posted:
            # Cleared before the queue is emptied: a handle appended after that posts again.
            self._is_wake_posted = True
            QMetaObject.invokeMethod(self._pump, "start", Qt.ConnectionType.QueuedConnection)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        super()._timer_handle_cancelled(handle)
        if self._has_many_cancelled():
            self._wake()

    # -- running them ---------------------------------------------------------------------------------------

    def _run_slice(self) -> None:
        """Run what is due and ready, for at most `SLICE_SECONDS`."""
        if self._is_slicing or not self.is_running():
            self._pump.stop()
            return
        self._is_slicing = True
        self._is_wake_posted = False
        try:
            self._take_due()
            self._run_ready(time.monotonic() + SLICE_SECONDS)
        except (SystemExit, KeyboardInterrupt) as error:
            self._fatal = error
            self.stop()
        finally:
            self._is_slicing = False
            self._rearm()

    def _run_ready(self, deadline: float) -> None:
        ready = self._ready
        run = self._run_watched if self.get_debug() else asyncio.Handle._run
        while ready and self.is_running():
            handle = ready.popleft()
            if not handle._cancelled:
                run(handle)
            if time.monotonic() >= deadline:
                break

    def _run_watched(self, handle: asyncio.Handle) -> None:
        """Run a handle in asyncio's debug mode: one that takes long is logged."""
        started = time.monotonic()
        handle._run()
        duration = time.monotonic() - started
        if duration >= self.slow_callback_duration:
            _log.warning("Executing %r took %.3f seconds", handle, duration)

    def _take_due(self) -> None:
        """Move the timers whose time has come to the ready queue, and drop the cancelled ones."""
        if self._has_many_cancelled():
            self._scheduled = [handle for handle in self._scheduled if not handle._cancelled]
            heapq.heapify(self._scheduled)
            self._timer_cancelled_count = 0
        scheduled = self._scheduled
        now = self.time()
        while scheduled and (scheduled[0]._cancelled or scheduled[0]._when <= now):
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            if handle._cancelled:
                self._timer_cancelled_count -= 1
            else:
                self._ready.append(handle)

    def _has_many_cancelled(self) -> bool:
        count = self._timer_cancelled_count
        return count > _PURGE_FROM and count * 2 > len(self._scheduled)

    def _rearm(self) -> None:
        if not self.is_running():
            self._pump.stop()
            return
        if self._ready:
            if not self._pump.isActive():
                self._pump.start()
        else:
            self._pump.stop()
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Set the Qt timer to the earliest handle, rounded up to its milliseconds."""
        if not self.is_running():
            return
        if not self._scheduled:
            self._alarm_at = math.inf
            self._alarm.stop()
            return
        when = self._scheduled[0]._when
        if when == self._alarm_at and self._alarm.isActive():
            return
        self._alarm_at = when
        wait = math.ceil((when - self.time()) * 1000)
        self._alarm.start(min(max(wait, 0), _LONGEST_WAIT_MS))

    # -- the loop as a whole --------------------------------------------------------------------------------

    def run_forever(self) -> None:
        """Run until `stop`."""
        self._check_closed()
        hooks = sys.get_asyncgen_hooks()
        self._thread_id = threading.get_ident()
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        # Qt's loop is entered by qasync below; a queued start is delivered once it runs.
        QMetaObject.invokeMethod(self._pump, "start", Qt.ConnectionType.QueuedConnection)
        try:
            super().run_forever()
        finally:
            self._pump.stop()
            self._alarm.stop()
            self._alarm_at = math.inf
            self._thread_id = None
            sys.set_asyncgen_hooks(*hooks)
        if self._fatal is not None:
            fatal, self._fatal = self._fatal, None
            raise fatal

    def run_until_complete(self, future: Any) -> Any:
        """Run until `future` is done and return its result.

        Nothing is stepped once the loop is no longer the running one: Python 3.14 would lose the wake-ups.
        """
        self._check_closed()
        if self.is_running():
            raise RuntimeError("This event loop is already running")
        is_new_task = not asyncio.isfuture(future)
        task = asyncio.ensure_future(future, loop=self)
        if is_new_task:
            task._log_destroy_pending = False  # whoever stops the loop hears of it from the error below
        task.add_done_callback(self._stop_with)
        try:
            self.run_forever()
        except BaseException:
            if is_new_task and task.done() and not task.cancelled():
                task.exception()  # it is being raised already
            raise
        finally:
            task.remove_done_callback(self._stop_with)
        if not task.done():
            raise RuntimeError("Event loop stopped before Future completed.")
        return task.result()

    def _stop_with(self, future: asyncio.Future[Any]) -> None:
        if not future.cancelled() and isinstance(future.exception(), SystemExit | KeyboardInterrupt):
            return  # it is on its way out of the handle that raised it
        self.stop()

    def close(self) -> None:
        """Release everything; waits for no thread."""
        if self.is_closed():
            return
        super().close()
        self._pump.timeout.disconnect(self._run_slice)
        self._alarm.timeout.disconnect(self._run_slice)

    @property
    def is_idle(self) -> bool:
        """Whether no callback waits to be run."""
        return not self._ready


class Tasks:
    """Keeps the tasks that slots start: a strong reference, an error handler, an end.

    Attributes:
        on_error: Gets every exception of a task that is not a cancellation.
    """

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self.on_error = on_error
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Start `coroutine`; it lives until it ends or `aclose`."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.on_error(error)

    async def aclose(self) -> None:
        """Cancel what still runs and wait for its end."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class IdleCollector(QObject):
    """Garbage collection in idle moments instead of in the middle of a frame.

    What the start left behind is frozen (never looked at again) and automatic collection is off. Once a second,
    when nothing waits to be run, the young objects are collected; in busy times when there are many, for a thousand
    take 0.1 ms, and waiting does not make them fewer. Once in `OLD_ROUNDS` such seconds all of them,
    but while the person looks at the window only if there are few: a run of a million calls would take a second.
    How many there are is told by the memory blocks in use: counting them takes 0.3 ms at two million objects,
    while counting the objects themselves takes 40.
    """

    OLD_ROUNDS = 60
    FEW_BLOCKS = 400_000
    YOUNG_OBJECTS = 700
    MANY_YOUNG = 10_000

    def __init__(self, loop: UiEventLoop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = loop
        self._rounds = 0
        self._frozen_blocks = 0
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self.collect_some)

    def start(self) -> None:
        """Take collection over from the interpreter."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._frozen_blocks = sys.getallocatedblocks()
        self._timer.start()

    def stop(self) -> None:
        """Give it back."""
        self._timer.stop()
        gc.enable()
        gc.unfreeze()

    def collect_some(self) -> None:
        """One round."""
        young = gc.get_count()[0]
        if not self._loop.is_idle:
            if young >= self.MANY_YOUNG:
                gc.collect(1)
            return
        self._rounds += 1
        if self._rounds >= self.OLD_ROUNDS:
            self._rounds = 0
            is_watched = QGuiApplication.focusWindow() is not None
            if not is_watched or sys.getallocatedblocks() - self._frozen_blocks <= self.FEW_BLOCKS:
                gc.collect()
        elif young >= self.YOUNG_OBJECTS:
            gc.collect(1)
