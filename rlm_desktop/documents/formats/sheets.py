"""Spreadsheets (Excel old and new, OpenDocument) to CSV, sheet by sheet."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from itertools import islice

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Locked, Source, XMLError, xml_root
from rlm_desktop.documents.formats.gaps import without_gaps
from rlm_desktop.documents.formats.tables import csv_lines

_ROWS = 5000
_WORKBOOK = "xl/workbook.xml"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def extract(source: Source, draft: Draft) -> None:
    """The values of every sheet as CSV under the sheet's name, then its comments."""
    file, parts = source.file, dict[str, str]()
    if zipfile.is_zipfile(file):
        parts = _parts(source)
        file = without_gaps(source, parts, draft)
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
    except PasswordError:
        raise Locked("it is encrypted: it needs a password.") from None
    comments = _comments(source, parts) if parts else {}
    sheets = workbook.sheets_metadata
    for number, sheet in enumerate(sheets, 1):
        draft.mark("sheet", number, sheet.name)
        draft.add_heading(2, sheet.name)
        if sheet.visible != SheetVisibleEnum.Visible:
            draft.warn(f"The sheet “{sheet.name}” is hidden in the workbook; it was read too.")
        rows = iter(workbook.get_sheet_by_name(sheet.name).iter_rows())
        while block := list(islice(rows, _ROWS)):
            draft.add(csv_lines(block))
            draft.report((number - 1) / len(sheets), f"sheet {sheet.name}")
        draft.add("\n")
        for place, text in comments.get(sheet.name, ()):
            draft.add(f"Comment on {place}: {text}\n")
        draft.report(number / len(sheets), f"sheet {number} of {len(sheets)}")


def _comments(source: Source, parts: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Cell and text of the comments of each sheet; calamine does not read them."""
    found: dict[str, list[tuple[str, str]]] = {}
    with zipfile.ZipFile(source.file) as archive:
        names = set(archive.namelist())
        if not any("comments" in name for name in names):
            return found
        for name, part in parts.items():
            for target in dict(_relations(archive, part)).values():
                if "comments" in posixpath.basename(target) and target in names:
                    found.setdefault(name, []).extend(_texts(archive.read(target)))
    return found


def _parts(source: Source) -> dict[str, str]:
    """Names of the sheets of a workbook in Office Open XML, and where in the file they lie."""
    with zipfile.ZipFile(source.file) as archive:
        names = set(archive.namelist())
        if _WORKBOOK not in names:
            return {}
        targets = dict(_relations(archive, _WORKBOOK))
        sheets = xml_root(archive.read(_WORKBOOK)).iter(f"{_MAIN}sheet")
        parts = {sheet.get("name", ""): targets.get(sheet.get(f"{_RELATIONS}id", ""), "") for sheet in sheets}
        return {name: part for name, part in parts.items() if part in names}


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
