"""Notices a model that goes round in circles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rlm_desktop.engine.parsing import Block
from rlm_desktop.repl.host import CellResult
from rlm_desktop.repl.wire import Variable

MAX_STALLS = 3
"""Replies in a row that bring nothing new, after which the call winds up."""
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Stalls:
    """Counts the replies of one rlm call that brought nothing new.

    Attributes:
        count: How many in a row.
    """

    def __init__(self) -> None:
        self.count = 0
        self._seen: set[int] = set()

    def add(self) -> None:
        """A reply of which nothing could be run."""
        self.count += 1

    def look_at(self, blocks: Sequence[Block], results: Sequence[CellResult]) -> None:
        """A reply whose code was run: nothing new is the same code with the same output and variables as before.

        Code alone says little: `print(llm_query(chunks[i])); i += 1` may be the whole of a model's work.
        """
        brought = [
            (result.stdout, result.stderr, result.error, *map(_without_address, result.variables))
            for result in results
        ]
        turn = hash((*(block.code.strip() for block in blocks), *brought))
        self.count = self.count + 1 if turn in self._seen else 0
        self._seen.add(turn)

    def forget(self) -> None:
        """The model no longer has before it what it saw, and may look again."""
        self._seen.clear()


def _without_address(variable: Variable) -> tuple[str, str, int | None, str]:
    """A variable without the address that its object has by chance."""
    return variable.name, variable.type, variable.size, _ADDRESS.sub("", variable.preview)
