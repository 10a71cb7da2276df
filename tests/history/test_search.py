"""The search: finds what is there, in the right field, marks it, and takes any input."""

from __future__ import annotations

import itertools
import random
import sqlite3
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import DocumentRef
from rlm_desktop.history import History, RunFilter, settling
from rlm_desktop.history.matching import Sample, _lite
from rlm_desktop.history.pieces import read
from rlm_desktop.history.rows import SearchHit
from rlm_desktop.history.schema import texts
from rlm_desktop.history.snippets import marked, snippet
from rlm_desktop.history.texts import PIECE, pieces
from rlm_desktop.history.wording import Query, Term, parse
from tests.history import traces
from tests.history.test_store import keep
from tests.history.test_upgrade import migrated

PROJECT = Path(__file__).resolve().parents[2]
COMPLETED = ev.EndState.COMPLETED


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("growth", Query((Term(("growth",)),))),
        ("growth europe*", Query((Term(("growth",)), Term(("europe",), is_prefix=True)))),
        ('"net sales" -loss', Query((Term(("net", "sales")),), (Term(("loss",)),))),
        ("code:regex", Query((Term(("regex",)),), (), ("code",))),
        ('reply:"a b" output:c', Query((Term(("a", "b")), Term(("c",))), (), ("response", "output"))),
        ("http://x.org", Query((Term(("http", "x", "org")),))),
        ('unclosed "quote here', Query((Term(("unclosed",)), Term(("quote", "here"))))),
        ("llm_query_batch", Query((Term(("llm", "query", "batch")),))),
        ('*** --- "" ( )', Query(())),
    ],
)
def test_parsing(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("typed", "whole"),
    [("gro", "gro*"), ("gr", "gr"), ("net gro", "net gro*"), ("gro ", "gro"), ('"net sal', '"net sal*"'), ("", "")],
)
def test_the_word_that_is_being_typed_may_go_on(typed: str, whole: str) -> None:
    assert parse(typed, is_typing=True) == parse(whole)


def test_a_text_that_is_pasted_is_parsed_in_linear_time() -> None:
    assert parse("a" * 200_000 + "!", is_typing=True).terms == (Term(("a" * 200,)),)


@pytest.mark.parametrize(("most", "tried"), [(500, 0), (1, 300), (1, 0)])
def test_a_prefix_is_the_words_that_begin_so(
    history: History, monkeypatch: pytest.MonkeyPatch, most: int, tried: int
) -> None:
    """Whether its words are asked for one by one, looked for in the texts themselves, or left to FTS5."""
    monkeypatch.setattr("rlm_desktop.history.matching._MOST_WORDS", most)
    monkeypatch.setattr("rlm_desktop.history.search.TRIED_TEXTS", tried)
    monkeypatch.setattr("rlm_desktop.history.search.TRIED_SECONDS", tried)
    keep(
        history,
        traces.run(question="Straße strasse STRÄSSCHEN strata 2024 2025 street Ἀθῆναι 가방 각도 cafe\u0301s"),
    )
    expected = {"stra*": 1, "strä*": 1, "STRASSEN*": 0, "2*": 1, "zzz*": 0, '"2024 202*"': 1, "street -stra*": 0}
    expected |= {
        "ἀθ*": 1,
        "가*": 1,
        "갂*": 0,
        "café*": 1,
        "caf* str* 2* a*": 0,
        "caf* str* 2* -xy*": 1,
        '"202* 2025"': 0,
    }
    assert {text: len(history.search("q:" + text, wait=30)) for text in expected} == expected


@pytest.fixture(scope="module")
def many_words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """Runs of texts of few words, all of which begin alike."""
    words = random.Random(7)
    vocabulary = [first + second for first in "abc" for second in ("", "a", "b", "ab", "ba")]
    history = History(tmp_path_factory.mktemp("words") / "history.sqlite")
    for number in range(12):
        question, answer = (" ".join(words.choices(vocabulary, k=words.randint(1, 12))) for _ in range(2))
        events = [
            traces.started(str(number), question=question),
            ev.RunFinished(end_state=COMPLETED, answer=answer),
        ]
        keep(history, traces.stamped(events))
    history.search("anything", wait=30)
    yield history
    history.close()


_some_words = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=3).map(" ".join)
_some_terms = st.tuples(st.sampled_from(["", "-"]), _some_words, st.sampled_from(["", "*"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    terms=st.lists(_some_terms.map(lambda one: f'{one[0]}"{one[1]}{one[2]}"'), min_size=1, max_size=3),
    field=st.sampled_from(["", "question:", "answer:"]),
    seconds=st.sampled_from([0.0, 1.0]),
    most=st.sampled_from([0, 3, 500]),
    tried=st.sampled_from([0, 300]),
)
def test_all_ways_find_what_plain_fts5_finds(
    many_words: History, terms: list[str], field: str, seconds: float, most: int, tried: int
) -> None:
    text = field + " ".join(terms)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rlm_desktop.history.search.STEP_SECONDS", seconds)
        patch.setattr("rlm_desktop.history.matching._MOST_WORDS", most)
        patch.setattr("rlm_desktop.history.search.TRIED_TEXTS", tried)
        patch.setattr("rlm_desktop.history.search.TRIED_SECONDS", tried)
        steps = list(many_words.search_steps(text, wait=0))
    query = parse(text)
    plain: list[int] = []
    if query.terms:
        with closing(sqlite3.connect(str(many_words.storage.path))) as connection:
            words = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 50"
            plain = [key for (key,) in connection.execute(words, (_lite(query, {}).words,))]
    assert [hit.key for step in steps for hit in step.hits] == plain
    assert [step.share for step in steps] == sorted(step.share for step in steps)
    assert [step.is_over for step in steps] == [False] * (len(steps) - 1) + [True]


_SENTENCES = (
    "我们用GPT-4分析了人工智能公司的年度报告。",
    "東京タワーの高さは333メートルです。データベースを検索する。",
    "서울대학교에서 인공지능을 연구한다.",
    "รายงานประจำปีของบริษัทแสดงการเติบโต",
    "ສະບາຍດີ ពាក្យ မြန်မာ",
    "हिन्दी में रिपोर्ट, كِتَابٌ, \uf0b7Bullets at 100₽ and x\u0302y, nai\u0308ve cafés.",
    "The ﬁnancial ofﬁce sold ＲＬＭ ３０ and ﾊﾞｰｼﾞｮﾝ for 1,234.50.",
)


@pytest.mark.parametrize(
    ("text", "place", "marks"),
    [
        ("人工智能", 0, ["人工智能"]),
        ("报告", 0, ["报告"]),
        ("年度 公司", 0, ["公司", "年度"]),
        ("gpt", 0, ["GPT"]),
        ("用gpt", 0, ["用GPT"]),
        ("GPT-4分析", 0, ["GPT-4分析"]),
        ("能人", None, []),
        ("タワー", 1, ["タワー"]),
        ("データ", 1, ["データ"]),
        ("高さは333メ", 1, ["高さは333メ"]),
        ("データ -検索", None, []),
        ("대학교", 2, ["대학교"]),
        ("인공지능", 2, ["인공지능"]),
        (unicodedata.normalize("NFD", "인공지능"), 2, ["인공지능"]),
        ("บริษัท", 3, ["บริษัท"]),
        ("ສະບາຍ", 4, ["ສະບາຍ"]),
        ("ពាក្យ", 4, ["ពាក្យ"]),
        ("မြန်မာ", 4, ["မြန်မာ"]),
        ("हिन्दी", 5, ["हिन्दी"]),
        ("रिपोर्ट", 5, ["रिपोर्ट"]),
        ("كتاب", 5, ["كِتَابٌ"]),
        ("كِتَابٌ", 5, ["كِتَابٌ"]),
        ("bullets", 5, ["Bullets"]),
        ("100", 5, ["100"]),
        ("100₽", 5, ["100"]),
        ("x\u0302y", 5, []),
        ("naïve", 5, ["nai\u0308ve"]),
        ("cafe\u0301s", 5, ["cafés"]),
        ("cafes", 5, ["cafés"]),
        ("financial office", 6, ["financial", "office"]),
        ("ﬁnancial", 6, ["financial"]),
        ("rlm", 6, ["RLM"]),
        ("バージョン", 6, ["バージョン"]),
        ("1,234.5*", 6, ["1,234.50"]),
    ],
)
def test_a_word_is_found_in_any_script_and_form(
    sentences: History, text: str, place: int | None, marks: list[str]
) -> None:
    for typing in (False, True):
        hits = [hit for step in sentences.search_steps(text, is_typing=typing, wait=0) for hit in step.hits]
        assert [hit.run_id for hit in hits] == ([] if place is None else [str(place)])
        assert [hit.snippet[start:end] for hit in hits for start, end in hit.marks] == marks


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    history = History(tmp_path_factory.mktemp("sentences") / "history.sqlite")
    for number, sentence in enumerate(_SENTENCES):
        events = [traces.started(str(number), question=sentence), ev.RunFinished(end_state=COMPLETED)]
        keep(history, traces.stamped(events))
    history.search("anything", wait=30)
    yield history
    history.close()


def test_a_search_that_nobody_waits_for_ends(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlm_desktop.history.search.STEP_SECONDS", 0)
    keep(history, traces.run(batch=40))
    wanted = [True]
    steps = history.search_steps("summarise", is_stale=lambda: not wanted, wait=30)
    first = next(steps)
    assert not first.is_over
    wanted.clear()
    assert list(steps) == []


def test_a_search_ends_when_the_history_is_closed(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlm_desktop.history.search.STEP_SECONDS", 0)
    keep(history, traces.run(batch=40))
    steps = history.search_steps("summarise", wait=30)
    assert not next(steps).is_over
    history.close()
    assert list(steps) == []


def test_a_damaged_text_is_found_without_its_words(history: History) -> None:
    keep(history, traces.run(iterations=1))
    history.search("anything", wait=30)
    with closing(sqlite3.connect(str(history.storage.path))) as connection:
        connection.execute("UPDATE texts SET codec = 1, data = x'00' WHERE field = 'answer'")
        connection.commit()
    (hit,) = history.search("europe", wait=0)
    assert (hit.field, hit.snippet) == ("answer", "")
    assert history.search("europe gr*", wait=0)


def replied(text: str, **fields: object) -> list[ev.AnyEvent]:
    """A run of one reply, that was not streamed."""
    return traces.stamped(
        [
            traces.started(**fields),
            ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"),
            ev.ModelResponded(call=0, text=text),
            ev.RunFinished(end_state=COMPLETED),
        ]
    )


def fields_found(history: History, text: str) -> set[str]:
    return {hit.field for hit in history.search(text, wait=30)}


def test_every_kind_of_text_is_found(history: History) -> None:
    document = DocumentRef(name="Jahresbericht-2025.pdf", kind="pdf", characters=10)
    keep(history, traces.run(documents=(document,)))
    assert fields_found(history, "segments") == {"question"}
    assert fields_found(history, "Europe grew") == {"answer"}
    assert fields_found(history, "summarise") == {"prompt"}
    assert fields_found(history, '"let me look"') == {"response"}
    assert fields_found(history, '"llm_query_batch(parts)"') == {"code", "response"}
    assert fields_found(history, "code:llm_query_batch") == {"code"}
    assert fields_found(history, "output:growth") == {"output"}
    assert fields_found(history, "jahresbericht") == {"document"}
    assert fields_found(history, "growth -part") == {"output"}
    assert fields_found(history, "summ*") == {"prompt"}
    assert fields_found(history, "sum") == set()
    assert fields_found(history, "") == set()


def test_a_hit_says_where_it_is(history: History) -> None:
    events = traces.run()
    keep(history, events)
    hit = history.search('"part 2 of iteration 2"', wait=30)[0]
    found = next(event for event in events if event.seq == hit.seq)
    assert isinstance(found, ev.CallStarted)
    assert (hit.call, hit.run_id, hit.session_id) == (found.call, "run-1", "session-1")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["part 2 of iteration 2"]


def test_every_text_is_found_once(history: History) -> None:
    keep(history, traces.run(iterations=1, batch=1))
    assert sorted(hit.field for hit in history.search("growth", wait=30)) == ["output", "response"]


def test_a_search_goes_on_with_what_is_being_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was indexed by two at a time was found twice, and hid the runs between."""
    monkeypatch.setattr("rlm_desktop.history.writer.IDLE_SECONDS", 1000)  # nothing is done in the background
    monkeypatch.setattr("rlm_desktop.history.settling.SLICE_CHARACTERS", 50)
    history = History(tmp_path / "history.sqlite")
    keep(history, traces.run("a", iterations=6))
    keep(history, traces.run("b"))
    history.open()
    database = history._database()
    in_background = history._settler.slices(database)
    for _ in range(5):
        next(in_background)
    keep(history, traces.run("c"))
    for_a_search = history._settler.slices(database)
    for _ in for_a_search:
        next(in_background, None)
    assert history.unindexed() == 0
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as connection:
        places = connection.execute("SELECT run, field, seq, start FROM texts").fetchall()
    assert len(places) == len(set(places))
    assert {hit.run_id for hit in history.search("segments", wait=0)} == {"a", "b", "c"}
    history.close()


def test_what_is_deleted_while_it_is_indexed_holds_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlm_desktop.history.writer.IDLE_SECONDS", 1000)
    monkeypatch.setattr("rlm_desktop.history.settling.SLICE_CHARACTERS", 50)
    with closing(History(tmp_path / "history.sqlite")) as history:
        keep(history, traces.run("a", iterations=6))
        under_way = history._settler.slices(history._database())
        for _ in range(5):
            next(under_way)
        keep(history, traces.run("b"))
        history.discard(["a"])
        for _ in under_way:
            pass
        assert history.unindexed() == 0
        assert {hit.run_id for hit in history.search("segments", wait=0)} == {"b"}


def test_a_run_with_many_hits_does_not_hide_the_others(history: History) -> None:
    for name, batch in {"a": 2, "b": 40, "c": 3, "d": 9}.items():
        keep(history, traces.run(name, iterations=1, batch=batch))
    found = history.search("summarise", per_run=3, wait=30)
    assert [hit.run_id for hit in found] == [*"ddd", *"ccc", *"bbb", *"aa"]
    assert [place for place, hit in enumerate(found) if hit.has_more] == [2, 8]
    pages = []
    before = None
    while page := history.search("summarise", per_run=3, limit=4, before=before):
        pages += page
        before = page[-1]
    assert {hit.run_id for hit in pages} == {*"abcd"}
    assert len({(hit.run_id, hit.seq) for hit in pages}) == len(pages)
    whole = history.search("summarise", limit=100)
    assert len(whole) == 2 + 40 + 3 + 9


_INDEXER = """
import sys
from pathlib import Path
from rlm_desktop.history import History, settling, writer
writer.IDLE_SECONDS, settling.SLICE_CHARACTERS = 1000, 50
history = History(Path(sys.argv[1]))
history.open()
slices = history._settler.slices(history._database())
for _ in sys.stdin:
    print(next(slices, "over"), flush=True)
history.close()
"""


def test_runs_that_two_processes_index_at_once_do_not_hide_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their texts stand between one another's in the index."""
    monkeypatch.setattr("rlm_desktop.history.writer.IDLE_SECONDS", 1000)
    monkeypatch.setattr("rlm_desktop.history.settling.SLICE_CHARACTERS", 50)
    history = History(tmp_path / "history.sqlite")
    for name, iterations in {"a": 2, "b": 4, "c": 3, "d": 1}.items():
        keep(history, traces.run(name, iterations=iterations))
    own = history._settler.slices(history._database())
    program = [sys.executable, "-c", _INDEXER, str(history.storage.path)]
    with subprocess.Popen(program, cwd=PROJECT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        is_over = False
        while not is_over:
            is_over = next(own, "over") == "over"
            print(file=other.stdin, flush=True)
            is_over = other.stdout.readline() == "over\n" and is_over
        other.stdin.close()
    assert history.unindexed() == 0
    whole = history.search("summarise", limit=100, wait=0)
    assert len(whole) == len({(hit.run_id, hit.seq) for hit in whole}) == 3 * (2 + 4 + 3 + 1)
    runs = [run for run, _ in itertools.groupby(hit.run_id for hit in whole)]
    assert len(runs) > len(set(runs))  # they do stand between one another's
    few = history.search("summarise", per_run=2, limit=100, wait=0)
    assert Counter(hit.run_id for hit in few) == dict.fromkeys("abcd", 2)
    last = {hit.run_id: hit for hit in few}
    assert {run for run, hit in last.items() if hit.has_more} == {*"abcd"}
    pages, before = list[SearchHit](), None
    while page := history.search("summarise", per_run=2, limit=3, before=before, wait=0):
        pages += page
        before = page[-1]
    assert {hit.run_id for hit in pages} == {*"abcd"}
    assert len({(hit.run_id, hit.seq) for hit in pages}) == len(pages)
    history.close()


def test_output_in_pieces_is_found_as_one(history: History) -> None:
    printed = [
        ev.CellOutput(call=0, iteration=1, cell=0, stream="stdout", text=text) for text in ("Um", "lauf", " done\n")
    ]
    events: list[ev.AnyEvent] = [
        traces.started(),
        ev.CallStarted(call=0, parent=None, kind="rlm", depth=0, model="m"),
        ev.IterationStarted(call=0, iteration=1, of=1),
        ev.CellStarted(call=0, iteration=1, cell=0, code="x"),
        *printed,
        ev.CellFinished(call=0, iteration=1, cell=0, status="ok"),
        ev.RunFinished(end_state=ev.EndState.COMPLETED),
    ]
    keep(history, traces.stamped(events))
    (hit,) = history.search("umlauf", wait=30)
    assert (hit.field, hit.iteration, hit.cell, hit.snippet) == ("output", 1, 0, "Umlauf done ")


def test_pages_are_the_latest_first_and_complete(history: History) -> None:
    for number in range(5):
        keep(history, traces.run(f"run-{number}", batch=4))
    first = history.search("summarise", limit=15, wait=30)
    rest = history.search("summarise", limit=100, before=first[-1])
    assert len(first) + len(rest) == 5 * 2 * 4
    keys = [hit.key for hit in (*first, *rest)]
    assert keys == sorted(keys, reverse=True)


def test_one_session_only(history: History) -> None:
    keep(history, traces.run("a", "one"))
    keep(history, traces.run("b", "two"))
    keep(history, traces.run("c", "one"))
    found = history.search("summarise", chosen=RunFilter(session_id="one"), wait=30)
    assert {hit.run_id for hit in found} == {"a", "c"}
    assert history.search("summarise", chosen=RunFilter(session_id="none")) == []


def test_of_a_long_text_the_piece_with_the_hit_is_read(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it begins in the parts in which the text is stored; what is damaged takes its own pieces along."""
    monkeypatch.setattr("rlm_desktop.history.records.PART", 50_000)
    reply = "".join(f"wörd{number} " for number in range(30_000))
    document = DocumentRef(name="long" * 2000, kind="text", characters=1)
    other = DocumentRef(name="short.txt", kind="text", characters=1)
    keep(history, replied(reply, documents=(document, other)))
    history.search("anything", wait=30)
    begin, end = '"wörd0 wörd1"', '"wörd29998 wörd29999"'
    for words in (begin, '"wörd5000 wörd5001"', '"wörd17777 wörd17778"', end):
        (hit,) = history.search(words, wait=0)
        assert words.strip('"') in hit.snippet
    with closing(sqlite3.connect(str(history.storage.path))) as connection:
        rows = connection.execute("SELECT id, start FROM texts WHERE field = 'response' ORDER BY start").fetchall()
    with history._database().read() as connection:
        found = read(connection, connection.execute(select(texts)).all())
    assert [(start, found[key]) for key, start in rows] == list(pieces(reply))
    assert "".join(part or "" for part in found.values()).count("\nshort.txt") == 1
    with closing(sqlite3.connect(str(history.storage.path))) as connection:
        connection.execute("UPDATE blobs SET codec = 1, data = x'00' WHERE part = 0")
        connection.commit()
    assert [len(history.search(words, wait=0)[0].snippet) > 0 for words in (begin, end)] == [False, True]


def test_deleted_runs_are_not_found_and_purging_leaves_no_words(history: History, tmp_path: Path) -> None:
    keep(history, traces.run("a", "one", question="Zebrafink " * 2000))
    keep(history, traces.run("b", "two"))
    assert history.search("zebrafink", wait=30)
    history.delete_run("a")
    assert history.search("zebrafink") == []
    history.restore_run("a")
    assert history.search("zebrafink")
    history.delete_session("one")
    assert history.search("zebrafink") == []
    history.purge()
    history.close()
    with closing(sqlite3.connect(tmp_path / "data" / "history.sqlite")) as connection:
        words = "SELECT count(*) FROM search WHERE search MATCH ?"
        assert connection.execute(words, ("zebrafink",)).fetchone() == (0,)
        assert connection.execute(words, ("summarise",)).fetchone() == (6,)
        for table, count in {"runs": 1, "sessions": 1, "blobs": 0, "uses": 0}.items():
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
        assert connection.execute("SELECT count(DISTINCT run) FROM events").fetchone() == (1,)


def test_long_texts_are_found_to_their_end(history: History) -> None:
    words = "".join(f"word{number} " for number in range(20_000))
    keep(history, replied(words))
    (hit,) = history.search('"word19998 word19999"', wait=30)
    assert "word19999" in hit.snippet


def test_runs_are_packed_and_stay_the_same(history: History) -> None:
    events = traces.run(iterations=20)
    sink = history.sink()
    for event in events:
        sink(event)
        if event.seq % 10 == 0:
            history.flush()
    history.search("anything", wait=30)
    assert history.events("run-1") == events


def test_large_blocks_are_cut_so_that_a_text_is_read_without_the_others(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "BLOCK_BYTES", 2000)
    events = traces.run(iterations=20)
    keep(history, events)
    assert history.search("anything", wait=30) == []
    assert history._opened is not None
    for _ in settling._pack(history._opened, 1):  # it may not have come to this yet
        pass
    with closing(sqlite3.connect(history._opened.name)) as plain:
        blocks = plain.execute("SELECT first, last FROM events ORDER BY first").fetchall()
    sizes = [last - first + 1 for first, last in blocks]
    assert len(blocks) > 5
    assert max(sizes) < len(events) / 3
    assert [first for first, _ in blocks[1:]] == [last + 1 for _, last in blocks[:-1]]
    assert history.events("run-1") == events


def test_an_older_file_is_upgraded_after_a_copy_and_then_found(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    made = History(tmp_path / "made.sqlite")
    keep(made, traces.run())
    made.close()
    migrated(path, "0001")
    with closing(sqlite3.connect(path)) as old:
        old.execute("ATTACH ? AS made", (str(tmp_path / "made.sqlite"),))
        for table in ("sessions", "runs", "events", "blobs", "uses"):
            columns = ", ".join(row[1] for row in old.execute(f"PRAGMA main.table_info({table})"))
            old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM made.{table}")
        old.commit()
    history = History(path)
    assert history.events("run-1") == traces.run()
    assert {hit.field for hit in history.search("europe", wait=30)} == {"answer"}
    history.close()
    (copy,) = tmp_path.glob("history-before-*.sqlite")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet='ab"*:-(){}^ ANDORNOTcode', max_size=60))
def test_any_input_is_safe(history: History, text: str) -> None:
    history.search(text, wait=0)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_found_by_what_stands_in_it(text: str) -> None:
    text = f"alpha b{text}c omega".replace('"', " ")
    with closing(Sample()) as sample:
        assert sample.fits("question", text, _lite(parse(f'"{text}"'), {}).words)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=500), st.text(max_size=20))
def test_any_snippet_has_its_marks_inside(text: str, words: str) -> None:
    query = parse(words)
    if query.terms:
        excerpt, marks = snippet(text, marked(query))
        assert all(0 <= start < end <= len(excerpt) for start, end in marks)


@pytest.mark.parametrize("words", ["resume", "résumé", "resu*", '"un resume"'])
def test_accents_apart_from_their_letters_are_marked_with_them(words: str) -> None:
    excerpt, marks = snippet(unicodedata.normalize("NFD", "x " * 200 + "un résumé noir"), marked(parse(words)))
    ((start, end),) = marks
    assert unicodedata.normalize("NFC", excerpt[start:end]).endswith("résumé")


def test_forms_of_a_letter_are_marked_alike() -> None:
    excerpt, marks = snippet("λόγος, 5 \u00b5m", marked(parse("ΛΟΓΟΣ \u03bcm")))
    assert [excerpt[start:end] for start, end in marks] == ["λόγος", "\u00b5m"]


def test_accents_do_not_matter() -> None:
    excerpt, marks = snippet("Über die Größe: ÉTAT général", marked(parse("general uber")))
    assert [excerpt[start:end] for start, end in marks] == ["Über", "général"]


@given(st.integers(0, 3 * PIECE), st.booleans())
@settings(max_examples=20, deadline=None)
def test_pieces_add_up(length: int, has_words: bool) -> None:
    text = ("word " * length if has_words else "x" * length)[:length]
    parts = list(pieces(text))
    assert "".join(part for _, part in parts) == text
    assert all(len(part) <= PIECE for _, part in parts)
    assert all(text.startswith(part, start) for start, part in parts)
