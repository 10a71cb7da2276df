"""One large string out of many pieces, without holding Python's lock for long and without a second copy.

`"".join(pieces)` of 500 MB needs the memory twice and copies it in one go: up to a second in which no other
thread runs, so the window would stand still. Here the string is made empty and filled piece by piece, then cut to
its length, through CPython's documented C functions (`PyUnicode_New`, `PyUnicode_CopyCharacters`,
`PyUnicode_Resize`). Memory that was asked for and never filled costs nothing: the system gives pages when they are
first written, or by a thread a little earlier (`memory.Ahead`): it takes a third as long as decoding.
"""

from __future__ import annotations

import _thread
import codecs
import ctypes
import sys
import threading
import time

from rlm_desktop.documents import memory

_JOIN_BELOW = 4 << 20
LARGE = 16 << 20
"""Bytes of a text from which on freeing it takes long; this many take two or three milliseconds."""
_COPY = 1 << 20


class TextBuilder:
    """Takes pieces of text, then gives them as one string.

    Args:
        capacity: The largest number of characters that can come.
    """

    def __init__(self, capacity: int) -> None:
        is_small = capacity < _JOIN_BELOW or sys.implementation.name != "cpython"
        self._capacity = capacity
        self._pieces: list[str] | None = [] if is_small else None
        self._string: _String | None = None
        self.length = 0

    def append(self, piece: str) -> None:
        """Add a piece at the end."""
        if not piece:
            return
        if self._pieces is not None:
            self._pieces.append(piece)
        else:
            self._fill(piece)
        self.length += len(piece)

    def append_utf16(self, data: memoryview) -> None:
        """Add text in little-endian UTF-16 without surrogates; to a text kept like that it is only copied."""
        string, count = self._string, len(data) // 2
        if string is not None and string.takes_utf16 and string.capacity >= self.length + count:
            string.write_utf16(self.length, data)
            self.length += count
        else:
            self.append(codecs.utf_16_le_decode(data, "strict", True)[0])

    def _fill(self, piece: str) -> None:
        widest = _width(piece)
        string = self._string
        if string is None or string.widest < widest or string.capacity < self.length + len(piece):
            wider = _String(
                max(self._capacity, self.length + len(piece)), max(widest, string.widest if string else 0)
            )
            if string is not None:
                wider.copy(string, self.length)
            self._string = string = wider
        string.write(self.length, piece)

    def finish(self) -> str:
        """The whole text; the builder is of no use afterwards."""
        if self._pieces is not None:
            return "".join(self._pieces)
        string, self._string = self._string, None
        return string.finish(self.length) if string is not None else ""

    def close(self) -> None:
        """Free what was taken and not finished, now: an error that is kept keeps its frames, and this with them."""
        self._pieces, self._string = [], None


def let_go(text: str) -> None:
    """Free a text in a thread as soon as nothing else holds it, whoever that is; see `free`.

    It is held here until then, so nobody else, such as the event loop, can be the last who does. May be called by a
    finalizer at any moment, again and again for the same text: takes no lock.
    """
    key = id(text)
    is_first = key not in _leaving
    _leaving[key] = text
    try:
        _thread.start_new_thread(_see_off, (key, is_first))
    except RuntimeError:  # the program ends, or the system has no thread left: whoever is the last frees it
        if is_first:
            del _leaving[key]


def _see_off(key: int, is_first: bool) -> None:
    """Wait until a text is held here only, then free it. One thread waits for long, the others look a few times."""
    wait = _FIRST_WAIT
    while not _is_gone(key) and (is_first or wait < _LONGEST_WAIT):
        time.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)


def _is_gone(key: int) -> bool:
    with _one_at_a_time:
        if (text := _leaving.get(key)) is None:
            return True
        if sys.getrefcount(text) > _OURS + 1:
            return False
        del _leaving[key]
        _give_back(text)
        return True


_leaving: dict[int, str] = {}
"""Texts that a document has let go, by their address."""
_FIRST_WAIT = 0.005
_LONGEST_WAIT = 1.0
"""Seconds between two looks whether something else still holds a text."""


def free(texts: list[str]) -> None:
    """Free texts, emptying the list; takes about as long as filling their memory did.

    Freeing 500 MB holds Python's lock for a tenth of a second, so the window would stand still. Where the system
    has `madvise`, the memory is given back without the lock first; texts that something else holds are left alone.
    """
    with _one_at_a_time:
        while texts:
            text = texts.pop()
            if sys.getsizeof(text) >= LARGE and sys.getrefcount(text) <= _OURS:
                _give_back(text)
            del text


_one_at_a_time = threading.RLock()
"""Of two threads that free the same text the second sees that it is the last. A finalizer may come in between."""


def _references() -> int:
    text = "".join(("x", "y"))
    return sys.getrefcount(text)


_OURS = _references()
"""What is counted of a text that only its variable holds; counting takes one, too, but not from Python 3.14 on.

Were it more than is true, a text that something else holds would be taken for free, and its characters be gone.
"""


def _give_back(text: str) -> None:
    """Give the pages of a text back to the system; its characters are gone then."""
    if sys.implementation.name == "cpython":
        header = sys.getsizeof("\u0100") - 4  # the largest one there is: not a byte of it may be touched
        memory.give_back(id(text) + header, id(text) + _own_size(text))


def _own_size(text: str) -> int:
    """Bytes of a large text itself: the copy in UTF-8 that SQLite and msgpack leave with it lies elsewhere."""
    if text.isascii():
        return sys.getsizeof(text)
    length, size = len(text), sys.getsizeof(text) - _HEADER
    for width in (1, 2):
        if size == width * (length + 1):  # never with a copy: that has more bytes than there are characters
            return sys.getsizeof(text)
    width = 1
    for start in range(0, length, _COPY):
        start = max(0, min(start, length - _COPY))
        piece = text[start : start + _COPY]
        width = max(width, (sys.getsizeof(piece) - _HEADER) // (len(piece) + 1))
        if width == 4:
            break
    return _HEADER + width * (length + 1)


class _String:
    """A Python string while it is being filled, known by its address only."""

    def __init__(self, capacity: int, widest: int) -> None:
        self.capacity = capacity
        self.widest = widest
        self._width = 1 if widest < 0x100 else 2 if widest < 0x10000 else 4
        self._address = ctypes.c_void_p()
        self._start = _api.new(capacity, widest)
        self._address = ctypes.c_void_p(self._start)
        self._ahead = memory.Ahead(self._start, capacity * self._width)

    def write(self, at: int, piece: str) -> None:
        self._fill(at, ctypes.c_void_p(id(piece)), 0, len(piece))

    @property
    def takes_utf16(self) -> bool:
        """Whether its characters are kept in UTF-16 without surrogates."""
        return self._width == 2 and sys.byteorder == "little"

    def write_utf16(self, at: int, data: memoryview) -> None:
        start = self._start + at * self._width
        self._ahead.reach(start)
        ctypes.memmove(start + _HEADER, ctypes.addressof(ctypes.c_char.from_buffer(data)), len(data))

    def copy(self, other: _String, length: int) -> None:
        for at in range(0, length, _COPY):
            self._fill(at, other._address, at, min(_COPY, length - at))

    def _fill(self, at: int, source: ctypes.c_void_p, begin: int, count: int) -> None:
        self._ahead.reach(self._start + at * self._width)
        _api.copy(self._address, at, source, begin, count)

    def finish(self, length: int) -> str:
        self._ahead.close()
        _api.resize(ctypes.byref(self._address), length)
        return self._taken()

    def _taken(self) -> str:
        """The string, which belongs to who asked from now on."""
        text: str = ctypes.cast(self._address, ctypes.py_object).value
        address, self._address = self._address, ctypes.c_void_p()
        _api.release(address)  # the reference that this object had
        return text

    def __del__(self) -> None:
        if self._address:
            self._ahead.close()
            free([self._taken()])


class _Api:
    """The four functions of CPython, with their types."""

    def __init__(self) -> None:
        api, size, pointer = ctypes.pythonapi, ctypes.c_ssize_t, ctypes.c_void_p
        self.new, self.copy, self.resize = api.PyUnicode_New, api.PyUnicode_CopyCharacters, api.PyUnicode_Resize
        self.release = api.Py_DecRef
        self.new.restype, self.new.argtypes = pointer, [size, ctypes.c_uint32]
        self.copy.restype, self.copy.argtypes = size, [pointer, size, pointer, size, size]
        self.resize.restype, self.resize.argtypes = ctypes.c_int, [ctypes.POINTER(pointer), size]
        self.release.restype, self.release.argtypes = None, [pointer]


_api = _Api()


_HEADER = sys.getsizeof("".join(("é", "é"))) - 3
"""Bytes of a string beside its characters; of one made now, for constants carry their UTF-8 from Python 3.13 on."""


def _width(piece: str) -> int:
    """The largest code point of a string's storage class (0x7F, 0xFF, 0xFFFF, 0x10FFFF), told from its size.

    A string that carries a cached copy in UTF-8 is larger; the few sizes that this could mimic are looked into.
    """
    if piece.isascii():
        return 0x7F
    size = sys.getsizeof(piece) - _HEADER
    if size == len(piece) + 1:
        return 0xFF
    if size == 2 * (len(piece) + 1):
        return 0xFFFF
    widest = max(piece)
    return 0xFF if widest <= "\xff" else 0xFFFF if widest <= "\uffff" else 0x10FFFF
