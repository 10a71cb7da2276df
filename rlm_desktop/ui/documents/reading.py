"""Reads files beside the event loop and hands their texts on one by one, in the order in which they were added."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from rlm_desktop.errors import DocumentError
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.loop import Tasks

if TYPE_CHECKING:
    from rlm_desktop.documents import Document, Loader

log = logging.getLogger(__name__)


class DocumentReader(QObject):
    """Reads files; more may be added while it reads.

    Signals:
        document_read: A `Document`.
        failed: A `DocumentError`: one file could not be read; the others go on.
        moved: What is being read, and how much of all is done, in hundredths of a file: text, done, total.
        ended: Nothing is left to read, or it was cancelled.
    """

    document_read = Signal(object)
    failed = Signal(object)
    moved = Signal(str, int, int)
    ended = Signal()

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._waiting: deque[str] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_reading(self) -> bool:
        """Whether files are being read."""
        return self._task is not None

    def add(self, paths: Iterable[str]) -> None:
        """Read these files too."""
        self._waiting.extend(paths)
        if self._waiting and self._task is None:
            self.moved.emit(f"Reading {counted(len(self._waiting), 'file')}…", 0, 0)
            self._task = self._tasks.spawn(self._read_all(), name="read documents")

    def cancel(self) -> None:
        """Stop; what was handed on stays."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            self._end()

    async def done(self) -> None:
        """Return when nothing is left to read."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def _end(self) -> None:
        self._task = None
        self.ended.emit()

    async def _read_all(self) -> None:
        loads: deque[asyncio.Future[Document]] = deque()
        shares: list[float] = []
        documents = await asyncio.to_thread(importlib.import_module, "rlm_desktop.documents")
        loader: Loader = documents.Loader()
        try:
            while self._waiting or loads:
                while self._waiting:
                    loads.append(self._start(loader, self._waiting.popleft(), shares))
                await self._hand_on(loads[0])
                loads.popleft()
        finally:
            if self._task is asyncio.current_task():
                self._end()
            await _cancel_and_wait(loads)
            await loader.aclose()

    def _start(self, loader: Loader, path: str, shares: list[float]) -> asyncio.Future[Document]:
        place = len(shares)
        shares.append(0.0)
        load = asyncio.ensure_future(loader.aload(path, on_progress=self._meter(Path(path).name, shares, place)))
        load.add_done_callback(lambda _: shares.__setitem__(place, 1.0))
        return load

    def _meter(self, name: str, shares: list[float], place: int) -> Callable[[float, str], None]:
        """What shows how far the file at `place` is."""

        def report(share: float, note: str) -> None:
            if self._task is None:
                return
            shares[place] = share
            detail = f" ({note})" if note else ""
            text = f"Reading {place + 1} of {len(shares)}: {name}{detail}"
            self.moved.emit(text, int(sum(shares) * 100), 100 * len(shares))

        return report

    async def _hand_on(self, load: asyncio.Future[Document]) -> None:
        try:
            self.document_read.emit(await load)
        except DocumentError as error:
            log.warning("%s", error)
            self.failed.emit(error)


async def _cancel_and_wait(futures: Sequence[asyncio.Future[Any]]) -> None:
    """Cancel what has not ended, and wait until all has."""
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)
