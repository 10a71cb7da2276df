"""The reading of one file: what is found out in the application, and what an extraction process does."""

from __future__ import annotations

import glob
import os
import stat
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from rlm_desktop.documents import kinds, wire
from rlm_desktop.documents.document import (
    Document,
    EncodingNeeded,
    Heading,
    PasswordNeeded,
    cleaned,
    digest_of,
    estimated_tokens,
)
from rlm_desktop.documents.draft import headings_of
from rlm_desktop.documents.encoding import LARGE, binary_name, has_controls, is_simple, mark_of
from rlm_desktop.documents.folders import key_of, shown_name
from rlm_desktop.documents.ocr import PageError, Reader, with_texts
from rlm_desktop.documents.places import Mark, Places
from rlm_desktop.documents.reading import Read, read_encoded, read_utf8
from rlm_desktop.documents.workers import TooSlow, Worker, WorkerDied, WorkerPool, WorkerUnable
from rlm_desktop.errors import DocumentError

_REPORT_EVERY = 0.05
_DRAWN_AT_ONCE = 8
_MAY_HOLD_SHEETS = frozenset(("zip", "ole", "tar", "mail", "mbox", "msg"))
"""Kinds of which a process may die by a workbook with far-away cells; with care it can be read."""
_OUTLINE_UP_TO = 16 << 20
"""Larger Markdown gets no outline: looking for headings would take longer than reading."""


class Cancelled(DocumentError):
    """The reading of a file was given up because the person, or the program's end, said so."""


class _Crashed(DocumentError):
    """The process that read a file died of it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How the person wants a file to be read.

    Attributes:
        name: What to call it; empty for its own name.
        password: For an encrypted file.
        encoding: Of a text; empty to detect it.
        ocr: Languages for Tesseract, as `eng+deu`; empty for no OCR.
    """

    name: str = ""
    password: str = ""
    encoding: str = ""
    ocr: str = ""


class Task:
    """The reading of one file; cancelled from any thread."""

    def __init__(
        self,
        pool: WorkerPool,
        path: str,
        wish: Wish,
        report: Callable[[float, str], None],
        known: Callable[[str, str, str], Document | None] = lambda key, name, path: None,
    ) -> None:
        self._pool = pool
        self._path = path
        self._shown = shown_name(path)
        self._name = shown_name(wish.name or os.path.basename(path) or path)
        self._wish = wish
        self._report = report
        self._known = known
        self._next_report = time.monotonic() + _REPORT_EVERY
        self._cancelled = False
        self._worker: Worker | None = None
        self._reader: Reader | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Stop as soon as possible; harmless when it has ended."""
        with self._lock:
            self._cancelled = True
            if self._worker is not None:
                self._worker.kill()
            if self._reader is not None:
                self._reader.stop()

    def run(self) -> Document:
        """Read the file."""
        with open_file(self._path) as file:
            # With a password, another encoding or OCR, the file alone does not tell what is read.
            is_plain = not (self._wish.password or self._wish.encoding or self._wish.ocr)
            key = key_of(os.fstat(file.fileno()), self._path) if is_plain else ""
            try:
                return replace(self.read(file, key), file_key=key)
            except OSError as error:  # a bad disk, a stick that was pulled out, a file of the system
                raise DocumentError(self._shown, f"reading it failed: {error.strerror or error}.") from None
            except MemoryError:  # of a text, which is read here
                raise DocumentError(self._shown, "reading it takes more memory than allowed.") from None

    def read(self, file: BinaryIO, key: str = "") -> Document:
        """Read a file of the system that is open at its beginning; `key` is asked for before it is extracted."""
        size = os.fstat(file.fileno()).st_size
        head = file.read(kinds.HEAD)
        if not head:
            raise DocumentError(self._shown, "the file is empty.")
        file.seek(0)
        kind = kinds.kind_of(head, self._name)
        if kind in kinds.TEXT_KINDS and not self._wish.encoding and _is_plain(head):
            read = read_utf8(file, size, lambda done: self._on_bytes(done, size))
            if read is not None:
                return self._from_text(kind, size, read)
            file.seek(0)
        if key and (known := self._known(key, self._name, self._shown)) is not None:
            return known
        if kind in kinds.TEXT_KINDS and size > LARGE:
            read = self._read_encoded(file, kind, size)
            if read is not None:
                return self._from_text(kind, size, read)
            file.seek(0)
        document = self._extract(file, kind, size)
        if self._wish.ocr and document.needs_ocr and document.kind == "pdf":
            return self._with_ocr(file, document)
        return document

    def _read_encoded(self, file: BinaryIO, kind: str, size: int) -> Read | None:
        """Read a large text here once a process has told its encoding: decoding it there takes three times as long.

        None when the encoding is not simple, or too little of the text is in it.
        """
        job = self._job(kind, self._wish.encoding)
        job.asks_encoding = True
        _, told = self._run(job, file)
        if not is_simple(told.encoding):
            return None
        file.seek(0)
        return read_encoded(file, size, told.encoding, lambda done: self._on_bytes(done, size))

    def _on_bytes(self, done: int, size: int) -> None:
        self._check()
        if (now := time.monotonic()) >= self._next_report:
            self._next_report = now + _REPORT_EVERY
            self._report(min(1.0, done / max(size, 1)), "")

    def _check(self) -> None:
        if self._cancelled:
            raise Cancelled(self._shown, "reading it was cancelled.")

    def _from_text(self, kind: str, size: int, read: Read) -> Document:
        if not read.text or read.text.isspace():
            raise DocumentError(self._shown, "it holds no text.")
        odd = kinds.disagreement(kind, self._name)
        starts = (0, *read.feeds) if read.feeds else ()
        has_outline = kind == "markdown" and len(read.text) <= _OUTLINE_UP_TO
        return Document(
            self._name,
            kind,
            read.text,
            read.sha256,
            size,
            self._shown,
            starts,
            read.encoding,
            (odd, *read.warnings) if odd else read.warnings,
            estimated_tokens(read.utf8_bytes),
            Places(Mark(start, "page", number) for number, start in enumerate(starts, 1)),
            tuple(headings_of(read.text)) if has_outline else (),
        )

    def _extract(self, file: BinaryIO, kind: str, size: int) -> Document:
        def report(progress: wire.Progress) -> None:
            self._report(progress.share, progress.note)

        job = self._job(kind, self._wish.encoding)
        try:
            text, done = self._run(job, file, on_progress=report)
        except _Crashed:
            if kind not in _MAY_HOLD_SHEETS:
                raise
            file.seek(0)  # the process has read from the same open file
            job.is_careful = True
            text, done = self._run(job, file, on_progress=report)
        return self._document(size, text, done)

    def _job(self, kind: str, encoding: str = "", draw: Sequence[int] = ()) -> wire.Job:
        seconds = int(self._pool.limits.seconds) + 5
        return wire.Job(self._name, kind, self._wish.password, encoding, seconds, list(draw))

    def _run(
        self,
        job: wire.Job,
        file: BinaryIO,
        *,
        on_progress: Callable[[wire.Progress], None] = lambda progress: None,
        on_picture: Callable[[wire.Picture], None] = lambda picture: None,
    ) -> tuple[str, wire.Done]:
        """Have a process do a job; what goes wrong becomes a sentence."""
        worker = self._pool.take()
        with self._lock:
            self._worker = worker
        try:
            self._check()
            answer = worker.run(job, file, on_progress, on_picture)
        except TooSlow:
            raise DocumentError(self._shown, "reading it took too long and was given up.") from None
        except WorkerUnable:
            self._check()
            why = "the program that reads such files does not start; install the application again."
            raise DocumentError(self._shown, why) from None
        except WorkerDied:
            self._check()
            why = "it is damaged or made to do harm: the program that reads it crashed."
            raise _Crashed(self._shown, why) from None
        finally:
            with self._lock:
                self._worker = None
            self._pool.give_back(worker)
        if isinstance(answer, wire.Failed):
            raise _error_of(answer)(self._shown, answer.reason)
        return answer

    def _with_ocr(self, file: BinaryIO, document: Document) -> Document:
        """Read the pages without text from their pictures, a few at a time."""
        reader, pages = Reader(self._wish.ocr), document.needs_ocr
        texts: dict[int, str] = {}
        faults: dict[int, str] = {}
        with self._lock:
            self._reader = reader

        def read(picture: wire.Picture) -> None:
            self._check()
            try:
                texts[picture.page] = cleaned(reader.read(picture.pnm))[0]
            except PageError as why:
                faults[picture.page] = str(why)
            self._report((len(texts) + len(faults)) / len(pages), f"OCR of page {picture.page}")

        for start in range(0, len(pages), _DRAWN_AT_ONCE):
            self._run(self._job("pdf", draw=pages[start : start + _DRAWN_AT_ONCE]), file, on_picture=read)
        self._check()
        return with_texts(document, texts, faults)

    def _document(self, size: int, text: str, done: wire.Done) -> Document:
        self._check()
        digest, utf8_bytes = digest_of(text)
        places = Places(done.marks)
        return Document(
            self._name,
            done.kind,
            text,
            digest,
            size,
            self._shown,
            places.pages,
            done.encoding,
            tuple(done.warnings),
            estimated_tokens(utf8_bytes),
            places,
            tuple(Heading(*heading) for heading in done.headings),
            tuple(done.needs_ocr),
        )


def _error_of(answer: wire.Failed) -> type[DocumentError]:
    if answer.wants_password:
        return PasswordNeeded
    return EncodingNeeded if answer.wants_encoding else DocumentError


def _is_plain(head: bytes) -> bool:
    """Whether a text may be tried as UTF-8 at once: no sign of UTF-16 or of a binary."""
    return (
        mark_of(head) in ("", "utf-8-sig")
        and not has_controls(head)
        and not binary_name(head)
        and not head[:64].count(0)
    )


def open_file(path: str) -> BinaryIO:
    """Open a file for reading, or say why not.

    Raises:
        DocumentError: It does not exist, is a folder, a device, or not to be read by this person.
    """
    shown = shown_name(path)
    try:
        _refuse_no_file(os.stat(path).st_mode, shown)
        file = os.fdopen(os.open(path, _OPENING), "rb")
        try:
            _refuse_no_file(os.fstat(file.fileno()).st_mode, shown)  # it may be another one by now
        except DocumentError:
            file.close()
            raise
        return file
    except FileNotFoundError:
        why = "no file fits this pattern." if glob.has_magic(path) else "there is no such file."
        raise DocumentError(shown, why) from None
    except PermissionError:
        raise DocumentError(shown, "you have no permission to read it.") from None
    except ValueError:
        raise DocumentError(shown, "that is no possible file name.") from None
    except OSError as error:
        raise DocumentError(shown, f"it cannot be opened: {error.strerror or error}.") from None


_OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
"""Never waits: a pipe, or a file of the system that gives what is still to come, would hold a thread for ever."""


def _refuse_no_file(mode: int, shown: str) -> None:
    if stat.S_ISDIR(mode):
        raise DocumentError(shown, "it is a folder, not a file.")
    if not stat.S_ISREG(mode):
        raise DocumentError(shown, "it is a device, not a file.")
