"""CPU time of one streamed chunk, read by the engine's client and by the SDK's typed stream."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from rlm_desktop.engine.client import FailedAttempt, ModelClient
from rlm_desktop.engine.events import Message
from rlm_desktop.engine.providers import Provider
from tests.benchmarks import Figure
from tests.benchmarks.engine_bench import BareClients, server_process

NAME = "engine_stream"
STREAMS = 50
CHUNKS = 100
_MODEL = f"stream:{CHUNKS}"


async def run() -> list[Figure]:
    """50 streams at once of 50 chunks a second each."""
    async with server_process(0.0) as url, BareClients(url, STREAMS) as bare:
        client = ModelClient(Provider("bench", url, "key"))

        async def engine() -> None:
            completion = await client.complete(
                _MODEL, [Message("user", "go")], {}, on_text=lambda *_: None, on_retry=_never
            )
            assert completion.text == "word " * CHUNKS

        async def typed() -> None:
            assert await bare.streamed("go", model=_MODEL) == "word " * CHUNKS

        ours, sdk = await _microseconds(engine), await _microseconds(typed)
        await client.aclose()
    note = f"CPU time, {STREAMS} streams of {CHUNKS} chunks, median of 3; the SDK's typed stream {sdk:.0f} us"
    return [
        Figure.plain("a streamed chunk", ours, "us", note),
        Figure.at_most("a streamed chunk / the SDK's typed stream", ours / sdk, "x", 0.5),
    ]


async def _microseconds(read: Callable[[], Awaitable[None]]) -> float:
    taken: list[float] = []
    for repetition in range(4):
        started = time.process_time()
        await asyncio.gather(*(read() for _ in range(STREAMS)))
        if repetition:
            taken.append((time.process_time() - started) / (STREAMS * CHUNKS) * 1e6)
    return statistics.median(taken)


async def _never(failed: FailedAttempt) -> None:
    raise AssertionError(failed)
