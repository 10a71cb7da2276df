"""What is known of a document beside its text, packed: the history keeps it with the text, and gives it back."""

from __future__ import annotations

import msgspec

from rlm_desktop.documents.document import Document, Heading, estimated_tokens, from_text
from rlm_desktop.documents.places import Mark, Places


class _Facts(msgspec.Struct, array_like=True):
    """Fields are only ever added at the end, with a default: what was kept once is read for ever."""

    size_bytes: int
    encoding: str
    warnings: list[str]
    marks: list[Mark]
    headings: list[tuple[int, str, int]]
    needs_ocr: list[int]
    tokens: int = 0


_decoder = msgspec.msgpack.Decoder(_Facts)


def packed_facts(document: Document) -> bytes:
    """Everything that a document has beside name, kind, text and path."""
    return msgspec.msgpack.encode(
        _Facts(
            document.size_bytes,
            document.encoding,
            list(document.warnings),
            list(document.places),
            [(heading.level, heading.title, heading.start) for heading in document.outline],
            list(document.needs_ocr),
            document.estimated_tokens,
        )
    )


def with_facts(name: str, kind: str, text: str, sha256: str, facts: bytes, *, path: str = "") -> Document:
    """The document again.

    Args:
        name: What it is called now.
        kind: As it was found to be.
        text: As it was: it is not looked at again.
        sha256: Of the text.
        facts: What `packed_facts` gave; a document without them, or with damaged ones, is a bare text.
        path: Where it was read from.
    """
    try:
        known = _decoder.decode(facts)
    except msgspec.MsgspecError:
        size = len(text) if text.isascii() else from_text("", text).size_bytes
        tokens = estimated_tokens(size)
        return Document(name, kind, text, sha256, size, path, encoding="utf-8", estimated_tokens=tokens)
    places = Places(known.marks)
    return Document(
        name,
        kind,
        text,
        sha256,
        known.size_bytes,
        path,
        places.pages,
        known.encoding,
        tuple(known.warnings),
        known.tokens,
        places,
        tuple(Heading(*heading) for heading in known.headings),
        tuple(known.needs_ocr),
    )
