"""How much an archive may unpack to."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable

from rlm_desktop.documents.formats.common import Unreadable

MAX_MEMBERS = 50_000
MAX_TOTAL = 2 << 30
MAX_MEMBER = 768 << 20
MAX_RATIO = 200
"""Real files are packed to a hundredth at most; only bombs go beyond."""
RATIO_COUNTS_FROM = 64 << 20


def guard(members: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse archives made to fill memory or disk.

    Raises:
        Unreadable: Too many members, too large, or packed more tightly than any real file.
    """
    total = packed = count = 0
    for member in members:
        total, packed, count = total + member.file_size, packed + member.compress_size, count + 1
    if count > MAX_MEMBERS:
        raise Unreadable(f"it holds {count:,} files; at most {MAX_MEMBERS:,} are read.")
    if total > MAX_TOTAL:
        raise Unreadable(f"unpacked it would be {total >> 20:,} MB; at most {MAX_TOTAL >> 20:,} MB are read.")
    if total > RATIO_COUNTS_FROM and total > packed * MAX_RATIO:
        raise Unreadable(f"{packed >> 10:,} kB would unpack to {total >> 20:,} MB: it is made to fill the memory.")


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, password: str = "") -> bytes:
    """A member's bytes, never more than it declares.

    Raises:
        Unreadable: It is too large.
    """
    if member.file_size > MAX_MEMBER:
        raise Unreadable(f"larger than {MAX_MEMBER >> 20} MB")
    with archive.open(member, pwd=password.encode() or None) as file:
        return file.read()
