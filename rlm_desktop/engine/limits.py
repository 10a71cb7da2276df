"""The limits of a run, held over its whole tree."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any

from rlm_desktop.engine.events import EndState, Usage
from rlm_desktop.errors import LimitExceeded, UsageError

_COUNTS = ("max_tokens", "max_calls", "max_errors")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use, all its calls together; None is no limit.

    Attributes:
        budget_usd: US dollars.
        max_tokens: Input and output tokens.
        max_calls: Requests to models, retried ones included.
        timeout: Seconds from start to end.
        max_errors: Iterations with an error in a row, in one rlm call.
    """

    budget_usd: float | None = None
    max_tokens: int | None = None
    max_calls: int | None = None
    timeout: float | None = None
    max_errors: int | None = 5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            kinds: Any = Integral if name in _COUNTS else Real
            is_number = isinstance(value, kinds) and not isinstance(value, bool)
            if value is not None and not (is_number and 0 < value < math.inf):
                raise UsageError(f"The limit {name} must be a positive number or None, not {value!r}.")


class Ledger:
    """Counts what a run uses and refuses what would go over its limits.

    Every request reserves before it is sent and settles when its figures are known, so that parallel calls cannot
    overshoot together: what is over at the end is at most what the requests in flight used beyond their estimate.

    Attributes:
        requests / tokens / cost_usd: Settled sums; what nobody knows of a request counts with its estimate.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.requests = 0
        self.tokens = 0
        self.cost_usd = 0.0
        self._reserved_tokens = 0
        self._reserved_cost = 0.0
        self._kept_tokens = 0
        self._kept_cost = 0.0
        self._clock = clock
        self._started = clock()
        self._seconds_before = 0.0

    def carry_over(self, requests: int, tokens: int, cost_usd: float, seconds: float = 0.0) -> None:
        """Count what the run used before it was cut off."""
        self._seconds_before += seconds
        self.requests += requests
        self.tokens += tokens
        self.cost_usd += cost_usd

    def keep_free(self, tokens: int, cost_usd: float | None) -> None:
        """Keep this much from all further requests but the closing one, which will need about that."""
        self._kept_tokens, self._kept_cost = tokens, cost_usd or 0.0

    def remaining_time(self) -> float | None:
        """Seconds left, None without a time limit; never negative."""
        if self.limits.timeout is None:
            return None
        return max(0.0, self.limits.timeout - self._seconds_before - (self._clock() - self._started))

    def out_of_time(self) -> LimitExceeded:
        """What is to be said when no time remains."""
        text = f"The run took its {self.limits.timeout:g} seconds."
        if self._seconds_before:
            text = (
                f"The run took its {self.limits.timeout:g} seconds,"
                f" {self._seconds_before:.0f} of them before it was resumed."
            )
        return LimitExceeded(EndState.TIMEOUT_EXCEEDED, text)

    def reserve(self, tokens: int, cost_usd: float | None, *, is_last_chance: bool = False) -> Reservation:
        """Set aside what a request is expected to use.

        Args:
            tokens: Estimate of its input.
            cost_usd: Estimate of its cost, None when the price is not known.
            is_last_chance: The closing request that asks for the best answer; one request is kept free for it, and
                what `keep_free` named.

        Raises:
            LimitExceeded: The request would go over a limit.
        """
        limits = self.limits
        if self.remaining_time() == 0.0:
            raise self.out_of_time()
        spare = 0 if is_last_chance else 1
        if limits.max_calls is not None and self.requests + spare >= max(limits.max_calls, 1 + spare):
            raise LimitExceeded(
                EndState.CALL_LIMIT_EXCEEDED, f"The run made all model requests that it may: {limits.max_calls}."
            )
        self._check_tokens(tokens, 0 if is_last_chance else self._kept_tokens)
        self._check_budget(cost_usd or 0.0, 0.0 if is_last_chance else self._kept_cost)
        self.requests += 1
        self._reserved_tokens += tokens
        self._reserved_cost += cost_usd or 0.0
        return Reservation(self, tokens, cost_usd or 0.0)

    def _check_tokens(self, tokens: int, kept: int) -> None:
        most = self.limits.max_tokens
        if most is None or self.tokens + self._reserved_tokens + tokens + kept <= most:
            return
        used = f"{self.tokens:,} of {most:,} tokens are used"
        text = f"{used} and the next request needs about {tokens:,}."
        if kept:
            text = f"{used}, the next request needs about {tokens:,}, that for the best answer about {kept:,}."
        raise LimitExceeded(EndState.TOKEN_LIMIT_EXCEEDED, text)

    def _check_budget(self, cost: float, kept: float) -> None:
        budget = self.limits.budget_usd
        if budget is None or self.cost_usd + self._reserved_cost + cost + kept <= budget:
            return
        spent = f"${self.cost_usd:.4f} of ${budget:.4f} is spent"
        text = f"{spent} and the next request costs about ${cost:.4f}."
        if kept:
            text = f"{spent}, the next request costs about ${cost:.4f}, that for the best answer about ${kept:.4f}."
        raise LimitExceeded(EndState.BUDGET_EXCEEDED, text)

    def settle(self, reservation: Reservation, usage: Usage | None, cost_usd: float | None) -> None:
        """Replace a reservation by the provider's figures (its estimate stays where there are none)."""
        self._reserved_tokens -= reservation.tokens
        self._reserved_cost -= reservation.cost_usd
        used = usage.total if usage is not None else None
        self.tokens += reservation.tokens if used is None else used
        self.cost_usd += reservation.cost_usd if cost_usd is None else cost_usd

    def take_back(self, reservation: Reservation) -> None:
        """Forget a request that was never sent."""
        self.requests -= 1
        self._reserved_tokens -= reservation.tokens
        self._reserved_cost -= reservation.cost_usd


class Reservation:
    """What one request has set aside. `settle` it or take it back, once; further calls do nothing."""

    __slots__ = ("_is_open", "_ledger", "cost_usd", "tokens")

    def __init__(self, ledger: Ledger, tokens: int, cost_usd: float) -> None:
        self._ledger = ledger
        self._is_open = True
        self.tokens = tokens
        self.cost_usd = cost_usd

    def settle(self, usage: Usage | None, cost_usd: float | None) -> None:
        """The request ended with these figures."""
        if self._is_open:
            self._is_open = False
            self._ledger.settle(self, usage, cost_usd)

    def take_back(self) -> None:
        """The request was never sent."""
        if self._is_open:
            self._is_open = False
            self._ledger.take_back(self)
