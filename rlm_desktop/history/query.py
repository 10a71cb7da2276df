"""What a person types into the search: words, "phrases", prefixes*, -exclusions and fields, as in `code:regex`.

All words must be in one text. Fields say in what kinds of texts; several fields mean any of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FIELDS = ("question", "answer", "prompt", "response", "code", "output", "error", "document")
"""The kinds of texts that are searched."""
_ALIASES = {"reply": "response", "documents": "document", "errors": "error", "prompts": "prompt", "q": "question"}
SHORTEST_PREFIX = 3
_LONGEST, _MOST = 200, 40
_ITEM = re.compile(r'(?P<minus>-)?(?:(?P<field>\w+):\s*)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_LAST_WORD = re.compile(r"(?<![^\W_])[^\W_]+\Z")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow one another; with `is_prefix` the last may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A text fits when it has all `terms` and none of `excluded` and is of one of `fields` (of any, when empty)."""

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...] = ()
    fields: tuple[str, ...] = ()


def parse(text: str, *, is_typing: bool = False) -> Query:
    """The query that a text stands for. Any text is one; a text without words finds nothing.

    While it `is_typing`, the last word may go on once it has `SHORTEST_PREFIX` letters.
    """
    if is_typing and (last := _LAST_WORD.search(text)) and len(last[0]) >= SHORTEST_PREFIX:
        text += "*"
    terms: list[Term] = []
    excluded: list[Term] = []
    fields: list[str] = []
    for item in _ITEM.finditer(text.replace("\0", " ")):
        field = (item["field"] or "").lower()
        field = _ALIASES.get(field, field)
        source = item["phrase"] if item["phrase"] is not None else item["word"]
        if field and field not in FIELDS:
            source = f"{item['field']} {source}"
        elif field and field not in fields:
            fields.append(field)
        term = _term(source)
        if term is not None and len(terms) + len(excluded) < _MOST:
            (excluded if item["minus"] else terms).append(term)
    return Query(tuple(terms), tuple(excluded), tuple(fields))


def _term(source: str) -> Term | None:
    words = tuple(word[:_LONGEST] for word in _WORD.findall(source)[:_MOST])
    return Term(words, source.endswith("*")) if words else None
