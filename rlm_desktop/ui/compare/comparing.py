"""Compares the run that is shown, or those that are selected in the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMenu

from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.sessions.opening import Place

if TYPE_CHECKING:
    from rlm_desktop.history import History
    from rlm_desktop.history.rows import RunRow
    from rlm_desktop.ui.compare.pairs_model import Compared
    from rlm_desktop.ui.main_window import MainWindow
    from rlm_desktop.ui.sessions.history_browser import HistoryBrowser
    from rlm_desktop.ui.workbench import Workbench

MOST_RUNS = 500
"""Runs that are offered, the latest first."""


class Comparing(QObject):
    """Opens the window that compares two runs."""

    def __init__(self, bench: Workbench, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(bench)
        self._bench = bench
        self._window = window
        self._tasks = tasks
        self._history: HistoryBrowser | None = None
        bench.standing_changed.connect(self._follow)
        window.page_changed.connect(lambda _page: self._follow())
        self._follow()

    def follow_history(self, history: HistoryBrowser) -> None:
        """Compare what is selected in the history, too."""
        self._history = history
        history.chosen_changed.connect(self._follow)
        history.menu_opening.connect(self.extend_menu)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Of its action."""
        return {"compare": self.choose}

    def _follow(self) -> None:
        is_stored = bool(self._bench.run_id) and self._bench.sessions.history is not None
        is_here = self._window.page is None
        self._window.actions_by_name["compare"].setEnabled(is_stored if is_here else bool(self._chosen()))

    def _chosen(self) -> list[RunRow]:
        """The one or two runs that are selected in the history while it shows, the older one first."""
        rows = self._history.chosen(2) if self._history is not None else []
        return sorted(rows, key=lambda row: row.started_at)

    def extend_menu(self, menu: QMenu, rows: Sequence[RunRow]) -> None:
        """Put *Compare* into the menu of a list of runs in which two are selected."""
        if len(rows) == 2:
            one, other = sorted(rows, key=lambda row: row.started_at)
            menu.addAction(self.tr("Compare"), lambda: self.compare(one.id, other.id))

    def choose(self) -> None:
        """Compare two runs that are selected; of one, ask with which other it shall be compared."""
        chosen = self._chosen()
        if len(chosen) == 2:
            self.compare(chosen[0].id, chosen[1].id)
        elif chosen:
            self._ask_for_other(chosen[0].id, chosen[0].question)
        elif self._bench.run_id and self._window.page is None:
            started = self._bench.state.started if self._bench.state is not None else None
            self._ask_for_other(self._bench.run_id, started.question if started is not None else "")

    def _ask_for_other(self, run_id: str, question: str) -> None:
        self._tasks.spawn(self._choose(run_id, question), name="choose a run to compare")

    async def _choose(self, run_id: str, question: str) -> None:
        from rlm_desktop.ui.compare.chooser import RunChooser

        def read(history: History) -> tuple[list[RunRow], set[str]]:
            rows = [row for row in history.runs(limit=MOST_RUNS) if row.id != run_id]
            return rows, {row.id for row in history.family(run_id)}

        rows, family = await self._bench.sessions.do(read)
        # Most likely one wants a run of the same family, then another one of the same question.
        rows.sort(key=lambda row: (row.id not in family, row.question != question[:1000]))
        chooser = RunChooser(rows, self._window)
        chooser.run_chosen.connect(lambda other: self.compare(run_id, other))
        chooser.open()

    def compare(self, left: str, right: str) -> None:
        """Show two runs side by side."""
        self._tasks.spawn(self._compare(left, right), name="compare runs")

    async def _compare(self, left: str, right: str) -> None:
        from rlm_desktop.ui.compare.window import CompareWindow

        self._window.setCursor(Qt.CursorShape.BusyCursor)
        try:
            compared = await self._bench.sessions.do(lambda history: _read(history, left, right))
        finally:
            self._window.unsetCursor()
        window = CompareWindow(compared, self._tasks, self._window)
        window.row_requested.connect(lambda node, is_right: self._open(right if is_right else left, node))
        window.show()

    def _open(self, run_id: str, node: Node) -> None:
        self._tasks.spawn(self._show_row(run_id, node), name="open a compared row")

    async def _show_row(self, run_id: str, node: Node) -> None:
        row = await self._bench.sessions.do(lambda history: history.run(run_id))
        self._bench.open_run(row.session_id, run_id, _place(node))
        self._window.activateWindow()


def _read(history: History, left: str, right: str) -> Compared:
    from rlm_desktop.history.comparing import aligned
    from rlm_desktop.ui.compare.pairs_model import Compared

    one, two = history.state(left), history.state(right)
    return Compared(one, two, aligned(one, two))


def _place(node: Node) -> Place | None:
    """Where a row stands; a batch is found by the iteration that made it."""
    if isinstance(node, BatchNode):
        node = node.parent or node
    if isinstance(node, IterationNode):
        return Place(node.call.number, node.number, "code")
    return Place(node.number, 0, "response") if isinstance(node, CallNode) else None
