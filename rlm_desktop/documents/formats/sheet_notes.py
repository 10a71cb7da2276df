"""What is on sheets beside the values that calamine reads: comments, text boxes, charts, diagrams, errors."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Element
from rlm_desktop.documents.formats.gaps_other import comments_of_tables
from rlm_desktop.documents.formats.limits import read_member
from rlm_desktop.documents.formats.office import part_root, part_text, relations

_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\s(?>(?:[^<>]*?\s)?r=")([A-Z]{1,3}\d{1,7})"[^<>]*+>\s*+<(?:\w+:)?f(?:\s[^<>]*)?>([^<]{1,8192})</(?:\w+:)?f>'
    rb"\s*+(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*+</(?:\w+:)?c>"
)
_ERROR = re.compile(
    rb'<(?:\w+:)?c\s(?=[^<>]*\st="e")(?>(?:[^<>]*?\s)?r=")([A-Z]{1,3}\d{1,7})"[^<>]*+>'
    rb"(?:<(?:\w+:)?f[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]{1,20})</"
)
_MOST = 10_000


def notes(archive: zipfile.ZipFile, sheet: str, draft: Draft) -> Iterator[str]:
    """What is to be written after a sheet of Office Open XML that lies there in a workbook."""
    if sheet.endswith(".xml"):
        yield from _without_values(read_member(archive, archive.getinfo(sheet)))
    for part in dict(relations(archive, sheet)).values():
        if "comments" in posixpath.basename(part).lower() and part.endswith(".xml"):
            if (root := part_root(archive, part, draft)) is not None:
                yield from _comments(root)
        elif "/drawings/" in part and part.endswith(".xml"):
            drawn = [part, *dict(relations(archive, part)).values()]
            yield from (f"\n{text}" for one in drawn if (text := part_text(archive, one, draft)))


def opendocument_notes(content: bytes) -> dict[str, list[str]]:
    """The comments on each sheet of an OpenDocument workbook."""
    if b"annotation" not in content:
        return {}
    found: dict[str, list[str]] = {}
    for sheet, place, text in comments_of_tables(content):
        found.setdefault(sheet, []).append(_line("Comment on", place, text))
    return found


def _without_values(sheet: bytes) -> Iterator[str]:
    """Cells that seem to be empty: those with an error, and formulas that no program has calculated yet."""
    found = 0
    if b't="e"' in sheet:
        for found, cell in enumerate(_ERROR.finditer(sheet), 1):
            yield _line("Error in", cell[1].decode(), unescape(cell[2].decode("utf-8", "replace")))
            if found >= _MOST:
                return
    if _has_formulas(sheet):
        for number, cell in enumerate(_NO_RESULT.finditer(sheet), found + 1):
            formula = unescape(cell[2].decode("utf-8", "replace"))
            yield _line("Formula without a result in", cell[1].decode(), f"={formula}")
            if number >= _MOST:
                return


def _has_formulas(sheet: bytes) -> bool:
    """Whether there are any; most sheets are without their letter alone, which is found out fifty times as fast."""
    start = max(0, sheet.find(b"sheetData"))
    return sheet.find(b"f", start) >= 0 and (b"</f>" in sheet or b":f>" in sheet)


def _comments(root: Element) -> Iterator[str]:
    for comment in root.iter("{*}comment", "{*}threadedComment"):
        text = " ".join("".join(comment.itertext()).split())
        if text:
            yield _line("Comment on", comment.get("ref", "?"), text)


def _line(what: str, place: str, text: str) -> str:
    return f"{what} {place}: {text}"
