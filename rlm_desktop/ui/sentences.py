"""What the rooms below the window say, in the window's language.

Errors, warnings and checks of those rooms, and what a run's trace keeps of them, are English sentences with values
filled in. `packaging/translate.py` collects their templates; here a sentence is known by its template again, which
also holds for those of other processes and of runs of last year. What is not known stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QLocale

from rlm_desktop import paths
from rlm_desktop.ui.language import ENGLISH, spoken

CONTEXT = "Sentences"
TEMPLATES = "translations/sentences.txt"
_LONGEST = 2000
"""What is longer is a text of a document or of a model."""
_DEEPEST = 5
_PLURAL_CAP = 1_000_000
_VALUE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")
_COUNTED = re.compile(r"(\d[\d,]*) ([A-Za-z ]+)")
_JOINTS = (re.compile(r"(\n)"), re.compile(r"(?<=[.!?])( )(?=[A-Z])"), re.compile(r"(; )"))
"""Where sentences stand side by side, the strongest first."""


class _Found(NamedTuple):
    """A translation, and how many letters of the English text were known: the more, the surer it is."""

    letters: int
    text: str


def said(text: str) -> str:
    """`text` in the window's language, as far as it is known; values in it stay as they are."""
    return _said(text, language) if (language := spoken()) != ENGLISH else text


@lru_cache(maxsize=2000)
def _said(text: str, _language: str) -> str:
    return _best(text, 0).text if len(text) <= _LONGEST else text


def _best(text: str, depth: int) -> _Found:
    """The translation that knows most of a text; the text itself when nothing is known."""
    found = _Found(0, text)
    if depth > _DEEPEST or not text.strip():
        return found
    for template in _templates():
        if (values := template.values_in(text)) is not None:
            inner = {name: _value(value, depth + 1) for name, value in values.items()}
            letters = template.letters + sum(value.letters for value in inner.values())
            if letters > found.letters:
                found = _Found(letters, template.filled({name: value.text for name, value in inner.items()}))
    found = max(found, _by_parts(text, depth), key=lambda one: one.letters)
    if not found.letters and depth and text.isascii() and not text.endswith("."):
        found = _best(f"{text}.", depth)  # in a list a sentence has no stop
        found = _Found(found.letters, found.text.removesuffix("."))
    return found


def _value(text: str, depth: int) -> _Found:
    """A value that was filled in: a number, a count, a sentence again, or what must stay as it is."""
    if _NUMBER.fullmatch(text):
        return _Found(0, QLocale().toString(int(text.replace(",", ""))))
    if (match := _COUNTED.fullmatch(text)) is not None:
        count, noun = int(match[1].replace(",", "")), match[2].removesuffix("s")
        source = f"{{count}} {noun}(s)"
        form = QCoreApplication.translate("Counted", source, None, min(count, _PLURAL_CAP))
        if form != source:
            return _Found(len(noun), form.replace("{count}", QLocale().toString(count)))
    return _best(text, depth)


def _by_parts(text: str, depth: int) -> _Found:
    """Sentences side by side, each for itself."""
    for joint in _JOINTS:
        parts = joint.split(text)
        if len(parts) > 1:
            found = [_Found(0, part) if number % 2 else _best(part, depth + 1) for number, part in enumerate(parts)]
            return _Found(sum(part.letters for part in found), "".join(part.text for part in found))
    return _Found(0, text)


class _Template:
    """A sentence with places for values.

    Attributes:
        text: As it is translated, with `{name}` for each value.
        letters: How many letters of it do not change.
    """

    __slots__ = ("_fixed", "_names", "letters", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        parts = _VALUE.split(text)
        self._fixed = list(map(_unescaped, parts[::2]))
        self.letters = sum(map(str.isalpha, "".join(self._fixed)))
        self._names = parts[1::2]

    def values_in(self, text: str) -> dict[str, str] | None:
        """The values that make `text` of the template; None when none do."""
        first, *middle = self._fixed
        if not middle:
            return {} if text == first else None
        *middle, last = middle
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)) or end < len(first):
            return None
        values: list[str] = []
        start = len(first)
        for fixed in middle:
            at = text.find(fixed, start, end)
            if at < 0:
                return None
            values.append(text[start:at])
            start = at + len(fixed)
        values.append(text[start:end])
        return dict(zip(self._names, values, strict=True))


    def filled(self, values: Mapping[str, str]) -> str:
        """It in the window's language, with `values` in their places."""
        parts = _VALUE.split(QCoreApplication.translate(CONTEXT, self.text))
        return "".join(values.get(part, "") if number % 2 else _unescaped(part) for number, part in enumerate(parts))


def _unescaped(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


@cache
def _templates() -> tuple[_Template, ...]:
    """All templates, the surest first."""
    lines = paths.resource(TEMPLATES).read_text(encoding="utf-8").splitlines()
    return tuple(sorted(map(_Template, filter(None, lines)), key=lambda template: -template.letters))
