"""How the offline model reads text: language, words, stems, headings.

Everything here is plain string work without a model. Words are matched by Snowball stems; texts without spaces
between words (Chinese, Japanese, Korean) by pairs of characters.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

import snowballstemmer  # pyright: ignore[reportMissingTypeStubs]

from rlm_desktop.engine.offline.words import IRREGULAR, LANGUAGE_HINTS, STOP_WORDS

TOKEN = re.compile(r"[^\W_]+(?:[-'’./:_+&][^\W_]+)*", re.UNICODE)
_PART = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\sa-zß-öø-ÿ])|(?<=[。！？])[」』”）]*\s*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|e\.g|i\.e|etc|vs|cf|approx|incl|resp|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|Fig|Eq|Sec|Vol|pp?|al|Inc|Ltd"
    r"|Corp|Co|Jr|Sr|z\.B|d\.h|bzw|ca|usw|M|Mme|art)|\b\d{1,2})\.$"
)
_LONGEST_ABBREVIATION = 10
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(\S.*?)\s*#*$")
_NUMBERED_HEADING = re.compile(r"\d+(?:\.\d+)*\.?\s+[^\W\d_].{0,90}[^\s.,;:!?]$")
_CHAPTER = re.compile(r"(?:chapter|part|book|appendix|section|article|kapitel|teil|chapitre)\s+[\dIVXLC]+\b", re.I)
UNDERLINE = re.compile(r"(=+|-+|~+|\*+|\^+|\"+)\s*$")


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
    if word.isdigit():
        return word
    if language == "english":
        word = IRREGULAR.get(word, word)
    with _lock:
        return str(_stemmer(language).stemWord(word.replace("’", "'")))


@cache
def _irregular() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for form, word in IRREGULAR.items():
        table.setdefault(stem(word), []).append(form)
    return table


def irregular_forms(stemmed: str) -> list[str]:
    """Forms of an English word that do not begin with its stem: `led` for `lead`."""
    return [form for form in _irregular().get(stemmed, ()) if not form.startswith(stemmed)]


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
        # Only where one may stand: a paragraph of nothing else would be searched from its beginning for each.
        if _ABBREVIATION.search(text, max(begin, match.start() - _LONGEST_ABBREVIATION), match.start()):
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
    underline = UNDERLINE.match(following)
    if underline and len(underline[1]) >= 3 and abs(len(underline[1]) - len(line)) <= 2:
        return line
    if not following.strip() and len(line) <= 100 and (_NUMBERED_HEADING.match(line) or _CHAPTER.match(line)):
        return line
    return None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text up to the next one; `level` counts from 1 at the top."""

    level: int
    title: str
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
        Section(level, title, text[body:end]) for (level, title, _, body), end in zip(marks, ends, strict=False)
    ]


def _level(line: str, title: str, following: str, underlines: list[str]) -> tuple[int, int]:
    """Level of a heading, and the characters of the underline below it."""
    underline = UNDERLINE.match(following)
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
