"""Damage: what can be read of a history is read, whatever lies beside it, and what is missing is told."""

from __future__ import annotations

import errno
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import cast

import pytest

from rlm_desktop.documents.document import from_text
from rlm_desktop.engine.events import DocumentRef, Noted
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History, records, upgrade
from rlm_desktop.history.replay import Replay
from rlm_desktop.history.salvage import _by_number, copy_readable
from tests.history import traces
from tests.history.test_store import keep
from tests.history.test_upgrade import fill

PAGE = 4096


def execute(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def readable_events(path: Path) -> set[int]:
    """Those that SQLite gives when each is asked for alone."""
    found: set[int] = set()
    with closing(sqlite3.connect(path)) as connection:
        for number in range(1, 100):
            with suppress(sqlite3.Error):
                row = connection.execute("SELECT id, data FROM events WHERE id = ?", (number,)).fetchone()
                found.update(row[:1] if row else ())
    return found


def test_what_lies_between_damaged_pages_is_kept(tmp_path: Path) -> None:
    path, fresh = tmp_path / "history.sqlite", tmp_path / "fresh.sqlite"
    fill(path, runs=6, iterations=60)
    whole = path.read_bytes()
    for seed in range(4):
        content, chance = bytearray(whole), random.Random(seed)
        for _ in range(4):
            page = chance.randrange(20, len(content) // PAGE) * PAGE  # the first ones hold the roots of the tables
            content[page : page + PAGE] = chance.randbytes(PAGE)
        path.write_bytes(content)
        expected = readable_events(path)
        fresh.unlink(missing_ok=True)
        upgrade.open_database(fresh)[0].close()
        copy_readable(path, fresh)
        assert readable_events(fresh) == expected
        assert len(expected) > 10
        with closing(sqlite3.connect(fresh)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_damaged_schema_that_is_no_text_is_rescued(tmp_path: Path, troubles: list[str]) -> None:
    """SQLite quotes it in its message, which the driver cannot read then."""
    path = tmp_path / "history.sqlite"
    fill(path, runs=3, iterations=1)
    content = path.read_bytes()
    assert content.count(b"CREATE TABLE runs") == 1
    path.write_bytes(content.replace(b"CREATE TABLE runs", b"CREATE T\xff\xfeLE runs"))
    with closing(History(path, on_trouble=troubles.append)) as history:
        assert sorted(history.find_runs()) == ["run-0", "run-1", "run-2"]
    assert ["was damaged" in text for text in troubles] == [True]


def test_what_only_looks_like_a_row_is_none(tmp_path: Path) -> None:
    path, fresh = tmp_path / "history.sqlite", tmp_path / "fresh.sqlite"
    fill(path, runs=3, iterations=1)
    with closing(History(path)) as history:
        before = {row.id: row for row in history.runs()}
    execute(
        path,
        "UPDATE runs SET question = x'00' WHERE number = 1; UPDATE events SET data = 'text' WHERE run = 2;"
        "UPDATE events SET data = 7, codec = 'x' WHERE run = 3",
    )
    with closing(History(path)) as history:
        assert all(isinstance(event, Noted) for number in "12" for event in history.events(f"run-{number}"))
    upgrade.open_database(fresh)[0].close()
    copy_readable(path, fresh)
    with closing(History(fresh)) as history:
        assert {row.id: row for row in history.runs()} == before
        assert [len(history.events(f"run-{number}")) for number in range(3)] == [before["run-0"].events, 0, 0]


def test_a_page_that_leads_back_is_left_behind() -> None:
    class Tangled:
        def execute(self, query: str, values: tuple[int]) -> Iterator[tuple[int, str]]:
            (number,) = values
            if number > 100:
                yield 200, "last"
                return
            yield from ((row, "sound") for row in range(number, 3))
            yield 2, "again"
            if "LIMIT" not in query:
                raise sqlite3.DatabaseError("malformed")

    found = islice(_by_number(cast(sqlite3.Connection, Tangled()), "events", ["data"]), 20)
    assert list(found) == [("sound",)] * 3 + [("again",), ("last",)]


def test_a_table_that_lies_behind_a_cut_hides_no_other(tmp_path: Path) -> None:
    path, fresh = tmp_path / "history.sqlite", tmp_path / "fresh.sqlite"
    fill(path, runs=6, iterations=60)
    execute(path, "DROP TABLE IF EXISTS sqlite_stat1; ANALYZE")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    upgrade.open_database(fresh)[0].close()
    copy_readable(path, fresh)
    assert len(readable_events(fresh)) > 5


def test_rows_that_are_lost_are_made_anew_from_the_events(tmp_path: Path, troubles: list[str]) -> None:
    path = tmp_path / "history.sqlite"
    document = from_text("report.txt", "All of it.")
    reference = DocumentRef(name="report.txt", kind="text", characters=10, sha256=document.sha256)
    long = "Which? " * 1_000
    with closing(History(path)) as history:
        history.keep_documents([document])
        keep(history, traces.run("a", "one", question=long, documents=(reference,)))
        keep(history, traces.run("b", "two", ends=False))
        keep(history, traces.run("beginning is lost", "three", iterations=20))
        before = {row.id: row for row in history.runs()}
    execute(
        path,
        "DELETE FROM runs; DELETE FROM sessions; DELETE FROM uses; DROP TABLE texts;"
        "DELETE FROM events WHERE run = 3 AND first = 1",
    )
    with closing(History(path, on_trouble=troubles.append)) as history:
        assert {row.id: row for row in history.runs()} == {name: before[name] for name in "ab"}
        assert {session.name for session in history.sessions()} == {before[name].question for name in "ab"}
        keep(history, traces.run("new", "one"))
        history.delete_runs(["new"])
        history.purge()
        assert history.events("a") == traces.run("a", "one", question=long, documents=(reference,))
        assert history.document(document.sha256, "report.txt") is not None
    assert len(troubles) == 1


def test_what_is_missing_is_told(tmp_path: Path, history: History) -> None:
    events = traces.run("a", iterations=12)
    sink = history.sink()
    for some in (events[:200], events[200:400], events[400:]):
        for event in some:
            sink(event)
        assert history.flush()
    path = tmp_path / "data" / "history.sqlite"
    execute(path, "DELETE FROM events WHERE first = 201")
    expected = Noted(seq=400, level="warning", text="Events 201 to 400 of this run are missing from the history.")
    for _ in range(2):
        assert history.events("a") == [*events[:200], expected, *events[400:]]
        assert Replay.of_run(history, "a").seek(400).notes[-1][1].text == expected.text
        history.search("anything", wait=30)  # packs what is there


def change_lines(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the lines of all events in a file."""
    with closing(sqlite3.connect(path)) as connection:
        for number, codec, data in connection.execute("SELECT id, codec, data FROM events").fetchall():
            lines = map(change, records.lines_of(codec, data))
            packed = records.deflated(b"\n".join(lines))
            connection.execute("UPDATE events SET codec = ?, data = ? WHERE id = ?", (*packed, number))
        connection.commit()


def test_one_damaged_event_costs_no_other(tmp_path: Path, history: History) -> None:
    events = traces.run("a", question="long " * 1_000)
    keep(history, events)
    change_lines(tmp_path / "data" / "history.sqlite", lambda line: b'[{"event' if b'"AnswerSet"' in line else line)
    found = history.events("a")
    assert [event for event in found if not isinstance(event, Noted)] == [
        event for event in events if type(event).__name__ != "AnswerSet"
    ]
    assert [event.text for event in found if isinstance(event, Noted)] == [
        f"Among events 1 to {len(events)} of this run, 1 are damaged in the history and left out."
    ]
    assert Replay.of_run(history, "a").last_seq == len(events)


def test_a_damaged_long_text_is_said_where_it_stands(tmp_path: Path, history: History) -> None:
    keep(history, traces.run("a", reply="long " * 2_000))
    execute(tmp_path / "data" / "history.sqlite", "UPDATE blobs SET data = x'00'")
    said = "(this text is damaged in the history)"
    assert said in [getattr(event, "text", "") for event in history.events("a")]
    call = Replay.of_run(history, "a").seek(10_000).calls[0]
    assert [iteration.exchange.text for iteration in call.iterations if iteration.exchange] == [said, said]


def test_text_that_is_none_is_mended(tmp_path: Path, troubles: list[str]) -> None:
    path = tmp_path / "history.sqlite"
    fill(path, runs=3, iterations=1)
    execute(path, "UPDATE runs SET question = CAST(x'ff41' AS TEXT) WHERE number = 2")
    with closing(History(path, on_trouble=troubles.append)) as history:
        with pytest.raises(HistoryError, match="damaged"):
            history.runs()
        assert history.flush()
        assert [row.question for row in history.runs()][1] == "\ufffdA"
    assert len(troubles) == 1


def test_a_damaged_file_that_cannot_be_replaced_stays(tmp_path: Path, troubles: list[str]) -> None:
    """What it would be called is too long here; it might as well lie where nothing can be written."""
    path = tmp_path / ("h" * 240 + ".sqlite")
    path.write_bytes(b"no database" * 1_000)
    events = traces.run("a")
    with closing(History(path, on_trouble=troubles.append)) as history:
        with pytest.raises(HistoryError, match="no other can be put in its place"):
            history.runs()
        sink = history.sink()
        for event in events:
            sink(event)
        assert not history.flush()
        assert path.read_bytes() == b"no database" * 1_000
        path.unlink()
        assert history.flush(30) or history.flush(30)
        assert history.events("a") == events
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_damaged_file_stays_where_the_fresh_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where somebody looks at that for viruses."""
    path, rename = tmp_path / "history.sqlite", Path.rename
    path.write_bytes(b"no database" * 1_000)

    def refuse(file: Path, target: Path) -> Path:
        if ".rescue-" in file.name:
            raise PermissionError(errno.EACCES, "Permission denied")
        return rename(file, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with closing(History(path)) as history, pytest.raises(HistoryError, match="no other can be put in its place"):
        history.open()
    assert path.read_bytes() == b"no database" * 1_000
    assert list(tmp_path.iterdir()) == [path]


def test_what_another_process_has_rescued_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"no database" * 1_000)

    def be_late(_source: Path, _target: Path) -> int:
        fill(path.with_name("rescued"), runs=1, iterations=1)
        path.with_name("rescued").replace(path)
        return 0

    monkeypatch.setattr("rlm_desktop.history.salvage.copy_readable", be_late)
    with closing(History(path)) as history:
        assert history.find_runs() == ["run-0"]
    assert list(tmp_path.iterdir()) == [path]


def test_no_damaged_file_takes_the_place_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes may find it at the same time, or it is damaged again."""
    path = tmp_path / "history.sqlite"
    monkeypatch.setattr(upgrade, "_stamp", lambda: "20261122-060000")
    for content in (b"one" * 1_000, b"two" * 1_000, b"six" * 1_000):
        path.write_bytes(content)
        with closing(History(path)) as history:
            history.open()
            copies = history.storage.copies()
        path.unlink()
    assert sorted(copy.read_bytes()[:3] for copy in copies) == [b"one", b"six", b"two"]
