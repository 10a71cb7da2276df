"""The program of the second decoder: portions of UTF-8 in shared memory become UTF-16 there.

Started by `second.Second`, with nothing but the standard library.
"""

from __future__ import annotations

import codecs
import ctypes
import mmap
import os
import struct
import sys

REQUEST = struct.Struct("=II")
"""Where a slot begins, how many bytes of UTF-8 are in it."""
REPLY = struct.Struct("=I?")
"""Bytes of UTF-16 in the slot, behind the room for the UTF-8, or `REFUSED`; whether there are no surrogates."""
REFUSED = 0xFFFFFFFF
SLICE = 48 << 10
"""Bytes that are decoded at once: what becomes of them stays in the processor's cache."""


def slot_size(portion: int) -> int:
    """Of UTF-8, and of the UTF-16 that it may become."""
    return 3 * portion


def main() -> None:
    """Serve until the application closes the pipe."""
    memory, portion = memoryview(mmap.mmap(int(sys.argv[2]), 0)), int(sys.argv[3])
    while len(request := os.read(0, REQUEST.size)) == REQUEST.size:
        start, size = REQUEST.unpack(request)
        slot = memory[start : start + slot_size(portion)]
        os.write(1, REPLY.pack(*_convert(slot[:size], slot[portion:])))


def _convert(utf8: memoryview, utf16: memoryview) -> tuple[int, bool]:
    at = filled = characters = 0
    try:
        while at < len(utf8):
            text, used = codecs.utf_8_decode(utf8[at : at + SLICE], "strict", at + SLICE >= len(utf8))
            if sys.getsizeof(text) == _HEADER + 2 * (len(text) + 1):
                size = 2 * len(text)
                ctypes.memmove(_address(utf16[filled:]), id(text) + _HEADER, size)
            else:
                data = codecs.utf_16_le_encode(text)[0]
                size = len(data)
                utf16[filled : filled + size] = data
            at, filled, characters = at + used, filled + size, characters + len(text)
    except UnicodeDecodeError:
        return REFUSED, False
    return filled, filled == 2 * characters


def _address(memory: memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


_HEADER = sys.getsizeof("".join(("\u0100", "\u0100"))) - 6
"""Bytes before the characters of a string that is not ASCII (CPython, which keeps one, two or four bytes for each).

Where it keeps two, they are UTF-16 already: to copy them takes a fifth of the time that encoding takes.
"""
