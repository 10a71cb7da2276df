"""SQLite's write-ahead log beside a history: whether it is whole, and that it goes along when the file is copied.

What was committed last stands in the log only. SQLite takes a file whose log is gone for an older state of it,
without a word.
"""

from __future__ import annotations

import shutil
import struct
import time
from contextlib import suppress
from pathlib import Path

from rlm_desktop.history.presence import last_commit

_MAGIC = b"SQLite format 3\0"
_USES_LOG = b"\2\2"
_LOG_HEADER, _FRAME_HEADER = 32, 24
_LOOKS, _BETWEEN_SECONDS = 3, 0.01


def lost_changes(database: Path) -> str:
    """What the person should know of a log that is gone or was cut off; to be asked before the file is opened."""
    log, index = _beside(database, "-wal"), _beside(database, "-shm")
    try:
        with database.open("rb") as file:
            header = file.read(100)
        if not header.startswith(_MAGIC) or header[18:20] != _USES_LOG:
            return ""
        if index.exists():
            if _stays_short(log, index):
                return f"The file {log} was removed or cut off: what was written to the history last is lost."
        elif not log.exists() and not _has_all(database, *struct.unpack_from(">I", header, 60)):
            return f"The file {log} does not lie beside the history: what was written last may be lost."
    except OSError:
        pass  # what cannot be read is said by whoever opens it next
    return ""


def _has_all(database: Path, commits: int) -> bool:
    """Whether a file without a log holds all that was committed.

    `commits` is its `PRAGMA user_version`: the number of the last commit that was brought into it while it was
    in use, 0 where it was closed in order. Whoever wrote it noted the number of his last one beside it. Another
    program that opens and closes the file after him brings the log in and removes it.
    """
    noted = last_commit(database)
    return commits == 0 or (noted is not None and commits >= noted)


def _beside(database: Path, ending: str) -> Path:
    return database.with_name(database.name + ending)


def _stays_short(log: Path, index: Path) -> bool:
    """Whether the log is too short at several looks: another process may be writing the two right now."""
    for _ in range(_LOOKS):
        if not _is_short(log, index):
            return False
        time.sleep(_BETWEEN_SECONDS)
    return True


def _is_short(log: Path, index: Path) -> bool:
    """Whether the log holds less than its index tells of: https://sqlite.org/walformat.html#the_wal_index_header."""
    with index.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head[12]:
        return False
    page_size, frames = struct.unpack_from("=HI", head, 14)
    (in_the_file,) = struct.unpack_from("=I", head, 96)
    length = log.stat().st_size if log.exists() else 0
    needed = _LOG_HEADER + frames * (_FRAME_HEADER + (65536 if page_size == 1 else page_size))
    return frames > in_the_file and length < needed


def copy_with_log(source: Path, target: Path) -> None:
    """Copy a history with the log that it may have.

    Raises:
        OSError: It cannot be read, or the copy not be written.
    """
    shutil.copyfile(source, target)
    with suppress(FileNotFoundError):
        shutil.copyfile(_beside(source, "-wal"), _beside(target, "-wal"))
