"""Joins providers, models and costs with the window: what is offered, what a question costs, what was chosen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from rlm_desktop.engine.providers import OFFLINE, ModelChoice, Providers, default_models
from rlm_desktop.errors import RLMError, UserError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.book import ProviderBook

if TYPE_CHECKING:
    from rlm_desktop.ui.main_window import MainWindow
    from rlm_desktop.ui.models.connect import ConnectPanel
    from rlm_desktop.ui.models.cost_panel import CostPanel
    from rlm_desktop.ui.models.prices_page import PricesPage
    from rlm_desktop.ui.run_controller import LiveRun
    from rlm_desktop.ui.workbench import Workbench

log = logging.getLogger(__name__)
PATIENCE = 1.0
"""Seconds that the start waits for the providers."""
_SETTLE_MS = 150
"""Before the estimate is made anew: documents come in by the hundred."""


class ModelsController(QObject):
    """Everything about models in the window.

    Attributes:
        book: The providers.

    Signals:
        settings_chosen: The `Settings` with another model or a preset.
        page_requested: A page of the settings dialog shall be shown, by its name.
    """

    settings_chosen = Signal(object)
    page_requested = Signal(str)

    def __init__(self, window: MainWindow, bench: Workbench, tasks: Tasks) -> None:
        super().__init__(bench)
        self._window = window
        self._bench = bench
        self._tasks = tasks
        self.book = ProviderBook(self)
        self._costs: CostPanel | None = None
        self._live: LiveRun | None = None
        self._notes_seen = 0
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._estimate)
        bench.runs.providers = self._providers
        bench.runs.offered = self._all_models
        bench.standing_changed.connect(self._follow)
        self.book.changed.connect(self._offer)
        question = window.work.question
        question.models_requested.connect(self.choose_model)
        question.choices_changed.connect(self._timer.start)
        window.status.costs_requested.connect(self.toggle_costs)
        question.estimate.clicked.connect(lambda: self.page_requested.emit("prices"))
        model = window.work.documents.model
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset, model.dataChanged):
            signal.connect(self._timer.start)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Of its actions."""
        return {"choose_model": lambda: self.choose_model(True), "run_costs": self.toggle_costs}

    async def _providers(self) -> Providers:
        return await self.book.providers()

    # -- the start --------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the providers and offer their models; nothing on the network is asked.

        The system's key store may wait for its password: the window does not wait for long.
        """
        await asyncio.wait([self._tasks.spawn(self._load(), name="providers")], timeout=PATIENCE)

    async def _load(self) -> None:
        try:
            known = await self.book.providers()
        except UserError as error:
            self._window.messages.show_message(str(error))
            return
        for problem in known.problems:
            self._window.messages.show_message(problem, "warning")
        self._preselect(known)
        self._offer()

    def _preselect(self, known: Providers) -> None:
        """`OPENAI_MODEL` names the model when nobody chose one."""
        settings = self._bench.settings
        if settings.root_model != OFFLINE:
            return
        try:
            root, sub = default_models(known.env)
        except UserError:
            return  # `problems` says it
        if root != OFFLINE:
            log.info("the environment names the model %s", root)
            chosen = settings.with_values(root_model=root, sub_model="" if sub == root else sub)
            self._bench.settings = chosen
            self._window.work.question.set_choices(chosen)

    def begin(self) -> None:
        """Look for local servers, once the window is ready for work."""
        self._tasks.spawn(self._look(), name="local servers")

    async def _look(self) -> None:
        try:
            await self.book.look_for_servers()
        except (RLMError, OSError) as error:
            log.info("local servers were not looked for: %s", error)
            self.book.changed.emit()

    def names(self) -> list[str]:
        """All models that can be chosen, by name."""
        return [model.name for model in self._all_models()]

    # -- what is offered --------------------------------------------------------------------------------------

    def _all_models(self) -> list[ModelChoice]:
        from rlm_desktop.ui.models.chooser import rows_of

        return [ModelChoice(row.name, row.label, row.provider) for row in rows_of(self.book)]

    def _offer(self) -> None:
        settings = self._bench.settings
        used = (settings.root_model, settings.sub_model, *settings.models_at_depth.values())
        self._window.work.question.set_models(self.book.choices(used))
        self._estimate()

    def _estimate(self) -> None:
        """Say what the question will probably cost."""
        work = self._window.work
        characters = sum(item.characters for item in work.documents.asked)
        work.question.estimate.show_estimate(self.book, self._settings(), characters)
        root = work.question.choices().root_model
        self._bench.documents.set_model(root, self.book.window_of(root))

    # -- dialogs ----------------------------------------------------------------------------------------------

    def choose_model(self, is_root: bool) -> None:
        """Let the person choose the root's or the sub-calls' model out of all."""
        from rlm_desktop.ui.models.chooser import ModelChooser

        choices = self._window.work.question.choices()
        current = choices.root_model if is_root else choices.sub_model or choices.root_model
        chooser = ModelChooser(self.book, self._tasks, current, self._window)
        chooser.chosen.connect(lambda name: self._window.work.question.choose_model(name, is_root=is_root))
        chooser.providers_requested.connect(lambda: self.page_requested.emit("providers"))
        chooser.open()

    def pages(self) -> dict[str, Callable[[], QWidget]]:
        """Makes the pages of the settings dialog that are about models."""
        return {"providers": self._providers_page, "presets": self._presets_page, "prices": self._prices_page}

    def _providers_page(self) -> QWidget:
        from rlm_desktop.ui.models.providers_page import ProvidersPage

        return ProvidersPage(self.book, self._tasks)

    def _presets_page(self) -> QWidget:
        from rlm_desktop.ui.models.presets_page import PresetsPage

        page = PresetsPage(self._settings, self._tasks)
        page.chosen.connect(self._take)
        return page

    def _prices_page(self) -> QWidget:
        from rlm_desktop.ui.models.prices_page import PricesPage

        page = PricesPage(self._tasks)
        page.changed.connect(self._timer.start)
        self._tasks.spawn(self._show_month(page), name="spending")
        return page

    def _settings(self) -> Settings:
        """The settings with what is chosen beside the question."""
        return self._window.work.question.choices().applied_to(self._bench.settings)

    def _take(self, settings: Settings) -> None:
        self.settings_chosen.emit(settings)
        self._offer()

    async def _show_month(self, page: PricesPage) -> None:
        from rlm_desktop.ui.models.cost import month_line, month_start

        sessions = self._bench.sessions
        if sessions.history is None:
            return
        spent = await sessions.do(lambda history: history.spending(month_start(datetime.now(UTC))))
        if shiboken6.isValid(page):
            page.show_month(month_line(spent))

    def toggle_costs(self) -> None:
        """Show what the run that is shown costs by depth and by model, or close that."""
        from rlm_desktop.ui.models.cost_panel import CostPanel

        if self._costs is None:
            self._costs = CostPanel(self._window, self._window.status.costs, lambda: self._bench.state)
        self._costs.toggle()

    # -- the budget -------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Another run shows, or the one that shows has begun or ended."""
        live = self._bench.runs.find(self._bench.run_id)
        if live is self._live:
            return
        if self._live is not None:
            self._live.feed.changed.disconnect(self._watch_budget)
        self._live, self._notes_seen = live, 0
        if live is not None:
            live.feed.changed.connect(self._watch_budget)
            self._watch_budget()

    def _watch_budget(self) -> None:
        """Say it in the message bar, too, when the budget is nearly spent."""
        from rlm_desktop.engine.requests import BUDGET_WORDS

        notes = self._live.state.notes if self._live is not None else []
        for _, note in notes[self._notes_seen :]:
            if BUDGET_WORDS in note.text:
                self._window.messages.show_message(note.text, "warning", seconds=30)
        self._notes_seen = len(notes)

    # -- the first model --------------------------------------------------------------------------------------

    def connect_panel(self) -> ConnectPanel:
        """A panel to connect a first model with, for the page that shows while nothing is open."""
        from rlm_desktop.ui.models.connect import ConnectPanel

        panel = ConnectPanel(self.book, self._tasks)
        panel.connected.connect(self.use_model)
        panel.more_requested.connect(lambda: self.page_requested.emit("providers"))
        return panel

    def use_model(self, name: str) -> None:
        """Ask this model from now on, at every depth."""
        lasting = self._window.work.question.lasting_choices().applied_to(self._bench.settings)
        self._take(lasting.with_values(root_model=name, sub_model="", models_by_depth=""))
        text = self.tr("{model} answers from now on.").format(model=name)
        self._window.messages.show_message(text, "info", seconds=8)
