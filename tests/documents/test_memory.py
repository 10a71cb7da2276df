"""Pages are made ahead of who writes them, in the memory that was named and nowhere else."""

from __future__ import annotations

import ctypes
import mmap
import sys
import threading
from unittest.mock import patch

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.documents import memory
from rlm_desktop.documents.bigtext import TextBuilder, free
from rlm_desktop.documents.memory import Ahead

PAGE = mmap.PAGESIZE
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux makes pages on advice")


@on_linux
def test_pages_are_made_before_they_are_written() -> None:
    size, made = 32 << 20, threading.Event()
    advise = memory._advise

    def note(start: int, length: int, advice: int) -> None:
        advise(start, length, advice)
        if start + length >= address + (16 << 20):
            made.set()

    with mmap.mmap(-1, size) as area, patch("rlm_desktop.documents.memory._advise", note):
        place = ctypes.c_char.from_buffer(area)
        address = ctypes.addressof(place)
        before = psutil.Process().memory_info().rss
        ahead = Ahead(address, size)
        ahead.reach(address + (8 << 20))
        assert made.wait(10)
        assert psutil.Process().memory_info().rss >= before + (12 << 20)
        ahead.close()
        del place
    assert "memory" not in [thread.name for thread in threading.enumerate()]


@on_linux
@given(st.integers(0, 3 * PAGE), st.integers(0, 40 * PAGE), st.lists(st.integers(0, 40 * PAGE), max_size=8))
def test_only_whole_pages_and_each_once(start: int, size: int, written: list[int]) -> None:
    steps: list[tuple[int, int]] = []
    step, most = 2 * PAGE, 8 * PAGE
    with (
        patch.multiple("rlm_desktop.documents.memory", _STEP=step, _AHEAD=most),
        patch("rlm_desktop.documents.memory._advise", lambda *step: steps.append(step[:2])),
    ):
        ahead = Ahead(start, size)
        for at in sorted(written):
            ahead.reach(start + min(at, size))
        ahead._steps.put(None)  # the steps that wait are done first, which `close` does not see to
        if ahead._thread is not None:
            ahead._thread.join()
    if steps:
        first, end = steps[0][0], sum(steps[-1])
        assert [at for at, _ in steps] == list(range(first, end, step))
        assert first % PAGE == end % PAGE == 0
        assert start <= first < start + PAGE
        furthest = start + min(max(written), size)
        assert end <= min(start + size, furthest + min(most, furthest - start) + step)


def test_nothing_is_made_once_it_is_closed() -> None:
    """The collector may free a text in any thread, so in the one that makes its pages too."""
    made: list[int] = []

    def once(start: int, size: int, advice: int) -> None:
        made.append(start)
        ahead.close()

    with patch.multiple("rlm_desktop.documents.memory", _advise=once, _MAKE=0):
        ahead = Ahead(PAGE, 64 << 20)
        ahead.reach(PAGE + (16 << 20))
        ahead.close()
        ahead.reach(PAGE + (32 << 20))
    assert len(made) <= 1
    assert ahead._thread is not None
    assert not ahead._thread.is_alive()


def test_a_system_that_takes_no_advice() -> None:
    before = threading.active_count()
    with patch.multiple("rlm_desktop.documents.memory", _MAKE=None, _DROP=None, _madvise=None):
        builder = TextBuilder(17 << 20)
        for _ in range(17):
            builder.append("x" * (1 << 20))
        assert threading.active_count() == before
        texts = [builder.finish()]
        assert texts[0].count("x") == 17 << 20
        free(texts)
    assert texts == []
