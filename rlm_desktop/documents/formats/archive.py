"""Archives: each member by its own extractor, under its name. Nothing is ever unpacked to disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.extract import extract_inner
from rlm_desktop.documents.formats import zip_aes
from rlm_desktop.documents.formats.common import Locked, Source, Unreadable
from rlm_desktop.documents.formats.limits import (
    DAMAGE,
    MAX_MEMBER,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_TOTAL,
    RATIO_COUNTS_FROM,
    TOO_LARGE,
    guard,
    read_member,
)
from rlm_desktop.documents.formats.member_names import tar_name, zip_names

MAX_DEPTH = 4
_SHOWN = 8
_PIECE = 1 << 16
_PACKED = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}


def extract(source: Source, draft: Draft) -> None:
    """A zip archive, a tar archive or a single packed file."""
    if source.depth >= MAX_DEPTH:
        raise Unreadable(f"it lies in {source.depth} other archives; only {MAX_DEPTH} are opened.")
    report = _Report(source, draft)
    if zipfile.is_zipfile(source.file):
        draft.kind = "zip"
        with zipfile.ZipFile(source.file) as archive:
            _extract_zip(archive, source, report)
    else:
        source.file.seek(0)
        _extract_stream(source, report)
    report.finish()


class _Report:
    """Adds members and keeps account of what was left out."""

    def __init__(self, source: Source, draft: Draft) -> None:
        self._source = source
        self._draft = draft
        self._left_out: list[str] = []
        self._number = 0

    def add(self, name: str, data: bytes, share: float) -> None:
        """Extract a member."""
        name = readable(name)
        self._number += 1
        draft = self._draft
        start = draft.length
        draft.mark("member", self._number, name)
        draft.add(f"===== {name} =====\n\n")
        reason = extract_inner(name, io.BytesIO(data), draft, self._source)
        if reason and not draft.drop_if_empty(start):
            draft.warn(f"{name}: {reason}")
        elif reason:
            self._number -= 1
            self.leave_out(name, reason)
        else:
            draft.add("\n\n")
        draft.report(share, name)

    def leave_out(self, name: str, reason: str) -> None:
        """A member that is not read."""
        self._left_out.append(f"{readable(name)} ({reason.rstrip('.')})")

    def warn(self, sentence: str) -> None:
        """Say something of the whole archive."""
        self._draft.warn(sentence)

    @property
    def is_empty(self) -> bool:
        """Whether no member has come, neither to read nor to leave out."""
        return not self._number and not self._left_out

    def finish(self) -> None:
        """Say what was left out."""
        total = len(self._left_out)
        if not self._number:
            raise Unreadable(
                f"it holds no readable file{': ' + '; '.join(self._left_out[:_SHOWN]) if total else ''}."
            )
        if total:
            more = f" and {total - _SHOWN:,} more" if total > _SHOWN else ""
            self._draft.warn(f"Left out: {'; '.join(self._left_out[:_SHOWN])}{more}.")


def readable(name: str) -> str:
    """A member's name as a label: it is never used as a path."""
    return "".join(char if char.isprintable() else "?" for char in name.replace("\\", "/")).lstrip("/") or "?"


def _extract_zip(archive: zipfile.ZipFile, source: Source, report: _Report) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    guard(members)
    for number, (name, member) in enumerate(zip(zip_names(members), members, strict=True), 1):
        if reason := _unwanted(name):
            report.leave_out(name, reason)
            continue
        if member.flag_bits & 1 and not source.password:
            raise Locked("it is encrypted: it needs a password.")
        try:
            data = _member(archive, member, source.password)
        except NotImplementedError:
            report.leave_out(name, "packed or encrypted in a way that cannot be read")
        except RuntimeError:
            raise Locked("the password is wrong.") from None
        except Locked:
            raise
        except Unreadable as error:
            report.leave_out(name, str(error))
        except (*DAMAGE, ValueError):  # a place before the file, a name that is not in the encoding it says
            report.leave_out(name, "damaged")
        else:
            report.add(name, data, number / len(members))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, password: str) -> bytes:
    if member.flag_bits & 1 and member.compress_type == zip_aes.METHOD:
        return zip_aes.read_aes(archive, member, password)
    return read_member(archive, member, password if member.flag_bits & 1 else "")


def _unwanted(name: str) -> str:
    """Why a member is not worth reading; empty when it is."""
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db"):
        return "the system's own"
    return ""


def _extract_stream(source: Source, report: _Report) -> None:
    """A tar archive, packed or not; a packed file that is no tar archive is one member."""
    size = max(1, source.file.seek(0, io.SEEK_END))
    source.file.seek(0)
    try:
        with tarfile.open(fileobj=source.file, mode="r:*") as archive:
            for name, data, reason in _tar_members(archive, size):
                if reason:
                    report.leave_out(tar_name(name), reason)
                else:
                    report.add(tar_name(name), data, min(1.0, source.file.tell() / size))
        if not report.is_empty:  # what begins with zeros passes for an empty archive
            return
    except tarfile.ReadError:
        pass
    source.file.seek(0)
    opener = _PACKED.get(source.read(2))
    if opener is None:
        raise Unreadable("it is damaged: it is no archive that can be read.")
    source.file.seek(0)
    ending = source.name.rpartition(".")
    name = (ending[0] if ending[2].lower() in ("gz", "bz2", "xz") else "") or source.name
    try:
        with opener(source.file, "rb") as packed:
            data, is_whole = _limited(packed, size)
    except DAMAGE as error:
        raise Unreadable("it is damaged: it cannot be unpacked.") from error
    if not is_whole:
        report.warn("It is damaged: only what comes before the damage could be unpacked.")
    report.add(name.rpartition("/")[2], data, 1.0)


def _tar_members(archive: tarfile.TarFile, size: int) -> Iterator[tuple[str, bytes, str]]:
    total = count = 0
    try:
        for member in archive:
            count += 1
            total += member.size
            if count > MAX_MEMBERS or total > MAX_TOTAL or (total > RATIO_COUNTS_FROM and total > size * MAX_RATIO):
                yield "the rest", b"", "the archive unpacks to too much"
                return
            if member.isdir():
                continue
            if not member.isfile():
                yield member.name, b"", "a link or a device"
            elif reason := _unwanted(member.name):
                yield member.name, b"", reason
            elif member.size > MAX_MEMBER:
                yield member.name, b"", TOO_LARGE
            elif (file := archive.extractfile(member)) is not None:
                data, is_whole = _read(file, member.size)
                yield member.name, data, ""
                if not is_whole:
                    raise tarfile.ReadError
    except DAMAGE:
        if not count:
            raise
        yield "the rest", b"", "the archive is damaged"


def _limited(packed: IO[bytes], size: int) -> tuple[bytes, bool]:
    """What lies in a packed file, and whether that is all of it."""
    limit = min(MAX_MEMBER, max(RATIO_COUNTS_FROM, size * MAX_RATIO))
    data, is_whole = _read(packed, limit + 1)
    if len(data) > limit:
        raise Unreadable(f"{size >> 10:,} kB unpack to more than {limit >> 20:,} MB.")
    return data, is_whole


def _read(file: Any, limit: int) -> tuple[bytes, bool]:
    """What can be read of a packed file, and whether nothing is damaged."""
    data = bytearray()
    try:
        while len(data) < limit and (piece := file.read1(_PIECE)):
            data += piece
    except DAMAGE:
        if not data:
            raise
        return bytes(data), False
    return bytes(data), True
