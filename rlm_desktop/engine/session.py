"""What later questions of a session know of the earlier ones."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from rlm_desktop.engine.context import Context
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import IterationNode
from rlm_desktop.errors import UsageError

SESSIONS_KEPT = 1_000
"""Sessions that one object remembers: it may serve for months."""
CHARACTERS_KEPT = 50_000_000
"""Of the texts of sessions; those of the latest one are kept whatever their size."""


class SessionMemory:
    """What one `RLM` remembers of its sessions: their turns, and the documents of the latest of them.

    Runs of one object may be in several threads, each with a loop of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[str, list[dict[str, Any]]] = {}
        self._contexts: dict[str, Context] = {}

    def turns(self, session_id: str) -> list[dict[str, Any]]:
        """The earlier turns of a session; the sessions that were not asked in for longest are forgotten."""
        with self._lock:
            turns = self._turns.pop(session_id, [])
            self._turns[session_id] = turns
            while len(self._turns) > SESSIONS_KEPT:
                oldest = next(iter(self._turns))
                del self._turns[oldest]
                self._contexts.pop(oldest, None)
            return list(turns)

    def add(self, session_id: str, turn: dict[str, Any]) -> None:
        """Remember a turn, unless the session is not one of those remembered."""
        with self._lock:
            if session_id in self._turns:
                self._turns[session_id].append(turn)

    def context(self, session_id: str) -> Context | None:
        """What a session was last asked about; None for a session that is not known.

        Raises:
            UsageError: It is known no more.
        """
        with self._lock:
            context, is_known = self._contexts.get(session_id), session_id in self._turns
        if context is None and is_known:
            raise UsageError(
                "The documents of this session are not kept any more: name them again with documents= or context=."
            )
        return context

    def keep(self, session_id: str, context: Context) -> None:
        """Remember what a session is asked about, in place of what it was asked about before."""
        with self._lock:
            self._contexts.pop(session_id, None)
            self._contexts[session_id] = context
            characters = sum(kept.characters for kept in self._contexts.values())
            while characters > CHARACTERS_KEPT and len(self._contexts) > 1:
                oldest = next(iter(self._contexts))
                characters -= self._contexts.pop(oldest).characters


def session_turn(state: RunState) -> dict[str, Any]:
    """An ended run as later questions of its session see it: question, answer, the root's variables."""
    iterations: Sequence[IterationNode] = state.root.iterations if state.root else ()
    cells = [cell for iteration in iterations for cell in iteration.cells]
    variables = cells[-1].variables if cells else ()
    return {
        "question": state.started.question if state.started else "",
        "answer": (state.root.answer if state.root else None) or state.answer or "",
        "variables": [{"name": v.name, "type": v.type, "size": v.size, "preview": v.preview} for v in variables],
    }
