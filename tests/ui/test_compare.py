"""Two runs side by side, in the real window."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode
from rlm_desktop.history.comparing import Pair, aligned
from rlm_desktop.ui.compare.chooser import RunChooser
from rlm_desktop.ui.compare.pairs_model import Column, Compared, PairsModel, signed, what_differs
from rlm_desktop.ui.compare.panes import DiffPane
from rlm_desktop.ui.compare.window import CompareWindow
from rlm_desktop.ui.copying import shown_columns
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.sessions.history_page import HistoryPage
from tests import traces
from tests.history import traces as small
from tests.ui.opened import Start, Until


def compared(left: traces.Shape, right: traces.Shape) -> Compared:
    one, two = traces.state(left), traces.state(right)
    return Compared(one, two, aligned(one, two))


def test_the_pairs_show_what_differs(qtbot: QtBot) -> None:
    model = PairsModel(compared(traces.Shape(calls=40), traces.Shape(calls=60, seed=9)))
    rows = range(model.rowCount())
    texts = {column: [model.data(model.index(row, column)) for row in rows] for column in Column}
    assert texts[Column.LEFT][0] == texts[Column.RIGHT][0] != ""
    assert any(text.startswith(("+", "−")) for text in texts[Column.TIME])
    only = [row for row in rows if not model.pair(row).is_whole]
    assert all("only in" in texts[Column.DIFFERS][row] and texts[Column.COST][row] == "" for row in only)
    assert {model.headerData(column, Qt.Orientation.Horizontal) for column in Column} > {"A", "B"}


def test_differences_have_signs() -> None:
    assert (signed(3), signed(-0.26, 1, " s"), signed(0.01, 1)) == ("+3", "−0.3 s", "")
    node = traces.state(traces.Shape(calls=5)).root
    assert what_differs(Pair(node, None, 0)) == "only in A"
    assert what_differs(Pair(node, node, 0, ("code", "answer"))) == "code, answer"


async def test_the_window_shows_texts_and_distributions(qtbot: QtBot, wait_until: Until) -> None:
    both = compared(traces.Shape(calls=60, depth=1), traces.Shape(calls=60, depth=1, seed=9))
    tasks = Tasks(lambda error: None)
    window = CompareWindow(both, tasks)
    window.show()
    opened: list[Any] = []
    window.row_requested.connect(lambda node, is_right: opened.append((node, is_right)))
    row = next(n for n, pair in enumerate(both.pairs) if "output" in pair.differs)
    window.view.selectRow(row)
    await wait_until(lambda: "-" in window.output.toPlainText())
    assert window.code.toPlainText() == ""
    assert window.code.placeholderText() == "The same in both runs."
    qtbot.keyClick(window.view, Qt.Key.Key_Return)
    qtbot.keyClick(window.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert opened == [(both.pairs[row].left, False), (both.pairs[row].right, True)]
    batch = next(n for n, pair in enumerate(both.pairs) if isinstance(pair.left, BatchNode) and pair.is_whole)
    window.view.selectRow(batch)
    assert window.tabs.currentWidget() is window.spread
    await wait_until(lambda: "median" in window.spread.accessibleName())
    window.view.selectRow(row)
    window.only.setChecked(True)
    shown = [window.model.pair(place) for place in range(window.model.rowCount())]
    assert shown[0] is both.pairs[0]
    assert len(shown) < len(both.pairs)
    assert all(pair in shown for pair in both.pairs if pair.differs)
    assert window.model.pair(window.view.currentIndex().row()) is both.pairs[row]
    window.only.setChecked(False)
    assert window.model.rowCount() == len(both.pairs)
    assert window.view.currentIndex().row() == row
    window.close()
    await tasks.aclose()


async def test_a_narrow_window_shows_the_names_whole(qtbot: QtBot) -> None:
    tasks = Tasks(lambda error: None)
    window = CompareWindow(
        compared(traces.Shape(calls=40, depth=2), traces.Shape(calls=40, depth=2, seed=9)), tasks
    )
    window.show()
    view, shown = window.view, dict[int, int]()
    for width in (1100, 800):
        window.resize(width, 600)
        shown[width] = len(shown_columns(view))
        for row in range(6):
            for column in (Column.LEFT, Column.RIGHT):
                index = window.model.index(row, column)
                room = view.visualRect(index).width()
                assert room >= view.fontMetrics().horizontalAdvance(index.data()) + 8, (width, index.data())
    assert shown[800] < shown[1100] == len(Column)
    window.close()
    await tasks.aclose()


async def test_two_runs_that_are_alike_say_so(qtbot: QtBot) -> None:
    tasks = Tasks(lambda error: None)
    window = CompareWindow(compared(traces.Shape(calls=20), traces.Shape(calls=20)), tasks)
    window.show()
    window.only.setChecked(True)
    assert window.alike.isVisible()
    assert window.model.rowCount() == 0
    window.only.setChecked(False)
    assert not window.alike.isVisible()
    qtbot.keyClick(window.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Run\t"), "the whole row"
    window.close()
    await tasks.aclose()


def test_a_very_long_line_of_a_difference_keeps_its_mark(qtbot: QtBot) -> None:
    pane = DiffPane("Difference")
    qtbot.addWidget(pane)
    pane.show_diff(["@@ -1 +1 @@", "-" + "a" * 5000, "+b"], "")
    lines = pane.toPlainText().split("\n")
    assert [line[0] for line in lines] == ["@", "-", "-", "-", "+"]
    assert "".join(line[1:] for line in lines[1:4]) == "a" * 5000


async def test_two_runs_of_the_history(start: Start, wait_until: Until) -> None:
    async with start() as application:
        bench, window = application.workbench, application.window
        history = bench.sessions.history
        assert history is not None
        for events in (small.run("one", "s"), small.run("two", "s", iterations=3), small.run("other", "t")):
            sink = history.sink()
            for event in events:
                sink(event)
        history.flush()
        bench.open_run("s", "one")
        await wait_until(lambda: bench.run_id == "one")
        window.actions_by_name["compare"].trigger()
        await wait_until(lambda: window.findChild(RunChooser) is not None)
        chooser = window.findChild(RunChooser)
        assert isinstance(chooser, RunChooser)
        assert chooser.list.count() == 2
        chooser.filter.setText("no such run")
        chooser.accept()
        assert chooser.isVisible()
        assert chooser.nothing.isVisible()
        chooser.filter.setText("completed")
        assert not chooser.nothing.isVisible()
        ids = [chooser.list.item(place).data(Qt.ItemDataRole.UserRole) for place in range(2)]
        chooser.list.setCurrentRow(ids.index("two"))
        chooser.accept()
        await wait_until(lambda: window.findChild(CompareWindow) is not None)
        found = window.findChild(CompareWindow)
        assert isinstance(found, CompareWindow)
        assert isinstance(found.model.pair(0).left, CallNode)
        place = next(n for n in range(found.model.rowCount()) if found.model.pair(n).left is None)
        node = found.model.pair(place).right
        assert isinstance(node, IterationNode)
        found.row_requested.emit(node, True)
        await wait_until(lambda: bench.run_id == "two")
        found.close()


async def test_two_selected_runs_of_the_list(start: Start, wait_until: Until) -> None:
    async with start() as application:
        history = application.workbench.sessions.history
        assert history is not None
        for run_id in ("one", "two"):
            sink = history.sink()
            for event in small.run(run_id):
                sink(event)
        history.flush()
        from rlm_desktop.ui.compare.comparing import Comparing

        comparing = application.workbench.findChild(Comparing)
        assert isinstance(comparing, Comparing)
        menu = QMenu()
        comparing.extend_menu(menu, history.runs()[:1])
        assert not menu.actions()
        comparing.extend_menu(menu, history.runs())
        assert [action.text() for action in menu.actions()] == ["Compare"]
        menu.deleteLater()
        window, actions = application.window, application.window.actions_by_name
        assert not actions["compare"].isEnabled()
        actions["history"].trigger()
        page = window.page
        assert isinstance(page, HistoryPage)
        await wait_until(lambda: page.runs.rowCount() == 2)
        page.table.selectAll()
        actions["compare"].trigger()
        await wait_until(lambda: window.findChild(CompareWindow) is not None)
        window.findChild(CompareWindow).close()  # type: ignore[union-attr]
