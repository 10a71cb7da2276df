"""The folder bundle and the Debian package in `dist/`: size, first window, workers."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks import Figure

NAME = "bundle"
REPEATS = 9
PROJECT = Path(__file__).resolve().parents[2]
DIST = PROJECT / "dist"
TIMES = re.compile(r"first_paint_ms=(\d+) usable_ms=(\d+)")


def run() -> list[Figure]:
    program = DIST / "rlm-desktop" / "rlm-desktop"
    if not program.is_file():
        return [Figure.plain("bundle", 0, "", "not built: python3 packaging/dev.py bundle")]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    start(program)
    times = [start(program) for _ in range(REPEATS)]
    note = f"median of {REPEATS}, {os.environ['QT_QPA_PLATFORM']}, starter included"
    workers = look(program.parent / "_internal")
    figures = [
        Figure.at_most("bundle: start to first paint, warm", statistics.median(times), "ms", 600, note),
        Figure.at_most(
            "bundle: worker ready, first cell included", workers["ready_ms"], "ms", 60, f"tier {workers['tier']}"
        ),
    ]
    packages = sorted(DIST.glob("rlm-desktop_*.deb"), key=lambda path: path.stat().st_mtime)
    if packages:
        figures.append(Figure.at_most("Debian package", packages[-1].stat().st_size / 1e6, "MB", 70))
    return figures


def start(program: Path) -> float:
    """Milliseconds to the first paint, of one start."""
    done = subprocess.run([str(program), "--timing"], capture_output=True, text=True, check=True, timeout=60)
    found = TIMES.search(done.stdout)
    if found is None:
        raise RuntimeError(f"no times in {done.stdout!r}")
    return float(found[1])


def look(internal: Path) -> dict[str, float]:
    """What the bundle's own interpreter finds of workers."""
    python = internal / "python" / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    script = PROJECT / "tests" / "packaging" / "in_bundle.py"
    command = [str(python), "-I", "-B", str(script), str(internal), "workers"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout.splitlines()[-1])
