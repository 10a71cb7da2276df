"""Short excerpts of texts around what was searched for, with the places to mark."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from rlm_desktop.history.wording import UNSPACED, Query, Term, is_alone, plain

AROUND = 80
_LONGEST_MARKED = 400
_SPACE = re.compile(r"\s")
_LETTER = rf"[^\W_{UNSPACED}]"
_SIGNS = r"[^\w\s\x00-\x7f]*"
"""Vowels, accents and tones of a letter may be characters of their own; the index knows the letters alone."""


def marked(query: Query) -> re.Pattern[str]:
    """What is marked in texts that were found, once they are folded."""
    return re.compile("|".join(map(_pattern, query.terms)) or r"(?!)")


def snippet(text: str, marked: re.Pattern[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """An excerpt around the first place that is marked, and start and end of each marked place in it."""
    folded = fold(text)
    first = marked.search(folded)
    if first is None:
        text = plain(text)
        folded = fold(text)
        first = marked.search(folded)
    start, end = (first.start(), first.end()) if first else (0, 0)
    begin = _word_start(text, max(0, start - AROUND))
    stop = min(len(text), max(end, begin + AROUND) + AROUND, begin + _LONGEST_MARKED)
    head, tail = "…" if begin else "", "…" if stop < len(text) else ""
    excerpt = _SPACE.sub(" ", text[begin:stop])
    marks = [
        (match.start() - begin + len(head), min(stop, _with_signs(text, match.end())) - begin + len(head))
        for match in marked.finditer(folded, begin, stop)
    ]
    return head + excerpt + tail, tuple(marks)


def fold(text: str) -> str:
    """`text` in small letters without accents, each character in its place."""
    if text.isascii():
        return text.lower()
    return text.translate({ord(character): _folded(character) for character in set(text)})


def _folded(character: str) -> str:
    base, *rest = unicodedata.normalize("NFD", character)
    letter = base if all(map(unicodedata.combining, rest)) else character
    small = letter.casefold()
    return small if len(small) == 1 else letter.lower()[0]


def _pattern(term: Term) -> str:
    """The words of a term with anything but letters and digits between them, as the index splits texts."""
    pattern = _word(term.words[0], begins=not is_alone(term.words[0]))
    for before, word in pairwise(term.words):
        pattern += (r"[\W_]*" if is_alone(before) or is_alone(word) else r"[\W_]+") + _word(word)
    if term.is_prefix:
        return rf"{pattern}{_LETTER}*"
    return pattern if is_alone(term.words[-1]) else rf"{pattern}(?!{_LETTER})"


def _word(word: str, *, begins: bool = False) -> str:
    """A word; one that `begins` is no part of a longer one."""
    letters = [re.escape(letter) for letter in fold(word)]
    signs, sure = ("", len(letters)) if word.isascii() else (_SIGNS, 1)
    head = "".join(letters[:sure])
    if begins:
        # Looked at when the head was found: a pattern that begins with a look behind tries that at every character,
        # which takes thirty times as long.
        head += rf"(?<!{_LETTER}{head})"
    return signs.join((head, *letters[sure:]))


def _with_signs(text: str, end: int) -> int:
    """The end of a place with the signs of its last letter."""
    while end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end += 1
    return end


def _word_start(text: str, at: int) -> int:
    """The start of the word after `at`, if it is near."""
    if at == 0:
        return 0
    space = _SPACE.search(text, at, at + 20)
    return space.end() if space else at
