"""How far a long piece of work is, and whether it is still wanted: told by one thread, asked by another."""

from __future__ import annotations

from rlm_desktop.errors import HistoryError


class TransferCancelled(HistoryError):
    """An export, an import or the reading of a replay was cancelled; nothing of it was left behind."""


class Watch:
    """The progress of one export or import, or of the reading of a replay.

    Attributes:
        done: Steps done.
        total: Steps in all; 0 while nobody knows.
        is_cancelled: Nobody wants it any more.
    """

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.is_cancelled = False

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def cancel(self) -> None:
        """Have the work end at its next step."""
        self.is_cancelled = True

    def step(self, count: int = 1) -> None:
        """So much more is done.

        Raises:
            TransferCancelled: Nobody wants it any more.
        """
        self.done += count
        if self.is_cancelled:
            raise TransferCancelled("It was cancelled; nothing of it was kept.")
