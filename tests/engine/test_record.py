"""Resuming a run that was cut off, forking one, pausing, and step mode."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.control import CellDecision, CellProposal
from rlm_desktop.engine.record import fork_at, resume_from
from rlm_desktop.errors import UsageError
from tests.engine.conftest import Bench, MakeBench, by_role, cell
from tests.servers import Fault

CODE = "parts = llm_query_batch(['a', 'b', 'c'])\nprint(parts)"


def three_iterations(body: dict[str, Any]) -> str:
    messages = body["messages"]
    if messages[0]["role"] != "system":
        return f"re {messages[-1]['content']}"
    turn = (len(messages) - 2) // 2
    return [cell(CODE), cell("more = llm_query('d ' + parts[0])"), cell("FINAL(more + '!')")][turn]


async def recorded(bench: MakeBench) -> list[ev.AnyEvent]:
    one = await bench(three_iterations, max_depth=1)
    await one.ask(context="text")
    return one.events


def requests(one: Bench) -> int:
    return len(one.server.log)


async def test_resuming_pays_for_nothing_twice(bench: MakeBench) -> None:
    events = await recorded(bench)
    whole = 3 + 4
    one = await bench(three_iterations, max_depth=1)
    for cut in range(2, len(events) - 1):
        if isinstance(events[cut - 1], ev.TextDelta):
            continue  # as if the event before were the last
        done = sum(isinstance(event, ev.ModelResponded) for event in events[:cut])
        one.forget()
        result = await one.ask(context="text", past=resume_from(events[:cut]))
        assert result.final_answer == "re d re a!"
        assert requests(one) == whole - done


async def test_a_resumed_run_names_its_parent_and_shows_what_was_served(bench: MakeBench) -> None:
    events = await recorded(bench)
    cut = next(
        n for n, event in enumerate(events) if isinstance(event, ev.IterationStarted) and event.iteration == 2
    )
    one = await bench(three_iterations, max_depth=1)
    result = await one.ask(context="text", past=resume_from(events[:cut]))
    started = one.of(ev.RunStarted)[0]
    assert started.parent_run == events[0].run_id  # type: ignore[union-attr]
    assert [event.source for event in one.of(ev.ModelResponded)] == ["record"] * 4 + ["model"] * 3
    assert sum(event.is_recorded for event in one.of(ev.CallFinished)) == 3
    served = sum((logged.usage or {}).get("prompt_tokens", 0) for logged in one.server.log)
    assert result.usage.input_tokens == served


async def test_a_resumed_run_continues_a_child_that_was_cut(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> Any:
        messages = body["messages"]
        if messages[0]["role"] != "system":
            return f"leaf {messages[-1]['content']}"
        if "SUB" not in messages[1]["content"]:
            return cell("FINAL(rlm_query('SUB task'))")
        return cell("x = llm_query('one')") if len(messages) == 2 else cell("FINAL(x + llm_query('two'))")

    one = await bench(script, max_depth=2)
    whole = await one.ask(context="c")
    cut = next(n for n, e in enumerate(one.events) if isinstance(e, ev.IterationStarted) and e.iteration == 2)
    two = await bench(script, max_depth=2)
    result = await two.ask(context="c", past=resume_from(one.events[:cut]))
    assert result.final_answer == whole.final_answer == "leaf oneleaf two"
    assert requests(two) == requests(one) - 3


async def test_a_failed_call_is_asked_again(bench: MakeBench) -> None:
    answers = iter([Fault("status", 400), "fine now"])
    script = by_role(
        lambda m: cell("x = llm_query('q')") if len(m) == 2 else cell("FINAL(x)"), lambda p: next(answers)
    )
    one = await bench(script, max_depth=1)
    assert str((await one.ask(context="c")).final_answer).startswith("Error")
    result = await one.ask(context="c", past=fork_at(one.events, 2))
    assert result.final_answer == "fine now"


async def test_a_fork_shares_the_past_and_goes_on_otherwise(bench: MakeBench) -> None:
    events = await recorded(bench)
    one = await bench(three_iterations, max_depth=1)
    result = await one.ask(context="text", past=fork_at(events, 2, code="more = 'forked ' + parts[2]"))
    assert result.final_answer == "forked re c!"
    assert requests(one) == 1
    assert one.of(ev.RunStarted)[0].parent_iteration == 2


async def test_a_fork_with_an_instruction(bench: MakeBench) -> None:
    events = await recorded(bench)
    one = await bench(lambda body: "FINAL(told)" if "Be brief" in str(body) else "FINAL(not told)", max_depth=1)
    assert (await one.ask(context="text", past=fork_at(events, 3, instruction="Be brief."))).final_answer == "told"


async def test_what_cannot_be_resumed_or_forked(bench: MakeBench) -> None:
    events = await recorded(bench)
    with pytest.raises(UsageError, match="completed"):
        resume_from(events)
    with pytest.raises(UsageError, match="3 iterations"):
        fork_at(events, 9)
    with pytest.raises(UsageError, match="no run"):
        resume_from(events[1:-1])


async def test_a_paused_run_waits_at_its_next_iteration(bench: MakeBench) -> None:
    one = await bench(three_iterations, max_depth=1)
    run = await one.start(context="text")
    run.pause()
    run.pause()
    paused = asyncio.create_task(run.wait())
    async with asyncio.timeout(30):
        while not one.of(ev.CallStarted):  # noqa: ASYNC110
            await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert not one.of(ev.ModelRequested)
    assert run.state.is_paused
    run.unpause()
    assert (await paused).success
    assert len(one.of(ev.RunPaused)) == len(one.of(ev.RunContinued)) == 1


async def test_a_run_stopped_before_its_first_moment(bench: MakeBench) -> None:
    one = await bench(three_iterations)
    run = await one.start(context="text")
    run.stop()
    assert (await run.wait()).end_state == "cancelled"
    assert [type(event).__name__ for event in one.events] == ["RunStarted", "CancelRequested", "RunFinished"]


async def test_a_paused_run_can_be_stopped(bench: MakeBench) -> None:
    one = await bench(three_iterations)
    run = await one.start(context="text")
    run.pause()
    async with asyncio.timeout(30):
        while not one.of(ev.CallStarted):  # noqa: ASYNC110
            await asyncio.sleep(0)
    run.stop()
    assert (await run.wait()).end_state == "cancelled"
    run.unpause()
    assert (type(one.events[0]), type(one.events[-1])) == (ev.RunStarted, ev.RunFinished)


async def test_step_mode_runs_edits_skips_and_answers(bench: MakeBench) -> None:
    decisions = iter(
        [
            CellDecision(),
            CellDecision(code="x = 5"),
            CellDecision("skip"),
            CellDecision("answer", answer="by hand"),
        ]
    )
    seen: list[CellProposal] = []

    async def approve(proposal: CellProposal) -> CellDecision:
        seen.append(proposal)
        assert one.state().calls[0].iterations[-1].proposed is not None
        return next(decisions)

    one = await bench([cell("print(1)"), cell("x = 4"), cell("print(x)"), cell("FINAL(x)")])
    result = await one.ask(context="c", approve=approve)
    assert result.final_answer == "by hand"
    assert [proposal.code for proposal in seen] == ["print(1)", "x = 4", "print(x)", "FINAL(x)"]
    assert [event.code for event in one.of(ev.CellStarted)] == ["print(1)", "x = 5"]
    told = [logged.body["messages"][-1]["content"] for logged in one.server.log]
    assert "x = 5" in told[2]
    assert "should not run" in told[3]
    assert one.state().calls[0].iterations[-1].proposed is None


async def test_a_run_that_waits_for_a_decision_can_be_stopped(bench: MakeBench) -> None:
    asked = asyncio.Event()

    async def approve(_: CellProposal) -> CellDecision:
        asked.set()
        await asyncio.Event().wait()
        return CellDecision()

    one = await bench([cell("print(1)")])
    run = await one.start(context="c", approve=approve)
    await asked.wait()
    run.stop()
    assert (await run.wait()).end_state == "cancelled"


async def test_a_variable_can_be_looked_at_while_the_run_goes_on(bench: MakeBench) -> None:
    one = await bench([cell("long = 'x' * 5000\nkey = 'test-key-123456'"), cell("FINAL(1)")])
    seen: list[str | None] = []

    async def approve(proposal: CellProposal) -> CellDecision:
        if proposal.iteration == 2:
            names = ("long", "key", "missing")
            seen.extend([await run.variable(proposal.call, name, 1000) for name in names])
            seen.append(await run.variable(99, "long"))
        return CellDecision()

    run = await one.start(context="c", approve=approve)
    await run.wait()
    assert seen[0] is not None
    assert len(seen[0]) == 1000
    assert seen[1] is not None
    assert "test-key" not in seen[1]
    assert seen[2:] == [None, None]
    assert await run.variable(0, "long") is None  # its REPL has gone with the call
