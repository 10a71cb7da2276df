"""Texts, read in the application itself: no parser is involved, and nothing is faster.

By pieces, so that neither Python's lock nor the memory is held for long, and always into the same buffers: memory
that was never used before costs as much as the decoding. Hashing goes on beside it, and of a very large text in
UTF-8 a second process decodes the half.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import cycle
from typing import BinaryIO, NamedTuple, Self

from rlm_desktop.documents.bigtext import TextBuilder
from rlm_desktop.documents.document import Replaced, cleaned
from rlm_desktop.documents.encoding import ESCAPES, LARGE, Counting, is_nearly_utf8
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
_MOST_LOST = 100_000
"""Bytes that may be replaced here: a handler in Python is called for each, half a million times a second."""
_NUL = "␀".encode()
_ALONE = re.compile(rb"\r(?!\n)").search


class Read(NamedTuple):
    """A text that was read.

    Attributes:
        utf8_bytes: Its size in UTF-8.
        feeds: Offsets after form feeds, which end pages.
        encoding: The name of what it was in.
        warnings: What was replaced.
    """

    text: str
    sha256: str
    utf8_bytes: int
    feeds: tuple[int, ...]
    encoding: str
    warnings: tuple[str, ...]


def read_utf8(file: BinaryIO, size: int, on_bytes: Callable[[int], None]) -> Read | None:
    """Read a text in UTF-8; None when it is something else (another encoding, a binary).

    A few damaged places of a large text are replaced and counted.

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
        text = _Text(builder, digest)
        decoding = _Decoding(text, second, ahead, mends=size > LARGE)
        try:
            for portion in _portions(file, size or _SIZELESS, 1 + ahead + _BEHIND, on_bytes):
                decoding.add(portion)
            return text.finish("utf-8", decoding.finish())
        except UnicodeError:
            return None


def read_encoded(file: BinaryIO, size: int, encoding: str, on_bytes: Callable[[int], None]) -> Read | None:
    """Read a text in any simple encoding (`encoding.is_simple`); None when too much of it is in another.

    What cannot be decoded is replaced and counted.

    Args:
        file: Open for reading, at its beginning.
        size: Of the file in bytes.
        encoding: As Python calls it.
        on_bytes: Called with the number of bytes read so far; may raise to stop.

    Raises:
        LookupError: There is no such encoding.
    """
    counting = Counting(encoding)
    with closing(TextBuilder(size)) as builder, _Hash(in_thread=size >= _LARGE) as digest:
        text = _Text(builder, digest)
        try:
            for view in _blocks(file, size, on_bytes):
                for at in range(0, len(view), _SLICE):
                    text.add_decoded(counting.next(view[at : at + _SLICE]))
                    if counting.lost > _MOST_LOST:
                        return None
                text.noted()
            text.add_decoded(counting.next(b"", is_last=True))
        except UnicodeError:  # a mark at the beginning is there no more
            return None
        text.noted()
        return text.finish(counting.encoding, counting.warnings)


class _Portion(NamedTuple):
    """Some whole characters of a text in UTF-8, without carriage returns and NULs.

    Attributes:
        nuls: How many were replaced.
        has_feeds: Whether pages end in it.
    """

    data: memoryview
    nuls: int
    has_feeds: bool


def _portions(file: BinaryIO, most: int, buffers: int, on_bytes: Callable[[int], None]) -> Iterator[_Portion]:
    """Read a file, into some buffers in turn.

    Raises:
        UnicodeError: There are escapes of another encoding.
    """
    read_into = _reader(file)
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
        nuls = buffer.count(0, begin, whole) if buffer.find(0, begin, whole) >= 0 else 0
        is_odd = nuls or buffer.find(b"\r", begin, whole) >= 0
        data = memoryview(_mended(buffer[begin:whole])) if is_odd else view[begin:whole]
        yield _Portion(data, nuls, buffer.find(b"\f", begin, whole) >= 0)
        if not count:
            return
        rest = bytes(view[whole:end])
        on_bytes(done)


def _blocks(file: BinaryIO, size: int, on_bytes: Callable[[int], None]) -> Iterator[memoryview]:
    """Read a file, always into the same buffer."""
    read_into, view, done = _reader(file), memoryview(bytearray(_PORTION)), 0
    while count := read_into(view[: size - done]) or 0:
        done += count
        yield view[:count]
        on_bytes(done)


def _reader(file: BinaryIO) -> Callable[[memoryview], int | None]:
    read_into: Callable[[memoryview], int | None] = file.readinto  # pyright: ignore[reportAttributeAccessIssue]
    return read_into


def _mended(utf8: bytearray) -> bytearray:
    """Bytes with line feeds for line ends, and signs for NULs: none of these is ever a part of a character."""
    # Where they all stand before line feeds, dropping them takes a fifth as long as replacing pairs.
    mended = utf8.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if _ALONE(utf8) else utf8.translate(None, b"\r")
    return mended.replace(b"\0", _NUL)


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
        is_tried: Whether it was decoded here before its turn.
        pieces: What came of that.
    """

    portion: _Portion
    is_given: bool
    is_tried: bool = False
    pieces: list[str] | None = None


class _Text:
    """A text while it is put together, and what is known of it."""

    def __init__(self, builder: TextBuilder, digest: _Hash) -> None:
        self._builder = builder
        self._digest = digest
        self._utf8_bytes = self._nuls = 0
        self._feeds: list[int] = []

    def note(self, utf8: bytes | memoryview, nuls: int) -> None:
        """What comes next, in UTF-8, and how many NULs were replaced in it."""
        self._utf8_bytes += len(utf8)
        self._nuls += nuls
        self._digest.update(utf8)

    def noted(self) -> None:
        """What was noted may be hashed."""
        self._digest.start()

    def add(self, piece: str, *, has_feeds: bool) -> None:
        """Add characters; they were noted."""
        if has_feeds:
            self._feeds.extend(self._builder.length + at + 1 for at, char in enumerate(piece) if char == "\f")
        self._builder.append(piece)

    def add_utf16(self, data: memoryview) -> None:
        """Add characters without form feeds; they were noted."""
        self._builder.append_utf16(data)

    def add_decoded(self, piece: str) -> None:
        """Add what a decoder gave."""
        piece, replaced = cleaned(piece, is_decoded=True)
        self.note(piece.encode(), replaced.nuls)
        self.add(piece, has_feeds="\f" in piece)

    def finish(self, encoding: str, warnings: tuple[str, ...] = ()) -> Read:
        """The text; `warnings` are what the decoder has replaced."""
        warnings = (*warnings, *Replaced(self._nuls, 0).warnings)
        digest = self._digest.finish()
        return Read(self._builder.finish(), digest, self._utf8_bytes, tuple(self._feeds), encoding, warnings)


class _Decoding:
    """The decoding of UTF-8.

    Args:
        ahead: Portions that wait before the oldest is decoded: the second decoder is given what it has time for.
        mends: Whether a few damaged places are replaced: of a smaller text, more is tried before.
    """

    def __init__(self, text: _Text, second: Second, ahead: int, *, mends: bool) -> None:
        self._text = text
        self._second = second
        self._ahead = ahead
        self._mends = mends
        self._is_utf8 = False  # surely: some characters beyond ASCII were
        self._waiting: deque[_Waiting] = deque()
        self._counting = Counting("utf-8")

    def add(self, portion: _Portion) -> None:
        """Take the next portion.

        Raises:
            UnicodeDecodeError: Something is not UTF-8.
        """
        self._waiting.append(_Waiting(portion, self._ahead > 0 and self._second.give(portion.data)))
        while len(self._waiting) > self._ahead:
            self._go_on()

    def finish(self) -> tuple[str, ...]:
        """Decode what waits.

        Returns:
            What was replaced.

        Raises:
            UnicodeDecodeError: Something is not UTF-8.
        """
        while self._waiting:
            self._go_on()
        return self._counting.warnings

    def _go_on(self) -> None:
        """Put the oldest portion into the text; while the second decoder is at it, decode another one."""
        oldest = self._waiting[0]
        if oldest.is_given and not self._second.is_done():
            for other in self._waiting:
                if not other.is_given and not other.is_tried:
                    other.is_tried = True
                    with suppress(UnicodeDecodeError):  # it comes again when it is its turn
                        other.pieces = [*_pieces(codecs.utf_8_decode, other.portion.data)]
                    return
        self._put(self._waiting.popleft())
        self._text.noted()

    def _put(self, waiting: _Waiting) -> None:
        utf16 = self._second.take() if waiting.is_given else None
        if utf16 is not None and utf16.is_plain and not waiting.portion.has_feeds:
            self._text.add_utf16(utf16.data)
            self._is_utf8 = True
        else:
            if utf16 is not None:
                pieces = [*_pieces(codecs.utf_16_le_decode, utf16.data)]
            else:
                pieces = waiting.pieces or self._decoded(waiting)
            for piece in pieces:
                self._text.add(piece, has_feeds=waiting.portion.has_feeds)
            self._is_utf8 = self._is_utf8 or not all(map(str.isascii, pieces))
        self._text.note(waiting.portion.data, waiting.portion.nuls)

    def _decoded(self, waiting: _Waiting) -> list[str]:
        """The text of a portion; of one with a few damaged places, which are mended in it, too."""
        try:
            return [*_pieces(codecs.utf_8_decode, waiting.portion.data)]
        except UnicodeDecodeError:
            data = bytes(waiting.portion.data)
            is_wanted = self._mends and self._counting.lost <= _MOST_LOST
            if not is_wanted or not (self._is_utf8 or is_nearly_utf8(data)):
                raise
        mended = self._counting.next(data, is_last=True).encode()
        waiting.portion = waiting.portion._replace(data=memoryview(mended))
        return [*_pieces(codecs.utf_8_decode, waiting.portion.data)]


def _pieces(decode: Callable[[memoryview, str, bool], tuple[str, int]], data: memoryview) -> Iterator[str]:
    """Decode by slices."""
    at = 0
    while at < len(data):
        piece, used = decode(data[at : at + _SLICE], "strict", at + _SLICE >= len(data))
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
        # In one go: after each piece the thread would wait for Python's lock, some milliseconds.
        data = self._some[0] if len(self._some) == 1 else b"".join(self._some)
        self._some.clear()
        if self._pool is None:
            self._digest.update(data)
            return
        self._going.append(self._pool.submit(self._digest.update, data))
        self._wait(_BEHIND)

    def finish(self) -> str:
        """The digest in hexadecimal."""
        self._wait(0)
        return self._digest.hexdigest()

    def _wait(self, left: int) -> None:
        while len(self._going) > left:
            self._going.popleft().result()
