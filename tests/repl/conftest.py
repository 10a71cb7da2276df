from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from rlm_desktop.repl.host import Query, Repl, ReplHost, ReplSpec

Spawn = Callable[..., Awaitable["Bench"]]


class Bench:
    """A REPL with what it asked and printed."""

    def __init__(self) -> None:
        self.queries: list[Query] = []
        self.output: list[tuple[str, str]] = []
        self.printed = asyncio.Event()
        self.asked = asyncio.Event()
        self.repl: Repl = None  # type: ignore[assignment]

    async def serve(self, query: Query) -> list[str]:
        self.queries.append(query)
        self.asked.set()
        return [f"<{prompt}>" for prompt in query.prompts]

    def on_output(self, stream: str, text: str) -> None:
        self.output.append((stream, text))
        self.printed.set()

    async def run(self, code: str, timeout: float | None = 20) -> Any:
        return await self.repl.run_cell(code, timeout=timeout)


@pytest.fixture
async def host() -> AsyncIterator[ReplHost]:
    host = ReplHost()
    yield host
    await host.aclose()


@pytest.fixture
def spawn(host: ReplHost) -> Spawn:
    async def make(context: Any = "one two three", **spec: Any) -> Bench:
        bench = Bench()
        serve = spec.pop("serve", bench.serve)
        tool = spec.pop("serve_tool", None)
        bench.repl = await host.spawn(
            ReplSpec(context=context, **spec), serve=serve, on_output=bench.on_output, serve_tool=tool
        )
        return bench

    return make


@pytest.fixture
async def bench(spawn: Spawn) -> Bench:
    return await spawn()
