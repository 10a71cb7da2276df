from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.engine.events import EndState, Usage
from rlm_desktop.engine.limits import Ledger, Limits
from rlm_desktop.errors import LimitExceeded, UsageError


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_limit_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(UsageError, match="budget_usd"):
        Limits(budget_usd=value)


@pytest.mark.parametrize("value", [True, 1.5, "3"])
def test_what_is_no_number_of_calls_is_refused(value: Any) -> None:
    with pytest.raises(UsageError, match="max_calls"):
        Limits(max_calls=value)


def test_the_budget_counts_what_is_reserved() -> None:
    ledger = Ledger(Limits(budget_usd=1.0))
    first = ledger.reserve(10, 0.6)
    with pytest.raises(LimitExceeded) as caught:
        ledger.reserve(10, 0.6)
    assert caught.value.end_state == EndState.BUDGET_EXCEEDED
    first.settle(Usage(input_tokens=5, output_tokens=5), 0.1)
    ledger.reserve(10, 0.6)
    ledger.reserve(10, None)  # of unknown cost


def test_one_request_is_kept_for_the_last_chance() -> None:
    ledger = Ledger(Limits(max_calls=3))
    ledger.reserve(1, 0.0)
    ledger.reserve(1, 0.0)
    with pytest.raises(LimitExceeded) as caught:
        ledger.reserve(1, 0.0)
    assert caught.value.end_state == EndState.CALL_LIMIT_EXCEEDED
    ledger.reserve(1, 0.0, is_last_chance=True)
    with pytest.raises(LimitExceeded):
        ledger.reserve(1, 0.0, is_last_chance=True)


def test_room_is_kept_for_the_last_chance() -> None:
    ledger = Ledger(Limits(max_tokens=100, budget_usd=1.0))
    ledger.keep_free(40, 0.4)
    ledger.reserve(50, 0.5)
    ends: list[EndState] = []
    for tokens, cost_usd in ((11, 0.0), (0, 0.11)):
        with pytest.raises(LimitExceeded, match="for the best answer") as caught:
            ledger.reserve(tokens, cost_usd)
        ends.append(caught.value.end_state)
    assert ends == [EndState.TOKEN_LIMIT_EXCEEDED, EndState.BUDGET_EXCEEDED]
    ledger.reserve(40, 0.4, is_last_chance=True)


def test_one_call_is_possible_with_a_limit_of_one() -> None:
    Ledger(Limits(max_calls=1)).reserve(1, 0.0)


def test_unknown_usage_is_counted_with_its_estimate() -> None:
    ledger = Ledger(Limits(max_tokens=100))
    ledger.reserve(60, None).settle(None, None)
    with pytest.raises(LimitExceeded) as caught:
        ledger.reserve(60, None)
    assert caught.value.end_state == EndState.TOKEN_LIMIT_EXCEEDED


def test_what_was_spent_before_a_cut_counts_against_every_limit() -> None:
    ledger = Ledger(Limits(max_calls=6, max_tokens=100, budget_usd=1.0))
    ledger.carry_over(3, 60, 0.5)
    ledger.carry_over(1, 0, 0.0)
    ends: list[EndState] = []
    for tokens, cost_usd in ((41, 0.0), (1, 0.6), (40, 0.5), (0, 0.0)):
        try:
            ledger.reserve(tokens, cost_usd)
        except LimitExceeded as reached:
            ends.append(reached.end_state)
    assert ends == [EndState.TOKEN_LIMIT_EXCEEDED, EndState.BUDGET_EXCEEDED, EndState.CALL_LIMIT_EXCEEDED]


def test_time_runs_out() -> None:
    now = 0.0
    ledger = Ledger(Limits(timeout=10), clock=lambda: now)
    ledger.reserve(1, None)
    now = 10.5
    assert ledger.remaining_time() == 0
    with pytest.raises(LimitExceeded) as caught:
        ledger.reserve(1, None)
    assert caught.value.end_state == EndState.TIMEOUT_EXCEEDED


def test_time_before_a_cut_counts() -> None:
    now = 0.0
    ledger = Ledger(Limits(timeout=10), clock=lambda: now)
    ledger.carry_over(0, 0, 0.0, 7.0)
    assert ledger.remaining_time() == 3
    now = 3.5
    with pytest.raises(LimitExceeded, match="took its 10 seconds, 7 of them before it was resumed"):
        ledger.reserve(1, None)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000), st.booleans()), max_size=50))
def test_settled_sums_add_up(requests: list[tuple[int, int, bool]]) -> None:
    ledger = Ledger(Limits())
    reservations = [ledger.reserve(estimate, estimate / 1e6) for estimate, _, _ in requests]
    expected = 0
    for reservation, (estimate, used, is_known) in zip(reservations, requests, strict=True):
        usage = Usage(input_tokens=used, output_tokens=1) if is_known else None
        reservation.settle(usage, None)
        reservation.settle(usage, None)
        expected += used + 1 if is_known else estimate
    assert ledger.tokens == expected
    assert ledger.requests == len(requests)


def test_a_request_that_was_never_sent_counts_for_nothing() -> None:
    ledger = Ledger(Limits(max_calls=3, max_tokens=100, budget_usd=1.0))
    for _ in range(5):
        reservation = ledger.reserve(100, 1.0)
        reservation.take_back()
        reservation.settle(None, None)
    assert (ledger.requests, ledger.tokens, ledger.cost_usd) == (0, 0, 0.0)
    ledger.reserve(100, 1.0)
