"""The index of words and the search in it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, select, text

from rlm_desktop.history import queries, records
from rlm_desktop.history.query import Query, Term
from rlm_desktop.history.schema import events, runs, texts
from rlm_desktop.history.snippets import snippet
from rlm_desktop.history.texts import PIECE, Found, pieces, texts_in


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A text that fits.

    Attributes:
        question: The run's question, its first 1,000 characters.
        field: Kind of text, one of `query.FIELDS`.
        seq: The event that holds it: where a replay goes to show it.
        call / iteration / cell: The row that shows it; iteration 0 for an llm call or the run as a whole.
        snippet: An excerpt.
        marks: Start and end of each place to mark in the excerpt.
        key: Its place in the order of hits, for the next page.
    """

    run_id: str
    session_id: str
    question: str
    started_at: str
    field: str
    seq: int
    call: int
    iteration: int
    cell: int
    snippet: str
    marks: tuple[tuple[int, int], ...]
    key: int


def add(connection: Connection, run: int, found: Iterable[Found]) -> None:
    """Put texts of a run into the index."""
    key = _last_key(connection)
    rows: list[dict[str, Any]] = []
    words: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        for start, piece in pieces(one.text):
            key += 1
            codec, data = (None, None) if one.is_whole else records.deflated(piece.encode())
            row = {"id": key, "run": run, "field": one.field, "seq": one.seq, "call": one.call, "start": start}
            rows.append({**row, "iteration": one.iteration, "cell": one.cell, "codec": codec, "data": data})
            words.setdefault(one.field, []).append({"key": key, "piece": piece.replace("\0", " ")})
    if rows:
        connection.execute(texts.insert(), rows)
    for field, some in words.items():
        if connection.dialect.name == "sqlite":
            statement = f"INSERT INTO search (rowid, {field}) VALUES (:key, :piece)"
        else:
            statement = "INSERT INTO search (id, words) VALUES (:key, to_tsvector('simple', :piece))"
        connection.execute(text(statement), some)


def _last_key(connection: Connection) -> int:
    """The last number that a text has had; none is given twice."""
    if connection.dialect.name == "sqlite":
        return connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'texts'")).scalar() or 0
    connection.execute(text("LOCK TABLE texts IN SHARE ROW EXCLUSIVE MODE"))
    return connection.execute(select(func.max(texts.c.id))).scalar() or 0


def forget(connection: Connection, run: int, limit: int) -> bool:
    """Take up to `limit` texts of a run out of the index; False when there were none."""
    rows = connection.execute(select(texts).where(texts.c.run == run).limit(limit)).all()
    is_sqlite = connection.dialect.name == "sqlite"
    bodies = _bodies(connection, rows) if is_sqlite else {}
    for row in rows:
        if is_sqlite:
            # FTS5 keeps no texts: it must be told the very words to take out.
            statement = f"INSERT INTO search (search, rowid, {row.field}) VALUES ('delete', :key, :piece)"
            piece = bodies.get(row.id)
            if piece is not None:
                connection.execute(text(statement), {"key": row.id, "piece": piece.replace("\0", " ")})
        else:
            connection.execute(text("DELETE FROM search WHERE id = :key"), {"key": row.id})
        connection.execute(texts.delete().where(texts.c.id == row.id))
    return bool(rows)


def find(
    connection: Connection, query: Query, *, limit: int, before: int | None = None, session_id: str | None = None
) -> list[SearchHit]:
    """The texts that fit, the latest first; `before` is the key of the last hit of the previous page."""
    if not query.terms:
        return []
    low, high = 0, before if before is not None else 2**62
    if session_id is not None:
        its_runs = select(runs.c.number).where(runs.c.session_id == session_id)
        bounds = select(func.min(texts.c.id), func.max(texts.c.id)).where(texts.c.run.in_(its_runs))
        first, last = connection.execute(bounds).one()
        if first is None:
            return []
        low, high = first, min(high, last + 1)
    statement, words = _lite(query) if connection.dialect.name == "sqlite" else _server(query)
    values: dict[str, Any] = {**words, "low": low, "high": high, "limit": limit, "session": session_id}
    condition = "" if session_id is None else "AND runs.session_id = :session"
    rows = connection.execute(text(statement.format(condition=condition)), values).all()
    bodies = _bodies(connection, rows)
    return [_hit(row, bodies.get(row.id, ""), query) for row in rows]


_COLUMNS = """texts.id, texts.run, texts.field, texts.seq, texts.call, texts.iteration, texts.cell, texts.start,
    texts.codec, texts.data, runs.id AS run_id, runs.session_id, runs.question, runs.started_at"""
_VISIBLE = """runs.deleted_at IS NULL AND NOT EXISTS
    (SELECT 1 FROM sessions WHERE sessions.id = runs.session_id AND sessions.deleted_at IS NOT NULL)"""


def _lite(query: Query) -> tuple[str, dict[str, Any]]:
    """FTS5, in the order of its row numbers: ranking a frequent word would read every text that has it."""
    words = " AND ".join(_lite_term(term) for term in query.terms)
    for term in query.excluded:
        words = f"({words}) NOT {_lite_term(term)}"
    if query.fields:
        words = f"{{{' '.join(query.fields)}}} : ({words})"
    statement = f"""SELECT {_COLUMNS} FROM search JOIN texts ON texts.id = search.rowid
        JOIN runs ON runs.number = texts.run
        WHERE search MATCH :words AND search.rowid >= :low AND search.rowid < :high AND {_VISIBLE} {{condition}}
        ORDER BY search.rowid DESC LIMIT :limit"""
    return statement, {"words": words}


def _lite_term(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.is_prefix else "")


def _server(query: Query) -> tuple[str, dict[str, Any]]:
    parts = [_server_term(term) for term in query.terms] + [f"!({_server_term(term)})" for term in query.excluded]
    values: dict[str, Any] = {"words": " & ".join(f"({part})" for part in parts)}
    fields = ""
    if query.fields:
        values |= {f"field{number}": field for number, field in enumerate(query.fields)}
        fields = f"AND texts.field IN ({', '.join(f':field{number}' for number in range(len(query.fields)))})"
    statement = f"""SELECT {_COLUMNS} FROM search JOIN texts ON texts.id = search.id
        JOIN runs ON runs.number = texts.run
        WHERE search.words @@ to_tsquery('simple', :words) AND search.id >= :low AND search.id < :high
        AND {_VISIBLE} {fields} {{condition}} ORDER BY search.id DESC LIMIT :limit"""
    return statement, values


def _server_term(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    words[-1] += ":*" if term.is_prefix else ""
    return " <-> ".join(words)


def _hit(row: Row[Any], body: str, query: Query) -> SearchHit:
    excerpt, marks = snippet(body, query)
    return SearchHit(
        run_id=row.run_id,
        session_id=row.session_id,
        question=row.question,
        started_at=row.started_at,
        field=row.field,
        seq=row.seq,
        call=row.call,
        iteration=row.iteration,
        cell=row.cell,
        snippet=excerpt,
        marks=marks,
        key=row.id,
    )


def _bodies(connection: Connection, rows: Iterable[Row[Any]]) -> Mapping[int, str]:
    """The indexed pieces of texts by the key of their row; those that cannot be read are left out."""
    found: dict[int, str] = {}
    lines: dict[tuple[int, int], list[Row[Any]]] = {}
    for row in rows:
        if row.data is not None:
            found[row.id] = records.inflate(row.codec, row.data).decode()
        else:
            lines.setdefault((row.run, row.seq), []).append(row)
    reader = _Reader(connection)
    for (run, seq), its_rows in lines.items():
        for field, whole in reader.texts_at(run, seq).items():
            parts = dict(pieces(whole)) if len(whole) > PIECE else {0: whole}
            found |= {row.id: parts[row.start] for row in its_rows if row.field == field and row.start in parts}
    return found


_block_at = (
    select(events.c.first, events.c.last, events.c.codec, events.c.data)
    .where(events.c.run == bindparam("run"), events.c.first <= bindparam("seq"))
    .order_by(events.c.first.desc())
    .limit(1)
)


class _Reader:
    """Reads single events. Neighbours are mostly asked for together: the last block stays at hand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._run = -1
        self._first = 0
        self._last = -1
        self._lines: list[bytes] = []

    def texts_at(self, run: int, seq: int) -> dict[str, str]:
        """The texts of one event; none when it cannot be read."""
        try:
            if run != self._run or not self._first <= seq <= self._last:
                self._load(run, seq)
            place = seq - self._first
            for line in (*self._lines[place : place + 1], *self._lines):
                event = queries.decoded(self._connection, [line])
                if event and event[0].seq == seq:
                    return texts_in(event[0])
        except (ValueError, msgspec.DecodeError):
            pass
        return {}

    def _load(self, run: int, seq: int) -> None:
        self._run, self._lines = -1, []
        row = self._connection.execute(_block_at, {"run": run, "seq": seq}).first()
        if row is not None:
            self._lines = records.lines_of(row.codec, row.data)
            self._run, self._first, self._last = run, row.first, row.last
