"""Large contexts in a memory file: written once by the host, decoded once by a zygote, shared by its forks.

The file holds the UTF-8 of every long text one after the other; a short skeleton says where each belongs. So
nothing is copied only to be wrapped in a message.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

import msgspec

from rlm_desktop.repl import wire

NO_CONTEXT: Any = object()
"""Stands for the context of a worker that was not forked with one."""
SHARED_FROM = 2_000_000
"""Characters from which a context is shared by forking instead of being sent."""

_VALUE = 8
"""Characters that a value takes at least, about."""
_INLINE = 4_096
_PIECE = 4 << 20
_TEXT = 1
_PLACE = struct.Struct("<QQ")


def characters(context: Any) -> int:
    """How much text a context holds."""
    if isinstance(context, str):
        return len(context)
    if isinstance(context, dict):
        return sum(characters(item) for pair in cast(dict[Any, Any], context).items() for item in pair)
    if isinstance(context, list | tuple):
        return sum(map(characters, cast(list[Any], context)))
    return _VALUE


def room_left(value: Any, room: int) -> int:
    """What is left of `room` characters after a value; not above 0 for a longer one, which is not looked through.

    A value that is no text counts as much as it takes at least.
    """
    waiting: list[Any] = [value]
    while waiting and room > 0:
        item = waiting.pop()
        if isinstance(item, str | bytes | bytearray):
            room -= len(item)
        elif isinstance(item, list | tuple | dict | set | frozenset):
            parts = cast("Collection[Any]", item)
            room -= len(parts) * _VALUE
            if room > 0:
                waiting += parts
                waiting += parts.values() if isinstance(parts, Mapping) else ()
    return room


def write(context: Any, descriptor: int) -> int:
    """Write `context` to the empty file `descriptor`; returns where in it the skeleton begins. Blocking.

    A text that occurs several times, as one and the same string, is written once.
    """
    end = 0
    written: dict[int, msgspec.msgpack.Ext] = {}

    def place(value: Any) -> Any:
        nonlocal end
        if isinstance(value, str):
            if len(value) <= _INLINE:
                return wire.plain(value)
            if id(value) in written:
                return written[id(value)]
            start = end
            for piece in _utf8(value):
                _write_all(descriptor, piece)
                end += len(piece)
            written[id(value)] = msgspec.msgpack.Ext(_TEXT, _PLACE.pack(start, end - start))
            return written[id(value)]
        if isinstance(value, dict):
            return {wire.plain(key): place(item) for key, item in cast(dict[Any, Any], value).items()}
        if isinstance(value, list | tuple):
            return [place(item) for item in cast(list[Any], value)]
        return value

    skeleton = msgspec.msgpack.encode(place(context))
    _write_all(descriptor, skeleton)
    return end


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _utf8(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE].encode("utf-8", "backslashreplace")


def read(descriptor: int, skeleton_at: int) -> Any:
    """The context that `write` wrote."""
    texts: dict[bytes, str] = {}
    size = os.fstat(descriptor).st_size
    with mmap.mmap(descriptor, size, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as view:

        def text(_code: int, data: memoryview) -> str:
            key = bytes(data)
            if key not in texts:
                start, length = _PLACE.unpack(data)
                with view[start : start + length] as part:
                    texts[key] = str(part, "utf-8")
            return texts[key]

        with view[skeleton_at:] as skeleton:
            return msgspec.msgpack.Decoder(ext_hook=text).decode(skeleton)
