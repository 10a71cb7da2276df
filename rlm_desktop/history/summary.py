"""What the lists show of a run, kept up to date event by event: the sums of `RunState` without its tree."""

from __future__ import annotations

from typing import Any

import msgspec

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, Usage

_SUMS = (
    "calls", "iterations", "requests", "errors", "input_tokens", "output_tokens", "unknown_usage", "cost_usd",
    "unknown_cost", "events",
)  # fmt: skip
QUESTION = 1000
ANSWER = 500


class Summary:
    """Sums over the events of one run."""

    def __init__(self) -> None:
        self.started: ev.RunStarted | None = None
        self.duration = 0.0
        self.calls = 0
        self.depth = 0
        self.iterations = 0
        self.requests = 0
        self.errors = 0
        self.input_tokens = 0
        self.output_tokens = 0
        self.unknown_usage = 0
        self.cost_usd = 0.0
        self.unknown_cost = 0
        self.status = "running"
        self.answer = ""
        self.events = 0

    def take(self, event: AnyEvent) -> None:
        """Count one event in."""
        self.events += 1
        self.duration = event.at
        match event:
            case ev.CallStarted():
                self.calls += 1
                self.depth = max(self.depth, event.depth)
            case ev.IterationStarted():
                self.iterations += 1
            case ev.ModelResponded() if event.source != "model":
                pass  # a cache or another run's record answered: no request was sent
            case ev.ModelFailed() if not event.was_sent:
                pass
            case ev.ModelResponded() | ev.ModelRetried() | ev.ModelFailed():
                self._add_request(event.usage, event.cost_usd)
            case ev.CellFinished() | ev.CallFinished():
                self.errors += ev.is_error(event)
            case ev.RunStarted():
                self.started = event
                self.status = "running"
            case ev.RunFinished():
                self.status = str(event.end_state)
                self.answer = event.answer or ""
            case _:
                pass

    def _add_request(self, usage: Usage | None, cost_usd: float | None) -> None:
        self.requests += 1
        if usage is None or usage.input_tokens is None or usage.output_tokens is None:
            self.unknown_usage += 1
        if usage is not None:
            self.input_tokens += usage.input_tokens or 0
            self.output_tokens += usage.output_tokens or 0
        if cost_usd is None:
            self.unknown_cost += 1
        else:
            self.cost_usd += cost_usd

    def add_stored(self, row: Any) -> None:
        """Count in what the row of a run says that was cut off and goes on now."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(row, name))
        self.depth = max(self.depth, row.depth)
        self.answer = self.answer or row.answer

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
            "duration": self.duration,
            "calls": self.calls,
            "depth": self.depth,
            "iterations": self.iterations,
            "requests": self.requests,
            "errors": self.errors,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "unknown_usage": self.unknown_usage,
            "cost_usd": self.cost_usd,
            "unknown_cost": self.unknown_cost,
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
