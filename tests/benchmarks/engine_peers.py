"""The engine beside `rlms` and `dspy` from PyPI, on the same server, in one run.

Asked for by RLM_DESKTOP_PEERS=FOLDER: the virtual environment with the other engines, made there when it is absent.
Without that there is nothing to compare with, and no figure.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rlm_desktop.engine.context import ContextValue
from tests.benchmarks import Figure
from tests.benchmarks.engine_bench import engine, server_process

NAME = "engine_peers"
LATENCY = 0.2
PACKAGES = ("rlms==0.1.3", "dspy==3.4.1")
PEERS = ("rlms", "rlms-best", "dspy", "dspy-best")
_PROGRAM = Path(__file__).with_name("_peer_program.py")
_TIMEOUT = 240.0


@dataclass(frozen=True)
class Scenario:
    """What all engines do.

    Attributes:
        model: The root's model, which says what cells are written (`engine_server`).
        answer: What must come out.
        size_mb: Of the context; 0 for next to nothing.
    """

    name: str
    model: str
    answer: str
    width: int = 16
    depth: int = 1
    runs: int = 1
    size_mb: int = 0
    repetitions: int = 5


SCENARIOS = (
    Scenario("one-shot run", "final", "done"),
    Scenario("10 iterations", "iterate:10", "9", repetitions=3),
    Scenario("batch of 10", "batch:10", "10"),
    Scenario("batch of 100", "batch:100", "100", width=100),
    Scenario("batch of 1,000", "batch:1000", "1000", width=1000, repetitions=3),
    Scenario("depth 2, 10 x 10", "tree:10x2", "100", width=100, depth=2, repetitions=3),
    Scenario("depth 3", "tree:1x3", "1", depth=3, repetitions=3),
    Scenario("100 runs at once", "final", "done", width=100, runs=100, repetitions=3),
    Scenario("100 MB context", "length", "100000000", size_mb=100, repetitions=3),
    Scenario("500 MB context", "length", "500000000", size_mb=500, repetitions=1),
)


async def run() -> list[Figure]:
    """Every scenario in every engine that can do it."""
    if not (place := os.environ.get("RLM_DESKTOP_PEERS")):
        return []
    python = await _environment(Path(place))
    figures: list[Figure] = []
    for scenario in SCENARIOS:
        figures += await _compare(scenario, python)
    return figures


async def _environment(place: Path) -> str:
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        await _do(sys.executable, "-m", "venv", str(place))
        await _do(str(python), "-m", "pip", "install", "--quiet", *PACKAGES)
    return str(python)


async def _do(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait() != 0:
        raise RuntimeError(f"this failed: {' '.join(command)}")


async def _compare(scenario: Scenario, python: str) -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        file = _context_file(Path(folder), scenario.size_mb)
        async with server_process(LATENCY) as url:
            for peer in PEERS:
                if "dspy" in peer and scenario.depth > 1:
                    continue  # it has sub-agents of another kind, not sub-RLMs
                # Measured anew beside each, because a machine that others use changes within minutes.
                ours = await _ours(scenario, url, file)
                figures.append(await _beside(scenario, ours, peer, python, url, file))
    return figures


def _context_file(folder: Path, size_mb: int) -> str:
    """A file with a text of that size; no name where there is none."""
    if not size_mb:
        return ""
    path = folder / "context.txt"
    path.write_text("word " * (200_000 * size_mb))
    return str(path)


def _context_of(file: str) -> ContextValue:
    """As the other engines' program does, the text is read before, and handed over as a value."""
    return Path(file).read_text("utf-8") if file else "x"


async def _ours(scenario: Scenario, url: str, file: str) -> float:
    models = {**dict.fromkeys(range(scenario.depth), scenario.model), scenario.depth: "answer"}
    context = _context_of(file)
    taken: list[float] = []
    async with engine(url, scenario.model, width=scenario.width, models=models, max_depth=scenario.depth) as rlm:
        for _ in range(scenario.repetitions + 1):
            started = time.perf_counter()
            results = await asyncio.gather(*(rlm.arun("Q?", context=context) for _ in range(scenario.runs)))
            taken.append(time.perf_counter() - started)
            assert all(result.final_answer == scenario.answer for result in results), results
    return statistics.median(taken[1:])


async def _beside(scenario: Scenario, ours: float, peer: str, python: str, url: str, file: str) -> Figure:
    name = f"{scenario.name}: ours / {peer}"
    arguments = (peer, url, scenario.model, scenario.width, scenario.runs, file, scenario.repetitions)
    process = await asyncio.create_subprocess_exec(
        *(python, str(_PROGRAM), *map(str, arguments)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    try:
        out, errors = await asyncio.wait_for(process.communicate(), _TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
        return Figure.plain(name, ours / _TIMEOUT, "x", f"ours {ours:.3f} s; it took more than {_TIMEOUT:.0f} s")
    if process.returncode:
        words = errors.decode(errors="replace").strip().splitlines()[-1:]
        return Figure.plain(name, 0.0, "x", f"ours {ours:.3f} s; it failed: {' '.join(words)[:200]}")
    measured = json.loads(out.splitlines()[-1])
    theirs = statistics.median(measured["seconds"])
    wrong = sum(answer != scenario.answer for answer in measured["answers"])
    note = f"ours {ours:.3f} s, theirs {theirs:.3f} s, medians of {scenario.repetitions}"
    if wrong:
        note += (
            f"; {wrong} of its {len(measured['answers'])} answers were wrong, as {measured['answers'][0][:60]!r}"
        )
    return Figure.at_most(name, ours / theirs, "x", 1.0, note)
