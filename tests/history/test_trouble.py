"""Disk full, file locked, read-only: said once, kept in memory, written when it can be."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from rlm_desktop.documents.document import from_text
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History, database
from tests.history import traces
from tests.history.test_store import keep

PROJECT = Path(__file__).resolve().parents[2]


class Said:
    """What was said, and a way to wait for it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._changed = threading.Condition()

    def __call__(self, text: str) -> None:
        with self._changed:
            self.texts.append(text)
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.texts) >= count, timeout=30)


@pytest.fixture
def said() -> Said:
    return Said()


def test_a_locked_file_loses_nothing(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    path = tmp_path / "history.sqlite"
    document = from_text("report.txt", "All of it.")
    history = History(path, on_trouble=said)
    history.open()
    sink = history.sink()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        history.keep_documents([document])
        for event in traces.run():
            sink(event)
        said.wait_for(1)
        assert not history.flush()
        with pytest.raises(HistoryError, match="locked"):
            history.rename_session("session-1", "x")
        assert history.runs() == []
        other.execute("COMMIT")
    said.wait_for(2)
    assert history.events("run-1") == traces.run()
    assert history.flush()
    assert history.document(document.sha256, "report.txt") == document
    assert ["locked" in said.texts[0], "again" in said.texts[1]] == [True, True]
    assert len(said.texts) == 2
    history.close()


def test_a_full_disk_loses_nothing(tmp_path: Path, said: Said) -> None:
    from sqlalchemy import Engine, event

    pages = [60]

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages[0]}")

    event.listen(Engine, "connect", limit)
    event.listen(Engine, "checkout", limit)
    try:
        history = History(tmp_path / "history.sqlite", on_trouble=said)
        sink = history.sink()
        incompressible = os.urandom(300_000).hex()
        events = traces.run(question=incompressible)
        for one in events:
            sink(one)
        said.wait_for(1)
        assert "disk is full" in said.texts[0]
        pages[0] = 1_000_000
        said.wait_for(2)
        assert history.events("run-1") == events
        history.close()
    finally:
        event.remove(Engine, "connect", limit)
        event.remove(Engine, "checkout", limit)


def _small_disk(folder: Path) -> list[str]:
    """A command that runs another with a disk of 3 MB at `folder`, seen by nobody else."""
    mount = 'mount -t tmpfs -o size=3m none "$0" && exec "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder)]


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = _small_disk(tmp_path)
    if sys.platform != "linux" or shutil.which("unshare") is None or subprocess.run([*disk, "true"]).returncode:
        pytest.skip("no small disk can be mounted here (needs Linux with user namespaces)")
    program = [sys.executable, "-m", "tests.history.full_disk", str(tmp_path)]
    done = subprocess.run([*disk, *program], cwd=PROJECT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    full, again, same, removed, anew, *rest = done.stdout.splitlines()
    assert "the disk is full" in full
    assert "nothing was lost" in again
    assert "cannot be written anew: the disk is full" in removed
    assert "it is written anew" in anew
    assert rest == [again, same] == [again, "same"]


def test_a_folder_that_cannot_be_made(tmp_path: Path, said: Said) -> None:
    (tmp_path / "file").write_text("x")
    history = History(tmp_path / "file" / "history.sqlite", on_trouble=said)
    with pytest.raises(HistoryError, match="cannot be made"):
        history.sessions()
    sink = history.sink()
    for event in traces.run():
        sink(event)
    said.wait_for(1)
    (tmp_path / "file").unlink()
    said.wait_for(2)
    assert history.events("run-1") == traces.run()
    history.close()


def test_one_bad_run_does_not_hold_up_the_others(
    history: History, troubles: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    sinks = history.sink(), history.sink(), history.sink()
    for one, two, three in zip(traces.run("a"), traces.run("a"), traces.run("b"), strict=True):
        sinks[0](one)
        sinks[1](two)
        sinks[2](three)
    assert history.flush()
    assert history.events("a") == traces.run("a")
    assert history.events("b") == traces.run("b")
    assert any("could not be kept" in text for text in troubles)


test_one_bad_run_does_not_hold_up_the_others = pytest.mark.expect_log_warnings(
    test_one_bad_run_does_not_hold_up_the_others
)


def test_after_closing(history: History) -> None:
    history.close()
    with pytest.raises(HistoryError, match="closed"):
        history.sessions()
    with pytest.raises(HistoryError, match="closed"):
        history.sink()


def test_what_is_not_indexed_yet_is_nothing_lost(
    history: History, troubles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(history, traces.run())
    monkeypatch.setattr("rlm_desktop.history.settling.settle", lambda *_: itertools.repeat(None))
    assert history.search("anything", wait=0.01) == []
    assert history.search("anything", wait=3600, is_stale=lambda: True) == []
    assert history.unindexed() == 1
    history.close()
    assert troubles == []
