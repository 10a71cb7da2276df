"""E-books (EPUB) to Markdown, chapter by chapter in reading order."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from rlm_desktop.documents.document import count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.encoding import NotText, decode
from rlm_desktop.documents.formats.common import Element, Source, Unreadable, XMLError, xml_root
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.limits import UNREAD, read_member
from rlm_desktop.documents.formats.office import part_root

_READABLE = frozenset(
    (
        "application/xhtml+xml",
        "application/html+xml",
        "application/x-dtbook+xml",
        "application/xml",
        "image/svg+xml",
        "text/html",
        "text/x-oeb1-document",
        "text/xml",
    )
)
_PAGES = _READABLE - {"application/xml", "image/svg+xml", "text/xml"}
"""What is read even when the order of the book leaves it out."""


def extract(source: Source, draft: Draft) -> None:
    """The chapters as the book orders them; those that its order leaves out come last."""
    with zipfile.ZipFile(source.file) as archive:
        names = archive.namelist()
        known = {name.lower(): name for name in names} | {name: name for name in names}
        listed = list(dict.fromkeys(_chapters(archive, draft)))
        chapters = [
            known[name] if name in known else known[name.lower()] for name in listed if name.lower() in known
        ]
        if missing := [name for name in listed if name.lower() not in known]:
            draft.warn(f"Chapters that the book lists but does not hold: {', '.join(missing[:5])}.")
        if not chapters:
            raise Unreadable("it is damaged: the book lists no chapters.")
        if locked := _encrypted(archive).intersection(chapters):
            chapters = [name for name in chapters if name not in locked]
            if not chapters:
                raise Unreadable("it is encrypted (digital rights management): only its seller's program reads it.")
            draft.warn(f"{count(len(locked), 'chapter')} encrypted (digital rights management) and not read.")
        for number, name in enumerate(chapters, 1):
            _add_chapter(archive, name, number, draft)
            draft.report(number / len(chapters), f"chapter {number} of {len(chapters)}")


def _add_chapter(archive: zipfile.ZipFile, name: str, number: int, draft: Draft) -> None:
    try:
        found = decode(read_member(archive, archive.getinfo(name)))
    except NotText as error:
        draft.warn(f"{name}: {error}")
        return
    except (*UNREAD, Unreadable):
        draft.warn(f"{name}: it is damaged or encrypted.")
        return
    draft.warn(*(f"{name}: {warning}" for warning in found.warnings))
    start, before = draft.length, len(draft.headings)
    draft.add_markdown(to_markdown(found.text).strip("\n") + "\n\n")
    title = draft.headings[before].title if len(draft.headings) > before else ""
    draft.mark("chapter", number, title, at=start)


def _encrypted(archive: zipfile.ZipFile) -> set[str]:
    """The members that are encrypted: fonts, as in many books, or the chapters."""
    root = part_root(archive, "META-INF/encryption.xml")
    references = () if root is None else root.iter("{*}CipherReference")
    return {posixpath.normpath(unquote(reference.get("URI", ""))) for reference in references}


def _chapters(archive: zipfile.ZipFile, draft: Draft) -> Iterator[str]:
    """Names of the readable members, first those of the spine."""
    package = _package(archive)
    folder = posixpath.dirname(package)
    root = xml_root(archive.read(package))
    items = {item.get("id", ""): item for item in root.iterfind(".//{*}manifest/{*}item")}
    for reference in root.iterfind(".//{*}spine/{*}itemref"):
        first = item = items.get(reference.get("idref", ""))
        for _ in items:  # a chain of them may be a ring
            if item is None or item.get("media-type") in _READABLE:
                break
            item = items.get(item.get("fallback", ""))
        if item is not None:
            yield _name(item, folder)
        elif first is not None:
            draft.warn(f"A part of the book that is no text was not read: {_name(first, folder)}.")
    for item in items.values():
        if item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split():
            yield _name(item, folder)


def _name(item: Element, folder: str) -> str:
    """The member that an item of the book is."""
    return posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").partition("#")[0])))


def _package(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    try:
        container = xml_root(archive.read("META-INF/container.xml"))
        for rootfile in container.iterfind(".//{*}rootfile"):
            if (path := rootfile.get("full-path", "")) in names:
                return path
    except (KeyError, XMLError):
        pass
    if package := next((name for name in names if name.endswith(".opf")), ""):
        return package
    raise Unreadable("it is damaged: the book has no list of its parts.")
