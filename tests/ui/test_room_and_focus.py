"""Who gets how much room in the window, in small ones above all, and where the keyboard goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import Found, from_text
from rlm_desktop.errors import DocumentError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.calls.call_model import Column
from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.documents.model import Column as DocumentColumn
from rlm_desktop.ui.documents.model import DocumentsModel
from rlm_desktop.ui.documents.panel import DocumentsPanel
from rlm_desktop.ui.documents.table import DocumentsTable
from rlm_desktop.ui.inspector.batch import BatchPage
from rlm_desktop.ui.inspector.inspector import Inspector
from rlm_desktop.ui.models.estimate_label import EstimateLabel
from rlm_desktop.ui.question_panel import QuestionPanel
from rlm_desktop.ui.sessions.run_table import RunsModel, RunTable
from tests import traces
from tests.ui.opened import enlarge, opened_window
from tests.window_states import DONE, FAILED, show_state

Until = Callable[..., Awaitable[None]]


def _show_run(application: Application, shape: traces.Shape) -> Inspector:
    show_state(application, traces.state(shape))
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


async def test_ask_inspect_and_replay_by_keys(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, wait_for_signal: Any, wait_until: Until
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("The lighthouse was lit for the first time on 14 March 1871.", encoding="utf-8")
    async with opened_window(qapp) as application:
        window, bench = application.window, application.workbench

        def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
            qtbot.keyClick(window.focusWidget(), key, modifier)

        bench.add_files([str(note)])
        await bench.reader.done()
        qtbot.keyClicks(window.focusWidget(), "When was the lighthouse lit?")
        ended = asyncio.ensure_future(wait_for_signal(bench.run_ended, 60.0))
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await ended
        press(Qt.Key.Key_Down)
        press(Qt.Key.Key_Return)
        assert window.focusWidget() is window.work.inspector.cells.code
        window.work.question.edit.setFocus()
        press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        await wait_until(lambda: bench.is_replaying)
        player = window.work.replay.player
        assert player is not None
        player.pause()
        before = player.replay.seq
        press(Qt.Key.Key_Period)
        assert window.work.question.text == "", "the keys of the replay are no longer letters of a question"
        assert player.replay.seq == before + 1


async def test_larger_letters_get_more_room_at_once(qapp: QApplication, wait_until: Until) -> None:
    async with opened_window(qapp) as application:
        window, theme = application.window, application.theme
        inspector, tree = _show_run(application, DONE), window.work.tree
        window.resize(1280, 800)
        await wait_until(lambda: inspector.width() < window.width() / 2)
        width = tree.table.columnWidth(Column.TOKENS)
        theme.set_sizes("normal", 150)
        await wait_until(lambda: inspector.width() > window.width() / 2)
        assert tree.table.columnWidth(Column.TOKENS) > width * 1.2
        menus = window.menuBar().actionGeometry(window.menuBar().actions()[-1])
        corner = window.menuBar().cornerWidget()
        assert corner.isHidden() or menus.right() < corner.x()
        theme.set_sizes("normal", 100)
        await wait_until(lambda: inspector.width() < window.width() / 2)


def test_larger_letters_get_wider_columns(qtbot: QtBot) -> None:
    batch, runs, free = BatchPage(), RunTable(RunsModel()), EstimateLabel()
    documents = DocumentsTable(DocumentsModel(batch))
    for widget in (batch, runs, documents, free):
        qtbot.addWidget(widget)
        enlarge(widget, 1.5)
        widget.resize(1200, 300)
        widget.show()
    runs.fit(1200)
    for table in (batch.table, runs, documents):
        head = table.horizontalHeader()
        shown = [place for place in range(head.count()) if not table.isColumnHidden(place)]
        assert len(shown) >= 5
        for place in shown:
            title = str(table.model().headerData(place, Qt.Orientation.Horizontal))
            assert head.sectionSize(place) > head.fontMetrics().horizontalAdvance(title)
    free.setText("kostenlos")
    assert free.minimumSizeHint().width() == free.sizeHint().width()


def test_why_a_document_cannot_be_read_begins_at_its_beginning(qtbot: QtBot) -> None:
    panel = DocumentsPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.add([DocumentItem.of_document(from_text("note.md", "A lighthouse."))])
    panel.show_list(True)
    panel.show()
    table = panel.table
    narrow = table.columnWidth(DocumentColumn.STATE)
    refused = DocumentItem.of_file(Found("/x/broken.pdf", "broken.pdf", 7))
    refused.refuse(DocumentError("", "it is damaged: the end of the file is missing."), is_locked=False)
    panel.add(refused)
    assert table.columnWidth(DocumentColumn.STATE) >= 200 > narrow, "else the names have the room"
    option, delegate = QStyleOptionViewItem(), table.itemDelegateForColumn(DocumentColumn.STATE)
    assert isinstance(delegate, QStyledItemDelegate)
    delegate.initStyleOption(option, table.model().index(0, 0))
    assert option.textElideMode == Qt.TextElideMode.ElideRight


def test_of_documents_that_do_not_all_show_the_number_does(qtbot: QtBot) -> None:
    panel = DocumentsPanel()
    qtbot.addWidget(panel)
    panel.resize(500, 60)
    panel.set_compact(True)
    panel.show()
    panel.add(
        [DocumentItem.of_document(from_text(f"{'long ' * 9}{n}.md", f"A lighthouse, {n}.")) for n in range(7)]
    )
    assert [label.text() for label in panel.findChildren(QLabel) if label.isVisible()] == ["Documents", "7"]


def test_where_there_is_little_width_what_is_chosen_still_shows(qtbot: QtBot) -> None:
    window = QWidget()  # without a layout, for a window can be narrower than all that is in it would like
    panel = QuestionPanel(Settings(max_iterations=20), window)
    qtbot.addWidget(window)
    enlarge(panel, 1.5)
    window.show()
    panel.setGeometry(0, 0, 540, 200)
    for figure in (panel.max_depth, panel.max_iterations, panel.budget):
        line = figure.lineEdit()
        words = line.fontMetrics().horizontalAdvance(figure.text())
        assert line.width() >= words + line.textMargins().left(), figure.text()
