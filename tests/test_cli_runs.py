"""`rlm-desktop runs`: lists, filters, searches, exports and imports, in this process."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop import paths
from rlm_desktop.cli import ORDERS, main
from rlm_desktop.history import History, filters
from tests.history import traces
from tests.history.test_store import keep

KEY = "sk-" + "abcdefghijklmnopqrstuvwx"


@pytest.fixture
def filled() -> None:
    with closing(History(paths.history_file())) as history:
        keep(history, traces.run("aa1", "one", question=f"Is {KEY} a key?", iterations=1))
        keep(history, traces.run("bb2", "one", question="Who pays?", root_model="gpt-5"))
        keep(history, traces.run("cc3", "two", question="Cut off", ends=False))
        history.tag_session("two", ["board"])
        history.search("anything", wait=60)


Said = pytest.CaptureFixture[str]


def said(capsys: Said, *arguments: str | Path, status: int = 0) -> Any:
    capsys.readouterr()
    assert main(["runs", *map(str, arguments), "--json"]) == status
    return json.loads(capsys.readouterr().out)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.usefixtures("filled")
def test_lists_are_filtered_and_sorted(capsys: Said) -> None:
    assert ids(said(capsys, "list", "--sort", "question", "--ascending")) == ["cc3", "aa1", "bb2"]
    assert ids(said(capsys, "list", "--sort", "calls", "-n", "1")) != ["aa1"]
    assert ids(said(capsys, "list", "--filter", "PAYS")) == ["bb2"]
    assert ids(said(capsys, "list", "--state", "interrupted", "--state", "failed")) == ["cc3"]
    assert ids(said(capsys, "list", "--model", "gpt-5")) == ["bb2"]
    assert ids(said(capsys, "list", "--tag", "board")) == ["cc3"]
    assert ids(said(capsys, "list", "--since", "2099-01-01")) == []
    assert ids(said(capsys, "list", "--session", "tw")) == ["cc3"]
    assert main(["runs", "list", "--state", "sleeping"]) == 2
    assert main(["runs", "list", "--since", "yesterday"]) == 2


@pytest.mark.usefixtures("filled")
def test_search_within_a_filter(capsys: Said) -> None:
    assert {hit["run_id"] for hit in said(capsys, "search", "summarise")} == {"aa1", "bb2", "cc3"}
    assert {hit["run_id"] for hit in said(capsys, "search", "summarise", "--tag", "board")} == {"cc3"}


@pytest.mark.usefixtures("filled")
def test_an_export_says_what_it_wrote_and_redacted(capsys: Said, tmp_path: Path) -> None:
    done = said(capsys, "export", "aa", "-f", "html", "-o", tmp_path / "a.html")
    assert done["files"] == [str(tmp_path / "a.html")]
    assert done["redacted"]["OpenAI key"] >= 1
    assert len(said(capsys, "export", "aa", "bb", "-f", "csv", "-o", tmp_path)["files"]) == 2
    assert main(["runs", "export", "aa"]) == 0
    shown = capsys.readouterr()
    assert KEY not in shown.out
    assert "Secrets were replaced: OpenAI key" in shown.err
    assert main(["runs", "export", "aa", "--json"]) == 2
    assert main(["runs", "export", "aa", "bb"]) == 2
    assert main(["runs", "export", "aa", "bb", "-f", "csv", "-o", str(tmp_path / "no folder")]) == 2
    archive = tmp_path / "x.rlmarchive"
    said(capsys, "export", "aa", "cc", "-f", "archive", "-o", archive)
    assert said(capsys, "delete", "aa", "--yes") == {"deleted": ["aa1"]}
    received = said(capsys, "import", archive)
    assert ids(received["runs"]) == ["aa1", "cc3"]
    assert all("already" in remark for remark in received["remarks"])


def test_the_orders_are_those_of_the_history() -> None:
    assert list(ORDERS) == list(filters.ORDERS)
