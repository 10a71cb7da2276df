"""Spreadsheets (Excel old and new, OpenDocument) to CSV, sheet by sheet."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Element, Locked, Source, xml_root
from rlm_desktop.documents.formats.gaps import fits_at_once, without_gaps
from rlm_desktop.documents.formats.gaps_other import CONTENT, sheets_of
from rlm_desktop.documents.formats.limits import MOST_CELLS, read_member
from rlm_desktop.documents.formats.office import add_embedded, relations
from rlm_desktop.documents.formats.sheet_notes import notes, opendocument_notes
from rlm_desktop.documents.formats.tables import csv_lines
from rlm_desktop.documents.formats.xls_notes import old_notes

_ROWS = 1000
"""Rows that are written at once: more no longer stay in the processor's cache."""
_WORKBOOK = "xl/workbook.xml"
_BINARY = "xl/workbook.bin"


def extract(source: Source, draft: Draft) -> None:
    """The values of every sheet as CSV under the sheet's name, then its comments and the like."""
    book = _Workbook(source, draft)
    sheets = book.workbook.sheets_metadata
    for number, sheet in enumerate(sheets, 1):
        draft.mark("sheet", number, sheet.name)
        draft.add_heading(2, sheet.name)
        if sheet.visible != SheetVisibleEnum.Visible:
            draft.warn(f"The sheet “{sheet.name}” is hidden in the workbook; it was read too.")
        rows = iter(book.sheet(sheet.name).iter_rows() if sheet.typ == SheetTypeEnum.WorkSheet else ())
        while block := list(islice(rows, _ROWS)):
            draft.add(csv_lines(block))
            draft.report((number - 1) / len(sheets), f"sheet {sheet.name}")
        draft.add("\n")
        for note in book.notes(sheet.name):
            draft.add(f"{note}\n")
        draft.report(number / len(sheets), f"sheet {number} of {len(sheets)}")
    if book.parts:
        with zipfile.ZipFile(source.file) as archive:
            add_embedded(archive, source, draft)


class _Workbook:
    """A workbook, and without the gaps of its sheets once one of them spans too much.

    Attributes:
        parts: Names of the sheets, and where in a file of Office Open XML they lie.
    """

    def __init__(self, source: Source, draft: Draft) -> None:
        self._is_zip = zipfile.is_zipfile(source.file)
        if not self._is_zip and draft.kind == "ods":
            source, self._is_zip = replace(source, file=_zipped(source.read())), True
        self._source = source
        self._draft = draft
        self._is_closed = False
        self.parts: dict[str, str] = {}
        self._comments: dict[str, list[str]] = {}
        is_small = not source.is_careful
        if self._is_zip:
            with zipfile.ZipFile(source.file) as archive:
                self.parts = _parts(archive)
                if not self.parts and CONTENT in archive.namelist():
                    self._comments = opendocument_notes(read_member(archive, archive.getinfo(CONTENT)))
                is_small = is_small and fits_at_once(archive, self.parts.values())
        else:
            self._comments = old_notes(source.file, draft)
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

    def notes(self, sheet: str) -> list[str]:
        """What is to be written after a sheet."""
        if sheet not in self.parts:
            return self._comments.get(sheet, [])
        with zipfile.ZipFile(self._source.file) as archive:
            return list(notes(archive, self.parts[sheet], self._draft))

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


def _zipped(flat: bytes) -> BinaryIO:
    """A flat OpenDocument spreadsheet (fods) in the container that calamine wants."""
    xml_root(flat)  # refuses entities
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(CONTENT, flat)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    buffer.seek(0)
    return buffer


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names of the sheets of a workbook in Office Open XML, in text or binary form, and where they lie."""
    members = set(archive.namelist())
    if _WORKBOOK in members:
        book, sheets = _WORKBOOK, xml_root(archive.read(_WORKBOOK)).iter("{*}sheet")
        named = [(sheet.get("name", ""), _relation(sheet)) for sheet in sheets]
    elif _BINARY in members:
        book, named = _BINARY, list(sheets_of(archive.read(_BINARY)))
    else:
        return {}
    targets = dict(relations(archive, book))
    parts = {name: targets.get(relation, "") for name, relation in named}
    return {name: part for name, part in parts.items() if part in members}


def _relation(sheet: Element) -> str:
    return next((value for name, value in sheet.items() if name.endswith("/relationships}id")), "")
