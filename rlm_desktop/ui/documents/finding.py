"""Looking for words in a long text without holding up the window."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

PIECE = 1 << 18
"""Characters that are searched between two frames."""
MOST = 10_000


async def matches(text: str, words: str) -> AsyncIterator[list[int]]:
    """Where `words` stand, upper and lower case alike: the places of one piece of the text after the other."""
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()), re.IGNORECASE)
    longest = len(words) + 200
    found, last = 0, -1
    for start in range(0, max(1, len(text)), PIECE):
        end = min(len(text), start + PIECE + longest)
        places = [match.start() for match in pattern.finditer(text, start, end)]
        places = [place for place in places if last < place < start + PIECE]
        if places:
            last = places[-1]
            found += len(places)
            yield places
        if found >= MOST:
            return
        await asyncio.sleep(0)
