"""Who is alive: tells a run that another process is writing right now from one that was cut off.

A process that writes runs holds a lock: on a file beside the database, or, on a server, in the server itself. The
operating system or the server releases it however the process ends.
"""

from __future__ import annotations

import contextlib
import glob
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from rlm_desktop.history.database import Database

TRIES = 100
"""How often a process tries to lock its own file, a millisecond between."""
_DIGITS = 12

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO, *, is_shared: bool = False) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO, *, is_shared: bool = False) -> None:
        """Lock a file or fail; several may share a lock, so that those who look do not hold one another up."""
        fcntl.flock(file.fileno(), (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


class Presence(Protocol):
    """The sign of life of a process, known to others by a token, which is written with each run."""

    def announce(self) -> None:
        """Be alive from now on."""

    def is_alive(self, token: str) -> bool:
        """Whether the process of that token still runs."""
        ...

    def note(self, commit: int) -> None:
        """Leave the number of a commit that is about to be made, for who comes after a process that was killed."""

    def withdraw(self) -> None:
        """Be alive no longer."""

    def is_anybody_alive(self) -> bool:
        """Whether a process other than this one is known to be alive."""
        ...


class ServerPresence:
    """Held as an advisory lock of a PostgreSQL server, by a connection of its own."""

    def __init__(self, database: Database, token: str) -> None:
        self._database = database
        self._token = token
        self._release = contextlib.ExitStack()

    def announce(self) -> None:
        """Hold the lock from now on."""
        self._release.enter_context(self._database.advisory_lock(_key(self._token)))

    def is_alive(self, token: str) -> bool:
        """Whether the process of that name still holds its lock."""
        return self._database.is_locked(_key(token))

    def note(self, commit: int) -> None:
        """The server keeps its log."""

    def withdraw(self) -> None:
        """Give the lock up."""
        self._release.close()

    def is_anybody_alive(self) -> bool:
        """The server knows; nothing here depends on it."""
        return True


def _key(token: str) -> int:
    """The number that stands for a token among the locks of a server."""
    try:
        return int(token, 16) - (1 << 63)
    except ValueError:
        return 0


def _files(database: Path) -> Iterator[Path]:
    """The files of the processes that have the database open, or had it when they ended without a word."""
    return database.parent.glob(f"{glob.escape(database.name)}-writer-*")


def last_commit(database: Path) -> int | None:
    """The number of the last commit that a process noted beside the database; None when none did."""
    noted: list[int] = []
    for file in _files(database):
        with contextlib.suppress(OSError, ValueError):
            noted.append(int(file.read_bytes()[:_DIGITS]))
    return max(noted, default=None)


class FilePresence:
    """Held as a locked file beside the database, in which stands the number of the last commit."""

    def __init__(self, database: Path, token: str) -> None:
        self.token = token
        self._database = database
        self._file: BinaryIO | None = None

    def _path(self, token: str) -> Path:
        return self._database.with_name(f"{self._database.name}-writer-{token}")

    def announce(self) -> None:
        """Hold the lock from now on.

        Where files cannot be locked, nothing happens: other processes then show a run as interrupted until it ends.
        """
        if self._file is not None:
            return
        with contextlib.suppress(OSError):
            self._file = self._locked()
            self.is_anybody_alive()  # and those that are not leave nothing behind

    def is_anybody_alive(self) -> bool:
        """Whether a process other than this one is alive."""
        others = {file.name.rpartition("-")[2] for file in _files(self._database)} - {self.token}
        return bool([token for token in others if self.is_alive(token)])

    def note(self, commit: int) -> None:
        """Leave the number of a commit that is about to be made."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.seek(0)
                self._file.write(f"{commit:0{_DIGITS}}".encode())

    def _locked(self) -> BinaryIO:
        """The file, locked. Before it is, a process that starts too may take it for that of a dead one."""
        path = self._path(self.token)
        for _ in range(TRIES):
            file = path.open("wb", buffering=0)
            try:
                _lock(file)
                if sys.platform == "win32" or os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    return file
            except (BlockingIOError, FileNotFoundError):
                pass
            except OSError:
                if sys.platform != "win32":  # where a held lock is a plain OSError
                    return file  # no file can be locked here
            file.close()
            time.sleep(0.001)  # the other one is looking at it, or has removed it
        return path.open("wb", buffering=0)

    def is_alive(self, token: str) -> bool:
        """Whether the process of that name still runs; clears away after one that does not."""
        if token == self.token:
            return self._file is not None
        path = self._path(token)
        if not token.isalnum() or not path.exists():
            return False
        try:
            with path.open("r+b") as file:
                _lock(file, is_shared=True)
                if sys.platform != "win32":  # while it is locked: its process may be about to do so
                    os.unlink(path)
        except BlockingIOError:
            return True
        except OSError:
            return sys.platform == "win32"  # where a held lock is a plain OSError
        if sys.platform == "win32":  # which removes no file that is open
            with contextlib.suppress(OSError):
                os.unlink(path)
        return False

    def withdraw(self) -> None:
        """Give the lock up."""
        if self._file is None:
            return
        self._file.close()
        self._file = None
        with contextlib.suppress(OSError):
            os.unlink(self._path(self.token))
