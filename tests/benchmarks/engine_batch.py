"""A batch of N sub-calls in one cell, against the same requests without an engine, in one run."""

from __future__ import annotations

import asyncio
from typing import Any

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.client import make_client, make_http_client
from rlm_desktop.engine.providers import OFFLINE, Provider
from rlm_desktop.engine.rlm import RLM
from tests.benchmarks import Figure
from tests.benchmarks.engine_bench import bare_clients, engine, medians, root_and_batch, seconds_of, server_process

NAME = "engine_batch"
LATENCY = 0.2
WIDTHS = (10, 20, 100, 1000)


async def run() -> list[Figure]:
    """All widths on a server in a process of its own; one question on the offline model."""
    figures: list[Figure] = []
    async with server_process(LATENCY) as url:
        for width in WIDTHS:
            figures += await _on_server(url, width)
        figures.append(await _against_sequential(url))
    figures.append(await _offline())
    return figures


async def _on_server(url: str, width: int) -> list[Figure]:
    async with engine(url, f"batch:{width}", width=width, max_depth=1) as rlm, bare_clients(url, width) as bare:

        async def whole_run() -> None:
            result = await rlm.arun("How many?", context="x")
            assert result.final_answer == str(width), result

        seconds = await medians(
            {
                "engine": whole_run,
                "typed": lambda: root_and_batch(bare["typed"], width),
                "streamed": lambda: root_and_batch(bare["streamed"], width),
                "raw": lambda: root_and_batch(bare["raw"], width),
                "http": lambda: root_and_batch(bare["http"], width),
            }
        )
    ours = seconds["engine"]
    note = f"medians of 5: {seconds_of(seconds)}, ideal {2 * LATENCY:.1f} s"
    name = f"batch of {width}, whole run"
    return [
        Figure.at_most(f"{name} / bare AsyncOpenAI gather", ours / seconds["typed"], "x", 1.1, note),
        Figure.at_most(f"{name} / bare gather as the engine streams", ours / seconds["raw"], "x", 1.15),
        Figure.at_most(f"{name} / raw aiohttp", ours / seconds["http"], "x", 1.5),
    ]


async def _against_sequential(url: str) -> Figure:
    """What a batch saves; in theory two latencies in place of eleven."""
    async with engine(url, "batch:10", width=1, max_depth=1) as slow, engine(url, "batch:10", max_depth=1) as fast:
        seconds = await medians(
            {"one by one": lambda: slow.arun("Q", context="x"), "batch": lambda: fast.arun("Q", context="x")},
            repetitions=5,
        )
    return Figure.at_most(
        "batch of 10 / one by one", seconds["batch"] / seconds["one by one"], "x", 0.25, seconds_of(seconds)
    )


async def _offline() -> Figure:
    """A real question on the offline model, against its own requests repeated without the engine."""
    provider = Provider(OFFLINE, "http://offline.invalid/v1", "offline", latency=LATENCY)
    text = "\n\n".join(f"Section {n}. The segment {n} grew by {n % 17} percent in Europe." * 40 for n in range(120))
    rounds: list[list[ev.ModelRequested]] = []

    def note(event: ev.AnyEvent) -> None:
        if isinstance(event, ev.ModelRequested):
            # Sub-calls in a row were in flight together.
            if rounds and event.call != ev.ROOT and rounds[-1][-1].call != ev.ROOT:
                rounds[-1].append(event)
            else:
                rounds.append([event])

    http = make_http_client(provider)
    client = make_client(provider, http)
    history: list[Any] = []

    async def ask(request: ev.ModelRequested) -> None:
        messages: list[Any] = [{"role": message.role, "content": message.content} for message in request.messages]
        if request.call == ev.ROOT:
            del history[request.kept :]
            history.extend(messages)
            messages = list(history)
        await client.chat.completions.create(model=OFFLINE, messages=messages)

    async def bare() -> None:
        for requests in rounds:
            await asyncio.gather(*(ask(request) for request in requests))

    question = "Which segments grew?"
    async with RLM(OFFLINE, provider=provider, max_depth=1, max_concurrent=100) as rlm:
        await rlm.arun(question, context=text, sinks=[note])
        seconds = await medians({"engine": lambda: rlm.arun(question, context=text), "typed": bare})
    await client.close()
    calls = sum(len(requests) for requests in rounds)
    return Figure.plain(
        f"offline run of {calls} requests in {len(rounds)} rounds, its cells' own work included / bare gathers",
        seconds["engine"] / seconds["typed"],
        "x",
        seconds_of(seconds),
    )
