"""How figures, times and end states are written for a person, in the window's language (see `language.py`)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale

_MARKS = re.compile(r"(?<![\w-]):?-{2,}:?(?![\w-])|^\s*(?:>\s*)*(?:#+\s|[-+*]\s|\|)?|\s*\|\s*", re.MULTILINE)
_EMPHASIS = re.compile(r"`+|(?<=[^\s*])\*{2,3}|\*{2,3}(?=[^\s*])|(?<![\w*])\*(?![\s*])|(?<![\s*])\*(?![\w*])")
UNKNOWN = "–"
"""Stands for a figure that nobody knows."""
_PLURAL_CAP = 1_000_000
"""Qt counts with 32 bits; so many and more have the same form in every language that we have."""

GLYPHS = {
    "queued": "○",
    "running": "●",
    "completed": "✓",
    "failed": "✕",
    "cancelled": "■",
    "interrupted": "‖",
    "out of iterations": "⚠",
}
"""One sign per end state; those that are not here are limits."""


def glyph(status: str) -> str:
    """The sign of a status; always shown beside its word."""
    return GLYPHS.get(status, "⚠")


def status_words(status: str) -> str:
    """A status or an end state as one says it."""
    return QCoreApplication.translate("Status", status.capitalize())


def model_words(model: str) -> str:
    """A model's name; the offline model is named as what it is."""
    from rlm_desktop.engine.providers import label  # not before the first paint

    words = label(model)
    return model if words == model else QCoreApplication.translate("Models", words)


def number(value: float, decimals: int = 0) -> str:
    """`1,234` or `0.5`, as the language writes it."""
    if isinstance(value, int) and not decimals:
        return QLocale().toString(value)
    return QLocale().toString(float(value), "f", decimals)


def short_count(count: int) -> str:
    """`950`, `9.5 k`, `182 k`, `1.9 M`: three figures at most."""
    value = float(count)
    for unit in ("", " k", " M", " G"):
        if value < 999.5 or unit == " G":
            break
        value /= 1000
    return number(value, 1 if unit and value < 9.95 else 0) + unit


def counted(count: int, noun: str) -> str:
    """`1 page`, `2 pages`.

    Args:
        count: How many.
        noun: In English, one of it; `packaging/translate.py` finds it in the call.
    """
    source = f"{{count}} {noun}(s)"
    text = QCoreApplication.translate("Counted", source, None, min(count, _PLURAL_CAP))
    if text == source:  # not translated yet
        text = source.replace("(s)", "" if count == 1 else "s")
    return text.format(count=number(count))


def clock(seconds: float) -> str:
    """Time that has gone by, as `0:42`, `12:05`, `1:02:03`."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def money(usd: float) -> str:
    """US dollars: cents for large sums, two figures for small ones; short enough for a column."""
    if 0 < usd < 0.00001:
        return f"< {dollars(0.00001, 5)}"
    return dollars(usd, 2 if usd == 0 or usd >= 1 else 3 if usd >= 0.01 else 4 if usd >= 0.001 else 5)


def dollars(usd: float, decimals: int) -> str:
    """US dollars with so many decimals."""
    return QLocale().toCurrencyString(float(usd), "$", decimals)


def day_heading(day: date, today: date) -> str:
    """The heading over a day's sessions."""
    if day >= today:
        return QCoreApplication.translate("Figures", "Today")
    if day == today - timedelta(days=1):
        return QCoreApplication.translate("Figures", "Yesterday")
    if day > today - timedelta(days=7):
        return QLocale().toString(QDate(day.year, day.month, day.day), "dddd")
    return long_date(day, with_year=day.year != today.year)


def long_date(day: date, *, with_year: bool = True) -> str:
    """`14 November 2026`."""
    # A format of Qt's: in German "d. MMMM yyyy".
    form = QCoreApplication.translate("Figures", "d MMMM yyyy")
    if not with_year:
        form = QCoreApplication.translate("Figures", "d MMMM")
    return QLocale().toString(QDate(day.year, day.month, day.day), form)


def typed_number(value: float) -> str:
    """A number for a field in which one types, as the language writes it, without separators of thousands."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "g", 15)


def moment_words(moment: datetime) -> str:
    """When something was, as `Today 14:02` or `14 November 14:02`."""
    return f"{day_heading(moment.date(), datetime.now().astimezone().date())} {moment:%H:%M}"


def local_time(utc: str) -> datetime | None:
    """A stored UTC time in the person's own time zone; None when it is not a time."""
    try:
        moment = datetime.fromisoformat(utc)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()


def plain_line(markdown: str, limit: int = 600) -> str:
    """The beginning of a Markdown text on one line, without its marks."""
    return one_line(_EMPHASIS.sub("", _MARKS.sub(" ", markdown[: limit * 4])), limit)


def one_line(text: str, limit: int = 200) -> str:
    """`text` on one line, cut at `limit` characters. Never looks at more than it needs."""
    head = " ".join(text[: limit * 4].split())
    return head if len(head) <= limit and len(text) <= limit * 4 else head[: limit - 1].rstrip() + "…"
