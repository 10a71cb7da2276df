"""A second decoder: a process that decodes portions of a large text while this one decodes others.

Python decodes UTF-8 with its lock held, so threads do not help; 500 MB of Cyrillic, Arabic or Chinese words take it
about a second. Portions go there as they are and come back as UTF-16, both in shared memory; from there they are
only copied. What the process does not do in time, or at all, is done by who asked.
"""

from __future__ import annotations

import mmap
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Self

from rlm_desktop.documents.second_program import REFUSED, REPLY, REQUEST, slot_size
from rlm_desktop.repl.boot import base_python

_SLOTS = 4
"""Portions that are there at once: with two of them it waited half the time until one was taken or given."""
_PATIENCE = 0.004
"""Seconds that a portion is waited for, which is twice what decoding it takes."""
_MOST_LATE = 12
"""Portions that may come too late, as the first do; after more the process is ended: others need the processors."""
_SAMPLE = 4096
"""Bytes at the end of a portion that tell whether it is worth it."""
_BOOT = "import sys; sys.path.append(sys.argv[1]); from second_program import main; main()"


class Utf16(NamedTuple):
    """A portion that was decoded.

    Attributes:
        is_plain: Whether two bytes are one character everywhere: there are no surrogates.
    """

    data: memoryview
    is_plain: bool


class Second:
    """Decodes portions in a process of its own, which is started with the first that is worth it.

    Args:
        portion: Most bytes of one.
    """

    def __init__(self, portion: int) -> None:
        self._portion = portion
        self._given = self._taken = self._answered = self._late = 0
        self._answer = (REFUSED, False)
        self._memory: memoryview | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._can_start = (
            hasattr(os, "memfd_create") and sys.byteorder == "little" and len(os.sched_getaffinity(0)) > 1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def give(self, data: memoryview) -> bool:
        """Have whole characters decoded, if that is worth it and there is room; `take` gives them back in order."""
        self._has_answered(self._taken - 1, 0)  # what came too late makes room
        if self._given - min(self._answered, self._taken) == _SLOTS or not _SAMPLE <= len(data) <= self._portion:
            return False
        if not _is_worth_it(bytes(data[-_SAMPLE:])):
            return False
        if self._can_start:
            self._start()
        if self._process is None or self._process.stdin is None or self._memory is None:
            return False
        start = self._slot(self._given)
        self._memory[start : start + len(data)] = data
        try:
            self._process.stdin.write(REQUEST.pack(start, len(data)))
        except OSError:
            self._end()
            return False
        self._given += 1
        return True

    def is_done(self) -> bool:
        """Whether `take` would not wait."""
        return self._process is None or self._has_answered(self._taken, 0)

    def take(self) -> Utf16 | None:
        """The oldest portion that was given, until the next is given; None where it is not there."""
        number = self._taken
        is_there = self._has_answered(number, _PATIENCE)
        self._taken += 1
        if not is_there:
            self._late += 1
            if self._late > _MOST_LATE:
                self._end()
            return None
        size, is_plain = self._answer
        if size == REFUSED or self._memory is None:
            return None
        start = self._slot(number) + self._portion
        return Utf16(self._memory[start : start + size], is_plain)

    def _slot(self, number: int) -> int:
        return number % _SLOTS * slot_size(self._portion)

    def _has_answered(self, number: int, patience: float) -> bool:
        """Whether the answer about a portion is there; those about portions before it are read and forgotten."""
        while self._answered <= number:
            if self._process is None or self._process.stdout is None:
                return False
            answers = select.poll()  # not `select`, which refuses handles from 1024 on
            answers.register(self._process.stdout, select.POLLIN)
            if not answers.poll(patience * 1000):
                return False
            answer = self._process.stdout.read(REPLY.size)
            if len(answer) < REPLY.size:
                self._end()
                return False
            self._answer = REPLY.unpack(answer)
            self._answered += 1
        return True

    def _start(self) -> None:
        self._can_start = False
        try:
            handle = os.memfd_create("text")
        except OSError:
            return
        try:
            os.ftruncate(handle, _SLOTS * slot_size(self._portion))
            self._memory = memoryview(mmap.mmap(handle, 0))
            self._process = _started(handle, self._portion)
        except OSError:
            return
        finally:
            os.close(handle)

    def _end(self) -> None:
        process, self._process, self._memory = self._process, None, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _is_worth_it(sample: bytes) -> bool:
    """Whether most characters take two bytes, as in Cyrillic, Greek, Hebrew or Arabic, or three, as in Chinese.

    Those of one are decoded faster than they are copied, those of four come back as pairs.
    """
    return 0.3 < len(sample.decode(errors="ignore")) / len(sample) < 0.8


def _started(handle: int, portion: int) -> subprocess.Popen[bytes]:
    folder = str(Path(__file__).parent)
    return subprocess.Popen(
        [base_python(), "-I", "-S", "-B", "-c", _BOOT, folder, str(handle), str(portion)],
        bufsize=0,
        env={},
        pass_fds=(handle,),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
