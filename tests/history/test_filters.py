"""The filter and the orders of the lists, in the database, so that they hold for runs that are not loaded."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from rlm_desktop.engine.events import DocumentRef, EndState
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import RUNNING, Facets, History, RunFilter, queries
from rlm_desktop.history.filters import ORDERS
from rlm_desktop.history.upgrade import open_database
from tests.history import traces
from tests.history.test_store import keep


@pytest.fixture
def filled(history: History) -> History:
    pdf = DocumentRef(name="Übersicht 2025.pdf", kind="pdf", characters=10)
    keep(history, traces.run("a", "one", question="Which segments grew?", documents=(pdf,)))
    keep(history, traces.run("b", "one", question="100% of what_ever", root_model="gpt-5", iterations=1))
    keep(history, traces.run("c", "two", question="Who pays?", started_at="2026-11-23T09:00:00.000+00:00", batch=0))
    keep(history, traces.run("d", "three", question="Cut off", ends=False))
    history.tag_run("b", ["Q4", 'the "best"'])
    history.tag_session("two", ["board"])
    history.rename_session("two", "Fees")
    return history


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (RunFilter(), "abcd"),
        (RunFilter(text="GREW segments"), "a"),
        (RunFilter(text="übersicht"), "a"),
        (RunFilter(text="100% what_"), "b"),
        (RunFilter(text="1000"), ""),
        (RunFilter(text="fees"), "c"),
        (RunFilter(model="gpt-5"), "b"),
        (RunFilter(model="small"), "abcd"),
        (RunFilter(tag="Q4"), "b"),
        (RunFilter(tag='the "best"'), "b"),
        (RunFilter(tag="Q"), ""),
        (RunFilter(tag="board"), "c"),
        (RunFilter(since="2026-11-22"), "c"),
        (RunFilter(session_id="one", text="grew"), "a"),
        (RunFilter(end_states=(EndState.COMPLETED,)), "abc"),
        (RunFilter(end_states=(EndState.INTERRUPTED,)), "d"),
        (RunFilter(end_states=(RUNNING,)), ""),
        (RunFilter(end_states=(EndState.INTERRUPTED, EndState.COMPLETED), model="gpt-5"), "b"),
    ],
)
def test_what_passes(filled: History, chosen: RunFilter, found: str) -> None:
    assert sorted(filled.find_runs(chosen)) == list(found)
    sessions = {row.id: row.session_id for row in filled.rows(list(found)).values()}
    assert {session.id for session in filled.sessions(chosen=chosen)} == set(sessions.values())


def test_sessions_are_counted_as_they_are_listed(filled: History) -> None:
    assert filled.count_sessions() == len(filled.sessions())
    first = filled.sessions()[0]
    filled.delete_session(first.id)
    assert filled.count_sessions() == len(filled.sessions())
    filled.restore_session(first.id)
    for run in first.runs:
        filled.delete_run(run.id)
    assert filled.count_sessions() == len(filled.sessions())


def test_a_run_that_is_going_on_is_not_interrupted(filled: History) -> None:
    sink = filled.sink()
    for event in traces.run("live", "four")[:5]:
        sink(event)
    assert filled.find_runs(RunFilter(end_states=(RUNNING,))) == ["live"]
    assert filled.find_runs(RunFilter(end_states=(EndState.INTERRUPTED,))) == ["d"]


def test_orders(filled: History) -> None:
    for order in ORDERS:
        up = filled.find_runs(order=order, descending=False)
        down = filled.find_runs(order=order, descending=True)
        assert sorted(up) == sorted(down) == list("abcd")
    assert filled.find_runs(order="started")[0] == "c"
    assert filled.find_runs(order="question", descending=False) == ["b", "d", "a", "c"]
    assert filled.find_runs(order="calls", descending=False) == ["c", "b", "a", "d"]


def test_pinned_sessions_come_first_and_pages_meet(filled: History) -> None:
    filled.pin_session("one", True)
    assert [session.id for session in filled.sessions()] == ["one", "two", "three"]
    first = filled.sessions(limit=1)
    assert [session.id for session in filled.sessions(before=first[-1])] == ["two", "three"]


def test_facets(filled: History) -> None:
    assert filled.facets() == Facets(("big", "gpt-5", "small"), ("board", "Q4", 'the "best"'))
    filled.delete_run("b")
    assert filled.facets() == Facets(("big", "small"), ("board",))


def test_a_search_within_a_filter(filled: History) -> None:
    found = filled.search("summarise", chosen=RunFilter(text="grew"), wait=30)
    assert {hit.run_id for hit in found} == {"a"}
    assert {hit.run_id for hit in filled.search("summ", chosen=RunFilter(tag="Q4"), is_typing=True)} == {"b"}
    assert filled.search("summarise", chosen=RunFilter(model="none")) == []


def test_half_characters_are_no_error(filled: History) -> None:
    """As arguments of a command have them that are no UTF-8."""
    filled.tag_run("a", ["\udcff"])
    assert filled.run("a").tags == ("?",)
    assert filled.find_runs(RunFilter(text="\udcff", model="\udcff", tag="\udcff")) == []
    assert filled.search("\udcff code:\udcff* -\udcff") == []


def test_a_stale_search_is_broken_off(filled: History) -> None:
    filled.search("summarise", wait=30)
    assert filled.search("summarise", is_stale=lambda: True) in ([], filled.search("summarise"))
    assert filled.unindexed() == 0


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
        # One instruction of SQLite, that would take some seconds.
        f"SELECT rowid FROM search WHERE search MATCH '{' NOT '.join(['a*'] * 200)}'",
    ],
)
def test_a_long_query_is_broken_off_within(tmp_path: Path, query: str) -> None:
    database, _ = open_database(tmp_path / "history.sqlite")
    with closing(database):
        with database.transaction(writes=True) as connection:
            texts = [{"key": key, "text": f"a{key} " * 20} for key in range(1, 10_000)]
            connection.execute(text("INSERT INTO search (rowid, answer) VALUES (:key, :text)"), texts)
        with pytest.raises(HistoryError, match="interrupted"), database.read(lambda: True) as connection:
            connection.execute(text(query)).all()
        with database.read(lambda: False) as connection:  # the next query on that connection is not touched
            assert connection.execute(text("SELECT count(*) FROM runs")).scalar() == 0


def test_runs_that_wait_to_be_indexed_are_found_without_reading_all(tmp_path: Path) -> None:
    database, _ = open_database(tmp_path / "history.sqlite")
    asked: list[str] = []
    with closing(database), database.read() as connection:
        raw: Any = connection.connection.driver_connection
        raw.set_trace_callback(asked.append)
        queries.unindexed(connection)
        raw.set_trace_callback(None)
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {asked[-1]}")).all()
    assert "runs_to_index" in plan[0].detail
