"""What extractors share: the source they read and the errors they raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO


class Unreadable(Exception):
    """The file cannot be read; the message is a sentence for the person."""


class Locked(Unreadable):
    """The file is encrypted, and the password is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to extract.

    Attributes:
        name: As the person knows it.
        file: Open for reading, seekable, at its beginning.
        password: Empty when none was given.
        encoding: Chosen by the person; empty to detect it.
        depth: How many archives it lies in.
    """

    name: str
    file: BinaryIO
    password: str = ""
    encoding: str = ""
    depth: int = 0

    def read(self, limit: int = -1) -> bytes:
        """Its bytes from the beginning."""
        self.file.seek(0)
        return self.file.read(limit)
