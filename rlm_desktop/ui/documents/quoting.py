"""Finds what an answer quotes in a document's text, and the characters of a place that it names. For threads."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from rlm_desktop.documents import Document
    from rlm_desktop.ui.documents.citations import Citation

_PIECE = 1 << 20
_WINDOW = 1 << 16
_HEAD = 12
"""Words and signs of a quotation that are looked for everywhere; the others only where these stand."""
_NEAR = 4_000
_SECONDS = 5.0
"""For one place; what is found at once takes milliseconds."""
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_MARKUP = r"[*_`~\\|]*"
"""What Markdown puts into a text, and a reader does not see."""
_GAP = r"[\s*_`~\\|>]+"
_ALIKE = ("'’‘`´", '"“”„«»', "-–—‐‑−")
"""Characters that models write for one another."""
_UNSEEN = frozenset("*_`~\\|>")
_CUT = re.compile(r"(?<!\s)\s*(?:\[?(?:\.\.\.|…)\]?|\[\.\])\s*")


IsOver: TypeAlias = Callable[[], bool]
"""Whether nobody waits any longer. Python's expressions keep the other threads waiting while they search, and take
long for texts made for that: hence pieces, between which this is asked."""


def after(seconds: float) -> IsOver:
    """Over when so much time has passed from now."""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() > ends


class Passage(NamedTuple):
    """Characters of a document."""

    start: int
    end: int


class Quotation:
    """Something quoted, ready to be looked for: white space, Markdown and typographic signs do not count."""

    def __init__(self, quote: str) -> None:
        tokens = list(_TOKEN.finditer(quote))
        while tokens and not tokens[0][0].isalnum():
            tokens.pop(0)
        while tokens and not tokens[-1][0].isalnum():
            tokens.pop()
        tokens = [token for token in tokens if token[0] not in _UNSEEN]
        words = [token[0] for token in tokens if token[0].isalnum()]
        self._anchor = max(words, key=len, default="")
        self._reach = 3 * len(quote) + 200
        pieces: list[str] = []
        for index, token in enumerate(tokens):
            if index:
                is_apart = any(char.isspace() for char in quote[tokens[index - 1].end() : token.start()])
                pieces.append(_GAP if is_apart else _MARKUP)
            pieces.append(_alike(token[0]))
        self._is_enough = len(words) >= 3
        self._pattern = re.compile("".join(pieces))
        self._head = re.compile("".join(pieces[: 2 * _HEAD - 1]))

    def find(self, text: str, start: int, end: int, is_over: IsOver) -> tuple[int, int] | None:
        """Where it stands first, between two characters; None when it does not, or was not found in time."""
        at = start if self._is_enough else end
        while at < end and not is_over():
            # By pieces: one search through 500 MB would keep the other threads waiting.
            hit = text.find(self._anchor, at, min(end, at + _PIECE + len(self._anchor)))
            if hit < 0:
                at += _PIECE
                continue
            until = min(end, hit + _WINDOW + self._reach)
            if span := self._within(text, max(start, hit - self._reach), until, is_over):
                return span
            at = hit + _WINDOW  # what begins before would have been found
        return None

    def _within(self, text: str, start: int, end: int, is_over: IsOver) -> tuple[int, int] | None:
        while (head := self._head.search(text, start, end)) and not is_over():
            if match := self._pattern.match(text, head.start(), end):
                return match.span()
            start = head.start() + 1
        return None


def _alike(token: str) -> str:
    group = next((group for group in _ALIKE if token in group), "")
    return f"[{re.escape(group)}]" if group else re.escape(token)


def parts_of(quote: str) -> list[str]:
    """What was quoted, cut where the answer says that something is left out; the longest part first."""
    return sorted((part for part in _CUT.split(quote) if part), key=len, reverse=True)


def found(
    text: str, quote: str, start: int = 0, end: int | None = None, *, is_over: IsOver | None = None
) -> tuple[int, int] | None:
    """Where a quotation stands; of one with words left out, its longest part that can be found.

    Args:
        text: Of the document.
        quote: As the answer has it.
        start: The first character from which it is looked for.
        end: The one before which it ends; None for the end of the text.
        is_over: Asked now and then whether to give up; without it, after a few seconds.
    """
    is_over = is_over or after(_SECONDS)
    end = len(text) if end is None else end
    # An accent may be a character of its own in one of both: PDFs and file systems of macOS write such texts.
    forms = dict.fromkeys((quote, unicodedata.normalize("NFC", quote), unicodedata.normalize("NFD", quote)))
    parts = (part for form in forms for part in parts_of(form)[:3])
    spans = (Quotation(part).find(text, start, end, is_over) for part in parts)
    return next((span for span in spans if span is not None), None)


def passage_of(document: Document, citation: Citation, quote: str = "") -> Passage | None:
    """The characters that a place names, or within it those that are quoted; None when there is no such place."""
    around = _around(document, citation)
    if around is None:
        return None
    if quote:
        near = max(0, around[0] - _NEAR), min(document.characters, around[1] + _NEAR)
        if span := found(document.text, quote, *near):
            return Passage(*span)
    return Passage(*around)


def _around(document: Document, citation: Citation) -> tuple[int, int] | None:
    text = document.text
    if citation.character is not None:
        at = citation.character
        return _line_around(text, at) if at < len(text) else None
    start, end = 0, len(text)
    if citation.kind:
        place = _place(document, citation)
        if place is None:
            return None
        start, end = place
    if citation.line:
        return _line(text, citation.line, start, end)
    return start, end


def _place(document: Document, citation: Citation) -> tuple[int, int] | None:
    """A page by its number; a message or a cell, too; a sheet by its name, should it have one."""
    is_paged = citation.kind in ("page", "slide", "sheet")
    if is_paged and citation.name and not citation.number:
        places = document.places.of_kind(citation.kind, document.characters)
        return next(((one.start, one.end) for one in places if one.name == citation.name), None)
    if is_paged and document.pages:
        if not 1 <= citation.number <= len(document.pages):
            return None
        last = citation.number == len(document.pages)
        return document.pages[citation.number - 1], (
            document.characters if last else document.pages[citation.number]
        )
    places = document.places.of_kind(citation.kind, document.characters)
    return next(((one.start, one.end) for one in places if one.number == citation.number), None)


def _line(text: str, number: int, start: int, end: int) -> tuple[int, int] | None:
    """The line of a number, from 1, within characters."""
    at, left = start, number - 1
    while left and at < end:
        until = min(end, at + _PIECE)
        lines = text.count("\n", at, until)
        if lines < left:
            left, at = left - lines, until
            continue
        for _ in range(left):
            at = text.find("\n", at, until) + 1
        left = 0
    if at >= end or left:
        return None
    stop = text.find("\n", at, end)
    return at, end if stop < 0 else stop


def _line_around(text: str, at: int) -> tuple[int, int]:
    start = text.rfind("\n", max(0, at - _NEAR), at) + 1 or max(0, at - _NEAR)
    stop = text.find("\n", at, at + _NEAR)
    return start, stop if stop >= 0 else min(len(text), at + _NEAR)
