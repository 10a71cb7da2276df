"""Run benchmarks and print their figures."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import json
import os
import pkgutil
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from types import ModuleType

import tests.benchmarks
from tests.benchmarks import Figure


def discover() -> dict[str, ModuleType]:
    """Name -> module of every benchmark."""
    names = sorted(info.name for info in pkgutil.iter_modules(tests.benchmarks.__path__))
    modules = [importlib.import_module(f"tests.benchmarks.{name}") for name in names if not name.startswith("_")]
    return {module.NAME: module for module in modules if hasattr(module, "NAME")}


def measure(module: ModuleType) -> list[Figure]:
    """The figures of one benchmark, measured in a home that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="rlm-desktop-bench-", ignore_cleanup_errors=True) as home:
        os.environ["RLM_DESKTOP_HOME"] = home
        if inspect.iscoroutinefunction(module.run):
            return list(asyncio.run(module.run()))
        return list(module.run())


def line(figure: Figure) -> list[str]:
    goal = "" if figure.goal is None else f"{sign(figure)} {number(figure.goal)} {figure.unit}"
    holds = {True: "yes", False: "NO", None: ""}[figure.holds]
    return [figure.name, f"{number(figure.value)} {figure.unit}", goal, holds, figure.note]


def sign(figure: Figure) -> str:
    """Whether the goal is a most or a least, as `holds` tells."""
    is_below = figure.goal is not None and figure.value <= figure.goal
    return "≤" if is_below == bool(figure.holds) else "≥"


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print(" | ".join([*cells, row[4]]).rstrip(" |"), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--list", action="store_true", help="only list the names")
    chosen = parser.parse_args()
    found = discover()
    unknown = [name for name in chosen.names if name not in found]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(found)}")
    if chosen.list:
        print("\n".join(found))
        return 0
    figures: dict[str, list[Figure]] = {}
    failed: list[str] = []
    for name in chosen.names or found:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            figures[name] = measure(found[name])
        except Exception:
            traceback.print_exc()
            failed.append(name)
    if chosen.json:
        print(json.dumps({name: [asdict(figure) for figure in some] for name, some in figures.items()}, indent=2))
    elif figures:
        head = ["figure", "value", "goal", "holds", "note"]
        print_table([head, *(line(figure) for some in figures.values() for figure in some)])
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
