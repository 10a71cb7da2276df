"""The running application: the parts joined, the start in the right order, the one way out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from rlm_desktop import paths
from rlm_desktop import settings as settings_file
from rlm_desktop.engine.providers import OFFLINE, label
from rlm_desktop.errors import UserError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.faults import CrashDialog, ErrorFunnel
from rlm_desktop.ui.first_window import FirstWindow, theme_density, theme_mode
from rlm_desktop.ui.loop import IdleCollector, Tasks, UiEventLoop
from rlm_desktop.ui.samples import samples
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.theme import Mode

if TYPE_CHECKING:
    from rlm_desktop.ui.run_controller import LiveRun
    from rlm_desktop.ui.workbench import Workbench

log = logging.getLogger(__name__)

SETTLE_SECONDS = 0.5
"""Before a picture is taken: layouts and the inspector follow the run a few frames later."""
EXAMPLE = "company-report"
"""The sample of the menu and of the smoke test."""
_OF_THE_WORK = ("go_question", "go_tree", "go_inspector", "go_documents", "documents_list", "find_calls")
"""Actions that lead to a part of the page for work."""


class Application(QObject):
    """Everything that runs while the window shows. Made inside the running loop."""

    _trouble = Signal(str)
    _wait = Signal(str)

    def __init__(self, first: FirstWindow, settings: Settings) -> None:
        super().__init__()
        loop = asyncio.get_running_loop()
        assert isinstance(loop, UiEventLoop)
        self._quit = asyncio.Event()
        self._crash: CrashDialog | None = None
        self._question: QMessageBox | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        self.funnel = ErrorFunnel(self)
        self.tasks = Tasks(self.funnel.handle)
        self.theme = first.theme
        self.window = first.window
        self._workbench: Workbench | None = None
        self._settings = settings
        self._unsaved: Settings | None = None
        self._saved = settings
        self._saving: asyncio.Task[None] | None = None
        self._collector = IdleCollector(loop, self)
        self._connect()

    def _handlers(self) -> dict[str, Callable[[], object]]:
        bench, window = self.workbench, self.window
        return {
            "new_session": bench.new_session,
            **bench.documents.handlers(),
            "open_example": self.open_example,
            "undo_removal": window.messages.undo,
            "copy_answer": bench.copy_answer,
            "theme_system": lambda: self._choose_theme("system"),
            "theme_light": lambda: self._choose_theme("light"),
            "theme_dark": lambda: self._choose_theme("dark"),
            "ask": bench.ask,
            "stop": bench.request_stop,
            "show_answer": bench.show_answer,
            "replay_play": lambda: bench.control_replay(lambda player: player.toggle()),
            "replay_next": lambda: bench.control_replay(lambda player: player.step_event(1)),
            "replay_previous": lambda: bench.control_replay(lambda player: player.step_event(-1)),
            "replay_next_iteration": lambda: bench.control_replay(lambda player: player.step_iteration(1)),
            "replay_previous_iteration": lambda: bench.control_replay(lambda player: player.step_iteration(-1)),
            "replay_next_error": lambda: bench.control_replay(lambda player: player.step_error(1)),
            "replay_previous_error": lambda: bench.control_replay(lambda player: player.step_error(-1)),
            "find_calls": lambda: window.work.tree.focus_filter(),
            "next_error": lambda: self._go_to_failure(1),
            "previous_error": lambda: self._go_to_failure(-1),
        }

    def _connect(self) -> None:
        window = self.window
        self.funnel.install(asyncio.get_running_loop())
        window.actions_by_name[f"theme_{self.theme.mode}"].setChecked(True)
        self.funnel.user_error.connect(window.messages.show_message)
        self.funnel.setting_error.connect(self._show_setting_error)
        self.funnel.crashed.connect(self._show_crash)
        self._trouble.connect(lambda text: window.messages.show_message(text, "warning"))
        window.close_requested.connect(self.request_quit)
        self._app.applicationStateChanged.connect(self._look_for_others)
        window.actions_by_name["undo_removal"].setEnabled(False)
        window.messages.undo_offered.connect(window.actions_by_name["undo_removal"].setEnabled)

    def _show_setting_error(self, text: str) -> None:
        settings = self.window.actions_by_name["settings"]
        self.window.messages.show_message(text, "error", button=self.tr("Settings…"), act=settings.trigger)

    # -- starting -------------------------------------------------------------------------------------------

    async def make_usable(self) -> None:
        """After the first paint: make the page for work, open the history, list the models."""
        self._make_workbench()
        await self._open_history()
        await self._models.load()

    def _show_model(self) -> None:
        chosen = self.window.work.question.choices().root_model
        self.window.first_run.show_model(label(chosen), is_offline=chosen == OFFLINE)

    async def warm_up(self) -> None:
        """What the first question would wait for; then nothing is left that garbage collection should look at."""
        from rlm_desktop.ui.updates import Updates

        await self.workbench.runs.warm_up(self.workbench.settings)
        self._models.begin()
        self.window.setWindowIcon(QIcon(str(paths.resource("rlm-desktop.svg"))))
        Updates(self.window.messages, self.window.memory, lambda: self.workbench.settings, self.tasks).start()
        self._collector.start()

    def _make_workbench(self) -> None:
        """Everything that the first paint does not need; importing and making it takes as long as all before.

        In one go: whoever clicks meanwhile is answered afterwards, and not by a window that is half joined.
        """
        from rlm_desktop.ui.commands import Commands
        from rlm_desktop.ui.compare.comparing import Comparing
        from rlm_desktop.ui.controls.run_controls import RunControls
        from rlm_desktop.ui.documents.coverage import AnswerCoverage
        from rlm_desktop.ui.documents.sources import AnswerSources
        from rlm_desktop.ui.first_steps.first_steps import FirstSteps
        from rlm_desktop.ui.forks.forks import Forks
        from rlm_desktop.ui.help.desk import HelpDesk
        from rlm_desktop.ui.models.controller import ModelsController
        from rlm_desktop.ui.sessions.history_browser import HistoryBrowser
        from rlm_desktop.ui.sessions.panel import HistoryPanel
        from rlm_desktop.ui.sessions.transfers import Transfers
        from rlm_desktop.ui.settings.desk import SettingsDesk
        from rlm_desktop.ui.work_page import WorkPage
        from rlm_desktop.ui.workbench import Workbench

        window = self.window
        window.add_panes(HistoryPanel(window), WorkPage(self._settings, window.pages))
        self._workbench = Workbench(window, self._settings, self.tasks)
        self._controls = RunControls(self._workbench, window, self.tasks)
        commands = Commands(window, self.tasks)
        forks = Forks(self._workbench, window, self.tasks)
        desk = HelpDesk(window, self.tasks, paths.log_file())
        models = self._models = ModelsController(window, self._workbench, self.tasks)
        settings = SettingsDesk(self._workbench, window, self.tasks, models=models.names, pages=models.pages())
        settings.changed.connect(self._take_settings)
        models.settings_chosen.connect(self._take_settings)
        models.settings_chosen.connect(settings.show_settings)
        models.page_requested.connect(settings.show)
        self._transfers = Transfers(window, self._workbench.sessions, self.tasks)
        history = HistoryBrowser(window, self._workbench, self._transfers, self.tasks)
        first = FirstSteps(self._workbench, window, self.tasks)
        first.offer_model(models.connect_panel, lambda: settings.show("providers"))
        comparing = Comparing(self._workbench, window, self.tasks)
        AnswerSources(window.work.inspector.answer, self._workbench, self.tasks)
        AnswerCoverage(window.work.inspector.answer, self._workbench, self.tasks)
        comparing.follow_history(history)
        forks.follow_history(history)
        parts = (self._controls, commands, forks, comparing, desk, settings, models, history, first)
        offered = {name: do for part in parts for name, do in part.handlers().items()}
        window.connect_actions({**self._handlers(), **offered})
        window.first_run.example_requested.connect(self.open_example)
        self._workbench.standing_changed.connect(self._enable_actions)
        self._workbench.settings_changed.connect(self._save)
        # A sign in the taskbar for who waits in another window; Qt gives none while this one is active.
        self._workbench.run_ended.connect(lambda _live: QApplication.alert(window))
        self._workbench.run_ended.connect(lambda _live: self._take_question_back())
        self._workbench.sessions.changed.connect(self._enable_actions)
        window.page_changed.connect(lambda _page: self._enable_actions())
        window.work.question.choices_changed.connect(self._show_model)
        self._guard_runs(self._workbench)
        self._enable_actions()
        self._show_model()

    def _guard_runs(self, workbench: Workbench) -> None:
        """Say what confines model-written code, and ask where nothing does."""
        from rlm_desktop.ui.confinement.gate import ConfinementGate

        gate = ConfinementGate(self.window, self.window.status)
        workbench.runs.isolation_found.connect(gate.show_isolation)
        workbench.runs.choose_mode = gate.choose_mode
        gate.strict_chosen.connect(lambda: self._take_settings(workbench.settings.with_values(repl_mode="strict")))

    def _enable_actions(self) -> None:
        """Offer what can be done now. A Stop that is not needed must not take Esc away from others."""
        actions, state = self.window.actions_by_name, self.workbench.state
        is_seen, has_answer = self.window.is_work_shown, state is not None and bool(state.answer)
        # On another page Esc goes back: it must not stop a run that is out of sight.
        actions["stop"].setEnabled(self.workbench.is_live and self.window.page is None)
        actions["ask"].setEnabled(self.window.page is None)
        actions["copy_answer"].setEnabled(has_answer)
        actions["show_answer"].setEnabled(has_answer and is_seen)
        actions["run_costs"].setEnabled(state is not None)
        actions["export_runs"].setEnabled(bool(self.workbench.run_id) or self.window.page is not None)
        for name in ("next_error", "previous_error"):
            actions[name].setEnabled(state is not None and is_seen)
        for name in _OF_THE_WORK:
            actions[name].setEnabled(is_seen)
        for name in ("rename_session", "tag_session", "pin_session"):
            actions[name].setEnabled(bool(self.window.history.sessions))
        may_replay = state is not None and not self.workbench.is_live
        actions["replay"].setEnabled(may_replay or self.window.page is not None)
        steps = ("next", "previous", "next_iteration", "previous_iteration", "next_error", "previous_error")
        for name in ("play", *steps):
            # Disabled outside a replay, so that their keys are free for others.
            actions[f"replay_{name}"].setEnabled(self.workbench.is_replaying)

    @property
    def workbench(self) -> Workbench:
        """The session that the window shows; there is one after `make_usable`."""
        assert self._workbench is not None, "make_usable() comes first"
        return self._workbench

    async def _open_history(self) -> None:
        from rlm_desktop.history import History

        history = History(self._settings.history_place, on_trouble=self._trouble.emit, on_wait=self._wait.emit)
        with contextlib.ExitStack() as opened:
            say = self.window.messages.show_message
            self._wait.connect(lambda text: opened.callback(say(text, "info").dismiss))
            try:
                await asyncio.to_thread(history.open)
            except UserError as error:
                log.warning("%s Until this is mended, runs are not kept.", error)
                text = self.tr("{error} Until this is mended, runs are not kept.").format(error=said(str(error)))
                say(text)
                return
        await self.workbench.sessions.use(history)

    def _look_for_others(self, state: Qt.ApplicationState) -> None:
        """Who comes back from elsewhere finds what another window or the command line has asked meanwhile."""
        if state == Qt.ApplicationState.ApplicationActive and self._workbench is not None:
            self.tasks.spawn(self._workbench.sessions.refresh(), name="list sessions")

    # -- the example ----------------------------------------------------------------------------------------

    def open_example(self, name: str = EXAMPLE) -> None:
        """A new session with a sample document and its first question, ready to be asked."""
        sample = next(sample for sample in samples() if sample.name == name)
        self.workbench.new_session(is_empty=True)
        self.workbench.add_files([str(sample.path)])
        self.window.work.question.set_text(sample.questions[0])
        if sample.depth is not None:
            self.window.work.question.lend_depth(sample.depth)
        self.window.work.question.edit.setFocus()
        self.window.work.question.edit.selectAll()  # what is typed takes its place

    async def smoke(self, shot: Path | None) -> int:
        """Ask the example's question, wait for the answer. Returns the exit status."""
        ended: asyncio.Future[LiveRun] = asyncio.get_running_loop().create_future()
        self.workbench.run_ended.connect(lambda live: ended.done() or ended.set_result(live))
        self.funnel.crashed.connect(lambda report: ended.done() or ended.set_exception(RuntimeError(report)))
        self.open_example()
        await self.workbench.reader.done()
        self.workbench.ask()
        live = await ended
        print(f"{live.state.status}: {live.state.answer or live.state.error}", flush=True)
        await asyncio.sleep(SETTLE_SECONDS)
        if shot is not None and not self.window.grab().save(str(shot)):
            raise UserError(f"The picture cannot be written to {shot}.")
        return 0 if live.result is not None and live.result.success else 1

    def _go_to_failure(self, step: int) -> None:
        if not self.window.work.tree.select_failure(step):
            self.window.messages.show_message(self.tr("There is no error in this run."), "info", seconds=4)

    # -- dialogs --------------------------------------------------------------------------------------------

    def _take_settings(self, settings: Settings) -> None:
        self.workbench.settings = settings
        self.window.work.question.set_choices(settings)
        self.window.actions_by_name[f"theme_{settings.theme}"].setChecked(True)
        self.theme.set_mode(theme_mode(settings))
        self.theme.set_sizes(theme_density(settings), settings.font_size)
        self._save(settings)

    def _choose_theme(self, mode: Mode) -> None:
        self.theme.set_mode(mode)
        self.workbench.settings = self.workbench.settings.with_values(theme=mode)
        self._save(self.workbench.settings)

    def _save(self, settings: Settings) -> None:
        """Write the settings, one after the other: the newest come last."""
        is_saving, self._unsaved = self._unsaved is not None, settings
        if not is_saving:
            self._saving = self.tasks.spawn(self._save_newest(), name="save settings")

    async def _save_newest(self) -> None:
        try:
            while (settings := self._unsaved) is not None:
                await asyncio.to_thread(settings_file.save, settings, before=self._saved)
                self._saved = settings
                if settings is self._unsaved:
                    self._unsaved = None
        finally:
            self._unsaved = None

    def tell_of_crash(self, report: str) -> None:
        """The program crashed the last time: offer the report that it left."""
        self.window.messages.show_message(
            self.tr("The program crashed the last time. Your sessions are safe."),
            "warning",
            button=self.tr("Show report"),
            act=lambda: self._show_crash(report),
        )

    def _show_crash(self, report: str) -> None:
        """One at a time: a fault that comes with every frame must not bury the window."""
        if self._crash is not None:
            return
        self._crash = CrashDialog(report, self.window)
        self._crash.finished.connect(self._forget_crash)
        self._crash.open()

    def _forget_crash(self) -> None:
        self._crash = None

    # -- leaving --------------------------------------------------------------------------------------------

    def request_quit(self) -> None:
        """The person wants to leave; asks back while runs are going on."""
        live = self._workbench.runs.live if self._workbench is not None else ()
        if not live:
            self.quit()
        elif self._question is None:
            self._ask_to_stop(len(live))

    def _ask_to_stop(self, count: int) -> None:
        box = QMessageBox(self.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Stop and close?"))
        box.setText(self.tr("%n run(s) are going on.", "", count))
        box.setInformativeText(self.tr("What has been found so far is kept. The history shows it as cancelled."))
        stop = box.addButton(self.tr("&Stop and close"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(self.tr("&Keep running"), QMessageBox.ButtonRole.RejectRole))
        stop.clicked.connect(self.quit)
        box.finished.connect(self._forget_question)
        self._question = box
        box.open()

    def _take_question_back(self) -> None:
        """Nothing is left to be stopped: what was asked before is not true any more."""
        if self._question is not None and not self.workbench.runs.live:
            self._question.reject()

    def _forget_question(self) -> None:
        self._question = None

    def quit(self) -> None:
        """Leave without asking."""
        self._quit.set()

    async def wait_for_quit(self) -> None:
        """Return when the program shall end."""
        await self._quit.wait()

    async def aclose(self, seconds: float) -> None:
        """Save the settings, stop the runs, write the history, close the window; takes no longer than `seconds`."""
        self.window.remember()
        self._app.applicationStateChanged.disconnect(self._look_for_others)
        self.window.hide()
        try:
            async with asyncio.timeout(seconds):
                if self._saving is not None:
                    await asyncio.wait([self._saving])
                if self._workbench is not None:
                    await self._workbench.aclose()
        except TimeoutError:
            log.error("the runs or the history did not stop within %g s", seconds)
        self._collector.stop()
        await self.tasks.aclose()
        self.funnel.uninstall()
        self.window.close_for_good()
        log.info("closed")
