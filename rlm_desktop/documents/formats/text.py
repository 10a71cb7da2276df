"""Texts: decode, list the headings of Markdown, take form feeds for page ends."""

from __future__ import annotations

import io
import mmap

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.encoding import (
    LARGE,
    Buffer,
    Counting,
    NotText,
    binary_name,
    decode,
    encoding_of,
)
from rlm_desktop.documents.formats.common import Source, Undecoded, Unreadable
from rlm_desktop.documents.kinds import HEAD

_PIECE = 1 << 20


def extract(source: Source, draft: Draft) -> None:
    """A text in any encoding."""
    if source.file.seek(0, io.SEEK_END) > LARGE:
        _extract_large(source, draft)
        return
    text = decoded(source, draft)
    if draft.kind == "markdown":
        draft.add_markdown(text)
        return
    pages = text.split("\f")
    if len(pages) < 2:
        draft.add(text)
        return
    for number, page in enumerate(pages, 1):
        draft.mark("page", number)
        draft.add(page + "\f" if number < len(pages) else page)


def _extract_large(source: Source, draft: Draft) -> None:
    """By pieces, so that this process never holds more than the text itself."""
    data = _mapped(source)
    counting = _counting(data, source)
    for number, piece in enumerate(counting.pieces(data)):
        draft.add(piece, is_decoded=True)
        draft.report(min(1.0, number * _PIECE / len(data)), "")
    draft.encoding = counting.encoding
    draft.warn(*counting.warnings)


def encoding_of_large(source: Source) -> str:
    """The encoding of a text of more than `LARGE` bytes, as far as samples tell.

    Raises:
        Undecoded: None could be told.
    """
    return _counting(_mapped(source), source).codec


def _counting(data: Buffer, source: Source) -> Counting:
    try:
        return Counting(encoding_of(data, source.encoding))
    except (NotText, LookupError) as error:
        raise _undecoded(error, data, source) from None


def _mapped(source: Source) -> Buffer:
    try:
        return mmap.mmap(source.file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # a member of an archive has no file of its own
        return source.read()


def decoded(source: Source, draft: Draft) -> str:
    """The text of a source; the draft learns the encoding and what was replaced."""
    data = source.read()
    try:
        found = decode(data, source.encoding)
    except (NotText, LookupError) as error:
        raise _undecoded(error, data, source) from None
    draft.encoding = found.encoding
    draft.warn(*found.warnings)
    return found.text


def _undecoded(error: NotText | LookupError, data: Buffer, source: Source) -> Unreadable:
    """What to say of bytes that are no text: of a picture that is all, anything else may be decoded otherwise."""
    if not isinstance(error, NotText):
        return Undecoded(f"there is no encoding named “{source.encoding}”.")
    return Unreadable(str(error)) if binary_name(data[:HEAD]) else Undecoded(str(error))
