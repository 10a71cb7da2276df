"""The call tree as a person uses it: keys, mouse, following a live run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QPalette
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, IterationNode, Node
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import CallModel, Column, round_span
from rlm_desktop.ui.calls.call_painter import DEEPEST_INDENT, INDENT, ROOM_FOR_NAME
from rlm_desktop.ui.calls.call_tree import EMPTY, CallTreeView
from rlm_desktop.ui.theme import Theme
from rlm_desktop.ui.work_page import LEAST_HEIGHT
from tests import traces
from tests.traces import Shape


@pytest.fixture
def view(qtbot: QtBot) -> CallTreeView:
    made = CallTreeView()
    made.resize(1000, 300)
    qtbot.addWidget(made)
    made.show()
    return made


def _titles(view: CallTreeView) -> list[str]:
    return [view.model.text(row, Column.CALL) for row in range(view.model.rowCount())]


def _play(state: RunState, events: Iterator[AnyEvent], count: int | None = None) -> None:
    for number, event in enumerate(events, 1):
        state.apply(event)
        if number == count:
            return


def _press(qtbot: QtBot, view: CallTreeView, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(view.table, key)


def test_the_selected_row_stays_in_view_when_there_is_less_height(view: CallTreeView) -> None:
    view.set_state(traces.state(Shape(calls=60, batch=4)))
    last = view.table.rowAt(view.table.viewport().height() - 2)
    view.select_node(view.model.rows.node(last))
    view.resize(1000, 260)
    assert view.table.rowViewportPosition(last) + view.table.row_height <= view.table.viewport().height()


def test_what_to_do_first_is_read_where_there_is_little_height(view: CallTreeView) -> None:
    view.resize(640, LEAST_HEIGHT)
    assert view._empty.isVisible()
    assert view._empty.height() == view.table.viewport().height(), "which may be no more than two lines"


def test_the_model_obeys_qt_while_a_run_is_live() -> None:
    model = CallModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    state = RunState()
    model.show(state)
    for number, event in enumerate(traces.events(Shape(calls=16, depth=3, batch=9, errors=0.2))):
        state.apply(event)
        if number % 20 == 0:
            model.refresh()
        if number % 50 == 0 and model.rowCount():
            node = model.rows.node(number % model.rowCount())
            (model.rows.close if model.rows.is_open(node) else model.rows.open_all)(node)
    model.refresh()
    model.rows.open_all(state.nodes[0])
    assert model.rowCount() == len(state.nodes)
    model.set_matches({3})
    model.set_matches(None)
    model.set_focus(state.nodes[1])
    del tester


def test_without_a_run_it_says_what_to_do(view: CallTreeView) -> None:
    view.set_state(None)
    assert view._empty.isVisible()
    assert view._empty.text() == EMPTY
    view.set_state(traces.state())
    assert not view._empty.isVisible()


def test_columns_say_what_happened(view: CallTreeView) -> None:
    state = traces.state(Shape(calls=20, batch=10, retries=0.0, errors=0.0))
    view.set_state(state)
    assert _titles(view)[0] == "Run"
    assert view.model.text(0, Column.STATUS) == "Completed"
    assert view.model.text(0, Column.DURATION).endswith(" s")
    assert "→" in view.model.text(0, Column.TOKENS)
    assert view.model.text(0, Column.COST).startswith("$")


def test_unknown_figures_are_a_dash_not_a_zero(view: CallTreeView) -> None:
    view.set_state(traces.state(Shape(calls=5, knows_cost=False)))
    assert view.model.text(0, Column.COST) == call_text.UNKNOWN
    assert call_text.tokens(None) == ""


def test_keys_open_close_and_move(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=30, batch=20, errors=0.0)))
    _press(qtbot, view, Qt.Key.Key_Home)
    assert view.selected_node() is view.state.nodes[0]
    opened = view.model.rowCount()
    _press(qtbot, view, Qt.Key.Key_Left)
    assert view.model.rowCount() == 1
    _press(qtbot, view, Qt.Key.Key_Plus)
    assert view.model.rowCount() == opened
    _press(qtbot, view, Qt.Key.Key_Right)
    assert view.table.current_row() == 1
    _press(qtbot, view, Qt.Key.Key_BracketRight)
    assert view.selected_node() is view.state.nodes[0].children[1]
    _press(qtbot, view, Qt.Key.Key_BracketLeft)
    assert view.selected_node() is view.state.nodes[0].children[0]
    _press(qtbot, view, Qt.Key.Key_Backspace)
    assert view.table.current_row() == 0
    for key in (Qt.Key.Key_Asterisk, Qt.Key.Key_Down, Qt.Key.Key_BraceRight):
        _press(qtbot, view, key)
    assert view.selected_node() is view.state.nodes[0].children[1], "the next iteration, over its batch's calls"
    _press(qtbot, view, Qt.Key.Key_BraceLeft)
    assert view.selected_node() is view.state.nodes[0].children[0]
    assert view.model.rowCount() == len(view.state.nodes)
    _press(qtbot, view, Qt.Key.Key_End)
    assert view.table.current_row() == view.model.rowCount() - 1
    _press(qtbot, view, Qt.Key.Key_Up, Qt.Key.Key_Left)
    assert view.selected_node() is not None


def test_f8_visits_every_failure(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=60, depth=1, batch=30, errors=0.3)))
    failures = [node for node in view.state.nodes if call_text.is_failure(node) and not isinstance(node, BatchNode)]
    seen: list[Node | None] = []
    for _ in failures:
        _press(qtbot, view, Qt.Key.Key_F8)
        seen.append(view.selected_node())
    assert seen == failures
    assert all(view.model.rows.row_of(node) >= 0 for node in failures)


def test_a_sibling_is_found_without_a_look_at_all_that_are_hidden(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=200, depth=1, batch=150, errors=0.1)))
    batch = next(node for node in view.state.nodes if isinstance(node, BatchNode))
    view.model.rows.reveal(batch)
    lifted = [node for node in batch.children if view.model.rows.row_of(node) >= 0]
    assert 1 < len(lifted) < len(batch.children)
    view.select_node(lifted[0])
    with patch.object(view.model.rows, "row_of", wraps=view.model.rows.row_of) as asked:
        _press(qtbot, view, Qt.Key.Key_BracketRight)
        assert view.selected_node() is lifted[1]
        view.select_node(lifted[-1])
        _press(qtbot, view, Qt.Key.Key_BracketRight)
    assert view.selected_node() is lifted[-1]
    assert asked.call_count < len(batch.children) // 2
    _press(qtbot, view, Qt.Key.Key_Down, Qt.Key.Key_Enter)
    assert view.model.rows.is_open(batch), "the line “… more”, from the keypad too"


def test_a_click_on_the_triangle_opens_without_selecting(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=20, batch=12)))
    batch = next(iter(view.state.batches.values()))
    view.model.rows.reveal(batch)
    row = view.model.rows.row_of(batch)
    before = view.model.rowCount()
    cell = view.table.visualRect(view.model.index(row, Column.CALL))
    triangle = QPoint(cell.left() + int(view.table.rows_painter.indent(row)) + 6, cell.center().y())
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=triangle)
    assert view.model.rowCount() > before
    assert view.selected_node() is None
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    assert view.selected_node() is batch


def test_the_line_more_opens_the_batch(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=60, depth=1, batch=30, errors=0.2)))
    row = next(row for row in range(view.model.rowCount()) if view.model.rows.is_more(row))
    batch = view.model.rows.node(row)
    view.table.go_to(row)
    _press(qtbot, view, Qt.Key.Key_Return)
    assert view.model.rows.is_open(batch)
    assert view.selected_node() is batch


def test_selecting_tells_the_node_once(view: CallTreeView) -> None:
    view.set_state(traces.state(Shape(calls=60, depth=1, batch=30)))
    spy = QSignalSpy(view.node_selected)
    hidden = next(iter(view.state.batches.values())).children[20]
    view.select_node(hidden)
    assert spy.count() == 1
    assert spy.at(0)[0] is hidden
    assert view.selected_node() is hidden


def test_rows_do_not_jump_under_the_reader(view: CallTreeView) -> None:
    events = traces.events(Shape(calls=200, depth=2, batch=8, iterations=6, seed=2))
    state = RunState()
    view.set_state(state)
    _play(state, events, 700)
    view.refresh()
    view.model.rows.open_all(state.nodes[0])
    view._stop_following()
    bar = view.table.verticalScrollBar()
    assert bar.maximum() > 400
    bar.setValue(bar.maximum() - 7)
    first = view.model.rows.node(view.table.rowAt(0))
    place = view.table.visualRect(view.model.index(view.table.rowAt(0), 0)).top()
    for _ in range(20):
        _play(state, events, 25)
        view.refresh()
        row = view.model.rows.row_of(first)
        assert view.table.visualRect(view.model.index(row, 0)).top() == place


def test_following_ends_with_a_scroll_and_the_pill_resumes_it(view: CallTreeView, qtbot: QtBot) -> None:
    events = traces.events(Shape(calls=300, depth=2, batch=8, iterations=12))
    state = RunState()
    view.set_state(state)
    _play(state, events, 1500)
    view.refresh()
    assert view.is_following
    assert view.table.verticalScrollBar().value() > 0
    view.table.verticalScrollBar().setSliderPosition(0)
    view.table.verticalScrollBar().actionTriggered.emit(7)
    assert not view.is_following
    _play(state, events, 400)
    view.refresh()
    assert view.table.verticalScrollBar().value() == 0
    assert view._pill.isVisible()
    assert "new" in view._pill.text()
    qtbot.mouseClick(view._pill, Qt.MouseButton.LeftButton)
    assert view.is_following
    assert not view._pill.isVisible()
    assert view.table.verticalScrollBar().value() > 0


def test_the_selection_stays_on_its_node_while_rows_come_above(view: CallTreeView) -> None:
    events = traces.events(Shape(calls=120, depth=2, batch=6, iterations=6))
    state = RunState()
    view.set_state(state)
    _play(state, events, 500)
    view.refresh()
    chosen = view.model.rows.node(view.model.rowCount() - 1)
    view.select_node(chosen)
    for _ in range(10):
        _play(state, events, 60)
        view.refresh()
        assert view.selected_node() is chosen


def test_focus_and_back(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=60)))
    iteration = view.state.nodes[0].children[1]
    view.select_node(iteration)
    _press(qtbot, view, Qt.Key.Key_F)
    assert view.model.rows.node(0) is iteration
    assert view.selected_node() is iteration
    _press(qtbot, view, Qt.Key.Key_Escape)
    assert view.model.rows.focus is None
    with qtbot.waitSignal(view.inspect_requested):
        _press(qtbot, view, Qt.Key.Key_Return)
    _press(qtbot, view, Qt.Key.Key_F)
    view.select_node(view.state.nodes[0].children[0])
    assert view.model.rows.node(0) is view.state.nodes[0]


def test_the_letters_act_in_the_tree_and_not_from_buttons_or_charts(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=60)))
    view.select_node(view.state.nodes[0].children[1])
    button = next(button for button in view.bar.findChildren(QAbstractButton) if button.isVisible())
    button.setFocus()
    for key in (Qt.Key.Key_F, Qt.Key.Key_L, Qt.Key.Key_2):
        qtbot.keyClick(button, key)
    assert view.table.isVisible()
    view.show_page(2)
    view.setFocus()
    assert view.charts is not None
    for key in (Qt.Key.Key_F, Qt.Key.Key_L):
        qtbot.keyClick(view.charts, key)
    assert view.model.rows.focus is None
    assert not view.is_following
    qtbot.keyClick(view.charts, Qt.Key.Key_1)
    assert view.table.isVisible()
    _press(qtbot, view, Qt.Key.Key_L)
    assert view.is_following


def test_columns_can_be_shown(view: CallTreeView) -> None:
    header = view.table.horizontalHeader()
    depth = next(action for action in view.columns.actions() if action.text() == "Depth")
    assert header.isSectionHidden(Column.DEPTH)
    depth.setChecked(True)
    assert not header.isSectionHidden(Column.DEPTH)


def test_every_row_is_a_sentence_for_a_screen_reader(view: CallTreeView) -> None:
    view.set_state(traces.state(Shape(calls=30, batch=12, errors=0.1)))
    texts = [
        view.model.data(view.model.index(row, 0), Qt.ItemDataRole.AccessibleTextRole)
        for row in range(view.model.rowCount())
    ]
    assert all(texts)
    assert "Completed" in texts[0]
    assert "level 1" in texts[0]
    assert "expanded" in texts[0]
    interface = QAccessible.queryAccessibleInterface(view.table)
    assert interface.text(QAccessible.Text.Name) == "Calls of the run"
    assert interface.childCount() > 0


def test_painting_every_kind_of_row(view: CallTreeView) -> None:
    for shape in (
        Shape(calls=80, depth=3, batch=12, errors=0.2, cut=600),
        Shape(calls=80, depth=3, batch=12, errors=0.2, knows_cost=False),
    ):
        view.set_state(traces.state(shape))
        view.model.rows.open_all(view.state.nodes[0])
        assert not view.grab().isNull()


def test_the_scale_of_a_live_timeline_is_round() -> None:
    assert [round_span(value) for value in (0.2, 1.2, 2.0, 4.9, 8.0, 74.0, 76.0)] == [1, 1.5, 2, 5, 10, 75, 100]


def test_titles_name_what_was_called() -> None:
    state = traces.state(Shape(calls=20, depth=1, batch=10))
    iteration = next(node for node in state.nodes if isinstance(node, IterationNode))
    batch = next(node for node in state.nodes if isinstance(node, BatchNode))
    assert call_text.title(iteration) == "Iteration 1"
    assert call_text.title(batch) == "llm_query_batch ×10"
    assert call_text.title(batch.children[3]) == "Sub-call 4"
    assert call_text.batch_status(batch).startswith("10 completed")


def test_the_menu_of_a_row_stops_focuses_and_copies(view: CallTreeView) -> None:
    view.set_state(traces.state(Shape(calls=60, depth=2, batch=6, cut=600)))
    running = next(node for node in view.state.calls.values() if node.is_running and node.parent is not None)
    stopped = QSignalSpy(view.stop_requested)

    def act(node: Node, text: str) -> None:
        menu = view.row_menu(node)
        next(action for action in menu.actions() if action.text() == text).trigger()
        menu.deleteLater()

    act(running, "Stop this call and what is below")
    assert stopped.at(0)[0] == running.number
    act(view.state.nodes[0], "Copy the row")
    assert QGuiApplication.clipboard().text().startswith("Run\tRunning\t")
    view.show_page(1)
    act(running, "Show in the tree")
    assert view.is_tree_shown
    assert view.selected_node() is running
    iteration = view.state.nodes[0].children[1]
    act(iteration, "Show only this and what is below")
    assert view.model.rows.node(0) is iteration
    act(iteration, "Show the whole run")
    act(view.state.nodes[0], "Close")
    assert view.model.rowCount() == 1
    act(view.state.nodes[0], "Open everything below")
    assert view.model.rowCount() == len(view.state.nodes)


def test_own_time_is_that_without_the_calls_below() -> None:
    state = traces.state(Shape(calls=40, depth=1, batch=12, retries=0.0))
    root = state.nodes[0]
    batches = [node for node in state.nodes if isinstance(node, BatchNode)]
    own = call_text.own_duration(root, state.now)
    below = sum(call_text.duration(batch, state.now) for batch in batches)
    assert 0 < own <= call_text.duration(root, state.now) - below + 1e-6
    assert call_text.own_duration(batches[0].children[0], state.now) == call_text.duration(
        batches[0].children[0], state.now
    )


def test_rows_follow_the_size_of_the_text(view: CallTreeView, qapp: QApplication, qtbot: QtBot) -> None:
    dressed = Theme(qapp, "light")
    for density in ("compact", "normal"):  # whatever sizes another test has left
        dressed.set_sizes(density, 100)
    view.set_state(traces.state(Shape(calls=200, batch=8)))
    _press(qtbot, view, Qt.Key.Key_Asterisk)
    bar = view.table.verticalScrollBar()
    bar.setValue(20 * view.table.row_height)
    low = view.table.row_height
    dressed.set_sizes("roomy", 150)
    assert view.table.row_height > low
    assert view.table.rowHeight(3) == view.table.row_height
    assert view.table.rowAt(0) == 20
    dressed.set_sizes("normal", 100)
    assert (view.table.row_height, view.table.rowAt(0)) == (low, 20)
    qapp.setStyleSheet("")
    dressed.deleteLater()


def test_a_heading_sorts_within_each_parent_and_the_selection_stays(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=40, depth=1, batch=12, iterations=5)))
    batch = next(node for node in view.state.nodes if isinstance(node, BatchNode))
    view.model.rows.open(batch)
    chosen = batch.children[3]
    view.select_node(chosen)
    header = view.table.horizontalHeader()

    def click(column: Column) -> list[float]:
        place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert view.selected_node() is chosen
        first = view.model.rows.row_of(batch) + 1
        rows = [view.model.rows.node(row) for row in range(first, first + len(batch.children))]
        assert all(node.parent is batch for node in rows)
        return [call_text.duration(node, 0.0) for node in rows]

    by_time = [call_text.duration(node, 0.0) for node in batch.children]
    assert click(Column.DURATION) == sorted(by_time, reverse=True)
    assert click(Column.DURATION) == sorted(by_time)
    assert click(Column.DURATION) == by_time
    click(Column.COST)
    assert view.model.rows.order == "cost"
    assert click(Column.CALL) == by_time


def test_a_live_run_says_when_its_order_is_old(view: CallTreeView, qtbot: QtBot) -> None:
    events = list(traces.events(Shape(calls=40, depth=1, batch=12, iterations=5)))
    state = RunState()
    _play(state, iter(events[:150]))
    view.set_state(state)
    view.sort("tokens")
    assert not view.sort_note.isVisible()
    _play(state, iter(events[150:]))
    view.refresh()
    assert view.sort_note.isVisible()
    before = list(view.model.rows.visible)
    qtbot.mouseClick(view.sort_note.buttons[0], Qt.MouseButton.LeftButton)
    assert not view.sort_note.isVisible()
    assert sorted(view.model.rows.visible) == sorted(before)


def test_the_path_above_a_focused_row_leads_back(view: CallTreeView) -> None:
    view.set_state(traces.state(Shape(calls=40, depth=2, batch=12)))
    batch = next(node for node in view.state.nodes if isinstance(node, BatchNode))
    view.set_focus_node(batch.children[0])
    assert f'href="{batch.index}"' in view.focus_note.text.text()
    view.focus_note.text.linkActivated.emit(str(batch.index))
    assert view.model.rows.focus is batch
    before = view.focus_note.text.text()
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Window, Qt.GlobalColor.black)
    view.setPalette(palette)
    assert view.focus_note.text.text() != before, "links in the colours of the theme"
    view.focus_note.text.linkActivated.emit("0")
    assert view.model.rows.focus is None
    assert not view.focus_note.isVisible()


def test_columns_stay_as_they_were_chosen(view: CallTreeView, qtbot: QtBot, tmp_path: Path) -> None:
    next(action for action in view.columns.actions() if action.text() == "Own cost").setChecked(True)
    next(action for action in view.columns.actions() if action.text() == "Cost").setChecked(False)
    header = view.table.horizontalHeader()
    header.moveSection(header.visualIndex(Column.STATUS), 3)
    header.resizeSection(Column.CALL, 333)
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    memory.setValue("columns", view.columns.state())
    memory.sync()

    other = CallTreeView()
    qtbot.addWidget(other)
    other.columns.restore(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat).value("columns"))
    again = other.table.horizontalHeader()
    assert other.columns.state() == view.columns.state()
    assert again.sectionSize(Column.CALL) == 333
    assert again.isSectionHidden(Column.COST)
    assert not again.isSectionHidden(Column.OWN_COST)
    assert again.visualIndex(Column.STATUS) == 3


@pytest.mark.parametrize(
    "state", [None, "", "{", "[]", '{"widths": {"CALL": 9999999, "NO": 1}, "order": ["NO"]}', 7]
)
def test_columns_that_cannot_be_read_change_nothing(view: CallTreeView, state: object) -> None:
    before = view.columns.state()
    view.columns.restore(state)
    assert view.columns.state() == before


def test_the_columns_fit_any_width(view: CallTreeView, qapp: QApplication, qtbot: QtBot) -> None:
    dressed = Theme(qapp, "light")
    view.set_state(traces.state(Shape(calls=60)))
    for width in (560, 640, 700, 710, 760, 1100, 1600):
        view.resize(width, 300)
        qtbot.waitUntil(lambda: view.table.horizontalScrollBar().maximum() == 0)
    qapp.setStyleSheet("")
    dressed.deleteLater()


def test_names_can_be_read_at_any_depth_in_any_width(view: CallTreeView, qtbot: QtBot) -> None:
    view.set_state(traces.state(Shape(calls=150, depth=20, batch=2, iterations=3, errors=0.0)))
    view.model.rows.open_all(view.state.nodes[0])
    deepest = max(range(view.model.rowCount()), key=lambda row: view.model.rows.level(view.model.rows.node(row)))
    assert view.model.rows.level(view.model.rows.node(deepest)) > DEEPEST_INDENT
    for width in (560, 700, 1600):
        view.resize(width, 300)
        view.table.go_to(deepest)
        view.table.grab()
        cell = view.table.columnWidth(Column.CALL)
        assert view.table.rows_painter.indent(deepest) + ROOM_FOR_NAME <= cell + INDENT


def test_no_figure_is_cut_however_narrow_the_tree(view: CallTreeView, qtbot: QtBot) -> None:
    state = traces.state(Shape(calls=150, depth=2, batch=6))
    assert state.root is not None
    tally = state.root.sums_to_change()
    tally.input_tokens, tally.output_tokens, tally.unknown_usage = 888_888_888, 888_888, 1
    view.resize(560, 300)
    view.set_state(state)
    view.table.grab()
    header, face = view.table.horizontalHeader(), view.table.rows_painter._style.figures
    text = view.model.text(0, Column.TOKENS)
    assert text == "≥ 889 M → 889 k"
    qtbot.waitUntil(lambda: header.sectionSize(Column.TOKENS) >= face.width(text) + 16)
    for column in (Column.DURATION, Column.TOKENS, Column.COST):
        heading = view.model.headerData(column, Qt.Orientation.Horizontal)
        assert header.sectionSize(column) >= header.fontMetrics().horizontalAdvance(heading) + 16
    view.sort("duration")
    assert header.sectionSize(Column.DURATION) >= header.fontMetrics().horizontalAdvance("▾ Duration") + 8


def test_the_failures_of_a_batch_are_not_painted_over_its_duration(view: CallTreeView, qtbot: QtBot) -> None:
    state = traces.state(Shape(calls=60, depth=1, batch=30))
    state.batches[0].counts = {"completed": 188_888, "failed": 11_111}
    view.set_state(state)
    view.table.grab()
    needs = view.table.rows_painter.needs
    qtbot.waitUntil(lambda: 0 < needs.get(Column.STATUS, 0) <= view.table.columnWidth(Column.STATUS))


def test_the_call_gets_more_room_when_deep_rows_come_into_view(view: CallTreeView, qtbot: QtBot) -> None:
    view.resize(760, 300)
    view.set_state(traces.state(Shape(calls=150, depth=4, batch=4, iterations=3, errors=0.0)))
    header = view.table.horizontalHeader()
    view.model.rows.close_all(view.state.nodes[0])
    view.table.grab()
    before = [header.sectionSize(column) for column in Column]
    view.model.rows.open_all(view.state.nodes[0])
    view.table.go_to(max(range(view.model.rowCount()), key=lambda row: view.model.rows.node(row).level))
    qtbot.waitUntil(lambda: header.sectionSize(Column.CALL) > before[Column.CALL])
    assert header.sectionSize(Column.TOKENS) < before[Column.TOKENS]
    assert 0 < view.table.rows_painter.needs[Column.CALL] <= header.sectionSize(Column.CALL)
    assert view.table.horizontalScrollBar().maximum() == 0
    header.resizeSection(Column.CALL, 200)
    view.set_state(traces.state(Shape(calls=150, depth=4, batch=4, iterations=3, errors=0.0)))
    view.model.rows.open_all(view.state.nodes[0])
    view.table.grab()
    qtbot.waitUntil(lambda: Column.CALL in view.table.rows_painter.needs)
    assert header.sectionSize(Column.CALL) == 200, "the person has chosen it"
