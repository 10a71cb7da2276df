"""Jupyter notebooks to Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.text import decoded

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TICKS = re.compile("`+")


def extract(source: Source, draft: Draft) -> None:
    """Texts as they are, code in fences, outputs in fences of their own; pictures are left out and counted."""
    text = decoded(source, draft)
    notebook = _parsed(text)
    if notebook is None:
        draft.kind = "json"
        draft.warn("It is damaged: it was read as a text, not as a notebook.")
        draft.add(text)
        return
    language = _language(notebook)
    cells = list(_cells(notebook))
    pictures = 0
    for number, cell in enumerate(cells, 1):
        draft.mark("cell", number)
        text = _joined(cell.get("source", cell.get("input")))
        match cell.get("cell_type"):
            case "code":
                draft.add(_fenced(text, language))
            case "heading":
                level = cell.get("level")
                draft.add_heading(level if isinstance(level, int) else 1, text)
            case _:
                draft.add_markdown(text.rstrip("\n") + "\n\n")
        for output in _dicts(cell.get("outputs")):
            shown, picture = _output(output)
            pictures += picture
            if shown.strip():
                draft.add("Output:\n" + _fenced(shown))
    if pictures:
        draft.warn(f"Pictures among the outputs that hold no text: {pictures}.")


def _parsed(text: str) -> dict[str, Any] | None:
    """What a notebook holds; None when it is none."""
    try:
        notebook = msgspec.json.decode(text)
    except msgspec.DecodeError:
        try:
            notebook = json.loads(text)  # takes what others write: NaN, halves of letters
        except ValueError:
            return None
    return notebook if isinstance(notebook, dict) else None


def _language(notebook: dict[str, Any]) -> str:
    info = notebook.get("metadata")
    info = info.get("language_info") if isinstance(info, dict) else None
    name = info.get("name") if isinstance(info, dict) else None
    return name if isinstance(name, str) else "python"


def _cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of a notebook of format 4, or of the sheets of the older ones."""
    yield from _dicts(notebook.get("cells"))
    for sheet in _dicts(notebook.get("worksheets")):
        yield from _dicts(sheet.get("cells"))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _fenced(text: str, language: str = "") -> str:
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}\n\n"


def _output(output: dict[str, Any]) -> tuple[str, int]:
    """The text of an output, and whether it is a picture only."""
    if "traceback" in output:
        lines = output["traceback"]
        shown = "\n".join(map(_joined, lines)) if isinstance(lines, list) else _joined(lines)
        return _ANSI.sub("", shown or f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"), 0
    data = output.get("data")
    data = data if isinstance(data, dict) else output
    for kind in ("text/markdown", "text/plain", "text", "application/json", "text/latex", "latex"):
        if kind in data:
            value = data[kind]
            text = _joined(value) if isinstance(value, str | list) else msgspec.json.encode(value).decode()
            is_stand_in = text.startswith("<") and ("text/html" in data or "html" in data)
            if text.strip() and not is_stand_in:
                return _ANSI.sub("", text), 0
    for kind in ("text/html", "html"):
        if kind in data:
            return to_markdown(_joined(data[kind])), 0
    return "", int(any(str(kind).startswith(("image/", "png", "jpeg", "svg")) for kind in data))
