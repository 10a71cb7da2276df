"""Texts: decode, list the headings of Markdown, take form feeds for page ends."""

from __future__ import annotations

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.encoding import NotText, decode
from rlm_desktop.documents.formats.common import Source, Unreadable


def extract(source: Source, draft: Draft) -> None:
    """A text in any encoding."""
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


def decoded(source: Source, draft: Draft) -> str:
    """The text of a source; the draft learns the encoding and what was replaced."""
    try:
        found = decode(source.read(), source.encoding)
    except NotText as error:
        raise Unreadable(str(error)) from None
    except LookupError:
        raise Unreadable(f"there is no encoding named “{source.encoding}”.") from None
    draft.encoding = found.encoding
    draft.warn(*found.warnings)
    return found.text
