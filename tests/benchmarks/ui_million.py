"""A stored run of a million calls in the window; takes some minutes and some gigabytes."""

from __future__ import annotations

from tests.benchmarks import Figure
from tests.benchmarks.ui_size import measure
from tests.traces import Shape

NAME = "ui_million"
SHAPE = Shape(calls=1_000_000, depth=4, batch=64, iterations=6, concurrency=16, chunks=0, words=2)


def run() -> list[Figure]:
    """The figures."""
    return measure("1,000,000", SHAPE, open_goal=3000)
