"""Files to documents: the door of this room.

`load` reads one file and blocks; `load_all` reads many on threads and processes, off the event loop. A `Loader`
keeps its processes between files; whoever loads often keeps one and closes it.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from rlm_desktop.documents.document import Document
from rlm_desktop.documents.folders import Found, found_at
from rlm_desktop.documents.progress import Meter, Progress
from rlm_desktop.documents.task import Task, Wish
from rlm_desktop.documents.workers import Limits, WorkerPool
from rlm_desktop.errors import DocumentError

AnyPath: TypeAlias = str | os.PathLike[str]
Known: TypeAlias = Callable[[str, str, str], Document | None]
"""Gives the document of a file that was read before, by its key, under a name and a path; called in threads."""


def load(
    path: AnyPath,
    *,
    name: str = "",
    password: str = "",
    encoding: str = "",
    ocr: str = "",
    limits: Limits | None = None,
) -> Document:
    """Read one file and wait for it.

    Args:
        path: The file.
        name: What to call it; its own name without this.
        password: For an encrypted file.
        encoding: Of a text, when the detected one is wrong.
        ocr: Languages, as `eng+deu`, in which Tesseract reads pages without text; see `ocr_languages`.
        limits: What the extraction may take.

    Raises:
        DocumentError: It cannot be read; `PasswordNeeded` when a password would help,
            `EncodingNeeded` when an encoding might.
    """
    loader = Loader(workers=1, limits=limits)
    try:
        return loader.load(path, name=name, password=password, encoding=encoding, ocr=ocr)
    finally:
        loader.close()


def load_bytes(name: str, data: bytes, *, password: str = "", encoding: str = "") -> Document:
    """A document of a file's bytes that are at hand, as from standard input; its path is empty.

    Raises:
        DocumentError: They cannot be read; it calls them by `name`.
    """
    pool = WorkerPool(Limits())
    task = Task(pool, name, Wish(name, password, encoding), lambda share, note: None)
    try:
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            return replace(task.read(file), path="")
    finally:
        pool.close()


async def load_all(
    paths: Iterable[AnyPath | Found],
    *,
    progress: Callable[[Progress], None] | None = None,
    on_ready: Callable[[int, Document | DocumentError], None] | None = None,
    workers: int = 2,
    known: Known = lambda key, name, path: None,
) -> list[Document | DocumentError]:
    """Read many files beside the event loop. Cancelling it ends everything that it began.

    Args:
        paths: The files. A folder is an error here: `expand` gives the files in it.
        progress: Called on the event loop.
        on_ready: Called on the event loop with the index and the result of each file as it is ready.
        workers: Files read at the same time.
        known: Asked before a parser is: a file that has not changed is not extracted again.

    Returns:
        One entry a file, in order: the document, or why it could not be read.
    """
    loader = Loader(workers=workers, known=known)
    try:
        return await loader.load_all(paths, progress=progress, on_ready=on_ready)
    finally:
        await loader.aclose()


class Loader:
    """Reads files on a few threads, each with an extraction process when a parser is needed.

    Args:
        workers: Files read at the same time.
        limits: What the extraction of one may take.
        known: Asked before a parser is: a file that has not changed is not extracted again.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        limits: Limits | None = None,
        known: Known = lambda key, name, path: None,
    ) -> None:
        self._workers = workers
        self._known = known
        self._pool = WorkerPool(limits or Limits())
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="documents")
        self._running: set[Task] = set()
        self._lock = threading.Lock()

    def load(
        self,
        path: AnyPath,
        *,
        name: str = "",
        password: str = "",
        encoding: str = "",
        ocr: str = "",
        on_progress: Callable[[float, str], None] = lambda share, note: None,
    ) -> Document:
        """Read one file in the calling thread. See `load` for the arguments and errors."""
        task = Task(self._pool, os.fspath(path), Wish(name, password, encoding, ocr), on_progress, self._known)
        self._begin(task)
        try:
            return task.run()
        finally:
            self._end(task)

    async def aload(
        self,
        path: AnyPath,
        *,
        name: str = "",
        password: str = "",
        encoding: str = "",
        ocr: str = "",
        on_progress: Callable[[float, str], None] = lambda share, note: None,
    ) -> Document:
        """The same beside the event loop. Cancelling it ends the extraction within moments.

        `on_progress` is called on the event loop with the share that is done and a note.
        """
        loop = asyncio.get_running_loop()

        def report(share: float, note: str) -> None:
            with suppress(RuntimeError):  # the loop may be closed by now
                loop.call_soon_threadsafe(on_progress, share, note)

        task = Task(self._pool, os.fspath(path), Wish(name, password, encoding, ocr), report, self._known)
        self._begin(task)
        try:
            return await loop.run_in_executor(self._threads, task.run)
        finally:
            task.cancel()
            self._end(task)

    async def load_all(
        self,
        paths: Iterable[AnyPath | Found],
        *,
        progress: Callable[[Progress], None] | None = None,
        on_ready: Callable[[int, Document | DocumentError], None] | None = None,
    ) -> list[Document | DocumentError]:
        """Read many files; see the function of this name."""
        files = [path if isinstance(path, Found) else found_at(path) for path in paths]
        results: list[Document | DocumentError | None] = [None] * len(files)
        meter = Meter(files, progress)
        waiting = iter(enumerate(files))

        async def work() -> None:
            for index, found in waiting:
                result = await self._result(found, partial(meter.report, found))
                results[index] = result
                meter.finished(found)
                if on_ready is not None:
                    on_ready(index, result)

        # As many as there are threads and a few in waiting: thousands of tasks begun at once would stop the loop.
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers + 2):
                group.create_task(work())
        return [result for result in results if result is not None]

    async def _result(self, found: Found, report: Callable[[float, str], None]) -> Document | DocumentError:
        try:
            return await self.aload(found.path, name=found.name, on_progress=report)
        except DocumentError as error:
            return error

    def close(self) -> None:
        """Give up what is being read and end the processes."""
        self._pool.close()
        with self._lock:
            running = list(self._running)
        for task in running:
            task.cancel()
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def aclose(self) -> None:
        """The same without blocking the event loop."""
        await asyncio.to_thread(self.close)

    def _begin(self, task: Task) -> None:
        with self._lock:
            self._running.add(task)

    def _end(self, task: Task) -> None:
        with self._lock:
            self._running.discard(task)
