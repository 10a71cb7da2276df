"""The host's end of a worker's socket, on the running asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import os
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from rlm_desktop.repl import wire
from rlm_desktop.repl.descriptors import rights

_READ_SIZE = 64 * 1024
_TURN_OF_ONE = 0.00025
"""Seconds that the frames of one worker may take in one turn of the loop."""
_TURN_OF_ALL = 0.00075
"""Seconds that the frames of all workers together may take in it."""
_PAUSE = 0.002
"""Seconds for which a worker with more frames than its share has to wait; its socket fills up meanwhile, and then
it stands still and leaves the processor to the window."""
_SENT_AT_ONCE = 64
"""Frames that go to a worker with one system call: waking it up takes longer than all else about a reply."""


def memory_file(size: int | None = None) -> int:
    """A descriptor of a new file in memory; it cannot grow beyond the size if one is given."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("repl", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:
        # The nearest thing: a file that has no name any more.
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    if size is not None:
        os.ftruncate(descriptor, size)
        if sys.platform == "linux":
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return descriptor


def seal(descriptor: int) -> None:
    """Make a memory file unchangeable, where the system can."""
    if sys.platform == "linux":
        seals = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)


class Turns:
    """Shares out among all channels of a loop the time that frames may take in one turn of it.

    Attributes:
        aside: Held while a heavy message is decoded: one in a turn takes long enough.
    """

    def __init__(self) -> None:
        self._left = _TURN_OF_ALL
        self.aside = asyncio.Lock()

    @property
    def share(self) -> float:
        """Seconds that the frames of one channel may take now; nothing is left when it is not above 0."""
        return min(_TURN_OF_ONE, self._left)

    def spend(self, seconds: float) -> None:
        """Note what the frames of one channel took; with the next turn of the loop all time is there again."""
        if self._left == _TURN_OF_ALL:
            asyncio.get_running_loop().call_soon(self._renew)
        self._left -= seconds

    def _renew(self) -> None:
        self._left = _TURN_OF_ALL


class Channel:
    """Sends messages to one worker and takes its own, at most `FRAMES_PER_TURN` in one turn of the loop."""

    def __init__(
        self,
        sock: socket.socket,
        turns: Turns,
        *,
        received: Callable[[wire.FromWorker], None],
        lost: Callable[[str], None],
    ) -> None:
        """Take over a socket.

        Args:
            sock: Connected stream socket; the channel owns it.
            turns: Those of all channels of this loop.
            received: Called with each message.
            lost: Called once, when the worker closed its end (empty text) or broke the protocol (what it did).
        """
        sock.setblocking(False)
        self._socket = sock
        self._turns = turns
        self._received = received
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._reader = wire.FrameReader()
        self._unsent: deque[tuple[memoryview, list[int]]] = deque()
        self._room: tuple[int, int] | None = None
        self._aside: asyncio.Task[None] | None = None
        self._is_closed = False
        self._is_reading = False
        self._is_writing = False
        self._read(True)

    def send(self, message: wire.ToWorker) -> None:
        """Send a message; never blocks."""
        payload = wire.encode(message)
        if len(payload) <= wire.FRAME_LIMIT:
            self._send_frame(payload)
            return
        descriptor = memory_file()
        view = memoryview(payload)
        while view:
            view = view[os.write(descriptor, view) :]
        os.lseek(descriptor, 0, os.SEEK_SET)
        seal(descriptor)
        self._send_frame(wire.encode(wire.InFile(size=len(payload))), descriptor)

    def close(self) -> None:
        """Close the socket; nothing is received any more."""
        if self._is_closed:
            return
        self._is_closed = True
        self._read(False)
        self._write(False)
        self._socket.close()
        for _, descriptors in self._unsent:
            _close_all(descriptors)
        self._unsent.clear()
        self._close_room()

    def _send_frame(self, payload: bytes, *descriptors: int) -> None:
        if self._is_closed:
            _close_all(descriptors)
            return
        self._unsent.append((memoryview(wire.frame(payload)), list(descriptors)))
        if len(self._unsent) == 1:
            # With the next turn of the loop, together with what else will be there.
            self._loop.call_soon(self._on_writable)

    def _on_writable(self) -> None:
        try:
            while self._unsent:
                views, descriptors = self._next_to_send()
                sent = self._socket.sendmsg(views, rights(descriptors))
                _close_all(descriptors)
                self._take_off(sent)
        except BlockingIOError:
            self._write(True)
        except OSError:
            # The worker is gone: what it sent before can still be read, and then the end of it.
            self._write(False)
        else:
            self._write(False)

    def _next_to_send(self) -> tuple[list[memoryview], list[int]]:
        """Frames that may go together: descriptors go with theirs alone."""
        view, descriptors = self._unsent[0]
        views = [view]
        if not descriptors:
            following = itertools.takewhile(
                lambda each: not each[1], itertools.islice(self._unsent, 1, _SENT_AT_ONCE)
            )
            views += [each for each, _ in following]
        return views, descriptors

    def _take_off(self, sent: int) -> None:
        """Note that so many bytes are gone, and the descriptors of the first frame with them."""
        while sent:
            view, _ = self._unsent.popleft()
            if sent < len(view):
                self._unsent.appendleft((view[sent:], []))
                return
            sent -= len(view)

    def _on_readable(self) -> None:
        if self._turns.share <= 0:
            return  # it will be readable in the next turn too
        start = time.perf_counter()
        try:
            data = self._socket.recv(_READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._fail("")
            return
        self._reader.feed(data)
        self._turns.spend(time.perf_counter() - start)
        self._take_frames()

    def _take_frames(self) -> None:
        """Handle some frames; if there are more, go on after a pause and read nothing meanwhile."""
        if self._is_closed:
            return
        start = time.perf_counter()
        try:
            is_more = self._take_until(start + self._turns.share)
        except wire.WireError as error:
            self._fail(str(error))
            return
        self._turns.spend(time.perf_counter() - start)
        if self._is_closed or self._aside is not None:
            return
        self._read(not is_more)
        if is_more:
            self._loop.call_later(_PAUSE, self._take_frames)

    def _take_until(self, deadline: float) -> bool:
        """Handle frames until the deadline, but at least one; whether there may be more."""
        for count, payload in enumerate(self._reader.frames(), 1):
            if wire.is_heavy(payload):
                self._take_aside(self._decode(payload))
                return False
            message = wire.decode_from_worker(payload)
            if isinstance(message, wire.Want):
                self._give_room(message.size)
            elif isinstance(message, wire.Filled):
                self._take_aside(self._decode_file(*self._filled_room()))
                return False
            else:
                self._received(message)
            if self._is_closed:
                return False
            if count == wire.FRAMES_PER_TURN or time.perf_counter() > deadline:
                return True
        return False

    def _read(self, wanted: bool) -> None:
        if wanted != self._is_reading:
            self._is_reading = wanted
            if wanted:
                self._loop.add_reader(self._socket.fileno(), self._on_readable)
            else:
                self._loop.remove_reader(self._socket.fileno())

    def _write(self, wanted: bool) -> None:
        if wanted != self._is_writing:
            self._is_writing = wanted
            if wanted:
                self._loop.add_writer(self._socket.fileno(), self._on_writable)
            else:
                self._loop.remove_writer(self._socket.fileno())

    def _give_room(self, size: int) -> None:
        if self._room is not None:
            raise wire.WireError("a second memory file was wanted before the first was filled")
        self._room = memory_file(size), size
        self._send_frame(wire.encode(wire.Room()), os.dup(self._room[0]))

    def _filled_room(self) -> tuple[int, int]:
        room, self._room = self._room, None
        if room is None:
            raise wire.WireError("a memory file that was never given was filled")
        return room

    def _take_aside(self, decoded: Coroutine[Any, Any, wire.FromWorker]) -> None:
        """Have a message decoded beside the others, and read nothing meanwhile."""
        self._read(False)
        self._aside = self._loop.create_task(self._take_decoded(decoded), name="repl message")

    async def _take_decoded(self, decoded: Coroutine[Any, Any, wire.FromWorker]) -> None:
        try:
            message = await decoded
            if isinstance(message, wire.Want | wire.Filled):
                raise wire.WireError("a message of memory files that is not alone")
            if not self._is_closed:
                self._received(message)
        except wire.WireError as error:
            self._fail(str(error))
        else:
            self._aside = None
            self._loop.call_later(_PAUSE, self._take_frames)

    async def _decode(self, payload: bytes | bytearray) -> wire.FromWorker:
        # In steps on the loop: a thread that computes takes the interpreter for 5 ms at a time.
        async with self._turns.aside:
            for _ in wire.check_values(payload):
                await asyncio.sleep(0)
            message = wire.decode_from_worker(payload)
            await asyncio.sleep(0)
            return message

    async def _decode_file(self, descriptor: int, size: int) -> wire.FromWorker:
        return await self._decode(await asyncio.to_thread(_read_file, descriptor, size))

    def _close_room(self) -> None:
        if self._room is not None:
            os.close(self._room[0])
            self._room = None

    def _fail(self, reason: str) -> None:
        if not self._is_closed:
            self.close()
            self._lost(reason)


def _read_file(descriptor: int, size: int) -> bytearray:
    try:
        buffer = bytearray(size)
        view, position = memoryview(buffer), 0
        while position < size:
            count = os.preadv(descriptor, [view[position:]], position)
            if not count:
                raise wire.WireError("a memory file that is shorter than it was")
            position += count
        # Emptied for good: the worker, which may have kept its descriptor, must not hold memory by it.
        os.ftruncate(descriptor, 0)
        return buffer
    finally:
        os.close(descriptor)


def _close_all(descriptors: list[int] | tuple[int, ...]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
