"""The filter: what fits, and how the tree shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.events import CallStarted
from rlm_desktop.engine.providers import OFFLINE_LABEL
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode
from rlm_desktop.ui.calls import call_filter, finding
from rlm_desktop.ui.calls.call_filter import KINDS, STATUSES, CallFilter
from rlm_desktop.ui.calls.call_model import Column
from rlm_desktop.ui.calls.call_tree import NOTHING_FITS, CallTreeView
from tests import traces
from tests.traces import Shape

Wait = Callable[..., Awaitable[None]]
DONE = Shape(calls=60, depth=2, batch=12, errors=0.2, seed=3)


@pytest.fixture
def view(qtbot: QtBot) -> CallTreeView:
    made = CallTreeView()
    made.resize(1000, 400)
    qtbot.addWidget(made)
    made.show()
    made.set_state(traces.state(DONE))
    return made


def _found(state: RunState, wanted: CallFilter) -> set[int]:
    return {index for index, fits in call_filter.search(state, wanted, state.now) if fits}


def test_conditions_are_all_to_be_met() -> None:
    state = traces.state(DONE)
    failed = _found(state, CallFilter(statuses=frozenset({"failed"}), kinds=frozenset({"llm"})))
    assert failed
    assert all(isinstance(state.nodes[index], CallNode) and state.nodes[index].has_error for index in failed)
    slow = _found(state, CallFilter(slower=5.0))
    assert slow
    assert all((state.nodes[index].finished or 0) - state.nodes[index].started >= 5.0 for index in slow)
    deep = _found(state, CallFilter(depths=frozenset({2}), models=frozenset({"gpt-5-mini"})))
    assert {state.nodes[index].depth for index in deep if isinstance(state.nodes[index], CallNode)} == {2}  # type: ignore[attr-defined]
    dear = _found(state, CallFilter(costlier=0.01))
    assert 0 in dear
    assert len(dear) < len(state.nodes)


def test_text_is_found_in_names_prompts_replies_code_and_output() -> None:
    state = traces.state(DONE)
    assert _found(state, CallFilter(text="iteration 2"))
    assert all(
        isinstance(state.nodes[i], IterationNode) for i in _found(state, CallFilter(text="ENUMERATE(answers)"))
    )
    assert _found(state, CallFilter(text="part 3:"))
    assert _found(state, CallFilter(text="429 too many"))
    assert all(isinstance(state.nodes[i], BatchNode) for i in _found(state, CallFilter(text="_batch ×")))
    assert not _found(state, CallFilter(text="no such words anywhere"))


async def test_typing_filters_and_escape_shows_all(view: CallTreeView, qtbot: QtBot, wait_until: Wait) -> None:
    everything = view.model.rowCount()
    changed = QSignalSpy(view.bar.filter_changed)
    view.focus_filter()
    qtbot.keyClicks(view.bar.field, "429 too")
    await wait_until(lambda: changed.count() == 1 and not view._finder.is_searching)
    matches = view.model.rows.matches
    assert matches
    shown = {view.model.rows.node(row).index for row in range(view.model.rowCount())}
    assert matches <= shown
    assert any(view.model.rows.is_dimmed(view.state.nodes[index]) for index in shown)
    assert view.bar.count.text() == f"{len(matches)} of {len(view.state.nodes)}"
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Escape)
    assert view.model.rows.matches is None
    assert view.model.rowCount() == everything
    assert view.bar.count.text() == ""


def test_conditions_show_as_chips_that_remove_them(view: CallTreeView, qtbot: QtBot) -> None:
    view.bar._fill_menu()
    kinds = next(action.menu() for action in view.bar.menu.actions() if action.text() == "Kind")
    next(action for action in kinds.actions() if action.text() == "Batch").trigger()  # type: ignore[attr-defined]
    assert view.bar.filter == CallFilter(kinds=frozenset({"batch"}))
    chip = view.bar._chip_line.itemAt(0).widget()  # type: ignore[union-attr]
    assert chip.text().startswith("Batch")  # type: ignore[attr-defined]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert not view.bar.filter.is_active
    assert not view.bar._chips.isVisible()


async def test_nothing_found_is_said(view: CallTreeView, wait_until: Wait) -> None:
    view.bar._set(CallFilter(text="no such words anywhere"))
    await wait_until(lambda: not view._finder.is_searching)
    assert view.model.rowCount() == 0
    assert view._empty.isVisible()
    assert view._empty.text() == NOTHING_FITS


def test_the_selection_stays_when_it_fits(view: CallTreeView) -> None:
    chosen = view.state.nodes[0].children[1]
    view.select_node(chosen)
    told = QSignalSpy(view.node_selected)
    view.bar._set(CallFilter(kinds=frozenset({"iteration"})))
    assert view.selected_node() is chosen
    view.bar.clear()
    assert view.selected_node() is chosen
    assert told.count() == 0


async def test_a_live_run_is_searched_again(
    view: CallTreeView, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_AGAIN_MS", 1)
    events = list(traces.events(DONE))
    state = RunState()
    for event in events[:300]:
        state.apply(event)
    view.set_state(state)
    view.bar._set(CallFilter(kinds=frozenset({"iteration"})))
    await wait_until(lambda: not view._finder.is_searching)
    before = len(view.model.rows.matches or ())
    for event in events[300:]:
        state.apply(event)
    view.refresh()
    await wait_until(lambda: len(view.model.rows.matches or ()) > before)  # type: ignore[misc]
    expected = {node.index for node in state.nodes if isinstance(node, IterationNode)}
    await wait_until(lambda: view.model.rows.matches == expected)  # type: ignore[misc]


async def test_searching_again_takes_no_rows_away_meanwhile(
    view: CallTreeView, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.bar._set(CallFilter(kinds=frozenset({"llm"})))
    await wait_until(lambda: not view._finder.is_searching)
    everything = view.model.rows.matches or set()
    for name in ("_SLICE_SECONDS", "_SHOW_EVERY"):
        monkeypatch.setattr(finding, name, 0.0)
    told = QSignalSpy(view._finder.found)
    view._finder.move_to(view.state)
    await wait_until(lambda: told.count() > 0)
    assert all(told.at(number)[0] == everything for number in range(told.count()))


def test_the_place_stays_while_a_live_run_is_filtered(view: CallTreeView) -> None:
    view.model.set_matches(set(range(0, len(view.state.nodes), 2)))
    view.select_node(view.model.rows.node(2))
    bar = view.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    place = bar.value()
    view.model.set_matches(set(range(len(view.state.nodes))))
    assert bar.value() == place, "the selected row is far above, and nobody asked for it"
    assert view.selected_node() is not None


@pytest.mark.parametrize("go", ["failure", "call", "call while it is searched"])
async def test_a_row_that_is_asked_for_shows_whatever_is_looked_for(
    view: CallTreeView, go: str, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "while" in go:
        monkeypatch.setattr(finding, "_SLICE_SECONDS", 0.0)
    view.bar._set(CallFilter(kinds=frozenset({"iteration"})))
    if "while" in go:
        assert view.model.rows.matches is None
    else:
        await wait_until(lambda: not view._finder.is_searching)
    if go == "failure":
        assert view.select_failure()
    else:
        view.select_node(next(call for call in view.state.calls.values() if call.kind == "llm"))
    node = view.selected_node()
    assert node is not None
    assert not isinstance(node, IterationNode)
    assert not view.bar.filter.is_active
    assert view.model.rows.row_of(node) == view.table.current_row()


@pytest.mark.parametrize("slice_seconds", [1.0, 0.0])
async def test_down_leads_from_the_filter_to_the_first_row_that_it_finds(
    view: CallTreeView, qtbot: QtBot, wait_until: Wait, monkeypatch: pytest.MonkeyPatch, slice_seconds: float
) -> None:
    monkeypatch.setattr(finding, "_SLICE_SECONDS", slice_seconds)
    view.table.selectRow(0)
    view.focus_filter()
    qtbot.keyClicks(view.bar.field, "iteration 2")
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Down)
    await wait_until(lambda: not view._finder.is_searching and not view.table._goes_to_hit)
    assert view.table.hasFocus()
    node = view.selected_node()
    assert node is not None
    assert node.index == min(view.model.rows.matches or ())
    qtbot.keyClick(view.table, Qt.Key.Key_Up)
    assert view.model.rows.is_dimmed(view.selected_node() or node)
    view.bar.field.setFocus()
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Down)
    assert view.selected_node() is node


async def test_who_goes_on_typing_is_not_torn_away_by_what_is_found(
    view: CallTreeView, qtbot: QtBot, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_SLICE_SECONDS", 0.0)
    view.focus_filter()
    qtbot.keyClicks(view.bar.field, "iteration 2")
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Down)
    assert view.table.hasFocus()
    view.bar.field.setFocus()
    await wait_until(lambda: not view._finder.is_searching and not view.table._goes_to_hit)
    assert view.bar.field.hasFocus()


def test_an_empty_field_offers_nothing_to_be_cleared(view: CallTreeView, qtbot: QtBot) -> None:
    view.bar.field.setText("cloud")
    (button,) = view.bar.field.findChildren(QAbstractButton)
    qtbot.waitUntil(lambda: button.property("opacity") == 1.0)
    view.bar.clear()
    qtbot.waitUntil(lambda: button.property("opacity") == 0.0)
    assert not view.bar._debounce.isActive()


def test_the_offline_model_is_named_as_what_it_is(view: CallTreeView) -> None:
    state = RunState()
    state.apply(CallStarted(call=0, parent=None, kind="rlm", depth=0, model="offline"))
    view.set_state(state)
    view.bar._set(CallFilter(models=frozenset({"offline"})))
    (chip,) = view.bar.findChildren(QPushButton, "chip")
    assert chip.text().startswith(OFFLINE_LABEL)
    assert view.model.text(0, Column.MODEL) == OFFLINE_LABEL


def test_many_conditions_make_no_window_wider(view: CallTreeView) -> None:
    before = view.minimumSizeHint().width()
    view.bar._set(CallFilter(kinds=frozenset(KINDS), statuses=frozenset(STATUSES), slower=1.0, costlier=0.01))
    assert view.minimumSizeHint().width() <= before
    view.bar.clear()


def test_another_run_is_not_filtered(view: CallTreeView) -> None:
    view.bar._set(CallFilter(kinds=frozenset({"batch"})))
    view.set_state(traces.state(Shape(calls=20)))
    assert not view.bar.filter.is_active
    assert view.model.rows.matches is None


def _takes_escape(widget: QWidget) -> bool:
    """Whether a key goes to the widget even where an action, as Stop, has it for its shortcut."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_enter_is_for_a_row_in_the_table_alone(view: CallTreeView, qtbot: QtBot) -> None:
    view.select_node(view.state.nodes[1])
    asked = QSignalSpy(view.inspect_requested)
    view.show_page(2)
    assert view.charts is not None
    qtbot.keyClick(view.charts.load_view, Qt.Key.Key_Return)
    qtbot.keyClick(view.charts.load_view.more, Qt.Key.Key_Return)
    view.show_page(0)
    qtbot.keyClick(view.view_button, Qt.Key.Key_Enter)
    assert asked.count() == 0
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert asked.count() == 1
    qtbot.keyClicks(view.bar.field, "cloud\r")
    assert asked.count() == 1


def test_escape_is_stop_but_where_there_is_something_to_leave(view: CallTreeView, qtbot: QtBot) -> None:
    assert not _takes_escape(view.bar.field)
    qtbot.keyClicks(view.bar.field, "cloud")
    assert _takes_escape(view.bar.field)
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Escape)
    assert view.bar.field.text() == ""
    qtbot.keyClicks(view.bar.field, "cloud\r")
    assert _takes_escape(view.table)
    qtbot.keyClick(view.table, Qt.Key.Key_Escape)
    assert not view.bar.filter.is_active
    assert not _takes_escape(view.table)
    view.show_page(1)
    assert not _takes_escape(view.icicle.canvas)
    view.icicle.enter(view.state.nodes[1])
    assert _takes_escape(view.icicle.canvas)
