"""What the writer does when nothing else waits: indexes the runs that have ended, packs their events tighter."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from rlm_desktop.errors import HistoryError
from rlm_desktop.history import indexing, queries, records
from rlm_desktop.history.database import Database, is_damage, is_passing
from rlm_desktop.history.queries import Liveness
from rlm_desktop.history.schema import events, runs
from rlm_desktop.history.texts import Extractor, Found

SLICE_CHARACTERS = 100_000
"""Text that is indexed in one transaction, a few milliseconds' work."""
BLOCK_BYTES = 32_000
"""JSON of one packed block of events. Larger ones are smaller on the disk, by a twelfth at most, and take longer to
read a single text from, as a search does for each of its hits."""
FORGET = 200
_SOME = 50

_log = logging.getLogger(__name__)


class _Removed(Exception):
    """The run is not there any more: it was purged, or everything was deleted."""


def settle(database: Database, is_live: Liveness, token: str) -> Iterator[None]:
    """Index and pack every run that has ended, or was cut off, since the last time."""
    after = -1
    while (run := _next(database, is_live, token, after)) is not None:
        after = run.number
        try:
            yield from _index(database, run)
            yield from _pack(database, run.number)
        except _Removed:
            continue
        except Exception as error:  # whatever an import brought: the runs behind it are not to wait for ever
            if isinstance(error, HistoryError) or is_passing(error) or is_damage(error):
                raise
            _log.exception("run %s cannot be indexed", run.id)
            _finish(database, run)


def _next(database: Database, is_live: Liveness, token: str, after: int) -> Row[Any] | None:
    """The oldest run after that number to settle, reserved for this process.

    The oldest first, because a search lists texts by when they were indexed.
    """
    waiting = select(runs.c.number, runs.c.id, runs.c.status, runs.c.writer, runs.c.indexer, runs.c.indexed)
    waiting = waiting.add_columns(runs.c.events).where(runs.c.indexed < runs.c.events, runs.c.deleted_at.is_(None))
    while True:
        with database.transaction(writes=False) as connection:
            query = waiting.where(runs.c.number > after).order_by(runs.c.number).limit(_SOME)
            rows = connection.execute(query).all()
        for row in rows:
            is_taken = row.indexer not in ("", token) and is_live("", row.indexer)
            if is_taken or (row.status == "running" and is_live(row.id, row.writer)):
                continue
            reserve = runs.update().where(runs.c.number == row.number, runs.c.indexer == row.indexer)
            with database.transaction(writes=True) as connection:
                if connection.execute(reserve.values(indexer=token)).rowcount:
                    return row
        if len(rows) < _SOME:
            return None
        after = rows[-1].number


def _index(database: Database, run: Row[Any]) -> Iterator[None]:
    """Index the texts of one run, from the start, in short transactions."""
    if run.indexed or run.indexer:
        yield from forget(database, run.number)
    extractor = Extractor()
    found: list[Found] = []
    for block in _blocks(database, run.number):
        for event in block:
            found += extractor.take(event)
        while sum(len(one.text) for one in found) > SLICE_CHARACTERS:
            found = _add_slice(database, run, found)
            yield
    found += extractor.rest()
    while found:
        found = _add_slice(database, run, found)
        yield
    _finish(database, run)
    yield


def _finish(database: Database, run: Row[Any]) -> None:
    with database.transaction(writes=True) as connection:
        connection.execute(runs.update().where(runs.c.number == run.number).values(indexed=run.events, indexer=""))


def _blocks(database: Database, number: int) -> Iterator[list[Any]]:
    """The events of a run, each block read in a transaction of its own: others write in between."""
    last = -1
    while True:
        query = (
            select(events).where(events.c.run == number, events.c.first > last).order_by(events.c.first).limit(1)
        )
        with database.transaction(writes=False) as connection:
            row = connection.execute(query).first()
            if row is None:
                return
            block = queries.block_events(connection, row)
        last = row.last
        yield block


def _add_slice(database: Database, run: Row[Any], found: list[Found]) -> list[Found]:
    """Index as much as fits into one slice; returns the rest."""
    count = characters = 0
    while count < len(found) and (count == 0 or characters < SLICE_CHARACTERS):
        characters += len(found[count].text)
        count += 1
    with database.transaction(writes=True) as connection:
        if queries.run_number(connection, run.id) != run.number:
            raise _Removed
        indexing.add(connection, run.number, found[:count])
    return found[count:]


def forget(database: Database, number: int) -> Iterator[None]:
    """Take a run out of the index."""
    is_more = True
    while is_more:
        with database.transaction(writes=True) as connection:
            is_more = indexing.forget(connection, number, FORGET)
        yield


def _pack(database: Database, number: int) -> Iterator[None]:
    """Put small neighbouring blocks of a run together, which are smaller then, and cut large ones."""
    last = -1
    while True:
        query = (
            select(events).where(events.c.run == number, events.c.first > last).order_by(events.c.first).limit(50)
        )
        with database.transaction(writes=True) as connection:
            rows: list[Any] = []
            lines: list[bytes] = []
            for row in connection.execute(query):
                more = _lines(row)
                if not more or (lines and sum(map(len, lines)) + sum(map(len, more)) > BLOCK_BYTES):
                    break
                if rows and row.first != rows[-1].last + 1:  # what is missing between them is told of
                    break
                rows.append(row)
                lines += more
            blocks = _blocks_of(lines, rows[0].first, rows[-1].last) if rows else []
            if len(rows) > 1 or len(blocks) > 1:
                connection.execute(events.delete().where(events.c.id.in_([row.id for row in rows])))
                connection.execute(events.insert(), [{"run": number, **block._asdict()} for block in blocks])
            elif not rows:
                rows = list(connection.execute(query.limit(1)))
        if not rows:
            return
        last = rows[-1].last
        yield


def _blocks_of(lines: list[bytes], first: int, last: int) -> list[records.Block]:
    """Blocks of about equal size; a single one where it is not certain which line is which event."""
    total = sum(map(len, lines))
    count = max(1, round(total / BLOCK_BYTES)) if len(lines) == last - first + 1 else 1
    blocks: list[records.Block] = []
    begin = taken = 0
    for end, line in enumerate(lines, 1):
        taken += len(line)
        if end == len(lines) or taken * count >= total * (len(blocks) + 1):
            final = last if end == len(lines) else first + end - 1
            blocks.append(records.block(lines[begin:end], first + begin, final, level=6))
            begin = end
    return blocks


def _lines(row: Any) -> list[bytes]:
    """The lines of a block; none when it is damaged, which then stays as it is."""
    try:
        return records.lines_of(row.codec, row.data)
    except ValueError:
        return []
