"""Models that do what real ones do: go round in circles, make outputs up, answer where nobody listens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rlm_desktop.engine.chat import ReplyReader
from rlm_desktop.engine.parsing import Block
from rlm_desktop.engine.stalls import Stalls
from rlm_desktop.repl.host import CellResult
from tests.engine.conftest import MakeBench, by_role, cell
from tests.servers import Fault, event


def test_replies_that_bring_nothing_new_are_counted_in_a_row() -> None:
    stalls, code, result = Stalls(), [Block("look()")], [CellResult("ok", stdout="nothing")]
    assert stalls.count == 0
    stalls.add()
    stalls.add()
    assert stalls.count == 2
    stalls.look_at(code, result)
    assert stalls.count == 0
    stalls.look_at(code, result)
    assert stalls.count == 1
    stalls.look_at(code, [CellResult("ok", stdout="something")])
    assert stalls.count == 0
    stalls.forget()
    stalls.look_at(code, result)
    assert stalls.count == 0


async def test_the_same_code_that_brings_something_new_is_no_repetition(bench: MakeBench) -> None:
    step = cell("i = globals().get('i', 0) + 1\nif i == 8: FINAL(i)")
    assert (await (await bench(lambda _: step)).ask(context="c")).final_answer == "8"


async def test_a_model_that_goes_round_in_circles_is_stopped(bench: MakeBench) -> None:
    def script(body: dict[str, Any]) -> str:
        told = body["messages"][-1]["content"]
        return (
            "FINAL(given up)"
            if "No more code" in told
            else cell(f"def f(): pass\nprint({len(one.server.log) % 2})")
        )

    one = await bench(script)
    result = await one.ask(context="c")
    assert (result.final_answer, result.iterations) == ("given up", 6)
    assert "brought nothing new: 1." in one.server.log[3].body["messages"][-1]["content"]


async def test_what_a_model_makes_up_is_not_its_answer(bench: MakeBench) -> None:
    played = cell("n = len(context)\nprint(n)") + "\n\nREPL output:\n999\n\nFINAL(999)"
    one = await bench([played, "FINAL_VAR(n)"])
    assert (await one.ask(context="four")).final_answer == "4"
    told = one.server.log[1].body["messages"][-1]["content"]
    assert "REPL output:\n4\n" in told
    assert "made up" in told


async def test_an_f_string_outside_a_block_is_no_answer(bench: MakeBench) -> None:
    one = await bench([cell("n = 4"), 'FINAL(f"There are {n}.")', cell('FINAL(f"There are {n}.")')])
    assert (await one.ask(context="c")).final_answer == "There are 4."


@pytest.mark.parametrize("nothing", [cell("FINAL(None)"), cell("found = None\nFINAL_VAR('found')")])
async def test_none_is_no_answer(bench: MakeBench, nothing: str) -> None:
    one = await bench([nothing, "FINAL(None of the segments grew.)"])
    assert (await one.ask(context="c")).final_answer == "None of the segments grew."
    assert "It is None" in one.server.log[1].body["messages"][-1]["content"]


@pytest.mark.parametrize("said", ["First I shall look at the", "<think>Now, let me see whether the"])
async def test_a_reply_cut_before_its_code_is_called_cut(bench: MakeBench, said: str) -> None:
    one = await bench([Fault("length", text=said), "FINAL(7)"])
    assert (await one.ask(context="c")).final_answer == "7"
    assert "cut off at the model's limit" in one.server.log[1].body["messages"][-1]["content"]


CALL = {"id": "c1", "type": "function", "function": {"name": "python", "arguments": '{"code": "print(1)"}'}}
PIECES = [
    {"index": 0, "function": {"name": "python", "arguments": ""}},
    {"index": 0, "function": {"arguments": '{"code": '}},
    {"index": 0, "function": {"arguments": '"print(1)"}'}},
]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"choices": [{"message": {"content": None, "tool_calls": [CALL]}}]}).encode(),
        json.dumps({"choices": [{"message": {"content": None, "function_call": CALL["function"]}}]}).encode(),
        b"".join(event({"choices": [{"delta": {"tool_calls": [piece]}}]}) for piece in PIECES)
        + b"data: [DONE]\n\n",
    ],
)
def test_a_call_of_a_tool_is_what_the_model_said(body: bytes) -> None:
    reader = ReplyReader(is_streamed=False)
    for start in range(0, len(body), 50):
        reader.feed(body[start : start + 50])
    reader.finish()
    assert reader.text == '```tool_call\npython {"code": "print(1)"}\n```'


@pytest.mark.parametrize("odd", [{}, 5, "x", [5], [{}], [{"function": 5}], [{"index": "a", "function": {}}]])
def test_an_odd_call_of_a_tool_spoils_no_reply(odd: Any) -> None:
    reader = ReplyReader(is_streamed=False)
    reader.feed(json.dumps({"choices": [{"message": {"content": "FINAL(7)", "tool_calls": odd}}]}).encode())
    reader.finish()
    assert reader.text.startswith("FINAL(7)")


@pytest.mark.parametrize(
    ("usage", "read", "cost"),
    [
        ({"prompt_tokens": "7", "completion_tokens": 2.0}, (7, 2), None),
        (
            {"prompt_tokens": 7, "completion_tokens": 2, "cost": {"total_cost": 0.5, "request_cost": 0.4}},
            (7, 2),
            0.5,
        ),
        (
            {"prompt_tokens": 7, "completion_tokens": "two", "cost": "0.5", "prompt_tokens_details": []},
            (7, None),
            0.5,
        ),
        ({"prompt_tokens": 1e300, "completion_tokens": True, "cost": {}}, (None, None), None),
        ([7, 2], None, None),
        ("none", None, None),
    ],
)
def test_odd_figures_spoil_no_reply(
    usage: Any, read: tuple[int | None, int | None] | None, cost: float | None
) -> None:
    choice = {"message": {"content": "FINAL(7)"}, "finish_reason": 5}
    reader = ReplyReader(is_streamed=False)
    reader.feed(json.dumps({"choices": [choice], "usage": usage}).encode())
    reader.finish()
    found = reader.usage and (reader.usage.input_tokens, reader.usage.output_tokens)
    assert (reader.text, reader.finish_reason, found, reader.cost_usd) == ("FINAL(7)", "5", read, cost)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a \xe2\x82 b", "a \ufffd b"),
        (b"a\nb\tc", "a\nb\tc"),
        (b"\\ud83d\\ude00 \\ud83d", "\U0001f600 ?"),
    ],
    ids=["half a character", "bare line break", "half a pair"],
)
def test_a_reply_that_is_no_sound_json_is_read_all_the_same(content: bytes, text: str) -> None:
    reader = ReplyReader(is_streamed=False)
    reader.feed(b'{"choices": [{"message": {"content": "' + content + b'"}}]}')
    reader.finish()
    assert reader.text == text


def test_thoughts_among_the_parts_of_the_content_are_reasoning() -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Let me see."}]}
    reader = ReplyReader(is_streamed=True)
    for content in ([thinking], [{"type": "text", "text": "FINAL(7)"}]):
        reader.feed(event({"choices": [{"delta": {"content": content}, "finish_reason": None}]}))
    reader.feed(b"data: [DONE]\n\n")
    reader.finish()
    assert (reader.text, reader.reasoning) == ("FINAL(7)", "Let me see.")


def test_a_byte_order_mark_before_a_reply_is_none_of_it() -> None:
    whole = json.dumps({"choices": [{"message": {"content": "FINAL(7)"}}]}).encode()
    for body in (whole, event({"choices": [{"delta": {"content": "FINAL(7)"}}]}) + b"data: [DONE]\n\n"):
        reader = ReplyReader(is_streamed=False)
        reader.feed(b"\xef\xbb\xbf" + body)
        reader.finish()
        assert reader.text == "FINAL(7)"


async def test_a_sub_call_that_calls_a_tool_fails_in_words(bench: MakeBench) -> None:
    called = Fault("plain", text='```tool_call\npython {"code": 1}\n```')
    one = await bench(by_role([cell("FINAL(llm_query('q'))")], lambda _: called), max_depth=1)
    answer = (await one.ask(context="c")).final_answer
    assert str(answer).startswith("Error: the model called a tool, and there are none: ```tool_call")
