"""Reading pictures of pages with Tesseract, when it is installed. Never without being asked: it is slow and errs.

The extraction process draws the pages; Tesseract gets plain grey pixels, so nothing of a hostile file reaches it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from rlm_desktop.documents.document import Document, Heading, count, digest_of, estimated_tokens
from rlm_desktop.documents.places import Places
from rlm_desktop.errors import RLMError

SECONDS_A_PAGE = 120.0
_LONGEST_REASON = 300
_KEPT_VARIABLES = ("PATH", "TESSDATA_PREFIX", "SYSTEMROOT", "LD_LIBRARY_PATH")

_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""On Windows, where a console would flash up otherwise."""


def ocr_languages() -> tuple[str, ...]:
    """What the installed Tesseract says that it can read, as `eng`; empty while it is not installed. Blocking."""
    engine = shutil.which("tesseract")
    if engine is None:
        return ()
    try:
        listed = subprocess.run(
            [engine, "--list-langs"],
            capture_output=True,
            timeout=20,
            check=True,
            text=True,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in listed.stdout.splitlines()[1:] if line.strip() not in ("", "osd"))


class PageError(RLMError):
    """A picture that could not be read; nobody knows whether there is text in it."""


class Reader:
    """Runs Tesseract on one picture after the other; stopped from any thread."""

    def __init__(self, languages: str) -> None:
        self._languages = languages
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_stopped = False

    def read(self, picture: bytes) -> str:
        """The text of a picture in a PNM format; empty when there is none, or when reading was stopped.

        Raises:
            PageError: Tesseract failed, or took too long.
        """
        with self._lock:
            if self._is_stopped:
                return ""
            self._process = self._start()
        with self._process as process:
            try:
                text, complaint = process.communicate(picture, SECONDS_A_PAGE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise PageError(f"it took longer than {SECONDS_A_PAGE:g} seconds.") from None
        if process.returncode and not self._is_stopped:
            said = " ".join(complaint.decode("utf-8", "replace").split())
            raise PageError(said[:_LONGEST_REASON] or "it crashed.")
        return text.decode("utf-8", "replace").strip()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [shutil.which("tesseract") or "tesseract", "stdin", "stdout", "-l", self._languages],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
                creationflags=_NO_WINDOW,
            )
        except OSError as error:
            raise PageError(f"it cannot be started: {error.strerror or error}.") from error

    def stop(self) -> None:
        """End what is running."""
        with self._lock:
            self._is_stopped = True
            if self._process is not None:
                self._process.kill()


def with_texts(document: Document, texts: Mapping[int, str], faults: Mapping[int, str]) -> Document:
    """A paged document with these pages, counted from 1, replaced by what was read of them.

    Args:
        document: As it is without.
        texts: What was read; empty for a page without text.
        faults: Why pages could not be read.
    """
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
    if blank := len(left) - len(faults):
        warnings.append(f"{count(blank, 'page')} in which Tesseract found no text.")
    for why, pages in Counter(faults.values()).items():
        warnings.append(f"Tesseract could not read {count(pages, 'page')}: {why}")
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
