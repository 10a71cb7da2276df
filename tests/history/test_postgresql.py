"""A shared history on a PostgreSQL server: a real one, started for these tests, where one is installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rlm_desktop import checks, paths
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History, RunFilter, writer
from rlm_desktop.history.database import CONNECT_SECONDS, Database, is_passing, url_of
from rlm_desktop.history.filters import ORDERS
from rlm_desktop.history.replay import Replay
from rlm_desktop.history.transfer import receive, save_archive
from tests.history import traces
from tests.history.dump import dump
from tests.history.test_store import keep
from tests.test_cli import run_json


def _program(name: str) -> str | None:
    found = shutil.which(name)
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(installed[0]) if installed else found


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The folder of the socket of a server of our own."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("no PostgreSQL server is installed")
    user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="rlm-postgresql-"))
    try:
        if user is not None:
            try:
                shutil.chown(folder, user)
            except LookupError:
                pytest.skip("no user to run a PostgreSQL server as")
        data = str(folder / "data")
        made = [initdb, "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder)
        command = [postgres, "-D", data, "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, user=user, cwd=folder
        )
        assert process.stderr is not None
        for line in process.stderr:
            if b"ready to accept connections" in line:
                break
        yield str(folder)
        process.terminate()
        process.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """The address of a fresh database."""
    psycopg = pytest.importorskip("psycopg")

    with psycopg.connect(f"host={server} user=test dbname=postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE history")
    yield f"postgresql://test@/history?host={server}"
    with psycopg.connect(f"host={server} user=test dbname=postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE history WITH (FORCE)")


def test_runs_are_kept_and_shared(url: str, tmp_path: Path) -> None:
    one, two = History(url), History(url)
    long = "A long reply. " * 2000
    events = traces.run("a", "one", reply=long, question="\0 Grüße")
    keep(one, events)
    assert two.events("a") == events
    assert two.state("a").status == "completed"
    assert dump(Replay.of_run(two, "a").seek(len(events))) == dump(traces.folded(events))
    sink = one.sink()
    for event in traces.run("b", "two", ends=False):
        sink(event)
    assert one.flush()
    assert two.run("b").end_state == "running"
    one.close()
    assert two.run("b").end_state == "interrupted"
    two.rename_session("one", "Growth")
    assert [session.name for session in two.sessions()] == ["Which segments grew?", "Growth"]
    assert [row.id for row in two.runs(limit=1, before=two.runs()[0])] == ["a"]
    two.close()
    assert list(tmp_path.iterdir()) == []


def test_who_names_it_in_the_settings_keeps_runs_there(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RLM_DESKTOP_DATABASE", url)
    run_id = run_json("ask", "-q", "What is there?")["run_id"]
    assert [row["id"] for row in run_json("runs", "list")] == [run_id]
    check = checks.database()
    assert (check.mark, url in check.detail) == ("ok", True)
    assert not paths.history_file().exists()


def test_words_within_sentences_are_found_in_an_older_history(url: str) -> None:
    psycopg = pytest.importorskip("psycopg")

    with pytest.MonkeyPatch.context() as patch:  # as it was written before
        patch.setattr("rlm_desktop.history.indexing.as_indexed", str)
        older = History(url)
        keep(older, traces.run(question="公司年度报告"))
        older.search("anything", wait=30)
        older.close()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0004'")
        connection.execute("DROP INDEX runs_to_index")
    history = History(url)
    assert [hit.field for hit in history.search("年度", wait=30)] == ["question"]
    assert history.search("度年") == []
    assert len(history.search("summarise")) == 6
    history.close()


def test_search_delete_and_purge(url: str) -> None:
    history = History(url)
    keep(history, traces.run("a", "one"))
    keep(history, traces.run("b", "two"))
    assert {hit.field for hit in history.search("europe", wait=30)} == {"answer"}
    assert {hit.field for hit in history.search('"let me" -growth', wait=30)} == {"response"}
    assert {hit.field for hit in history.search("code:llm_query_batch")} == {"code"}
    assert len(history.search("summ*", limit=5)) == 5
    assert {hit.run_id for hit in history.search("summarise", chosen=RunFilter(session_id="two"))} == {"b"}
    for odd in ("'", "\\", "a & b | !c", ":*", "\0", "é'\""):
        history.search(odd)
    history.delete_session("one")
    assert {hit.run_id for hit in history.search("summarise")} == {"b"}
    history.purge()
    history.restore_run("b")
    with pytest.raises(HistoryError, match="no run"):
        history.run("a")
    history.close()


def test_a_query_that_nobody_waits_for_is_broken_off(url: str) -> None:
    database = Database(url_of(url))
    with pytest.raises(HistoryError, match="user request"), database.read(lambda: True) as connection:
        connection.execute(text("SELECT pg_sleep(600)"))
    with database.read(lambda: False) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    database.close()


def test_filters_orders_and_storage(url: str, tmp_path: Path) -> None:
    history = History(url)
    keep(history, traces.run("a", "one", question="Grüße 100%", root_model="gpt-5"))
    keep(history, traces.run("b", "two", question="Who pays?", ends=False))
    history.tag_run("a", ["Q4"])
    history.pin_session("one", True)
    assert history.find_runs(RunFilter(text="grüße 100%", model="gpt-5", tag="Q4")) == ["a"]
    assert history.find_runs(RunFilter(end_states=("interrupted",))) == ["b"]
    for order in ORDERS:
        assert sorted(history.find_runs(order=order)) == ["a", "b"]
    assert history.facets().tags == ("Q4",)
    assert [session.id for session in history.sessions(before=history.sessions(limit=1)[0])] == ["two"]
    assert [hit.run_id for hit in history.search("summarise", per_run=1, wait=30)] == ["b", "a"]
    storage = history.storage
    assert "test@" in storage.place
    assert storage.path is None
    assert storage.size() > 0
    with pytest.raises(HistoryError, match="server's tools"):
        storage.backup(tmp_path / "copy")
    history.discard(["a"])
    assert history.find_runs() == ["b"]
    storage.delete_all()
    assert history.sessions() == history.search("summarise") == []
    history.close()


def test_to_a_file_and_back(url: str, tmp_path: Path) -> None:
    history = History(url)
    keep(history, traces.run("a", "one"))
    save_archive(history, tmp_path / "a.rlmarchive", ["a"], with_documents=True)
    history.delete_run("a")
    history.purge()
    assert receive(history, tmp_path / "a.rlmarchive").run_ids == ["a"]
    assert history.events("a") == traces.run("a", "one")
    history.close()


def test_a_server_that_is_not_there() -> None:
    pytest.importorskip("psycopg")
    history = History("postgresql://test:secret@/history?host=/nowhere")
    with pytest.raises(HistoryError, match="cannot be opened") as caught:
        history.sessions()
    assert "secret" not in str(caught.value)
    history.close()


def test_nobody_waits_long_for_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    psycopg = pytest.importorskip("psycopg")
    given: list[dict[str, object]] = []

    def refuse(*_: object, **arguments: object) -> None:
        given.append(arguments)
        raise psycopg.OperationalError("not now")

    monkeypatch.setattr(psycopg, "connect", refuse)
    monkeypatch.setattr(psycopg.Connection, "connect", refuse)
    for address in ("postgresql://me@server/history", "postgresql://me@server/history?connect_timeout=3"):
        with closing(History(address)) as history, pytest.raises(HistoryError, match="not now"):
            history.open()
    assert [int(str(arguments["connect_timeout"])) for arguments in given] == [CONNECT_SECONDS, 3]


@pytest.mark.parametrize(
    ("fault", "is_expected"),
    [
        ("DiskFull", True),
        ("AdminShutdown", True),
        ("ReadOnlySqlTransaction", True),
        ("InsufficientPrivilege", True),
        ("ProgramLimitExceeded", False),
        ("UntranslatableCharacter", False),
        ("UniqueViolation", False),
    ],
)
def test_what_a_server_may_take_later_is_kept_until_then(fault: str, is_expected: bool) -> None:
    psycopg = pytest.importorskip("psycopg")
    error = DBAPIError.instance("INSERT", {}, getattr(psycopg.errors, fault)("no"), psycopg.Error)
    assert is_passing(error) is is_expected


def test_a_server_that_takes_nothing_for_a_while(
    url: str, troubles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    psycopg = pytest.importorskip("psycopg")
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    history = History(url, on_trouble=troubles.append)
    keep(history, traces.run("before"))
    with psycopg.connect(url.replace("/history", "/postgres"), autocommit=True) as server:
        server.execute("ALTER DATABASE history SET default_transaction_read_only = on")
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'history'"
        server.execute(others)
        sink = history.sink()
        for event in traces.run("meanwhile"):
            sink(event)
        assert not history.flush()
        server.execute("ALTER DATABASE history RESET default_transaction_read_only")
        server.execute(others)
    while not history.flush():
        pass
    assert history.events("meanwhile") == traces.run("meanwhile")
    assert "read-only" in troubles[0]
    assert troubles[-1] == "The history is written again; nothing was lost."
    history.close()


@pytest.mark.parametrize("address", ["gopher://x", "postgresql://me:secret@server:port/history"])
def test_an_address_that_is_none(address: str) -> None:
    history = History(address)
    with pytest.raises(HistoryError) as caught:
        history.sessions()
    assert "secret" not in str(caught.value)
    history.close()
