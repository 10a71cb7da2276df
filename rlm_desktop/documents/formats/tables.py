"""Tables as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

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


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, with line feeds."""
    buffer = io.StringIO()
    # Texts and numbers, as most cells are, without a call for each: half the time. CSV writes a float as its repr.
    shown = (
        [
            (int(cell) if cell.is_integer() and abs(cell) < _EXACT else cell)
            if isinstance(cell, float)
            else cell
            if isinstance(cell, str)
            else cell_text(cell)
            for cell in row
        ]
        for row in rows
    )
    csv.writer(buffer, lineterminator="\n").writerows(shown)
    return buffer.getvalue()


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
