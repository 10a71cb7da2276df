"""A document as the window lists it: waiting, read, refused, or known from the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from rlm_desktop.ui.figures import counted, number, short_count
from rlm_desktop.ui.sentences import said

if TYPE_CHECKING:
    from rlm_desktop.documents import Document, Found
    from rlm_desktop.engine.events import DocumentRef
    from rlm_desktop.errors import DocumentError


class State(Enum):
    """How far a document is."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    LOCKED = "locked"


@dataclass(eq=False, slots=True)
class DocumentItem:
    """A document of the session.

    Attributes:
        characters / pages / tokens: Of the text; nothing while it is not read. Tokens are an estimate.
        size_bytes: Of the file; 0 where it is not known.
        warnings: What the loader had to say about it.
        reason: Why it cannot be read.
        is_undecoded: Whether that is because it is in no encoding that could be told.
        is_included: Whether questions are asked over it.
        encoding: Of a text: as found, or as the person chose.
        needs_ocr: Pages that hold pictures but no text.
        password / chosen_encoding / ocr: How the person wants it to be read. A password is never written anywhere.
        document: None until its text is needed, for one that an earlier run had.
        before: What it was before it was to be read again; None when it never was anything.
    """

    name: str
    kind: str = ""
    characters: int = 0
    pages: int | None = None
    path: str = ""
    sha256: str = ""
    size_bytes: int = 0
    tokens: int = 0
    state: State = State.WAITING
    warnings: tuple[str, ...] = ()
    reason: str = ""
    is_undecoded: bool = False
    is_included: bool = True
    encoding: str = ""
    needs_ocr: tuple[int, ...] = ()
    password: str = field(default="", repr=False)
    chosen_encoding: str = ""
    ocr: str = ""
    document: Document | None = field(default=None, repr=False)
    before: State | None = None

    @classmethod
    def of_document(cls, document: Document) -> DocumentItem:
        """An item for a document that is there."""
        item = cls(document.name)
        item.take(document)
        return item

    @classmethod
    def of_file(cls, found: Found) -> DocumentItem:
        """An item for a file that is to be read."""
        return cls(found.name, path=found.path, size_bytes=found.size)

    @classmethod
    def of_ref(cls, ref: DocumentRef) -> DocumentItem:
        """An item for a document that an earlier run had; its text is in the history."""
        from rlm_desktop.documents.document import estimated_tokens  # the history has imported it by now

        item = cls(ref.name, ref.kind, ref.characters, ref.pages, ref.path, ref.sha256, state=State.READY)
        item.tokens = estimated_tokens(ref.characters)  # its bytes are not known: for English they are as many
        return item

    def take(self, document: Document) -> None:
        """It was read. Its name stays."""
        self.kind, self.sha256 = document.kind, document.sha256
        self.path = self.path or document.path  # what opens the file is kept, whatever can be shown of it
        self.characters, self.pages = document.characters, len(document.pages) or None
        self.size_bytes, self.tokens = document.size_bytes, document.estimated_tokens
        self.warnings = tuple(map(said, document.warnings))
        self.encoding, self.needs_ocr = document.encoding, document.needs_ocr
        self.state, self.reason, self.is_undecoded, self.document = State.READY, "", False, document

    def wait(self) -> None:
        """It is to be read again."""
        if self.state is not State.WAITING:
            self.before, self.state = self.state, State.WAITING

    def give_up(self) -> bool:
        """It is not read after all. Returns whether it is something nevertheless, as before."""
        if self.state is State.WAITING and self.before is not None:
            self.state = self.before
        return self.state is not State.WAITING

    def refuse(self, error: DocumentError, *, is_locked: bool = False, is_undecoded: bool = False) -> None:
        """It cannot be read, or not without a password, or in another encoding perhaps."""
        self.state = State.LOCKED if is_locked else State.FAILED
        self.encoding, self.is_undecoded = "", is_undecoded
        self.reason = said(error.reason)

    @property
    def is_asked(self) -> bool:
        """Whether a question is asked over it."""
        return self.is_included and self.state is State.READY

    @property
    def is_scanned(self) -> bool:
        """Whether pages of it hold no text, and nobody has tried yet to have their pictures read."""
        return bool(self.needs_ocr) and not self.ocr and self.state is State.READY

    @property
    def may_change_encoding(self) -> bool:
        """Whether another encoding would give another text, or one at all."""
        return bool(self.path and (self.encoding or self.is_undecoded))

    @property
    def size_text(self) -> str:
        """Pages where there are pages, else characters; nothing while it is not read."""
        if self.state is not State.READY:
            return ""
        pages = QCoreApplication.translate("Documents", "{count} p").format(count=number(self.pages or 0))
        return pages if self.pages else short_count(self.characters)

    @property
    def state_text(self) -> str:
        """Its state in a few words."""
        translate = QCoreApplication.translate
        if self.state is State.WAITING:
            return translate("Documents", "waiting")
        if self.state is State.LOCKED:
            return translate("Documents", "needs a password")
        if self.state is State.FAILED:
            return translate("Documents", "cannot be read")
        if not self.is_included:
            return translate("Documents", "left out")
        return counted(len(self.warnings), "warning") if self.warnings else translate("Documents", "ready")

    def describe(self) -> str:
        """All that is known of it, for the tooltip and the screen reader."""
        lines = [self.name]
        if self.state is State.READY:
            tokens = QCoreApplication.translate("Figures", "≈ {count} tokens").format(
                count=short_count(self.tokens)
            )
            pages = [counted(self.pages, "page")] if self.pages else []
            lines.append(", ".join([self.kind, *pages, counted(self.characters, "character"), tokens]))
        else:
            lines.append(f"{self.state_text}: {self.reason}" if self.reason else self.state_text)
        if self.encoding and self.encoding != "utf-8":
            lines.append(
                QCoreApplication.translate("Documents", "Encoding: {name}").format(name=self.encoding.upper())
            )
        lines += [self.path] if self.path else []
        return "\n".join(lines + [f"⚠ {warning}" for warning in self.warnings])


class Names:
    """Names that are taken: the REPL tells documents by name."""

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = set(names)

    def free(self, name: str) -> str:
        """`name`, or `name (2).txt` and so on when it is taken; taken from now on."""
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, dot + ending) if stem else (name, "")
        count, candidate = 1, name
        while candidate in self._taken:
            count += 1
            candidate = f"{stem} ({count}){ending}"
        self._taken.add(candidate)
        return candidate
