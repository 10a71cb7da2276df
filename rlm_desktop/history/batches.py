"""A batch of events on its way into the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.history import records
from rlm_desktop.history.summary import Summary, plain

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rlm_desktop.history.database import Database


class RunLog:
    """One run that is being written.

    Attributes:
        origin: What the run is imported from; empty for a run of this program.
        number: Its key in the database, once its row has been written.
        summary: What its row says.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.number: int | None = None
        self.summary = Summary()
        self.was_entered = False
        self._early: list[AnyEvent] = []

    @property
    def run_id(self) -> str:
        """Its id; empty before its first event."""
        return self.summary.started.run_id if self.summary.started else ""

    def forget_row(self) -> None:
        """The database is another one now, in which the run may have a row or not."""
        self.number = None
        self.was_entered = True

    def take(self, events: list[AnyEvent]) -> list[AnyEvent]:
        """Count events in; returns those that can be written: none before the run has started."""
        if not self.run_id and not any(isinstance(event, ev.RunStarted) for event in events):
            self._early.extend(events)
            return []
        events, self._early = [*self._early, *events], []
        for event in events:
            self.summary.take(event)
        return events


class _Part:
    """The events of one run in a batch."""

    def __init__(self, log: RunLog, events: list[AnyEvent]) -> None:
        lines = [records.pack(event) for event in events]
        self.log = log
        self.block = records.block([line.data for line in lines], events[0].seq, events[-1].seq)
        self.texts = {long.sha256: long.text for line in lines for long in line.texts}
        self.documents = {
            sha256 for event in events if isinstance(event, ev.RunStarted) for sha256 in document_hashes(event)
        }
        self.is_last = any(isinstance(event, ev.RunFinished) for event in events)


def document_hashes(started: ev.RunStarted) -> Iterator[bytes]:
    """The hashes of the documents of a run, as far as they are known."""
    for document in started.documents:
        if len(document.sha256) == 64 and all(character in "0123456789abcdef" for character in document.sha256):
            yield bytes.fromhex(document.sha256)


class Batch:
    """Events made ready, to be written in one transaction, again and again until it succeeds."""

    def __init__(self, entries: Iterable[tuple[RunLog, AnyEvent | None]]) -> None:
        by_log: dict[RunLog, list[AnyEvent]] = {}
        self._released: list[RunLog] = []
        for log, event in entries:
            if event is None:
                self._released.append(log)
            else:
                by_log.setdefault(log, []).append(event)
        taken = ((log, log.take(events)) for log, events in by_log.items())
        self._parts = [_Part(log, events) for log, events in taken if events]

    def ended(self) -> list[RunLog]:
        """The runs that end with this batch, or get no more events after it."""
        return [part.log for part in self._parts if part.is_last] + self._released

    def split(self) -> list[Batch]:
        """A batch for each of its runs, which it holds no more then; none where it holds one alone."""
        if len(self._parts) < 2:
            return []
        single: list[Batch] = []
        for part in self._parts:
            batch = Batch(())
            batch._parts = [part]
            single.append(batch)
        single[-1]._released = self._released
        self._parts, self._released = [], []
        return single

    def write(self, database: Database, token: str) -> None:
        """Write it in one transaction."""
        if not self._parts:
            return
        from rlm_desktop.history import schema

        with database.transaction(writes=True) as connection:
            numbers = {
                part.log: part.log.number or _enter(connection, database, part.log, token) for part in self._parts
            }
            _write_texts(connection, database, self._parts)
            rows = [{"run": numbers[part.log], **part.block._asdict()} for part in self._parts]
            if rows:
                connection.execute(schema.events.insert(), rows)
            uses = [
                {"run": numbers[part.log], "sha256": sha256}
                for part in self._parts
                for sha256 in (*part.texts, *part.documents)
            ]
            if uses:
                connection.execute(database.insert_missing(schema.uses), uses)
            for part in self._parts:
                changed = schema.runs.update().where(schema.runs.c.number == numbers[part.log])
                connection.execute(changed.values(part.log.summary.columns()))
        for log, number in numbers.items():
            log.number = number


def _enter(connection: Connection, database: Database, log: RunLog, token: str) -> int:
    """The row of a run and of its session."""
    from sqlalchemy import select

    from rlm_desktop.history import schema

    if log.was_entered:
        number = connection.execute(select(schema.runs.c.number).where(schema.runs.c.id == log.run_id)).scalar()
        if number is not None:
            return int(number)
    columns = log.summary.start_columns()
    session: dict[str, Any] = {"id": columns["session_id"], "created_at": columns["started_at"]}
    session["updated_at"] = columns["started_at"]
    connection.execute(database.insert_missing(schema.sessions), session)
    its_session = schema.sessions.update().where(schema.sessions.c.id == session["id"])
    newer = its_session.where(schema.sessions.c.updated_at < session["updated_at"])
    connection.execute(newer.values(updated_at=session["updated_at"]))
    # It may have been deleted, in another window: the run would be in no list, and be purged with it.
    connection.execute(its_session.where(schema.sessions.c.deleted_at.is_not(None)).values(deleted_at=None))
    values = {**columns, **log.summary.columns(), "writer": plain(token), "origin": log.origin}
    result = connection.execute(schema.runs.insert().values(values))
    return int(result.inserted_primary_key[0])  # pyright: ignore[reportOptionalSubscript]


def _write_texts(connection: Connection, database: Database, parts: list[_Part]) -> None:
    from sqlalchemy import select

    from rlm_desktop.history import schema

    texts = {sha256: text for part in parts for sha256, text in part.texts.items()}
    if not texts:
        return
    short = [sha256 for sha256, text in texts.items() if len(text) <= records.PART]
    for some in records.portions(short):
        query = select(schema.blobs.c.sha256).where(schema.blobs.c.sha256.in_(some), schema.blobs.c.part == 0)
        for row in connection.execute(query):
            texts.pop(bytes(row.sha256), None)
    rows = [
        {"sha256": sha256, "part": part, "codec": codec, "data": data}
        for sha256, text in texts.items()
        for part, codec, data in records.parts_of(text)
    ]
    if rows:
        connection.execute(database.insert_missing(schema.blobs), rows)
