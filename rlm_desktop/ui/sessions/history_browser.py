"""Joins the page of the history with the history: lists and searches in threads, what is stale is broken off."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from rlm_desktop.errors import UserError
from rlm_desktop.ui.copying import copy_words
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import MainWindow
from rlm_desktop.ui.sessions.history_page import Found, HistoryPage, Wanted
from rlm_desktop.ui.sessions.hit_list import RunHead
from rlm_desktop.ui.sessions.naming import ask_name, ask_tags
from rlm_desktop.ui.sessions.opening import Place
from rlm_desktop.ui.sessions.run_table import Column, as_text

if TYPE_CHECKING:
    from rlm_desktop.history import History, RunRow
    from rlm_desktop.history.rows import SearchHit, SearchStep
    from rlm_desktop.ui.sessions.transfers import Transfers
    from rlm_desktop.ui.workbench import Workbench

HITS = 50
PER_RUN = 5
"""Places of one run that are shown; the run itself has a filter for the rest."""
FIRST_ROWS = 100


class HistoryBrowser(QObject):
    """The page of the history in the window. It is made when it is first looked at.

    Signals:
        menu_opening: The menu of the list is about to open: the `QMenu`, to be added to, and the selected rows.
        chosen_changed: Other runs may be `chosen`.
    """

    menu_opening = Signal(object, object)
    chosen_changed = Signal()

    def __init__(self, window: MainWindow, workbench: Workbench, transfers: Transfers, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self._sessions = workbench.sessions
        self._transfers = transfers
        self._tasks = tasks
        self._page: HistoryPage | None = None
        self._asking: asyncio.Task[None] | None = None
        self._stale = threading.Event()
        self._wanted: Wanted | None = None
        self._has_all = True
        self._wants_more = False  # the end of what was found was reached while the search went on
        workbench.sessions.changed.connect(self._refresh)
        workbench.sessions.deleted.connect(self._drop)
        workbench.sessions.restored.connect(self._bring_back)
        transfers.open_requested.connect(workbench.open_run)
        window.history.export_requested.connect(transfers.export)
        window.files_dropped.connect(lambda paths: tasks.spawn(self._take_dropped(paths), name="dropped files"))

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {
            "history": self.toggle,
            "export_runs": self.export,
            "import_runs": self._transfers.choose_file,
            "replay": self._replay_current,
            "rename_session": self._rename_current,
            "tag_session": self._tag_current,
            "pin_session": self._pin_current,
        }

    async def _take_dropped(self, paths: Sequence[str]) -> None:
        """Archives and logs are imported, other files become documents."""
        if documents := await self._transfers.sort_out(paths):
            self._workbench.add_files(documents)

    # -- the page -------------------------------------------------------------------------------------------

    @property
    def page(self) -> HistoryPage:
        """The page, made on first need."""
        if self._page is None:
            self._page = page = HistoryPage()
            page.wanted.connect(self._ask)
            page.broken_off.connect(self._break_off)
            page.rows_wanted.connect(lambda ids: self._tasks.spawn(self._fetch(ids), name="rows of the history"))
            page.more_wanted.connect(self._ask_more)
            page.run_opened.connect(lambda row: self._workbench.open_run(row.session_id, row.id))
            page.hit_opened.connect(self._open_hit)
            page.menu_requested.connect(self._show_menu)
            page.delete_requested.connect(self._delete)
            page.copy_requested.connect(self._copy)
            page.export_requested.connect(self.export)
            page.chosen_changed.connect(self.chosen_changed)
            page.left.connect(self.leave)
        return self._page

    @property
    def is_shown(self) -> bool:
        """Whether the window shows the page."""
        return self._page is not None and self._window.page is self._page

    def chosen(self, most: int) -> list[RunRow]:
        """The runs that are selected while the page shows; none when there are more."""
        return self.page.few_runs(most) if self.is_shown else []

    def toggle(self) -> None:
        """Show the history, or go back to the work."""
        if self.is_shown:
            self.leave()
            return
        self._window.show_page(self.page)
        self.page.field.setFocus()
        self.page.field.selectAll()
        self.page.ask_now()

    def leave(self) -> None:
        """Go back to the work."""
        self._break_off()
        self._window.show_page(None)
        if self._window.is_working and self._workbench.state is None:
            self._window.work.question.edit.setFocus()  # there are no calls to go to

    # -- listing and searching ------------------------------------------------------------------------------

    def _break_off(self) -> None:
        """Nobody waits any more for what is being looked for."""
        self._stale.set()
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _ask(self, wanted: Wanted) -> None:
        self._break_off()
        self._stale = threading.Event()
        keeps_place = wanted == self._wanted
        self._wanted = wanted
        self._asking = self._tasks.spawn(self._show(wanted, keeps_place=keeps_place), name="look into the history")

    def _refresh(self) -> None:
        """Something changed in the history: show it, unless nobody looks. Places found stay where they are."""
        if not self.is_shown:
            return
        if self.page.text.strip() and self.page.hits.lines:
            self._tasks.spawn(self._drop_deleted(), name="places found in deleted runs")
        else:
            self.page.ask_now()

    async def _drop_deleted(self) -> None:
        """A search that went on while runs were deleted may have found them."""
        ids = [line.row.id for line in self.page.hits.lines if isinstance(line, RunHead)]
        # In turn: no undo brings a run back between the look and what is made of it.
        rows = await self._sessions.do_in_turn(lambda history: history.rows(ids))
        self._drop([run_id for run_id in ids if run_id not in rows])
        if self.is_shown and not self.page.hits.lines:
            self.page.ask_now()

    def _drop(self, item_ids: Sequence[str]) -> None:
        """Runs or sessions are gone: nothing in them can be opened any more."""
        if self._page is not None:
            self._page.drop_hits(item_ids, is_all=self._has_all)

    def _bring_back(self, item_ids: Sequence[str]) -> None:
        """Runs or sessions are back, and so are the places in them."""
        if self._page is None or not self._page.text.strip():
            return
        if not self._page.restore_hits(item_ids, is_all=self._has_all) and self.is_shown:
            self._page.ask_now()

    async def _show(self, wanted: Wanted, *, keeps_place: bool) -> None:
        try:
            if wanted.text:
                await self._show_hits(wanted, self._stale.is_set)
            else:
                await self._show_runs(wanted, keeps_place=keeps_place)
        except UserError as error:
            self.page.show_fault(str(error))

    async def _show_runs(self, wanted: Wanted, *, keeps_place: bool) -> None:
        def read(history: History) -> tuple[list[str], dict[str, RunRow]]:
            ids = history.find_runs(wanted.chosen, order=wanted.order, descending=wanted.is_descending)
            return ids, history.rows(ids[:FIRST_ROWS])

        ids, rows = await self._sessions.do(read)
        self.page.show_runs(ids, rows, keeps_place=keeps_place)
        self.page.show_facets(await self._sessions.do(lambda history: history.facets()))

    async def _show_hits(
        self, wanted: Wanted, is_stale: Callable[[], bool], before: SearchHit | None = None
    ) -> None:
        """Show places as they are found: in the place of others, or below those up to `before`."""
        self._has_all = self._wants_more = False
        steps = await self._sessions.do(lambda history: _search(history, wanted, is_stale, before))
        is_new, is_over = before is None, False
        while not is_over and (found := await self._sessions.do(lambda history: _next(history, steps))) is not None:
            self._has_all, is_over = found.step.has_all, found.step.is_over
            self.page.show_found(found, is_new=is_new)
            is_new = is_new and not found.step.hits
        if self._wants_more and is_over and not self._has_all:
            await self._show_hits(wanted, is_stale, self.page.hits.last_hit)

    def _ask_more(self) -> None:
        last, wanted = self.page.hits.last_hit, self._wanted
        self._wants_more = self._asking is not None and not self._asking.done()
        if not self._has_all and last is not None and wanted is not None and wanted.text and not self._wants_more:
            more = self._show_hits(wanted, self._stale.is_set, last)
            self._asking = self._tasks.spawn(more, name="more of the history")

    async def _fetch(self, ids: Sequence[str]) -> None:
        self.page.update_rows(await self._sessions.do(lambda history: history.rows(ids)))

    # -- what can be done with runs -------------------------------------------------------------------------

    def _open_hit(self, hit: SearchHit) -> None:
        self._workbench.open_run(hit.session_id, hit.run_id, Place(hit.call, hit.iteration, hit.field))

    def export(self) -> None:
        """Write the selected runs to files, or the run that the window shows."""
        if self.is_shown:
            self._transfers.export(self.page.selected_ids())
        elif self._workbench.run_id:
            self._transfers.export([self._workbench.run_id])

    def _delete(self) -> None:
        self._sessions.delete_runs(self.page.selected_ids())

    def _copy(self) -> None:
        ids, columns = self.page.selected_ids(), self.page.table.shown_columns()
        if ids:
            self._tasks.spawn(self._copy_runs(ids, columns), name="copy runs")

    async def _copy_runs(self, ids: Sequence[str], columns: Sequence[Column]) -> None:
        """Copy runs as rows, in their order, whether they were looked at or not."""

        def text(history: History) -> str:
            rows = history.rows(ids)
            return as_text((rows[run_id] for run_id in ids if run_id in rows), columns)

        if copied := await self._sessions.do(text):
            QGuiApplication.clipboard().setText(copied)

    def _show_menu(self, place: QPoint) -> None:
        rows = self.page.selected_runs()
        if not rows:
            return
        menu = QMenu(self.page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(menu, rows)
        self.menu_opening.emit(menu, rows)
        menu.popup(place)

    def _fill_menu(self, menu: QMenu, rows: Sequence[RunRow]) -> None:
        if len(rows) == 1:
            menu.addAction(self.tr("Open"), self.page.open_current)
            menu.addAction(self.tr("Replay"), lambda: self._replay(rows[0]))
            menu.addAction(self.tr("Rename…"), lambda: self._rename(rows[0]))
        menu.addAction(self.tr("Tags…"), lambda: self._of_selected(self._tag))
        pin = self.tr("Unpin") if all(row.is_pinned for row in rows) else self.tr("Pin")
        menu.addAction(pin, lambda: self._of_selected(self._pin))
        menu.addSeparator()
        menu.addAction(copy_words(), self._copy)
        menu.addAction(self.tr("Export…"), self.export)
        menu.addAction(self.tr("Delete"), self._delete)

    def _replay(self, row: RunRow) -> None:
        self._tasks.spawn(self._workbench.replay_run(row.session_id, row.id), name="replay")

    def _replay_current(self) -> None:
        if not self.is_shown:
            self._workbench.toggle_replay()
        elif (rows := self.chosen(1)) and self._workbench.runs.find(rows[0].id) is None:
            self._replay(rows[0])

    def _rename_current(self) -> None:
        if not self.is_shown:
            self._window.history.rename_current()
        elif rows := self.page.selected_runs():
            self._rename(rows[0])

    def _tag_current(self) -> None:
        if not self.is_shown:
            self._window.history.tag_current()
        else:
            self._of_selected(self._tag)

    def _pin_current(self) -> None:
        if not self.is_shown:
            self._window.history.pin_current()
        else:
            self._of_selected(self._pin)

    def _of_selected(self, act: Callable[[Sequence[RunRow]], None]) -> None:
        """Do something with all runs that are selected; those that were not looked at are read first."""
        ids, known = self.page.selected_ids(), self.page.selected_runs()

        async def read_first() -> None:
            act(list((await self._sessions.do(lambda history: history.rows(ids))).values()))

        if len(known) < len(ids):
            self._tasks.spawn(read_first(), name="selected runs")
        elif known:
            act(known)

    def _pin(self, rows: Sequence[RunRow]) -> None:
        is_pinned = all(row.is_pinned for row in rows)
        self._sessions.pin("run", [row.id for row in rows], not is_pinned)

    def _rename(self, row: RunRow) -> None:
        ask_name(
            self._window,
            self.tr("Rename run"),
            row.title or row.question,
            lambda name: self._sessions.rename("run", row.id, name),
        )

    def _tag(self, rows: Sequence[RunRow]) -> None:
        """Ask for the tags that the runs have in common; those that only some of them have stay."""
        common = [tag for tag in rows[0].tags if all(tag in row.tags for row in rows)]
        own = {row.id: [tag for tag in row.tags if tag not in common] for row in rows}
        ask_tags(
            self._window,
            common,
            lambda tags: self._sessions.tag("run", {key: [*tags, *kept] for key, kept in own.items()}),
        )


def _search(
    history: History, wanted: Wanted, is_stale: Callable[[], bool], before: SearchHit | None
) -> Iterator[SearchStep]:
    return history.search_steps(
        wanted.text,
        fields=(wanted.field,) if wanted.field else (),
        limit=HITS,
        per_run=PER_RUN,
        before=before,
        chosen=wanted.chosen,
        is_typing=True,
        is_stale=is_stale,
        wait=0,
    )


def _next(history: History, steps: Iterator[SearchStep]) -> Found | None:
    """The next step of a search, with all that is shown of it; None after the last one."""
    step = next(steps, None)
    if step is None:
        return None
    rows = history.rows(list(dict.fromkeys(hit.run_id for hit in step.hits)))
    return Found(step, rows, history.unindexed() if step.is_over else 0)
