"""The sessions of the history as the window lists them: read and changed in threads, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Signal

from rlm_desktop.errors import HistoryError, UserError
from rlm_desktop.history.rows import RunFilter
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.messages import MessageBar
from rlm_desktop.ui.sessions.panel import HistoryPanel

if TYPE_CHECKING:
    from rlm_desktop.history import History, RunRow, SessionRow

T = TypeVar("T")
Kind: TypeAlias = Literal["session", "run"]
PAGE = 200
"""Sessions that are read at once."""


class StoredSessions(QObject):
    """Joins the history with the panel that lists it.

    Attributes:
        history: None until it has been opened, and where it cannot be.

    Signals:
        changed: Other runs are in the history, or they are called something else.
        deleted: The ids of sessions or runs that are gone.
        restored: The ids of those that are back.
    """

    changed = Signal()
    # Objects, not lists: of a list, Qt copies each id there and back, which takes 15 ms for 10,000.
    deleted = Signal(object)
    restored = Signal(object)

    def __init__(
        self, panel: HistoryPanel, messages: MessageBar, tasks: Tasks, *, going_on: Callable[[], Set[str]]
    ) -> None:
        """`going_on` gives the ids of the runs that have not ended, and of their sessions."""
        super().__init__(panel)
        self.history: History | None = None
        self._panel = panel
        self._messages = messages
        self._tasks = tasks
        self._going_on = going_on
        self._listed: list[SessionRow] = []
        self._chosen = RunFilter()
        self._has_all = False
        self._is_closing = False
        self._listing: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        panel.filter_changed.connect(self._filter)
        panel.more_wanted.connect(self._list_more)
        panel.filter_opened.connect(lambda: tasks.spawn(self._offer_facets(), name="models and tags"))
        panel.renamed.connect(self.rename)
        panel.tagged.connect(lambda kind, item, tags: self.tag(kind, {item: tags}))
        panel.pinned.connect(lambda kind, item, is_pinned: self.pin(kind, [item], is_pinned))
        panel.session_deleted.connect(lambda item: self._delete("session", item))
        panel.run_deleted.connect(lambda item: self._delete("run", item))

    async def use(self, history: History) -> None:
        """List the sessions of `history` from now on."""
        self.history = history
        await self.refresh()
        await self._offer_facets()

    async def _offer_facets(self) -> None:
        """Let the filter offer the models and tags that there are now."""
        if self.history is not None:
            self._panel.set_facets(await self.do(lambda history: history.facets()))

    # -- listing --------------------------------------------------------------------------------------------

    async def refresh(self) -> None:
        """List what the history holds now, as far as it was listed before."""
        if self.history is None:
            return
        chosen, limit = self._chosen, max(PAGE, len(self._listed))
        found = await self.do(lambda history: history.sessions(limit, chosen=chosen))
        if chosen == self._chosen:  # else those that are wanted now are on their way
            self._show(found, limit)
        self.changed.emit()

    def _show(self, sessions: list[SessionRow], limit: int) -> None:
        self._listed = sessions
        self._has_all = len(sessions) < limit
        self._panel.set_sessions(sessions, self._chosen)

    def _filter(self, chosen: RunFilter) -> None:
        self._chosen = chosen
        self._start_listing(self._list_first())

    async def _list_first(self) -> None:
        chosen = self._chosen
        self._show(await self.do(lambda history: history.sessions(PAGE, chosen=chosen)), PAGE)

    def _list_more(self) -> None:
        is_busy = self._listing is not None and not self._listing.done()
        if self._listed and not self._has_all and not is_busy:
            self._start_listing(self._list_next())

    async def _list_next(self) -> None:
        chosen, last = self._chosen, self._listed[-1]
        more = await self.do(lambda history: history.sessions(PAGE, last, chosen=chosen))
        self._has_all = len(more) < PAGE
        self._listed = [*self._listed, *more]
        self._panel.set_sessions(self._listed, chosen)

    def _start_listing(self, listing: Coroutine[Any, Any, None]) -> None:
        if self._listing is not None:
            self._listing.cancel()
        self._listing = self._tasks.spawn(listing, name="list sessions")

    async def do(self, work: Callable[[History], T]) -> T:
        """Do something with the history in a thread.

        Raises:
            UserError: It is not open, or it cannot be read or written.
        """
        if self.history is None:
            raise UserError("The history is not open. The log says why; restart the program when it is mended.")
        try:
            return await asyncio.to_thread(work, self.history)
        except HistoryError:
            if self._is_closing:
                raise asyncio.CancelledError from None  # the window is closing: nobody waits for it any more
            raise

    async def turns(self, session_id: str) -> list[dict[str, Any]]:
        """The earlier questions of a session that were answered, as the engine wants them."""
        if not session_id or self.history is None:
            return []
        from rlm_desktop.history.continuing import turns_of

        return await self.do(lambda history: turns_of(history, session_id))

    async def aclose(self) -> None:
        """Write the history to its end."""
        self._is_closing = True
        if self.history is not None:
            await asyncio.to_thread(self.history.close)

    # -- changing -------------------------------------------------------------------------------------------

    async def do_in_turn(self, work: Callable[[History], T]) -> T:
        """As `do`, one after the other in the order of the calls: an undo must not overtake what it takes back."""
        async with self._changing:
            return await self.do(work)

    def change(self, work: Callable[[History], object], name: str) -> None:
        """Change something in the history, and list it anew; `name` is for the log."""

        async def change() -> None:
            await self.do_in_turn(work)
            await self.refresh()

        self._tasks.spawn(change(), name=name)

    def rename(self, kind: Kind, item_id: str, name: str) -> None:
        """Give a session or a run a name; an empty one takes it away. A name that it had can be brought back."""

        def work(history: History) -> str:
            before = _item(history, kind, item_id).title
            getattr(history, f"rename_{kind}")(item_id, name)
            return before

        async def change() -> None:
            before = await self.do_in_turn(work)
            await self.refresh()
            if before and before != name:
                text = self.tr("“{name}” has another name now.").format(name=before)
                self._messages.offer_undo(text, lambda: self.rename(kind, item_id, before))

        self._tasks.spawn(change(), name=f"rename {kind}")

    def tag(self, kind: Kind, tags: Mapping[str, Sequence[str]]) -> None:
        """Replace the tags of sessions or runs, by their ids. Tags that are lost by that can be brought back."""

        def work(history: History) -> dict[str, tuple[str, ...]]:
            before = {item_id: _item(history, kind, item_id).tags for item_id in tags}
            for item_id, its_tags in tags.items():
                getattr(history, f"tag_{kind}")(item_id, its_tags)
            return before

        async def change() -> None:
            before = await self.do_in_turn(work)
            await self.refresh()
            if any(set(before[item_id]) - set(its_tags) for item_id, its_tags in tags.items()):
                self._messages.offer_undo(self.tr("Tags were taken away."), lambda: self.tag(kind, before))

        self._tasks.spawn(change(), name=f"tag {kind}")

    def pin(self, kind: Kind, ids: Sequence[str], is_pinned: bool) -> None:
        """Pin sessions or runs, or loosen them."""

        def work(history: History) -> None:
            for item_id in ids:
                getattr(history, f"pin_{kind}")(item_id, is_pinned)

        self.change(work, f"pin {kind}")

    def _delete(self, kind: Kind, item_id: str) -> None:
        """Delete a session or a run, and offer to bring it back."""
        if self._is_refused([item_id]):
            self._panel.unhide_items([item_id])
            return
        self.deleted.emit([item_id])
        text = self.tr("The session was deleted.") if kind == "session" else self.tr("The run was deleted.")
        self._take_away(kind, [item_id], text)

    def delete_runs(self, ids: Sequence[str]) -> None:
        """Delete runs, and offer to bring them back."""
        if not ids or self._is_refused(ids):
            return
        self.deleted.emit(list(ids))
        text = self.tr("{runs} deleted.").format(runs=counted(len(ids), "run"))
        self._take_away("run", ids, text)

    def _is_refused(self, ids: Sequence[str]) -> bool:
        """Whether something of it is going on; says so."""
        if self._going_on().isdisjoint(ids):
            return False
        text = self.tr("A run of it is going on. Stop it first, then delete it.")
        self._messages.show_message(text, "warning", seconds=8)
        return True

    def _take_away(self, kind: Kind, ids: Sequence[str], text: str) -> None:
        async def change(verb: Literal["delete", "restore"]) -> None:
            def work(history: History) -> None:
                if kind == "run":
                    (history.delete_runs if verb == "delete" else history.restore_runs)(ids)
                    return
                for item_id in ids:
                    getattr(history, f"{verb}_session")(item_id)

            try:
                await self.do_in_turn(work)
                if verb == "restore":
                    self.restored.emit(list(ids))
            finally:
                await self.refresh()
                self._panel.unhide_items(ids)

        self._tasks.spawn(change("delete"), name=f"delete {kind}")
        self._messages.offer_undo(text, lambda: self._tasks.spawn(change("restore"), name=f"restore {kind}"))


def _item(history: History, kind: Kind, item_id: str) -> SessionRow | RunRow:
    return history.session(item_id) if kind == "session" else history.run(item_id)
