"""Outlook messages (msg): properties in the storages of an OLE file (MS-OXMSG)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.parser import HeaderParser
from io import BytesIO

import olefile

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats import rtf
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.mail import add_attachment, decoded, header
from rlm_desktop.documents.formats.rtf_words import CODE_PAGES

_MAX_DEPTH = 4
_PROPERTIES = "__properties_version1.0"
_RECEIVER = "__recip_version1.0_#"
_ATTACHED = "__attach_version1.0_#"
_MESSAGE = "__substg1.0_3701000D"
_SUBJECT, _BODY, _HTML, _RTF, _HEADERS = 0x0037, 0x1000, 0x1013, 0x1009, 0x007D
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_NAME, _ADDRESS, _SMTP, _RECEIVER_KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
_SENT, _RECEIVED = 0x0039, 0x0E06
_FILE_NAME, _SHORT_NAME, _DATA = 0x3707, 0x3704, 0x3701
_PAGE_OF_BODY, _PAGE = 0x3FDE, 0x3FFD
_RECEIVERS = {1: "To", 2: "Cc", 3: "Bcc"}
_ROW = struct.Struct("<HH4xQ")
_HEAD = struct.Struct("<2L4sL")
_COMMON = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the beginning of a packed text may refer to (MS-OXRTFCP)."""
_RING = 4096


def extract(source: Source, draft: Draft) -> None:
    """Headers, body and attachments; messages within, too."""
    source.file.seek(0)
    with olefile.OleFileIO(source.file) as container:
        _add(_Storage(container), source, draft)


class _Storage:
    """The properties of a message, a receiver or an attachment.

    Args:
        container: The file.
        folder: Where it lies.
        paths: Of all that lies in it; each storage within is given its own, for there may be thousands.
    """

    def __init__(
        self,
        container: olefile.OleFileIO,
        folder: tuple[str, ...] = (),
        paths: Sequence[Sequence[str]] | None = None,
    ) -> None:
        self._container = container
        self._folder = folder
        self._streams: set[str] = set()
        self._within: dict[str, list[Sequence[str]]] = {}
        for name, *rest in container.listdir() if paths is None else paths:
            if rest:
                self._within.setdefault(name, []).append(rest)
            else:
                self._streams.add(name)
        self.folders = sorted(self._within)
        self._numbers = self._read_numbers()

    def inner(self, folder: str) -> _Storage:
        """A storage within this one."""
        return _Storage(self._container, (*self._folder, folder), self._within[folder])

    def data(self, number: int, kind: int = 0x0102) -> bytes:
        """The bytes of a property."""
        return self._stream(f"__substg1.0_{number:04X}{kind:04X}")

    def text(self, *numbers: int) -> str:
        """The first of some properties that is there."""
        return next(filter(None, map(self._text, numbers)), "")

    def number(self, number: int) -> int:
        """A whole number; 0 when there is none."""
        return self._numbers.get(number, 0)

    def encoding(self, *pages: int) -> str:
        """By the first of some properties that names a code page; empty when none does."""
        page = next(filter(None, map(self.number, pages)), 0) & 0xFFFFFFFF
        return CODE_PAGES.get(page, f"cp{page}") if page else ""

    def time(self, *numbers: int) -> str:
        """The first of some times that is there."""
        ticks = next(filter(None, map(self.number, numbers)), 0)
        with suppress(OverflowError):
            return f"{datetime(1601, 1, 1) + timedelta(seconds=ticks // 10**7)} UTC" if ticks else ""
        return ""

    def _text(self, number: int) -> str:
        if data := self.data(number, 0x001F):
            return data.decode("utf-16-le", "replace").rstrip("\0")
        data = self.data(number, 0x001E).rstrip(b"\0")
        pages = (_PAGE_OF_BODY, _PAGE) if number in (_BODY, _HTML) else (_PAGE, _PAGE_OF_BODY)
        return decoded(data, self.encoding(*pages))[0] if data else ""

    def _stream(self, name: str) -> bytes:
        if name not in self._streams:
            return b""
        with self._container.openstream([*self._folder, name]) as stream:
            return stream.read()

    def _read_numbers(self) -> dict[int, int]:
        head = 8 if self._folder else 32
        rows = self._stream(_PROPERTIES)[24 if self._folder[-1:] == (_MESSAGE,) else head :]
        whole = len(rows) - len(rows) % _ROW.size
        return {number: value for _, number, value in _ROW.iter_unpack(rows[:whole])}


def _add(message: _Storage, source: Source, draft: Draft, depth: int = 0) -> None:
    subject = " ".join(message.text(_SUBJECT).split())
    draft.mark("message", 1, subject)
    draft.add_heading(2, subject)
    if lines := [f"{name}: {value}" for name, value in _headers(message) if value]:
        draft.add("\n".join(lines) + "\n\n")
    _add_body(message, source, draft)
    attached = [message.inner(folder) for folder in message.folders if folder.startswith(_ATTACHED)]
    for number, attachment in enumerate(attached, 1):
        name = " ".join(attachment.text(_FILE_NAME, _SHORT_NAME, _NAME).split()) or f"attachment {number}"
        if _MESSAGE not in attachment.folders:
            add_attachment(name, attachment.data(_DATA), number, source, draft)
        elif depth >= _MAX_DEPTH:
            draft.warn(f"Attachment {name}: it lies in {depth} other messages.")
        else:
            draft.mark("attachment", number, name)
            draft.add(f"Attachment: {name}\n\n")
            kept = draft.enter("msg", name)
            _add(attachment.inner(_MESSAGE), source, draft, depth + 1)
            draft.leave(kept)


def _headers(message: _Storage) -> Iterator[tuple[str, str]]:
    sent = HeaderParser().parsestr(message.text(_HEADERS))
    name, address = message.text(_SENDER), message.text(_SENDER_SMTP, _SENDER_ADDRESS)
    yield "From", header(sent, "From") or _person(name, address)
    people: dict[str, list[str]] = {}
    for folder in message.folders:
        if folder.startswith(_RECEIVER):
            one = message.inner(folder)
            kind = _RECEIVERS.get(one.number(_RECEIVER_KIND) & 0xF, "To")
            people.setdefault(kind, []).append(_person(one.text(_NAME), one.text(_SMTP, _ADDRESS)))
    for kind in _RECEIVERS.values():
        yield kind, ", ".join(people.get(kind, []))
    yield "Date", message.time(_SENT, _RECEIVED)


def _person(name: str, address: str) -> str:
    if not address or address == name:
        return name
    return f"{name} <{address}>" if name else address


def _add_body(message: _Storage, source: Source, draft: Draft) -> None:
    """As plain text, else as a page, else as rich text: old programs keep the last one only."""
    text = message.text(_BODY)
    if not text and (page := message.data(_HTML)):
        text = to_markdown(decoded(page, message.encoding(_PAGE_OF_BODY, _PAGE))[0])
    if not text and (page := message.text(_HTML)):
        text = to_markdown(page)
    if text:
        draft.add_markdown(text.strip("\n"))
    elif packed := message.data(_RTF):
        rtf.extract(replace(source, file=BytesIO(unpacked(packed))), draft)
    draft.add("\n\n")


def unpacked(data: bytes) -> bytes:
    """A packed rich text (MS-OXRTFCP), as far as it is whole."""
    if len(data) < _HEAD.size:
        return b""
    _, size, mark, _ = _HEAD.unpack_from(data)
    if mark == b"MELA":
        return data[_HEAD.size : _HEAD.size + size]
    text, at = bytearray(_COMMON), _HEAD.size
    while at < len(data):
        kinds = data[at]
        at += 1
        for bit in range(8):
            if not kinds >> bit & 1:
                text += data[at : at + 1]
                at += 1
                continue
            told = int.from_bytes(data[at : at + 2], "big")
            at += 2
            back = (len(text) - (told >> 4)) % _RING
            if not back or back > len(text) or at > len(data):
                return bytes(text[len(_COMMON) :])
            for _ in range((told & 15) + 2):
                text.append(text[-back])
    return bytes(text[len(_COMMON) :])
