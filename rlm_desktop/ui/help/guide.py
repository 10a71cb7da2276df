"""The guide as sections, and the search in it; no Qt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rlm_desktop import paths

GUIDE = "guide/user-guide.md"
_HEADING = re.compile(r"(#{1,4})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_WORD = re.compile(r"\w+")
_TITLE_WEIGHT = 20
"""A word of the heading counts as much as that many in the text."""
_SNIPPET = 120


@dataclass(frozen=True)
class Section:
    """A heading with the text up to the next one.

    Attributes:
        level: 1 for the guide itself, 2 for a chapter, and so on.
        text: Markdown without the heading.
    """

    number: int
    level: int
    title: str
    text: str

    @property
    def markdown(self) -> str:
        """The section with its heading."""
        return f"{'#' * self.level} {self.title}\n\n{self.text}"

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands in it."""
        counted = Counter(_words(self.text))
        for word in _words(self.title):
            counted[word] += _TITLE_WEIGHT
        return counted


@dataclass(frozen=True)
class Hit:
    """A section that was found, with the place that fits."""

    section: Section
    snippet: str


def sections(markdown: str) -> list[Section]:
    """Split a guide at its headings; those inside code blocks are none."""
    found: list[tuple[int, str, list[str]]] = [(1, "", [])]
    fence = ""
    for line in markdown.splitlines():
        if opened := _FENCE.match(line):
            fence = "" if fence == opened[1] else fence or opened[1]
        heading = _HEADING.match(line) if not fence else None
        if heading is not None:
            found.append((len(heading[1]), heading[2], []))
        else:
            found[-1][2].append(line)
    kept = [part for part in found if part[1] or any(line.strip() for line in part[2])]
    return [
        Section(number, level, title, "\n".join(lines).strip()) for number, (level, title, lines) in enumerate(kept)
    ]


def chapter(parts: Sequence[Section], number: int) -> list[Section]:
    """A section with all that is below it; the guide's own heading stands alone."""
    first = parts[number]
    if first.level == 1:
        return [first]
    end = number + 1
    while end < len(parts) and parts[end].level > first.level:
        end += 1
    return list(parts[number:end])


def search(parts: Sequence[Section], query: str, most: int = 30) -> list[Hit]:
    """The sections that have every word of the query, the last one as a beginning; the best first."""
    wanted = _words(query)
    if not wanted:
        return []
    scored = [(score, section) for section in parts if (score := _score(section, wanted))]
    scored.sort(key=lambda pair: (-pair[0], pair[1].number))
    return [Hit(section, _snippet(section, wanted)) for _, section in scored[:most]]


def _score(section: Section, wanted: Sequence[str]) -> int:
    total = 0
    for word in wanted:
        count = sum(many for known, many in section.words.items() if known.startswith(word))
        if not count:
            return 0
        total += count + _TITLE_WEIGHT * (word in section.words)
    return total


def _snippet(section: Section, wanted: Sequence[str]) -> str:
    """The text around the first word that fits, on one line."""
    plain = re.sub(r"\s+", " ", re.sub(r"[*`|#]+|-{3,}", "", section.text))
    places = [found.start() for word in wanted if (found := re.search(rf"\b{re.escape(word)}", plain, re.I))]
    start = max(min(places, default=0) - _SNIPPET // 3, 0)
    start = plain.find(" ", start) + 1 if start else 0
    end = start + _SNIPPET
    return ("… " if start else "") + plain[start:end].strip() + (" …" if end < len(plain) else "")


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def guide() -> list[Section]:
    """The sections of the user guide.

    Raises:
        FileNotFoundError: It is missing: the installation is damaged.
    """
    return sections(paths.resource(GUIDE).read_text(encoding="utf-8"))
