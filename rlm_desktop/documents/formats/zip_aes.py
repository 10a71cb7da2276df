"""Members of zip files under the AES encryption of WinZip and 7-Zip (https://www.winzip.com/en/support/aes-encryption/).

Python's own library knows the old encryption only.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zipfile
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from rlm_desktop.documents.formats.common import Locked, Unreadable
from rlm_desktop.documents.formats.limits import MAX_MEMBER, TOO_LARGE

METHOD = 99
_LOCAL = struct.Struct("<26x2H")
_EXTRA = struct.Struct("<HH")
_ABOUT = struct.Struct("<2x2sBH")
_AES = 0x9901
_ROUNDS = 1000
_MAC = 10
_BLOCK = 16
_PIECE = 1 << 20


def read_aes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, password: str) -> bytes:
    """The bytes of a member.

    Raises:
        Locked: The password is wrong.
        Unreadable: It is too large.
        NotImplementedError: It is packed in a way that cannot be read.
        zipfile.BadZipFile: It is damaged.
    """
    strength, method = _about(member)
    if member.file_size > MAX_MEMBER:
        raise Unreadable(TOO_LARGE)
    data = _raw(archive, member)
    salt, key_size = 4 + 4 * strength, 8 + 8 * strength
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), data[:salt], _ROUNDS, 2 * key_size + 2)
    if keys[-2:] != data[salt : salt + 2]:
        raise Locked("the password is wrong.")
    body = data[salt + 2 : -_MAC]
    if not hmac.compare_digest(hmac.digest(keys[key_size:-2], body, "sha1")[:_MAC], data[-_MAC:]):
        raise zipfile.BadZipFile("changed")
    plain = _deciphered(keys[:key_size], body)
    if method == zipfile.ZIP_STORED:
        return plain
    if method != zipfile.ZIP_DEFLATED:
        raise NotImplementedError(f"compression {method}")
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(plain, member.file_size + 1)


def _about(member: zipfile.ZipInfo) -> tuple[int, int]:
    """Strength of the key, 1 to 3, and how the member is packed."""
    at = 0
    while at + _EXTRA.size <= len(member.extra):
        kind, size = _EXTRA.unpack_from(member.extra, at)
        at += _EXTRA.size
        if kind == _AES and size >= _ABOUT.size and at + size <= len(member.extra):
            _, strength, method = _ABOUT.unpack_from(member.extra, at)
            if 1 <= strength <= 3:
                return strength, method
        at += size
    raise NotImplementedError("unknown encryption")


def _raw(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member as it lies in the file."""
    file = archive.fp
    if file is None:
        raise zipfile.BadZipFile("closed")
    file.seek(member.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        raise zipfile.BadZipFile("cut off")
    name, extra = _LOCAL.unpack(head)
    file.seek(name + extra, 1)
    return file.read(member.compress_size)


def _deciphered(key: bytes, body: bytes) -> bytes:
    """AES in counter mode; the counter is little-endian, as in no library."""
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    parts: list[bytes] = []
    for start in range(0, len(body), _PIECE):
        piece = body[start : start + _PIECE]
        first = start // _BLOCK + 1
        counters = b"".join(
            number.to_bytes(_BLOCK, "little") for number in range(first, first - (-len(piece) // _BLOCK))
        )
        stream = cipher.update(counters)[: len(piece)]
        mixed = int.from_bytes(piece, "little") ^ int.from_bytes(stream, "little")
        parts.append(mixed.to_bytes(len(piece), "little"))
    return b"".join(parts)
