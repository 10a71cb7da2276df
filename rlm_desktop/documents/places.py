"""Where the characters of a document came from.

A document is one text. `Places` maps a character's offset to the page, sheet, slide, message or archive member that
it was extracted from: parallel arrays, a few bytes a place, whatever the size of the text. Lines are counted
when asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

LEVELS: dict[str, int] = {
    "member": 0,
    "message": 0,
    "chapter": 0,
    "sheet": 0,
    "slide": 0,
    "page": 0,
    "cell": 0,
    "attachment": 1,
}
"""Kinds of places with their level; a place holds those of a higher level that follow it."""

INNER = 10
"""What is added to the level of the places of a file within a file."""

PAGED = ("page", "slide", "sheet")
"""Kinds that a person counts as pages."""


class Mark(NamedTuple):
    """The beginning of a place: it lasts until the next mark of its own level or of an outer one."""

    start: int
    kind: str
    number: int
    name: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where one character is.

    Attributes:
        kind: `page`, `sheet`, `slide`, `chapter`, `cell`, `message`, `attachment`, `member` or `line`.
        number: Counted from 1 within what holds it.
        name: The sheet's name, the member's path, the chapter's title; empty when it has none.
        start / end: The characters of the place.
        parent: The place that holds it.
    """

    kind: str
    number: int
    name: str
    start: int
    end: int
    parent: Place | None = None

    def __str__(self) -> str:
        own = label_of(self.kind, self.number, self.name)
        return f"{self.parent}, {own}" if self.parent else own


def label_of(kind: str, number: int, name: str) -> str:
    """What a place is called, without those that hold it: `page 3`, `sheet 1 “Sales”`, `member notes/a.txt`."""
    if kind == "member":
        return f"{kind} {name}"
    return f"{kind} {number} “{name}”" if name else f"{kind} {number}"


class Places:
    """All places of one document, in order. Immutable."""

    __slots__ = ("_ends", "_kinds", "_levels", "_names", "_numbers", "_parents", "_starts")

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self._starts = array("q")
        self._ends = array("q")  # -1 where the text's end is the place's
        self._numbers = array("q")
        self._parents = array("q")
        self._levels = array("h")
        self._kinds: list[str] = []
        self._names: list[str] = []
        around: list[int] = []
        for index, mark in enumerate(marks):
            while around and self._levels[around[-1]] >= mark.level:
                self._ends[around.pop()] = mark.start
            self._starts.append(mark.start)
            self._ends.append(-1)
            self._numbers.append(mark.number)
            self._parents.append(around[-1] if around else -1)
            self._levels.append(mark.level)
            self._kinds.append(mark.kind)
            self._names.append(mark.name)
            around.append(index)

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Mark]:
        return map(Mark, self._starts, self._kinds, self._numbers, self._names, self._levels)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Places) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def at(self, offset: int, length: int) -> Place | None:
        """The innermost place of a character of a text of `length` characters."""
        index = bisect_right(self._starts, offset) - 1
        return self._place(index, length) if index >= 0 else None

    def of_kind(self, kind: str, length: int) -> Iterator[Place]:
        """Every place of a kind, in order."""
        return (self._place(index, length) for index, own in enumerate(self._kinds) if own == kind)

    @property
    def pages(self) -> tuple[int, ...]:
        """Starts of the pages, slides or sheets of the file itself, not of files within it."""
        return tuple(mark.start for mark in self if mark.kind in PAGED and mark.level < INNER)

    def _place(self, index: int, length: int) -> Place:
        parent = self._parents[index]
        return Place(
            self._kinds[index],
            self._numbers[index],
            self._names[index],
            self._starts[index],
            length if self._ends[index] < 0 else self._ends[index],
            self._place(parent, length) if parent >= 0 else None,
        )
