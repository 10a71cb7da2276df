"""A worker that is a program of its own, where forking is no way: macOS, and Linux without Landlock."""

from __future__ import annotations

import os
import socket
import sys
from typing import NoReturn

import msgspec

from rlm_desktop.repl import self_test, wire, worker
from rlm_desktop.repl.preload import preload


class Confinement(msgspec.Struct, frozen=True, kw_only=True):
    """To the worker, before anything else: how it must confine itself."""

    memory_mb: int
    scratch: str
    readable: list[str] = []
    seatbelt: bool = False
    seccomp: bool = False


def main(arguments: list[str]) -> NoReturn:
    """Wait for the order to begin, confine this process, serve. `arguments`: the socket's descriptor."""
    preload()
    connection = socket.socket(fileno=int(arguments[0]))
    order = msgspec.msgpack.decode(_first_frame(connection), type=Confinement)
    try:
        layers = _confine(order)
        faults = _faults(order)
    except OSError as error:
        connection.sendall(wire.frame(wire.encode(wire.Refused(reason=str(error)[:4_000]))))
        os._exit(0)
    worker.run(worker.SocketWire(connection), layers, faults)


def _faults(order: Confinement) -> list[str]:
    found = self_test.faults(files=order.seatbelt, calls=order.seccomp)
    return found + (self_test.seatbelt_faults() if order.seatbelt else [])


def _first_frame(connection: socket.socket) -> bytes:
    """Read one frame and not a byte more: what follows belongs to the worker."""
    (size,) = wire.HEADER.unpack(_exactly(connection, wire.HEADER.size))
    return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data


def _confine(order: Confinement) -> list[str]:
    os.chdir(order.scratch)
    os.environ.clear()
    if order.seatbelt:
        from rlm_desktop.repl import seatbelt

        seatbelt.set_limits()
        seatbelt.confine(order.readable, order.scratch)
        return ["limits", "Seatbelt"]
    if sys.platform == "linux":
        from rlm_desktop.repl import confine_linux

        options = confine_linux.Options(memory_mb=order.memory_mb, landlock=False, seccomp=order.seccomp)
        return confine_linux.confine(options, order.scratch).layers
    return []
