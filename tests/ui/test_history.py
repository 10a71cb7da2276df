"""The window's history, by keyboard: the table of runs, the search, tags and pins, export and import."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QLineEdit, QMenu, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop.engine.providers import OFFLINE_LABEL
from rlm_desktop.history import History
from rlm_desktop.history.exports import FORMATS
from rlm_desktop.history.search import SearchHit
from rlm_desktop.history.transfer import ARCHIVE_SUFFIX
from rlm_desktop.ui import theme
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.copying import copy_words
from rlm_desktop.ui.labels import ElidedLabel
from rlm_desktop.ui.messages import MessageBar
from rlm_desktop.ui.sessions import history_browser, hit_list
from rlm_desktop.ui.sessions.export_dialog import SUFFIXES, ExportChoice, ExportDialog
from rlm_desktop.ui.sessions.history_browser import HistoryBrowser
from rlm_desktop.ui.sessions.history_page import HistoryPage
from rlm_desktop.ui.sessions.hit_list import HitLine, HitList, HitsModel
from rlm_desktop.ui.sessions.naming import parsed_tags
from rlm_desktop.ui.sessions.run_table import RunsModel, RunTable
from tests.history import traces
from tests.history.test_upgrade import migrated
from tests.ui.opened import opened_window

Until = Callable[..., Awaitable[None]]
RUNS, PAGE = 24, 10
SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stored.PAGE", "run_table.PAGE", "history_browser.FIRST_ROWS", "history_browser.HITS"):
        monkeypatch.setattr(f"rlm_desktop.ui.sessions.{name}", PAGE)


def fill(runs: int, *, is_searched: bool) -> None:
    """A history as earlier days left it."""
    history = History(paths.history_file())
    for number in range(runs):
        sink = history.sink()
        started = f"2026-{1 + number // 28:02}-{1 + number % 28:02}T10:00:00.000+00:00"
        question = f"Question {number} about {'harbours' if number % 2 else 'lighthouses'}?"
        model = "gpt-5" if number % 10 == 0 else "offline"
        for event in traces.run(
            f"run-{number}", f"session-{number}", question=question, started_at=started, root_model=model,
            iterations=1, batch=1,
        ):  # fmt: skip
            sink(event)
    if is_searched:
        history.search("anything", wait=60)
    history.close()


@contextlib.asynccontextmanager
async def shown(app: QApplication, runs: int, *, is_searched: bool = False) -> AsyncIterator[Application]:
    await asyncio.to_thread(fill, runs, is_searched=is_searched)
    async with opened_window(app) as application:
        yield application


async def test_a_large_history_of_an_older_version_is_said_to_take_long(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlm_desktop.history.upgrade.LARGE", 1)
    paths.history_file().parent.mkdir(parents=True)
    migrated(paths.history_file(), "0005")
    said: list[str] = []
    show = MessageBar.show_message
    monkeypatch.setattr(MessageBar, "show_message", lambda *a, **how: (said.append(a[1]), show(*a, **how))[1])
    async with opened_window(qapp) as application:
        assert [text.partition(" is ")[2] for text in said] == [
            "brought into this version's form, which may take a while."
        ]
        assert application.window.messages.messages == []


def act(application: Application, name: str) -> None:
    application.window.actions_by_name[name].trigger()


async def opened(application: Application, wait_until: Until) -> HistoryPage:
    act(application, "history")
    page = application.window.page
    assert isinstance(page, HistoryPage)
    await wait_until(lambda: page.view is not None)
    return page


def test_a_place_takes_as_much_room_as_is_painted(qtbot: QtBot) -> None:
    """Excerpts of every length, with marks, which are wider; at widths where some just fit and some just do not."""
    hits = [
        SearchHit(
            "r", "s", "q", "", "code", 1, 1, 0, 0, "a keeper " * (count // 9) + "i" * (count % 9), ((2, 8),), 1
        )
        for count in range(1, 160)
    ]
    model = HitsModel()
    model.lines = [HitLine(hit) for hit in hits]
    view = HitList(model)
    qtbot.addWidget(view)
    view.show()
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    delegate = view.itemDelegate()
    heights = set[int]()
    for width in (420, 500, 640):
        view.resize(width, 400)
        room = view.viewport().width() - 44
        for row, hit in enumerate(hits):
            painted = hit_list._snippet_layout(hit, view.font(), room, theme.LIGHT).boundingRect().height()
            height = delegate.sizeHint(option, model.index(row, 0)).height()
            assert height == option.fontMetrics.lineSpacing() + painted + 14
            heights.add(height)
    assert len(heights) == 2


async def test_without_calls_one_comes_back_to_the_question(
    qapp: QApplication, wait_until: Until, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("The lighthouse was lit in 1871.")
    async with shown(qapp, 1) as application:
        application.workbench.add_files([str(tmp_path / "note.txt")])
        await application.workbench.reader.done()
        page = await opened(application, wait_until)
        page.back.click()
        assert application.window.focusWidget() is application.window.work.question.edit


async def test_a_new_session_begins_with_the_question(
    qapp: QApplication, wait_until: Until, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("The lighthouse was lit in 1871.")
    async with shown(qapp, 1) as application:
        window, bench = application.window, application.workbench
        bench.add_files([str(tmp_path / "note.txt")])
        await bench.reader.done()
        bench.open_run("session-0", "run-0")
        await wait_until(lambda: bool(window.work.tree.state.nodes))
        await opened(application, wait_until)
        act(application, "new_session")
        assert window.focusWidget() is window.work.question.edit


class TestTable:
    async def test_pages_come_as_they_are_looked_at(
        self, qapp: QApplication, qtbot: QtBot, wait_until: Until
    ) -> None:
        async with shown(qapp, RUNS) as application:
            panel = application.window.history
            assert len(panel.sessions) == PAGE
            panel.resize(240, 200)
            panel.view.scrollToBottom()
            await wait_until(lambda: len(panel.sessions) > PAGE)
            page = await opened(application, wait_until)
            assert page.runs.rowCount() == RUNS
            assert page.field.hasFocus()
            newest = page.runs.row(0)
            assert newest is not None
            assert newest.id == f"run-{RUNS - 1}"
            assert page.runs.row(RUNS - 1) is None
            qtbot.keyClick(page.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
            await wait_until(lambda: page.runs.row(RUNS - 1) is not None)
            qtbot.keyClick(page.table, Qt.Key.Key_Return)
            await wait_until(lambda: application.workbench.run_id == "run-0")
            assert application.window.page is None
            assert application.window.is_working

    async def test_sorting_and_filters(self, qapp: QApplication, wait_until: Until) -> None:
        async with shown(qapp, 21) as application:
            page = await opened(application, wait_until)
            page.table.horizontalHeader().setSortIndicator(3, Qt.SortOrder.AscendingOrder)
            await wait_until(lambda: page.runs.ids[0] == "run-0")
            await wait_until(lambda: page.models.count() == 4)
            assert page.models.itemText(page.models.findData("offline")) == OFFLINE_LABEL
            page.models.setCurrentIndex(page.models.findData("gpt-5"))
            await wait_until(lambda: page.runs.ids == ["run-0", "run-10", "run-20"])
            assert page.status.full_text == "3 runs"
            page.states.setCurrentIndex(page.states.findData("failed"))
            await wait_until(lambda: page.view is None)
            assert "No run fits" in page.hint.text()

    async def test_what_is_offered_for_the_selected_runs(self, qapp: QApplication, wait_until: Until) -> None:
        async with shown(qapp, 3) as application:
            page = await opened(application, wait_until)
            browser = application.window.findChild(HistoryBrowser)
            only = {1: {"Open", "Replay", "Rename…", "Fork…"}, 2: {"Compare"}, 3: set[str]()}
            for count, special in only.items():
                page.table.clearSelection()
                for row in range(count):
                    page.table.selectionModel().select(page.runs.index(row, 0), SELECT)
                menu = QMenu(page)
                browser._fill_menu(menu, page.selected_runs())
                browser.menu_opening.emit(menu, page.selected_runs())
                offered = {action.text() for action in menu.actions() if action.text()}
                assert offered == special | {"Tags…", "Pin", copy_words(), "Export…", "Delete"}

    async def test_undo_does_not_overtake_the_deletion(
        self, qapp: QApplication, wait_until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        delete, go_on = History.delete_runs, threading.Event()

        def slow(history: History, run_ids: Sequence[str]) -> None:
            assert go_on.wait(30)
            delete(history, run_ids)

        async with shown(qapp, 2) as application:
            monkeypatch.setattr(History, "delete_runs", slow)
            sessions, changed = application.workbench.sessions, list[int]()
            sessions.changed.connect(lambda: changed.append(len(sessions.history.runs())))
            sessions.delete_runs(["run-1"])
            act(application, "undo_removal")
            await sessions.do(lambda history: history.flush())
            go_on.set()
            await wait_until(lambda: len(changed) == 2)
            assert changed[-1] == 2

    async def test_delete_and_undo_keep_the_place(
        self, qapp: QApplication, qtbot: QtBot, wait_until: Until
    ) -> None:
        async with shown(qapp, 5) as application:
            page = await opened(application, wait_until)
            page.table.setCurrentIndex(page.runs.index(2, 0))
            qtbot.keyClick(page.table, Qt.Key.Key_Delete)
            await wait_until(lambda: page.runs.rowCount() == 4)
            assert page.table.currentIndex().row() == 2
            act(application, "undo_removal")
            await wait_until(lambda: page.runs.rowCount() == 5)
            page.table.selectAll()
            page.delete.click()
            await wait_until(lambda: page.view is None)
            assert "no runs yet" in page.hint.text()

    async def test_what_is_selected_stays_so_when_runs_come_and_one_comes_back(
        self, qapp: QApplication, wait_until: Until
    ) -> None:
        async with shown(qapp, 6) as application:
            page = await opened(application, wait_until)
            page.table.clearSelection()
            for row in (1, 2, 4):
                page.table.selectionModel().select(page.runs.index(row, 0), SELECT)
            chosen = page.selected_ids()
            act(application, "history")
            history = application.workbench.sessions.history
            assert history is not None
            sink = history.sink()
            for event in traces.run("newer", "s", started_at="2026-10-01T10:00:00.000+00:00"):
                sink(event)
            history.flush()
            await opened(application, wait_until)
            await wait_until(lambda: page.runs.rowCount() == 7)
            assert page.selected_ids() == chosen
            assert chosen[0] == page.runs.ids[2]

    async def test_all_that_are_selected_go_whether_looked_at_or_not(
        self, qapp: QApplication, qtbot: QtBot, wait_until: Until
    ) -> None:
        async with shown(qapp, RUNS) as application:
            page = await opened(application, wait_until)
            assert page.runs.row(RUNS - 1) is None
            page.table.selectAll()
            act(application, "pin_session")
            history = application.workbench.sessions.history
            assert history is not None
            await wait_until(lambda: page.current_run is not None and page.current_run.is_pinned)
            QGuiApplication.clipboard().clear()
            page.table.selectAll()
            qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            await wait_until(lambda: bool(QGuiApplication.clipboard().text()))
            copied = QGuiApplication.clipboard().text().split("\n")
            questions = [history.rows([run_id])[run_id].question for run_id in page.selected_ids()]
            assert [line.split("\t")[0] for line in copied] == questions
            assert all(row.is_pinned for row in history.runs())
            page.table.selectAll()
            told: list[list[str]] = []
            for signal in (application.workbench.sessions.deleted, application.workbench.sessions.restored):
                signal.connect(told.append)
            chosen = page.selected_ids()
            qtbot.keyClick(page.table, Qt.Key.Key_Delete)
            await wait_until(lambda: page.view is None)
            assert application.window.messages.messages[0].text == f"{RUNS} runs deleted."
            act(application, "undo_removal")
            await wait_until(lambda: page.runs.rowCount() == RUNS)
            assert told == [chosen, chosen]  # one message each, however many runs there are

    def test_painting_asks_of_what_it_shows_only(self, qtbot: QtBot) -> None:
        asked: list[object] = []

        class Model(RunsModel):
            def rowCount(self, *parent: Any) -> int:  # type: ignore[override]
                asked.append(parent)
                return super().rowCount(*parent)

        model = Model()
        model.show_runs([f"run-{number}" for number in range(5_000)], {})
        table = RunTable(model)
        qtbot.addWidget(table)
        table.resize(1000, 400)
        table.selectAll()
        table.grab()
        assert len(asked) < 1_000

    async def test_tags_and_pins(self, qapp: QApplication, wait_until: Until) -> None:
        async with shown(qapp, 3) as application:
            page = await opened(application, wait_until)
            act(application, "tag_session")
            dialog = application.window.findChild(QInputDialog)
            dialog.setTextValue("harbour, #board , harbour,")
            dialog.accept()
            await wait_until(lambda: page.current_run is not None and page.current_run.tags == ("harbour", "board"))
            await wait_until(lambda: page.tags.findData("board") > 0)
            application.workbench.sessions.tag("run", {page.current_run.id: ["board"]})
            await wait_until(lambda: page.current_run is not None and page.current_run.tags == ("board",))
            await wait_until(lambda: bool(application.window.messages.messages))
            act(application, "undo_removal")
            await wait_until(lambda: page.current_run is not None and page.current_run.tags == ("harbour", "board"))
            act(application, "pin_session")
            await wait_until(lambda: page.current_run is not None and page.current_run.is_pinned)
            act(application, "history")
            assert application.window.page is None
            panel = application.window.history
            panel.view.setCurrentIndex(panel.model.index(3, 0))
            act(application, "pin_session")
            await wait_until(lambda: panel.model.lines[0].text == "Pinned")  # type: ignore[union-attr]
            panel.filter.setText("nothing like it")
            await wait_until(lambda: not panel.sessions)
            panel.filter.setText("harbour")
            await wait_until(lambda: len(panel.sessions) == 2)


class TestSearch:
    async def test_enter_opens_the_very_row(self, qapp: QApplication, qtbot: QtBot, wait_until: Until) -> None:
        async with shown(qapp, 3, is_searched=True) as application:
            page = await opened(application, wait_until)
            qtbot.keyClicks(page.field, "part 0 of iter")
            await wait_until(lambda: page.status.full_text == "3 places in 3 runs")
            assert page.view is page.list
            assert isinstance(page.hits.lines[1], HitLine)
            assert page.hits.lines[1].place == "Prompt · call 1"
            qtbot.keyClick(page.field, Qt.Key.Key_Down)
            qtbot.keyClick(page.field, Qt.Key.Key_Down)
            qtbot.keyClick(page.field, Qt.Key.Key_Return)
            await wait_until(lambda: application.workbench.state is not None)
            tree, inspector = application.window.work.tree, application.window.work.inspector
            await wait_until(lambda: tree.selected_node() is not None)
            state = application.workbench.state
            assert state is not None
            assert application.workbench.run_id == "run-1"
            assert tree.selected_node() is state.calls[1]
            assert inspector.tabs.currentWidget() is inspector.prompt

    async def test_kinds_of_text_no_hit_and_escape(
        self, qapp: QApplication, qtbot: QtBot, wait_until: Until
    ) -> None:
        async with shown(qapp, 3, is_searched=True) as application:
            page = await opened(application, wait_until)
            qtbot.keyClicks(page.field, "growth")
            await wait_until(lambda: page.hits.hits == 6)
            page.fields.setCurrentIndex(page.fields.findData("output"))
            await wait_until(lambda: page.hits.hits == 3)
            qtbot.keyClicks(page.field, " zeppelin")
            await wait_until(lambda: "Nothing was found" in page.hint.text())
            assert page.view is None
            qtbot.keyClick(page.field, Qt.Key.Key_Escape)
            assert page.text == ""
            await wait_until(lambda: page.view is page.table)
            qtbot.keyClick(page.field, Qt.Key.Key_Escape)
            assert application.window.page is None

    async def test_more_hits_come_at_the_end(self, qapp: QApplication, qtbot: QtBot, wait_until: Until) -> None:
        async with shown(qapp, RUNS, is_searched=True) as application:
            page = await opened(application, wait_until)
            qtbot.keyClicks(page.field, "summarise")
            await wait_until(lambda: page.hits.hits == PAGE)
            assert "latest" in page.status.full_text
            qtbot.keyClick(page.list, Qt.Key.Key_End)
            await wait_until(lambda: page.hits.hits == 2 * PAGE)
            qtbot.keyClick(page.list, Qt.Key.Key_End)
            await wait_until(lambda: page.status.full_text == f"{RUNS} places in {RUNS} runs")

    async def test_fast_typing_shows_only_the_last(
        self, qapp: QApplication, qtbot: QtBot, wait_until: Until
    ) -> None:
        async with shown(qapp, 3, is_searched=True) as application:
            page = await opened(application, wait_until)
            for text in ("growth", "summarise", "europe", "part 0 says"):
                page.field.setText(text)
                page.ask_now()
            await wait_until(lambda: page.hits.hits == 3)
            assert {line.hit.field for line in page.hits.lines if isinstance(line, HitLine)} == {"response"}

    async def test_places_come_while_the_search_goes_on(
        self, qapp: QApplication, qtbot: QtBot, wait_until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("rlm_desktop.history.search.STEP_SECONDS", 0)
        monkeypatch.setattr("rlm_desktop.ui.sessions.history_page.BUSY_MS", 20)
        go_on, step = threading.Semaphore(0), history_browser._next

        def waiting(*found: Any) -> Any:
            assert go_on.acquire(timeout=30)
            return step(*found)

        async with shown(qapp, 6, is_searched=True) as application:
            monkeypatch.setattr(history_browser, "_next", waiting)
            page = await opened(application, wait_until)
            qtbot.keyClicks(page.field, "summarise")
            await wait_until(lambda: "Searching" in page.hint.text())
            assert page.view is None
            go_on.release(3)  # nothing is certain before the second place of a run is looked for
            await wait_until(lambda: page.hits.hits >= 1)
            assert "% searched so far" in page.status.full_text
            qtbot.keyClick(page.field, Qt.Key.Key_Up)
            assert page.list.currentIndex().row() == 0
            go_on.release(1)
            shown_before = page.hits.hits
            await wait_until(lambda: page.hits.hits > shown_before)
            assert page.list.currentIndex().row() == 0
            qtbot.keyClick(page.field, Qt.Key.Key_Return)
            go_on.release(100)
            await wait_until(lambda: application.workbench.run_id == "run-5")
            await opened(application, wait_until)
            await wait_until(lambda: page.status.full_text == "6 places in 6 runs")
            qtbot.keyClicks(page.field, " zeppelin")
            qtbot.keyClick(page.field, Qt.Key.Key_Return)
            qtbot.keyClick(page.field, Qt.Key.Key_Return)  # nothing of the words before is opened
            await wait_until(lambda: page.view is None)
            assert application.window.page is page


class TestTransfers:
    async def test_export_and_drop(self, qapp: QApplication, wait_until: Until, tmp_path: Path) -> None:
        async with shown(qapp, 2) as application:
            page = await opened(application, wait_until)
            act(application, "export_runs")
            dialog = application.window.findChild(ExportDialog)
            dialog.documents.setChecked(True)
            dialog._take()
            target = tmp_path / "runs.rlmarchive"
            chooser = application.window.findChild(QFileDialog)
            chooser.findChild(QLineEdit).setText(str(target))
            chooser.accept()
            await wait_until(target.exists)
            await wait_until(lambda: bool(application.window.messages.messages))
            assert str(target) in application.window.messages.messages[0].text
            application.workbench.sessions.delete_runs(["run-1"])
            await wait_until(lambda: page.runs.rowCount() == 1)
            drop(application, target)
            await wait_until(lambda: page.runs.rowCount() == 2)
            await wait_until(lambda: "imported" in application.window.messages.messages[0].text)
            assert "already" in application.window.messages.messages[0].text

    async def test_a_log_is_imported_and_a_document_added(
        self, qapp: QApplication, wait_until: Until, tmp_path: Path
    ) -> None:
        log, document = tmp_path / "trace.json", tmp_path / "notes.txt"
        events = traces.run("imported")
        log.write_bytes(b"\n".join(msgspec.json.encode(event) for event in events) + b"\n{broken\n")
        document.write_text("A document.")
        async with shown(qapp, 0) as application:
            drop(application, log, document)
            await wait_until(lambda: bool(application.window.history.sessions))
            await wait_until(lambda: bool(application.window.work.documents.items))
            assert [item.name for item in application.window.work.documents.items] == ["notes.txt"]
            messages = application.window.messages
            await wait_until(lambda: any("imported" in one.text for one in messages.messages))
            message = next(one for one in messages.messages if "imported" in one.text)
            assert "left out" in message.text
            message.act()
            await wait_until(lambda: application.workbench.run_id == "imported")

    async def test_an_import_is_taken_back_and_back_again(
        self, qapp: QApplication, wait_until: Until, tmp_path: Path
    ) -> None:
        """What was there before the import stays."""
        log = tmp_path / "trace.jsonl"
        log.write_bytes(b"\n".join(msgspec.json.encode(event) for event in traces.run("imported")) + b"\n")
        async with shown(qapp, 1) as application:
            page = await opened(application, wait_until)
            drop(application, log)
            await wait_until(lambda: page.runs.ids == ["imported", "run-0"])
            await wait_until(lambda: bool(application.window.messages.messages))
            application.window.messages.messages[0].undo_button.click()
            await wait_until(lambda: page.runs.ids == ["run-0"])
            act(application, "undo_removal")
            await wait_until(lambda: page.runs.ids == ["imported", "run-0"])
            drop(application, log)
            await wait_until(lambda: any("already" in one.text for one in application.window.messages.messages))
            assert not hasattr(application.window.messages.messages[0], "undo_button")

    async def test_secrets_are_told_of(self, qapp: QApplication, wait_until: Until, tmp_path: Path) -> None:
        async with shown(qapp, 1) as application:
            history = application.workbench.sessions.history
            assert history is not None
            sink = history.sink()
            for event in traces.run("secret", question="Is sk-" + "a" * 24 + " a key?"):
                sink(event)
            await asyncio.to_thread(history.flush)
            application._transfers.write(["secret"], ExportChoice("markdown", False), tmp_path / "x.md")
            await wait_until(lambda: bool(application.window.messages.messages))
            assert "OpenAI key" in application.window.messages.messages[0].text


class TestTrouble:
    async def test_a_locked_history_is_said_once_and_caught_up(
        self, qapp: QApplication, wait_until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("rlm_desktop.history.database.BUSY_SECONDS", 0.01)
        async with shown(qapp, 0) as application:
            history, messages = application.workbench.sessions.history, application.window.messages
            assert history is not None
            sink = history.sink()
            with contextlib.closing(sqlite3.connect(paths.history_file(), isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                for event in traces.run():
                    sink(event)
                await wait_until(lambda: len(messages.messages) == 1)
                assert "locked" in messages.messages[0].text
                other.execute("COMMIT")
            await wait_until(lambda: len(messages.messages) == 2)
            assert "nothing was lost" in messages.messages[0].text
            assert await asyncio.to_thread(history.events, "run-1") == traces.run()


def test_what_a_model_wrote_is_no_html_in_a_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.set_full_text('<img src="file:///etc/x"> & more')
    assert "<img" not in label.toolTip()
    assert "&lt;img" in label.toolTip()
    label.set_full_text("plain & simple")
    assert label.toolTip() == "plain & simple"


def drop(application: Application, *files: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    application.window.dropEvent(event)


def test_every_form_of_export_is_offered() -> None:
    assert {"archive": ARCHIVE_SUFFIX, **{form.key: form.suffix for form in FORMATS}} == SUFFIXES


@pytest.mark.parametrize(
    ("text", "tags"), [("a, b", ["a", "b"]), (" #x ,, x,", ["x"]), ("two  words", ["two words"]), (" ", [])]
)
def test_tags_as_typed(text: str, tags: list[str]) -> None:
    assert parsed_tags(text) == tags
