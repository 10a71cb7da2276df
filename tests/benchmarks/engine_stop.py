"""How fast a run stops, and one call with all below it, with a hundred requests in flight."""

from __future__ import annotations

import asyncio
import statistics
import time

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.run import Run
from tests.benchmarks import Figure
from tests.servers import Fault, ModelServer

NAME = "engine_stop"
REPETITIONS = 7
_BATCH = "```repl\nr = llm_query_batch([f'q{i}' for i in range(100)])\n```"
_LOOP = "```repl\nx = 1\nwhile True: pass\n```"


async def _started(rlm: RLM, wanted: type[ev.Event], count: int) -> Run:
    """A run in which `count` events of that kind have happened."""
    reached = asyncio.Event()
    seen = 0

    def sink(event: ev.AnyEvent) -> None:
        nonlocal seen
        seen += isinstance(event, wanted)
        if seen >= count:
            reached.set()

    run = await rlm.start("Q?", context="c", sinks=[sink])
    await reached.wait()
    await asyncio.sleep(0.2)
    return run


async def _measure() -> list[Figure]:
    def script(body: dict[str, object]) -> str | Fault:
        messages = body["messages"]
        assert isinstance(messages, list)
        if messages[0]["role"] != "system":
            return Fault("hang")
        return _LOOP if "LOOP" in str(messages[1]) else _BATCH

    whole: list[float] = []
    looping: list[float] = []
    one: list[float] = []
    async with (
        ModelServer(script) as server,
        RLM("m", base_url=server.url, max_depth=1, max_concurrent=100, cell_timeout=None) as rlm,
    ):
        for _ in range(REPETITIONS):
            run = await _started(rlm, ev.ModelRequested, 101)
            started = time.perf_counter()
            run.stop_call(50)
            while run.state.calls[50].finished is None:  # noqa: ASYNC110 - a poll costs less than the measured time
                await asyncio.sleep(0)
            one.append(time.perf_counter() - started)
            started = time.perf_counter()
            run.stop()
            await run.wait()
            whole.append(time.perf_counter() - started)
        for _ in range(REPETITIONS):
            reached = asyncio.Event()
            run = await rlm.start(
                "LOOP", context="c", sinks=[lambda e, r=reached: isinstance(e, ev.CellStarted) and r.set()]
            )
            await reached.wait()
            await asyncio.sleep(0.2)
            started = time.perf_counter()
            run.stop()
            await run.wait()
            looping.append(time.perf_counter() - started)
    rows = [
        ("one of 100 calls stopped", one),
        ("run with 100 requests in flight stopped", whole),
        ("run whose cell loops for ever stopped", looping),
    ]
    note = f"median of {REPETITIONS}, until nothing of it runs any more"
    return [
        Figure(name, statistics.median(times) * 1000, "ms", 150, statistics.median(times) <= 0.15, note)
        for name, times in rows
    ]


def run() -> list[Figure]:
    """The figures."""
    return asyncio.run(_measure())
