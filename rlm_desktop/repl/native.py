"""Starts workers on Linux: one zygote for the host, and one more for each large context."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import confine_linux, context, linux_paths, wire
from rlm_desktop.repl.channel import Channel, Turns, memory_file, seal
from rlm_desktop.repl.isolation import Layers
from rlm_desktop.repl.launcher import Launched, refuse_faults
from rlm_desktop.repl.process import BaseZygote, WorkerProcess, ZygoteClient, ZygoteKilled
from rlm_desktop.repl.spec import ReplSpec

_END_TIMEOUT = 2.0
_TEMPORARY = os.path.realpath(tempfile.gettempdir())


@dataclass
class _SharedContext:
    """A large context in a zygote of its own, for as long as REPLs use it."""

    value: object
    zygote: asyncio.Task[tuple[ZygoteClient, WorkerProcess]]
    users: int = 0


class NativeLauncher:
    """Starts worker processes, confined by what the machine has."""

    def __init__(self, libraries: Sequence[str], layers: Layers) -> None:
        self._libraries = libraries
        self._layers = layers
        self._turns = Turns()
        self._readable = linux_paths.readable(libraries)
        self._base: asyncio.Task[BaseZygote] | None = None
        self._contexts: dict[int, _SharedContext] = {}
        self._is_tested = False
        self._scratch = ""

    async def start(self) -> None:
        """Start the first zygote, if it does not stand yet."""
        await self._base_zygote()

    def hold(self, spec: ReplSpec) -> None:
        """A REPL of this context begins; `release` it in the end."""
        if context.characters(spec.context) < context.SHARED_FROM:
            return
        shared = self._contexts.get(id(spec.context))
        if shared is None:
            task = asyncio.get_running_loop().create_task(self._share(spec.context), name="repl context")
            shared = self._contexts[id(spec.context)] = _SharedContext(spec.context, task)
        shared.users += 1

    async def release(self, spec: ReplSpec) -> None:
        """A REPL of this context has ended: the context's zygote ends with the last."""
        shared = self._contexts.get(id(spec.context))
        if shared is None:
            return
        shared.users -= 1
        if shared.users == 0:
            del self._contexts[id(spec.context)]
            await _end(shared)

    async def launch(self, spec: ReplSpec) -> Launched:
        """Fork a worker; from a new zygote when the one that stood has ended meanwhile.

        Raises:
            ReplError: It could not be started.
        """
        try:
            return await self._fork(spec)
        except ReplError:
            if not self._has_lost_zygote(spec):
                raise
            return await self._fork(spec)

    def _has_lost_zygote(self, spec: ReplSpec) -> bool:
        """Whether the zygote of a REPL, or the one below it, stood once and has ended."""
        shared = self._contexts.get(id(spec.context))
        if shared is not None and shared.zygote.done() and _has_ended(shared.zygote):
            return True
        return self._base is not None and _has_stood(self._base) and not self._base.result().is_alive

    async def _fork(self, spec: ReplSpec) -> Launched:
        shared = self._contexts.get(id(spec.context))
        if shared is None:
            client, data = (await self._base_zygote()).client, msgspec.msgpack.encode(wire.plain(spec.context))
        else:
            if _has_ended(shared.zygote):
                await _end(shared)
                shared.zygote = asyncio.get_running_loop().create_task(
                    self._share(shared.value), name="repl context"
                )
            (client, _), data = await asyncio.shield(shared.zygote), b""
        options = confine_linux.Options(
            memory_mb=spec.memory_limit_mb,
            landlock=self._layers.landlock,
            seccomp=self._layers.seccomp,
            test=not self._is_tested,
            own_users=bool(self._layers.bubblewrap),
            readable=self._readable,
        )
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = await client.fork_worker(theirs, options)
            except BaseException:
                ours.close()
                raise
        if self._layers.bubblewrap:
            # A folder in a memory file system of limited size, which is not to be seen from here.
            process.scratch = ""
        return Launched(
            process, lambda received, lost: Channel(ours, self._turns, received=received, lost=lost), data
        )

    def confirm(self, ready: wire.Ready) -> None:
        """Look at the self-test of a worker.

        Raises:
            ReplError: The worker could do what it should not.
        """
        refuse_faults(ready)
        self._is_tested = True

    async def aclose(self) -> None:
        """End all zygotes, and so all workers."""
        contexts, self._contexts = list(self._contexts.values()), {}
        for shared in contexts:
            await _end(shared)
        base, self._base = self._base, None
        if base is not None:
            base.cancel()
            result = (await asyncio.gather(base, return_exceptions=True))[0]
            if isinstance(result, BaseZygote):
                await result.aclose()
        if self._scratch:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
            self._scratch = ""

    async def _base_zygote(self) -> BaseZygote:
        if self._base is None or (self._base.done() and not _is_alive(self._base)):
            before = self._base
            self._base = asyncio.get_running_loop().create_task(self._start_base(before), name="repl zygote")
        return await asyncio.shield(self._base)

    async def _start_base(self, before: asyncio.Task[BaseZygote] | None) -> BaseZygote:
        if before is not None and not before.cancelled() and before.exception() is None:
            await before.result().aclose()
        try:
            return await self._start_zygote()
        except ZygoteKilled:
            return await self._start_zygote()

    async def _start_zygote(self) -> BaseZygote:
        if self._layers.bubblewrap:
            return await BaseZygote.start(self._libraries, self._layers.bubblewrap, linux_paths.SCRATCH)
        if not self._scratch:
            self._scratch = tempfile.mkdtemp(prefix="rlm-repl-", dir=_TEMPORARY)
        return await BaseZygote.start(self._libraries, (), self._scratch)

    async def _share(self, value: object) -> tuple[ZygoteClient, WorkerProcess]:
        base = await self._base_zygote()
        file = memory_file()
        try:
            # The thread goes on when the waiting for it is given up: its descriptor must not be closed meanwhile.
            writing = asyncio.to_thread(_write_and_close, value, os.dup(file))
            skeleton_at = await asyncio.shield(writing)
            seal(file)
            client, process = await base.client.fork_zygote(file, skeleton_at)
        finally:
            os.close(file)
        try:
            await client.started()
        except BaseException:
            client.close()
            process.kill()
            process.forget()
            raise
        return client, process


def _write_and_close(value: object, descriptor: int) -> int:
    try:
        return context.write(value, descriptor)
    finally:
        os.close(descriptor)


def _has_stood(base: asyncio.Task[BaseZygote]) -> bool:
    return base.done() and not base.cancelled() and base.exception() is None


def _is_alive(base: asyncio.Task[BaseZygote]) -> bool:
    return _has_stood(base) and base.result().is_alive


def _has_ended(zygote: asyncio.Task[tuple[ZygoteClient, WorkerProcess]]) -> bool:
    if not zygote.done():
        return False
    return zygote.cancelled() or zygote.exception() is not None or not zygote.result()[0].is_alive


async def _end(shared: _SharedContext) -> None:
    shared.zygote.cancel()
    result = (await asyncio.gather(shared.zygote, return_exceptions=True))[0]
    if not isinstance(result, BaseException):
        client, process = result
        # It ends by itself, and removes the folders of its workers before.
        client.close()
        await asyncio.wait([process.exited], timeout=_END_TIMEOUT)
        process.kill()
        process.forget()
