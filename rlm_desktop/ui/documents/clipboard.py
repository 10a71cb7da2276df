"""What of the clipboard can become documents."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QMimeData, QUrl

from rlm_desktop.ui.figures import one_line

MAX_PATH_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Pasted:
    """Files, else a text with a name."""

    paths: list[str] = field(default_factory=list)
    text: str = ""
    name: str = ""


def pasted_from(data: QMimeData | None) -> Pasted:
    """Files that were copied, or whose paths or `file:` addresses were copied line by line; else the text."""
    if data is None:
        return Pasted()
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    if paths:
        return Pasted(paths)
    text = data.text()
    if paths := _paths_in(text):
        return Pasted(paths)
    return Pasted(text=text, name=_name_of(text))


def _paths_in(text: str) -> list[str]:
    """The paths that a text consists of; nothing when one of its lines is something else."""
    first = re.match(r"\s*([^\r\n]{1,5000})", text)
    if first is None or not _path_of(first[1]):  # a long text is not taken apart
        return []
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_PATH_LINES:
        return []
    paths: list[str] = []
    for line in lines:
        if not (path := _path_of(line)):
            return []
        paths.append(path)
    return paths


def _path_of(line: str) -> str:
    """The file or folder that a line names; empty when it names none."""
    line = line.strip()
    path = QUrl(line).toLocalFile() if line.startswith("file:") else line.strip("'\"")
    return path if os.path.isabs(path) and "\0" not in path and os.path.exists(path) else ""


def _name_of(text: str) -> str:
    """What to call a pasted text: its first words."""
    words = one_line(text.lstrip("#*-> \t\r\n"), 40).strip(" .,:;…")
    name = words.replace("/", "-").replace("\\", "-")
    return name or QCoreApplication.translate("Documents", "pasted text")
