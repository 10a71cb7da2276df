"""Two runs side by side: which rows belong together, and what is different. Pure functions over two `RunState`s."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from statistics import median
from typing import Any

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node, Tally

MOST_CELLS = 250_000
"""Pairs that the exact matching looks at; of longer lists the next row of the same kind is taken."""
MOST_LINES = 20_000
"""Lines of a text that are compared; what comes after is left out and said."""
BINS = 16


@dataclass(frozen=True, slots=True)
class Figures:
    """What a row took, all below it included. `tokens` and `cost_usd` are None where nothing is known of them."""

    duration: float
    calls: int
    tokens: int | None
    cost_usd: float | None
    errors: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of one run beside the row of the other that does the same; None where there is none.

    Attributes:
        level: How deep it is indented.
        differs: What is different of the two: `code`, `output`, `answer`, `status`, `function`.
    """

    left: Node | None
    right: Node | None
    level: int
    differs: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether both runs have it."""
        return self.left is not None and self.right is not None


@dataclass(frozen=True, slots=True)
class Spread:
    """The durations of a batch's calls, in seconds, as a distribution.

    Attributes:
        counts: How many calls are in each of `BINS` steps from 0 to the limit that both sides share.
    """

    size: int
    least: float
    median: float
    most: float
    counts: tuple[int, ...]


def aligned(left: RunState, right: RunState) -> list[Pair]:
    """The rows of both runs in order, those that belong together in one pair.

    Iterations and calls belong together by kind, function and depth, and first of all where their code or prompt is
    the same. The calls of a batch are no pairs: a batch is one row, with a distribution (see `spreads`).
    """
    pairs: list[Pair] = []
    # The next pair is at the end. Not recursive: runs may be nested deeper than Python's own stack.
    waiting: list[tuple[Node | None, Node | None, int]] = [(left.root, right.root, 0)]
    while waiting:
        one, other, level = waiting.pop()
        if one is None and other is None:
            continue
        pairs.append(Pair(one, other, level, _differences(one, other)))
        below = matched(_rows_below(one), _rows_below(other))
        waiting.extend((first, second, level + 1) for first, second in reversed(below))
    return pairs


def _rows_below(node: Node | None) -> Sequence[Node]:
    return () if node is None or isinstance(node, BatchNode) else node.children


def kind_of(node: Node) -> tuple[Any, ...]:
    """What must be alike in two rows that belong together."""
    if isinstance(node, CallNode):
        return ("call", node.kind, node.function, node.depth)
    if isinstance(node, BatchNode):
        return ("batch", node.function, node.level)
    return ("iteration",)


def _text_of(node: Node) -> tuple[Any, ...]:
    """Kind and text: what is surely the same row of another run."""
    if isinstance(node, CallNode):
        return (*kind_of(node), node.prompt)
    if isinstance(node, IterationNode):
        return (*kind_of(node), code_of(node))
    return (*kind_of(node), node.size if isinstance(node, BatchNode) else 0)


def matched(left: Sequence[Node], right: Sequence[Node]) -> list[tuple[Node | None, Node | None]]:
    """Two lists of rows as one of pairs, each in its order: the same rows first, between them those of one kind."""
    pairs: list[tuple[Node | None, Node | None]] = []
    for some, others in _stretches(left, right, _text_of):
        if len(some) == len(others) == 1 and _text_of(some[0]) == _text_of(others[0]):
            pairs.append((some[0], others[0]))
            continue
        for ones, twos in _stretches(some, others, kind_of):
            if len(ones) == len(twos) == 1 and kind_of(ones[0]) == kind_of(twos[0]):
                pairs.append((ones[0], twos[0]))
            else:
                pairs += [(one, None) for one in ones]
                pairs += [(None, two) for two in twos]
    return pairs


_Stretch = tuple[Sequence[Node], Sequence[Node]]


def _stretches(left: Sequence[Node], right: Sequence[Node], key: Callable[[Node], Any]) -> Iterator[_Stretch]:
    """Both lists cut where rows with the same key face each other; such a couple is a stretch of its own."""
    at = then = 0
    for one, two in [
        *_common([key(node) for node in left], [key(node) for node in right]),
        (len(left), len(right)),
    ]:
        if at < one or then < two:
            yield left[at:one], right[then:two]
        if one < len(left):
            yield left[one : one + 1], right[two : two + 1]
        at, then = one + 1, two + 1


def _common(left: list[Any], right: list[Any]) -> list[tuple[int, int]]:
    """Places of a longest common subsequence; of very long lists, of a common subsequence."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    found = [(place, place) for place in range(start)]
    rest, others = left[start:], right[start:]
    find = _longest_common if len(rest) * len(others) <= MOST_CELLS else _next_common
    return found + [(start + one, start + two) for one, two in find(rest, others)]


def _longest_common(left: list[Any], right: list[Any]) -> list[tuple[int, int]]:
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for one in range(len(left) - 1, -1, -1):
        for two in range(len(right) - 1, -1, -1):
            is_same = left[one] == right[two]
            below, beside = lengths[one + 1][two], lengths[one][two + 1]
            lengths[one][two] = lengths[one + 1][two + 1] + 1 if is_same else max(below, beside)
    found: list[tuple[int, int]] = []
    one = two = 0
    while one < len(left) and two < len(right):
        if left[one] == right[two]:
            found.append((one, two))
            one, two = one + 1, two + 1
        elif lengths[one + 1][two] >= lengths[one][two + 1]:
            one += 1
        else:
            two += 1
    return found


def _next_common(left: list[Any], right: list[Any]) -> list[tuple[int, int]]:
    """For each on the left the next one like it on the right, without looking back."""
    places: dict[Any, list[int]] = {}
    for place in range(len(right) - 1, -1, -1):
        places.setdefault(right[place], []).append(place)
    found: list[tuple[int, int]] = []
    least = 0
    for one, key in enumerate(left):
        waiting = places.get(key, [])
        while waiting and waiting[-1] < least:
            waiting.pop()
        if waiting:
            found.append((one, waiting.pop()))
            least = found[-1][1] + 1
    return found


# -- what is different ----------------------------------------------------------------------------------------


def _differences(left: Node | None, right: Node | None) -> tuple[str, ...]:
    if left is None or right is None:
        return ()
    found = ["status"] if left.status != right.status else []
    if isinstance(left, IterationNode) and isinstance(right, IterationNode):
        found += ["code"] if code_of(left) != code_of(right) else []
        found += ["output"] if output_of(left) != output_of(right) else []
    elif isinstance(left, CallNode) and isinstance(right, CallNode):
        found += ["answer"] if result_of(left) != result_of(right) else []
    return tuple(found)


def code_of(node: Node | None) -> str:
    """The code that an iteration ran."""
    return "\n\n".join(cell.code for cell in node.cells) if isinstance(node, IterationNode) else ""


def output_of(node: Node | None) -> str:
    """What the cells of an iteration printed, with their errors."""
    if not isinstance(node, IterationNode):
        return ""
    parts = [part for cell in node.cells for part in (cell.stdout, cell.stderr, cell.traceback or cell.error)]
    return "\n".join(part.rstrip("\n") for part in parts if part)


def result_of(node: Node | None) -> str:
    """What a call came to; nothing for one that was cut off, whose last response is no answer."""
    if not isinstance(node, CallNode) or node.status == EndState.INTERRUPTED:
        return ""
    response = node.exchange.text if node.exchange is not None and node.status == EndState.COMPLETED else ""
    return node.result or node.answer or response


def figures(node: Node, now: float) -> Figures:
    """What a row took; one that has not ended until `now`."""
    tally = _tally(node)
    known = tally.requests > tally.unknown_usage
    priced = tally.requests > tally.unknown_cost
    return Figures(
        duration=(now if node.finished is None else node.finished) - node.started,
        calls=tally.calls,
        tokens=tally.input_tokens + tally.output_tokens if known or not tally.requests else None,
        cost_usd=tally.cost_usd if priced or not tally.requests else None,
        errors=tally.errors,
    )


def _tally(node: Node) -> Tally:
    return node.subtree if isinstance(node, CallNode | IterationNode | BatchNode) else Tally()


def spreads(left: Node | None, right: Node | None) -> tuple[Spread | None, Spread | None]:
    """The durations of the calls of two batches, in steps that both share."""
    sides = [_durations(node) for node in (left, right)]
    limit = max((max(side) for side in sides if side), default=0.0)
    first, second = (_spread(side, limit) if side else None for side in sides)
    return first, second


def _durations(node: Node | None) -> list[float]:
    if not isinstance(node, BatchNode):
        return []
    return [child.finished - child.started for child in node.children if child.finished is not None]


def _spread(durations: list[float], limit: float) -> Spread:
    counts = [0] * BINS
    for duration in durations:
        counts[min(BINS - 1, int(duration / limit * BINS)) if limit > 0 else 0] += 1
    return Spread(len(durations), min(durations), median(durations), max(durations), tuple(counts))


def choices(left: RunState, right: RunState) -> list[tuple[str, str, str]]:
    """What was chosen for the two runs: name, left, right; the differences first."""
    one, two = _choices(left), _choices(right)
    names = list(dict.fromkeys([*one, *two]))
    rows = [(name, one.get(name, "–"), two.get(name, "–")) for name in names]
    return sorted(rows, key=lambda row: row[1] == row[2])


def _choices(state: RunState) -> dict[str, str]:
    started = state.started
    if started is None:
        return {}
    named = {
        "question": started.question,
        "documents": ", ".join(document.name for document in started.documents),
        "root_model": started.root_model,
        "sub_model": started.sub_model,
        "isolation": started.isolation,
        "app_version": started.app_version,
    }
    settings = {name: "none" if value is None else str(value) for name, value in started.settings.items()}
    return {**named, **settings}


def text_diff(left: str, right: str, *, context: int = 3) -> list[str]:
    """The lines of a unified diff without its head; empty when the texts are the same. May take long."""
    one, two = left.splitlines(), right.splitlines()
    cut = max(len(one), len(two)) - MOST_LINES
    lines = list(unified_diff(one[:MOST_LINES], two[:MOST_LINES], lineterm="", n=context))[2:]
    return [*lines, f"… {cut:,} lines more were not compared"] if cut > 0 else lines
