"""What the history asks its database: the lists, the events of a run, the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, select, tuple_

from rlm_desktop.documents.document import from_text
from rlm_desktop.documents.facts import with_facts
from rlm_desktop.engine.events import AnyEvent, DocumentRef, EndState, Noted
from rlm_desktop.history import records
from rlm_desktop.history.rows import RUNNING, RunRow, SessionRow
from rlm_desktop.history.schema import blobs, documents, events, runs, sessions

if TYPE_CHECKING:
    from rlm_desktop.documents.document import Document
    from rlm_desktop.history.tape import Tape

TEXTS_AT_HAND = 8 << 20
"""Characters of long texts that are held while the events of a run are read."""
_T = TypeVar("_T")
Liveness = Callable[[str, str], bool]
"""Whether the run of that id, written by the process of that token, is still being written."""

_gone = select(sessions.c.id).where(sessions.c.id == runs.c.session_id, sessions.c.deleted_at.is_not(None))
LISTED = and_(runs.c.deleted_at.is_(None), ~_gone.correlate(runs).exists())
"""Whether a run is in the lists: neither it nor its session is deleted. Does not read all sessions for a few runs.
One object for all statements: by it a search knows again what it has made."""
_documents = msgspec.json.Decoder(tuple[DocumentRef, ...])
_tags = msgspec.json.Decoder(tuple[str, ...])


def session_page(
    connection: Connection,
    is_live: Liveness,
    limit: int,
    before: SessionRow | None,
    chosen: Sequence[ColumnElement[bool]] = (),
) -> list[SessionRow]:
    """Sessions with their runs, the pinned ones first, then the latest used, from the one after `before` on.

    `chosen` are conditions that at least one of a session's runs must meet.
    """
    rows: list[Row[Any]] = []
    # Two queries, each in the order of an index: one in the order of both would read all sessions for each page.
    for is_pinned in (True, False) if before is None or before.is_pinned else (False,):
        after = before if before is not None and before.is_pinned == is_pinned else None
        rows += _sessions(connection, is_pinned, limit - len(rows), after, chosen)
        if len(rows) == limit:
            break
    return _with_runs(connection, is_live, rows)


def _sessions(
    connection: Connection,
    is_pinned: bool,
    limit: int,
    before: SessionRow | None,
    chosen: Sequence[ColumnElement[bool]],
) -> Sequence[Row[Any]]:
    """The latest used sessions that are pinned, or that are not."""
    has_runs = exists().where(runs.c.session_id == sessions.c.id, runs.c.deleted_at.is_(None), *chosen)
    query = select(sessions).where(sessions.c.is_pinned.is_(is_pinned), sessions.c.deleted_at.is_(None), has_runs)
    if before is not None:
        query = query.where(tuple_(sessions.c.updated_at, sessions.c.id) < (before.updated_at, before.id))
    query = query.order_by(sessions.c.updated_at.desc(), sessions.c.id.desc()).limit(limit)
    return connection.execute(query).all()


def session_count(connection: Connection) -> int:
    """How many sessions are listed."""
    its_sessions = select(func.count(runs.c.session_id.distinct())).where(LISTED)
    return connection.execute(its_sessions).scalar_one()


def one_session(connection: Connection, is_live: Liveness, session_id: str) -> SessionRow | None:
    """One session with its runs."""
    rows = connection.execute(select(sessions).where(sessions.c.id == session_id)).all()
    return next(iter(_with_runs(connection, is_live, rows)), None)


def _with_runs(connection: Connection, is_live: Liveness, rows: Sequence[Row[Any]]) -> list[SessionRow]:
    by_session: dict[str, list[RunRow]] = {row.id: [] for row in rows}
    for some in records.portions(list(by_session)):
        chosen = select(runs).where(LISTED, runs.c.session_id.in_(some)).order_by(runs.c.number.desc())
        for run in connection.execute(chosen):
            by_session[run.session_id].append(_run_row(run, is_live))
    return [_session_row(row, tuple(by_session[row.id])) for row in rows]


def run_page(
    connection: Connection, is_live: Liveness, session_id: str | None, limit: int, before: RunRow | None
) -> list[RunRow]:
    """Runs, the latest first, from the one after `before` on.

    Those of a session are in the order in which they were made, whatever the clock said then: a question that is
    resumed has to see the same questions before it.
    """
    query = select(runs).where(LISTED)
    number = select(runs.c.number).where(runs.c.id == before.id).scalar_subquery() if before is not None else None
    if session_id is not None:
        query = query.where(runs.c.session_id == session_id).order_by(runs.c.number.desc())
        if number is not None:
            query = query.where(runs.c.number < number)
    else:
        query = query.order_by(runs.c.started_at.desc(), runs.c.number.desc())
        if before is not None:
            query = query.where(tuple_(runs.c.started_at, runs.c.number) < tuple_(before.started_at, number))
    return [_run_row(row, is_live) for row in connection.execute(query.limit(limit))]


def run_row(connection: Connection, is_live: Liveness, run_id: str) -> RunRow | None:
    """One run, deleted or not."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
    return None if row is None else _run_row(row, is_live)


def family(connection: Connection, is_live: Liveness, run_id: str) -> list[RunRow]:
    """The runs that share a recorded past with this one, itself included, the oldest first."""
    found: dict[str, Row[Any]] = {}
    wanted = [run_id]
    while wanted:
        some, wanted = wanted[: records.SOME], wanted[records.SOME :]
        related = select(runs).where(LISTED, runs.c.id.in_(some) | runs.c.parent_run.in_(some))
        for row in connection.execute(related):
            if row.id not in found:
                found[row.id] = row
                wanted += [row.id, row.parent_run] if row.parent_run else [row.id]
    return [_run_row(row, is_live) for row in sorted(found.values(), key=lambda row: row.number)]


def run_rows(connection: Connection, is_live: Liveness, run_ids: Sequence[str]) -> dict[str, RunRow]:
    """Runs by their ids; those that are not there, or deleted, are left out."""
    found: dict[str, RunRow] = {}
    for some in records.portions(run_ids):
        for row in connection.execute(select(runs).where(LISTED, runs.c.id.in_(some))):
            found[row.id] = _run_row(row, is_live)
    return found


def unindexed(connection: Connection) -> int:
    """How many runs have ended and are not in the index of words yet."""
    waiting = select(func.count()).where(runs.c.indexed < runs.c.events, runs.c.deleted_at.is_(None))
    return connection.execute(waiting.where(runs.c.status != RUNNING)).scalar_one()


def run_number(connection: Connection, run_id: str) -> int | None:
    """The key of a run in the other tables."""
    return connection.execute(select(runs.c.number).where(runs.c.id == run_id)).scalar()


def _session_row(row: Row[Any], its_runs: tuple[RunRow, ...]) -> SessionRow:
    return SessionRow(
        id=row.id,
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        tags=tags_of(row.tags),
        is_pinned=bool(row.is_pinned),
        runs=its_runs,
    )


def _run_row(row: Row[Any], is_live: Liveness) -> RunRow:
    status = row.status
    if status == RUNNING and not is_live(row.id, row.writer):
        status = str(EndState.INTERRUPTED)
    return RunRow(
        id=row.id,
        session_id=row.session_id,
        title=row.title,
        question=row.question,
        documents=_read(_documents, row.documents),
        root_model=row.root_model,
        sub_model=row.sub_model,
        started_at=row.started_at,
        duration=row.duration,
        calls=row.calls,
        depth=row.depth,
        iterations=row.iterations,
        requests=row.requests,
        errors=row.errors,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        unknown_usage=row.unknown_usage,
        cost_usd=row.cost_usd if row.requests > row.unknown_cost else None,
        unknown_cost=row.unknown_cost,
        end_state=status,
        answer=row.answer,
        tags=tags_of(row.tags),
        is_pinned=bool(row.is_pinned),
        origin=row.origin,
        events=row.events,
        parent_run=row.parent_run,
        parent_iteration=row.parent_iteration,
    )


def tags_of(text: str) -> tuple[str, ...]:
    """The tags that a column holds."""
    return _read(_tags, text)


def _read(decoder: msgspec.json.Decoder[tuple[_T, ...]], text: str) -> tuple[_T, ...]:
    """What a column holds; nothing, when it is damaged: one bad row must not hide all others."""
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, TypeError):
        return ()


def run_events(connection: Connection, number: int) -> Iterator[list[AnyEvent]]:
    """The events of a run, block by block; what is damaged or missing is left out and a notice says so."""
    query = select(events).where(events.c.run == number).order_by(events.c.first)
    texts: dict[str, str] = {}
    last = 0
    with connection.execution_options(yield_per=20).execute(query) as rows:  # who reads may stop at any time
        for row in rows:
            if sum(map(len, texts.values())) > TEXTS_AT_HAND:
                texts.clear()
            yield [*_missing(row, last), *block_events(connection, row, texts)]
            last = row.last


def onto_tape(connection: Connection, number: int, tape: Tape) -> Iterator[list[AnyEvent]]:
    """As `run_events`, with the longer texts left on a tape."""
    query = select(events).where(events.c.run == number).order_by(events.c.first)
    last = 0
    with connection.execution_options(yield_per=20).execute(query) as rows:
        for row in rows:
            if missing := _missing(row, last):
                yield tape.add_events(missing)
            try:
                yield tape.add(row.codec, row.data, lambda hashes: _parts_of(connection, hashes))
            except ValueError:
                yield tape.add_events(block_events(connection, row))
            last = row.last


def _missing(row: Row[Any], last: int) -> list[AnyEvent]:
    """A notice where events are not there between a block and the one before it."""
    if row.first <= last + 1:
        return []
    text = f"Events {last + 1} to {row.first - 1} of this run are missing from the history."
    return [Noted(seq=row.first - 1, level="warning", text=text)]


def block_events(connection: Connection, row: Row[Any], texts: dict[str, str] | None = None) -> list[AnyEvent]:
    """The events of one block; of kinds that this version does not know none.

    `texts` gathers long texts over several blocks, so that each is read once.
    """
    try:
        raw = records.inflate(row.codec, row.data)
    except ValueError:
        text = f"Events {row.first} to {row.last} of this run are damaged in the history and left out."
        return [Noted(seq=row.last, level="warning", text=text)]
    plain = records.unpack_plain(raw)
    if plain is not None:
        return plain
    return _line_by_line(connection, row, raw.split(b"\n"), {} if texts is None else texts)


def _line_by_line(
    connection: Connection, row: Row[Any], lines: list[bytes], texts: dict[str, str]
) -> list[AnyEvent]:
    """The events of a block with long texts put back; what is damaged is left out, and a notice says so."""
    texts.update(texts_of(connection, set(_references(lines)) - texts.keys()))
    found: list[AnyEvent] = []
    left_out: list[str] = []
    damaged = 0
    for line in lines:
        try:
            event = records.unpack(line, texts, left_out)
        except ValueError:
            damaged += 1
        else:
            found += [event] if event is not None else []
    where = f"events {row.first} to {row.last} of this run"
    if damaged:
        text = f"Among {where}, {damaged} are damaged in the history and left out."
        found.append(Noted(seq=row.last, level="warning", text=text))
    if left_out:
        names = ", ".join(dict.fromkeys(left_out))
        text = f"In {where}, what does not fit was left out ({names}); all else is kept."
        found.append(Noted(seq=row.last, level="warning", text=text))
    return found


def _references(lines: list[bytes]) -> Iterator[str]:
    for line in lines:
        with suppress(ValueError):
            yield from records.references(line)


def texts_of(connection: Connection, hashes: set[str]) -> dict[str, str]:
    """Texts by the hexadecimal form of their hash; those that are missing are left out, a damaged one says so."""
    found = _parts_of(connection, hashes) if hashes else {}
    return {sha256: records.joined(parts) for sha256, parts in found.items()}


def _parts_of(connection: Connection, hashes: set[str]) -> dict[str, list[tuple[int, bytes]]]:
    """Texts as they lie in the table."""
    parts: dict[str, list[tuple[int, bytes]]] = {}
    columns = select(blobs.c.sha256, blobs.c.codec, blobs.c.data)
    for some in records.portions([bytes.fromhex(sha256) for sha256 in hashes]):
        query = columns.where(blobs.c.sha256.in_(some)).order_by(blobs.c.sha256, blobs.c.part)
        for row in connection.execute(query):
            parts.setdefault(bytes(row.sha256).hex(), []).append((row.codec, row.data))
    return parts


def _document_text(connection: Connection, sha256: bytes) -> str | None:
    """The text of a kept document; None when it is not kept, not yet to its end, or damaged."""
    parts = connection.execute(select(documents.c.parts).where(documents.c.sha256 == sha256)).scalar()
    if parts == 0:
        return None
    query = select(blobs.c.codec, blobs.c.data).where(blobs.c.sha256 == sha256).order_by(blobs.c.part)
    try:
        pieces = [records.inflate(row.codec, row.data).decode() for row in connection.execute(query)]
    except ValueError:
        return None
    return "".join(pieces) if pieces else None


def document(connection: Connection, sha256: bytes, name: str, path: str) -> Document | None:
    """A kept document with its pages, outline and places; None when its text is not kept, or not yet to its end."""
    text = _document_text(connection, sha256)
    if text is None:
        return None
    row = connection.execute(select(documents).where(documents.c.sha256 == sha256)).first()
    if row is None:
        return from_text(name, text)
    return with_facts(name, row.kind, text, sha256.hex(), _facts_of(row), path=path)


def _facts_of(row: Row[Any]) -> bytes:
    """Nothing for a document of an earlier version, and for damaged ones: the text is worth having without."""
    try:
        return records.inflate(row.codec, row.facts) if row.facts is not None else b""
    except ValueError:
        return b""


def document_of_file(connection: Connection, file_key: str) -> bytes | None:
    """The hash of the text of a file that was read before and has not changed since."""
    query = select(documents.c.sha256).where(documents.c.file_key == file_key, documents.c.parts > 0)
    return connection.execute(query).scalar()
