"""Answers taken from a text: the passages that fit a question best, word for word, with their place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from rlm_desktop.engine.offline.passages import Passage, passages
from rlm_desktop.engine.offline.query import Query, Term, rank, understand
from rlm_desktop.engine.offline.text import TOKEN, is_stop_word, language_of, sentences, stem

NOTHING_FOUND = "NOTHING FOUND"
LONGEST_QUOTE = 480
_CONTENTS = re.compile(r"(?:[-*•]\s+)?(?:\d+\.)*\d+\.?\s+[^\W\d_].{0,80}[^.!?:;,]$")
"""An entry of a table of contents: it says where, not what."""
_LEANS = re.compile(
    r"(?!this (?:manual|document|report|book|paper|article|guide|text|study|page|chapter|section)\b)"
    r"(?:this|that|these|those|it|they|he|she|such|otherwise|then|if so|if not|for example|however|therefore)\b"
    r"|[^\w\"'“‘(`]|\d+[.)]\s",
    re.I,
)
"""A sentence that leans on the one before it, or an item of a list."""
_SHORT_QUOTE = 200
"""A shorter passage is quoted whole."""
ENOUGH = 0.42
"""By default."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the text (single-spaced), where the passage begins, the heading above, and how well it fits."""

    text: str
    start: int
    heading: str
    score: float


def quotes(question: str, text: str, *, most: int = 4, enough: float = ENOUGH) -> list[Quote]:
    """The best quotations that answer `question`, best first; none when nothing fits.

    Args:
        question: What is asked.
        text: What to quote from.
        most: How many quotations at most.
        enough: The share of the question's weight that a quotation and what stands above it must hold.
    """
    query = understand(question, text)
    found = passages(text)
    ranked = rank(
        query, [passage.text for passage in found], [(passage.heading, passage.header) for passage in found]
    )
    result: list[Quote] = []
    for scored in ranked[: most * 3]:
        if _CONTENTS.match(found[scored.index].text):
            continue
        if scored.coverage < enough or (result and scored.score < result[0].score * 0.5):
            continue
        passage = found[scored.index]
        quoted = _shortened(query, passage)
        if any(quoted in other.text or other.text in quoted for other in result):
            continue
        result.append(Quote(quoted, passage.start, passage.heading, scored.score))
        if len(result) == most:
            break
    return result


def _shortened(query: Query, passage: Passage) -> str:
    """The passage, or its best run of whole sentences when it is long: the best one and neighbours that fit."""
    if len(passage.text) <= _SHORT_QUOTE:
        return passage.text
    parts = sentences(passage.text)
    ranked = rank(query, parts)
    if not ranked:
        return passage.text[:LONGEST_QUOTE]
    first = last = ranked[0].index
    scores = {scored.index: scored.score for scored in ranked}
    while True:
        options = [index for index in (first - 1, last + 1) if 0 <= index < len(parts)]
        options.sort(key=lambda index: -scores.get(index, 0.0))
        length = sum(len(part) + 1 for part in parts[first : last + 1])
        fitting = [
            index
            for index in options
            if length + len(parts[index]) < LONGEST_QUOTE
            and (scores.get(index, 0.0) >= 0.35 * ranked[0].score or _LEANS.match(parts[max(index, first)]))
        ]
        if not fitting:
            break
        first, last = min(first, fitting[0]), max(last, fitting[0])
    chosen = " ".join(parts[first : last + 1])
    return chosen if len(chosen) <= LONGEST_QUOTE * 2 else chosen[: LONGEST_QUOTE * 2].rsplit(" ", 1)[0]


def gist(text: str, *, most: int = 3) -> list[Quote]:
    """The sentences that share most of a text's frequent words, in the order of the text."""
    found = [passage for passage in passages(text) if _is_prose(passage)]
    units: list[tuple[str, Passage, int]] = []
    for passage in found[:4_000]:
        units += [
            (part, passage, place) for place, part in enumerate(sentences(passage.text)) if 40 < len(part) < 600
        ]
    if not units:
        return []
    query = _frequent_words(" ".join(unit[0] for unit in units[:2_000]))
    weights = [term.weight for term in query.terms]
    scores: list[float] = []
    for index, (part, _, place) in enumerate(units):
        gained = sum(weights[term] for term in query.matches(part))
        early = 1.0 + 1.0 / (1 + index * 0.5) + (0.15 if place == 0 else 0.0)
        scores.append(gained / (len(part) + 120) * early * (0.6 if _LEANS.match(part) else 1.0))
    first_of = {unit[0]: index for index, unit in reversed(list(enumerate(units)))}  # said twice, it counts once
    best = sorted(first_of.values(), key=lambda index: (-scores[index], index))[:most]
    return [
        Quote(units[index][0], units[index][1].start, units[index][1].heading, scores[index])
        for index in sorted(best)
    ]


def _is_prose(passage: Passage) -> bool:
    """Whether a passage holds whole sentences: no row, no entry of a table of contents."""
    return (
        not passage.is_row
        and not passage.header
        and len(passage.text) > 40
        and passage.text.rstrip("\"'”’)]*")[-1:] in ".!?。！？"
    )


def _frequent_words(text: str) -> Query:
    language = language_of(text)
    counts = Counter(word for word in TOKEN.findall(text.lower()) if len(word) > 2 and not is_stop_word(word))
    by_stem: Counter[str] = Counter()
    for word, count in counts.most_common(200):
        by_stem[stem(word, language)] += count
    terms = tuple(Term(word, (word,), float(count)) for word, count in by_stem.most_common(25))
    return Query("", language, terms)
