"""Resume and fork in the real window: offline model, real history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.tree import CallNode
from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.forks.dialog import ForkChoice, ForkDialog
from rlm_desktop.ui.forks.family import FamilyLine
from rlm_desktop.ui.sessions.history_page import HistoryPage
from tests.history import traces
from tests.ui.opened import Start, Until, add, ask, shown_messages


def cut_off(application: Application, run_id: str, *, new_id: str = "cut", end: ev.EndState | None = None) -> None:
    """Keep a copy of a run that was cut off in the middle, or ended otherwise."""
    history = application.workbench.sessions.history
    assert history is not None
    events = history.events(run_id)
    half = [event for event in events if not isinstance(event, ev.RunFinished)][: len(events) * 2 // 3]
    sink = history.sink()
    sink(msgspec.structs.replace(events[0], run_id=new_id))
    for event in half[1:]:
        sink(event)
    if end is not None:
        sink(ev.RunFinished(seq=half[-1].seq + 1, at=half[-1].at, end_state=end))
    history.release(sink)
    assert history.flush()


def family_line(application: Application) -> FamilyLine:
    line = application.window.work.header.findChild(FamilyLine)
    assert isinstance(line, FamilyLine)
    return line


async def test_a_run_that_was_cut_off_is_resumed(
    start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until, qtbot: QtBot
) -> None:
    async with start() as application:
        await add(application, chronicle)
        whole = await ask(application, wait_for_signal)
        bench, window = application.workbench, application.window
        assert not window.actions_by_name["resume"].isEnabled()
        cut_off(application, whole.run_id)
        await bench.sessions.refresh()
        bench.open_run(whole.session_id, "cut")
        await wait_until(lambda: bench.run_id == "cut")
        button = next(b for b in window.work.header.findChildren(QPushButton) if b.accessibleName() == "Resume")
        assert button.isVisible()
        assert window.work.header.mark.text == "Interrupted"
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        (live,) = await wait_for_signal(bench.run_ended, 60.0)
        assert live.state.answer == whole.state.answer
        assert live.state.started.parent_run == "cut"
        await wait_until(lambda: bench.run_id == live.run_id and not bench.is_live)
        served = [node for node in live.state.nodes if isinstance(node, CallNode) and node.is_recorded]
        assert served
        family = family_line(application)
        await wait_until(lambda: "Resumed from" in family.text())
        family.linkActivated.emit("cut")
        await wait_until(lambda: bench.run_id == "cut" and "Resumed as" in family.text())


async def test_a_run_is_forked_with_code_by_hand(
    start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
) -> None:
    async with start() as application:
        await add(application, chronicle)
        whole = await ask(application, wait_for_signal)
        bench, window = application.workbench, application.window
        iteration = whole.state.root.iterations[1]
        menu = window.work.tree.row_menu(iteration)
        assert isinstance(menu, QMenu)
        next(action for action in menu.actions() if action.text() == "Fork here…").trigger()
        menu.close()
        await wait_until(lambda: window.findChild(ForkDialog) is not None)
        dialog = window.findChild(ForkDialog)
        assert isinstance(dialog, ForkDialog)
        assert dialog.iteration.value() == 2
        assert "1 iteration" in dialog.shared.text()
        assert dialog.code.toPlainText() == iteration.cells[0].code
        dialog.by_hand.setChecked(True)
        dialog.code.setPlainText("FINAL('by hand')")
        dialog.max_iterations.setValue(9)
        ended = wait_for_signal(bench.run_ended, 60.0)
        dialog.accept()
        (live,) = await ended
        assert live.state.answer == "by hand"
        assert live.state.started.parent_iteration == 2
        assert live.state.started.settings["max_iterations"] == 9
        assert live.session_id == whole.session_id
        bench.open_run(whole.session_id, whole.run_id)
        family = family_line(application)
        await wait_until(lambda: "Forks:" in family.text())


async def test_after_a_limit_it_goes_on_with_other_limits(
    start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
) -> None:
    async with start() as application:
        await add(application, chronicle)
        whole = await ask(application, wait_for_signal)
        bench, window = application.workbench, application.window
        cut_off(application, whole.run_id, new_id="limited", end=ev.EndState.BUDGET_EXCEEDED)
        bench.open_run(whole.session_id, "limited")
        await wait_until(lambda: bench.run_id == "limited")
        button = next(b for b in window.work.header.findChildren(QPushButton) if b.accessibleName() == "Go on…")
        button.click()
        await wait_until(lambda: window.findChild(ForkDialog) is not None)
        dialog = window.findChild(ForkDialog)
        assert isinstance(dialog, ForkDialog)
        dialog.budget.setValue(5.0)
        ended = wait_for_signal(bench.run_ended, 60.0)
        dialog.accept()
        (live,) = await ended
        assert live.state.answer == whole.state.answer
        assert live.state.started.parent_iteration is None
        assert live.state.started.settings["budget_usd"] == 5.0


async def test_in_the_history_it_is_the_selected_run_that_goes_on(
    start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
) -> None:
    async with start() as application:
        await add(application, chronicle)
        whole = await ask(application, wait_for_signal)
        bench, actions = application.workbench, application.window.actions_by_name
        cut_off(application, whole.run_id)
        assert not actions["resume"].isEnabled()
        actions["history"].trigger()
        page = application.window.page
        assert isinstance(page, HistoryPage)
        await wait_until(lambda: page.runs.rowCount() == 2)
        for run_id in (whole.run_id, "cut"):
            page.table.selectRow(page.runs.ids.index(run_id))
            assert actions["resume"].isEnabled() == (run_id == "cut")
        page.table.selectAll()
        assert not actions["resume"].isEnabled()
        assert not actions["fork"].isEnabled()
        page.table.selectRow(page.runs.ids.index("cut"))
        actions["fork"].trigger()
        await wait_until(lambda: application.window.findChild(ForkDialog) is not None)
        application.window.findChild(ForkDialog).reject()  # type: ignore[union-attr]
        ended = wait_for_signal(bench.run_ended, 60.0)
        actions["resume"].trigger()
        (live,) = await ended
        assert live.state.started.parent_run == "cut"
        assert bench.run_id == live.run_id
        assert application.window.is_work_shown


async def test_a_large_run_can_be_resumed_when_it_is_read_to_its_end(start: Start, wait_until: Until) -> None:
    async with start() as application:
        bench, window = application.workbench, application.window
        history = bench.sessions.history
        assert history is not None
        sink = history.sink()
        for event in traces.run("large", "s", iterations=60, batch=10, ends=False):
            sink(event)
        history.release(sink)
        history.flush()
        bench.open_run("s", "large")
        await wait_until(lambda: window.actions_by_name["resume"].isEnabled())
        button = next(b for b in window.work.header.findChildren(QPushButton) if b.accessibleName() == "Resume")
        assert button.isVisible()
        assert bench.state is not None
        assert len(bench.state.nodes) > 600


@pytest.mark.expect_log_warnings
async def test_without_its_documents_a_run_cannot_go_on(start: Start, wait_until: Until) -> None:
    async with start() as application:
        bench, window = application.workbench, application.window
        history = bench.sessions.history
        assert history is not None
        sink = history.sink()
        for event in traces.run("lost", "s", ends=False, context_characters=10):
            sink(event)
        history.release(sink)
        history.flush()
        bench.open_run("s", "lost")
        await wait_until(lambda: bench.run_id == "lost")
        window.actions_by_name["resume"].trigger()
        await wait_until(lambda: any("only that program" in text for text in shown_messages(application)))
        assert window.actions_by_name["resume"].isEnabled()


def test_the_dialog_keeps_what_is_not_changed(qtbot: QtBot) -> None:
    settings = Settings(root_model="a", sub_model="b", timeout=2.5, budget_usd=0.0005, max_tokens=10**12)
    dialog = ForkDialog(settings, iteration=1, iterations=2, code_of=lambda number: f"x = {number}")
    qtbot.addWidget(dialog)
    assert dialog.choice() == ForkChoice(1, settings, "", "")
    dialog.iteration.setValue(3)
    assert dialog.code.toPlainText() == "x = 3"
    dialog.root_model.setCurrentText("new-model")
    dialog.timeout.setValue(60)
    dialog.instruction.setPlainText(" Be brief. ")
    choice = dialog.choice()
    assert (choice.settings.root_model, choice.settings.timeout) == ("new-model", 60.0)
    assert choice.instruction == "Be brief."


@pytest.mark.parametrize(
    ("end_state", "limit"),
    [
        (ev.EndState.BUDGET_EXCEEDED, "budget"), (ev.EndState.TIMEOUT_EXCEEDED, "timeout"),
        (ev.EndState.CALL_LIMIT_EXCEEDED, "max_calls"), (ev.EndState.TOKEN_LIMIT_EXCEEDED, "max_tokens"),
        (ev.EndState.OUT_OF_ITERATIONS, "max_iterations"),
    ],
)  # fmt: skip
def test_each_limit_that_stopped_a_run_can_be_raised_at_once(
    qtbot: QtBot, end_state: ev.EndState, limit: str
) -> None:
    settings = Settings(sub_model="b", max_tokens=7, max_calls=7, timeout=7.0, budget_usd=7.0, max_iterations=7)
    dialog = ForkDialog(settings, iteration=None, iterations=2, code_of=lambda _: "", end_state=end_state)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    box = dialog.focusWidget()
    assert box is getattr(dialog, limit)
    qtbot.keyClicks(box, "900")
    chosen = dialog.choice().settings
    name = "budget_usd" if limit == "budget" else limit
    assert chosen == settings.with_values(**{name: 900})


def test_fields_stand_below_each_other_and_none_is_cut(qtbot: QtBot) -> None:
    dialog = ForkDialog(Settings(), iteration=2, iterations=4, code_of=lambda _: "")
    qtbot.addWidget(dialog)
    dialog.resize(600, 700)
    with qtbot.waitExposed(dialog):
        dialog.show()
    for column in ((dialog.max_depth, dialog.budget, dialog.max_calls),
                   (dialog.max_iterations, dialog.timeout, dialog.max_tokens)):  # fmt: skip
        places = [box.mapTo(dialog, box.rect().topLeft()).x() for box in column]
        assert len(set(places)) == 1
        assert all(place + box.width() < dialog.width() for place, box in zip(places, column, strict=True))


def test_code_of_very_long_lines_is_run_as_it_is_and_what_was_typed_stays(qtbot: QtBot) -> None:
    code = {1: "text = '" + "a" * 5000 + "'", 2: "print(2)", 3: ""}
    dialog = ForkDialog(Settings(theme="light"), iteration=1, iterations=2, code_of=code.__getitem__)
    qtbot.addWidget(dialog)
    dialog.by_hand.setChecked(True)
    assert dialog.choice().code == code[1]
    dialog.iteration.setValue(2)
    dialog.code.setFocus()
    qtbot.keyClicks(dialog.code, "x = 1; ")
    dialog.iteration.setValue(3)
    assert dialog.choice().code == "x = 1; print(2)"
