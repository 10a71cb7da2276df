"""Workbooks with a cell far away from the others: calamine takes memory for every cell between them.

One value in XFD1048576, put there by mistake, makes 17,000 million cells, and the process ends. Such a sheet is
given to calamine without its empty rows and columns.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.gaps_other import CONTENT, closer_records, closer_tables, letters
from rlm_desktop.documents.formats.limits import MOST_CELLS, read_member

_HEAD = 4096
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
_CELL = re.compile(rb'(<(?:\w+:)?c\s(?>(?:[^<>]*?\s)?r="))([A-Z]{1,3})(\d{1,7})("[^<>]*+>)')
"""Atomic: of a million attributes that are called so, only the first is looked at."""
_ROW = re.compile(rb'(<(?:\w+:)?row\s(?:[^<>]*?\s)?r=")(\d{1,7})(?=")')
_BEYOND_Z = re.compile(rb'\sr="[A-Z]{2}')


def fits_at_once(archive: zipfile.ZipFile, parts: Iterable[str]) -> bool:
    """Whether no sheet of a workbook says at its beginning that it spans too much. What it says may be wrong."""
    for part in parts:
        with archive.open(part) as file:
            if not _fits(file.read(_HEAD)):
                return False
    return True


def without_gaps(source: Source, parts: Mapping[str, str], draft: Draft) -> BinaryIO:
    """The workbook as it is or, where a sheet spans too much, one without that sheet's empty rows and columns.

    Args:
        source: A workbook in a zip file: Office Open XML in text or binary form, or OpenDocument.
        parts: Names of the sheets, and where in the file they lie; of OpenDocument, where all lie in one, nothing.
        draft: Told of what was left out.
    """
    with zipfile.ZipFile(source.file) as archive:
        changed: dict[str, bytes] = {}
        for name, part in parts.items():
            closer = closer_records if part.endswith(".bin") else _closer
            if (data := closer(read_member(archive, archive.getinfo(part)))) is not None:
                changed[part] = data or _empty(part)
                _warn(draft, name, is_left_out=not data)
        if not parts and CONTENT in archive.namelist():
            data, closed = closer_tables(read_member(archive, archive.getinfo(CONTENT)))
            for name, is_left_out in closed:
                changed[CONTENT] = data
                _warn(draft, name, is_left_out=is_left_out)
        return _with(archive, changed) if changed else source.file


def _warn(draft: Draft, name: str, *, is_left_out: bool) -> None:
    if is_left_out:
        draft.warn(f"The sheet “{name}” is too large to be read: it was left out.")
    else:
        draft.warn(f"The sheet “{name}” is very large: its empty rows and columns were left out.")


def _fits(head: bytes) -> bool:
    """Whether a sheet does not say at its beginning that it is too large."""
    told = _DIMENSION.search(head)
    if told is None:
        return True
    first, top, last, bottom = told.groups()
    width = _column(last or first) - _column(first) + 1
    return width * (int(bottom or top) - int(top) + 1) <= MOST_CELLS


def _closer(sheet: bytes) -> bytes | None:
    """A sheet without empty rows and columns; nothing when it is too large even so, None when it may stay."""
    if not _BEYOND_Z.search(sheet):
        return None
    filled = [cell for cell in _CELL.finditer(sheet) if not cell[4].endswith(b"/>")]
    rows, columns = sorted({int(cell[3]) for cell in filled}), sorted({_column(cell[2]) for cell in filled})
    if not filled or (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1) <= MOST_CELLS:
        return None
    if len(rows) * len(columns) > MOST_CELLS:
        return b""

    def moved(cell: re.Match[bytes]) -> bytes:
        column = letters(bisect_left(columns, _column(cell[2])) + 1).encode()
        return b"%b%b%d%b" % (cell[1], column, bisect_left(rows, int(cell[3])) + 1, cell[4])

    sheet = _ROW.sub(lambda row: b"%b%d" % (row[1], bisect_left(rows, int(row[2])) + 1), sheet)
    return _CELL.sub(moved, sheet)


def _empty(part: str) -> bytes:
    """A sheet without cells."""
    if part.endswith(".bin"):
        return b"".join(bytes((number & 0x7F | 0x80, number >> 7, 0)) for number in (129, 145, 146, 130))
    return b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData/></worksheet>"


def _with(archive: zipfile.ZipFile, changed: Mapping[str, bytes]) -> BinaryIO:
    """The workbook with other sheets, in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as copy:
        for member in archive.infolist():
            data = changed.get(member.filename)
            if not member.filename.startswith(("xl/media/", "Pictures/")):
                copy.writestr(member.filename, read_member(archive, member) if data is None else data)
    buffer.seek(0)
    return buffer


def _column(letters: bytes) -> int:
    """`A` is 1, `XFD` 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
