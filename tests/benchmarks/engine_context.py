"""Large texts: from a file to the first cell that has it as `context`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks import Figure
from tests.benchmarks.engine_bench import engine, medians, seconds_of, server_process

NAME = "engine_context"
_MB = 1_000_000


async def run() -> list[Figure]:
    """100 MB and 500 MB."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            await _first_cell(Path(folder), 100, repetitions=3, goal=None),
            await _first_cell(Path(folder), 500, repetitions=3, goal=3.0),
        ]


async def _first_cell(folder: Path, size_mb: int, *, repetitions: int, goal: float | None) -> Figure:
    line = "The quick brown fox jumps over the lazy dog, again and again: figures, names, places.\n"
    path = folder / f"{size_mb}.txt"
    path.write_text(line * (size_mb * _MB // len(line)))
    length = path.stat().st_size
    async with server_process(0.0) as url, engine(url, "length") as rlm:

        async def whole_run() -> None:
            result = await rlm.arun("How long is it?", context_path=path)
            assert result.final_answer == str(length), result

        seconds = await medians({"run": whole_run}, repetitions=repetitions)
    path.unlink()
    name = f"{size_mb} MB text, from the file to the end of a run with one cell"
    note = f"median of {repetitions}: {seconds_of(seconds)}"
    if goal is None:
        return Figure.plain(name, seconds["run"], "s", note)
    return Figure.at_most(name, seconds["run"], "s", goal, note)
