"""Defects that a review found: races, wrong accounts, floods from a hostile server, secrets in errors."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rlm_desktop.engine import client as client_module
from rlm_desktop.engine import events as ev
from rlm_desktop.engine import providers as providers_module
from rlm_desktop.engine import rlm as rlm_module
from rlm_desktop.engine import session as session_module
from rlm_desktop.engine.cache import Cached, CompletionCache
from rlm_desktop.engine.chat import ReplyReader
from rlm_desktop.engine.client import ModelClient
from rlm_desktop.engine.context import Context, make_context
from rlm_desktop.engine.events import EndState, Usage
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.parsing import parse_reply
from rlm_desktop.engine.providers import Provider
from rlm_desktop.engine.record import fork_at, resume_from
from rlm_desktop.engine.requests import Requests
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.session import SessionMemory
from rlm_desktop.engine.tool_calls import shown
from rlm_desktop.engine.tools import Billed
from rlm_desktop.engine.trace import Trace
from rlm_desktop.engine.typed_output import OutputType
from rlm_desktop.errors import ModelError, SettingsError, UsageError
from rlm_desktop.repl.wire import Final
from tests.engine.conftest import MakeBench, by_role, cell
from tests.provider_servers import serving
from tests.servers import Fault

NO_TEMPERATURE = Fault("status", 400, body='{"error": {"message": "unsupported value: temperature"}}')


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)


def _needs_no_temperature(body: dict[str, Any]) -> str | Fault:
    if body["messages"][0]["role"] == "system":
        return cell("r = llm_query_batch(['a', 'b', 'c', 'd', 'e', 'f'])\nFINAL(' '.join(r))")
    return NO_TEMPERATURE if "temperature" in body else body["messages"][-1]["content"]


# -- the client ----------------------------------------------------------------------------------------------


async def test_a_refused_parameter_fails_no_call_of_a_batch_in_flight(bench: MakeBench) -> None:
    one = await bench(
        _needs_no_temperature, hold_until=6, max_depth=1, sub_model="s", parameters={"temperature": 0.5}
    )
    assert (await one.ask(context="c")).final_answer == "a b c d e f"
    assert len(one.of(ev.ModelRetried)) == 6


async def test_a_parameter_refused_at_the_last_attempt_is_an_error_of_the_model(bench: MakeBench) -> None:
    replies = [Fault("status", 503)] * 4 + [NO_TEMPERATURE]
    one = await bench(replies, parameters={"temperature": 0.5})
    result = await one.ask(context="c")
    assert result.end_state is EndState.FAILED
    assert "temperature" in result.error
    assert "Internal error" not in result.error


async def test_a_429_holds_back_those_that_wait_for_a_connection(bench: MakeBench) -> None:
    """With one connection: the second request waits for it while the first is told to wait."""
    refused_at: list[float] = []
    clock = asyncio.get_running_loop().time

    def script(body: dict[str, Any]) -> str | Fault:
        if body["messages"][0]["role"] == "system":
            return cell("r = llm_query_batch(['a', 'b'])\nFINAL('done')")
        refused_at.append(clock())
        return Fault("status", 429, headers={"retry-after-ms": "200"}) if len(refused_at) == 1 else "fine"

    one = await bench(script, max_depth=1)
    one.rlm.client()._slots = asyncio.Semaphore(1)
    await one.ask(context="c")
    assert refused_at[1] - refused_at[0] >= 0.15


async def test_a_server_that_repeats_the_key_in_its_error_does_not_put_it_into_the_trace(bench: MakeBench) -> None:
    body = '{"error": {"message": "Incorrect API key provided: test-key-123456"}}'
    one = await bench([Fault("status", 401, body=body)])
    result = await one.ask(context="c")
    assert "Incorrect API key" in result.error
    assert not any(b"test-key-123456" in ev.encode(event) for event in one.events)


def test_a_reply_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlm_desktop.engine.chat.MAX_REPLY", 10_000)
    reader = ReplyReader(is_streamed=True)
    for _ in range(10):
        reader.feed(b"x" * 1_000)
    with pytest.raises(ModelError, match="longer than"):
        reader.feed(b"x")


@pytest.mark.parametrize("figures", ['"prompt_tokens": -5, "completion_tokens": 1', '"cost": -1e6'])
def test_figures_below_zero_are_unknown(figures: str) -> None:
    reader = ReplyReader(is_streamed=False)
    reader.feed(b'{"choices": [{"message": {"content": "x"}}], "usage": {' + figures.encode() + b"}}")
    reader.finish()
    assert reader.cost_usd is None
    assert reader.usage is None or reader.usage.input_tokens is None


def test_an_event_stream_that_is_called_plain_text_is_read() -> None:
    reader = ReplyReader(is_streamed=False)
    said = reader.feed(b': ping\n\ndata: {"choices": [{"delta": {"content": "so"}, "finish_reason": "stop"}]}\n\n')
    reader.finish()
    assert (said, reader.text) == (("so", ""), "so")


# -- accounts ------------------------------------------------------------------------------------------------


async def test_a_limit_met_between_two_attempts_adds_no_unknown_usage(bench: MakeBench) -> None:
    one = await bench(
        by_role([cell("r = llm_query('q')"), "FINAL(best)"], lambda p: Fault("status", 503)),
        limits=Limits(max_calls=3),
        max_depth=1,
    )
    result = await one.ask(context="c")
    assert result.end_state is EndState.CALL_LIMIT_EXCEEDED
    assert result.usage.input_tokens is not None
    failed = one.of(ev.ModelFailed)
    assert all("cancelled" not in event.error for event in failed)


async def test_a_model_that_no_server_is_known_for_is_no_request_cut_off() -> None:
    def no_server(model: str) -> ModelClient:
        raise SettingsError(f"No server is known for the model {model!r}.")

    events: list[ev.AnyEvent] = []
    requests = Requests(RLM("offline").options, Trace([events.append]), no_server, None)
    with pytest.raises(SettingsError):
        await requests.ask(1, "unknown", [ev.Message("user", "x")])
    assert events == []


async def test_a_budget_is_not_evaded_by_naming_a_model_without_a_price() -> None:
    events: list[ev.AnyEvent] = []
    url = "http://models.example/v1"
    async with RLM("gpt-5", base_url=url, api_key="key-key-key", limits=Limits(budget_usd=1.0)) as rlm:
        requests = Requests(rlm.options, Trace([events.append]), rlm.client, None)
        with pytest.raises(SettingsError, match="price of 'unpriced' is not known"):
            await requests.ask(1, "unpriced", [ev.Message("user", "x")])
    assert events == []


# -- limits and stops ----------------------------------------------------------------------------------------


async def test_the_time_limit_cuts_a_last_chance_that_hangs(bench: MakeBench) -> None:
    one = await bench([cell("x = 1"), Fault("hang")], max_iterations=1, limits=Limits(timeout=1.0))
    async with asyncio.timeout(20):
        result = await one.ask(context="c")
    assert not result.success


async def test_every_cell_of_a_stopped_tree_is_finished(bench: MakeBench) -> None:
    """A limit cancels a child while its parent's cell is interrupted: the child is cancelled twice."""

    def root(messages: list[dict[str, Any]]) -> str:
        is_child = "Another RLM gave you" in messages[1]["content"]
        return cell("llm_query('slow')") if is_child else cell("r = rlm_query_batch(['a', 'b', 'c'])")

    one = await bench(by_role(root, lambda p: Fault("hang")), limits=Limits(timeout=1.0), max_depth=2)
    await one.ask(context="c")
    started = {(e.call, e.iteration, e.cell) for e in one.of(ev.CellStarted)}
    finished = [(e.call, e.iteration, e.cell) for e in one.of(ev.CellFinished)]
    assert sorted(started) == sorted(finished)
    assert {e.call for e in one.of(ev.CallStarted)} == {e.call for e in one.of(ev.CallFinished)}
    assert isinstance(one.events[-1], ev.RunFinished)


@pytest.mark.expect_log_warnings
async def test_a_sink_that_raises_harms_neither_the_run_nor_the_other_sinks() -> None:
    seen: list[ev.AnyEvent] = []

    def broken(event: ev.AnyEvent) -> None:
        raise RuntimeError("a bug of the listener")

    trace = Trace([broken, seen.append])
    trace.emit(ev.Noted(text="one"))
    trace.emit(ev.Noted(text="two"))
    assert [event.seq for event in seen] == [1, 2]


@pytest.mark.asyncio(loop_scope="function")  # the last one that uses the loop closes what they share
async def test_what_is_being_closed_is_not_handed_to_the_next() -> None:
    one, two = RLM("offline"), RLM("offline")
    shared = rlm_module._Shared.of_loop(one)
    closing = asyncio.create_task(one.aclose())
    await asyncio.sleep(0)
    successor = rlm_module._Shared.of_loop(two)
    assert successor is not shared
    await closing
    assert rlm_module._Shared.of_loop(two) is successor
    await two.aclose()


async def test_sessions_long_unused_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "SESSIONS_KEPT", 2)
    memory = SessionMemory()
    for name in ("a", "b", "c", "b", "d"):
        memory.turns(name)
        memory.keep(name, Context(name))
    assert [memory.context(name) is not None for name in "abcd"] == [False, True, False, True]


def test_sessions_may_be_asked_in_from_several_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "SESSIONS_KEPT", 5)
    memory = SessionMemory()
    interval = sys.getswitchinterval()

    def ask(number: int) -> None:
        session = str(number % 20)
        with suppress(UsageError):
            memory.context(session)
        memory.turns(session)
        memory.keep(session, Context(["text"] * (number % 7)))
        memory.add(session, {})

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(ask, range(2_000)))
    finally:
        sys.setswitchinterval(interval)


async def test_the_documents_of_the_latest_session_are_kept_whatever_their_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session_module, "CHARACTERS_KEPT", 2)
    memory = SessionMemory()
    for name in ("first", "second"):
        memory.turns(name)
        memory.keep(name, Context(name))
    assert memory.context("second") == Context("second")
    with pytest.raises(UsageError, match="documents="):
        memory.context("first")


# -- hostile replies -----------------------------------------------------------------------------------------


def test_an_answer_of_many_parentheses_is_read_in_linear_time() -> None:
    hostile = "FINAL(" + "a) b" * 200_000
    final = parse_reply(hostile).final
    assert final is not None
    assert final.argument.startswith("a) b")


def test_an_answer_nested_without_end_is_rejected_in_words() -> None:
    with pytest.raises(ValueError, match=r"\S"):
        OutputType("answer: int, other: int").check(Final(source="FINAL", text="[" * 200_000))


# -- secrets and tools ---------------------------------------------------------------------------------------


async def test_a_secret_of_a_document_leaves_in_no_request_and_no_cell_of_the_trace(bench: MakeBench) -> None:
    secret = "sk-proj-" + "Zz9" * 12
    code = "key = context[-44:]\nr = llm_query('what is ' + key)\nraise ValueError(key)"
    one = await bench(
        by_role([cell(code), cell("FINAL(look(key))")], lambda p: p), tools={"look": str}, max_depth=1
    )
    await one.ask(context=f"the key is {secret}")
    assert not any(secret in str(logged.body) for logged in one.server.log)
    assert not any(secret.encode() in ev.encode(event) for event in one.events)


async def test_a_request_that_waits_is_cancelled_at_no_cost(bench: MakeBench) -> None:
    busy = Fault("status", 429, {"retry-after": "60"})
    waits = asyncio.Event()
    one = await bench(by_role([cell("llm_query_batch(['a', 'b'])")], lambda _: busy), max_depth=1)

    def look(event: ev.AnyEvent) -> None:
        if isinstance(event, ev.ModelRetried):
            waits.set()

    run = await one.rlm.start("Q", context="x", sinks=[look])
    await waits.wait()
    run.stop()
    await run.wait()
    assert run.state.totals.unknown_usage == 0
    assert run.state.totals.requests == len(one.server.log)


async def test_a_look_at_many_secrets_can_be_read_again(bench: MakeBench) -> None:
    one = await bench([cell("keys = ['AKIA' + 'Q7' * 8] * 20"), "FINAL(x)"])
    await one.ask(context="c")
    (preview,) = [variable.preview for event in one.of(ev.CellFinished) for variable in event.variables]
    assert "[secret removed: AWS key]" in preview  # which is longer than what it stands for
    assert [ev.decode(ev.encode(event)) for event in one.events] == one.events


async def test_a_secret_in_the_question_is_neither_sent_nor_kept(bench: MakeBench) -> None:
    secret = "sk-proj-" + "Zz9" * 12
    one = await bench(by_role([cell("FINAL(context)")], lambda prompt: prompt))
    await one.ask(f"Is {secret} revoked?", context="nothing")
    assert not any(secret in str(logged.body) for logged in one.server.log)
    assert not any(secret.encode() in ev.encode(event) for event in one.events)
    assert one.state().redacted == {"OpenAI key": 1}


async def test_a_tool_that_asked_a_model_is_counted(bench: MakeBench) -> None:
    async def ask() -> Billed:
        await asyncio.sleep(0)
        return Billed([1.0], ev.Usage(input_tokens=7, output_tokens=0), 0.25)

    one = await bench([cell("FINAL(ask())")], tools={"ask": ask})
    result = await one.ask(context="c")
    assert result.final_answer == "[1.0]"
    assert (one.of(ev.ToolCalled)[0].usage.input_tokens, one.of(ev.ToolCalled)[0].cost_usd) == (7, 0.25)
    assert result.by_depth[0]["requests"] == 2


async def test_a_cancelled_tool_has_no_result(bench: MakeBench) -> None:
    started = asyncio.Event()

    async def wait() -> None:
        started.set()
        await asyncio.Event().wait()

    one = await bench([cell("wait()")], tools={"wait": wait})
    run = await one.start(context="c")
    await started.wait()
    run.stop()
    await run.wait()
    assert [(call.result, call.error) for call in one.of(ev.ToolCalled)] == [("", "Cancelled")]


def test_a_huge_argument_is_shown_cut() -> None:
    assert len(shown([["x" * 10_000_000] * 1_000] * 1_000)) < 200_000
    assert shown({"a": 1}) == "{'a': 1}"


async def test_a_conversation_without_a_summary_stays(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str | Fault:
        if "Write a summary" in body["messages"][-1]["content"]:
            return Fault("empty")
        turn = len(body["messages"])
        return cell(f"print('long ' * 2000, {turn})") if turn < 12 else "FINAL(done)"

    one = await bench(script, window=8_000, max_iterations=12)
    assert (await one.ask(context="c")).final_answer == "done"
    assert any("no summary" in event.text for event in one.of(ev.Noted))


async def test_a_wide_batch_lets_others_run_while_it_starts(bench: MakeBench) -> None:
    code = "r = llm_query_batch([f'q{n}' for n in range(400)])\nFINAL(len(r))"
    one = await bench(by_role([cell(code)], lambda p: p), max_depth=1, max_concurrent=64)
    assert (await one.ask(context="c")).final_answer == "400"
    first_request = next(e.seq for e in one.events if isinstance(e, ev.ModelRequested) and e.call > 0)
    assert first_request < max(e.seq for e in one.of(ev.CallStarted))


# -- the door ------------------------------------------------------------------------------------------------


def test_a_server_without_a_model_is_not_answered_by_the_offline_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers_module, "environment", dict)
    with pytest.raises(SettingsError, match="model="):
        RLM(api_key="key-key-key")


async def test_a_context_of_many_items_is_measured_once() -> None:
    class Item(dict[str, str]):
        written = 0

        def __str__(self) -> str:
            self.written += 1
            return "an item"

    item = Item()
    context = await make_context(context=[item])
    assert (context.characters, context.summary.characters) == (7, 7)
    assert item.written <= 2


# -- of the second review ------------------------------------------------------------------------------------


async def test_answers_that_are_not_accepted_are_errors_in_a_row(bench: MakeBench) -> None:
    replies = [cell(f"SUBMIT(n='{word}')") for word in ("one", "two", "three")] + ["no number"]
    one = await bench(replies, limits=Limits(max_errors=3), max_iterations=9)
    result = await one.ask(context="c", output="n: int")
    assert result.end_state is EndState.ERROR_THRESHOLD_EXCEEDED
    assert len(one.of(ev.AnswerRejected)) == 3


async def test_the_request_kept_free_for_the_root_is_not_a_childs(bench: MakeBench) -> None:
    def root(messages: list[dict[str, Any]]) -> str:
        if "Another RLM" in messages[1]["content"]:
            return cell(f"x = {len(messages)}")
        return cell("rlm_query('a task')") if len(messages) == 2 else "FINAL(wound up)"

    limits = Limits(max_calls=3, max_errors=None)
    one = await bench(by_role(root, lambda p: p), limits=limits, max_depth=2, iterations={1: 1})
    result = await one.ask(context="c")
    assert (result.end_state, result.final_answer) == (EndState.CALL_LIMIT_EXCEEDED, "wound up")
    assert len(one.server.log) == 3


def test_what_was_never_sent_is_not_spent_and_what_a_tool_asked_is() -> None:
    usage = Usage(input_tokens=5, output_tokens=0)
    started = ev.RunStarted(run_id="r", session_id="s", question="q", root_model="m", sub_model="m", started_at="")
    tool = ev.ToolCalled(call=0, iteration=1, cell=0, line=1, name="embed", arguments="", usage=usage)
    plain = ev.ToolCalled(call=0, iteration=1, cell=0, line=1, name="clock", arguments="")
    unsent = ev.ModelFailed(call=0, error="cancelled before it was sent", was_sent=False)
    past = resume_from([started, tool, plain, unsent, ev.ModelFailed(call=0, error="broken")])
    assert past.spent == ev.Spent(requests=2, tokens=5, unknown=1)


async def test_secrets_in_a_prompt_of_ones_own_and_in_an_instruction_go_to_no_model(bench: MakeBench) -> None:
    options: dict[str, Any] = {"secrets": ["hunter2hunter2"], "system_prompt": "The key is hunter2hunter2."}
    one = await bench([cell("x = 1"), "FINAL(done)"], **options)
    await one.ask(context="c")
    two = await bench(["FINAL(done)"], **options)
    await two.ask(context="c", past=fork_at(one.events, 2, instruction="Use hunter2hunter2."))
    bodies = [str(logged.body) for bench_ in (one, two) for logged in bench_.server.log]
    assert len(bodies) == 3
    assert not any("hunter2" in body for body in bodies)
    assert all("hunter2" not in ev.encode(event).decode() for event in (*one.events, *two.events))


async def test_half_a_character_breaks_neither_cache_nor_events(bench: MakeBench, tmp_path: Path) -> None:
    one = await bench(["FINAL(done)"], cache=tmp_path)
    assert (await one.ask("half \udcff", context="c \ud800")).final_answer == "done"
    assert all(ev.decode(ev.encode(event)) is not None for event in one.events)


def test_a_reply_that_cannot_be_kept_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    asyncio.run(CompletionCache(tmp_path).put("ab" * 32, Cached("text")))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_vectors_without_figures_and_an_answer_without_vectors() -> None:
    answers: list[Any] = [{"data": [{"embedding": [1.0], "index": 0}]}, {"object": "list"}]

    async def handler(_request: web.Request, _body: dict[str, Any]) -> Any:
        return answers.pop(0)

    async with serving(handler) as served:
        client = ModelClient(Provider("box", served.url, "none"))
        assert await client.embed("m", ["a"]) == ([[1.0]], Usage(input_tokens=None, output_tokens=0))
        with pytest.raises(ModelError, match="no vectors"):
            await client.embed("m", ["a"])
        await client.aclose()


async def test_a_turn_without_an_answer_is_explained() -> None:
    async with RLM() as rlm:
        with pytest.raises(UsageError, match="question and an answer"):
            await rlm.arun("And now?", context="c", history=[{"question": "Before?"}])


async def test_what_no_repl_can_hold_is_refused_in_words() -> None:
    endless: list[Any] = []
    endless.append(endless)
    turn = {"question": "?", "answer": "!", "by": object()}
    async with RLM() as rlm:
        for context in ({"a": object()}, [2**70], endless):
            with pytest.raises(UsageError, match="context holds texts, numbers"):
                await rlm.arun("What is it?", context=context)
        with pytest.raises(UsageError, match="turns of history= hold"):
            await rlm.arun("And now?", context="c", history=[turn])
    with pytest.raises(UsageError, match="'connection' must be text, numbers, lists and dicts"):
        RLM(tools={"connection": object()})
