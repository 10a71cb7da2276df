"""What the application and an extraction process say to each other: msgpack frames, no pickles."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from rlm_desktop.documents.places import Mark


class Job(Struct, tag=True, array_like=True):
    """Read a file. Its open handle follows the frame.

    Attributes:
        name: As the person knows it; the ending tells the kind of a text.
        kind: As `kinds.kind_of` found it.
        password: Empty when none was given.
        encoding: Chosen by the person; empty to detect it.
        seconds: When this time is over the process ends itself.
        draw: Pages to draw; then nothing is extracted.
        asks_encoding: Of a large text, which is decoded elsewhere; then nothing is extracted.
        is_careful: A process has died of the file already.
    """

    name: str
    kind: str
    password: str
    encoding: str
    seconds: int
    draw: list[int] = []
    asks_encoding: bool = False
    is_careful: bool = False


class Ready(Struct, tag=True, array_like=True):
    """The process has started.

    Attributes:
        layers: What confines it.
    """

    layers: list[str]


class Progress(Struct, tag=True, array_like=True):
    """A share of the job is done."""

    share: float
    note: str


class Begin(Struct, tag=True, array_like=True):
    """The text comes now.

    Attributes:
        characters: Its length.
    """

    characters: int


class Picture(Struct, tag=True, array_like=True):
    """A page, drawn in grey.

    Attributes:
        pnm: The picture as a portable greymap.
    """

    page: int
    pnm: bytes


class Text(Struct, tag=True, array_like=True):
    """The next piece of the text."""

    piece: str


class Done(Struct, tag=True, array_like=True):
    """All of the text was sent.

    Attributes:
        marks: Where places begin.
        headings: Level, title and start of each heading.
        retires: The process has grown large and ends itself now.
    """

    kind: str
    encoding: str
    warnings: list[str]
    marks: list[Mark]
    headings: list[tuple[int, str, int]]
    needs_ocr: list[int]
    retires: bool


class Failed(Struct, tag=True, array_like=True):
    """The file cannot be read.

    Attributes:
        reason: A sentence for the person.
        wants_password: A password would help.
        wants_encoding: An encoding that the person chooses might help.
        retires: The process ends itself now.
    """

    reason: str
    wants_password: bool = False
    wants_encoding: bool = False
    retires: bool = False


Reply = Ready | Progress | Picture | Begin | Text | Done | Failed

encode = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job).decode
decode_reply = msgspec.msgpack.Decoder(Reply).decode
