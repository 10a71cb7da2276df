"""What extractors share: the source they read and the errors they raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a C module without stubs

__all__ = ["Locked", "Source", "Unreadable", "etree", "xml_root"]


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


def xml_root(data: bytes) -> etree._Element:
    """The root of an XML file: no entities are expanded, nothing outside is read.

    Raises:
        lxml.etree.XMLSyntaxError: It is no XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    root = etree.fromstring(data, parser)
    if root is None:
        raise Unreadable("it is damaged: a part of it holds no XML.")
    return root
