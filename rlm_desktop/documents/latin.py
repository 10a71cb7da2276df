"""Which encoding a short text in Latin letters is in: one in which every letter is one of the same language.

Detectors count letters, and in an address list there are too few of them to count.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

MOST = 100
"""Letters beyond ASCII up to which a text counts as short."""
_LOOKED_AT = 2000
_WESTERN = (
    "äöüßéàáçèêñøåæô", "éèêëàâçîïôùûüœæÿ", "áéíóúñüªº", "ãõáéíóúâêôàçüªº", "åäöéüæøáàèò", "þðæöáéíóúý",
    "àèéìíîòóùú", "ëïéèêóöüáíúàçñ",
)  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýžäôľĺŕ", "áéíóöőúüű", "ăâîşţșț", "čćđšž")
_BY_ENCODING = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("çğıöşüâî\u0307i",),
    "cp1257": ("āčēģīķļņšūžō", "ąčęėįšųūž", "äöõüšž"),
    "cp850": _WESTERN,
    "mac_roman": _WESTERN,
}
_LANGUAGES = {name: tuple(map(frozenset, languages)) for name, languages in _BY_ENCODING.items()}
"""The letters of each language, in the order in which encodings are tried."""
_QUOTES = frozenset("‘“”„‚«»‹›¿¡–—…\u00a0")
_UNITS = frozenset("µ²³¹°½¼¾®™©")
_OTHERS = frozenset("€£¥§¶•†×÷±")
_WITHIN_WORDS = frozenset("’·\u00ad")


def encoding_of(data: bytes) -> str:
    """The encoding of a short text; empty when its letters are of no language together, or there are too many."""
    if not 0 < sum(byte > 127 for byte in data) <= MOST:
        return ""
    for encoding, languages in _LANGUAGES.items():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        letters = {
            char.lower() for place, char in enumerate(text) if not char.isascii() and not _is_sign(text, place)
        }
        if any(letters <= language for language in languages) and letters and not _turns_large(text):
            return encoding
    return ""


def is_latin(text: str) -> bool:
    """Whether the letters of a text, as far as they are looked at, are Latin ones."""
    letters = (char for char in text[:_LOOKED_AT] if not char.isascii() and char.isalpha())
    return all("LATIN" in unicodedata.name(char, "") for char in letters)


def _turns_large(text: str) -> bool:
    """Whether a capital letter beyond ASCII stands after a small one."""
    return any(after.isupper() and not after.isascii() and before.islower() for before, after in pairwise(text))


def _is_sign(text: str, place: int) -> bool:
    """Whether a character is a sign where signs stand: a pound before an `ó` is none."""
    char, around = text[place], (text[place - 1 : place].isalpha(), text[place + 1 : place + 2].isalpha())
    if char in _QUOTES or char in _UNITS:
        return not all(around)
    return char in _WITHIN_WORDS or (char in _OTHERS and not any(around))
