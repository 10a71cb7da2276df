"""The single layers of confinement, as far as they can be looked at without the machine they are for."""

from __future__ import annotations

import asyncio
import errno
import os
import struct
import sys
from pathlib import Path

import pytest

from rlm_desktop.repl import seatbelt, wire
from rlm_desktop.repl.host import Query, ReplHost, ReplOptions, ReplSpec
from rlm_desktop.repl.isolation import Layers
from rlm_desktop.repl.windows import PipeChannel

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and programs of Unix")
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def decide(code: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What a seccomp program answers: a small machine for the kernel's classic BPF."""
    whole = [argument & (1 << 64) - 1 for argument in [*arguments, *[0] * 6][:6]]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *whole)
    position = value = 0
    while True:
        operation, if_true, if_false, constant = struct.unpack_from("<HBBI", code, position * 8)
        position += 1
        if operation == 0x20:
            (value,) = struct.unpack_from("<I", data, constant)
        elif operation == 0x54:
            value &= constant
        elif operation == 0x06:
            return constant
        else:
            is_true = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[operation]
            position += if_true if is_true else if_false


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux")
@pytest.mark.parametrize(
    ("what", "x86_64", "aarch64", "arguments", "answer"),
    [
        ("read", 0, 63, (), ALLOW),
        ("openat", 257, 56, (), ALLOW),
        ("futex", 202, 98, (), ALLOW),
        ("mmap", 9, 222, (), ALLOW),
        ("execve", 59, 221, (), ERRNO | errno.EPERM),
        ("execveat", 322, 281, (), ERRNO | errno.EPERM),
        ("socket", 41, 198, (1, 1, 0), ERRNO | errno.EPERM),
        ("connect", 42, 203, (), ERRNO | errno.EPERM),
        ("ptrace", 101, 117, (), ERRNO | errno.EPERM),
        ("unshare", 272, 97, (), ERRNO | errno.EPERM),
        ("mount", 165, 40, (), ERRNO | errno.EPERM),
        ("symlinkat", 266, 36, (), ERRNO | errno.EPERM),
        ("linkat", 265, 37, (), ERRNO | errno.EPERM),
        ("mknodat", 259, 33, (), ERRNO | errno.EPERM),
        ("memfd_create", 319, 279, (), ERRNO | errno.EPERM),
        ("io_uring_setup", 425, 425, (), ERRNO | errno.EPERM),
        ("clone3", 435, 435, (), ERRNO | errno.ENOSYS),
        ("a call of the future", 999, 999, (), ERRNO | errno.ENOSYS),
        ("fchmodat", 268, 53, (), ERRNO),
        ("a thread", 56, 220, (0x3D0F00,), ALLOW),
        ("a fork", 56, 220, (17,), ERRNO | errno.EPERM),
        ("a thread in a new user namespace", 56, 220, (0x3D0F00 | 0x10000000,), ERRNO | errno.EPERM),
        ("kill itself", 62, 129, (42, 9), ALLOW),
        ("kill another", 62, 129, (43, 9), ERRNO | errno.EPERM),
        ("kill all", 62, 129, (-1, 9), ERRNO | errno.EPERM),
        ("kill a group", 62, 129, (0, 9), ERRNO | errno.EPERM),
        ("a stream pair", 53, 199, (1, 0o2000001, 0), ALLOW),
        ("a datagram pair", 53, 199, (1, 2, 0), ERRNO | errno.EPERM),
        ("a netlink pair", 53, 199, (16, 1, 0), ERRNO | errno.EPERM),
        ("pass a descriptor", 46, 211, (3, 0, 0), ERRNO | errno.EPERM),
        ("send", 44, 206, (3, 0, 10, 0x4000), ALLOW),
        ("send out of band", 44, 206, (3, 0, 10, 0x4001), ERRNO | errno.EPERM),
        ("receive out of band", 45, 207, (3, 0, 10, 1), ERRNO | errno.EPERM),
        ("receive a message", 47, 212, (3, 0, 0), ALLOW),
        ("receive a message out of band", 47, 212, (3, 0, 1), ERRNO | errno.EPERM),
        ("wait for a lock", 202, 98, (0, 0x80 | 9), ALLOW),
        ("take a lock that hands on priority", 202, 98, (0, 0x80 | 6), ERRNO | errno.EPERM),
        ("F_GETFL", 72, 25, (3, 3), ALLOW),
        ("F_SETOWN", 72, 25, (3, 8), ERRNO | errno.EPERM),
        ("isatty", 16, 29, (1, 0x5401), ALLOW),
        ("TIOCSTI", 16, 29, (1, 0x5412), ERRNO | errno.EPERM),
        ("own limits", 302, 261, (0,), ALLOW),
        ("another's limits", 302, 261, (1,), ERRNO | errno.EPERM),
    ],
)
def test_the_filter_decides_as_it_should(what, x86_64, aarch64, arguments, answer):
    from rlm_desktop.repl import seccomp

    for machine, number in (("x86_64", x86_64), ("aarch64", aarch64)):
        assert decide(seccomp.program(machine, 42), ARCHITECTURES[machine], number, *arguments) == answer, what


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux")
def test_foreign_kinds_of_calls_end_the_process():
    from rlm_desktop.repl import seccomp

    code = seccomp.program("x86_64", 42)
    assert decide(code, 0x40000003, 1) == KILL
    assert decide(code, ARCHITECTURES["x86_64"], 0x40000000) == KILL
    assert len(code) // 8 < 4096


def test_the_profile_of_macos_quotes_paths(tmp_path):
    odd = tmp_path / 'a "quoted" \\ folder'
    odd.mkdir()
    text = seatbelt.profile(["/usr/lib"], str(odd))
    assert text.splitlines()[1] == "(deny default)"
    assert '\\"quoted\\" \\\\ folder")' in text
    assert text.splitlines()[-1] == "(deny network*)"


async def _serve(query: Query) -> list[str]:
    return [f"<{prompt}>" for prompt in query.prompts]


@pytest.mark.skipif(sys.platform != "linux", reason="stands in for macOS, with what Linux has instead of Seatbelt")
async def test_workers_that_are_programs_of_their_own():
    from rlm_desktop.repl.fresh import FreshLauncher

    host = ReplHost(ReplOptions(grace=0.5))
    host._launchers["confined", ()] = FreshLauncher((), Layers(seccomp=True))
    repl = await host.spawn(ReplSpec(context="é" * 2_000_000), serve=_serve, on_output=lambda *_: None)
    result = await repl.run_cell("import os\nprint(len(context), llm_query('a'), os.getcwd())", timeout=10)
    assert result.stdout.startswith("2000000 <a> ")
    scratch = Path(result.stdout.split()[-1])
    assert scratch.is_dir()  # noqa: ASYNC240
    assert (await repl.run_cell("x = 1\nwhile True:\n    pass", timeout=0.3)).status == "timeout"
    assert (await repl.run_cell("x")).stdout == "1\n"
    died = await repl.run_cell("import os\nos._exit(4)")
    assert (died.status, died.lost) == ("killed", ("x",))
    assert "exit status 4" in died.error
    assert (await repl.run_cell("len(context)")).stdout == "2000000\n"
    await host.aclose()


class _Heard:
    def __init__(self) -> None:
        self.messages: list[wire.FromWorker] = []
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()


def _pipes() -> tuple[_Heard, PipeChannel, int, int]:
    heard = _Heard()
    their_reading, our_writing = os.pipe()
    our_reading, their_writing = os.pipe()
    channel = PipeChannel(
        our_reading, our_writing, received=heard.messages.append, lost=lambda why: heard.lost.set_result(why)
    )
    return heard, channel, their_reading, their_writing


async def test_the_wire_of_windows_carries_messages_of_any_length():
    heard, channel, reading, writing = _pipes()
    messages = [wire.Fetched(id=number, text="x" * (300_000 * number)) for number in range(40)]
    stream = b"".join(wire.frame(wire.encode(message)) for message in messages)

    def write() -> None:
        with open(writing, "wb", closefd=True) as file:
            file.write(stream)

    await asyncio.gather(asyncio.to_thread(write), asyncio.wait_for(heard.lost, 20))
    assert heard.lost.result() == ""
    assert heard.messages == messages
    channel.close()
    os.close(reading)


async def test_the_wire_of_windows_sends_and_refuses_garbage():
    heard, channel, reading, writing = _pipes()
    channel.send(wire.Run(cell=1, code="x"))
    expected = wire.frame(wire.encode(wire.Run(cell=1, code="x")))
    assert await asyncio.to_thread(os.read, reading, 1000) == expected
    os.write(writing, b"\xff" * 8)
    assert "limit" in await asyncio.wait_for(heard.lost, 10)
    os.close(writing)
    os.close(reading)
