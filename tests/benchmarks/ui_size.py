"""Tree, icicle and charts over stored runs of growing size: open, scroll, filter, expand, memory."""

from __future__ import annotations

import gc
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator

import psutil

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import AskingNode, CallNode, IterationNode
from tests import traces
from tests.benchmarks import Figure
from tests.benchmarks.ui_tree import FRAMES, Span, _frames, _ms, paint
from tests.traces import Shape

NAME = "ui_size"
_IDLE_MS = 0.05
SHAPES = {
    "1,000": Shape(calls=1_000, depth=4, batch=16, iterations=6, concurrency=16, chunks=0, words=20),
    "50,000": Shape(calls=50_000, depth=4, batch=32, iterations=6, concurrency=16, chunks=0, words=20),
}


def run() -> list[Figure]:
    """The figures of all but the largest; that is `ui_million`."""
    figures: list[Figure] = []
    for name, shape in SHAPES.items():
        figures += measure(name, lambda shape=shape: traces.state(shape), is_traced=True)
    return figures


def measure(
    name: str, make: Callable[[], RunState], *, is_traced: bool = False, open_goal: float = 300
) -> list[Figure]:
    """All figures of a run.

    Args:
        name: Its number of calls, for the figures' names.
        make: Makes it.
        is_traced: Whether memory is counted exactly, which takes long; otherwise it is that of the process.
        open_goal: Milliseconds from the state to the first paint.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    import rlm_desktop.ui.loop  # noqa: F401 - the application runs on it; with asyncio, it takes long to import
    from rlm_desktop.ui.theme import Theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app, "light")
    gc.disable()  # as the application has it while one looks
    try:
        state, figures = _made(name, make, is_traced=is_traced)
        figures += _view_figures(name, state, open_goal)
    finally:
        gc.enable()
    del theme
    return figures


# -- memory -----------------------------------------------------------------------------------------------------


def _made(name: str, make: Callable[[], RunState], *, is_traced: bool) -> tuple[RunState, list[Figure]]:
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    if is_traced:
        tracemalloc.start()
    started = time.process_time()
    state = make()
    seconds = time.process_time() - started
    gc.collect()
    used = process.memory_info().rss - before
    if is_traced:
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    texts = sum(sys.getsizeof(text) for text in {id(text): text for text in _texts(state)}.values())
    per_call = (used - texts) / len(state.calls)
    how = "counted exactly" if is_traced else "of the whole process"
    note = f"{how}; {len(state.nodes):,} rows, texts {texts / 1e6:.0f} MB, made and folded in {seconds:.0f} s"
    return state, [Figure.at_most(f"{name} calls: memory for each beside its texts", per_call, "B", 1000, note)]


def _texts(state: RunState) -> Iterator[str]:
    for node in state.nodes:
        if isinstance(node, CallNode):
            yield from (node.prompt, node.result, node.error)
        for exchange in node.requests if isinstance(node, AskingNode) else ():
            yield from (exchange.text, exchange.reasoning, exchange.error)
            yield from (message.content for message in exchange.new_messages)
        for cell in node.cells if isinstance(node, IterationNode) else ():
            yield from (cell.code, cell.stdout, cell.stderr, cell.error, cell.traceback)


# -- the view ---------------------------------------------------------------------------------------------------


def _view_figures(name: str, state: RunState, open_goal: float) -> list[Figure]:
    from rlm_desktop.ui.calls.call_tree import CallTreeView

    view = CallTreeView()
    view.resize(1100, 900)
    view.show()
    _settle(lambda: True)
    opened = [_ms(lambda: (view.set_state(state), paint(view))) for _ in range(3)]
    note = f"median of 3, the state being there; processor {sorted(opened)[1].cpu:.0f} ms"
    figures = [Figure.at_most(f"{name} calls: state to first paint", sorted(opened)[1], "ms", open_goal, note)]
    figures += _slices(
        f"{name} calls: what follows the first paint", lambda: view.overview._seen >= len(state.nodes)
    )
    figures += _filters(name, view, state)
    figures += _arranged(f"{name} calls: expand all", view, lambda: view.model.rows.open_all(state.nodes[0]))
    figures += _frames(f"{name} calls: scroll anywhere, all expanded", _scrolls(view, smooth=False))
    figures += _frames(f"{name} calls: scroll smoothly, all expanded", _scrolls(view, smooth=True))
    figures += _arranged(f"{name} calls: sort all by cost", view, lambda: view.sort("cost"))
    bar = view.table.verticalScrollBar()
    some = state.nodes[len(state.nodes) // 2]
    figures += _arranged(f"{name} calls: go to a row", view, lambda: (bar.setValue(0), view.select_node(some)))
    figures += _arranged(f"{name} calls: close all", view, lambda: view.model.rows.close_all(state.nodes[0]))
    view.model.rows.open_all(state.nodes[0])
    _settle(lambda: not view.model.is_arranging)
    figures += _icicle(name, view)
    figures += _charts(name, view)
    view.close()
    return figures


def _settle(is_done: Callable[[], bool], seconds: float = 120.0) -> list[Span]:
    """Let Qt work until something is done; how long each turn took in which there was something to do."""
    from PySide6.QtWidgets import QApplication

    turns: list[Span] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        turn = _ms(QApplication.processEvents)
        if turn.cpu > _IDLE_MS or not turns:
            turns.append(turn)
        if is_done():
            break
        if turn.cpu <= _IDLE_MS:
            time.sleep(0.001)  # it waits for a timer
    return turns


def _arranged(name: str, view, begin: Callable[[], object]) -> list[Figure]:
    """Something after which all rows are others."""
    turns = [_ms(lambda: (begin(), paint(view)))]
    while view.model.is_arranging:
        turns += _settle(lambda: True)
    turns.append(_ms(lambda: paint(view)))
    used = sorted(turn.cpu for turn in turns)
    note = (
        f"{view.model.rowCount():,} rows; {len(turns)} turns; processor {sum(used):.0f} ms, at most {used[-1]:.0f}"
    )
    return [
        Figure.plain(name, sum(turns), "ms", note),
        Figure.at_most(f"{name}: worst stall", max(turns), "ms", 50, note),
    ]


def _slices(name: str, is_done: Callable[[], bool]) -> list[Figure]:
    turns = _settle(is_done)
    note = f"{len(turns)} turns of the event loop; processor at most {max(turn.cpu for turn in turns):.0f} ms"
    return [
        Figure.plain(f"{name}: all of it", sum(turns), "ms", note),
        Figure.at_most(f"{name}: worst stall", max(turns), "ms", 50, note),
    ]


def _filters(name: str, view, state: RunState) -> list[Figure]:
    from rlm_desktop.ui.calls.call_filter import CallFilter

    figures: list[Figure] = []
    first = 0.0
    started = time.perf_counter()
    turns = [_ms(lambda: view.bar._set(CallFilter(text="outlook")))]
    while view._finder.is_searching or view.model.is_arranging:
        turns += _settle(lambda: True)
        if not first and view.model.rows.matches:
            first = (time.perf_counter() - started) * 1000
    turns.append(_ms(lambda: paint(view)))
    whole = (time.perf_counter() - started) * 1000
    worst = max(turns)
    found = f"{len(view.model.rows.matches or ()):,} hits"
    figures.append(Figure.at_most(f"{name} calls: first hits of a filter", first or whole, "ms", 100, found))
    figures.append(Figure.plain(f"{name} calls: all hits of a filter", whole, "ms", f"in slices; {found}"))
    note = f"processor {max(turn.cpu for turn in turns):.0f} ms; the last one shows all hits"
    figures.append(Figure.at_most(f"{name} calls: worst stall of a filter", worst, "ms", 50, note))
    cleared = _ms(lambda: (view.bar.clear(), paint(view)))
    figures.append(
        Figure.at_most(f"{name} calls: filter off", cleared, "ms", 50, f"processor {cleared.cpu:.0f} ms")
    )
    return figures


def _scrolls(view, *, smooth: bool) -> list[Span]:
    bar = view.table.verticalScrollBar()
    chance = random.Random(1)
    top = bar.maximum() // 3
    places = [top + number * 40 if smooth else chance.randrange(max(1, bar.maximum())) for number in range(FRAMES)]
    return [_ms(lambda place=place: (bar.setValue(min(place, bar.maximum())), paint(view))) for place in places]


def _icicle(name: str, view) -> list[Figure]:
    figures: list[Figure] = []
    icicle = view.icicle
    for weight in ("time", "cost", "tokens"):
        view.show_page(0)
        icicle.weight.setCurrentIndex(icicle.weight.findData(weight))
        first = _ms(lambda: view.show_page(1))
        turns = [first, *_settle(lambda: icicle._weights is None), _ms(icicle.canvas.repaint)]
        note = f"{len(turns)} turns; processor {sum(turn.cpu for turn in turns):.0f} ms"
        figures.append(Figure.at_most(f"{name} calls: icicle by {weight}", sum(turns), "ms", 3000, note))
        figures.append(Figure.at_most(f"{name} calls: icicle by {weight}, worst stall", max(turns), "ms", 50, note))
    return [
        *figures,
        *_frames(f"{name} calls: paint the icicle", [_ms(icicle.canvas.repaint) for _ in range(FRAMES)]),
    ]


def _charts(name: str, view) -> list[Figure]:
    first = _ms(lambda: view.show_page(2))
    charts = view.charts
    turns = _settle(lambda: not charts.is_drawing)
    note = f"{len(turns)} turns; processor at most {max(turn.cpu for turn in turns):.0f} ms"
    frames: list[Span] = []
    for _ in range(20):
        charts.draw_soon()
        frames += _settle(lambda: not charts.is_drawing)
        frames += _settle(lambda: True)  # the last of them is painted
    at_once = [_ms(lambda: [plot.repaint() for plot in charts.views]) for _ in range(20)]
    return [
        Figure.plain(f"{name} calls: charts complete after", first + sum(turns), "ms", note),
        Figure.at_most(f"{name} calls: worst stall of the charts", max(first, *turns), "ms", 50, note),
        *_frames(f"{name} calls: draw all charts anew, one a turn", frames),
        *_frames(f"{name} calls: paint all charts at once", at_once),
    ]
