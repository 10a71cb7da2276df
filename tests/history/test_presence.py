"""Who is alive: processes that start, look and end at the same time."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from rlm_desktop.history import presence
from rlm_desktop.history.presence import FilePresence


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no file that is open")
@pytest.mark.parametrize("times", [1, 3])
def test_one_that_starts_is_not_taken_for_a_dead_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Another process looks at the file just before it is locked, and clears it away."""
    mine, other = FilePresence(tmp_path / "h", "aa"), FilePresence(tmp_path / "h", "bb")
    other.announce()
    lock = presence._lock
    looks = []

    def late(file: presence.BinaryIO, *, is_shared: bool = False) -> None:
        if not is_shared and len(looks) < times:
            looks.append(other.is_alive("aa"))
        lock(file, is_shared=is_shared)

    monkeypatch.setattr(presence, "_lock", late)
    mine.announce()
    assert looks == [False] * times
    assert other.is_alive("aa")
    mine.withdraw()
    assert not other.is_alive("aa")
    other.withdraw()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there, a file that another process locks fails alike")
def test_where_no_file_can_be_locked_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_file: presence.BinaryIO, *, is_shared: bool = False) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(presence, "_lock", no_locks)
    monkeypatch.setattr(presence.time, "sleep", lambda _seconds: pytest.fail("it waits"))
    mine = FilePresence(tmp_path / "h", "aa")
    mine.announce()
    mine.withdraw()
    assert list(tmp_path.iterdir()) == []


def test_those_who_look_do_not_hold_one_another_up(tmp_path: Path) -> None:
    dead, looking = tmp_path / "h-writer-aa", FilePresence(tmp_path / "h", "bb")
    dead.touch()
    if sys.platform != "win32":
        with dead.open("r+b") as file:
            presence._lock(file, is_shared=True)  # a third process is looking at it
            assert not looking.is_alive("aa")
    assert not looking.is_alive("aa")
    assert not dead.exists()
