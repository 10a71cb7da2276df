"""Typed answers, tools, embeddings, the cache, compaction, time limits of requests."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel

from rlm_desktop.engine import client as client_module
from rlm_desktop.engine import events as ev
from rlm_desktop.engine import tools as tools_module
from rlm_desktop.engine.embedding import DIMENSIONS, HASHING_MODEL
from rlm_desktop.engine.events import EndState, Usage
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.tools import Billed, Toolbox
from rlm_desktop.engine.typed_output import OutputType
from rlm_desktop.errors import LimitExceeded, UsageError
from rlm_desktop.repl.wire import Final, ToolCall
from tests.engine.conftest import MakeBench, by_role, cell
from tests.servers import Fault, ModelServer, serving_beside


class City(BaseModel):
    name: str
    people: int


SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "people": {"type": "integer"}},
    "required": ["name", "people"],
}


@pytest.mark.parametrize("output", [City, SCHEMA, "name: str, people: int"], ids=["model", "schema", "signature"])
async def test_a_typed_answer_keeps_its_structure(bench: MakeBench, output: Any) -> None:
    one = await bench([cell("SUBMIT(name='Bonn', people='many')"), cell("SUBMIT(name='Bonn', people=330_000)")])
    result = await one.ask(context="c", output=output)
    assert result.success
    value = result.value if isinstance(result.value, dict) else result.value.model_dump()
    assert value == {"name": "Bonn", "people": 330_000}
    rejected = one.of(ev.AnswerRejected)
    assert len(rejected) == 1
    assert "people" in rejected[0].reason
    assert "people" in one.server.log[1].body["messages"][-1]["content"]
    assert one.of(ev.RunFinished)[0].value == {"name": "Bonn", "people": 330_000}
    assert '"people"' in one.server.log[0].body["messages"][1]["content"]


async def test_a_typed_answer_as_json_text(bench: MakeBench) -> None:
    one = await bench(['FINAL({"name": "Bonn", "people": 3})'])
    assert (await one.ask(context="c", output=City)).value == City(name="Bonn", people=3)


async def test_a_wrong_answer_that_is_never_mended_ends_without_one(bench: MakeBench) -> None:
    one = await bench(lambda body: f"FINAL(no {len(body['messages'])})", max_iterations=3)
    result = await one.ask(context="c", output=City)
    assert result.end_state is EndState.OUT_OF_ITERATIONS
    assert result.value is None


@pytest.mark.parametrize(
    ("output", "answer", "value"),
    [
        ("answer: str", Final(source="FINAL", text="yes"), {"answer": "yes"}),
        ("tags: list[str]", Final(source="answer", text="", value=["a", "b"]), {"tags": ["a", "b"]}),
        ("n: int | None, t: dict[str, float]", Final(source="SUBMIT", text="", value={"n": None, "t": {"a": 1}}),
         {"n": None, "t": {"a": 1.0}}),
        (list[int], Final(source="FINAL", text="[1, 2]"), [1, 2]),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"enum": [1, {"$ref": "x"}]}}}, Final(source="FINAL", text="1"), 1),
        ({"$ref": "n", "$defs": {"n": {"$id": "n", "$ref": "#/$defs/i", "$defs": {"i": {"type": "integer"}}}}},
         Final(source="FINAL", text="1"), 1),
        ({"properties": {"default": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}},
         Final(source="SUBMIT", text="", value={"default": 1}), {"default": 1}),
        ("answer: str", Final(source="FINAL", text='```json\n{"answer": "x"}\n```'), {"answer": "x"}),
        ("name: str, n: int", Final(source="SUBMIT", text="", value=["Bonn", 3]), {"name": "Bonn", "n": 3}),
        ("answer: str | None", Final(source="SUBMIT", text="null", is_none=True), {"answer": None}),
        (Any, Final(source="FINAL", text="5"), 5),
        (Any, Final(source="SUBMIT", text="5", is_text=True), "5"),
        (str | int, Final(source="FINAL_VAR", text="5", is_text=True), "5"),
        (list[int], Final(source="FINAL", text="[1, 2]", is_text=True), [1, 2]),
        ({"properties": {"a": {}, "b": {}}}, Final(source="FINAL", text='{"a": 1}', is_text=True), {"a": 1}),
    ],
)  # fmt: skip
def test_forms_of_answers(output: Any, answer: Final, value: Any) -> None:
    form = OutputType(output)
    assert form.plain(form.check(answer)) == value


@pytest.mark.parametrize(
    "output",
    [
        "",
        "answer",
        "a: nothing",
        "a: str = 1",
        "*a",
        "a: __import__('os')",
        "a: list[",
        {"type": 5},
        "a:" * 5000,
        {"$ref": "#/$defs/missing"},
        {"$ref": "#/required/x", "required": ["x"]},
        {"$ref": "#/minimum/x", "minimum": 1},
        {"items": {"$dynamicRef": "#missing"}},
        {"$ref": "http://["},
        {"properties": {"x": {"anyOf": [{"$ref": "http://models.example/x.json"}]}}},
        {"properties": {"default": {"$ref": "#/$defs/missing"}}},
        {"$defs": {"enum": {"properties": {"const": {"$ref": "#/$defs/missing"}}}}},
    ],
)
def test_a_form_that_cannot_be_read_is_refused(output: Any) -> None:
    if output == "answer":
        assert OutputType(output).schema["properties"]["answer"]["type"] == "string"
        return
    with pytest.raises(UsageError, match="output="):
        OutputType(output)


async def test_tools_and_values(bench: MakeBench) -> None:
    def add(a: int, b: int = 1) -> int:
        """Adds."""
        return a + b

    async def shout(text: str) -> str:
        await asyncio.sleep(0)
        return text.upper()

    def fail() -> None:
        raise KeyError("nothing")

    code = (
        "out = [add(2), await add_async(2, b=5), shout('hi'), LIMIT['most']]\n"
        "try:\n    fail()\nexcept Exception as error:\n    out.append(str(error))\n"
        "FINAL(repr(out))"
    )
    tools = {"add": add, "shout": (shout, "Makes it loud."), "fail": fail, "LIMIT": {"most": 9}}
    one = await bench([cell(code)], tools=tools)
    result = await one.ask(context="c")
    assert result.final_answer is not None
    assert result.final_answer.startswith("[3, 7, 'HI', 9, ")
    assert "KeyError" in result.final_answer
    calls = one.of(ev.ToolCalled)
    assert [(call.name, call.arguments, bool(call.error)) for call in calls] == [
        ("add", "2", False),
        ("add", "2, b=5", False),
        ("shout", "'hi'", False),
        ("fail", "", True),
    ]
    prompt = one.server.log[0].body["messages"][0]["content"]
    assert "add(a: int, b: int = 1) -> int" in prompt
    assert "Makes it loud." in prompt
    shown = [msgspec.structs.replace(call, kept="") for call in calls]
    assert list(one.state().calls[0].iterations[0].cells[0].tool_calls) == shown


def _cancelled() -> None:
    future = Future[None]()
    future.cancel()
    future.result()


async def _cancelled_async() -> None:
    task = asyncio.create_task(asyncio.sleep(60))
    task.cancel()
    await task


@pytest.mark.parametrize("mode", ["confined", "strict"])
async def test_what_a_tool_raises_is_an_error_of_the_cell_whatever_it_is(bench: MakeBench, mode: str) -> None:
    def leave(how: str) -> None:
        raise {"exit": SystemExit(2), "stop": StopIteration(), "close": GeneratorExit()}[how]

    async def leave_async(how: str) -> None:
        await asyncio.sleep(0)
        raise {"exit": SystemExit(2), "break": KeyboardInterrupt(), "close": GeneratorExit()}[how]

    calls = ["leave('exit')", "leave('stop')", "leave('close')", "cancelled()", "cancelled_too()"]
    calls += [f"leave_too({how!r})" for how in ("exit", "break", "close")]
    code = "told = []\n" + "".join(
        f"try:\n    {call}\nexcept Exception as error:\n    told.append(str(error))\n" for call in calls
    )
    tools = {"leave": leave, "leave_too": leave_async, "cancelled": _cancelled, "cancelled_too": _cancelled_async}
    one = await bench([cell(f"{code}FINAL('\\n'.join(told))")], tools=tools, repl_mode=mode)
    told = str((await one.ask(context="c")).final_answer).splitlines()
    kinds = ["SystemExit", "StopIteration", "GeneratorExit", "CancelledError", "CancelledError"]
    kinds += ["SystemExit", "KeyboardInterrupt", "GeneratorExit"]
    assert [kind in line for kind, line in zip(kinds, told, strict=True)] == [True] * len(kinds)
    assert all("() raised " in call.error for call in one.of(ev.ToolCalled))


def test_a_tool_that_never_ends_holds_up_nobody() -> None:
    goes_on, ended = threading.Event(), list[bool]()

    async def main(url: str) -> None:
        loop, begun = asyncio.get_running_loop(), asyncio.Event()

        def hang() -> None:
            loop.call_soon_threadsafe(begun.set)
            ended.append(goes_on.wait(60))

        run = await RLM("m", base_url=url, api_key="test-key-123456", tools={"hang": hang}).start(
            "What?", context="c"
        )
        await begun.wait()
        run.stop()
        await run.wait()

    with serving_beside(ModelServer([cell("hang()")])) as server:
        asyncio.run(main(server.url))
    assert ended == []
    goes_on.set()


async def test_a_tool_that_is_cancelled_before_its_thread_runs_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[Any] = []

    def thread(**options: Any) -> Any:
        threads.append(options["target"])
        return SimpleNamespace(start=lambda: None)

    monkeypatch.setattr(tools_module, "threading", SimpleNamespace(Thread=thread))
    called: list[int] = []
    task = asyncio.create_task(Toolbox({"look": called.append}).call(ToolCall(name="look", args=[1])))
    while not threads:  # noqa: ASYNC110 - it is no event that is waited for
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    threads[0]()
    assert called == []


async def test_a_plain_function_that_gives_an_awaitable_is_awaited(bench: MakeBench) -> None:
    async def search(word: str) -> str:
        await asyncio.sleep(0)
        return f"found {word}"

    one = await bench([cell("FINAL(look('it'))")], tools={"look": lambda word: search(word)})
    assert (await one.ask(context="c")).final_answer == "found it"


def test_a_tool_needs_a_python_name() -> None:
    with pytest.raises(UsageError, match="not a name"):
        RLM("offline", tools={"not a name": len})


async def test_embeddings_offline() -> None:
    async with RLM("offline") as rlm:
        vectors = await rlm.embed(["The dog barks", "Dogs barked at the dog", "Interest rates rose"])
        near = sum(a * b for a, b in zip(vectors[0], vectors[1], strict=True))
        far = sum(a * b for a, b in zip(vectors[0], vectors[2], strict=True))
    assert {len(vector) for vector in vectors} == {DIMENSIONS}
    assert near > far


async def test_embeddings_without_a_model_say_what_to_do(bench: MakeBench) -> None:
    with pytest.raises(UsageError, match="embedding_model="):
        await (await bench(["x"])).rlm.embed(["a"])


async def test_the_cache_answers_in_the_next_run(bench: MakeBench, tmp_path: Path) -> None:
    script = by_role(lambda _: cell("FINAL(llm_query('same question'))"), lambda p: f"re {p}")
    one = await bench(script, cache=tmp_path, max_depth=1)
    first = await one.ask(context="c")
    asked = len(one.server.log)
    one.events.clear()
    second = await one.ask(context="c")
    assert first.final_answer == second.final_answer == "re same question"
    assert len(one.server.log) == asked
    assert all(event.source == "cache" for event in one.of(ev.ModelResponded))
    assert second.usage.input_tokens == 0
    assert second.cost_usd == 0
    third = await one.ask(context="other")
    assert third.calls == 2
    assert len(one.server.log) == asked + 1


async def test_a_damaged_cache_is_passed_over(bench: MakeBench, tmp_path: Path) -> None:
    one = await bench([cell("FINAL(1)")] * 2, cache=tmp_path)
    await one.ask(context="c")
    for file in tmp_path.rglob("*.json"):  # noqa: ASYNC240
        file.write_text("{")
    assert (await one.ask(context="c")).success
    assert len(one.server.log) == 2


async def test_a_long_conversation_is_compacted(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str:
        last = body["messages"][-1]["content"]
        if "Write a summary" in last:
            return "SUMMARY: kept is 7"
        if "SUMMARY: kept is 7" in body["messages"][1]["content"]:
            return cell("FINAL(f'{kept} {len(conversation)} {conversation[0][\"role\"]}')")
        return cell(f"kept = 7\nprint('long ' * 2000, {len(body['messages'])})")

    one = await bench(script, window=8_000, max_iterations=12)
    result = await one.ask(context="c")
    assert result.final_answer is not None
    assert result.final_answer.startswith("7 ")
    assert result.final_answer.endswith(" system")
    compaction = [call for call in one.of(ev.CallStarted) if call.function == "compaction"]
    assert len(compaction) == 1
    requests = [event for event in one.of(ev.ModelRequested) if event.call == 0]
    assert requests[-1].kept == 1
    node = one.state().calls[0].iterations[-1]
    assert [message.role for message in node.messages()] == ["system", "user"]


async def test_a_worker_lost_before_a_compaction_is_told_of_behind_it(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str:
        last = body["messages"][-1]["content"]
        if "Write a summary" in last:
            run._repls[0].worker.kill("it was in the way")  # type: ignore[attr-defined]
            return "SUMMARY"
        if "SUMMARY" in body["messages"][1]["content"]:
            return cell("FINAL(f\"{conversation[0]['role']} {'kept' in globals()}\")")
        return cell(f"kept = 7\nprint('long ' * 2000, {len(body['messages'])})")

    one = await bench(script, window=8_000, max_iterations=12)
    run = await one.start(context="c")
    assert (await run.wait()).final_answer == "system False"
    assert [event.lost for event in one.of(ev.ReplRestarted)] == [("kept",)]
    told = one.server.log[-1].body["messages"][-1]["content"]
    assert "it was in the way" in told
    assert "Variables lost: kept" in told


async def test_a_compaction_that_is_stopped_leaves_the_conversation_as_it_is(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> Any:
        if "Write a summary" in body["messages"][-1]["content"]:
            return Fault("hang")
        is_long = len(body["messages"]) > 4
        return cell("FINAL('told')" if is_long and stopped else "print('long ' * 2000)")

    stopped: list[int] = []
    one = await bench(script, window=8_000, max_iterations=12)
    run = await one.start(context="c")

    async def stop_compactions() -> None:
        while True:
            calls = {event.call for event in one.of(ev.CallStarted) if event.function == "compaction"}
            for call in calls & {event.call for event in one.of(ev.ModelRequested)} - {*stopped}:
                run.stop_call(call)
                stopped.append(call)
            await asyncio.sleep(0.001)

    stopping = asyncio.create_task(stop_compactions())
    async with asyncio.timeout(30):
        result = await run.wait()
    stopping.cancel()
    assert result.final_answer == "told"
    assert [one.state().calls[call].status for call in stopped] == [EndState.CANCELLED] * len(stopped)
    assert "gave no summary" in one.of(ev.Noted)[0].text


async def test_a_limit_ends_a_compaction(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> Any:
        is_summary = "Write a summary" in body["messages"][-1]["content"]
        return Fault("hang") if is_summary else cell("print('long ' * 2000)")

    def compactions() -> set[int]:
        asked = {event.call for event in one.of(ev.ModelRequested)}
        return asked & {event.call for event in one.of(ev.CallStarted) if event.function == "compaction"}

    one = await bench(script, window=8_000, max_iterations=12)
    run = await one.start(context="c")
    async with asyncio.timeout(60):
        while not compactions():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        run.reach_limit(LimitExceeded(EndState.BUDGET_EXCEEDED, "the budget is spent"))
        result = await run.wait()
    assert result.end_state == EndState.BUDGET_EXCEEDED
    (compaction,) = compactions()
    assert one.state().calls[compaction].status != "running"


async def test_a_prompt_that_the_server_cut_is_warned_of(bench: MakeBench) -> None:
    one = await bench(by_role([cell("FINAL(llm_query('x' * 40_000))")], lambda p: "short"), max_depth=1)
    await one.ask(context="c")
    notes = [note for note in one.of(ev.Noted) if note.level == "warning"]
    assert len(notes) == 1
    assert "cut the prompt" in notes[0].text


async def test_a_request_that_hangs_is_retried(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MAX_BACKOFF", 0.001)
    one = await bench([Fault("hang"), cell("FINAL('fine')")], request_timeout=0.3)
    assert (await one.ask(context="c")).final_answer == "fine"
    assert "0.3 seconds" in one.of(ev.ModelRetried)[0].reason


async def test_tools_that_ask_a_model_count_against_the_limits(bench: MakeBench) -> None:
    async def costly() -> Billed:
        return Billed("x", Usage(input_tokens=5, output_tokens=0), 0.0)

    code = "for n in range(10):\n    costly()\nFINAL('never')"
    script = [cell(code), "FINAL(wound up)"]
    one = await bench(script, limits=Limits(max_calls=5), tools={"costly": costly})
    result = await one.ask(context="c")
    assert result.end_state is EndState.CALL_LIMIT_EXCEEDED
    assert result.final_answer == "wound up"
    assert len(one.of(ev.ToolCalled)) <= 5


async def test_the_hashing_vectoriser_never_asks_a_server(bench: MakeBench) -> None:
    one = await bench(["unused"], embedding_model=HASHING_MODEL)
    assert len((await one.rlm.embed(["text"]))[0]) == DIMENSIONS
    assert not one.server.log
