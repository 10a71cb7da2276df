"""How much of a document the models of a run were shown, and which of its pages they were not.

What they were shown is what stood in their requests: the prompts of plain calls, and what cells printed. The
context of an rlm call is no part of that: its code looks into it. Texts are compared by pieces between line ends
and full stops, and a piece counts where it was shown whole. What a chunk cuts in two, or a cell prints in another
form, is missing, and what stands in two places counts in both: the share is about right, not exact.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import AskingNode

MOST_SHOWN = 32 << 20
"""Characters of requests that are looked at; a run with more is not measured."""
_LEAST = 16
"""Characters of a piece that tells anything: shorter ones stand everywhere."""
_PIECE = re.compile(r"[^\n.!?。！？]{1,4096}")
"""Of a text without ends, as packed JSON, a piece has a limit: other threads wait while it is looked for."""
_EDGES = " \t\r\xa0'\"[](){}<>,;:*_#|-"
"""What may stand around a piece where it is printed or quoted, and is none of it."""


class Share(NamedTuple):
    """What of a text was shown: a share from 0 to 1, and the pages, from 1, of which nothing was."""

    share: float
    unseen: tuple[int, ...] = ()


class Shown:
    """What models were shown, ready to be compared with documents."""

    def __init__(self) -> None:
        self._pieces: set[str] = set()

    def add(self, text: str) -> None:
        """A text that a model was shown; a line end in it may be an escape, as in the `repr` of a list."""
        text = text.replace("\\n", "\n")
        self._pieces.update(text[start:end] for start, end in _pieces(text))

    def share_of(self, text: str, pages: Sequence[int] = ()) -> Share | None:
        """How much of a text that was; None where nothing of it can be told. `pages` are where its pages begin."""
        total = shown = 0
        seen: dict[int, bool] = {}
        for start, end in _pieces(text):
            is_shown = text[start:end] in self._pieces
            total += end - start
            shown += end - start if is_shown else 0
            page = bisect_right(pages, start)
            seen[page] = seen.get(page, False) or is_shown
        if not total:
            return None
        unseen = tuple(page for page, is_seen in seen.items() if not is_seen) if pages else ()
        return Share(shown / total, unseen)


def shown_in(state: RunState, is_over: Callable[[], bool] = lambda: False) -> Shown | None:
    """What a run's models were shown; None where that is too much, or nobody waits any longer."""
    shown, left = Shown(), MOST_SHOWN
    for text in _requests(state):
        left -= len(text)
        if left < 0 or is_over():
            return None
        shown.add(text)
    return shown


def _requests(state: RunState) -> Iterator[str]:
    for node in state.nodes:
        if not isinstance(node, AskingNode):
            continue
        for exchange in node.requests:
            # What a model said itself is not shown to it.
            yield from (message.content for message in exchange.new_messages if message.role != "assistant")


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    for match in _PIECE.finditer(text):
        piece = match.group()
        start = match.start() + len(piece) - len(piece.lstrip(_EDGES))
        end = match.start() + len(piece.rstrip(_EDGES))
        if end - start >= _LEAST:
            yield start, end
