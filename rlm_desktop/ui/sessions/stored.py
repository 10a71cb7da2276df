"""The sessions of the history as the window lists them: read and changed in threads, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Signal

from rlm_desktop.errors import UserError
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.messages import MessageBar
from rlm_desktop.ui.sessions.panel import HistoryPanel

if TYPE_CHECKING:
    from rlm_desktop.history import History

T = TypeVar("T")
Kind: TypeAlias = Literal["session", "run"]


class StoredSessions(QObject):
    """Joins the history with the panel that lists it.

    Attributes:
        history: None until it has been opened, and where it cannot be.

    Signals:
        deleted: The id of a session or a run that is gone.
    """

    deleted = Signal(str)

    def __init__(
        self, panel: HistoryPanel, messages: MessageBar, tasks: Tasks, *, is_going_on: Callable[[str], bool]
    ) -> None:
        """`is_going_on` tells whether a run of this id, or of the session of this id, has not ended."""
        super().__init__(panel)
        self.history: History | None = None
        self._panel = panel
        self._messages = messages
        self._tasks = tasks
        self._is_going_on = is_going_on
        panel.renamed.connect(self._rename)
        panel.session_deleted.connect(lambda item: self._delete("session", item))
        panel.run_deleted.connect(lambda item: self._delete("run", item))

    async def use(self, history: History) -> None:
        """List the sessions of `history` from now on."""
        self.history = history
        await self.refresh()

    async def refresh(self) -> None:
        """List what the history holds now."""
        if self.history is not None:
            self._panel.set_sessions(await self.do(lambda history: history.sessions()))

    async def do(self, work: Callable[[History], T]) -> T:
        """Do something with the history in a thread.

        Raises:
            UserError: It is not open, or it cannot be read or written.
        """
        if self.history is None:
            raise UserError("The history is not open. The log says why; restart the program when it is mended.")
        return await asyncio.to_thread(work, self.history)

    async def turns(self, session_id: str) -> list[dict[str, Any]]:
        """The earlier questions of a session that were answered, as the engine wants them."""
        if not session_id or self.history is None:
            return []
        return await self.do(lambda history: _answered(history, session_id))

    async def aclose(self) -> None:
        """Write the history to its end."""
        if self.history is not None:
            await asyncio.to_thread(self.history.close)

    def _rename(self, session_id: str, title: str) -> None:
        async def rename() -> None:
            await self.do(lambda history: history.rename_session(session_id, title))
            await self.refresh()

        self._tasks.spawn(rename(), name="rename session")

    def _delete(self, kind: Kind, item_id: str) -> None:
        """Delete a session or a run, and offer to bring it back."""
        if self._is_going_on(item_id):
            self._panel.unhide_item(item_id)
            text = "A run of it is going on. Stop it first (Esc), then delete it."
            self._messages.show_message(text, "warning", seconds=8)
            return
        self.deleted.emit(item_id)

        async def change(verb: Literal["delete", "restore"]) -> None:
            await self.do(lambda history: getattr(history, f"{verb}_{kind}")(item_id))
            await self.refresh()
            self._panel.unhide_item(item_id)

        self._tasks.spawn(change("delete"), name=f"delete {kind}")
        self._messages.offer_undo(
            f"The {kind} was deleted.", lambda: self._tasks.spawn(change("restore"), name=f"restore {kind}")
        )


def _answered(history: History, session_id: str) -> list[dict[str, Any]]:
    from rlm_desktop.engine.rlm import session_turn

    rows = [row for row in reversed(history.runs(session_id)) if row.answer]
    return [session_turn(history.state(row.id)) for row in rows]
