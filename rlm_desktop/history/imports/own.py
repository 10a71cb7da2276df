"""This program's own traces as lines of JSON, as `exports` writes them: of any length, never held as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.errors import HistoryError
from rlm_desktop.history.imports.reading import (
    BROKEN,
    LARGEST,
    MOST_REMARKS,
    Format,
    ImportedRun,
    Log,
    fields,
    parsed,
)
from rlm_desktop.history.mending import mended
from rlm_desktop.history.summary import plain

_PART = 1 << 20


def fits(values: list[Any]) -> bool:
    """Whether these are events of a run."""
    return any(fields(value).get("event") == "RunStarted" for value in values)


def is_trace(head: bytes) -> bool:
    """Whether the beginning of a file is that of a trace, an event a line."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].replace(b" ", b"")
    return start.startswith(b'{"event":"RunStarted"')


def read_lines(path: Path) -> tuple[list[ImportedRun], list[str]]:
    """The runs of a trace, each of which begins with its `RunStarted`, and what the person should know.

    Raises:
        HistoryError: It cannot be read.
    """
    runs: list[_Trace] = []
    remarks: list[str] = []
    for number, line in enumerate(_lines(path, 0), start=1):
        if isinstance(line.event, ev.RunStarted):
            runs.append(_Trace(path, line.start, plain(line.event.run_id)))
        if line.remark and len(remarks) < MOST_REMARKS:
            remarks.append(f"Line {number} {line.remark}")
        if line.event is not None and runs:
            runs[-1].count += 1
    return [ImportedRun("", run.run_id, run) for run in runs if run.run_id], remarks


@dataclass(slots=True)
class _Trace(Collection[AnyEvent]):
    """The events of one run, read from its file whenever they are gone through."""

    path: Path
    start: int
    run_id: str
    count: int = 0

    def __len__(self) -> int:
        return self.count

    def __contains__(self, event: object) -> bool:
        return any(event == one for one in self)

    def __iter__(self) -> Iterator[AnyEvent]:
        remaining = self.count
        for line in _lines(self.path, self.start):
            if remaining == 0:
                return
            if line.event is not None:
                remaining -= 1
                yield line.event


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a trace: its event and what of it was left out; neither for a kind of a newer version."""

    start: int
    event: AnyEvent | None
    remark: str = ""


def _lines(path: Path, start: int) -> Iterator[_Line]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            while line := file.readline(LARGEST):
                if len(line) == LARGEST and not line.endswith(b"\n"):
                    while (rest := file.readline(_PART)) and not rest.endswith(b"\n"):
                        pass
                    yield _Line(start, None, _no_event(f"it is longer than {LARGEST >> 20} MB"))
                elif line := line.removeprefix(b"\xef\xbb\xbf").strip():
                    yield _read(line, start)
                start = file.tell()
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror}.") from error


def _read(line: bytes, start: int) -> _Line:
    try:
        return _Line(start, ev.decode(line))
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
        pass
    value = parsed(line.decode("utf-8", "replace"))  # what Python programs write may be no strict JSON
    if value is BROKEN:
        return _Line(start, None, _no_event("it is no JSON"))
    return _Line(start, *_event(value))


def _event(value: Any) -> tuple[AnyEvent | None, str]:
    """The event that a value of JSON stands for, as far as it fits, and what was left out."""
    try:
        return ev.decode(msgspec.json.encode(value)), ""
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        left_out: list[str] = []
        event = mended(value, left_out)
        if event is None:
            return None, _no_event(str(error))
        names = ", ".join(left_out)
        return event, f"holds what does not fit and was left out ({names}); all else is kept." if names else ""


def _no_event(reason: str) -> str:
    return f"is not an event and was left out ({reason})."


def read(log: Log) -> list[ImportedRun]:
    """The runs of a file that is no trace line by line, but one list of events."""
    runs: list[tuple[str, list[AnyEvent]]] = []
    for place, value in enumerate(log.values, start=1):
        event, remark = _event(value)
        if remark and len(log.remarks) < MOST_REMARKS:
            log.remarks.append(f"Entry {place} {remark}")
        if isinstance(event, ev.RunStarted):
            runs.append((plain(event.run_id), []))
        if event is not None and runs:
            runs[-1][1].append(event)
    return [ImportedRun("", run_id, events) for run_id, events in runs if run_id]


FORMAT = Format("RLM Desktop trace", fits, read)
