"""What an extractor writes: text, marks of places, headings, warnings. Lives in the extraction process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain
from operator import add
from typing import NamedTuple

from rlm_desktop.documents.document import Heading, Replaced, cleaned, count
from rlm_desktop.documents.places import INNER, LEVELS, Mark

MAX_CHARACTERS = 1 << 30
"""No document may grow larger: about 1,000 million characters."""
_LINE = r"(?:(#{1,6})[ \t]+(\S.*)$|(```+|~~~+))"
_FIRST = re.compile(_LINE, re.MULTILINE)
_OTHERS = re.compile(r"\n" + _LINE, re.MULTILINE)
"""A literal line feed is looked for ten times faster than the beginning of a line."""
_MARKUP = re.compile(r"!?\[([^\[\]]*)\]\([^)\[]*\)|[*`]+")


MOST_WARNINGS = 100
"""Further ones are counted: each of the many files in an archive may bring some."""


class TooLarge(ValueError):
    """The text of a document passes the limit."""


class Kept(NamedTuple):
    """What is known of the outer file while an inner one is read."""

    kind: str
    encoding: str
    warnings: list[str]
    needs_ocr: list[int]
    replaced: Replaced
    unlisted: int


class Draft:
    """A document in the making.

    Attributes:
        kind: What it is; an extractor may make it more exact.
        encoding: Of a text.
        warnings: Sentences for the person.
        needs_ocr: Pages with pictures but no text.
        inner_files / inner_bytes: How many files within the file were looked at, and their sizes, at any depth.

    Args:
        kind: As it was found to be.
        tell: Called with the share that is done, 0 to 1, and what is being read.
    """

    def __init__(self, kind: str, tell: Callable[[float, str], None] = lambda share, note: None) -> None:
        self.kind = kind
        self.encoding = ""
        self.warnings: list[str] = []
        self.needs_ocr: list[int] = []
        self.marks: list[Mark] = []
        self.headings: list[Heading] = []
        self.parts: list[str] = []
        self.length = 0
        self.inner_files = 0
        self.inner_bytes = 0
        self._replaced = Replaced(0, 0)
        self._unlisted = 0
        self._tell = tell
        self._share = 0.0
        self._within: list[str] = []

    def report(self, share: float, note: str) -> None:
        """A share is done of the file, or of a file within it; it is the outer one whose share is told."""
        if not self._within:
            self._share = share
        self._tell(self._share, ": ".join(filter(None, [*self._within, note])))

    def add(self, text: str, *, is_decoded: bool = False) -> None:
        """Add text as it is, cleaned of what no text may hold; see `cleaned`."""
        text, replaced = cleaned(text, is_decoded=is_decoded)
        self._replaced = Replaced(*map(add, self._replaced, replaced))
        if self.length + len(text) > MAX_CHARACTERS:
            raise TooLarge
        self.parts.append(text)
        self.length += len(text)

    def add_markdown(self, text: str) -> None:
        """Add Markdown and list its headings."""
        start = self.length
        self.add(text)
        self.headings.extend(headings_of(self.parts[-1], start))

    def add_heading(self, level: int, title: str) -> None:
        """Add a heading as a paragraph of its own."""
        title = " ".join(cleaned(title)[0].split())
        if title:
            self.headings.append(Heading(level, title, self.length))
            self.add(f"{'#' * min(level, 6)} {title}\n\n")

    def mark(self, kind: str, number: int, name: str = "", at: int = -1) -> None:
        """A place begins here, or at a character before."""
        start = self.length if at < 0 else at
        self.marks.append(Mark(start, kind, number, cleaned(name)[0], LEVELS[kind] + len(self._within) * INNER))

    def warn(self, *sentences: str) -> None:
        """Add warnings, each once."""
        for sentence, _ in map(cleaned, sentences):
            if sentence not in self.warnings:
                if len(self.warnings) < MOST_WARNINGS:
                    self.warnings.append(sentence)
                else:
                    self._unlisted += 1

    def enter(self, kind: str, name: str) -> Kept:
        """Begin with a file within the file."""
        kept = Kept(self.kind, self.encoding, self.warnings, self.needs_ocr, self._replaced, self._unlisted)
        self.kind, self.warnings, self.needs_ocr, self._replaced, self._unlisted = kind, [], [], Replaced(0, 0), 0
        self._within.append(cleaned(name)[0])
        return kept

    def leave(self, kept: Kept) -> None:
        """End with a file within the file: what is known of the outer one counts again."""
        self.finish()
        name = self._within.pop()
        inner = [f"{name}: {warning}" for warning in self.warnings]
        self.kind, self.encoding, self.warnings, self.needs_ocr, self._replaced, self._unlisted = kept
        self.warn(*inner)
        self.report(self._share, name)

    def finish(self) -> None:
        """All is written: say what was replaced, and how many warnings are not listed."""
        self.warn(*self._replaced.warnings)
        if self._unlisted:
            self.warnings.append(f"{count(self._unlisted, 'further warning')} not listed.")

    def drop_if_empty(self, start: int) -> bool:
        """Take back a title that was written at `start` when nothing but white space followed it.

        Returns:
            Whether it was taken back.
        """
        at, index = self.length, len(self.parts)
        while index and at > start:
            index -= 1
            at -= len(self.parts[index])
        if any(part.strip() for part in self.parts[index + 1 :]):
            return False
        del self.parts[index:]
        self.length = at
        while self.marks and self.marks[-1].start >= start:
            self.marks.pop()
        while self.headings and self.headings[-1].start >= start:
            self.headings.pop()
        return True

    @property
    def is_blank(self) -> bool:
        """Whether there is no text but white space."""
        return all(not part or part.isspace() for part in self.parts)


def headings_of(text: str, start: int = 0) -> Iterable[Heading]:
    """The headings of a Markdown text, those in fenced code left out."""
    fence = ""
    for match in chain(filter(None, [_FIRST.match(text)]), _OTHERS.finditer(text)):
        marks, title, opened = match.groups()
        if opened:
            fence = "" if fence and opened.startswith(fence) else fence or opened
        elif not fence:
            plain = _MARKUP.sub(r"\1", title.rstrip(" \t#")).strip()
            if plain:
                yield Heading(len(marks), plain, start + match.end() - len(match[0].removeprefix("\n")))
