"""Export and import as the window and the command line do them: watched, cancelled, redacted, asked about."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import zlib
from contextlib import closing
from itertools import cycle
from pathlib import Path

import msgspec
import pytest

from rlm_desktop.documents.document import from_text
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import DocumentRef
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History, records
from rlm_desktop.history.exports import FORMATS
from rlm_desktop.history.imports import looks_like_log
from rlm_desktop.history.imports.sound import Sound
from rlm_desktop.history.replay import Replay
from rlm_desktop.history.transfer import ARCHIVE, TransferCancelled, Watch, export_runs, receive
from rlm_desktop.repl.wire import Variable
from tests.history import traces
from tests.history.test_salvage import change_lines
from tests.history.test_store import keep

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
KEY = "sk-" + "abcdefghijklmnopqrstuvwx"
PASSWORD = "correct-horse-battery"


class Impatient(Watch):
    """Cancels itself after a number of steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def step(self, count: int = 1) -> None:
        self._left -= 1
        if self._left < 0:
            self.cancel()
        super().step(count)


@pytest.fixture
def filled(history: History) -> History:
    document = from_text("report.txt", "The whole text of the report. " * 50)
    here = DocumentRef(name="report.txt", kind="text", characters=len(document.text), sha256=document.sha256)
    gone = DocumentRef(name="gone.txt", kind="text", characters=3, sha256="00" * 32)
    history.keep_documents([document])
    keep(history, traces.run("a", "one", question=f"Is {KEY} safe?", documents=(here, gone)))
    keep(history, traces.run("b", "one", question=f"My word is {PASSWORD}"))
    return history


@pytest.mark.parametrize("form", [ARCHIVE, *(one.key for one in FORMATS)])
def test_every_form_says_what_was_redacted(filled: History, tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    watch = Watch()
    done = export_runs(filled, ["a"], form, target, with_documents=True, watch=watch)
    assert done.files == [target]
    assert KEY.encode() not in target.read_bytes()
    assert done.redacted["OpenAI key"] >= 1
    assert watch.done == watch.total == filled.run("a").events * 2
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == ["out"]


def test_configured_secrets_stay_here(filled: History, tmp_path: Path) -> None:
    done = export_runs(filled, ["b"], "markdown", tmp_path / "b.md", secrets=[PASSWORD])
    assert PASSWORD not in (tmp_path / "b.md").read_text()
    assert done.redacted["configured key"] >= 1


def test_a_run_that_comes_into_a_deleted_session_is_seen(filled: History, tmp_path: Path) -> None:
    """It would be in no list, and be gone for good with its session a day later."""
    export_runs(filled, ["b"], ARCHIVE, tmp_path / "b.rlmarchive")
    filled.discard(["b"])
    filled.delete_session("one")
    received = receive(filled, tmp_path / "b.rlmarchive")
    assert received.new == received.run_ids == ["b"]
    assert set(filled.rows(["a", "b"])) == {"a", "b"}
    assert receive(filled, tmp_path / "b.rlmarchive").new == []


def test_several_runs_become_files_in_a_folder(filled: History, tmp_path: Path) -> None:
    (tmp_path / "2026-11-21-is-safe.md").write_text("mine")
    done = export_runs(filled, ["a", "b"], "markdown", tmp_path)
    assert len(done.files) == 2
    assert all(path.parent == tmp_path and path.stat().st_size for path in done.files)
    again = export_runs(filled, ["a", "b"], "markdown", tmp_path)
    assert not {*done.files} & {*again.files}
    assert (tmp_path / "2026-11-21-is-safe.md").read_text() == "mine"


def test_a_file_of_a_run_lies_in_the_folder_whatever_the_run_is_called(history: History, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    for name, question in {"a": "../../x", "b": "\U0001d538" * 100}.items():
        keep(history, traces.run(name, question=question, started_at="../../odd/" if name == "a" else "2026-01-02"))
    done = export_runs(history, ["a", "b"], "perfetto", folder)
    assert sorted(done.files) == sorted(folder.iterdir())


@pytest.mark.parametrize(
    "odd",
    [
        {"seq": 7, "at": 1e300, "run_id": "a\0b", "started_at": "0001-01-01T00:00:00+14:00", "duration": 9e18,
         "iteration": 2**63 - 1, "dropped": 2**63 - 1, "usage": {"output_tokens": 2**63 - 1}},
        {"seq": 2**70, "at": -5.0, "duration": 1e308, "cost_usd": -1e308, "usage": {"input_tokens": 2**70}},
        {"call": 2**64, "iteration": 2**63, "parent_iteration": 2**70, "documents": ({"characters": 2**70},)},
    ],
)  # fmt: skip
def test_whatever_numbers_a_file_has_all_of_it_is_kept(
    history: History, tmp_path: Path, troubles: list[str], odd: dict[str, object]
) -> None:
    """Databases refuse those that are too large, and with them all that is written at the same time."""
    path = tmp_path / "odd.jsonl"
    events = [msgspec.to_builtins(event) for event in traces.run("a", iterations=8)]
    for event in events:
        event.update({name: value for name, value in odd.items() if name in event})
        for document in event.get("documents", ()):
            document.update(name="x", kind="text")
    path.write_text("\n".join(map(json.dumps, events)))
    (run_id,) = receive(history, path).new
    found = history.events(run_id)
    assert [event.seq for event in found] == list(range(1, len(found) + 1))
    assert history.search("anything", wait=30) == []
    assert (history.unindexed(), troubles) == (0, [])
    assert Replay.of_run(history, run_id).seek(100).seq == 100
    for form in (ARCHIVE, *(one.key for one in FORMATS)):
        export_runs(history, [run_id], form, tmp_path / form)
    with closing(History(tmp_path / "other.sqlite")) as other:
        assert receive(other, tmp_path / ARCHIVE).new == [run_id]
        assert other.events(run_id) == history.events(run_id)


ODD_FIGURES = [
    "1e300", "-5", "NaN", "Infinity", '"many"', "[7]", "null", str(2**70), "9" * 400, '{"x": 1}', "-1e999", "2.5",
]  # fmt: skip


def with_odd_figures(line: bytes, odd: str) -> bytes:
    """The line of an event with that in place of figures that are known."""
    line = line.replace(b'"output_tokens":', b'"output_tokens":%b,"_":' % odd.encode())
    return line.replace(b'"cost_usd":0.001', b'"cost_usd":%b' % odd.encode())


def test_a_response_is_kept_whatever_figures_stand_beside_it(history: History, tmp_path: Path) -> None:
    runs = {odd: traces.run(f"run {odd}", reply="A response. " + "long " * 1_000) for odd in ODD_FIGURES}
    lines = [with_odd_figures(msgspec.json.encode(event), odd) for odd, events in runs.items() for event in events]
    (tmp_path / "odd.jsonl").write_bytes(b"\n".join(lines))
    remarks = " ".join(receive(history, tmp_path / "odd.jsonl").remarks)
    assert "what does not fit and was left out (output_tokens" in remarks
    for odd, events in runs.items():
        found, row = history.events(f"run {odd}"), history.run(f"run {odd}")
        responses = [event for event in found if isinstance(event, ev.ModelResponded)]
        before = [event for event in events if isinstance(event, ev.ModelResponded)]
        assert [event.text for event in responses] == [event.text for event in before]
        assert {event.usage.output_tokens for event in responses if event.usage is not None} == {None}
        assert [event.usage.input_tokens for event in responses if event.usage] == [
            event.usage.input_tokens for event in before if event.usage
        ]
        assert all(event.cost_usd is None or 0 <= event.cost_usd <= 1e18 for event in responses)
        assert (row.unknown_usage, row.output_tokens) == (row.requests, 0)
        if odd in ("1e300", "-5", str(2**70)):  # a number, but none that can be true
            assert any(isinstance(event, ev.Noted) for event in found)


def test_a_response_in_an_archive_is_kept_whatever_figures_stand_beside_it(filled: History, tmp_path: Path) -> None:
    archive, odd = tmp_path / "a.rlmarchive", cycle(["1e300", "-5", '"many"', str(2**70)])
    export_runs(filled, ["a"], ARCHIVE, archive)
    change_lines(archive, lambda line: with_odd_figures(line, next(odd)))
    with closing(History(tmp_path / "other.sqlite")) as other:
        receive(other, archive)
        found = other.events("a")
        run = other.run("a")
    expected = [event.text for event in filled.events("a") if isinstance(event, ev.ModelResponded)]
    assert [event.text for event in found if isinstance(event, ev.ModelResponded)] == expected
    assert [event for event in found if isinstance(event, ev.Noted) and event.level == "warning"]
    assert run.unknown_usage == run.requests == len(expected)


def test_what_a_run_had_used_is_not_less_than_nothing() -> None:
    """Else one that goes on from it would have more than its limits."""
    usage = ev.Usage(input_tokens=-5, output_tokens=7)
    before = ev.Spent(requests=-1, tokens=5, cost_usd=-1e9, unpriced={"big": usage})
    (started, note) = Sound([traces.started(spent_before=before)])
    assert isinstance(started, ev.RunStarted)
    assert started.spent_before == ev.Spent(tokens=5, unpriced={"big": ev.Usage(output_tokens=7)})
    assert isinstance(note, ev.Noted)


def test_the_length_of_a_range_is_no_absurd_number() -> None:
    numbers = Variable(name="numbers", type="range", size=sys.maxsize)
    cell = ev.CellFinished(seq=1, call=0, iteration=1, cell=0, status="ok", variables=(numbers,))
    assert list(Sound([cell])) == [cell]


def test_documents_go_along_only_when_asked(filled: History, tmp_path: Path) -> None:
    for wanted in (True, False):
        done = export_runs(filled, ["a"], ARCHIVE, tmp_path / f"{wanted}.rlmarchive", with_documents=wanted)
        assert any("gone.txt" in remark for remark in done.remarks) is wanted
        with closing(sqlite3.connect(done.files[0])) as file:
            assert file.execute("SELECT count(*) FROM documents").fetchone() == (int(wanted),)


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
@pytest.mark.parametrize("form", [ARCHIVE, "html", "events"])
def test_a_cancelled_export_leaves_nothing(filled: History, tmp_path: Path, form: str, steps: int) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(TransferCancelled):
        export_runs(filled, ["a"], form, folder / "file", watch=Impatient(steps))
    assert list(folder.iterdir()) == []


def test_a_cancelled_import_leaves_nothing(filled: History, history: History, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    lines = [msgspec.json.encode(event) for name in "xyz" for event in traces.run(name, "three")]
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(TransferCancelled):
        receive(history, path, watch=Impatient(3))
    assert sorted(history.find_runs()) == ["a", "b"]
    assert not history.has_run("x")
    assert [session.id for session in history.sessions()] == ["one"]
    assert receive(history, path).run_ids == ["x", "y", "z"]
    assert history.events("y") == traces.run("y", "three")


def test_an_import_that_was_cut_off_is_made_whole(history: History, tmp_path: Path) -> None:
    events = traces.run("x")
    keep(history, events[:10])
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(event) for event in events))
    history.rename_run("x", "Mine")
    with pytest.raises(TransferCancelled):
        receive(history, path, watch=Impatient(3))
    assert history.events("x") == events[:10]
    assert history.run("x").title == "Mine"
    received = receive(history, path)
    assert "in part" in received.remarks[0]
    assert received.new == []
    assert history.events("x") == events
    assert history.find_runs() == ["x"]
    assert "already" in receive(history, path).remarks[0]


def test_a_run_that_has_ended_is_never_replaced(history: History, tmp_path: Path) -> None:
    """By a file that says more of a run with the same id; anybody may have made it."""
    events = traces.run("x")
    keep(history, events)
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(event) for event in traces.run("x", iterations=9)))
    assert "already" in receive(history, path).remarks[0]
    assert history.events("x") == events


def test_an_import_says_why_the_history_cannot_be_opened(tmp_path: Path, history: History) -> None:
    keep(history, traces.run("x"))
    path = tmp_path / "x.jsonl"
    export_runs(history, ["x"], "events", path)
    with closing(History(path / "history.sqlite")) as other, pytest.raises(HistoryError, match="cannot be made"):
        receive(other, path)


@pytest.mark.parametrize("form", ["events", ARCHIVE])
def test_a_run_that_was_cut_off_is_only_extended(history: History, tmp_path: Path, form: str) -> None:
    """Not replaced by a longer file that tells another beginning under its id."""
    kept = traces.run("x")[:10]
    keep(history, kept)
    path = tmp_path / "forged"
    with closing(History(tmp_path / "other.sqlite")) as other:
        keep(other, traces.run("x", reply="Forged."))
        export_runs(other, ["x"], form, path)
    received = receive(history, path)
    assert received.new == []
    assert "other events" in received.remarks[0]
    assert history.events("x") == kept
    assert history.find_runs() == ["x"]


def test_a_run_that_is_named_twice_is_once_in_an_archive(filled: History, tmp_path: Path) -> None:
    path = tmp_path / "twice.rlmarchive"
    export_runs(filled, ["a", "a"], ARCHIVE, path)
    with closing(History(tmp_path / "other.sqlite")) as other:
        assert receive(other, path).new == ["a"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a file of the file system on Unix only")
def test_what_is_no_file_is_not_replaced_by_one(filled: History, tmp_path: Path) -> None:
    """As root, `-o /dev/null` would take the device away from every program."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(HistoryError, match="it is not a file"):
        export_runs(filled, ["a"], ARCHIVE, pipe)
    with pytest.raises(HistoryError, match="it is not a file"):
        filled.storage.backup(pipe)
    with pytest.raises(HistoryError, match="cannot be written"):
        export_runs(filled, ["a"], "csv", tmp_path)
    assert pipe.is_fifo()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a file of the file system on Unix only")
def test_a_pipe_and_a_link_take_an_export(filled: History, tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link.csv", tmp_path / "real" / "calls.csv"
    os.mkfifo(pipe)
    file.parent.mkdir()
    file.write_text("old")
    link.symlink_to(file)
    export_runs(filled, ["a"], "csv", link)
    assert link.is_symlink()
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        export_runs(filled, ["a"], "csv", pipe)
        assert reader.read() == file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == ["calls.csv"]


def test_an_archive_and_a_backup_go_where_a_link_leads(filled: History, tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "elsewhere" / "all.rlmarchive"
    file.parent.mkdir()
    link.symlink_to(file)
    for write in (lambda: export_runs(filled, ["a"], ARCHIVE, link), lambda: filled.storage.backup(link)):
        write()
        assert link.is_symlink()
        assert [path.name for path in file.parent.iterdir()] == ["all.rlmarchive"]
        with closing(History(tmp_path / "other.sqlite")) as other:
            assert "a" in receive(other, link).run_ids
        file.unlink()


def test_discarding_takes_only_what_nothing_else_needs(history: History) -> None:
    long = "shared text " * 1000
    keep(history, traces.run("a", "one", question=long))
    keep(history, traces.run("b", "two", question=long))
    history.discard(["a"])
    assert [session.id for session in history.sessions()] == ["two"]
    kept = history.state("b").started
    assert kept is not None
    assert kept.question == long
    with pytest.raises(HistoryError):
        history.run("a")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("UPDATE runs SET events = 'many'", "is damaged and cannot be imported"),
        ("DELETE FROM runs", "is an archive without runs"),
    ],
)
def test_a_strange_archive_is_named_and_changes_nothing(
    filled: History, tmp_path: Path, script: str, said: str
) -> None:
    path = archive_of(filled, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    history = History(tmp_path / "other.sqlite")
    with pytest.raises(HistoryError, match=said) as error:
        receive(history, path)
    assert str(path) in str(error.value)
    assert history.runs() == []
    history.close()


def test_damaged_parts_of_an_archive_are_left_out(filled: History, tmp_path: Path) -> None:
    path = archive_of(filled, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE runs SET id = '../../b' WHERE id = 'b'")
        connection.commit()
    history = History(tmp_path / "other.sqlite")
    keep(history, traces.run("../../b")[:10])
    received = receive(history, path)
    assert received.run_ids == ["a"]
    assert sorted(row.id for row in history.runs()) == ["../../b", "a"]
    assert [remark.partition(" is ")[0] for remark in received.remarks if "../../b" in remark] == ["Run ../../b"]
    assert len(history.events("../../b")) == 10
    history.close()


def test_a_block_that_would_fill_the_memory_is_damaged(
    filled: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive_of(filled, tmp_path)
    monkeypatch.setattr(records, "_LARGEST", 10_000)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE events SET codec = 1, data = ?", (zlib.compress(b" " * 20_000),))
        connection.commit()
    history = History(tmp_path / "other.sqlite")
    keep(history, traces.run("a")[:10])
    with pytest.raises(HistoryError, match="no run in it can be read"):
        receive(history, path)
    assert history.events("a") == traces.run("a")[:10]
    history.close()


def test_what_is_not_a_file_is_not_read(history: History, tmp_path: Path) -> None:
    """A pipe that nobody writes to would be waited for until the end of the world."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "missing", Path("/dev/zero")):
        with pytest.raises(HistoryError, match="cannot be read"):
            receive(history, path)
        assert looks_like_log(path) == ""


def archive_of(history: History, folder: Path) -> Path:
    path = folder / "a.rlmarchive"
    export_runs(history, ["a", "b"], ARCHIVE, path)
    return path


def test_archives_and_logs_are_told_from_documents(filled: History, tmp_path: Path) -> None:
    archive = export_runs(filled, ["a"], ARCHIVE, tmp_path / "no ending").files[0]
    trace = export_runs(filled, ["a"], "events", tmp_path / "trace.txt").files[0]
    rlms = export_runs(filled, ["a"], "rlms", tmp_path / "rlms.json").files[0]
    assert [looks_like_log(path) for path in (archive, trace, rlms)] == ["archive", "RLM Desktop trace", "rlms log"]
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as file:
        file.execute("CREATE TABLE t (x)")
    (tmp_path / "table.json").write_text(json.dumps([{"event": "concert", "steps": 3}]))
    (tmp_path / "text.txt").write_text('He said "event".')
    (tmp_path / "broken.json").write_text('{"event": ')
    for name in ("other.sqlite", "table.json", "text.txt", "broken.json", "missing", "."):
        assert looks_like_log(tmp_path / name) == ""


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data")
def test_real_logs_and_documents() -> None:
    runs = [path for path in (SHARED / "runs").rglob("*") if path.is_file()]
    assert runs
    assert all(looks_like_log(path) for path in runs)
    documents = [path for path in (SHARED / "documents").rglob("*") if path.is_file()]
    assert [path.name for path in documents if looks_like_log(path)] == []
