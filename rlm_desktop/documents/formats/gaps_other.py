"""The same as in `gaps` for workbooks that are no Office Open XML in text form: xlsb and OpenDocument."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a C module without stubs

from rlm_desktop.documents.formats.common import Element, xml_root
from rlm_desktop.documents.formats.limits import MOST_CELLS

CONTENT = "content.xml"
_SHEET = 156
_ROW = 0
_CELLS = frozenset((*range(2, 12), 62))
"""Records of an xlsb that hold a value (MS-XLSB 2.1.4); 1 is a cell without one."""
_NUMBER = struct.Struct("<I")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ROWS_REPEATED = f"{_TABLE}number-rows-repeated"
_COLUMNS_REPEATED = f"{_TABLE}number-columns-repeated"


def closer_records(sheet: bytes) -> bytes | None:
    """A sheet of an xlsb without empty rows and columns.

    Returns:
        Nothing when it is too large even so, None when it may stay as it is.
    """
    cells: list[tuple[int, int]] = []
    rows: list[tuple[int, int]] = []
    row = 0
    for number, at in _records(sheet):
        if number == _ROW:
            row = _NUMBER.unpack_from(sheet, at)[0]
            rows.append((row, at))
        elif number in _CELLS:
            cells.append((row, at))
    columns = [_NUMBER.unpack_from(sheet, at)[0] for _, at in cells]
    kept_rows, kept_columns = sorted({row for row, _ in cells}), sorted(set(columns))
    if not cells or _extent(kept_rows) * _extent(kept_columns) <= MOST_CELLS:
        return None
    if len(kept_rows) * len(kept_columns) > MOST_CELLS:
        return b""
    moved = bytearray(sheet)
    for row, at in rows:
        _NUMBER.pack_into(moved, at, bisect_left(kept_rows, row))
    for (_, at), column in zip(cells, columns, strict=True):
        _NUMBER.pack_into(moved, at, bisect_left(kept_columns, column))
    return bytes(moved)


def sheets_of(book: bytes) -> Iterator[tuple[str, str]]:
    """Name and relation of each sheet of an xlsb."""
    for number, at in _records(book):
        if number == _SHEET:
            relation, at = _text(book, at + 2 * _NUMBER.size)
            yield _text(book, at)[0], relation


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A text that begins with its length, and where it ends."""
    start = at + _NUMBER.size
    end = start + 2 * int.from_bytes(data[at:start], "little")
    return data[start:end].decode("utf-16-le", "replace"), end


def _extent(numbers: list[int]) -> int:
    return numbers[-1] - numbers[0] + 1


def _records(sheet: bytes) -> Iterator[tuple[int, int]]:
    """Kind of each record, and where its data, of four bytes at least, begins."""
    at = 0
    while at + 2 <= len(sheet):
        number = sheet[at]
        at += 1
        if number & 0x80:
            number = number & 0x7F | sheet[at] << 7
            at += 1
        size = shift = 0
        while at < len(sheet):
            byte = sheet[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:
                break
        if _NUMBER.size <= size <= len(sheet) - at:
            yield number, at
        at += size


def closer_tables(content: bytes) -> tuple[bytes, list[tuple[str, bool]]]:
    """The content of an OpenDocument without the empty rows and columns of tables that span too much.

    Returns:
        The content, and of each changed table its name and whether it was too large even so and is empty now.
    """
    root = xml_root(content)
    closed = [(table, _close(table)) for table in root.iter(f"{_TABLE}table")]
    changed = [(table.get(f"{_TABLE}name", ""), is_empty) for table, is_empty in closed if is_empty is not None]
    return etree.tostring(root) if changed else content, changed


def comments_of_tables(content: bytes) -> Iterator[tuple[str, str, str]]:
    """Table, cell and text of each comment in the content of an OpenDocument."""
    for table in xml_root(content).iter(f"{_TABLE}table"):
        row_number = 1
        for row in table.iter(f"{_TABLE}table-row"):
            for span, cell, _ in _spans(row):
                for comment in cell.iterchildren(f"{_OFFICE}annotation"):
                    text = " ".join(" ".join(one.strip() for one in comment.itertext()).split())
                    yield table.get(f"{_TABLE}name", ""), f"{letters(span.start + 1)}{row_number}", text
            row_number += _repeated(row, _ROWS_REPEATED)


def letters(column: int) -> str:
    """What a column is called: `A`, ..., `Z`, `AA`."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _close(table: Element) -> bool | None:
    """Take out what is empty; returns whether nothing is left, None when the table may stay as it is."""
    rows = [row for row in table.iter(f"{_TABLE}table-row") if next(row.iterancestors(f"{_TABLE}table")) is table]
    height = filled = end = 0
    columns: set[int] = set()
    for row in rows:
        count = _repeated(row, _ROWS_REPEATED)
        end += count
        if values := [span for span, _, has_value in _spans(row) if has_value]:
            columns.update(*values)
            height, filled = end, filled + count
    kept = sorted(columns)
    if not kept or height * (kept[-1] + 1) <= MOST_CELLS:
        return None
    is_left_out = filled * len(kept) > MOST_CELLS
    for row in rows:
        spans = list(_spans(row))
        if is_left_out or not any(has_value for _, _, has_value in spans):
            row.getparent().remove(row)
            continue
        for span, cell, _ in spans:
            count = bisect_left(kept, span.stop) - bisect_left(kept, span.start)
            if count:
                cell.set(_COLUMNS_REPEATED, str(count))
            else:
                row.remove(cell)
    return is_left_out


def _spans(row: Element) -> Iterator[tuple[range, Element, bool]]:
    """The cells of a row: columns, the element, whether it holds a value."""
    start = 0
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        count = _repeated(cell, _COLUMNS_REPEATED)
        yield range(start, start + count), cell, len(cell) > 0 or cell.get(f"{_OFFICE}value-type") is not None
        start += count


_MOST_COLUMNS = 1 << 14
_MOST_ROWS = 1 << 20


def _repeated(element: Element, name: str) -> int:
    most = _MOST_ROWS if name == _ROWS_REPEATED else _MOST_COLUMNS
    number = element.get(name, "1")
    return min(int(number), most) if number.isdecimal() else 1
