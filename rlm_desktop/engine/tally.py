"""Sums over requests, and the same in little memory once they are not expected to change."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import msgspec

from rlm_desktop.engine.events import Usage


class Tally:
    """Sums over requests. `unknown_usage` / `unknown_cost` count the requests whose figure nobody knows."""

    __slots__ = (
        "cached_tokens",
        "calls",
        "cost_usd",
        "errors",
        "input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "requests",
        "unknown_cost",
        "unknown_usage",
    )

    def __init__(self) -> None:
        self.calls = 0
        self.requests = 0
        self.errors = 0
        self.input_tokens = 0
        self.output_tokens = 0
        self.cached_tokens = 0
        self.reasoning_tokens = 0
        self.cost_usd = 0.0
        self.unknown_usage = 0
        self.unknown_cost = 0

    def add_request(self, usage: Usage | None, cost_usd: float | None) -> None:
        """Count one request with the provider's figures."""
        self.requests += 1
        if usage is None or usage.input_tokens is None or usage.output_tokens is None:
            self.unknown_usage += 1
        if usage is not None:
            self.input_tokens += usage.input_tokens or 0
            self.output_tokens += usage.output_tokens or 0
            self.cached_tokens += usage.cached_tokens or 0
            self.reasoning_tokens += usage.reasoning_tokens or 0
        if cost_usd is None:
            self.unknown_cost += 1
        else:
            self.cost_usd += cost_usd

    def copy(self) -> Tally:
        """The same sums, to be changed by themselves."""
        other = Tally()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    def as_dict(self) -> dict[str, Any]:
        """The sums by name."""
        return {name: getattr(self, name) for name in self.__slots__}


class SealedTally(bytes):
    """A `Tally` that is not expected to change any more, in a third of the memory."""

    __slots__ = ()

    def copy(self) -> SealedTally:
        """Itself: it never changes."""
        return self


_tally_values = attrgetter(*Tally.__slots__)


def sealed(sums: Tally | SealedTally) -> Tally | SealedTally:
    """The same sums, sealed; as they are where a number is too large for it."""
    if isinstance(sums, SealedTally):
        return sums
    try:
        return SealedTally(msgspec.msgpack.encode(_tally_values(sums)))
    except OverflowError:
        return sums


def opened(sums: Tally | SealedTally) -> Tally:
    """The same sums, to be read or changed."""
    if isinstance(sums, Tally):
        return sums
    tally = Tally.__new__(Tally)
    (
        tally.cached_tokens,
        tally.calls,
        tally.cost_usd,
        tally.errors,
        tally.input_tokens,
        tally.output_tokens,
        tally.reasoning_tokens,
        tally.requests,
        tally.unknown_cost,
        tally.unknown_usage,
    ) = msgspec.msgpack.decode(sums)
    return tally
