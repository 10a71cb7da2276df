"""From the command to the first paint of the window and to its being usable; what is imported by then.

Cold is a start whose files are not in memory; where other programs have them open, a part of them still is.
Beside it, in turn, the least that can be done with the same libraries: an empty window of Qt, painted once.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from tests.benchmarks import Figure

NAME = "startup"
REPEATS = 9
COLD = 3
TIMES = re.compile(r"first_paint_ms=(\d+) usable_ms=(\d+)")
_STANDARD = ("__pycache__", "asyncio", "collections", "encodings", "importlib", "lib-dynload", "re")
"""Folders of the standard library that a start reads of."""
HEAVY = ("asyncio", "openai", "sqlalchemy")
BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QWidget

class Window(QWidget):
    def paintEvent(self, event):
        app.exit()

app = QApplication([])
window = Window()
window.show()
app.exec()
print((time.time() - float(sys.argv[1])) * 1000)
"""


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    start()  # the first one warms the disk cache and writes the compiled files
    times, least = zip(*((start(), start_empty()) for _ in range(REPEATS)), strict=True)
    paint = statistics.median(first for first, _ in times)
    usable = statistics.median(second for _, second in times)
    empty = statistics.median(least)
    note = f"median of {REPEATS}, {os.environ.get('QT_QPA_PLATFORM', 'default platform')}, interpreter included"
    early = imported_at_first_paint()
    return [
        Figure.at_most("start to first paint, warm", paint, "ms", 350, note),
        Figure.plain("an empty window of Qt, in turn with ours", empty, "ms", note),
        Figure.plain("first paint / that of the empty window", paint / empty, "x"),
        Figure.at_most("start to usable, warm", usable, "ms", 1500, note),
        *cold_starts(),
        Figure.at_most("heavy modules imported at first paint", len(early), "", 0, ", ".join(early) or "none"),
    ]


def cold_starts() -> list[Figure]:
    """None where a system cannot be told to forget files."""
    if not hasattr(os, "posix_fadvise"):
        return []
    times: list[float] = []
    for _ in range(COLD):
        forget_files()
        times.append(start()[0])
    note = f"median of {COLD}, worst {max(times):,.0f}; Qt, Python and the program not in memory before"
    return [Figure.at_most("start to first paint, cold", statistics.median(times), "ms", 500, note)]


def forget_files() -> None:
    """Drop what the system keeps in memory of Python, Qt and the program."""
    libraries, standard = Path(sysconfig.get_path("platlib")), Path(sysconfig.get_path("stdlib"))
    folders = [libraries / "PySide6", libraries / "shiboken6", Path(__file__).parents[2] / "rlm_desktop"]
    folders += [standard, *(standard / name for name in _STANDARD)]
    for folder in folders:
        for path in folder.glob("*" if folder == standard else "**/*"):
            if path.is_file() and not path.is_symlink():
                descriptor = os.open(path, os.O_RDONLY)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(descriptor)


def start() -> tuple[float, float]:
    """Milliseconds to first paint and to usable, of one start."""
    output = _output_of("-m", "rlm_desktop", "--timing")
    found = TIMES.search(output)
    if found is None:
        raise RuntimeError(f"no times in {output!r}")
    return float(found[1]), float(found[2])


def start_empty() -> float:
    """Milliseconds to the first paint of an empty window."""
    return float(_output_of("-c", BARE, str(time.time())))


def _output_of(*arguments: str) -> str:
    # With compiled files, as for a person: a developer may have switched them off.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=env).stdout


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
