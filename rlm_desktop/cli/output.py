"""How the command line writes figures and JSON."""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

import msgspec

from rlm_desktop.repl.wire import plain

_SHOWN = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}
_SHOWN |= dict.fromkeys(range(0x7F, 0xA0), 0xFFFD)


def printable(text: str) -> str:
    """Text without what a terminal would obey: answers and documents may hold anything, and come from anywhere."""
    return text.translate(_SHOWN)


class PrintableStream:
    """A terminal to which only printable text is written.

    Attributes:
        terminal: The terminal itself, for who moves its cursor.
    """

    def __init__(self, terminal: TextIO) -> None:
        self.terminal = terminal

    def write(self, text: str) -> int:
        """Write `text`, control characters made visible."""
        return self.terminal.write(printable(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts as `write` does."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.terminal, name)


def for_programs() -> TextIO:
    """Standard output as other programs read it: in UTF-8, whatever this machine's language; a terminal stays."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    return sys.stdout


def say(text: str) -> None:
    """Tell the person something beside the output; where nobody can read it any more, the work goes on."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr)


def warn(text: object) -> None:
    """As `say`, with the program's name."""
    say(f"rlm-desktop: {text}")


def print_json(value: Any) -> None:
    """Print a value as indented JSON; lone surrogates are written as escapes."""
    try:
        text = msgspec.json.encode(value)
    except UnicodeEncodeError:
        text = msgspec.json.encode(plain(msgspec.to_builtins(value)))
    for_programs().write(msgspec.json.format(text, indent=2).decode() + "\n")


def seconds(value: float | None) -> str:
    """`0.4 s`, `12 s`, `2:05`."""
    if value is None:
        return "?"
    if value < 10:
        return f"{value:.1f} s"
    if value < 60:
        return f"{value:.0f} s"
    return f"{int(value) // 60}:{int(value) % 60:02d}"


def cost(value: float | None, unknown: int = 0) -> str:
    """US dollars; what is not known is said to be so."""
    if value is None or (value == 0 and unknown):
        return "unknown cost"
    text = "$0" if value == 0 else f"${value:.4f}"
    return f"{text} and {unknown} unknown" if unknown else text


def counted(number: int, thing: str) -> str:
    """`1 call`, `2,000 calls`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def local_time(iso: str) -> str:
    """A UTC time as the person's own, to the minute."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return iso


def one_line(text: str, width: int) -> str:
    """The start of a text on one line, at most `width` characters."""
    line = " ".join(text[: 4 * width].split())
    return line if len(line) <= width else line[: max(1, width - 1)] + "…"


def fitting(text: str, columns: int) -> str:
    """The beginning of a line that fits so many columns of a terminal; some characters take two, or none."""
    if text.isascii():
        return text[:columns]
    taken = 0
    for place, character in enumerate(text):
        if unicodedata.category(character) not in ("Mn", "Me", "Cf"):
            taken += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken > columns:
            return text[:place]
    return text


def width() -> int:
    """Columns of the terminal."""
    return shutil.get_terminal_size((100, 24)).columns


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns; the last one is cut to what fits in the terminal."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head) - 1)]
    rest = max(20, width() - sum(widths) - 2 * len(widths))
    for line in lines:
        cells = [cell.ljust(size) for cell, size in zip(line, widths, strict=False)]
        print("  ".join([*cells, one_line(line[-1], rest)]).rstrip())
