"""The index of words and the search in it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Row,
    TextClause,
    and_,
    bindparam,
    column,
    func,
    select,
    table,
    text,
)

from rlm_desktop.history import queries, records
from rlm_desktop.history.filters import listed
from rlm_desktop.history.query import Query, Term
from rlm_desktop.history.schema import events, runs, texts
from rlm_desktop.history.snippets import fold, snippet
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
        has_more: Whether its run has further hits, which are left out.
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
    has_more: bool = False


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
    connection: Connection,
    query: Query,
    *,
    limit: int,
    before: int | None = None,
    chosen: Sequence[ColumnElement[bool]] = (),
    per_run: int | None = None,
) -> list[SearchHit]:
    """The texts that fit, the latest first.

    Args:
        connection: A transaction for reading.
        query: What is looked for.
        limit: How many at most.
        before: The key of the last hit of the previous page.
        chosen: Conditions that the runs must meet.
        per_run: How many of one run at most, so that a run with thousands does not hide all others.
    """
    low, high = _bounds(connection, chosen, before if before is not None else 2**62)
    if not query.terms or low >= high:
        return []
    words, matches = _lite(connection, query) if connection.dialect.name == "sqlite" else _server(query)
    key = _key(connection)
    page_size = limit if per_run is None else min(limit, _RUNS_AT_ONCE * per_run)
    statement = (
        select(*_COLUMNS)
        .select_from(_index.join(texts, texts.c.id == key).join(runs, runs.c.number == texts.c.run))
        .where(matches, key >= bindparam("low"), key < bindparam("high"), listed(), *chosen)
        .order_by(key.desc())
        .limit(page_size)
    )
    found = _Found(limit, per_run)
    while low < high and not found.is_full:
        page: Sequence[Any] = connection.execute(statement, {"words": words, "low": low, "high": high}).all()
        high = found.take(connection, page) if page else low
        if len(page) < page_size:
            break
    bodies = _bodies(connection, found.rows)
    return [_hit(row, bodies.get(row.id, ""), query, found.skipped.get(row.id)) for row in found.rows]


class _Found:
    """Rows of hits, as many as are wanted.

    Attributes:
        skipped: By the last row of a run of which more was found: the first text of that run.
    """

    def __init__(self, limit: int, per_run: int | None) -> None:
        self.rows: list[Any] = []
        self.skipped: dict[int, int] = {}
        self._limit = limit
        self._per_run = per_run or limit
        self._run = -1
        self._count = 0

    @property
    def is_full(self) -> bool:
        """Whether no more are wanted."""
        return len(self.rows) >= self._limit

    def take(self, connection: Connection, page: Sequence[Any]) -> int:
        """The next rows. Returns before which number to go on: a run that has given enough is passed over."""
        for row in page:
            if self.is_full:
                break
            if row.run != self._run:
                self._run, self._count = row.run, 0
            self._count += 1
            if self._count > self._per_run:
                first = connection.execute(select(func.min(texts.c.id)).where(texts.c.run == row.run)).scalar_one()
                self.skipped[self.rows[-1].id] = first
                return first
            self.rows.append(row)
        return page[-1].id


def _bounds(connection: Connection, chosen: Sequence[ColumnElement[bool]], high: int) -> tuple[int, int]:
    """Between which numbers the texts of the chosen runs lie, so that a few runs are found without reading all."""
    if not chosen:
        return 0, high
    numbers = list(connection.execute(select(runs.c.number).where(*chosen).limit(_FEW_RUNS + 1)).scalars())
    if len(numbers) > _FEW_RUNS:
        return 0, high
    first, last = connection.execute(
        select(func.min(texts.c.id), func.max(texts.c.id)).where(texts.c.run.in_(numbers))
    ).one()
    return (0, 0) if first is None else (first, min(high, last + 1))


_FEW_RUNS = 200
_RUNS_AT_ONCE = 4
"""Of how many runs the hits are read at once, where only some of each are wanted."""
_index = table("search", column("rowid"), column("id"), column("words"))
_COLUMNS = (
    texts.c.id, texts.c.run, texts.c.field, texts.c.seq, texts.c.call, texts.c.iteration, texts.c.cell,
    texts.c.start, texts.c.codec, texts.c.data, runs.c.id.label("run_id"), runs.c.session_id, runs.c.question,
    runs.c.started_at,
)  # fmt: skip


def _key(connection: Connection) -> ColumnClause[Any]:
    return _index.c.rowid if connection.dialect.name == "sqlite" else _index.c.id


def _lite(connection: Connection, query: Query) -> tuple[str, TextClause]:
    """FTS5, in the order of its row numbers: ranking a frequent word would read every text that has it."""
    words = " AND ".join(_lite_term(connection, term) for term in query.terms)
    for term in query.excluded:
        words = f"({words}) NOT {_lite_term(connection, term)}"
    if query.fields:
        words = f"{{{' '.join(query.fields)}}} : ({words})"
    return words, text("search MATCH :words")


def _lite_term(connection: Connection, term: Term) -> str:
    """A term as FTS5 wants it; a prefix as all the words that begin so.

    FTS5 answers a prefix by reading the places of all these words before it gives the first, which takes half a
    second for a frequent one in a million texts. The words one by one are read no further than needed; only where
    there are very many of them, which are mostly rare then, is FTS5's own way the quicker one (measured).
    """
    if not term.is_prefix:
        return f'"{" ".join(term.words)}"'
    begun = _words_beginning(connection, fold(term.words[-1]))
    if not 0 < len(begun) <= _MOST_WORDS:
        return f'"{" ".join(term.words)}"*'
    whole = [" ".join((*term.words[:-1], word)) for word in begun]
    return "(" + " OR ".join(f'"{words}"' for words in whole) + ")"


_MOST_WORDS = 200


def _words_beginning(connection: Connection, prefix: str) -> list[str]:
    """The words of the index that begin so, at most one more than `_MOST_WORDS`."""
    connection.execute(
        text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words USING fts5vocab(main, search, instance)")
    )
    found: list[str] = []
    # A list of the words alone does not exist; asked for the next place of a word after the last, FTS5 jumps.
    following = text("SELECT term FROM temp.search_words WHERE term >= :start LIMIT 1")
    start = prefix
    while len(found) <= _MOST_WORDS:
        word = connection.execute(following, {"start": start}).scalar()
        if word is None or not word.startswith(prefix):
            break
        found.append(word)
        start = word + "\1"
    return found


def _server(query: Query) -> tuple[str, ColumnElement[bool]]:
    parts = [_server_term(term) for term in query.terms] + [f"!({_server_term(term)})" for term in query.excluded]
    words = " & ".join(f"({part})" for part in parts)
    matches: ColumnElement[bool] = _index.c.words.op("@@")(func.to_tsquery("simple", bindparam("words")))
    if query.fields:
        matches = and_(matches, texts.c.field.in_(query.fields))
    return words, matches


def _server_term(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    words[-1] += ":*" if term.is_prefix else ""
    return " <-> ".join(words)


def _hit(row: Row[Any], body: str, query: Query, skipped: int | None) -> SearchHit:
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
        key=row.id if skipped is None else skipped,
        has_more=skipped is not None,
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
