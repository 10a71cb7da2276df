"""How commands are found and reached: the palette, the sheet of shortcuts, and the person's own shortcuts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject

from rlm_desktop import settings as settings_file
from rlm_desktop.errors import SettingsError
from rlm_desktop.ui.actions import EditKeys
from rlm_desktop.ui.figures import one_line
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import MainWindow
from rlm_desktop.ui.palette import Entry, Palette
from rlm_desktop.ui.shortcut_sheet import ShortcutSheet

log = logging.getLogger(__name__)

MOST_DOCUMENTS = 500
"""More would make the search slower than the typing."""
TABLE = "shortcuts"
"""Of the settings file; action -> keys, for those that differ from the table of actions."""


class Commands(QObject):
    """Opens the palette and the sheet; keeps the shortcuts that were changed."""

    def __init__(self, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._edit_keys = EditKeys(self)
        self._saving = asyncio.Lock()
        self._restore()
        window.actions_by_name.rebound.connect(self._save)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions of this module do."""
        return {"palette": self.show_palette, "shortcuts": self.show_sheet}

    def show_palette(self) -> None:
        """Let the person find a command."""
        window = self._window
        Palette(window.actions_by_name, self._places, window.memory, window).open()

    def show_sheet(self) -> None:
        """Show all shortcuts."""
        ShortcutSheet(self._window.actions_by_name, self._window).open()

    def _places(self) -> Iterator[Entry]:
        """What one can go to: the sessions and the documents that are in the window already."""
        history = self._window.history
        for session in history.sessions:
            if session.runs:
                open_it = partial(history.run_opened.emit, session.id, session.runs[0].id)
                yield Entry("", one_line(session.name, 120), self.tr("Session"), "", open_it)
        documents = self._window.work.documents
        place = QCoreApplication.translate("HitList", "Document")
        for item in documents.items[:MOST_DOCUMENTS]:
            yield Entry("", one_line(item.name, 120), place, "", partial(documents.open_requested.emit, item))

    def _restore(self) -> None:
        try:
            tables = settings_file.load_tables(TABLE)
        except SettingsError as error:
            log.warning("The shortcuts cannot be read: %s", error)
            return
        for table in tables:
            if isinstance(table, dict):
                self._window.actions_by_name.restore_keys(table)

    def _save(self) -> None:
        self._tasks.spawn(self._keep(self._window.actions_by_name.changed_keys()), name="save shortcuts")

    async def _keep(self, changed: Mapping[str, object]) -> None:
        async with self._saving:  # in the order in which they were changed
            await asyncio.to_thread(settings_file.save_tables, TABLE, changed)
