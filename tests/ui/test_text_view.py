"""Long texts: broken lines, parts, appending; and the colours of code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextLayout
from pytestqt.qtbot import QtBot

from rlm_desktop.ui import theme
from rlm_desktop.ui.inspector.code_view import CodeView
from rlm_desktop.ui.inspector.text_view import LONGEST_LINE, PART, Section, TextPane, break_lines


@given(text=st.text(alphabet="ab\n", max_size=200), limit=st.integers(1, 12), column=st.integers(0, 12))
def test_broken_lines_are_short_and_lose_nothing(text: str, limit: int, column: int) -> None:
    column = min(column, limit)
    shown, last = break_lines(text, column, limit)
    lines = shown.split("\n")
    assert all(len(line) <= limit for line in lines[1:])
    assert column + len(lines[0]) <= limit
    assert shown.replace("\n", "") == text.replace("\n", "")
    assert last == len(lines[-1]) + (column if len(lines) == 1 else 0)


@given(pieces=st.lists(st.text(alphabet="xy\n", max_size=30), max_size=8), limit=st.integers(2, 10))
def test_breaking_piece_by_piece_is_breaking_at_once(pieces: list[str], limit: int) -> None:
    shown, column = "", 0
    for piece in pieces:
        more, column = break_lines(piece, column, limit)
        shown += more
    assert shown == break_lines("".join(pieces), 0, limit)[0]


@pytest.fixture
def pane(qtbot: QtBot) -> TextPane:
    made = TextPane("Text")
    made.resize(400, 300)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_megabyte_in_one_line_is_broken(pane: TextPane) -> None:
    text = "x" * 1_000_000
    pane.set_text(text)
    assert pane.text == text
    assert max(len(line) for line in pane.edit.toPlainText().split("\n")) == LONGEST_LINE


def test_big_texts_come_in_parts(pane: TextPane) -> None:
    pane.set_text("line\n" * 100_000)
    assert len(pane.edit.toPlainText()) == PART
    assert "200,000 of 500,000" in pane._note.text()
    pane._more.click()
    assert len(pane.edit.toPlainText()) == 2 * PART
    pane._more.click()
    assert pane.edit.toPlainText() == pane.text
    assert not pane._bar.isVisible()


def test_what_was_added_is_appended_and_the_reader_stays(pane: TextPane) -> None:
    text = "".join(f"line {number}\n" for number in range(200))
    pane.set_text(text)
    assert pane.edit.verticalScrollBar().value() == 0
    document = pane.edit.document()
    changes: list[int] = []
    document.contentsChange.connect(lambda _place, removed, added: changes.append(removed))
    pane.set_text(text + "more")
    assert pane.edit.toPlainText() == text + "more"
    assert pane.edit.verticalScrollBar().value() == 0
    assert set(changes) == {0}
    bar = pane.edit.verticalScrollBar()
    bar.setValue(bar.maximum())
    pane.set_text(text + "more" * 2000)
    assert bar.value() == bar.maximum()


def test_another_text_replaces(pane: TextPane) -> None:
    pane.set_text("first")
    pane.set_text("second")
    assert pane.edit.toPlainText() == "second"
    pane.set_sections([Section("One", "text"), Section("Two", ""), Section("Three", "more")])
    assert "One" in pane.edit.toPlainText()
    assert "Two" not in pane.edit.toPlainText()


def _colours(view: CodeView, line: int) -> dict[str, str]:
    block = view.document().findBlockByNumber(line)
    layout: QTextLayout = block.layout()
    return {
        block.text()[part.start : part.start + part.length]: part.format.foreground().color().name().upper()
        for part in layout.formats()
    }


def test_python_is_coloured(qtbot: QtBot) -> None:
    view = CodeView()
    qtbot.addWidget(view)
    view.set_code('for x in llm_query_batch(["a # b"]):  # all\n    print(x, 12)\ntext = """one\ntwo """ + "x"\n')
    colours = theme.colours_of(view)
    first = _colours(view, 0)
    assert first["for"] == colours.code
    assert first["llm_query_batch"] == colours.llm
    assert first['"a # b"'] == colours.ok
    assert first["# all"] == colours.muted
    assert _colours(view, 1)["12"] == colours.batch
    assert _colours(view, 2)['"""one'] == colours.ok
    assert _colours(view, 3)['two """'] == colours.ok


def test_odd_code_does_not_hang_the_highlighter(qtbot: QtBot) -> None:
    view = CodeView()
    qtbot.addWidget(view)
    for code in ("'" * 5000, '"""' * 2000, "\\" * 3000, "x" * 100_000, "f'{a' \"" * 500):
        view.set_code(code)
        assert view.source == code
