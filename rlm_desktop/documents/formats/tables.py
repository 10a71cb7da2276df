"""Tables as Markdown and as CSV."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

_NO_TIME = timedelta(0)
_EXACT = 1e15
"""Whole numbers below this are exact in a float."""
_QUOTE = '"'
_TO_QUOTE = re.compile('[,"\r\n]').search


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
    """Rows of the same length as CSV (RFC 4180), with line feeds.

    By columns, of most of which one look tells that all cells are texts, or that none needs quotes: `csv.writer`,
    which looks at every character of every cell, takes half as long again.
    """
    columns = [_quoted(_shown(column)) for column in zip(*rows, strict=True)]
    if len(columns) == 1:
        columns = [[cell or '""' for cell in columns[0]]]  # an empty line would be no row
    return "".join(f"{line}\n" for line in map(",".join, zip(*columns, strict=True)))


def _quoted(column: Sequence[str]) -> Sequence[str]:
    together = "\n".join(column)
    if not any(map(together.__contains__, ',"\r')) and together.count("\n") == len(column) - 1:
        return column
    return [f'"{cell.replace(_QUOTE, 2 * _QUOTE)}"' if _TO_QUOTE(cell) else cell for cell in column]


def _shown(column: Sequence[Any]) -> Sequence[str]:
    """The cells of a column as a person reads them."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return column
    if kinds == {float} and not any(map(float.is_integer, column)):
        return [*map(repr, column)]
    return [*map(cell_text, column)]


def cell_text(value: object) -> str:
    """A cell as a person reads it: no `.0` after whole numbers, dates in ISO form, times in hours."""
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
    if isinstance(value, timedelta):
        minutes, seconds = divmod(abs(round(value.total_seconds())), 60)
        return f"{'-' * (value < _NO_TIME)}{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return "" if value is None else str(value)
