"""A tape: the trace of a stored run in a temporary file, so that a run of any length takes little memory.

What the history holds of the run is copied as it is, compressed. Events come back without their longer texts: in
place of each stands an `Elsewhere`, which the rows of a `RunState` take over and which reads the text from the tape
when somebody looks at it. The tape needs the history no more: the run may be deleted, the database be locked.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar, overload
from weakref import finalize

from msgspec.structs import force_setattr

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.tree import Elsewhere
from rlm_desktop.history import records

SHORT = 128
"""Characters of a text that an event keeps: what stands in place of a text takes as much."""
IN_MEMORY = 1 << 20
"""Bytes of a tape that needs no file."""
CACHED = 8 << 20
"""Bytes of blocks, and characters of long texts, that stay at hand."""
_APART: dict[type, tuple[str, ...]] = {
    ev.CallStarted: ("prompt",),
    ev.ModelRequested: ("messages",),
    ev.ModelResponded: ("text", "reasoning"),
    ev.CallFinished: ("result",),
    ev.CellOutput: ("text",),
}
"""What `RunState` only hands to rows that can have it elsewhere, by the kind of event."""

Parts = Sequence[tuple[int, bytes]]
"""Codec and data of each part of a long text, as the history holds them."""
Fetch = Callable[[set[str]], Mapping[str, Parts]]
"""Long texts by the hexadecimal form of their hash; those that are missing are left out."""
_T = TypeVar("_T")


class Tape(Sequence[AnyEvent]):
    """The events of one run, in the order in which they were added. One thread may add while others read."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where the file lies, if it takes one; it is gone with the tape, however the program ends."""
        self._store = _Store(folder)
        self._lock = threading.RLock()
        self._firsts = array("q")
        self._blocks: list[tuple[int, int, int]] = []
        self._length = 0
        self._long: dict[str, list[tuple[int, int, int]]] = {}
        self._lines: _Cache[list[bytes]] = _Cache()
        self._texts: _Cache[str] = _Cache()

    # -- writing ----------------------------------------------------------------------------------------------

    def add(self, codec: int, data: bytes, fetch: Fetch) -> list[AnyEvent]:
        """Take a block of the history over; returns its events, their texts left on the tape.

        Raises:
            ValueError: The block is damaged; nothing of it was taken over.
        """
        lines = records.lines_of(codec, data)
        self._take_long(lines, fetch)
        found = self._found(lines, self._length)
        if None in found:  # a kind of event that this version does not know
            lines = [line for line, event in zip(lines, found, strict=True) if event is not None]
            found = self._found(lines, self._length)
            codec, data = records.deflated(b"\n".join(lines))
        return self._add_block(found, codec, data)

    def add_events(self, events: Iterable[AnyEvent]) -> list[AnyEvent]:
        """Take events over that come from elsewhere."""
        packed = [records.pack(event) for event in events]
        for line in packed:
            for text in line.texts:
                self._keep_long(text.sha256.hex(), [part[1:] for part in records.parts_of(text.text)])
        lines = [line.data for line in packed]
        return self._add_block(self._found(lines, self._length), *records.deflated(b"\n".join(lines)))

    def _add_block(self, found: list[AnyEvent | None], codec: int, data: bytes) -> list[AnyEvent]:
        events = self._lean(found, self._length)
        if events:
            with self._lock:
                self._firsts.append(self._length)
                self._blocks.append((*self._store.append(data), codec))
                self._length += len(events)
        return events

    def _take_long(self, lines: list[bytes], fetch: Fetch) -> None:
        needed = {sha256 for line in lines for sha256 in records.references(line)} - self._long.keys()
        if needed:
            for sha256, parts in fetch(needed).items():
                self._keep_long(sha256, parts)

    def _keep_long(self, sha256: str, parts: Parts) -> None:
        with self._lock:
            if sha256 not in self._long:
                self._long[sha256] = [(*self._store.append(data), codec) for codec, data in parts]

    # -- reading ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> AnyEvent: ...
    @overload
    def __getitem__(self, place: slice) -> list[AnyEvent]: ...
    def __getitem__(self, place: int | slice) -> AnyEvent | list[AnyEvent]:
        """An event, or those between two places, without their longer texts."""
        if isinstance(place, int):
            return self._between(range(self._length)[place], range(self._length)[place] + 1)[0]
        start, end, step = place.indices(self._length)
        return self._between(start, end)[::step]

    def __iter__(self) -> Iterator[AnyEvent]:
        firsts, length = self._firsts[:], self._length  # it may grow meanwhile
        return chain.from_iterable(self._between(*pair) for pair in pairwise([*firsts, length]))

    def read(self, place: int, name: str) -> Any:
        """A field of the event at a place, texts included."""
        number = self._block_of(place)
        line = self._block(number)[place - self._firsts[number]]
        if not line.startswith(b"["):
            return getattr(ev.decode(line), name)
        wanted = {sha256 for path, sha256 in records.references_by_path(line) if path[0] == name}
        return getattr(records.unpack(line, self._long_texts(wanted)), name)

    def beginning(self, place: int, name: str, characters: int) -> str:
        """The first characters of a text of the event at a place; of a long one only the first part is read."""
        number = self._block_of(place)
        line = self._block(number)[place - self._firsts[number]]
        wanted = [sha256 for path, sha256 in records.references_by_path(line) if path == [name]]
        with self._lock:
            parts = self._long.get(wanted[0], []) if wanted else []
            if len(parts) < 2 or characters > records.PART:
                return self.read(place, name)[:characters]
            offset, length, codec = parts[0]
            return records.joined([(codec, self._store.read(offset, length))])[:characters]

    def _between(self, start: int, end: int) -> list[AnyEvent]:
        events: list[AnyEvent] = []
        while start < end:
            number = self._block_of(start)
            first, lines = self._firsts[number], self._block(number)
            some = self._lean(self._found(lines[start - first : end - first], start), start)
            events += some
            start += len(some)
        return events

    def _block_of(self, place: int) -> int:
        return bisect_right(self._firsts, place) - 1

    def _block(self, number: int) -> list[bytes]:
        """The lines of a block."""
        with self._lock:
            lines = self._lines.get(number)
            if lines is None:
                offset, length, codec = self._blocks[number]
                raw = records.inflate(codec, self._store.read(offset, length))
                lines = self._lines.put(number, raw.split(b"\n"), len(raw))
            return lines

    def _found(self, lines: list[bytes], first: int) -> list[AnyEvent | None]:
        """The events of some lines, of which the first is at the place `first`; None for unknown ones."""
        if any(line.startswith(b"[") for line in lines):
            return [self._event(line, first + number) for number, line in enumerate(lines)]
        at_once = records.unpack_plain(b"\n".join(lines))
        return [*at_once] if at_once is not None else [ev.decode(line) for line in lines]

    def _lean(self, found: list[AnyEvent | None], first: int) -> list[AnyEvent]:
        """The events, their longer texts left on the tape."""
        events = [event for event in found if event is not None]
        for place, event in enumerate(events, first):
            for name in _APART.get(type(event), ()):
                value = getattr(event, name)
                if _is_long(value):
                    force_setattr(event, name, _OnTape(self, place, name))
        return events

    def _event(self, line: bytes, place: int) -> AnyEvent | None:
        """The event of a line, its long texts left where they are if rows can do without."""
        if not line.startswith(b"["):
            return ev.decode(line)
        names = {path[0] for path, _ in records.references_by_path(line)}
        event = records.unpack(line, {})
        if event is not None and not names <= {*_APART.get(type(event), ())}:
            event = records.unpack(line, self._long_texts(set(records.references(line))))
        for name in names.intersection(_APART.get(type(event), ())):
            force_setattr(event, name, _OnTape(self, place, name))  # type: ignore[type-var]
        return event

    def _long_texts(self, hashes: set[str]) -> dict[str, str]:
        with self._lock:
            return {sha256: self._long_text(sha256) for sha256 in hashes if sha256 in self._long}

    def _long_text(self, sha256: str) -> str:
        text = self._texts.get(sha256)
        if text is None:
            parts = self._long[sha256]
            text = records.joined((codec, self._store.read(offset, length)) for offset, length, codec in parts)
            self._texts.put(sha256, text, len(text))
        return text


class _OnTape(Elsewhere):
    """A field of an event on a tape."""

    __slots__ = ("_name", "_place", "_tape")

    def __init__(self, tape: Tape, place: int, name: str) -> None:
        self._tape = tape
        self._place = place
        self._name = name

    def read(self) -> Any:
        return self._tape.read(self._place, self._name)

    def beginning(self, characters: int) -> str:
        return self._tape.beginning(self._place, self._name, characters)


class _Store:
    """Bytes by where they begin: in a temporary file, or in memory as long as they are few or the disk is full."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held = bytearray()
        self._file: Any = None
        self._written = 0
        self._is_refused = False

    def append(self, data: bytes) -> tuple[int, int]:
        """Keep bytes; returns where they begin and how many they are."""
        place = self._written + len(self._held), len(data)
        self._held += data
        if len(self._held) >= IN_MEMORY and not self._is_refused:
            self._write()
        return place

    def _write(self) -> None:
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.seek(self._written)
            count = self._file.write(self._held)
        except OSError:
            count = 0
        # Where there is no room, this and what comes from now on stays in memory.
        self._is_refused = count < len(self._held)
        if not self._is_refused:
            self._written += count
            self._held = bytearray()

    def _opened(self) -> Any:
        try:
            file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115
        except OSError:
            file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        finalize(self, file.close)
        return file

    def read(self, start: int, length: int) -> bytes:
        """The bytes from there on."""
        if start >= self._written:
            return bytes(self._held[start - self._written : start - self._written + length])
        self._file.seek(start)
        return self._file.read(length)


class _Cache(Generic[_T]):
    """What was used last, up to a size."""

    def __init__(self) -> None:
        self._values: OrderedDict[Any, tuple[_T, int]] = OrderedDict()
        self._size = 0

    def get(self, key: Any) -> _T | None:
        """The value, if it is still here."""
        with contextlib.suppress(KeyError):
            self._values.move_to_end(key)
            return self._values[key][0]
        return None

    def put(self, key: Any, value: _T, size: int) -> _T:
        """Keep a value, and drop the oldest."""
        self._values[key] = value, size
        self._size += size
        while self._size > CACHED and len(self._values) > 1:
            self._size -= self._values.popitem(last=False)[1][1]
        return value


def _is_long(value: str | tuple[ev.Message, ...] | Elsewhere) -> bool:
    if isinstance(value, tuple):
        return sum(len(message.content) for message in value) > SHORT
    return isinstance(value, str) and len(value) > SHORT
