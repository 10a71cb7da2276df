"""Descriptors that travel with a message over a Unix socket. Of either side of the wire."""

from __future__ import annotations

import array
import socket
from collections.abc import Sequence
from typing import Any

_SIZE = array.array("i").itemsize


def rights(descriptors: Sequence[int]) -> list[tuple[int, int, Any]]:
    """What `sendmsg` takes to send them along."""
    return [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []


def receive(sock: socket.socket, size: int, most: int) -> tuple[bytes, list[int]]:
    """At most `size` bytes, and at most `most` descriptors that came with them."""
    data, ancillary, _, _ = sock.recvmsg(size, socket.CMSG_SPACE(most * _SIZE))
    received = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            received.frombytes(content[: len(content) - len(content) % _SIZE])
    return data, list(received)
