"""The database below the history: connections, transactions, what went wrong in words."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from rlm_desktop.errors import HistoryError
from rlm_desktop.history.checkpoints import MOST_PAGES, Checkpoints

BUSY_SECONDS = 5
CONNECT_SECONDS = 10
"""How long a server may take to answer; the driver itself would wait for two minutes,"""
SILENT_SECONDS = 20
"""and the system for a quarter of an hour, where one that was there takes nothing any more."""
STALE_SECONDS = 0.02
"""Time between two looks at whether a query is still wanted."""
_MOST_COMMITS = (1 << 31) - 1
"""The largest `PRAGMA user_version`."""
_REFUSALS = ("25006", "42501")
"""PostgreSQL's numbers for "read-only" and "no permission", which its driver takes for faults of the program."""
_TOO_LARGE = "54"
"""What those begin with of which the data is the fault, and which its driver takes for faults of the server."""
_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another program holds it locked",
    sqlite3.SQLITE_LOCKED: "another program holds it locked",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_PERM: "it may not be written",
    sqlite3.SQLITE_CANTOPEN: "its folder does not exist, or there is no permission for it",
    sqlite3.SQLITE_IOERR: "the disk reported an error",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is not a database",
}


class FileRemoved(HistoryError):
    """Somebody removed the file, or put another one in its place, while it was open."""


class FileWithdrawn(HistoryError):
    """Somebody removed the file while it was open, and there is no room to write it anew for now."""


class Database:
    """An open database.

    Attributes:
        url: Where it is.
        on_damage: Called when reading shows that the file is broken, or that it is not there any more.
        on_remark: Called with what the person should know of the file.
        on_commit: Called with the number of a commit that is about to be made in a file.
        is_sqlite: Whether it is a file of SQLite.
        is_removed: Whether its file was removed, or replaced, while it was open.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.on_damage: Callable[[], object] = lambda: None
        self.on_remark: Callable[[str], object] = lambda text: None
        self.on_commit: Callable[[int], object] = lambda number: None
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(url) if self.is_sqlite else _server_engine(url)
        self.is_removed = self._is_closed = False
        self._commits = 0
        self._checkpoints: Checkpoints | None = None
        if self.is_sqlite:
            self._checkpoints = Checkpoints(Path(url.database or ""), self._raw, self._engine.dispose)

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """A transaction; one that writes takes its lock at once and waits a while when another process is writing.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: As it came; `explain` has the words.
            FileRemoved: It cannot be used any more.
            FileWithdrawn: It cannot be used for now.
        """
        self._hold_log()
        with self._connected(writes=writes) as connection, connection.begin():
            yield connection
            if writes and self._checkpoints is not None:
                self._number_commit(connection)
        if writes and self._checkpoints is not None:
            self._checkpoints.after_commit()

    def _number_commit(self, connection: Connection) -> None:
        """Write into the file how many commits it has seen while it was in use; see `log_file`."""
        known = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        self._commits = max(known, self._commits) % _MOST_COMMITS + 1
        connection.exec_driver_sql(f"PRAGMA user_version={self._commits}")
        self.on_commit(self._commits)

    @contextmanager
    def _connected(self, **options: Any) -> Iterator[Connection]:
        with self._engine.connect().execution_options(**options) as connection:
            try:
                yield connection
            finally:
                # The pool that it came from was emptied meanwhile: nobody would close what goes back to it.
                if self._is_closed and not connection.invalidated:
                    connection.detach()

    @contextmanager
    def read(self, is_stale: Callable[[], bool] | None = None) -> Iterator[Connection]:
        """A short transaction for reading: one consistent state, whatever is written meanwhile.

        It is broken off soon after `is_stale` says that nobody waits for it any more.

        Raises:
            HistoryError: The database cannot be read, or it was broken off.
        """
        try:
            with self.transaction(writes=False) as connection, self._breaking_off(connection, is_stale):
                yield connection
        except SQLAlchemyError as error:
            if is_damage(error):
                self.on_damage()
            raise HistoryError(self.explain(error, "read")) from error

    @contextmanager
    def _breaking_off(self, connection: Connection, is_stale: Callable[[], bool] | None) -> Iterator[None]:
        if is_stale is None:
            yield
            return
        raw: Any = connection.connection.driver_connection
        break_off = raw.interrupt if self.is_sqlite else raw.cancel
        is_over = Event()

        def watch() -> None:
            while not is_over.wait(STALE_SECONDS):
                if is_stale():
                    with suppress(Exception):  # of a driver whose server is away: then the query fails as well
                        break_off()

        # SQLite itself would ask between its instructions only, and FTS5 reads on for seconds within one.
        watcher = Thread(target=watch, name="stale", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            is_over.set()
            watcher.join()

    def insert_missing(self, table: Table) -> Insert:
        """An insert that leaves the rows alone that are there already."""
        if self.is_sqlite:
            return sqlite.insert(table).on_conflict_do_nothing()
        # Its dialect takes a tenth of a second to import, which nobody needs to start with a file.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing()

    def explain(self, error: Exception, action: str) -> str:
        """A sentence for what went wrong."""
        return f"The history {self.name} cannot be {action}: {reason(error)}."

    @property
    def name(self) -> str:
        """Its file, or its address without the password."""
        return self.url.database or "" if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @contextmanager
    def advisory_lock(self, key: int) -> Iterator[None]:
        """Hold a lock of the server under a number, on a connection of its own."""
        with self._connected(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(select(func.pg_advisory_lock(key)))
            try:
                yield
            finally:
                with suppress(SQLAlchemyError):
                    connection.execute(select(func.pg_advisory_unlock(key)))

    def is_locked(self, key: int) -> bool:
        """Whether somebody holds the lock of that number."""
        with self.read() as connection:
            return not connection.execute(select(func.pg_try_advisory_xact_lock(key))).scalar()

    def mark_in_use(self) -> None:
        """Have the file say that a log belongs to it, so that one that was copied without is known."""
        if self._checkpoints is None:
            return
        with self.transaction(writes=True):
            pass  # each one says it
        self._checkpoints.begin()  # the file itself has to say it

    def tidy(self, *, is_last: bool = True) -> None:
        """Bring the write-ahead log into the file and refresh SQLite's statistics.

        `is_last` tells that it is closed now, and no other process has it open.

        Raises:
            FileWithdrawn: There is no file to bring it into.
        """
        if self._checkpoints is None:
            return
        pragmas = ["user_version=0"] if is_last else []
        # Where another process has it open, or it cannot be written, the next to close does it.
        with suppress(sqlite3.Error, SQLAlchemyError, FileRemoved):
            self._hold_log()
            with self._checkpoints.held_up(), closing(self._engine.raw_connection()) as connection:
                for pragma in (*pragmas, "wal_checkpoint(TRUNCATE)", "optimize"):
                    connection.cursor().execute(f"PRAGMA {pragma}").fetchall()

    def shrink(self) -> None:
        """Give the space of what was deleted back, so that nothing of it is left in SQLite's files."""
        if not self.is_sqlite:
            return
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("VACUUM")
        except sqlite3.Error as error:
            raise HistoryError(self.explain(error, "shrunk")) from error
        finally:
            connection.close()
        self.tidy(is_last=False)

    def _raw(self) -> Any:
        """A connection beside those that are kept open."""
        connection = sqlite3.connect(self.name, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        _configure(connection, None)
        return connection

    def _hold_log(self) -> None:
        try:
            removed = self._checkpoints.hold_log() if self._checkpoints is not None and not self.is_removed else ""
        except (sqlite3.Error, OSError) as error:
            raise FileWithdrawn(
                f"Somebody removed the file {self.name} while the history was open, and it cannot be written anew: "
                f"{reason(error)}. What was in it is kept until it can be; do not close the program before."
            ) from error
        if removed == "log":
            self.on_remark(
                f"Somebody removed the file {self.name}-wal while the history was open. What was in it is kept; do "
                "not remove it again."
            )
        elif removed == "file":
            self.is_removed = True
            self.on_remark(
                f"Somebody removed the file {self.name} while the history was open. Unless another one was put in "
                "its place, it is written anew. Close the program before you remove it."
            )
        if self.is_removed:
            self.on_damage()
            raise FileRemoved(f"The file {self.name} was removed while the history was open.")

    def is_gone(self) -> bool:
        """Whether its file was removed or replaced, as another process does that rescues it.

        Raises:
            FileWithdrawn: It was, and what was in it is held here only.
        """
        with suppress(FileRemoved):
            self._hold_log()
        return self.is_removed

    def close(self) -> None:
        """Close all connections; one that is in use now is closed after its use."""
        self._is_closed = True
        self._engine.dispose()
        if self._checkpoints is not None:
            self._checkpoints.close()


def reason(error: Exception) -> str:
    """Why a database or a file refused, in words."""
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, OSError) and original.strerror:
        return original.strerror
    if _is_garbled(original):
        return _WORDS[sqlite3.SQLITE_CORRUPT]
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None and (words := _WORDS.get(code & 0xFF)):
        return words
    return str(original).strip().splitlines()[0] if str(original).strip() else type(original).__name__


def is_damage(error: BaseException) -> bool:
    """Whether the error means that the file itself is broken."""
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    is_broken = code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return is_broken or _is_garbled(original)


def _is_garbled(original: BaseException) -> bool:
    """Whether a text in the file is no UTF-8: SQLite does not look, and every list with that row would fail."""
    return isinstance(original, sqlite3.OperationalError) and "Could not decode to UTF-8" in str(original)


def is_passing(error: BaseException) -> bool:
    """Whether the same may succeed later: locked, full, read-only, server away. All else is a fault of the data."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")  # a server's only
        is_refused = isinstance(error, OperationalError | InterfaceError) or state in _REFUSALS
        return is_refused and not state.startswith(_TOO_LARGE)
    return isinstance(error, OSError)


def url_of(target: Path | str) -> URL:
    """A file's path or a database's address as an address.

    Raises:
        HistoryError: It is neither.
    """
    if isinstance(target, Path):
        return URL.create("sqlite", database=str(target))
    try:
        url = make_url(target)
    except (SQLAlchemyError, ValueError) as error:
        target = re.sub("(//[^/:@]*):[^@]*@", r"\1:***@", target)  # a password stays out of sight
        raise HistoryError(f"{target!r} is neither a file nor the address of a database.") from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite_engine(url: URL) -> Engine:
    # Transactions are begun by hand: legacy control without implicit BEGIN behaves alike on Python 3.11 to 3.14
    # (`autocommit=` exists from 3.12 on) and lets a writer take its lock at once. A deferred transaction that reads
    # first and writes later fails without waiting when another process has written in between.
    arguments: dict[str, Any] = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, poolclass=QueuePool, pool_size=4, max_overflow=16, connect_args=arguments)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: Any) -> None:
    is_wal = _pragma(connection, "journal_mode") == "wal" or _pragma(connection, "journal_mode=WAL") == "wal"
    # A process that dies loses nothing either way. With a rollback journal, NORMAL could damage the file when the
    # power goes; with WAL it only loses the last transactions.
    _pragma(connection, f"synchronous={'NORMAL' if is_wal else 'FULL'}")
    _pragma(connection, "foreign_keys=ON")
    _pragma(connection, "trusted_schema=OFF")  # an archive from elsewhere must not run anything
    _pragma(connection, f"wal_autocheckpoint={MOST_PAGES}")
    _pragma(
        connection, "journal_size_limit=0"
    )  # the log's length says how much of it is to be brought into the file
    # SQLite's own knows small letters of ASCII only; a filter must find "Übersicht" for "übersicht".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _pragma(connection: Any, pragma: str) -> Any:
    try:
        row = connection.execute(f"PRAGMA {pragma}").fetchone()
    except sqlite3.OperationalError:  # WAL refused: read-only, or a file system without shared memory
        return None
    except UnicodeDecodeError as error:  # of SQLite's own words, in which it quotes a damaged schema
        damage = sqlite3.DatabaseError(f"malformed database schema: {error}")
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage from error
    return row[0] if row else None


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _server_engine(url: URL) -> Engine:
    arguments: dict[str, Any] = {}
    if url.drivername == "postgresql+psycopg":
        wanted = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": SILENT_SECONDS * 1000}
        arguments = {name: value for name, value in wanted.items() if name not in url.query}
    try:
        return create_engine(url, pool_pre_ping=True, connect_args=arguments)
    except (ImportError, SQLAlchemyError) as error:
        address = url.render_as_string(hide_password=True)
        raise HistoryError(f"The address {address} needs a driver that is not installed ({error}).") from error
