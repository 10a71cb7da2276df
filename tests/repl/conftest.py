from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest_asyncio

from rlm_desktop.repl.host import Query, Repl, ReplHost, ReplOptions, ReplSpec

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host() -> AsyncIterator[ReplHost]:
    """One host for a module: starting the first zygote is what takes time."""
    host = ReplHost(ReplOptions(grace=0.5))
    yield host
    await host.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def spawn(host: ReplHost) -> AsyncIterator[Spawn]:
    made: list[Bench] = []

    async def make(context: Any = "one two three", **spec: Any) -> Bench:
        bench = Bench()
        serve = spec.pop("serve", bench.serve)
        tool = spec.pop("serve_tool", None)
        bench.repl = await host.spawn(
            ReplSpec(context=context, **spec), serve=serve, on_output=bench.on_output, serve_tool=tool
        )
        made.append(bench)
        return bench

    yield make
    for bench in made:
        await bench.repl.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def bench(spawn: Spawn) -> Bench:
    return await spawn()
