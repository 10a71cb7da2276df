"""How the offline model reads text: language, words, stems, headings, passages.

Everything here is plain string work without a model. Words are matched by Snowball stems; texts without spaces
between words (Chinese, Japanese, Korean) by pairs of characters.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

import snowballstemmer  # pyright: ignore[reportMissingTypeStubs]

from rlm_desktop.engine.offline.words import LANGUAGE_HINTS, STOP_WORDS

TOKEN = re.compile(r"[^\W_]+(?:[-'’./:_+&][^\W_]+)*", re.UNICODE)
_PART = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\sa-zß-öø-ÿ])|(?<=[。！？])[」』”）]*\s*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|e\.g|i\.e|etc|vs|cf|approx|incl|resp|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|Fig|Eq|Sec|Vol|pp?|al|Inc|Ltd"
    r"|Corp|Co|Jr|Sr|z\.B|d\.h|bzw|ca|usw|M|Mme|art)|\b\d{1,2})\.$"
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(\S.*?)\s*#*$")
_NUMBERED_HEADING = re.compile(r"\d+(?:\.\d+)*\.?\s+[^\W\d_].{0,90}[^\s.,;:!?]$")
_CHAPTER = re.compile(r"(?:chapter|part|book|appendix|section|article|kapitel|teil|chapitre)\s+[\dIVXLC]+\b", re.I)
_UNDERLINE = re.compile(r"(=+|-+|~+|\*+|\^+|\"+)\s*$")
_ITEM = re.compile(r"\s*(?:[-*•+]|\d{1,3}[.)]|\[\d+\]|[a-z]\))\s+\S")
_MAX_PASSAGE = 900
_GLUED = 120
"""A shorter block that is no sentence belongs to its neighbours: a command between two half sentences."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, list item, table row or line with its place; `text` has single spaces."""

    text: str
    start: int
    heading: str
    is_row: bool = False


def language_of(text: str) -> str:
    """The Snowball name of the language that the function words speak for; English when nothing does."""
    sample = set(_PART.findall(text[:20_000].lower()))
    best, hits = "english", len(sample & LANGUAGE_HINTS["english"])
    for language, hints in LANGUAGE_HINTS.items():
        found = len(sample & hints)
        if found > hits:
            best, hits = language, found
    return best


_lock = threading.Lock()


@cache
def _stemmer(language: str) -> Any:
    return cast(Any, snowballstemmer).stemmer(language)


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "english") -> str:
    """The Snowball stem of a lower-case word. A stemmer keeps state, hence the lock."""
    with _lock:
        return str(_stemmer(language).stemWord(word.replace("’", "'")))


def is_stop_word(word: str) -> bool:
    """Whether a lower-case word carries no subject in any of the languages known here."""
    return word in STOP_WORDS


def has_cjk(text: str) -> bool:
    """Whether words of `text` are to be taken as pairs of characters."""
    return _CJK.search(text) is not None


def parts(token: str) -> list[str]:
    """The words in a compound such as `abort-upgrade` or `usr/local`."""
    return _PART.findall(token)


def single_spaced(text: str) -> str:
    """`text` on one line."""
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of a single-spaced paragraph."""
    result: list[str] = []
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text[begin : match.start()]):
            continue
        result.append(text[begin : match.end()].strip())
        begin = match.end()
    if text[begin:].strip():
        result.append(text[begin:].strip())
    return result


def heading_of(line: str, following: str) -> str | None:
    """The title if `line` is a heading; `following` is the next line (an underline, or empty after a heading)."""
    line = line.rstrip()
    if not line or line[0].isspace():
        return None
    if match := _MARKDOWN_HEADING.match(line):
        return match[1]
    underline = _UNDERLINE.match(following)
    if underline and len(underline[1]) >= 3 and abs(len(underline[1]) - len(line)) <= 2:
        return line
    if not following.strip() and len(line) <= 100 and (_NUMBERED_HEADING.match(line) or _CHAPTER.match(line)):
        return line
    return None


@dataclass(slots=True)
class _Block:
    lines: list[str]
    start: int
    heading: str

    @property
    def text(self) -> str:
        return single_spaced("\n".join(self.lines))


def _blocks(text: str) -> Iterator[_Block]:
    """Runs of lines without an empty line between them, cut at headings and list items."""
    lines = text.splitlines(keepends=True)
    heading = ""
    block: list[str] = []
    begin = position = 0
    skip = False
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        title = None if skip or (block and line[0] != "#") else heading_of(line, following)
        if block and (title is not None or not line.strip() or _ITEM.match(line)):
            yield _Block(block, begin, heading)
            block = []
        if skip:
            skip = False
        elif title is not None:
            heading = title
            skip = _UNDERLINE.match(following) is not None
        elif line.strip():
            if not block:
                begin = position + len(line) - len(line.lstrip())
            block.append(line.rstrip("\r\n"))
        position += len(line)
    if block:
        yield _Block(block, begin, heading)


def _is_rows(lines: list[str]) -> bool:
    """Whether the lines stand for themselves: a table, records, verse, a log; not a wrapped paragraph."""
    if len(lines) < 3:
        return False
    if all(line.count("|") >= 2 or line.count("\t") >= 1 or line.count(",") >= 3 for line in lines):
        return True
    ended = sum(line.rstrip().endswith((".", "?", "!", ";", ":", ",", ")")) for line in lines)
    lower = sum(line.lstrip()[:1].islower() for line in lines)
    return lower <= len(lines) * 0.1 and ended >= len(lines) * 0.5


def passages(text: str) -> list[Passage]:
    """The passages of a text, in order. A short block that is no sentence is glued to its neighbours."""
    result: list[Passage] = []
    is_open = False
    for block in _blocks(text):
        if _is_rows(block.lines):
            result.extend(_rows(block))
            is_open = False
            continue
        body = block.text
        last = result[-1] if result else None
        glue = last is not None and not last.is_row and last.heading == block.heading
        if glue and last and len(last.text) + len(body) < _MAX_PASSAGE and (is_open or body[:1].islower()):
            result[-1] = Passage(f"{last.text} {body}", last.start, last.heading)
        else:
            result.append(Passage(body, block.start, block.heading))
        is_fragment = len(body) < _GLUED and body[-1:] not in '.!?。！？)"”'
        is_open = body[-1:] in ":," or (is_fragment and is_open) or body.endswith(" then")
    return result


def _rows(block: _Block) -> Iterator[Passage]:
    position = block.start
    for line in block.lines:
        if line.strip():
            yield Passage(single_spaced(line), position, block.heading, is_row=True)
        position += len(line) + 1


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text up to the next one; `level` counts from 1 at the top."""

    level: int
    title: str
    start: int
    body: str


def sections(text: str) -> list[Section]:
    """The sections of a text by its headings; none when it has no headings."""
    lines = text.splitlines(keepends=True)
    marks: list[tuple[int, str, int, int]] = []
    underlines: list[str] = []
    position = 0
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        before = lines[index - 1] if index else ""
        if line.strip() and (line[0] == "#" or not before.strip()):
            title = heading_of(line, following)
            if title is not None:
                level, skipped = _level(line, title, following, underlines)
                marks.append((level, title, position, position + len(line) + skipped))
        position += len(line)
    ends = [mark[2] for mark in marks[1:]] + [len(text)]
    return [
        Section(level, title, start, text[body:end])
        for (level, title, start, body), end in zip(marks, ends, strict=False)
    ]


def _level(line: str, title: str, following: str, underlines: list[str]) -> tuple[int, int]:
    """Level of a heading, and the characters of the underline below it."""
    underline = _UNDERLINE.match(following)
    skipped = len(following) if underline else 0
    if line[0] == "#":
        return len(line) - len(line.lstrip("#")), 0
    number = re.match(r"\d+(?:\.\d+)*", title)
    if number:
        return number[0].count(".") + 1, skipped
    if underline is None:
        return 1, 0
    if underline[1][0] not in underlines:
        underlines.append(underline[1][0])
    return underlines.index(underline[1][0]) + 1, skipped
