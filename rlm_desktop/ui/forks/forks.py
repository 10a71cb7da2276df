"""Resume and fork, for the run that the window shows or that is selected in the history."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QPushButton

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import IterationNode, Node
from rlm_desktop.ui.forks.family import FamilyLine
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.window_style import set_property

if TYPE_CHECKING:
    from rlm_desktop.history import History
    from rlm_desktop.history.continuing import Continuation
    from rlm_desktop.history.rows import RunRow
    from rlm_desktop.ui.forks.dialog import ForkChoice
    from rlm_desktop.ui.main_window import MainWindow
    from rlm_desktop.ui.sessions.history_browser import HistoryBrowser
    from rlm_desktop.ui.workbench import Workbench

RESUMABLE = frozenset({EndState.INTERRUPTED, EndState.CANCELLED, EndState.FAILED})
"""End states after which going on as before makes sense."""
STOPPED_BY_LIMIT = frozenset(
    {
        EndState.BUDGET_EXCEEDED,
        EndState.TIMEOUT_EXCEEDED,
        EndState.TOKEN_LIMIT_EXCEEDED,
        EndState.CALL_LIMIT_EXCEEDED,
        EndState.OUT_OF_ITERATIONS,
    }
)
"""Those after which one goes on with other limits."""
_LAST = 0
"""The last iteration, whichever it is."""


class _Stored(NamedTuple):
    """A run that can be gone on from."""

    run_id: str
    session_id: str
    status: str


class Forks(QObject):
    """Offers to go on from the run that is shown, and shows its family in the run's header.

    While the history shows, the run that is selected there is meant, not the one out of sight.
    """

    def __init__(self, bench: Workbench, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(bench)
        self._bench = bench
        self._window = window
        self._tasks = tasks
        self._history: HistoryBrowser | None = None
        self._looking: asyncio.Task[None] | None = None
        self.button = QPushButton()
        self._tip = KeyTip(self.button, "", "resume")
        self.button.setObjectName("small")
        self.button.clicked.connect(self.go_on)
        self.family = FamilyLine()
        self.family.run_requested.connect(bench.open_run)
        window.work.header.add_button(self.button)
        window.work.header.add_line(self.family)
        window.work.tree.menu_opening.connect(self._extend_menu)
        bench.standing_changed.connect(self._follow)
        window.page_changed.connect(lambda _page: self._enable())
        self._follow()

    def follow_history(self, history: HistoryBrowser) -> None:
        """Go on from what is selected in the history, too."""
        self._history = history
        history.chosen_changed.connect(self._enable)
        history.menu_opening.connect(self._extend_history_menu)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Of its actions."""
        return {"resume": self.resume, "fork": self.fork_selected}

    # -- what is offered --------------------------------------------------------------------------------------

    @property
    def _state(self) -> RunState | None:
        """The run that is shown, if it can be gone on from."""
        bench = self._bench
        is_stored = bool(bench.run_id) and not bench.is_live and bench.sessions.history is not None
        return bench.state if is_stored else None

    @property
    def _chosen(self) -> _Stored | None:
        """The run that is selected alone in the history."""
        rows = self._history.chosen(1) if self._history is not None else []
        return _stored(rows[0]) if rows and self._bench.runs.find(rows[0].id) is None else None

    @property
    def _meant(self) -> _Stored | None:
        """The run that the actions are about."""
        if self._window.page is not None:
            return self._chosen
        state, bench = self._state, self._bench
        # Of a replay the window shows a moment, in which it was going on.
        status = state.status if state is not None and not bench.is_replaying else ""
        return _Stored(bench.run_id, bench.session_id, status) if state is not None else None

    def _follow(self) -> None:
        """Another run shows, or the one that shows has begun or ended."""
        state = self._state
        self._show_button(state.status if state is not None and not self._bench.is_replaying else "")
        self._enable()
        self._look_for_family()

    def _enable(self) -> None:
        meant, actions = self._meant, self._window.actions_by_name
        actions["resume"].setEnabled(meant is not None and meant.status in RESUMABLE)
        actions["fork"].setEnabled(meant is not None)

    def _show_button(self, status: str) -> None:
        if status in RESUMABLE:
            text = self.tr("Resume")
            tip = self.tr("Go on where it was cut: what was finished is served from the record {keys}")
        else:
            text = self.tr("Go on…")
            tip = self.tr("Go on with other limits; what was finished is served from the record")
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self._tip.set_text(tip)
        set_property(self.button, "primary", status == EndState.INTERRUPTED)
        self.button.setVisible(status in RESUMABLE or status in STOPPED_BY_LIMIT)

    def _look_for_family(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self.family.show_family("", ())
        if self._bench.run_id and self._bench.sessions.history is not None:
            self._looking = self._tasks.spawn(self._find_family(self._bench.run_id), name="family of the run")

    async def _find_family(self, run_id: str) -> None:
        family = await self._bench.sessions.do(lambda history: history.family(run_id))
        if run_id == self._bench.run_id:
            self.family.show_family(run_id, family)

    def _extend_menu(self, menu: QMenu, node: Node) -> None:
        """Put *Fork here* into the menu of a row of the tree."""
        if isinstance(node, IterationNode) and node.call.parent is None and self._state is not None:
            menu.addSeparator()
            menu.addAction(self.tr("Fork here…"), lambda: self.fork(node.number))

    def _extend_history_menu(self, menu: QMenu, rows: Sequence[RunRow]) -> None:
        """Put *Resume* and *Fork…* into the menu of the history when one run is selected in it."""
        if len(rows) != 1 or self._bench.runs.find(rows[0].id) is not None:
            return
        run = _stored(rows[0])
        menu.addSeparator()
        if run.status in RESUMABLE:
            menu.addAction(self.tr("Resume"), lambda: self._resume(run))
        elif run.status in STOPPED_BY_LIMIT:
            menu.addAction(self.tr("Go on…"), lambda: self._fork_at(run, None))
        menu.addAction(self.tr("Fork…"), lambda: self._fork_at(run, _LAST))

    # -- resume -----------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Resume the run, or let the person choose other limits where a limit stopped it."""
        state = self._state
        if state is not None and state.status in STOPPED_BY_LIMIT:
            self.fork(None)
        else:
            self.resume()

    def resume(self) -> None:
        """Let the run go on where it was cut."""
        if (run := self._meant) is not None:
            self._resume(run)

    def _resume(self, run: _Stored) -> None:
        if not self._bench.may_start(run.session_id):
            return
        settings = self._bench.settings

        def make(history: History) -> Continuation:
            from rlm_desktop.history.continuing import resumed

            return resumed(history, run.run_id, settings)

        self._start(make)

    # -- fork -------------------------------------------------------------------------------------------------

    def fork_selected(self) -> None:
        """Fork at the iteration of the root call that is selected, or that the selected row belongs to."""
        is_elsewhere = self._window.page is not None
        node = self._window.work.tree.selected_node() if not is_elsewhere else None
        while node is not None and not (isinstance(node, IterationNode) and node.call.parent is None):
            node = node.parent
        self.fork(node.number if isinstance(node, IterationNode) else _LAST)

    def fork(self, iteration: int | None) -> None:
        """Ask what shall be different from this iteration on; None for where the run stopped."""
        if (run := self._meant) is not None:
            self._fork_at(run, iteration)

    def _fork_at(self, run: _Stored, iteration: int | None) -> None:
        if self._bench.may_start(run.session_id):
            self._tasks.spawn(self._ask(run, iteration), name="fork dialog")

    async def _ask(self, run: _Stored, iteration: int | None) -> None:
        from rlm_desktop.history.continuing import recorded_choices
        from rlm_desktop.ui.forks.dialog import ForkDialog

        # The whole run: while it is replayed the window shows a part of it only.
        state = await self._bench.sessions.do(lambda history: history.state(run.run_id))
        if state.started is None:
            return
        if iteration == _LAST:
            iteration = max(1, _iterations(state))
        settings, _ = recorded_choices(state.started, self._bench.settings)
        dialog = ForkDialog(
            settings,
            iteration=iteration,
            iterations=_iterations(state),
            code_of=lambda number: _code(state, number),
            models=await self._bench.runs.models(),
            end_state=state.status if iteration is None else "",
            parent=self._window,
        )
        dialog.fork_requested.connect(lambda choice: self._fork(run, choice))
        dialog.open()

    def _fork(self, run: _Stored, choice: ForkChoice) -> None:
        def make(history: History) -> Continuation:
            from rlm_desktop.history.continuing import forked, resumed

            if choice.iteration is None:
                return resumed(history, run.run_id, choice.settings)
            text = {"code": choice.code, "instruction": choice.instruction}
            return forked(history, run.run_id, choice.settings, choice.iteration, **text)

        if self._bench.may_start(run.session_id):
            self._start(make, choice)

    # -- starting ---------------------------------------------------------------------------------------------

    def _start(self, make: Callable[[History], Continuation], choice: ForkChoice | None = None) -> None:
        self.button.setEnabled(False)
        claim = self._bench.claim()
        claim.callback(self.button.setEnabled, True)
        self._tasks.spawn(self._go_on(claim, make, choice), name="go on from a run")

    async def _go_on(
        self, claim: ExitStack, make: Callable[[History], Continuation], choice: ForkChoice | None
    ) -> None:
        bench = self._bench
        here = bench.session_id, bench.run_id
        with claim:
            past = await bench.sessions.do(make)
            history = bench.sessions.history
            live = await bench.runs.start(
                past.question,
                documents=past.documents,
                settings=choice.settings if choice is not None else past.settings,
                session_id=past.session_id,
                turns=past.turns,
                sinks=[history.sink()] if history is not None else [],
                past=past.past,
                changes=_kept(past.options, choice),
            )
        if here == (bench.session_id, bench.run_id):  # else the person has gone elsewhere meanwhile
            bench.open_run(live.session_id, live.run_id)
        await bench.sessions.refresh()


def _kept(options: dict[str, Any], choice: ForkChoice | None) -> dict[str, Any]:
    """The recorded options that hold for the new run, too: models by depth give way to those of the dialog."""
    return {name: value for name, value in options.items() if choice is None or name != "models"}


def _stored(row: RunRow) -> _Stored:
    return _Stored(row.id, row.session_id, row.end_state)


def _iterations(state: RunState) -> int:
    return len(state.root.iterations) if state.root is not None else 0


def _code(state: RunState, number: int) -> str:
    """The code that an iteration of the root call ran."""
    if state.root is None or not 0 < number <= len(state.root.iterations):
        return ""
    return "\n\n".join(cell.code for cell in state.root.iterations[number - 1].cells)
