"""Reads logs that others wrote: whatever is in the file, it ends in values or in a sentence."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.errors import HistoryError

LARGEST = 256 * 1024 * 1024
MOST_REMARKS = 20
LATEST = 32_503_680_000
"""The year 3000: later times are errors."""

Fields: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Log:
    """The values of a file: one of JSON, or one a line.

    Attributes:
        key: Short digest of the content: the same file gives the same run ids.
        remarks: What the person should know about the reading.
    """

    key: str
    values: list[Any]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportedRun:
    """A run read from a log.

    Attributes:
        origin: Which kind of log, as `rlms`.
        events: Its trace, which can be gone through again and again.
        texts: Texts of documents to be kept, by name.
    """

    origin: str
    run_id: str
    events: Collection[AnyEvent]
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of log.

    Attributes:
        fits: Whether the values look like it.
        read: Its runs; raises nothing for any values that fit.
    """

    name: str
    fits: Callable[[list[Any]], bool]
    read: Callable[[Log], list[ImportedRun]]


def load(path: Path) -> Log:
    """The values of a file.

    Raises:
        HistoryError: It cannot be read, is too large, or holds no JSON.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise HistoryError(f"{path} is too large to import: {size >> 20} MB, at most {LARGEST >> 20} MB.")
        data = path.read_bytes()
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror}.") from error
    log = Log(hashlib.sha256(data).hexdigest()[:16], [])
    text = data.decode("utf-8-sig", "replace")
    if not text.strip():
        raise HistoryError(f"{path} is empty.")
    whole = parsed(text)
    log.values = _line_values(log, text) if whole is BROKEN else whole if isinstance(whole, list) else [whole]
    if not log.values:
        raise HistoryError(f"{path} is neither JSON nor lines of JSON.")
    return log


BROKEN = object()
"""What is no JSON."""


def parsed(text: str) -> Any:
    """The value of a text of JSON, as Python programs write it; `BROKEN` when it is none."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        # Takes NaN, Infinity and lone surrogates, which Python programs write.
        return _clean(json.loads(text))
    except (ValueError, RecursionError):
        return BROKEN


def _clean(value: Any) -> Any:
    """`value` without lone surrogates, which nothing behind this could write."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def _line_values(log: Log, text: str) -> list[Any]:
    values: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        value = parsed(line)
        if value is not BROKEN:
            values.append(value)
        elif len(log.remarks) < MOST_REMARKS:
            log.remarks.append(f"Line {number} is no JSON and was left out.")
    return values


def fields(value: Any) -> Fields:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def string(value: Any) -> str:
    """`value` as text: itself, nothing for null, JSON for anything else."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return repr(type(value))


def number(value: Any) -> float | None:
    """`value` if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def count(value: Any) -> int | None:
    """`value` if it is a whole number that is not negative and not absurd."""
    found = number(value)
    return int(found) if found is not None and 0 <= found < 2**53 else None


def moment(value: Any) -> float | None:
    """Seconds since 1970 of an ISO 8601 time; one without a zone is taken as UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        seconds = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        return seconds if 0 <= seconds < LATEST else None
    except (ValueError, OverflowError):
        return None
