"""Step mode: the cells that wait for the person, in the order in which they came."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from rlm_desktop.engine.control import CellDecision, CellProposal
from rlm_desktop.engine.events import CellProposed

Place: TypeAlias = tuple[int, int, int]


class StepDesk(QObject):
    """Between a run in step mode and the person: `approve` is the engine's door, `decide` the window's.

    Several calls may wait at once; each is decided on its own. A call that is stopped while it waits takes its cell
    away again.

    Signals:
        came: A cell came to wait.
        changed: One came, or waits no more.
    """

    came = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Place, tuple[CellProposal, asyncio.Future[CellDecision]]] = {}

    @property
    def waiting(self) -> list[CellProposal]:
        """The cells that wait, the one that came first in front."""
        return [proposal for proposal, future in self._waiting.values() if not future.done()]

    async def approve(self, proposal: CellProposal) -> CellDecision:
        """What the person decides about a cell (an `Approve`)."""
        place = (proposal.call, proposal.iteration, proposal.cell)
        decided: asyncio.Future[CellDecision] = asyncio.get_running_loop().create_future()
        self._waiting[place] = proposal, decided
        self.came.emit()
        self.changed.emit()
        try:
            return await decided
        finally:
            del self._waiting[place]
            self.changed.emit()

    def decide(self, proposal: CellProposal | CellProposed, decision: CellDecision) -> bool:
        """Take the person's decision; False when that cell does not wait (any more)."""
        _, decided = self._waiting.get((proposal.call, proposal.iteration, proposal.cell), (None, None))
        if decided is None or decided.done():
            return False
        decided.set_result(decision)
        self.changed.emit()
        return True

    def let_all_go(self) -> None:
        """Run every cell that waits as it is."""
        for proposal in self.waiting:
            self.decide(proposal, CellDecision())
