"""What the window does with documents: takes them in, has them read, takes them away, puts them by for a session.

What is said of them is in `news`, other ways of reading in `rereading`, their texts in `texts`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog

from rlm_desktop.ui.documents.capacity import window_of
from rlm_desktop.ui.documents.clipboard import Pasted, pasted_from
from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.documents.news import DocumentNews
from rlm_desktop.ui.documents.panel import DocumentsPanel
from rlm_desktop.ui.documents.reading import DocumentReader, Looked
from rlm_desktop.ui.documents.rereading import Rereading
from rlm_desktop.ui.documents.texts import DocumentTexts, Held
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.file_dialog import file_dialog
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.messages import Message

if TYPE_CHECKING:
    from rlm_desktop.documents import Document, LeftOut
    from rlm_desktop.engine.events import DocumentRef
    from rlm_desktop.ui.main_window import MainWindow
    from rlm_desktop.ui.sessions.stored import StoredSessions

MAX_LEFT_OUT = 100_000


@dataclass(slots=True)
class _PutAway:
    """What a session that was not asked yet had when it was left.

    Attributes:
        sought: Paths that nobody had looked at by then.
    """

    items: list[DocumentItem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    sought: list[str] = field(default_factory=list)

    def add(self, other: _PutAway) -> None:
        """What `other` had comes to this."""
        self.items += other.items
        self.left_out += other.left_out
        self.sought += other.sought


class DocumentsController(QObject):
    """The documents of the session that the window shows.

    Signals:
        changed: Documents were added, read, removed, chosen or left out.
    """

    changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        sessions: StoredSessions,
        tasks: Tasks,
        parent: QObject,
        *,
        is_unasked: Callable[[], bool],
    ) -> None:
        """`is_unasked` tells whether the session that shows was not asked yet: the history has none of it."""
        super().__init__(parent)
        self._is_unasked = is_unasked
        self._window = window
        self._tasks = tasks
        self.panel: DocumentsPanel = window.work.documents
        self.texts = DocumentTexts(sessions, tasks, window, self)
        self.reader = DocumentReader(tasks, self.texts.known, self)
        self.news = DocumentNews(window.messages, lambda: self.panel.show_list(True), self)
        self._rereading = Rereading(window, self.news, self._read_again, tasks, self)
        self.left_out: list[LeftOut] = []
        self._fresh: list[DocumentItem] = []
        self._offers: list[Message] = []
        self._kept = _PutAway()
        self._sought: deque[list[str]] = deque()
        self._last_folder = ""
        self._connect()

    def _connect(self) -> None:
        window, panel, reader = self._window, self.panel, self.reader
        window.first_run.choose_requested.connect(self.choose_files)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), window.first_run)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.paste)
        panel.add_requested.connect(self.choose_files)
        panel.folder_requested.connect(self.choose_folder)
        panel.paste_requested.connect(self.paste)
        panel.cancel_requested.connect(self.cancel)
        panel.left_out_requested.connect(self._show_left_out)
        panel.open_requested.connect(self.show_text)
        panel.removed.connect(self._on_removed)
        panel.model.edited.connect(self.changed)
        panel.table.password_requested.connect(self._rereading.ask_password)
        panel.table.encoding_requested.connect(self._rereading.choose_encoding)
        panel.table.ocr_requested.connect(self._rereading.choose_ocr)
        panel.table.read_again_requested.connect(lambda item: self._read_again([item]))
        reader.looked.connect(self._on_looked)
        reader.changed.connect(self._on_changed)
        reader.moved.connect(panel.show_progress)
        reader.ended.connect(self._on_ended)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the window's actions do here."""
        return {
            "add_documents": self.choose_files,
            "add_folder": self.choose_folder,
            "paste_documents": self.paste,
            "documents_list": lambda: self.panel.show_list(not self.panel.toggle.isChecked()),
        }

    # -- adding ---------------------------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Let the person choose files."""
        self._choose(QFileDialog.FileMode.ExistingFiles, self.tr("Add documents"))

    def choose_folder(self) -> None:
        """Let the person choose a folder."""
        self._choose(QFileDialog.FileMode.Directory, self.tr("Add a folder"))

    def _choose(self, mode: QFileDialog.FileMode, title: str) -> None:
        dialog = file_dialog(self._window, title, folder=self._last_folder)
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def add_files(self, paths: Sequence[str]) -> None:
        """Read files and the files of folders, and add their texts to the session."""
        if not paths:
            return
        self._window.show_page(None)
        self._last_folder = str(Path(paths[-1]).parent)
        self._sought.append(list(paths))
        self.reader.look(paths, lambda: {item.path: _key_of(item) for item in self.panel.items if item.path})
        self.changed.emit()

    def paste(self) -> None:
        """Make documents of what is on the clipboard: files, else text."""
        pasted = pasted_from(QGuiApplication.clipboard().mimeData())
        if pasted.paths:
            self.add_files(pasted.paths)
        elif pasted.text.strip():
            self._tasks.spawn(self._add_text(pasted), name="paste text")
        else:
            self.news.say(self.tr("There is neither text nor a file on the clipboard."), "warning")

    async def _add_text(self, pasted: Pasted) -> None:
        from rlm_desktop.documents import from_text

        document = await asyncio.to_thread(from_text, pasted.name, pasted.text)
        self.add_document(document)

    def add_document(self, document: Document) -> None:
        """Add a document that is at hand."""
        item = DocumentItem.of_document(document)
        if (other := self.texts.with_text(item.sha256)) is not None and other in self.panel.items:
            self.news.say(self.tr("This text is in the session already, as {name}.").format(name=other.name))
            return
        self._window.show_page(None)
        self.panel.add(item)
        self._on_changed([item])
        self._tell_news()

    def _on_looked(self, looked: Looked) -> None:
        """Files were found: list them all at once, then read them."""
        self._sought.popleft()
        self.left_out = (self.left_out + looked.left_out)[:MAX_LEFT_OUT]
        self.panel.show_left_out(len(self.left_out))
        changed = set(looked.changed)
        again = [item for item in self.panel.items if item.path in changed]
        for item in again:
            item.wait()
        self.panel.add(looked.new)
        self.reader.read([*again, *looked.new])
        if not (looked.new or again or looked.repeated):
            self.news.say(self.tr("There is no file that can be read in it."), "warning")
        if looked.repeated:
            self.news.say_repeated(looked.repeated)

    # -- what was read --------------------------------------------------------------------------------------

    def _on_changed(self, items: Sequence[DocumentItem]) -> None:
        for item in items:
            if item.document is not None:
                self.texts.share(item)
        self._fresh += items
        self.panel.model.touch_items(items)
        self.changed.emit()

    def _on_ended(self) -> None:
        self._sought.clear()
        self.panel.show_progress(None)
        if self.reader.was_cancelled:
            self._fresh = []
        self._tell_news()
        self.changed.emit()

    def _tell_news(self) -> None:
        here = {id(item) for item in self.panel.items}
        fresh, self._fresh = [item for item in self._fresh if id(item) in here], []
        self.news.tell(fresh)
        self._rereading.offer_ocr([item for item in fresh if item.is_scanned])
        if fresh:
            self._rereading.unlock(self.panel.items, fresh)

    def _read_again(self, items: Sequence[DocumentItem]) -> None:
        """Read documents in the way that each one says now."""
        if not items:
            return
        for item in items:
            item.wait()
        self.panel.model.touch()
        self.reader.read(items)
        self.changed.emit()

    # -- taking away ----------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop reading; documents that were never read are no documents of the session."""
        self.reader.cancel()
        self.panel.drop([item for item in self.panel.items if not item.give_up()])
        self.panel.model.touch()
        self.changed.emit()

    def _on_removed(self, gone: list[tuple[int, DocumentItem]]) -> None:
        for _, item in gone:
            self.texts.forget(item)
        text = self._removal_of([item.name for _, item in gone])
        self._offers.append(self._window.messages.offer_undo(text, lambda: self._bring_back(gone)))
        self.changed.emit()

    def _removal_of(self, names: Sequence[str]) -> str:
        if len(names) == 1:
            return self.tr("{name} was removed.").format(name=names[0])
        return self.tr("{documents} were removed.").format(documents=counted(len(names), "document"))

    def _bring_back(self, gone: list[tuple[int, DocumentItem]]) -> None:
        self.panel.bring_back(gone)
        self.reader.read([item for _, item in gone if item.state is State.WAITING and not self.reader.is_reading])
        self.changed.emit()

    # -- other sessions -------------------------------------------------------------------------------------

    def show_refs(self, refs: Iterable[DocumentRef]) -> None:
        """Show the documents of another session; called while `is_unasked` still speaks of the one that is left."""
        self._leave()
        self.panel.replace(DocumentItem.of_ref(ref) for ref in refs)

    def show_new(self, *, is_empty: bool) -> None:
        """Show the session that was not asked yet; an empty one when it shows already, or for `is_empty`.

        Called while `is_unasked` still speaks of the session that is left.
        """
        was_unasked = self._is_unasked()
        self._leave()
        self.panel.replace(())
        kept, self._kept = self._kept, _PutAway()
        if was_unasked or is_empty:
            self._offer_back(kept)
        else:
            self._restore(kept)

    def _leave(self) -> None:
        """Stop everything for the session that shows; keep what it has when the history does not."""
        left = _PutAway(list(self.panel.items), self.left_out, [path for paths in self._sought for path in paths])
        self.reader.cancel()
        self.texts.leave()
        for offer in self._offers:  # what was removed must not come back into another session
            offer.dismiss()
        self._offers.clear()
        self.left_out, self._fresh = [], []
        self.panel.show_left_out(0)
        if self._is_unasked():
            self._kept.add(left)
        else:
            for item in left.items:  # the history has their texts
                item.document = None

    def _offer_back(self, kept: _PutAway) -> None:
        """Documents that no history has were put away: offer to undo it."""
        if not (kept.items or kept.sought):
            return
        names = [item.name for item in kept.items] or [Path(path).name for path in kept.sought]
        text = self._removal_of(names)
        self._window.messages.offer_undo(text, lambda: self._undo_putting_away(kept))

    def _restore(self, kept: _PutAway) -> None:
        """Show what the session that was not asked yet had, and go on reading it."""
        self.panel.add(kept.items)
        for item in kept.items:
            if item.document is not None:
                self.texts.share(item)
        self.left_out = (self.left_out + kept.left_out)[:MAX_LEFT_OUT]
        self.panel.show_left_out(len(self.left_out))
        self.reader.read([item for item in kept.items if item.state is State.WAITING])
        self.add_files(kept.sought)
        self.changed.emit()

    def _undo_putting_away(self, kept: _PutAway) -> None:
        """Bring it back at once, or with the session that it is of when another one shows."""
        if self._is_unasked():
            self._restore(kept)
        else:
            self._kept.add(kept)

    def _show_left_out(self) -> None:
        from rlm_desktop.ui.documents.dialogs import LeftOutDialog

        LeftOutDialog(self.left_out, self._window).open()

    # -- their texts ----------------------------------------------------------------------------------------

    def set_model(self, root_model: str, window: int | None = None) -> None:
        """Say which model would be asked: what it holds is compared with the documents.

        Args:
            root_model: Its name.
            window: Tokens that it holds, where its server says so.
        """
        self.panel.set_window(window or window_of(root_model))

    def held(self) -> Held:
        """What a question is asked over now, whatever the window shows by the time that it is asked."""
        return [(item, item.document) for item in self.panel.asked]

    async def asked(self, held: Held) -> list[Document]:
        """The documents that a question is asked over, with their texts; see `DocumentTexts.asked`."""
        return await self.texts.asked(held)

    async def text_of(self, item: DocumentItem) -> Document:
        """A document with its text, from the history if need be; see `DocumentTexts.of`."""
        return await self.texts.of(item)

    def show_text(self, item: DocumentItem, offset: int = 0, length: int = 0) -> None:
        """Show the text of a document beside its page numbers, from a character on; mark so many from it."""
        if item.state is State.LOCKED:
            self._rereading.ask_password(item)
        elif item.state is State.FAILED:
            self.news.say_refused(item)
        elif item.state is State.READY:
            self._tasks.spawn(self.texts.show(item, offset, length), name="show text")


def _key_of(item: DocumentItem) -> str | None:
    """The key of the file that was read; None while it is going to be, empty when it must be read again."""
    if item.state is State.WAITING:
        return None
    return item.document.file_key if item.document is not None and item.state is State.READY else ""
