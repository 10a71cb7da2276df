"""What can still be read of a damaged history, put into a fresh one.

SQLite gives an error for a row that lies on a damaged page: it is passed over, with its neighbours on that page,
and what comes behind is read. The index of words, and where its texts stand, are made anew from the events; so are
rows of runs and sessions that are lost, and what tells which text is still needed.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select

from rlm_desktop.engine import events as ev
from rlm_desktop.history import queries, records, schema
from rlm_desktop.history.batches import document_hashes
from rlm_desktop.history.database import Database, url_of
from rlm_desktop.history.summary import Summary, plain

_LAST = 1 << 62
"""No number of a row comes near it."""


def copy_readable(source: Path, target: Path) -> int:
    """Copy the rows that can be read into a fresh history, which nobody has open; returns how many.

    Raises:
        sqlite3.Error: The fresh one cannot be written.
        SQLAlchemyError: As above.
        OSError: The damaged one cannot be opened, or not be copied where its end is cut off.
    """
    kept = 0
    with (
        _readable(source) as file,
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.text_factory = _text
        old.execute("PRAGMA writable_schema=ON")  # a damaged table, as that of SQLite's statistics, hides no other
        for table in schema.metadata.sorted_tables:
            if table not in (schema.versions, schema.texts):
                kept += _copy(old, new, table)
        new.execute("UPDATE runs SET indexed = 0, indexer = ''")
        new.commit()
    database = Database(url_of(target))
    try:
        with database.transaction(writes=True) as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            _add_lost_runs(connection)
            _add_lost_sessions(connection)
            _remove_strays(connection)
            _add_lost_uses(connection, database)
    finally:
        database.close()
    with closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA user_version=0")  # as one that was closed in order has it: see `log_file`
        (mode,) = new.execute("PRAGMA journal_mode=DELETE").fetchone()  # all of it in the one file
    if mode != "delete":
        raise sqlite3.OperationalError("its log cannot be brought into it")
    return kept


@contextlib.contextmanager
def _readable(file: Path) -> Iterator[Path]:
    """The file; where its end is cut off, a copy that claims to be no longer, else SQLite would read nothing."""
    with file.open("rb") as opened:
        header = opened.read(100)
    size, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    wal = file.with_name(file.name + "-wal")
    if file.stat().st_size >= (65536 if size == 1 else size) * pages or (wal.exists() and wal.stat().st_size):
        yield file
        return
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".rescue-") as folder:
        copy = Path(shutil.copyfile(file, Path(folder) / file.name))
        with copy.open("r+b") as opened:
            opened.seek(92)  # for which change of the file its length holds: for none, so it is looked at itself
            opened.write(bytes(byte ^ 0xFF for byte in header[24:28]))
        yield copy


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: Table) -> int:
    names = [column.name for column in table.columns]
    insert = f"INSERT OR IGNORE INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    rows = _by_key(old, table.name, names) if table is schema.uses else _by_number(old, table.name, names)
    kinds = [int if kind is bool else kind for kind in (column.type.python_type for column in table.columns)]
    kept = 0
    for row in rows:
        # Damage may look like a row.
        if all(value is None or isinstance(value, kind) for value, kind in zip(row, kinds, strict=True)):
            with contextlib.suppress(sqlite3.IntegrityError):
                kept += new.execute(insert, row).rowcount
    return kept


def _by_key(old: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table without numbers, from both its ends up to what is damaged."""
    for order in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.Error):
            yield from old.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {names[0]} {order}")


def _by_number(old: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table in the order of their numbers, but for those on damaged pages."""
    query = f"SELECT rowid, {', '.join(names)} FROM {table} WHERE rowid >= ? ORDER BY rowid"

    def is_readable(number: int) -> bool:
        """Whether the first row from that number on is, or there is none; not where a damaged page leads back."""
        try:
            row = next(old.execute(f"{query} LIMIT 1", (number,)), None)
        except sqlite3.Error:
            return False
        return row is None or row[0] >= number

    following, limit = 0, ""
    while following < _LAST:
        try:
            for number, *row in old.execute(query + limit, (following,)):
                following = max(following, number + 1)
                yield tuple(row)
            if not limit:
                return
            limit = ""
        except sqlite3.Error:
            # The driver asks for a row before it gives the one before that, which may be sound.
            limit = " LIMIT 1" if not limit and is_readable(following) else ""
            if not limit:
                following = _behind_damage(following, is_readable)


def _behind_damage(number: int, is_readable: Callable[[int], bool]) -> int:
    """The next number from which on there is something to be read again."""
    width = 1
    while number + width < _LAST and not is_readable(number + width):
        width *= 2
    begin, end = number + width // 2, number + width
    while end - begin > 1:
        middle = (begin + end) // 2
        begin, end = (begin, middle) if is_readable(middle) else (middle, end)
    return end


def _add_lost_runs(connection: Connection) -> None:
    """Make the rows of runs anew of which only events are left, the first among them."""
    runs, events = schema.runs, schema.events
    without = select(events.c.run).distinct().where(events.c.run.not_in(select(runs.c.number)))
    for number in connection.execute(without).scalars().all():
        summary = Summary()
        for block in queries.run_events(connection, number):
            for event in block:
                summary.take(event)
        if (started := summary.started) is not None:
            origin = plain(str(started.settings.get("imported_from", "")))
            values = {**summary.start_columns(), **summary.columns(), "origin": origin, "writer": ""}
            connection.execute(runs.insert().prefix_with("OR IGNORE").values(number=number, **values))


def _add_lost_sessions(connection: Connection) -> None:
    runs, sessions = schema.runs, schema.sessions
    lost = select(
        runs.c.session_id.label("id"),
        func.min(runs.c.started_at).label("created_at"),
        func.max(runs.c.started_at).label("updated_at"),
    )
    lost = lost.where(runs.c.session_id.not_in(select(sessions.c.id))).group_by(runs.c.session_id)
    for row in connection.execute(lost).all():
        connection.execute(sessions.insert().values(**row._mapping))


def _remove_strays(connection: Connection) -> None:
    """Remove what belongs to a run that nobody knows: the next run would get its number."""
    for table in (schema.events, schema.uses):
        connection.execute(table.delete().where(table.c.run.not_in(select(schema.runs.c.number))))


def _add_lost_uses(connection: Connection, database: Database) -> None:
    """Without them, a text would be removed with another run that needs it."""
    query = select(schema.events.c.run, schema.events.c.codec, schema.events.c.data)
    insert = database.insert_missing(schema.uses)
    for row in connection.execution_options(yield_per=20).execute(query):
        if needed := [{"run": row.run, "sha256": sha256} for sha256 in _needed(row.codec, row.data)]:
            connection.execute(insert, needed)


def _needed(codec: int, data: bytes) -> set[bytes]:
    """The hashes of the texts and documents that the events of a block need."""
    needed: set[bytes] = set()
    with contextlib.suppress(ValueError):
        for line in records.lines_of(codec, data):
            with contextlib.suppress(ValueError):
                needed.update(map(bytes.fromhex, records.references(line)))
                if b'"RunStarted"' in line[:40] and isinstance(event := records.unpack(line, {}), ev.RunStarted):
                    needed.update(document_hashes(event))
    return needed
