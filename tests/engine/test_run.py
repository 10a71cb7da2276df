"""Whole runs: the real engine, the real SDK, real REPL workers, a scripted server."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop.engine import client as client_module
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode
from rlm_desktop.errors import DocumentError, RLMError, SettingsError, UsageError
from tests.engine.conftest import MakeBench, by_role, cell
from tests.servers import Fault


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)


# -- the loop ------------------------------------------------------------------------------------------------


async def test_a_run_from_question_to_answer(bench: MakeBench) -> None:
    one = await bench([cell("words = context.split()\nlen(words)"), cell("FINAL(f'{len(words)} words')")])
    result = await one.ask(context="one two three")
    assert result.success
    assert result.final_answer == "3 words"
    assert (result.end_state, result.iterations, result.calls) == (EndState.COMPLETED, 2, 1)
    assert one.server.log[1].body["messages"][-1]["content"].startswith("REPL output:\n3")
    assert [event.seq for event in one.events] == list(range(1, len(one.events) + 1))


async def test_usage_is_the_servers_to_the_token(bench: MakeBench) -> None:
    one = await bench(
        by_role([cell("r = llm_query_batch(['a', 'b c'])\nFINAL(r[0])")], lambda p: f"re {p}"), max_depth=1
    )
    result = await one.ask(context="x")
    reported = [logged.usage for logged in one.server.log]
    assert all(reported)
    assert result.usage.input_tokens == sum(usage["prompt_tokens"] for usage in reported if usage)
    assert result.usage.output_tokens == sum(usage["completion_tokens"] for usage in reported if usage)
    assert result.cost_usd is None
    assert result.by_depth[0]["requests"] + result.by_depth[1]["requests"] == 3


@pytest.mark.parametrize(
    ("last", "answer", "source"),
    [
        (cell("FINAL('in code')"), "in code", "FINAL"),
        (cell("FINAL_VAR('x')"), "41", "FINAL_VAR"),
        (cell("answer['content'] = 'dict'\nanswer['ready'] = True"), "dict", "answer"),
        ("FINAL(in (the) text)", "in (the) text", "FINAL"),
        ("Done.\nFINAL_VAR(x)", "41", "FINAL_VAR"),
        ("FINAL(x)", "41", "FINAL_VAR"),
        ("```repl\nx += 1\n```\nFINAL_VAR(x)", "42", "FINAL_VAR"),
    ],
)
async def test_every_way_to_answer(bench: MakeBench, last: str, answer: str, source: str) -> None:
    one = await bench([cell("x = 41"), last])
    result = await one.ask(context="c")
    assert result.final_answer == answer
    assert one.of(ev.AnswerSet)[0].source == source


async def test_several_blocks_run_in_order_up_to_the_first_error(bench: MakeBench) -> None:
    reply = "\n".join((cell("a = 1\nprint('one')"), cell("b = a / 0"), cell("print('never')")))
    one = await bench([reply, cell("FINAL(a)")])
    result = await one.ask(context="c")
    assert result.final_answer == "1"
    told = one.server.log[1].body["messages"][-1]["content"]
    assert "ZeroDivisionError" in told
    assert "b = a / 0" in told
    assert "never" not in told
    assert [event.status for event in one.of(ev.CellFinished)] == ["ok", "error", "ok"]


async def test_a_final_in_the_text_after_a_failing_cell_does_not_count(bench: MakeBench) -> None:
    one = await bench(["```repl\n1/0\n```\nFINAL(too soon)", "FINAL(now)"])
    assert (await one.ask(context="c")).final_answer == "now"


async def test_a_final_var_that_does_not_exist_is_explained(bench: MakeBench) -> None:
    one = await bench(["FINAL_VAR(nothing_here)", "FINAL(fine)"])
    assert (await one.ask(context="c")).final_answer == "fine"
    assert "nothing_here" in one.server.log[1].body["messages"][-1]["content"]
    assert len(one.of(ev.AnswerRejected)) == 1


async def test_python_fences_are_a_setting(bench: MakeBench) -> None:
    one = await bench(["```python\nFINAL('ran')\n```", "FINAL(did not run)"], python_fences=False)
    assert (await one.ask(context="c")).final_answer == "did not run"


async def test_a_reply_cut_inside_its_code_is_not_run(bench: MakeBench) -> None:
    one = await bench([Fault("length", text="```repl\nprint('half"), cell("FINAL('whole')")])
    assert (await one.ask(context="c")).final_answer == "whole"
    assert len(one.of(ev.CellStarted)) == 1


async def test_a_model_that_only_talks_is_told_and_then_asked_for_its_best_answer(bench: MakeBench) -> None:
    one = await bench(["Let me think.", "Still thinking.", "Hmm.", "The answer is 7."])
    result = await one.ask(context="c")
    assert result.end_state is EndState.ERROR_THRESHOLD_EXCEEDED
    assert result.final_answer == "The answer is 7."
    assert not result.success


async def test_a_model_that_repeats_its_code_is_stopped(bench: MakeBench) -> None:
    one = await bench(lambda body: cell("print(1)") if len(body["messages"]) < 10 else "FINAL(given up)")
    result = await one.ask(context="c")
    assert result.end_state is EndState.ERROR_THRESHOLD_EXCEEDED
    assert result.final_answer == "given up"


async def test_an_empty_reply_is_survived(bench: MakeBench) -> None:
    one = await bench([Fault("empty"), "FINAL(fine)"])
    assert (await one.ask(context="c")).final_answer == "fine"


async def test_the_last_iteration_ends_with_a_last_chance(bench: MakeBench) -> None:
    one = await bench([cell("n = 1"), cell("n = 2"), "FINAL_VAR(n)"], max_iterations=2)
    result = await one.ask(context="c")
    assert (result.end_state, result.final_answer) == (EndState.OUT_OF_ITERATIONS, "2")


async def test_a_last_chance_that_brings_code(bench: MakeBench) -> None:
    one = await bench([cell("n = 1"), cell("n += 1\nFINAL('it is (2)')")], max_iterations=1)
    assert (await one.ask(context="c")).final_answer == "it is (2)"
    other = await bench([cell("n = 1"), cell("print(n)")], max_iterations=1)
    result = await other.ask(context="c")
    assert (result.end_state, result.final_answer) == (EndState.OUT_OF_ITERATIONS, None)


@pytest.mark.parametrize("reply", ["FINAL()", cell("FINAL('')"), cell("answer['ready'] = True")])
async def test_an_empty_answer_is_none(bench: MakeBench, reply: str) -> None:
    one = await bench([reply, "FINAL(something)"])
    assert (await one.ask(context="c")).final_answer == "something"
    assert one.of(ev.AnswerRejected)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (cell("FINAL(None)"), "nothing"),
        (cell("FINAL('null')"), "null"),
        ("FINAL(None)", "None"),
        ("FINAL(null)", "null"),
    ],
)
async def test_none_is_no_answer_but_its_name_is(bench: MakeBench, reply: str, answer: str) -> None:
    one = await bench([reply, "FINAL(nothing)"])
    assert (await one.ask("What does JSON call nothing?", context="c")).final_answer == answer


async def test_a_failing_root_model_fails_the_run_in_words(bench: MakeBench) -> None:
    one = await bench([Fault("status", 401)])
    result = await one.ask(context="c")
    assert result.end_state is EndState.FAILED
    assert result.final_answer is None
    assert "API key was refused" in result.error
    assert isinstance(one.events[-1], ev.RunFinished)


# -- sub-calls -----------------------------------------------------------------------------------------------


async def test_a_batch_keeps_its_order_and_runs_at_once(bench: MakeBench) -> None:
    code = "r = llm_query_batch([f'q{i}' for i in range(40)])\nFINAL(' '.join(r))"
    one = await bench(by_role([cell(code)], lambda p: f"a{p[1:]}"), hold_until=40, max_concurrent=40, max_depth=1)
    result = await one.ask(context="c")
    assert result.final_answer == " ".join(f"a{i}" for i in range(40))
    assert one.server.most_active == 40
    state = one.state()
    batch = state.batches[0]
    assert (batch.size, batch.counts.get("completed"), batch.status) == (40, 40, EndState.COMPLETED)


async def test_concurrency_is_limited(bench: MakeBench) -> None:
    code = "r = llm_query_batch([f'q{i}' for i in range(12)], max_concurrent=2)\nFINAL(len(r))"
    one = await bench(by_role([cell(code)], lambda p: p), latency=0.01, max_concurrent=5, max_depth=1)
    assert (await one.ask(context="c")).final_answer == "12"
    assert one.server.most_active <= 2


async def test_a_failing_sub_call_fails_only_its_place(bench: MakeBench) -> None:
    code = "r = llm_query_batch(['good', 'bad', 'fine'])\nFINAL(' | '.join(r))"
    one = await bench(by_role([cell(code)], lambda p: Fault("status", 400) if p == "bad" else p), max_depth=1)
    result = await one.ask(context="c")
    assert result.success
    assert result.final_answer is not None
    good, bad, fine = result.final_answer.split(" | ")
    assert (good, fine) == ("good", "fine")
    assert bad.startswith("Error: ")
    assert one.state().batches[0].counts == {"queued": 0, "running": 0, "completed": 2, "failed": 1}
    assert len(one.of(ev.ModelFailed)) == 1


async def test_sub_calls_know_the_line_that_made_them(bench: MakeBench) -> None:
    one = await bench(by_role([cell("\n\nr = llm_query('x')\nFINAL(r)")], lambda p: p), max_depth=1)
    await one.ask(context="c")
    call = one.of(ev.CallStarted)[1]
    assert (call.function, call.line, call.kind, call.depth, call.parent) == ("llm_query", 3, "llm", 1, 0)


async def test_threads_and_await_and_gather_in_a_cell(bench: MakeBench) -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool:\n    a = list(pool.map(llm_query, ['1', '2', '3', '4']))\n"
        "b = await asyncio.gather(*(llm_query_async(str(n)) for n in (5, 6)))\n"
        "c = await llm_query_batch_async(['7', '8'])\n"
        "FINAL(''.join([*a, *b, *c]))"
    )
    one = await bench(by_role([cell("import asyncio\n" + code)], lambda p: p), max_depth=1)
    assert (await one.ask(context="c")).final_answer == "12345678"


async def test_identical_sub_calls_are_answered_once(bench: MakeBench) -> None:
    code = "r = llm_query_batch(['same', 'same', 'other', 'same'])\nFINAL(' '.join(r))"
    one = await bench(by_role([cell(code)], lambda p: p), max_depth=1)
    assert (await one.ask(context="c")).final_answer == "same same other same"
    assert len(one.server.log) == 3
    assert sorted(str(event.shared) for event in one.of(ev.CallFinished)) == ["1", "1", "None", "None", "None"]


async def test_sharing_can_be_switched_off_and_a_failure_is_not_shared(bench: MakeBench) -> None:
    answers = iter([Fault("status", 400), "second"])
    code = "r = llm_query_batch(['same', 'same'], max_concurrent=1)\nFINAL(r[1])"
    one = await bench(by_role([cell(code)], lambda p: next(answers)), max_depth=1)
    assert (await one.ask(context="c")).final_answer == "second"
    two = await bench(by_role([cell(code)], lambda p: p), max_depth=1, share_identical=False)
    await two.ask(context="c")
    assert len(two.server.log) == 3


# -- depth ---------------------------------------------------------------------------------------------------


def recursive_script(body: dict[str, Any]) -> str:
    """Every rlm call asks two below; the last level answers plainly."""
    messages = body["messages"]
    if messages[0]["role"] != "system":
        return f"leaf({messages[-1]['content']})"
    return cell("r = llm_query_batch([context + 'a', context + 'b'])\nFINAL('+'.join(r))")


@pytest.mark.parametrize(("depth", "calls"), [(1, 3), (2, 7), (3, 15)])
async def test_recursion_to_the_set_depth(bench: MakeBench, depth: int, calls: int) -> None:
    one = await bench(recursive_script, max_depth=depth)
    result = await one.ask(context="x")
    assert result.calls == calls
    assert result.final_answer is not None
    assert result.final_answer.count("leaf(") == 2**depth
    kinds = {call.depth: call.kind for call in one.state().calls.values()}
    assert kinds == {d: "llm" if d == depth else "rlm" for d in range(depth + 1)}
    assert set(result.by_depth) == set(range(depth + 1))


async def test_each_child_has_a_repl_of_its_own(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str:
        context = str(body["messages"])
        if "Earlier question" in context:
            return "unused"
        if body["messages"][-1]["content"].count("MARK") or len(body["messages"]) > 2:
            return cell("FINAL(str(secret) if 'secret' in globals() else 'clean')")
        return cell("secret = 1\nr = rlm_query_batch(['MARK 1', 'MARK 2', 'MARK 3'])\nFINAL(' '.join(r))")

    one = await bench(script, max_depth=2)
    assert (await one.ask(context="x")).final_answer == "clean clean clean"


async def test_explicit_recursion(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str:
        if body["messages"][0]["role"] != "system":
            return "plain"
        if "SUB" in body["messages"][1]["content"]:
            return "FINAL(recursive)"
        return cell("FINAL(llm_query('one') + ' ' + rlm_query('SUB two'))")

    one = await bench(script, max_depth=3, sub_calls="explicit")
    assert (await one.ask(context="x")).final_answer == "plain recursive"


async def test_iterations_and_models_by_depth(bench: MakeBench) -> None:
    one = await bench(recursive_script, max_depth=2, max_iterations=12, models={2: "small"}, sub_model="middle")
    await one.ask(context="x")
    assert {event.of for event in one.of(ev.IterationStarted) if event.call == 0} == {12}
    assert {event.of for event in one.of(ev.IterationStarted) if event.call != 0} == {6}
    assert {logged.body["model"] for logged in one.server.log} == {"m", "middle", "small"}


async def test_a_child_given_its_callers_whole_context_again_is_asked_plainly(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str:
        if body["messages"][0]["role"] != "system":
            return "plain"
        return cell("FINAL(llm_query('Think: ' + context))")

    one = await bench(script, max_depth=5)
    assert (await one.ask(context="word " * 1000)).final_answer == "plain"
    assert "gain nothing" in one.of(ev.Noted)[0].text


async def test_two_rlm_objects_on_one_loop_close_one_by_one(bench: MakeBench) -> None:
    one = await bench([cell("FINAL(1)")])
    two = await bench([Fault("hang"), cell("FINAL(2)")], request_timeout=0.5)
    running = asyncio.create_task(two.ask(context="c"))
    await until_active(two, 1)
    await one.rlm.aclose()
    assert (await running).final_answer == "2"


async def test_the_output_shown_is_limited_by_depth(bench: MakeBench) -> None:
    one = await bench([cell("print('z' * 5000)"), cell("FINAL(1)")], output_limits={0: 300})
    await one.ask(context="c")
    assert len(one.server.log[1].body["messages"][-1]["content"]) < 600


async def test_many_recursive_calls_do_not_deadlock(bench: MakeBench) -> None:
    one = await bench(recursive_script, max_depth=3, max_concurrent=1)
    async with asyncio.timeout(60):
        assert (await one.ask(context="x")).calls == 15


# -- stopping ------------------------------------------------------------------------------------------------


async def until_active(one: Any, number: int) -> None:
    async with asyncio.timeout(30):
        while one.server.active < number:  # noqa: ASYNC110 - a counter, not an event
            await asyncio.sleep(0.001)


async def test_stop_ends_everything_and_keeps_what_was(bench: MakeBench) -> None:
    code = "r = llm_query_batch([f'q{i}' for i in range(5)])\nFINAL(1)"
    one = await bench(by_role([cell(code)], lambda p: Fault("hang") if p != "q0" else "done"), max_depth=1)
    run = await one.start(context="c")
    await until_active(one, 4)
    run.stop()
    result = await run.wait()
    assert result.end_state is EndState.CANCELLED
    state = one.state()
    assert state.cancel_requested
    assert all(node.finished is not None for node in state.nodes if isinstance(node, CallNode))
    assert state.active == 0
    assert sum(call.result == "done" for call in state.calls.values()) == 1


async def test_cancelling_arun_stops_the_run(bench: MakeBench) -> None:
    one = await bench([Fault("hang")])
    task = asyncio.create_task(one.ask(context="c"))
    await until_active(one, 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert one.state().status == EndState.CANCELLED


async def test_one_call_can_be_stopped_alone(bench: MakeBench) -> None:
    code = "r = llm_query_batch(['slow', 'fast'])\nFINAL(' | '.join(r))"
    one = await bench(by_role([cell(code)], lambda p: Fault("hang") if p == "slow" else p), max_depth=1)
    run = await one.start(context="c")
    async with asyncio.timeout(30):
        while not any(isinstance(e, ev.CallFinished) for e in one.events):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    run.stop_call(1)
    result = await run.wait()
    assert result.success
    assert result.final_answer == "Error: the call was stopped by the user | fast"


async def test_one_rlm_call_can_be_stopped_with_all_below_it(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> Any:
        if body["messages"][0]["role"] != "system":
            return Fault("hang")
        if "SUB" in body["messages"][1]["content"]:
            return cell("FINAL(llm_query('leaf'))")
        return cell("FINAL(rlm_query('SUB'))")

    one = await bench(script, max_depth=2)
    run = await one.start(context="c")
    async with asyncio.timeout(30):
        while sum(isinstance(e, ev.ModelRequested) for e in one.events) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    run.stop_call(1)
    assert (await run.wait()).final_answer == "Error: the call was stopped by the user"
    assert one.state().calls[2].status == EndState.CANCELLED


async def test_leaving_the_stream_early_stops_the_run(bench: MakeBench) -> None:
    one = await bench([Fault("hang")])
    seen: list[ev.AnyEvent] = []
    stream = one.rlm.stream("Q?", context="c")
    async for event in stream:
        seen.append(event)
        if isinstance(event, ev.ModelRequested):
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert isinstance(seen[-1], ev.ModelRequested)


async def test_the_stream_has_every_event(bench: MakeBench) -> None:
    one = await bench([cell("FINAL(1)")])
    kinds = [type(event).__name__ async for event in one.rlm.stream("Q?", context="c")]
    assert kinds[0] == "RunStarted"
    assert kinds[-1] == "RunFinished"


# -- limits --------------------------------------------------------------------------------------------------


async def test_the_call_limit_leaves_a_last_chance(bench: MakeBench) -> None:
    code = "r = llm_query_batch([f'q{i}' for i in range(20)])\nFINAL(r)"
    one = await bench(
        by_role([cell(code), "FINAL(best so far)"], lambda p: p), limits=Limits(max_calls=8), max_depth=1
    )
    result = await one.ask(context="c")
    assert result.end_state is EndState.CALL_LIMIT_EXCEEDED
    assert result.final_answer == "best so far"
    assert len(one.server.log) <= 8
    assert one.state().limit is not None


async def test_the_token_limit(bench: MakeBench) -> None:
    script = by_role([cell("r = llm_query('word ' * 20000)"), "FINAL(short)"], lambda p: p)
    one = await bench(script, limits=Limits(max_tokens=5000), max_depth=1)
    result = await one.ask(context="c")
    assert (result.end_state, result.final_answer) == (EndState.TOKEN_LIMIT_EXCEEDED, "short")
    assert len(one.server.log) <= 2


async def test_the_time_limit_cuts_a_hanging_model_and_a_looping_cell(bench: MakeBench) -> None:
    one = await bench([Fault("hang")], limits=Limits(timeout=0.3))
    assert (await one.ask(context="c")).end_state is EndState.TIMEOUT_EXCEEDED
    two = await bench([cell("x = 1\nwhile True: pass")], limits=Limits(timeout=1.0))
    assert (await two.ask(context="c")).end_state is EndState.TIMEOUT_EXCEEDED
    assert two.of(ev.CellFinished)[0].status != "ok"


async def test_errors_in_a_row(bench: MakeBench) -> None:
    replies = [cell(f"raise ValueError({n})") for n in range(3)] + ["FINAL(sorry)"]
    one = await bench(replies, limits=Limits(max_errors=3))
    result = await one.ask(context="c")
    assert (result.end_state, result.final_answer) == (EndState.ERROR_THRESHOLD_EXCEEDED, "sorry")


def test_a_budget_needs_a_price() -> None:
    with pytest.raises(SettingsError, match="price of 'no-such-model' is not known"):
        RLM("no-such-model", base_url="http://models.example/v1", limits=Limits(budget_usd=1))


# -- cells that misbehave ------------------------------------------------------------------------------------


async def test_a_cell_that_loops_for_ever_keeps_its_variables(bench: MakeBench) -> None:
    one = await bench([cell("x = 7\nwhile True: pass"), cell("FINAL(x)")], cell_timeout=0.5)
    result = await one.ask(context="c")
    assert result.final_answer == "7"
    assert one.of(ev.CellFinished)[0].status == "timeout"
    assert "the cell computed for longer than 0.5 s" in one.server.log[1].body["messages"][-1]["content"]


async def test_a_cell_that_kills_its_worker_goes_on_afresh(bench: MakeBench) -> None:
    one = await bench([cell("x = 7"), cell("import os\nos._exit(3)"), cell("FINAL(str('x' in globals()))")])
    result = await one.ask(context="c")
    assert result.final_answer == "False"
    assert one.of(ev.ReplRestarted)[0].lost == ("x",)
    assert "x" in one.server.log[2].body["messages"][-1]["content"]


async def test_output_without_end_is_cut_and_counted(bench: MakeBench) -> None:
    one = await bench([cell("print('y' * 50_000_000 + 'THE END')"), cell("FINAL('alive')")])
    assert (await one.ask(context="c")).final_answer == "alive"
    finished = one.of(ev.CellFinished)[0]
    kept = sum(len(event.text) for event in one.of(ev.CellOutput))
    assert finished.dropped > 0
    assert kept + finished.dropped >= 50_000_000
    told = one.server.log[1].body["messages"][-1]["content"]
    assert len(told) < 25_000
    assert "THE END" in told
    shown = len(told.split("REPL output:\n")[1].split("\n\nIteration")[0].replace("\n", ""))
    cut = int(re.search(r"\[([\d,]+) characters cut\]", told)[1].replace(",", ""))
    assert shown - len(f"... [{cut:,} characters cut] ...") + cut == 50_000_007


async def test_secrets_do_not_leave(bench: MakeBench) -> None:
    secret = "sk-proj-" + "Zz9" * 12
    one = await bench([cell("print(context)"), cell("FINAL(context)")])
    result = await one.ask(context=f"the key is {secret}")
    assert result.final_answer == "the key is [secret removed: OpenAI key]"
    assert all(secret not in str(logged.body["messages"][2:]) for logged in one.server.log)
    assert all(secret not in ev.encode(event).decode() for event in one.of(ev.CellOutput))
    assert one.state().redacted["OpenAI key"] >= 2


# -- the door ------------------------------------------------------------------------------------------------


async def test_questions_of_one_session_see_the_earlier_ones(bench: MakeBench) -> None:
    again = cell("FINAL(history[0]['answer'] + history[0]['variables'][0]['name'])")
    one = await bench(["```repl\nfound = 3\n```\nFINAL(Berlin)", again])
    first = await one.ask("Which city?", context="c")
    second = await one.ask("And again?", context="c", session=first.session_id)
    assert second.final_answer == "Berlinfound"
    assert second.session_id == first.session_id
    assert "Which city?" in one.server.log[1].body["messages"][1]["content"]


async def test_a_follow_up_is_about_what_the_session_was_about(bench: MakeBench, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("All of it.")
    one = await bench(lambda _: cell("FINAL(f'{context} {documents}')"))
    first = await one.ask("Which segments grew?", documents=[file])
    again = await one.ask("And in Europe?", session=first.session_id)
    assert again.final_answer == first.final_answer
    assert "report.txt" in str(again.final_answer)
    other = await one.ask("And in this?", session=first.session_id, context="Another text.")
    assert "Another text." in str(other.final_answer)
    assert "Another text." in str((await one.ask("So?", session=first.session_id)).final_answer)
    kept_by_the_caller = await one.ask("Now?", session=first.session_id, history=[])
    assert kept_by_the_caller.final_answer == " []"


async def test_many_runs_at_once(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str:
        return cell("FINAL(context.upper())") if body["messages"][0]["role"] == "system" else "x"

    one = await bench(script)
    results = await asyncio.gather(*(one.rlm.arun("Q?", context=f"c{n}") for n in range(30)))
    assert [result.final_answer for result in results] == [f"C{n}" for n in range(30)]


@pytest.mark.parametrize("question", ["", "  \n"])
async def test_an_empty_question_is_refused(bench: MakeBench, question: str) -> None:
    with pytest.raises(UsageError, match="question is empty"):
        await (await bench(["x"])).ask(question)


async def test_a_missing_document_is_refused(bench: MakeBench) -> None:
    with pytest.raises(DocumentError, match="no-such-file"):
        await (await bench(["x"])).ask(documents=["no-such-file.txt"])


async def test_run_inside_a_loop_says_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"await rlm\.arun"):
        RLM("offline").run("Q?", context="c")


def test_a_wrong_option_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no_such_option"):
        RLM("offline", no_such_option=1)
    with pytest.raises(UsageError, match="max_depth"):
        RLM("offline", max_depth=0)


def test_an_unknown_model_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        RLM("gpt-5")
    assert issubclass(SettingsError, RLMError)


async def test_documents_of_one_and_of_several_files(bench: MakeBench, tmp_path: Any) -> None:
    (tmp_path / "a.txt").write_text("alpha")
    (tmp_path / "b.txt").write_text("beta")
    one = await bench([cell("FINAL(context)"), cell("FINAL(sorted(context.items()))")])
    assert (await one.ask(documents=[tmp_path / "a.txt"])).final_answer == "alpha"
    result = await one.ask(documents=[tmp_path / "a.txt", tmp_path / "b.txt"])
    assert result.final_answer == '[["a.txt", "alpha"], ["b.txt", "beta"]]'
    assert result.value == [["a.txt", "alpha"], ["b.txt", "beta"]]


async def test_the_state_of_the_run_is_the_fold_of_its_events(bench: MakeBench) -> None:
    one = await bench(recursive_script, max_depth=2)
    run = await one.start(context="x")
    await run.wait()
    folded = one.state()
    assert folded.totals.as_dict() == run.state.totals.as_dict()
    assert [type(node) for node in folded.nodes] == [type(node) for node in run.state.nodes]
    assert {type(node) for node in folded.nodes} == {CallNode, IterationNode, BatchNode}
