"""Who is alive: tells a run that another process is writing right now from one that was cut off.

A process that writes runs holds a lock: on a file beside the database, or, on a server, in the server itself. The
operating system or the server releases it however the process ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from rlm_desktop.history.database import Database

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class Presence(Protocol):
    """The sign of life of a process, known to others by a token, which is written with each run."""

    def announce(self) -> None:
        """Be alive from now on."""

    def is_alive(self, token: str) -> bool:
        """Whether the process of that token still runs."""
        ...

    def withdraw(self) -> None:
        """Be alive no longer."""


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

    def withdraw(self) -> None:
        """Give the lock up."""
        self._release.close()


def _key(token: str) -> int:
    """The number that stands for a token among the locks of a server."""
    try:
        return int(token, 16) - (1 << 63)
    except ValueError:
        return 0


class FilePresence:
    """Held as a locked file beside the database."""

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
            self._file = self._path(self.token).open("wb")
            _lock(self._file)
            for other in self._database.parent.glob(f"{self._database.name}-writer-*"):
                self.is_alive(other.name.rpartition("-")[2])

    def is_alive(self, token: str) -> bool:
        """Whether the process of that name still runs; clears away after one that does not."""
        if token == self.token:
            return self._file is not None
        path = self._path(token)
        if not token.isalnum() or not path.exists():
            return False
        try:
            with path.open("r+b") as file:
                _lock(file)
        except BlockingIOError:
            return True
        except OSError:
            return sys.platform == "win32"  # where a held lock is a plain OSError
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
