"""The inspector: what it says about each kind of row, and what can be clicked."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QTextDocument
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.contents import CellState
from rlm_desktop.engine.control import CellDecision
from rlm_desktop.engine.events import CellProposed, EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.trace import Trace
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.repl.wire import Variable
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_text import is_failure
from rlm_desktop.ui.inspector import batch as batch_page
from rlm_desktop.ui.inspector import inspector_text
from rlm_desktop.ui.inspector.answer import MOST_MARKDOWN, AnswerPage, MarkdownView
from rlm_desktop.ui.inspector.batch import BatchCalls
from rlm_desktop.ui.inspector.code_view import CodeView
from rlm_desktop.ui.inspector.inspector import Inspector
from tests import traces
from tests.traces import Shape

DONE = Shape(calls=60, depth=1, batch=20, errors=0.15, seed=5)


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector()
    made.resize(480, 640)
    qtbot.addWidget(made)
    made.show()
    return made


def _first(state: RunState, fits: Callable[[Node], bool]) -> Node:
    return next(node for node in state.nodes if fits(node))


def _tabs(inspector: Inspector) -> list[str]:
    return [inspector.tabs.tabText(number) for number in range(inspector.tabs.count())]


def _open(inspector: Inspector, title: str) -> None:
    inspector.tabs.setCurrentIndex(_tabs(inspector).index(title))


def _has_batch(node: Node) -> bool:
    return isinstance(node, IterationNode) and any(isinstance(child, BatchNode) for child in node.children)


def _is_llm(node: Node) -> bool:
    return isinstance(node, CallNode) and node.kind == "llm" and node.exchange is not None


def test_without_a_row_it_says_what_to_do(inspector: Inspector) -> None:
    inspector.show_node(RunState(), None)
    assert inspector._hint.isVisible()
    assert inspector.node is None


def test_where_there_is_little_height_it_shows_the_page(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=20))
    inspector.show_node(state, state.nodes[1])
    for height, is_whole in ((400, True), (120, False), (400, True)):
        inspector.resize(480, height)
        assert inspector.breadcrumb.isVisible() is is_whole
        assert inspector.tabs.currentWidget().height() > 40


def test_an_iteration_shows_code_beside_output(inspector: Inspector) -> None:
    state = traces.state(DONE)
    node = _first(state, _has_batch)
    assert isinstance(node, IterationNode)
    inspector.show_node(state, node)
    assert _tabs(inspector) == ["Code and output", "Response", "Prompt", "Variables", "Details"]
    assert inspector.cells.code.source == node.cells[0].code
    assert inspector.cells.output.text == node.cells[0].stdout
    assert inspector.cells.code.marks == {3: "×20"}


def test_a_click_on_a_mark_goes_to_what_the_line_called(inspector: Inspector, qtbot: QtBot) -> None:
    state = traces.state(DONE)
    node = _first(state, _has_batch)
    inspector.show_node(state, node)
    chosen = QSignalSpy(inspector.node_selected)
    code = inspector.cells.code
    block = code.document().findBlockByNumber(2)
    place = code.blockBoundingGeometry(block).translated(code.contentOffset()).center()
    qtbot.mouseClick(code._margin, Qt.MouseButton.LeftButton, pos=QPoint(10, int(place.y())))
    assert chosen.count() == 1
    assert isinstance(chosen.at(0)[0], BatchNode)


def test_what_may_still_come_is_not_said_to_be_missing(inspector: Inspector) -> None:
    cells = inspector.cells
    node = traces.state(Shape(calls=5, cut=6)).nodes[-1]
    assert isinstance(node, IterationNode)
    for node.finished, hint in ((None, "has not written any code in this iteration yet"), (1.0, "wrote no code")):
        cells.show_node(node)
        assert hint in cells._empty.text()
    node = _first(traces.state(DONE), _has_batch)
    assert isinstance(node, IterationNode)
    cell = node.cells[0]
    for cell.status, hint in (("running", "Nothing has been printed yet."), ("ok", "Nothing was printed.")):
        cells.show_node(node)
        assert cells.output.edit.placeholderText() == hint


def test_a_failing_cell_shows_its_error_and_line(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=40, depth=1, batch=10, cell_errors=0.9))
    node = _first(state, lambda node: isinstance(node, IterationNode) and is_failure(node))
    inspector.show_node(state, node)
    assert "IndexError" in inspector.failure.text()
    assert "Traceback" in inspector.cells.traceback.text
    assert inspector.cells.traceback.isVisible()
    assert len(inspector.cells.code.extraSelections()) == 1


def test_the_prompt_is_the_whole_conversation_with_what_is_new_marked(inspector: Inspector) -> None:
    state = traces.state(DONE)
    node = _first(state, lambda node: isinstance(node, IterationNode) and node.number == 3)
    inspector.show_node(state, node)
    _open(inspector, "Prompt")
    assert isinstance(node, IterationNode)
    assert node.exchange is not None
    for message in node.messages():
        assert message.content in inspector.prompt.text
    assert inspector.prompt.text.count("· new") == len(node.exchange.new_messages)


def test_the_chosen_tab_stays_for_rows_of_the_same_kind(inspector: Inspector) -> None:
    state = traces.state(DONE)
    iterations = [node for node in state.nodes if isinstance(node, IterationNode)]
    inspector.show_node(state, iterations[0])
    _open(inspector, "Variables")
    inspector.show_node(state, _first(state, _is_llm))
    assert _tabs(inspector)[inspector.tabs.currentIndex()] == "Response"
    inspector.show_node(state, iterations[1])
    assert _tabs(inspector)[inspector.tabs.currentIndex()] == "Variables"


def test_a_reply_grows_while_it_streams(inspector: Inspector) -> None:
    events = list(traces.events(Shape(calls=3, depth=1, chunks=6, retries=0.0)))
    state = RunState()
    texts: list[str] = []
    for event in events:
        touched = state.apply(event)
        if isinstance(touched, IterationNode) and touched.number == 1 and touched.exchange is not None:
            inspector.show_node(state, touched)
            _open(inspector, "Response")
            texts.append(inspector.response.text)
            assert texts[-1] == touched.exchange.text
    assert len(set(texts)) > 4


async def test_refresh_is_gathered(inspector: Inspector, wait_until: Callable[..., object]) -> None:
    state = traces.state(Shape(calls=10, cut=30))
    node = state.nodes[-1]
    inspector.show_node(state, node)
    shown_at = inspector._shown_at
    for _ in range(100):
        inspector.refresh()
    assert inspector._shown_at == shown_at
    await wait_until(lambda: inspector._shown_at > shown_at)  # type: ignore[misc]
    assert not inspector._timer.isActive()


def test_variables_are_listed_with_what_changed(inspector: Inspector) -> None:
    state = traces.state(DONE)
    inspector.show_node(state, _first(state, _has_batch))
    _open(inspector, "Variables")
    table = inspector.variables.table
    names = [table.item(row, 0).text().strip() for row in range(table.rowCount())]
    assert names == ["● answers", "● found", "parts", "context"]
    table.setCurrentCell(0, 0)
    assert "Cloud grew" in inspector.variables.preview.text
    shown = inspector.node
    later = _first(state, lambda node: isinstance(node, IterationNode) and node is not shown and bool(node.cells))
    assert isinstance(later, IterationNode)
    inspector.show_node(state, later)
    assert inspector.variables.preview.text == later.cells[-1].variables[table.currentRow()].preview != ""


def test_a_value_that_comes_late_is_not_shown_for_another_row(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=60, depth=1, batch=20, seed=5, cut=300))
    first, page = _first(state, _has_batch), inspector.variables
    assert isinstance(first, IterationNode)
    inspector.set_live(True)
    inspector.show_node(state, first)
    _open(inspector, "Variables")
    page.table.setCurrentCell(0, 0)
    page.table.cellActivated.emit(0, 0)
    name = page.table.item(0, 0).text().split()[-1]
    page.show_node(IterationNode(first.call, ev.IterationStarted(call=first.call.number, iteration=9, of=9)))
    page.show_value(first.call.number, name, "of the row before", is_cut=False)
    assert page.preview.text != "of the row before"


def test_a_value_that_was_fetched_does_not_stay_for_a_row_with_equal_variables(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=60, depth=1, batch=20, seed=5, cut=300))
    first, page = _first(state, _has_batch), inspector.variables
    assert isinstance(first, IterationNode)
    inspector.set_live(True)
    page.show_node(first)
    page.table.setCurrentCell(0, 0)
    page.table.cellActivated.emit(0, 0)
    page.show_value(first.call.number, page.table.item(0, 0).text().split()[-1], "of that REPL", is_cut=False)
    assert page.preview.text == "of that REPL"
    other = IterationNode(first.call, ev.IterationStarted(call=first.call.number, iteration=9, of=9))
    other.cells = first.cells
    page.show_node(other)
    assert page.preview.text == first.cells[-1].variables[0].preview


def test_variables_that_are_not_listed_are_counted(inspector: Inspector) -> None:
    page = inspector.variables
    node = IterationNode(traces.state(DONE).calls[0], ev.IterationStarted(call=0, iteration=1, of=9))
    cell = CellState(0, "", 0.0)
    kept = Variable(name="v", type="int")
    cell.take_finish(ev.CellFinished(iteration=1, cell=0, status="ok", variables=(kept,), more_variables=700), 1.0)
    node.cells = (cell,)
    page.show_node(node)
    assert "700 more not listed" in page._note.text()


def test_code_that_is_changed_stays_exact() -> None:
    view = CodeView()
    for code in ("a = 'no\u00a0break'\n\nb = 1\n", "x = '" + "a" * 5000 + "'"):
        view.set_code_to_edit(code)
        assert view.code == code
    assert view.isReadOnly(), "it shows with breaks that are not in it"
    assert view.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    view.set_code_to_edit("a = 1")
    view.textCursor().insertText("# mine\n")
    assert view.code == "# mine\na = 1"
    view.set_code_to_edit("a = 1")
    assert view.code == "a = 1", "the next cell that is the same has not been changed"


def test_what_changes_is_told_to_screen_readers_too(inspector: Inspector) -> None:
    state = traces.state(DONE)
    inspector.show_node(state, state.nodes[0], lambda: 1.0)
    _open(inspector, "Details")
    inspector.facts.show_facts([("", [("Duration", "1 s")])])
    inspector.facts.show_facts([("", [("Duration", "2 s")])])
    names = [label.accessibleName() for label in inspector.facts.findChildren(QLabel) if label.isVisible()]
    assert "Duration: 2 s" in names


def test_a_failed_call_says_why_and_how_often_it_was_tried(inspector: Inspector) -> None:
    state = traces.state(DONE)
    node = _first(state, lambda node: isinstance(node, CallNode) and is_failure(node))
    inspector.show_node(state, node)
    assert "429" in inspector.failure.text()
    retried = _first(state, lambda node: _is_llm(node) and bool(node.exchange.attempts))  # type: ignore[attr-defined]
    facts = dict(fact for _, rows in inspector_text.facts(state, retried, state.now) for fact in rows)
    assert facts["Attempts"] == "2"
    assert "429" in facts["Attempt 1"]


@pytest.mark.parametrize(("source", "words"), [("cache", "from the cache"), ("record", "of an earlier run")])
def test_a_response_that_no_model_was_asked_for_says_where_it_came_from(source: ev.ReplySource, words: str) -> None:
    state = traces.state(Shape(calls=1))
    state.apply(ev.CallStarted(call=9, parent=0, depth=1, kind="llm", model="m", at=1.0))
    state.apply(ev.ModelRequested(call=9, model="m", at=1.0))
    state.apply(ev.ModelResponded(call=9, text="Kept.", cost_usd=0.0, source=source, at=1.0))
    facts = dict(inspector_text.facts(state, state.nodes[-1], 1.0))["Request"]
    assert words in dict(facts)["Response"]
    assert not {"Attempts", "First token after"} & dict(facts).keys()


def test_unknown_figures_are_dashes(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=20, depth=1, batch=8, knows_cost=False))
    facts = dict(fact for _, rows in inspector_text.facts(state, _first(state, _is_llm), 0.0) for fact in rows)
    assert facts["Cost"] == "–"


def test_in_step_mode_the_next_cell_can_be_run_changed_skipped_or_answered(
    inspector: Inspector, qtbot: QtBot
) -> None:
    decided = QSignalSpy(inspector.cell_decided)

    def propose(code: str) -> CellProposed:
        state = traces.state(Shape(calls=5, cut=6))
        node = state.nodes[-1]
        proposal = CellProposed(call=0, iteration=1, cell=0, code=code)
        state.apply(proposal)
        inspector.show_node(state, node)
        assert inspector.cells.proposal.isVisible()
        assert not inspector.cells.halves.isVisible()
        return proposal

    pane = inspector.cells.proposal
    proposal = propose("print(1)")
    qtbot.mouseClick(pane.run, Qt.MouseButton.LeftButton)
    assert decided.at(0) == [proposal, CellDecision("run")]
    propose("print(2)")
    qtbot.keyClick(pane.code, Qt.Key.Key_X)
    qtbot.mouseClick(pane.run, Qt.MouseButton.LeftButton)
    assert decided.at(1)[1] == CellDecision("run", code="xprint(2)")
    propose("print(3)")
    qtbot.mouseClick(pane.skip, Qt.MouseButton.LeftButton)
    assert decided.at(2)[1] == CellDecision("skip")
    propose("print(4)")
    qtbot.keyClicks(pane.text, "42")
    qtbot.mouseClick(pane.answer, Qt.MouseButton.LeftButton)
    assert decided.at(3)[1] == CellDecision("answer", answer="42")
    long = propose("x = '" + "a" * 5000 + "'")
    assert pane.code.isReadOnly()
    qtbot.mouseClick(pane.run, Qt.MouseButton.LeftButton)
    assert decided.at(4) == [long, CellDecision("run")]
    qtbot.mouseClick(pane.run, Qt.MouseButton.LeftButton)
    assert decided.count() == 5


@pytest.mark.parametrize("code", ["print(1)", "x = '" + "a" * 5000 + "'"], ids=["changeable", "read-only"])
def test_escape_leaves_the_code_that_waits_and_stops_no_run(inspector: Inspector, qtbot: QtBot, code: str) -> None:
    stopped: list[bool] = []
    stop = QShortcut(QKeySequence("Esc"), inspector)
    stop.activated.connect(lambda: stopped.append(True))
    state = traces.state(Shape(calls=5, cut=6))
    state.apply(CellProposed(call=0, iteration=1, cell=0, code=code))
    inspector.show_node(state, state.nodes[-1])
    pane = inspector.cells.proposal
    with qtbot.waitActive(inspector):
        inspector.activateWindow()
    pane.code.setFocus()
    qtbot.keyClick(pane.code, Qt.Key.Key_Escape)
    assert stopped == []
    assert pane.run.hasFocus()
    qtbot.keyClick(pane.run, Qt.Key.Key_Escape)
    assert stopped == [True]


def test_the_run_tells_everything_about_itself() -> None:
    state = traces.state(DONE)
    state.apply(ev.Noted(text="The reply was cut off.", level="warning", call=0, at=3.0))
    state.apply(ev.SecretsRedacted(where="output", replaced={"key": 2}))
    groups = dict(inspector_text.facts(state, state.nodes[0], state.now))
    assert dict(groups["Notices"])["Warning after 3.0 s"] == "The reply was cut off."
    assert dict(groups["By depth"])["Depth 0"].startswith("1 call")
    assert set(dict(groups["By model"])) == {"gpt-5", "gpt-5-mini"}
    assert dict(groups["Documents"])["acme-2025.pdf"] == "pdf, 988,100 characters"
    assert dict(groups["Settings"])["max iterations"] == "20"
    assert dict(groups["Secrets kept from models"]) == {"key": "2 replaced"}


def test_a_hundred_thousand_calls_of_functions_hang_nothing(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=5, depth=1))
    node = _first(state, lambda node: isinstance(node, IterationNode) and bool(node.cells))
    assert isinstance(node, IterationNode)
    for number in range(1000):
        given = "x" * 2000 if not number else "'acme'"
        called = ev.ToolCalled(call=0, iteration=1, cell=0, line=1, name=f"f{number}", arguments=given, at=1.0)
        node.cells[0].take_tool_call(called)
    inspector.show_node(state, node)
    _open(inspector, "Details")
    rows = dict(inspector_text.facts(state, node, 1.0))["Functions of the application"]
    assert rows[-2][0] == "f49"
    assert rows[-1] == ("…", "950 more, which an export of the run has")
    assert inspector.facts.horizontalScrollBar().maximum() == 0, "a word of 2,000 letters makes no page wider"


def test_a_reason_without_spaces_makes_no_window_wider(inspector: Inspector) -> None:
    before = inspector.minimumSizeHint().width()
    state = traces.state(Shape(calls=1))
    state.apply(ev.CallStarted(call=9, parent=0, depth=1, kind="llm", model="m", at=1.0))
    error = "https://example.org/" + "x" * 900
    state.apply(ev.CallFinished(call=9, end_state=EndState.FAILED, error=error, at=1.0))
    inspector.show_node(state, state.nodes[-1])
    assert inspector.failure.isVisible()
    assert inspector.minimumSizeHint().width() <= max(before, 400)


def test_the_transcript_is_all_of_a_call_in_order(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=40, depth=1, batch=10, cell_errors=0.9))
    root = state.root
    assert root is not None
    inspector.show_node(state, root)
    _open(inspector, "Transcript")
    text = inspector.transcript.text
    places = [text.index(iteration.exchange.text) for iteration in root.iterations if iteration.exchange]
    assert places == sorted(places)
    assert len(places) == len(root.iterations)
    assert "IndexError" in text
    assert text.endswith(traces.ANSWER)


def test_a_batch_lists_its_calls_and_opens_one(inspector: Inspector, qtbot: QtBot) -> None:
    state = traces.state(DONE)
    batch = _first(state, lambda node: isinstance(node, BatchNode))
    inspector.show_node(state, batch)
    model = inspector.batch.model
    assert model.rowCount() == len(batch.children)
    model.sort(2, Qt.SortOrder.DescendingOrder)
    durations = [node.finished - node.started for node in map(model.call, range(model.rowCount())) if node.finished]
    assert durations == sorted(durations, reverse=True)
    chosen = QSignalSpy(inspector.node_selected)
    inspector.batch.table.setCurrentIndex(model.index(4, 0))
    qtbot.keyClick(inspector.batch.table, Qt.Key.Key_Return)
    assert chosen.count() == 1
    assert chosen.at(0)[0] is model.call(4)
    assert "median" in inspector.batch.distribution.accessibleName()


def test_a_very_big_batch_is_put_in_order_in_slices(
    inspector: Inspector, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_page, "_PIECE", 5)
    monkeypatch.setattr(batch_page, "_SLICE_SECONDS", 0.0)
    state = traces.state(DONE)
    batch = _first(state, lambda node: isinstance(node, BatchNode))
    inspector.show_node(state, batch)
    model, table = inspector.batch.model, inspector.batch.table
    calls = list(batch.children)
    qtbot.waitUntil(lambda: _in_model(model) == calls)
    table.selectRow(3)
    model.sort(4, Qt.SortOrder.DescendingOrder)
    assert _in_model(model) == calls, "what was there shows until the order is known"
    qtbot.waitUntil(lambda: _in_model(model) != calls)
    costs = list(map(call_text.cost_usd, _in_model(model)))
    known = [cost for cost in costs if cost is not None]
    assert costs == [*sorted(known, reverse=True), *[None] * (len(costs) - len(known))]
    assert len(known) < len(costs), "what is not known is last"
    assert model.call(table.currentIndex().row()) is calls[3]
    model.sort(0)
    lines = model.lines([0, 1], [0, 1])  # of the order that shows
    wanted = [call_text.status(call) for call in _in_model(model)[:2]]
    qtbot.waitUntil(lambda: _in_model(model) == calls)
    assert [line.split("\t")[1] for line in lines] == wanted


def _in_model(model: BatchCalls) -> list[CallNode]:
    return [model.call(row) for row in range(model.rowCount())]


def test_the_calls_of_a_batch_need_no_bar_where_they_fit(inspector: Inspector) -> None:
    state = traces.state(DONE)
    inspector.resize(530, 700)
    inspector.show_node(state, _first(state, lambda node: isinstance(node, BatchNode)))
    table = inspector.batch.table
    assert table.horizontalScrollBar().maximum() == 0
    assert table.columnWidth(5) >= 160, "results are to be read"
    inspector.resize(800, 700)
    assert not table.isColumnHidden(3)
    assert table.columnWidth(5) >= 160


def test_a_chart_with_the_focus_is_the_chart_with_a_frame(inspector: Inspector) -> None:
    state = traces.state(DONE)
    inspector.show_node(state, _first(state, lambda node: isinstance(node, BatchNode)))
    chart = inspector.batch.distribution
    inspector.setFocus()
    without = chart.grab().toImage()
    inspector.activateWindow()
    chart.setFocus()
    assert chart.hasFocus()
    inside = chart.rect().adjusted(1, 1, -1, -1)
    assert chart.grab(inside).toImage() == without.copy(inside)


def test_the_breadcrumb_leads_to_the_ancestors(inspector: Inspector) -> None:
    state = traces.state(DONE)
    call = _first(state, lambda node: isinstance(node.parent, BatchNode))
    inspector.show_node(state, call)
    chosen = QSignalSpy(inspector.node_selected)
    assert "Iteration&nbsp;2" in inspector.breadcrumb.text()
    inspector.breadcrumb.linkActivated.emit("0")
    assert chosen.at(0)[0] is state.nodes[0]


def test_the_breadcrumb_of_a_very_deep_row_leaves_out_the_middle(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=150, depth=20, batch=2, iterations=3, errors=0.0))
    deepest = max(state.nodes, key=lambda node: node.level)
    assert deepest.level > 20
    inspector.show_node(state, deepest)
    links = re.findall(r'href="(\d+)"', inspector.breadcrumb.text())
    above = list(deepest.ancestors())
    assert len(links) == 8
    assert [links[0], links[-1]] == [str(above[-1].index), str(above[0].index)]
    middle = f'<a href="{above[5].index}"'
    assert middle in inspector.breadcrumb.text(), "which leads further up"
    assert inspector.breadcrumb.text().count("…") == 1


async def test_the_answer_is_rendered_copied_and_saved(
    inspector: Inspector, tmp_path: Path, wait_until: Callable[..., Awaitable[None]]
) -> None:
    state = traces.state(DONE)
    inspector.show_node(state, state.nodes[0])
    page = inspector.answer
    assert "grew faster" in page.view.toPlainText()
    assert "**" not in page.view.toPlainText()
    page.copy.click()
    assert QGuiApplication.clipboard().text() == traces.ANSWER
    saved = QSignalSpy(inspector.message)
    page.save_to(str(tmp_path / "answer.md"))
    assert not (tmp_path / "answer.md").exists(), "a thread writes it"
    await wait_until(lambda: saved.count() == 1)
    assert (tmp_path / "answer.md").read_text(encoding="utf-8") == traces.ANSWER
    page.save_to(str(tmp_path / "missing" / "answer.md"))
    await wait_until(lambda: saved.count() == 2)
    assert [saved.at(number)[1] for number in range(2)] == ["info", "error"]


def test_without_an_answer_it_says_so(inspector: Inspector) -> None:
    state = traces.state(Shape(calls=20, end=EndState.BUDGET_EXCEEDED))
    inspector.show_node(state, state.nodes[0])
    assert "budget" in inspector.failure.text()
    assert "budget" in inspector.answer.nothing.text()
    assert not inspector.answer.view.isVisible()
    assert not inspector.answer.copy.isEnabled()


def test_markdown_loads_and_follows_nothing(qtbot: QtBot) -> None:
    view = MarkdownView("Answer")
    qtbot.addWidget(view)
    view.set_source("![x](file:///etc/hostname) <img src='https://example.org/x.png'> [link](https://example.org)")
    view.show()
    for kind in (QTextDocument.ResourceType.ImageResource, QTextDocument.ResourceType.HtmlResource):
        assert view.loadResource(kind.value, QUrl("file:///etc/hostname")) is None
    assert not view.openLinks()
    assert not view.openExternalLinks()
    assert not view.grab().isNull()


def test_a_huge_answer_is_shown_plain(qtbot: QtBot) -> None:
    page = AnswerPage()
    qtbot.addWidget(page)
    page.show_answer("**word** " * (MOST_MARKDOWN // 8), "FINAL")
    assert "**word**" in page.view.toPlainText()


def test_every_page_of_every_row_can_be_shown(inspector: Inspector) -> None:
    for shape in (DONE, Shape(calls=60, depth=3, batch=6, errors=0.2, cut=500)):
        state = traces.state(shape)
        for node in {(call_text.kind_words(node), node.status): node for node in state.nodes}.values():
            inspector.show_node(state, node)
            for number in range(inspector.tabs.count()):
                inspector.tabs.setCurrentIndex(number)
    inspector.changeEvent(QEvent(QEvent.Type.PaletteChange))
    assert not inspector.grab().isNull()


def test_a_failed_run_says_why_there_is_no_answer(qtbot: QtBot) -> None:
    state = RunState()
    trace = Trace([state.apply])
    trace.emit(
        ev.RunStarted(
            run_id="r", session_id="s", question="q", root_model="m", sub_model="m", started_at="2026-11-21"
        )
    )
    trace.emit(ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"))
    trace.emit(ev.IterationStarted(call=0, iteration=1, of=3))
    trace.emit(ev.ModelRequested(call=0, model="m"))
    trace.emit(ev.ModelFailed(call=0, error="The API key was refused"))
    trace.emit(ev.CallFinished(call=0, end_state=ev.EndState.FAILED, error="The API key was refused"))
    trace.emit(ev.RunFinished(end_state=ev.EndState.FAILED, error="The API key was refused"))
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.show_node(state, state.nodes[0])
    inspector.tabs.setCurrentWidget(inspector.answer)
    assert "The API key was refused" in inspector.answer.nothing.text()
    assert call_text.status(state.nodes[1]) == "Failed"
