"""A document: the text of a file, and where each character of it came from."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rlm_desktop.documents import bigtext
from rlm_desktop.documents.places import PAGED, Place, Places, label_of
from rlm_desktop.errors import DocumentError

_PIECE = 1 << 20


class PasswordNeeded(DocumentError):
    """A document that is encrypted: no password was given, or a wrong one."""


class EncodingNeeded(DocumentError):
    """A document that may be a text, but in no encoding that could be told, or in none that there is."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document.

    Attributes:
        level: 1 for the outermost.
        title: Its text, without marks.
        start: The first character of its line.
    """

    level: int
    title: str
    start: int


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a file. Never holds surrogates or NULs; lines end with a line feed.

    Attributes:
        name: What the person calls it; the key in `context`.
        kind: What it was found to be by its content: `pdf`, `docx`, `csv`, `code`, ...
        text: All of its text; structure as Markdown.
        sha256: Of the text in UTF-8, in hexadecimal: the key under which a text is kept once.
        size_bytes: Size of the file.
        path: Where it was read from; empty for pasted text.
        pages: Start of each page, slide or sheet; empty when it has none.
        encoding: Of a text file, as found; empty otherwise.
        warnings: What was lost, replaced or left out, as sentences.
        estimated_tokens: What a model's tokenizer would roughly count: a quarter of the bytes in UTF-8.
        places: Where each character came from.
        outline: Its headings, in order.
        needs_ocr: Numbers of the pages that hold pictures but no text.
        file_key: Of the file as it was when it was read (see `folders.file_key`); empty when reading it again may
            give something else.
    """

    name: str
    kind: str
    text: str
    sha256: str
    size_bytes: int
    path: str = ""
    pages: tuple[int, ...] = ()
    encoding: str = ""
    warnings: tuple[str, ...] = ()
    estimated_tokens: int = 0
    places: Places = field(default_factory=Places)
    outline: tuple[Heading, ...] = ()
    needs_ocr: tuple[int, ...] = ()
    file_key: str = ""

    def __del__(self) -> None:
        """Let a large text go without holding up the other threads."""
        text = getattr(self, "text", "")
        if sys.getsizeof(text) < bigtext.LARGE:
            return
        object.__setattr__(self, "text", "")
        bigtext.let_go(text)

    @property
    def characters(self) -> int:
        """Length of the text."""
        return len(self.text)

    @property
    def page_kind(self) -> str:
        """What `pages` counts: `page`, `slide` or `sheet`."""
        return next((mark.kind for mark in self.places if mark.kind in PAGED), "page")

    def page_text(self, number: int) -> str:
        """The text of a page, slide or sheet, counted from 1.

        Raises:
            IndexError: There is no such page.
        """
        if not 1 <= number <= len(self.pages):
            raise IndexError(f"{self.name} has {len(self.pages)} pages, not a page {number}")
        end = self.pages[number] if number < len(self.pages) else len(self.text)
        return self.text[self.pages[number - 1] : end]

    def place_of(self, offset: int) -> Place:
        """Where a character came from, down to its line within the innermost place.

        Raises:
            IndexError: The offset lies outside the text.
        """
        length = len(self.text)
        if not 0 <= offset <= length:
            raise IndexError(f"{self.name} has {length} characters, none at {offset}")
        around = self.places.at(offset, length)
        first = around.start if around else 0
        line = self.text.count("\n", first, offset) + 1
        start = self.text.rfind("\n", first, offset) + 1 or first
        end = self.text.find("\n", offset) + 1 or length
        return Place("line", line, "", start, end, around)

    def place_labels(self) -> list[tuple[int, str]]:
        """Start and name of every place, in order: what a helper in the REPL needs to name an offset's place."""
        labels: list[tuple[int, str]] = []
        around: list[tuple[int, str]] = []
        for mark in self.places:
            while around and around[-1][0] >= mark.level:
                around.pop()
            label = ", ".join([*(outer for _, outer in around[-1:]), label_of(mark.kind, mark.number, mark.name)])
            around.append((mark.level, label))
            if labels and labels[-1][0] == mark.start:
                labels.pop()  # an inner place that begins where the outer one does names both
            labels.append((mark.start, label))
        return labels

    def summary(self, headings: int = 80) -> dict[str, Any]:
        """What the REPL's `documents` lists of it: name, kind, characters, pages and outline.

        Args:
            headings: At most this many headings, the outermost first.
        """
        deepest = max((heading.level for heading in self.outline), default=0)
        shown = self.outline
        while len(shown) > headings and deepest > 1:
            deepest -= 1
            shown = tuple(heading for heading in self.outline if heading.level <= deepest)
        return {
            "name": self.name,
            "kind": self.kind,
            "characters": len(self.text),
            "pages": len(self.pages),
            "outline": [
                {"level": heading.level, "title": heading.title, "start": heading.start}
                for heading in shown[:headings]
            ],
        }


def from_text(name: str, text: str, kind: str = "text") -> Document:
    """A document of a text that is at hand: pasted, made by a program, read from standard input.

    Surrogates, which cannot be sent or kept, become U+FFFD; NULs become U+2400; both are counted in a warning.
    """
    clean, replaced = cleaned(text)
    digest, size = digest_of(clean)
    return Document(
        name,
        kind,
        clean,
        digest,
        size,
        encoding="utf-8",
        warnings=replaced.warnings,
        estimated_tokens=estimated_tokens(size),
    )


def digest_of(text: str) -> tuple[str, int]:
    """SHA-256 and size of a text in UTF-8, by pieces, so that no second copy of it is made."""
    digest = hashlib.sha256()
    size = 0
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE].encode()
        size += len(piece)
        digest.update(piece)
    return digest.hexdigest(), size


def estimated_tokens(utf8_bytes: int) -> int:
    """Roughly what a tokenizer counts.

    A quarter of the bytes holds for English and code (4 characters a token) and for Chinese and Japanese (3 bytes
    a character, about 0.75 tokens each): closer than any share of the characters.
    """
    return (utf8_bytes + 3) // 4


class Replaced(NamedTuple):
    """How many characters that no text may hold were replaced."""

    nuls: int
    surrogates: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each kind."""
        nuls = f"{count(self.nuls, 'NUL character')} replaced by “␀”."
        surrogates = f"{count(self.surrogates, 'lone surrogate')} replaced by “�”."
        return (nuls,) * bool(self.nuls) + (surrogates,) * bool(self.surrogates)


def cleaned(text: str, *, is_decoded: bool = False) -> tuple[str, Replaced]:
    """A text without surrogates, NULs and carriage returns.

    Args:
        text: Any string.
        is_decoded: It comes from a decoder, which gives no surrogates: they need not be looked for.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if nuls := text.count("\0"):
        text = text.replace("\0", "␀")
    surrogates = 0
    if not is_decoded and not text.isascii():
        text, surrogates = _without_surrogates(text)
    return text, Replaced(nuls, surrogates)


def _without_surrogates(text: str) -> tuple[str, int]:
    """Join pairs, replace what stays alone."""
    try:
        for start in range(0, len(text), _PIECE):
            text[start : start + _PIECE].encode()
    except UnicodeEncodeError:
        before = text.count("�")
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text, text.count("�") - before
    return text, 0


def count(number: int, thing: str) -> str:
    """`1 page`, `2,000 pages`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
