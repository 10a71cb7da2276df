"""The indexed pieces of texts, read back from the events that hold them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from rlm_desktop.history import queries, records
from rlm_desktop.history.schema import events
from rlm_desktop.history.texts import pieces, texts_in

_CHUNK = 16_384
_block_at = (
    select(events.c.first, events.c.last, events.c.codec, events.c.data)
    .where(events.c.run == bindparam("run"), events.c.first <= bindparam("seq"))
    .order_by(events.c.first.desc())
    .limit(1)
)


class PieceReader:
    """Reads pieces by their rows of `texts`.

    Neighbours are mostly asked for together: the last block of events and the last event's texts stay at hand.
    """

    def __init__(self) -> None:
        self._run = -1
        self._first = 0
        self._last = -1
        self._lines = _Lines(records.RAW, b"")
        self._place = (-1, -1)
        self._pieces: dict[tuple[str, int], str] = {}

    def piece(self, connection: Connection, row: Row[Any]) -> str | None:
        """The text that is indexed under a row; None when it cannot be read."""
        try:
            if row.data is not None:
                return records.inflate(row.codec, row.data).decode()
            if self._place != (row.run, row.seq):
                found = self._texts_at(connection, row.run, row.seq)
                self._pieces = {(field, start): part for field in found for start, part in pieces(found[field])}
                self._place = (row.run, row.seq)
        except (ValueError, msgspec.DecodeError):
            return None
        return self._pieces.get((row.field, row.start))

    def _texts_at(self, connection: Connection, run: int, seq: int) -> dict[str, str]:
        """The texts of one event; none when there is no such event."""
        if run != self._run or not self._first <= seq <= self._last:
            self._load(connection, run, seq)
        for line in self._lines.nearest(seq - self._first):
            event = queries.decoded(connection, [line])
            if event and event[0].seq == seq:
                return texts_in(event[0])
        return {}

    def _load(self, connection: Connection, run: int, seq: int) -> None:
        self._run = -1
        row = connection.execute(_block_at, {"run": run, "seq": seq}).first()
        if row is not None:
            self._lines = _Lines(row.codec, row.data)
            self._run, self._first, self._last = run, row.first, row.last


class _Lines:
    """The lines of a block of events, inflated no further than they are asked for: half of it on average."""

    def __init__(self, codec: int, data: bytes) -> None:
        self._chunks = iter((data,)) if codec == records.RAW else _inflated(data)
        self._found: list[bytes] = []
        self._begun = b""

    def nearest(self, place: int) -> Iterator[bytes]:
        """The line at a place, if it is there, then all lines."""
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
