"""Extraction processes, seen from the application.

A `Worker` is one process with its own memory and time limit. It gets the open file, not its path, and gives the
text back over one connection. Killing it is always safe: nothing is kept on disk.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from rlm_desktop.documents import wire
from rlm_desktop.documents.bigtext import TextBuilder
from rlm_desktop.documents.draft import MAX_CHARACTERS
from rlm_desktop.repl.boot import base_python, library_folder

_LARGEST_FRAME = 256 << 20
_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = ("msgspec", "lxml", "pypdfium2", "chardet", "mammoth")
"""Enough of the parsers to find the folders in which they are all installed."""
_BOOT = """\
import json, sys
from types import ModuleType
package, folders, handle, memory = sys.argv[1:]
for name in ("", ".documents"):
    module = sys.modules["rlm_desktop" + name] = ModuleType("rlm_desktop" + name)
    module.__path__ = [package + name.replace(".", "/")]
sys.path += json.loads(folders)
from rlm_desktop.documents.worker import main
main(int(handle), int(memory), package)
"""
"""Starts without the packages' own `__init__`, which would bring half of the application along."""


class WorkerDied(Exception):
    """The process ended or was killed before it had answered."""


class WorkerUnable(Exception):
    """The process could not start at all: the installation is damaged."""


class TooSlow(Exception):
    """The process took longer than it may and was killed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one extraction may take.

    Attributes:
        memory_mb: Of the process.
        silence: Seconds without any sign of progress.
        seconds: In all.
    """

    memory_mb: int = 3072
    silence: float = 120.0
    seconds: float = 1800.0


class Worker:
    """One extraction process. Blocking: used from threads; `kill` may be called from any other.

    Attributes:
        layers: What confines it, known after the first job.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._has_started = False
        self.layers: tuple[str, ...] = ()
        self._connection, theirs = Pipe()
        handle = theirs.fileno()
        with theirs:
            self._process = _start(handle, limits.memory_mb)

    @property
    def is_alive(self) -> bool:
        """Whether it can take a job."""
        return not self._connection.closed and self._process.poll() is None

    def run(
        self,
        job: wire.Job,
        file: BinaryIO,
        on_progress: Callable[[wire.Progress], None],
        on_picture: Callable[[wire.Picture], None] = lambda picture: None,
    ) -> tuple[str, wire.Done] | wire.Failed:
        """Extract a file, or draw pages of it.

        Raises:
            WorkerDied: It crashed, ran out of memory or was killed.
            WorkerUnable: It never started.
            TooSlow: It passed a time limit.
        """
        builder = TextBuilder(0)
        ends = time.monotonic() + self._limits.seconds
        try:
            self._connection.send_bytes(wire.encode(job))
            _hand_over(file, self._connection, self._process.pid)
            while True:
                if not self._connection.poll(min(self._limits.silence, max(0.0, ends - time.monotonic()))):
                    self.kill()
                    raise TooSlow
                reply = wire.decode_reply(self._connection.recv_bytes(_LARGEST_FRAME))
                if isinstance(reply, wire.Ready):
                    self._has_started = True
                    self.layers = tuple(reply.layers)
                elif isinstance(reply, wire.Begin):
                    builder = TextBuilder(min(reply.characters, MAX_CHARACTERS))
                elif isinstance(reply, wire.Text):
                    builder.append(reply.piece)
                    if builder.length > MAX_CHARACTERS:
                        raise EOFError("more text than any document may have")
                elif isinstance(reply, wire.Progress):
                    on_progress(reply)
                elif isinstance(reply, wire.Picture):
                    on_picture(reply)
                elif isinstance(reply, wire.Done):
                    self._retire(reply.retires)
                    return builder.finish(), reply
                else:
                    self._retire(reply.retires)
                    return reply
        except (EOFError, OSError, msgspec.MsgspecError) as error:  # it may have been taken over by a file
            self.kill()
            raise (WorkerDied if self._has_started else WorkerUnable) from error
        finally:
            builder.close()

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def close(self) -> None:
        """Kill the process and free the connection."""
        self.kill()
        self._connection.close()

    def _retire(self, retires: bool) -> None:
        if retires:
            self.close()


def _start(handle: int, memory: int) -> subprocess.Popen[Any]:
    """A fresh interpreter without the application's environment, its files or its terminal."""
    command = [base_python(), "-I", "-S", "-B", "-c", _BOOT]
    command += [str(_PACKAGE), json.dumps(_library_folders()), str(handle), str(memory)]
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    inherit: dict[str, Any] = {"pass_fds": (handle,), "start_new_session": True}
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        inherit = {
            "startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]}),
            "creationflags": subprocess.CREATE_NO_WINDOW,
        }
    return subprocess.Popen(
        command,
        env=kept | {"MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.PIPE,  # nothing is ever written: the worker ends when it is closed
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=False,
        **inherit,
    )


def _library_folders() -> list[str]:
    return list(dict.fromkeys(str(library_folder(name).parent) for name in _LIBRARIES))


def _hand_over(file: BinaryIO, connection: Connection, process: int) -> None:
    """Give an open file to the process at the other end, with a byte of no meaning.

    Not by `send_handle` of `multiprocessing` on Unix. On macOS, and everywhere from Python 3.14 on, it waits for an
    acknowledgement, and takes the first byte of whatever the process has said meanwhile for it.
    """
    if sys.platform == "win32":
        import msvcrt
        from multiprocessing.reduction import send_handle

        send_handle(connection, msvcrt.get_osfhandle(file.fileno()), process)
        return
    with socket.fromfd(connection.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as end:
        socket.send_fds(end, [b"\0"], [file.fileno()])


class WorkerPool:
    """Keeps processes between files. Thread-safe.

    Attributes:
        limits: Of each process.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def take(self) -> Worker:
        """An idle process, or a new one."""
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
                worker.close()
        return Worker(self.limits)

    def give_back(self, worker: Worker) -> None:
        """Keep a process for the next file."""
        with self._lock:
            if not self._is_closed and worker.is_alive:
                self._idle.append(worker)
                return
        worker.close()

    def close(self) -> None:
        """End the idle processes; those at work end when they are given back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()
