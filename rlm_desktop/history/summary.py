"""What the lists show of a run, kept up to date event by event: the sums of `RunState` without its tree."""

from __future__ import annotations

from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.tree import Tally

_SUMS = (
    "calls", "requests", "errors", "input_tokens", "output_tokens", "unknown_usage", "cost_usd", "unknown_cost",
)  # fmt: skip
"""Those of a `Tally` that have a column."""
LARGEST = 2**63 - 1
"""The largest number that a column holds: a server may report any number of tokens."""
QUESTION = 1000
ANSWER = 500


class Summary:
    """Sums over the events of one run."""

    def __init__(self) -> None:
        self.started: ev.RunStarted | None = None
        self.duration = 0.0
        self.sums = Tally()
        self.depth = 0
        self.iterations = 0
        self.status = "running"
        self.answer = ""
        self.events = 0

    def take(self, event: AnyEvent) -> None:
        """Count one event in."""
        self.events += 1
        self.duration = event.at
        match event:
            case ev.CallStarted():
                self.sums.calls += 1
                self.depth = max(self.depth, event.depth)
            case ev.IterationStarted():
                self.iterations += 1
            case ev.ModelResponded() | ev.ModelRetried() | ev.ModelFailed() | ev.ToolCalled():
                if ev.is_request(event):
                    self.sums.add_request(event.usage, event.cost_usd)
            case ev.CellFinished() | ev.CallFinished():
                self.sums.errors += ev.is_error(event)
            case ev.RunStarted():
                self.started = event
                self.status = "running"
            case ev.RunFinished():
                self.status = str(event.end_state)
                self.answer = event.answer or ""
            case _:
                pass

    def start_columns(self) -> dict[str, Any]:
        """The columns that are known once the run has started."""
        started = self.started
        if started is None:
            return {}
        return {
            "id": plain(started.run_id),
            "session_id": plain(started.session_id),
            "question": plain(started.question[:QUESTION]),
            "documents": plain(msgspec.json.encode(started.documents).decode()),
            "root_model": plain(started.root_model),
            "sub_model": plain(started.sub_model),
            "started_at": plain(started.started_at),
            "parent_run": plain(started.parent_run),
            "parent_iteration": _small(started.parent_iteration),
        }

    def columns(self) -> dict[str, Any]:
        """The columns that change while the run goes on."""
        return {
            **{name: min(getattr(self.sums, name), LARGEST) for name in _SUMS},
            "duration": self.duration,
            "depth": self.depth,
            "iterations": self.iterations,
            "status": self.status,
            "answer": plain(self.answer[:ANSWER]),
            "events": self.events,
        }


def _small(number: int | None) -> int | None:
    """`number`, unless an import made it larger than a column holds."""
    return number if number is None or 0 <= number < 2**31 else None


def plain(text: str) -> str:
    """`text` as every database takes it: no NUL, no lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
