"""What standard error shows while a run goes on: a live tree on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator
from typing import TextIO

from rlm_desktop.cli import tree
from rlm_desktop.cli.output import PrintableStream, fitting, one_line, printable, seconds
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.state import RunState

REFRESH_SECONDS = 0.1
LINE_LENGTH = 300


def progress_on(stream: TextIO) -> LiveTree | PlainLines:
    """What fits a stream."""
    if not stream.isatty():
        return PlainLines(stream)
    return LiveTree(stream.terminal if isinstance(stream, PrintableStream) else stream)


class LiveTree:
    """Draws the tree over itself, ten times a second."""

    def __init__(self, terminal: TextIO) -> None:
        self._stream = terminal
        self._drawn = 0

    @contextlib.asynccontextmanager
    async def showing(self, state: RunState) -> AsyncIterator[None]:
        """Show the run for the duration of the block, then leave its last picture."""
        task = asyncio.create_task(self._keep_drawing(state), name="live tree")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._draw(state)

    async def _keep_drawing(self, state: RunState) -> None:
        while True:
            began = time.monotonic()
            self._draw(state)
            # A tree of many thousand rows takes long to draw: it must not take the loop from the run.
            await asyncio.sleep(max(REFRESH_SECONDS, 10 * (time.monotonic() - began)))

    def _size(self) -> os.terminal_size:
        """Of the terminal that is drawn on: standard output may be another one, or a file."""
        with contextlib.suppress(OSError):
            size = os.get_terminal_size(self._stream.fileno())
            if size.columns:
                return size
        return shutil.get_terminal_size((100, 24))

    def _draw(self, state: RunState) -> None:
        columns, rows = self._size()
        lines = list(tree.lines(state, columns - 1, is_short=True))
        room = max(3, rows - 3)
        if len(lines) > room:
            lines = [f"… {len(lines) - room + 1:,} rows above", *lines[-room + 1 :]]
        lines.append(one_line(f"{state.status}: {tree.totals_line(state)}", columns - 1))
        back = f"\x1b[{self._drawn}F" if self._drawn else ""
        self._stream.write(
            back + "".join(f"\x1b[K{fitting(printable(line), columns - 1)}\n" for line in lines) + "\x1b[J"
        )
        self._stream.flush()
        self._drawn = len(lines)


class PlainLines:
    """One line for each thing that is worth one: iterations, cells, batches, retries, notices."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @contextlib.asynccontextmanager
    async def showing(self, state: RunState) -> AsyncIterator[None]:
        """At the end of the block, print how the run ended."""
        try:
            yield
        finally:
            self._print(f"{state.status}: {tree.totals_line(state)}")

    def take(self, event: AnyEvent) -> None:
        """Take an event of the run."""
        text = line_of(event)
        if text:
            self._print(f"{event.at:8.2f}  {text}")

    def _print(self, text: str) -> None:
        with contextlib.suppress(OSError):
            print(text.replace("\n", " ")[:LINE_LENGTH], file=self._stream, flush=True)


def line_of(event: AnyEvent) -> str:
    """What a plain line says of an event; empty for most."""
    where = f"call {event.call}: " if event.call > 0 else ""
    match event:
        case ev.RunStarted():
            return f"{event.root_model}: {event.question}"
        case ev.IterationStarted():
            if event.iteration > event.of:
                return f"{where}last chance to answer"
            return f"{where}iteration {event.iteration} of at most {event.of}"
        case ev.BatchStarted():
            return f"{where}{event.function} ×{event.size}"
        case ev.BatchFinished():
            return f"{where}batch done" + (f", {event.failed} failed" if event.failed else "")
        case ev.CellFinished():
            return f"{where}cell {event.status}, {seconds(event.duration)}  {event.error}".rstrip()
        case ev.ModelRetried():
            return f"{where}attempt {event.attempt} failed ({event.reason}), again in {seconds(event.delay)}"
        case ev.ModelFailed():
            return f"{where}{event.error}"
        case ev.LimitReached():
            return event.detail
        case ev.ReplRestarted():
            return f"{where}{event.reason}"
        case ev.Noted():
            return f"{where}{event.text}"
        case _:
            return ""
