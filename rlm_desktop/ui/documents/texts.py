"""The texts of the session's documents: kept once, fetched from the history when they are needed, shown."""

from __future__ import annotations

import dataclasses
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rlm_desktop.errors import UserError
from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.loop import Tasks

if TYPE_CHECKING:
    from rlm_desktop.documents import Document
    from rlm_desktop.ui.documents.preview import PreviewWindow
    from rlm_desktop.ui.sessions.stored import StoredSessions

log = logging.getLogger(__name__)
RECENT_CHARACTERS = 64 << 20
"""Texts of extracted files that are kept for the case that the files are added again."""
Held: TypeAlias = "list[tuple[DocumentItem, Document | None]]"
"""Documents with the texts that are at hand."""


class DocumentTexts(QObject):
    """What is known of the texts of documents, and the window that shows one."""

    def __init__(self, sessions: StoredSessions, tasks: Tasks, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._sessions = sessions
        self._tasks = tasks
        self._window = window
        self._recent = _Recent()
        self._by_hash: dict[str, DocumentItem] = {}
        self._preview: PreviewWindow | None = None

    # -- kept once ------------------------------------------------------------------------------------------

    def known(self, key: str, name: str, path: str) -> Document | None:
        """What an unchanged file gave before; called in the reader's threads."""
        if (document := self._recent.get(key)) is not None:
            return dataclasses.replace(document, name=name, path=path)
        history = self._sessions.history
        try:
            return history.document_of_file(key, name, path) if history is not None else None
        except UserError as error:
            log.info("the history was not asked for %s: %s", name, error)
            return None

    def share(self, item: DocumentItem) -> None:
        """Keep the text of a document that was read once, however many documents have it."""
        document = item.document
        assert document is not None
        other = self._by_hash.setdefault(item.sha256, item)
        if other is not item and other.document is not None:
            item.document = dataclasses.replace(document, text=other.document.text)
        self._recent.put(item.document or document)

    def with_text(self, sha256: str) -> DocumentItem | None:
        """The first document that has a text."""
        return self._by_hash.get(sha256)

    def forget(self, item: DocumentItem) -> None:
        """A document was removed."""
        if self._by_hash.get(item.sha256) is item:
            del self._by_hash[item.sha256]

    def leave(self) -> None:
        """Another session shows."""
        self._by_hash = {}
        if self._preview is not None:
            self._preview.close()

    # -- at hand --------------------------------------------------------------------------------------------

    async def asked(self, held: Held) -> list[Document]:
        """The documents that a question is asked over, with their texts.

        Raises:
            UserError: The text of one is no longer there.
        """
        return [dataclasses.replace(document or await self.of(item), name=item.name) for item, document in held]

    async def of(self, item: DocumentItem) -> Document:
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

    async def fetched(self, item: DocumentItem) -> Document | None:
        """A document of the history with its text, which is not kept at hand; None when it is not there."""
        try:
            return await self._sessions.do(lambda history: history.document(item.sha256, item.name, item.path))
        except UserError as error:
            log.info("the text of %s was not fetched: %s", item.name, error)
            return None

    # -- shown ----------------------------------------------------------------------------------------------

    async def show(self, item: DocumentItem, offset: int = 0, length: int = 0) -> None:
        """Show the text of a document beside its page numbers, from a character on; mark so many from it."""
        from rlm_desktop.ui.documents.preview import PreviewWindow

        document = dataclasses.replace(await self.of(item), name=item.name)
        if self._preview is None:
            self._preview = PreviewWindow(self._tasks, self._window)
            self._preview.finished.connect(self._forget_preview)
        self._preview.show_document(document, offset, length)
        self._preview.show()
        self._preview.activateWindow()

    def _forget_preview(self) -> None:
        self._preview = None


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
