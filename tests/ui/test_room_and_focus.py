"""Who gets how much room in the window, in small ones above all, and where the keyboard goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rlm_desktop.ui.application import Application
from rlm_desktop.ui.inspector.inspector import Inspector
from tests import traces
from tests.ui.opened import opened_window
from tests.window_states import DONE, FAILED, _show

Until = Callable[..., Awaitable[None]]


def _show_run(application: Application, shape: traces.Shape) -> Inspector:
    _show(application, traces.state(shape))
    application.window.show_work(True)
    application.workbench.show_answer()
    return application.window.work.inspector


async def test_a_page_that_does_not_show_takes_no_room(qapp: QApplication, wait_until: Until) -> None:
    async with opened_window(qapp) as application:
        window = application.window
        inspector = _show_run(application, DONE)
        window.resize(1216, 800)
        await wait_until(lambda: inspector.width() > 350)
        before = inspector.width()
        for _ in range(2):  # the history needs more room than the work, while it shows
            window.actions_by_name["history"].trigger()
        await wait_until(lambda: inspector.isVisible() and inspector.width() == before)


async def test_a_small_window_shows_lines_of_the_answer(qapp: QApplication, wait_until: Until) -> None:
    async with opened_window(qapp) as application:
        window = application.window
        inspector = _show_run(application, DONE)
        window.resize(900, 600)
        window.actions_by_name["go_tree"].trigger()  # what is chosen beside the question folds up
        answer = inspector.answer
        await wait_until(lambda: inspector.tabs.cornerWidget() is answer.bar)
        await wait_until(lambda: answer.view.viewport().height() >= 5 * answer.view.fontMetrics().lineSpacing())
        inspector.tabs.setCurrentIndex(1)
        assert not answer.copy.isVisible(), "only beside the answer"
        inspector.tabs.setCurrentIndex(0)
        assert answer.copy.isVisible()
        assert answer.save.geometry().right() <= answer.bar.width()
        window.resize(1216, 800)
        await wait_until(lambda: inspector.tabs.cornerWidget() is None and answer.copy.isVisible())


async def test_why_a_run_failed_is_said_once_in_the_inspector(qapp: QApplication) -> None:
    async with opened_window(qapp) as application:
        inspector = _show_run(application, FAILED)
        assert inspector.failure.isHidden()
        assert inspector.failure.text() in inspector.answer.nothing.text()
        inspector.tabs.setCurrentIndex(1)
        assert not inspector.failure.isHidden()


async def test_the_inspector_is_reached_and_scrolled_by_keys(qapp: QApplication, qtbot: QtBot) -> None:
    async with opened_window(qapp) as application:
        inspector, tree = _show_run(application, DONE), application.window.work.tree
        iteration = tree.state.nodes[0].children[1]
        tree.select_node(iteration)
        application.window.actions_by_name["go_inspector"].trigger()
        assert application.window.focusWidget() is inspector.cells.code
        inspector.tabs.setCurrentWidget(inspector.facts)
        tree.setFocus()
        qtbot.keyClick(tree.table, Qt.Key.Key_Return)
        assert application.window.focusWidget() is inspector.facts
