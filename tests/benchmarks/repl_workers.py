"""REPL workers: how fast they start, answer, stop and die, and what they cost."""

from __future__ import annotations

import asyncio
import importlib.util
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
from rlm_desktop.repl.native_repl import NativeRepl
from tests.benchmarks import Figure, without_collection

NAME = "repl"
_SPEC = ReplSpec(context="a short context")
_STARTS = 60
_MANY = 200
_TEXT = 500_000_000
_SLICE = 100_000_000


def run() -> list[Figure]:
    """Everything on one host; the floods once more on the loop of the window."""
    return [*asyncio.run(_all()), *_window_floods()]


async def _all() -> list[Figure]:
    host = ReplHost()
    try:
        figures = [await _boot(host)]
        for part in (_ready, _many, _calls, _stop, _floods, _large, _slice):
            figures += await part(host)
    finally:
        await host.aclose()
    return [*figures, await _crash()]


def _window_floods() -> list[Figure]:
    """None where Qt is not installed."""
    if importlib.util.find_spec("PySide6") is None:
        return []
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from rlm_desktop.ui.loop import UiEventLoop

    app = QApplication.instance() or QApplication([])

    async def floods() -> list[Figure]:
        host = ReplHost()
        try:
            return await _floods(host, "the window's loop")
        finally:
            await host.aclose()

    with without_collection(), asyncio.Runner(loop_factory=lambda: UiEventLoop(app)) as runner:
        return runner.run(floods())


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
    memory = [_proportional_mb(_pid_of(repl)) for repl in repls[:50]]
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


_SEND = (
    "import os, struct, msgspec\n"
    "def send(**message):\n"
    "    data = msgspec.msgpack.encode(message)\n"
    "    os.write(3, struct.pack('<I', len(data)) + data)\n"
)
_FORGED = {
    "calls": "query = dict(function='llm_query', called_as='x', prompts=['p' * 2000])\n"
    "for number in range(1, 4000):\n    send(type='call', id=number, query=query)\n",
    "output": "for _ in range(2000):\n    send(type='output', cell=1, stream='stdout', text='x' * 30_000)\n",
    "values": "tool = dict(name='x', args=[[]] * 19_000)\n"
    "for number in range(60):\n    send(type='call_tool', id=number, tool=tool)\n",
}


async def _floods(host: ReplHost, loop: str = "the loop") -> list[Figure]:
    late: list[float] = []

    async def tick() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append((time.perf_counter() - start - 0.005) * 1000)

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(2)
    note = "what the machine does anyway"
    figures = [Figure.plain(f"lateness of {loop} without a flood, p99", _percentile(late, 99), "ms", note)]
    for what, forged in _FORGED.items():
        repls = await asyncio.gather(*[_spawn(host) for _ in range(8)])
        late.clear()
        for _ in range(3):
            await asyncio.gather(*[repl.run_cell(_SEND + forged, timeout=10) for repl in repls])
        note = f"8 workers that flood; {len(late)} ticks of 5 ms"
        name = f"lateness of {loop} under a flood of {what}"
        figures.append(Figure.at_most(f"{name}, p99", _percentile(late, 99), "ms", 16, note))
        figures.append(Figure.at_most(f"{name}, worst", max(late), "ms", 50, note))
        await asyncio.gather(*[repl.aclose() for repl in repls])
    ticker.cancel()
    return figures


async def _large(host: ReplHost) -> list[Figure]:
    before = _family_mb()
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
    private = [_private_mb(_pid_of(repl)) for repl in further]
    copies = (_family_mb() - before) * (1 << 20) / len(text)
    small = await _spawn(host)
    await small.run_cell("len(context)")
    extra = statistics.median(private) - _private_mb(_pid_of(small))
    await asyncio.gather(*[repl.aclose() for repl in [first, small, *further]])
    return [
        Figure.at_most("500 MB of text usable in the first worker", usable, "s", 2.5),
        Figure.at_most("each further worker on it ready, p50", statistics.median(times), "ms", 60, "10 workers"),
        Figure.at_most("its private memory above a plain worker's", extra, "MB", 1, "median of 10"),
        Figure.at_most(
            "copies of it in all processes together", copies, "", 2.1, "PSS of this process, 11 workers and theirs"
        ),
    ]


async def _slice(host: ReplHost) -> list[Figure]:
    """A slice of a context on its way from a cell to the application, and into a child's REPL."""
    text = "The quick brown fox jumps over the lazy dog, again and again. " * (2 * _SLICE // 62)
    asked: list[str] = []

    async def serve(query: Query) -> list[str]:
        asked.extend(query.prompts)
        return ["reply"]

    parent = await host.spawn(ReplSpec(context=text), serve=serve, on_output=lambda *_: None)
    there = await _timed(parent.run_cell(f"llm_query(context[{_SLICE // 2}:{_SLICE // 2 + _SLICE}])"))
    start = time.perf_counter()
    child = await _spawn(host, ReplSpec(context=asked[0]))
    await child.run_cell("len(context)")
    usable = time.perf_counter() - start
    await asyncio.gather(parent.aclose(), child.aclose())
    note = "by memory file"
    return [
        Figure.plain("a slice of 100 MB from a cell to the application", there * 1000, "ms", note),
        Figure.plain("the same usable in a child's worker", usable * 1000, "ms", note),
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


def _pid_of(repl: Repl) -> int:
    assert isinstance(repl, NativeRepl)
    assert repl.worker is not None
    return repl.worker.pid


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


def _family_mb() -> float:
    """What this process and all its children use together."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(_proportional_mb(process.pid) for process in family)


def _proportional_mb(pid: int) -> float:
    return _rollup_mb(pid, lambda name: name == "Pss")


def _private_mb(pid: int) -> float:
    return _rollup_mb(pid, lambda name: name.startswith("Private_"))


def _rollup_mb(pid: int, counts: Callable[[str], bool]) -> float:
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
    return sum(int(line[1]) for line in lines if counts(line[0].rstrip(":"))) / 1024
