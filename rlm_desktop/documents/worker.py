"""The extraction process: takes jobs, answers with text. Parsers are imported here and nowhere else.

Started by `workers.Worker`; the connection is its only way to the outside.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from functools import cache
from multiprocessing.connection import Connection
from typing import BinaryIO, cast

from rlm_desktop.documents import wire
from rlm_desktop.documents.confinement import confine
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.extract import extract, faults_in_words
from rlm_desktop.documents.formats.common import Locked, Source, Undecoded, Unreadable

_PIECE = 1 << 20
_RETIRE_ABOVE = 600 << 20
_REPORT_EVERY = 0.05


def main(handle: int, memory_mb: int, package: str) -> None:
    """Serve jobs until the application closes the connection.

    Args:
        handle: Of the inherited connection.
        memory_mb: What this process may take beyond what it has at the start.
        package: Folder of this package.
    """
    connection = _connection(handle)
    if sys.platform != "win32":
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _peak_at_start()
    end_with_application()
    layers = confine(memory_mb, package)
    connection.send_bytes(wire.encode(wire.Ready(layers)))
    while True:
        try:
            job = wire.decode_job(connection.recv_bytes())
            file = _open(connection)
        except (EOFError, OSError):
            return
        with file:
            if not _serve(connection, job, file):
                return


def _connection(handle: int) -> Connection:
    """The end of a `multiprocessing.Pipe`, which is of a class of its own on Windows."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return cast(Connection, PipeConnection(handle))
    return Connection(handle)


def end_with_application() -> None:
    """Have the kernel end this process, even amid a parser, when the other end of the standard input is closed.

    Elsewhere than on Linux the alarm of the job has to do: `SIGIO` ends nothing there.
    """
    if not sys.platform.startswith("linux"):
        return
    import fcntl
    import select

    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # closed before the kernel was told to watch it
        os._exit(0)


def _open(connection: Connection) -> BinaryIO:
    """The file that came over the connection; see `_hand_over` of `workers`."""
    if sys.platform == "win32":
        import msvcrt
        from multiprocessing.reduction import recv_handle

        return os.fdopen(msvcrt.open_osfhandle(recv_handle(connection), os.O_RDONLY | os.O_BINARY), "rb")
    with socket.fromfd(connection.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as end:
        _, handles, _, _ = socket.recv_fds(end, 1, 1)
    if not handles:
        raise EOFError
    return os.fdopen(handles[0], "rb")


def _serve(connection: Connection, job: wire.Job, file: BinaryIO) -> bool:
    """Do one job. Returns whether this process is good for another."""
    _alarm(job.seconds)
    work = _draw if job.draw else _tell_encoding if job.asks_encoding else _extract
    try:
        return _answer(connection, work(connection, job, file))
    except MemoryError as error:
        error.__traceback__ = None  # and with it all that takes the memory
        reading, drawing = (
            "reading it takes more memory than allowed.",
            "drawing it takes more memory than allowed.",
        )
        return _answer(connection, wire.Failed(drawing if job.draw else reading, retires=True))
    except Unreadable as error:
        is_locked, is_undecoded = isinstance(error, Locked), isinstance(error, Undecoded)
        return _answer(connection, wire.Failed(str(error), is_locked, is_undecoded, _is_large()))


def _extract(connection: Connection, job: wire.Job, file: BinaryIO) -> wire.Done:
    """Send the text."""
    draft = Draft(job.kind, _Reporter(connection))
    extract(Source(job.name, file, job.password, job.encoding, is_careful=job.is_careful), draft)
    draft.finish()
    if draft.is_blank and not draft.needs_ocr:
        raise Unreadable("it holds no text.")
    connection.send_bytes(wire.encode(wire.Begin(draft.length)))
    parts, draft.parts = draft.parts, []
    for piece in _pieces(parts):
        connection.send_bytes(wire.encode(wire.Text(piece)))
    return wire.Done(
        draft.kind,
        draft.encoding,
        draft.warnings,
        draft.marks,
        [(heading.level, heading.title, heading.start) for heading in draft.headings],
        draft.needs_ocr,
        _is_large(),
    )


class _Reporter:
    """Tells how far the job is, now and then: a message for each page would cost more than it says."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next = 0.0

    def __call__(self, share: float, note: str) -> None:
        if (now := time.monotonic()) >= self._next:
            self._next = now + _REPORT_EVERY
            self._connection.send_bytes(wire.encode(wire.Progress(share, note)))


def _draw(connection: Connection, job: wire.Job, file: BinaryIO) -> wire.Done:
    """Send pictures of pages."""
    from rlm_desktop.documents.formats.pdf import drawn

    for page, pnm in drawn(Source(job.name, file, job.password), job.draw):
        connection.send_bytes(wire.encode(wire.Picture(page, pnm)))
    return wire.Done(job.kind, "", [], [], [], [], _is_large())


def _tell_encoding(connection: Connection, job: wire.Job, file: BinaryIO) -> wire.Done:
    """Find out the encoding of a large text, which is decoded elsewhere."""
    from rlm_desktop.documents.formats.text import encoding_of_large

    with faults_in_words():
        encoding = encoding_of_large(Source(job.name, file, encoding=job.encoding))
    return wire.Done(job.kind, encoding, [], [], [], [], _is_large())


def _pieces(parts: list[str]) -> Iterator[str]:
    """All parts in order, the large cut and the small joined: a document may have a hundred thousand of them.

    A part is forgotten when it was given.
    """
    parts.reverse()
    some: list[str] = []
    length = 0
    while parts:
        part = parts.pop()
        for start in range(0, len(part), _PIECE):
            some.append(part[start : start + _PIECE])
            length += len(some[-1])
            if length >= _PIECE:
                yield "".join(some)
                some, length = [], 0
    yield "".join(some)


def _answer(connection: Connection, reply: wire.Done | wire.Failed) -> bool:
    connection.send_bytes(wire.encode(reply))
    _alarm(0)
    return not reply.retires


def _alarm(seconds: int) -> None:
    """End this process when the time is over, even when a parser hangs and the application is gone."""
    if sys.platform != "win32":
        import signal

        signal.alarm(seconds)


def _is_large() -> bool:
    """Whether this process has grown so that a fresh one is better for the machine."""
    if sys.platform == "win32":
        return True
    return _peak() > max(_RETIRE_ABOVE, _peak_at_start())


def _peak() -> int:
    """The most memory, in bytes, that this process has had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@cache
def _peak_at_start() -> int:
    """That of the application: Linux hands it down to the programs that it starts."""
    return _peak()
