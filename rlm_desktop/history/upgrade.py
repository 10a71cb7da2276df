"""Brings a database into this version's form: creates it, upgrades after a copy, refuses a newer, rescues."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from rlm_desktop.errors import HistoryError
from rlm_desktop.history import schema
from rlm_desktop.history.database import Database, is_damage, reason, url_of
from rlm_desktop.history.log_file import lost_changes
from rlm_desktop.history.targets import unused

HEAD = schema.REVISIONS[-1]
LARGE = 100 << 20
"""Bytes of a file of which it is said before that to bring it into this version's form takes long."""
_UPGRADE_LOCK = 7309
"""Number of the lock that a server's history is made or upgraded under."""
_BESIDE = ("-wal", "-shm")
Tell = Callable[[str], object]


class _Incomplete(Exception):
    """Tables are missing."""


def open_database(target: Path | str, tell: Tell = lambda text: None) -> tuple[Database, str]:
    """The database at `target`, made or upgraded when need be, and what the person should know (or nothing).

    `tell` gets a sentence before that takes long.

    Raises:
        HistoryError: It cannot be opened; the text says why.
    """
    url = url_of(target)
    if url.get_backend_name() != "sqlite":
        return _opened_server(url, tell), ""
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HistoryError(f"The folder {path.parent} cannot be made: {error.strerror}.") from error
    lost = lost_changes(path)
    try:
        return _opened(url, tell), lost
    except _Incomplete:
        return rescue(path)
    except DatabaseError as error:
        if not is_damage(error):
            raise HistoryError(f"The history {path} cannot be opened: {reason(error)}.") from error
        return rescue(path)


def _opened_server(url: URL, tell: Tell) -> Database:
    try:
        return _opened(url, tell)
    except SQLAlchemyError as error:
        address = url.render_as_string(hide_password=True)
        raise HistoryError(f"The history {address} cannot be opened: {reason(error)}.") from error


def _opened(url: URL, tell: Tell = lambda text: None) -> Database:
    database = Database(url)
    try:
        _bring_up_to_date(database, tell)
    except BaseException:
        database.close()
        raise
    return database


def _bring_up_to_date(database: Database, tell: Tell) -> None:
    with database.transaction(writes=False) as connection:
        version = _version(connection)
        present = set(inspect(connection).get_table_names()) if version in (None, HEAD) else set[str]()
    ours = set(schema.metadata.tables) - {schema.versions.name}
    if version == HEAD:
        if database.is_sqlite and not ours <= present:
            raise _Incomplete
        return
    if version is None and ours & present:
        raise HistoryError(f"{database.name} is the database of another program. Choose another data folder.")
    if version is not None:
        _check_known(version, database)
    with contextlib.ExitStack() as copied, database.transaction(writes=True) as connection:
        if not database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        version = _version(connection)  # another process may have been quicker
        if version is None:
            schema.metadata.create_all(connection)
            connection.execute(schema.versions.insert().values(version_num=HEAD))
        elif version != HEAD:
            if not database.is_sqlite or Path(database.name).stat().st_size >= LARGE:
                tell(f"The history {database.name} is brought into this version's form, which may take a while.")
            if database.is_sqlite:
                copied.enter_context(_copied_aside(Path(database.name), version))
            _migrate(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(schema.versions.c.version_num)).scalar()


def _check_known(version: str, database: Database) -> None:
    if not version.isdigit():
        raise HistoryError(f"{database.name} is the database of another program. Choose another data folder.")
    if version not in schema.REVISIONS:
        raise HistoryError(
            f"The history {database.name} was written by a newer version of RLM Desktop (its form is {version}, "
            f"this version knows up to {HEAD}). Install the newer version, or choose another data folder by "
            "RLM_DESKTOP_HOME."
        )


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _stamp() -> str:
    return time.strftime("%Y%m%d-%H%M%S")


@contextlib.contextmanager
def _copied_aside(path: Path, version: str) -> Iterator[None]:
    """Have a copy of the file as it is, before it is changed; where it could not be, none is left."""
    copy = unused(path.with_name(f"{path.stem}-before-{HEAD}-{_stamp()}{path.suffix}"))
    try:
        _copy(path, copy, version)
        yield
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


def _copy(path: Path, copy: Path, version: str) -> None:
    try:
        with (
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise HistoryError(
            f"The history {path} must be brought from form {version} to {HEAD}, but no copy of it can be made: "
            f"{reason(error)}."
        ) from error


def rescue(path: Path) -> tuple[Database, str]:
    """A fresh database with all that can still be read of the damaged one, which is kept aside.

    Raises:
        HistoryError: There is no room for it, or no permission. The damaged one stays where it is.
    """
    from rlm_desktop.history.salvage import copy_readable

    fresh = path.with_name(f"{path.name}.rescue-{os.getpid()}")
    try:
        damaged = path.stat()
        _remove(fresh)
        _opened(url_of(fresh)).close()
        kept = copy_readable(path, fresh)
        if not os.path.samestat(damaged, path.stat()):  # another process was quicker
            return _opened(url_of(path)), ""
        aside = _exchange(path, fresh)
        database = _opened(url_of(path))
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise HistoryError(
            f"The history {path} is damaged, and no other can be put in its place: {reason(error)}."
        ) from error
    finally:
        _remove(fresh)
    what = f"{kept} rows of it could be read and were taken over" if kept else "nothing of it could be read"
    return database, f"The history was damaged. It is kept as {aside}; {what}."


def _remove(file: Path) -> None:
    for ending in ("", *_BESIDE, "-journal"):
        with contextlib.suppress(OSError):
            file.with_name(file.name + ending).unlink(missing_ok=True)


def _exchange(path: Path, fresh: Path) -> Path:
    """Put a fresh file in the place of a damaged one, or leave all as it is; returns where that is kept now."""
    aside = unused(path.with_name(f"{path.stem}-damaged-{_stamp()}{path.suffix}"))
    moved: list[tuple[Path, Path]] = []
    try:
        for ending in (*_BESIDE, ""):  # the log first: it would be taken for that of a file in this one's place
            old, new = path.with_name(path.name + ending), aside.with_name(aside.name + ending)
            with contextlib.suppress(FileNotFoundError):
                moved.append((old.rename(new), old))
        fresh.rename(path)
    except OSError:
        for new, old in moved:
            new.rename(old)
        raise
    return aside
