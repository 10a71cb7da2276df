"""From the command to the first paint of the window and to its being usable; what is imported by then."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys

from tests.benchmarks import Figure

NAME = "startup"
REPEATS = 9
TIMES = re.compile(r"first_paint_ms=(\d+) usable_ms=(\d+)")
HEAVY = ("asyncio", "openai", "sqlalchemy")


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    start()  # the first one warms the disk cache and writes the compiled files
    times = [start() for _ in range(REPEATS)]
    paint = statistics.median(first for first, _ in times)
    usable = statistics.median(second for _, second in times)
    note = f"median of {REPEATS}, {os.environ.get('QT_QPA_PLATFORM', 'default platform')}, interpreter included"
    early = imported_at_first_paint()
    return [
        Figure.at_most("start to first paint, warm", paint, "ms", 350, note),
        Figure.at_most("start to usable, warm", usable, "ms", 1500, note),
        Figure.at_most("heavy modules imported at first paint", len(early), "", 0, ", ".join(early) or "none"),
    ]


def start() -> tuple[float, float]:
    """Milliseconds to first paint and to usable, of one start."""
    command = [sys.executable, "-m", "rlm_desktop", "--timing"]
    # With compiled files, as for a person: a developer may have switched them off.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=env)
    found = TIMES.search(result.stdout)
    if found is None:
        raise RuntimeError(f"no times in {result.stdout!r}")
    return float(found[1]), float(found[2])


def imported_at_first_paint() -> list[str]:
    """Which of the heavy modules a new window has imported when it has been painted."""
    script = (
        "import sys\n"
        "from rlm_desktop import app\n"
        "def live(*_):\n"
        f"    print(*[name for name in {HEAVY!r} if name in sys.modules])\n"
        "    return 0\n"
        "app._live = live\n"
        "sys.exit(app.main([]))\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return result.stdout.split()
