"""The history as a thing: its size, a copy of it and back, all of it gone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rlm_desktop.documents.document import from_text
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History
from rlm_desktop.history.transfer import receive
from tests.history import traces
from tests.history.test_store import keep


@pytest.fixture
def filled(history: History) -> History:
    keep(history, traces.run("a", "one", question="Long " * 5000))
    history.keep_documents([from_text("x.txt", "secret words " * 5000)])
    history.search("long", wait=60)
    return history


def test_a_copy_brings_everything_back(filled: History, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    filled.storage.backup(copy)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["copy.sqlite"]
    keep(filled, traces.run("b", "two"))
    filled.delete_run("a")
    before = filled.storage.restore(copy)
    assert filled.find_runs() == ["a"]
    assert filled.events("a") == traces.run("a", "one", question="Long " * 5000)
    assert {hit.run_id for hit in filled.search("long")} == {"a"}
    keep(filled, traces.run("c", "three"))
    assert sorted(filled.find_runs()) == ["a", "c"]
    filled.storage.restore(before)
    assert filled.find_runs() == ["b"]


def test_a_copy_can_be_imported_elsewhere(filled: History, tmp_path: Path) -> None:
    filled.storage.backup(tmp_path / "copy.sqlite")
    with closing(History(tmp_path / "other.sqlite")) as other:
        assert receive(other, tmp_path / "copy.sqlite").run_ids == ["a"]


def test_another_process_sees_what_was_restored(filled: History, tmp_path: Path) -> None:
    path = filled.storage.path
    assert path is not None
    filled.storage.backup(tmp_path / "copy.sqlite")
    with closing(History(path)) as other:
        keep(other, traces.run("b", "two"))
        filled.storage.restore(tmp_path / "copy.sqlite")
        assert other.find_runs() == ["a"]
        keep(other, traces.run("d", "two"))
    assert sorted(filled.find_runs()) == ["a", "d"]


def test_all_gone(filled: History) -> None:
    storage = filled.storage
    path = storage.path
    assert path is not None
    assert storage.place == str(path)
    before = storage.size()
    storage.backup(path.with_name("mine.sqlite"))
    copies = [storage.restore(path.with_name("mine.sqlite"))]
    for name in ("history-before-0006-20261122-010203.sqlite", "history-damaged-20261122-010203.sqlite-wal"):
        copies.append(path.with_name(name))
        copies[-1].write_text("Long ")
    assert sorted(storage.copies()) == sorted(copies)
    path.with_name("mine.sqlite").rename(path.with_name("history-before-mine.sqlite"))
    storage.delete_all()
    assert storage.copies() == []
    path.with_name("history-before-mine.sqlite").unlink()  # what is the person's stays
    assert filled.sessions() == []
    assert filled.search("long") == []
    assert storage.size() < before
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Long " not in left
    keep(filled, traces.run("a", "one"))
    assert filled.find_runs() == ["a"]
    assert filled.search("summarise", wait=60)


def test_not_while_a_run_is_going_on(filled: History, tmp_path: Path) -> None:
    filled.storage.backup(tmp_path / "copy.sqlite")
    sink = filled.sink()
    for event in traces.run("live", "two")[:5]:
        sink(event)
    with pytest.raises(HistoryError, match="going on"):
        filled.storage.delete_all()
    with pytest.raises(HistoryError, match="going on"):
        filled.storage.restore(tmp_path / "copy.sqlite")
    filled.storage.backup(tmp_path / "copy.sqlite")
    assert sorted(filled.find_runs()) == ["a", "live"]


def test_what_is_no_backup_changes_nothing(filled: History, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database")
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE runs (id, session_id, question)")
    newer = tmp_path / "newer"
    filled.storage.backup(newer)
    with closing(sqlite3.connect(newer)) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    for name in ("text", "other", "missing", "newer"):
        with pytest.raises(HistoryError, match=name):
            filled.storage.restore(tmp_path / name)
    path = filled.storage.path
    assert path is not None
    with pytest.raises(HistoryError, match="itself"):
        filled.storage.backup(path)
    with pytest.raises(HistoryError, match="cannot be written"):
        filled.storage.backup(tmp_path / "no" / "folder")
    assert filled.find_runs() == ["a"]
