"""What extractors share: the source they read and the errors they raise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a C module without stubs

Element = Any
"""An lxml element; lxml has no types of its own."""
XMLError: type[Exception] = etree.XMLSyntaxError
HEAD = 1 << 16
"""Bytes from the beginning of an XML file in which its declarations stand."""
_ENTITY = re.compile(rb"<!ENTITY\s")
_FIGURES = re.compile(r"[-+−–]?\d")


class Unreadable(Exception):
    """The file cannot be read; the message is a sentence for the person."""


class Locked(Unreadable):
    """The file is encrypted, and the password is missing or wrong."""


class Undecoded(Unreadable):
    """The file may be a text, but not in an encoding that is told, or that there is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to extract.

    Attributes:
        name: As the person knows it.
        file: Open for reading, seekable, at its beginning.
        password: Empty when none was given.
        encoding: Chosen by the person; empty to detect it.
        depth: How many archives it lies in.
        is_careful: A process has died of it: what may take all of the memory is to be looked at before it is read.
    """

    name: str
    file: BinaryIO
    password: str = ""
    encoding: str = ""
    depth: int = 0
    is_careful: bool = False

    def read(self, limit: int = -1) -> bytes:
        """Its bytes from the beginning."""
        self.file.seek(0)
        return self.file.read(limit)


def xml_root(data: bytes, on_damage: Callable[[], object] = lambda: None) -> Element:
    """The root of an XML file: no entities are expanded, nothing outside is read.

    Args:
        data: The file.
        on_damage: Called when a part of it had to be left out.

    Raises:
        XMLError: It is no XML.
        Unreadable: It declares entities.
    """
    refuse_entities(data[:HEAD])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    root = etree.fromstring(data, parser)
    if root is None:
        raise Unreadable("it is damaged: a part of it holds no XML.")
    if parser.error_log.filter_from_fatals():
        on_damage()
    return root


def refuse_entities(head: bytes) -> None:
    """Refuse an XML file whose beginning declares entities: no program writes them into documents.

    Raises:
        Unreadable: It does.
    """
    if _ENTITY.search(head):
        raise Unreadable("it declares XML entities, as only files do that are made to fill the memory.")


def repaired_xml(data: bytes) -> bytes | None:
    """An XML file that was cut off, with its open elements closed; None when nothing is left."""
    try:
        return etree.tostring(xml_root(data))
    except (XMLError, Unreadable):
        return None


def raised_text(text: str) -> str:
    """Raised text as it is to be written: figures are marked, lest 10⁶ become 106."""
    return f"^{text}" if _FIGURES.match(text) else text


def split_tag(element: Element) -> tuple[str, str]:
    """Name space and local name of an element; empty for comments and the like."""
    if not isinstance(element.tag, str):
        return "", ""
    space, _, name = element.tag.rpartition("}")
    return space.removeprefix("{"), name


def said_in(element: Element | None, attribute: str = "val") -> str:
    """What an attribute of an element says, in whichever name space it is; empty without."""
    told = {} if element is None else element.attrib
    return next((value for name, value in told.items() if name.rpartition("}")[2] == attribute), "")


def replace_element(old: Element, new: Iterable[Element]) -> None:
    """Put elements in the place of another."""
    for element in new:
        old.addprevious(element)
    old.getparent().remove(old)
