"""Questions about a graph that the text writes as arrows, `a -> b`: what leads where, and over how many steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARROWS_SEEN = re.compile(r"^arrows: ", re.M)
NO_NODE = "the question names none of its nodes"
"""What the walk prints when it cannot begin: then the question is put to the text like any other."""
_OPERATIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (operation, re.compile(pattern, re.I))
    for operation, pattern in (
        ("path", r"\bpath\b|\broute\b|\bhow (?:do|does|can|could) .+ (?:get|lead|come) (?:from .+ )?to\b"),
        ("level", r"\bBFS\b|\bbreadth[- ]first\b|\b(?:depth|distance)\b|\b\d+ (?:hops?|steps?|edges)\b"),
        ("above", r"\bancestors?\b|\bdepends? (?:\w+ )?on\b"),
        ("parents", r"\bparents?\b|\bpredecessors?\b|\b(?:what|which|who)(?: \w+)? (?:points?|leads?|links?) to\b"),
        ("below", r"\breach(?:able|ed)?\b|\bdescendants?\b|\bdownstream\b"),
        ("children", r"\b(?:child|children|successors?|neighbou?rs?)\b|\b(?:point|lead|link|go) to\b"),
    )
)  # fmt: skip
_STEPS = re.compile(r"\b(?:depth|distance)(?: of)? (\d+)\b|\b(\d+) (?:hops?|steps?|edges)\b", re.I)
_WITHIN = re.compile(r"\b(?:within|at most|up to)\b[^.]{0,20}\d", re.I)


@dataclass(frozen=True, slots=True)
class Links:
    """What to follow: `path`, `parents`, `children`, all `above` or `below`, or the `level` after some steps."""

    operation: str
    steps: int = 1
    is_within: bool = False


def links_to_follow(question: str, output: str) -> Links | None:
    """What a question asks of the arrows that the look at the context saw."""
    if not _ARROWS_SEEN.search(output) or NO_NODE in output:
        return None
    operation = next((name for name, pattern in _OPERATIONS if pattern.search(question)), "")
    if not operation:
        return None
    steps = _STEPS.search(question)
    return Links(operation, int(steps[1] or steps[2]) if steps else 1, _WITHIN.search(question) is not None)
