"""From a fresh home to an answer, with real events, every action of the person counted.

To an answer of a local server: `test_models_window.py`; on a screen: `tests/end_to_end/test_first_run.py`.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from rlm_desktop.ui.application import Application
from tests.ui.opened import QUESTION, drop, opened_window

Until = Callable[..., Any]


class Person:
    """Does things with the window, and counts them."""

    def __init__(self, application: Application, qtbot: QtBot) -> None:
        self._application = application
        self.window = application.window
        self.workbench = application.workbench
        self._qtbot = qtbot
        self.actions = 0

    def click(self, button: QPushButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self.actions += 1
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def drop(self, file: Path) -> None:
        self.actions += 1
        drop(self._application, file)

    def type(self, text: str) -> None:
        self.actions += 1
        self._qtbot.keyClicks(self.window.work.question.edit, text)

    def press_ask(self) -> None:
        self.actions += 1
        self._qtbot.keyClick(self.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    async def ask(self, file: Path, wait_until: Until, wait_for_signal: Any) -> Any:
        """Drop a document, ask, and wait for the run's end."""
        self.drop(file)
        await wait_until(lambda: len(self.window.work.documents.items) == 1)
        await self.workbench.reader.done()
        self.type(QUESTION)
        waiting = wait_for_signal(self.workbench.run_ended, 60.0)
        self.press_ask()
        (live,) = await waiting
        return live


@contextlib.asynccontextmanager
async def started(qapp: QApplication, qtbot: QtBot) -> AsyncIterator[Person]:
    async with opened_window(qapp, is_warm=True) as application:
        application.window.resize(1200, 900)
        yield Person(application, qtbot)


async def test_an_own_document_offline_in_four_actions(
    qapp: QApplication, qtbot: QtBot, chronicle: Path, wait_until: Until, wait_for_signal: Any
) -> None:
    async with started(qapp, qtbot) as person:
        live = await person.ask(chronicle, wait_until, wait_for_signal)
        assert live.result.success
        assert "14 March 1871" in live.state.answer
        assert person.actions <= 4


async def test_the_recorded_example_in_one_action(qapp: QApplication, qtbot: QtBot, wait_until: Until) -> None:
    async with started(qapp, qtbot) as person:
        buttons = person.window.first_run.findChildren(QPushButton, "sample")
        person.click(buttons[0])
        await wait_until(lambda: person.workbench.is_replaying)
        await wait_until(lambda: person.workbench.state is not None and len(person.workbench.state.nodes) > 20)
        assert person.actions == 1


async def test_the_depth_of_an_example_is_for_its_session_only(
    qapp: QApplication, qtbot: QtBot, wait_until: Until, wait_for_signal: Any
) -> None:
    async with started(qapp, qtbot) as person:
        bench, depth = person.workbench, person.window.work.question.max_depth
        own = bench.settings.max_depth
        person.click(person.window.first_run.findChildren(QPushButton, "sample")[-1])
        await bench.reader.done()
        assert depth.value() == 3 != own
        person.window.actions_by_name["theme_dark"].trigger()
        ended = wait_for_signal(bench.run_ended, 60.0)
        person.press_ask()
        await wait_until(lambda: bench.is_live and bench.state is not None and bench.state.started is not None)
        assert bench.state.started.settings["max_depth"] == 3
        assert bench.settings.max_depth == own
        bench.stop()
        await ended
        bench.new_session()
        assert depth.value() == own
        depth.setValue(5)
        assert person.window.work.question.lasting_choices().max_depth == 5
