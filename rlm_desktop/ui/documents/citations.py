"""Places that an answer names in words: `report.pdf, page 12, line 5`. What is quoted in it, too.

A place belongs to the document that is named after it (`page 12 of report.pdf`), else to the last one named before
it, else to the only one there is. English and German words are known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST = 500
"""Places or quotations of one answer that are looked at."""
SHORTEST_QUOTE = 20
LONGEST_QUOTE = 4_000
_NUMBER = r"(?:\d{1,3}(?:[,.’'\u00a0\u202f]\d{3}){1,4}(?!\d)|\d{1,9}(?!\d))"
_WORDS = {
    "page": r"[Pp]ages?|pp?\.|pgs?\.|Seiten?|S\.",
    "slide": r"[Ss]lides?|Folien?",
    "sheet": r"[Ss]heets?|(?:Tabellen)?[Bb]latt",
    "message": r"[Mm]essages?|Nachricht",
    "cell": r"[Cc]ells?|Zelle",
    "line": r"[Ll]ines?|Zeilen?",
    "character": r"[Cc]haracters?|[Oo]ffset|Zeichen",
}
_PLURALS = re.compile(r"[Pp]ages|pp\.|pgs\.|Seiten|[Ss]lides|Folien|[Ll]ines|Zeilen")
_NAMED = r"(?:\s*[“„\"](?P<name>[^“”„\"\n]{1,200})[”“\"])?"
_TERM = re.compile(
    r"(?<![\w.])(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items())
    + rf")\s*(?P<number>{_NUMBER})(?:\s*[-–—]\s*{_NUMBER})?{_NAMED}"
)
_OTHERS = re.compile(rf"\s*(?:,|&|and|und|or|oder)\s*(?P<number>{_NUMBER})(?:\s*[-–—]\s*{_NUMBER})?(?![\w%])")
_SHEET = re.compile(r"(?<!\w)(?:[Ss]heet|(?:Tabellen)?[Bb]latt)\s*[“„\"](?P<name>[^“”„\"\n]{1,200})[”“\"]")
_BETWEEN = re.compile(r"\s*+[,;:·]?+\s*+")
_AFTER = re.compile(r"\s*+(?:,|of|in|from|von|aus|der|des|–|—|\()\s*+(?:the\s+|der\s+|dem\s+)?[“„\"'`]?")
_CODE_LINE = re.compile(rf":(?P<number>{_NUMBER})(?:[-–]{_NUMBER})?(?!\w)")
_QUOTED = re.compile(r"“([^“”\n]+)”|„([^„“”\n]+)[“”]|«([^«»\n]+)»|»([^«»\n]+)«|(?<!\w)\"([^\"\n]+)\"(?!\w)")
_FAR = 1_000
"""Characters beyond which a place does not belong to what is quoted before it."""
_FINER = {"line": 1, "character": 2}


@dataclass(frozen=True, slots=True)
class Citation:
    """A place that an answer names.

    Attributes:
        start / end: Where in the answer.
        document: Its index among the names.
        kind: `page`, `slide`, `sheet`, `message` or `cell`; empty when only a line or a character is named.
        number: Of the page or the like, from 1; 0 when it is named otherwise.
        name: Of the sheet.
        line: Within the page or the like, else within the text; 0 when none is named.
        character: An offset in the text; None when none is named.
        quote: What stands before it as a quotation: start and end in the answer.
    """

    start: int
    end: int
    document: int
    kind: str = ""
    number: int = 0
    name: str = ""
    line: int = 0
    character: int | None = None
    quote: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Named:
    """A document's name in an answer."""

    start: int
    end: int
    document: int


def citations(answer: str, names: Sequence[str], quotes: Sequence[tuple[int, int]] = ()) -> list[Citation]:
    """The places that an answer names, in order.

    Args:
        answer: As a person reads it, without Markdown.
        names: Of the documents that it may speak of.
        quotes: Where something is quoted, as `quotations` finds it.
    """
    named = _mentions(answer, names)
    found: list[Citation] = []
    for chain in _chains(answer, named):
        document = _document_of(chain, answer, named, len(names))
        if document is not None:
            found += _cited(chain, document, _quote_before(chain[0].start(), answer, quotes))
        if len(found) >= MOST:
            break
    return found[:MOST]


def quotations(answer: str, blocks: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Where an answer quotes, without the marks, in order: between quotation marks, and whole quoted `blocks`."""
    whole = [span for span in blocks if SHORTEST_QUOTE <= span[1] - span[0] <= LONGEST_QUOTE][:MOST]
    found = list(whole)
    for match in _QUOTED.finditer(answer):
        span = match.span(match.lastindex or 0)
        if not SHORTEST_QUOTE <= span[1] - span[0] <= LONGEST_QUOTE:
            continue
        if not any(start <= span[0] and span[1] <= end for start, end in whole):
            found.append(span)
        if len(found) >= 2 * MOST:
            break
    return sorted(found)[:MOST]


def _mentions(answer: str, names: Sequence[str]) -> list[_Named]:
    """Where documents are named: by their whole names, else by the last part of them when only one has it."""
    shown: dict[str, int | None] = {}
    for index, name in enumerate(names):
        short = name.rpartition("/")[2]
        if short != name:
            shown[short] = index if short not in shown else None
    shown |= {name: index for index, name in enumerate(names)}
    taken: list[_Named] = []
    for name, index in sorted(shown.items(), key=lambda pair: -len(pair[0])):
        if index is None or len(name) < 3:
            continue
        for start in _occurrences(answer, name):
            end = start + len(name)
            if (place := _room(taken, start, end)) is not None:
                taken.insert(place, _Named(start, end, index))
    return taken


def _room(named: Sequence[_Named], start: int, end: int) -> int | None:
    """Where characters would stand among names, which are in order; None when they overlap with one."""
    place = bisect_right(named, start, key=lambda one: one.start)
    is_free = (place == 0 or named[place - 1].end <= start) and (place == len(named) or end <= named[place].start)
    return place if is_free else None


def _occurrences(answer: str, name: str) -> Iterator[int]:
    start = answer.find(name)
    while start >= 0:
        end = start + len(name)
        before, after = answer[start - 1 : start] if start else "", answer[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after in ("_", "/")):
            yield start
        start = answer.find(name, end)


def _chains(answer: str, named: Sequence[_Named]) -> Iterator[list[re.Match[str]]]:
    """Terms that speak of one place together: `page 71, line 24, character 209,342`."""
    lines = [match for one in named if (match := _CODE_LINE.match(answer, one.end))]
    terms = [*_TERM.finditer(answer), *_SHEET.finditer(answer), *lines]
    chain: list[re.Match[str]] = []
    for term in sorted(terms, key=lambda match: match.start()):
        if _room(named, term.start(), term.end()) is None:
            continue  # a file that is called `page 3.txt`
        goes_on = (
            chain
            and _BETWEEN.fullmatch(answer, chain[-1].end(), term.start())
            and _FINER.get(_kind(term), 0) > _FINER.get(_kind(chain[-1]), 0)
        )
        if chain and not goes_on:
            yield chain
            chain = []
        chain.append(term)
    if chain:
        yield chain


def _kind(term: re.Match[str]) -> str:
    if term.re is _SHEET:
        return "sheet"
    return "line" if term.re is _CODE_LINE else next(kind for kind in _WORDS if term[kind])


def _document_of(chain: list[re.Match[str]], answer: str, named: Sequence[_Named], count: int) -> int | None:
    place = bisect_right(named, chain[0].start(), key=lambda one: one.start)
    after = named[place] if place < len(named) else None
    if after is not None and _AFTER.fullmatch(answer, chain[-1].end(), after.start):
        closer = place > 0 and "\n" not in answer[named[place - 1].end : chain[0].start()]
        gap = answer[chain[-1].end() : after.start].strip()
        if not (closer and gap.startswith(",")):  # `a.pdf, page 1, b.pdf, page 2`
            return after.document
    if place:
        return named[place - 1].document
    return 0 if count == 1 else None


def _quote_before(start: int, answer: str, quotes: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The quotation that a place belongs to: in the same paragraph, or the paragraph before as a whole."""
    index = bisect_right(quotes, start, key=lambda span: span[1]) - 1
    if index < 0 or start - quotes[index][1] > _FAR:
        return None
    between = answer[quotes[index][1] : start]
    if "\n" in between:
        own = between.rpartition("\n")[2]
        is_next = not between.rpartition("\n")[0].strip(' \n”“"»«') and len(own) <= 300
        return quotes[index] if is_next and not _TERM.search(between) else None
    return quotes[index] if len(between) <= 200 and not _TERM.search(between) else None


def _cited(chain: list[re.Match[str]], document: int, quote: tuple[int, int] | None) -> Iterator[Citation]:
    kind, number, name, line = "", 0, "", 0
    character: int | None = None
    for term in chain:
        value = _value(term["number"]) if "number" in term.re.groupindex else 0
        own = _kind(term)
        if own == "line":
            line = value
        elif own == "character":
            character = value
        else:
            kind, number, name = own, value, (term["name"] or "").strip()
    first, last = chain[0], chain[-1]
    yield Citation(first.start(), last.end(), document, kind, number, name, line, character, quote)
    word = next((last[own] for own in _WORDS if last.re is _TERM and last[own]), "")
    if not _PLURALS.fullmatch(word):
        return
    while other := _OTHERS.match(last.string, last.end()):  # `pages 3, 7 and 12`
        value = _value(other["number"])
        is_line = _kind(chain[-1]) == "line"
        start = other.start("number")
        if is_line:
            yield Citation(start, other.end(), document, kind, number, name, line=value)
        else:
            yield Citation(start, other.end(), document, kind, value)
        last = other


def _value(digits: str) -> int:
    return int("".join(char for char in digits if char.isdigit()))
