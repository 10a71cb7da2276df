"""Servers that misbehave while a batch is under way: real sockets, faults by probability, exact accounts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from rlm_desktop.engine import client as client_module
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState, Usage
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.prices import cost_of, price_of
from tests.engine.conftest import Bench, MakeBench, by_role, cell
from tests.servers import Fault, Script

SIZE = 200
ROOT, SUB = "gpt-5", "gpt-5-mini"
BATCH = cell(f"r = llm_query_batch([f'question {{n}}' for n in range({SIZE})])\nFINAL_VAR('r')")

REFUSALS = [
    Fault("status", 500),
    Fault("status", 503),
    Fault("status", 429),
    Fault("status", 429, headers={"Retry-After": "0"}),
    Fault("status", 429, headers={"retry-after-ms": "5"}),
]
BROKEN_REPLIES = [
    Fault("reset"),
    Fault("cut_stream"),
    Fault("truncated"),
    Fault("broken_sse"),
    Fault("broken_json"),
    Fault("no_choices"),
    Fault("null_choices"),
    Fault("error_in_200", 502),
    Fault("error_in_stream"),
]
ODD_BUT_RIGHT = ["drip", "plain", "no_usage", "cut_at_end"]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)


def answer(prompt: str) -> str:
    return f"the answer to {prompt} is {sum(map(ord, prompt))}"


class Faulty:
    """Answers sub-calls and misbehaves now and then, depending on nothing but the prompt and the attempt."""

    def __init__(self, seed: int, share: float = 0.1) -> None:
        self.kinds: Counter[str] = Counter()
        self._seed = seed
        self._share = share
        self._attempts: Counter[str] = Counter()

    def __call__(self, prompt: str) -> str | Fault:
        self._attempts[prompt] += 1
        chance = random.Random(f"{self._seed} {prompt} {self._attempts[prompt]}")
        if chance.random() >= self._share:
            return answer(prompt)
        fault = chance.choice(
            [*REFUSALS, *BROKEN_REPLIES, *(Fault(kind, text=answer(prompt)) for kind in ODD_BUT_RIGHT)]
        )
        self.kinds[fault.kind] += 1
        return fault


def priced(script: Script, make: MakeBench, **options: Any) -> Any:
    return make(script, models={0: ROOT, 1: SUB}, max_depth=1, max_concurrent=50, **options)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_batch_under_faults_is_complete_right_and_accounted(bench: MakeBench, seed: int) -> None:
    faulty = Faulty(seed)
    one: Bench = await priced(by_role([BATCH], faulty), bench)
    result = await one.ask(context="x")
    assert result.value == [answer(f"question {n}") for n in range(SIZE)]
    assert result.end_state is EndState.COMPLETED
    assert len(faulty.kinds) >= 6
    _check_every_attempt_is_in_the_trace(one)
    _check_accounts(one)
    assert one.of(ev.BatchFinished)[0].failed == 0


async def test_every_second_answer_a_fault(bench: MakeBench) -> None:
    """So much goes wrong that some calls fail for good: they alone have an error in their place."""
    one: Bench = await priced(by_role([BATCH], Faulty(4, share=0.5)), bench)
    result = await one.ask(context="x")
    wrong = {n for n, text in enumerate(result.value) if text != answer(f"question {n}")}
    assert 0 < len(wrong) < SIZE / 4
    assert all(result.value[n].startswith("Error: ") for n in wrong)
    assert one.of(ev.BatchFinished)[0].failed == len(wrong) == len(one.of(ev.ModelFailed))
    _check_every_attempt_is_in_the_trace(one)
    _check_accounts(one)


def _check_every_attempt_is_in_the_trace(one: Bench) -> None:
    attempts = Counter(event.call for event in [*one.of(ev.ModelRequested), *one.of(ev.ModelRetried)])
    seen = Counter(logged.body["messages"][-1]["content"] for logged in one.server.log)
    for call in one.of(ev.CallStarted)[1:]:
        assert attempts[call.call] == seen[call.prompt]
    assert attempts.total() == len(one.server.log)
    assert all(event.reason and event.delay >= 0 for event in one.of(ev.ModelRetried))
    for responded in one.of(ev.ModelResponded):
        assert responded.attempts == attempts[responded.call]


def _check_accounts(one: Bench) -> None:
    """Tokens and cost are what the server says it reported; what it kept to itself is unknown, not nothing."""
    totals = one.state().totals
    reported = [(logged.body["model"], usage_of(logged.usage)) for logged in one.server.log if logged.usage]
    assert totals.input_tokens == sum(usage.input_tokens or 0 for _, usage in reported)
    assert totals.output_tokens == sum(usage.output_tokens or 0 for _, usage in reported)
    assert totals.cached_tokens == sum(usage.cached_tokens or 0 for _, usage in reported)
    cost = sum(cost_of(price_of(model), usage) or 0.0 for model, usage in reported)
    assert totals.cost_usd == pytest.approx(cost)
    assert totals.requests == len(one.server.log)
    silent = [event for event in [*one.of(ev.ModelRetried), *one.of(ev.ModelFailed)] if event.usage is None]
    without_usage = [event for event in one.of(ev.ModelResponded) if event.usage is None]
    assert totals.unknown_usage == len(silent) + len(without_usage)
    assert totals.unknown_cost == totals.unknown_usage


def usage_of(reported: dict[str, Any]) -> Usage:
    return Usage(
        input_tokens=reported["prompt_tokens"],
        output_tokens=reported["completion_tokens"],
        cached_tokens=reported["prompt_tokens_details"]["cached_tokens"],
    )


async def test_a_hanging_request_is_given_up_and_made_again(bench: MakeBench) -> None:
    first = once(Fault("hang"))
    one: Bench = await bench(
        by_role([cell("FINAL(llm_query('q'))")], lambda p: first() or answer(p)), max_depth=1, request_timeout=0.5
    )
    assert (await one.ask(context="x")).final_answer == answer("q")
    assert "0.5 seconds" in one.of(ev.ModelRetried)[0].reason
    assert one.of(ev.ModelRetried)[0].usage is None


async def test_a_reply_that_only_drips_is_given_up_and_made_again(bench: MakeBench) -> None:
    first = once(Fault("drip", text="drop " * 1000))
    one: Bench = await bench(
        by_role([cell("FINAL(llm_query('q'))")], lambda p: first() or answer(p)), max_depth=1, request_timeout=0.5
    )
    assert (await one.ask(context="x")).final_answer == answer("q")
    assert one.of(ev.ModelRetried)


async def test_requests_that_nobody_answers_count_against_the_limits(bench: MakeBench) -> None:
    """What they cost is not known: they are taken for what was set aside for them."""
    code = cell("r = llm_query_batch([f'{n} ' + 'word ' * 400 for n in range(100)])")
    script = by_role([code, "FINAL(nothing)"], lambda _: Fault("reset"))
    one: Bench = await bench(script, max_depth=1, max_concurrent=5, limits=Limits(max_tokens=20_000))
    result = await one.ask(context="x")
    assert result.end_state is EndState.TOKEN_LIMIT_EXCEEDED
    assert len(one.server.log) < 50
    assert one.state().totals.unknown_usage > 20


async def test_a_slow_reply_is_whole(bench: MakeBench) -> None:
    one: Bench = await bench([Fault("drip", text="FINAL(slowly but surely)")])
    assert (await one.ask(context="x")).final_answer == "slowly but surely"
    assert "".join(event.text for event in one.of(ev.TextDelta)) in "FINAL(slowly but surely)"


async def test_a_connection_cut_after_the_whole_reply_harms_nothing(bench: MakeBench) -> None:
    one: Bench = await bench([Fault("cut_at_end", text="FINAL(whole)")])
    result = await one.ask(context="x")
    assert (result.final_answer, one.of(ev.ModelRetried)) == ("whole", [])
    assert result.usage.output_tokens == 1


async def test_the_root_survives_faults_too(bench: MakeBench) -> None:
    replies: list[Any] = []
    for code in ("x = 1", "x += 1", "FINAL(x)"):
        replies += [Fault("status", 500), Fault("cut_stream", text=cell("FINAL('half a reply')")), cell(code)]
    one: Bench = await bench(replies)
    result = await one.ask(context="x")
    assert (result.final_answer, result.iterations) == ("2", 3)
    reasons = [event.reason for event in one.of(ev.ModelRetried)]
    assert ["HTTP 500" in reason or "in the middle of the response" in reason for reason in reasons] == [True] * 6


def once(fault: Fault) -> Callable[[], Fault | None]:
    """Gives the fault the first time, None from then on."""
    left = [fault]
    return lambda: left.pop() if left else None
