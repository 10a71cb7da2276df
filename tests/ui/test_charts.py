"""The charts: what they count, what they say, and the files of them."""

from __future__ import annotations

import math
import statistics
import time
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, IterationNode, Node
from rlm_desktop.ui.calls.call_tree import CallTreeView
from rlm_desktop.ui.charts import run_plots
from rlm_desktop.ui.charts.charts_view import ChartsView
from rlm_desktop.ui.charts.latency import Latencies
from rlm_desktop.ui.charts.load import SLOTS, RequestLoad
from rlm_desktop.ui.charts.pending import Pending
from rlm_desktop.ui.charts.plot import Plot, steps, time_steps
from tests import traces
from tests.traces import Shape

Until = Callable[..., Awaitable[None]]
SHAPE = Shape(calls=120, depth=3, batch=24, errors=0.1, iterations=5)


@pytest.fixture
def charts(qtbot: QtBot) -> ChartsView:
    made = ChartsView()
    made.resize(900, 700)
    qtbot.addWidget(made)
    made.show()
    return made


def _requests(state: RunState) -> list[tuple[int, float, float]]:
    """Depth, start and end of every request, by a plain look at each row."""
    found: list[tuple[int, float, float]] = []
    for node in state.nodes:
        if isinstance(node, IterationNode):
            exchange, depth = node.exchange, node.call.depth
        elif isinstance(node, CallNode) and node.kind == "llm":
            exchange, depth = node.exchange, node.depth
        else:
            continue
        if exchange is not None and exchange.requested is not None:
            end = exchange.responded if exchange.responded is not None else node.finished
            found.append((depth, exchange.requested, state.now if end is None else end))
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 500),
    calls=st.integers(1, 60),
    depth=st.integers(1, 3),
    cut=st.one_of(st.none(), st.integers(5, 400)),
    pace=st.integers(1, 90),
)
def test_the_load_adds_up_to_the_time_of_all_requests(
    seed: int, calls: int, depth: int, cut: int | None, pace: int
) -> None:
    state = RunState()
    load = RequestLoad(state)
    for number, event in enumerate(traces.events(Shape(calls=calls, depth=depth, seed=seed, cut=cut, words=2))):
        state.apply(event)
        if number % pace == 0:
            load.take(1.0)
            load.averages(state.now)
    load.take(1.0)
    assert not load.is_behind
    averages = load.averages(state.now)
    for level in {depth for depth, _, _ in _requests(state)}:
        wanted = sum(end - start for depth, start, end in _requests(state) if depth == level)
        values = averages[level]
        assert len(values) <= SLOTS
        last = state.now - (len(values) - 1) * load.width
        counted = sum(values[:-1]) * load.width + values[-1] * last
        assert math.isclose(counted, wanted, rel_tol=0.02, abs_tol=0.02)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 500), pace=st.integers(5, 90))
def test_durations_counted_live_are_those_of_the_ended_calls(seed: int, pace: int) -> None:
    state = RunState()
    counted: Latencies | None = None
    shape = Shape(calls=40, depth=1, batch=30, iterations=3, seed=seed, errors=0.2, words=2)
    for number, event in enumerate(traces.events(shape)):
        state.apply(event)
        if counted is None and state.batches:
            counted = Latencies(state.batches[0])
        if counted is not None and number % pace == 0:
            counted.take(1.0)
    assert counted is not None
    assert counted.take(1.0)
    ended = [call.finished - call.started for call in counted.batch.children if call.finished is not None]
    assert counted.count == len(ended)
    assert (counted.shortest, counted.longest) == (min(ended), max(ended))
    assert math.isclose(counted.share(0.5), statistics.median_low(ended), rel_tol=0.012)
    good, failed = counted.columns(40)
    assert sum(good) + sum(failed) == len(ended)
    assert sum(failed) == sum(1 for call in counted.batch.children if call.status == "failed")


def test_big_batches_are_counted_a_piece_at_a_time() -> None:
    state = traces.state(Shape(calls=3000, depth=1, batch=2000, iterations=3, words=1, chunks=0, concurrency=500))
    counted = Latencies(state.batches[0])
    pieces = 1
    while not counted.take(0.0):
        pieces += 1
    assert pieces > 2
    assert counted.count == len(state.batches[0].children)


def test_rows_that_wait_cost_no_more_than_the_time_that_is_given() -> None:
    state = traces.state(Shape(calls=3000, depth=1, batch=2000, iterations=3, words=1, chunks=0))
    ended: set[Node] = set()
    looked: list[Node] = []
    pending = Pending(lambda row: looked.append(row) or row in ended)
    pending.add(state.nodes)
    looked.clear()
    over = time.perf_counter()
    assert pending.look(over)  # none of the first ones has ended: those behind them can wait
    assert len(looked) < 500
    ended.update(state.nodes[:1000])
    assert not pending.look(over)
    while not pending.look(over):
        pass
    assert len(looked) < 2500
    looked.clear()
    assert pending.look(over + 100)
    assert looked == state.nodes[1000:]


@pytest.mark.parametrize("end", [0.0, 1e-9, 0.37, 1.0, 59.9, 61.0, 1e5, 1e12, math.inf])
def test_ticks_are_few_and_within(end: float) -> None:
    for found in (steps(end), time_steps(end) if end and math.isfinite(end) else []):
        assert len(found) <= 12
        assert all(0 < value <= end * 1.001 for value in found)


def test_a_run_is_drawn_live_as_it_is_drawn_when_stored(charts: ChartsView) -> None:
    state = RunState()
    charts.set_state(state)
    for number, event in enumerate(traces.events(SHAPE)):
        state.apply(event)
        if number % 100 == 0:
            charts.draw_now()
    charts.draw_now()
    live = [view.plot for view in charts.views]
    charts.set_state(state)
    charts.draw_now()
    stored = [view.plot for view in charts.views]
    for one, other in zip(live, stored, strict=True):
        assert (one.slots, one.totals, one.summary) == (other.slots, other.totals, other.summary)
    assert charts.batches.count() == len(state.batches)
    assert "median" in charts.latency.plot.summary
    assert {series.name for series in charts.load_view.plot.series} == {"Depth 0", "Depth 1", "Depth 2", "Depth 3"}


async def test_the_batch_of_the_selected_row_is_shown(charts: ChartsView, wait_until: Until) -> None:
    state = traces.state(SHAPE)
    charts.set_state(state)
    await wait_until(lambda: charts.batches.count() > 1)
    batch = list(state.batches.values())[-1]
    charts.select(batch.children[0])
    await wait_until(lambda: charts.latency.plot.slots and charts._latencies.batch is batch)  # type: ignore[union-attr]
    assert charts.batches.currentText() == run_plots.batch_name(batch)
    charts.batches.setCurrentIndex(0)
    charts.batches.activated.emit(0)
    first = state.batches[charts.batches.itemData(0)]
    await wait_until(lambda: charts._latencies.batch is first)  # type: ignore[union-attr]


def test_keys_and_pointer_read_the_values_out(charts: ChartsView, qtbot: QtBot) -> None:
    charts.set_state(traces.state(SHAPE))
    charts.draw_now()
    bars = charts.depth_tokens
    assert "Depth 0" in bars.accessibleDescription()  # the summary
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    assert bars.readout.startswith("Depth 0: Input")
    assert bars.accessibleDescription() == bars.readout
    qtbot.keyClick(bars, Qt.Key.Key_End)
    assert bars.readout.startswith("Depth 3")
    load = charts.load_view
    load._mark(load._slot_at(QPointF(load.width() / 2, load.height() / 2)))
    assert load.readout
    qtbot.keyClick(load, Qt.Key.Key_Home)
    first = load.readout
    qtbot.keyClick(load, Qt.Key.Key_Right)
    assert load.readout != first
    for view in charts.views:
        assert view.accessibleName().startswith(view.plot.title)


def test_a_chart_that_was_not_drawn_yet_says_nothing(qtbot: QtBot) -> None:
    charts = ChartsView()
    qtbot.addWidget(charts)
    charts.set_state(traces.state(SHAPE))
    charts.show()
    assert [view.accessibleName() for view in charts.views] == [view.plot.title for view in charts.views]
    charts._go_on()  # the first one of them
    assert charts.is_drawing
    assert "No model" not in " ".join(view.accessibleName() for view in charts.views)


def test_a_run_without_figures_says_so(charts: ChartsView) -> None:
    charts.set_state(RunState())
    charts.draw_now()
    assert charts.load_view.plot.is_empty
    assert "No model has been asked yet" in charts.depth_cost.accessibleName()
    assert not charts._batch_part.isVisible()


def test_unknown_cost_is_no_zero(charts: ChartsView) -> None:
    charts.set_state(traces.state(Shape(calls=30, knows_cost=False)))
    charts.draw_now()
    assert charts.model_cost.plot.is_empty
    assert "gpt-5 –" in charts.model_cost.plot.summary


async def test_charts_become_files_and_pictures(charts: ChartsView, tmp_path: Path, wait_until: Until) -> None:
    charts.set_state(traces.state(SHAPE))
    charts.draw_now()
    told = QSignalSpy(charts.message)
    for view in charts.views:
        count = told.count()
        view.save_to(str(tmp_path / "chart.svg"))
        await wait_until(lambda count=count: told.count() == count + 1)
        drawing = (tmp_path / "chart.svg").read_bytes()
        root = ET.fromstring(drawing)
        assert root.tag.endswith("svg")
        assert view.plot.title in drawing.decode()
        view.save_to(str(tmp_path / "chart.png"))
        await wait_until(lambda count=count: told.count() == count + 2)
        assert view.more.isEnabled()
        picture = QImage(str(tmp_path / "chart.png"))
        assert picture.width() == view.width() * 2
        colours = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 3)}
        assert len(colours) > 4
    assert told.count() == 2 * len(charts.views)
    charts.latency.save_to(str(tmp_path / "missing" / "chart.png"))
    await wait_until(lambda: told.count() == 2 * len(charts.views) + 1)
    assert told.at(told.count() - 1)[1] == "error"
    charts.latency.copy()
    assert not QGuiApplication.clipboard().image().isNull()


def test_a_damaged_plot_can_be_drawn(charts: ChartsView) -> None:
    """No slot, one slot, values of nothing."""
    for plot in (
        Plot("t", "bars", "u", (), (), str, "s"),
        Plot("t", "steps", "u", (), (), str, "s", limit=(3.0, "limit")),
        run_plots.latency(None),
    ):
        charts.latency.set_plot(plot)
        charts.latency.picture()
        charts.latency.svg()


async def test_the_tree_has_the_charts_as_its_third_page(qtbot: QtBot, wait_until: Until) -> None:
    view = CallTreeView()
    view.resize(900, 500)
    qtbot.addWidget(view)
    view.show()
    state = traces.state(SHAPE)
    view.set_state(state)
    qtbot.keyClick(view.table, Qt.Key.Key_3)
    assert view.charts is not None
    assert view.charts.isVisible()
    await wait_until(lambda: not view.charts.load_view.plot.is_empty)  # type: ignore[union-attr]
    assert not view.overview.isVisible()
    qtbot.keyClick(view.charts, Qt.Key.Key_1)
    assert view.table.isVisible()
    view.set_state(RunState())
    view.show_page(2)
    view.set_state(None)
