"""What can still be read of damaged containers: zip files without their end, PDFs without their list of pages."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from rlm_desktop.documents.formats.common import repaired_xml

_LOCAL = struct.Struct("<4s5H3L2H")
_MAX_MEMBER = 256 << 20
_MAX_MEMBERS = 20_000
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+(\d{1,5})\s+obj\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_RESOURCES = re.compile(rb"/Resources\s+(\d{1,9})\s+\d+\s+R")
_FONTS = re.compile(rb"/Font\s*(?:(\d{1,9})\s+\d+\s+R|<<(.*?)>>)", re.S)
_REFERENCE = re.compile(rb"(\d{1,9})\s+\d+\s+R\b")
_LETTERS = re.compile(rb"/(?:ToUnicode|Encoding|DescendantFonts)[\s\[]*(\d{1,9})\s+\d+\s+R\b")
_STREAM = re.compile(rb"stream\r?\n")
_MAX_DICTIONARY = 1 << 16


def zip_from_pieces(data: bytes) -> BytesIO | None:
    """A zip file of the members that can be found without the table at the end; None when there are none."""
    result = BytesIO()
    found: set[str] = set()
    with zipfile.ZipFile(result, "w") as archive:
        for name, content in _members(data):
            if name not in found and len(found) < _MAX_MEMBERS:
                found.add(name)
                archive.writestr(name, content)
    result.seek(0)
    return result if found else None


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = data.find(b"PK\x03\x04")
    while 0 <= at <= len(data) - _LOCAL.size:
        _, _, flags, method, _, _, _, packed, _, name_length, extra = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + name_length + extra
        name = data[at + _LOCAL.size : start - extra].decode("utf-8" if flags & 0x800 else "cp437", "replace")
        end = start + packed if packed and not flags & 8 else len(data)
        content = _content(data[start : min(end, len(data))], method)
        if content is not None and not flags & 1 and not name.endswith("/"):
            yield name, content
        at = data.find(b"PK\x03\x04", min(start + packed, len(data)) if packed and not flags & 8 else start)


def _content(packed: bytes, method: int) -> bytes | None:
    if method == zipfile.ZIP_STORED:
        return packed
    if method != zipfile.ZIP_DEFLATED:
        return None
    inflater = zlib.decompressobj(-15)
    try:
        content = inflater.decompress(packed, _MAX_MEMBER)
    except zlib.error:
        return None
    if inflater.eof or not content.lstrip().startswith(b"<"):
        return content
    return repaired_xml(content)


def pdf_with_pages(data: bytes) -> tuple[bytes | None, int]:
    """The PDF with a new list of the pages that can be found in it, and how many of them lack fonts.

    What lies in compressed object streams is written out at the end, then a list of pages and a trailer; PDFium
    finds the objects themselves. Where fonts were cut off, PDFium takes others: right for text in a common
    encoding, wrong letters for text that is numbers of glyphs. Encrypted files are left alone. There is no PDF
    when there are no pages.
    """
    if b"/Encrypt" in data:
        return None, 0
    data = data[: data.rfind(b"endobj") + len(b"endobj")]
    pages: dict[int, bytes] = {}
    bodies: dict[int, bytes] = {}
    added: list[bytes] = []
    for match in _OBJECT.finditer(data):
        number = int(match[1])
        head = data[match.end() : match.end() + _MAX_DICTIONARY].partition(b"endobj")[0]
        stream = _STREAM.search(head)
        dictionary = head[: stream.start()] if stream else head
        bodies[number] = dictionary
        if stream and b"/ObjStm" in dictionary:
            for inner, body in _packed_objects(dictionary, data, match.end() + stream.end()):
                bodies[inner] = body
                added.append(b"%d 0 obj\n%s\nendobj\n" % (inner, body))
                if _PAGE.search(body):
                    pages[inner] = b"%d 0 R" % inner
        elif _PAGE.search(dictionary):
            pages[number] = b"%d %s R" % (number, match[2])
    if not pages:
        return None, 0
    kids = b" ".join(pages.values())
    highest = max(bodies)
    old = data.replace(b"trailer", b"trailex").replace(b"startxref", b"startxrex").replace(b"/XRef", b"/XRex")
    added.append(b"%d 0 obj\n<</Type/Pages/Count %d/Kids[%s]>>\nendobj\n" % (highest + 1, len(pages), kids))
    added.append(b"%d 0 obj\n<</Type/Catalog/Pages %d 0 R>>\nendobj\n" % (highest + 2, highest + 1))
    added.append(b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n0\n%%%%EOF\n" % (highest + 3, highest + 2))
    return old + b"\n" + b"".join(added), sum(not _has_fonts(bodies[page], bodies) for page in pages)


def _has_fonts(page: bytes, bodies: dict[int, bytes]) -> bool:
    """Whether all that says which letters a page's glyphs are is there; also when the page names no fonts."""
    resources = _RESOURCES.search(page)
    holder = bodies.get(int(resources[1])) if resources else page
    fonts = _FONTS.search(holder) if holder is not None else None
    if holder is None or fonts is None:
        return holder is not None
    listed = bodies.get(int(fonts[1])) if fonts[1] else fonts[2]
    if listed is None:
        return False
    found = [bodies.get(int(number)) for number in _REFERENCE.findall(listed)]
    return all(
        font is not None and all(int(number) in bodies for number in _LETTERS.findall(font)) for font in found
    )


def _packed_objects(dictionary: bytes, data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    first = re.search(rb"/First\s+(\d{1,9})", dictionary)
    if first is None or b"FlateDecode" not in dictionary:
        return
    try:
        content = zlib.decompressobj().decompress(data[start:], _MAX_MEMBER)
    except zlib.error:
        return
    numbers = [int(number) for number in re.findall(rb"\d{1,9}", content[: int(first[1])])]
    places = list(zip(numbers[::2], numbers[1::2], strict=False))
    for index, (number, offset) in enumerate(places):
        begin = int(first[1]) + offset
        end = int(first[1]) + places[index + 1][1] if index + 1 < len(places) else len(content)
        yield number, content[begin:end]
