"""Names of the files in archives, which often do not say in which encoding they are."""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress

from rlm_desktop.documents.encoding import guess

_IS_UTF8 = 0x800
_UNIX = 3
_EXTRA = struct.Struct("<HH")
_NAME_IN_UTF8 = 0x7075
_MIXED = re.compile(
    r"[a-z][^\x00-\x7f]{1,2}(?![^\W\d_])|[a-z][^\x00-\x7f]{1,2}[a-z]|(?<![^\W\d_])[^\x00-\x7f][a-z]"
)
"""A letter or two of another script amid Latin ones, as a guess makes of umlauts: never in a real name."""


def zip_names(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The names of all members of a zip file.

    Those that say nothing are one of UTF-8, the encoding of a computer in Asia or Eastern Europe, which all of them
    together tell, and that of the first PCs, which is the standard.
    """
    raw = [b"" if member.flag_bits & _IS_UTF8 else member.orig_filename.encode("cp437") for member in members]
    is_of_unix = any(member.create_system == _UNIX for member in members)
    encoding = _encoding(b"\n".join(filter(None, raw)), "cp1252" if is_of_unix else "cp437")
    return [
        (name and (_told(member, name) or name.decode(encoding, "replace"))) or member.filename
        for member, name in zip(members, raw, strict=True)
    ]


def tar_name(name: str) -> str:
    """The name of a member of a tar archive: bytes that are no UTF-8 are surrogates in it."""
    raw = name.encode("utf-8", "surrogateescape")
    return raw.decode(_encoding(raw, "cp1252"), "replace")


def _told(member: zipfile.ZipInfo, name: bytes) -> str:
    """The name as Info-ZIP adds it in UTF-8; empty when it does not, or of another name."""
    at = 0
    while at + _EXTRA.size <= len(member.extra):
        kind, size = _EXTRA.unpack_from(member.extra, at)
        at += _EXTRA.size
        field = member.extra[at : at + size]
        if kind == _NAME_IN_UTF8 and field[1:5] == struct.pack("<L", zlib.crc32(name)):
            return field[5:].decode("utf-8", "replace")
        at += size
    return ""


def _encoding(names: bytes, otherwise: str) -> str:
    """UTF-8 if the names are, else what they are guessed to be when that is another script than the Latin one."""
    with suppress(UnicodeDecodeError):
        names.decode()
        return "utf-8"
    encoding = guess(names)
    with suppress(UnicodeDecodeError, LookupError):
        if _is_foreign(names.decode(encoding or "ascii")):
            return encoding
    return otherwise


def _is_foreign(text: str) -> bool:
    letters = [char for char in text if not char.isascii() and char.isalpha()]
    foreign = [char for char in letters if "LATIN" not in unicodedata.name(char, "")]
    return 2 * len(foreign) > len(letters) and 3 * len(_MIXED.findall(text)) <= len(text.splitlines())
