"""OpenDocument texts and presentations to Markdown, through HTML."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from html import escape

from rlm_desktop.documents.document import count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import (
    Element,
    Locked,
    Source,
    Unreadable,
    raised_text,
    split_tag,
    xml_root,
)
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.office import part_root

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
}
_PREFIXES = {uri: prefix for prefix, uri in _NAMES.items()}
_LEFT_OUT = {
    "text:tracked-changes",
    "text:sequence-decls",
    "office:forms",
    "text:variable-decls",
    "draw:glue-point",
    "office:binary-data",
}
_TAGS = {"text:p": "p", "text:list": "ul", "text:list-item": "li", "table:table-row": "tr"}
_OBJECT = f"{{{_NAMES['draw']}}}object"
_LINKED = ("http:", "https:", "mailto:")
_HREF = "{http://www.w3.org/1999/xlink}href"
_MOST_REPEATS = 1000


def extract(source: Source, draft: Draft) -> None:
    """Headings, lists, tables, footnotes and comments; a presentation slide by slide, with its notes."""
    body, margins = _body(source, draft)
    if deleted := len(body.findall("./*/text:tracked-changes//text:deletion", _NAMES)):
        draft.warn(f"{count(deleted, 'passage')} that its author deleted, with the changes tracked, left out.")
    pages = body.findall("./*/draw:page", _NAMES)
    if not pages:
        draft.add_markdown(to_markdown("".join(_inner(body))))
        for name, text in dict.fromkeys(margins):
            draft.add(f"\n{name}: {text}\n")
        return
    for number, page in enumerate(pages, 1):
        title = page.find("draw:frame[@presentation:class='title']", _NAMES)
        name = (_plain(title) if title is not None else "") or page.get(f"{{{_NAMES['draw']}}}name", "")
        draft.mark("slide", number, name)
        draft.add_heading(2, name or f"Slide {number}")
        notes = page.find("presentation:notes", _NAMES)
        content = _all(child for child in page if child not in (notes, title))
        draft.add_markdown(to_markdown("".join(content)) + "\n")
        if notes is not None and (text := to_markdown("".join(_inner(notes))).strip()):
            draft.add(f"Notes: {text}\n\n")
        draft.report(number / len(pages), f"slide {number} of {len(pages)}")


def _body(source: Source, draft: Draft) -> tuple[Element, list[tuple[str, str]]]:
    """What is in the file, and its headers and footers."""

    def say_damaged() -> None:
        draft.warn("It is damaged: a part of it could not be read.")

    if not zipfile.is_zipfile(source.file):
        root = xml_root(source.read(), say_damaged)
        margins = list(_margins(root))
        for holder in list(root.iter(_OBJECT)):
            _show_object(holder, next(iter(holder), None))
    else:
        with zipfile.ZipFile(source.file) as archive:
            names = archive.namelist()
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise Locked("it is encrypted, in a way that only an office program can open: save it without.")
            if any(name.startswith(("Basic/", "Scripts/")) for name in names):
                draft.warn("It holds macros, which were not read.")
            root = xml_root(archive.read("content.xml"), say_damaged)
            margins = (
                list(_margins(xml_root(archive.read("styles.xml"), say_damaged))) if "styles.xml" in names else []
            )
            for holder in list(root.iter(_OBJECT)):
                name = posixpath.normpath(holder.get(_HREF, "").removeprefix("./"))
                _show_object(holder, part_root(archive, f"{name}/content.xml", draft))
    _mark_raised(root)
    body = root.find(".//office:body", _NAMES)
    if body is None:
        raise Unreadable("it is damaged: it has no content.")
    return body, margins


def _margins(root: Element) -> Iterator[tuple[str, str]]:
    for name in ("Header", "Footer"):
        for ending in ("", "-left", "-first"):
            for margin in root.iter(f"{{{_NAMES['style']}}}{name.lower()}{ending}"):
                if text := " / ".join(filter(None, map(_plain, margin))):
                    yield name, text


def _show_object(holder: Element, inner: Element | None) -> None:
    """Put a formula or a chart, which is a document of its own, where it is shown."""
    if inner is None:
        return
    holder[:] = inner.findall("office:body/*", _NAMES)
    if split_tag(inner)[1] == "math":
        written = next(inner.iter("{*}annotation"), inner)
        holder.text = f"${' '.join(' '.join(written.itertext()).split())}$"


def _mark_raised(root: Element) -> None:
    """Write figures that are raised as such."""
    styles = root.iterfind(".//style:style", _NAMES)
    position = f"{{{_NAMES['style']}}}text-position"
    raised = {
        style.get(f"{{{_NAMES['style']}}}name")
        for style in styles
        if any((one.get(position) or "").startswith("super") for one in style)
    }
    for span in root.iter(f"{{{_NAMES['text']}}}span") if raised else ():
        if span.get(f"{{{_NAMES['text']}}}style-name") in raised and span.text:
            span.text = raised_text(span.text)


def _name(element: Element) -> str:
    space, name = split_tag(element)
    return f"{_PREFIXES.get(space, '?')}:{name}"


def _inner(element: Element) -> Iterator[str]:
    """What lies in an element as HTML."""
    if element.text:
        yield escape(element.text)
    yield from _all(element)


def _all(elements: Iterable[Element]) -> Iterator[str]:
    """Elements, and the text after each, as HTML."""
    for element in elements:
        yield from _html(element)
        if element.tail and element.tail.strip():
            yield escape(element.tail)
        elif element.tail:
            yield " "


def _html(element: Element) -> Iterator[str]:
    name = _name(element)
    if name in _LEFT_OUT or name.endswith("-source"):  # of an index: patterns of its lines
        return
    if tag := _TAGS.get(name):
        yield f"<{tag}>"
        yield from _inner(element)
        yield f"</{tag}>"
    elif name == "text:h":
        level = min(6, max(1, _number(element, "text", "outline-level")))
        yield f"<h{level}>"
        yield from _inner(element)
        yield f"</h{level}>"
    elif name == "text:s":
        yield "\N{NO-BREAK SPACE}" if _number(element, "text", "c") > 1 else " "
    elif name in ("text:tab", "text:line-break"):
        yield "<br/>" if name == "text:line-break" else " "
    elif name == "text:note":
        body = element.find("text:note-body", _NAMES)
        yield f" (note: {escape(_plain(body))})" if body is not None else ""
    elif name == "text:ruby-text":
        yield f" ({escape(_plain(element))})"
    elif name == "text:a" and element.get(_HREF, "").startswith(_LINKED):
        yield f'<a href="{escape(element.get(_HREF))}">'
        yield from _inner(element)
        yield "</a>"
    elif name in ("svg:title", "svg:desc"):
        yield f'<img alt="{escape(_plain(element))}"/>'
    elif name == "office:annotation":
        yield f" (comment: {escape(_plain(element))})"
    elif name == "table:table":
        yield "<table>"
        yield from _inner(element)
        yield "</table>"
    elif name in ("table:table-cell", "table:covered-table-cell"):
        cell = "<td>" + "".join(_inner(element)) + "</td>"
        repeats = _number(element, "table", "number-columns-repeated")
        yield cell * min(repeats, _MOST_REPEATS if cell != "<td></td>" else 1)
    else:
        yield from _inner(element)


def _plain(element: Element) -> str:
    """The text of an element on one line, that of its paragraphs separated by spaces."""
    return " ".join(" ".join(str(text) for text in element.itertext()).split())


def _number(element: Element, prefix: str, attribute: str) -> int:
    value = element.get(f"{{{_NAMES[prefix]}}}{attribute}", "1")
    return int(value) if value.isdigit() and len(value) < 7 else 1
