"""Vectors of texts without a model: the hashing trick over stemmed words and their pairs.

Deterministic, and labelled as what it is: near in wording, not in meaning. Weinberger et al. 2009, "Feature Hashing
for Large Scale Multitask Learning".
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

HASHING_MODEL = "offline-hashing"
DIMENSIONS = 512
_WORD = re.compile(r"\w+")


def hash_vectors(texts: Sequence[str]) -> list[list[float]]:
    """A vector of `DIMENSIONS` numbers and length 1 (all zeros for a text without words) for each text."""
    import snowballstemmer  # pyright: ignore[reportMissingTypeStubs]

    stemmer = cast(Any, snowballstemmer).stemmer("english")
    return [_vector(stemmer.stemWords(_WORD.findall(text.lower()))) for text in texts]


def _vector(words: list[str]) -> list[float]:
    vector = [0.0] * DIMENSIONS
    features = Counter(words)
    features.update(f"{first} {second}" for first, second in pairwise(words))
    for feature, count in features.items():
        code = zlib.crc32(feature.encode("utf-8", "replace"))
        sign = 1.0 if code & 0x8000_0000 else -1.0
        vector[code % DIMENSIONS] += sign * (1.0 + math.log(count))
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else vector
