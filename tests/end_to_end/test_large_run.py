"""A live run of a thousand calls at depth 3, while somebody scrolls, selects, filters and looks at every page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.end_to_end.conftest import Program, until
from tests.end_to_end.test_main_job import QUESTION, ask, use_server, write_document
from tests.servers import ModelServer

Start = Callable[..., Awaitable[Program]]
CELL = """I split the work.
```repl
level = str(context)[:4]
if level == "two ":
    out = llm_query_batch([f"piece {n} of {context}: " + "word " * 200 for n in range(50)])
elif level == "one ":
    out = rlm_query_batch([f"two {n} of {context}" for n in range(5)])
else:
    out = rlm_query_batch([f"one {n}" for n in range(4)])
print(len(out), "answers")
FINAL(str(len(out)))
```"""
LONG = 300.0
CALLS = 1 + 4 + 4 * 5 + 4 * 5 * 50
PARTS = 5


def reply(body: dict[str, Any]) -> str:
    """Plain sub-calls get a few words, the others the cell; which level it is, its context tells it."""
    return CELL if body["messages"][0]["role"] == "system" else "The segment grew. " * 20


async def test_a_thousand_calls_while_somebody_uses_the_window(program: Start, tmp_path: Path) -> None:
    async with ModelServer(reply, latency=0.2, pieces=8) as server:
        environment = use_server(tmp_path / "home", server.url)
        settings = tmp_path / "home" / "config" / "settings.toml"
        settings.write_text(settings.read_text() + "max_depth = 3\nmax_concurrent = 48\n")
        window = await program("--open", str(write_document(tmp_path)), **environment)
        await window.logged(r"1 document read|chronicle.txt added")
        await ask(window, QUESTION)
        await until(lambda: len(server.log) > 60, "the first calls at depth 3")
        await _use(window, server)
        ended = await until(lambda: re.search(r"run \w+ ended: (\w+)", window.log()), "the end of the run", LONG)
        assert ended[1] == "completed"
        seen = window.picture("large-ended")
        for key, name in (("3", "large-charts"), ("2", "large-icicle"), ("1", "large-tree")):
            window.key("ctrl+2", key)
            before = seen
            await until(lambda before=before, name=name: window.picture(name) != before, "the picture of a page")
            seen = window.picture(name)
        assert await window.close() == 0
    (run,) = await until(window.runs, "the run in the history")
    assert (run.end_state, run.calls, run.answer) == ("completed", CALLS, "4")
    assert not [line for line in window.log().splitlines() if " WARNING " in line or " ERROR " in line]


async def _use(window: Program, server: ModelServer) -> None:
    """Everything that one does with the tree, in every part of the run."""
    window.key("ctrl+2", "Home", "Down", "shift+Right")
    x, y = 600, 640
    for part in range(PARTS):
        await until(lambda part=part: len(server.log) >= CALLS * part // PARTS, "more calls", LONG)
        await asyncio.to_thread(_use_once, window, x, y)  # the server answers on this loop meanwhile
        if part == 0:
            await asyncio.to_thread(window.picture, "large-live")


def _use_once(window: Program, x: int, y: int) -> None:
    window.do("mousemove", "--window", window.window, str(x), str(y), "click", "--repeat", "6", "5")
    window.click(x, y - 60)
    window.key("ctrl+2", "Down", "Down", "Right", "Left", "bracketright", "F8", "f", "f")
    window.key("ctrl+f")
    window.type("piece 7")
    window.key("Return", "Escape")
    for page in ("2", "3", "1"):
        window.key("ctrl+2", page)
    window.key("l")
