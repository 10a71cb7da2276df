"""The icicle and the strip: what they weigh, what they show, how they are used."""

from __future__ import annotations

import math
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode
from rlm_desktop.ui.calls import overview
from rlm_desktop.ui.calls.call_tree import CallTreeView
from rlm_desktop.ui.calls.call_weights import Order, Slab, Weight, Weights, icicle
from rlm_desktop.ui.calls.overview import OverviewStrip
from tests import traces
from tests.traces import Shape

DONE = Shape(calls=80, depth=2, batch=12, errors=0.1, retries=0.0, seed=6)


def weights(state: RunState, by: Weight, now: float) -> list[float]:
    """The sums over each node and all below it."""
    found = Weights(state, by, now)
    assert found.take(math.inf)
    return found.sums


@pytest.fixture
def view(qtbot: QtBot) -> CallTreeView:
    made = CallTreeView()
    made.resize(1000, 500)
    qtbot.addWidget(made)
    made.show()
    made.set_state(traces.state(DONE))
    return made


@pytest.mark.parametrize("weight", ["time", "cost", "tokens"])
def test_weights_add_up(weight: Weight) -> None:
    state = traces.state(DONE)
    sums = weights(state, weight, state.now)
    for node in state.nodes:
        assert sums[node.index] >= sum(sums[child.index] for child in node.children) - 1e-9
    if weight == "cost":
        assert sums[0] == pytest.approx(state.totals.cost_usd)
    if weight == "tokens":
        assert sums[0] == state.totals.input_tokens + state.totals.output_tokens


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 50),
    room=st.floats(50, 3000),
    order=st.sampled_from(("time", "heaviest")),
    cut=st.one_of(st.none(), st.integers(5, 400)),
)
def test_rectangles_lie_within_their_parents_and_do_not_overlap(
    seed: int, room: float, order: Order, cut: int | None
) -> None:
    state = traces.state(Shape(calls=60, depth=3, batch=8, seed=seed, cut=cut))
    slabs = icicle(state.nodes[0], weights(state, "time", state.now), room, order)
    places = {slab.node.index: slab for slab in slabs if not slab.more}
    rows: dict[int, list[Slab]] = {}
    for slab in slabs:
        rows.setdefault(slab.level, []).append(slab)
        parent = slab.node.parent
        if parent is not None:
            over = places[parent.index]
            assert slab.level == over.level + 1
            assert slab.x >= over.x - 1e-6
            assert slab.x + slab.width <= over.x + over.width + 1e-6
    for row in rows.values():
        row.sort(key=lambda slab: slab.x)
        assert all(left.x + left.width <= right.x + 1e-6 for left, right in pairwise(row))


def test_the_number_of_rectangles_depends_on_the_room_not_on_the_run() -> None:
    state = traces.state(Shape(calls=5000, depth=1, batch=2000, chunks=0, words=2))
    sums = weights(state, "time", state.now)
    assert len(icicle(state.nodes[0], sums, 400, "time")) < 600


def test_heaviest_first_is_sorted() -> None:
    state = traces.state(DONE)
    sums = weights(state, "cost", state.now)
    slabs = icicle(state.nodes[0], sums, 5000, "heaviest")
    iterations = sorted((slab for slab in slabs if slab.level == 1 and not slab.more), key=lambda slab: slab.x)
    widths = [slab.width for slab in iterations]
    assert widths == sorted(widths, reverse=True)


def test_what_still_shows_of_another_moment_leads_to_the_same_row(view: CallTreeView, qtbot: QtBot) -> None:
    """A replay goes back, and somebody clicks before the icicle has been drawn anew."""
    events = list(traces.events(DONE))
    later, earlier = traces.state(DONE), RunState()
    for event in events[: len(events) // 2]:
        earlier.apply(event)
    assert len(earlier.nodes) < len(later.nodes)
    view.set_state(later)
    view.show_page(1)
    canvas = view.icicle.canvas
    qtbot.waitUntil(lambda: bool(canvas.slabs))
    view.show_moment(earlier)
    known, gone = later.nodes[1], later.nodes[-1]
    for node in (known, gone):
        canvas.chosen.emit(node)
        assert view.selected_node() is earlier.nodes[1]
        canvas.entered.emit(node)
    qtbot.waitUntil(lambda: bool(canvas.slabs) and canvas.slabs[0].node is earlier.nodes[0])
    view.select_node(gone)
    assert view.selected_node() is earlier.nodes[1]


def test_keys_bring_what_they_choose_into_view(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=150, depth=20, batch=2, iterations=3, errors=0.0)))
    view.show_page(1)
    canvas = view.icicle.canvas
    qtbot.waitUntil(lambda: bool(canvas.slabs))
    levels: list[int] = []
    for _ in range(40):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
        slab = canvas.slab_of(canvas.selected)
        assert slab is not None
        assert canvas.visibleRegion().contains(QPoint(8, slab.level * 22 + 15))
        levels.append(slab.level)
    assert levels[-1] * 22 > view.icicle.height()


def test_the_icicle_selects_goes_in_and_out(view: CallTreeView, qtbot: QtBot) -> None:
    view.show_page(1)
    canvas = view.icicle.canvas
    told = QSignalSpy(view.node_selected)
    slab = next(slab for slab in canvas.slabs if isinstance(slab.node, BatchNode) and slab.width > 40)
    place = QPoint(int(slab.x + slab.width / 2) + 4, slab.level * 22 + 12)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert told.at(0)[0] is slab.node
    assert view.selected_node() is slab.node
    assert "Batch" in canvas.accessibleDescription()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert canvas.slabs[0].node is slab.node
    qtbot.mouseClick(view.icicle.whole, Qt.MouseButton.LeftButton)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.slabs[0].node is slab.node
    assert view.icicle.whole.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert isinstance(view.selected_node(), CallNode)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert view.selected_node() is slab.node
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.slabs[0].node is slab.node.parent
    qtbot.mouseClick(view.icicle.whole, Qt.MouseButton.LeftButton)
    assert canvas.slabs[0].node is view.state.nodes[0]
    assert not view.grab().isNull()


def test_icicle_and_strip_have_the_menu_of_the_row(view: CallTreeView, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: asked.append(view.selected_node()) or menu.close())
    reason = QContextMenuEvent.Reason
    view.show_page(1)
    canvas = view.icicle.canvas
    slab = next(slab for slab in canvas.slabs if isinstance(slab.node, BatchNode) and slab.width > 40)
    place = QPoint(int(slab.x + slab.width / 2) + 4, slab.level * 22 + 12)
    QApplication.sendEvent(canvas, QContextMenuEvent(reason.Mouse, place, canvas.mapToGlobal(place)))
    QApplication.sendEvent(canvas, QContextMenuEvent(reason.Keyboard, QPoint(), QPoint()))
    assert asked == [slab.node, slab.node]
    strip = view.overview
    QApplication.sendEvent(strip, QContextMenuEvent(reason.Mouse, QPoint(20, 8), strip.mapToGlobal(QPoint(20, 8))))
    assert asked[2:] == [view.state.nodes[0]]


def test_an_icicle_without_figures_says_so(view: CallTreeView) -> None:
    view.set_state(traces.state(Shape(calls=20, knows_cost=False)))
    view.show_page(1)
    view.icicle.weight.setCurrentIndex(view.icicle.weight.findData("cost"))
    assert view.icicle.path.text() == "No cost is known yet."
    assert len(view.icicle.canvas.slabs) == 1


@pytest.mark.parametrize("near", [20, 5000])
def test_the_strip_goes_to_what_ran_there(
    view: CallTreeView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    monkeypatch.setattr("rlm_desktop.ui.calls.overview._NEAR", near)
    strip = view.overview
    assert strip.isVisible()
    call = next(call for call in view.state.calls.values() if call.depth == 1)
    middle = (call.started + (call.finished or 0)) / 2
    x = 8 + strip._lanes.column(middle)
    found = strip.call_at(x, 4 + 14 + 5)
    assert found is not None
    assert found.depth == 1
    assert found.started <= middle <= (found.finished or 0)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 4 + 14 + 5))
    assert view.selected_node() is found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 50), step=st.integers(20, 200), part=st.sampled_from((2, 1000)))
def test_the_strip_grown_live_equals_the_strip_of_the_stored_run(seed: int, step: int, part: int) -> None:
    """However little of it is looked at in one turn."""
    live, stored = OverviewStrip(), OverviewStrip()
    state = RunState()
    for strip in (live, stored):
        strip.resize(500, 60)
    live.set_state(state)
    span = (0.0, 60.0)
    with patch.object(overview, "_PART", part):
        for number, event in enumerate(traces.events(Shape(calls=40, seed=seed))):
            state.apply(event)
            if number % step == 0:
                live.refresh(span, state.now, None)
        stored.set_state(state)
        for strip in (live, stored):
            strip.refresh(span, state.now, None)
            while strip._unsure or strip._seen < len(state.nodes):
                strip._take_more()
    assert live._lanes.counts == stored._lanes.counts
    assert live._lanes.failed == stored._lanes.failed


def test_no_run_no_strip(view: CallTreeView) -> None:
    view.set_state(None)
    assert not view.overview.isVisible()
    view.show_page(1)
    assert view.icicle.canvas.slabs == []


@pytest.mark.parametrize("room", [120, 900])
def test_what_is_too_narrow_is_known_without_a_look_at_each(room: int) -> None:
    state = traces.state(Shape(calls=900, depth=2, batch=60, chunks=0, words=2))
    whole = Weights(state, "tokens", state.now)
    assert whole.take(60.0)
    slow = icicle(state.nodes[0], whole.sums, room, "time")
    quick = icicle(state.nodes[0], whole.sums, room, "time", whole=whole)
    assert any(slab.more > 1 for slab in quick)
    assert [(slab.node, slab.more, round(slab.x, 6), round(slab.width, 6)) for slab in quick] == [
        (slab.node, slab.more, round(slab.x, 6), round(slab.width, 6)) for slab in slow
    ]
