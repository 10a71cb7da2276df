"""Runs that are going on: stopped, left, closed, and followed from elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from tests.ui.opened import QUESTION, Start, Until, add, shown_messages

Hanging = Callable[[], contextlib.AbstractAsyncContextManager[Application]]


@contextlib.asynccontextmanager
async def silent_server() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A model server that takes requests and never answers: its address, and whether it was asked."""
    asked = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            asked.set()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        yield f"http://{host}:{port}/v1", asked


class TestStopping:
    @pytest.fixture
    def hanging(self, start: Start, chronicle: Path, wait_until: Until, monkeypatch: pytest.MonkeyPatch) -> Hanging:
        """`async with hanging() as application`: a run waits for a model that never answers."""

        @contextlib.asynccontextmanager
        async def begin() -> AsyncIterator[Application]:
            async with silent_server() as (url, asked):
                monkeypatch.setenv("OPENAI_BASE_URL", url)
                async with start(Settings(root_model="slow", budget_usd=None)) as application:
                    await add(application, chronicle)
                    application.window.work.question.set_text(QUESTION)
                    application.workbench.ask()
                    await asked.wait()
                    yield application

        return begin

    async def test_stop(self, hanging: Hanging, wait_for_signal: Any) -> None:
        async with hanging() as application:
            ended = asyncio.ensure_future(wait_for_signal(application.workbench.run_ended))
            application.window.status.stop.click()
            await ended
            assert application.window.status.text.startswith("Cancelled")

    async def test_a_run_is_listed_and_named_while_it_goes_on(self, hanging: Hanging, wait_until: Until) -> None:
        async with hanging() as application:
            window = application.window
            await wait_until(lambda: len(window.history.model.lines) == 2)
            assert window.windowTitle().startswith(QUESTION)

    async def test_escape_in_a_filter_empties_it_before_it_stops_the_run(
        self, qtbot: QtBot, hanging: Hanging, wait_until: Until
    ) -> None:
        async with hanging() as application:
            window, bench = application.window, application.workbench
            window.history.filter.setFocus()
            qtbot.keyClicks(window.history.filter, "boats")
            qtbot.keyClick(window.history.filter, Qt.Key.Key_Escape)
            assert window.history.filter.text() == ""
            assert not bench.state.cancel_requested  # type: ignore[union-attr]
            qtbot.keyClick(window.history.filter, Qt.Key.Key_Escape)
            await wait_until(lambda: not bench.is_live)

    async def test_a_second_question_waits_for_the_first(self, hanging: Hanging) -> None:
        async with hanging() as application:
            application.window.work.question.set_text("And?")
            application.workbench.ask()
            assert "A run of this session is going on" in shown_messages(application)[0]
            assert not application.window.work.question.ask.isEnabled()

    async def test_a_run_goes_on_while_another_session_shows(self, hanging: Hanging, wait_until: Until) -> None:
        async with hanging() as application:
            bench = application.workbench
            live = bench.runs.live[0]
            bench.new_session()
            assert not application.window.is_working
            bench.open_run(live.session_id, live.run_id)
            await wait_until(lambda: bench.state is live.state)
            assert live.state.is_running
            assert not application.window.work.question.ask.isEnabled()

    async def test_closing_asks_first_and_then_stops(self, start: Start, hanging: Hanging) -> None:
        async with hanging() as application:
            application.window.close()
            assert application.window.isVisible()
            box = application._question
            assert isinstance(box, QMessageBox)
            box.reject()
            assert not application._quit.is_set()
            application.window.close()
            application._question.buttons()[0].click()  # type: ignore[union-attr]
            await application.wait_for_quit()
            run_id = application.workbench.run_id
        async with start() as again:
            assert again.workbench.sessions.history is not None
            assert again.workbench.sessions.history.run(run_id).end_state == "cancelled"

    async def test_closing_without_a_run_does_not_ask(self, start: Start) -> None:
        async with start() as application:
            application.window.close()
            assert application._quit.is_set()

    async def test_a_costly_run_is_not_stopped_by_one_key(self, hanging: Hanging) -> None:
        async with hanging() as application:
            bench = application.workbench
            assert bench.state is not None
            bench.state.totals.cost_usd = 0.5
            application.window.actions_by_name["stop"].trigger()
            (box,) = application.window.findChildren(QMessageBox)
            assert "$0.500" in box.text()
            box.reject()
            assert bench.is_live
            assert not bench.state.cancel_requested

    async def test_what_has_ended_meanwhile_is_not_asked_about(self, hanging: Hanging, wait_until: Until) -> None:
        async with hanging() as application:
            bench, window = application.workbench, application.window
            assert bench.state is not None
            bench.state.totals.cost_usd = 0.5
            window.actions_by_name["stop"].trigger()
            window.close()
            questions = window.findChildren(QMessageBox)
            assert [box.isVisible() for box in questions] == [True, True]
            bench.stop()
            await wait_until(lambda: not bench.runs.live and not window.findChildren(QMessageBox))
            assert not application._quit.is_set()

    async def test_esc_is_free_when_nothing_runs(self, start: Start) -> None:
        async with start() as application:
            assert not application.window.actions_by_name["stop"].isEnabled()
