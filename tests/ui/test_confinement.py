"""What confines model-written code, in the window: the status line, the question in tier C, the red banner."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop import settings as settings_file
from rlm_desktop.repl import host
from rlm_desktop.repl.isolation import Layers
from rlm_desktop.ui.application import Application
from tests.ui.opened import QUESTION, add

Ready = Callable[[], contextlib.AbstractAsyncContextManager[Application]]
Until = Callable[..., Awaitable[None]]
MONTY = pytest.mark.skipif(not importlib.util.find_spec("pydantic_monty"), reason="pydantic-monty is not installed")
NOT_CONFINED = "NOT CONFINED"


@pytest.fixture
def ready(start: Callable[..., contextlib.AbstractAsyncContextManager[Application]], chronicle: Path) -> Ready:
    """`async with ready() as application` shows the window with a document and a question in it."""

    @contextlib.asynccontextmanager
    async def show() -> AsyncIterator[Application]:
        async with start(is_warm=True) as application:
            await add(application, chronicle)
            application.window.work.question.set_text(QUESTION)
            yield application

    return show


@pytest.fixture
def unconfinable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no layer at all."""
    monkeypatch.setattr(host, "probe", Layers)


def question_of(application: Application) -> QMessageBox | None:
    boxes = application.window.findChildren(QMessageBox, "confinementQuestion")
    return next((box for box in boxes if box.isVisible()), None)


def press(qtbot: QtBot, box: QMessageBox, words: str) -> None:
    button = next(button for button in box.findChildren(QPushButton) if words in button.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


async def answer_question(qtbot: QtBot, application: Application, wait_until: Until, words: str) -> None:
    application.workbench.ask()
    await wait_until(lambda: question_of(application) is not None)
    box = question_of(application)
    assert box is not None
    press(qtbot, box, words)


async def ask_and_wait(application: Application, wait_for_signal: Any, begin: Awaitable[None] | None = None) -> Any:
    ended = asyncio.ensure_future(wait_for_signal(application.workbench.run_ended, 60.0))
    if begin is None:
        application.workbench.ask()
    else:
        await begin
    (live,) = await ended
    return live


async def test_the_status_line_tells_the_tier(ready: Ready, wait_for_signal: Any) -> None:
    async with ready() as application:
        place = application.window.status._place
        tier = host.describe(host.probe())
        in_short = tier.label.partition(" (")[0]
        assert place.full_text.lower() == in_short.lower()
        assert tier.detail[0] in place.toolTip()
        live = await ask_and_wait(application, wait_for_signal)
        assert live.state.started.isolation == tier.label
        assert place.full_text.lower() == in_short.lower()
        assert tier.detail[-1] in place.toolTip()
        assert not application.window.work.header.banner.isVisible()


@pytest.mark.usefixtures("unconfinable")
async def test_an_unconfined_run_is_asked_for_each_time_and_marked_in_red(
    ready: Ready, qtbot: QtBot, wait_until: Until, wait_for_signal: Any
) -> None:
    async with ready() as application:
        assert "Tier C" in application.window.status._place.full_text
        begin = answer_question(qtbot, application, wait_until, "unconfined")
        live = await ask_and_wait(application, wait_for_signal, begin)
        assert live.result.success
        assert NOT_CONFINED in live.state.started.isolation
        assert live.state.started.settings["repl_mode"] == "unsafe"
        assert application.window.work.header.banner.isVisible()
        assert NOT_CONFINED in application.window.work.header.banner.text()
        application.workbench.new_session()
        assert not application.window.work.header.banner.isVisible()
        application.workbench.open_run(live.session_id, live.run_id)
        await wait_until(application.window.work.header.banner.isVisible)

        assert application.workbench.settings.repl_mode == "confined"
        application.window.work.question.set_text("And who lit it?")
        application.workbench.ask()
        await wait_until(lambda: question_of(application) is not None)
    assert "unsafe" not in paths.settings_file().read_text() if paths.settings_file().exists() else True


@pytest.mark.usefixtures("unconfinable")
@pytest.mark.expect_log_warnings
async def test_to_cancel_asks_nothing(ready: Ready, qtbot: QtBot, wait_until: Until) -> None:
    async with ready() as application:
        application.workbench.ask()
        await wait_until(lambda: question_of(application) is not None)
        qtbot.keyClick(question_of(application), Qt.Key.Key_Escape)
        await wait_until(lambda: bool(application.window.messages.messages))
        assert "Nothing was asked" in application.window.messages.messages[0].text
        assert application.window.work.question.ask.isEnabled()
        assert application.window.work.question.text


@MONTY
@pytest.mark.usefixtures("unconfinable")
async def test_strict_mode_is_offered_and_kept(
    ready: Ready, qtbot: QtBot, wait_until: Until, wait_for_signal: Any
) -> None:
    async with ready() as application:
        begin = answer_question(qtbot, application, wait_until, "strict")
        live = await ask_and_wait(application, wait_for_signal, begin)
        assert live.result.success
        assert "strict mode" in live.state.started.isolation
        assert not application.window.work.header.banner.isVisible()
        await wait_until(lambda: settings_file.load().repl_mode == "strict")
        application.window.work.question.set_text("And who lit it?")
        again = await ask_and_wait(application, wait_for_signal)
        assert "strict mode" in again.state.started.isolation
