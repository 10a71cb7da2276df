"""How much an archive may unpack to."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from typing import BinaryIO

from rlm_desktop.documents.formats.common import HEAD, Unreadable, refuse_entities

MAX_MEMBERS = 50_000
MAX_TOTAL = 2 << 30
MAX_MEMBER = 768 << 20
TOO_LARGE = f"larger than {MAX_MEMBER >> 20} MB"
MAX_RATIO = 200
"""Real files are packed to a hundredth at most; only bombs go beyond."""
RATIO_COUNTS_FROM = 64 << 20
MOST_CELLS = 1 << 25
"""Of a sheet, from the first cell to the last one, empty ones too; calamine takes 32 bytes for each."""
_MAX_LIST = 64 << 20
_END_WITHIN = 66_000
_END = struct.Struct("<10xHL")
_LARGE_END = struct.Struct("<32xQQ")
"""Number of members and bytes of their list, in the record at the end of a zip file and in that of a large one."""
DAMAGE = (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError)
"""What reading a damaged archive may raise."""
UNREAD = (*DAMAGE, NotImplementedError, RuntimeError)
"""The same, and what `zipfile` raises for a member that is packed in an unknown way or encrypted."""


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


def guard_list(file: BinaryIO) -> None:
    """Refuse an archive whose list of members is too long, before the whole of it is read.

    Raises:
        Unreadable: It is.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_WITHIN))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        return
    count, listed = _END.unpack_from(tail, at)
    large = tail.rfind(b"PK\6\6", 0, at)
    if large >= 0 and len(tail) - large >= _LARGE_END.size:
        count, listed = _LARGE_END.unpack_from(tail, large)
    if count > MAX_MEMBERS:
        raise Unreadable(f"it holds {count:,} files; at most {MAX_MEMBERS:,} are read.")
    if _MAX_LIST < listed <= size:
        raise Unreadable(f"the list of its files has {listed >> 20:,} MB: it is made to fill the memory.")


def guard_xml(archive: zipfile.ZipFile) -> None:
    """Refuse an Office file a part of which declares entities: not every library refuses them, or soon enough.

    Raises:
        Unreadable: One does.
    """
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels")) and not member.flag_bits & 1:
            # A part that is damaged, packed in an unknown way or encrypted declares nothing that could be refused;
            # its extractor meets the same error when it reads the part, and says so.
            with suppress(*UNREAD), archive.open(member) as part:
                refuse_entities(part.read(HEAD))


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, password: str = "") -> bytes:
    """A member's bytes, never more than it declares.

    Raises:
        Unreadable: It is too large.
    """
    if member.file_size > MAX_MEMBER:
        raise Unreadable(TOO_LARGE)
    with archive.open(member, pwd=password.encode() or None) as file:
        return file.read()
