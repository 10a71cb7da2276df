"""Opens stored runs: read and folded in a thread, the beginning of a large one shown at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rlm_desktop.engine.events import ROOT, RUN
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, Node

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from rlm_desktop.engine.events import AnyEvent
    from rlm_desktop.history import History
    from rlm_desktop.ui.inspector.inspector import Inspector

FIRST_ROWS = 300
"""Rows that show before the rest is read; a run of fewer shows whole."""
_PAINT_SECONDS = 0.5
_BREATH_SECONDS = 0.001

ShowBeginning = Callable[[RunState], object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text of a run stands: its row, and the kind of text as the search names it.

    Attributes:
        iteration: 0 for an llm call or the run as a whole.
    """

    call: int
    iteration: int
    field: str

    def row(self, state: RunState) -> Node | None:
        """The row, as far as the run has it."""
        call: CallNode | None = state.calls.get(ROOT if self.call == RUN else self.call)
        if call is None or not 0 < self.iteration <= len(call.iterations):
            return call
        return call.iterations[self.iteration - 1]

    def page(self, inspector: Inspector) -> QWidget | None:
        """The page of the inspector that shows the text; None for whichever is open."""
        pages = {
            "question": inspector.prompt,
            "answer": inspector.answer,
            "prompt": inspector.prompt,
            "response": inspector.response,
            "code": inspector.cells,
            "output": inspector.cells,
        }
        return pages.get(self.field)


class RunReader:
    """Reads one run of the history for the window."""

    def __init__(self, run_id: str, show_beginning: ShowBeginning) -> None:
        """`show_beginning` gets the first rows of a large run, on the loop, while the rest is being read."""
        self._run_id = run_id
        self._show_beginning = show_beginning
        self._loop = asyncio.get_running_loop()
        self._is_shown = threading.Event()
        self._is_cancelled = False

    async def read(self, do: Callable[[Callable[[History], RunState]], Awaitable[RunState]]) -> RunState:
        """The run; `do` does something with the history in a thread.

        Raises:
            UserError: It is not there, or the history cannot be read.
        """
        try:
            return await do(self._fold)
        finally:
            self._is_cancelled = True
            self._is_shown.set()

    def _fold(self, history: History) -> RunState:
        row = history.run(self._run_id)
        state = RunState()
        beginning: list[AnyEvent] | None = []
        for events in history.onto_tape(self._run_id, history.tape()):
            if self._is_cancelled:
                break
            for event in events:
                state.apply(event)
            if beginning is not None:
                beginning += events
                if len(state.nodes) >= FIRST_ROWS and state.seq < row.events:
                    self._hand_over(beginning)
                    beginning = None
            # The interpreter lets one thread run at a time: without a breath the window would wait for its turn.
            time.sleep(_BREATH_SECONDS)
        if not row.is_running:
            state.close_interrupted()
        return state

    def _hand_over(self, events: list[AnyEvent]) -> None:
        """Show the beginning, and wait until it has been painted: the window has precedence."""
        state = RunState()
        for event in events:
            state.apply(event)
        self._loop.call_soon_threadsafe(self._show, state)
        self._is_shown.wait(_PAINT_SECONDS)

    def _show(self, state: RunState) -> None:
        if not self._is_cancelled:
            self._show_beginning(state)
            self._loop.call_later(0.05, self._is_shown.set)
