"""The window as a whole: real engine, offline model, real history."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QAccessibleInterface, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop import settings as settings_file
from rlm_desktop.documents import from_text
from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.documents.preview import PreviewWindow
from rlm_desktop.ui.first_window import FirstWindow
from rlm_desktop.ui.palette import Palette
from rlm_desktop.ui.settings.dialog import SettingsDialog
from tests.servers import Fault, ModelServer

Until = Callable[..., Awaitable[None]]
Start = Callable[..., contextlib.AbstractAsyncContextManager[Application]]
Hanging = Callable[[], contextlib.AbstractAsyncContextManager[Application]]
QUESTION = "When was the lighthouse lit for the first time?"
TEXT = "\n\n".join(
    [*(f"In {year} the harbour had {year % 70} boats." for year in range(1800, 1900)),
     "The lighthouse was lit for the first time on 14 March 1871."]
)  # fmt: skip


@pytest.fixture
def start(qapp: QApplication) -> Start:
    """`async with start() as application` shows the window, usable, and closes it in the end."""

    @contextlib.asynccontextmanager
    async def show(settings: Settings | None = None) -> AsyncIterator[Application]:
        settings = settings or Settings(theme="light")
        first = FirstWindow(qapp, settings)
        first.window.show()
        application = Application(first, settings)
        try:
            await application.make_usable()
            await application.warm_up()
            yield application
        finally:
            await application.aclose(10.0)

    return show


@pytest.fixture
def chronicle(tmp_path: Path) -> Path:
    file = tmp_path / "chronicle.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


async def add(application: Application, *files: Path) -> None:
    application.workbench.add_files([str(file) for file in files])
    await application.workbench.reader.done()


async def ask(application: Application, wait_for_signal: Any, question: str = QUESTION) -> Any:
    application.window.work.question.set_text(question)
    ended = asyncio.ensure_future(wait_for_signal(application.workbench.run_ended, 60.0))
    application.workbench.ask()
    (live,) = await ended
    return live


def shown_messages(application: Application) -> list[str]:
    return [message.text for message in application.window.messages.messages]


class TestMainJob:
    async def test_ask_and_reopen_after_a_restart(
        self, start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
    ) -> None:
        async with start() as first:
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

    async def test_an_unexpected_error_shows_one_report(self, start: Start, qapp: QApplication) -> None:
        async with start() as application:
            for _ in range(3):
                application.funnel.handle(ZeroDivisionError("boom"))
            assert application._crash is not None
            assert "ZeroDivisionError" in application._crash.report.toPlainText()
            application._crash.reject()
            assert application._crash is None


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

    async def test_esc_is_free_when_nothing_runs(self, start: Start) -> None:
        async with start() as application:
            assert not application.window.actions_by_name["stop"].isEnabled()


class TestAsking:
    async def test_who_has_gone_elsewhere_is_not_called_back(
        self, start: Start, chronicle: Path, wait_for_signal: Any
    ) -> None:
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


class TestRemoving:
    async def test_a_removed_document_comes_back(self, start: Start, chronicle: Path) -> None:
        async with start() as application:
            await add(application, chronicle)
            application.window.work.documents.remove([0])
            assert not application.window.is_working
            application.window.messages.undo()
            assert application.window.is_working
            assert [item.name for item in application.window.work.documents.items] == ["chronicle.txt"]

    async def test_a_removed_document_does_not_come_back_into_another_session(
        self, start: Start, chronicle: Path
    ) -> None:
        async with start() as application:
            await add(application, chronicle)
            application.window.work.documents.remove([0])
            application.workbench.new_session()
            application.window.messages.undo()
            assert not application.window.work.documents.items

    async def test_a_deleted_session_comes_back(
        self, start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until
    ) -> None:
        async with start() as application:
            await add(application, chronicle)
            await ask(application, wait_for_signal)
            history, store = application.window.history, application.workbench.sessions.history
            assert store is not None
            history.view.setCurrentIndex(history.model.index(1, 0))
            history._delete_current()
            assert not history.model.lines
            await wait_until(lambda: not store.sessions())
            application.window.messages.undo()
            await wait_until(lambda: len(store.sessions()) == 1)
            await wait_until(lambda: len(history.model.lines) == 2)


class TestWindow:
    async def test_a_document_is_found_by_the_palette(
        self, qtbot: QtBot, start: Start, chronicle: Path, wait_until: Until
    ) -> None:
        async with start() as application:
            await add(application, chronicle)
            application.window.actions_by_name["palette"].trigger()
            palette = application.window.findChild(Palette)
            assert palette is not None
            palette.edit.setText("chronicle")
            qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
            await wait_until(lambda: application.window.findChild(PreviewWindow) is not None)

    async def test_the_inspector_moves_where_there_is_room(self, start: Start, chronicle: Path) -> None:
        async with start() as application:
            await add(application, chronicle)
            window = application.window
            window.resize(1300, 800)
            assert window.work.inspector.parent().objectName() == "across"
            window.resize(900, 700)
            assert window.work.inspector.parent().objectName() == "treeAndInspector"
            assert window.work.inspector.isVisible()
            assert window.history.isVisible()
            window.resize(700, 600)
            assert not window.history.isVisible()

    async def test_size_and_history_are_remembered(self, start: Start) -> None:
        async with start() as first:
            first.window.resize(777, 555)
            first.window.actions_by_name["show_history"].trigger()
        async with start() as second:
            assert (second.window.width(), second.window.height()) == (777, 555)
            assert not second.window.history.isVisible()
            assert not second.window.actions_by_name["show_history"].isChecked()

    async def test_files_can_be_chosen(self, start: Start, chronicle: Path) -> None:
        async with start() as application:
            application.window.first_run.choose.click()
            (dialog,) = application.window.findChildren(QFileDialog)
            assert dialog.isVisible()
            dialog.filesSelected.emit([str(chronicle)])
            dialog.reject()
            await application.workbench.reader.done()
            assert [item.name for item in application.window.work.documents.items] == ["chronicle.txt"]

    async def test_files_can_be_dropped(
        self, start: Start, chronicle: Path, tmp_path: Path, wait_until: Until
    ) -> None:
        async with start() as application:
            other = tmp_path / "other.md"
            other.write_text("# Other")
            mime = QMimeData()
            mime.setUrls([QUrl.fromLocalFile(str(chronicle)), QUrl.fromLocalFile(str(other))])
            drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
                              Qt.KeyboardModifier.NoModifier)  # fmt: skip
            question = application.window.work.question.edit
            assert not question.canInsertFromMimeData(mime), "their addresses would be taken for text"
            words = QMimeData()
            words.setText("What grew?")
            assert question.canInsertFromMimeData(words)
            application.window.dropEvent(drop)
            await wait_until(lambda: len(application.window.work.documents.items) == 2)
            assert [item.name for item in application.window.work.documents.items] == ["chronicle.txt", "other.md"]

    async def test_the_theme_is_kept(self, start: Start, wait_until: Until) -> None:
        async with start() as application:
            application.window.actions_by_name["theme_dark"].trigger()
            assert application.theme.colours.is_dark
            await wait_until(lambda: settings_file.load().theme == "dark")

    async def test_what_is_chosen_beside_the_question_outlives_the_settings_dialog(self, start: Start) -> None:
        async with start() as application:
            question = application.window.work.question
            question.max_depth.setValue(4)
            application.window.actions_by_name["settings"].trigger()
            dialog = application.window.findChild(SettingsDialog)
            assert dialog is not None
            dialog.fields["density"].changed.emit("density", "compact")
            assert application.workbench.settings.density == "compact"
            assert question.choices().max_depth == 4
            dialog.reject()

    async def test_a_budget_of_less_than_a_cent_is_still_a_budget(self, start: Start) -> None:
        async with start(Settings(theme="light", budget_usd=0.004)) as application:
            assert application.window.work.question.choices().budget_usd == 0.01

    async def test_f6_goes_through_the_panes(self, qtbot: QtBot, start: Start, chronicle: Path) -> None:
        async with start() as application:
            await add(application, chronicle)
            window = application.window
            window.work.question.edit.setFocus()
            panes = [
                window.work.tree,
                window.work.inspector,
                window.history,
                window.work.documents,
                window.work.question,
            ]
            seen = []
            for _ in range(3):
                window.actions_by_name["next_pane"].trigger()
                focus = window.focusWidget()
                seen.append([pane for pane in panes if pane is focus or pane.isAncestorOf(focus)])
            assert seen == [[window.work.tree], [window.work.inspector], [window.history]]
            window.status.costs.show()
            window.status.costs.setFocus()
            window.actions_by_name["previous_pane"].trigger()
            assert window.work.inspector.isAncestorOf(window.focusWidget())

    async def test_the_last_keys_are_kept(self, start: Start, monkeypatch: Any, wait_until: Until) -> None:
        kept: list[Any] = []
        is_second_kept = threading.Event()

        def save(_name: str, changed: Any) -> None:
            if "Ctrl+F11" in changed["ask"]:
                is_second_kept.wait(0.1)
            kept.append(changed)
            is_second_kept.set()

        monkeypatch.setattr(settings_file, "save_tables", save)
        async with start() as application:
            for key in ("Ctrl+F11", "Ctrl+F12"):
                application.window.actions_by_name.rebind("ask", [key])
            await wait_until(lambda: len(kept) == 2)
        assert kept[-1] == {"ask": ["Ctrl+F12"]}

    async def test_every_control_has_a_name_for_the_screen_reader(
        self, start: Start, chronicle: Path, wait_for_signal: Any
    ) -> None:
        async with start() as application:
            await add(application, chronicle)
            await ask(application, wait_for_signal)
            root = QAccessible.queryAccessibleInterface(application.window)
            assert not list(_unnamed(root))


ROLES = {
    QAccessible.Role.Button,
    QAccessible.Role.EditableText,
    QAccessible.Role.ComboBox,
    QAccessible.Role.SpinBox,
    QAccessible.Role.List,
    QAccessible.Role.Table,
    QAccessible.Role.Tree,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ProgressBar,
}


def _unnamed(interface: QAccessibleInterface) -> list[str]:
    """The controls below that have no name."""
    found = []
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child is None or child.state().invisible:
            continue
        if child.role() in ROLES and not child.text(QAccessible.Text.Name):
            found.append(f"{child.role()} {child.object()}")
        if child.role() not in (QAccessible.Role.ComboBox, QAccessible.Role.SpinBox, QAccessible.Role.Table):
            found += _unnamed(child)
    return found


class TestReplay:
    async def test_a_run_is_replayed_and_shown_again(
        self, start: Start, chronicle: Path, wait_for_signal: Any, wait_until: Until, qtbot: QtBot
    ) -> None:
        async with start() as application:
            await add(application, chronicle)
            live = await ask(application, wait_for_signal)
            actions, bar = application.window.actions_by_name, application.window.work.replay
            assert not bar.isVisible()
            assert not actions["replay_next"].isEnabled()
            actions["replay"].trigger()
            await wait_until(lambda: bar.player is not None)
            player = bar.player
            assert player is not None
            player.pause()
            assert bar.isVisible()
            assert actions["replay_next"].isEnabled()

            player.seek_event(0)
            assert application.workbench.state is player.feed.state
            assert application.window.work.tree.state is player.feed.state
            player.seek_event(player.replay.last_seq)
            assert len(player.feed.state.nodes) == len(live.state.nodes)
            node = player.feed.state.nodes[1]
            application.window.work.tree.select_node(node)
            player.seek_event(player.replay.last_seq // 2)
            selected = application.window.work.tree.selected_node()
            assert selected is not None
            assert selected.index == node.index
            actions["replay_previous"].trigger()
            assert player.replay.seq < player.replay.last_seq // 2 + 1

            actions["replay"].trigger()
            await wait_until(lambda: bar.player is None)
            assert not bar.isVisible()
            assert application.workbench.state is not None
            assert application.workbench.state.answer == live.state.answer
            assert len(await asyncio.to_thread(application.workbench.sessions.history.runs)) == 1
