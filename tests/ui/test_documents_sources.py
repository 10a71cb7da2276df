"""An answer leads to the places that it names and quotes."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rlm_desktop.documents import Document, from_text
from rlm_desktop.documents.places import Mark, Places
from rlm_desktop.ui.application import Application
from rlm_desktop.ui.documents.citations import Citation, citations, quotations
from rlm_desktop.ui.documents.preview import PreviewWindow
from rlm_desktop.ui.documents.quoting import Quotation, found, passage_of
from rlm_desktop.ui.inspector.answer import AnswerPage
from rlm_desktop.ui.inspector.answer_links import PlaceLink, Shown, ordered
from tests.documents import made
from tests.ui.opened import opened_window

Until = Callable[..., Awaitable[None]]
NAMES = ["report.pdf", "annual report.pdf", "proj/src/main.py", "page 3.txt"]
PAGE_1, PAGE_2 = ("report.pdf", "page", 1), ("annual report.pdf", "page", 2)
PAGES = (
    "The harbour was built by the town in 1802, of stone from the quarry.",
    "The lighthouse of the island was lit for the first time in 1871 by its keeper.",
    "Nothing else is known of either of them.",
)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Sales grew [report.pdf, p. 12].", [("p. 12", "report.pdf", "page", 12)]),
        ("As page 7 of annual report.pdf says", [("page 7", "annual report.pdf", "page", 7)]),
        ("report.pdf (pp. 3–5, 7)", [("pp. 3–5", "report.pdf", "page", 3), ("7", "report.pdf", "page", 7)]),
        ("report.pdf, page 1, annual report.pdf, page 2", [("page 1", *PAGE_1), ("page 2", *PAGE_2)]),
        ("src/main.py:120-130 calls it", [(":120-130", NAMES[2], "", 0)]),
        ("report.pdf sagt auf Seite 12, Zeile 3", [("Seite 12, Zeile 3", NAMES[0], "page", 12)]),
        ("report.pdf, sheet “Sales”", [("sheet “Sales”", NAMES[0], "sheet", 0)]),
        ("report.pdf, page 1, line 24, character 209,342", [("page 1, line 24, character 209,342", *PAGE_1)]),
        ("page 3.txt says nothing of 12 pages and 24 people", []),
        ("see page 12", []),
        ("my_report.pdf on page 3", []),
    ],
)  # fmt: skip
def test_places_in_words(answer: str, expected: list[tuple[str, str, str, int]]) -> None:
    found = citations(answer, NAMES)
    assert [(answer[one.start : one.end], NAMES[one.document], one.kind, one.number) for one in found] == expected


def test_with_one_document_its_name_is_not_needed() -> None:
    (one,) = citations("see page 12, line 4, character 1.204", ["a.pdf"])
    assert (one.document, one.number, one.line, one.character) == (0, 12, 4, 1204)


def test_a_place_belongs_to_the_quotation_before_it() -> None:
    answer = "The keeper lit it for the first time.\n— report.pdf, page 2\n“Nothing else is known of them” (p. 3)."
    block = (0, answer.index("\n"))
    quotes = quotations(answer, [block])
    first, second = citations(answer, NAMES, quotes)
    assert first.quote == block
    assert second.quote is not None
    assert answer[slice(*second.quote)] == "Nothing else is known of them"


@given(st.text(st.sampled_from('ap .,:12“”"–\n()“ report.df'), max_size=80), st.integers(1, 3))
def test_any_answer_can_be_looked_through(answer: str, count: int) -> None:
    names = ["report.pdf", "a", "p. 1"][:count]
    quotes = quotations(answer)
    for one in citations(answer, names, quotes):
        assert 0 <= one.start < one.end <= len(answer)
        assert one.document < count


@given(
    st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8), min_size=4, max_size=12),
    st.lists(st.sampled_from([" ", "\n", "  \n> ", " **", "* "]), min_size=11, max_size=11),
    st.text(max_size=50),
)
def test_white_space_and_markup_do_not_hide_a_quotation(words: list[str], gaps: list[str], before: str) -> None:
    written = words[0] + "".join(gap + word for gap, word in zip(gaps, words[1:], strict=False))
    text = f"{before} {written} and more"
    span = Quotation(" ".join(words)).find(text, 0, len(text), lambda: False)
    assert span is not None
    assert span[0] <= len(before) + 1
    assert span[1] <= len(before) + 1 + len(written)


def test_a_quotation_with_words_left_out_is_found_by_its_longest_part() -> None:
    text = "x" * (3 << 20) + " The lighthouse was\nlit for the first time in 1871, it’s said, by its keeper."
    span = found(text, "lit for the first time in 1871, it's said [...] by somebody else")
    assert span is not None
    assert text[slice(*span)] == "lit for the first time in 1871, it’s said"
    assert found(text, "never said by anybody here") is None
    assert found(text, "by its") is None  # too short to tell anything


@pytest.mark.parametrize(("written", "quoted"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_may_be_characters_of_their_own(
    written: Literal["NFC", "NFD"], quoted: Literal["NFC", "NFD"]
) -> None:
    sentence = "Der Zähler des Cafés läuft rückwärts"
    text = unicodedata.normalize(written, f"Vorher. {sentence}. Nachher.")
    span = found(text, unicodedata.normalize(quoted, sentence))
    assert span is not None
    assert text[slice(*span)] == unicodedata.normalize(written, sentence)


def test_a_quotation_with_emoji_is_found() -> None:
    text = "He wrote: 😀 it works 👍🏽 as it should, 🇩🇪 at last.\n"
    span = found(text * 3, "😀 it works 👍🏽 as it should, 🇩🇪 at last")
    assert span is not None
    assert text[slice(*span)] == "it works 👍🏽 as it should, 🇩🇪 at last"


@pytest.mark.parametrize("words", ["aaa aaa aaa aaa aaa aaa aaa ", "lorem ipsum lorem ipsum "])
def test_a_quotation_that_is_almost_everywhere_is_given_up_in_time(words: str) -> None:
    quote, asked = words * 100 + "b", list[int]()

    def is_over() -> bool:
        asked.append(1)
        return len(asked) > 200

    assert found(words * 40_000, quote, is_over=is_over) is None
    assert len(asked) > 200  # it was asked so often: nothing in between takes long
    assert found(words * 2_000 + quote, words + "b") is not None


@pytest.mark.parametrize(
    "answer",
    [
        "page 1" + " " * 30_000 + "x page 2",
        "a.pdf" + " " * 30_000 + "x page 2",
        "a.pdf " * 30_000,
        "“a quotation that is long enough” " * 20_000,
        "page 1" + ",000" * 3_000,
        "pages " + "1, " * 30_000,
        "page 1 " * 30_000,
    ],
    ids=["space", "more space", "names", "quotations", "digits", "list", "places"],
)
def test_an_answer_made_to_take_long_is_looked_through(answer: str) -> None:
    quotes = quotations(answer)
    assert len(quotes) <= 500
    assert len(citations(answer, ["a.pdf"], quotes)) <= 500


def paged(*pages: str) -> Document:
    starts = [sum(len(page) + 1 for page in pages[:index]) for index in range(len(pages))]
    marks = [Mark(start, "page", number) for number, start in enumerate(starts, 1)]
    plain = from_text("a.pdf", "\n".join(pages))
    return Document("a.pdf", "pdf", plain.text, plain.sha256, 1, pages=tuple(starts), places=Places(marks))


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        (Citation(0, 1, 0, "page", 2), "third line\nfourth\n"),
        (Citation(0, 1, 0, "page", 1, line=2), "second line"),
        (Citation(0, 1, 0, line=4), "fourth"),
        (Citation(0, 1, 0, character=25), "third line"),
        (Citation(0, 1, 0, "page", 3, line=1), "last"),
        (Citation(0, 1, 0, "page", 4), None),
        (Citation(0, 1, 0, "page", 1, line=3), None),
        (Citation(0, 1, 0, character=5000), None),
        (Citation(0, 1, 0, "message", 1), None),
    ],
)
def test_characters_of_a_place(citation: Citation, expected: str | None) -> None:
    document = paged("first line\nsecond line", "third line\nfourth", "last")
    passage = passage_of(document, citation)
    assert (passage and document.text[passage.start : passage.end]) == expected


def test_what_is_quoted_is_found_near_the_place_that_is_named() -> None:
    document = paged(*PAGES)
    passage = passage_of(document, Citation(0, 1, 0, "page", 1), "lit for the first time in 1871")
    assert passage is not None
    assert document.text[passage.start : passage.end] == "lit for the first time in 1871"


def test_links_stand_in_the_rendered_answer(qtbot: Any) -> None:
    page = AnswerPage()
    qtbot.addWidget(page)
    page.show_answer("# Über 😀\n\n> Quoted 😀 words that are long\n> enough.\n\n**a.pdf**, page 2", "FINAL")
    shown = Shown(page.view.document())
    assert [shown.text[slice(*span)] for span in shown.quoted_blocks()] == ["Quoted 😀 words that are long enough."]
    start = shown.text.index("page 2")
    page.set_links([PlaceLink(start, start + 6, "a.pdf, page 2")])
    cursor = page.view.textCursor()
    cursor.setPosition(shown.position(start) + 1)
    assert cursor.charFormat().anchorHref() == "rlm-place:0"
    assert cursor.charFormat().toolTip() == "a.pdf, page 2"
    cursor.setPosition(shown.position(start))
    assert cursor.charFormat().anchorHref() == ""
    assert page.sources.text() == "Sources 1"
    page.show_answer("Another", "FINAL")
    assert not page.view.toHtml().count("rlm-place")


def test_links_that_come_later_leave_what_is_read_where_it_is(qtbot: Any) -> None:
    page = AnswerPage()
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.show()
    page.show_answer("\n\n".join(f"Line {number} of a.pdf, page {number}" for number in range(200)), "FINAL")
    page.set_links([PlaceLink(0, 4, "a.pdf, page 1")])
    bar, cursor = page.view.verticalScrollBar(), page.view.textCursor()
    cursor.setPosition(3000)
    cursor.setPosition(3010, QTextCursor.MoveMode.KeepAnchor)
    page.view.setTextCursor(cursor)
    selected, top = cursor.selectedText(), bar.maximum() // 2
    bar.setValue(top)
    page.set_links([PlaceLink(0, 4, "a.pdf, page 1"), PlaceLink(5, 6, "a.pdf, page 2")])
    assert bar.value() == top > 0
    assert page.view.textCursor().selectedText() == selected


def test_no_link_lies_within_another() -> None:
    quote, inside, free = PlaceLink(0, 50, "q", True), PlaceLink(10, 15, "p"), PlaceLink(60, 70, "f", True)
    assert ordered([free, quote, inside]) == [inside, free]


async def test_a_source_is_shown_live_and_from_the_history(
    qapp: QApplication, tmp_path: Path, wait_for_signal: Any, wait_until: Until
) -> None:
    (tmp_path / "island.pdf").write_bytes(made.pdf(*PAGES))
    async with opened_window(qapp, beside=PreviewWindow) as application:
        bench, page = application.workbench, application.window.work.inspector.answer
        bench.add_files([str(tmp_path / "island.pdf")])
        await bench.reader.done()
        await application.warm_up()
        application.window.work.question.set_text("When was the lighthouse lit?")
        ended = asyncio.ensure_future(wait_for_signal(bench.run_ended, 60.0))
        bench.ask()
        (live,) = await ended
        await wait_until(lambda: not page.sources.isHidden())
        assert await _opened(application, wait_until) == "The lighthouse of the island was lit for the first time"
        await wait_until(lambda: "Models saw about" in page.origin.full_text)
        bench.new_session()
        bench.open_run(live.session_id, live.run_id)
        await wait_until(lambda: bench.run_id == live.run_id and not page.sources.isHidden())
        await wait_until(lambda: "Models saw about" in page.origin.full_text)
        assert "island.pdf: about " in page.origin.toolTip()
        assert application.window.work.documents.items[0].document is None  # nothing was kept at hand for it
        assert await _opened(application, wait_until) == "The lighthouse of the island was lit for the first time"


async def _opened(application: Application, wait_until: Until) -> str:
    """Go to the first source with the keyboard; what is marked in the preview, as far as it fits a line."""
    view = application.window.work.inspector.answer.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Return)
    await wait_until(lambda: bool(application.window.findChildren(PreviewWindow)))
    (window,) = application.window.findChildren(PreviewWindow)
    (mark,) = window.text.extraSelections()
    window.close()
    marked: str = mark.cursor.selectedText()  # type: ignore[attr-defined]
    return marked[: len("The lighthouse of the island was lit for the first time")]
