"""What runs have cost since a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Spending:
    """Sums over the runs that this installation made; imported ones cost nothing here.

    Attributes:
        runs: How many.
        usd: US dollars that are known.
        unknown_cost: Requests whose cost nobody knows.
    """

    runs: int
    usd: float
    unknown_cost: int


def spending(connection: Connection, since: str) -> Spending:
    """The sums since `since` (UTC, ISO 8601). Runs that were deleted count until they are gone for good."""
    from sqlalchemy import func, select

    from rlm_desktop.history.schema import runs

    sums = select(func.count(), func.sum(runs.c.cost_usd), func.sum(runs.c.unknown_cost))
    count, usd, unknown = connection.execute(sums.where(runs.c.started_at >= since, runs.c.origin == "")).one()
    return Spending(count, float(usd or 0.0), int(unknown or 0))
