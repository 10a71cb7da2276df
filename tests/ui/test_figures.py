from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.providers import OFFLINE_LABEL
from rlm_desktop.ui import figures


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1.0 k"), (9_949, "9.9 k"), (182_400, "182 k"), (999_499, "999 k"),
     (999_500, "1.0 M"), (1_900_000, "1.9 M"), (2_000_000_000, "2.0 G"), (5_000_000_000_000, "5,000 G")],
)  # fmt: skip
def test_short_count(number: int, text: str) -> None:
    assert figures.short_count(number) == text


@given(st.integers(0, 10**15))
def test_short_count_is_close(number: int) -> None:
    value, _, unit = figures.short_count(number).partition(" ")
    scaled = float(value.replace(",", "")) * {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[unit]
    assert abs(scaled - number) <= max(0.06 * number, 0)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (42.9, "0:42"), (725, "12:05"), (3723, "1:02:03"), (-1, "0:00")]
)
def test_clock(seconds: float, text: str) -> None:
    assert figures.clock(seconds) == text


def test_the_offline_model_is_named_as_what_it_is() -> None:
    assert [figures.model_words(model) for model in ("offline", "gpt-5")] == [OFFLINE_LABEL, "gpt-5"]


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (0, "$0.00"),
        (0.000002, "< $0.00001"),
        (0.00012, "$0.00012"),
        (0.0042, "$0.0042"),
        (0.0412, "$0.041"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money(usd: float, text: str) -> None:
    assert figures.money(usd) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2026, 11, 21), "Today"), (date(2026, 11, 20), "Yesterday"), (date(2026, 11, 17), "Tuesday"),
     (date(2026, 11, 14), "14 November"), (date(2025, 2, 3), "3 February 2025"), (date(2027, 1, 1), "Today")],
)  # fmt: skip
def test_day_heading(day: date, text: str) -> None:
    assert figures.day_heading(day, date(2026, 11, 21)) == text


def test_every_end_state_has_a_sign() -> None:
    assert all(figures.glyph(state) in "✓✕■‖⚠" for state in EndState)


def test_local_time_reads_utc_and_refuses_rubbish() -> None:
    moment = figures.local_time("2026-11-21T10:00:00.123Z")
    assert moment is not None
    assert moment.timestamp() == figures.local_time("2026-11-21T10:00:00.123").timestamp()  # type: ignore[union-attr]
    assert figures.local_time("yesterday") is None


@given(st.text(), st.integers(2, 50))
def test_one_line_is_one_line_and_short(text: str, limit: int) -> None:
    line = figures.one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_one_line_looks_at_the_beginning_only() -> None:
    assert figures.one_line("a" * 10**7, 10) == "aaaaaaaaa…"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [("> Revenue *grew* by **3 %**\n\n— `report.md`", "Revenue grew by 3 % — report.md"),
     ("## Result\n- one\n* two", "Result one two"),
     ("**Nothing**, *so far*: 2 * 3 ** 4", "Nothing, so far: 2 * 3 ** 4"),
     ("| a | b |\n|---|:--:|\n| 1 | 2 |", "a b 1 2"), ("5 > 3 - 1", "5 > 3 - 1")],
)  # fmt: skip
def test_plain_line_drops_marks_of_markdown(markdown: str, text: str) -> None:
    assert figures.plain_line(markdown) == text
