"""Sees to it that runs that have ended are indexed and packed, by the writer, when nothing else waits."""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rlm_desktop.history.writer import Writer

if TYPE_CHECKING:
    from rlm_desktop.history.database import Database
    from rlm_desktop.history.queries import Liveness

LOOK_SECONDS = 0.05
"""Time between two looks at whether somebody still waits for the index."""


class Settler:
    """What is under way goes on for whoever asks: a run that is indexed twice at a time is found twice."""

    def __init__(self, writer: Writer, is_live: Liveness, token: str, is_closed: Callable[[], bool]) -> None:
        self._writer = writer
        self._is_live = is_live
        self._token = token
        self._is_closed = is_closed
        self._later: concurrent.futures.Future[None] | None = None
        self._under_way: Iterator[None] | None = None

    def later(self) -> None:
        """Have it done when nothing else waits."""
        if self._later is None or self._later.done():
            self._later = self._writer.do(self.slices, is_chore=True)

    def wait(self, seconds: float, is_stale: Callable[[], bool]) -> None:
        """Have it done now and wait for it: for a while, and only until it `is_stale`."""
        until = time.monotonic() + seconds
        settling = self._writer.do(self.slices)
        while not (settling.done() or is_stale()) and (left := until - time.monotonic()) > 0:
            concurrent.futures.wait([settling], min(left, LOOK_SECONDS))

    def slices(self, database: Database) -> Iterator[None]:
        """The work itself."""
        yield from self._together(database)
        yield from self._together(database)  # runs that ended behind what was under way already

    def _together(self, database: Database) -> Iterator[None]:
        """Go on with what is under way, if anything is."""
        from rlm_desktop.history import settling

        if self._under_way is None:
            self._under_way = settling.settle(database, self._is_live, self._token)
        settler = self._under_way
        while self._under_way is settler and not self._is_closed():  # the next to open it goes on
            try:
                next(settler)
            except BaseException as error:
                self._under_way = None
                if isinstance(error, StopIteration):
                    return
                raise
            yield
