"""An RLM on a scripted server, and the events of its runs.

The tests of a module run on one event loop, on which an RLM stays open: so they share the REPL host, as the
questions of a program do, and its zygote is started once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.run import Run, RunResult
from rlm_desktop.engine.state import RunState
from tests.servers import ModelServer, Script

ON_THE_LOOP_OF_THE_MODULE = pytest.mark.asyncio(loop_scope="module")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        has_loop = any(marker.kwargs for marker in item.iter_markers("asyncio"))
        if Path(__file__).parent == item.path.parent and pytest_asyncio.is_async_test(item) and not has_loop:
            item.add_marker(ON_THE_LOOP_OF_THE_MODULE, append=False)  # before that of the automatic mode


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def _shared_host() -> AsyncIterator[None]:
    """While one RLM is open on a loop, what they share stays (see `RLM.aclose`)."""
    async with RLM() as rlm:
        await rlm.find_isolation()
        yield


class Bench:
    """A scripted server, an RLM that asks it, and everything that happened."""

    def __init__(self, server: ModelServer, rlm: RLM) -> None:
        self.server = server
        self.rlm = rlm
        self.events: list[ev.AnyEvent] = []

    async def ask(self, question: str = "What does it say?", **arguments: Any) -> RunResult:
        return await (await self.start(question, **arguments)).wait()

    async def start(self, question: str = "What does it say?", **arguments: Any) -> Run:
        return await self.rlm.start(question, sinks=[self.events.append], **arguments)

    def forget(self) -> None:
        """Begin anew: a server and its connections take longer than a short run."""
        self.events.clear()
        self.server.log.clear()

    def of(self, kind: type[ev.Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def state(self) -> RunState:
        state = RunState()
        for event in self.events:
            state.apply(event)
        return state


MakeBench = Callable[..., Awaitable[Bench]]


@pytest_asyncio.fixture(loop_scope="module")
async def bench() -> AsyncIterator[MakeBench]:
    """Makes a `Bench` from a script and the RLM's options."""
    opened: list[Bench] = []

    async def make(script: Script, *, latency: float = 0.0, hold_until: int = 0, **options: Any) -> Bench:
        server = ModelServer(script, latency=latency, hold_until=hold_until)
        await server.__aenter__()
        opened.append(Bench(server, RLM("m", base_url=server.url, api_key="test-key-123456", **options)))
        return opened[-1]

    yield make
    for one in opened:
        await one.rlm.aclose()
        await one.server.__aexit__()


def cell(code: str) -> str:
    """A reply with one cell."""
    return f"```repl\n{code}\n```"


def by_role(root: Callable[[list[dict[str, Any]]], str] | list[str], sub: Callable[[str], Any]) -> Script:
    """A script: replies of the rlm calls (they have a system message) in order, and what sub-calls answer."""
    replies = iter(root) if isinstance(root, list) else None

    def script(body: dict[str, Any]) -> Any:
        messages = body["messages"]
        if messages[0]["role"] != "system":
            return sub(messages[-1]["content"])
        if replies is not None:
            return next(replies)
        assert callable(root)
        return root(messages)

    return script
