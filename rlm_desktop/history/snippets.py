"""Short excerpts of texts around what was searched for, with the places to mark."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rlm_desktop.history.query import Query, Term

AROUND = 80
_LONGEST_MARKED = 400


def snippet(text: str, query: Query) -> tuple[str, tuple[tuple[int, int], ...]]:
    """An excerpt around the first place where a term stands, and start and end of each marked place in it."""
    folded = fold(text)
    pattern = _any_of(query.terms)
    first = pattern.search(folded)
    start, end = (first.start(), first.end()) if first else (0, 0)
    begin = _word_start(text, max(0, start - AROUND))
    stop = min(len(text), max(end, begin + AROUND) + AROUND, begin + _LONGEST_MARKED)
    head, tail = "…" if begin else "", "…" if stop < len(text) else ""
    excerpt = re.sub(r"\s", " ", text[begin:stop])
    marks = [
        (match.start() - begin + len(head), match.end() - begin + len(head))
        for match in pattern.finditer(folded, begin, stop)
    ]
    return head + excerpt + tail, tuple(marks)


def fold(text: str) -> str:
    """`text` in small letters without accents, each character in its place."""
    if text.isascii():
        return text.lower()
    return text.translate({ord(character): _folded(character) for character in set(text)})


def _folded(character: str) -> str:
    base, *rest = unicodedata.normalize("NFD", character)
    return (base if all(map(unicodedata.combining, rest)) else character).lower()[0]


@lru_cache(maxsize=16)
def _any_of(terms: tuple[Term, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, terms)))


def _pattern(term: Term) -> str:
    """The words of a term with anything but letters and digits between them, as the index splits texts."""
    words = r"[\W_]+".join(re.escape(fold(word)) for word in term.words)
    return rf"(?<![^\W_]){words}" + (r"[^\W_]*" if term.is_prefix else r"(?![^\W_])")


def _word_start(text: str, at: int) -> int:
    """The start of the word after `at`, if it is near."""
    if at == 0:
        return 0
    space = re.compile(r"\s").search(text, at, at + 20)
    return space.end() if space else at
