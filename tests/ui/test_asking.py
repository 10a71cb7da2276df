"""Asking in the whole window: real engine, offline model, real history; and what cannot be asked."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop.documents import from_text
from rlm_desktop.errors import UserError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.calls.call_filter import CallFilter
from tests.servers import Fault, ModelServer
from tests.ui.opened import QUESTION, Start, Until, add, ask, shown_messages


class TestMainJob:
    async def test_ask_and_reopen_after_a_restart(
        self, start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
    ) -> None:
        async with start(is_warm=True) as first:
            await add(first, chronicle)
            live = await ask(first, wait_for_signal)
            window = first.window
            assert live.result.success
            assert "14 March 1871" in window.work.header.answer.full_text
            assert window.work.tree.selected_node() is live.state.root
            assert window.status.text.startswith("Completed")
            assert window.work.question.text == ""
            assert [session.id for session in window.history.sessions] == [live.session_id]

        async with start() as second:
            second.window.history._open_index(second.window.history.model.index(1, 0))
            await wait_until(lambda: second.workbench.state is not None)
            state = second.workbench.state
            assert state is not None
            assert state.answer == live.state.answer
            assert len(state.nodes) == len(live.state.nodes)
            assert [item.name for item in second.window.work.documents.items] == ["chronicle.txt"]

            follow_up = await ask(second, wait_for_signal, "How many boats were there in 1850?")
            assert follow_up.session_id == live.session_id
            assert follow_up.state.started.documents[0].sha256 == live.state.started.documents[0].sha256
            assert len(second.window.history.model.lines) == 4

    async def test_the_example_is_ready_to_be_asked(self, qtbot: QtBot, start: Start) -> None:
        async with start() as application:
            application.window.first_run.example_requested.emit("company-report")
            await application.workbench.reader.done()
            assert application.window.is_working
            assert application.window.work.question.text.endswith("?")
            assert application.window.work.question.choices().max_depth == 3
            assert [item.name for item in application.window.work.documents.items] == ["company-report.md"]
            qtbot.keyClicks(application.window.work.question.edit, "Why?")
            assert application.window.work.question.text == "Why?"


class TestAsking:
    async def test_who_has_gone_elsewhere_is_told_and_not_called_back(
        self, start: Start, chronicle: Path, wait_for_signal: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alerted: list[QWidget] = []
        monkeypatch.setattr(QApplication, "alert", alerted.append)  # offscreen, there is no taskbar
        async with start() as application:
            bench, question = application.workbench, application.window.work.question
            await add(application, chronicle)
            question.set_text(QUESTION)
            ended = asyncio.ensure_future(wait_for_signal(bench.run_ended, 60.0))
            bench.ask()
            bench.new_session()
            question.set_text("Something else")
            (live,) = await ended
            assert "14 March 1871" in live.result.final_answer
            assert (bench.session_id, bench.run_id, question.text) == ("", "", "Something else")
            assert "has ended" in shown_messages(application)[0]
            assert alerted == [application.window]

    @pytest.mark.expect_log_warnings
    async def test_the_end_of_a_run_takes_no_filter_off_and_is_told_whatever_the_list_says(
        self, start: Start, chronicle: Path, wait_for_signal: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with start() as application:
            bench, work = application.workbench, application.window.work
            await add(application, chronicle)
            work.question.set_text(QUESTION)
            ended = asyncio.ensure_future(wait_for_signal(bench.run_ended, 60.0))
            begun = asyncio.ensure_future(wait_for_signal(bench.standing_changed))
            bench.ask()
            await begun

            async def cannot_be_read() -> None:
                raise UserError("The history cannot be read.")

            monkeypatch.setattr(bench.sessions, "refresh", cannot_be_read)
            work.tree.bar._set(CallFilter(text="no row has this"))
            (live,) = await ended
            assert live.result.success
            assert work.tree.bar.filter.is_active
            assert work.tree.selected_node() is None
            assert work.inspector.node is live.state.root

    async def test_what_was_typed_and_not_asked_is_there_when_one_comes_back(
        self, start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
    ) -> None:
        async with start() as application:
            bench, question = application.workbench, application.window.work.question
            await add(application, chronicle)
            live = await ask(application, wait_for_signal)
            question.set_text("And the boats?")
            bench.new_session()
            assert question.text == ""
            question.set_text("A new one")
            bench.open_run(live.session_id, live.run_id)
            await wait_until(lambda: bench.run_id == live.run_id)
            assert question.text == "And the boats?"
            bench.new_session()
            assert question.text == "A new one"


@pytest.mark.expect_log_warnings
class TestBadInput:
    async def test_an_empty_question(self, start: Start, chronicle: Path) -> None:
        async with start() as application:
            await add(application, chronicle)
            application.window.work.question.set_text("  \n ")
            application.workbench.ask()
            assert shown_messages(application) == ["Type a question first."]
            assert not application.workbench.runs.live

    async def test_no_document(self, start: Start) -> None:
        async with start() as application:
            application.window.work.question.set_text(QUESTION)
            application.workbench.ask()
            assert "There is no document" in shown_messages(application)[0]

    async def test_files_that_cannot_be_read(self, start: Start, tmp_path: Path, chronicle: Path) -> None:
        (tmp_path / "empty.txt").write_bytes(b"")
        (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 100)
        async with start() as application:
            await add(
                application, tmp_path / "empty.txt", tmp_path / "binary.txt", tmp_path / "none.txt", chronicle
            )
            messages = shown_messages(application)
            assert len(messages) == 3
            assert all("cannot be read" in message for message in messages)
            assert [item.name for item in application.window.work.documents.asked] == ["chronicle.txt"]

    async def test_what_the_loader_warns_of_is_said(self, start: Start) -> None:
        paper = from_text("paper.pdf", "Only the title.", "pdf")
        async with start() as application:
            warnings = ("2 pages could not be read.", "One attachment is damaged.")
            application.workbench.documents.add_document(dataclasses.replace(paper, warnings=warnings))
            assert shown_messages(application) == ["paper.pdf: 2 pages could not be read. (1 more in its tooltip)"]

    async def test_a_file_twice(self, start: Start, chronicle: Path) -> None:
        async with start() as application:
            await add(application, chronicle, chronicle)
            assert shown_messages(application) == ["chronicle.txt is in the session already."]
            assert len(application.window.work.documents.items) == 1

    async def test_a_model_that_refuses(
        self, start: Start, chronicle: Path, wait_for_signal: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refusal = Fault("status", status=401, body='{"error": {"message": "No such key."}}')
        async with ModelServer(lambda _: refusal) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            async with start(Settings(root_model="some-model", budget_usd=None)) as application:
                await add(application, chronicle)
                live = await ask(application, wait_for_signal)
                assert live.state.status == "failed"
                assert "401" in application.window.work.header.answer.full_text
                assert application.window.work.question.ask.isEnabled()
                application.window.work.header.ask_again_requested.emit()
                assert application.window.work.question.text == QUESTION

    async def test_a_model_that_no_server_serves(self, start: Start, chronicle: Path, wait_until: Until) -> None:
        async with start(Settings(root_model="nobody-has-it")) as application:
            await add(application, chronicle)
            application.window.work.question.set_text(QUESTION)
            application.workbench.ask()
            await wait_until(lambda: bool(shown_messages(application)))
            assert "OPENAI_API_KEY" in shown_messages(application)[0]
            assert application.window.work.question.text == QUESTION
            assert application.window.work.question.ask.isEnabled()

    async def test_a_history_that_cannot_be_opened(
        self, start: Start, chronicle: Path, wait_for_signal: Any
    ) -> None:
        paths.data_dir().parent.mkdir(parents=True)
        paths.data_dir().write_text("a file where a folder should be")
        async with start() as application:
            assert "runs are not kept" in shown_messages(application)[0]
            await add(application, chronicle)
            live = await ask(application, wait_for_signal)
            assert live.result.success

    async def test_an_unexpected_error_shows_one_report(self, start: Start) -> None:
        async with start() as application:
            for _ in range(3):
                application.funnel.handle(ZeroDivisionError("boom"))
            assert application._crash is not None
            assert "ZeroDivisionError" in application._crash.report.toPlainText()
            application._crash.reject()
            assert application._crash is None
