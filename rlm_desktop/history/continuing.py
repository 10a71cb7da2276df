"""What it takes to start a run on the record of another one: to resume it, or to fork it at an iteration."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.record import Past, fork_at, resume_from
from rlm_desktop.engine.session import session_turn
from rlm_desktop.errors import HistoryError, SettingsError
from rlm_desktop.history.rows import RunRow
from rlm_desktop.history.store import History
from rlm_desktop.settings import Settings

if TYPE_CHECKING:
    from rlm_desktop.documents import Document

_SETTINGS = (
    "max_depth", "max_iterations", "max_concurrent", "budget_usd", "max_tokens", "max_calls", "timeout",
    "max_errors", "sub_calls", "python_fences", "output_limit", "cell_timeout",
)  # fmt: skip
"""Settings that a continued run takes over. What confines its REPL is today's choice: a record may be imported."""
_OPTIONS: dict[str, Any] = {
    "request_timeout": int | float,
    "share_identical": bool,
    "window": int,
    "system_prompt": str,
    "parameters": dict,
}
_BY_DEPTH = ("models", "iterations", "output_limits")


@dataclass(frozen=True)
class Continuation:
    """A run that goes on where another one stood.

    Attributes:
        settings: Those of the other run, as far as it recorded them.
        options: Further arguments of `RLM`, from the record as well.
        turns: The questions that came before the other run in its session.
    """

    question: str
    session_id: str
    past: Past
    settings: Settings
    options: dict[str, Any]
    documents: Sequence[Document]
    turns: Sequence[dict[str, Any]]


def resumed(history: History, run_id: str, settings: Settings) -> Continuation:
    """A run that was cut off, going on. `settings` serve where the record says nothing.

    Raises:
        UsageError: It completed.
        HistoryError: It is going on, or its documents are not in the history.
    """
    return _continued(history, run_id, settings, resume_from)


def forked(
    history: History, run_id: str, settings: Settings, iteration: int, *, code: str = "", instruction: str = ""
) -> Continuation:
    """A run that shares another's iterations before `iteration`; see `record.fork_at`.

    Raises:
        UsageError: It has no such iteration.
        HistoryError: It is going on, or its documents are not in the history.
    """
    return _continued(
        history, run_id, settings, lambda events: fork_at(events, iteration, code=code, instruction=instruction)
    )


def _continued(
    history: History, run_id: str, settings: Settings, past_of: Callable[[list[AnyEvent]], Past]
) -> Continuation:
    row = history.run(run_id)
    if row.is_running:
        raise HistoryError("This run is still going on; stop it or wait for its end.")
    events = history.events(run_id)
    past = past_of(events)
    started = _started(events)
    taken, options = recorded_choices(started, settings)
    return Continuation(
        question=started.question,
        session_id=row.session_id,
        past=past,
        settings=taken,
        options=options,
        documents=_documents(history, started),
        turns=_turns_before(history, row),
    )


def _started(events: list[AnyEvent]) -> ev.RunStarted:
    assert isinstance(events[0], ev.RunStarted), "the past is made from the same events"
    return events[0]


def recorded_choices(started: ev.RunStarted, settings: Settings) -> tuple[Settings, dict[str, Any]]:
    """What was chosen for a run: settings, and further arguments of `RLM`. Unusable values stay as they are."""
    recorded = started.settings
    chosen = settings
    values = {name: recorded[name] for name in _SETTINGS if name in recorded}
    for name, value in {**values, "root_model": started.root_model, "sub_model": started.sub_model}.items():
        with contextlib.suppress(SettingsError):
            chosen = chosen.with_values(**{name: value})
    options = {name: recorded[name] for name, kind in _OPTIONS.items() if isinstance(recorded.get(name), kind)}
    for name in _BY_DEPTH:
        with contextlib.suppress(ValueError, AttributeError):
            options[name] = {int(depth): value for depth, value in recorded.get(name, {}).items()}
    return chosen, options


def _documents(history: History, started: ev.RunStarted) -> list[Document]:
    """The documents of a run with their texts, as they were then.

    Raises:
        HistoryError: A text is not in the history.
    """
    if started.context_characters and not started.documents:
        raise HistoryError(
            "The context of this run came from a program, not from documents, and is not kept: only that program "
            "can continue it, with RLM.start(past=...)."
        )
    documents: list[Document] = []
    for reference in started.documents:
        kept = history.document(reference.sha256, reference.name, reference.path) if reference.sha256 else None
        if kept is None:
            raise HistoryError(
                f"The text of {reference.name} is not in the history, and without it the run cannot be continued."
            )
        documents.append(kept)
    return documents


def _turns_before(history: History, row: RunRow) -> list[dict[str, Any]]:
    """The answered questions of the session before this one was asked for the first time."""
    by_id = {member.id: member for member in history.family(row.id)}
    first = row
    while first.parent_run in by_id:
        first = by_id.pop(first.parent_run)
    return turns_of(history, row.session_id, before=first)


def turns_of(history: History, session_id: str, *, before: RunRow | None = None) -> list[dict[str, Any]]:
    """The answered questions of a session, the earliest first, as a later question sees them.

    Args:
        history: Where they are.
        session_id: Whose; of a very long session the latest.
        before: Only those that were asked before this run.
    """
    rows = [row for row in history.runs(session_id, before=before) if row.answer]
    return [session_turn(history.state(row.id)) for row in reversed(rows)]
