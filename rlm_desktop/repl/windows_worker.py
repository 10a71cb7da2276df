"""The worker program on Windows: inside its AppContainer from its first instruction on. Experimental."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import NoReturn

from rlm_desktop.repl import worker
from rlm_desktop.repl.preload import preload

FRAME_LIMIT = 64 << 20
"""Largest frame here: there are no memory files that could be passed along."""
_READ_SIZE = 256 * 1024


class PipeWire:
    """Two pipes, inherited from the host."""

    frame_limit = FRAME_LIMIT

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._writing, view) :]

    def receive(self) -> tuple[bytes, list[int]]:
        """Some bytes."""
        return os.read(self._reading, _READ_SIZE), []


def main(arguments: list[str]) -> NoReturn:
    """Test the confinement, serve. `arguments`: two pipe handles, the scratch folder, the person's home folder."""
    if sys.platform != "win32":
        raise SystemExit("this program is for Windows")
    import msvcrt

    preload()
    reading, writing, scratch, home = arguments
    carrier = PipeWire(
        msvcrt.open_osfhandle(int(reading), os.O_RDONLY | os.O_BINARY),
        msvcrt.open_osfhandle(int(writing), os.O_WRONLY | os.O_BINARY),
    )
    os.chdir(scratch)
    tempfile.tempdir = scratch
    worker.run(carrier, ["AppContainer", "job object"], _faults(home))


def _faults(home: str) -> list[str]:
    tests: dict[str, Callable[[], object]] = {
        "list the home folder": lambda: os.listdir(home),
        "write to the home folder": lambda: open(os.path.join(home, "rlm-desktop-test"), "x").close(),
        "run a program": lambda: subprocess.Popen([sys.executable, "-c", ""]),
    }
    found = ["leave the AppContainer"] if not _is_in_app_container() else []
    return found + [name for name, test in tests.items() if _worked(test)]


def _worked(test: Callable[[], object]) -> bool:
    try:
        test()
    except OSError:
        return False
    return True


def _is_in_app_container() -> bool:
    if sys.platform != "win32":
        return False
    token_query, token_is_app_container = 0x8, 29
    token, answer, size = ctypes.c_void_p(), ctypes.c_uint32(), ctypes.c_uint32()
    process = ctypes.c_void_p(-1)
    if not ctypes.windll.advapi32.OpenProcessToken(process, token_query, ctypes.byref(token)):
        return False
    ok = ctypes.windll.advapi32.GetTokenInformation(
        token, token_is_app_container, ctypes.byref(answer), 4, ctypes.byref(size)
    )
    return bool(ok and answer.value)
