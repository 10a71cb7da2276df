"""Many rlm calls at once: each prints, remembers and answers its own, at any width."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rlm_desktop.engine import events as ev
from tests.engine.conftest import MakeBench, cell

WIDTH = 40

PARENT = cell(
    f"print('parent before')\n"
    f"answers = rlm_query_batched([f'child-{{n:03}}' for n in range({WIDTH})])\n"
    "print('parent after')\n"
    "FINAL_VAR('answers')"
)
CHILD = [
    cell("me = context\nfor _ in range(50): print(me)"),
    cell(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    replies = list(pool.map(llm_query, [f'{me} thread {n}' for n in range(4)]))\n"
        "print(replies)"
    ),
    cell("print(me)\nFINAL(f'{me} had {len(replies)}')"),
]


def script(body: dict[str, Any]) -> str:
    messages = body["messages"]
    if messages[0]["role"] != "system":
        return f"re {messages[-1]['content']}"
    if "child-" in messages[1]["content"]:
        return CHILD[sum(message["role"] == "assistant" for message in messages)]
    return PARENT


async def test_children_at_once_mix_nothing_up(bench: MakeBench) -> None:
    one = await bench(script, max_depth=2, max_concurrent=WIDTH)
    result = await one.ask(context="none")
    assert result.value == [f"child-{n:03} had 4" for n in range(WIDTH)]

    names = {event.call: event.prompt for event in one.of(ev.CallStarted) if event.kind == "rlm"}
    printed: dict[str, str] = defaultdict(str)
    for event in one.of(ev.CellOutput):
        printed[names[event.call]] += event.text
    for n in range(WIDTH):
        child = f"child-{n:03}"
        replies = [f"re {child} thread {thread}" for thread in range(4)]
        assert printed[child] == f"{child}\n" * 50 + f"{replies}\n{child}\n"
    assert printed["What does it say?"] == "parent before\nparent after\n"

    threads = {event.prompt: event for event in one.of(ev.CallStarted) if event.kind == "llm"}
    assert len(threads) == 4 * WIDTH
    assert all(names[event.parent] == prompt.split(" ")[0] for prompt, event in threads.items())
