"""Export and import in the window: asked, done in a thread, shown and cancelled while they last, then told of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog

from rlm_desktop.errors import UserError
from rlm_desktop.history.watch import TransferCancelled, Watch
from rlm_desktop.ui.figures import counted, number
from rlm_desktop.ui.file_dialog import file_dialog
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import MainWindow
from rlm_desktop.ui.sessions.export_dialog import ARCHIVE, SUFFIXES, ExportChoice, ExportDialog
from rlm_desktop.ui.sessions.stored import StoredSessions
from rlm_desktop.ui.window_style import without_icons

if TYPE_CHECKING:
    from rlm_desktop.history import History
    from rlm_desktop.history.transfer import Exported, Received

T = TypeVar("T")
QUICK_MS = 400
"""What is done sooner shows no progress."""
LOOK_MS = 100
_SCALE = 1000


class TransferProgress(QProgressDialog):
    """How far an export or import is, with a button to cancel it; shows when it takes longer than a moment."""

    def __init__(self, text: str, watch: Watch, window: MainWindow) -> None:
        super().__init__(window)
        self._watch = watch  # closing the window cancels, `end` deletes it: the work may need a moment to stop
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setWindowTitle(text)
        self.setLabelText(text)
        self.setMinimumWidth(380)
        self.setCancelButtonText(self.tr("&Cancel"))
        self.setAutoClose(False)
        self.setAutoReset(False)
        self.setRange(0, _SCALE)
        self.canceled.connect(watch.cancel)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.setMinimumDuration(QUICK_MS)

    def _look(self) -> None:
        watch = self._watch
        if watch.total:
            self.setValue(min(_SCALE - 1, watch.done * _SCALE // watch.total))

    def end(self) -> None:
        """Go away."""
        self._timer.stop()
        self.canceled.disconnect()
        self.close()
        self.deleteLater()


class Transfers(QObject):
    """What File > Import and File > Export do, and what becomes of a log that is dropped on the window.

    Signals:
        open_requested: A run that was imported shall show: session and run.
    """

    open_requested = Signal(str, str)

    def __init__(self, window: MainWindow, sessions: StoredSessions, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._sessions = sessions
        self._tasks = tasks
        self._folder = ""
        self._form = ARCHIVE

    # -- out ------------------------------------------------------------------------------------------------

    def export(self, run_ids: Sequence[str]) -> None:
        """Ask for a form and a place, and write these runs there."""
        if not run_ids:
            self._window.messages.show_message(self.tr("There is no run to export."), "info", seconds=6)
            return
        dialog = ExportDialog(len(run_ids), self._form, self._window)
        dialog.chosen.connect(lambda choice: self._choose_target(run_ids, choice))
        dialog.open()

    def _choose_target(self, run_ids: Sequence[str], choice: ExportChoice) -> None:
        self._form = choice.form
        if len(run_ids) > 1 and choice.form != ARCHIVE:
            title = self.tr("Choose a folder: each run becomes a file in it")
            dialog = file_dialog(self._window, title, folder=self._folder)
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            ending = SUFFIXES[choice.form]
            dialog = file_dialog(
                self._window,
                self.tr("Export"),
                folder=self._folder,
                save_as="runs" + ending,
                suffix=ending.removeprefix("."),
            )
        dialog.fileSelected.connect(lambda file: self.write(run_ids, choice, Path(file)))
        dialog.open()

    def write(self, run_ids: Sequence[str], choice: ExportChoice, target: Path) -> None:
        """Write runs to a file, or to a folder where one file cannot hold them all."""
        self._folder = str(target.parent)
        self._tasks.spawn(self._write(run_ids, choice, target), name="export")

    async def _write(self, run_ids: Sequence[str], choice: ExportChoice, target: Path) -> None:
        def work(history: History, watch: Watch) -> Exported:
            from rlm_desktop import settings
            from rlm_desktop.engine.log_format import learnt_secrets
            from rlm_desktop.engine.providers import known_secrets
            from rlm_desktop.history.transfer import export_runs

            return export_runs(
                history,
                run_ids,
                choice.form,
                target,
                with_documents=choice.with_documents,
                secrets=[*known_secrets(), *learnt_secrets()],
                patterns=settings.load().secret_kinds,
                watch=watch,
            )

        done = await self._watched(self.tr("Exporting…"), work)
        if done is not None:
            self._tell_exported(done)

    def _tell_exported(self, done: Exported) -> None:
        first = done.files[0]
        if len(done.files) == 1:
            parts = [self.tr("Exported to {file}.").format(file=first)]
        else:
            files = counted(len(done.files), "file")
            parts = [self.tr("{files} written to {folder}.").format(files=files, folder=first.parent)]
        if done.redacted:
            kinds = ", ".join(f"{kind} × {number(count)}" for kind, count in sorted(done.redacted.items()))
            parts.append(self.tr("Secrets were replaced: {kinds}.").format(kinds=kinds))
        self._window.messages.show_message(
            " ".join([*parts, *done.remarks[:1]]),
            "warning" if done.redacted or done.remarks else "info",
            button=self.tr("Show folder"),
            act=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(first.parent))),
            seconds=30,
        )

    # -- in -------------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Let the person choose archives and logs, and import them."""
        dialog = file_dialog(self._window, self.tr("Import archives and logs"), folder=self._folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [self.tr("Archives and logs (*.rlmarchive *.jsonl *.json *.log *.sqlite)"), self.tr("All files (*)")]
        )
        dialog.filesSelected.connect(self.take)
        dialog.open()

    def take(self, files: Sequence[str]) -> None:
        """Import files, one after the other."""
        if files:
            self._folder = str(Path(files[-1]).parent)
            self._tasks.spawn(self._take_all([Path(file) for file in files]), name="import")

    async def sort_out(self, files: Sequence[str]) -> list[str]:
        """Import those of the files that are archives or logs; returns the others, which are documents."""
        from rlm_desktop.history.imports import looks_like_log

        kinds = await asyncio.to_thread(lambda: [looks_like_log(Path(file)) for file in files])
        self.take([file for file, kind in zip(files, kinds, strict=True) if kind])
        return [file for file, kind in zip(files, kinds, strict=True) if not kind]

    async def _take_all(self, paths: Sequence[Path]) -> None:
        for path in paths:
            try:
                received = await self._watched(self.tr("Importing {file}…").format(file=path.name), _receiver(path))
            except UserError as error:
                self._window.messages.show_message(str(error))
                continue
            if received is None:  # cancelled: the others are not wanted either
                return
            await self._sessions.refresh()
            self._tell_received(path, received)

    def _tell_received(self, path: Path, received: Received) -> None:
        count = len(received.run_ids)
        if not count:
            text = self.tr("{file} holds no run.").format(file=path.name)
            self._window.messages.show_message(" ".join([text, *received.remarks[:1]]), "warning")
            return
        text = self.tr("{runs} imported from {file} ({kind}).")
        parts = [text.format(runs=counted(count, "run"), file=path.name, kind=received.kind)]
        parts += received.remarks[:1]
        more = len(received.remarks) - 1
        if more > 0:
            parts.append(self.tr("({count} more remarks)").format(count=number(more)))
        button, act = self.tr("Show"), lambda: self._show(received.run_ids[0])
        if more > 0:
            button, act = self.tr("Remarks…"), lambda: self._show_remarks(path, received)
        undo = partial(self._sessions.delete_runs, received.new) if received.new else None
        level = "warning" if received.remarks else "info"
        self._window.messages.show_message(" ".join(parts), level, button=button, act=act, undo=undo, seconds=60)

    def _show(self, run_id: str) -> None:
        async def show() -> None:
            row = await self._sessions.do(lambda history: history.run(run_id))
            self.open_requested.emit(row.session_id, row.id)

        self._tasks.spawn(show(), name="show what was imported")

    def _show_remarks(self, path: Path, received: Received) -> None:
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Import of {file}").format(file=path.name))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("{runs} imported.").format(runs=counted(len(received.run_ids), "run")))
        box.setInformativeText("\n".join(received.remarks))
        box.addButton(QMessageBox.StandardButton.Close)
        show = box.addButton(self.tr("&Show the first run"), QMessageBox.ButtonRole.AcceptRole)
        show.clicked.connect(lambda: self._show(received.run_ids[0]))
        without_icons(box)
        box.open()

    # -- both -----------------------------------------------------------------------------------------------

    async def _watched(self, text: str, work: Callable[[History, Watch], T]) -> T | None:
        """Do something with the history in a thread, and show how far it is; None when it was cancelled."""
        watch = Watch()
        progress = TransferProgress(text, watch, self._window)
        try:
            return await self._sessions.do(lambda history: work(history, watch))
        except TransferCancelled as error:
            self._window.messages.show_message(str(error), "info", seconds=6)
            return None
        except asyncio.CancelledError:
            watch.cancel()
            raise
        finally:
            progress.end()


def _receiver(path: Path) -> Callable[[History, Watch], Received]:
    def work(history: History, watch: Watch) -> Received:
        from rlm_desktop.history.transfer import receive

        return receive(history, path, watch=watch)

    return work
