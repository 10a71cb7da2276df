"""What a query means to the index of words: FTS5 in SQLite, `tsquery` in PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    TextClause,
    and_,
    bindparam,
    column,
    func,
    table,
    text,
    true,
)

from rlm_desktop.history.schema import SEARCH_INDEX, texts
from rlm_desktop.history.texts import as_indexed
from rlm_desktop.history.wording import FIELDS, Query, Term

_index = table("search", column("rowid"), column("id"), column("words"))
_matches = text("search MATCH :words")
_MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Way:
    """A way to look for a query.

    Attributes:
        source: What to select from: the index, `texts`, or both.
        key: The number of a text, as it is asked for and ordered by.
        matches: What must hold; may ask for the parameter `words`.
        judge: Tells by the field and the text itself whether it fits; None where all that is found fits.
        reads_all: Whether each statement reads the whole index, however few texts it asks for.
    """

    source: FromClause
    key: ColumnElement[int]
    matches: ColumnElement[bool] | TextClause
    words: str = ""
    judge: Callable[[str, str], bool] | None = None
    reads_all: bool = False


def ways(connection: Connection, query: Query, sample: Sample) -> list[Way]:
    """The ways to look for a query, all with the same result; one before the last is only tried for a while.

    FTS5 answers a prefix by reading the places of all the words that begin so before it gives the first, and does
    so for every statement. Where the words are few, they are asked for one by one. Where they are many, either most
    texts have one of them, and it is quicker to read the latest texts themselves, or they are rare words, and FTS5
    is quick after all. Which it is shows when it is tried.
    """
    if connection.dialect.name != "sqlite":
        return [_server(query)]
    prefixes = [term for term in (*query.terms, *query.excluded) if term.is_prefix]
    words = {term: _words_of(connection, term, sample) for term in prefixes}
    exact = _lite(query, words)
    if all(words.values()):
        return [exact]
    terms = [term if words.get(term, True) else Term(term.words[:-1]) for term in query.terms]
    narrow = replace(
        query,
        terms=tuple(term for term in terms if term.words),
        excluded=tuple(term for term in query.excluded if words.get(term, True)),
    )
    tried = replace(_lite(narrow, words), judge=lambda field, piece: sample.fits(field, piece, exact.words))
    return [tried, replace(exact, reads_all=True)]


class Sample:
    """A small index in memory: SQLite itself says how it reads a text, and whether a single text fits."""

    def __init__(self) -> None:
        self._opened: sqlite3.Connection | None = None

    def close(self) -> None:
        """Give its memory back."""
        if self._opened is not None:
            self._opened.close()

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            # A search goes on in whichever thread is free, but never in two at a time.
            self._opened = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            self._opened.execute(SEARCH_INDEX["sqlite"][0])
            self._opened.execute("CREATE VIRTUAL TABLE words USING fts5vocab(search, instance)")
        return self._opened

    def words(self, text: str) -> list[str]:
        """The words of a text, as they are indexed."""
        with self._holding(FIELDS[0], text):
            return [term for (term,) in self._connection.execute("SELECT term FROM words ORDER BY offset")]

    def fits(self, field: str, text: str, wanted: str) -> bool:
        """Whether a text of that kind fits."""
        with self._holding(field, text):
            found = self._connection.execute("SELECT 1 FROM search WHERE search MATCH ?", (wanted,))
            return found.fetchone() is not None

    @contextmanager
    def _holding(self, field: str, text: str) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            self._connection.execute(f"INSERT INTO search (rowid, {field}) VALUES (1, ?)", (as_indexed(text),))
            yield
        finally:
            self._connection.execute("ROLLBACK")


def _lite(query: Query, words: Mapping[Term, str]) -> Way:
    """FTS5, in the order of its row numbers: ranking a frequent word would read every text that has it."""
    if not query.terms:
        return Way(texts, texts.c.id, texts.c.field.in_(query.fields) if query.fields else true())
    wanted = " AND ".join(_lite_term(term, words) for term in query.terms)
    for term in query.excluded:
        wanted = f"({wanted}) NOT {_lite_term(term, words)}"
    if query.fields:
        wanted = f"{{{' '.join(query.fields)}}} : ({wanted})"
    return Way(_index, _index.c.rowid, _matches, wanted)


def _lite_term(term: Term, words: Mapping[Term, str]) -> str:
    own = f'"{" ".join(term.words)}"'
    return words.get(term) or (f"{own}*" if term.is_prefix else own)


def _words_of(connection: Connection, term: Term, sample: Sample) -> str:
    """A prefix as all the words that begin so; empty when there are very many of them."""
    start, *more = sample.words(term.words[-1]) or ("",)
    if more or not start:  # letters that SQLite does not know
        return f'"{" ".join(term.words)}"*'
    connection.execute(_make_vocabulary)
    begun = connection.execute(_beginning, {"start": start, "most": _MOST_WORDS + 1}).scalars().all()
    if len(begun) > _MOST_WORDS:
        return ""
    whole = [" ".join((*term.words[:-1], word)) for word in begun or [start]]
    return "(" + " OR ".join(f'"{words}"' for words in whole) + ")"


_make_vocabulary = text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words USING fts5vocab(main, search, instance)"
)
# A list of the words alone does not exist; asked for the next place of a word after the last, FTS5 jumps.
_beginning = text("""
WITH RECURSIVE begun(word) AS (
    SELECT * FROM (SELECT term FROM temp.search_words WHERE term >= :start LIMIT 1)
    UNION ALL
    SELECT (SELECT term FROM temp.search_words WHERE term >= begun.word || char(1) LIMIT 1) FROM begun
    WHERE substr(begun.word, 1, length(:start)) = :start LIMIT :most
)
SELECT word FROM begun WHERE substr(word, 1, length(:start)) = :start
""")


def _server(query: Query) -> Way:
    parts = [_server_term(term) for term in query.terms] + [f"!({_server_term(term)})" for term in query.excluded]
    matches: ColumnElement[bool] = _index.c.words.op("@@")(func.to_tsquery("simple", bindparam("words")))
    if query.fields:
        matches = and_(matches, texts.c.field.in_(query.fields))
    source = texts.join(_index, texts.c.id == _index.c.id)
    return Way(source, _index.c.id, matches, " & ".join(f"({part})" for part in parts))


def _server_term(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    words[-1] += ":*" if term.is_prefix else ""
    return " <-> ".join(words)
