"""The search over many texts. `HISTORY_TEXTS=1000000` measures at the size of the goal; it takes some minutes."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import tests.traces as real
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, EndState
from rlm_desktop.history import History
from tests.benchmarks import Figure
from tests.history import traces

NAME = "history_search"
TEXTS = int(os.environ.get("HISTORY_TEXTS", "100000"))
CALLS = 5000
PER_RUN = 5
"""As the window asks."""
RARE = "quincunx"
QUERIES = ("growth", "cloud revenue", '"driven by"', "segm*", "s*", "growth re*", "response:margin -cloud", RARE)


def run() -> list[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "history.sqlite")
        words = random.Random(1)
        start = time.perf_counter()
        for number in range(max(1, TEXTS // (2 * CALLS))):
            sink = history.sink()
            for event in _calls(number, words):
                sink(event)
            history.flush()
        history.search("anything", wait=3600)
        built = time.perf_counter() - start
        figures = [_query(history, query) for query in QUERIES]
        history.close()
    return [*figures, Figure.plain("writing and indexing", built, "s", f"{TEXTS:,} texts")]


def _query(history: History, query: str) -> Figure:
    taken, used = [], []
    for _ in range(7):
        start, cpu = time.perf_counter(), time.process_time()
        hits = history.search(query, per_run=PER_RUN, wait=0)
        taken.append((time.perf_counter() - start) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    note = f"{TEXTS:,} texts of about 250 characters; {len(hits)} hits with snippets, {PER_RUN} a run at most; "
    note += f"median of 7; processor {statistics.median(used):.0f} ms"
    return Figure.at_most(f"search {query}", statistics.median(taken), "ms", 50, note)


def _calls(number: int, words: random.Random) -> list[AnyEvent]:
    """A run of many plain calls, each with a prompt and a response of its own."""
    vocabulary = real._VOCABULARY.split()
    events: list[AnyEvent] = [
        traces.started(f"run-{number}", f"session-{number}"),
        ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m", prompt="q"),
        ev.IterationStarted(call=0, iteration=1, of=1),
    ]
    for call in range(1, CALLS + 1):
        prompt, reply = (" ".join(words.choices(vocabulary, k=35)) for _ in range(2))
        if call == CALLS // 2 and number % 20 == 0:
            reply += f" {RARE}"
        events += [
            ev.CallStarted(call=call, parent=0, kind="llm", depth=1, model="m", prompt=prompt, iteration=1),
            ev.ModelRequested(call=call, model="m"),
            ev.ModelResponded(call=call, text=reply),
            ev.CallFinished(call=call, end_state=EndState.COMPLETED),
        ]
    return traces.stamped([*events, ev.RunFinished(end_state=EndState.COMPLETED, answer="a")])
