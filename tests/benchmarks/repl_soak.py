"""Hundreds of REPL workers started, used, interrupted, killed and flooded at random, for minutes: what is left."""

from __future__ import annotations

import dataclasses
import os

from rlm_desktop.repl.isolation import Layers, describe, probe
from tests.benchmarks import Figure
from tests.repl.soak import soak

NAME = "repl_soak"
SECONDS = float(os.environ.get("RLM_SOAK_SECONDS", "60"))
"""For each tier."""


async def run() -> list[Figure]:
    """The figures for every tier that forks workers and can be had here."""
    found = probe()
    figures: list[Figure] = []
    for layers in (found, dataclasses.replace(found, bubblewrap=None)):
        if layers.landlock and layers.seccomp:
            figures += await _soaked(layers)
    return figures


async def _soaked(layers: Layers) -> list[Figure]:
    tier = f"tier {describe(layers).tier}"
    report = await soak(seconds=SECONDS, layers=layers)
    ends = ", ".join(f"{count} {end}" for end, count in report.ends.most_common())
    folders = [] if report.folders is None else [Figure.at_most(f"{tier}: folders left", report.folders, "", 0)]
    return [
        Figure.plain(f"{tier}: workers", report.workers, "", f"in {SECONDS:g} s; cells: {ends}"),
        Figure.at_most(f"{tier}: processes left", report.processes, "", 0),
        Figure.at_most(f"{tier}: descriptors left", report.descriptors, "", 0),
        *folders,
        Figure.at_most(f"{tier}: growth of the host", report.grown_mb, "MB", 20, "over the second half"),
        Figure.at_most(f"{tier}: growth of the zygotes", report.zygotes_grown_mb, "MB", 10, "likewise"),
    ]
