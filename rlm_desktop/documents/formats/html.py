"""Web pages to Markdown."""

from __future__ import annotations

import re
from html import unescape

from html_to_markdown import ConversionOptions, PreprocessingOptions, convert

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.text import decoded

_EMBEDDED = re.compile(r"\]\(<?data:[^()>]*>?\)")
_UNSEEN = re.compile(r"<(script|style|template)\b|<!(--)", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,1000}>([^<]{1,1000})</title", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_RAISED = re.compile(r"(<sup(?:\s[^<>]*)?>)([-+−–]?\d[^<>]{0,20}</sup>)", re.IGNORECASE)
"""Raised figures, lest 10⁶ become 106."""
_BOX = re.compile(r"<input\s(?=[^<>]*+>)[^<>]*?\btype=[\"']?checkbox\b[^<>]*+>")
"""A box to be ticked. Whatever the letters' case, it would take ten times as long to find; and did it not look for
the end first, a tag without one would be looked through again and again."""
_XHTML = re.compile(r"<\?xml|www\.w3\.org/1999/xhtml")
_CLOSED = re.compile(r"<(script|style|title|textarea|iframe|noscript|template)\b([^<>]*)/>", re.IGNORECASE)
"""Empty elements of XHTML: in HTML all that follows would be in them, and nothing of it seen."""
_HEAD = 1000
_WORD = re.compile(r"\w+")
_SPACES = re.compile(r"  +")
_OPTIONS = ConversionOptions(
    extract_metadata=False,
    heading_style="atx",
    bullets="-",
    skip_images=False,
    keep_inline_images_in=[],
    autolinks=True,
    max_depth=2000,
    # Menus are text of the page too; the person asked for all of it.
    preprocessing=PreprocessingOptions(enabled=False, remove_navigation=False, remove_forms=False),
)


def extract(source: Source, draft: Draft) -> None:
    """A web page."""
    page = decoded(source, draft)
    text = to_markdown(page)
    title = _TITLE.search(page)
    name = " ".join(unescape(title[1]).split()) if title else ""
    if name and name not in text:
        draft.add(f"Title: {name}\n\n")
    draft.add_markdown(text)


def to_markdown(html: str) -> str:
    """Headings, lists, tables, links and emphasis as Markdown; scripts, styles and embedded pictures left out."""
    html = _RAISED.sub(r"\1^\2", html.replace("\0", "␀"))
    html = _BOX.sub(_box, html)
    if _XHTML.search(html, 0, _HEAD):
        html = _CLOSED.sub(r"<\1\2></\1>", html)
    converted = convert(html, _OPTIONS)
    text = converted.content or ""
    text = _EMBEDDED.sub("]()", text).replace("](<>)", "]()")
    if not text.strip() or converted.warnings:
        # Pages nested beyond the parser's limit lose what lies deepest: their bare text is better than nothing.
        bare = bare_text(_TITLE.sub("", html))
        unread = set(_WORD.findall(bare)).difference(_WORD.findall(text))
        return bare if any(word not in text for word in unread) else text
    return text


def _box(tag: re.Match[str]) -> str:
    if tag.string.endswith("<li>", 0, tag.start()):
        return tag[0]  # the library knows boxes in lists
    return "☒ " if "checked" in tag[0] else "☐ "


def bare_text(html: str) -> str:
    """The words of a page without any structure."""
    return _SPACES.sub(" ", unescape(_TAGS.sub(" ", _seen(html))))


def _seen(html: str) -> str:
    """A page without scripts, styles, templates and comments."""
    ends = {kind: re.compile(rf"</{kind}\s*+>", re.IGNORECASE) for kind in ("script", "style", "template")}
    ends["--"] = re.compile("-->")
    parts: list[str] = []
    at = shown = 0
    while start := _UNSEEN.search(html, at):
        at = start.end()
        kind = start[start.lastindex or 0].lower()
        # One that is nowhere closed is not looked for again: thousands of them would take for ever.
        if kind in ends and (end := ends[kind].search(html, at)):
            parts.append(html[shown : start.start()])
            at = shown = end.end()
        else:
            ends.pop(kind, None)
    return " ".join([*parts, html[shown:]])
