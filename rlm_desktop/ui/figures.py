"""How figures, times and end states are written for a person."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_MARKS = re.compile(r"[*`]+|(?<![\w-]):?-{2,}:?(?![\w-])|^\s*(?:>\s*)*(?:#+\s|[-+]\s|\|)?|\s*\|\s*", re.MULTILINE)
CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English; every estimate made with it is shown with a "≈"."""

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


def short_count(number: int) -> str:
    """`950`, `9.5 k`, `182 k`, `1.9 M`: three figures at most."""
    value = float(number)
    for unit in ("", " k", " M", " G"):
        if value < 999.5 or unit == " G":
            break
        value /= 1000
    return f"{value:.1f}{unit}" if unit and value < 9.95 else f"{value:.0f}{unit}"


def token_estimate(characters: int) -> str:
    """How many tokens so many characters are about, as `≈ 470 k tokens`."""
    return f"≈ {short_count(max(1, round(characters / CHARACTERS_PER_TOKEN)) if characters else 0)} tokens"


def counted(number: int, noun: str) -> str:
    """`1 page`, `2 pages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def clock(seconds: float) -> str:
    """Time that has gone by, as `0:42`, `12:05`, `1:02:03`."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def money(usd: float) -> str:
    """US dollars: cents for large sums, more figures for small ones."""
    if usd == 0:
        return "$0.00"
    if usd < 0.001:
        return f"${usd:.5f}"
    return f"${usd:.3f}" if usd < 1 else f"${usd:,.2f}"


def day_heading(day: date, today: date) -> str:
    """The heading over a day's sessions."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=7):
        return day.strftime("%A")
    return f"{day.day} {day.strftime('%B')}" + ("" if day.year == today.year else f" {day.year}")


def local_time(utc: str) -> datetime | None:
    """A stored UTC time in the person's own time zone; None when it is not a time."""
    try:
        moment = datetime.fromisoformat(utc)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()


def plain_line(markdown: str, limit: int = 600) -> str:
    """The beginning of a Markdown text on one line, without its marks."""
    return one_line(_MARKS.sub(" ", markdown[: limit * 4]), limit)


def one_line(text: str, limit: int = 200) -> str:
    """`text` on one line, cut at `limit` characters. Never looks at more than it needs."""
    head = " ".join(text[: limit * 4].split())
    return head if len(head) <= limit and len(text) <= limit * 4 else head[: limit - 1].rstrip() + "…"
