"""The indexed pieces of texts, read back from the events that hold them."""

from __future__ import annotations

import codecs
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, tuple_

from rlm_desktop.history import queries, records
from rlm_desktop.history.schema import blobs, events, texts
from rlm_desktop.history.texts import PIECE, pieces, texts_in

_CHUNK = 16_384
_block_of_text = (
    select(events.c.id)
    .where(events.c.run == texts.c.run, events.c.first <= texts.c.seq)
    .order_by(events.c.first.desc())
    .limit(1)
    .correlate(texts)
    .scalar_subquery()
)
_blocks_of_texts = select(events.c.run, events.c.first, events.c.last, events.c.codec, events.c.data).where(
    events.c.id.in_(select(_block_of_text).where(texts.c.id.in_(bindparam("keys", expanding=True))))
)
_parts = (
    select(blobs.c.sha256, blobs.c.part, blobs.c.codec, blobs.c.data)
    .where(tuple_(blobs.c.sha256, blobs.c.part).in_(bindparam("places", expanding=True)))
    .order_by(blobs.c.sha256, blobs.c.part)
)


def read(connection: Connection, rows: Iterable[Row[Any]]) -> dict[int, str | None]:
    """The texts that are indexed under some rows of `texts`, by their numbers; None for one that cannot be read.

    What holds them is fetched for all at once: SQLite finds it in a hundredth of the time that it takes to ask. Of
    what is long only as much is inflated as is needed.
    """
    reading = _Reading(connection, list(rows))
    return reading.pieces | reading.pieces_apart()


class _Reading:
    """Texts that are read together.

    Attributes:
        pieces: Those that are known, by the numbers of their rows.
    """

    def __init__(self, connection: Connection, rows: list[Row[Any]]) -> None:
        self._connection = connection
        keys = [row.id for row in rows if row.data is None]
        found = connection.execute(_blocks_of_texts, {"keys": keys}) if keys else ()
        self._blocks = [_Block(*block) for block in found]
        self._texts: dict[tuple[int, int], dict[str, str]] = {}
        # Where texts begin that stand among the blobs: by their rows, the hash and the place in it.
        self._apart: dict[int, tuple[bytes, int]] = {}
        self.pieces: dict[int, str | None] = {row.id: self._piece(row) for row in rows}

    def _piece(self, row: Row[Any]) -> str | None:
        try:
            if row.data is not None:
                return records.inflate(row.codec, row.data).decode()
            place = (row.run, row.seq)
            if place not in self._texts:
                self._texts[place] = self._texts_at(row)
            text = self._texts[place].get(row.field)
            if isinstance(text, _Apart):
                self._apart[row.id] = (bytes.fromhex(text), row.start)
                return None
        except ValueError:
            return None
        return None if text is None else dict(pieces(text)).get(row.start)

    def _texts_at(self, row: Row[Any]) -> dict[str, str]:
        """The texts of the event of a row; none when there is no such event."""
        holding = (one for one in self._blocks if one.run == row.run and one.first <= row.seq <= one.last)
        block = next(holding, None)
        for line in block.nearest(row.seq) if block else ():
            hashes = set(records.references(line))
            event = records.unpack(line, {sha256: sha256 for sha256 in hashes})
            if event is not None and event.seq == row.seq:
                found = texts_in(event)
                apart = {field: _Apart(text) for field, text in found.items() if text in hashes}
                if any(sha256 in text for text in (found | dict.fromkeys(apart, "")).values() for sha256 in hashes):
                    event = records.unpack(line, queries.texts_of(self._connection, hashes))
                    return texts_in(event) if event is not None else {}  # one that is put together
                return found | apart
        return {}

    def pieces_apart(self) -> dict[int, str | None]:
        """Those that stand among the blobs, by the numbers of their rows."""
        wanted: dict[tuple[bytes, int], list[tuple[int, int, int]]] = defaultdict(list)
        for key, (sha256, start) in self._apart.items():
            part, begin = divmod(start, records.PART)
            end = begin + PIECE + 1  # one character more tells whether the text goes on
            wanted[sha256, part].append((key, begin, end))
            if end > records.PART:
                wanted[sha256, part + 1].append((key, 0, end - records.PART))
        found: dict[int, str | None] = dict.fromkeys(self._apart, "")
        parts = self._connection.execute(_parts, {"places": list(wanted)}) if wanted else ()
        for sha256, part, codec, data in parts:
            some = wanted[bytes(sha256), part]
            try:
                text = _beginning(codec, data, max(end for _, _, end in some))
            except ValueError:
                text = None
            for key, begin, end in some:
                before = found[key]
                found[key] = None if text is None or before is None else before + text[begin:end]
        return {key: next(pieces(text))[1] if text else None for key, text in found.items()}


class _Apart(str):
    """The hash of a text that stands among the blobs."""


class _Block:
    """The lines of a block of events, inflated no further than they are asked for: half of it on average."""

    def __init__(self, run: int, first: int, last: int, codec: int, data: bytes) -> None:
        self.run, self.first, self.last = run, first, last
        self._chunks = iter((data,)) if codec == records.RAW else _inflated(data, _CHUNK)
        self._found: list[bytes] = []
        self._begun = b""

    def nearest(self, seq: int) -> Iterator[bytes]:
        """The line where that event should stand, if it is there, then all lines."""
        place = seq - self.first
        while len(self._found) <= place and self._inflate():
            pass
        yield from self._found[place : place + 1]
        while self._inflate():
            pass
        yield from self._found

    def _inflate(self) -> bool:
        """Some more lines; False when there are no more."""
        chunk = next(self._chunks, None)
        if chunk is not None:
            *whole, self._begun = (self._begun + chunk).split(b"\n")
            self._found += whole
        elif self._begun:
            self._found.append(self._begun)
            self._begun = b""
        return chunk is not None


def _beginning(codec: int, data: bytes, characters: int) -> str:
    """So many characters of a text, or all of them.

    Raises:
        ValueError: It is damaged.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    found: list[str] = []
    for chunk in (data,) if codec == records.RAW else _inflated(data, characters):
        found.append(decoder.decode(chunk))
        if sum(map(len, found)) >= characters:
            break
    return "".join(found)[:characters]


def _inflated(data: bytes, size: int) -> Iterator[bytes]:
    """What was compressed, in chunks of that size.

    Raises:
        ValueError: It is damaged.
    """
    inflater = zlib.decompressobj()
    while not inflater.eof:
        try:
            chunk = inflater.decompress(data, size)
        except zlib.error as error:
            raise ValueError(f"damaged block: {error}") from error
        if not chunk and not inflater.eof:
            raise ValueError("damaged block: it is cut off")
        data = inflater.unconsumed_tail
        yield chunk
