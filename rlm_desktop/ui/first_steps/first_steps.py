"""Joins the first page with what it offers: the recorded example, a first model, the tour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rlm_desktop.ui.first_steps.example import put_into
from rlm_desktop.ui.first_steps.tour import Hint, Tour
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import MainWindow
from rlm_desktop.ui.workbench import Workbench

SKIPPED, TOURED = "first_steps/skipped", "first_steps/toured"
"""What the window remembers of the person's choices."""


class FirstSteps(QObject):
    """What a new person is offered, once."""

    def __init__(self, workbench: Workbench, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._workbench = workbench
        self._window = window
        self._tasks = tasks
        self._tour: Tour | None = None
        window.first_run.replay_requested.connect(self.replay_example)
        window.first_run.skip_requested.connect(self._skip)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions of this module do."""
        return {"replay_example": self.replay_example, "tour": self.begin_tour}

    def offer_model(self, make_panel: Callable[[], QWidget], show_providers: Callable[[], object]) -> None:
        """Offer to connect a model on the first page; quietly to who has skipped it.

        Args:
            make_panel: Makes the panel with which a model is connected.
            show_providers: Opens the dialog of the providers.
        """
        first = self._window.first_run
        first.connect_requested.connect(lambda: show_providers())
        if self._window.memory.value(SKIPPED, False, bool):
            first.offer_quietly()
        else:
            first.offer_to_connect(make_panel())

    def _skip(self) -> None:
        self._window.memory.setValue(SKIPPED, True)
        self._window.first_run.offer_quietly()

    # -- the example ----------------------------------------------------------------------------------------

    def replay_example(self) -> None:
        """Put the recorded run into the history and replay it."""
        self._tasks.spawn(self._replay(), name="recorded example")

    async def _replay(self) -> None:
        run = await self._workbench.sessions.do(put_into)
        await self._workbench.sessions.refresh()
        await self._workbench.replay_run(run.session_id, run.id)
        if not self._window.memory.value(TOURED, False, bool):
            self.begin_tour()

    # -- the tour -------------------------------------------------------------------------------------------

    def begin_tour(self) -> None:
        """Show what the parts of the window are for."""
        if self._tour is not None:
            self._tour.leave()
        self._window.memory.setValue(TOURED, True)
        self._tour = Tour(self._window, self._hints())
        self._tour.ended.connect(self._forget_tour)
        self._tour.begin()

    def _forget_tour(self) -> None:
        self._tour = None

    def _hints(self) -> list[Hint]:
        window = self._window
        work, keys = window.work, window.actions_by_name
        if not window.is_working:
            return [
                Hint(
                    self.tr("Begin here"),
                    self.tr("Drop documents on the window, or watch the recorded run first."),
                    lambda: window.first_run.choose,
                )
            ]
        return [
            Hint(
                self.tr("Documents and question"),
                self.tr("What is asked, of which documents, by which models and how deep."),
                lambda: work.question,
            ),
            Hint(
                self.tr("Every call is a row"),
                self.tr(
                    "Arrow keys move and open rows; bars show when each call ran. {next} goes to the next error."
                ).format(next=keys.way_to("next_error")),
                lambda: work.tree,
            ),
            Hint(
                self.tr("What the row did"),
                self.tr("Code beside its output, prompt and response, variables, and the final answer."),
                lambda: work.inspector,
            ),
            Hint(
                self.tr("Play it again"),
                self.tr("{play} plays and pauses; drag the mark to any moment. No model is asked.").format(
                    play=keys.way_to("replay_play")
                ),
                lambda: work.replay,
            ),
            Hint(
                self.tr("Nothing is lost"),
                self.tr("Every run stays here. {find} finds every command, {guide} explains the rest.").format(
                    find=keys.way_to("palette"), guide=keys.way_to("guide")
                ),
                lambda: window.history,
            ),
        ]
