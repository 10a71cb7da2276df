"""What providers that cannot be reached cost the start: nothing may be asked before the window can be used."""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from tests.benchmarks import Figure
from tests.benchmarks.startup import start

NAME = "startup_providers"
REPEATS = 9
TABLES = "".join(
    f'[[providers]]\nname = "far-{number}"\nkind = "compatible"\nbase_url = "http://192.0.2.{number}:8000/v1"\n\n'
    for number in (1, 2, 3)
)
"""Addresses that are kept free of machines (RFC 5737): packets to them are lost, and nobody says so."""


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    before = os.environ.get("RLM_DESKTOP_HOME")
    with tempfile.TemporaryDirectory() as folder:
        homes = [Path(folder) / name for name in ("without", "with")]
        for home in homes:
            (home / "config").mkdir(parents=True)
        (homes[1] / "config" / "settings.toml").write_text(TABLES)
        try:
            for home in homes:
                _start(home)  # makes the database
            pairs = [[_start(home) for home in homes] for _ in range(REPEATS)]
        finally:
            os.environ.pop("RLM_DESKTOP_HOME")
            if before is not None:
                os.environ["RLM_DESKTOP_HOME"] = before
    note = f"median of {REPEATS} pairs of starts, with and without, one after the other"
    paint = statistics.median(after[0] - bare[0] for bare, after in pairs)
    usable = statistics.median(after[1] - bare[1] for bare, after in pairs)
    return [
        Figure.at_most("three unreachable providers: first paint later by", paint, "ms", 20, note),
        Figure.at_most("three unreachable providers: usable later by", usable, "ms", 20, note),
    ]


def _start(home: Path) -> tuple[float, float]:
    os.environ["RLM_DESKTOP_HOME"] = str(home)
    return start()
