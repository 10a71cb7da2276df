"""Spreadsheets (Excel old and new, OpenDocument) to CSV, sheet by sheet."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Locked, Source, XMLError, xml_root
from rlm_desktop.documents.formats.gaps import fits_at_once, without_gaps
from rlm_desktop.documents.formats.gaps_other import sheets_of
from rlm_desktop.documents.formats.limits import MOST_CELLS
from rlm_desktop.documents.formats.tables import csv_lines

_ROWS = 1000
"""Rows that are written at once: more no longer stay in the processor's cache."""
_WORKBOOK = "xl/workbook.xml"
_BINARY = "xl/workbook.bin"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def extract(source: Source, draft: Draft) -> None:
    """The values of every sheet as CSV under the sheet's name, then its comments."""
    book = _Workbook(source, draft)
    sheets = book.workbook.sheets_metadata
    comments = _comments(source, book.parts) if book.parts else {}
    for number, sheet in enumerate(sheets, 1):
        draft.mark("sheet", number, sheet.name)
        draft.add_heading(2, sheet.name)
        if sheet.visible != SheetVisibleEnum.Visible:
            draft.warn(f"The sheet “{sheet.name}” is hidden in the workbook; it was read too.")
        rows = iter(book.sheet(sheet.name).iter_rows())
        while block := list(islice(rows, _ROWS)):
            draft.add(csv_lines(block))
            draft.report((number - 1) / len(sheets), f"sheet {sheet.name}")
        draft.add("\n")
        for place, text in comments.get(sheet.name, ()):
            draft.add(f"Comment on {place}: {text}\n")
        draft.report(number / len(sheets), f"sheet {number} of {len(sheets)}")


class _Workbook:
    """A workbook, and without the gaps of its sheets once one of them spans too much.

    Attributes:
        parts: Names of the sheets, and where in a file of Office Open XML they lie.
    """

    def __init__(self, source: Source, draft: Draft) -> None:
        self._source = source
        self._draft = draft
        self._is_zip = zipfile.is_zipfile(source.file)
        self._is_closed = False
        self.parts: dict[str, str] = {}
        is_small = not source.is_careful
        if self._is_zip:
            with zipfile.ZipFile(source.file) as archive:
                self.parts = _parts(archive)
                is_small = is_small and fits_at_once(archive, self.parts.values())
        try:
            self.workbook = self._opened() if is_small else self._closed()
        except CalamineError:
            if self._is_closed:
                raise
            self.workbook = self._closed()  # all tables of an OpenDocument are read at once

    def sheet(self, name: str) -> CalamineSheet:
        """A sheet, without its gaps where it spans too much."""
        sheet = self.workbook.get_sheet_by_name(name)
        if sheet.height * sheet.width > MOST_CELLS and not self._is_closed:
            del sheet
            self.workbook = self._closed()
            sheet = self.workbook.get_sheet_by_name(name)
        return sheet

    def _closed(self) -> CalamineWorkbook:
        """The workbook without the gaps of its sheets."""
        self._is_closed = True
        return self._opened(without_gaps(self._source, self.parts, self._draft) if self._is_zip else None)

    def _opened(self, file: BinaryIO | None = None) -> CalamineWorkbook:
        file = file or self._source.file
        file.seek(0)
        try:
            return CalamineWorkbook.from_filelike(file)
        except PasswordError:
            raise Locked("it is encrypted: it needs a password.") from None


def _comments(source: Source, parts: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Cell and text of the comments of each sheet; calamine does not read them."""
    found: dict[str, list[tuple[str, str]]] = {}
    with zipfile.ZipFile(source.file) as archive:
        names = set(archive.namelist())
        if not any("comments" in name for name in names):
            return found
        for name, part in parts.items():
            for target in dict(_relations(archive, part)).values():
                if "comments" in posixpath.basename(target) and target.endswith(".xml") and target in names:
                    found.setdefault(name, []).extend(_texts(archive.read(target)))
    return found


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names of the sheets of a workbook in Office Open XML, in text or binary form, and where they lie."""
    members = set(archive.namelist())
    if _WORKBOOK in members:
        book, sheets = _WORKBOOK, xml_root(archive.read(_WORKBOOK)).iter(f"{_MAIN}sheet")
        named = [(sheet.get("name", ""), sheet.get(f"{_RELATIONS}id", "")) for sheet in sheets]
    elif _BINARY in members:
        book, named = _BINARY, list(sheets_of(archive.read(_BINARY)))
    else:
        return {}
    targets = dict(_relations(archive, book))
    parts = {name: targets.get(relation, "") for name, relation in named}
    return {name: part for name, part in parts.items() if part in members}


def _relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    folder, name = posixpath.split(part)
    try:
        root = xml_root(archive.read(f"{folder}/_rels/{name}.rels"))
    except (KeyError, XMLError):
        return
    for relation in root:
        target = relation.get("Target", "")
        yield relation.get("Id", ""), posixpath.normpath(posixpath.join(folder, target)).lstrip("/")


def _texts(data: bytes) -> Iterator[tuple[str, str]]:
    for comment in xml_root(data).iter(f"{_MAIN}comment", "{*}threadedComment"):
        text = " ".join("".join(comment.itertext()).split())
        if text:
            yield comment.get("ref", "?"), text
