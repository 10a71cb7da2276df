"""PDF through PDFium."""

from __future__ import annotations

import ctypes
import io
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from rlm_desktop.documents.document import Heading, count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Locked, Source, Unreadable
from rlm_desktop.documents.formats.mail import add_attachment
from rlm_desktop.documents.formats.salvage import pdf_with_pages

_MAX_HEADINGS = 20_000
_MAX_ANNOTATIONS = 5_000
_MAX_ATTACHMENTS = 200
_MAX_STRING = 1 << 20
_SMALL = 64 << 20
_DOTS_PER_POINT = 300 / 72
_MAX_PIXELS = 40_000_000
_HYPHEN = "\ufffe"
_LAST = re.compile(r"(?:.*\W)?(\w+)\Z", re.DOTALL)
_FIRST = re.compile(r"\w+")
_NO_LETTERS = re.compile(r"[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]+")
_LEADS_OF_NO_LETTERS = (b"\xee", b"\xef", b"\xf3", b"\xf4")
"""First bytes of these in UTF-8: to look for them takes a thirtieth of the time."""
_INNER = re.compile(r"-(?<=\w-)(?=\w)")
_FEW_WORDS = 64


def extract(source: Source, draft: Draft) -> None:
    """All pages, each ended by a blank line and followed by its comments; the bookmarks as outline."""
    document = _open(source, draft)
    try:
        if document.get_formtype() == raw.FORMTYPE_XFA_FULL:
            draft.warn("It is a form (XFA) that only programs of Adobe show: what is in its fields was not read.")
        total = len(document)
        pages: list[str | None] = []
        for number in range(1, total + 1):
            pages.append(_page(document, number, draft))
            draft.report(number / total, f"page {number} of {total}")
        before = len(draft.marks)  # of the files around it
        _add_pages(pages, draft)
        draft.headings.extend(_outline(document, [mark.start for mark in draft.marks[before:]]))
        _add_attachments(document, source, draft)
    finally:
        document.close()


def _add_pages(pages: list[str | None], draft: Draft) -> None:
    total = len(pages)
    texts = _without_hyphens([page or "" for page in pages])
    for number, text in enumerate(texts, 1):
        draft.mark("page", number)
        draft.add(text + "\n\n")
    if failed := [number for number, page in enumerate(pages, 1) if page is None]:
        draft.warn(f"{count(len(failed), 'page')} of {total} could not be read: {_ranges(failed)}.")
    garbled = [number for number, text in enumerate(texts, 1) if _is_garbled(text)]
    if draft.needs_ocr:
        without = f"{count(len(draft.needs_ocr), 'page')} of {total} without a text layer (scanned or drawn)"
        draft.warn(f"{without}: {_ranges(draft.needs_ocr)}.")
    if garbled:
        unnamed = f"{count(len(garbled), 'page')} of {total} with letters that their fonts do not name"
        draft.warn(f"{unnamed}: {_ranges(garbled)}.")
        draft.needs_ocr = sorted({*draft.needs_ocr, *garbled})


def _is_garbled(text: str) -> bool:
    """Whether a third of the letters are none: the fonts of a page do not say which its glyphs are."""
    data = text.encode(errors="ignore")
    if not any(lead in data for lead in _LEADS_OF_NO_LETTERS):
        return False
    return 3 * sum(map(len, _NO_LETTERS.findall(text))) > len(text) - text.count(" ")


def _add_attachments(document: pdfium.PdfDocument, source: Source, draft: Draft) -> None:
    """Files that lie within the PDF, each by its own extractor."""
    for number in range(1, min(document.count_attachments(), _MAX_ATTACHMENTS) + 1):
        attachment = document.get_attachment(number - 1)
        name = f"attachment {number}"
        try:
            name = attachment.get_name() or name
            data = bytes(attachment.get_data())
        except (pdfium.PdfiumError, UnicodeDecodeError):
            draft.warn(f"Attachment {name}: it is damaged.")
            continue
        add_attachment(name, data, number, source, draft)


def _open(source: Source, draft: Draft) -> pdfium.PdfDocument:
    is_small = source.file.seek(0, io.SEEK_END) <= _SMALL
    source.file.seek(0)
    try:
        # PDFium asks a file for many small pieces: from the memory they come a twentieth faster.
        document = _document(source.file.read() if is_small else source.file, source.password)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Locked(
                "the password is wrong." if source.password else "it is encrypted: it needs a password."
            ) from None
        document = _salvaged(source.read(), draft)
    if not len(document):
        raise Unreadable("it is a PDF without pages.")
    return document


def _document(file: BinaryIO | bytes, password: str = "") -> pdfium.PdfDocument:
    return pdfium.PdfDocument(file, password=password or None)


def _salvaged(data: bytes, draft: Draft) -> pdfium.PdfDocument:
    is_cut_off = b"%%EOF" not in data[-2048:]
    mended, fontless = pdf_with_pages(data)
    try:
        document = _document(mended) if mended else None
    except pdfium.PdfiumError:
        document = None
    if document is None:
        why = "it is cut off: the end of the file, which lists its pages, is missing."
        raise Unreadable(why if is_cut_off else "it is damaged: its pages cannot be found.")
    draft.warn(f"It is damaged: the list of its pages is missing. {count(len(document), 'page')} could be found.")
    if fontless:
        draft.warn(f"Fonts of {count(fontless, 'page')} are missing: letters there may be wrong.")
    return document


def _page(document: pdfium.PdfDocument, number: int, draft: Draft) -> str | None:
    """The text of a page; None when it cannot be read."""
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return None
    try:
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        text_page.close()
        if not text.strip() and next(page.get_objects(max_depth=3), None) is not None:
            draft.needs_ocr.append(number)
        notes = "\n".join(_annotations(page))
        return f"{text}\n\n{notes}" if notes else text
    except pdfium.PdfiumError:
        return None
    finally:
        page.close()


def _annotations(page: pdfium.PdfPage) -> Iterator[str]:
    """Comments and the values of form fields; neither is part of the page's text."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == raw.FPDF_ANNOT_WIDGET:
            if value := _string(annotation, b"V"):
                yield f"Field {_string(annotation, b'T') or '?'}: {value}"
        elif kind not in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP) and (text := _string(annotation, b"Contents")):
            yield f"Comment: {text}"
        raw.FPDFPage_CloseAnnot(annotation)


def _string(annotation: Any, key: bytes) -> str:
    size = min(raw.FPDFAnnot_GetStringValue(annotation, key, None, 0), _MAX_STRING)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return " ".join(buffer.raw[: size - 2].decode("utf-16-le", "replace").split())


def _without_hyphens(pages: list[str]) -> list[str]:
    """Join words that were divided at the end of a line; PDFium marks the place with U+FFFE.

    Whether the hyphen belongs to the word (`non-free`) or not (`dis-tribution`) is told by how the document writes
    it elsewhere; a word that occurs nowhere else is joined without it.
    """
    if not any(_HYPHEN in page for page in pages):
        return pages
    hyphened = {word.lower() for page in pages for word in _hyphened(page)}
    plain = _Words("\n".join(pages).lower())
    return [_joined(page.split(_HYPHEN), hyphened, plain) for page in pages]


def _hyphened(page: str) -> Iterator[str]:
    """What stands around each hyphen within a word."""
    for hyphen in _INNER.finditer(page):
        first, second = (
            _LAST.match(page, max(0, hyphen.start() - 60), hyphen.start()),
            _FIRST.match(page, hyphen.end()),
        )
        if first and second:
            yield f"{first[1]}-{second[0]}"


class _Words:
    """Tells whether a word occurs in a text. A few are looked for; for more a list of all words is made."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._asked = 0
        self._all: frozenset[str] = frozenset()

    def __contains__(self, word: str) -> bool:
        self._asked += 1
        if self._asked <= _FEW_WORDS:
            return self._is_found(word)
        self._all = self._all or frozenset(_FIRST.findall(self._text))
        return word in self._all

    def _is_found(self, word: str) -> bool:
        text, at = self._text, self._text.find(word)
        while at >= 0:
            match = _FIRST.match(text, at)
            if match and match[0] == word and not (at and _FIRST.match(text, at - 1)):
                return True
            at = text.find(word, at + 1)
        return False


def _joined(pieces: list[str], hyphened: set[str], plain: _Words) -> str:
    text = [pieces[0]]
    for before, after in pairwise(pieces):
        after = after.removeprefix("\r\n")
        first, second = _LAST.match(before[-60:]), _FIRST.match(after)
        if first and second:
            whole, parted = (first[1] + second[0]).lower(), f"{first[1]}-{second[0]}".lower()
            text.append("-" if parted in hyphened and whole not in plain else "")
        text.append(after)
    return "".join(text)


def drawn(source: Source, numbers: list[int]) -> Iterator[tuple[int, bytes]]:
    """Pages as grey pictures, for reading by OCR; pages that cannot be drawn are left out."""
    document = _open(source, Draft("pdf"))
    try:
        for number in numbers:
            try:
                page = document[number - 1]
                scale = min(
                    _DOTS_PER_POINT, math.sqrt(_MAX_PIXELS / max(1.0, page.get_width() * page.get_height()))
                )
                bitmap = page.render(scale=scale, grayscale=True)  # pyright: ignore[reportArgumentType]
            except pdfium.PdfiumError:
                continue
            pixels, width, stride = bytes(bitmap.buffer), bitmap.width, bitmap.stride
            rows = b"".join(pixels[row * stride : row * stride + width] for row in range(bitmap.height))
            yield number, b"P5 %d %d 255\n" % (width, bitmap.height) + rows
            bitmap.close()
            page.close()
    finally:
        document.close()


def _outline(document: pdfium.PdfDocument, starts: Sequence[int]) -> Iterator[Heading]:
    """The bookmarks; `starts` are where the pages begin."""
    for index, bookmark in enumerate(document.get_toc(max_depth=15)):
        if index >= _MAX_HEADINGS:
            return
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is None or not 0 <= page < len(starts):
            continue
        with suppress(UnicodeDecodeError):  # half of a sign, where a program cut its title off
            yield Heading(bookmark.level + 1, " ".join(bookmark.get_title().split()), starts[page])


def _ranges(numbers: list[int]) -> str:
    """`1-3, 7, 9-12`, at most ten ranges of it."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:10]]
    return ", ".join(shown) + (" and more" if len(ranges) > 10 else "")
