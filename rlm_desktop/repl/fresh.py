"""Starts each worker as a program of its own and keeps some waiting, so that a REPL need not wait for one.

For macOS, where forking a grown process is unsafe, and for Linux without Landlock, where each worker needs a
bubblewrap of its own because nothing else keeps it from the folders of the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence

import msgspec

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import wire
from rlm_desktop.repl.boot import REPEATABLE, base_prefix, boot_command, library_paths, standard_library
from rlm_desktop.repl.channel import Channel, Turns
from rlm_desktop.repl.fresh_worker import Confinement
from rlm_desktop.repl.isolation import Layers
from rlm_desktop.repl.launcher import Launched, refuse_faults
from rlm_desktop.repl.spec import ReplSpec

_WARM = 4
_ENVIRONMENT = {"LANG": "C.UTF-8", "LC_CTYPE": "UTF-8", **REPEATABLE}
_SCRATCH_IN_BUBBLEWRAP = "/scratch"


class FreshProcess:
    """A worker that is a child of this process.

    Attributes:
        scratch: Its folder, where that lies on the person's disk.
        exited: Its exit code when it has ended.
    """

    def __init__(self, program: subprocess.Popen[bytes], *, scratch: str, is_wrapped: bool) -> None:
        self.scratch = scratch
        self._program = program
        self._is_wrapped = is_wrapped
        self._loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[int] = self._loop.create_future()
        threading.Thread(target=self._wait, name="repl worker exit", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its number; inside bubblewrap that of the innermost process."""
        pid = self._program.pid
        with contextlib.suppress(OSError, ValueError):
            while self._is_wrapped:
                with open(f"/proc/{pid}/task/{pid}/children") as file:
                    pid = int(file.read())
        return pid

    def interrupt(self) -> bool:
        """False: a signal would reach bubblewrap and not the worker, so the host sends a message."""
        return False

    def stop(self) -> None:
        """Let it stand still, where signals reach it."""
        self._signal_worker(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it move again."""
        self._signal_worker(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._program.kill()

    def forget(self) -> None:
        """Remove its folder."""
        if self.scratch:
            threading.Thread(target=shutil.rmtree, args=(self.scratch, True), name="repl scratch").start()

    def _signal_worker(self, number: int) -> None:
        if not self._is_wrapped:
            with contextlib.suppress(ProcessLookupError):
                self._program.send_signal(number)

    def _wait(self) -> None:
        code = self._program.wait()
        # RuntimeError: the loop has been closed meanwhile.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._set_exited, code)

    def _set_exited(self, code: int) -> None:
        if not self.exited.done():
            self.exited.set_result(code)


class FreshLauncher:
    """Starts confined worker programs."""

    def __init__(self, libraries: Sequence[str], layers: Layers) -> None:
        self._libraries = libraries
        self._layers = layers
        self._turns = Turns()
        self._readable = [*map(str, library_paths(["msgspec", *libraries])), *_python_folders()]
        self._warm: deque[tuple[socket.socket, FreshProcess]] = deque()
        self._is_closed = False

    async def start(self) -> None:
        """Let some workers wait."""
        self._refill()

    def hold(self, spec: ReplSpec) -> None:
        """Nothing is shared between the workers here."""

    async def release(self, spec: ReplSpec) -> None:
        """Nothing is shared between the workers here."""

    async def launch(self, spec: ReplSpec) -> Launched:
        """Take a waiting worker, or a new one.

        Raises:
            ReplError: It could not be started.
        """
        # First, so that nothing is left behind by one who is cancelled meanwhile.
        context = await asyncio.to_thread(lambda: msgspec.msgpack.encode(wire.plain(spec.context)))
        sock, process = self._warm.popleft() if self._warm else self._start_one()
        asyncio.get_running_loop().call_soon(self._refill)
        order = Confinement(
            memory_mb=spec.memory_limit_mb,
            scratch=process.scratch or _SCRATCH_IN_BUBBLEWRAP,
            readable=self._readable,
            seatbelt=self._layers.seatbelt,
            seccomp=self._layers.seccomp,
        )
        try:
            sock.sendall(wire.frame(msgspec.msgpack.encode(order)))
        except OSError as error:
            sock.close()
            process.kill()
            process.forget()
            raise ReplError(f"A REPL worker ended before it began: {error.strerror}.") from None
        return Launched(
            process, lambda received, lost: Channel(sock, self._turns, received=received, lost=lost), context
        )

    def confirm(self, ready: wire.Ready) -> None:
        """Look at the self-test of a worker.

        Raises:
            ReplError: The worker could do what it should not.
        """
        refuse_faults(ready)

    async def aclose(self) -> None:
        """End the workers that wait."""
        self._is_closed = True
        warm, self._warm = self._warm, deque()
        for sock, process in warm:
            sock.close()
            process.kill()
            await process.exited
            process.forget()

    def _refill(self) -> None:
        """Start one that waits, and in the next turn of the loop another, until there are enough."""
        if len(self._warm) < _WARM and not self._is_closed:
            self._warm.append(self._start_one())
            asyncio.get_running_loop().call_soon(self._refill)

    def _start_one(self) -> tuple[socket.socket, FreshProcess]:
        wrapper = self._layers.bubblewrap or ()
        scratch = "" if wrapper else os.path.realpath(tempfile.mkdtemp(prefix="rlm-repl-"))
        ours, theirs = socket.socketpair()
        command = [
            *wrapper,
            *boot_command("fresh_worker", ["msgspec", *self._libraries], [str(theirs.fileno())]),
        ]
        with theirs:
            try:
                program = subprocess.Popen(
                    command,
                    env=_ENVIRONMENT,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                if scratch:
                    os.rmdir(scratch)
                raise ReplError(f"No REPL worker could be started: {error.strerror}.") from None
        return ours, FreshProcess(program, scratch=scratch, is_wrapped=bool(wrapper))


def _python_folders() -> list[str]:
    """The standard library and the libraries of the interpreter itself."""
    if sys.platform != "darwin":
        return [standard_library()]
    if getattr(sys, "frozen", False):
        return [os.path.dirname(sys.prefix)]  # the whole app: its files are links from one folder into another
    return [standard_library(), os.path.join(base_prefix(), "lib")]
