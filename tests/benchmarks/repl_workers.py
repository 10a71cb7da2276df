"""REPL workers: how fast they start, answer, stop and die, and what they cost."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from rlm_desktop.repl.host import Query, Repl, ReplHost, ReplSpec
from tests.benchmarks import Figure

NAME = "repl"
_SPEC = ReplSpec(context="a short context")
_STARTS = 60
_MANY = 200
_TEXT = 500_000_000


async def run() -> list[Figure]:
    """Everything, on one host."""
    host = ReplHost()
    try:
        figures = [await _boot(host)]
        for part in (_ready, _many, _calls, _stop, _flood, _large):
            figures += await part(host)
    finally:
        await host.aclose()
    return [*figures, await _crash()]


async def _boot(host: ReplHost) -> Figure:
    seconds = await _timed(host.start())
    return Figure.plain("first zygote, probing included", seconds * 1000, "ms", f"tier {host.isolation.tier}")


async def _ready(host: ReplHost) -> list[Figure]:
    times: list[float] = []
    for _ in range(_STARTS):
        start = time.perf_counter()
        repl = await _spawn(host)
        times.append((time.perf_counter() - start) * 1000)
        await repl.aclose()
    note = f"{_STARTS} starts, one after the other"
    return [
        Figure.at_most("worker ready, p50", statistics.median(times), "ms", 25, note),
        Figure.at_most("worker ready, p95", _percentile(times, 95), "ms", 60, note),
    ]


async def _many(host: ReplHost) -> list[Figure]:
    start = time.perf_counter()
    repls = await asyncio.gather(*[_spawn(host) for _ in range(_MANY)])
    ready = time.perf_counter() - start
    memory = [_proportional_mb(repl.status().pid or 0) for repl in repls[:50]]
    cells = await _timed(asyncio.gather(*[repl.run_cell("1 + 1") for repl in repls]))
    killed = await _timed(asyncio.gather(*[repl.kill() for repl in repls]))
    await asyncio.gather(*[repl.aclose() for repl in repls])
    return [
        Figure.at_most(f"{_MANY} workers at once", ready, "s", 3),
        Figure.at_most("memory of an idle worker", statistics.median(memory), "MB", 4, "PSS, median of 50"),
        Figure.plain(f"a cell in each of {_MANY}", cells, "s"),
        Figure.at_most(f"kill {_MANY}", killed, "s", 1),
    ]


async def _calls(host: ReplHost) -> list[Figure]:
    code = (
        "import time\ntimes = []\nfor _ in range(400):\n    start = time.perf_counter()\n    llm_query('p')\n"
        "    times.append(time.perf_counter() - start)\nprint(sorted(times)[200] * 1000)"
    )
    repl = await _spawn(host)
    alone = [float((await repl.run_cell(code)).stdout) for _ in range(5)]
    cells = [(await repl.run_cell("pass")).duration * 1000 for _ in range(200)]
    repls = [repl, *await asyncio.gather(*[_spawn(host) for _ in range(19)])]
    together = await _timed(
        asyncio.gather(*[each.run_cell("for _ in range(200):\n    llm_query('p')") for each in repls])
    )
    await asyncio.gather(*[each.aclose() for each in repls])
    rate = 20 * 200 / together
    return [
        Figure.at_most("llm_query there and back, p50", statistics.median(alone), "ms", 0.5, "5 x 400 calls"),
        Figure.plain("empty cell, p50", statistics.median(cells), "ms"),
        Figure(
            "calls of 20 workers together",
            rate,
            "per s",
            3000,
            rate >= 3000,
            "20 x 200 calls; the goal is at least",
        ),
    ]


async def _stop(host: ReplHost) -> list[Figure]:
    interrupted: list[float] = []
    killed: list[float] = []
    for stop, times in [("interrupt", interrupted)] * 15 + [("kill", killed)] * 15:
        begun = asyncio.Event()
        repl = await host.spawn(_SPEC, serve=_serve, on_output=lambda *_, begun=begun: begun.set())
        cell = asyncio.create_task(repl.run_cell("print('on')\nwhile True:\n    pass"))
        await begun.wait()
        start = time.perf_counter()
        if stop == "interrupt":
            repl.interrupt()
        else:
            await repl.kill()
        await cell
        times.append((time.perf_counter() - start) * 1000)
        await repl.aclose()
    return [
        Figure.at_most("soft interrupt of a busy cell, p50", statistics.median(interrupted), "ms", 50, "15 times"),
        Figure.at_most("kill of a busy cell, p50", statistics.median(killed), "ms", 150, "15 times"),
    ]


async def _flood(host: ReplHost) -> list[Figure]:
    late: list[float] = []

    async def tick() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append((time.perf_counter() - start - 0.005) * 1000)

    forged = (
        "import os, struct, msgspec\n"
        "query = dict(function='llm_query', called_as='x', prompts=['p' * 2000])\n"
        "for number in range(1, 4000):\n"
        "    data = msgspec.msgpack.encode(dict(type='call', id=number, query=query))\n"
        "    os.write(3, struct.pack('<I', len(data)) + data)\n"
    )
    ticker = asyncio.create_task(tick())
    await asyncio.sleep(2)
    calm = _percentile(late, 99)
    repls = await asyncio.gather(*[_spawn(host) for _ in range(8)])
    late.clear()
    for _ in range(3):
        await asyncio.gather(*[repl.run_cell(forged, timeout=10) for repl in repls])
    ticker.cancel()
    await asyncio.gather(*[repl.aclose() for repl in repls])
    note = f"8 workers that flood; {len(late)} ticks of 5 ms on the host's loop"
    return [
        Figure.plain("lateness of the loop without a flood, p99", calm, "ms", "what the machine does anyway"),
        Figure.at_most("lateness of the loop under a flood of calls, p99", _percentile(late, 99), "ms", 16, note),
        Figure.at_most("lateness of the loop under a flood of calls, worst", max(late), "ms", 50, note),
    ]


async def _large(host: ReplHost) -> list[Figure]:
    text = "The quick brown fox jumps over the lazy dog, again and again. " * (_TEXT // 62)
    spec = ReplSpec(context=text)
    start = time.perf_counter()
    first = await _spawn(host, spec)
    await first.run_cell("len(context), context[-20:]")
    usable = time.perf_counter() - start
    times: list[float] = []
    further: list[Repl] = []
    for _ in range(10):
        start = time.perf_counter()
        repl = await _spawn(host, spec)
        times.append((time.perf_counter() - start) * 1000)
        await repl.run_cell("len(context)")
        further.append(repl)
    private = [_private_mb(repl.status().pid or 0) for repl in further]
    small = await _spawn(host)
    await small.run_cell("len(context)")
    extra = statistics.median(private) - _private_mb(small.status().pid or 0)
    await asyncio.gather(*[repl.aclose() for repl in [first, small, *further]])
    return [
        Figure.at_most("500 MB of text usable in the first worker", usable, "s", 2.5),
        Figure.at_most("each further worker on it ready, p50", statistics.median(times), "ms", 60, "10 workers"),
        Figure.at_most("its private memory above a plain worker's", extra, "MB", 1, "median of 10"),
    ]


async def _crash() -> Figure:
    """SIGKILL to an application with ten busy workers."""
    program = (
        "import asyncio\nfrom rlm_desktop.repl.host import ReplHost, ReplSpec\n"
        "async def serve(query): return []\n"
        "async def main():\n    host = ReplHost()\n"
        "    spec = ReplSpec(context='c')\n"
        "    repls = [await host.spawn(spec, serve=serve, on_output=lambda *_: None) for _ in range(10)]\n"
        "    cells = [asyncio.create_task(repl.run_cell('while True: pass')) for repl in repls]\n"
        "    await asyncio.sleep(0.2)\n    print('ready', flush=True)\n    await asyncio.gather(*cells)\n"
        "asyncio.run(main())\n"
    )
    application = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert application.stdout is not None
    await application.stdout.readline()
    family = psutil.Process(application.pid).children(recursive=True)
    ends = [os.pidfd_open(process.pid) for process in family]
    start = time.perf_counter()
    os.kill(application.pid, signal.SIGKILL)
    await asyncio.to_thread(_wait_for_all, ends)
    seconds = time.perf_counter() - start
    await application.wait()
    return Figure.at_most(
        "application killed: all workers gone", seconds, "s", 1, f"{len(family)} processes, 10 of them busy"
    )


def _wait_for_all(pidfds: list[int]) -> None:
    for pidfd in pidfds:
        select.select([pidfd], [], [], 10)
        os.close(pidfd)


async def _spawn(host: ReplHost, spec: ReplSpec = _SPEC) -> Repl:
    return await host.spawn(spec, serve=_serve, on_output=lambda *_: None)


async def _serve(query: Query) -> list[str]:
    return ["reply"] * len(query.prompts)


async def _timed(work: Awaitable[object]) -> float:
    start = time.perf_counter()
    await work
    return time.perf_counter() - start


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def _proportional_mb(pid: int) -> float:
    return _rollup_mb(pid, lambda name: name == "Pss")


def _private_mb(pid: int) -> float:
    return _rollup_mb(pid, lambda name: name.startswith("Private_"))


def _rollup_mb(pid: int, counts: Callable[[str], bool]) -> float:
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
    return sum(int(line[1]) for line in lines if counts(line[0].rstrip(":"))) / 1024
