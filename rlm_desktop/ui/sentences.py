"""What the rooms below the window say, in the window's language.

Errors, warnings and checks of those rooms, and what a run's trace keeps of them, are English sentences with values
filled in. `packaging/translate.py` collects their templates; here a sentence is known by its template again, which
also holds for those of other processes and of runs of last year. What is not known stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from rlm_desktop import paths
from rlm_desktop.ui.figures import number
from rlm_desktop.ui.language import ENGLISH, spoken

CONTEXT = "Sentences"
TEMPLATES = "translations/sentences.txt"
_LONGEST = 2000
"""What is longer is a text of a document or of a model."""
_MOST_PARTS = 150
"""So many parts of a text are looked at: what a server or a model says can have a joint at every other letter."""
_KEY = 3
"""So many characters at an end of a text tell which templates are looked at."""
_PLURAL_CAP = 1_000_000
_VALUE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.(\d{1,4}))?")
_COUNTED = re.compile(r"(\d[\d,]*) ([A-Za-z ]+)")
_JOINTS = (re.compile(r"(\n)"), re.compile(r"(?<=[.!?])( )(?=[A-Z])"), re.compile(r"( ?[;·] )"))
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
    return _Reader().best(text).text if len(text) <= _LONGEST else text


class _Reader:
    """Finds out what a text is put together of."""

    def __init__(self) -> None:
        self._seen: dict[str, _Found] = {}

    def best(self, text: str) -> _Found:
        """The translation that knows most of a text; the text itself when nothing is known."""
        if (found := self._seen.get(text)) is not None:
            return found
        if len(self._seen) >= _MOST_PARTS:
            return _Found(0, text)
        self._seen[text] = found = _Found(0, text)  # while it is being looked at: a part of it may be it again
        for template, values in _matches(text):
            inner = {name: self._value(value) for name, value in values.items()}
            letters = template.letters + sum(value.letters for value in inner.values())
            if letters > found.letters:
                found = _Found(letters, template.filled({name: value.text for name, value in inner.items()}))
        found = max(found, self._by_parts(text), key=lambda one: one.letters)
        if not found.letters and text and not text.endswith("."):
            found = self.best(f"{text}.")  # in a list a sentence has no stop
            found = _Found(found.letters, found.text.removesuffix("."))
        self._seen[text] = found
        return found

    def _value(self, text: str) -> _Found:
        """A value that was filled in: a number, a count, a sentence again, or what must stay as it is."""
        if (match := _NUMBER.fullmatch(text)) is not None:
            return _Found(0, number(float(text.replace(",", "")), len(match[1] or "")))
        if (match := _COUNTED.fullmatch(text)) is not None:  # as `3 pages`
            count, noun = int(match[1].replace(",", "")), match[2].removesuffix("s")
            source = f"{{count}} {noun}(s)"
            form = QCoreApplication.translate("Counted", source, None, min(count, _PLURAL_CAP))
            if form != source:
                return _Found(len(noun), form.replace("{count}", number(count)))
        return self.best(text)

    def _by_parts(self, text: str) -> _Found:
        """Sentences side by side, each for itself."""
        for joint in _JOINTS if len(self._seen) < _MOST_PARTS else ():
            parts = joint.split(text)
            if len(parts) > 1:
                between = iter(parts[1::2])
                found = [self._value(part) for part in parts[::2]]
                joined = "".join(part.text + next(between, "") for part in found)
                return _Found(sum(part.letters for part in found), joined)
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

    @property
    def key(self) -> tuple[str, str]:
        """How each text of it begins; else how it ends; else nothing."""
        first, last = self._fixed[0], self._fixed[-1]
        if len(first) >= _KEY:
            return first[:_KEY], ""
        return "", last[-_KEY:] if len(last) >= _KEY and len(self._fixed) > 1 else ""

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
        parts = enumerate(_VALUE.split(QCoreApplication.translate(CONTEXT, self.text)))
        return "".join(values.get(part, "") if number % 2 else _unescaped(part) for number, part in parts)


def _unescaped(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _matches(text: str) -> Iterator[tuple[_Template, dict[str, str]]]:
    """The templates that a text may be of, with the values."""
    by_end = _templates()
    for key in ((text[:_KEY], ""), ("", text[-_KEY:]), ("", "")):
        for template in by_end.get(key, ()):
            if (values := template.values_in(text)) is not None:
                yield template, values


@cache
def _templates() -> Mapping[tuple[str, str], Sequence[_Template]]:
    """All templates, by how a text of theirs begins, or else ends."""
    found: dict[tuple[str, str], list[_Template]] = {}
    for line in filter(None, paths.resource(TEMPLATES).read_text(encoding="utf-8").split("\n")):
        template = _Template(line)
        found.setdefault(template.key, []).append(template)
    return found
