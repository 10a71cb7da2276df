"""The code that the offline model writes as root: templates of cells, filled with what the question says.

Each template in `resources/offline` is Python that runs in the REPL worker with the standard library only. Names
in double underscores are filled by `cell` with literals, so that no question can break the code. The first line
of each cell is its title. The model tells from the cells in the conversation how far it has come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rlm_desktop.engine.offline.query import Query
from rlm_desktop.paths import resource

_SLOT = re.compile(r"__([A-Z]+)__")


class Code(str):
    """A value for `fill` that is code already."""

    __slots__ = ()


@cache
def _template(name: str) -> str:
    return resource(f"offline/{name}.txt").read_text(encoding="utf-8").strip("\n")


def title(name: str) -> str:
    """The first line of a cell."""
    return _template(name).split("\n", 1)[0]


def cell(template: str, /, **values: object) -> str:
    """The cell `template` with each `__SLOT__` replaced by the literal of `slot`."""

    def literal(match: re.Match[str]) -> str:
        value = values[match[1].lower()]
        return value if isinstance(value, Code) else literal_of(value)

    return _SLOT.sub(literal, _template(template))


def literal_of(value: object) -> str:
    """A value as Python code: no fence can end in it, and no character that UTF-8 cannot carry stands in it."""
    text = repr(value)
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = ascii(value)
    return text.replace("```", "\\x60" * 3)


def terms_literal(query: Query) -> Code:
    """The question's words as a dict literal: word -> (regular expression, weight), one per line."""
    parts_of_literals = {
        part for term in query.terms if term.literal for part in re.findall(r"\w+", term.literal.lower())
    }
    lines = [
        f"    {literal_of(term.shown)}: ({_raw(term.pattern)}, {round(term.weight, 2)}),"
        for term in sorted(query.terms, key=lambda term: not term.literal)
        if term.literal or term.shown.lower() not in parts_of_literals
    ]
    return Code("\n".join(["{", *lines, "}"]) if lines else "{}")


def first_letters(query: Query) -> str:
    """A character class of the letters with which the question's words begin."""
    letters = {beginning[0] for term in query.terms for beginning in term.beginnings}
    return f"[{''.join(re.escape(letter) for letter in sorted(letters))}]" if letters else "."


def _raw(pattern: str) -> str:
    if '"' in pattern or pattern.endswith("\\") or "```" in pattern or not pattern.isprintable():
        return literal_of(pattern)
    return f'r"{pattern}"'


def block(prose: str, cells: Iterable[str]) -> str:
    """A reply: a sentence of plan and one block."""
    return f"{prose}\n\n```repl\n{chr(10).join(cells)}\n```"
