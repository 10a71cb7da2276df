"""Archives: names in any encoding, encrypted members, damage, odd forms."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import hmac
import io
import lzma
import os
import struct
import tarfile
import zlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from rlm_desktop.documents import Document, PasswordNeeded
from rlm_desktop.errors import DocumentError
from tests.documents import made
from tests.documents.conftest import Load

UTF8, UNIX = 0x800, 3


def members(document: Document) -> list[str]:
    return [mark.name for mark in document.places if mark.kind == "member"]


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (["表紙.txt", "資料一覧.txt", "2024年度 報告書.txt"], "cp932"),
        (["新建文件夹/报告.txt", "财务报表.txt"], "gbk"),
        (["새 폴더/보고서.txt", "한국어 자료.txt"], "cp949"),
        (["Новая папка/договор.txt", "отчёт за год.txt"], "cp866"),
        (["Größe.txt", "Straße/Äpfel.txt", "année.txt"], "cp437"),
        (["日本語.txt", "Größe.txt"], "utf-8"),
    ],
)
def test_names_in_a_zip_that_says_no_encoding(read: Load, names: list[str], encoding: str) -> None:
    data = made.zip_of(*((name.encode(encoding), b"words") for name in names))
    assert members(read("a.zip", data)) == names


def test_names_in_a_zip_that_says_it(read: Load) -> None:
    name = "Größe ☃.txt"
    assert members(read("a.zip", made.zip_of((name.encode(), b"words"), flags=UTF8))) == [name]
    field = b"\1" + struct.pack("<L", zlib.crc32(b"Gr?sse.txt")) + name.encode()
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    assert members(read("a.zip", made.zip_of((b"Gr?sse.txt", b"words"), extra=extra))) == [name]
    old = made.zip_of(("Größe.txt".encode("latin-1"), b"words"), system=UNIX)
    assert members(read("a.zip", old)) == ["Größe.txt"]


def aes_member(data: bytes, password: str, strength: int, *, is_packed: bool) -> tuple[bytes, bytes]:
    """A member under WinZip's encryption, and the extra field that says so."""
    packer = zlib.compressobj(wbits=-15)
    plain = packer.compress(data) + packer.flush() if is_packed else data
    salt, size = os.urandom(4 + 4 * strength), 8 + 8 * strength
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 2 * size + 2)
    cipher = Cipher(algorithms.AES(keys[:size]), modes.ECB()).encryptor()
    stream = b"".join(cipher.update(number.to_bytes(16, "little")) for number in range(1, len(plain) // 16 + 2))
    body = bytes(one ^ other for one, other in zip(plain, stream, strict=False))
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", strength, 8 * is_packed)
    return salt + keys[-2:] + body + hmac.digest(keys[size:-2], body, "sha1")[:10], extra


@pytest.mark.parametrize(("strength", "is_packed"), [(1, False), (2, True), (3, True)])
def test_a_zip_under_aes(read: Load, strength: int, is_packed: bool) -> None:
    member, extra = aes_member(b"secret words " * 50, "schlüssel", strength, is_packed=is_packed)
    data = made.zip_of((b"a.txt", member), flags=1, method=99, size=650, extra=extra)
    with pytest.raises(PasswordNeeded, match="it needs a password"):
        read("a.zip", data)
    with pytest.raises(PasswordNeeded, match="the password is wrong"):
        read("a.zip", data, password="no")
    assert read("a.zip", data, password="schlüssel").text.count("secret words") == 50
    changed = made.zip_of((b"a.txt", member[:-20] + bytes(20)), flags=1, method=99, size=650, extra=extra)
    with pytest.raises(DocumentError, match=r"a\.txt \(damaged\)"):
        read("a.zip", changed, password="schlüssel")


def test_a_member_under_aes_that_is_cut_off_stops_no_other(read: Load) -> None:
    member, extra = aes_member(b"secret words " * 50, "p", 3, is_packed=False)
    members = ((b"a.txt", member), (b"b.txt", member))
    data = bytearray(made.zip_of(*members, flags=1, method=99, size=650, extra=extra))
    struct.pack_into("<L", data, data.rindex(b"PK\1\2") + 42, len(data))
    document = read("a.zip", bytes(data), password="p")
    assert document.text.count("secret words") == 50
    assert document.warnings == ("Left out: b.txt (damaged).",)


LOG = "".join(f"line {number} of the log\n" for number in range(30_000)).encode()
DAMAGED = "It is damaged: only what comes before the damage could be unpacked."


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_packed_file_that_is_cut_off_gives_what_it_has(
    read: Load, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    whole = pack(LOG) + pack(LOG)
    document = read(f"a.log.{ending}", whole[: len(whole) * 3 // 4])
    assert document.warnings == (DAMAGED,)
    assert document.text.startswith("===== a.log =====\n\nline 0 of the log\n")
    assert "line 20 of the log" in document.text


def test_a_packed_file_with_something_after_it(read: Load) -> None:
    document = read("a.log.gz", gzip.compress(b"first\n") + gzip.compress(b"second\n") + b"no more of it")
    assert "first\nsecond\n" in document.text
    assert document.warnings == (DAMAGED,)


def tar_of(name: str, encoding: str = "utf-8") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT, encoding=encoding) as archive:
        info = tarfile.TarInfo(name)
        info.size = 5
        archive.addfile(info, io.BytesIO(b"words"))
    return buffer.getvalue()


def test_a_tar_from_before_there_was_a_mark(read: Load) -> None:
    data = bytearray(tar_of("old.txt"))
    data[257:265] = bytes(8)
    data[148:156] = b"%06o\0 " % (sum(data[:148]) + sum(data[156:512]) + 8 * ord(" "))
    document = read("a.tar", bytes(data))
    assert (document.kind, members(document)) == ("tar", ["old.txt"])


def test_names_in_a_tar(read: Load) -> None:
    assert members(read("a.tar", tar_of("café crème.txt", "latin-1"))) == ["café crème.txt"]
    assert members(read("a.tar", tar_of("資料一覧表.txt", "cp932"))) == ["資料一覧表.txt"]
