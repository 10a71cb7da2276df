"""Looking for words in a long text without holding up the window."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

PIECE = 1 << 18
"""Characters that are searched between two frames."""
MOST = 10_000


async def matches(text: str, words: str) -> AsyncIterator[list[tuple[int, int]]]:
    """Where `words` stand, upper and lower case alike and over line ends: piece by piece, as (start, end)."""
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()), re.IGNORECASE)
    longest = len(words) + 200
    found = last = 0
    for start in range(0, max(1, len(text)), PIECE):
        end = min(len(text), start + PIECE + longest)
        spans = [match.span() for match in pattern.finditer(text, max(start, last), end)]
        spans = [span for span in spans if span[0] < start + PIECE]
        if spans:
            last = spans[-1][1]
            found += len(spans)
            yield spans
        if found >= MOST:
            return
        await asyncio.sleep(0)
