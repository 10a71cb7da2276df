"""Keeps SQLite's write-ahead log: brings it into the file, and notices when somebody removes the one or the other.

SQLite brings the log into the file in the commit that makes it long enough. Where the disk takes 200 ms to sync,
that commit and those behind it take 600 ms, and a kill would lose that much: here a thread waits for the disk. A
log that is removed while it is open is gone for every connection that is opened later; the one here still has it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
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

        Raises:
            sqlite3.Error: The file was removed and cannot be written anew for now. What was in it is held here, so
                nothing may be opened in its place, and the next to ask tries again.
            OSError: As above.
        """
        if (found := self._found()) == self._held or found is None:
            return ""
        with self._lock:
            found, held = self._found(), self._held
            if found is None or found == held:
                return ""
            if held is None:
                if found[1] is not None:
                    self._take_hold()
                return ""
            # A log that still holds something would be taken for that of a file which is put in this one's place.
            if found[0] is None:
                self._bring_in("TRUNCATE")
                self._write_anew()
            elif not self._has_brought_in("TRUNCATE"):
                return ""
            self._let_go()
            self._close_others()
            if held[0] != found[0]:
                return "file"
            self._take_hold()
            return "log"

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

    @contextlib.contextmanager
    def held_up(self) -> Iterator[None]:
        """None is under way meanwhile: SQLite would not wait for it, and refuse another one."""
        with self._lock:
            yield

    def _found(self) -> tuple[_Identity, _Identity] | None:
        """Which file and which log are there; None when that cannot be known now."""
        try:
            return _identity(self._file), _identity(self._log)
        except OSError:  # no permission, a network that is away: whoever reads or writes next says what is wrong
            return None

    def _work(self) -> None:
        with self._lock:
            self._has_brought_in("PASSIVE")
        self._next = time.monotonic() + BETWEEN_SECONDS

    def _has_brought_in(self, mode: str) -> bool:
        if self._connection is None:
            return False
        try:
            self._bring_in(mode)
        except sqlite3.Error:
            return False
        return True

    def _bring_in(self, mode: str) -> None:
        is_busy, *_ = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        if is_busy:
            raise sqlite3.OperationalError("it is in use")

    def _write_anew(self) -> None:
        """Put what the removed file holds in its place, whole or not at all."""
        unfinished = self._file.with_name(f"{self._file.name}.anew-{os.getpid()}")  # others may be at it, too
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        try:
            with contextlib.closing(sqlite3.connect(unfinished)) as anew:
                self._connection.backup(anew)
                anew.execute("PRAGMA user_version=0")  # as one that was closed in order has it: see `log_file`
            _put_in_place(unfinished, self._file)
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)

    def _take_hold(self) -> None:
        if self._is_closed:
            return
        with contextlib.suppress(sqlite3.Error):  # whoever reads or writes next says what is wrong
            self._connection = self._connect()
            self._connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            found = self._found()
            self._held = found if found is not None and found[1] is not None else None
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


_FILE_NOT_FOUND, _PATH_NOT_FOUND = 2, 3
"""Numbers of Windows; its others that Python calls `FileNotFoundError` tell of a network that is away."""


def _identity(path: Path) -> _Identity:
    """Which file that is; None when there is none.

    Raises:
        OSError: Nobody knows.
    """
    try:
        there = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        if getattr(error, "winerror", _FILE_NOT_FOUND) not in (_FILE_NOT_FOUND, _PATH_NOT_FOUND):
            raise
        return None
    return there.st_dev, there.st_ino


def _put_in_place(file: Path, place: Path) -> None:
    """Name a file so, unless another process was quicker and has put one there that it writes into already."""
    try:
        os.link(file, place)
    except FileExistsError:
        return
    except OSError:  # no links there
        file.rename(place)
