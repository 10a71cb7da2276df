"""Mails, web archives and mailboxes."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from email.feedparser import BytesFeedParser
from email.message import EmailMessage, Message
from email.policy import compat32, default
from typing import Any

from rlm_desktop.documents.document import count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.encoding import NotText, declared, decode
from rlm_desktop.documents.extract import extract_inner
from rlm_desktop.documents.formats.common import Source, Unreadable
from rlm_desktop.documents.formats.html import bare_text, to_markdown

_HEADERS = ("From", "To", "Cc", "Bcc", "Date", "Subject")
_BORDER = re.compile(rb"^From (?=[^\n]*\d\d:\d\d)[^\n]*+\n(?=[!-9;-~]++:|>From )", re.MULTILINE)
"""With a time, and before a header: `From 2019 on ...` in a letter is none. No line is looked at again and again:
one may hold a million times."""
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_MAX_PARTS = 2000
_MOST_PARSED = 3 * _MAX_PARTS
"""With the parts that only hold others."""
_FED = 1 << 16
_OF_PAGE = re.compile(r"image/(?!svg)|font/|text/css|(?:text|application)/(?:x-)?javascript")
_LARGER = 8
_MORE_WORDS = 3
_LONGEST_HEADER = 50_000
"""A longer one is taken as it is: parsing a list of a million receivers takes minutes."""


def extract(source: Source, draft: Draft) -> None:
    """One mail or web archive (mht), or all mails of a mailbox."""
    if draft.kind == "mbox":
        _extract_mailbox(source, draft)
        return
    message = _parsed(source.read().removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n"), draft)
    if draft.kind != "mht":
        draft.mark("message", 1, header(message, "Subject"))
    add_message(message, source, draft)


def _extract_mailbox(source: Source, draft: Draft) -> None:
    """Every mail of a mailbox, in order."""
    data = source.read()
    borders = [match.span() for match in _BORDER.finditer(data) if _begins_mail(data, match.start())]
    if not borders:
        raise Unreadable("it is damaged: it holds no mail.")
    ends = [start for start, _ in borders[1:]] + [len(data)]
    for number, ((_, start), end) in enumerate(zip(borders, ends, strict=True), 1):
        raw = _QUOTED.sub(rb"\1", data[start:end])
        message = _parsed(raw, draft)
        draft.mark("message", number, header(message, "Subject"))
        add_message(message, source, draft)
        draft.add("\n")
        draft.report(number / len(borders), f"mail {number} of {len(borders)}")


def _parsed(data: bytes, draft: Draft) -> Message:
    """A mail up to as many parts as may be read: parsing a hundred thousand takes minutes."""
    made = 0

    def factory(**options: Any) -> EmailMessage:
        nonlocal made
        made += 1
        return EmailMessage(**options)

    parser = BytesFeedParser(factory, policy=default)
    for start in range(0, len(data), _FED):
        parser.feed(data[start : start + _FED])
        if made > _MOST_PARSED:
            _warn_of_parts(draft)
            break
    return parser.close()


def _warn_of_parts(draft: Draft) -> None:
    draft.warn(f"Only the first {count(_MAX_PARTS, 'part')} of a mail were read.")


def _begins_mail(data: bytes, at: int) -> bool:
    """A `From ` line counts at the beginning and after an empty line only."""
    return at == 0 or data[max(0, at - 2) : at] == b"\n\n" or data[max(0, at - 4) : at] == b"\r\n\r\n"


def add_message(message: Message, source: Source, draft: Draft) -> None:
    """Headers, body, then the attachments, each by its own extractor."""
    title = header(message, "Subject")
    if title:
        draft.add_heading(2, title)
    lines = [f"{name}: {value}" for name in _HEADERS if (value := header(message, name))]
    if lines:
        draft.add("\n".join(lines) + "\n\n")
    attachments: list[Message] = []
    for number, part in enumerate(_leaves(message)):
        if number >= _MAX_PARTS:
            _warn_of_parts(draft)
            break
        if _is_of_page(part):
            draft.warn("Pictures, fonts and styles within a page, which hold no text, left out.")
        elif _is_attachment(part):
            attachments.append(part)
        else:
            draft.add_markdown(_body(part, draft).strip("\n") + "\n\n")
    for number, part in enumerate(attachments, 1):
        _add_attachment(part, number, source, draft)


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that hold something, of alternatives the one that is best read as text."""
    kind = message.get_content_type()
    if kind.startswith("message/"):
        yield message
    elif not message.is_multipart():
        if not kind.startswith("multipart/") or _bytes(message).strip():
            yield message
    elif kind == "multipart/alternative":
        yield from _alternatives([part for part in message.get_payload() if isinstance(part, Message)])
    else:
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part)


def _alternatives(parts: Sequence[Message]) -> Iterator[Message]:
    """The plain text, else the page; what is neither, such as an invitation; and the files beside the page."""
    forms = [part for part in parts if _is_form(part)]
    plain = [part for part in forms if part.get_content_type() == "text/plain" and _bytes(part).strip()]
    pages = [part for part in forms if part.is_multipart() or part.get_content_type() == "text/html"]
    with_page = [part for part in pages if _html_of(part) is not None]
    best = next(iter((with_page or pages)[-1:]), None)
    if plain and best is not None and not _is_stand_in(plain, _html_of(best)):
        best = None
    yield from plain
    for part in pages:
        yield from _leaves(part) if part is best else filter(_is_beside, _leaves(part))
    for part in parts:
        if not _is_form(part):
            yield from _leaves(part)


def _is_form(part: Message) -> bool:
    """Whether a part is the text in some form, and nothing beside it."""
    kind = part.get_content_type()
    return not _is_attachment(part) and (part.is_multipart() or kind == "text/plain" or kind.endswith("html"))


def _is_beside(part: Message) -> bool:
    """Whether a part that comes with a page is neither the text in some form nor a picture within the page."""
    is_named = part.get_param("filename", header="content-disposition") is not None
    is_of_page = part.get_content_maintype() == "image" or _is_of_page(part)
    return (is_named or not _is_form(part)) and not is_of_page


def _html_of(part: Message) -> Message | None:
    return next((one for one in part.walk() if one.get_content_type() == "text/html"), None)


def _is_stand_in(plain: Sequence[Message], html: Message | None) -> bool:
    """Whether a plain text only says that there is a page, or where."""
    size = sum(len(str(part.get_payload())) for part in plain)
    if html is None or len(str(html.get_payload())) < _LARGER * size:
        return False
    words = len(bare_text(_bytes(html).decode("latin-1")).split())
    return words > _MORE_WORDS * sum(len(_bytes(part).split()) for part in plain)


def _is_of_page(part: Message) -> bool:
    """Whether a part only serves to show a page."""
    is_shown = "Content-ID" in part or "Content-Location" in part
    is_sent = part.get_content_disposition() == "attachment"
    return is_shown and not is_sent and _OF_PAGE.match(part.get_content_type()) is not None


def _is_attachment(part: Message) -> bool:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return True
    is_text = kind.startswith(("text/", "multipart/")) or kind in (
        "message/delivery-status",
        "message/rfc822-headers",
    )
    return not is_text or kind == "text/rtf" or part.get_content_disposition() == "attachment"


def _bytes(part: Message) -> bytes:
    payload: Any = part.get_payload(decode=True)
    if payload is None:  # message/delivery-status is parsed into parts
        payload = "\n".join(str(inner) for inner in part.get_payload()).encode("utf-8", "replace")
    return payload


def _body(part: Message, draft: Draft) -> str:
    data = _bytes(part)
    text = _text(data, part.get_content_charset() or "", draft)
    return to_markdown(text) if part.get_content_type() == "text/html" else text


def _text(data: bytes, charset: str, draft: Draft) -> str:
    text, warnings = decoded(data, charset)
    draft.warn(*warnings)
    return text


def decoded(data: bytes, charset: str) -> tuple[str, tuple[str, ...]]:
    """A text that says in which encoding it is, perhaps wrongly, and what was replaced."""
    try:
        return data.decode(declared(charset or "utf-8")), ()
    except (LookupError, ValueError):  # no such encoding, or one of Python's own that is not for texts
        pass
    try:
        found = decode(data)
    except NotText:
        found = decode(data, "cp1252")
    return found.text, found.warnings


def _add_attachment(part: Message, number: int, source: Source, draft: Draft) -> None:
    kind = part.get_content_type()
    name = _file_name(part) or (f"attached mail {number}" if kind == "message/rfc822" else f"{kind} part {number}")
    if kind == "message/rfc822":
        inner = next((one for one in part.get_payload() if isinstance(one, Message)), None)
        data = inner.as_bytes(policy=compat32) if inner is not None else b""  # it takes the oddest headers
        name = name if name.endswith(".eml") else f"{name}.eml"
    else:
        data = _bytes(part)
    add_attachment(name, data, number, source, draft)


def add_attachment(name: str, data: bytes, number: int, source: Source, draft: Draft) -> None:
    """Extract an attachment; one that cannot be read is named in a warning."""
    start = draft.length
    draft.mark("attachment", number, name)
    draft.add(f"Attachment: {name}\n\n")
    reason = extract_inner(name, io.BytesIO(data), draft, source) if data else "it is empty."
    if reason:
        draft.drop_if_empty(start)
        draft.warn(f"Attachment {name}: {reason}")
    else:
        draft.add("\n\n")


def header(message: Message, name: str) -> str:
    """A header as a person reads it, on one line; empty when there is none."""
    raw = next((str(value) for own, value in message.raw_items() if own.lower() == name.lower()), "")
    if not raw.isascii():  # bytes as they are, which should have been encoded
        raw = decoded(raw.encode("utf-8", "surrogateescape"), "")[0]
    raw = " ".join(raw.split())  # without its line ends, at which the parser takes offence
    if len(raw) > _LONGEST_HEADER or "=?" not in raw:  # most say what they mean, and parsing them takes a while
        return raw
    try:
        value = str(default.header_factory(name, raw))
    except Exception:  # the standard library's header parser raises many things on malformed headers
        value = raw
    return " ".join(value.split())


def _file_name(part: Message) -> str:
    try:
        return " ".join((part.get_filename() or "").split())
    except Exception:  # as in `header`
        return ""
