"""The zygote: a process with one thread that has everything imported, and forks a worker when the host asks.

A second kind of zygote is forked from the first: it holds a large context, decoded once, which its workers share
copy-on-write. Linux only.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from typing import Any, NoReturn, TypeAlias, cast

import msgspec

from rlm_desktop.repl import confine_linux as confine
from rlm_desktop.repl import context as contexts
from rlm_desktop.repl import wire, worker
from rlm_desktop.repl.descriptors import receive, rights
from rlm_desktop.repl.preload import preload

WORKER_SOCKET = 3
_MESSAGE = 64 * 1024


class ForkWorker(msgspec.Struct, frozen=True, kw_only=True, tag="fork_worker"):
    """To a zygote: fork a worker. Carries its socket."""

    id: int
    options: confine.Options


class ForkZygote(msgspec.Struct, frozen=True, kw_only=True, tag="fork_zygote"):
    """To a zygote: fork a zygote that holds a context. Carries its control socket and the memory file."""

    id: int
    skeleton_at: int


class Started(msgspec.Struct, frozen=True, kw_only=True, tag="started"):
    """From a zygote, once: it stands."""

    pid: int


class Forked(msgspec.Struct, frozen=True, kw_only=True, tag="forked"):
    """From a zygote: the child stands. Carries its pidfd. `pid` is its number in the zygote's name space."""

    id: int
    pid: int
    scratch: str


class NotForked(msgspec.Struct, frozen=True, kw_only=True, tag="not_forked"):
    """From a zygote: no child, and why."""

    id: int
    reason: str


class Exited(msgspec.Struct, frozen=True, kw_only=True, tag="exited"):
    """From a zygote: a child ended; `code` as in `os.waitstatus_to_exitcode`."""

    pid: int
    code: int


ToZygote: TypeAlias = ForkWorker | ForkZygote
FromZygote: TypeAlias = Started | Forked | NotForked | Exited
decode_from_zygote = msgspec.msgpack.Decoder(FromZygote).decode
_decode_to_zygote = msgspec.msgpack.Decoder(ToZygote).decode
_encode = msgspec.msgpack.encode


def main(arguments: list[str]) -> NoReturn:
    """Import what cells want, then serve. `arguments`: the control socket, the folder for scratch folders."""
    preload()
    control = socket.socket(fileno=int(arguments[0]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Zygote(control, arguments[1], contexts.NO_CONTEXT, is_base=True).serve()


class Zygote:
    """Serves one control socket until the host closes it."""

    def __init__(self, control: socket.socket, scratch: str, context: Any, *, is_base: bool = False) -> None:
        self._control = control
        self._is_base = is_base
        self._scratch = scratch
        self._context = context
        self._children: dict[int, str] = {}
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._woken, False)

    def serve(self) -> NoReturn:
        """Fork what is asked for, say what ended; exit when the host is gone."""
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        # What is frozen is not touched by collections, so its pages stay shared with all forks.
        gc.collect()
        gc.freeze()
        self._send(Started(pid=os.getpid()))
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if self._woken in ready:
                self._reap()
            if self._control.fileno() in ready:
                self._take_order()

    def _take_order(self) -> None:
        data, descriptors = receive(self._control, _MESSAGE, most=2)
        if not data:
            self._end()
        order = _decode_to_zygote(data)
        parent = os.getpid()
        try:
            scratch = tempfile.mkdtemp(dir=self._scratch) if isinstance(order, ForkWorker) else ""
            pid = os.fork()
        except OSError as error:
            self._send(NotForked(id=order.id, reason=str(error)))
        else:
            if not pid:
                self._become(order, descriptors, parent, scratch)
            self._children[pid] = scratch
            pidfd = os.pidfd_open(pid)
            self._send(Forked(id=order.id, pid=pid, scratch=scratch), pidfd)
            os.close(pidfd)
        for descriptor in descriptors:
            os.close(descriptor)

    def _become(self, order: ToZygote, descriptors: list[int], parent: int, scratch: str) -> NoReturn:
        """The life of a child; whatever fails, it must not return into the zygote's own."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            confine.die_with_parent(parent)
            if isinstance(order, ForkZygote):
                self._become_zygote(order, descriptors)
            _become_worker(order, descriptors[0], self._context, scratch)
        except BaseException:
            sys.excepthook(*cast(Any, sys.exc_info()))
        finally:
            os._exit(70)

    def _become_zygote(self, order: ForkZygote, descriptors: list[int]) -> NoReturn:
        self._control.close()
        os.close(self._woken)
        os.close(self._wake)
        control, file = descriptors
        context = contexts.read(file, order.skeleton_at)
        os.close(file)
        Zygote(socket.socket(fileno=control), self._scratch, context).serve()

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                scratch = self._children.pop(pid, None)
                if scratch is None:
                    continue
                if scratch:
                    _remove(scratch)
                self._send(Exited(pid=pid, code=os.waitstatus_to_exitcode(status)))

    def _end(self) -> NoReturn:
        """The host is gone: nothing of its may stay."""
        for pid, scratch in self._children.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            shutil.rmtree(scratch, ignore_errors=True)
        if self._is_base:
            # Those of the workers of other zygotes too, which end with this one.
            shutil.rmtree(self._scratch, ignore_errors=True)
        os._exit(0)

    def _send(self, message: FromZygote, *descriptors: int) -> None:
        try:
            self._control.sendmsg([_encode(message)], rights(descriptors))
        except OSError:
            self._end()


def _remove(folder: str) -> None:
    """Remove what a worker left; in a process of its own where that may take long."""
    try:
        os.rmdir(folder)
    except OSError:
        # When nothing can be forked it stays until the end, when all folders are removed.
        with contextlib.suppress(OSError):
            if os.fork() == 0:
                shutil.rmtree(folder, ignore_errors=True)
                os._exit(0)


def _become_worker(order: ForkWorker, sock: int, context: Any, scratch: str) -> NoReturn:
    os.dup2(sock, WORKER_SOCKET)
    os.closerange(WORKER_SOCKET + 1, 1024)
    for descriptor, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        null = os.open(os.devnull, flags)
        os.dup2(null, descriptor)
        os.close(null)
    os.setsid()
    connection = socket.socket(fileno=WORKER_SOCKET)
    try:
        applied = confine.confine(order.options, scratch)
    except OSError as error:
        connection.sendall(wire.frame(wire.encode(wire.Refused(reason=str(error)[:4_000]))))
        os._exit(0)
    worker.run(worker.SocketWire(connection), applied.layers, applied.faults, context)
