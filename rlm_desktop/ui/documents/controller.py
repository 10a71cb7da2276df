"""What the window does with documents: takes them in, has them read, asks for passwords, shows their texts."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog

from rlm_desktop.documents.bigtext import free
from rlm_desktop.errors import UserError
from rlm_desktop.ui.documents.capacity import window_of
from rlm_desktop.ui.documents.clipboard import Pasted, pasted_from
from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.documents.panel import DocumentsPanel
from rlm_desktop.ui.documents.reading import DocumentReader, Looked
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.file_dialog import file_dialog
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.messages import MAX_MESSAGES, Message

if TYPE_CHECKING:
    from rlm_desktop.documents import Document, LeftOut
    from rlm_desktop.engine.events import DocumentRef
    from rlm_desktop.ui.documents.preview import PreviewWindow
    from rlm_desktop.ui.main_window import MainWindow
    from rlm_desktop.ui.sessions.stored import StoredSessions

log = logging.getLogger(__name__)
_MOST_LOGGED = 20
"""Documents of one reading that the log names."""
RECENT_CHARACTERS = 64 << 20
"""Texts of extracted files that are kept for the case that the files are added again."""
MAX_LEFT_OUT = 100_000
LARGE_CHARACTERS = 4 << 20
Held: TypeAlias = "list[tuple[DocumentItem, Document | None]]"
"""Documents with the texts that are at hand."""


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
        self._sessions = sessions
        self._tasks = tasks
        self.panel: DocumentsPanel = window.work.documents
        self.reader = DocumentReader(tasks, self._known, self)
        self.left_out: list[LeftOut] = []
        self._recent = _Recent()
        self._texts: dict[str, DocumentItem] = {}
        self._passwords: list[str] = []
        self._answered: DocumentItem | None = None
        self._news: list[DocumentItem] = []
        self._offers: list[Message] = []
        self._kept = _PutAway()
        self._sought: deque[list[str]] = deque()
        self._preview: PreviewWindow | None = None
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
        panel.table.password_requested.connect(self._ask_password)
        panel.table.encoding_requested.connect(self._choose_encoding)
        panel.table.ocr_requested.connect(self._offer_ocr)
        panel.table.read_again_requested.connect(self._read_again)
        question = window.work.question
        question.root_model.currentIndexChanged.connect(lambda: self.set_model(question.choices().root_model))
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
            self._say(self.tr("There is neither text nor a file on the clipboard."), "warning")

    async def _add_text(self, pasted: Pasted) -> None:
        from rlm_desktop.documents import from_text

        document = await asyncio.to_thread(from_text, pasted.name, pasted.text)
        self.add_document(document)

    def add_document(self, document: Document) -> None:
        """Add a document that is at hand."""
        item = DocumentItem.of_document(document)
        if (other := self._texts.get(item.sha256)) is not None and other in self.panel.items:
            self._say(self.tr("This text is in the session already, as {name}.").format(name=other.name))
            return
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
            self._say(self.tr("There is no file that can be read in it."), "warning")
        if looked.repeated:
            self._say_repeated(looked.repeated)

    def _say_repeated(self, names: Sequence[str]) -> None:
        if len(names) == 1:
            self._say(self.tr("{name} is in the session already.").format(name=names[0]))
        else:
            self._say(self.tr("{files} are in the session already.").format(files=counted(len(names), "file")))

    def _known(self, key: str, name: str, path: str) -> Document | None:
        """What an unchanged file gave before; called in the reader's threads."""
        if (document := self._recent.get(key)) is not None:
            return dataclasses.replace(document, name=name, path=path)
        history = self._sessions.history
        try:
            return history.document_of_file(key, name, path) if history is not None else None
        except UserError as error:
            log.info("the history was not asked for %s: %s", name, error)
            return None

    # -- what was read --------------------------------------------------------------------------------------

    def _on_changed(self, items: Sequence[DocumentItem]) -> None:
        for item in items:
            if item.document is not None:
                self._share_text(item)
        self._news += items
        self.panel.model.touch()
        self.changed.emit()

    def _share_text(self, item: DocumentItem) -> None:
        """Keep a text once, however many documents have it."""
        document = item.document
        assert document is not None
        other = self._texts.setdefault(item.sha256, item)
        if other is not item and other.document is not None:
            item.document = dataclasses.replace(document, text=other.document.text)
        self._recent.put(item.document or document)

    def _on_ended(self) -> None:
        self._sought.clear()
        self.panel.show_progress(None)
        if self.reader.was_cancelled:
            self._news = []
        self._tell_news()
        self.changed.emit()

    def _tell_news(self) -> None:
        here = {id(item) for item in self.panel.items}
        news, self._news = [item for item in self._news if id(item) in here], []
        self._tell(news)
        if news:
            self._unlock([item for item in news if item.state is State.LOCKED])

    def _tell(self, news: Sequence[DocumentItem]) -> None:
        """Say what the person should know of what was read, file by file or, when it is much, in sum."""
        if failed := [item for item in news if item.state is State.FAILED]:
            said = [self._refusal_of(item) for item in failed]
            summary = self.tr("{files} cannot be read.").format(files=counted(len(said), "file"))
            self._say_each(said, summary, "error")
        scanned = [item for item in news if item.needs_ocr and not item.ocr and item.state is State.READY]
        if scanned:
            self._tasks.spawn(self._say_scanned(scanned), name="look for OCR")
        warned = [item for item in news if item.warnings and item not in scanned]
        if warned:
            said = [self._warning_of(item) for item in warned]
            summary = self.tr("{documents} have warnings.")
            self._say_each(said, summary.format(documents=counted(len(said), "document")), "warning")
        for item in news[:_MOST_LOGGED]:
            if item.state is State.READY:
                log.info("document %s added: %s", item.name, f"{item.characters:,} characters")
        log.info("%d documents read, %d refused", len(news), len(failed))

    def _refusal_of(self, item: DocumentItem) -> str:
        return self.tr("{name} cannot be read: {why}").format(name=item.name, why=item.reason)

    def _warning_of(self, item: DocumentItem) -> str:
        first, *others = item.warnings
        if not others:
            return f"{item.name}: {first}"
        return self.tr("{name}: {first} ({count} more in its tooltip)").format(
            name=item.name, first=first, count=len(others)
        )

    def _say_each(self, texts: Sequence[str], summary: str, level: str) -> None:
        if len(texts) > MAX_MESSAGES:
            self._say(summary, level, self.tr("Show"), lambda: self.panel.show_list(True))
        else:
            for text in texts:
                self._say(text, level)

    def _say(self, text: str, level: str = "info", button: str = "", act: object = None) -> None:
        seconds = {"info": 8, "warning": 20}.get(level)
        self._window.messages.show_message(text, level, button=button, act=act, seconds=seconds)  # type: ignore[arg-type]

    # -- taking away ----------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop reading; documents that were never read are no documents of the session."""
        self.reader.cancel()
        self.panel.drop([item for item in self.panel.items if not item.give_up()])
        self.panel.model.touch()
        self.changed.emit()

    def _on_removed(self, gone: list[tuple[int, DocumentItem]]) -> None:
        for _, item in gone:
            if self._texts.get(item.sha256) is item:
                del self._texts[item.sha256]
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
        self._close_preview()
        for offer in self._offers:  # what was removed must not come back into another session
            offer.dismiss()
        self._offers.clear()
        self.left_out, self._texts, self._news = [], {}, []
        self.panel.show_left_out(0)
        if self._is_unasked():
            self._kept.add(left)
        else:
            self._free(left.items)

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
                self._share_text(item)
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

    def _free(self, items: Sequence[DocumentItem]) -> None:
        """Let large texts go without holding up the window."""
        texts = [item.document.text for item in items if item.document and item.characters >= LARGE_CHARACTERS]
        for item in items:
            item.document = None
        if texts:
            self._tasks.spawn(asyncio.to_thread(free, texts), name="free texts")

    def _show_left_out(self) -> None:
        from rlm_desktop.ui.documents.dialogs import LeftOutDialog

        LeftOutDialog(self.left_out, self._window).open()

    # -- reading in another way -----------------------------------------------------------------------------

    def _read_again(self, item: DocumentItem) -> None:
        item.wait()
        self.panel.model.touch()
        self.reader.read([item])
        self.changed.emit()

    def _unlock(self, locked: Sequence[DocumentItem]) -> None:
        """Try the session's passwords on all that is locked; a dialog for a new file would cover what is typed."""
        again: list[DocumentItem] = []
        for item in [item for item in self.panel.items if item.state is State.LOCKED]:
            tried = self._passwords.index(item.password) + 1 if item.password else 0
            if tried < len(self._passwords):
                item.password = self._passwords[tried]
                item.wait()
                again.append(item)
        self.reader.read(again)
        locked = [item for item in locked if item.state is State.LOCKED]
        if not locked:
            return
        refused = next((item for item in locked if item is self._answered), None)
        if refused is not None:  # the person is at it, and the password was wrong
            self._ask_password(refused)
            return
        if len(locked) == 1:
            text = self.tr("{name} needs a password.").format(name=locked[0].name)
        else:
            text = self.tr("{documents} need a password.").format(documents=counted(len(locked), "document"))
        self._say(text, "warning", self.tr("Enter…"), lambda: self._ask_password(locked[0]))

    def _ask_password(self, item: DocumentItem) -> None:
        from rlm_desktop.ui.documents.dialogs import PasswordDialog

        dialog = PasswordDialog(item.name, self._window, was_wrong=bool(item.password))
        dialog.given.connect(lambda password: self._take_password(item, password))
        dialog.open()

    def _take_password(self, item: DocumentItem, password: str) -> None:
        """Kept as long as the window: for files that come later, never for the next start."""
        if password in self._passwords:
            self._passwords.remove(password)
        self._passwords.append(password)
        item.password = password
        self._answered = item
        self._read_again(item)

    def _choose_encoding(self, item: DocumentItem) -> None:
        from rlm_desktop.ui.documents.dialogs import EncodingDialog

        dialog = EncodingDialog(item.name, item.path, item.encoding, self._window)
        dialog.chosen.connect(lambda encoding: self._take_encoding(item, encoding))
        dialog.open()

    def _take_encoding(self, item: DocumentItem, encoding: str) -> None:
        item.chosen_encoding = encoding
        self._read_again(item)

    async def _say_scanned(self, items: Sequence[DocumentItem]) -> None:
        from rlm_desktop.documents import ocr_languages

        languages = await asyncio.to_thread(ocr_languages)
        pages = sum(len(item.needs_ocr) for item in items)
        text = self.tr("{pages} without text in {name}: scanned or drawn.")
        name = items[0].name if len(items) == 1 else counted(len(items), "document")
        text = text.format(pages=counted(pages, "page"), name=name)
        if languages:
            self._say(text, "warning", self.tr("Read them (OCR)…"), lambda: self._ask_ocr(items, languages))
        else:
            self._say(f"{text} {self._how_to_get_ocr()}", "warning")

    def _how_to_get_ocr(self) -> str:
        return self.tr(
            "To have them read, install Tesseract (on Debian and Ubuntu: apt install tesseract-ocr), "
            "then choose “Read again” in the list."
        )

    def _offer_ocr(self, item: DocumentItem) -> None:
        self._tasks.spawn(self._say_or_ask_ocr(item), name="look for OCR")

    async def _say_or_ask_ocr(self, item: DocumentItem) -> None:
        from rlm_desktop.documents import ocr_languages

        languages = await asyncio.to_thread(ocr_languages)
        if languages:
            self._ask_ocr([item], languages)
        else:
            self._say(self._how_to_get_ocr(), "warning")

    def _ask_ocr(self, items: Sequence[DocumentItem], languages: Sequence[str]) -> None:
        from rlm_desktop.ui.documents.dialogs import OcrDialog

        dialog = OcrDialog([item.name for item in items], languages, self._window)
        dialog.chosen.connect(lambda ocr: self._take_ocr(items, ocr))
        dialog.open()

    def _take_ocr(self, items: Sequence[DocumentItem], ocr: str) -> None:
        for item in items:
            item.ocr = ocr
            item.wait()
        self.panel.model.touch()
        self.reader.read(items)
        self.changed.emit()

    # -- their texts ----------------------------------------------------------------------------------------

    def set_model(self, root_model: str) -> None:
        """Say which model would be asked: what it holds is compared with the documents."""
        self.panel.set_window(window_of(root_model))

    def held(self) -> Held:
        """What a question is asked over now, whatever the window shows by the time that it is asked."""
        return [(item, item.document) for item in self.panel.asked]

    async def asked(self, held: Held) -> list[Document]:
        """The documents that a question is asked over, with their texts.

        Raises:
            UserError: The text of one is no longer there.
        """
        return [
            dataclasses.replace(document or await self.text_of(item), name=item.name) for item, document in held
        ]

    async def text_of(self, item: DocumentItem) -> Document:
        """A document with its text, from the history if need be.

        Raises:
            UserError: It is no longer there, or was never read.
        """
        if item.document is None and item.sha256:
            item.document = await self._sessions.do(
                lambda history: history.document(item.sha256, item.name, item.path)
            )
            if item.document is not None:
                item.take(item.document)
        if item.document is None:
            raise UserError(
                self.tr("The text of {name} is no longer in the history. Remove it and add the file again.").format(
                    name=item.name
                )
            )
        return item.document

    def show_text(self, item: DocumentItem, offset: int = 0) -> None:
        """Show the text of a document beside its page numbers, from a character on."""
        if item.state is State.LOCKED:
            self._ask_password(item)
        elif item.state is State.FAILED:
            self._say(self._refusal_of(item), "error")
        elif item.state is State.READY:
            self._tasks.spawn(self._show_text(item, offset), name="show text")

    async def _show_text(self, item: DocumentItem, offset: int) -> None:
        from rlm_desktop.ui.documents.preview import PreviewWindow

        document = dataclasses.replace(await self.text_of(item), name=item.name)
        if self._preview is None:
            self._preview = PreviewWindow(self._tasks, self._window)
            self._preview.finished.connect(self._forget_preview)
        self._preview.show_document(document, offset)
        self._preview.show()
        self._preview.activateWindow()

    def _forget_preview(self) -> None:
        self._preview = None

    def _close_preview(self) -> None:
        if self._preview is not None:
            self._preview.close()


def _key_of(item: DocumentItem) -> str | None:
    """The key of the file that was read; None while it is going to be, empty when it must be read again."""
    if item.state is State.WAITING:
        return None
    return item.document.file_key if item.document is not None and item.state is State.READY else ""


class _Recent:
    """The latest documents that had to be extracted, by the keys of their files. Thread-safe enough: one dict."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0

    def get(self, key: str) -> Document | None:
        return self._documents.get(key)

    def put(self, document: Document) -> None:
        from rlm_desktop.documents.kinds import TEXT_KINDS

        if not document.file_key or document.kind in TEXT_KINDS or document.file_key in self._documents:
            return
        self._documents[document.file_key] = document
        self._characters += document.characters
        while self._characters > RECENT_CHARACTERS:
            self._characters -= self._documents.popitem(last=False)[1].characters
