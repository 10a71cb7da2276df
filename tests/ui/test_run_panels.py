"""The panels that show a run: header, status line, history, messages, and the table of actions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QTextDocument
from PySide6.QtWidgets import QLabel, QMainWindow, QPlainTextEdit, QToolButton, QTreeWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.events import CancelRequested, DocumentRef, EndState, RunFinished, RunStarted
from rlm_desktop.engine.state import RunState
from rlm_desktop.errors import DocumentError, SettingsError
from rlm_desktop.history import RunRow, SessionRow
from rlm_desktop.ui import figures
from rlm_desktop.ui.actions import ACTIONS, Actions
from rlm_desktop.ui.faults import CrashDialog, ErrorFunnel
from rlm_desktop.ui.figures import UNKNOWN
from rlm_desktop.ui.messages import MAX_MESSAGES, MessageBar
from rlm_desktop.ui.run_header import RunHeader
from rlm_desktop.ui.sessions.panel import DayLine, HistoryPanel, RunLine, SessionLine
from rlm_desktop.ui.sessions.run_table import cost_text, tokens_text
from rlm_desktop.ui.shortcut_sheet import ShortcutSheet
from rlm_desktop.ui.status_line import StatusLine
from tests import traces

NOW = datetime.now(UTC)


def run_row(number: int, session: str, question: str, *, days: int = 0, end_state: str = "completed") -> RunRow:
    return RunRow(
        id=f"run-{number}",
        session_id=session,
        title="",
        question=question,
        documents=(DocumentRef(name=f"file-{number}.txt", kind="text", characters=10, sha256=f"{number:02}"),),
        root_model="offline",
        sub_model="offline",
        started_at=(NOW - timedelta(days=days)).isoformat(),
        duration=61.0,
        calls=5,
        depth=1,
        iterations=2,
        requests=5,
        errors=0,
        input_tokens=100,
        output_tokens=10,
        unknown_usage=0,
        cost_usd=0.18,
        unknown_cost=0,
        end_state=end_state,
        answer="Yes.",
        tags=(),
        is_pinned=False,
        origin="",
        events=50,
    )


def test_what_is_known_in_part_is_said_to_be_more() -> None:
    row = run_row(1, "one", "Why?")
    assert (tokens_text(row), cost_text(row)) == ("110", "$0.180")
    row = replace(row, unknown_usage=1, unknown_cost=1)
    assert (tokens_text(row), cost_text(row)) == ("≥ 110", "≥ $0.180")
    row = replace(row, unknown_usage=5, unknown_cost=5, cost_usd=None)
    assert (tokens_text(row), cost_text(row)) == (UNKNOWN, UNKNOWN)


def session_row(session: str, *runs: RunRow, title: str = "") -> SessionRow:
    return SessionRow(
        id=session,
        title=title,
        created_at=runs[-1].started_at,
        updated_at=runs[0].started_at,
        tags=(),
        is_pinned=False,
        runs=runs,
    )


SESSIONS = [
    session_row(
        "s1", run_row(2, "s1", "And in Europe?", end_state="interrupted"), run_row(1, "s1", "Which segments grew?")
    ),
    session_row(
        "s2", run_row(3, "s2", "Summarise the deposition", days=40, end_state="failed"), title="Deposition"
    ),
]


class TestHistory:
    @pytest.fixture
    def panel(self, qtbot: QtBot) -> HistoryPanel:
        panel = HistoryPanel()
        qtbot.addWidget(panel)
        panel.resize(240, 600)
        panel.show()
        panel.set_sessions(SESSIONS)
        return panel

    @staticmethod
    def texts(panel: HistoryPanel) -> list[str]:
        return [line.text if isinstance(line, DayLine) else line.title for line in panel.model.lines]

    def test_sessions_stand_under_their_day(self, panel: HistoryPanel) -> None:
        old = (NOW - timedelta(days=40)).astimezone()
        heading = f"{old.day} {old:%B}" + ("" if old.year == datetime.now().year else f" {old.year}")
        assert self.texts(panel) == ["Today", "Which segments grew?", heading, "Deposition"]

    def test_a_run_that_was_cut_off_is_called_interrupted(self, panel: HistoryPanel) -> None:
        line = panel.model.lines[1]
        assert isinstance(line, SessionLine)
        assert line.detail.startswith("Interrupted")

    def test_the_open_session_lists_its_runs(self, panel: HistoryPanel) -> None:
        panel.set_open("s1", "run-1")
        runs = [line for line in panel.model.lines if isinstance(line, RunLine)]
        assert [(line.run.id, line.is_open) for line in runs] == [("run-2", False), ("run-1", True)]

    def test_a_click_opens_the_newest_run(self, qtbot: QtBot, panel: HistoryPanel) -> None:
        opened: list[tuple[str, str]] = []
        panel.run_opened.connect(lambda session, run: opened.append((session, run)))
        place = panel.view.visualRect(panel.model.index(1, 0)).center()
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert opened == [("s1", "run-2")]

    def test_enter_opens_and_days_are_skipped(self, qtbot: QtBot, panel: HistoryPanel) -> None:
        opened: list[str] = []
        panel.run_opened.connect(lambda _session, run: opened.append(run))
        panel.view.setCurrentIndex(panel.model.index(1, 0))
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
        assert opened == ["run-3"]

    @pytest.mark.parametrize(("words", "found"), [("europe", 1), ("FILE-3", 1), ("segments grew", 1), ("xyz", 0)])
    def test_the_filter_looks_at_questions_names_and_documents(
        self, panel: HistoryPanel, words: str, found: int
    ) -> None:
        panel.filter.setText(words)
        assert sum(isinstance(line, SessionLine) for line in panel.model.lines) == found

    def test_delete_hides_at_once_and_can_be_taken_back(self, qtbot: QtBot, panel: HistoryPanel) -> None:
        deleted: list[str] = []
        panel.session_deleted.connect(deleted.append)
        panel.view.setCurrentIndex(panel.model.index(3, 0))
        qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
        assert deleted == ["s2"]
        assert "Deposition" not in self.texts(panel)
        panel.unhide_items(["s2"])
        assert "Deposition" in self.texts(panel)

    def test_the_cursor_stays_on_its_session_when_the_list_changes(self, panel: HistoryPanel) -> None:
        panel.view.setCurrentIndex(panel.model.index(3, 0))
        new = session_row("s3", run_row(9, "s3", "A new one"))
        panel.set_sessions([new, *SESSIONS])
        assert self.texts(panel)[panel.view.currentIndex().row()] == "Deposition"


class TestHeader:
    @pytest.fixture
    def header(self, qtbot: QtBot) -> RunHeader:
        header = RunHeader()
        qtbot.addWidget(header)
        header.resize(600, 60)
        return header

    def test_it_is_hidden_without_a_run(self, header: RunHeader) -> None:
        assert header.isHidden()

    def test_it_shows_the_answer_of_a_finished_run(self, header: RunHeader) -> None:
        state = traces.state()
        header.set_state(state)
        assert header.question.full_text == traces.QUESTION
        assert state.answer
        assert header.answer.full_text == figures.plain_line(state.answer)
        assert header.mark.text == "Final answer"

    def test_a_limit_says_how_to_get_further(self, header: RunHeader) -> None:
        header.set_state(traces.state(traces.Shape(calls=20, end=EndState.BUDGET_EXCEEDED)))
        assert "budget" in header.answer.full_text
        assert header.answer.full_text.endswith("Raise the limit in the settings and ask again.")

    def test_a_replay_is_not_at_work(self, header: RunHeader) -> None:
        header.set_state(traces.state(traces.Shape(cut=40)), is_replay=True)
        assert header.mark.text == "Replay"
        header.set_state(traces.state(traces.Shape(cut=40)))
        assert header.mark.text == "Working"

    def test_a_cut_off_run_says_so(self, header: RunHeader) -> None:
        state = traces.state(traces.Shape(cut=40))
        state.close_interrupted()
        header.set_state(state)
        assert header.mark.text == "Interrupted"
        assert "ended while this run was going on" in header.answer.full_text

    def test_every_end_state_has_words(self, header: RunHeader) -> None:
        for end_state in EndState:
            state = RunState()
            state.apply(RunStarted(seq=1, run_id="r", session_id="s", question="Q", root_model="m", sub_model="m",
                                   started_at=""))  # fmt: skip
            state.apply(RunFinished(seq=2, at=1.0, end_state=end_state))
            header.set_state(state)
            assert str(end_state).capitalize() in header.mark.text
            assert header.answer.full_text


class TestStatus:
    @pytest.fixture
    def line(self, qtbot: QtBot) -> Iterator[StatusLine]:
        line = StatusLine()
        qtbot.addWidget(line)
        line.show()
        yield line
        line.set_state(None)

    def test_without_a_run(self, line: StatusLine) -> None:
        assert line.text == "Ready · "
        assert not line.stop.isVisible()

    def test_a_finished_run(self, line: StatusLine) -> None:
        state = traces.state()
        line.set_state(state)
        assert line.text.startswith("Completed · iteration ")
        assert f"{state.totals.calls:,} calls" in line.text
        assert not line.stop.isVisible()

    def test_nothing_is_left_of_a_run_that_shows_no_more(self, line: StatusLine) -> None:
        line.set_state(traces.state())
        line.set_state(None)
        assert "Ready" in line.accessibleName()
        assert line.findChild(QLabel, "figures").toolTip() == ""

    def test_a_running_one_can_be_stopped_once(self, qtbot: QtBot, line: StatusLine) -> None:
        state = traces.state(traces.Shape(cut=40))
        line.set_state(state)
        asked: list[bool] = []
        line.stop_requested.connect(lambda: asked.append(True))
        qtbot.mouseClick(line.stop, Qt.MouseButton.LeftButton)
        assert asked == [True]
        state.apply(CancelRequested(seq=state.seq + 1, at=state.now, by="user"))
        line.refresh()
        assert "Stopping" in line.text
        assert not line.stop.isEnabled()

    def test_an_unknown_cost_is_not_zero(self, line: StatusLine) -> None:
        state = traces.state()
        state.totals.unknown_cost = state.totals.requests
        line.set_state(state)
        assert "cost unknown" in line.text


class TestMessages:
    @pytest.fixture
    def bar(self, qtbot: QtBot) -> MessageBar:
        bar = MessageBar()
        qtbot.addWidget(bar)
        return bar

    def test_it_takes_no_room_when_empty(self, bar: MessageBar) -> None:
        message = bar.show_message("The file is empty.")
        assert not bar.isHidden()
        message.dismiss()
        assert bar.isHidden()

    def test_the_same_sentence_shows_once_and_only_so_many(self, bar: MessageBar) -> None:
        for text in ("a", "b", "b", "c", "d", "e"):
            bar.show_message(text)
        assert [message.text for message in bar.messages] == ["e", "d", "c"]
        assert len(bar.messages) == MAX_MESSAGES

    def test_where_there_is_little_height_they_show_one_after_the_other(self, bar: MessageBar) -> None:
        for text in ("a", "b", "c"):
            bar.show_message(text)
        bar.show()
        bar.set_low(True)
        shown: list[str] = []
        while bar.messages:
            assert [message.isVisible() for message in bar.messages] == [True] + [False] * (len(bar.messages) - 1)
            shown.append(f"{bar.messages[0].text} {bar.messages[0].findChildren(QLabel)[-1].text()}")
            bar.messages[0].dismiss()
        assert shown == ["c +2", "b +1", "a +0"]
        assert bar.isHidden()

    def test_a_message_that_the_person_closed_can_be_taken_away_again(self, bar: MessageBar) -> None:
        message = bar.show_message("Reading…", "info")
        message.dismiss()
        QCoreApplication.sendPostedEvents(message, QEvent.Type.DeferredDelete)
        message.dismiss()
        assert not bar.messages

    def test_a_button_acts_once(self, qtbot: QtBot, bar: MessageBar) -> None:
        undone: list[bool] = []
        message = bar.show_message("Removed.", "info", button="Undo", act=lambda: undone.append(True))
        message.act()
        message.act()
        assert undone == [True]
        assert not bar.messages

    def test_what_a_server_says_at_length_leaves_room_for_the_work(self, qtbot: QtBot, bar: MessageBar) -> None:
        words = "upstream connect error or disconnect; " * 90 + "https://host/" + "x" * 900
        bar.resize(640, 400)
        bar.show()
        message = bar.show_message(words, "info")
        assert bar.sizeHint().height() < 8 * bar.fontMetrics().lineSpacing()
        assert bar.minimumSizeHint().width() < 300
        copy = next(one for one in message.findChildren(QToolButton) if one.toolTip() == "Copy this message")
        qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == words
        assert bar.show_message("a\nb" * 200).findChildren(QLabel)[-1].text().count("\n") < 5

    @pytest.mark.parametrize("name", ["تقرير.docx", "2025 דוח.txt", "report.pdf", "123", ""])
    def test_a_sentence_runs_from_left_whatever_it_begins_with(self, bar: MessageBar, name: str) -> None:
        text = f"{name} cannot be read: it is encrypted."
        (label,) = (one for one in bar.show_message(text, "info").findChildren(QLabel) if "encrypted" in one.text())
        assert QTextDocument(label.text()).firstBlock().textDirection() is Qt.LayoutDirection.LeftToRight
        assert label.text().removeprefix("\u200e") == text

    def test_what_is_about_to_be_used_does_not_go_away(self, qtbot: QtBot, bar: MessageBar) -> None:
        bar.show()
        bar.activateWindow()
        message = bar.offer_undo("The run was deleted.", lambda: None)
        message.undo_button.setFocus()
        message.dismiss_unless_used()
        assert bar.messages == [message]
        message.undo_button.clearFocus()
        message.dismiss_unless_used()
        assert bar.messages == []

    def test_one_removal_after_the_other_is_taken_back_though_they_are_called_alike(self, bar: MessageBar) -> None:
        offered: list[bool] = []
        taken_back: list[int] = []
        bar.undo_offered.connect(offered.append)
        for number in (1, 2):
            bar.offer_undo("The run was deleted.", lambda number=number: taken_back.append(number))
        bar.undo()
        assert offered[-1]
        bar.undo()
        assert not offered[-1]
        bar.undo()
        assert taken_back == [2, 1]

    def test_the_crash_dialog_copies_its_report(self, qtbot: QtBot, qapp) -> None:
        dialog = CrashDialog("Traceback: boom")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        assert dialog.findChild(QPlainTextEdit).toPlainText() == "Traceback: boom"


@pytest.mark.expect_log_warnings
class TestFunnel:
    @pytest.fixture
    def funnel(self) -> ErrorFunnel:
        return ErrorFunnel()

    def test_what_the_person_can_mend_is_a_sentence(self, funnel: ErrorFunnel) -> None:
        said: list[str] = []
        funnel.user_error.connect(said.append)
        funnel.handle(DocumentError("a.txt", "is empty."))
        assert said == ["a.txt: is empty."]

    def test_what_the_settings_mend_is_told_apart(self, funnel: ErrorFunnel) -> None:
        said: list[str] = []
        funnel.setting_error.connect(said.append)
        funnel.handle(SettingsError("No server is known for the model 'x'."))
        assert said == ["No server is known for the model 'x'."]

    def test_a_bug_is_reported_as_one(self, funnel: ErrorFunnel) -> None:
        reports: list[str] = []
        funnel.crashed.connect(reports.append)
        try:
            raise ZeroDivisionError("boom")
        except ZeroDivisionError as error:
            funnel.handle(error)
        assert "ZeroDivisionError: boom" in reports[0]
        assert "test_run_panels" in reports[0]

    def test_a_cancellation_is_no_error(self, funnel: ErrorFunnel) -> None:
        reports: list[str] = []
        funnel.crashed.connect(reports.append)
        funnel.handle(asyncio.CancelledError())
        assert not reports

    async def test_errors_of_tasks_and_threads_arrive(self, funnel: ErrorFunnel, wait_until) -> None:
        reports: list[str] = []
        funnel.crashed.connect(reports.append)
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler()
        funnel.install(loop)
        try:
            loop.call_soon(lambda: 1 / 0)
            thread = threading.Thread(target=lambda: {}["missing"])
            thread.start()
            await wait_until(lambda: len(reports) == 2)
        finally:
            funnel.uninstall()
            loop.set_exception_handler(before)
        assert any("ZeroDivisionError" in report for report in reports)
        assert any("KeyError" in report for report in reports)


class TestActions:
    def test_no_two_share_a_key(self) -> None:
        keys = [QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys]
        assert all(keys)
        assert len(keys) == len(set(keys))

    def test_every_action_is_in_a_menu_and_does_something(self, qtbot: QtBot) -> None:
        window = QMainWindow()
        qtbot.addWidget(window)
        done: list[str] = []
        handlers = {spec.name: (lambda name=spec.name: done.append(name)) for spec in ACTIONS}
        actions = Actions(window)
        actions.connect_handlers(handlers)
        actions.fill(window.menuBar())
        in_menus = {
            action.objectName() for menu in window.menuBar().findChildren(type(window.menuBar().addMenu("x")))
            for action in menu.actions()
        }  # fmt: skip
        for spec in ACTIONS:
            assert spec.name in in_menus
            actions[spec.name].trigger()
        assert done == [spec.name for spec in ACTIONS]
        assert isinstance(actions["ask"], QAction)

    def test_the_sheet_lists_every_key(self, qtbot: QtBot) -> None:
        window = QMainWindow()
        sheet = ShortcutSheet(Actions(window), window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(sheet)
        table = sheet.findChild(QTreeWidget)
        groups = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
        texts = [group.child(row).text(1) for group in groups for row in range(group.childCount())]
        for spec in ACTIONS:
            for key in spec.keys:
                shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
                assert any(shown in text for text in texts)
