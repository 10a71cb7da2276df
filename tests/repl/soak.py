"""Workers started, used, interrupted, killed and flooded at random; and what is left of them afterwards."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import psutil

from rlm_desktop.errors import ReplError
from rlm_desktop.repl.host import Query, Repl, ReplHost, ReplOptions, ReplSpec
from rlm_desktop.repl.isolation import Layers

_T = TypeVar("_T")
AT_ONCE = 12
_SEND = "import os, struct, msgspec\ndef send(data):\n    os.write(3, struct.pack('<I', len(data)) + data)\n"
_FORGED = "send(msgspec.msgpack.encode(dict(type={!r}, {})))\n"
_QUERY = "query=dict(function='llm_query', called_as='x', prompts=['p'])"
_PRINTED = "cell=1, stream='stdout', text='x' * 9000"
_THREAD = "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
_STUBBORN = "while True:\n    try:\n        while True:\n            x = 1\n    except BaseException:\n        pass"
_FILES = "for n in range(50):\n    os.makedirs(f'{n}/a')\n    open(f'{n}/a/b', 'w').write('x' * 1000)"
CELLS = {
    "set a variable": "x = 1",
    "fail": "1 / 0",
    "print much": "print('x' * 3_000_000)",
    "ask a batch": "llm_query_batch(['a'] * 5)",
    "ask with much text": "llm_query('x' * 2_000_000)",
    "answer much": "FINAL(['y' * 1000] * 3000)",
    "end the interpreter": "import os\nos._exit(1)",
    "crash": "import ctypes\nctypes.string_at(0)",
    "never end": "while True:\n    pass",
    "refuse to end": _STUBBORN,
    "stop itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "leave files": f"import os\n{_FILES}",
    "leave threads": f"import threading, time\nfor _ in range(20):\n    {_THREAD}",
    "use up descriptors": "import os\nkept = []\nwhile True:\n    kept.append(os.dup(1))",
    "use up threads": f"import threading, time\nwhile True:\n    {_THREAD}",
    "fork": "import os\nwhile True:\n    os.fork()",
    "recurse": "def f(n):\n    return f(n + 1)\nf(0)",
    "compute a huge number": "10 ** 10 ** 9",
    "match for ever": "import re\nre.match(r'(a+)+b', 'a' * 40)",
    "take all memory": "x = []\nwhile True:\n    x.append(bytearray(50_000_000))",
    "send garbage": "import os\nos.write(3, b'\\xff' * 50)",
    "flood with calls": f"{_SEND}for n in range(1, 3000):\n    {_FORGED.format('call', f'id=n, {_QUERY}')}",
    "flood with output": f"{_SEND}for n in range(3000):\n    {_FORGED.format('output', _PRINTED)}",
    "want memory files": f"{_SEND}{_FORGED.format('want', 'size=1 << 29')}import time\ntime.sleep(60)",
}


@dataclass
class Soak:
    """What was done and what is left.

    Attributes:
        ends: How the cells ended -> how many.
        descriptors: More than before.
        processes: Children of this process that the host's end left.
        folders: Scratch folders that were left while the host still stood; None where they cannot be seen.
        grown_mb: Memory of this process at the end above the most of the first half.
        zygotes_grown_mb: The same for the zygotes.
    """

    workers: int = 0
    ends: Counter[str] = field(default_factory=Counter[str])
    descriptors: int = 0
    processes: int = 0
    folders: int | None = None
    grown_mb: float = 0.0
    zygotes_grown_mb: float = 0.0

    @property
    def has_left_nothing(self) -> bool:
        """Whether no process, descriptor or folder was left; what others close meanwhile is none of its doing."""
        return not (self.descriptors > 0 or self.processes or self.folders)


async def soak(*, workers: int = 0, seconds: float = 0.0, seed: int = 4, layers: Layers | None = None) -> Soak:
    """Start workers until there were so many, or for so long."""
    process, chance, found = psutil.Process(), random.Random(seed), Soak()
    others = {child.pid for child in process.children(recursive=True)}
    host = ReplHost(ReplOptions(grace=0.2), layers=layers)
    await host.start()
    before, start, sizes = process.num_fds(), time.monotonic(), [(0.0, 0.0)]
    while found.workers < workers or time.monotonic() - start < seconds:
        numbers = range(found.workers, found.workers + AT_ONCE)
        await asyncio.gather(*[_one(host, number, chance, found) for number in numbers])
        found.workers += AT_ONCE
        gc.collect()
        sizes.append((_resident(process), _zygotes(process, others)))
    half = len(sizes) // 2 + 1
    found.grown_mb, found.zygotes_grown_mb = (
        min(size[kind] for size in sizes[-3:]) - max(size[kind] for size in sizes[:half]) for kind in (0, 1)
    )
    found.descriptors = await _settled(process.num_fds, before) - before
    found.folders = await _settled(lambda: _folders(process, others, host), 0)
    await host.aclose()
    found.processes = len([child for child in process.children(recursive=True) if child.pid not in others])
    return found


async def _one(host: ReplHost, number: int, chance: random.Random, found: Soak) -> None:
    async def serve(query: Query) -> list[str]:
        await asyncio.sleep(chance.random() / 50)
        return ["r" * (2_000_000 if chance.random() < 0.1 else 5) for _ in query.prompts]

    context = "c" * (3_000_000 if number % 10 == 0 else 10)
    spec = ReplSpec(context=context, memory_limit_mb=300)
    try:
        repl = await host.spawn(spec, serve=serve, on_output=lambda *_: None)
    except ReplError:
        found.ends["not started"] += 1
        return
    for _ in range(chance.randint(1, 4)):
        await _run_one(repl, chance, found)
    await repl.aclose()


async def _run_one(repl: Repl, chance: random.Random, found: Soak) -> None:
    cell = asyncio.create_task(repl.run_cell(chance.choice(list(CELLS.values())), timeout=0.4))
    if chance.random() < 0.25:
        await asyncio.sleep(chance.random() / 20)
        chance.choice([repl.interrupt, cell.cancel, lambda: asyncio.ensure_future(repl.kill())])()
    with suppress(asyncio.CancelledError):
        found.ends[(await cell).status] += 1
        return
    found.ends["cancelled"] += 1


def _resident(process: psutil.Process) -> float:
    return process.memory_info().rss / (1 << 20)


def _zygotes(process: psutil.Process, others: set[int]) -> float:
    total = 0.0
    for child in process.children(recursive=True):
        with suppress(psutil.Error):
            total += _resident(child) if child.pid not in others else 0.0
    return total


def _folders(process: psutil.Process, others: set[int], host: ReplHost) -> int | None:
    """Scratch folders that are there now: in the memory file system of the zygote, or on the disk."""
    places = [
        f"/proc/{child.pid}/root/scratch" for child in process.children(recursive=True) if child.pid not in others
    ]
    places += [launcher._scratch for launcher in host._launchers.values() if getattr(launcher, "_scratch", "")]  # type: ignore[attr-defined]
    for place in reversed(places):
        with suppress(OSError):
            return len(os.listdir(place))
    return None


async def _settled(measure: Callable[[], _T], wanted: _T) -> _T:
    """The measure, once what ends in the background has ended."""
    for _ in range(100):
        if (found := measure()) == wanted:
            return found
        await asyncio.sleep(0.05)
    return measure()
