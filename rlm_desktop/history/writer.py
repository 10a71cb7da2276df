"""The one thread that writes: takes events from the engine's loop, writes them in batches, never makes it wait."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, finalize

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.trace import Sink
from rlm_desktop.errors import HistoryError
from rlm_desktop.history.batches import Batch, RunLog

if TYPE_CHECKING:
    from rlm_desktop.history.database import Database

GATHER_SECONDS = 0.05
"""How long events gather before they are written: the rest of the 250 ms that a kill may cost is for the writing,
which takes 2 ms of CPU, and a hundred by the clock where the machine has too much to do."""
BATCH_EVENTS = 500
RETRY_SECONDS = 1.0
IDLE_SECONDS = 0.3
"""How long nothing must have happened before chores are done, and between two slices of them:"""
BETWEEN_CHORES = 0.005
_URGENT = frozenset({ev.RunStarted, ev.CallFinished, ev.CancelRequested, ev.RunFinished})

Slices = Callable[["Database"], Iterator[None]]
"""Work for the writer in short pieces, each a transaction of its own."""

_OVER = object()

_log = logging.getLogger(__name__)


class _Task:
    """Work in slices, and the promise that it is done."""

    def __init__(self, slices: Slices) -> None:
        self.slices = slices
        self.under_way: Iterator[None] | None = None
        self.is_over = False
        self.done: Future[None] = Future()

    def step(self, database: Database) -> None:
        """Do the next slice; there may be none left."""
        if self.under_way is None:
            self.under_way = self.slices(database)
        self.is_over = next(self.under_way, _OVER) is _OVER


class Writer:
    """Writes events and makes all other changes, one after the other, in a thread of its own.

    Events come before documents, documents before tasks, tasks before chores; all of these are done in slices, so
    that events never wait for long. Events and documents are tried again until they are written; tasks fail.

    Attributes:
        trouble: Why nothing can be written right now; empty when all is well.
    """

    def __init__(
        self,
        database: Callable[[], Database],
        token: str,
        *,
        on_trouble: Callable[[str], None],
        on_ended: Callable[[], None],
        on_damage: Callable[[], None],
    ) -> None:
        self.trouble = ""
        self._on_ended = on_ended
        self._on_damage = on_damage
        self._database = database
        self._token = token
        self._on_trouble = on_trouble
        self._pending: deque[tuple[RunLog, AnyEvent | None]] = deque()
        self._batches: deque[Batch] = deque()
        self._barriers: deque[Future[None]] = deque()
        self._documents: deque[_Task] = deque()
        self._quick: deque[_Task] = deque()
        self._tasks: deque[_Task] = deque()
        self._chores: deque[_Task] = deque()
        self._open: set[RunLog] = set()
        self._sinks: WeakKeyDictionary[Sink, RunLog] = WeakKeyDictionary()
        self._wake = threading.Event()
        self._urgent = threading.Event()
        self._is_closing = self._has_ended = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something waits to be written; chores do not count."""
        return bool(self.has_events or self._documents or self._barriers or self._quick or self._tasks)

    @property
    def has_events(self) -> bool:
        """Whether events wait to be written."""
        return bool(self._pending or self._batches)

    def is_writing(self, run_id: str) -> bool:
        """Whether this process writes that run: it has begun and not ended."""
        return any(log.run_id == run_id for log in tuple(self._open))

    def sink(self, origin: str) -> Sink:
        """A receiver for the events of one run."""
        log = RunLog(origin)
        pending, wake, urgent = self._pending, self._wake, self._urgent

        def take(event: AnyEvent) -> None:
            pending.append((log, event))
            if type(event) in _URGENT:
                urgent.set()
            if not wake.is_set():
                wake.set()

        self._open.add(log)
        self._sinks[take] = log
        # A run that was dropped without an end is not being written any more.
        finalize(take, self._pending.append, (log, None)).atexit = False
        self._start()
        return take

    def release(self, sink: Sink) -> None:
        """The sink gets no more events."""
        log = self._sinks.pop(sink, None)
        if log is not None:
            self._pending.append((log, None))
            self._wake.set()

    def wait_for_events(self) -> Future[None]:
        """Done when the events so far are written; fails when they cannot be."""
        done: Future[None] = Future()
        self._barriers.append(done)
        self._hurry()
        return done

    def keep(self, slices: Slices) -> None:
        """Have a document written after the events so far."""
        self._documents.append(_Task(slices))
        self._hurry()

    def do(self, slices: Slices, *, is_chore: bool = False, is_quick: bool = False) -> Future[None]:
        """Have work done after the events so far: quick work before other, each kind in its order.

        The future fails with what the work raised.
        """
        task = _Task(slices)
        # A queue for each kind, that only grows at its end: its first one stays the first while it is done.
        (self._quick if is_quick else self._chores if is_chore else self._tasks).append(task)
        self._hurry()
        return task.done

    def _hurry(self) -> None:
        """Have the thread look at once; what comes after its end fails instead of waiting for ever."""
        self._urgent.set()
        self._wake.set()
        self._start()
        if self._has_ended:
            self._fail_tasks("The history is closed.")

    def close(self, timeout: float) -> bool:
        """Write what is left and end the thread; False when that did not succeed in time."""
        self._is_closing = True
        self._urgent.set()
        self._wake.set()
        with self._starting:  # from here on no thread starts any more
            thread = self._thread
        if thread is not None:
            thread.join(timeout)
        else:
            self._has_ended = True
        return not self.is_busy

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._is_closing:
                self._thread = threading.Thread(target=self._work, name="history-writer", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        pause: float | None = None
        while not self._is_closing:
            if self._wake.wait(pause):
                self._wake.clear()
                self._urgent.wait(GATHER_SECONDS)
                self._urgent.clear()
                self._drain()
                pause = IDLE_SECONDS
            elif self._batches or self._documents:
                self._drain()
            elif self._chores:
                self._step(self._chores)
                pause = BETWEEN_CHORES
            if self._batches or self._documents:
                pause = RETRY_SECONDS
            elif not self._chores:
                pause = None
        self._drain()
        self._has_ended = True
        self._fail_tasks("The history is closed.")

    def _drain(self) -> None:
        """Write all that waits, as far as the database lets us."""
        while self.is_busy:
            # Where there is no trouble, the database was replaced, and probably takes it now.
            if not self._has_gone_on() and (self.trouble or not self._has_gone_on()):
                self._fail_tasks(self.trouble)
                return

    def _has_gone_on(self) -> bool:
        """Do what comes next; False when the database does not take it now."""
        if not self._batches and self._pending:
            self._batches.append(self._gathered())
        if self._batches:
            return self._has_written(self._batches[0])
        if self._barriers:
            self._barriers.popleft().set_result(None)
        elif self._documents and not self._quick:
            return self._has_kept(self._documents[0])
        else:
            self._step(self._quick or self._tasks)
        return True

    def _gathered(self) -> Batch:
        """The next events, ready to be written."""
        entries = [self._pending.popleft() for _ in range(min(len(self._pending), BATCH_EVENTS))]
        try:
            return Batch(entries)
        except Exception as error:  # a fault of ours must not end the thread, and with it all writing
            self._say_lost(error)
            return Batch(())

    def _has_written(self, batch: Batch) -> bool:
        """Write the first batch; False when it must be kept and tried again."""
        if not self._has_done(
            lambda: batch.write(self._database(), self._token), lambda error: self._give_up(batch, error)
        ):
            return False
        self._batches.popleft()
        ended = batch.ended()
        self._open.difference_update(ended)
        if ended:
            self._on_ended()
        return True

    def _has_kept(self, document: _Task) -> bool:
        """Write a slice of a document; False when it must be tried again, from its beginning."""

        def give_up(error: Exception) -> None:
            self._documents.popleft()
            self._say_lost(error)

        if not self._has_done(lambda: document.step(self._database()), give_up):
            document.under_way = None
            return False
        if document.is_over:
            self._documents.popleft()
        return True

    def _has_done(self, work: Callable[[], None], give_up: Callable[[Exception], None]) -> bool:
        """Write something; False when the database does not take it now, but may later."""
        from rlm_desktop.history.database import FileRemoved, is_damage, is_passing

        try:
            work()
        except FileRemoved:
            return self._has_replaced()
        except HistoryError as error:
            self._report(str(error))
            return False
        except Exception as error:
            if is_damage(error):
                return self._has_replaced()
            if is_passing(error):
                self._report(self._database().explain(error, "written"))
                return False
            give_up(error)
        if self.trouble:
            self.trouble = ""
            self.tell("The history is written again; nothing was lost.")
        return True

    def _has_replaced(self) -> bool:
        """The file is damaged, or gone: have it replaced. The batch is tried again then, so False."""
        try:
            self.replace_database()
        except HistoryError as error:
            self._report(str(error))
        return False

    def replace_database(self) -> None:
        """Go on with another database in place of one that cannot be used; to be called on the writer's thread."""
        self._on_damage()
        for log in self._open:
            log.forget_row()

    def _give_up(self, batch: Batch, error: Exception) -> None:
        """The database refuses the data itself: keep the other runs' events, say which run's are lost."""
        if single := batch.split():
            self._batches.extend(single)
        else:
            self._say_lost(error)

    def _say_lost(self, error: Exception) -> None:
        from rlm_desktop.history.database import reason

        _log.error("events refused by the history", exc_info=error)
        self.tell(f"Some events of a run, or a document, could not be kept in the history: {reason(error)}.")

    def tell(self, text: str) -> None:
        """Tell the person, on whatever thread this is; a fault of who listens ends nothing here."""
        try:
            self._on_trouble(text)
        except Exception:  # of the window or another program's callback: the events that wait are worth more
            _log.exception("on_trouble failed")

    def _report(self, text: str) -> None:
        """Say once that nothing can be written for the time being."""
        if text != self.trouble:
            self.trouble = text
            self.tell(f"{text} The run goes on and is kept in memory until it can be written.")

    def _fail_tasks(self, why: str) -> None:
        with contextlib.suppress(IndexError):  # at the end two threads may do this at a time
            while self._barriers:
                self._barriers.popleft().set_exception(HistoryError(why))
        for tasks in (self._quick, self._tasks):
            with contextlib.suppress(IndexError):
                while tasks:
                    tasks.popleft().done.set_exception(HistoryError(why))

    def _step(self, tasks: deque[_Task]) -> None:
        """One slice of the first task."""
        task = tasks[0]
        try:
            task.step(self._database())
        except Exception as error:
            tasks.popleft()
            task.done.set_exception(error)
            return
        if task.is_over:
            tasks.popleft()
            task.done.set_result(None)
