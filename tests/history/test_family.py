"""Which runs were resumed or forked from one another."""

from __future__ import annotations

from pathlib import Path

from rlm_desktop.history import History
from tests.history import traces
from tests.history.test_store import keep


def names(history: History, run_id: str) -> list[tuple[str, str, int | None]]:
    return [(row.id, row.parent_run, row.parent_iteration) for row in history.family(run_id)]


def test_a_family_is_found_from_each_of_its_runs(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    keep(history, traces.run("a"))
    keep(history, traces.run("b", parent_run="a", parent_iteration=2))
    keep(history, traces.run("c", parent_run="a"))
    keep(history, traces.run("d", parent_run="b", parent_iteration=10**30))
    keep(history, traces.run("alone"))
    whole = [("a", "", None), ("b", "a", 2), ("c", "a", None), ("d", "b", None)]
    for run_id in "abcd":
        assert names(history, run_id) == whole
    assert names(history, "alone") == [("alone", "", None)]
    assert history.family("missing") == []
    history.delete_run("b")
    assert names(history, "a") == [whole[0], whole[2]]
    history.close()


def test_runs_that_name_one_another_do_no_harm(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    keep(history, traces.run("a", parent_run="b"))
    keep(history, traces.run("b", parent_run="a"))
    assert [row.id for row in history.family("a")] == ["a", "b"]
    history.close()
