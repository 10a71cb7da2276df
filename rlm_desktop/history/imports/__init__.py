"""Import of logs: this program's own and other engines'. The kind is found by the content, never by the name.

Nothing is ever unpickled or executed. What a log does not hold is left unknown, and a notice in the run says so.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from rlm_desktop.errors import HistoryError
from rlm_desktop.history.imports import fast_rlm, flat, grishahq, own, pyrlm, rlms
from rlm_desktop.history.imports.reading import ImportedRun, load

FORMATS = (
    own.FORMAT,
    rlms.LINES,
    rlms.COMPLETIONS,
    fast_rlm.FORMAT,
    grishahq.FORMAT,
    pyrlm.FORMAT,
    flat.EVENTS,
    flat.NODE,
    flat.DSPY,
)

__all__ = ["FORMATS", "Imported", "ImportedRun", "holds_runs", "is_archive", "looks_like_log", "read"]

_SQLITE = b"SQLite format 3\0"
_HEAD = 65_536
_READ_WHOLE = 32 * 1024 * 1024
"""A larger file that is one value of JSON is taken for a document: to look into it would hold up the window."""
_MARKS = (
    b'"RunStarted"', b'"rlm_calls"', b'"root_model"', b'"usage_summary"', b'"event_type"', b'"termination_reason"',
    b'"step_id"', b'"trajectory"', b'"reasoning"', b'"run_metadata"', b'"steps"', b'"event"', b'"iterations"',
    b'"code_blocks"', b'"trace"',
)  # fmt: skip
"""Words of which every known log has one near its beginning: most files of JSON are seen to be none without reading
them whole."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held.

    Attributes:
        kind: Which kind of log, in words.
        remarks: What the person should know: parts left out and the like.
    """

    kind: str
    runs: list[ImportedRun]
    remarks: list[str] = field(default_factory=list)


def is_archive(path: Path) -> bool:
    """Whether a file is a history of this program, as an archive or a backup is.

    Raises:
        HistoryError: It cannot be read.
    """
    return _head(path).startswith(_SQLITE)


def _head(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, a device never end
            raise HistoryError(f"{path} cannot be read: it is not a file.")
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror}.") from error


def looks_like_log(path: Path) -> str:
    """Which kind of archive or log a file is, in words; empty when it is none, or cannot be read.

    For a file that is dropped on the window: is it a document, or runs to be imported? Much of the file may have to
    be read, so it belongs into a thread.
    """
    try:
        head = _head(path) if path.is_file() else b""
        if head.startswith(_SQLITE):
            return "archive" if holds_runs(path) else ""
        if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) or not any(map(head.count, _MARKS)):
            return ""
        kind = _kind_of(list(_first_values(head)))
        if not kind and path.stat().st_size <= _READ_WHOLE:
            kind = _kind_of(load(path).values)
        return kind
    except (HistoryError, OSError):
        return ""


def _kind_of(values: list[Any]) -> str:
    return next((format_.name for format_ in FORMATS if format_.fits(values)), "")


def _first_values(head: bytes) -> Iterator[Any]:
    """The values of the whole lines in the beginning of a file."""
    for line in head.split(b"\n")[:-1]:
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            yield msgspec.json.decode(line)


def holds_runs(path: Path) -> bool:
    """Whether a file is a history of this program; a database of SQLite may be anybody's."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as file:
            file.execute("SELECT id, session_id, question, version_num FROM runs, alembic_version LIMIT 1")
    except sqlite3.Error:
        return False
    return True


def read(path: Path) -> Imported:
    """The runs in a log.

    Raises:
        HistoryError: It cannot be read, or is of no known kind; the text says so.
    """
    if own.is_trace(_head(path)):
        runs, remarks = own.read_lines(path)
        if runs:
            return Imported(own.FORMAT.name, runs, remarks)
    log = load(path)
    for format_ in FORMATS:
        if not format_.fits(log.values):
            continue
        try:
            runs = format_.read(log)
        except RecursionError as error:
            raise HistoryError(f"{path} is nested too deeply to import.") from error
        if runs:
            return Imported(format_.name, runs, log.remarks)
    kinds = ", ".join(format_.name for format_ in FORMATS)
    raise HistoryError(f"{path} is of no kind that can be imported. Known are: {kinds}.")
