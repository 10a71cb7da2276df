"""The write-ahead log: no commit waits for its way into the file, and nobody takes it away without a word."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rlm_desktop.engine import events as ev
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History, checkpoints, writer
from rlm_desktop.history.checkpoints import Checkpoints
from rlm_desktop.history.transfer import receive
from tests.history import traces
from tests.history.test_store import keep


def checkpoints_of(history: History) -> Checkpoints:
    found = history._database()._checkpoints
    assert found is not None
    return found


def wait_for_checkpoint(history: History) -> None:
    thread = checkpoints_of(history)._thread
    assert thread is not None
    thread.join()


def test_no_commit_waits_for_a_checkpoint(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end = threading.Event(), threading.Event()

    def slow(_self: Checkpoints, _mode: str) -> bool:
        began.set()
        return may_end.wait(30)

    monkeypatch.setattr(checkpoints, "LOG_BYTES", 1)
    monkeypatch.setattr(Checkpoints, "_has_brought_in", slow)
    keep(history, traces.run("a"))
    assert began.wait(30)
    keep(history, traces.run("b"))
    assert len(history.runs()) == 2
    may_end.set()


def test_what_was_deleted_stays_in_no_log(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite empties it only while nobody brings it in."""
    began, may_end, order = threading.Event(), threading.Event(), list[str]()

    def slow(_self: Checkpoints, _mode: str) -> bool:
        began.set()
        may_end.wait(30)
        order.append("brought in")
        return True

    keep(history, traces.run("a"))
    monkeypatch.setattr(Checkpoints, "_has_brought_in", slow)
    checkpoints_of(history).begin()
    assert began.wait(30)
    emptying = threading.Thread(target=lambda: order.append(str(history.storage.delete_all())))
    emptying.start()
    may_end.set()
    emptying.join(30)
    assert order == ["brought in", "None"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def cut_off(history: History, path: Path, tmp_path: Path) -> Path:
    """What a process leaves that is killed: one run is in the file, another in the log."""
    keep(history, traces.run("a"))
    history._database().mark_in_use()
    wait_for_checkpoint(history)
    keep(history, traces.run("b"))
    return Path(shutil.copytree(path.parent, tmp_path / "left"), path.name)


def opened(path: Path) -> tuple[list[str], list[str]]:
    """The runs of a history, and what it says on opening."""
    said: list[str] = []
    history = History(path, on_trouble=said.append)
    found = sorted(history.find_runs())
    history.close()
    return found, said


def test_what_was_killed_says_nothing(cut_off: Path) -> None:
    assert opened(cut_off) == (["a", "b"], [])
    assert opened(cut_off) == (["a", "b"], [])


def test_another_program_that_brings_the_log_in_loses_nothing(cut_off: Path) -> None:
    with closing(sqlite3.connect(cut_off)) as other:
        other.execute("SELECT count(*) FROM runs").fetchone()
    assert not cut_off.with_name("history.sqlite-wal").exists()
    assert opened(cut_off) == (["a", "b"], [])


def test_a_log_that_is_removed_with_its_index_is_told_of(cut_off: Path) -> None:
    for ending in ("-wal", "-shm"):
        cut_off.with_name(f"history.sqlite{ending}").unlink()
    found, said = opened(cut_off)
    assert found == ["a"]
    assert "does not lie beside the history" in said[0]
    assert opened(cut_off) == (["a"], [])


@pytest.mark.parametrize("length", [None, 0, 20_000])
def test_a_log_that_is_removed_or_cut_off_is_told_of(cut_off: Path, length: int | None) -> None:
    log = cut_off.with_name("history.sqlite-wal")
    if length is None:
        log.unlink()
    else:
        log.write_bytes(log.read_bytes()[:length])
    found, said = opened(cut_off)
    assert found == ["a"]
    assert "history.sqlite-wal" in said[0]
    assert "was removed or cut off" in said[0]
    assert opened(cut_off) == (["a"], [])


def test_a_log_that_another_process_is_writing_is_looked_at_again(
    cut_off: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = cut_off.with_name("history.sqlite-wal")
    whole = log.read_bytes()
    log.write_bytes(b"")
    monkeypatch.setattr("rlm_desktop.history.log_file.time.sleep", lambda _seconds: log.write_bytes(whole))
    assert opened(cut_off) == (["a", "b"], [])


def test_a_copy_without_its_log_is_told_of(cut_off: Path, history: History, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / "copy.sqlite"
    alone.parent.mkdir()
    shutil.copyfile(cut_off, alone)
    other = History(tmp_path / "other" / "history.sqlite")
    assert any("may be lost" in remark for remark in receive(other, alone).remarks)
    other.close()
    found, said = opened(alone)
    assert found == ["a"]
    assert "may be lost" in said[0]
    shutil.copyfile(alone, alone.with_name("closed.sqlite"))
    assert opened(alone.with_name("closed.sqlite")) == (["a"], [])


def test_the_log_is_imported_with_its_file(cut_off: Path, tmp_path: Path) -> None:
    other = History(tmp_path / "other" / "history.sqlite")
    received = receive(other, cut_off)
    assert sorted(received.new) == ["a", "b"]
    assert received.remarks == []
    other.close()


def says_it_is_in_use(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone() > (0,)


def test_a_file_that_was_emptied_or_restored_still_says_that_it_is_open(history: History, path: Path) -> None:
    keep(history, traces.run("a"))
    history._database().mark_in_use()
    history.storage.backup(path.with_name("copy.sqlite"))
    history.storage.delete_all()
    assert says_it_is_in_use(path)
    history.storage.restore(path.with_name("copy.sqlite"))
    assert says_it_is_in_use(path)
    history.close()
    assert not says_it_is_in_use(path)


def test_a_folder_that_is_gone_can_be_closed(history: History, path: Path, troubles: list[str]) -> None:
    keep(history, traces.run("a"))
    shutil.rmtree(path.parent)
    history.close()
    assert len(troubles) == 1


@pytest.mark.expect_log_warnings
def test_who_fails_to_listen_loses_nothing(path: Path) -> None:
    def fail(text: str) -> None:
        raise RuntimeError(text)

    history = History(path, on_trouble=fail)
    keep(history, traces.run("a"))
    path.with_name("history.sqlite-wal").unlink()
    keep(history, traces.run("b"))
    assert sorted(history.find_runs()) == ["a", "b"]
    history.close()


def test_a_log_that_is_removed_while_it_is_open(history: History, path: Path, troubles: list[str]) -> None:
    events = traces.run("a", iterations=10)
    sink = history.sink()
    for event in events[:50]:
        sink(event)
    assert history.flush()
    path.with_name("history.sqlite-wal").unlink()
    assert history.events("a") == events[:50]
    path.with_name("history.sqlite-wal").unlink()
    for event in events[50:]:
        sink(event)
    assert history.flush()
    assert [text.partition(" while")[0] for text in troubles] == [f"Somebody removed the file {path}-wal"] * 2
    history.close()
    assert opened(path) == (["a"], [])
    again = History(path)
    assert again.events("a") == events
    again.close()


def test_a_file_that_is_removed_is_held_until_it_can_be_written_anew(
    history: History, path: Path, troubles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here something lies in the place of its folder; it might as well be that the disk is full."""
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    keep(history, traces.run("before"))
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way")
    history._database().on_damage()  # as a reader says that has met some just before
    history.flush()
    sink = history.sink()
    for event in traces.run("after"):
        sink(event)
    assert not history.flush()
    for _ in range(2):
        with pytest.raises(HistoryError, match="cannot be written anew"):
            history.runs()
    path.parent.unlink()
    while not history.flush():
        pass
    assert sorted(history.find_runs()) == ["after", "before"]
    assert history.events("before") == traces.run("before")
    assert ["anew: File exists" in troubles[0], "is written anew" in troubles[1]] == [True, True]
    assert troubles[2:] == ["The history is written again; nothing was lost."]
    assert [file.name for file in path.parent.iterdir() if ".anew" in file.name] == []


def test_who_closes_what_cannot_be_written_anew_is_told(history: History, path: Path, troubles: list[str]) -> None:
    keep(history, traces.run("before"))
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way")
    history.close()
    assert ["cannot be written anew" in text for text in troubles] == [True]


def test_a_file_of_which_nobody_knows_is_not_removed(history: History, path: Path, troubles: list[str]) -> None:
    """A network that is away for a moment, a folder without permission: what is open goes on."""
    keep(history, traces.run("a"))
    path.rename(path.with_name("moved"))
    path.symlink_to(path)
    keep(history, traces.run("b"))
    path.unlink()
    path.with_name("moved").rename(path)
    keep(history, traces.run("c"))
    assert sorted(history.find_runs()) == ["a", "b", "c"]
    assert troubles == []


def take_all(path: Path) -> None:
    shutil.rmtree(path.parent)


def take_one(path: Path) -> None:
    path.unlink()


def put_another(path: Path) -> None:
    with closing(History(path.with_name("other.sqlite"))) as other:
        keep(other, traces.run("other"))
    path.with_name("other.sqlite").replace(path)


@pytest.mark.parametrize("take", [take_all, take_one, put_another])
@pytest.mark.parametrize("is_read_first", [True, False])
def test_a_file_that_is_removed_while_it_is_open(
    history: History, path: Path, troubles: list[str], take: Callable[[Path], None], is_read_first: bool
) -> None:
    """It is written anew; where another one is in its place, what comes then is kept in that."""
    keep(history, traces.run("before"))
    events = traces.run("goes on", iterations=4)
    sink = history.sink()
    for event in events[:20]:
        sink(event)
    assert history.flush()
    take(path)
    if is_read_first:
        with pytest.raises(HistoryError, match="was removed"):
            history.runs()
        assert history.flush()
    for event in events[20:]:
        sink(event)
    assert history.flush()
    keep(history, traces.run("after"))
    text = "Events 1 to 20 of this run are missing from the history."
    runs, expected = (
        (["after", "goes on", "other"], [ev.Noted(seq=20, level="warning", text=text), *events[20:]])
        if take is put_another
        else (["after", "before", "goes on"], events)
    )
    assert history.events("goes on") == expected
    assert history.run("goes on").end_state == "completed"
    assert [text.partition(" while")[0] for text in troubles] == [f"Somebody removed the file {path}"]
    history.close()
    assert opened(path) == (runs, [])
