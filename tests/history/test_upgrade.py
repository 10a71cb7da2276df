"""Opening: new, older, newer, damaged files."""

from __future__ import annotations

import contextlib
import importlib
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History
from rlm_desktop.history.database import Database, url_of
from rlm_desktop.history.upgrade import open_database
from tests.history import traces
from tests.history.test_store import keep


def form(path: Path) -> set[str]:
    """The tables and indexes of a file, without differences of spelling."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()
        columns = [
            (table, *column[1:4], bool(column[5]))
            for kind, table, _ in rows
            if kind == "table"
            for column in connection.execute(f"PRAGMA table_info({table})")
        ]
    return {str(row) for row in (*rows, *columns)}


def migrated(path: Path, revision: str) -> Path:
    """A file made by the migrations alone, up to `revision`."""
    from alembic import command
    from alembic.config import Config

    migrations = importlib.import_module("rlm_desktop.history.migrations")

    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(migrations.__path__)))))
    database = Database(url_of(path))
    with database.transaction(writes=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.tidy()
    database.close()
    return path


def test_a_fresh_file_has_the_form_that_the_migrations_make(tmp_path: Path) -> None:
    fresh = History(tmp_path / "fresh.sqlite")
    fresh.open()
    fresh.close()
    assert form(tmp_path / "fresh.sqlite") == form(migrated(tmp_path / "migrated.sqlite", "head"))


@pytest.mark.parametrize(("question", "times"), [("公司年度报告", 1), ("report", 0)])
def test_words_within_sentences_are_found_in_an_older_file(tmp_path: Path, question: str, times: int) -> None:
    """Its runs are indexed anew where that makes a difference."""
    path = tmp_path / "history.sqlite"
    with pytest.MonkeyPatch.context() as patch:  # as it was written before
        patch.setattr("rlm_desktop.history.indexing.as_indexed", str)
        history = History(path)
        keep(history, traces.run(question=question))
        history.search("anything", wait=30)
        history.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("UPDATE alembic_version SET version_num = '0004'; DROP INDEX runs_to_index")
        before = connection.execute("SELECT max(id) FROM texts").fetchone()[0]
    history = History(path)
    word = "年度" if times else "report"
    assert [hit.field for hit in history.search(word, wait=30)] == ["question"]
    assert len(history.search("summarise")) == 6
    history.delete_run("run-1")
    history.purge()
    history.close()
    with closing(sqlite3.connect(path)) as connection:
        last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'texts'").fetchone()[0]
        assert last == before * (1 + times)
        for one in (question, "年", "summarise"):
            found = connection.execute("SELECT count(*) FROM search WHERE search MATCH ?", (f'"{one}"',))
            assert found.fetchone() == (0,)


def test_a_copy_is_left_of_what_was_changed_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history.sqlite"
    with closing(History(path)) as history:
        keep(history, traces.run())
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("UPDATE alembic_version SET version_num = '0005'; DROP INDEX runs_to_index")

    def fails(*_: object) -> None:
        raise HistoryError("no")

    with monkeypatch.context() as patch:
        patch.setattr("rlm_desktop.history.upgrade._migrate", fails)
        for _ in range(2):
            with closing(History(path)) as history, pytest.raises(HistoryError, match="no"):
                history.open()
    assert not [file for file in tmp_path.iterdir() if "-before-" in file.name]
    opened: list[Database] = []
    both = [threading.Thread(target=lambda: opened.append(open_database(path)[0])) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    for database in opened:
        database.close()
    assert len(opened) == 2
    (copy,) = tmp_path.glob("history-before-*.sqlite")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0005",)
    with closing(History(path)) as history:
        assert history.events("run-1") == traces.run()


@pytest.mark.parametrize(("large", "said"), [(1, 1), (1 << 40, 0)])
def test_only_a_large_file_that_takes_long_is_said_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int, said: int
) -> None:
    monkeypatch.setattr("rlm_desktop.history.upgrade.LARGE", large)
    path = migrated(tmp_path / "history.sqlite", "0005")
    waits: list[str] = []
    troubles: list[str] = []
    with closing(History(path, on_trouble=troubles.append, on_wait=waits.append)) as history:
        history.open()
    assert (len(waits), troubles) == (said, [])
    assert all(str(path) in text for text in waits)


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    first = History(path)
    first.open()
    first.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = path.read_bytes()
    history = History(path)
    with pytest.raises(HistoryError, match="newer version"):
        history.sessions()
    history.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_set_aside(tmp_path: Path, content: bytes, troubles: list[str]) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(content)
    history = History(path, on_trouble=troubles.append)
    keep(history, traces.run())
    assert history.events("run-1") == traces.run()
    history.close()
    (aside,) = tmp_path.glob("history-damaged-*.sqlite")
    assert aside.read_bytes() == content
    assert "damaged" in troubles[0]


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    for number, script in enumerate(
        [
            "CREATE TABLE runs (a); INSERT INTO runs VALUES (1)",
            "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('f00')",
        ]
    ):
        path = tmp_path / f"{number}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(script)
            before = list(connection.iterdump())
        history = History(path)
        with pytest.raises(HistoryError, match="another program"):
            history.sessions()
        history.close()
        with closing(sqlite3.connect(path)) as connection:
            assert list(connection.iterdump()) == before


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    for name, make in {
        "folder": Path.mkdir,
        "circle": lambda path: path.symlink_to(path),
        "nowhere": lambda path: path.symlink_to("/nowhere/at/all"),
    }.items():
        path = tmp_path / name
        make(path)
        history = History(path)
        with pytest.raises(HistoryError, match="cannot be opened"):
            history.sessions()
        history.close()


def test_a_file_whose_end_is_cut_off_is_rescued(tmp_path: Path, troubles: list[str]) -> None:
    path = tmp_path / "history.sqlite"
    fill(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size * 9 // 10)
    history = History(path, on_trouble=troubles.append)
    assert len(readable(history)) >= 10
    history.close()
    assert "rows of it could be read" in troubles[0]
    (aside,) = tmp_path.glob("history-damaged-*.sqlite")
    assert aside.stat().st_size == size * 9 // 10
    assert not list(tmp_path.glob(".rescue-*"))


def test_a_file_without_some_of_its_tables_is_rescued(tmp_path: Path, troubles: list[str]) -> None:
    path = tmp_path / "history.sqlite"
    fill(path, runs=8, iterations=1)
    with closing(History(path)) as history:
        found = history.search("q:segments", limit=100, wait=30)
    assert {hit.run_id for hit in found} == {f"run-{number}" for number in range(8)}
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE uses")
    history = History(path, on_trouble=troubles.append)
    assert len(readable(history)) == 8
    assert {hit.run_id for hit in history.search("q:segments", limit=100, wait=30)} == {hit.run_id for hit in found}
    keep(history, traces.run("new"))
    history.close()
    assert len(troubles) == 1


def test_one_damaged_row_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    fill(path, runs=8, iterations=1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE runs SET documents = 'nonsense', tags = 5 WHERE id = 'run-7'")
        connection.commit()
    history = History(path)
    assert len(history.runs()) == 8
    assert history.facets().tags == ()
    history.close()


def fill(path: Path, runs: int = 40, iterations: int = 5) -> None:
    """A file with some runs."""
    history = History(path)
    for number in range(runs):
        keep(history, traces.run(f"run-{number}", f"session-{number}", iterations=iterations))
    history.close()


def damage(path: Path) -> None:
    """Overwrite some pages in the middle."""
    with path.open("r+b") as file:
        file.seek(0, 2)
        middle = file.tell() // 2 // 4096 * 4096
        file.seek(middle)
        file.write(b"\xa5" * 4096 * 12)


def readable(history: History) -> list[str]:
    """The runs whose whole trace can be read."""
    return [row.id for row in history.runs() if history.state(row.id).status == "completed"]


def test_damage_found_while_reading_is_rescued(tmp_path: Path, troubles: list[str]) -> None:
    path = tmp_path / "history.sqlite"
    fill(path)
    damage(path)
    history = History(path, on_trouble=troubles.append)
    for row in [*history.runs(), *history.runs()]:
        with contextlib.suppress(HistoryError):
            history.events(row.id)
    assert history.flush()
    assert len(troubles) == 1
    assert "rows of it could be read" in troubles[0]
    assert len(readable(history)) >= 10
    keep(history, traces.run("new"))
    assert history.events("new") == traces.run("new")
    history.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_connection_in_use_is_closed_after_its_database(tmp_path: Path) -> None:
    database = Database(url_of(tmp_path / "history.sqlite"))
    with database.transaction(writes=False) as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        database.close()
        raw.execute("SELECT 1")
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        raw.execute("SELECT 1")


def test_damage_found_while_writing_loses_nothing_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    fill(path)
    replaced = threading.Event()
    history = History(path, on_trouble=lambda text: replaced.set())
    history.open()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096 * 60)
    sink = history.sink()
    for event in traces.run("new"):
        sink(event)
    assert replaced.wait(30)
    assert history.flush()
    assert history.events("new") == traces.run("new")
    history.close()
    assert list(tmp_path.glob("history-damaged-*"))
