"""The indexed pieces of texts, read back from the events that hold them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from rlm_desktop.history import queries, records
from rlm_desktop.history.schema import events, texts
from rlm_desktop.history.texts import pieces, texts_in

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


class PieceReader:
    """Reads pieces by their rows of `texts`.

    The blocks of events that hold them are fetched for many at a time: SQLite finds one in a hundredth of the time
    that it takes to ask for it. The last event's pieces stay at hand, because neighbours are mostly asked for
    together.
    """

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._place = (-1, -1)
        self._pieces: dict[tuple[str, int], str] = {}

    def has(self, row: Row[Any]) -> bool:
        """Whether the text of a row is at hand."""
        return row.data is not None or self._place == (row.run, row.seq) or self._block(row) is not None

    def fetch(self, connection: Connection, rows: Iterable[Row[Any]]) -> None:
        """Have the texts of these rows at hand, and of no others."""
        keys = [row.id for row in rows if row.data is None]
        found = connection.execute(_blocks_of_texts, {"keys": keys}) if keys else ()
        self._blocks = [_Block(*block) for block in found]

    def piece(self, connection: Connection, row: Row[Any]) -> str | None:
        """The text that is indexed under a row; None when it cannot be read."""
        try:
            if row.data is not None:
                return records.inflate(row.codec, row.data).decode()
            if self._place != (row.run, row.seq):
                found = self._texts_at(connection, row)
                self._pieces = {(field, start): part for field in found for start, part in pieces(found[field])}
                self._place = (row.run, row.seq)
        except (ValueError, msgspec.DecodeError):
            return None
        return self._pieces.get((row.field, row.start))

    def _texts_at(self, connection: Connection, row: Row[Any]) -> dict[str, str]:
        """The texts of the event of a row; none when there is no such event."""
        block = self._block(row)
        if block is None:
            self.fetch(connection, [row])
            block = self._block(row)
        for line in block.nearest(row.seq) if block else ():
            event = queries.decoded(connection, [line])
            if event and event[0].seq == row.seq:
                return texts_in(event[0])
        return {}

    def _block(self, row: Row[Any]) -> _Block | None:
        holding = (one for one in self._blocks if one.run == row.run and one.first <= row.seq <= one.last)
        return next(holding, None)


class _Block:
    """The lines of a block of events, inflated no further than they are asked for: half of it on average."""

    def __init__(self, run: int, first: int, last: int, codec: int, data: bytes) -> None:
        self.run, self.first, self.last = run, first, last
        self._chunks = iter((data,)) if codec == records.RAW else _inflated(data)
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


def _inflated(data: bytes) -> Iterator[bytes]:
    """What was compressed, in chunks.

    Raises:
        ValueError: It is damaged.
    """
    inflater = zlib.decompressobj()
    while not inflater.eof:
        try:
            chunk = inflater.decompress(data, _CHUNK)
        except zlib.error as error:
            raise ValueError(f"damaged block: {error}") from error
        if not chunk and not inflater.eof:
            raise ValueError("damaged block: it is cut off")
        data = inflater.unconsumed_tail
        yield chunk
