"""What a person types into the search: words, "phrases", prefixes*, -exclusions and fields, as in `code:regex`.

All words must be in one text. Fields say in what kinds of texts; several fields mean any of them.

Chinese, Japanese, Thai and others leave no spaces between words: in such scripts each character is a word, and what
is typed without a space between is a phrase. Korean does, but its words go on with particles: it is treated alike.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

FIELDS = ("question", "answer", "prompt", "response", "code", "output", "error", "document")
"""The kinds of texts that are searched."""
_ALIASES = {"reply": "response", "documents": "document", "errors": "error", "prompts": "prompt", "q": "question"}
SHORTEST_PREFIX = 3
_LONGEST, _MOST = 200, 40
_ITEM = re.compile(r'(?P<minus>-)?(?:(?P<field>\w+):\s*)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_LAST_WORD = re.compile(r"(?<![^\W_])[^\W_]+\Z")
UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1100-\u11ff"  # Burmese, letters of Korean
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3021-\u3029\u3040-\u312f\u3131-\u318f\u31a0-\u31bf\u31f0-\u31ff"  # kana and its like
    "\u3400-\u4dbf\u4e00-\ua4cf"  # Chinese characters, Yi
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"  # Korean, compatibility forms
    "\U00016fe0-\U00018d8f\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"  # rare ones
)
"""The characters that are words of their own, as a class of a regular expression."""
_ALONE = re.compile(f"[{UNSPACED}]")
_SIGNS = re.compile(r"[^\w\x00-\x7f]")
_FORMS = re.compile("[\ufb00-\ufb06\uff01-\uffee]+")
_RUN_OR_ALONE = re.compile(f"[^{UNSPACED}]+|[{UNSPACED}]")


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
    for item in _ITEM.finditer(text.replace("\0", " ").encode("utf-8", "replace").decode()):
        field = (item["field"] or "").lower()
        field = _ALIASES.get(field, field)
        source = item["phrase"] if item["phrase"] is not None else item["word"]
        if field and field not in FIELDS:
            source = f"{item['field']} {source}"
        elif field and field not in fields:
            fields.append(field)
        term = _term(source)
        among = excluded if item["minus"] else terms
        if term is not None and term not in among and len(terms) + len(excluded) < _MOST:
            among.append(term)
    return Query(tuple(terms), tuple(excluded), tuple(fields))


def _term(source: str) -> Term | None:
    words = tuple(word[:_LONGEST] for word in _WORD.findall(spaced(source))[:_MOST])
    return Term(words, source.endswith("*") and not is_alone(words[-1])) if words else None


def _without_sign(found: re.Match[str]) -> str:
    return "" if unicodedata.category(found[0]).startswith("M") else " "


def is_alone(word: str) -> bool:
    """Whether a word is a character of a script without spaces."""
    return _ALONE.fullmatch(word) is not None


def plain(text: str) -> str:
    """A text without ligatures (in PDF files), forms of another width (in Japanese), accents apart from letters."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text))


def spaced(text: str) -> str:
    """A plain text of letters and digits, with spaces around each character that is a word of its own.

    Without vowel signs, as Arabic may leave them out. SQLite takes what it does not know, as a sign of a newer
    Unicode or a bullet of a PDF file, for a letter.
    """
    if text.isascii():
        return text
    text = _SIGNS.sub(_without_sign, plain(text))
    return " ".join(_RUN_OR_ALONE.findall(text)) if _ALONE.search(text) else text
