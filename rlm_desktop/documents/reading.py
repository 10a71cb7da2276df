"""Texts in UTF-8, read in the application itself: no parser is involved, and nothing is faster.

By pieces, so that neither Python's lock nor the memory is held for long, and always into the same buffers: memory
that was never used before costs as much as the decoding. Hashing goes on beside it, and of a very large text a
second process decodes the half.
"""

from __future__ import annotations

import codecs
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle
from typing import BinaryIO, NamedTuple, Self

from rlm_desktop.documents.bigtext import TextBuilder
from rlm_desktop.documents.encoding import ESCAPES
from rlm_desktop.documents.second import Second

_PORTION = 1 << 20
"""Bytes that are read, decoded and handed to the thread that hashes at once."""
_AHEAD = 6
"""Portions of a very large text that are read before they are decoded: the second decoder is given some of them,
and two at least are left to decode here meanwhile."""
_BEHIND = 3
"""Portions that may wait for the thread that hashes."""
_SLICE = 48 << 10
"""Bytes that are decoded at once: what becomes of them stays in the processor's cache until it is copied, and is
too small for an allocation of its own from the system."""
_REST = 4
"""Most bytes at the end of a portion that may belong to the next: a carriage return, or a part of a character."""
_LARGE = 32 << 20
"""Bytes from which on a text is hashed beside the decoding."""
_VERY_LARGE = 128 << 20
"""Bytes from which on a second decoder is worth its start, some 30 ms."""
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
    with (
        closing(TextBuilder(size)) as builder,
        _Hash(in_thread=size >= _LARGE) as digest,
        Second(_PORTION + _REST) as second,
    ):
        ahead = _AHEAD if size >= _VERY_LARGE else 0
        text = _Decoding(builder, digest, second, ahead)
        try:
            for portion in _portions(file, size or _SIZELESS, 1 + ahead + _BEHIND, on_bytes):
                text.add(portion)
            return text.finish()
        except UnicodeError:
            return None


class _Portion(NamedTuple):
    """Some whole characters of a text.

    Attributes:
        is_odd: Whether there are line ends or NULs to mend.
        has_feeds: Whether pages end in it.
    """

    data: memoryview
    is_odd: bool
    has_feeds: bool


def _portions(file: BinaryIO, most: int, buffers: int, on_bytes: Callable[[int], None]) -> Iterator[_Portion]:
    """Read a file, into some buffers in turn.

    Raises:
        UnicodeError: There are escapes of another encoding.
    """
    read_into: Callable[[memoryview], int | None] = file.readinto  # pyright: ignore[reportAttributeAccessIssue]
    done, rest = 0, b""
    for buffer in cycle(bytearray(_REST + min(_PORTION, most)) for _ in range(buffers)):  # made when first needed
        view = memoryview(buffer)
        view[: len(rest)] = rest
        # A file that grows is read as it was: it may grow faster than it can be read.
        count = read_into(view[len(rest) : len(rest) + min(_PORTION, most - done)]) or 0
        begin = len(codecs.BOM_UTF8) if not done and buffer.startswith(codecs.BOM_UTF8, 0, count) else 0
        done += count
        end = len(rest) + count
        if buffer.find(b"\x1b", 0, end) >= 0 and ESCAPES.search(view[:end]):
            raise UnicodeError
        whole = end - _unfinished(buffer, end) if count else end
        # Looked for in the bytes: in a text of wide characters that would take five times as long.
        is_odd = buffer.find(b"\r", begin, whole) >= 0 or buffer.find(b"\0", begin, whole) >= 0
        yield _Portion(view[begin:whole], is_odd, buffer.find(b"\f", begin, whole) >= 0)
        if not count:
            return
        rest = bytes(view[whole:end])
        on_bytes(done)


def _unfinished(buffer: bytearray, end: int) -> int:
    """How many of the last bytes belong to what follows: a carriage return, a part of a character."""
    if buffer.endswith(b"\r", 0, end):
        return 1
    for count in range(1, min(_REST, end + 1)):
        byte = buffer[end - count]
        if byte >= 0xC0:
            return count if count < 2 + (byte >= 0xE0) + (byte >= 0xF0) else 0
        if byte < 0x80:
            break
    return 0


@dataclass(slots=True)
class _Waiting:
    """A portion that is not yet in the text.

    Attributes:
        is_given: Whether the second decoder has it.
        pieces: What was decoded of it here, before its turn.
    """

    portion: _Portion
    is_given: bool
    pieces: list[str] | None = None


class _Decoding:
    """A text while it is being decoded.

    Args:
        ahead: Portions that wait before the oldest is decoded: the second decoder is given what it has time for.
    """

    def __init__(self, builder: TextBuilder, digest: _Hash, second: Second, ahead: int) -> None:
        self._builder = builder
        self._digest = digest
        self._second = second
        self._ahead = ahead
        self._waiting: deque[_Waiting] = deque()
        self._utf8_bytes = self._nuls = 0
        self._feeds: list[int] = []

    def add(self, portion: _Portion) -> None:
        """Take the next portion.

        Raises:
            UnicodeDecodeError: Something is not UTF-8.
        """
        self._waiting.append(_Waiting(portion, self._ahead > 0 and self._second.give(portion.data)))
        while len(self._waiting) > self._ahead:
            self._go_on()

    def _go_on(self) -> None:
        """Put the oldest portion into the text; while the second decoder is at it, decode another one."""
        oldest = self._waiting[0]
        if oldest.is_given and not self._second.is_done():
            for other in self._waiting:
                if not other.is_given and other.pieces is None:
                    other.pieces = list(_pieces(codecs.utf_8_decode, other.portion.data, 1))
                    return
        self._put(self._waiting.popleft())
        self._digest.start()

    def _put(self, waiting: _Waiting) -> None:
        portion = waiting.portion
        if not portion.is_odd:
            self._hash(portion.data)
        utf16 = self._second.take() if waiting.is_given else None
        if utf16 is not None and utf16.is_plain and not portion.is_odd and not portion.has_feeds:
            self._builder.append_utf16(utf16.data)
            return
        pieces: Iterable[str] | None = waiting.pieces
        if utf16 is not None:
            pieces = _pieces(codecs.utf_16_le_decode, utf16.data, 2)
        elif pieces is None:
            pieces = _pieces(codecs.utf_8_decode, portion.data, 1)
        for piece in pieces:
            self._add(self._mended(piece) if portion.is_odd else piece, has_feeds=portion.has_feeds)

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
        """The text and what is known of it.

        Raises:
            UnicodeDecodeError: Something is not UTF-8.
        """
        while self._waiting:
            self._go_on()
        digest = self._digest.finish()
        return Read(self._builder.finish(), digest, self._utf8_bytes, self._nuls, tuple(self._feeds))


def _pieces(
    decode: Callable[[memoryview, str, bool], tuple[str, int]], data: memoryview, unit: int
) -> Iterator[str]:
    """Decode by slices; `unit` bytes are a carriage return, which is never parted from the rest of a line end."""
    at, step = 0, _SLICE * unit
    while at < len(data):
        is_last = at + step >= len(data)
        piece, used = decode(data[at : at + step], "strict", is_last)
        if piece.endswith("\r") and not is_last:
            piece, used = piece[:-1], used - unit
        at += used
        yield piece


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
        """Take the next piece, which may not change until `start` was called `_BEHIND` times more."""
        self._some.append(data)

    def start(self) -> None:
        """Hash what was taken, after all that came before."""
        some, self._some = self._some, []
        if self._pool is None:
            self._add(some)
            return
        self._going.append(self._pool.submit(self._add, some))
        self._wait(_BEHIND)

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
