"""A question as the offline model understands it: weighted terms, the kind of answer wanted, and how it scores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise, takewhile
from math import log

from rlm_desktop.engine.offline.text import (
    TOKEN,
    has_cjk,
    irregular_forms,
    is_stop_word,
    language_of,
    parts,
    single_spaced,
    stem,
)
from rlm_desktop.engine.offline.words import ALIKE, WEAK_WORDS

_LITERAL = re.compile(r"/[\w.-]+(?:/[\w.*-]+)*|[\"“”'‘’«»`]([^\"“”'‘’«»`\n]{2,80})[\"“”'‘’«»`]")
_FOCUS = re.compile(
    r"^\s*(?:(?:which|list(?: all)?(?: the)?)\s+(?:main |major |key )?([a-z][\w-]{3,})|what (\w{3,}s))\b", re.I
)
"""What is asked for: `risks` in `Which risks are named ...?`"""
_ATTRIBUTE = re.compile(r"^\s*what (\w+)(?<!s) (?:is|are|was|were|does|do|did|has|have|can)\b", re.I)
"""A word that the answer replaces: `colour` in `What colour is the sky?`"""
_FRAME = re.compile(r"\b(?:in|of|for|from|by) (?:the|each|every|all(?: the)?|any) (\w+) of\b", re.I)
"""Where: `states` in `... in the states of Germany`."""
_YEAR = re.compile(r"(?:19|20)\d\d$")
_CJK_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CJK_FILLER = re.compile(r"[ぁ-ん]+|的|了|是|在|什么|什麼|吗|嗎|哪|谁|誰|多少|何|です|ます")
_WANTS = (
    ("date", re.compile(r"\b(when|what (?:year|date|day|time)|since when|wann|quand|cuándo|quando|когда)\b", re.I)),
    ("person", re.compile(r"\b(who|whom|whose|wer|wem|qui|quién|quiénes|chi|кто)\b", re.I)),
    ("place", re.compile(r"\b(where|in which (?:city|country|place)|wo|où|dónde|dove|где)\b", re.I)),
    (
        "number",
        re.compile(r"\b(how (?:many|much|long|old|far|large|big|high|tall)|wie ?viele?|combien|cuánt\w+)\b", re.I),
    ),
)
_EVIDENCE = {
    "date": re.compile(
        r"\b(?:1[0-9]|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b(?:when|if|after|before|during|until|while|once)\b"
        r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    ),
    "person": re.compile(
        r"\b[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ]\.)* [A-ZÀ-Þ][\w'’-]+|\b(?:maintainer|chair|head|director)s?\b"
    ),
    "place": re.compile(r"\b(?:in|at|near|under|from|below)\b [\"A-ZÀ-Þ/]"),
    "number": re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million)\b"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A word or literal of the question.

    Attributes:
        shown: As the question writes it.
        stems: What counts as this word; the first is its own stem, others mean the like.
        weight: Names, numbers and literals count more, words that say little count less.
        literal: Text to be found as it stands (a path, a quotation, a compound), or empty.
        forms: The words of `stems` as they are written, and their language.
    """

    shown: str
    stems: tuple[str, ...]
    weight: float
    literal: str = ""
    forms: tuple[str, ...] = ()
    language: str = "english"

    @property
    def pattern(self) -> str:
        """A regular expression that finds it, for code in the REPL."""
        if self.literal:
            flexible = r"[\s\W]{0,3}".join(re.escape(part) for part in parts(self.literal)) or re.escape(
                self.literal
            )
            return rf"(?<!\w){flexible}" if self.literal[0].isalnum() else re.escape(self.literal)
        return "|".join(_word_pattern(beginning) for beginning in self.beginnings)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """How what is to be found begins in a text."""
        return (self.literal,) if self.literal else _beginnings(self.forms, self.language) or self.stems


_SHORT = 3
"""Letters: what is no longer may only have the usual endings, lest `car` finds `carbon`."""


def _beginnings(words: Sequence[str], language: str) -> tuple[str, ...]:
    """How words begin in a text, whatever their ending: a stem may change letters (`koln` for `Köln`)."""
    found: list[str] = []
    for word in words:
        stemmed = stem(word, language)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, stemmed, strict=False)))
        beginning = word[: same if same >= max(1, len(stemmed) - 2) else len(stemmed)] or word
        found.append(beginning)
        if len(beginning) <= _SHORT and beginning != word:
            found.append(word)  # too little is left of `settings` or `copy` to allow any ending
        if language == "english":
            found += irregular_forms(stemmed)
    return tuple(dict.fromkeys(found))


def _word_pattern(word: str) -> str:
    if has_cjk(word):
        return re.escape(word)
    if word.isdigit():
        return rf"(?<![\w]){word}(?!\w)"
    if len(word) > 4 and word.endswith("i"):
        word = word[:-1]
    tail = r"\w*" if len(word) > _SHORT else rf"(?:s|es|{re.escape(word[-1])}?(?:ed|ings?|ers?))?(?!\w)"
    return rf"(?<!\w){re.escape(word)}{tail}"


@dataclass(slots=True)
class Query:
    """The terms of a question, and what kind of answer it wants (date, person, place, number or nothing)."""

    question: str
    language: str
    terms: tuple[Term, ...]
    wants: str = ""
    pairs: frozenset[tuple[int, int]] = frozenset()
    _by_stem: dict[str, tuple[tuple[int, float], ...]] = field(
        default_factory=dict[str, tuple[tuple[int, float], ...]]
    )
    _by_token: dict[str, tuple[tuple[int, float], ...]] = field(
        default_factory=dict[str, tuple[tuple[int, float], ...]]
    )
    _literals: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        table: dict[str, dict[int, float]] = {}
        for index, term in enumerate(self.terms):
            if term.literal:
                continue
            for place, word in enumerate(term.stems):
                table.setdefault(word, {}).setdefault(index, 1.0 if place == 0 else 0.5)
        self._by_stem = {word: tuple(hits.items()) for word, hits in table.items()}
        self._literals = tuple((i, term.literal.lower()) for i, term in enumerate(self.terms) if term.literal)
        # Only words that begin alike are stemmed. Stemming may change letters (Häuser, haus), in English seldom.
        self._reach = 2 if self.language == "english" else 1
        beginnings = (word for term in self.terms if not term.literal for word in (*term.stems, *term.beginnings))
        self._prefixes = {word[: self._reach] for word in beginnings}

    _prefixes: set[str] = field(default_factory=set[str])
    _reach: int = 2

    @property
    def total(self) -> float:
        """The weight of all terms."""
        return sum(term.weight for term in self.terms)

    def matches(self, text: str) -> dict[int, float]:
        """Which terms `text` holds, and how well (1 the word itself, 0.5 one that means the like)."""
        found: dict[int, float] = {}
        lowered = text.lower()
        for token in TOKEN.findall(lowered):
            for index, strength in self._token(token):
                if strength > found.get(index, 0.0):
                    found[index] = strength
        for index, literal in self._literals:
            if literal in lowered:
                found[index] = 1.0
        return found

    def adjacent(self, text: str) -> int:
        """How many pairs of words that stand together in the question stand together in `text` too."""
        if not self.pairs:
            return 0
        last: list[int] = []
        seen: set[tuple[int, int]] = set()
        for token in TOKEN.findall(text.lower()):
            here = [index for index, _ in self._token(token)]
            seen.update((a, b) for a in (*last, *here) for b in here if (a, b) in self.pairs)
            last = here or last[-1:]
        return len(seen)

    def _token(self, token: str) -> tuple[tuple[int, float], ...]:
        hits = self._by_token.get(token)
        if hits is None:
            hits = self._by_token[token] = self._look_up(token)
        return hits

    def _look_up(self, token: str) -> tuple[tuple[int, float], ...]:
        found: dict[int, float] = {}
        words = parts(token)
        for word in {token, *words}:
            candidates = [word[i : i + 2] for i in range(len(word) - 1)] if has_cjk(word) else [word]
            for candidate in candidates:
                if candidate[: self._reach] not in self._prefixes:
                    continue
                for index, strength in self._by_stem.get(stem(candidate, self.language), ()):
                    found[index] = max(found.get(index, 0.0), strength)
        return tuple(found.items())


def understand(question: str, sample: str = "") -> Query:
    """The query for a question; `sample` of the text helps to tell the language of a short question."""
    language = language_of(f"{question} {sample[:2_000]}" if len(question) < 40 else question)
    terms: list[Term] = []
    rest = question
    focus = _FOCUS.search(question)
    frame = _FRAME.search(question)
    attribute = _ATTRIBUTE.search(question)
    for match in _LITERAL.finditer(question):
        literal = single_spaced(match[1] or match[0]).rstrip("?.!,")
        if len(literal) > 1:
            terms.append(Term(literal, (), 2.0, literal))
            if match[0].startswith("/"):
                rest = rest.replace(match[0], " ")
    seen: set[str] = {term.literal.lower() for term in terms}
    order: list[int] = []
    for position, token in enumerate(TOKEN.findall(rest)):
        for term in _terms(token, language, is_first=position == 0):
            key = term.literal.lower() or term.stems[0]
            if key in seen:
                continue
            seen.add(key)
            order.append(len(terms))
            weight = term.weight
            if focus and term.shown in focus.groups():
                weight *= 1.6
            if any(match and term.shown == match[1] for match in (frame, attribute)):
                weight *= 0.4
            terms.append(term if weight == term.weight else replace(term, weight=weight))
    pairs = frozenset(pairwise(order))
    wants = next((kind for kind, pattern in _WANTS if pattern.search(question)), "")
    return Query(question, language, tuple(terms), wants, pairs)


@lru_cache(maxsize=10_000)
def _terms(token: str, language: str, *, is_first: bool) -> tuple[Term, ...]:
    if has_cjk(token):
        words = [run for run in _CJK_RUN.findall(_CJK_FILLER.sub(" ", token)) if run]
        pairs = {run[i : i + 2] for run in words for i in range(max(1, len(run) - 1))}
        return tuple(Term(pair, (pair,), 1.0) for pair in sorted(pairs, key=token.find))
    words = parts(token)
    result: list[Term] = []
    if len(words) > 1 and not token.lower().endswith(("'s", "’s")):
        result.append(Term(token, (), 1.6, token))
    for word in words:
        lowered = word.lower()
        if is_stop_word(lowered) and not (word.isupper() and len(word) > 1 and not is_first):
            continue
        if len(lowered) == 1 and not lowered.isdigit():
            continue
        weight = 0.4 if lowered in WEAK_WORDS else 1.0
        if _YEAR.match(word):
            weight = 0.7
        elif any(c.isdigit() for c in word) or (word[0].isupper() and not is_first) or word.isupper():
            weight = 1.5
        if len(words) > 1:
            weight *= 0.5
        forms = [lowered, *(sorted(ALIKE.get(lowered, ())) if language == "english" else ())]
        stems = tuple(dict.fromkeys(stem(form, language) for form in forms))
        result.append(Term(word, stems, weight, forms=tuple(forms), language=language))
    return tuple(result)


@dataclass(frozen=True, slots=True)
class Scored:
    """A text with how well it answers: `coverage` is the share of the question's weight that it holds, 0 to 1."""

    index: int
    score: float
    coverage: float


def rank(query: Query, texts: Sequence[str], above: Sequence[tuple[str, str]] = ()) -> list[Scored]:
    """All texts that hold any term, best first: BM25-like, with adjacency and the kind of answer.

    Args:
        query: What is asked.
        texts: The candidates.
        above: Heading and header of each: words there count too, for less.
    """
    if not query.terms or not texts:
        return []
    matches = [query.matches(text) for text in texts]
    known = {text: query.matches(text) for text in {text for pair in above for text in pair}}
    count = len(texts)
    df = [sum(index in found for found in matches) for index in range(len(query.terms))]
    known_in = max(10, count)
    idf = [log(1 + (known_in - n + 0.5) / (n + 0.5)) + 0.3 for n in df]
    best_possible = sum(term.weight * idf[i] for i, term in enumerate(query.terms)) or 1.0
    total = query.total or 1.0
    average = sum(len(text) for text in texts) / count or 1.0
    evidence = _EVIDENCE.get(query.wants)
    result: list[Scored] = []
    for index, found in enumerate(matches):
        strength = dict(found)
        for text, share in zip(above[index] if above else (), (0.6, 0.9), strict=False):
            for term, value in known[text].items():
                strength[term] = max(strength.get(term, 0.0), share * value)
        if not found and (not above or not known[above[index][1]]):
            continue
        covered = sum(query.terms[term].weight * value for term, value in strength.items())
        gained = sum(query.terms[term].weight * idf[term] * value for term, value in strength.items())
        text = texts[index]
        length = 1.0 / (0.75 + 0.25 * min(3.0, len(text) / average))
        score = gained / best_possible * length * (0.5 + covered / total)
        score *= 1 + 0.15 * query.adjacent(text)
        if evidence and evidence.search(text):
            score *= 1.15
        result.append(Scored(index, score, covered / total))
    result.sort(key=lambda scored: (-scored.score, scored.index))
    return result
