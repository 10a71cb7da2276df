"""A part of a long text, made ready for a text widget: broken lines, and which character stands in which block.

A widget that holds 500 MB takes minutes and gigabytes. What is shown is never more than `PART` characters or
`PART_LINES` lines around the place that the person looks at.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from rlm_desktop.ui.inspector.text_view import LONGEST_LINE

PART = 200_000
PART_LINES = 4_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text.

    Attributes:
        start / end: Its characters in the text.
        shown: With long lines broken.
        starts: The first character of each line that is shown.
    """

    start: int
    end: int
    shown: str
    starts: tuple[int, ...]

    def block_of(self, offset: int) -> int:
        """The number of the line in which a character is shown."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def position_of(self, text: str, offset: int) -> tuple[int, int]:
        """Line and column of a character; columns in units of UTF-16, as Qt counts."""
        block = self.block_of(offset)
        return block, utf16_length(text[self.starts[block] : offset])


def utf16_length(text: str) -> int:
    """How long Qt takes a text to be."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def part_from(text: str, start: int) -> Part:
    """The part that begins at a character."""
    lines: list[str] = []
    starts: list[int] = []
    at, limit = start, min(len(text), start + PART)
    for _ in range(PART_LINES):
        end = text.find("\n", at, limit)
        end = limit if end < 0 else end
        for begin in range(at, max(end, at + 1), LONGEST_LINE):
            lines.append(text[begin : min(end, begin + LONGEST_LINE)])
            starts.append(begin)
        at = end + 1
        if at > limit:
            break
    return Part(start, min(at, limit), "\n".join(lines), tuple(starts))


def start_around(text: str, offset: int) -> int:
    """Where a part begins that shows a character with what stands before it."""
    start = max(0, offset - PART // 4)
    # Of lines as short as those of a list of numbers fewer characters fill a part.
    for _ in range(PART_LINES // 4):
        line = text.rfind("\n", start, offset)
        if line < 0:
            break
        offset = line
    else:
        return offset + 1
    if start == 0:
        return 0
    line = text.find("\n", start, start + LONGEST_LINE)
    return line + 1 if line >= 0 else start


def start_before(text: str, start: int) -> int:
    """Where the part begins that ends where this one begins."""
    first = max(0, start - PART)
    at = start - 1
    for _ in range(PART_LINES):
        line = text.rfind("\n", first, max(first, at))
        if line < 0:
            return first
        at = line
    return at + 1
