"""Texts in UTF-8, read in the application itself: no parser is involved, and nothing is faster.

By pieces, so that neither Python's lock nor the memory is held for long.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, NamedTuple, Self

from rlm_desktop.documents.bigtext import TextBuilder
from rlm_desktop.documents.encoding import ESCAPES

_PIECE = 1 << 18
"""Small enough to stay in the processor's cache from reading to copying."""
_LARGE = 32 << 20
_SIZELESS = 64 << 20
"""Bytes that are read of a file of the system that tells no size."""
_HASHED_AT_ONCE = 8
"""Pieces that are handed to another thread together: handing over costs more than hashing one."""


class Read(NamedTuple):
    """A text that was read.

    Attributes:
        utf8_bytes: Its size in UTF-8.
        nuls: How many NULs were replaced.
        feeds: Offsets after form feeds, which end pages.
    """

    text: str
    sha256: str
    utf8_bytes: int
    nuls: int
    feeds: tuple[int, ...]


def read_utf8(file: BinaryIO, size: int, on_bytes: Callable[[int], None]) -> Read | None:
    """Read a text in UTF-8; None when it is something else (another encoding, a binary).

    Args:
        file: Open for reading, at its beginning.
        size: Of the file in bytes.
        on_bytes: Called with the number of bytes read so far; may raise to stop.
    """
    with _Hash(in_thread=size >= _LARGE) as digest:
        return _read(file, size, TextBuilder(size), digest, on_bytes)


def _read(
    file: BinaryIO, size: int, builder: TextBuilder, digest: _Hash, on_bytes: Callable[[int], None]
) -> Read | None:
    utf8_bytes = done = nuls = 0
    feeds: list[int] = []
    tail = b""
    while True:
        # A file that grows is read as it was: it may grow faster than it can be read.
        data = file.read(min(_PIECE, (size or _SIZELESS) - done)) or b""
        done += len(data)
        is_last = not data
        data = tail + data if tail else data
        if not is_last:
            data, tail = _split(data)
        if not builder.length:
            data = data.removeprefix(codecs.BOM_UTF8)
        if b"\x1b" in data and ESCAPES.search(data):
            return None
        try:
            piece = data.decode()
        except UnicodeDecodeError:
            return None
        # Looked for in the bytes: in a text of wide characters that would take five times as long.
        if b"\r" in data or b"\0" in data:
            nuls += piece.count("\0")
            piece = piece.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "␀")
            data = piece.encode()
        if b"\f" in data:
            feeds.extend(builder.length + at + 1 for at, char in enumerate(piece) if char == "\f")
        digest.update(data)
        utf8_bytes += len(data)
        builder.append(piece)
        if is_last:
            return Read(builder.finish(), digest.finish(), utf8_bytes, nuls, tuple(feeds))
        on_bytes(done)


class _Hash:
    """SHA-256 of pieces; of a large text on another core, beside the decoding, which costs most."""

    def __init__(self, *, in_thread: bool) -> None:
        self._digest = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hash") if in_thread else None
        self._some: list[bytes] = []
        self._going: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def update(self, data: bytes) -> None:
        """Take the next piece."""
        self._some.append(data)
        if self._pool is None or len(self._some) >= _HASHED_AT_ONCE:
            self._hash_some()

    def finish(self) -> str:
        """The digest in hexadecimal."""
        self._hash_some()
        if self._going is not None:
            self._going.result()
        return self._digest.hexdigest()

    def _hash_some(self) -> None:
        some, self._some = self._some, []
        if self._pool is None:
            self._add(some)
            return
        if self._going is not None:
            self._going.result()  # in order, and never more in memory than two portions
        self._going = self._pool.submit(self._add, some)

    def _add(self, some: list[bytes]) -> None:
        for data in some:
            self._digest.update(data)


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Cut before a character, or a line end, that may go on in the next piece."""
    end = len(data)
    for back in range(1, min(4, end + 1)):
        byte = data[end - back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            end -= back if needed > back else 0
            break
        if byte < 0x80:
            break
    if data[end - 1 : end] == b"\r":
        end -= 1
    return (data, b"") if end == len(data) else (data[:end], data[end:])
