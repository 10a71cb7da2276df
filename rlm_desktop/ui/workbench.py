"""What the parts of the window do together: documents come in, a question is asked, a run shows, a session opens.

The widgets know nothing of each other, of the engine or of the history; this does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Node
from rlm_desktop.settings import Settings
from rlm_desktop.ui.documents.controller import DocumentsController, Held
from rlm_desktop.ui.feed import RunFeed
from rlm_desktop.ui.figures import money, one_line, status_words
from rlm_desktop.ui.key_tips import with_keys
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import TITLE, MainWindow
from rlm_desktop.ui.messages import Message
from rlm_desktop.ui.replay.player import ReplayPlayer
from rlm_desktop.ui.replay.reading import read_replay
from rlm_desktop.ui.run_controller import LiveRun, RunController, settings_of
from rlm_desktop.ui.sessions.opening import Place, RunReader
from rlm_desktop.ui.sessions.stored import StoredSessions

log = logging.getLogger(__name__)
CHEAP_USD = 0.10
"""A run that has cost more is not stopped by one press of a key."""


class Workbench(QObject):
    """The session that the window shows.

    Attributes:
        session_id: Empty while nothing has been asked in it.
        run_id: The run that is shown; empty for none.
        sessions: The history, as the window lists it.

    Signals:
        standing_changed: Another run shows, or the one that shows has begun or ended.
        run_ended: A run ended and the window shows its end.
        settings_changed: The choices beside the question became the `Settings`, to be saved.
    """

    standing_changed = Signal()
    run_ended = Signal(object)
    settings_changed = Signal(object)

    def __init__(self, window: MainWindow, settings: Settings, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._work = window.work
        self.settings = settings
        self.session_id = ""
        self.run_id = ""
        self.runs = RunController(tasks, self)
        self.sessions = StoredSessions(window.history, window.messages, tasks, going_on=self.runs.going_on)
        self.documents = DocumentsController(
            window, self.sessions, tasks, self, is_unasked=lambda: not self.session_id
        )
        self.reader = self.documents.reader
        self._tasks = tasks
        self._feed: RunFeed | None = None
        self._opening: asyncio.Task[None] | None = None
        self._is_starting = False
        self._is_still_here = True
        self._is_moment_new = False
        self._drafts: dict[str, str] = {}
        self._inspected: Node | None = None
        self._connect()

    def _connect(self) -> None:
        window = self._window
        self.documents.changed.connect(self._show_start_or_work)
        self._work.question.ask_requested.connect(self.ask)
        self._work.header.answer_requested.connect(self.show_answer)
        self._work.replay.exit_requested.connect(self.toggle_replay)
        self._work.header.copy_requested.connect(self.copy_answer)
        self._work.header.ask_again_requested.connect(self._ask_again)
        window.status.stop_requested.connect(self.request_stop)
        window.history.new_requested.connect(self.new_session)
        window.history.run_opened.connect(self.open_run)
        self.sessions.deleted.connect(self._on_deleted)
        self._work.tree.node_selected.connect(self._inspect)
        self._work.tree.stop_requested.connect(self._stop_call)
        self._work.inspector.node_selected.connect(self._work.tree.select_node)
        self._work.inspector.message.connect(window.messages.show_message)
        self.runs.run_ended.connect(self._on_run_ended)

    def add_files(self, paths: Sequence[str]) -> None:
        """Read files and folders, and add their texts to the session."""
        self.documents.add_files(paths)

    # -- asking ---------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask what is in the question box."""
        window = self._window
        if self.reader.is_reading:
            window.messages.show_message(
                self.tr("The documents are still being read. Ask again when they are there."), "warning"
            )
        elif not self.may_start():
            pass
        elif not self._work.documents.asked:
            window.messages.show_message(
                with_keys(
                    self.tr("There is no document to ask about. Drop files on the window, or choose some {keys}."),
                    window.actions_by_name.first_key("add_documents"),
                ),
                "warning",
            )
        elif not self._work.question.text:
            window.messages.show_message(self.tr("Type a question first."), "warning", seconds=8)
            self._work.question.edit.setFocus()
        else:
            self._is_still_here = True
            asked = self._work.question.text, self.session_id, self.documents.held()
            self._tasks.spawn(self._start(self.claim(), *asked), name="ask")

    def may_start(self, session_id: str | None = None) -> bool:
        """Whether a run may start in a session, None for the one that shows; says why not."""
        session_id = self.session_id if session_id is None else session_id
        if not self._is_starting and self.runs.of_session(session_id) is None:
            return True
        text = self.tr("A run of this session is going on. Stop it or wait for its end.")
        self._window.messages.show_message(text, "warning", seconds=8)
        return False

    def claim(self) -> ExitStack:
        """Let no other run start until what is returned is closed; after `may_start`."""
        self._is_starting = True
        self._show_busy()
        claim = ExitStack()
        claim.callback(self._release)
        return claim

    def _release(self) -> None:
        self._is_starting = False
        self._show_busy()

    async def _start(self, claim: ExitStack, question: str, session_id: str, held: Held) -> None:
        """Start the run and show it, unless the person has gone elsewhere meanwhile."""
        window = self._window
        with claim:
            window.messages.clear("warning")
            chosen = self._take_choices()
            documents = await self.documents.asked(held)
            sinks = []
            if (history := self.sessions.history) is not None:
                history.keep_documents(documents)
                sinks.append(history.sink())
            live = await self.runs.start(
                question,
                documents=documents,
                settings=chosen,
                session_id=session_id,
                turns=await self.sessions.turns(session_id),
                sinks=sinks,
            )
        if self._is_still_here:
            self._work.question.clear()
            self._show_live(live)
            self._work.tree.setFocus()
        await self.sessions.refresh()

    def _take_choices(self) -> Settings:
        """The choices beside the question become the settings, as far as they last; all of them are returned."""
        question = self._work.question
        lasting = question.lasting_choices().applied_to(self.settings)
        if lasting != self.settings:
            self.settings = lasting
            self.settings_changed.emit(lasting)
        return question.choices().applied_to(self.settings)

    @property
    def is_live(self) -> bool:
        """Whether the run that is shown is going on."""
        return self.runs.find(self.run_id) is not None

    def request_stop(self) -> None:
        """Stop the run that is shown; asks back when it has cost something."""
        state = self.state
        if not self.is_live or state is None:
            return
        if state.totals.cost_usd <= CHEAP_USD:
            self.stop()
            return
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Stop the run?"))
        box.setText(self.tr("The run has cost {cost} so far.").format(cost=money(state.totals.cost_usd)))
        box.setInformativeText(self.tr("What it has found is kept, and it can be resumed later."))
        box.addButton(self.tr("&Stop"), QMessageBox.ButtonRole.AcceptRole).clicked.connect(self.stop)
        box.setDefaultButton(box.addButton(self.tr("&Keep running"), QMessageBox.ButtonRole.RejectRole))
        self.standing_changed.connect(box.reject)  # another run shows, or it has ended
        box.open()

    def _stop_call(self, number: int) -> None:
        if (live := self.runs.find(self.run_id)) is not None:
            live.stop_call(number)

    def stop(self) -> None:
        """Stop the run that is shown."""
        if (live := self.runs.find(self.run_id)) is not None:
            live.stop()

    def _on_run_ended(self, live: LiveRun) -> None:
        self._tasks.spawn(self._tell_of_end(live), name="list sessions")
        self._show_busy()
        if live.run_id == self.run_id:
            self._refresh()
            if self._work.tree.selected_node() is None and self._work.tree.is_following:
                self._show_answer(is_asked_for=False)
            self.standing_changed.emit()
            return
        self._forget_feed(live.feed)
        if live.state.started is not None:
            question = one_line(live.state.started.question, 80)
            self._window.messages.show_message(
                self.tr("“{question}” has ended: {status}.").format(
                    question=question, status=status_words(live.state.status)
                ),
                "info",
                button=self.tr("Show"),
                act=lambda: self.open_run(live.session_id, live.run_id),
                seconds=20,
            )

    async def _tell_of_end(self, live: LiveRun) -> None:
        try:
            await self.sessions.refresh()
        finally:
            self.run_ended.emit(live)

    # -- showing a run --------------------------------------------------------------------------------------

    def _show_live(self, live: LiveRun) -> None:
        self._window.show_page(None)
        self.session_id, self.run_id = live.session_id, live.run_id
        self._show_feed(live.feed)

    def _show_feed(self, feed: RunFeed | None) -> None:
        """Show another run; None for none."""
        self._end_replay()
        if self._feed is not None:
            self._feed.changed.disconnect(self._refresh)
            if self._feed is not feed:
                self._forget_feed(self._feed)
        self._feed = feed
        state = feed.state if feed is not None else None
        window = self._window
        self._work.tree.set_state(state, feed.now if feed is not None else None)
        self._work.header.set_state(state)
        window.status.set_state(state, feed.now if feed is not None else None)
        self._inspect_newest()
        window.history.set_open(self.session_id, self.run_id)
        self._show_busy()
        self._show_start_or_work()
        if feed is not None:
            feed.changed.connect(self._refresh)
        self.standing_changed.emit()

    def _forget_feed(self, feed: RunFeed) -> None:
        """Let a run go that nobody looks at, unless it is going on."""
        if all(live.feed is not feed for live in self.runs.live):
            feed.deleteLater()

    @property
    def state(self) -> RunState | None:
        """The run that is shown."""
        return self._feed.state if self._feed is not None else None

    def _refresh(self) -> None:
        """The run that is shown has moved on."""
        if not self._is_moment_new:
            self._work.tree.refresh()
            self._work.header.refresh()
            self._window.status.refresh()
        self._is_moment_new = False
        self._inspect_newest()
        self._work.inspector.refresh()

    def _inspect_newest(self) -> None:
        """While no row is selected, the inspector shows what the root call is doing, and in the end its answer."""
        state = self.state
        if self._work.tree.selected_node() is not None:
            return
        root = state.root if state is not None else None
        self._inspect(root.current if root is not None and root.is_running else root)

    def _inspect(self, node: Node | None) -> None:
        if node is not self._inspected or node is None:
            self._inspected = node
            if self._feed is not None:
                self._work.inspector.show_node(self._feed.state, node, self._feed.now, may_wait=self.is_replaying)
            else:
                self._work.inspector.show_node(RunState(), None)

    def show_answer(self) -> None:
        """Select the first row, which has the final answer."""
        self._show_answer(is_asked_for=True)

    def _show_answer(self, *, is_asked_for: bool) -> None:
        if self.state is not None and self.state.root is not None:
            self._work.tree.select_node(self.state.root, is_asked_for=is_asked_for)
            self._inspect(self.state.root)

    # -- replay ---------------------------------------------------------------------------------------------

    @property
    def is_replaying(self) -> bool:
        """Whether a replay is shown."""
        return self._work.replay.player is not None

    def toggle_replay(self) -> None:
        """Replay the run that is shown, or show it as it is in the history again."""
        if self._work.replay.is_reading:
            self._cancel_opening()
        elif self._work.replay.player is not None:
            self.open_run(self.session_id, self.run_id)
        elif self.run_id and self.runs.find(self.run_id) is None:
            self._window.show_page(None)
            self._cancel_opening()
            self._opening = self._tasks.spawn(self._replay(self.run_id), name="replay")

    async def replay_run(self, session_id: str, run_id: str) -> None:
        """Open a run of the history and replay it, unless something else is opened meanwhile."""
        self._window.show_page(None)
        self._cancel_opening()
        self._opening = self._tasks.spawn(self._open_and_replay(session_id, run_id), name="open and replay")
        await asyncio.wait([self._opening])

    async def _open_and_replay(self, session_id: str, run_id: str) -> None:
        await self._open(session_id, run_id, None)
        await self._replay(run_id)

    async def _replay(self, run_id: str) -> None:
        replay = await read_replay(self.sessions.do, run_id, self._work.replay)
        player = ReplayPlayer(replay, self)
        player.feed.replaced.connect(self._on_moment)
        player.failure_reached.connect(self._work.tree.select_call)
        self._show_feed(player.feed)
        self._work.replay.set_player(player)
        self._work.replay.show()
        self._work.tree.setFocus()  # the keys of the replay are letters for the question
        self.standing_changed.emit()
        self._tasks.spawn(player.prepare(), name="prepare the replay")
        player.seek_event(0)
        player.play()
        log.info("run %s is replayed", run_id)

    def _on_moment(self) -> None:
        """The replay jumped: the feed says that its state is another one, and then that it has changed."""
        self._on_replaced()
        self._is_moment_new = True

    def _on_replaced(self) -> None:
        """Other rows stand for the same calls now; keep what was selected."""
        feed = self._feed
        if feed is None:
            return
        self._inspected = None
        self._work.tree.show_moment(feed.state, feed.now)
        self._work.header.set_state(feed.state, is_replay=self.is_replaying)
        self._window.status.set_state(feed.state, feed.now, is_replay=self.is_replaying)
        if (selected := self._work.tree.selected_node()) is not None:
            self._inspect(selected)

    def _end_replay(self) -> None:
        player = self._work.replay.player
        if player is not None:
            player.stop()
            self._work.replay.set_player(None)
            self._work.replay.hide()
            player.deleteLater()

    def control_replay(self, do: Callable[[ReplayPlayer], object]) -> None:
        """Do something with the replay, if there is one."""
        if self._work.replay.player is not None:
            do(self._work.replay.player)

    def copy_answer(self) -> None:
        """Put the final answer on the clipboard."""
        if self.state is not None and self.state.answer:
            QGuiApplication.clipboard().setText(self.state.answer)
            self._window.messages.show_message(self.tr("The final answer is on the clipboard."), "info", seconds=4)

    def _ask_again(self) -> None:
        if self.state is not None and self.state.started is not None:
            self._work.question.set_text(self.state.started.question)
            self._work.question.show_asked(settings_of(self.state.started, self.settings))
            self._work.question.edit.setFocus()

    def _show_busy(self) -> None:
        is_busy = self._is_starting or self.runs.of_session(self.session_id) is not None
        self._work.question.set_busy(is_busy)

    def _show_start_or_work(self) -> None:
        window = self._window
        self._work.question.set_follow_up(bool(self.session_id))
        has_work = self.reader.is_reading or bool(self._work.documents.items) or self._feed is not None
        window.show_work(has_work)
        question = self.state.started.question if self.state is not None and self.state.started else ""
        window.setWindowTitle(f"{one_line(question, 60)} – {TITLE}" if question else TITLE)

    # -- sessions -------------------------------------------------------------------------------------------

    def new_session(self, *, is_empty: bool = False) -> None:
        """Show the session that was not asked yet, or an empty one. Runs that are going on go on."""
        self._window.show_page(None)
        self._cancel_opening()
        self._change_draft("")
        self.documents.show_new(is_empty=is_empty)
        self.session_id = self.run_id = ""
        self._show_feed(None)
        if self._work.tree.isAncestorOf(self._window.focusWidget() or self._window):
            self._work.question.edit.setFocus()  # there are no calls any more

    def _change_draft(self, session_id: str) -> None:
        """Keep what was typed and not asked for the session that is left, and bring back that of another one."""
        question = self._work.question
        is_other = session_id != self.session_id
        question.return_depth()
        if is_other:
            self._drafts[self.session_id] = question.text
        question.clear()
        if is_other and (draft := self._drafts.pop(session_id, "")):
            question.set_text(draft)

    def open_run(self, session_id: str, run_id: str, place: Place | None = None) -> None:
        """Show a run of the history, or one that is going on, with the row at `place` selected."""
        self._window.show_page(None)
        self._cancel_opening()
        self._opening = self._tasks.spawn(self._open(session_id, run_id, place), name="open run")

    def _cancel_opening(self) -> None:
        """Something else shall show than what is being opened or asked."""
        self._is_still_here = False
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    async def _open(self, session_id: str, run_id: str, place: Place | None) -> None:
        live = self.runs.find(run_id)
        if live is not None:
            self._show_opened(session_id, run_id, live.feed)
        else:
            await self._read(session_id, run_id)
        if place is not None:
            self._select_place(place)
        elif self._work.tree.selected_node() is None and not self.is_live:
            self.show_answer()
        log.info("run %s opened: %s", run_id, self.state.status if self.state is not None else "being read")

    async def _read(self, session_id: str, run_id: str) -> None:
        """Show a run of the history; a large one takes a moment, and its beginning shows at once."""
        feed = RunFeed(self)
        notices: list[Message] = []

        def show(state: RunState) -> None:
            feed.load(state)
            if self._feed is feed:
                self._on_replaced()
                self.standing_changed.emit()  # only now is it known how the run ended
            else:
                self._show_opened(session_id, run_id, feed)

        def show_beginning(state: RunState) -> None:
            text = self.tr("This is a large run: its beginning shows, the rest is being read.")
            notices.append(self._window.messages.show_message(text, "info"))
            show(state)

        self._window.setCursor(Qt.CursorShape.BusyCursor)
        try:
            show(await RunReader(run_id, show_beginning).read(self.sessions.do))
        finally:
            self._window.unsetCursor()
            for notice in notices:
                notice.dismiss()
            if self._feed is not feed:
                feed.deleteLater()

    def _show_opened(self, session_id: str, run_id: str, feed: RunFeed) -> None:
        is_other = session_id != self.session_id
        if is_other:
            started = feed.state.started
            self._change_draft(session_id)
            self.documents.show_refs(started.documents if started is not None else ())
        self.session_id, self.run_id = session_id, run_id
        self._show_feed(feed)

    def _select_place(self, place: Place) -> None:
        row = place.row(self.state) if self.state is not None else None
        if row is None:
            return
        self._work.tree.select_node(row)
        self._inspect(row)
        tabs, page = self._work.inspector.tabs, place.page(self._work.inspector)
        if page is not None and tabs.indexOf(page) >= 0:
            tabs.setCurrentWidget(page)

    def _on_deleted(self, item_ids: Sequence[str]) -> None:
        if self.session_id in item_ids or self.run_id in item_ids:
            page = self._window.page
            self.new_session()
            self._window.show_page(page)

    async def aclose(self) -> None:
        """Stop what is going on, and write the history to its end."""
        self.reader.cancel()
        await self.runs.aclose()
        await self.sessions.aclose()
