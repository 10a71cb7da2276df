"""The window as a whole: its panes, its keys, what it remembers, what can be brought back."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop import settings as settings_file
from rlm_desktop.history import History
from rlm_desktop.settings import Settings
from rlm_desktop.ui.documents.preview import PreviewWindow
from rlm_desktop.ui.first_steps.example import put_into
from rlm_desktop.ui.palette import Palette
from rlm_desktop.ui.settings.dialog import SettingsDialog
from tests.ui.opened import Start, Until, add, ask, drop


class _Layouts(QObject):
    """Counts what is laid out in the whole program."""

    def __init__(self) -> None:
        super().__init__(QApplication.instance())
        self._count = self._looks = 0
        QCoreApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._count += event.type() == QEvent.Type.LayoutRequest
        return False

    def have_ended(self) -> bool:
        """Whether there was none between this look and the twenty before it."""
        self._looks = 0 if self._count else self._looks + 1
        self._count = 0
        return self._looks > 20


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

    async def test_a_window_that_nobody_uses_is_not_laid_out(
        self, start: Start, chronicle: Path, wait_until: Until
    ) -> None:
        """A layout that asks for the next one takes a processor for ever."""
        async with start() as application:
            application.window.resize(1300, 900)
            layouts = _Layouts()
            await add(application, chronicle)
            await wait_until(layouts.have_ended)
            layouts.deleteLater()

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
            question = application.window.work.question.edit
            files, words = QMimeData(), QMimeData()
            files.setUrls([QUrl.fromLocalFile(str(chronicle))])
            assert not question.canInsertFromMimeData(files), "their addresses would be taken for text"
            words.setText("What grew?")
            assert question.canInsertFromMimeData(words)
            application.window.actions_by_name["history"].trigger()
            drop(application, chronicle, other)
            await wait_until(lambda: len(application.window.work.documents.items) == 2)
            assert [item.name for item in application.window.work.documents.items] == ["chronicle.txt", "other.md"]
            assert application.window.is_work_shown, "one sees what was dropped on the history, too"

    async def test_what_can_do_nothing_now_is_not_offered(self, start: Start, chronicle: Path) -> None:
        async with start() as application:
            window, actions = application.window, application.window.actions_by_name
            of_work = ("go_question", "go_tree", "go_inspector", "go_documents", "documents_list", "find_calls")
            of_runs = (
                "run_costs",
                "export_runs",
                "next_error",
                "previous_error",
                "show_answer",
                "replay",
                "tag_session",
            )

            def offered(*names: str) -> set[str]:
                return {name for name in names if actions[name].isEnabled()}

            assert not offered(*of_work, *of_runs, "undo_removal")
            await add(application, chronicle)
            assert offered(*of_work, *of_runs) == set(of_work)
            actions["history"].trigger()
            assert offered(*of_work, *of_runs, "ask") == {"export_runs", "replay"}
            actions["history"].trigger()
            window.work.documents.remove([0])
            assert offered(*of_work, "undo_removal") == {"undo_removal"}
            actions["undo_removal"].trigger()
            assert offered(*of_work, "undo_removal") == set(of_work)

    async def test_the_list_of_sessions_is_shown_to_who_goes_to_it(self, start: Start) -> None:
        async with start() as application:
            window, actions = application.window, application.window.actions_by_name
            actions["show_history"].trigger()
            assert not window.history.isVisible()
            actions["go_history"].trigger()
            assert window.history.view.hasFocus()
            assert actions["show_history"].isChecked()

    async def test_a_model_that_is_chosen_on_the_first_page_is_named_there(self, start: Start) -> None:
        async with start() as application:
            application.window.work.question.choose_model("lab/m", is_root=True)
            assert application.window.first_run._model.text() == "Model in use: lab/m."

    async def test_who_comes_back_sees_what_was_asked_elsewhere(
        self, qapp: QApplication, start: Start, wait_until: Until
    ) -> None:
        async with start() as application:
            assert not application.window.history.sessions
            other = History(paths.history_file())
            await asyncio.to_thread(put_into, other)
            await asyncio.to_thread(other.close)
            qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
            await wait_until(lambda: len(application.window.history.sessions) == 1)

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
