"""Reads files beside the event loop: looks for them, reads them, and tells of them in batches.

Ten thousand small files are read in a few seconds. A signal for each would leave no time for painting, so what was
read is told of ten times a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from rlm_desktop.errors import DocumentError
from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.figures import clock, number
from rlm_desktop.ui.loop import Tasks

if TYPE_CHECKING:
    from rlm_desktop.documents import Document, Found, LeftOut, Loader, Progress
    from rlm_desktop.documents.load import Known

log = logging.getLogger(__name__)
TELL_EVERY_MS = 100
Listed: TypeAlias = Callable[[], Mapping[str, str | None]]
"""Keys of the files that the session has, by path; None for one that waits to be read, empty for one that must be
read again."""


@dataclass(slots=True)
class Looked:
    """What stands behind paths that were added.

    Attributes:
        new: Documents for files that are not in the session; made in the thread, for they may be many.
        changed: Paths in the session whose files have changed since, or could not be read.
        repeated: Names of files that are in the session as they are.
        left_out: What folders hold that is not read, and why.
    """

    new: list[DocumentItem] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


@dataclass(slots=True)
class _Look:
    """Paths to look at, and what gives the keys of the files that the session has then."""

    paths: Sequence[str]
    listed: Listed


_Job: TypeAlias = "_Look | list[DocumentItem]"


class DocumentReader(QObject):
    """Reads files; more may be added while it reads.

    Signals:
        looked: A `Looked`: what stands behind the paths that were added.
        changed: The documents that were read or refused since the last time.
        moved: What is being read, and the share of all that is done.
        ended: Nothing is left to do, or it was cancelled.
    """

    looked = Signal(object)
    changed = Signal(list)
    moved = Signal(str, float)
    ended = Signal()

    def __init__(self, tasks: Tasks, known: Known, parent: QObject | None = None) -> None:
        """`known` gives the document of a file that was read before; called in threads."""
        super().__init__(parent)
        self._tasks = tasks
        self._known = known
        self._jobs: deque[_Job] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_cancelled = False
        self._fresh: list[DocumentItem] = []
        self._done = 0
        self._next_show = 0.0
        self._tell = QTimer(self, singleShot=True, interval=TELL_EVERY_MS)
        self._tell.timeout.connect(self._tell_now)

    @property
    def is_reading(self) -> bool:
        """Whether there is something to do."""
        return self._task is not None

    @property
    def was_cancelled(self) -> bool:
        """Whether the last reading was cancelled."""
        return self._is_cancelled

    def look(self, paths: Sequence[str], listed: Listed) -> None:
        """Look what stands behind files, folders and patterns; `listed` is asked when their turn comes."""
        self._add(_Look(paths, listed))

    def read(self, items: Sequence[DocumentItem]) -> None:
        """Read these documents, in the way that each one says."""
        if items:
            self._add(list(items))

    def _add(self, job: _Job) -> None:
        self._jobs.append(job)
        if self._task is None:
            self._is_cancelled = False
            self._done = 0
            self.moved.emit(self.tr("Looking for files…"), 0.0)
            self._task = self._tasks.spawn(self._work(), name="read documents")

    def cancel(self) -> None:
        """Stop; what was read stays."""
        self._jobs.clear()
        if self._task is not None:
            self._is_cancelled = True
            self._task.cancel()
            self._end()

    async def done(self) -> None:
        """Return when nothing is left to do."""
        while self._task is not None:
            await asyncio.wait([self._task])

    def _end(self) -> None:
        self._task = None
        self._tell.stop()
        self._tell_now()
        self.ended.emit()

    async def _work(self) -> None:
        documents = await asyncio.to_thread(importlib.import_module, "rlm_desktop.documents")
        loader: Loader = documents.Loader(known=self._known)
        try:
            while self._jobs:
                job = self._jobs.popleft()
                if isinstance(job, _Look):
                    self.looked.emit(await asyncio.to_thread(self._look, job.paths, job.listed()))
                else:
                    await self._read(loader, job)
        finally:
            if self._task is asyncio.current_task():
                self._end()
            await _closed(loader)

    def _look(self, named: Sequence[str], listed: Mapping[str, str | None]) -> Looked:
        """In a thread: a folder may hold a hundred thousand files, or lie on a slow disk."""
        from rlm_desktop.documents import expand

        looked = Looked()
        paths = Counter(os.path.abspath(path) for path in named)
        listing = expand(paths, is_cancelled=lambda: self._is_cancelled)
        looked.left_out = listing.left_out
        looked.repeated = [os.path.basename(path) for path, count in paths.items() if count > 1]
        for found in listing.files:
            if found.path not in listed:
                looked.new.append(DocumentItem.of_file(found))
            elif _is_same(found.path, listed[found.path]):
                looked.repeated.append(found.name)
            else:
                looked.changed.append(found.path)
        return looked

    async def _read(self, loader: Loader, items: list[DocumentItem]) -> None:
        plain, files = await asyncio.to_thread(_plain_files, items)
        if plain:
            await loader.load_all(
                files,
                progress=self._report,
                on_ready=lambda index, result: self._take(plain[index], result),
            )
            self._done += len(plain)
        for item in items:
            if item.password or item.chosen_encoding or item.ocr:
                await self._read_as_wished(loader, item)

    async def _read_as_wished(self, loader: Loader, item: DocumentItem) -> None:
        def report(share: float, note: str) -> None:
            self._show(item.name, note, 1, 1, share, None)

        try:
            document = await loader.aload(
                item.path,
                name=item.name,
                password=item.password,
                encoding=item.chosen_encoding,
                ocr=item.ocr,
                on_progress=report,
            )
        except DocumentError as error:
            self._take(item, error)
        else:
            self._take(item, document)

    def _report(self, progress: Progress) -> None:
        if not self._is_cancelled:
            done = min(progress.done + 1, progress.total)
            left = progress.seconds_left
            self._show(progress.name, progress.note, done, progress.total, progress.overall, left)

    def _show(self, name: str, note: str, done: int, total: int, share: float, left: float | None) -> None:
        """Ten times a second at most: the text is only read by a person."""
        if (now := time.monotonic()) < self._next_show:
            return
        self._next_show = now + TELL_EVERY_MS / 1000
        waiting = sum(len(job) for job in self._jobs if isinstance(job, list))
        parts = [name] if done + self._done == total + self._done + waiting == 1 else []
        if not parts:
            counts = {
                "done": number(done + self._done),
                "total": number(total + self._done + waiting),
                "name": name,
            }
            parts = [self.tr("{done} of {total}: {name}").format(**counts)]
        parts += [note] if note else []
        if left is not None and left >= 1:
            parts.append(self.tr("{time} left").format(time=clock(left)))
        self.moved.emit(self.tr("Reading {what}").format(what=" · ".join(parts)), share)

    def _take(self, item: DocumentItem, result: Document | DocumentError) -> None:
        if self._is_cancelled:
            return
        if isinstance(result, DocumentError):
            from rlm_desktop.documents import EncodingNeeded, PasswordNeeded

            log.warning("%s", result)
            is_locked, is_undecoded = isinstance(result, PasswordNeeded), isinstance(result, EncodingNeeded)
            item.refuse(result, is_locked=is_locked, is_undecoded=is_undecoded)
        else:
            item.take(result)
        self._fresh.append(item)
        if not self._tell.isActive():
            self._tell.start()

    def _tell_now(self) -> None:
        if self._fresh:
            fresh, self._fresh = self._fresh, []
            self.changed.emit([item for item in fresh if item.state is not State.WAITING])


def _plain_files(items: Sequence[DocumentItem]) -> tuple[list[DocumentItem], list[Found]]:
    """The documents that are read as they are, and their files. In a thread: there may be a hundred thousand."""
    from rlm_desktop.documents import Found

    plain = [item for item in items if not (item.password or item.chosen_encoding or item.ocr)]
    return plain, [Found(item.path, item.name, item.size_bytes) for item in plain]


def _is_same(path: str, key: str | None) -> bool:
    """Whether a file is as it was when it was read; one that waits to be read is."""
    from rlm_desktop.documents import file_key

    try:
        return key is None or (bool(key) and file_key(path) == key)
    except DocumentError:
        return False


async def _closed(loader: Loader) -> None:
    """Return when a loader has ended its threads and processes, even when this is cancelled meanwhile."""
    closing = asyncio.ensure_future(loader.aclose())
    while not closing.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(closing)
