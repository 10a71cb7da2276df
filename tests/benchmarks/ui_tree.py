"""The call tree on big runs: opening, painting, scrolling, growing, opening and closing rows."""

from __future__ import annotations

import os
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.state import RunState
from tests import traces
from tests.benchmarks import Figure
from tests.traces import Shape

NAME = "ui_tree"
FRAMES = 60


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.theme import Theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app, "light")
    figures = [*_thousand(), *_fifty_thousand(), *_hundred_thousand()]
    del theme
    return figures


def _view(state: RunState):
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.calls.call_tree import CallTreeView

    view = CallTreeView()
    view.resize(1100, 900)
    view.show()
    QApplication.processEvents()  # until the window is exposed nothing is painted
    view.set_state(state)
    return view


def paint(view) -> None:
    """Lay out what waits for it and paint, as Qt does at its next turn."""
    view.table.settle()
    view.table.viewport().repaint()


class Span(float):
    """Milliseconds by the clock on the wall, and by the processor: they differ on a busy machine."""

    cpu: float


def _ms(work: Callable[[], object]) -> Span:
    started, cpu = time.perf_counter(), time.thread_time()
    work()
    span = Span((time.perf_counter() - started) * 1000)
    span.cpu = (time.thread_time() - cpu) * 1000
    return span


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]


def _frames(name: str, values: list[Span]) -> list[Figure]:
    middle, high, worst = _spread(values)
    used, used_high, used_worst = _spread([value.cpu for value in values])
    note = f"p50 {middle:.1f} ms; processor {used:.1f}, {used_high:.1f}, {used_worst:.1f} ms; {len(values)} frames"
    return [
        Figure.at_most(f"{name}: p95", high, "ms", 16, note),
        Figure.at_most(f"{name}: worst", worst, "ms", 50, note),
    ]


def _thousand() -> list[Figure]:
    """A live run of 1,000 calls, every frame of thirty a second's worth of events folded, laid out and painted."""
    state = RunState()
    view = _view(state)
    frames: list[Span] = []
    waiting = list(traces.events(Shape(calls=1000, depth=3, batch=40, concurrency=64, iterations=8)))
    for start in range(0, len(waiting), 70):
        piece = waiting[start : start + 70]

        def frame(piece: list[ev.AnyEvent] = piece) -> None:
            for event in piece:
                state.apply(event)
            view.refresh()
            paint(view)

        frames.append(_ms(frame))
    view.close()
    return _frames("1,000 calls live, 70 events a frame", frames)


def _fifty_thousand() -> list[Figure]:
    """A stored run of 50,000 calls: from its state to the first paint."""

    state = traces.state(
        Shape(calls=50_000, depth=2, batch=2000, iterations=20, concurrency=200, chunks=0, words=4)
    )
    view = _view(RunState())
    times = [_ms(lambda: (view.set_state(state), paint(view))) for _ in range(5)]
    used = statistics.median(span.cpu for span in times)
    note = f"median of 5, {len(state.nodes):,} rows in all, the state being there; processor {used:.0f} ms"
    figures = [Figure.at_most("50,000 calls: state to first paint", statistics.median(times), "ms", 300, note)]
    first, all_of_it = _search(view)
    figures.append(
        Figure.at_most("50,000 calls: first hits of a filter", first, "ms", 100, "after the pause in typing")
    )
    figures.append(Figure.plain("50,000 calls: all hits of a filter", all_of_it, "ms", "in slices of 8 ms"))
    view.close()
    return figures


def _search(view) -> tuple[float, float]:
    """Milliseconds to the first hits shown and to the last, of a word that many rows hold."""
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.calls.call_filter import CallFilter

    first = 0.0
    started = time.perf_counter()
    view.bar._set(CallFilter(text="outlook"))
    while view._finder.is_searching:
        QApplication.processEvents()
        if not first and view.model.rows.matches:
            first = (time.perf_counter() - started) * 1000
    all_of_it = (time.perf_counter() - started) * 1000
    return first or all_of_it, all_of_it


def wide_state(calls: int) -> RunState:
    """A root with one iteration with one batch of so many running calls."""
    state = RunState()
    emit = state.apply
    emit(ev.RunStarted(run_id="r", session_id="s", question="?", root_model="m", sub_model="m", started_at=""))
    emit(ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"))
    emit(ev.IterationStarted(call=0, iteration=1, of=20))
    emit(ev.BatchStarted(call=0, batch=0, function="llm_query_batch", size=calls * 2, iteration=1, cell=0))
    for number in range(1, calls + 1):
        add_call(state, number)
    return state


def add_call(state: RunState, number: int) -> None:
    """One more call of the batch."""
    state.apply(
        ev.CallStarted(
            call=number,
            parent=0,
            kind="llm",
            depth=1,
            model="m",
            batch=0,
            index=number - 1,
            function="llm_query_batch",
            prompt=f"Part {number}",
            at=number / 1000,
        )
    )


def _hundred_thousand() -> list[Figure]:
    tracemalloc.start()
    state = wide_state(100_000)
    before, _ = tracemalloc.get_traced_memory()
    view = _view(state)
    batch = state.batches[0]
    view.model.rows.reveal(batch)
    opened = _ms(lambda: (view.model.rows.open(batch), _arrange(view)))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    figures = [
        Figure.plain("100,000 rows: open the batch and paint", opened, "ms", "once, while memory is traced"),
        Figure.plain("100,000 rows: Python memory of the view", (after - before) / 1e6, "MB", "beside the state"),
    ]
    figures += _frames("100,000 rows: scroll anywhere", _scrolls(view))
    figures += _frames("100,000 rows: 50 new rows and a frame", _growth(view, state))
    close = [_ms(lambda: (view.table.toggle(2), _arrange(view))) for _ in range(6)]
    note = f"worst of 6, in slices, painted; processor {max(span.cpu for span in close):.0f} ms"
    figures.append(Figure.at_most("100,000 rows: close or open", max(close), "ms", 100, note))
    view.close()
    return figures


def _arrange(view) -> None:
    """All slices of what was begun, and paint."""
    from PySide6.QtWidgets import QApplication

    while view.model.is_arranging:
        QApplication.processEvents()
    paint(view)


def _scrolls(view) -> list[Span]:
    bar = view.table.verticalScrollBar()
    chance = random.Random(1)
    places = [chance.randrange(bar.maximum()) for _ in range(FRAMES)]
    return [_ms(lambda place=place: (bar.setValue(place), paint(view))) for place in places]


def _growth(view, state: RunState) -> list[Span]:
    view._stop_following()
    frames: list[Span] = []
    number = len(state.calls)
    for _ in range(FRAMES):
        for _ in range(50):
            add_call(state, number)
            number += 1
        frames.append(_ms(lambda: (view.refresh(), paint(view))))
    return frames
