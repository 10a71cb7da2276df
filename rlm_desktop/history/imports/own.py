"""This program's own traces as lines of JSON, as `exports` writes them."""

from __future__ import annotations

from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.history.imports.reading import MOST_REMARKS, Format, ImportedRun, Log, fields


def fits(values: list[Any]) -> bool:
    """Whether these are events of a run."""
    return any(fields(value).get("event") == "RunStarted" for value in values)


def read(log: Log) -> list[ImportedRun]:
    """The runs of a file: each begins with its `RunStarted`."""
    runs: list[tuple[str, list[AnyEvent]]] = []
    for place, value in enumerate(log.values, start=1):
        try:
            event = ev.decode(msgspec.json.encode(value))
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
            if len(log.remarks) < MOST_REMARKS:
                log.remarks.append(f"Entry {place} is not an event and was left out ({error}).")
            continue
        if isinstance(event, ev.RunStarted):
            runs.append((event.run_id, []))
        if event is not None and runs:
            runs[-1][1].append(event)
    return [ImportedRun("", run_id, events) for run_id, events in runs if run_id]


FORMAT = Format("RLM Desktop trace", fits, read)
