"""The rules of a `.gitignore` file, as git itself takes them (gitignore(5)).

Each entry is asked about by itself, on the way down: git never looks into a folder that is left out, so no rule for
what lies in it can bring anything back.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

_Fits: TypeAlias = Callable[[str], object]
_TOKEN = re.compile(
    r"(?P<stars>\*+)|(?P<any>\?)|\[(?P<not>[!^]?)(?P<set>\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*)\]"
    r"|(?P<slash>\\?/)|\\(?P<escaped>.)|(?P<plain>[^*?\[\\/]+)|(?P<bad>.)",
    re.DOTALL,
)
_MEMBER = re.compile(r"\[:(?P<named>[a-z]+):\]|(?P<first>\\.|[^\\])(?:-(?P<last>\\.|[^\\]))?", re.DOTALL)
_NAMED = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": r"\x21-\x7e", "lower": "a-z", "print": r"\x20-\x7e", "punct": r"!-/:-@\[-`{-~", "space": r" \t-\r",
    "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_NOTHING = "(?!)"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MARK = codecs.BOM_UTF8.decode("latin-1")
MOST_TRIED = 1000
"""Rules that may be tried one by one for a name; real files have a tenth of them."""


class Ignoring:
    """The rules of one file.

    Args:
        text: Of the file, a character for each byte: for git `?` is a byte.
        most: Rules that end with a pattern, and are tried for any name; those after them are left out.

    Attributes:
        tried: Rules that end with a pattern.
        is_whole: Whether no rule was left out.
    """

    def __init__(self, text: str, most: int = MOST_TRIED) -> None:
        self._of_patterns: list[tuple[int, _Rule]] = []
        self._of_names: dict[str, list[tuple[int, _Rule]]] = {}
        self.is_whole = True
        for number, line in enumerate(text.removeprefix(_MARK).split("\n")):
            if (rule := _rule(line)) is not None:
                self._take(number, rule, most)
        self.tried = len(self._of_patterns)
        # Of most entries none of the rules speaks: all of them at once say so by the name alone.
        any_last = "|".join(f"(?:{rule.names[-1]})" for _, rule in self._of_patterns) or _NOTHING
        self._may_speak = re.compile(any_last, re.DOTALL).fullmatch

    def _take(self, number: int, rule: _Rule, most: int) -> None:
        name = _only_name(rule.names[-1])
        alike = self._of_patterns if name is None else self._of_names.setdefault(name, [])
        if len(alike) < (most if name is None else MOST_TRIED):
            alike.append((number, rule.compiled()))
        else:
            self.is_whole = False

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Whether an entry is to be left out; None when no rule speaks of it.

        Args:
            path: From the file's folder on, with slashes; a character for each byte, too.
            is_folder: Some rules are for folders only.
        """
        name = path[path.rfind("/") + 1 :]
        rules = self._of_names.get(name, [])
        if self._may_speak(name):
            rules = sorted(rules + self._of_patterns)  # two that are in order are so in no time
        if not rules:
            return None
        names = path.split("/")
        for _, rule in reversed(rules):  # the last one that fits counts
            if (is_folder or not rule.is_of_folders) and rule.fits(names):
                return not rule.brings_back
        return None


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line.

    Attributes:
        is_of_name: It says nothing of the folders on the way.
        names: A regular expression of each name on the way, "" for any number of folders.
        steps: Whether each name fits; None for any number of folders.
    """

    brings_back: bool
    is_of_folders: bool
    is_of_name: bool
    names: tuple[str, ...]
    steps: tuple[_Fits | None, ...] = ()

    def compiled(self) -> _Rule:
        """The same with its steps: to make them takes a while."""
        return replace(self, steps=tuple(_fits(name) if name else None for name in self.names))

    def fits(self, names: Sequence[str]) -> bool:
        """Whether it speaks of a path; only the latest `**` is ever tried again, as in any glob."""
        at = len(names) - 1 if self.is_of_name else 0
        place, retried, began = 0, -1, 0
        while at < len(names):
            step = self.steps[place] if place < len(self.steps) else _no_name
            if step is None:
                retried, began, place = place, at, place + 1
            elif step(names[at]):
                place, at = place + 1, at + 1
            elif retried < 0:
                return False
            else:
                began += 1
                place, at = retried + 1, began
        return all(step is None for step in self.steps[place:])


def _no_name(name: str) -> None:
    """The path is longer than the rule."""


def _rule(line: str) -> _Rule | None:
    """What a line says; None for an empty line and a comment."""
    pattern = _without_spaces(line.removesuffix("\r"))
    if not pattern or pattern.startswith("#"):
        return None
    brings_back = pattern.startswith("!")
    pattern = pattern[brings_back:]
    is_of_folders = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    if not pattern or any(token["bad"] for token in _TOKEN.finditer(pattern)):
        return None  # nothing fits a bracket that is never closed, nor a backslash at the end
    return _Rule(brings_back, is_of_folders, "/" not in pattern, tuple(_names(pattern.removeprefix("/"))))


def _fits(pattern: str) -> _Fits:
    name = _only_name(pattern)
    return re.compile(pattern, re.DOTALL).fullmatch if name is None else name.__eq__


def _only_name(pattern: str) -> str | None:
    """The name that a regular expression fits, when it fits no other."""
    name = _ESCAPED.sub(r"\1", pattern)
    return name if re.escape(name) == pattern else None


def _without_spaces(line: str) -> str:
    """A line without the spaces at its end that no backslash keeps."""
    bare = line.rstrip(" ")
    kept = (len(bare) - len(bare.rstrip("\\"))) % 2
    return bare + " " * (kept and len(bare) < len(line))


def _names(pattern: str) -> Iterator[str]:
    """A regular expression of each name on the way, "" for any number of folders."""
    name = ""
    for name in _split(pattern):
        yield name
    if not name:
        yield ".+"  # what lies in a folder, not the folder


def _split(pattern: str) -> Iterator[str]:
    chunks, stars = [""], 0
    for token in (*_TOKEN.finditer(pattern), None):
        if token is None or token["slash"]:
            is_any = stars > 1 and chunks == ["", ""]
            yield "" if is_any else _joined(chunks) or _NOTHING
            chunks, stars = [""], 0
        elif token["stars"]:
            chunks.append("")
            stars += len(token["stars"])
        else:
            chunks[-1] += _single(token)


def _single(token: re.Match[str]) -> str:
    """A regular expression of what stands for a fixed number of characters."""
    if token["any"]:
        return "."
    if token["set"] is not None:
        return _set(token["set"], bool(token["not"]))
    return re.escape(token["escaped"] or token["plain"])


def _set(members: str, is_negative: bool) -> str:
    parts: list[str] = []
    for member in _MEMBER.finditer(members):
        if member["named"]:
            if member["named"] not in _NAMED:
                return _NOTHING
            parts.append(_NAMED[member["named"]])
            continue
        first = member["first"][-1]
        last = (member["last"] or first)[-1]
        if first <= last:
            parts.append(f"{re.escape(first)}-{re.escape(last)}")
    if not parts:
        return "." if is_negative else _NOTHING
    return f"[{'^' * is_negative}{''.join(parts)}]"


def _joined(chunks: Sequence[str]) -> str:
    """What stands between the stars of a name: each as early as it can, so that none is tried in many ways."""
    first, *others = chunks
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>.*?{chunk})" for chunk in middle) + f".*{last}"
