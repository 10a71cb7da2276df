"""Advice to the system about the memory of a large text.

Its pages are made before they are written, and given back before the text is freed. Of 500 MB that takes 0.3 and
0.1 s, and neither needs Python's lock: ctypes releases it for the call. Where a system takes no such advice,
writing and freeing do the same work themselves.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from queue import SimpleQueue
from threading import Thread, current_thread

_STEP = 2 << 20
"""Bytes that are made by one call: while it lasts, about a millisecond, no other thread can map or unmap memory."""
_AHEAD = 16 << 20
"""Bytes that are made before they are needed, at most: never more than were written."""
_GIVEN_BACK = 16 << 20
"""Bytes that are given back by one call."""
_DROP = getattr(mmap, "MADV_DONTNEED", None)
_MAKE = 23 if sys.platform == "linux" else None
"""MADV_POPULATE_WRITE, which `mmap` does not name. Linux has it since 5.14; an older one refuses, to no harm."""


class Ahead:
    """Has a thread make the pages of a piece of memory, a little ahead of who writes it from its beginning.

    Args:
        start: The address of its first byte.
        size: Its bytes.
    """

    def __init__(self, start: int, size: int) -> None:
        self._start = start
        self._next, self._end = _pages(start, start + size)
        self._steps: SimpleQueue[tuple[int, int] | None] = SimpleQueue()
        self._thread: Thread | None = None

    def reach(self, address: int) -> None:
        """Memory is being written up to an address: have what follows made."""
        if _MAKE is None:
            return
        until = min(address + min(_AHEAD, address - self._start), self._end)
        while self._next < until:
            self._steps.put((self._next, min(_STEP, self._end - self._next)))
            self._next += _STEP
            if self._thread is None:
                self._thread = Thread(target=self._make, args=(_MAKE,), name="memory", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Make no more; when this returns, the memory may be freed."""
        self._end = 0
        if self._thread is not None:
            self._steps.put(None)
            if self._thread is not current_thread():  # where the collector frees a text is a matter of chance
                self._thread.join()

    def _make(self, advice: int) -> None:
        for start, size in iter(self._steps.get, None):
            if self._end:
                _advise(start, size, advice)


def give_back(start: int, end: int) -> None:
    """Give the pages that lie between two addresses back to the system; what they held is gone then."""
    if _DROP is None:
        return
    first, last = _pages(start, end)
    for at in range(first, last, _GIVEN_BACK):
        _advise(at, min(_GIVEN_BACK, last - at), _DROP)


def _pages(start: int, end: int) -> tuple[int, int]:
    """Where the whole pages between two addresses begin and end."""
    return -(-start // mmap.PAGESIZE) * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE


def _advise(start: int, size: int, advice: int) -> None:
    if _madvise is not None:
        _madvise(start, size, advice)


_madvise = None if sys.platform == "win32" else getattr(ctypes.CDLL(None), "madvise", None)
if _madvise is not None:
    _madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
