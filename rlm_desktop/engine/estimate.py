"""What a run will probably use, before it is asked: a range, for nobody knows what a root model will write.

The lower end is a root that finds the answer with searches and reads nothing whole; the upper end reads all of the
context once through sub-calls, with the aggregation that depth adds, and uses half of its iterations. A root that
reads everything twice goes beyond it: the limits hold, not the estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rlm_desktop.engine.events import Message
from rlm_desktop.engine.options import RunOptions
from rlm_desktop.engine.prices import Price

CHARACTERS_PER_TOKEN = 4
SYSTEM_TOKENS = 2_500
"""The system prompt and the description of the context."""
CODE_TOKENS = 400
"""A reply of a root: a cell and some words."""
REPLY_TOKENS = 300
"""A reply of a sub-call."""
CHUNK_TOKENS = 25_000
"""Of one sub-call's prompt, as the default prompt advises (`resources/prompts/advice.md`)."""
FEW_ITERATIONS = 3
_SUB_ITERATIONS = 4


@dataclass(frozen=True, slots=True)
class Use:
    """Tokens of one end of the range.

    Attributes:
        root_input / root_output: Of the root model.
        sub_input / sub_output: Of the sub-calls' model.
    """

    root_input: int
    root_output: int
    sub_input: int = 0
    sub_output: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.root_input + self.root_output + self.sub_input + self.sub_output

    def cost(self, root: Price | None, sub: Price | None) -> float | None:
        """US dollars; None where a price that is needed is not known."""
        total = 0.0
        for price, read, written in (
            (root, self.root_input, self.root_output),
            (sub, self.sub_input, self.sub_output),
        ):
            if not read and not written:
                continue
            if price is None:
                return None
            total += (read * price.input + written * price.output) / 1_000_000
        return total


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will probably use.

    Attributes:
        context_tokens: Of the documents.
        chunks: Sub-calls that it takes to read all of it.
        low / high: The ends of the range.
        low_usd / high_usd: None where a price is not known.
    """

    context_tokens: int
    chunks: int
    low: Use
    high: Use
    low_usd: float | None
    high_usd: float | None

    @property
    def is_known(self) -> bool:
        """Whether there is a price for both ends."""
        return self.low_usd is not None and self.high_usd is not None

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing for sure."""
        return self.high_usd == 0


def estimate_tokens(messages: list[Message]) -> int:
    """A rough count of the tokens of a request."""
    return sum(len(message.content) for message in messages) // CHARACTERS_PER_TOKEN + 4 * len(messages)


def estimate(characters: int, options: RunOptions, root: Price | None, sub: Price | None) -> Estimate:
    """What a run over so many characters will probably use.

    Args:
        characters: Of all documents.
        options: Depth, iterations and models.
        root: Price of the root model.
        sub: Price of the sub-calls' model.
    """
    tokens = math.ceil(characters / CHARACTERS_PER_TOKEN)
    chunks = math.ceil(tokens / CHUNK_TOKENS)
    shown = options.output_limit_at(0) // CHARACTERS_PER_TOKEN
    few = min(FEW_ITERATIONS, options.max_iterations)
    low = Use(*_root_use(few, min(shown, tokens, 1_000), options.window))
    many = max(few, options.max_iterations // 2)
    high_input, high_output = _root_use(many, min(shown, max(tokens, 500)), options.window)
    # Each level of rlm calls between the root and the reading adds a conversation for each of its calls.
    middle = sum(max(1, chunks // 8**level) for level in range(1, options.max_depth)) if chunks > 1 else 0
    middle_input, middle_output = _root_use(_SUB_ITERATIONS, min(shown, 1_000), options.window)
    high = Use(
        high_input,
        high_output,
        tokens + chunks * 200 + middle * middle_input,
        chunks * REPLY_TOKENS + middle * middle_output,
    )
    return Estimate(tokens, chunks, low, high, low.cost(root, sub), high.cost(root, sub))


def window_needs(root: str, sub: str, context_tokens: int) -> dict[str, int]:
    """Model -> tokens that its requests will grow to: a few iterations of the root, one piece for a sub-call."""
    needs = {sub: min(CHUNK_TOKENS, context_tokens)}
    needs[root] = max(needs.get(root, 0), min(16_000, 6_000 + context_tokens))
    return needs


def _root_use(iterations: int, shown: int, window: int) -> tuple[int, int]:
    """Input and output of a conversation: each iteration sends all before it again, up to the window."""
    read = sum(min(window, SYSTEM_TOKENS + number * (CODE_TOKENS + shown)) for number in range(iterations))
    return read, iterations * CODE_TOKENS
