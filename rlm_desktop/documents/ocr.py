"""Reading pictures of pages with Tesseract, when it is installed. Never without being asked: it is slow and errs.

The extraction process draws the pages; Tesseract gets plain grey pixels, so nothing of a hostile file reaches it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace

from rlm_desktop.documents.document import Document, Heading, count, digest_of, estimated_tokens
from rlm_desktop.documents.places import Places

_SECONDS_A_PAGE = 120.0
_KEPT_VARIABLES = ("PATH", "TESSDATA_PREFIX", "SYSTEMROOT", "LD_LIBRARY_PATH")


def ocr_languages() -> tuple[str, ...]:
    """What the installed Tesseract says that it can read, as `eng`; empty while it is not installed. Blocking."""
    engine = shutil.which("tesseract")
    if engine is None:
        return ()
    try:
        listed = subprocess.run([engine, "--list-langs"], capture_output=True, timeout=20, check=True, text=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in listed.stdout.splitlines()[1:] if line.strip() not in ("", "osd"))


class Reader:
    """Runs Tesseract on one picture after the other; stopped from any thread."""

    def __init__(self, languages: str) -> None:
        self._languages = languages
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_stopped = False

    def read(self, picture: bytes) -> str:
        """The text of a picture in a PNM format; empty when it cannot be read in time."""
        engine = shutil.which("tesseract") or "tesseract"
        with self._lock:
            if self._is_stopped:
                return ""
            self._process = subprocess.Popen(
                [engine, "stdin", "stdout", "-l", self._languages],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            )
        with self._process as process:
            try:
                return process.communicate(picture, _SECONDS_A_PAGE)[0].decode("utf-8", "replace").strip()
            except subprocess.TimeoutExpired:
                process.kill()
                return ""

    def stop(self) -> None:
        """End what is running."""
        with self._lock:
            self._is_stopped = True
            if self._process is not None:
                self._process.kill()


def with_texts(document: Document, texts: Mapping[int, str]) -> Document:
    """A paged document with these pages, counted from 1, replaced by what was read of them."""
    starts: list[int] = []
    pieces: list[str] = []
    length = 0
    for number in range(1, len(document.pages) + 1):
        own = texts.get(number, "")
        piece = own + "\n\n" if own else document.page_text(number)
        starts.append(length)
        pieces.append(piece)
        length += len(piece)
    text = "".join(pieces)
    digest, size = digest_of(text)
    left = tuple(number for number in document.needs_ocr if not texts.get(number))
    read = len(document.needs_ocr) - len(left)
    warnings = [
        warning
        for warning in document.warnings
        if "without a text layer" not in warning and "their fonts do not name" not in warning
    ]
    if read:
        warnings.append(f"{count(read, 'page')} read from pictures by Tesseract: it makes mistakes.")
    if left:
        warnings.append(f"{count(len(left), 'page')} in which Tesseract found no text.")
    return replace(
        document,
        text=text,
        sha256=digest,
        estimated_tokens=estimated_tokens(size),
        pages=tuple(starts),
        places=Places(mark._replace(start=starts[mark.number - 1]) for mark in document.places),
        outline=tuple(_moved(heading, document.pages, starts) for heading in document.outline),
        warnings=tuple(warnings),
        needs_ocr=left,
    )


def _moved(heading: Heading, old: tuple[int, ...], new: list[int]) -> Heading:
    page = max(0, bisect_right(old, heading.start) - 1)
    return replace(heading, start=new[page] + heading.start - old[page])
