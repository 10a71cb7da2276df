"""Pause, step mode and a look at variables, for the run that the window shows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from rlm_desktop.engine.control import CellDecision
from rlm_desktop.engine.events import CellProposed
from rlm_desktop.engine.tree import IterationNode, Node
from rlm_desktop.errors import RLMError
from rlm_desktop.ui.figures import one_line
from rlm_desktop.ui.loop import Tasks

if TYPE_CHECKING:
    from rlm_desktop.ui.inspector.step_mode import ProposalPane
    from rlm_desktop.ui.main_window import MainWindow
    from rlm_desktop.ui.run_controller import LiveRun
    from rlm_desktop.ui.workbench import Workbench

log = logging.getLogger(__name__)
MOST_SHOWN = 65_536
"""Characters of a variable's value that are fetched; the worker cuts the rest."""


class RunControls(QObject):
    """Joins the buttons, the actions and the inspector with the run that is going on.

    The selection goes to the next cell that waits only while the person stays where it was put: nobody is torn away
    from a row that they chose, and neither a filter nor the focus on a row is taken off.
    """

    def __init__(self, bench: Workbench, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(bench)
        self._bench = bench
        self._window = window
        self._tasks = tasks
        self._live: LiveRun | None = None
        self._put_at: Node | None = None
        self._tree = window.work.tree
        self._inspector = window.work.inspector
        window.status.pause_requested.connect(self.toggle_pause)
        window.status.waiting_requested.connect(self.go_to_waiting)
        self._inspector.cell_decided.connect(self._decide)
        self._inspector.variable_requested.connect(self._fetch)
        self._tree.message.connect(window.messages.show_message)
        bench.runs.cell_waits.connect(self._call_person)
        bench.standing_changed.connect(self._follow)
        self._follow()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Of its actions."""
        return {
            "pause": self.toggle_pause,
            "step_mode": self.toggle_stepping,
            "go_waiting": self.go_to_waiting,
            "run_cell": lambda: self._decide_shown(lambda pane: pane.run_cell()),
            "skip_cell": lambda: self._decide_shown(lambda pane: pane.skip_cell()),
        }

    def _follow(self) -> None:
        """Another run shows, or the one that shows has begun or ended."""
        live = self._bench.runs.find(self._bench.run_id)
        if live is not self._live:
            if self._live is not None:
                self._live.desk.changed.disconnect(self._show)
                self._live.feed.changed.disconnect(self._go_on)
            self._live, self._put_at = live, None
            if live is not None:
                live.desk.changed.connect(self._show)
                live.feed.changed.connect(self._go_on)
        self._inspector.set_live(live is not None)
        self._show()

    def _show(self) -> None:
        """Bring what can be done up to date."""
        live, actions = self._live, self._window.actions_by_name
        waiting = len(live.desk.waiting) if live is not None else 0
        actions["pause"].setEnabled(live is not None)
        actions["step_mode"].setChecked(self.is_stepping)
        for name in ("go_waiting", "run_cell", "skip_cell"):
            actions[name].setEnabled(waiting > 0)
        self._window.status.show_waiting(waiting)
        self._inspector.set_waiting(waiting)

    def _call_person(self, live: LiveRun) -> None:
        """A cell waits, and the person may be in another window or look at another run."""
        QApplication.alert(self._window)  # as when a run ends
        if live is self._live or live.state.started is None:
            return
        text = self.tr("A cell of “{question}” waits for you.")
        message = self._window.messages.show_message(
            text.format(question=one_line(live.state.started.question, 80)),
            "info",
            button=self.tr("Show"),
            act=lambda: self._bench.open_run(live.session_id, live.run_id),
        )
        live.desk.changed.connect(lambda: live.desk.waiting or message.dismiss())

    # -- pause ----------------------------------------------------------------------------------------------

    def toggle_pause(self) -> None:
        """Hold the run at the next iterations, or let it go on."""
        if self._live is not None:
            self._live.toggle_pause()

    # -- step mode ------------------------------------------------------------------------------------------

    @property
    def is_stepping(self) -> bool:
        """Whether the run that shows asks before each cell; without one, whether the next will."""
        return self._live.is_stepping if self._live is not None else self._bench.runs.step_mode

    def toggle_stepping(self) -> None:
        """Ask before each cell from now on, or run those that wait and ask no more."""
        is_stepping = not self.is_stepping
        self._bench.runs.step_mode = is_stepping
        if self._live is not None:
            self._live.set_stepping(is_stepping)
        self._show()

    def _first_waiting(self) -> IterationNode | None:
        """The iteration of the cell that has waited longest, once the window's state knows it."""
        live = self._live
        for proposal in live.desk.waiting if live is not None else ():
            call = live.state.calls.get(proposal.call) if live is not None else None
            if call is not None and len(call.iterations) >= proposal.iteration:
                node = call.iterations[proposal.iteration - 1]
                if node.proposed is not None:
                    return node
        return None

    def go_to_waiting(self) -> None:
        """Select the row whose cell has waited longest, with its code in front."""
        self._go_to_waiting(is_asked_for=True)

    def _go_to_waiting(self, *, is_asked_for: bool) -> None:
        node = self._first_waiting()
        if node is None:
            return
        self._tree.select_node(node, is_asked_for=is_asked_for)
        if self._tree.selected_node() is node:
            self._put_at = node
            self._inspector.show_proposal()

    def _go_on(self) -> None:
        """The run moved: where the person follows the steps, go to the next cell that waits."""
        selected = self._tree.selected_node()
        if selected is not None and selected is not self._put_at:
            return
        if isinstance(selected, IterationNode) and selected.proposed is not None and selected.is_running:
            return
        self._go_to_waiting(is_asked_for=False)

    def _decide(self, proposal: CellProposed, decision: CellDecision) -> None:
        if self._live is not None and self._live.desk.decide(proposal, decision):
            self._put_at = self._tree.selected_node()

    def _decide_shown(self, decide: Callable[[ProposalPane], bool]) -> None:
        """Decide about the cell that the inspector shows; show the first one where it shows none."""
        if not decide(self._inspector.cells.proposal):
            self.go_to_waiting()

    # -- variables ------------------------------------------------------------------------------------------

    def _fetch(self, call: int, name: str) -> None:
        """Somebody wants to see a value."""
        if self._live is None:
            self._inspector.variables.show_gone(call, name)
        else:
            self._tasks.spawn(self._fetch_from(self._live, call, name), name="look at a variable")

    async def _fetch_from(self, live: LiveRun, call: int, name: str) -> None:
        try:
            value = await live.variable(call, name, MOST_SHOWN)
        except RLMError as error:
            log.info("the variable %s cannot be fetched: %s", name, error)
            value = None
        if value is None:
            self._inspector.variables.show_gone(call, name)
        else:
            self._inspector.variables.show_value(call, name, value, is_cut=len(value) >= MOST_SHOWN)
