"""The project's own figures: `python -m tests.benchmarks [NAME]... [--json]`.

A benchmark is a module of this folder with `NAME` (a word) and `run() -> list[Figure]`, which may be a coroutine
function. It measures, prints nothing, and leaves nothing behind.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Figure", "without_collection"]


@contextmanager
def without_collection() -> Iterator[None]:
    """Garbage collection kept out of the way, as the window does it (`IdleCollector`)."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        unit: `ms`, `s`, `x` (a ratio), `MB` ...
        goal: What is wanted, at most; None where the figure is only for comparison.
        holds: Whether it is met; None without a goal.
        note: How it was measured: how often, on what, beside what.
    """

    name: str
    value: float
    unit: str
    goal: float | None
    holds: bool | None
    note: str = ""

    @classmethod
    def at_most(cls, name: str, value: float, unit: str, goal: float, note: str = "") -> Figure:
        """A figure that holds when it is not over its goal."""
        return cls(name, value, unit, goal, value <= goal, note)

    @classmethod
    def plain(cls, name: str, value: float, unit: str, note: str = "") -> Figure:
        """A figure without a goal."""
        return cls(name, value, unit, None, None, note)
