"""Resuming: whatever was cut, wherever, no finished call is paid for twice, counted at the server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

import rlm_desktop.engine.client as client_module
from rlm_desktop.engine import events as ev
from rlm_desktop.engine import tool_calls
from rlm_desktop.engine.control import CellDecision, CellProposal
from rlm_desktop.engine.events import EndState, Spent, Usage
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.record import RecordedCall, fork_at, resume_from
from rlm_desktop.engine.requests import Requests
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.tool_calls import KEPT
from rlm_desktop.engine.trace import Trace
from rlm_desktop.errors import LimitExceeded
from tests.engine.conftest import Bench, MakeBench, by_role, cell
from tests.servers import Fault

KINDS = (ev.ModelRequested, ev.ModelResponded, ev.CallFinished)


def asked(one: Bench) -> Counter[str]:
    """How often each conversation was sent."""
    return Counter(str(logged.body["messages"]) for logged in one.server.log)


def everything(body: dict[str, Any]) -> Any:
    """Batches with identical prompts, a sub-RLM, and output so long that the conversation is compacted."""
    messages = body["messages"]
    last = messages[-1]["content"]
    if messages[0]["role"] != "system":
        return f"re {last}"
    if "SUB" in messages[1]["content"]:
        return cell("x = llm_query('one')") if len(messages) == 2 else cell("FINAL(x + llm_query('two'))")
    if "Write a summary" in last:
        return "SUMMARY"
    if "SUMMARY" in messages[1]["content"]:
        return cell("FINAL(' '.join(parts) + sub + str(len(conversation)))")
    codes = [
        "parts = llm_query_batch(['a', 'b', 'a'])\nprint('long ' * 2500)",
        "sub = rlm_query('SUB task')\nprint('long ' * 2500)",
        "print('long ' * 2500)",
    ]
    return cell(codes[(len(messages) - 2) // 2])


async def test_no_finished_call_is_paid_twice(bench: MakeBench) -> None:
    options = {"max_depth": 2, "sub_calls": "explicit", "window": 12_000}
    one = await bench(everything, **options)
    whole = await one.ask(context="text")
    assert whole.success
    assert [call.function for call in one.of(ev.CallStarted)].count("compaction") == 1
    cuts = [number for number, event in enumerate(one.events, start=1) if isinstance(event, KINDS)][::2]
    two = await bench(everything, **options)
    for cut in cuts:
        two.forget()
        result = await two.ask(context="text", past=resume_from(one.events[:cut]))
        assert result.final_answer == whole.final_answer
        done = sum(isinstance(event, ev.ModelResponded) for event in one.events[:cut])
        assert len(two.server.log) == len(one.server.log) - done
        assert asked(two) <= asked(one)


def every_way(body: dict[str, Any]) -> Any:
    """Sub-calls from tasks and threads, a failing cell, a typed answer that is refused, sub-RLMs that ask alike."""
    messages = body["messages"]
    if messages[0]["role"] != "system":
        return f"re {messages[-1]['content']}"
    if "PART " in messages[1]["content"]:
        return cell("x = llm_query('one')\nFINAL(x)")
    codes = [
        "import asyncio\nparts = await asyncio.gather(*[llm_query_async(f'p{n}') for n in range(3)])\n"
        "found = add(len(history))",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool:\n    more = list(pool.map(llm_query, ['t1', 't2']))\n1 / 0",
        "SUBMIT(name='x', people='many')",
        "sub = rlm_query_batch(['PART a', 'PART b'], max_concurrent=1)\nSUBMIT(name=sub[1], people=found)",
    ]
    return cell(codes[min((len(messages) - 2) // 2, 3)])


async def test_no_way_of_asking_is_paid_twice(bench: MakeBench) -> None:
    def add(number: int) -> int:
        return number + 41

    options: dict[str, Any] = {"max_depth": 2, "sub_calls": "explicit", "tools": {"add": add}}
    asking: dict[str, Any] = {
        "context": "text",
        "output": "name: str, people: int",
        "history": [{"question": "?", "answer": "!"}],
    }
    one = await bench(every_way, **options)
    whole = await one.ask(**asking)
    assert whole.success
    first_part = next(
        number
        for number, event in enumerate(one.events, start=1)
        if isinstance(event, ev.CallFinished) and event.iterations
    )
    cuts = [number for number, event in enumerate(one.events, start=1) if isinstance(event, KINDS)][::4]
    two = await bench(every_way, **options)
    for cut in (*cuts, first_part):
        two.forget()
        result = await two.ask(**asking, past=resume_from(one.events[:cut]))
        assert result.final_answer == whole.final_answer
        done = sum(isinstance(event, ev.ModelResponded) for event in one.events[:cut])
        assert len(two.server.log) == len(one.server.log) - done
        assert asked(two) <= asked(one)


CHARGES = [
    "paid = [charge(1), charge(1, note='again'), charge(1)]\nlong = read()",
    "paid.append(charge(1))",
    "FINAL(repr([paid, len(long)]))",
]


async def test_a_function_of_the_application_is_not_called_twice(bench: MakeBench) -> None:
    """Where its result is on record: what it did outside the run was done once."""
    called: list[str] = []

    def charge(amount: int, note: str = "") -> dict[str, Any]:
        called.append(f"charge {amount}")
        return {"receipt": len(called), "shares": (0.1, None, note)}

    def read() -> str:
        called.append("read")
        return "long " * KEPT

    def reply(body: dict[str, Any]) -> str:
        return cell(CHARGES[(len(body["messages"]) - 2) // 2])

    options: dict[str, Any] = {"max_depth": 1, "tools": {"charge": charge, "read": read}}
    one = await bench(reply, **options)
    whole = await one.ask(context="text")
    assert whole.success
    done, called[:] = list(called), []
    last = max(number for number, event in enumerate(one.events, start=1) if isinstance(event, ev.ToolCalled))
    two = await bench(reply, **options)
    result = await two.ask(context="text", past=resume_from(one.events[:last]))
    assert result.final_answer == whole.final_answer
    assert called == ["read"]  # its result was too long to be kept
    assert [call.source for call in two.of(ev.ToolCalled)] == ["record", "record", "record", "function", "record"]
    three = await bench(reply, **options)
    await three.ask(context="text", past=fork_at(two.events, 2))
    assert called == ["read", "read", "charge 1"]
    assert done == ["charge 1", "charge 1", "charge 1", "read", "charge 1"]


@pytest.mark.parametrize("kept", ["", "{", "[" * 100_000])
async def test_a_result_that_cannot_be_read_is_asked_for_again(bench: MakeBench, kept: str) -> None:
    options: dict[str, Any] = {"max_depth": 1, "tools": {"look": lambda: "there"}}
    one = await bench([cell("FINAL(look())")], **options)
    await one.ask(context="text")
    events = [
        msgspec.structs.replace(event, kept=kept) if isinstance(event, ev.ToolCalled) else event
        for event in one.events
    ]
    two = await bench([], **options)
    result = await two.ask(context="text", past=fork_at(events, 2))
    assert result.final_answer == "there"
    assert [call.source for call in two.of(ev.ToolCalled)] == ["function"]


@dataclass
class Rows:
    rows: list[str]


async def test_a_long_result_is_not_kept_whatever_holds_it(bench: MakeBench) -> None:
    tools = {"rows": lambda: Rows(["row"] * KEPT), "numbers": lambda: set(range(KEPT)), "raw": lambda: b"r" * KEPT}
    tools["short"] = lambda: "é" * (KEPT - 2)
    code = cell("FINAL(len(rows()['rows']) + len(numbers()) + len(raw()) + len(short()))")
    one = await bench([code], max_depth=1, tools=tools)
    assert (await one.ask(context="text")).final_answer == str(4 * KEPT - 2)
    assert [len(call.kept) for call in one.of(ev.ToolCalled)] == [0, 0, 0, KEPT]


async def test_a_function_takes_what_json_cannot_say(bench: MakeBench) -> None:
    pytest.importorskip("pydantic_monty")
    code = cell("FINAL(look(where={None: 1}))")
    one = await bench([code], max_depth=1, repl_mode="strict", tools={"look": lambda where: repr(where)})
    assert (await one.ask(context="text")).final_answer == "{None: 1}"


async def test_the_trace_keeps_so_much_of_all_results(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell may call a function a million times; what the trace has of it is in memory and in the history."""
    monkeypatch.setattr(tool_calls, "KEPT_OF_ALL", 25)
    monkeypatch.setattr(tool_calls, "SHOWN_OF_ALL", 300)
    code = cell("FINAL(sum(len(look('x' * 500)) for _ in range(4)))")
    one = await bench([code], max_depth=1, tools={"look": lambda asked: "8 or ten"})
    assert (await one.ask(context="text")).final_answer == "32"
    calls = one.of(ev.ToolCalled)
    assert [call.kept for call in calls] == ['"8 or ten"', '"8 or ten"', "", ""]
    assert [len(call.arguments) for call in calls] == [502, 100, 100, 100]
    assert ["longer than 25 characters" in note.text for note in one.of(ev.Noted)] == [True]


@pytest.mark.parametrize("mode", ["confined", "strict"])
async def test_a_result_is_the_same_whoever_serves_it(bench: MakeBench, mode: str) -> None:
    if mode == "strict":
        pytest.importorskip("pydantic_monty")

    class Share(float):
        """As numpy has them."""

    given: list[Any] = [(1, (2,)), {"a": [Share(0.5)]}, object(), 2**70]
    code = (
        "out = []\nfor n in range(4):\n    try:\n        out.append(look(n))\n"
        "    except Exception as error:\n        out.append(str(error))"
    )
    options: dict[str, Any] = {"max_depth": 1, "repl_mode": mode, "tools": {"look": lambda n: given[n]}}
    one = await bench([cell(code), cell("FINAL(repr(out[:2]))")], **options)
    result = await one.ask(context="text")
    assert result.final_answer == "[[1, [2]], {'a': [0.5]}]"
    assert [call.error.partition(":")[0] for call in one.of(ev.ToolCalled)] == ["", "", "TypeError", "TypeError"]
    two = await bench([], **options)
    again = await two.ask(context="text", past=fork_at(one.events, 3))
    assert again.final_answer == result.final_answer
    assert [call.source for call in two.of(ev.ToolCalled)] == ["record", "record", "function", "function"]


async def test_a_result_with_a_secret_is_not_kept(bench: MakeBench) -> None:
    key = "sk-" + "a" * 30
    one = await bench([cell("FINAL(str(len(look())))")], max_depth=1, tools={"look": lambda: key})
    await one.ask(context="text")
    assert key not in repr(one.events)
    assert [call.kept for call in one.of(ev.ToolCalled)] == [""]


async def test_a_run_can_be_resumed_again_and_again(bench: MakeBench) -> None:
    options = {"max_depth": 2, "sub_calls": "explicit", "window": 12_000}
    one = await bench(everything, **options)
    whole = await one.ask(context="text")
    result, events, paid, share = whole, one.events, 0, len(one.server.log) // 4
    for part in range(4):
        two = await bench(everything, **options)
        result = await two.ask(context="text", past=None if part == 0 else resume_from(events))
        events = two.events
        live = [number for number, event in enumerate(events) if _is_paid(event)]
        if part < 3:
            events = events[: live[share - 1] + 1]
            paid += share
        else:
            paid += len(live)
    assert result.final_answer == whole.final_answer
    assert paid == len(one.server.log)
    last = events[0]
    assert isinstance(last, ev.RunStarted)
    assert last.spent_before is not None
    # Those that were on their way at a cut count as well: they may have been billed.
    assert last.spent_before.requests == 3 * share + last.spent_before.unknown


def _is_paid(event: ev.AnyEvent) -> bool:
    return isinstance(event, ev.ModelResponded) and event.source == "model"


async def test_a_stream_that_was_cut_is_asked_again_and_a_retried_one_is_not(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)
    faults = iter([Fault("cut_stream", text="half of")])

    def script(body: dict[str, Any]) -> Any:
        messages = body["messages"]
        if messages[0]["role"] != "system":
            return next(faults, f"re {messages[-1]['content']}")
        return cell("x = llm_query('a')") if len(messages) == 2 else cell("FINAL(x)")

    one = await bench(script, max_depth=1)
    assert (await one.ask(context="c")).final_answer == "re a"
    retried = next(n for n, event in enumerate(one.events) if isinstance(event, ev.ModelRetried))
    answered = next(n for n, e in enumerate(one.events) if isinstance(e, ev.ModelResponded) and e.call == 1)
    for cut, requests in ((retried, 2), (retried + 1, 2), (answered, 2), (answered + 1, 1)):
        two = await bench(script, max_depth=1)
        assert (await two.ask(context="c", past=resume_from(one.events[:cut]))).final_answer == "re a"
        assert len(two.server.log) == requests
    # The attempt that failed was paid for: it counts against the limits of what goes on.
    past = resume_from(one.events[: answered + 1])
    assert past.spent is not None
    assert past.spent.requests == 3


async def test_limits_hold_over_both_parts(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> Any:
        messages = body["messages"]
        if messages[0]["role"] != "system":
            return "fine"
        if "best" in messages[-1]["content"].lower():
            return "FINAL(wound up)"
        return cell(f"x = llm_query('{len(messages)}')") if len(messages) < 10 else cell("FINAL('done')")

    one = await bench(script, max_depth=1)
    await one.ask(context="c")
    answered = [n for n, event in enumerate(one.events) if _is_paid(event)]
    cut = one.events[: answered[5] + 1]
    two = await bench(script, max_depth=1, limits=Limits(max_calls=8))
    result = await two.ask(context="c", past=resume_from(cut))
    assert result.end_state == EndState.CALL_LIMIT_EXCEEDED
    assert len(two.server.log) == 2
    # With a higher limit it goes on where it was: its closing words are not taken for the next reply.
    three = await bench(script, max_depth=1)
    result = await three.ask(context="c", past=resume_from(two.events))
    assert result.final_answer == "done"
    assert len(one.server.log) == len(three.server.log) + 6 + 1


async def test_room_for_the_best_answer_is_kept_in_the_second_part_from_its_beginning(bench: MakeBench) -> None:
    """The cell in which it was cut off may ask without end before the root's model is asked again."""
    code = "for number in range(99): llm_query(f'{number} ' + 'word ' * 400)"
    limits = Limits(max_tokens=12_000)
    one = await bench(by_role([cell(code), "FINAL(x)"], lambda _: "x"), max_depth=1, limits=limits)
    await one.ask(context="c")
    answered = next(n for n, event in enumerate(one.events) if isinstance(event, ev.ModelResponded))
    two = await bench(by_role(["FINAL(best so far)"], lambda _: "x"), max_depth=1, limits=limits)
    result = await two.ask(context="c", past=resume_from(one.events[: answered + 1]))
    assert (result.end_state, result.final_answer) == (EndState.TOKEN_LIMIT_EXCEEDED, "best so far")


async def test_the_time_limit_holds_over_both_parts(bench: MakeBench) -> None:
    one = await bench([cell("x = 1"), cell("FINAL(x)")])
    await one.ask(context="c")
    started, *rest = one.events
    assert isinstance(started, ev.RunStarted)
    before = msgspec.structs.replace(started, spent_before=Spent(seconds=1_000.0))
    past = resume_from([before, *rest[:-4]])
    assert past.spent is not None
    assert past.spent.seconds == 1_000.0 + rest[-5].at
    two = await bench([cell("FINAL(x)")], limits=Limits(timeout=1_000))
    result = await two.ask(context="c", past=past)
    assert (result.end_state, two.server.log) == (EndState.TIMEOUT_EXCEEDED, [])
    assert "1000 of them before it was resumed" in result.error
    assert two.of(ev.RunStarted)[0].spent_before == past.spent


async def test_what_nobody_knows_of_the_past_counts_by_its_estimate(bench: MakeBench) -> None:
    """As while the run went on: a request without figures, and one that was on its way at the cut."""
    sent = (ev.Message("user", "x" * 4_000),)
    one = await bench(["FINAL(never)"])
    await one.ask(context="c")
    past: list[ev.AnyEvent] = [
        one.events[0],
        ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="gpt-5"),
        ev.ModelRequested(call=0, model="gpt-5", iteration=1, messages=sent),
        ev.ModelRetried(call=0, attempt=1, reason="broken", delay=0.0),
        ev.ModelResponded(call=0, text="no figures"),
        ev.ModelRequested(call=0, model="gpt-5", iteration=2, kept=1, messages=sent),
    ]
    spent = resume_from(past).spent
    assert spent is not None
    assert (spent.requests, spent.tokens, spent.cost_usd, spent.unknown) == (3, 2 * 1_004 + 2_008, 0.0, 3)
    assert resume_from([msgspec.structs.replace(past[0], spent_before=spent), *past[1:]]).spent == ev.Spent(
        requests=6,
        tokens=2 * spent.tokens,
        unknown=6,
        unpriced={"gpt-5": Usage(input_tokens=8_032, output_tokens=0)},
    )
    for limits, noted in ((Limits(max_tokens=5_000), 1), (Limits(), 0)):
        two = await bench(["FINAL(gone on)"], limits=limits)
        result = await two.ask(context="c", past=resume_from(past))
        assert result.end_state == (EndState.TOKEN_LIMIT_EXCEEDED if noted else EndState.COMPLETED)
        assert [note.text for note in two.of(ev.Noted)] == [
            "Requests before the cut whose use is not known: 3. They count by an estimate."
        ] * noted


async def test_an_unknown_cost_of_the_past_is_taken_from_the_budget() -> None:
    spent = ev.Spent(
        requests=2, tokens=2_000_000, unknown=1, unpriced={"gpt-5": _million(), "unpriced": _million()}
    )
    events: list[ev.AnyEvent] = []
    url = "http://models.example/v1"
    async with RLM("gpt-5", base_url=url, api_key="key-key-key", limits=Limits(budget_usd=0.5)) as rlm:
        requests = Requests(rlm.options, Trace([events.append]), rlm.client, None)
        requests.carry_over(spent)
        with pytest.raises(LimitExceeded, match="is spent"):
            requests.reserve(1, "gpt-5")
    assert [event.text for event in events if isinstance(event, ev.Noted)] == [
        "Requests before the cut whose use is not known: 1. They count by an estimate.",
        "The budget lacks what was spent before the cut on models without a known price: unpriced.",
    ]


def _million() -> Usage:
    return Usage(input_tokens=1_000_000, output_tokens=0)


async def test_a_fork_has_limits_of_its_own(bench: MakeBench) -> None:
    script = [cell("x = 1"), cell("FINAL(x)")]
    one = await bench(script)
    await one.ask(context="c")
    two = await bench([cell("FINAL(x + 1)")], limits=Limits(max_calls=2))
    result = await two.ask(context="c", past=fork_at(one.events, 2))
    assert result.final_answer == "2"
    assert two.of(ev.RunStarted)[0].spent_before is None


async def test_a_fork_with_other_models_is_served_from_the_record(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> Any:
        messages = body["messages"]
        if messages[0]["role"] != "system":
            return f"re {messages[-1]['content']}"
        return cell("x = llm_query_batch(['a', 'b'])") if len(messages) == 2 else cell("FINAL(x[1])")

    one = await bench(script, max_depth=1)
    await one.ask(context="c")
    two = await bench(script, max_depth=2, sub_model="other")
    result = await two.ask(context="c", past=fork_at(one.events, 2))
    assert result.final_answer == "re b"
    assert len(two.server.log) == 1


async def test_what_was_decided_in_step_mode_is_done_again(bench: MakeBench) -> None:
    decisions = iter([CellDecision(code="x = 5"), CellDecision("skip"), CellDecision()])

    async def approve(_: CellProposal) -> CellDecision:
        return next(decisions)

    one = await bench([cell("x = 4"), cell("x = 6"), cell("FINAL(x)")])
    assert (await one.ask(context="c", approve=approve)).final_answer == "5"
    cut = next(
        n for n, event in enumerate(one.events) if isinstance(event, ev.IterationStarted) and event.iteration == 3
    )
    two = await bench([cell("FINAL(x)")])
    assert (await two.ask(context="c", past=resume_from(one.events[:cut]))).final_answer == "5"
    assert [event.action for event in two.of(ev.CellDecided)] == ["run", "skip"]
    three = await bench([cell("FINAL(x)")])
    assert (await three.ask(context="c", past=fork_at(two.events, 3))).final_answer == "5"


def test_calls_made_in_the_same_way_are_served_first() -> None:
    record = RecordedCall("rlm", "m")
    plain, other, cut = (RecordedCall(kind, model) for kind, model in (("llm", "m"), ("llm", "n"), ("rlm", "m")))
    plain.result = other.result = "text"
    record.children["p"].extend([plain, other, cut])
    assert record.take_child("llm", "p", "n") is other
    assert record.take_child("rlm", "p", "m") is cut
    assert record.take_child("rlm", "p", "m") is plain
    assert record.take_child("llm", "p", "m") is None
    # What was cut off serves only its own kind: its first reply is no answer of a plain call.
    record.children["p"].append(RecordedCall("rlm", "m"))
    assert record.take_child("llm", "p", "m") is None


_CHANCE = """\
import random, hashlib, uuid
names = {f"part {number}" for number in range(40)}
order = list(names)
drawn = random.sample(order, 5)
parts = [*llm_query_batch([*order[:5], *drawn, str(random.random())]), *rlm_query_batch(["SUB", "SUB"])]"""


def by_chance(body: dict[str, Any]) -> Any:
    """Cells whose prompts depend on random numbers and on the order of sets, in the root and in two sub-RLMs."""
    messages = body["messages"]
    if messages[0]["role"] != "system":
        return f"re {messages[-1]['content']}"
    if messages[1]["content"].startswith("SUB") or "SUB" in messages[1]["content"]:
        first = "import random\nx = llm_query(f'{random.random()} {set(map(str, range(30)))}')"
        return cell(first) if len(messages) == 2 else cell("FINAL(x + llm_query(str(random.random())))")
    return cell(_CHANCE) if len(messages) == 2 else cell("FINAL(' '.join(parts) + str(random.random()))")


async def test_a_resumed_run_draws_the_same_random_numbers(bench: MakeBench) -> None:
    options = {"max_depth": 2, "sub_calls": "explicit"}
    one = await bench(by_chance, **options)
    whole = await one.ask(context="text")
    cuts = [number for number, event in enumerate(one.events, start=1) if isinstance(event, ev.ModelResponded)][
        1::4
    ]
    two = await bench(by_chance, **options)
    for cut in cuts:
        two.forget()
        result = await two.ask(context="text", past=resume_from(one.events[:cut]))
        assert result.final_answer == whole.final_answer
        assert asked(two) <= asked(one)
        done = sum(isinstance(event, ev.ModelResponded) for event in one.events[:cut])
        assert len(two.server.log) == len(one.server.log) - done
    subs = {event.prompt for event in one.of(ev.CallStarted) if event.depth == 2}
    assert len(subs) == 4  # two sub-RLMs that were asked the same have numbers of their own
    other = await bench(by_chance, **options)
    await other.ask(context="text")
    assert asked(other) != asked(one)
