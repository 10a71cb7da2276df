"""Sums over requests, and the same in little memory once they are not expected to change."""

from __future__ import annotations

from copy import copy
from typing import Any

import msgspec

from rlm_desktop.engine.events import Usage


class Tally(msgspec.Struct, array_like=True, gc=False):
    """Sums over requests. `unknown_usage` / `unknown_cost` count the requests whose figure nobody knows."""

    calls: int = 0
    requests: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float = 0.0
    unknown_usage: int = 0
    unknown_cost: int = 0

    def add_request(self, usage: Usage | None, cost_usd: float | None) -> None:
        """Count one request with the provider's figures."""
        self.requests += 1
        if usage is None or usage.input_tokens is None or usage.output_tokens is None:
            self.unknown_usage += 1
        if usage is not None:
            self.input_tokens += usage.input_tokens or 0
            self.output_tokens += usage.output_tokens or 0
            if usage.cached_tokens:  # most have none, and this is done a dozen times for each request
                self.cached_tokens += usage.cached_tokens
            if usage.reasoning_tokens:
                self.reasoning_tokens += usage.reasoning_tokens
        if cost_usd is None:
            self.unknown_cost += 1
        else:
            self.cost_usd += cost_usd

    def copy(self) -> Tally:
        """The same sums, to be changed by themselves."""
        return copy(self)

    def as_dict(self) -> dict[str, Any]:
        """The sums by name."""
        return msgspec.structs.asdict(self)


Sums = Tally | bytes
"""Sums that may change, or sealed ones, which take half the memory."""
_open = msgspec.msgpack.Decoder(Tally).decode
_encode = msgspec.msgpack.Encoder().encode


def packed(value: Any) -> bytes:
    """A value as MessagePack, in no more memory than it takes: the encoder leaves what it had set aside for more.

    Raises:
        OverflowError: A number is too large for it.
    """
    return bytes(memoryview(_encode(value)))


def sealed(sums: Sums) -> Sums:
    """The same sums, sealed; as they are where a number is too large for it."""
    if isinstance(sums, bytes):
        return sums
    try:
        return packed(sums)
    except OverflowError:
        return sums


def opened(sums: Sums) -> Tally:
    """The same sums, to be read or changed."""
    return _open(sums) if isinstance(sums, bytes) else sums
