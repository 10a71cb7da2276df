from __future__ import annotations

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.requests import BUDGET_WORDS
from tests.engine.conftest import MakeBench, by_role, cell


async def test_at_80_percent_it_warns_once_and_at_100_it_stops(bench: MakeBench) -> None:
    text = "word " * 1000  # 1,000 tokens of output: $0.002 with gpt-5-mini, and next to nothing for the input
    code = "for number in range(20): llm_query(f'question {number}')"
    one = await bench(
        by_role([cell(code), "FINAL(x)"], lambda _prompt: text),
        models={0: "gpt-5-mini", 1: "gpt-5-mini"},
        max_depth=1,
        limits=Limits(budget_usd=0.01),
    )
    result = await one.ask(context="x")
    assert result.end_state is EndState.BUDGET_EXCEEDED
    notes = [event for event in one.of(ev.Noted) if BUDGET_WORDS in event.text]
    assert len(notes) == 1
    assert notes[0].level == "warning"
    spent = [event.cost_usd for event in one.of(ev.ModelResponded) if event.seq < notes[0].seq]
    after = [event.cost_usd for event in one.of(ev.ModelResponded) if event.seq > notes[0].seq]
    assert sum(spent) < 0.8 * 0.01 <= sum(spent) + after[0]


async def test_below_80_percent_it_says_nothing(bench: MakeBench) -> None:
    one = await bench(["FINAL(x)"], models={0: "gpt-5-mini"}, limits=Limits(budget_usd=1.0))
    assert (await one.ask(context="x")).success
    assert one.of(ev.Noted) == []


async def test_what_was_paid_for_brings_an_answer(bench: MakeBench) -> None:
    code = "for number in range(99): llm_query(f'{number} ' + 'word ' * 400)"
    script = by_role([cell(code), "FINAL(best so far)"], lambda p: "x")
    one = await bench(script, limits=Limits(max_tokens=12_000), max_depth=1)
    result = await one.ask(context="c")
    assert (result.end_state, result.final_answer) == (EndState.TOKEN_LIMIT_EXCEEDED, "best so far")
    assert result.usage.total is not None
    assert 6_000 < result.usage.total <= 12_000
    assert len(one.server.log) > 4
