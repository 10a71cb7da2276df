"""Runs that are going on: each joins the engine, the history and the feed that the widgets read.

The engine is imported when the first run starts, in a thread: it brings the OpenAI SDK along, which takes longer
than the whole window.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from rlm_desktop.engine.events import RunStarted
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.trace import Sink
from rlm_desktop.errors import RLMError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.controls.desk import StepDesk
from rlm_desktop.ui.feed import RunFeed
from rlm_desktop.ui.loop import Tasks

if TYPE_CHECKING:
    from rlm_desktop.documents import Document
    from rlm_desktop.engine.providers import ModelChoice, Providers
    from rlm_desktop.engine.record import Past
    from rlm_desktop.engine.rlm import RLM
    from rlm_desktop.engine.run import Run, RunResult
    from rlm_desktop.repl.spec import Isolation

log = logging.getLogger(__name__)

ENGINE_MODULES = (
    "rlm_desktop.documents",
    "rlm_desktop.engine.rlm",
    "rlm_desktop.engine.offline.transport",
    "openai.resources.chat.completions",
    "httpcore2",
)
"""What the engine imports at its first request; on the event loop that would be a stall of a second."""


def settings_of(started: RunStarted, settings: Settings) -> Settings:
    """`settings` with what a run was asked with, as far as one chooses it beside the question."""
    of = {"max_depth": int, "max_iterations": int, "budget_usd": float}
    values: dict[str, Any] = {"root_model": started.root_model, "budget_usd": None}
    values["sub_model"] = started.sub_model if started.sub_model != started.root_model else ""
    for name, kind in of.items():
        value = started.settings.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            values[name] = kind(value)
    return settings.with_values(**values)


class LiveRun:
    """A run that is going on, with the feed that its widgets read.

    Attributes:
        feed: Gets every event of the run.
        desk: Where its cells wait in step mode.
        result: None until it has ended.
    """

    def __init__(self, run: Run, feed: RunFeed, rlm: RLM, desk: StepDesk) -> None:
        self.run_id = run.run_id
        self.session_id = run.session_id
        self.feed = feed
        self.desk = desk
        self.result: RunResult | None = None
        self.rlm = rlm
        self._run = run

    @property
    def state(self) -> RunState:
        """The run so far, as the widgets see it."""
        return self.feed.state

    def stop(self, by: str = "user") -> None:
        """Stop it; what it has found is kept."""
        self._run.stop(by)

    def stop_call(self, number: int) -> None:
        """Stop one call with all below it; the run goes on."""
        self._run.stop_call(number)

    def toggle_pause(self) -> None:
        """Hold it at its next iterations, or let it go on."""
        (self._run.unpause if self._run.gate.is_closed else self._run.pause)()

    @property
    def is_stepping(self) -> bool:
        """Whether it asks before each cell."""
        return self._run.approve is not None

    def set_stepping(self, is_stepping: bool) -> None:
        """Ask before each cell from now on; or ask no more, and run what waits."""
        self._run.approve = self.desk.approve if is_stepping else None
        if not is_stepping:
            self.desk.let_all_go()

    async def variable(self, call: int, name: str, limit: int) -> str | None:
        """A variable of an rlm call as it is now; None when it is not there."""
        return await self._run.variable(call, name, limit)

    async def wait(self) -> RunResult:
        """Its result, once all its events are in the feed's state."""
        self.result = await self._run.wait()
        self.feed.drain()
        return self.result


class RunController(QObject):
    """Starts runs, keeps those that are going on, and stops them.

    Attributes:
        step_mode: Whether the next run asks before each cell.
        providers: Gives the model providers; None: those of the settings file and the environment.
        offered: Gives all models that can be chosen; None: those that the environment names.
        choose_mode: Asked how to run cells that cannot be confined here; None: they are refused.

    Signals:
        run_ended: A `LiveRun` has ended, however it did.
        cell_waits: A cell of a `LiveRun` waits for the person from now on.
        isolation_found: The `Isolation` of the runs to come.
    """

    run_ended = Signal(object)
    cell_waits = Signal(object)
    isolation_found = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._live: dict[str, LiveRun] = {}
        self._rlm: RLM | None = None
        self.step_mode = False
        self.providers: Callable[[], Awaitable[Providers]] | None = None
        self.offered: Callable[[], list[ModelChoice]] | None = None
        self.choose_mode: Callable[[Isolation], Awaitable[str]] | None = None

    @property
    def live(self) -> Sequence[LiveRun]:
        """The runs that are going on."""
        return list(self._live.values())

    def find(self, run_id: str) -> LiveRun | None:
        """The run, if it is going on."""
        return self._live.get(run_id)

    def going_on(self) -> set[str]:
        """The ids of the runs that are going on, and of their sessions."""
        return {item_id for live in self._live.values() for item_id in (live.run_id, live.session_id)}

    def of_session(self, session_id: str) -> LiveRun | None:
        """The run of that session that is going on."""
        return next((live for live in self._live.values() if live.session_id == session_id), None)

    async def load_engine(self) -> None:
        """Import what the first run would import, ahead of it and without holding up the window."""
        for name in ENGINE_MODULES:
            await asyncio.to_thread(importlib.import_module, name)

    async def warm_up(self, settings: Settings) -> None:
        """What the first question would wait for: the engine, and a template of the REPL workers."""
        await self.load_engine()

        try:
            self._rlm = await self._make_rlm(settings)
            self.isolation_found.emit(await self._rlm.prepare())
        except RLMError as error:
            log.info("not ready to ask yet: %s", error)  # a question says it in the window

    async def _make_rlm(self, settings: Settings, **options: Any) -> RLM:
        """An RLM with the providers that are known now; reading them may ask the system's key store."""
        from rlm_desktop.engine.rlm import RLM

        if self.providers is not None:
            options["providers"] = await self.providers()
        return await asyncio.to_thread(RLM.from_settings, settings, **options)

    async def _runnable_rlm(self, settings: Settings, options: dict[str, Any]) -> RLM:
        """An RLM whose cells can run here: where they cannot be confined, as the person decides.

        Raises:
            UserError: The person decided not to run it.
        """
        rlm = await self._make_rlm(settings, **options)
        is_kept = False
        try:
            isolation = await rlm.find_isolation()
            self.isolation_found.emit(isolation)
            is_kept = isolation.tier != "C" or self.choose_mode is None
            if is_kept or self.choose_mode is None:
                return rlm
            options["repl_mode"] = await self.choose_mode(isolation)
            return await self._make_rlm(settings, **options)
        finally:
            if not is_kept:
                await rlm.aclose()

    async def models(self) -> list[ModelChoice]:
        """The models that can be chosen."""
        if self.offered is not None:
            return self.offered()
        providers = await asyncio.to_thread(importlib.import_module, "rlm_desktop.engine.providers")
        return await asyncio.to_thread(providers.available_models)

    async def start(
        self,
        question: str,
        *,
        documents: Sequence[Document],
        settings: Settings,
        session_id: str,
        turns: Sequence[Mapping[str, Any]] = (),
        sinks: Sequence[Sink] = (),
        past: Past | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> LiveRun:
        """Ask `question` over the documents.

        Args:
            question: What to ask.
            documents: The context.
            settings: Models and limits.
            session_id: The session that the run belongs to; empty for a new one.
            turns: Earlier questions of the session with their answers.
            sinks: Get every event too.
            past: What to take over from another run's record.
            changes: Arguments of `RLM` that no setting stands for.

        Raises:
            UserError: The run cannot be started as it was asked for.
        """
        await self.load_engine()

        # All RLM objects of a loop share connections and REPL workers as long as one of them is open: one for each
        # question costs nothing, and the last one stays open.
        rlm = await self._runnable_rlm(settings, dict(changes or {}))
        feed = RunFeed(self)
        feed.start()
        desk = StepDesk(feed)
        try:
            run = await rlm.start(
                question,
                documents=documents,
                session=session_id or None,
                history=turns,
                past=past,
                approve=desk.approve if self.step_mode else None,
                sinks=[feed.take, *sinks],
            )
        except BaseException:
            feed.deleteLater()
            await rlm.aclose()
            raise
        live = LiveRun(run, feed, rlm, desk)
        self._live[live.run_id] = live
        desk.came.connect(partial(self.cell_waits.emit, live))
        last, self._rlm = self._rlm, rlm
        if last is not None:
            await self._close_unless_used(last)
        self._tasks.spawn(self._watch(live), name=f"watch {live.run_id[:8]}")
        log.info("run %s started in session %s", live.run_id, live.session_id)
        await asyncio.sleep(0)  # its first step: from then on the window's title and the list of sessions know it
        feed.drain()
        return live

    async def _close_unless_used(self, rlm: RLM) -> None:
        if rlm is not self._rlm and all(live.rlm is not rlm for live in self._live.values()):
            await rlm.aclose()

    async def _watch(self, live: LiveRun) -> None:
        try:
            result = await live.wait()
            log.info("run %s ended: %s", live.run_id, result.end_state)
        finally:
            del self._live[live.run_id]
            self.run_ended.emit(live)
        await self._close_unless_used(live.rlm)

    async def aclose(self) -> None:
        """Stop every run as cancelled by the shutdown, wait for their ends, and close the engine."""
        live = self.live
        for run in live:
            run.stop("shutdown")
        await asyncio.gather(*(run.wait() for run in live), return_exceptions=True)
        if self._rlm is not None:
            await self._rlm.aclose()
            self._rlm = None
