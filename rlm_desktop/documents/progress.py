"""How far the loading of many files is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rlm_desktop.documents.folders import Found


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
        overall: Share of all files by their sizes, 0 to 1.
    """

    name: str
    share: float
    done: int
    total: int
    note: str = ""
    seconds_left: float | None = None
    overall: float = 0.0


class Meter:
    """Sums up the progress of many files."""

    def __init__(self, files: Sequence[Found], progress: Callable[[Progress], None] | None) -> None:
        self._progress = progress
        self._size = max(1, sum(found.size for found in files))
        self._total = len(files)
        self._done = 0
        self._done_bytes = 0.0
        self._begun: dict[str, float] = {}
        self._started = time.monotonic()

    def report(self, found: Found, share: float, note: str = "") -> None:
        """A file is read up to a share."""
        if self._progress is None:
            return
        if share < 1:
            self._begun[found.name] = share * found.size
        seconds = time.monotonic() - self._started
        read = min(1.0, (self._done_bytes + sum(self._begun.values())) / self._size)
        left = seconds / read * (1 - read) if read > 0.01 and seconds > 0.5 else None
        self._progress(Progress(found.name, share, self._done, self._total, note, left, read))

    def finished(self, found: Found) -> None:
        """A file is ready or has failed."""
        self._done += 1
        self._done_bytes += found.size
        self._begun.pop(found.name, None)
        self.report(found, 1.0)
