"""What a crash of the whole process leaves behind, for the next start to show.

Python's own exceptions are caught by `ui.faults`. A crash below Python (a fault in Qt or in a driver) ends the
process at once: `faulthandler` then writes the stacks of all threads, names of files and functions and nothing of
what they worked on.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import IO

from rlm_desktop import __version__

log = logging.getLogger(__name__)
_NAME = "crash-{}.txt"
_LAST = "last-crash.txt"
_HEAD = "RLM Desktop {version}, process {pid}, started {time}\n"
_MOST = 200_000


class CrashFile:
    """The file into which this process's crash would be written.

    Args:
        folder: The folder of the log.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _NAME.format(os.getpid())
        self._file: IO[str] | None = None

    def take_last(self) -> str:
        """The newest report that an earlier process left, once; empty when there is none."""
        found = ""
        with contextlib.suppress(OSError):
            for path in sorted(self._folder.glob(_NAME.format("*")), key=lambda path: path.stat().st_mtime):
                # In a container each process may have the same number: then it is nobody's.
                if path != self._path and _is_running(path):
                    continue
                text = path.read_text(encoding="utf-8", errors="replace")[:_MOST]
                if text.count("\n") > 1:
                    found = text
                    path.replace(self._folder / _LAST)
                else:
                    path.unlink(missing_ok=True)  # it was killed, or the power went: nothing is known
        return found

    def arm(self) -> None:
        """From now on, a crash is written, where anything can be written at all."""
        head = _HEAD.format(version=__version__, pid=os.getpid(), time=f"{datetime.now():%Y-%m-%d %H:%M}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path.write_text(head, encoding="utf-8")
            self._file = self._path.open("a", encoding="utf-8")
        except OSError as error:  # a full disk must not keep the window from opening
            log.warning("a crash would leave no report: %s", error)
            return
        faulthandler.enable(self._file)

    def disarm(self) -> None:
        """The process ends well: nothing is left."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        self._path.unlink(missing_ok=True)


def _is_running(path: Path) -> bool:
    """Whether the process that would write this file lives."""
    number = path.stem.rpartition("-")[2]
    if not number.isdecimal():
        return False
    if sys.platform == "win32":  # `os.kill` would send Ctrl+C; but a file that is open cannot be renamed there
        try:
            path.rename(path)
        except OSError:
            return True
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's process: leave it
    return True
