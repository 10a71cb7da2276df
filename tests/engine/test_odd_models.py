"""Models that do what real ones do: go round in circles, make outputs up, answer where nobody listens."""

from __future__ import annotations

from typing import Any

from tests.engine.conftest import MakeBench, cell


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
