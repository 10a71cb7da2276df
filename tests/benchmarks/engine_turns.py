"""What the engine itself takes: per iteration, per run, per level of depth."""

from __future__ import annotations

import asyncio
import statistics

from rlm_desktop.engine import events as ev
from tests.benchmarks import Figure
from tests.benchmarks.engine_bench import BareClients, engine, medians, seconds_of, server_process

NAME = "engine_turns"
LATENCY = 0.2


async def run() -> list[Figure]:
    """On servers without and with a fixed latency."""
    async with server_process(0.0) as url:
        figures = [await _own_time(url)]
    async with server_process(LATENCY) as url, BareClients(url, 128) as bare:
        figures += [
            await _one_shot(url, bare),
            await _iterations(url, bare),
            await _ten_by_ten(url, bare),
            await _three_levels(url, bare),
            await _many_runs(url, bare),
        ]
    return figures


async def _own_time(url: str) -> Figure:
    """From a reply to the next request: the cell runs in between."""
    taken: list[float] = []
    since = 0.0

    def note(event: ev.AnyEvent) -> None:
        nonlocal since
        if isinstance(event, ev.ModelResponded):
            since = event.at
        elif isinstance(event, ev.ModelRequested) and event.iteration > 2:
            taken.append(event.at - since)

    async with engine(url, "iterate:20", max_iterations=20) as rlm:
        for _ in range(5):
            result = await rlm.arun("Q?", context="x", sinks=[note])
            assert result.iterations == 20, result
    worst = statistics.quantiles(taken, n=20)[-1] * 1000
    note_ = f"{len(taken)} iterations, p95 {worst:.1f} ms"
    return Figure.at_most(
        "own time per iteration (reply in, cell run, next prompt out), p50",
        statistics.median(taken) * 1000,
        "ms",
        5.0,
        note_,
    )


async def _one_shot(url: str, bare: BareClients) -> Figure:
    async with engine(url, "final") as rlm:
        seconds = await medians({"run": lambda: rlm.arun("Q?", context="x"), "request": lambda: bare.typed("Q?")})
    own = (seconds["run"] - seconds["request"]) * 1000
    return Figure.plain("one-shot run beyond its one request", own, "ms", seconds_of(seconds))


async def _iterations(url: str, bare: BareClients) -> Figure:
    async def requests() -> None:
        for n in range(10):
            await bare.typed(f"turn {n}")

    async with engine(url, "iterate:10") as rlm:
        seconds = await medians({"run": lambda: rlm.arun("Q?", context="x"), "requests": requests})
    return Figure.at_most(
        "10 iterations / 10 bare requests", seconds["run"] / seconds["requests"], "x", 1.1, seconds_of(seconds)
    )


async def _ten_by_ten(url: str, bare: BareClients) -> Figure:
    """Ten sub-RLMs of ten plain sub-calls each."""

    async def critical_path() -> None:
        for width in (1, 10, 100):
            await asyncio.gather(*(bare.typed(f"level of {width}: {n}") for n in range(width)))

    model = "tree:10x2"
    async with engine(url, model, width=100, models={0: model, 1: model, 2: "answer"}, max_depth=2) as rlm:

        async def whole_run() -> None:
            result = await rlm.arun("Q?", context="x")
            assert (result.calls, result.final_answer) == (111, "100"), result

        seconds = await medians({"run": whole_run, "requests": critical_path})
    return Figure.at_most(
        "depth 2, 10 x 10 / bare gathers of its critical path",
        seconds["run"] / seconds["requests"],
        "x",
        1.3,
        seconds_of(seconds),
    )


async def _three_levels(url: str, bare: BareClients) -> Figure:
    async def critical_path() -> None:
        for n in range(4):
            await bare.typed(f"level {n}")

    model = "tree:1x3"
    async with engine(url, model, models={0: model, 1: model, 2: model, 3: "answer"}, max_depth=3) as rlm:

        async def whole_run() -> None:
            result = await rlm.arun("Q?", context="x")
            assert result.calls == 4, result

        seconds = await medians({"run": whole_run, "requests": critical_path})
    return Figure.at_most(
        "depth 3 / 4 bare requests", seconds["run"] / seconds["requests"], "x", 1.3, seconds_of(seconds)
    )


async def _many_runs(url: str, bare: BareClients) -> Figure:
    async with engine(url, "final", width=100) as rlm:

        async def runs() -> None:
            results = await asyncio.gather(*(rlm.arun(f"Q{n}?", context="x") for n in range(100)))
            assert all(result.final_answer == "done" for result in results)

        async def requests() -> None:
            await asyncio.gather(*(bare.typed(f"Q{n}?") for n in range(100)))

        seconds = await medians({"runs": runs, "requests": requests})
    return Figure.plain(
        "100 runs at once, each with its own REPL worker", seconds["runs"], "s", seconds_of(seconds)
    )
