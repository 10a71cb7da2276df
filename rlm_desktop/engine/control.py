"""How a person steps in while a run goes on: pause, and look at each cell before it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class CellProposal:
    """A cell that is about to run."""

    call: int
    iteration: int
    cell: int
    code: str


@dataclass(frozen=True, slots=True)
class CellDecision:
    """What becomes of it.

    Attributes:
        action: `run` it; `skip` it and tell the model so; `answer` in the model's place, which ends the call.
        code: With `run`: the code to run in place of the model's, None to leave it.
        answer: With `answer`: the answer.
    """

    action: Literal["run", "skip", "answer"] = "run"
    code: str | None = None
    answer: str = ""


Approve: TypeAlias = Callable[[CellProposal], Awaitable[CellDecision]]
"""Decides about each cell of a run in step mode; may take as long as it likes."""


class Gate:
    """Holds calls at their next iteration while it is closed."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    @property
    def is_closed(self) -> bool:
        """Whether calls are held."""
        return not self._open.is_set()

    def close(self) -> None:
        """Hold calls from now on."""
        self._open.clear()

    def open(self) -> None:
        """Let them go on."""
        self._open.set()

    async def wait(self) -> None:
        """Returns when the gate is open."""
        await self._open.wait()
