"""Files that a person names to be written: each is whole or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


@contextlib.contextmanager
def text_file(path: Path) -> Iterator[TextIO]:
    """A file to write text into, put in its place when all of it is there; a pipe or a device gets it at once.

    Raises:
        OSError: It cannot be written.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        return
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    path = place_of(path)
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def place_of(path: Path) -> Path:
    """Where a file is put that replaces another: of a link, what it leads to is replaced, and the link stays."""
    return Path(os.path.realpath(path))


def unused(path: Path) -> Path:
    """That name, or one with a number behind it, which no file has."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 100))
    return next((name for name in (path, *names) if not name.exists()), path)


def check_replaceable(path: Path) -> None:
    """Refuse to put a file in the place of what is no file.

    Raises:
        OSError: It is a folder, or a device or a pipe, which would be gone then.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "it is not a file")
