"""Tables as CSV: what any reader of CSV gets back is what a person reads in the sheet."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.documents.formats.tables import cell_text, csv_lines

CELLS = st.one_of(
    st.text('ab ,"\r\n\0é😀', max_size=4),
    st.floats(),
    st.integers(-20, 20).map(float),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.none(),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[object]]:
    width = draw(st.integers(1, 4))
    cells = [draw(st.sampled_from((CELLS, st.text("ab", max_size=2), st.floats()))) for _ in range(width)]
    return draw(st.lists(st.tuples(*cells).map(list), max_size=6))


@given(tables())
def test_cells_come_back(rows: list[list[object]]) -> None:
    written = csv_lines(rows)
    assert list(csv.reader(io.StringIO(written, newline=""))) == [[*map(cell_text, row)] for row in rows]
    assert not rows or written.endswith("\n")


def test_only_what_needs_quotes_has_them() -> None:
    rows = [["plain", "one, two", 'say "yes"', 1.0, 2.5], ["", "a\nb", "c\rd", True, date(2026, 11, 22)]]
    assert csv_lines(rows) == (
        'plain,"one, two","say ""yes""",1,2.5\n,"a\nb","c\rd",TRUE,2026-11-22\n'
    )  # RFC 4180, 2.5 to 2.7
    assert csv_lines([[""], [datetime(2026, 11, 22, 5, 30)]]) == '""\n2026-11-22 05:30:00\n'
