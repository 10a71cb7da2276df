"""Texts in UTF-8, read in the application itself: no parser is involved, and nothing is faster.

By pieces, so that neither Python's lock nor the memory is held for long: the text, and one piece.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from rlm_desktop.documents.bigtext import TextBuilder
from rlm_desktop.documents.encoding import ESCAPES

_PIECE = 1 << 20


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


def read_utf8(file: BinaryIO, on_bytes: Callable[[int], None]) -> Read | None:
    """Read a text in UTF-8; None when it is something else (any byte order mark, another encoding, a binary).

    Args:
        file: Open for reading, at its beginning.
        on_bytes: Called with the number of bytes read so far; may raise to stop.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    builder, digest = TextBuilder(), hashlib.sha256()
    size = done = nuls = 0
    feeds: list[int] = []
    held = ""
    while True:
        data = file.read(_PIECE)
        if ESCAPES.search(data):
            return None
        try:
            piece = held + decoder.decode(data, not data)
        except UnicodeDecodeError:
            return None
        held = ""
        if "\r" in piece:
            if data and piece.endswith("\r"):
                piece, held = piece[:-1], "\r"
            piece = piece.replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in piece:
            nuls += piece.count("\0")
            piece = piece.replace("\0", "␀")
        if "\f" in piece:
            feeds.extend(builder.length + at + 1 for at, char in enumerate(piece) if char == "\f")
        encoded = data if piece.isascii() and len(piece) == len(data) else piece.encode()
        digest.update(encoded)
        size += len(encoded)
        builder.append(piece)
        if not data:
            return Read(builder.finish(), digest.hexdigest(), size, nuls, tuple(feeds))
        done += len(data)
        on_bytes(done)
