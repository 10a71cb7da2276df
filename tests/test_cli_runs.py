"""`rlm-desktop runs`: lists, filters, searches, exports and imports, in this process."""

from __future__ import annotations

import io
import json
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rlm_desktop import paths, settings
from rlm_desktop.cli import EXPORTS, ORDERS, main
from rlm_desktop.cli.outgoing import EventLines
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.secrets import SecretFilter
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
def test_two_runs_are_compared(capsys: Said) -> None:
    compared = said(capsys, "compare", "aa", "bb2")
    assert ids(compared["runs"]) == ["aa1", "bb2"]
    assert {"question", "root_model"} <= {choice["name"] for choice in compared["choices"]}
    assert [row["runs"][0] is None for row in compared["rows"][:2]] == [False, False]
    assert any(row["runs"][0] is None for row in compared["rows"])  # A had one iteration only
    assert KEY not in json.dumps(compared)
    assert main(["runs", "compare", "aa1", "bb2"]) == 0
    text = capsys.readouterr().out
    assert "only in B" in text
    assert "   root_model: " in text
    assert "iteration 2" in text
    assert main(["runs", "compare", "bb2", "bb2"]) == 0
    assert "only in" not in (text := capsys.readouterr().out)
    assert "The answers are the same." in text


@pytest.mark.usefixtures("filled")
def test_what_is_said_in_words(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["runs", "list", "--model", "nobody"]) == 0
    assert "fits the filters" in capsys.readouterr().out
    assert said(capsys, "delete", "aa1", "bb2", "aa", "--yes") == {"deleted": ["aa1", "bb2"]}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"no log")))
    assert main(["runs", "import", "-"]) == 1
    assert capsys.readouterr().err == "rlm-desktop: Standard input is neither JSON nor lines of JSON.\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("typed", "status", "left"), [("", 1, 3), ("\n", 1, 3), ("Y\n", 0, 1)])
def test_what_is_asked_before_deleting_is_no_output(
    typed: str, status: int, left: int, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`""` is Ctrl+D."""
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert main(["runs", "delete", "aa", "bb", "--json"]) == status
    output, asked = capsys.readouterr()
    assert asked.endswith("Delete these 2 runs? [y/N] ")
    assert output == "" if status else json.loads(output) == {"deleted": ["aa1", "bb2"]}
    assert len(said(capsys, "list")) == left


def test_ids_that_begin_alike_are_shown_as_far_as_they_can_be_typed(capsys: Said) -> None:
    """Those of a log of several runs do."""
    alike = [f"fast-rlm-0123456789abcdef-{number}" for number in (0, 1, 10)]
    with closing(History(paths.history_file())) as history:
        for run_id in (*alike, "0123456789abcdef"):
            keep(history, traces.run(run_id, run_id))
    assert main(["runs", "list"]) == 0
    shown = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert shown == ["01234567", *reversed(alike)]
    for run_id in alike:
        assert said(capsys, "show", run_id)["run_id"] == run_id
        assert ids(said(capsys, "list", "--session", run_id)) == [run_id]
    assert main(["runs", "show", alike[0][:-1]]) == 1
    assert "3 runs begin with" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["list --json", "show aa1 --json", "export aa1 -f events", "export aa1 -f html"]
)
def test_what_programs_read_is_utf8_wherever_it_is_run(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "Größe? 大小 🙂 \x85"
    with closing(History(paths.history_file())) as history:
        keep(history, traces.run("aa1", question=question))
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="latin-1", newline="\r\n"))
    assert main(["runs", *command.split()]) == 0
    assert question in written.getvalue().decode("utf-8")
    assert b"\r" not in written.getvalue()


def test_ctrl_c_breaks_a_search_off(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite may be within one call for seconds, and no signal is heard on its thread until that ends."""
    was_heard = threading.Event()

    def search(history: History, words: str, *, is_stale: Callable[[], bool], **_: object) -> list[object]:
        signal.raise_signal(signal.SIGINT)
        while not is_stale():
            pass
        was_heard.set()
        return []

    monkeypatch.setattr(History, "search", search)
    assert main(["runs", "search", "anything"]) == 130
    assert was_heard.wait(30)
    assert capsys.readouterr() == ("", "rlm-desktop: Stopped.\n")


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


HELD = "canary.of.the.settings.4711"


@pytest.fixture
def _held_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider of the settings with a key; the variable that it is in does not look like a secret's."""
    monkeypatch.setenv("FAR_ACCESS", HELD)
    far = {"name": "far", "base_url": "http://far/v1", "key": "environment", "key_variable": "FAR_ACCESS"}
    settings.save_tables("providers", [far])


@pytest.mark.usefixtures("_held_key")
def test_nothing_that_leaves_holds_a_key_that_a_model_said(capsys: Said, tmp_path: Path) -> None:
    run = traces.run("aa1", "one", question="Say it")
    said_it = [
        msgspec.structs.replace(event, **{name: f"{HELD} {getattr(event, name)}"})
        if (name := {"ModelResponded": "text", "CellStarted": "code"}.get(type(event).__name__))
        else event
        for event in run
    ]
    value = ev.AnswerSet(call=0, answer="x", source="SUBMIT", value={HELD: [HELD]})
    with closing(History(paths.history_file())) as history:
        keep(history, [*said_it[:-2], value, *said_it[-2:]])
        history.rename_run("aa1", f"The key is {HELD}")
        history.search("anything", wait=60)
        assert HELD in str(history.events("aa1"))
    shown = [str(said(capsys, "show", "aa")), str(said(capsys, "search", "canary"))]
    for form in EXPORTS:
        target = tmp_path / form
        assert said(capsys, "export", "aa", "-f", form, "-o", target)["redacted"]["configured key"] >= 1
        shown.append(target.read_bytes().decode("latin-1"))
    main(["runs", "export", "aa"])
    shown.append(capsys.readouterr().out)
    assert [HELD in text for text in shown] == [False] * (len(EXPORTS) + 3)


def test_events_that_are_printed_hold_no_secret_even_in_pieces(capsys: Said) -> None:
    lines = EventLines(SecretFilter([HELD]))
    whole = f"It is {HELD}, I think."
    for number in range(0, len(whole), 5):
        lines.take(ev.TextDelta(call=1, text=whole[number : number + 5]))
    lines.take(ev.ModelResponded(call=1, text=whole))
    printed = [ev.decode(line) for line in capsys.readouterr().out.splitlines()]
    assert len(printed) == 1 + -(-len(whole) // 5)
    assert HELD not in "".join(event.text for event in printed[:-1] if isinstance(event, ev.TextDelta))
    assert printed[-1] == ev.ModelResponded(call=1, text="It is [secret removed: configured key], I think.")


def test_the_orders_are_those_of_the_history() -> None:
    assert list(ORDERS) == list(filters.ORDERS)
