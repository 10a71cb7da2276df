"""Comments and text boxes on the sheets of old Excel workbooks (MS-XLS), which calamine passes over."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

import olefile

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.gaps_other import letters

_SHEET, _BEGIN, _END, _NOTE, _OBJECT, _TEXT, _CONTINUED = 0x85, 0x809, 0x0A, 0x1C, 0x5D, 0x1B6, 0x3C
_READ = frozenset((_BEGIN, _END, _NOTE, _OBJECT, _TEXT, _CONTINUED))
_ANY_TEXT = struct.pack("<HH", _TEXT, 18)
"""The beginning of each text on a sheet: most workbooks have none, and are not looked at any further."""
_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<4H")


def old_notes(file: BinaryIO, draft: Draft) -> dict[str, list[str]]:
    """What is to be written after each sheet of a workbook; the draft is told when it cannot be read."""
    file.seek(0)
    if _ANY_TEXT not in file.read():
        return {}
    try:
        with olefile.OleFileIO(file) as container:
            book = container.openstream("Workbook").read() if container.exists("Workbook") else b""
    except Exception:  # of which it raises many on damaged files; what is in the cells may be whole
        draft.warn("It is damaged: comments and text boxes on its sheets could not be read.")
        return {}
    return _of_sheets(book)


def _of_sheets(book: bytes) -> dict[str, list[str]]:
    sheets = list(_sheets(book))
    starts = sorted({start for _, start in sheets})
    # None holds another: each is looked at once, wherever they are said to begin.
    notes = {start: list(_notes(book[start:end])) for start, end in pairwise([*starts, len(book)])}
    return {name: notes[start] for name, start in sheets}


def _records(book: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind of each record, and where its data begins and ends."""
    at = 0
    while at + _HEAD.size <= len(book):
        kind, size = _HEAD.unpack_from(book, at)
        start, at = at + _HEAD.size, at + _HEAD.size + size
        yield kind, start, min(at, len(book))


def _sheets(book: bytes) -> Iterator[tuple[str, int]]:
    """Names of the sheets, and where they begin."""
    for kind, start, end in _records(book):
        if kind == _END:
            return
        if kind == _SHEET and end - start > 8:
            name = book[start + 8 : start + 8 + book[start + 6] * (1 + (book[start + 7] & 1))]
            yield _decoded(name, book[start + 7]), int.from_bytes(book[start : start + 4], "little")


def _notes(sheet: bytes) -> Iterator[str]:
    """The comments and text boxes of a sheet."""
    texts: dict[int, str] = {}
    places: list[tuple[int, int, int]] = []
    depth = number = left = 0
    for kind, start, end in _records(sheet):
        if kind not in _READ:
            continue
        data = sheet[start:end]
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth < 1:
                break
        elif kind == _OBJECT:
            number, left = int.from_bytes(data[6:8], "little"), 0
        elif kind == _TEXT:
            left = int.from_bytes(data[10:12], "little")
            texts[number] = ""
        elif kind == _CONTINUED and left:
            width = 1 + (data[0] & 1) if data else 1
            piece = data[1 : 1 + left * width]
            left -= len(piece) // width
            texts[number] += _decoded(piece, width - 1)
        elif kind == _NOTE and len(data) >= _PLACE.size:
            row, column, _, box = _PLACE.unpack_from(data)
            places.append((row, column, box))
    for row, column, box in places:
        if text := " ".join(texts.pop(box, "").split()):
            yield f"Comment on {letters(column + 1)}{row + 1}: {text}"
    yield from filter(None, (" ".join(text.split()) for text in texts.values()))


def _decoded(data: bytes, flags: int) -> str:
    """Letters of two bytes each, or the first halves of them where the others are all zero."""
    return data.decode("utf-16-le" if flags & 1 else "latin-1", "replace")
