"""JSON lines of the events: the trace as it is."""

from __future__ import annotations

from collections.abc import Iterator

from rlm_desktop.engine import events as ev
from rlm_desktop.history.exports.recorded import Recorded


def write(run: Recorded) -> Iterator[str]:
    """One event a line."""
    for event in run.events:
        yield ev.encode(event).decode() + "\n"
