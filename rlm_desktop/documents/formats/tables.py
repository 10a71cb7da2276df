"""Tables as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from operator import is_
from typing import Any

_EXACT = 1e15
"""Whole numbers below this are exact in a float."""


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; its first row is the header."""
    width = max((len(row) for row in rows), default=0)
    lines = [_line(row, width) for row in rows]
    if lines:
        lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def _line(row: Sequence[str], width: int) -> str:
    cells = [" ".join(cell.split()).replace("|", "\\|") for cell in row]
    return "| " + " | ".join(cells + [""] * (width - len(cells))) + " |"


def csv_lines(rows: Sequence[Sequence[object]]) -> str:
    """Rows of the same length as CSV, with line feeds."""
    buffer = io.StringIO()
    # By columns, of which most hold texts only and need no look at every cell: a fourth of the time.
    columns = list(zip(*rows, strict=True))
    shown = [_shown(column) for column in columns]
    is_as_it_was = all(map(is_, shown, columns))
    csv.writer(buffer, lineterminator="\n").writerows(rows if is_as_it_was else zip(*shown, strict=True))
    return buffer.getvalue()


def _shown(column: Sequence[Any]) -> Iterable[object]:
    """Cells as CSV is to write them: texts are left alone, and so are floats, of which it writes the repr."""
    kinds = set(map(type, column))
    if kinds == {str} or (kinds == {float} and not any(map(float.is_integer, column))):
        return column
    if kinds <= {str, float}:
        return [
            int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT else cell
            for cell in column
        ]
    return [cell if isinstance(cell, str) else cell_text(cell) for cell in column]


def cell_text(value: object) -> str:
    """A cell as a person reads it: no `.0` after whole numbers, dates in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)
