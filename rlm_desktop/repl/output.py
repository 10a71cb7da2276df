"""The worker's stdout and stderr: what a cell prints, gathered into pieces and sent while the cell runs."""

from __future__ import annotations

import io
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from rlm_desktop.repl import wire

INTERVAL = 0.05
"""Seconds for which small prints are gathered before they are sent."""
EAGER = 20
"""Lines of a cell that are sent at once: those of a cell that crashes soon must not be lost."""
Pieces: TypeAlias = list[tuple[wire.Stream, str]]


class HeadAndTail:
    """Keeps at most `cap` characters of what a cell prints: its beginning and its end; counts what lies between.

    Attributes:
        dropped: Characters that are not kept.
    """

    def __init__(self, cap: int) -> None:
        self._last_room = cap // 5
        self._room = cap - self._last_room
        self._last: deque[tuple[wire.Stream, str]] = deque()
        self._last_size = 0
        self.dropped = 0

    def beginning(self, stream: wire.Stream, text: str) -> str:
        """What of `text` belongs to the beginning; the rest is kept until it is known whether it is the end."""
        kept = text[: self._room] if len(text) > self._room else text
        self._room -= len(kept)
        if len(kept) < len(text):
            # No longer than what can be of the end: a print of 50 MB must not be held.
            rest = text[max(len(kept), len(text) - self._last_room) :]
            self.dropped += len(text) - len(kept) - len(rest)
            self._last.append((stream, rest))
            self._last_size += len(rest)
            if self._last_size > 2 * self._last_room:
                self._drop()
        return kept

    def end(self) -> Pieces:
        """The last that was printed, after `dropped` characters."""
        self._drop()
        return _joined(list(self._last))

    def _drop(self) -> None:
        while (over := self._last_size - self._last_room) > 0:
            stream, oldest = self._last.popleft()
            if len(oldest) > over:
                self._last.appendleft((stream, oldest[over:]))
            gone = min(over, len(oldest))
            self._last_size -= gone
            self.dropped += gone


class Output:
    """Gathers what is printed; sends at most `cap` characters a cell, its beginning at once, its end at its end."""

    def __init__(self, send: Callable[[wire.Stream, str, int], None], cap: int) -> None:
        self._send = send
        self._cap = cap
        self._kept = HeadAndTail(cap)
        self._stream: wire.Stream = "stdout"
        self._gathered: list[str] = []
        self._size = 0
        self._sent_at = 0.0
        self._eager = EAGER
        self._lock = threading.RLock()
        self._has_pending = threading.Event()
        self._flusher: threading.Thread | None = None
        self.stdout = CellStream("stdout", self.write)
        self.stderr = CellStream("stderr", self.write)

    def begin(self) -> None:
        """A new cell: its cap is whole again."""
        with self._lock:
            self._kept, self._eager = HeadAndTail(self._cap), EAGER

    @property
    def dropped(self) -> int:
        """Characters of the cell that has ended that were over the cap."""
        return self._kept.dropped

    def write(self, stream: wire.Stream, text: str) -> None:
        """Take what is printed. A cell may print a million times: what can wait is done for many at once."""
        with self._lock:
            if stream != self._stream or len(text) >= wire.OUTPUT_PIECE:
                self.flush()
                self._stream = stream
            self._gathered.append(text)
            self._size += len(text)
            if self._size >= wire.OUTPUT_PIECE or (text.endswith("\n") and self._is_due()):
                self._eager -= 1
                self.flush()
            elif len(self._gathered) == 1:
                self._flush_later()

    def _is_due(self) -> bool:
        return self._eager > 0 or time.monotonic() - self._sent_at >= INTERVAL

    def flush(self) -> None:
        """Send what has been gathered."""
        with self._lock:
            text, self._gathered, self._size = "".join(self._gathered), [], 0
            self._sent_at = time.monotonic()
            self._send_text(self._stream, self._kept.beginning(self._stream, text))

    def end(self) -> None:
        """The cell has ended: send what is left, the end of a long output too."""
        with self._lock:
            self.flush()
            end = self._kept.end()
            dropped = self._kept.dropped
            for stream, text in end:
                self._send_text(stream, text, dropped)
                dropped = 0

    def _send_text(self, stream: wire.Stream, text: str, dropped: int = 0) -> None:
        for start in range(0, len(text), wire.OUTPUT_PIECE):
            self._send(stream, text[start : start + wire.OUTPUT_PIECE], dropped)
            dropped = 0

    def _flush_later(self) -> None:
        self._has_pending.set()
        if self._flusher is None:
            self._flusher = threading.Thread(target=self._flush_forever, name=FLUSHER, daemon=True)
            self._flusher.start()

    def _flush_forever(self) -> None:
        while True:
            self._has_pending.wait()
            time.sleep(INTERVAL)
            self._has_pending.clear()
            self.flush()


FLUSHER = "repl output"


def dropped_mark(count: int) -> str:
    """What stands in an output in the place of `count` characters that are not kept."""
    return f"\n... [{count:,} characters not kept] ...\n"


def _joined(pieces: Pieces) -> Pieces:
    """Neighbours of the same stream as one text."""
    joined: list[tuple[wire.Stream, list[str]]] = []
    for stream, text in pieces:
        if joined and joined[-1][0] == stream:
            joined[-1][1].append(text)
        else:
            joined.append((stream, [text]))
    return [(stream, "".join(texts)) for stream, texts in joined]


class CellStream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, name: wire.Stream, write: Callable[[wire.Stream, str], None]) -> None:
        super().__init__()
        self.name = str(name)
        self._stream: wire.Stream = name
        self._write = write
        self.buffer = _Bytes(self)

    def write(self, text: str, /) -> int:
        """Print `text`."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._write(self._stream, text)
        return len(text)

    def writable(self) -> bool:
        """True."""
        return True

    def reconfigure(self, **_options: Any) -> None:
        """Accepted and without effect, as scripts call it."""

    def close(self) -> None:
        """Without effect: the stream outlives the cell."""


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, stream: CellStream) -> None:
        super().__init__()
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._stream.write(bytes(data).decode("utf-8", "backslashreplace"))
        return len(data)

    def close(self) -> None:
        pass
