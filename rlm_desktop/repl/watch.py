"""Watches what all workers use together, and kills the largest when it is too much.

The kernel limits each worker; only somebody who sees all of them can limit the sum.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from rlm_desktop.repl import seatbelt

INTERVAL = 0.2
"""Seconds between two looks while a cell runs."""
SCRATCH_BYTES = 1 << 30
"""What one worker may leave in its folder."""
SCRATCH_FILES = 20_000
THREADS = 1_000
"""What one worker may run: the system has a limit for all programs of the person together."""
_DEFAULT_SHARE = 0.75


class Watched(Protocol):
    """A worker, as far as it is watched."""

    memory_mb: float
    is_unmeasured: bool
    """Whether it has run a cell since it was measured last."""

    @property
    def pid(self) -> int:
        """Its process as the host sees it."""
        ...

    @property
    def is_running(self) -> bool:
        """Whether it runs a cell; otherwise it stands still and uses what it used."""
        ...

    @property
    def scratch(self) -> str:
        """Its folder, where that is on the disk of the person."""
        ...

    @property
    def inherited(self) -> int | None:
        """Bytes that it had when it started; None when it shares a large context, which must not be counted."""
        ...

    def note_cpu(self, seconds: float) -> None:
        """Take what its process has used of the processors so far."""
        ...

    def kill(self, reason: str) -> None:
        """End it."""
        ...


@dataclass
class _Measured:
    worker: Watched
    memory: float = 0.0
    cpu: float | None = None
    threads: int = 0
    is_scratch_full: bool = False


class Watch:
    """Looks after the workers of one host."""

    def __init__(self, budget_mb: int | None, workers: Callable[[], Iterable[Watched]]) -> None:
        self._budget_mb = budget_mb or int(_available_mb() * _DEFAULT_SHARE)
        self._workers = workers
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, if it has not begun."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._look_for_ever(), name="repl watch")

    @property
    def is_looking(self) -> bool:
        """Whether it has begun, and not been told to rest."""
        return self._task is not None

    def rest(self) -> None:
        """Look no more until `start`: an idle program must not wake up for nothing."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def aclose(self) -> None:
        """Rest, and wait until it does."""
        task = self._task
        self.rest()
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            changed = [worker for worker in self._workers() if worker.is_running or worker.is_unmeasured]
            if changed:
                self._judge(await asyncio.to_thread(_measure_all, changed))

    def _judge(self, measured: list[_Measured]) -> None:
        for each in measured:
            each.worker.memory_mb = each.memory
            each.worker.is_unmeasured = each.worker.is_running
            if each.cpu is not None:
                each.worker.note_cpu(each.cpu)
            if each.is_scratch_full:
                each.worker.kill("it filled its folder with files")
            if each.threads > THREADS:
                each.worker.kill(f"it started more than {THREADS:,} threads")
        workers = sorted(self._workers(), key=lambda worker: worker.memory_mb)
        total = sum(worker.memory_mb for worker in workers)
        while total > self._budget_mb and workers:
            largest = workers.pop()
            total -= largest.memory_mb
            largest.kill(
                f"all REPLs together used more than their {self._budget_mb:,} MB of memory, "
                f"and this one used most ({largest.memory_mb:,.0f} MB)"
            )
            largest.memory_mb = 0.0


def _measure_all(workers: list[Watched]) -> list[_Measured]:
    return [_measure(worker) for worker in workers]


def _measure(worker: Watched) -> _Measured:
    measured = _Measured(worker, worker.memory_mb)
    with contextlib.suppress(OSError, ValueError, IndexError):
        inherited = worker.inherited
        used = _private(worker.pid) if inherited is None else max(0, resident(worker.pid) - inherited)
        measured.memory = used / (1 << 20)
    with contextlib.suppress(OSError, ValueError, IndexError):
        measured.cpu, measured.threads = _processor_seconds_and_threads(worker.pid)
    if worker.scratch:
        measured.is_scratch_full = _is_full(worker.scratch)
    return measured


def resident(pid: int) -> int:
    """Bytes in memory that are not of files. Cheap; counts what is shared with the zygote too."""
    if sys.platform == "darwin":
        return seatbelt.footprint(pid)
    with open(f"/proc/{pid}/status") as file:
        # Memory that could be shared is not of files either: code may well map much of it.
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(("RssAnon:", "RssShmem:")))


def _private(pid: int) -> int:
    """Bytes that only this process has. Takes time in proportion to its memory."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith("Private_"))


def _processor_seconds_and_threads(pid: int) -> tuple[float, int]:
    """Linux only: an OSError elsewhere."""
    with open(f"/proc/{pid}/stat") as file:
        # The second field is a name in parentheses, which may hold anything.
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(fields[17])


def _is_full(folder: str) -> bool:
    size = count = 0
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
                    if size > SCRATCH_BYTES or count > SCRATCH_FILES:
                        return True
        except OSError:
            continue
    return False


def _available_mb() -> float:
    try:
        with open("/proc/meminfo") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("MemAvailable:")) / 1024
    except (OSError, StopIteration):
        return 4096.0
