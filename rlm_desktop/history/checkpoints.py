"""Keeps SQLite's write-ahead log: brings it into the file, and holds on to it where somebody removes it.

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
from typing import Any

LOG_BYTES = 8 << 20
"""How long the log may be before it is brought into the file,"""
MOST_PAGES = 16_384
"""and how long before a commit does it itself: the thread cannot keep up, or somebody reads for long."""
BETWEEN_SECONDS = 1.0


class Checkpoints:
    """Those of one database, on a connection of their own."""

    def __init__(self, database: Path, connect: Callable[[], Any], close_others: Callable[[], None]) -> None:
        """`connect` gives a connection of the driver.

        `close_others` is called when the log was removed, and what it held is in the file: the connections that are
        open still write to the removed one.
        """
        self._log = database.with_name(database.name + "-wal")
        self._connect = connect
        self._close_others = close_others
        self._lock = threading.Lock()
        self._connection: Any = None
        self._held: tuple[int, int] | None = None
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._next = 0.0

    def hold_log(self) -> bool:
        """Hold on to the log, or see to it that it is still there; before anything is read or written.

        Takes a few microseconds. Returns whether somebody had removed it, and nothing of it is lost.
        """
        if self._found() == self._held:
            return False
        with self._lock:
            found = self._found()
            if self._held is None and found is not None:
                self._take_hold()
            elif self._held != found and self._has_brought_in("TRUNCATE"):
                self._let_go()
                self._close_others()
                self._take_hold()
                return True
        return False

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

    def _found(self) -> tuple[int, int] | None:
        try:
            there = self._log.stat()
        except OSError:
            return None
        return there.st_dev, there.st_ino

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

    def _take_hold(self) -> None:
        if self._is_closed:
            return
        with contextlib.suppress(sqlite3.Error):  # whoever reads or writes next says what is wrong
            self._connection = self._connect()
            self._connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            self._held = self._found()
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
