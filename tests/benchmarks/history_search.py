"""The search over many texts.

`HISTORY_TEXTS=1000000` measures at the size of the goal; making so many takes some minutes, and `HISTORY_FILE`
names a file that is made once and used again.

What is measured is what the window does: up to 50 hits with their snippets, at most five a run, in steps. A query
with fewer hits has to look through everything before that is known, so of these the first hits are held against the
goal, and the time for all stands beside it; of one without hits, the time until that is known. Plain FTS5 is
`SELECT rowid ... MATCH ... ORDER BY rowid DESC LIMIT 50` with the same words, without runs, texts and snippets.
"""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import tests.traces as real
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState
from rlm_desktop.history import History
from rlm_desktop.history.matching import _lite
from rlm_desktop.history.wording import parse
from tests.benchmarks import Figure
from tests.history import traces

NAME = "history_search"
TEXTS = int(os.environ.get("HISTORY_TEXTS", "100000"))
FILE = os.environ.get("HISTORY_FILE", "")
CALLS = (1, 4, 12, 30, 4, 100, 8, 600, 3, 5000)
"""Of the runs, again and again: most are small, most texts are in large ones."""
WORDS, VOCABULARY = 35, 30_000
LIMIT, PER_RUN = 50, 5
"""As the window asks."""
REPEATS = 25
RARE = "quincunx"
QUERIES = {
    "a common word": "revenue",
    "a rare word": RARE,
    "a word that is nowhere": "zzzzz",
    "a prefix of one letter": "s*",
    "a prefix of two letters": "re*",
    "a prefix of few words": "segm*",
    "a phrase of frequent words": '"driven by"',
    "a rare phrase of frequent words": '"quarter margin cloud"',
    "a phrase of frequent words that is nowhere": '"segment revenue"',
    "six frequent words": "revenue segment growth quarter margin cloud",
    "six less frequent words": "hardware group outlook region customer contract",
    "a word in one kind of text": "response:revenue",
    "a frequent word in a kind of text that has it nowhere": "code:revenue",
    "a word without another": "revenue -segment",
    "a frequent word with one that is nowhere": "revenue zzzzz",
}


def run() -> list[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(FILE or Path(folder) / "history.sqlite")
        figures = [] if path.exists() else [_made(path)]
        with closing(History(path)) as history, closing(sqlite3.connect(path)) as plain:
            history.open()
            for name, query in QUERIES.items():
                figures += _query(history, plain, name, query)
    return figures


class _Taken(NamedTuple):
    """Milliseconds of one search: until its first hits, or its end; to its end; its longest step; processor."""

    first: float
    whole: float
    longest: float
    processor: float
    hits: int


def _query(history: History, plain: sqlite3.Connection, name: str, query: str) -> Iterator[Figure]:
    taken = [_searched(history, query) for _ in range(REPEATS)]
    median = _Taken(*(statistics.median(values) for values in zip(*taken, strict=True)))
    hits = taken[0].hits
    worst = max(one.whole if hits >= LIMIT or not hits else one.first for one in taken)
    note = f"{TEXTS:,} texts of about 250 characters; {query}; median of {REPEATS}, worst {worst:.0f} ms; "
    note += f"processor {median.processor:.0f} ms, plain FTS5 {_plain(plain, query):.1f} ms; "
    note += f"longest step {median.longest:.0f} ms"
    if hits >= LIMIT:
        yield Figure.at_most(
            f"{name}: {hits} hits", median.whole, "ms", 50, note + f"; first {median.first:.0f} ms"
        )
    elif hits:
        yield Figure.at_most(f"{name}: the first of {hits} hits", median.first, "ms", 50, note)
        yield Figure.plain(f"{name}: all {hits} hits", median.whole, "ms", note)
    else:
        yield Figure.at_most(f"{name}: that there is none", median.whole, "ms", 50, note)


def _searched(history: History, query: str) -> _Taken:
    start, processor = time.perf_counter(), time.process_time()
    first, longest, hits, before = 0.0, 0.0, 0, start
    for step in history.search_steps(query, limit=LIMIT, per_run=PER_RUN, wait=0):
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
        hits += len(step.hits)
        if hits and not first:
            first = now - start
    whole = time.perf_counter() - start
    used = time.process_time() - processor
    return _Taken(1000 * (first or whole), 1000 * whole, 1000 * longest, 1000 * used, hits)


def _plain(connection: sqlite3.Connection, query: str) -> float:
    """Milliseconds of processor time of FTS5 alone."""
    words = (_lite(parse(query), {}).words,)
    taken: list[float] = []
    for _ in range(REPEATS):
        start = time.thread_time()
        connection.execute(
            "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 50", words
        ).fetchall()
        taken.append((time.thread_time() - start) * 1000)
    return statistics.median(taken)


def _made(path: Path) -> Figure:
    """A history as it grows over the years: run by run, indexed in small portions."""
    writer = _Writer()
    start = time.perf_counter()
    with closing(History(path)) as history:
        texts = 0
        for number, calls in enumerate(itertools.cycle(CALLS)):
            sink = history.sink()
            for event in writer.run(number, calls):
                sink(event)
            history.flush()
            texts += 2 * calls
            if texts >= TEXTS:
                break
        history.search("anything", wait=7200)
    return Figure.plain("writing and indexing", time.perf_counter() - start, "s", f"{TEXTS:,} texts")


class _Writer:
    """Writes texts whose words are as unevenly frequent as those of a language."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        letters = "abcdefghijklmnopqrstuvwxyz"
        rare = {"".join(self._random.choices(letters, k=self._random.randint(3, 10))) for _ in range(VOCABULARY)}
        self._words = [*real._VOCABULARY.split(), *sorted(rare, key=lambda word: word[::-1])]
        self._weights = list(itertools.accumulate(1 / (place + 3) for place in range(len(self._words))))

    def _text(self) -> str:
        words = self._random.choices(self._words, cum_weights=self._weights, k=WORDS)
        text = " ".join(words)
        return text.replace("segment revenue", "segment margin")

    def run(self, number: int, calls: int) -> list[AnyEvent]:
        """A run of plain calls, each with a prompt and a response of its own."""
        events: list[AnyEvent] = [
            traces.started(f"run-{number}", f"session-{number // 3}"),
            ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m", prompt="q"),
            ev.IterationStarted(call=0, iteration=1, of=1),
        ]
        for call in range(1, calls + 1):
            reply = self._text() + (f" {RARE}" if call == 2500 else "")
            events += [
                ev.CallStarted(
                    call=call, parent=0, kind="llm", depth=1, model="m", prompt=self._text(), iteration=1
                ),
                ev.ModelRequested(call=call, model="m"),
                ev.ModelResponded(call=call, text=reply),
                ev.CallFinished(call=call, end_state=EndState.COMPLETED),
            ]
        return traces.stamped([*events, ev.RunFinished(end_state=EndState.COMPLETED, answer="a")])
