"""Keeps SQLite's write-ahead log: brings it into the file, and notices when somebody removes the one or the other.

SQLite brings the log into the file in the commit that makes it long enough. Where the disk takes 200 ms to sync,
that commit and those behind it take 600 ms, and a kill would lose that much: here a thread waits for the disk. A
log that is removed while it is open is gone for every connection that is opened later; the one here still has it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias

LOG_BYTES = 8 << 20
"""How long the log may be before it is brought into the file,"""
MOST_PAGES = 16_384
"""and how long before a commit does it itself: the thread cannot keep up, or somebody reads for long."""
BETWEEN_SECONDS = 1.0
Removed: TypeAlias = Literal["", "log", "file"]
_Identity: TypeAlias = tuple[int, int] | None


class Checkpoints:
    """Those of one database, on a connection of their own."""

    def __init__(self, database: Path, connect: Callable[[], Any], close_others: Callable[[], None]) -> None:
        """`connect` gives a connection of the driver.

        `close_others` is called when the one or the other was removed, and what the log held is in the file: the
        connections that are open still write to what was removed.
        """
        self._file = database
        self._log = database.with_name(database.name + "-wal")
        self._connect = connect
        self._close_others = close_others
        self._lock = threading.Lock()
        self._connection: Any = None
        self._held: tuple[_Identity, _Identity] | None = None
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._next = 0.0

    def hold_log(self) -> Removed:
        """Hold on to the log, or see to it that it is still there; before anything is read or written.

        Takes a few microseconds. Returns what somebody had removed: the log, of which nothing is lost, or the file,
        which is written anew unless another one is in its place. All is to be opened again then.
        """
        if self._found() == self._held:
            return ""
        with self._lock:
            found, held = self._found(), self._held
            if held is None:
                if found[1] is not None:
                    self._take_hold()
            elif held != found and self._has_brought_in("TRUNCATE"):
                if found[0] is None:
                    self._write_anew()
                self._let_go()
                self._close_others()
                if held[0] != found[0]:
                    return "file"
                self._take_hold()
                return "log"
        return ""

    def after_commit(self) -> None:
        """Begin one if the log is long enough and none is under way. Takes a few microseconds."""
        with contextlib.suppress(OSError):  # there is none
            if time.monotonic() >= self._next and self._log.stat().st_size >= LOG_BYTES:
                self.begin()

    def begin(self) -> None:
        """Begin one unless one is under way."""
        if self._connection is not None and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._work, name="history-checkpoint", daemon=True)
            with contextlib.suppress(RuntimeError):  # no thread is to be had: the next commit tries again
                self._thread.start()

    def _found(self) -> tuple[_Identity, _Identity]:
        """Which file and which log are there."""
        return _identity(self._file), _identity(self._log)

    def _work(self) -> None:
        with self._lock:
            self._has_brought_in("PASSIVE")
        self._next = time.monotonic() + BETWEEN_SECONDS

    def _has_brought_in(self, mode: str) -> bool:
        if self._connection is None:
            return False
        try:
            is_busy, *_ = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        except sqlite3.Error:
            return False
        return not is_busy

    def _write_anew(self) -> None:
        with contextlib.suppress(sqlite3.Error, OSError):  # whoever opens it next says what is wrong
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._file)) as anew:
                self._connection.backup(anew)
                anew.execute("PRAGMA user_version=0")  # as one that was closed in order has it: see `log_file`

    def _take_hold(self) -> None:
        if self._is_closed:
            return
        with contextlib.suppress(sqlite3.Error):  # whoever reads or writes next says what is wrong
            self._connection = self._connect()
            self._connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            found = self._found()
            self._held = found if found[1] is not None else None
        if self._held is None:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._held = None

    def close(self) -> None:
        """Wait for the one that is under way, and let the log go; after all other connections."""
        with self._lock:
            self._is_closed = True
            self._let_go()


def _identity(path: Path) -> _Identity:
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino
