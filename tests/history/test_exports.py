"""Exports: each form is what it claims to be, holds everything, and nothing of it can act."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import tests.traces as real
from rlm_desktop.documents.document import from_text
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent, DocumentRef
from rlm_desktop.engine.tree import CallNode
from rlm_desktop.errors import HistoryError
from rlm_desktop.history import History, imports
from rlm_desktop.history.exports import FORMATS, Redactor, common_secrets, export, render
from rlm_desktop.history.exports.recorded import Cleaned
from rlm_desktop.history.transfer import receive, save_archive
from tests.history import traces
from tests.history.test_store import keep

HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)>"'&]]> ```
# heading [link](javascript:alert(3)) {{7*7}} =cmd|'/c calc'!A1 </pre></details>"""


def text_of(events: list[AnyEvent], key: str, **options: Any) -> str:
    return "".join(render(events, key, **options))


@pytest.fixture(scope="module")
def events() -> list[AnyEvent]:
    return list(real.events(real.Shape(calls=40, depth=3)))


def hostile_run() -> list[AnyEvent]:
    """A run in which every text is hostile."""
    reply = f"{HOSTILE}\n```repl\n{HOSTILE}\n```"
    done: list[AnyEvent] = traces.run(question=HOSTILE, reply=reply, root_model=HOSTILE, isolation=HOSTILE)
    changed: list[AnyEvent] = []
    for event in done:
        values = json.loads(ev.encode(event))
        for name in ("prompt", "code", "text", "error", "traceback", "result", "answer", "function", "model"):
            if isinstance(values.get(name), str):
                values[name] = HOSTILE
        decoded = ev.decode(json.dumps(values))
        assert decoded is not None
        changed.append(decoded)
    return changed


def test_a_value_that_is_nested_too_deeply_does_not_end_an_export() -> None:
    value: Any = 1
    for _ in range(800):
        value = [value]
    answer = ev.AnswerSet(call=0, answer="x", source="SUBMIT", value=value)
    assert '[["..."]]' in text_of(traces.stamped([traces.started(), answer]), "events")


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("key", [one.key for one in FORMATS])
@pytest.mark.parametrize("cut", [0, 1, 2, 30, 75])
def test_every_form_takes_any_prefix(events: list[AnyEvent], key: str, cut: int) -> None:
    text_of(events[:cut], key)


def test_events(events: list[AnyEvent]) -> None:
    assert [ev.decode(line) for line in text_of(events, "events").splitlines()] == events


def test_html_is_whole_and_holds_everything(events: list[AnyEvent]) -> None:
    page = Page(text_of(events, "html"))
    assert page.open == []
    assert "script" not in page.tags
    state = traces.folded(events)
    shown = "".join(page.text)
    for call in state.calls.values():
        assert call.parent is None or call.prompt in shown


def test_html_lets_nothing_through() -> None:
    page = Page(text_of(hostile_run(), "html"))
    assert page.open == []
    assert not page.tags & {"script", "img", "a", "iframe", "link"}
    assert not any(name.startswith("on") for name in page.attributes)
    assert "<script>alert(1)</script>" in "".join(page.text)


def test_markdown_lets_nothing_through() -> None:
    report = text_of(hostile_run(), "markdown")
    fence = ""
    for line in report.splitlines():
        ticks = line[: len(line) - len(line.lstrip("`"))]
        if not fence and len(ticks) >= 3:
            fence = ticks
        elif fence and line == fence:
            fence = ""
        elif not fence:
            unescaped = line.replace("\\\\", "").replace("\\<", "").replace("\\[", "").replace("\\`", "")
            assert "<script" not in unescaped
            assert "](javascript:" not in unescaped.replace("\\]", "")
    assert fence == ""


def test_notebook(events: list[AnyEvent]) -> None:
    notebook = json.loads(text_of(events, "notebook"))
    root = traces.folded(events).calls[0]
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code == [cell.code for iteration in root.iterations for cell in iteration.cells]
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        assert set(cell) <= {"cell_type", "id", "metadata", "source", "outputs", "execution_count"}


def test_perfetto(events: list[AnyEvent]) -> None:
    spans = [one for one in json.loads(text_of(events, "perfetto"))["traceEvents"] if one["ph"] == "X"]
    state = traces.folded(events)
    calls = {one["tid"]: one for one in spans if one["cat"] == "call"}
    assert calls.keys() == state.calls.keys()
    for number, span in calls.items():
        assert span["ts"] == pytest.approx(state.calls[number].started * 1e6, abs=1)
        assert span["dur"] >= 0


def test_telemetry(events: list[AnyEvent]) -> None:
    spans = json.loads(text_of(events, "otel"))["resourceSpans"][0]["scopeSpans"][0]["spans"]
    ids = {span["spanId"] for span in spans}
    assert len(ids) == len(spans)
    assert all(len(span["traceId"]) == 32 and len(span["spanId"]) == 16 for span in spans)
    assert sum("parentSpanId" not in span for span in spans) == 1
    assert all(span.get("parentSpanId", next(iter(ids))) in ids for span in spans)
    assert all(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) for span in spans)
    tokens = 0
    for span in spans:
        for attribute in span["attributes"]:
            if attribute["key"] == "gen_ai.usage.input_tokens":
                tokens += int(attribute["value"]["intValue"])
    assert 0 < tokens <= traces.folded(events).totals.input_tokens


def test_csv(events: list[AnyEvent]) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(events, "csv"))))
    state = traces.folded(events)
    assert [int(row["call"]) for row in rows] == list(state.calls)
    for row in rows:
        call = state.calls[int(row["call"])]
        above = next((one for one in call.ancestors() if isinstance(one, CallNode)), None)
        assert row["parent"] == ("" if above is None else str(above.number))
        assert row["prompt"] == call.prompt[:500]
    assert sum(int(row["input_tokens"] or 0) for row in rows) == state.totals.input_tokens


def test_csv_holds_no_formulas() -> None:
    bad = "=HYPERLINK(1)"
    events = [
        traces.started(),
        ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model=bad, prompt="+1"),
    ]
    (row,) = csv.DictReader(io.StringIO(text_of(traces.stamped(events), "csv")))
    assert (row["model"], row["prompt"]) == (f"'{bad}", "'+1")


def test_secrets_do_not_leave() -> None:
    key = "sk-proj-" + "a1B2" * 10
    events = traces.run(question=f"Use {key}", reply=f"```repl\nkey = '{key}'\n```")
    for one in FORMATS:
        assert key not in text_of(events, one.key)
        assert "secret removed" in text_of(events, one.key) or one.key == "csv"
    assert key in text_of(events, "events", clean=None)


def test_a_look_at_many_secrets_is_exported() -> None:
    looked_at = ev.Variable(name="cards", type="list", preview=repr(["card-177"] * 18))
    finished = ev.CellFinished(call=0, iteration=1, cell=0, status="ok", variables=(looked_at,))
    events = traces.stamped([traces.started(), finished])
    lines = text_of(events, "events", clean=Redactor(patterns={"card": r"card-\d+"})).splitlines()
    read = ev.decode(lines[1])
    assert isinstance(read, ev.CellFinished)
    assert read.variables[0].preview.startswith("['[secret removed: card]', ")


def test_a_kind_of_secret_that_fits_everything_is_refused(events: list[AnyEvent]) -> None:
    with pytest.raises(HistoryError, match="narrower"):
        text_of(events, "events", clean=Redactor(patterns={"word": "[a-z]+"}))


def test_secrets_in_pieces_do_not_leave() -> None:
    key = "sk-proj-" + "a1B2" * 10
    pieces = [f"print('{key[:10]}", key[10:30], f"{key[30:]}')"]
    events: list[AnyEvent] = [
        traces.started(),
        ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"),
        ev.IterationStarted(call=0, iteration=1, of=1),
        ev.ModelRequested(call=0, model="m", iteration=1),
        *(ev.TextDelta(call=0, text=piece) for piece in pieces),
        ev.CellStarted(call=0, iteration=1, cell=0, code="x"),
        *(ev.CellOutput(call=0, iteration=1, cell=0, stream="stdout", text=piece) for piece in pieces),
    ]
    exported = [ev.decode(line) for line in text_of(traces.stamped(events), "events").splitlines()]
    state = traces.folded([event for event in exported if event is not None])
    iteration = state.calls[0].iterations[0]
    assert iteration.exchange is not None
    assert iteration.exchange.text == iteration.cells[0].stdout == "print('[secret removed: OpenAI key]')"


def test_pieces_are_cleaned_each_with_its_own_text() -> None:
    """Texts under way at the same time, some of which end before others."""
    key = "sk-proj-" + "a1B2" * 10

    def asked(call: int) -> AnyEvent:
        return ev.ModelRequested(call=call, model="m")

    def piece(call: int, text: str) -> AnyEvent:
        return ev.TextDelta(call=call, text=text)

    events = traces.stamped(
        [
            traces.started(),
            *(asked(1), asked(2), piece(1, key[:20]), piece(2, "harmless "), piece(1, key[20:]), piece(2, "words")),
            *(ev.ModelResponded(call=1, text=key), asked(1), piece(1, "other"), piece(1, f" {key}")),
        ]
    )
    clean = [event for event in Cleaned(events, common_secrets) if isinstance(event, ev.TextDelta)]
    mark = common_secrets(key)
    assert [event.text for event in clean] == [mark, "harmless ", "", "words", "other", f" {mark}"]


def test_nothing_of_a_run_that_goes_on_leaves_uncleaned() -> None:
    """More comes while it is exported: the second half of a secret, too."""
    key = "sk-proj-" + "a1B2" * 10
    begun = [traces.started(), ev.ModelRequested(call=0, model="m"), ev.TextDelta(call=0, text=key[:20])]

    class Growing:
        def __iter__(self) -> Iterator[AnyEvent]:
            yield from begun
            begun.append(ev.TextDelta(call=0, text=key[20:] if len(begun) == 3 else key))

    assert len(list(Cleaned(Growing(), common_secrets))) == 3


@pytest.mark.parametrize("key", ["html", "rlms", "events"])
def test_an_export_never_holds_the_texts(key: str) -> None:
    """Neither those that come one after the other, nor those of one batch in a single line."""
    text = "".join(chr(97 + number % 26) for number in range(30_000))

    def events() -> Iterator[AnyEvent]:
        yield from traces.run(ends=False)
        for call in range(50, 150):
            yield ev.CallStarted(call=call, parent=0, kind="llm", depth=1, model="m", prompt=f"{call}{text}")
            yield ev.ModelRequested(call=call, model="m", messages=(ev.Message("user", f"{call}{text}"),))
            yield ev.ModelResponded(call=call, text=f"{text}{call}")
            yield ev.CallFinished(call=call, end_state=ev.EndState.COMPLETED, result=f"{text}{call}")

    class Source:
        def __iter__(self) -> Iterator[AnyEvent]:
            return events()

    tracemalloc.start()
    try:
        size = sum(map(len, render(Source(), key)))
        assert tracemalloc.get_traced_memory()[1] < 100 * 4 * len(text) * 0.6
    finally:
        tracemalloc.stop()
    assert size > 100 * 2 * len(text)


def test_a_file_is_whole_or_not_there(tmp_path: Path, events: list[AnyEvent]) -> None:
    export(events, "html", tmp_path / "run.html")
    assert (tmp_path / "run.html").read_text(encoding="utf-8") == text_of(events, "html")
    with pytest.raises(HistoryError, match="cannot be written"):
        export(events, "html", tmp_path / "missing" / "run.html")
    with pytest.raises(HistoryError, match="no export"):
        export(events, "pdf", tmp_path / "run.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["run.html"]


@pytest.fixture
def filled(history: History, events: list[AnyEvent]) -> tuple[History, list[str]]:
    """A history with two sessions, one with a document."""
    document = from_text("report.txt", "Europe grew. " * 1000)
    reference = DocumentRef(name="report.txt", kind="text", characters=13_000, sha256=document.sha256)
    history.keep_documents([document])
    keep(history, traces.run("a", "one", documents=(reference,)))
    keep(history, traces.run("b", "one", ends=False))
    keep(history, traces.run("c", "two"))
    history.rename_session("one", "Growth")
    history.tag_run("a", ["good"])
    return history, ["a", "b", "c"]


def test_an_archive_opens_elsewhere(filled: tuple[History, list[str]], tmp_path: Path) -> None:
    history, run_ids = filled
    path = tmp_path / "runs.rlmarchive"
    save_archive(history, path, run_ids, with_documents=True)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["runs.rlmarchive"]
    path.chmod(0o400)
    other = History(tmp_path / "other" / "history.sqlite")
    received = receive(other, path)
    assert sorted(received.run_ids) == run_ids
    assert received.remarks == []
    for run_id in run_ids:
        assert other.events(run_id) == history.events(run_id)
    row = other.run("a")
    assert row.tags == ("good",)
    document = other.document(row.documents[0].sha256, "europe.txt")
    assert document is not None
    assert document.text == "Europe grew. " * 1000
    assert other.run("b").end_state == "interrupted"
    assert {session.name for session in other.sessions()} == {"Growth", "Which segments grew?"}
    assert len(receive(other, path).remarks) == 3
    other.close()


def test_an_archive_without_documents_and_secrets(history: History, tmp_path: Path) -> None:
    key = "sk-proj-" + "a1B2" * 10
    document = from_text("report.txt", "Confidential " * 1000)
    reference = DocumentRef(name="report.txt", kind="text", characters=13_000, sha256=document.sha256)
    history.keep_documents([document])
    keep(history, traces.run("a", question=key, documents=(reference,)))
    path = tmp_path / "runs.rlmarchive"
    save_archive(history, path, ["a"], with_documents=False)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM blobs").fetchone() == (0,)
        assert key not in str(connection.execute("SELECT question FROM runs").fetchall())
    with pytest.raises(HistoryError, match="no run"):
        save_archive(history, tmp_path / "x", ["nowhere"], with_documents=True)
    assert not (tmp_path / "x").exists()


def test_a_damaged_archive_gives_a_sentence(history: History, tmp_path: Path) -> None:
    path = tmp_path / "bad.rlmarchive"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    with pytest.raises(HistoryError, match="damaged, and no run in it can be read"):
        receive(history, path)
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()
    with pytest.raises(HistoryError, match="newer"):
        receive(history, other)
    with pytest.raises(HistoryError, match="cannot be read"):
        receive(history, tmp_path / "missing")


def test_a_real_trace_through_the_archive(history: History, events: list[AnyEvent], tmp_path: Path) -> None:
    keep(history, events)
    run_id = history.runs()[0].id
    save_archive(history, tmp_path / "x.rlmarchive", [run_id], with_documents=True, clean=None)
    other = History(tmp_path / "o" / "history.sqlite")
    receive(other, tmp_path / "x.rlmarchive")
    assert other.events(run_id) == events
    other.close()


def test_the_kind_is_found_by_content(tmp_path: Path, events: list[AnyEvent]) -> None:
    (tmp_path / "x.csv").write_text(text_of(events, "events"), encoding="utf-8")
    assert imports.read(tmp_path / "x.csv").kind == "RLM Desktop trace"
