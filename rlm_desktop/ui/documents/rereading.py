"""Reading documents in another way: with a password, in another encoding, with OCR."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.documents.news import DocumentNews
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.loop import Tasks

_LOOKED_INTO = 1 << 18
_SAMPLE = 2000
"""Bytes of a file that are looked into for what shows its encoding, and that are shown."""


class Rereading(QObject):
    """Asks how documents are to be read, and has them read so.

    Passwords are kept as long as the window, for files that come later; never for the next start.

    Args:
        read: Reads documents again, in the way that each one says.
        news: Says what can be done.
    """

    def __init__(
        self,
        window: QWidget,
        news: DocumentNews,
        read: Callable[[Sequence[DocumentItem]], None],
        tasks: Tasks,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._news = news
        self._read = read
        self._tasks = tasks
        self._passwords: list[str] = []
        self._answered: DocumentItem | None = None

    # -- passwords ------------------------------------------------------------------------------------------

    def unlock(self, items: Sequence[DocumentItem], news: Sequence[DocumentItem]) -> None:
        """Try the passwords on all that is locked; offer to enter one for what is new among it.

        A dialog for a new file would cover what is typed.
        """
        again: list[DocumentItem] = []
        for item in [item for item in items if item.state is State.LOCKED]:
            tried = self._passwords.index(item.password) + 1 if item.password else 0
            if tried < len(self._passwords):
                item.password = self._passwords[tried]
                again.append(item)
        self._read(again)
        locked = [item for item in news if item.state is State.LOCKED]
        if not locked:
            return
        refused = next((item for item in locked if item is self._answered), None)
        if refused is not None:  # the person is at it, and the password was wrong
            self.ask_password(refused)
            return
        if len(locked) == 1:
            text = self.tr("{name} needs a password.").format(name=locked[0].name)
        else:
            text = self.tr("{documents} need a password.").format(documents=counted(len(locked), "document"))
        self._news.say(text, "warning", self.tr("Enter…"), lambda: self.ask_password(locked[0]))

    def ask_password(self, item: DocumentItem) -> None:
        """Let the person enter a password."""
        from rlm_desktop.ui.documents.dialogs import PasswordDialog

        dialog = PasswordDialog(item.name, self._window, was_wrong=bool(item.password))
        dialog.given.connect(lambda password: self._take_password(item, password))
        dialog.open()

    def _take_password(self, item: DocumentItem, password: str) -> None:
        if password in self._passwords:
            self._passwords.remove(password)
        self._passwords.append(password)
        item.password = password
        self._answered = item
        self._read([item])

    # -- encodings ------------------------------------------------------------------------------------------

    def choose_encoding(self, item: DocumentItem) -> None:
        """Let the person choose an encoding."""
        self._tasks.spawn(self._ask_encoding(item), name="look into a document")

    async def _ask_encoding(self, item: DocumentItem) -> None:
        from rlm_desktop.ui.documents.dialogs import EncodingDialog

        sample = await asyncio.to_thread(_sample, item.path)
        dialog = EncodingDialog(item.name, sample, item.encoding, self._window)
        dialog.chosen.connect(lambda encoding: self._take_encoding(item, encoding))
        dialog.open()

    def _take_encoding(self, item: DocumentItem, encoding: str) -> None:
        item.chosen_encoding = encoding
        self._read([item])

    # -- OCR ------------------------------------------------------------------------------------------------

    def offer_ocr(self, items: Sequence[DocumentItem]) -> None:
        """Say that documents hold pages without text, and offer to have them read."""
        if items:
            self._tasks.spawn(self._say_scanned(items), name="look for OCR")

    def choose_ocr(self, item: DocumentItem) -> None:
        """Let the person choose languages for OCR; without an engine say how to get one."""
        self._tasks.spawn(self._ask_or_say_ocr(item), name="look for OCR")

    async def _say_scanned(self, items: Sequence[DocumentItem]) -> None:
        languages = await _languages()
        pages = sum(len(item.needs_ocr) for item in items)
        text = self.tr("{pages} without text in {name}: scanned or drawn.")
        name = items[0].name if len(items) == 1 else counted(len(items), "document")
        text = text.format(pages=counted(pages, "page"), name=name)
        if languages:
            self._news.say(text, "warning", self.tr("Read them (OCR)…"), lambda: self._ask_ocr(items, languages))
        else:
            self._news.say(f"{text} {self._how_to_get_ocr()}", "warning")

    def _how_to_get_ocr(self) -> str:
        return self.tr(
            "To have them read, install Tesseract (on Debian and Ubuntu: apt install tesseract-ocr), "
            "then choose “Read again” in the list."
        )

    async def _ask_or_say_ocr(self, item: DocumentItem) -> None:
        if languages := await _languages():
            self._ask_ocr([item], languages)
        else:
            self._news.say(self._how_to_get_ocr(), "warning")

    def _ask_ocr(self, items: Sequence[DocumentItem], languages: Sequence[str]) -> None:
        from rlm_desktop.ui.documents.dialogs import OcrDialog

        dialog = OcrDialog([item.name for item in items], languages, self._window)
        dialog.chosen.connect(lambda ocr: self._take_ocr(items, ocr))
        dialog.open()

    def _take_ocr(self, items: Sequence[DocumentItem], ocr: str) -> None:
        for item in items:
            item.ocr = ocr
        self._read(items)


async def _languages() -> tuple[str, ...]:
    from rlm_desktop.documents import ocr_languages

    return await asyncio.to_thread(ocr_languages)


def _sample(path: str) -> bytes:
    """The first bytes that are not plain ASCII with some before them: there the encoding shows."""
    try:
        with open(path, "rb") as file:
            head = file.read(_LOOKED_INTO)
    except OSError:
        return b""
    high = re.search(rb"[\x80-\xff]", head)
    first = high.start() if high is not None else 0
    start = head.rfind(b"\n", 0, max(0, first - 200)) + 1 if first > 400 else 0
    return head[start : start + _SAMPLE]
