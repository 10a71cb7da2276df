"""Cuts a text into passages: paragraphs, list items with what introduces them, rows with their table's header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rlm_desktop.engine.offline.text import UNDERLINE, heading_of, single_spaced

_ITEM = re.compile(r"\s*(?:[-*•+]|\d{1,3}[.)]|\[\d+\]|[a-z]\))\s+\S")
_RULE = re.compile(r"[\s|:+=-]+$|\s*```\w*\s*$")
_MAX_PASSAGE = 900
_GLUED = 120
"""A shorter block that is no sentence belongs to its neighbours: a command between two half sentences."""
_SHORT_INTRODUCTION = 60


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, list item, table row or line with its place.

    Attributes:
        text: With single spaces.
        heading: The heading above.
        header: What introduces it: the sentence before a list, the header of a table.
    """

    text: str
    start: int
    heading: str
    header: str = ""
    is_row: bool = False


@dataclass(slots=True)
class _Block:
    lines: list[str]
    start: int
    heading: str
    is_first: bool

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
    is_first = True
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        title = None if skip or (block and line[0] != "#") else heading_of(line, following)
        if block and (title is not None or not line.strip() or _ITEM.match(line)):
            yield _Block(block, begin, heading, is_first)
            block = []
            is_first = False
        if skip:
            skip = False
        elif title is not None:
            heading = title
            is_first = True
            skip = UNDERLINE.match(following) is not None
        elif line.strip():
            if not block:
                begin = position + len(line) - len(line.lstrip())
            block.append(line.rstrip("\r\n"))
        position += len(line)
    if block:
        yield _Block(block, begin, heading, is_first)


def _is_rows(lines: list[str]) -> bool:
    """Whether the lines stand for themselves: a table, code, records, verse, a log; not a wrapped paragraph."""
    if lines[0].lstrip().startswith("```"):
        return True
    if len(lines) >= 2 and all(line.count("|") >= 2 for line in lines):
        return True
    if len(lines) < 3:
        return False
    if all(line.count("|") >= 1 or line.count("\t") >= 1 or line.count(",") >= 3 for line in lines):
        return True
    ended = sum(line.rstrip().endswith((".", "?", "!", ";", ":", ",", ")")) for line in lines)
    lower = sum(line.lstrip()[:1].islower() for line in lines)
    return lower <= len(lines) * 0.1 and ended >= len(lines) * 0.5


def passages(text: str) -> list[Passage]:
    """The passages of a text, in order. A short block that is no sentence is glued to its neighbours."""
    result: list[Passage] = []
    last: Passage | None = None
    is_open = last_is_item = False
    for block in _blocks(text):
        if _is_rows(block.lines):
            result.extend(_rows(block))
            last, is_open, last_is_item = None, False, False
            continue
        body = block.text
        is_item = _ITEM.match(block.lines[0]) is not None
        last = None if block.is_first else last
        if last and is_item:
            header = last.text if is_open else last.header if last_is_item else ""
            if is_open and not last_is_item and len(last.text) <= _SHORT_INTRODUCTION:
                result.pop()
            result.append(Passage(body, block.start, block.heading, header))
        elif last and (is_open or body[:1].islower()) and len(last.text) + len(body) < _MAX_PASSAGE:
            result[-1] = Passage(f"{last.text} {body}", last.start, last.heading, last.header)
        else:
            result.append(Passage(body, block.start, block.heading))
        last = result[-1]
        is_fragment = len(body) < _GLUED and body[-1:] not in '.!?。！？)"”'
        is_open = body[-1:] in ":," or (is_fragment and is_open and not is_item) or body.endswith(" then")
        last_is_item = is_item or (last_is_item and last.start != block.start)
    return result


def _rows(block: _Block) -> Iterator[Passage]:
    """Each line with the header of the table, if there is one; the header itself answers nothing."""
    lines = block.lines
    has_rule = len(lines) > 1 and "|" in lines[0] and _RULE.match(lines[1]) is not None
    is_named = has_rule or (len(lines) > 2 and not re.search(r"\d", lines[0]) and re.search(r"[|,;\t]", lines[0]))
    header = single_spaced(lines[0]) if is_named else ""
    position = block.start
    for index, line in enumerate(lines):
        if line.strip() and not (header and index == 0) and not _RULE.match(line):
            yield Passage(single_spaced(line), position, block.heading, header, is_row=True)
        position += len(line) + 1
