"""What later questions of a session know of the earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import IterationNode


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
