"""The host's side of zygotes and of the processes that they fork."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess
from collections.abc import Sequence

import msgspec

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import confine_linux, zygote
from rlm_desktop.repl.boot import boot_command
from rlm_desktop.repl.channel import memory_file
from rlm_desktop.repl.descriptors import receive, rights
from rlm_desktop.repl.linux_paths import ENVIRONMENT

_START_TIMEOUT = 90.0
"""For one that hangs; its end is noticed at once. On a crowded machine 0.2 s of work can take half a minute."""
_MESSAGE = 64 * 1024
_LARGEST_STATUS = 128
"""Of a program that ended by itself; bubblewrap adds to it the signal that ended what it ran."""


class WorkerProcess:
    """A process of which a pidfd is held: no signal can reach another one by mistake.

    Attributes:
        pid: Its number as this process sees it.
        scratch: Its folder, as the zygote sees it.
        exited: Its exit code when it has ended, as in `os.waitstatus_to_exitcode`.
    """

    def __init__(self, pidfd: int, scratch: str, exited: asyncio.Future[int]) -> None:
        self.pid = _pid_of(pidfd)
        self.scratch = scratch
        self.exited = exited
        self._pidfd: int | None = pidfd

    def interrupt(self) -> bool:
        """Interrupt its cell."""
        self._signal(signal.SIGINT)
        return True

    def stop(self) -> None:
        """Let it stand still."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it move again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def forget(self) -> None:
        """Close the pidfd."""
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None


def _pid_of(pidfd: int) -> int:
    """Which process a pidfd means; -1 when it has ended."""
    with open(f"/proc/self/fdinfo/{pidfd}") as file:
        return next((int(line.split()[1]) for line in file if line.startswith("Pid:")), -1)


class ZygoteClient:
    """A zygote and its control socket."""

    def __init__(self, control: socket.socket) -> None:
        control.setblocking(False)
        self._control = control
        self._loop = asyncio.get_running_loop()
        self._numbers = itertools.count(1)
        self._forking: dict[int, asyncio.Future[WorkerProcess]] = {}
        self._children: dict[int, asyncio.Future[int]] = {}
        self._started: asyncio.Future[int] = self._loop.create_future()
        self._is_closed = False
        self._loop.add_reader(control.fileno(), self._on_readable)

    @property
    def is_alive(self) -> bool:
        """Whether it can still fork."""
        return not self._is_closed

    async def started(self) -> None:
        """Wait until it stands.

        Raises:
            ReplError: It did not start.
        """
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                await asyncio.shield(self._started)
        except TimeoutError:
            raise ReplError("The process that starts REPL workers did not answer.") from None

    async def fork_worker(self, sock: socket.socket, options: confine_linux.Options) -> WorkerProcess:
        """Fork a worker that talks on `sock`."""
        number = next(self._numbers)
        return await self._fork(number, zygote.ForkWorker(id=number, options=options), sock.fileno())

    async def fork_zygote(self, file: int, skeleton_at: int) -> tuple[ZygoteClient, WorkerProcess]:
        """Fork a zygote that holds the context in the memory file."""
        number = next(self._numbers)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            order = zygote.ForkZygote(id=number, skeleton_at=skeleton_at)
            try:
                process = await self._fork(number, order, theirs.fileno(), file)
            except BaseException:
                ours.close()
                raise
        return ZygoteClient(ours), process

    def close(self, reason: str = "The process that starts REPL workers was closed.") -> None:
        """Hang up: the zygote exits, and its workers with it."""
        if self._is_closed:
            return
        self._is_closed = True
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        for future in (self._started, *self._forking.values()):
            if not future.done():
                future.set_exception(ReplError(reason))
        if not self._started.cancelled():
            self._started.exception()
        for future in self._children.values():
            if not future.done():
                future.set_result(-signal.SIGKILL)
        self._forking.clear()
        self._children.clear()

    async def _fork(self, number: int, order: zygote.ToZygote, *descriptors: int) -> WorkerProcess:
        if self._is_closed:
            raise ReplError("The process that starts REPL workers has ended.")
        forked = self._loop.create_future()
        self._forking[number] = forked
        try:
            while True:
                try:
                    self._control.sendmsg([msgspec.msgpack.encode(order)], rights(descriptors))
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.001)
        except OSError as error:
            del self._forking[number]
            self.close("The process that starts REPL workers has ended.")
            raise ReplError(f"The process that starts REPL workers has ended: {error}") from None
        return await forked

    def _on_readable(self) -> None:
        try:
            data, descriptors = receive(self._control, _MESSAGE, most=1)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            self.close("The process that starts REPL workers has ended.")
            return
        self._received(zygote.decode_from_zygote(data), descriptors)

    def _received(self, message: zygote.FromZygote, descriptors: list[int]) -> None:
        match message:
            case zygote.Started(pid=pid):
                if not self._started.done():
                    self._started.set_result(pid)
            case zygote.Forked(id=number, pid=pid, scratch=scratch):
                forked = self._forking.pop(number, None)
                if not descriptors:
                    # The child ends by itself when its socket is closed.
                    _fail(forked, "too many files are open in this process")
                    return
                exited = self._children[pid] = self._loop.create_future()
                try:
                    process = WorkerProcess(descriptors[0], scratch, exited)
                except OSError as error:
                    os.close(descriptors[0])
                    _fail(forked, str(error.strerror))
                    return
                if forked is None or forked.done():
                    # Whoever asked was cancelled.
                    process.kill()
                    process.forget()
                else:
                    forked.set_result(process)
            case zygote.NotForked(id=number, reason=reason):
                _fail(self._forking.pop(number, None), reason)
            case zygote.Exited(pid=pid, code=code):
                exited = self._children.pop(pid, None)
                if exited is not None and not exited.done():
                    exited.set_result(code)


def _fail(forked: asyncio.Future[WorkerProcess] | None, reason: str) -> None:
    if forked is not None and not forked.done():
        forked.set_exception(ReplError(f"No REPL worker could be started: {reason}."))


class ZygoteKilled(ReplError):
    """The first zygote was killed before it stood, as the kernel does for want of memory."""


class BaseZygote:
    """The first zygote: a program of its own.

    Attributes:
        client: What forks.
    """

    def __init__(self, program: subprocess.Popen[bytes], client: ZygoteClient, errors: int) -> None:
        self._program = program
        self._errors = errors
        self.client = client

    @classmethod
    async def start(cls, libraries: Sequence[str], wrapper: Sequence[str], scratch: str) -> BaseZygote:
        """Start it, inside `wrapper` if there is one; `scratch` is where its workers get their folders.

        Raises:
            ZygoteKilled: Another attempt may go well.
            ReplError: It did not start.
        """
        with contextlib.ExitStack() as opened:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            opened.callback(ours.close)
            with theirs:
                number = theirs.fileno()
                command = [*wrapper, *boot_command("zygote", ["msgspec", *libraries], [str(number), scratch])]
                errors = memory_file()
                opened.callback(os.close, errors)
                # Not in a thread: the kernel would take the end of that thread for the end of the application.
                program = subprocess.Popen(  # noqa: ASYNC220
                    command,
                    env=ENVIRONMENT,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    pass_fds=[number],
                    start_new_session=True,
                )
            opened.pop_all()
        base = cls(program, ZygoteClient(ours), errors)
        try:
            await base.client.started()
        except ReplError as error:
            said = os.pread(errors, 4_000, 0).decode(errors="replace").strip()
            has_ended = not base.client.is_alive
            await base.aclose()
            was_killed = has_ended and not 0 <= program.returncode <= _LARGEST_STATUS
            raise (ZygoteKilled if was_killed else ReplError)(f"{error} {said}".strip()) from None
        except BaseException:
            await base.aclose()
            raise
        return base

    @property
    def is_alive(self) -> bool:
        """Whether it can still fork."""
        return self.client.is_alive and self._program.poll() is None

    async def aclose(self) -> None:
        """Close it and wait for its end, and so for that of all its workers."""
        self.client.close()
        if self._errors >= 0:
            os.close(self._errors)
            self._errors = -1
        try:
            for _ in range(400):
                if self._program.poll() is not None:
                    return
                await asyncio.sleep(0.005)
        finally:
            if self._program.poll() is None:  # it takes too long, or nobody has the time to wait for it
                self._program.kill()
                self._program.wait()
