"""The store: what goes in comes out, whatever the texts; the lists; deletion; documents."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from rlm_desktop.documents import file_key, from_text, load
from rlm_desktop.engine import events as ev
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History
from rlm_desktop.history.continuing import turns_of
from tests.history import traces


def keep(history: History, events: list[ev.AnyEvent]) -> None:
    sink = history.sink()
    for event in events:
        sink(event)
    assert history.flush()


def test_a_run_comes_back_as_it_was(history: History) -> None:
    events = traces.run()
    keep(history, events)
    assert history.events("run-1") == events
    state = history.state("run-1")
    assert state.status == "completed"
    assert state.answer == "Europe grew."


def test_absurd_figures_of_a_server_lose_nothing(history: History, troubles: list[str]) -> None:
    usage = ev.Usage(input_tokens=2**70, output_tokens=3)
    events = traces.stamped([*traces.run(ends=False), ev.ModelResponded(call=0, text="x", usage=usage)])
    keep(history, events)
    assert history.events("run-1") == events
    assert (history.run("run-1").events, troubles) == (len(events), [])


def test_a_question_in_a_session_that_was_deleted_meanwhile_brings_it_back(history: History) -> None:
    """In another window: the run would be in no list, and be gone for good with its session a day later."""
    keep(history, traces.run("a", "one"))
    history.delete_session("one")
    keep(history, traces.run("b", "one"))
    assert sorted(history.find_runs()) == ["a", "b"]


def test_earlier_questions_come_in_their_order_whatever_the_clock_says(history: History) -> None:
    """It may be set back between them."""
    for number, hour in enumerate((12, 11, 10, 13)):
        answer = ev.RunFinished(end_state=ev.EndState.COMPLETED, answer=str(number))
        started = traces.started(f"run-{number}", started_at=f"2026-11-21T{hour}:00:00.000+00:00", question="?")
        keep(history, traces.stamped([started, answer]))
    turns = turns_of(history, "session-1", before=history.run("run-2"))
    assert [turn["answer"] for turn in turns] == ["0", "1"]
    assert [turn["answer"] for turn in turns_of(history, "session-1")] == ["0", "1", "2", "3"]
    assert [row.id for row in history.runs(limit=2)] == ["run-3", "run-0"]


def test_nothing_is_lost_by_closing(tmp_path: Path) -> None:
    events = traces.run(iterations=30)
    first = History(tmp_path / "history.sqlite")
    sink = first.sink()
    for event in events:
        sink(event)
    first.close()
    second = History(tmp_path / "history.sqlite")
    assert second.events("run-1") == events
    second.close()


def test_making_a_history_imports_no_sql_and_touches_no_file(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from rlm_desktop.history import History;"
        f"h = History(pathlib.Path({str(tmp_path / 'a' / 'history.sqlite')!r})); h.close();"
        "print('sqlalchemy' in sys.modules or 'alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert not (tmp_path / "a").exists()


def test_a_new_file_needs_no_alembic(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from rlm_desktop.history import History;"
        f"h = History(pathlib.Path({str(tmp_path / 'history.sqlite')!r})); h.open(); h.close();"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_row_of_a_run_agrees_with_its_state(history: History) -> None:
    keep(history, traces.run())
    (row,) = history.runs()
    state = history.state("run-1")
    assert (row.calls, row.requests, row.errors) == (state.totals.calls, state.totals.requests, state.totals.errors)
    assert row.input_tokens == state.totals.input_tokens
    assert row.output_tokens == state.totals.output_tokens
    assert row.cost_usd == pytest.approx(state.totals.cost_usd)
    assert row.depth == 1
    assert row.iterations == 2
    assert row.duration == state.now
    assert row.end_state == "completed"
    assert row.question == "Which segments grew?"


def test_what_a_tool_asked_a_model_counts_in_the_row_of_its_run(history: History) -> None:
    began = traces.run(iterations=1, batch=0, ends=False)
    usage = ev.Usage(input_tokens=70, output_tokens=0)
    free = ev.ToolCalled(call=0, iteration=1, cell=0, line=1, name="embed", arguments="")
    paid = msgspec.structs.replace(free, usage=usage, cost_usd=0.5)
    keep(history, traces.stamped([*began, paid, free]))
    (row,), totals = history.runs(), history.state("run-1").totals
    assert (row.requests, row.input_tokens, row.cost_usd) == (2, totals.input_tokens, totals.cost_usd)
    assert totals.requests == 2


@pytest.mark.parametrize(("end", "status", "errors"), [("cancelled", "cancelled", 0), ("failed", "error", 2)])
def test_what_was_cancelled_is_no_error(history: History, end: str, status: ev.CellStatus, errors: int) -> None:
    end_state = ev.EndState(end)
    began = traces.run(iterations=1, batch=0, ends=False)
    call = [event for event in began if not isinstance(event, ev.CellFinished)]
    ended = [
        ev.CellFinished(call=0, iteration=1, cell=0, status=status),
        ev.CallFinished(call=0, end_state=end_state),
        ev.RunFinished(end_state=end_state),
    ]
    keep(history, traces.stamped([*call, *ended]))
    (row,) = history.runs()
    assert row.errors == history.state("run-1").totals.errors == errors


def test_a_run_cut_off_shows_as_interrupted(tmp_path: Path) -> None:
    first = History(tmp_path / "history.sqlite")
    sink = first.sink()
    for event in traces.run(ends=False):
        sink(event)
    assert first.flush()
    assert first.runs()[0].end_state == "running"
    assert first.state("run-1").is_running
    first.close()
    second = History(tmp_path / "history.sqlite")
    assert second.runs()[0].end_state == "interrupted"
    assert second.state("run-1").status == "interrupted"
    second.close()


def test_two_histories_write_the_same_file(tmp_path: Path) -> None:
    one, two = History(tmp_path / "history.sqlite"), History(tmp_path / "history.sqlite")
    sinks = one.sink(), two.sink()
    for left, right in zip(traces.run("left"), traces.run("right"), strict=True):
        sinks[0](left)
        sinks[1](right)
    assert one.flush()
    assert two.flush()
    assert {run.id for run in one.runs()} == {"left", "right"}
    assert two.events("left") == traces.run("left")
    one.close()
    two.close()


def test_another_process_sees_a_run_that_is_being_written_as_running(tmp_path: Path) -> None:
    one, two = History(tmp_path / "history.sqlite"), History(tmp_path / "history.sqlite")
    sink = one.sink()
    for event in traces.run(ends=False):
        sink(event)
    assert one.flush()
    assert two.runs()[0].end_state == "running"
    one.close()
    assert two.runs()[0].end_state == "interrupted"
    two.close()


def test_long_texts_are_stored_once(history: History, tmp_path: Path) -> None:
    context = "".join(f"line {number} of the context\n" for number in range(4000))
    events = traces.stamped(
        [
            traces.started(),
            ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="big", prompt=context),
            *(
                ev.ModelRequested(call=0, model="big", iteration=n, messages=(ev.Message("user", context),))
                for n in range(1, 40)
            ),
        ]
    )
    keep(history, events)
    assert history.events("run-1") == events
    history.close()
    size = sum(path.stat().st_size for path in (tmp_path / "data").iterdir())
    assert size < 150_000


def test_a_run_of_three_iterations_over_100_kb_stays_small(history: History, tmp_path: Path) -> None:
    reply = "".join(f"Sentence {number} of the reply, which goes on. " for number in range(150))
    keep(history, traces.run(iterations=3, batch=0, reply=reply))
    history.close()
    size = sum(path.stat().st_size for path in (tmp_path / "data").iterdir())
    assert size < 200_000


@pytest.mark.parametrize(
    "text",
    ["\0nul", "\ud800 lone surrogate", "x" * 5000 + "\ud800", '{"$blob": "1"}', "[1]\n[2]", "é" * 10_000, ""],
    ids=["nul", "surrogate", "long-surrogate", "json", "lines", "accents", "empty"],
)
def test_any_text_is_kept(history: History, text: str) -> None:
    events = traces.stamped(
        [
            traces.started(question=text, settings={"nested": [{"deep": text}]}),
            ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model=text, prompt=text),
            ev.RunFinished(end_state=ev.EndState.COMPLETED, answer=text, value={"$blob": text}),
        ]
    )
    keep(history, events)
    clean = text.encode("utf-8", "replace").decode()
    found = history.events("run-1")
    assert len(found) == 3
    assert isinstance(found[0], ev.RunStarted)
    assert found[0].question == clean
    assert found[0].settings == {"nested": [{"deep": clean}]}
    assert isinstance(found[2], ev.RunFinished)
    assert found[2].value == {"$blob": clean}


def test_a_value_that_json_cannot_hold_is_kept_as_words(history: History) -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    value = {"set": {1}, "big": 2**80, "object": object, "deep": deep}
    keep(history, traces.stamped([traces.started(), ev.RunFinished(end_state=ev.EndState.COMPLETED, value=value)]))
    assert history.state("run-1").status == "completed"


class FromTheFuture(ev.Event, frozen=True, kw_only=True):
    surprise: int = 1


def test_a_kind_of_event_that_is_not_known_is_left_out(history: History) -> None:
    events = traces.run()
    keep(history, [*events[:5], FromTheFuture(seq=5), *events[5:]])  # type: ignore[list-item]
    assert history.events("run-1") == events


def test_session_pages(history: History) -> None:
    for number in range(7):
        at = f"2026-11-21T10:00:0{number}.000+00:00"
        keep(history, traces.run(f"run-{number}", f"session-{number}", iterations=1, batch=0, started_at=at))
    first = history.sessions(limit=3)
    second = history.sessions(limit=3, before=first[-1])
    third = history.sessions(limit=3, before=second[-1])
    assert [row.id for row in [*first, *second, *third]] == [f"session-{number}" for number in range(6, -1, -1)]
    runs = history.runs(limit=3)
    assert [row.id for row in [*runs, *history.runs(limit=9, before=runs[-1])]] == [
        f"run-{number}" for number in range(6, -1, -1)
    ]


def test_rename_and_delete(history: History) -> None:
    keep(history, traces.run("run-1"))
    keep(history, traces.run("run-2"))
    history.rename_session("session-1", "Growth")
    assert history.sessions()[0].name == "Growth"
    history.delete_run("run-1")
    assert [run.id for run in history.runs()] == ["run-2"]
    assert list(history.rows(["run-1", "run-2"])) == ["run-2"]
    history.delete_session("session-1")
    assert history.sessions() == []
    with pytest.raises(HistoryError, match="no session"):
        history.rename_session("nowhere", "x")


def test_long_work_holds_nothing_up(history: History) -> None:
    keep(history, traces.run())
    is_over = threading.Event()

    def slices(database: object) -> Iterator[None]:
        while not is_over.is_set():
            yield

    done = history._writer.do(slices)
    sink = history.sink()
    for event in traces.run("run-2"):
        sink(event)
    assert len(history.runs()) == 2
    history.rename_session("session-1", "Growth")
    assert history.sessions()[0].title == "Growth"
    is_over.set()
    done.result(30)


def test_changes_are_made_in_the_order_in_which_they_were_asked_for(history: History) -> None:
    """Also those that are asked for while another one, or longer work, is being done."""
    is_under_way, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def change(name: str) -> Callable[[object], Iterator[None]]:
        def slices(database: object) -> Iterator[None]:
            if name == "long":
                is_under_way.set()
                assert go_on.wait(30)
            order.append(name)
            yield from ()

        return slices

    names = ["long", "delete", "restore"]
    asked = [history._writer.do(change("long"), is_quick=True)]
    assert is_under_way.wait(30)
    asked += [history._writer.do(change(name), is_quick=True) for name in names[1:]]
    go_on.set()
    for done in asked:
        done.result(30)
    assert order == names
    assert history.flush(30)


def test_what_is_asked_for_too_late_fails_instead_of_waiting(history: History) -> None:
    """A reader that passed the gate just before the history closed."""
    keep(history, traces.run())
    history.close()
    with pytest.raises(HistoryError, match="closed"):
        history._writer.wait_for_events().result(30)
    with pytest.raises(HistoryError, match="closed"):
        history._writer.do(lambda database: iter(())).result(30)


def test_a_run_that_was_dropped_is_interrupted(history: History) -> None:
    sink = history.sink()
    for event in traces.run(ends=False):
        sink(event)
    assert history.run("run-1").end_state == "running"
    del sink
    gc.collect()
    assert history.flush()
    assert history.run("run-1").end_state == "interrupted"


def test_documents_are_kept_once(history: History, tmp_path: Path) -> None:
    text = "".join(f"Line {number} of the document.\n" for number in range(100_000))
    documents = [from_text("one.txt", text), from_text("two.txt", text)]
    history.keep_documents(documents)
    assert history.flush()
    kept = history.document(documents[0].sha256, "one.txt")
    assert kept is not None
    assert kept.text == text
    assert history.document("0" * 64, "none.txt") is None
    history.close()
    size = sum(path.stat().st_size for path in (tmp_path / "data").iterdir())
    assert size < len(text) / 2


def test_a_document_comes_back_with_its_pages_outline_and_places(history: History, tmp_path: Path) -> None:
    file = tmp_path / "paged.md"
    file.write_text("# One\n\nfirst\f# Two\n\nsecond\n", encoding="utf-8")
    document = load(file)
    assert len(document.pages) == 2
    history.keep_documents([document])
    assert history.flush()
    again = history.document(document.sha256, document.name, document.path)
    assert again == replace(document, file_key="")
    assert history.document_of_file(file_key(file), file.name, str(file)) == again
    history.keep_documents([from_text("pasted", document.text)])
    assert history.flush()
    kept = history.document(document.sha256, "paged.md")
    assert kept is not None
    assert kept.pages == document.pages
    file.write_text("something else", encoding="utf-8")
    assert history.document_of_file(file_key(file), file.name, str(file)) is None
    assert history.document("0" * 64, "none") is None


def test_unknown_run(history: History) -> None:
    with pytest.raises(HistoryError, match="no run"):
        history.events("nowhere")
    with pytest.raises(HistoryError, match="no run"):
        history.state("nowhere")
