"""The doors to a REPL, whatever runs its cells."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rlm_desktop.repl.spec import CellResult
from rlm_desktop.repl.wire import Final


class Repl(ABC):
    """The REPL of one call. All its methods belong to the loop on which it was started."""

    @abstractmethod
    async def run_cell(self, code: str, *, timeout: float | None = None) -> CellResult:
        """Run a cell.

        Never raises for what the code does: when the worker dies the status is "killed", and the next cell gets a
        fresh worker.

        Args:
            code: Python, with top-level `await` if it likes.
            timeout: Seconds that it may compute; waiting for models does not count.

        Raises:
            ReplError: The REPL is closed.
        """

    @abstractmethod
    def interrupt(self) -> None:
        """Stop the running cell softly, keeping the variables; killed when it has not ended after the grace."""

    @abstractmethod
    async def kill(self) -> None:
        """Kill the worker at once; the next cell gets a fresh one."""

    @abstractmethod
    async def final_var(self, name: str) -> Final | None:
        """The variable `name` as a final answer; None when there is none."""

    @abstractmethod
    async def variable(self, name: str, limit: int = 65536) -> str | None:
        """The variable `name` as text of at most about `limit` characters; None when there is none."""

    @abstractmethod
    async def aclose(self) -> None:
        """End the worker for good."""
