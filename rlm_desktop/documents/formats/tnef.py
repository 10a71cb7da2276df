"""What Outlook packs into `winmail.dat` (MS-OXTNEF): the text of a message, and its attachments."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import TypeAlias

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats import rtf
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.mail import add_attachment, decoded
from rlm_desktop.documents.formats.outlook import unpacked
from rlm_desktop.documents.formats.rtf_words import CODE_PAGES

_Properties: TypeAlias = Mapping[int, tuple[int, bytes]]
"""Kind and value of each property of a message or an attachment."""

_FIRST, _SUM = 6, 2
_ATTRIBUTE = struct.Struct("<BLL")
_SUBJECT, _BODY, _MESSAGE, _PAGE = 0x18004, 0x2800C, 0x69003, 0x69007
_BEGINS, _NAME, _DATA, _ATTACHMENT = 0x69002, 0x18010, 0x6800F, 0x69005
_PLAIN, _RTF, _HTML, _OBJECT, _LONG_NAME = 0x1000, 0x1009, 0x1013, 0x3701, 0x3707
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_ANY_SIZE = frozenset((0x0D, 0x1E, 0x1F, 0x102))
_WIDE, _IS_OBJECT = 0x1F, 0x0D
_IS_NAMED, _SEVERAL = 0x8000, 0x1000
_IDENTIFIER = 16
"""Bytes before a message within a message, and before the name of a property."""
_LOOKED_BACK = 100


def extract(source: Source, draft: Draft) -> None:
    """The text, where the mail around it does not have it too, and the attachments."""
    message: dict[int, bytes] = {}
    attached: list[dict[int, bytes]] = []
    for number, data in _attributes(source.read()):
        if number == _BEGINS:
            attached.append({})
        elif number in (_NAME, _DATA, _ATTACHMENT) and attached:
            attached[-1][number] = data
        else:
            message[number] = data
    page = int.from_bytes(message.get(_PAGE, b"")[:4], "little")
    encoding = CODE_PAGES.get(page, f"cp{page}") if page else ""
    before = " ".join("".join(draft.parts[-_LOOKED_BACK:]).split())
    for text in (_text(message.get(_SUBJECT, b""), encoding), _body(message, encoding, source, draft)):
        if " ".join(text.split()) not in before:
            draft.add_markdown(text.strip("\n") + "\n\n")
    for number, attachment in enumerate(attached, 1):
        properties = _properties(attachment.get(_ATTACHMENT, b""))
        name = _value(properties, _LONG_NAME, encoding) or _text(attachment.get(_NAME, b""), encoding)
        kind, inner = properties.get(_OBJECT, (0, b""))
        data = attachment.get(_DATA) or (inner[_IDENTIFIER:] if kind == _IS_OBJECT else inner)
        add_attachment(" ".join(name.split()) or f"attachment {number}", data, number, source, draft)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = _FIRST
    while at + _ATTRIBUTE.size <= len(data):
        _, number, size = _ATTRIBUTE.unpack_from(data, at)
        at += _ATTRIBUTE.size
        yield number, data[at : at + size]
        at += size + _SUM


def _body(message: Mapping[int, bytes], encoding: str, source: Source, draft: Draft) -> str:
    """As plain text, else as a page, else as rich text."""
    properties = _properties(message.get(_MESSAGE, b""))
    text = _text(message.get(_BODY, b""), encoding) or _value(properties, _PLAIN, encoding)
    if not text and _HTML in properties:
        text = to_markdown(_value(properties, _HTML, encoding))
    if not text and _RTF in properties:
        rich = Draft("rtf")
        rtf.extract(replace(source, file=BytesIO(unpacked(properties[_RTF][1]))), rich)
        draft.warn(*rich.warnings)
        text = "".join(rich.parts)
    return text


def _value(properties: _Properties, number: int, encoding: str) -> str:
    kind, data = properties.get(number, (0, b""))
    return data.decode("utf-16-le", "replace").rstrip("\0") if kind == _WIDE else _text(data, encoding)


def _text(data: bytes, encoding: str) -> str:
    return decoded(data.rstrip(b"\0"), encoding)[0] if data else ""


def _properties(data: bytes) -> _Properties:
    """The first value of each property, as far as they are whole."""
    found: dict[int, tuple[int, bytes]] = {}
    file = BytesIO(data)

    def number(size: int = 4) -> int:
        return int.from_bytes(file.read(size), "little")

    def value(size: int) -> bytes:
        return file.read(-(-size // 4) * 4)[:size]

    for _ in range(number()):
        kind, name = number(2), number(2)
        if name & _IS_NAMED:
            file.seek(_IDENTIFIER, 1)
            value(number() if number() else 4)
        several, kind = kind & _SEVERAL, kind & ~_SEVERAL
        for _ in range(number() if several or kind in _ANY_SIZE else 1):
            if file.tell() >= len(data) or (kind not in _ANY_SIZE and kind not in _SIZES):
                return found
            found.setdefault(name, (kind, value(number() if kind in _ANY_SIZE else _SIZES[kind])))
    return found
