"""The search in the index of words: from the latest text to the oldest, a few milliseconds' worth at a time."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    FromClause,
    Row,
    TextClause,
    and_,
    bindparam,
    case,
    func,
    select,
    true,
)

from rlm_desktop.errors import HistoryError
from rlm_desktop.history import filters
from rlm_desktop.history.matching import Sample, Way, ways
from rlm_desktop.history.pieces import read
from rlm_desktop.history.queries import LISTED, Liveness
from rlm_desktop.history.rows import RunFilter, SearchHit, SearchOptions, SearchStep
from rlm_desktop.history.schema import runs, texts
from rlm_desktop.history.snippets import marked, snippet
from rlm_desktop.history.wording import Query, parse

STEP_SECONDS, LONGEST_STEP = 0.02, 0.16
"""How long the first step takes, about, and the others at most: each twice as long as the one before, for to show
what was found takes its time as well."""
TRIED_SECONDS, TRIED_TEXTS = 0.04, 300
"""How long, and with how many texts at least, a way is tried that need not be the best."""
_FIRST, _FEWEST, _MOST = 4, 50, 16_000
"""How many places of the index are looked up at once: a few first, because some may be far apart."""
_AT_ONCE = 1_000
_FEW_RUNS = 200
_AHEAD = 25
"""How many texts are read at once."""
_COLUMNS = (
    texts.c.id, texts.c.run, texts.c.field, texts.c.seq, texts.c.call, texts.c.iteration, texts.c.cell,
    texts.c.start, texts.c.codec, texts.c.data, runs.c.id.label("run_id"), runs.c.session_id, runs.c.question,
    runs.c.started_at,
)  # fmt: skip

_first_of_run = select(func.min(texts.c.id)).where(texts.c.run == bindparam("run"))
_first_in_a_row = select(
    func.coalesce(
        select(func.max(texts.c.id) + 1)
        .where(texts.c.id < bindparam("key"), texts.c.id >= _first_of_run.scalar_subquery())
        .where(texts.c.run != bindparam("run"))
        .scalar_subquery(),
        _first_of_run.scalar_subquery(),
    )
)
"""The first of the texts of a run that no other run's stand between: two processes may index at once. Made once: to
make a statement takes fifty times as long as SQLite needs for this one."""


def steps(
    reading: Callable[[Callable[[], bool] | None], AbstractContextManager[Connection]],
    is_live: Liveness,
    text: str,
    options: SearchOptions,
) -> Iterator[SearchStep]:
    """What `History.search_steps` says. Each step is a short transaction of its own, made by `reading`."""
    query = parse(text, is_typing=options.get("is_typing", False))
    query = replace(query, fields=query.fields or tuple(options.get("fields", ())))
    chosen, before, is_stale = options.get("chosen"), options.get("before"), options.get("is_stale")
    limit = options.get("limit", 50)
    with closing(_Search(query, limit, options.get("per_run") or limit)) as search:
        while not search.is_over and (is_stale is None or not is_stale()):
            try:
                with reading(is_stale) as connection:
                    if not search.is_prepared:
                        conditions = filters.conditions(connection, is_live, chosen or RunFilter())
                        search.prepare(connection, conditions, before.key if before else None)
                    hits = search.step(connection, is_stale)
            except HistoryError:
                if is_stale is None or not is_stale():
                    raise
                return
            yield SearchStep(tuple(hits), search.share, search.is_over, search.has_all)


class _Search:
    """A search under way.

    Attributes:
        is_prepared: Whether it is known how and where to look.
        is_over: Whether nothing more is looked for.
    """

    def __init__(self, query: Query, limit: int, per_run: int) -> None:
        self.is_prepared = self.is_over = False
        self._query = query
        self._marked = marked(query)
        self._left = limit
        self._seconds = STEP_SECONDS
        self._per_run = per_run
        self._ways: list[Way] = []
        self._sample = Sample()
        self._statement: Executable | None = None
        self._spent, self._tried = 0.0, 0
        self._chosen: tuple[ColumnElement[bool], ...] = ()
        # What is left to look up, how much of it at a time, and what of it has been fetched.
        self._low = self._high = self._top = 0
        self._most = _FIRST
        self._rows: deque[Row[Any]] = deque()
        self._pieces: dict[int, str | None] = {}
        # How many hits each run gave, and the last one of a run that gave enough, until it is known whether there
        # are more.
        self._given = Counter[int]()
        self._held: tuple[int, SearchHit] | None = None

    def prepare(self, connection: Connection, chosen: Sequence[ColumnElement[bool]], before: int | None) -> None:
        """Find out how and where to look."""
        self.is_prepared = True
        self._chosen = (LISTED, *chosen)
        if self._query.terms:
            self._ways = ways(connection, self._query, self._sample)
            self._low, self._high = _bounds(connection, chosen)
        if before is not None:
            self._high = min(before, self._high)
        self._top = self._high

    def close(self) -> None:
        """Nothing more is looked for."""
        self._sample.close()

    @property
    def share(self) -> float:
        """How much has been looked through."""
        if self.has_all:
            return 1.0
        last = self._rows[0].id if self._rows else self._high
        return 1 - (last - self._low) / max(1, self._top - self._low)

    @property
    def has_all(self) -> bool:
        """Whether there is nothing left to look through."""
        return not self._rows and self._high <= self._low

    def step(self, connection: Connection, is_stale: Callable[[], bool] | None) -> list[SearchHit]:
        """What is found in some milliseconds."""
        started = now = time.perf_counter()
        hits: list[SearchHit] = []
        while not self.is_over and (is_stale is None or not is_stale()):
            if self._rows:
                hits += self._take(connection, self._rows.popleft())
            elif not self.has_all:
                self._look(connection)
            if self._left == 0 or self.has_all:
                self.is_over = True
                hits += self._release()
            now = time.perf_counter()
            if now - started >= self._seconds:
                break
        self._seconds = min(2 * self._seconds, LONGEST_STEP)
        self._spent += now - started
        return hits

    def _look(self, connection: Connection) -> None:
        """Fetch the latest rows of what is left."""
        if len(self._ways) > 1 and self._tried >= TRIED_TEXTS and self._spent >= TRIED_SECONDS:
            del self._ways[0]
            self._statement = None
        way = self._ways[0]
        if self._statement is None:
            self._statement = _statement(way.source, way.key, way.matches, self._chosen)
        most = max(_AT_ONCE, self._most) if way.reads_all else self._most
        if way.judge is None and most <= _FEWEST:
            most = min(most, self._left + 1)  # one more tells whether there are any
        found = {"words": way.words, "low": self._low, "high": self._high, "most": most}
        rows = connection.execute(self._statement, found).all()
        self._high = rows[0].last if rows[0].found == most else self._low
        self._rows.extend(row for row in rows if row.id is not None)
        if len(self._rows) < most / 4:  # most of them are in runs that are not wanted
            most = min(4 * most, _MOST)
        self._most = max(most, _FEWEST)

    def _take(self, connection: Connection, row: Row[Any]) -> list[SearchHit]:
        """The hits that are certain now that the next row is known."""
        judge = self._ways[0].judge
        is_enough = self._given[row.run] == self._per_run
        piece = None if judge is None and is_enough else self._piece(connection, row)
        self._tried += 1
        if judge is not None and (piece is None or not judge(row.field, piece)):
            return []
        if is_enough:
            return self._pass_over(connection, row)
        hits = self._release(has_more=self._is_among_others(connection, row))
        self._given[row.run] += 1
        self._left -= 1
        hit = _hit(row, piece or "", self._marked)
        if self._given[row.run] < self._per_run:
            return [*hits, hit]
        self._held = row.run, hit
        return hits

    def _piece(self, connection: Connection, row: Row[Any]) -> str | None:
        """The text of a row, read together with those that are probably asked for next."""
        if row.id not in self._pieces:
            self._pieces = read(connection, islice(self._wanted(row), _AHEAD))
        return self._pieces[row.id]

    def _wanted(self, row: Row[Any]) -> Iterator[Row[Any]]:
        """The rows from this one on whose texts are asked for, as far as they have been fetched."""
        counts = self._given.copy()
        for one in (row, *self._rows):
            counts[one.run] += 1
            if self._ways[0].judge is not None or counts[one.run] <= self._per_run:
                yield one

    def _release(self, *, has_more: bool = False) -> list[SearchHit]:
        held, self._held = self._held, None
        return [] if held is None else [replace(held[1], has_more=has_more)]

    def _is_among_others(self, connection: Connection, row: Row[Any]) -> bool:
        """Whether the run of the hit that is held goes on behind a row of another run, and may have more hits."""
        first = connection.execute(_first_of_run, {"run": self._held[0]}).scalar() if self._held else None
        return first is not None and first < row.id

    def _pass_over(self, connection: Connection, row: Row[Any]) -> list[SearchHit]:
        """Go on before a run that has given enough."""
        # The run may have been removed since the last step.
        first = connection.execute(_first_in_a_row, {"run": row.run, "key": row.id}).scalar() or row.id
        self._high = min(self._high, first)
        self._rows = deque(one for one in self._rows if one.id < first)
        if self._held is None or self._held[0] != row.run:
            return []
        return [replace(hit, key=first) for hit in self._release(has_more=True)]


def _bounds(connection: Connection, chosen: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """Between which numbers the texts of the chosen runs lie, so that a few runs are found without reading all."""
    if chosen:
        numbers = list(connection.execute(select(runs.c.number).where(*chosen).limit(_FEW_RUNS + 1)).scalars())
        if len(numbers) <= _FEW_RUNS:
            ends = (select(end(texts.c.id)).where(texts.c.run == runs.c.number) for end in (func.min, func.max))
            first, last = (one.correlate(runs).scalar_subquery() for one in ends)
            return _range(connection, select(func.min(first), func.max(last)).where(runs.c.number.in_(numbers)))
    # Each by itself: for both at once SQLite reads the whole table.
    first, last = (select(end(texts.c.id)).scalar_subquery() for end in (func.min, func.max))
    return _range(connection, select(first, last))


def _range(connection: Connection, asked: Executable) -> tuple[int, int]:
    first, last = tuple[Any, Any](connection.execute(asked).one())
    return (0, 0) if first is None else (first, last + 1)


@lru_cache(maxsize=8)
def _statement(
    source: FromClause,
    key: ColumnElement[int],
    matches: ColumnElement[bool] | TextClause,
    chosen: tuple[ColumnElement[bool], ...],
) -> Executable:
    """The latest places of the index below a number, with the texts there of the runs that are chosen.

    There is always a row, and each says how many places were looked up, and which was the last: FTS5 goes on to the
    next place that fits, however far that is, so only a number of places can be asked for, not a range to look in.
    """
    places = select(key.label("key")).select_from(source)
    places = places.where(matches, key >= bindparam("low"), key < bindparam("high"))
    places = places.order_by(key.desc()).limit(bindparam("most")).cte("places")
    ends = select(func.min(places.c.key).label("last"), func.count().label("found")).subquery("ends")
    # The zeros keep SQLite from turning the joins round, which would read the whole table for each place.
    joined = places.join(texts, texts.c.id == places.c.key + 0).join(runs, runs.c.number == texts.c.run + 0)
    # For conditions on runs alone it would first read all of them, with their long answers, into a Bloom filter.
    is_chosen = case((and_(texts.c.run == runs.c.number, *chosen), 1), else_=0)
    rows = select(*_COLUMNS).select_from(joined).where(is_chosen == 1).subquery("rows")
    columns = (ends.c.last, ends.c.found, *rows.c)
    return select(*columns).select_from(ends.outerjoin(rows, true())).order_by(rows.c.id.desc())


def _hit(row: Row[Any], piece: str, marked: re.Pattern[str]) -> SearchHit:
    excerpt, marks = snippet(piece, marked)
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
