"""`rlm-desktop runs compare`: two runs side by side."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from itertools import islice
from typing import Any

from rlm_desktop.cli.outgoing import print_clean_json
from rlm_desktop.cli.output import cost, counted, local_time, one_line, print_table, seconds
from rlm_desktop.cli.runs import SHOWN_ROWS, ShortIds, row_as_json
from rlm_desktop.engine.providers import labels
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.history import History, RunRow
from rlm_desktop.history.comparing import Figures, Pair, aligned, choices, figures, text_diff

_NONE = "–"


def compare(history: History, left: RunRow, right: RunRow, chosen: argparse.Namespace) -> int:
    """Print which rows of two runs belong together, what they took, and what differs."""
    one, two = history.state(left.id), history.state(right.id)
    if chosen.json:
        print_clean_json(_as_json(left, right, one, two))
        return 0
    short = ShortIds(history)
    for letter, row in (("A", left), ("B", right)):
        what = [short(row.id), local_time(row.started_at), labels(row.root_model, row.sub_model), row.end_state]
        what += [seconds(row.duration), counted(row.calls, "call"), cost(row.cost_usd, row.unknown_cost)]
        print(f"{letter}  {', '.join(what)}: {one_line(row.question, 100)}")
    for name, here, there in _differing(one, two):
        print(f"   {name}: {one_line(here, 60)} | {one_line(there, 60)}")
    print()
    pairs = aligned(one, two)
    print_table(
        ("TIME A", "TIME B", "TOKENS A", "TOKENS B", "DIFFERS", "ROW"),
        [_cells(pair, one, two) for pair in pairs[:SHOWN_ROWS]],
    )
    if len(pairs) > SHOWN_ROWS:
        print(f"… and {len(pairs) - SHOWN_ROWS:,} rows more; --json shows all.")
    print()
    _print_answers(one.answer or "", two.answer or "")
    return 0


def _differing(one: RunState, two: RunState) -> Iterator[tuple[str, str, str]]:
    """What was chosen otherwise: name, run A, run B."""
    return (row for row in choices(one, two) if row[1] != row[2])


def _cells(pair: Pair, one: RunState, two: RunState) -> list[str]:
    left, right = _figures(pair.left, one), _figures(pair.right, two)
    tokens = [_NONE if side is None or side.tokens is None else f"{side.tokens:,}" for side in (left, right)]
    times = [_NONE if side is None else seconds(side.duration) for side in (left, right)]
    only = "" if pair.is_whole else f"only in {'A' if pair.right is None else 'B'}"
    return [*times, *tokens, only or ", ".join(pair.differs), "  " * pair.level + _name(pair.left or pair.right)]


def _figures(node: Node | None, state: RunState) -> Figures | None:
    return None if node is None else figures(node, state.now)


def _name(node: Node | None) -> str:
    """A row in a few words."""
    match node:
        case IterationNode():
            return f"iteration {node.number}"
        case BatchNode():
            return f"{node.function} ×{node.size}"
        case CallNode():
            return f"{node.function or 'run'} “{one_line(node.prompt, 60)}”"
        case _:
            return ""


def _print_answers(one: str, two: str) -> None:
    if one == two:
        print("The answers are the same.")
        return
    print("Answers, A (-) and B (+):")
    lines = text_diff(one, two)
    for line in islice(lines, SHOWN_ROWS):
        print(line)
    if len(lines) > SHOWN_ROWS:
        print(f"… and {len(lines) - SHOWN_ROWS:,} lines more; --json shows all.")


def _as_json(left: RunRow, right: RunRow, one: RunState, two: RunState) -> dict[str, Any]:
    return {
        "runs": [row_as_json(left), row_as_json(right)],
        "choices": [{"name": name, "runs": [here, there]} for name, here, there in _differing(one, two)],
        "rows": [
            {
                "row": _name(pair.left or pair.right),
                "level": pair.level,
                "differs": list(pair.differs),
                "runs": [
                    dataclasses.asdict(side) if side is not None else None
                    for side in (_figures(pair.left, one), _figures(pair.right, two))
                ],
            }
            for pair in aligned(one, two)
        ],
        "answers": text_diff(one.answer or "", two.answer or ""),
    }
