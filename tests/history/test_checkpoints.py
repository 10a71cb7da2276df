"""The write-ahead log is brought into the file beside the commits, which never wait for the disk's sync."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rlm_desktop.history import History, checkpoints
from tests.history import traces
from tests.history.test_store import keep


class SlowDisk:
    """In place of a connection: a checkpoint that takes until it is let go."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        self.count = 0

    def __call__(self) -> SlowDisk:
        return self

    def execute(self, pragma: str) -> SlowDisk:
        self.count += 1
        self.began.set()
        assert self.may_end.wait(30)
        return self

    def fetchall(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def short_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "LOG_BYTES", 1)
    monkeypatch.setattr(checkpoints, "BETWEEN_SECONDS", 0.0)


def test_no_commit_waits_for_a_checkpoint(history: History) -> None:
    disk = SlowDisk()
    history.open()
    database = history._database()
    assert database._checkpoints is not None
    database._checkpoints.close()
    database._checkpoints._connect = disk
    keep(history, traces.run("a"))
    assert disk.began.wait(30)
    keep(history, traces.run("b"))
    assert len(history.runs()) == 2
    assert disk.count == 1
    disk.may_end.set()


def test_the_log_goes_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    history = History(path)
    keep(history, traces.run("a", iterations=50))
    database = history._database()
    assert database._checkpoints is not None
    database._checkpoints.close()
    alone = tmp_path / "alone" / "history.sqlite"  # the file without its log
    alone.parent.mkdir()
    alone.write_bytes(path.read_bytes())
    other = History(alone)
    assert [row.id for row in other.runs()] == ["a"]
    other.close()
    history.close()
    assert not (tmp_path / "history.sqlite-wal").exists()
