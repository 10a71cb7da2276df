"""The worker program: runs the cells of one call and asks the host for everything else.

The main thread runs the cells, so that SIGINT reaches them; a reader thread takes what the host sends and wakes
whoever waits for it.
"""

from __future__ import annotations

import _thread
import contextlib
import mmap
import os
import queue
import random
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NoReturn, Protocol, cast

import msgspec

from rlm_desktop.repl import describe, wire
from rlm_desktop.repl.context import NO_CONTEXT
from rlm_desktop.repl.descriptors import receive
from rlm_desktop.repl.functions import Queries
from rlm_desktop.repl.namespace import READER, Interrupts, Namespace, cell_name, prepare_process
from rlm_desktop.repl.output import Output

_READ_SIZE = 256 * 1024
_TEXT_LIMIT = 16 << 20


class QueryFailed(RuntimeError):
    """The application could not do what the code asked for."""


QueryFailed.__module__ = "builtins"  # where it comes from is of no interest to the code


class Wire(Protocol):
    """What carries bytes between worker and host."""

    frame_limit: int

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`; blocks."""
        ...

    def receive(self) -> tuple[bytes, list[int]]:
        """Some bytes, nothing when the host is gone, and the descriptors that came with them; blocks."""
        ...


class SocketWire:
    """A Unix socket, over which descriptors can be passed."""

    frame_limit = wire.FRAME_LIMIT

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`."""
        self._socket.sendall(data)

    def receive(self) -> tuple[bytes, list[int]]:
        """Some bytes and descriptors."""
        return receive(self._socket, _READ_SIZE, most=4)


class Link:
    """The worker's end of the wire.

    Attributes:
        orders: What the host wants done in the main thread, in order; None when the host is gone.
    """

    def __init__(self, carrier: Wire, interrupts: Interrupts) -> None:
        self._wire = carrier
        self._interrupts = interrupts
        self._reader = wire.FrameReader(carrier.frame_limit)
        self._descriptors: deque[int] = deque()
        self._sending = threading.Lock()
        self._bulk = threading.Lock()
        self._rooms: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._calls = threading.Lock()
        self._futures: dict[int, Future[Any]] = {}
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._open: set[int] = set()
        self._next_call = 1
        self.orders: queue.SimpleQueue[wire.ToWorker | None] = queue.SimpleQueue()

    def send(self, message: wire.FromWorker) -> None:
        """Send a message, in a memory file of the host if it is too long for a frame."""
        self._send(wire.encode(message))

    def _send(self, payload: bytes) -> None:
        with self._interrupts.shielded():
            if len(payload) <= self._wire.frame_limit:
                self._send_frame(payload)
            else:
                self._send_in_file(payload)

    def _send_frame(self, payload: bytes) -> None:
        with self._sending:
            self._wire.sendall(wire.frame(payload))

    def _send_in_file(self, payload: bytes) -> None:
        with self._bulk:
            self._send_frame(wire.encode(wire.Want(size=len(payload))))
            descriptor = self._rooms.get()
            try:
                # Not written: a write would be held to the limit for the size of files.
                with mmap.mmap(descriptor, len(payload)) as mapped:
                    mapped[:] = payload
            finally:
                os.close(descriptor)
            self._send_frame(wire.encode(wire.Filled()))

    def first(self) -> wire.Begin:
        """The first message of the host, read in this thread: confinement comes before any other thread."""
        while True:
            for payload in self._reader.frames():
                message = self._unpacked(payload)
                if isinstance(message, wire.Begin):
                    return message
                raise wire.WireError("the first message must be Begin")
            if not self._read():
                raise wire.WireError("the host is gone")

    def start_reading(self) -> None:
        """Begin to take messages in a thread."""
        threading.Thread(target=self._read_forever, name=READER, daemon=True).start()

    def ask(self, query: wire.Query) -> Future[Any]:
        """Ask models; the result has one text for each prompt."""
        return self._call(lambda number: wire.Call(id=number, query=query))

    def ask_tool(self, tool: wire.ToolCall) -> Future[Any]:
        """Call a tool of the application."""
        return self._call(lambda number: wire.CallTool(id=number, tool=tool))

    def forget_waiting(self) -> None:
        """Drop the calls that were not sent yet: their cell was interrupted."""
        with self._calls:
            for number, _ in self._waiting:
                self._futures.pop(number).cancel()
            self._waiting.clear()

    def _call(self, make: Callable[[int], wire.Call | wire.CallTool]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._interrupts.shielded():
            with self._calls:
                number, self._next_call = self._next_call, self._next_call + 1
            payload = wire.encode(make(number))
            if len(payload) > wire.BULK_LIMIT:
                raise ValueError(f"{len(payload):,} bytes in one call; the limit is {wire.BULK_LIMIT:,}")
            if wire.has_too_many(payload):
                raise ValueError(f"more than {wire.MAX_VALUES:,} values in one call: do it in several")
            with self._calls:
                self._futures[number] = future
                is_room = len(self._open) < wire.MAX_OPEN_CALLS
                if is_room:
                    self._open.add(number)
                else:
                    self._waiting.append((number, payload))
            if is_room:
                self._send(payload)
        return future

    def _replied(self, reply: wire.Reply) -> None:
        with self._calls:
            self._open.discard(reply.call)
            future = self._futures.pop(reply.call, None)
            following = self._waiting.popleft() if self._waiting else None
            if following is not None:
                self._open.add(following[0])
        if following is not None:
            # Not in this thread: it must be free to take the memory file that a long message needs.
            self._send_from_reader(following[1])
        # False when the code no longer waits: it was interrupted.
        if future is not None and future.set_running_or_notify_cancel():
            if reply.error is None:
                future.set_result(reply.results)
            else:
                future.set_exception(QueryFailed(reply.error))

    def _send_from_reader(self, payload: bytes) -> None:
        if len(payload) <= self._wire.frame_limit:
            self._send_frame(payload)
        else:
            threading.Thread(target=self._send, args=(payload,), name=READER, daemon=True).start()

    def _read_forever(self) -> None:
        try:
            while self._read():
                for payload in self._reader.frames():
                    self._received(self._unpacked(payload))
        finally:
            os._exit(1)

    def _received(self, message: wire.ToWorker) -> None:
        if isinstance(message, wire.Reply):
            self._replied(message)
        elif isinstance(message, wire.Room):
            self._rooms.put(self._descriptors.popleft())
        elif isinstance(message, wire.Interrupt):
            _interrupt_main()
        else:
            self.orders.put(message)

    def _read(self) -> bool:
        data, descriptors = self._wire.receive()
        self._descriptors.extend(descriptors)
        self._reader.feed(data)
        return bool(data)

    def _unpacked(self, payload: bytes) -> wire.ToWorker:
        message = wire.decode_to_worker(payload)
        if not isinstance(message, wire.InFile):
            return message
        with open(self._descriptors.popleft(), "rb", buffering=0) as file:
            return wire.decode_to_worker(file.readall() or b"")


def _interrupt_main() -> None:
    if hasattr(signal, "pthread_kill"):
        # A real signal: it also ends the wait for a lock.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


def run(carrier: Wire, layers: list[str], faults: list[str], context: Any = NO_CONTEXT) -> NoReturn:
    """Serve the host until it goes away. Called in the main thread of a process that is confined already."""
    interrupts = Interrupts()
    interrupts.install()
    link = Link(carrier, interrupts)
    begin = link.first()
    prepare_process()
    seed(begin.chance, begin.first_cell)
    current = begin.first_cell
    output = Output(
        lambda stream, text, dropped: link.send(
            wire.Output(cell=current, stream=stream, text=text, dropped=dropped)
        ),
        begin.output_cap,
    )
    queries = Queries(link.ask, link.ask_tool, lambda: cell_name(current))
    if context is NO_CONTEXT:
        context = msgspec.msgpack.decode(begin.context)
    namespace = Namespace(begin, context, queries, output, interrupts)
    link.start_reading()
    link.send(wire.Ready(pid=os.getpid(), layers=layers, faults=faults))
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            order = link.orders.get()
            if isinstance(order, wire.Run):
                current = order.cell
                done = namespace.run(order.cell, order.code)
                if done.status == "interrupted":
                    link.forget_waiting()
                    seed(begin.chance, current)  # how many it had drawn depends on when it was interrupted
                link.send(namespace.describe_into(done))
            elif isinstance(order, wire.Fetch):
                link.send(_fetched(order, namespace, interrupts))


def _fetched(order: wire.Fetch, namespace: Namespace, interrupts: Interrupts) -> wire.Fetched:
    """What was asked for, whatever the value's class does where it is looked at, and however long."""
    try:
        with interrupts.allowed():
            return _looked_up(order, namespace)
    except BaseException as error:
        return wire.Fetched(id=order.id, text=describe.failed_repr(error) if order.form == "text" else None)


def _looked_up(order: wire.Fetch, namespace: Namespace) -> wire.Fetched:
    if order.form == "final":
        return wire.Fetched(id=order.id, final=namespace.finals.of_variable(order.name))
    if order.name not in namespace.values:
        return wire.Fetched(id=order.id)
    value = namespace.values[order.name]
    limit = min(order.limit, _TEXT_LIMIT)
    return wire.Fetched(id=order.id, text=value[:limit] if isinstance(value, str) else describe.brief(value, limit))


def seed(chance: str, cell: int) -> None:
    """Begin the random numbers of `random` and numpy: the same ones for the same chance, without one others."""
    source = random.Random(f"{chance}/{cell}" if chance else None)
    random.seed(source.getrandbits(64))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        cast(Any, numpy).random.seed(source.getrandbits(32))
