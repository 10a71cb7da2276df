"""What starts worker processes, and what such a process is to the host: one implementation for each platform."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import wire
from rlm_desktop.repl.spec import ReplSpec


class Process(Protocol):
    """A worker process, whoever started it.

    Attributes:
        scratch: Its folder, where that lies on the person's disk; empty otherwise.
        exited: Its exit code when it has ended; a signal as a negative number.
    """

    scratch: str
    exited: asyncio.Future[int]

    @property
    def pid(self) -> int:
        """Its number as this process sees it."""
        ...

    def interrupt(self) -> bool:
        """Interrupt its cell; False where that takes a message."""
        ...

    def stop(self) -> None:
        """Let it stand still."""
        ...

    def go_on(self) -> None:
        """Let it move again."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def forget(self) -> None:
        """Free what is held for it."""
        ...


class Connection(Protocol):
    """The host's end of the wire to one worker."""

    def send(self, message: wire.ToWorker) -> None:
        """Send a message; never blocks."""
        ...

    def close(self) -> None:
        """Hang up; nothing is received any more."""
        ...


Connect = Callable[[Callable[[wire.FromWorker], None], Callable[[str], None]], Connection]
"""Takes up the wire: called with what takes each message, and with what is told that the worker hung up (empty
text) or broke the protocol (what it did)."""


@dataclass(frozen=True)
class Launched:
    """A worker that was started.

    Attributes:
        context: What it must be sent as its context, in msgpack; empty when it has it already.
    """

    process: Process
    connect: Connect
    context: bytes


class Launcher(Protocol):
    """Starts worker processes."""

    async def start(self) -> None:
        """Get ready to start them quickly."""
        ...

    def hold(self, spec: ReplSpec) -> None:
        """A REPL of this context begins; `release` it in the end."""
        ...

    async def release(self, spec: ReplSpec) -> None:
        """A REPL of this context has ended."""
        ...

    async def launch(self, spec: ReplSpec) -> Launched:
        """Start a worker.

        Raises:
            ReplError: It could not be started.
        """
        ...

    def confirm(self, ready: wire.Ready) -> None:
        """Look at what a worker says of its confinement.

        Raises:
            ReplError: It could do what it should not.
        """
        ...

    async def aclose(self) -> None:
        """End all workers."""
        ...


@contextmanager
def starting() -> Generator[None]:
    """What is started within may be refused by the system, for want of files, processes or memory.

    Raises:
        ReplError: It was.
    """
    try:
        yield
    except OSError as error:
        raise ReplError(f"No REPL worker could be started: {error.strerror or error}.") from None


def refuse_faults(ready: wire.Ready) -> None:
    """See that the self-test of a worker found nothing.

    Raises:
        ReplError: The worker could do what it should not.
    """
    if ready.faults:
        raise ReplError(f"A REPL worker is not confined as it should be; it could: {', '.join(ready.faults)}.")
