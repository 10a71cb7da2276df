"""Numbered lists of Word documents that go on after something else: mammoth would count from one again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a C module without stubs

from rlm_desktop.documents.formats.common import Element, said_in, split_tag

_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Around a number: characters of which there are none in any text."""
_CONTINUED = re.compile(f"<ol><li>{_BEGIN}(\\d+){_END}")
_MARK = re.compile(f"{_BEGIN}\\d+{_END}")


def lists_of(numbering: Element | None) -> dict[str, tuple[str, bool]]:
    """Of each number that paragraphs give, the list that is counted, and whether it begins anew there."""
    numbers = () if numbering is None else numbering.iterfind("{*}num")
    return {
        said_in(number, "numId"): (
            said_in(number.find("{*}abstractNumId")),
            number.find("{*}lvlOverride/{*}startOverride") is not None,
        )
        for number in numbers
    }


def mark_continued(root: Element, lists: Mapping[str, tuple[str, bool]]) -> None:
    """Write its number at the beginning of each item but the first of a list; those of lists in lists are few."""
    counts: Counter[str] = Counter()
    begun: set[str] = set()
    for paragraph in root.iter("{*}p"):
        if (about := paragraph.find("{*}pPr/{*}numPr")) is None:
            continue
        number = said_in(about.find("{*}numId"))
        if number not in lists or said_in(about.find("{*}ilvl")) not in ("", "0"):
            continue
        name, is_new = lists[number]
        counts[name] = 1 if is_new and number not in begun else counts[name] + 1
        begun.add(number)
        if counts[name] > 1:
            _mark(about.getparent(), counts[name])


def _mark(properties: Element, number: int) -> None:
    space = split_tag(properties)[0]
    run = etree.Element(f"{{{space}}}r")
    etree.SubElement(run, f"{{{space}}}t").text = f"{_BEGIN}{number}{_END}"
    properties.addnext(run)


def with_numbers(html: str) -> str:
    """A page whose lists begin with the number that is marked there."""
    return _MARK.sub("", _CONTINUED.sub(r'<ol start="\1"><li>', html))
