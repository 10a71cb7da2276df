"""The history as a thing that lies somewhere: how large it is, a copy of it and back, all of it gone."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rlm_desktop.errors import HistoryError
from rlm_desktop.history.log_file import copy_with_log
from rlm_desktop.history.targets import check_replaceable, place_of, unused

if TYPE_CHECKING:
    from rlm_desktop.history.database import Database
    from rlm_desktop.history.writer import Slices

_PAGES = 2000
"""Pages that are copied at once; others may write in between."""


class Storage:
    """What a person can do with the history as a whole. Made by `History.storage`; every method waits."""

    def __init__(
        self,
        target: Path | str,
        database: Callable[[], Database],
        do: Callable[[Slices], None],
        is_going_on: Callable[[], bool],
    ) -> None:
        """`do` has the writer do something and waits; `is_going_on` tells whether a run is being written."""
        self._target = target
        self._database = database
        self._do = do
        self._is_going_on = is_going_on

    @property
    def path(self) -> Path | None:
        """Its file; None for a database on a server."""
        return self._target if isinstance(self._target, Path) else None

    @property
    def place(self) -> str:
        """Its file, or its address without the password."""
        return str(self.path) if self.path is not None else self._database().name

    def size(self) -> int:
        """Bytes that it takes.

        Raises:
            HistoryError: The server cannot be asked.
        """
        if self.path is None:
            from sqlalchemy import func, select

            with self._database().read() as connection:
                return connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one()
        files = (self.path.with_name(self.path.name + ending) for ending in ("", "-wal", "-shm"))
        return sum(file.stat().st_size for file in files if file.exists())

    def copies(self) -> list[Path]:
        """What this program has put beside its file before it changed or replaced that."""
        if self.path is None or not self.path.parent.is_dir():
            return []
        stem, suffix = re.escape(self.path.stem), re.escape(self.path.suffix)
        named = re.compile(
            rf"{stem}-(before-(\d+|restore)|damaged)-\d{{8}}-\d{{6}}(-\d+)?{suffix}(-wal|-shm|-journal)?"
        )
        return [file for file in self.path.parent.iterdir() if named.fullmatch(file.name)]

    def backup(self, target: Path) -> None:
        """Copy everything to a file, while runs may go on. The file is whole or not there at all.

        It is an archive: it can be restored, and imported on another machine.

        Raises:
            HistoryError: It lies on a server, or the file cannot be written.
        """
        source = self._own_file("backed up")
        place = place_of(target)
        if place == place_of(source):
            raise HistoryError(f"{target} is the history itself. Choose another name for the copy.")
        self._database()
        unfinished = place.with_name(place.name + ".part")
        try:
            check_replaceable(place)
            _copy(source, unfinished)
            with contextlib.closing(sqlite3.connect(unfinished)) as copy:
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, that may lie where nothing can be written
            unfinished.replace(place)
        except (OSError, sqlite3.Error) as error:
            raise HistoryError(f"The copy {target} cannot be written: {_reason(error)}.") from error
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)

    def restore(self, copy: Path) -> Path:
        """Put what a backup or an archive holds in the place of everything. Returns a copy of what was there.

        Raises:
            HistoryError: A run is going on, the history lies on a server, or the file is no backup. Nothing has
                changed then.
        """
        own = self._own_file("restored")
        self._refuse_while_going_on()
        stamp = time.strftime("%Y%m%d-%H%M%S")
        before = unused(own.with_name(f"{own.stem}-before-restore-{stamp}{own.suffix}"))
        with tempfile.TemporaryDirectory(prefix="rlm-desktop-") as folder:
            ready = _made_ready(copy, Path(folder) / "history.sqlite")
            self.backup(before)

            def slices(database: Database) -> Iterator[None]:
                self._refuse_while_going_on()
                try:
                    # Into the file that is open, not over it: other processes that have it open see the change.
                    _copy(ready, own, pages=-1)
                except sqlite3.Error as error:
                    raise HistoryError(f"{copy} cannot be restored: {_reason(error)}.") from error
                database.mark_in_use()
                yield from ()

            self._do(slices)
        return before

    def delete_all(self) -> None:
        """Delete every session, run and document for good, with the `copies`, and give the space back.

        Raises:
            HistoryError: A run is going on, it cannot be written, or a copy not be deleted.
        """
        self._refuse_while_going_on()

        def slices(database: Database) -> Iterator[None]:
            from rlm_desktop.history import changes

            self._refuse_while_going_on()
            yield from changes.empty(database)
            database.shrink()

        self._do(slices)
        for copy in self.copies():
            try:
                copy.unlink(missing_ok=True)
            except OSError as error:
                raise HistoryError(f"The copy {copy} cannot be deleted: {_reason(error)}.") from error

    def _own_file(self, action: str) -> Path:
        if self.path is None:
            raise HistoryError(
                f"The history {self.place} lies on a server; it is {action} with the server's tools."
            )
        return self.path

    def _refuse_while_going_on(self) -> None:
        if self._is_going_on():
            raise HistoryError("A run is going on. Wait for its end or stop it, then try again.")


def _copy(source: Path, target: Path, pages: int = _PAGES) -> None:
    with (
        contextlib.closing(sqlite3.connect(source, timeout=30)) as original,
        contextlib.closing(sqlite3.connect(target, timeout=30)) as copy,
    ):
        original.backup(copy, pages=pages)


def _made_ready(copy: Path, target: Path) -> Path:
    """A copy of a backup in this version's form, so that the backup itself stays as it is.

    Raises:
        HistoryError: It cannot be read, is no history of this program, or is a newer version's.
    """
    from rlm_desktop.history.imports import holds_runs
    from rlm_desktop.history.upgrade import open_database

    if not holds_runs(copy):
        raise HistoryError(f"{copy} is no backup of a history, or it cannot be read.")
    try:
        copy_with_log(copy, target)
    except OSError as error:
        raise HistoryError(f"{copy} cannot be read: {_reason(error)}.") from error
    database, fault = open_database(target)
    database.tidy()
    database.close()
    if fault:
        raise HistoryError(f"{copy} is damaged. Import it instead: what can be read of it is taken over.")
    return target


def _reason(error: Exception) -> str:
    from rlm_desktop.history.database import reason

    return reason(error)
