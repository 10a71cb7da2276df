"""The page of the storage: where the history lies, how large it is, a copy of it and back, all of it gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from rlm_desktop.errors import UserError
from rlm_desktop.ui.confirm import confirm
from rlm_desktop.ui.figures import counted, number
from rlm_desktop.ui.file_dialog import file_dialog
from rlm_desktop.ui.flow import FlowLayout
from rlm_desktop.ui.labels import CopyLabel
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.sessions.stored import StoredSessions
from rlm_desktop.ui.window_style import muted

if TYPE_CHECKING:
    from rlm_desktop.history import History
    from rlm_desktop.history.storage import Storage

MEGABYTE = 1_000_000


class StoragePage(QWidget):
    """What can be done with the history as a whole. Everything runs in a thread; the page says what happens.

    The page may be closed meanwhile: the work goes on to its end, and what goes wrong is said in the window.

    Args:
        sessions: The history as the window lists it.
        tasks: Keeps the work going.
        forget: Lets go of what the window shows, before it is deleted or replaced.
    """

    def __init__(self, sessions: StoredSessions, tasks: Tasks, forget: Callable[[], object]) -> None:
        super().__init__()
        self._sessions = sessions
        self._tasks = tasks
        self._forget = forget
        self.place = QLabel()
        self.place.setWordWrap(True)
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.place.setAccessibleName(self.tr("Where the history lies"))
        self.note = CopyLabel()
        self.note.setWordWrap(True)
        muted(self.note)
        self.backup = self._button(self.tr("&Back up…"), self._choose_backup)
        self.restore = self._button(self.tr("&Restore…"), self._choose_restore)
        self.delete = self._button(self.tr("&Delete all…"), self._ask_delete)
        self.delete.setObjectName("danger")
        line = FlowLayout()
        for button in (self.backup, self.restore, self.delete):
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.place)
        layout.addLayout(line)
        layout.addWidget(self.note)
        layout.addStretch(1)
        self._do(self._show_place)

    def _button(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    # -- what it does ---------------------------------------------------------------------------------------

    def _do(self, work: Callable[[], Awaitable[str]]) -> None:
        self._tasks.spawn(self._guarded(work), name="storage")

    async def _guarded(self, work: Callable[[], Awaitable[str]]) -> None:
        if not isValid(self):
            return  # it was closed before the work began
        for button in (self.backup, self.restore, self.delete):
            button.setEnabled(False)
        try:
            text = await work()
        except UserError as error:
            if not isValid(self):
                raise
            text = said(str(error))
        if isValid(self):
            for button in (self.backup, self.restore, self.delete):
                button.setEnabled(self._sessions.history is not None)
            self.note.setText(text)

    async def _with_storage(self, work: Callable[[Storage], object]) -> None:
        await self._sessions.do(lambda history: work(history.storage))

    async def _show_place(self) -> str:
        def look(history: History) -> tuple[str, int, int, int]:
            storage = history.storage
            copies = sum(copy.stat().st_size for copy in storage.copies() if copy.exists())
            return storage.place, storage.size(), len(history.find_runs()), copies

        place, size, runs, copies = await self._sessions.do(look)
        if isValid(self):
            facts = [f"{number(size / MEGABYTE, 1)} MB", counted(runs, "run")]
            if copies:
                facts.append(self.tr("{size} MB in copies beside it").format(size=number(copies / MEGABYTE, 1)))
            self.place.setText(f"{place}\n{' · '.join(facts)}")
        return ""

    async def back_up(self, target: Path) -> str:
        """Copy everything to a file."""
        self.note.setText(self.tr("Copying…"))
        done = self.tr("Everything was copied to {file}.")
        await self._with_storage(lambda storage: storage.backup(target))
        return done.format(file=target)

    async def bring_back(self, copy: Path) -> str:
        """Put a copy in the place of everything."""
        self.note.setText(self.tr("Restoring…"))
        done = self.tr("Restored. What was there before is kept as {file}.")
        kept: list[Path] = []
        await self._with_storage(lambda storage: kept.append(storage.restore(copy)))
        self._forget()
        await self._sessions.refresh()
        await self._show_place()
        return done.format(file=kept[0])

    async def delete_everything(self) -> str:
        """Delete every session for good."""
        self.note.setText(self.tr("Deleting…"))
        done = self.tr("All sessions, runs and texts of documents are deleted.")
        await self._with_storage(lambda storage: storage.delete_all())
        self._forget()
        await self._sessions.refresh()
        await self._show_place()
        return done

    # -- what it asks ---------------------------------------------------------------------------------------

    def _choose_backup(self) -> None:
        name = f"rlm-desktop-{date.today():%Y-%m-%d}.rlmarchive"
        title, kinds = self.tr("Back up the history"), self._kinds()
        dialog = file_dialog(self, title, filters=kinds, save_as=name, suffix="rlmarchive")
        dialog.fileSelected.connect(lambda name: self._do(lambda: self.back_up(Path(name))))
        dialog.open()

    def _choose_restore(self) -> None:
        dialog = file_dialog(self, self.tr("Restore the history from a copy"), filters=self._kinds())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._ask_restore(Path(name)))
        dialog.open()

    def _kinds(self) -> str:
        return self.tr("Archives (*.rlmarchive *.sqlite);;All files (*)")

    def _ask_restore(self, copy: Path) -> None:
        self._ask(
            self.tr("Replace the whole history?"),
            self.tr("Everything in the history is replaced by what {file} holds. A copy of it is kept.").format(
                file=copy.name
            ),
            self.tr("&Replace"),
            lambda: self.bring_back(copy),
        )

    def _ask_delete(self) -> None:
        self._ask(
            self.tr("Delete everything?"),
            self.tr(
                "All sessions, runs and texts of documents are deleted, and so are the copies that the program put "
                "beside the history, as before an upgrade. Only a backup of your own brings them back. Your files "
                "and your backups stay."
            ),
            self.tr("&Delete all"),
            self.delete_everything,
            other=(self.tr("&Back up first…"), self._choose_backup),
        )

    def _ask(
        self,
        title: str,
        text: str,
        yes: str,
        work: Callable[[], Awaitable[str]],
        *,
        other: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        confirm(self, title, text, yes, lambda: self._do(work), other=other)
