"""Files to documents: the door of this room.

`load` reads one file and blocks; `load_all` reads many on threads and processes, off the event loop. A `Loader`
keeps its processes between files; whoever loads often keeps one and closes it.
"""

from __future__ import annotations

import asyncio
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rlm_desktop.documents import kinds, wire
from rlm_desktop.documents.document import (
    Document,
    Heading,
    PasswordNeeded,
    count,
    digest_of,
    estimated_tokens,
)
from rlm_desktop.documents.draft import headings_of
from rlm_desktop.documents.encoding import binary_name, has_controls, mark_of
from rlm_desktop.documents.folders import Found, Listing, expand
from rlm_desktop.documents.places import Mark, Places
from rlm_desktop.documents.reading import Read, read_utf8
from rlm_desktop.documents.workers import Limits, TooSlow, Worker, WorkerDied, WorkerUnable
from rlm_desktop.errors import DocumentError

_REPORT_EVERY = 0.05
_OUTLINE_UP_TO = 16 << 20
"""Larger Markdown gets no outline: looking for headings would take longer than reading."""
AnyPath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the loading of several files is.

    Attributes:
        name: The file that this report is about.
        share: Of that file, 0 to 1.
        done: Files that are ready or failed.
        total: All files.
        note: What is being read, such as `page 3 of 12`.
        seconds_left: Estimated for all; None while unknown.
    """

    name: str
    share: float
    done: int
    total: int
    note: str = ""
    seconds_left: float | None = None


def load(
    path: AnyPath, *, name: str = "", password: str = "", encoding: str = "", limits: Limits | None = None
) -> Document:
    """Read one file and wait for it.

    Args:
        path: The file.
        name: What to call it; its own name without this.
        password: For an encrypted file.
        encoding: Of a text, when the detected one is wrong.
        limits: What the extraction may take.

    Raises:
        DocumentError: It cannot be read; `PasswordNeeded` when a password would help.
    """
    loader = Loader(workers=1, limits=limits)
    try:
        return loader.load(path, name=name, password=password, encoding=encoding)
    finally:
        loader.close()


async def load_all(
    paths: Iterable[AnyPath],
    *,
    progress: Callable[[Progress], None] | None = None,
    on_listing: Callable[[Listing], None] | None = None,
    workers: int = 2,
) -> list[Document | DocumentError]:
    """Read many files beside the event loop. Cancelling it ends everything that it began.

    Args:
        paths: Files, and folders, which stand for the files in them.
        progress: Called on the event loop.
        on_listing: Called on the event loop with what is going to be read and what is left out.
        workers: Files read at the same time.

    Returns:
        One entry a file, in order: the document, or why it could not be read.
    """
    loader = Loader(workers=workers)
    try:
        return await loader.load_all(paths, progress=progress, on_listing=on_listing)
    finally:
        await loader.aclose()


class Cancelled(Exception):
    """The loading of a file was given up."""


class Loader:
    """Reads files on a few threads, each with an extraction process when a parser is needed."""

    def __init__(self, *, workers: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._workers = workers
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="documents")
        self._running: set[_Task] = set()

    def load(
        self,
        path: AnyPath,
        *,
        name: str = "",
        password: str = "",
        encoding: str = "",
        on_progress: Callable[[float, str], None] = lambda share, note: None,
    ) -> Document:
        """Read one file in the calling thread. See `load` for the arguments and errors."""
        task = _Task(self, os.fspath(path), name, password, encoding, on_progress)
        with self._lock:
            self._running.add(task)
        try:
            return task.run()
        finally:
            with self._lock:
                self._running.discard(task)

    async def aload(
        self,
        path: AnyPath,
        *,
        name: str = "",
        password: str = "",
        encoding: str = "",
        on_progress: Callable[[float, str], None] = lambda share, note: None,
    ) -> Document:
        """The same beside the event loop. Cancelling it ends the extraction within moments.

        `on_progress` is called on the event loop with the share that is done and a note.
        """
        loop = asyncio.get_running_loop()

        def report(share: float, note: str) -> None:
            with suppress(RuntimeError):  # the loop may be closed by now
                loop.call_soon_threadsafe(on_progress, share, note)

        task = _Task(self, os.fspath(path), name, password, encoding, report)
        with self._lock:
            self._running.add(task)
        try:
            return await loop.run_in_executor(self._threads, task.run)
        finally:
            task.cancel()
            with self._lock:
                self._running.discard(task)

    async def load_all(
        self,
        paths: Iterable[AnyPath],
        *,
        progress: Callable[[Progress], None] | None = None,
        on_listing: Callable[[Listing], None] | None = None,
    ) -> list[Document | DocumentError]:
        """Read many files; see the function of this name."""
        listing = await asyncio.to_thread(expand, list(paths))
        if on_listing is not None:
            on_listing(listing)
        meter = _Meter(sum(found.size for found in listing.files), len(listing.files), progress)

        results: list[Document | DocumentError | None] = [None] * len(listing.files)
        waiting = iter(enumerate(listing.files))

        async def work() -> None:
            for index, found in waiting:
                try:
                    results[index] = await self.aload(
                        found.path, name=found.name, on_progress=partial(meter.report, found)
                    )
                except DocumentError as error:
                    results[index] = error
                meter.finished(found)

        # As many as there are threads and a few in waiting: thousands of tasks begun at once would stop the loop.
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers + 2):
                group.create_task(work())
        return [result for result in results if result is not None]

    def close(self) -> None:
        """Give up what is being read and end the processes."""
        with self._lock:
            self._closed = True
            running, idle = list(self._running), self._idle
            self._idle = []
        for task in running:
            task.cancel()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in idle:
            worker.close()

    async def aclose(self) -> None:
        """The same without blocking the event loop."""
        await asyncio.to_thread(self.close)

    @property
    def layers(self) -> tuple[str, ...]:
        """What confines the processes; empty until one has done something."""
        with self._lock:
            return next((worker.layers for worker in self._idle if worker.layers), ())

    # -- for the tasks --------------------------------------------------------------------------------------

    def take_worker(self) -> Worker:
        """An idle process, or a new one."""
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
                worker.close()
        return Worker(self._limits)

    def give_back(self, worker: Worker) -> None:
        """Keep a process for the next file."""
        with self._lock:
            if not self._closed and worker.is_alive:
                self._idle.append(worker)
                return
        worker.close()


class _Task:
    """The reading of one file; cancelled from any thread."""

    def __init__(
        self,
        loader: Loader,
        path: str,
        name: str,
        password: str,
        encoding: str,
        report: Callable[[float, str], None],
    ) -> None:
        self._loader = loader
        self._path = path
        self._name = name or os.path.basename(path) or path
        self._password = password
        self._encoding = encoding
        self._report = report
        self._next_report = time.monotonic() + _REPORT_EVERY
        self._cancelled = False
        self._worker: Worker | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Stop as soon as possible; harmless when it has ended."""
        with self._lock:
            self._cancelled = True
            if self._worker is not None:
                self._worker.kill()

    def run(self) -> Document:
        """Read the file."""
        with open_file(self._path) as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(kinds.HEAD)
            if not head:
                raise DocumentError(self._path, "the file is empty.")
            file.seek(0)
            kind = kinds.kind_of(head, self._name)
            if kind in kinds.TEXT_KINDS and not self._encoding and _is_plain(head):
                read = read_utf8(file, size, lambda done: self._on_bytes(done, size))
                if read is not None:
                    return self._from_text(kind, size, read)
                file.seek(0)
            return self._extract(file, kind, size)

    def _on_bytes(self, done: int, size: int) -> None:
        self._check()
        if (now := time.monotonic()) >= self._next_report:
            self._next_report = now + _REPORT_EVERY
            self._report(min(1.0, done / max(size, 1)), "")

    def _check(self) -> None:
        if self._cancelled:
            raise Cancelled

    def _from_text(self, kind: str, size: int, read: Read) -> Document:
        if not read.text or read.text.isspace():
            raise DocumentError(self._path, "it holds no text.")
        warnings = [f"{count(read.nuls, 'NUL character')} replaced by “␀”."] if read.nuls else []
        if odd := kinds.disagreement(kind, self._name):
            warnings.insert(0, odd)
        starts = (0, *read.feeds) if read.feeds else ()
        has_outline = kind == "markdown" and len(read.text) <= _OUTLINE_UP_TO
        return Document(
            self._name,
            kind,
            read.text,
            read.sha256,
            size,
            self._path,
            starts,
            "utf-8",
            tuple(warnings),
            estimated_tokens(read.utf8_bytes),
            Places(Mark(start, "page", number) for number, start in enumerate(starts, 1)),
            tuple(headings_of(read.text)) if has_outline else (),
        )

    def _extract(self, file: BinaryIO, kind: str, size: int) -> Document:
        job = wire.Job(self._name, kind, self._password, self._encoding, int(self._loader._limits.seconds) + 5)
        worker = self._loader.take_worker()
        with self._lock:
            self._worker = worker
        try:
            self._check()
            answer = worker.run(job, file, lambda progress: self._report(progress.share, progress.note))
        except TooSlow:
            raise DocumentError(self._path, "reading it took too long and was given up.") from None
        except WorkerUnable:
            self._check()
            raise DocumentError(
                self._path, "the program that reads such files does not start; install the application again."
            ) from None
        except WorkerDied:
            self._check()
            raise DocumentError(
                self._path, "it is damaged or made to do harm: the program that reads it crashed."
            ) from None
        finally:
            with self._lock:
                self._worker = None
            self._loader.give_back(worker)
        if isinstance(answer, wire.Failed):
            raise (PasswordNeeded if answer.wants_password else DocumentError)(self._path, answer.reason)
        return self._document(size, *answer)

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
            self._path,
            places.pages,
            done.encoding,
            tuple(done.warnings),
            estimated_tokens(utf8_bytes),
            places,
            tuple(Heading(*heading) for heading in done.headings),
            tuple(done.needs_ocr),
        )


class _Meter:
    """Sums up the progress of many files."""

    def __init__(self, size: int, total: int, progress: Callable[[Progress], None] | None) -> None:
        self._progress = progress
        self._size = max(1, size)
        self._total = total
        self._done = 0
        self._done_bytes = 0
        self._started = time.monotonic()

    def report(self, found: Found, share: float, note: str = "") -> None:
        """A file is read up to a share."""
        if self._progress is None:
            return
        seconds = time.monotonic() - self._started
        read = self._done_bytes / self._size
        left = seconds / read * (1 - read) if read > 0.01 and seconds > 0.5 else None
        self._progress(Progress(found.name, share, self._done, self._total, note, left))

    def finished(self, found: Found) -> None:
        """A file is ready or has failed."""
        self._done += 1
        self._done_bytes += found.size
        self.report(found, 1.0)


def _is_plain(head: bytes) -> bool:
    """Whether a text may be tried as UTF-8 at once: no mark, no sign of UTF-16 or of a binary."""
    return not mark_of(head) and not has_controls(head) and not binary_name(head) and not head[:64].count(0)


def open_file(path: str) -> BinaryIO:
    """Open a file for reading, or say why not.

    Raises:
        DocumentError: It does not exist, is a folder, a device, or not to be read by this person.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise DocumentError(path, "it is a folder, not a file.")
        if not stat.S_ISREG(mode):
            raise DocumentError(path, "it is a device, not a file.")
        return Path(path).open("rb")
    except FileNotFoundError:
        raise DocumentError(path, "there is no such file.") from None
    except PermissionError:
        raise DocumentError(path, "you have no permission to read it.") from None
    except ValueError:
        raise DocumentError(path.replace("\0", "␀"), "that is no possible file name.") from None
    except OSError as error:
        raise DocumentError(path, f"it cannot be opened: {error.strerror or error}.") from None
