"""Parts of long texts and the search in them."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from rlm_desktop.ui.documents import finding, parts
from rlm_desktop.ui.documents.parts import part_from, start_around, start_before
from rlm_desktop.ui.documents.preview import PagedText

TEXTS = st.text(alphabet=st.sampled_from("ab é😀\n\n"), max_size=300)
SMALL: dict[str, Any] = {"PART": 40, "PART_LINES": 6, "LONGEST_LINE": 9}


@settings(deadline=None)
@given(TEXTS)
def test_parts_follow_each_other_without_a_gap(text: str) -> None:
    with patch.multiple(parts, **SMALL):
        start, shown = 0, ""
        for _ in range(len(text) + 1):
            part = part_from(text, start)
            assert part.start == start
            assert text[part.start : part.end].replace("\n", "") == part.shown.replace("\n", "")
            assert max(map(len, part.shown.split("\n"))) <= SMALL["LONGEST_LINE"]
            shown += text[part.start : part.end]
            start = part.end
            if start >= len(text):
                break
        assert shown == text


@settings(deadline=None)
@given(TEXTS, st.integers(0, 300))
def test_any_place_can_be_shown(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    with patch.multiple(parts, **SMALL):
        part = part_from(text, start_around(text, offset))
        assert part.start <= offset <= part.end
        block, column = part.position_of(text, min(offset, max(0, part.end - 1)))
        line = part.shown.split("\n")[block]
        assert column <= parts.utf16_length(line) + 1


@settings(deadline=None)
@given(TEXTS, st.integers(0, 300))
def test_the_part_before_ends_where_this_one_begins(text: str, start: int) -> None:
    start = min(start, len(text))
    with patch.multiple(parts, **SMALL):
        before = start_before(text, start)
        assert before < start or start == 0
        assert part_from(text, before).end >= start


@pytest.mark.parametrize("text", ["x" * 3_000_000, "line\n" * 500_000, "\n" * 1_000_000])
def test_a_part_is_never_large(text: str) -> None:
    part = part_from(text, start_around(text, len(text) // 2))
    assert len(part.shown) <= parts.PART + 200
    assert len(part.starts) <= parts.PART_LINES + parts.PART // parts.LONGEST_LINE


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="aAb \n", max_size=120), st.text(alphabet="aB ", min_size=1, max_size=4))
@example("A" * 10, "aa")  # a hit over the end of a piece: what follows it is counted from its end
async def test_the_search_finds_what_a_plain_one_finds(text: str, words: str) -> None:
    import re

    if not words.strip():
        return
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    with patch.object(finding, "PIECE", 7):
        found = [span async for spans in finding.matches(text, words) for span in spans]
    assert found == [match.span() for match in pattern.finditer(text)]


async def test_the_search_stops_at_a_limit() -> None:
    text = "a " * (finding.MOST * 30)
    found = [span async for spans in finding.matches(text, "a") for span in spans]
    assert finding.MOST <= len(found) < len(text) // 2


def test_marks_stand_on_the_words_whatever_comes_before(qtbot: QtBot) -> None:
    edit = PagedText()
    qtbot.addWidget(edit)
    text = "😀 " * 3 + "x" * 4100 + "word\nanother 😀 word"
    edit.show_part(text, (), part_from(text, 0))
    places = [text.index("word"), text.rindex("word")]
    edit.mark([(place, place + 4) for place in places], places[1])
    assert [mark.cursor.selectedText() for mark in edit.extraSelections()] == ["word", "word"]
    edit.go_to(places[1], 4)
    assert edit.textCursor().selectedText() == "word"


def test_the_gutter_shows_pages_or_lines(qtbot: QtBot) -> None:
    edit = PagedText()
    qtbot.addWidget(edit)
    text = "one\ntwo\nthree\n" + "y" * 5000 + "\nlast"
    edit.show_part(text, (0, 8), part_from(text, 0))
    assert [edit._label(0, None), edit._label(4, 0), edit._label(8, 4)] == ["1", "", "2"]
    edit.show_part(text, (), part_from(text, 0))
    labels = [edit._line_label(row, start) for row, start in enumerate(edit.part.starts)]
    assert labels == ["1", "2", "3", "4", "", "", "5"]
    edit.resize(400, 300)
    edit.show()
    assert not edit.grab().isNull()
