"""Texts in UTF-8, read in the application itself: no parser is involved, and nothing is faster.

By pieces, so that neither Python's lock nor the memory is held for long, and always into the same buffers: memory
that was never used before costs as much as the decoding.
"""

from __future__ import annotations

import codecs
import hashlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import cycle
from typing import BinaryIO, NamedTuple, Self

from rlm_desktop.documents.bigtext import TextBuilder
from rlm_desktop.documents.encoding import ESCAPES

_PORTION = 1 << 20
"""Bytes that are read, and handed to the thread that hashes, at once."""
_BUFFERS = 4
"""Portions that are in memory at once: all but the one that is decoded may wait for the thread that hashes."""
_SLICE = 48 << 10
"""Bytes that are decoded at once: what becomes of them stays in the processor's cache until it is copied, and is
too small for an allocation of its own from the system."""
_REST = 4
"""Most bytes at the end of a portion that may belong to the next: a carriage return, or a part of a character."""
_LARGE = 32 << 20
_SIZELESS = 64 << 20
"""Bytes that are read of a file of the system that tells no size."""


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
    with closing(TextBuilder(size)) as builder, _Hash(in_thread=size >= _LARGE) as digest:
        return _read(file, size or _SIZELESS, _Decoding(builder, digest), on_bytes)


def _read(file: BinaryIO, most: int, text: _Decoding, on_bytes: Callable[[int], None]) -> Read | None:
    read_into: Callable[[memoryview], int | None] = file.readinto  # pyright: ignore[reportAttributeAccessIssue]
    done, rest = 0, b""
    buffers = cycle(bytearray(_REST + min(_PORTION, most)) for _ in range(_BUFFERS))  # made when first needed
    while True:
        buffer = next(buffers)
        view = memoryview(buffer)
        view[: len(rest)] = rest
        # A file that grows is read as it was: it may grow faster than it can be read.
        count = read_into(view[len(rest) : len(rest) + min(_PORTION, most - done)]) or 0
        done += count
        end = len(rest) + count
        if buffer.find(b"\x1b", 0, end) >= 0 and ESCAPES.search(view[:end]):
            return None
        try:
            used = text.take(buffer, end, is_last=not count)
        except UnicodeDecodeError:
            return None
        if not count:
            return text.finish()
        rest = bytes(view[used:end])
        on_bytes(done)


class _Decoding:
    """A text while it is being decoded."""

    def __init__(self, builder: TextBuilder, digest: _Hash) -> None:
        self._builder = builder
        self._digest = digest
        self._utf8_bytes = self._nuls = 0
        self._feeds: list[int] = []

    def take(self, portion: bytearray, end: int, *, is_last: bool) -> int:
        """Decode a portion that ends at `end`; returns where what belongs to the next portion begins.

        Raises:
            UnicodeDecodeError: It is not UTF-8.
        """
        view = memoryview(portion)
        has_mark = not self._builder.length and portion.startswith(codecs.BOM_UTF8, 0, end)
        begin = at = len(codecs.BOM_UTF8) if has_mark else 0
        # Looked for in the bytes: in a text of wide characters that would take five times as long.
        is_odd = portion.find(b"\r", at, end) >= 0 or portion.find(b"\0", at, end) >= 0
        has_feeds = portion.find(b"\f", at, end) >= 0
        while at < end:
            piece, used = codecs.utf_8_decode(view[at : min(end, at + _SLICE)], "strict", is_last)
            if piece.endswith("\r") and not is_last:  # perhaps the half of a line end
                piece, used = piece[:-1], used - 1
            if not used:
                break
            at += used
            self._add(self._mended(piece) if is_odd else piece, has_feeds=has_feeds)
        if not is_odd:
            self._hash(view[begin:at])
        self._digest.start()
        return at

    def _mended(self, piece: str) -> str:
        self._nuls += piece.count("\0")
        piece = piece.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "␀")
        self._hash(piece.encode())
        return piece

    def _add(self, piece: str, *, has_feeds: bool) -> None:
        if has_feeds:
            self._feeds.extend(self._builder.length + at + 1 for at, char in enumerate(piece) if char == "\f")
        self._builder.append(piece)

    def _hash(self, data: bytes | memoryview) -> None:
        self._utf8_bytes += len(data)
        self._digest.update(data)

    def finish(self) -> Read:
        """The text and what is known of it."""
        digest = self._digest.finish()
        return Read(self._builder.finish(), digest, self._utf8_bytes, self._nuls, tuple(self._feeds))


class _Hash:
    """SHA-256 of pieces; of a large text on another core, beside the decoding, which costs most."""

    def __init__(self, *, in_thread: bool) -> None:
        self._digest = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hash") if in_thread else None
        self._some: list[bytes | memoryview] = []
        self._going: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def update(self, data: bytes | memoryview) -> None:
        """Take the next piece, which may not change until `start` was called once for each buffer."""
        self._some.append(data)

    def start(self) -> None:
        """Hash what was taken, after all that came before."""
        some, self._some = self._some, []
        if self._pool is None:
            self._add(some)
            return
        self._going.append(self._pool.submit(self._add, some))
        self._wait(_BUFFERS - 1)

    def finish(self) -> str:
        """The digest in hexadecimal."""
        self._wait(0)
        return self._digest.hexdigest()

    def _wait(self, left: int) -> None:
        while len(self._going) > left:
            self._going.popleft().result()

    def _add(self, some: list[bytes | memoryview]) -> None:
        for data in some:
            self._digest.update(data)
