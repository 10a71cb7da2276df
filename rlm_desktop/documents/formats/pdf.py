"""PDF through PDFium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from rlm_desktop.documents.document import Heading, count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Locked, Source, Unreadable
from rlm_desktop.documents.formats.salvage import pdf_with_pages

_MAX_HEADINGS = 20_000


def extract(source: Source, draft: Draft) -> None:
    """All pages, each ended by a blank line, with the bookmarks as outline."""
    document = _open(source, draft)
    try:
        total = len(document)
        failed: list[int] = []
        for number in range(1, total + 1):
            draft.mark("page", number)
            _add_page(document, number, draft, failed)
            draft.report(number / total, f"page {number} of {total}")
        if failed:
            draft.warn(f"{count(len(failed), 'page')} of {total} could not be read: {_ranges(failed)}.")
        if draft.needs_ocr:
            draft.warn(
                f"{count(len(draft.needs_ocr), 'page')} of {total} without a text layer (scanned or drawn):"
                f" {_ranges(draft.needs_ocr)}."
            )
        draft.headings.extend(_outline(document, draft))
    finally:
        document.close()


def _open(source: Source, draft: Draft) -> pdfium.PdfDocument:
    source.file.seek(0)
    try:
        document = _document(source.file, source.password)
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
    document = pdfium.PdfDocument(file, password=password or None)
    document.init_forms()
    return document


def _salvaged(data: bytes, draft: Draft) -> pdfium.PdfDocument:
    is_cut_off = b"%%EOF" not in data[-2048:]
    try:
        mended = pdf_with_pages(data)
        document = _document(mended) if mended else None
    except pdfium.PdfiumError:
        document = None
    if document is None:
        why = "it is cut off: the end of the file, which lists its pages, is missing."
        raise Unreadable(why if is_cut_off else "it is damaged: its pages cannot be found.")
    draft.warn(f"It is damaged: the list of its pages is missing. {count(len(document), 'page')} could be found.")
    return document


def _add_page(document: pdfium.PdfDocument, number: int, draft: Draft, failed: list[int]) -> None:
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        failed.append(number)
        return
    try:
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        text_page.close()
        if not text.strip() and next(page.get_objects(max_depth=3), None) is not None:
            draft.needs_ocr.append(number)
    except pdfium.PdfiumError:
        failed.append(number)
        return
    finally:
        page.close()
    # PDFium writes U+FFFE where a word is hyphenated at the end of a line.
    draft.add(text.replace("\ufffe\r\n", "").replace("\ufffe", "") + "\n\n")


def _outline(document: pdfium.PdfDocument, draft: Draft) -> Iterator[Heading]:
    starts = [mark.start for mark in draft.marks]
    for index, bookmark in enumerate(document.get_toc(max_depth=15)):
        if index >= _MAX_HEADINGS:
            return
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is None or not 0 <= page < len(starts):
            continue
        title = " ".join(bookmark.get_title().split())
        yield Heading(bookmark.level + 1, title, starts[page])


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
