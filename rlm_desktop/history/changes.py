"""Changes of the history other than events: documents, names, deletion. Each is work in slices for the writer."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select, text

from rlm_desktop.documents.facts import packed_facts
from rlm_desktop.engine.events import as_utc
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import records, settling
from rlm_desktop.history.database import Database
from rlm_desktop.history.schema import blobs, documents, events, runs, sessions, texts, uses
from rlm_desktop.history.summary import plain
from rlm_desktop.history.writer import Slices

if TYPE_CHECKING:
    from rlm_desktop.documents.document import Document


def now(minus_days: float = 0) -> str:
    """This moment, or some days before it, as the history has moments."""
    return as_utc(datetime.now(UTC) - timedelta(days=minus_days))


def rows(what: str, keys: Sequence[str], values: dict[str, Any]) -> Slices:
    """Change columns of sessions or runs."""
    table = {"session": sessions, "run": runs}[what]

    def slices(database: Database) -> Iterator[None]:
        stored = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
        for some in records.portions(keys):
            with database.transaction(writes=True) as connection:
                result = connection.execute(table.update().where(table.c.id.in_(some)).values(stored))
                if result.rowcount == 0:
                    raise HistoryError(f"There is no {what} {some[0]} in the history.")
            yield

    return slices


def purge(database: Database, before: str) -> Iterator[None]:
    """Remove for good what was deleted before that moment, and the texts that nothing needs any more."""
    gone = select(sessions.c.id).where(sessions.c.deleted_at < before)
    query = select(runs.c.number).where(or_(runs.c.deleted_at < before, runs.c.session_id.in_(gone)))
    used = exists().where(uses.c.sha256 == documents.c.sha256)
    unused = select(documents.c.sha256).where(documents.c.kept_at < before, ~used)
    with database.transaction(writes=False) as connection:
        numbers = list(connection.execute(query).scalars())
        candidates = set(connection.execute(unused).scalars())
    for number in numbers:
        candidates |= yield from _remove_run(database, number)
    its_runs = exists().where(runs.c.session_id == sessions.c.id)
    with database.transaction(writes=True) as connection:
        connection.execute(sessions.delete().where(sessions.c.created_at < before, ~its_runs))
    for some in records.portions([bytes(sha256) for sha256 in candidates]):
        _remove_unused(database, some, before)
        yield


def discard(database: Database, run_ids: Sequence[str]) -> Iterator[None]:
    """Remove runs for good, now, with the sessions that they leave empty and the texts that nothing else needs."""
    candidates: set[bytes] = set()
    for some in records.portions(run_ids):
        with database.transaction(writes=False) as connection:
            rows = connection.execute(select(runs.c.number, runs.c.session_id).where(runs.c.id.in_(some))).all()
        for row in rows:
            candidates |= yield from _remove_run(database, row.number)
        its_runs = exists().where(runs.c.session_id == sessions.c.id)
        emptied = sessions.c.id.in_({row.session_id for row in rows})
        with database.transaction(writes=True) as connection:
            connection.execute(sessions.delete().where(emptied, ~its_runs))
    for some in records.portions([bytes(sha256) for sha256 in candidates]):
        _remove_unused(database, some, now())
        yield


def empty(database: Database) -> Iterator[None]:
    """Remove everything, in one transaction."""
    with database.transaction(writes=True) as connection:
        for table in (texts, events, uses, runs, sessions, documents, blobs):
            connection.execute(table.delete())
        words = "INSERT INTO search (search) VALUES ('delete-all')" if database.is_sqlite else "DELETE FROM search"
        connection.execute(text(words))
    yield


def _remove_run(database: Database, number: int) -> Generator[None, None, set[bytes]]:
    """Remove one run; returns the hashes of the texts that it needed."""
    yield from settling.forget(database, number)
    yield from _remove_events(database, number)
    with database.transaction(writes=True) as connection:
        needed = set(connection.execute(select(uses.c.sha256).where(uses.c.run == number)).scalars())
        connection.execute(uses.delete().where(uses.c.run == number))
        connection.execute(runs.delete().where(runs.c.number == number))
    yield
    return needed


def _remove_events(database: Database, number: int) -> Iterator[None]:
    some = select(events.c.id).where(events.c.run == number).limit(200)
    count = 1
    while count:
        with database.transaction(writes=True) as connection:
            count = connection.execute(events.delete().where(events.c.id.in_(some))).rowcount
        yield


def _remove_unused(database: Database, hashes: Sequence[bytes], before: str) -> None:
    """Remove those of the texts that no run and no document needs."""
    with database.transaction(writes=True) as connection:
        in_runs = set(connection.execute(select(uses.c.sha256).where(uses.c.sha256.in_(hashes))).scalars())
        free = [sha256 for sha256 in hashes if sha256 not in in_runs]
        old = documents.delete().where(documents.c.sha256.in_(free), documents.c.kept_at < before)
        connection.execute(old)
        kept = select(documents.c.sha256).where(documents.c.sha256.in_(free))
        connection.execute(blobs.delete().where(blobs.c.sha256.in_(free), blobs.c.sha256.not_in(kept)))


def _is_kept(database: Database, sha256: bytes, file_key: str) -> bool:
    """Whether all of a document is there: a session of ten thousand would write as many rows with each question."""
    query = select(documents.c.parts, documents.c.file_key, documents.c.facts.is_not(None).label("has_facts"))
    with database.transaction(writes=False) as connection:
        row = connection.execute(query.where(documents.c.sha256 == sha256)).first()
    return row is not None and row.parts > 0 and row.has_facts and file_key in ("", row.file_key)


def keep_document(database: Database, document: Document) -> Iterator[None]:
    """Write a document's text, part by part, unless it is there; what is known of it is written anew."""
    sha256 = bytes.fromhex(document.sha256)
    if _is_kept(database, sha256, document.file_key):
        return
    codec, facts = records.deflated(packed_facts(document))
    known = {"kind": plain(document.kind), "codec": codec, "facts": facts, "file_key": document.file_key}
    entry = {
        "sha256": sha256,
        "name": plain(document.name),
        **known,
        "characters": len(document.text),
        "parts": 0,
        "kept_at": now(),
    }
    with database.transaction(writes=True) as connection:
        connection.execute(database.insert_missing(documents), entry)
        newer = documents.update().where(documents.c.sha256 == sha256).values(known)
        if not document.file_key:
            # What was read from a file knows most: a pasted text of the same words must not replace it.
            newer = newer.where(or_(documents.c.facts.is_(None), documents.c.file_key == ""))
        connection.execute(newer)
        if connection.execute(select(documents.c.parts).where(documents.c.sha256 == sha256)).scalar():
            return
    count = 0
    for part, codec, data in records.parts_of(document.text):
        row = {"sha256": sha256, "part": part, "codec": codec, "data": data}
        with database.transaction(writes=True) as connection:
            connection.execute(database.insert_missing(blobs), row)
        count += 1
        yield
    with database.transaction(writes=True) as connection:
        connection.execute(documents.update().where(documents.c.sha256 == sha256).values(parts=count))
