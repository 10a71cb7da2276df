"""Several sessions in one window: what one leaves behind is there when one comes back, and nothing starts twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop import settings as settings_file
from rlm_desktop.history.rows import RunFilter
from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.documents.items import State
from rlm_desktop.ui.sessions.hit_list import RunHead
from tests.ui.opened import Start, Until, add, ask, shown_messages
from tests.ui.test_forks import cut_off
from tests.ui.test_history import opened, shown


def names(application: Application) -> Sequence[str]:
    return [item.name for item in application.window.work.documents.items]


async def test_a_list_that_was_wanted_before_the_filter_is_not_shown_for_it(
    qapp: QApplication, wait_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when one comes back to the window and types at once."""
    async with shown(qapp, 3) as application:
        sessions, panel = application.workbench.sessions, application.window.history
        do, gate = sessions.do, asyncio.Event()

        async def late(work: Any) -> Any:
            monkeypatch.setattr(sessions, "do", do)
            found = await do(work)
            await gate.wait()
            return found

        monkeypatch.setattr(sessions, "do", late)
        refreshing = asyncio.ensure_future(sessions.refresh())
        await asyncio.sleep(0)
        panel.filter_changed.emit(RunFilter(text="nobody-asked-this"))
        await wait_until(lambda: not panel.sessions)
        gate.set()
        await refreshing
        assert not panel.sessions


class TestDocumentsThatNobodyAskedAbout:
    async def test_they_are_there_when_one_comes_back(
        self, start: Start, chronicle: Path, tmp_path: Path, wait_for_signal: Any, wait_until: Until
    ) -> None:
        (tmp_path / "new.txt").write_text("Nothing was asked about this yet.")
        async with start() as application:
            bench = application.workbench
            await add(application, chronicle)
            live = await ask(application, wait_for_signal)
            bench.new_session()
            assert names(application) == []
            await add(application, tmp_path / "new.txt")
            bench.open_run(live.session_id, live.run_id)
            await wait_until(lambda: bench.run_id == live.run_id)
            assert names(application) == ["chronicle.txt"]
            bench.new_session()
            assert names(application) == ["new.txt"]
            assert application.window.is_working
            (item,) = application.window.work.documents.asked
            assert (await bench.documents.text_of(item)).text.startswith("Nothing was asked")
            bench.documents.add_document(await bench.documents.text_of(item))
            assert "in the session already" in shown_messages(application)[0]

    async def test_a_new_session_offers_them_back(self, start: Start, chronicle: Path) -> None:
        async with start() as application:
            await add(application, chronicle)
            application.window.actions_by_name["new_session"].trigger()
            assert not application.window.is_working
            assert shown_messages(application) == ["chronicle.txt was removed."]
            application.window.messages.undo()
            assert names(application) == ["chronicle.txt"]
            assert application.window.is_working

    async def test_undone_elsewhere_they_come_back_with_their_session(
        self, start: Start, chronicle: Path, tmp_path: Path, wait_for_signal: Any, wait_until: Until
    ) -> None:
        (tmp_path / "new.txt").write_text("Nothing was asked about this yet.")
        async with start() as application:
            bench = application.workbench
            await add(application, chronicle)
            live = await ask(application, wait_for_signal)
            bench.new_session()
            await add(application, tmp_path / "new.txt")
            bench.new_session()
            bench.open_run(live.session_id, live.run_id)
            await wait_until(lambda: bench.run_id == live.run_id)
            application.window.messages.undo()
            assert names(application) == ["chronicle.txt"]
            bench.new_session()
            assert names(application) == ["new.txt"]

    async def test_an_example_is_not_mixed_with_them(
        self, start: Start, chronicle: Path, tmp_path: Path, wait_for_signal: Any, wait_until: Until
    ) -> None:
        (tmp_path / "new.txt").write_text("Nothing was asked about this yet.")
        async with start() as application:
            bench = application.workbench
            await add(application, chronicle)
            live = await ask(application, wait_for_signal)
            bench.new_session()
            await add(application, tmp_path / "new.txt")
            bench.open_run(live.session_id, live.run_id)
            await wait_until(lambda: bench.run_id == live.run_id)
            application.open_example()
            await bench.reader.done()
            assert "new.txt" not in names(application)
            application.window.messages.undo()
            assert "new.txt" in names(application)

    async def test_what_was_being_read_is_read_when_one_comes_back(
        self, start: Start, tmp_path: Path, wait_until: Until
    ) -> None:
        file = tmp_path / "late.txt"
        file.write_text("Nobody had time for this.")
        async with start() as application:
            bench = application.workbench
            bench.add_files([str(file)])
            bench.new_session()  # before anybody has looked what the path is
            assert names(application) == []
            application.window.messages.undo()
            await bench.reader.done()
            assert names(application) == ["late.txt"]
            (item,) = application.window.work.documents.items
            item.wait()
            bench.new_session()  # before it was read
            application.window.messages.undo()
            await bench.reader.done()
            assert item.state is State.READY


async def test_resume_and_ask_at_once_start_one_run(
    start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
) -> None:
    async with start() as application:
        bench, question = application.workbench, application.window.work.question
        await add(application, chronicle)
        whole = await ask(application, wait_for_signal)
        cut_off(application, whole.run_id)
        bench.open_run(whole.session_id, "cut")
        await wait_until(lambda: bench.run_id == "cut")
        question.set_text("And the boats?")
        application.window.actions_by_name["resume"].trigger()
        assert not question.ask.isEnabled()
        bench.ask()
        assert "A run of this session is going on" in shown_messages(application)[0]
        (live,) = await wait_for_signal(bench.run_ended, 60.0)
        assert live.state.started.parent_run == "cut"
        assert not bench.runs.live
        assert question.text == "And the boats?"
        bench.ask()
        assert not bench.may_start()  # what Resume and Fork ask, too
        (live,) = await wait_for_signal(bench.run_ended, 60.0)
        assert live.state.started.question == "And the boats?"
        assert not bench.runs.live


async def test_an_older_choice_is_not_saved_over_a_newer_one(
    start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, go_on, saved = settings_file.save, threading.Event(), list[Settings]()

    def slow_at_first(settings: Settings, **options: Any) -> None:
        if settings.max_depth != 3:
            assert go_on.wait(30)
        save(settings, **options)
        saved.append(settings)

    async with start() as application:
        await add(application, chronicle)
        monkeypatch.setattr(settings_file, "save", slow_at_first)
        application.window.actions_by_name["theme_dark"].trigger()
        application.window.work.question.max_depth.setValue(3)
        await ask(application, wait_for_signal)
        go_on.set()
        await wait_until(lambda: len(saved) == 2)
        assert [settings.max_depth == 3 for settings in saved] == [False, True]
    kept = settings_file.load(paths.settings_file())
    assert (kept.theme, kept.max_depth) == ("dark", 3)


async def test_a_deleted_run_leaves_what_was_found(qapp: QApplication, qtbot: QtBot, wait_until: Until) -> None:
    async with shown(qapp, 3, is_searched=True) as application:
        page = await opened(application, wait_until)
        sessions = application.workbench.sessions
        qtbot.keyClicks(page.field, "part 0 of iter")
        await wait_until(lambda: page.status.full_text == "3 places in 3 runs")
        page.list.setCurrentIndex(page.hits.index(3, 0))
        page.delete.click()
        assert [line.row.id for line in page.hits.lines if isinstance(line, RunHead)] == ["run-2", "run-0"]
        assert page.status.full_text == "2 places in 2 runs"
        application.window.messages.undo()
        await wait_until(lambda: page.hits.runs == 3)
        assert [line.row.id for line in page.hits.lines if isinstance(line, RunHead)] == ["run-2", "run-1", "run-0"]
        assert page.status.full_text == "3 places in 3 runs"
        sessions.delete_runs(["run-1"])
        application.window.history.session_deleted.emit("session-2")
        assert [line.row.id for line in page.hits.lines if isinstance(line, RunHead)] == ["run-0"]
        sessions.delete_runs(["run-0"])
        assert page.view is None
        assert "Nothing was found" in page.hint.text()
        application.window.messages.undo()
        await wait_until(lambda: page.hits.runs == 1)
        assert page.view is page.list
