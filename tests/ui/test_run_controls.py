"""Pause, step mode and variables of a run that goes on: real window, real engine, scripted model."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import from_text
from rlm_desktop.engine.control import CellDecision, CellProposal
from rlm_desktop.engine.tree import IterationNode
from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_filter import CallFilter
from rlm_desktop.ui.controls.desk import StepDesk
from rlm_desktop.ui.documents.panel import DocumentItem
from tests.servers import ModelServer, Script
from tests.ui.opened import opened_window, shown_messages

Until = Callable[..., Awaitable[None]]
Begin = Callable[..., contextlib.AbstractAsyncContextManager[Application]]


def cell(code: str) -> str:
    return f"Look.\n```repl\n{code}\n```"


@pytest.fixture
def wait_until(wait_until: Until) -> Until:
    """Real REPL workers take their time on a busy machine."""
    return functools.partial(wait_until, timeout=60.0)


@pytest.fixture
def begin(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """`async with begin(script) as application`: a window with a document, in step mode, whose run has begun."""

    @contextlib.asynccontextmanager
    async def show(script: Script, *, steps: bool = True, **settings: Any) -> AsyncIterator[Application]:
        async with ModelServer(script) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            chosen = Settings(theme="light", root_model="m", budget_usd=None, **settings)
            async with opened_window(qapp, chosen) as application:
                window = application.window
                window.work.documents.add(DocumentItem.of_document(from_text("a.txt", "alpha beta")))
                window.show_work(True)
                if steps:
                    window.actions_by_name["step_mode"].trigger()
                window.work.question.set_text("What?")
                application.workbench.ask()
                yield application

    return show


def press(qtbot: QtBot, application: Application, key: Qt.Key, *, control: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(application.window.work.tree.table, key, modifier)


async def test_the_shown_cell_is_run_skipped_changed_and_answered(
    begin: Begin, qtbot: QtBot, wait_until: Until, wait_for_signal: Any
) -> None:
    script = [cell("big = 'x' * 70000"), cell("print(2)"), cell("print('three')"), cell("print(4)")]
    async with begin(script) as application:
        work, status = application.window.work, application.window.status
        pane = work.inspector.cells.proposal
        ended = asyncio.ensure_future(wait_for_signal(application.workbench.run_ended, 120.0))
        await wait_until(lambda: pane.isVisible() and "big" in pane.code.toPlainText())
        node = work.tree.selected_node()
        assert isinstance(node, IterationNode)
        assert call_text.status(node) == "Waits for you"
        assert "1 cell" in status.waiting.text()
        press(qtbot, application, Qt.Key.Key_F10)
        await wait_until(lambda: pane.isVisible() and "print(2)" in pane.code.toPlainText())

        variables = work.inspector.variables
        work.tree.select_node(node)
        assert work.tree.selected_node() is node
        work.inspector.tabs.setCurrentWidget(variables)
        variables.table.setCurrentCell(0, 0)
        qtbot.mouseClick(
            variables.table.viewport(),
            Qt.MouseButton.LeftButton,
            pos=variables.table.visualItemRect(variables.table.item(0, 0)).center(),
        )
        await wait_until(lambda: len(variables.preview.text) == 65_536)
        assert "iteration 2" in variables.about.text()
        assert "65,536" in variables.about.text()

        qtbot.mouseClick(status.waiting, Qt.MouseButton.LeftButton)
        assert "print(2)" in pane.code.toPlainText()
        press(qtbot, application, Qt.Key.Key_F10, control=True)
        await wait_until(lambda: pane.isVisible() and "three" in pane.code.toPlainText())
        pane.code.setPlainText("print('changed')")
        qtbot.mouseClick(pane.run, Qt.MouseButton.LeftButton)
        await wait_until(lambda: pane.isVisible() and "print(4)" in pane.code.toPlainText())
        qtbot.keyClicks(pane.text, "by hand")
        qtbot.keyClick(pane.text, Qt.Key.Key_Return)
        (live,) = await ended
        cells = [iteration.cells for iteration in live.state.root.iterations]
        assert [[one.code for one in each] for each in cells] == [
            ["big = 'x' * 70000"],
            [],
            ["print('changed')"],
            [],
        ]
        assert live.state.answer == "by hand"
        assert not status.waiting.isVisible()
        work.tree.select_node(node)
        work.inspector.tabs.setCurrentWidget(variables)
        variables.table.setCurrentCell(0, 0)
        qtbot.keyClick(variables.table, Qt.Key.Key_Return)
        assert "no longer there" in variables.about.text()


async def test_several_calls_wait_and_step_mode_off_lets_all_go(begin: Begin, wait_until: Until) -> None:
    def script(body: dict[str, Any]) -> str:
        is_root = "What?" in str(body["messages"])
        return cell("answers = rlm_query_batch(['a', 'b', 'c'])\nFINAL(answers)" if is_root else "FINAL('child')")

    async with begin(script, max_depth=2) as application:
        bench = application.workbench
        await wait_until(lambda: bench.runs.live and len(bench.runs.live[0].desk.waiting) == 1)
        (live,) = bench.runs.live
        live.desk.decide(live.desk.waiting[0], CellDecision())
        await wait_until(lambda: len(live.desk.waiting) == 3)
        pane = application.window.work.inspector.cells.proposal
        await wait_until(lambda: "2 more" in pane.heading.text())
        live.stop_call(live.desk.waiting[0].call)
        await wait_until(lambda: len(live.desk.waiting) == 2)
        application.window.actions_by_name["step_mode"].trigger()
        await wait_until(lambda: not bench.runs.live)
        assert live.state.status == "completed"
        assert not application.window.actions_by_name["step_mode"].isChecked()
        assert not application.window.actions_by_name["run_cell"].isEnabled()


async def test_a_filter_stays_until_the_waiting_cell_is_asked_for(
    begin: Begin, qtbot: QtBot, wait_until: Until
) -> None:
    async with begin([cell("print(1)"), cell("print(2)"), cell("FINAL('done')")]) as application:
        work, status = application.window.work, application.window.status
        pane, tree = work.inspector.cells.proposal, work.tree
        await wait_until(lambda: isinstance(tree.selected_node(), IterationNode))
        tree.bar._set(CallFilter(kinds=frozenset({"llm"})))
        await wait_until(lambda: tree.selected_node() is None)
        press(qtbot, application, Qt.Key.Key_F10)
        await wait_until(lambda: pane.isVisible() and "print(2)" in pane.code.toPlainText())
        assert tree.bar.filter.is_active
        qtbot.mouseClick(status.waiting, Qt.MouseButton.LeftButton)
        assert not tree.bar.filter.is_active
        node = tree.selected_node()
        assert isinstance(node, IterationNode)
        assert node.number == 2
        press(qtbot, application, Qt.Key.Key_F10)
        await wait_until(lambda: tree.selected_node() is not node)


async def test_a_cell_of_a_run_out_of_sight_calls_the_person(
    begin: Begin, wait_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerted: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", alerted.append)  # offscreen, there is no taskbar
    async with begin([cell("print(1)")]) as application:
        bench, window = application.workbench, application.window
        bench.new_session()
        await wait_until(lambda: shown_messages(application) == ["A cell of “What?” waits for you."])
        assert alerted == [window]
        window.messages.messages[0].act()
        await wait_until(lambda: window.work.inspector.cells.proposal.isVisible())
        window.status.stop.click()
        await wait_until(lambda: not bench.runs.live)


async def test_a_waiting_run_can_be_stopped_and_says_so_afterwards(begin: Begin, wait_until: Until) -> None:
    async with begin([cell("print(1)")]) as application:
        bench, work = application.workbench, application.window.work
        await wait_until(lambda: work.inspector.cells.proposal.isVisible())
        application.window.status.stop.click()
        await wait_until(lambda: not bench.runs.live)
        assert bench.state is not None
        assert bench.state.status == "cancelled"
        await wait_until(lambda: not work.inspector.cells.proposal.isVisible())


async def test_pause_holds_the_next_iteration(begin: Begin, qtbot: QtBot, wait_until: Until) -> None:
    async with begin([cell("print(1)"), cell("FINAL('done')")]) as application:
        bench, work, status = application.workbench, application.window.work, application.window.status
        await wait_until(lambda: work.inspector.cells.proposal.isVisible())
        qtbot.mouseClick(status.pause, Qt.MouseButton.LeftButton)
        await wait_until(lambda: status.text.startswith("Paused"))
        assert status.pause.text() == "Go on"
        press(qtbot, application, Qt.Key.Key_F10)
        await wait_until(lambda: _ran(bench))
        assert len(bench.state.root.iterations) == 1  # type: ignore[union-attr]
        press(qtbot, application, Qt.Key.Key_P, control=True)
        await wait_until(lambda: status.text.startswith("Running"))
        await wait_until(lambda: bool(bench.runs.live and bench.runs.live[0].desk.waiting))
        press(qtbot, application, Qt.Key.Key_F9)
        await wait_until(lambda: not bench.runs.live)
        assert bench.state.answer == "done"  # type: ignore[union-attr]


def _ran(bench: Any) -> bool:
    cells = bench.state.root.iterations[0].cells
    return bool(cells) and cells[0].finished is not None


async def test_asking_again_brings_back_what_was_chosen(begin: Begin, wait_until: Until) -> None:
    async with begin([cell("FINAL('x')")], steps=False, max_depth=3, max_iterations=7) as application:
        bench, work = application.workbench, application.window.work
        await wait_until(lambda: bench.state is not None and bench.state.answer == "x" and not bench.runs.live)
        work.question.max_depth.setValue(1)
        work.header.ask_again_requested.emit()
        assert work.question.text == "What?"
        assert (work.question.max_depth.value(), work.question.max_iterations.value()) == (3, 7)


async def test_a_desk_forgets_a_cell_whose_call_was_stopped() -> None:
    desk = StepDesk()
    waiting = asyncio.ensure_future(desk.approve(CellProposal(1, 1, 0, "x")))
    await asyncio.sleep(0)
    (proposal,) = desk.waiting
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    assert not desk.waiting
    assert not desk.decide(proposal, CellDecision())
