"""Starts workers on Windows, each in an AppContainer and a job object. Experimental: written without Windows."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import wire
from rlm_desktop.repl.app_container import ContainedProcess, Container
from rlm_desktop.repl.boot import REPEATABLE, base_prefix, base_python, boot_command, library_paths
from rlm_desktop.repl.isolation import Layers
from rlm_desktop.repl.launcher import Launched, refuse_faults
from rlm_desktop.repl.spec import ReplSpec
from rlm_desktop.repl.windows_worker import FRAME_LIMIT

_READ_SIZE = 256 * 1024
_AHEAD = 4
"""Pieces that the reading thread may be ahead of the loop."""


class PipeChannel:
    """The host's end of two pipes: a thread reads, another writes."""

    def __init__(
        self,
        reading: int,
        writing: int,
        *,
        received: Callable[[wire.FromWorker], None],
        lost: Callable[[str], None],
    ) -> None:
        """Take over two descriptors. `received` and `lost` are called as those of `Channel`."""
        self._reading = reading
        self._writing = writing
        self._received = received
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._reader = wire.FrameReader(FRAME_LIMIT)
        self._ahead = threading.Semaphore(_AHEAD)
        self._unsent: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._is_closed = False
        threading.Thread(target=self._read_forever, name="repl reading", daemon=True).start()
        threading.Thread(target=self._write_forever, name="repl writing", daemon=True).start()

    def send(self, message: wire.ToWorker) -> None:
        """Send a message; never blocks."""
        if not self._is_closed:
            self._unsent.put(wire.frame(wire.encode(message)))

    def close(self) -> None:
        """Hang up. The worker must have been killed: a pipe cannot be closed while a thread reads it."""
        if not self._is_closed:
            self._is_closed = True
            self._unsent.put(None)
            self._ahead.release()

    def _read_forever(self) -> None:
        while not self._is_closed:
            self._ahead.acquire()
            try:
                data = os.read(self._reading, _READ_SIZE)
            except OSError:
                data = b""
            try:
                self._loop.call_soon_threadsafe(self._take, data)
            except RuntimeError:
                break
            if not data:
                break
        os.close(self._reading)

    def _write_forever(self) -> None:
        while (data := self._unsent.get()) is not None:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._writing, view) :]
            except OSError:
                break
        os.close(self._writing)

    def _take(self, data: bytes) -> None:
        if self._is_closed:
            return
        if not data:
            self._fail("")
            return
        self._reader.feed(data)
        self._take_frames()

    def _take_frames(self) -> None:
        try:
            for count, payload in enumerate(self._reader.frames(), 1):
                self._received(wire.decode_heavy(payload))
                if self._is_closed:
                    return
                if count == wire.FRAMES_PER_TURN:
                    self._loop.call_soon(self._take_frames)
                    return
        except wire.WireError as error:
            self._fail(str(error))
            return
        self._ahead.release()

    def _fail(self, reason: str) -> None:
        if not self._is_closed:
            self.close()
            self._lost(reason)


class WindowsProcess:
    """A worker in its container.

    Attributes:
        pid: Its number.
        scratch: Its folder.
        exited: Its exit code when it has ended.
    """

    def __init__(self, process: ContainedProcess, scratch: str) -> None:
        self.pid = process.pid
        self.scratch = scratch
        self._process = process
        self._loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[int] = self._loop.create_future()
        self._is_forgotten = False
        threading.Thread(target=self._wait, name="repl worker exit", daemon=True).start()

    def interrupt(self) -> bool:
        """False: there are no signals, so the host sends a message."""
        return False

    def stop(self) -> None:
        """Without effect: stray threads go on computing here."""

    def go_on(self) -> None:
        """Without effect."""

    def kill(self) -> None:
        """End it at once."""
        if not self._is_forgotten:
            self._process.kill()

    def forget(self) -> None:
        """Free its handles and its folder."""
        if not self._is_forgotten:
            self._is_forgotten = True
            self._process.close()
            threading.Thread(target=shutil.rmtree, args=(self.scratch, True), daemon=True).start()

    def _wait(self) -> None:
        code = self._process.wait()
        try:
            self._loop.call_soon_threadsafe(self._set_exited, code)
        except RuntimeError:
            return

    def _set_exited(self, code: int) -> None:
        if not self.exited.done():
            self.exited.set_result(code)


class WindowsLauncher:
    """Starts contained worker programs."""

    def __init__(self, libraries: Sequence[str], layers: Layers) -> None:
        if not layers.app_container:
            raise ReplError("Without confinement REPL workers are not started on Windows.")
        self._libraries = libraries
        self._container: Container | None = None
        self._scratch = ""

    async def start(self) -> None:
        """Make the container and open to it what a worker reads."""
        if self._container is not None:
            return
        try:
            self._container = await asyncio.to_thread(self._prepare)
        except OSError as error:
            raise ReplError(f"REPL workers cannot be confined: {error}.") from error

    def _prepare(self) -> Container:
        container = Container()
        readable = [base_prefix(), *map(str, library_paths(["msgspec", *self._libraries]))]
        for path in [*readable, str(Path(__file__).resolve().parent)]:
            # What is installed for everybody is open to all containers, and only an administrator may change it.
            with contextlib.suppress(OSError):
                container.allow(path, "RX")
        self._scratch = tempfile.mkdtemp(prefix="rlm-repl-")
        container.allow(self._scratch, "M")
        container.allow_desktop()
        return container

    def hold(self, spec: ReplSpec) -> None:
        """Nothing is shared between the workers here."""

    async def release(self, spec: ReplSpec) -> None:
        """Nothing is shared between the workers here."""

    async def launch(self, spec: ReplSpec) -> Launched:
        """Start a worker.

        Raises:
            ReplError: It could not be started.
        """
        await self.start()
        try:
            process, reading, writing = self._start_one(spec.memory_limit_mb)
        except OSError as error:
            raise ReplError(f"No REPL worker could be started: {error}.") from error
        data = msgspec.msgpack.encode(wire.plain(spec.context))
        return Launched(
            process, lambda received, lost: PipeChannel(reading, writing, received=received, lost=lost), data
        )

    def confirm(self, ready: wire.Ready) -> None:
        """Look at the self-test of a worker.

        Raises:
            ReplError: The worker could do what it should not.
        """
        refuse_faults(ready)

    async def aclose(self) -> None:
        """Remove the folders of the workers."""
        if self._scratch:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)

    def _start_one(self, memory_mb: int) -> tuple[WindowsProcess, int, int]:
        if sys.platform != "win32" or self._container is None:
            raise OSError("this is not Windows")
        import msvcrt

        scratch = tempfile.mkdtemp(dir=self._scratch)
        their_reading, our_writing = os.pipe()
        our_reading, their_writing = os.pipe()
        try:
            inherited = [msvcrt.get_osfhandle(each) for each in (their_reading, their_writing)]
            for handle in inherited:
                os.set_handle_inheritable(handle, True)
            arguments = [*map(str, inherited), scratch, str(Path.home())]
            command = boot_command("windows_worker", ["msgspec", *self._libraries], arguments)
            environment = {"SYSTEMROOT": os.environ["SYSTEMROOT"], "TEMP": scratch, "TMP": scratch, **REPEATABLE}
            process = self._container.start([base_python(), *command[1:]], environment, inherited, memory_mb)
        except OSError:
            os.close(our_reading)
            os.close(our_writing)
            raise
        finally:
            os.close(their_reading)
            os.close(their_writing)
        return WindowsProcess(process, scratch), our_reading, our_writing
