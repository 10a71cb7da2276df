"""Brings SQLite's write-ahead log into the file, in a thread of its own: no commit has to wait for the disk.

SQLite does it in the commit that makes the log long enough. Where the disk takes 200 ms to sync, that commit and
those behind it take 600 ms, and a kill would lose that much.
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
    """Those of one database."""

    def __init__(self, database: Path, connect: Callable[[], Any]) -> None:
        """`connect` gives a connection of the driver, which is closed after use."""
        self._log = database.with_name(database.name + "-wal")
        self._connect = connect
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._next = 0.0

    def after_commit(self) -> None:
        """Begin one if the log is long enough and none is under way. Takes a few microseconds."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if time.monotonic() < self._next or self._is_under_way or self._log.stat().st_size < LOG_BYTES:
                return
            self._thread = threading.Thread(target=self._work, name="history-checkpoint", daemon=True)
            self._thread.start()
        except (OSError, RuntimeError):
            pass  # there is no log, or no thread to be had: the next commit tries again
        finally:
            self._lock.release()

    @property
    def _is_under_way(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _work(self) -> None:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(self._connect()) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._next = time.monotonic() + BETWEEN_SECONDS

    def close(self) -> None:
        """Wait for the one that is under way."""
        with self._lock:
            if self._thread is not None:
                self._thread.join()
