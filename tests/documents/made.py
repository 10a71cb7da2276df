"""Small files of many formats, made without the libraries that read them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def zipped(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zip_of(
    *members: tuple[bytes, bytes],
    flags: int = 0,
    system: int = 0,
    method: int = 0,
    size: int = 0,
    extra: bytes = b"",
) -> bytes:
    """A zip file as odd programs write it: names and packed data as they are.

    Args:
        size: Of each member when it is unpacked, if that is another than when it is packed.
    """
    body, central = bytearray(), bytearray()
    for name, data in members:
        sizes = struct.pack("<3L", 0 if method else zlib.crc32(data), len(data), size or len(data))
        about = struct.pack("<4H", flags, method, 0, 33) + sizes + struct.pack("<2H", len(name), len(extra))
        central += (
            struct.pack("<4sBBH", b"PK\1\2", 20, system, 20) + about + struct.pack("<3H2L", 0, 0, 0, 0, len(body))
        )
        central += name + extra
        body += struct.pack("<4sH", b"PK\3\4", 20) + about + name + extra + data
    count = len(members)
    return bytes(body + central) + struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(central), len(body), 0
    )


def types(**parts: str) -> str:
    paths = {name.replace("__", "/"): kind for name, kind in parts.items()}
    overrides = "".join(f'<Override PartName="/{path}.xml" ContentType="{kind}"/>' for path, kind in paths.items())
    return (
        f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def relations(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{R}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def docx(
    body: str = "", extra: Mapping[str, bytes | str] | None = None, related: Sequence[tuple[str, str]] = ()
) -> bytes:
    """A Word document with further parts; `related` says of which kinds those are that belong to its text."""

    def paragraph(text: str, style: str = "", inner: str = "") -> str:
        mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f"<w:p>{mark}<w:r><w:t>{text}</w:t></w:r>{inner}</w:p>"

    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    comment = '<w:r><w:commentReference w:id="0"/></w:r>'
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    row = f"<w:tr>{cell}{cell}</w:tr>"
    body = body or (
        paragraph("Annual report", "Heading1")
        + paragraph("Sales grew", "", note)
        + paragraph("Costs fell", "", comment)
        + f"<w:tbl>{row.format('Region', 'Sales')}{row.format('Europe', '42')}</w:tbl>"
    )
    styles = '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    return zipped(
        {
            "[Content_Types].xml": types(
                word__document=f"{WORD}.document.main+xml",
                word__styles=f"{WORD}.styles+xml",
                word__footnotes=f"{WORD}.footnotes+xml",
                word__comments=f"{WORD}.comments+xml",
            ),
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(
                ("styles", "styles.xml"), ("footnotes", "footnotes.xml"), ("comments", "comments.xml"), *related
            ),
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
            "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:id="2">{paragraph("By volume, not value.")}'
            "</w:footnote></w:footnotes>",
            "word/comments.xml": f'<w:comments {W}><w:comment w:id="0" w:author="Ann" w:initials="A">'
            f"{paragraph('Check this.')}</w:comment></w:comments>",
            **(extra or {}),
        }
    )


def xlsx(extra: Mapping[str, bytes | str] | None = None, rows: int = 0) -> bytes:
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cell = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'

    def sheet(rows: str) -> str:
        return f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>"

    return zipped(
        {
            "[Content_Types].xml": types(
                xl__workbook=f"{SHEET}.sheet.main+xml",
                xl__worksheets__sheet1=f"{SHEET}.worksheet+xml",
                xl__worksheets__sheet2=f"{SHEET}.worksheet+xml",
                xl__comments1=f"{SHEET}.comments+xml",
            ),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")
            ),
            "xl/workbook.xml": f'<workbook {main} xmlns:r="{R}"><sheets>'
            '<sheet name="Sales" sheetId="1" r:id="rId1"/>'
            '<sheet name="Notes" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": sheet(
                f'<row r="1">{cell.format("A1", "Region, all")}{cell.format("B1", "Sum")}</row>'
                f'<row r="2">{cell.format("A2", "Europe")}<c r="B2"><v>42</v></c></row>'
                + "".join(
                    f'<row r="{row}">{cell.format(f"A{row}", f"Place {row}")}<c r="B{row}"><v>{row}.5</v></c></row>'
                    for row in range(3, 3 + rows)
                )
            ),
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("comments", "../comments1.xml")),
            "xl/comments1.xml": f"<comments {main}><authors><author>Ann</author></authors><commentList>"
            '<comment ref="B2" authorId="0"><text><r><t>provisional</t></r></text></comment>'
            "</commentList></comments>",
            "xl/worksheets/sheet2.xml": sheet(f'<row r="1">{cell.format("A1", "inner notes")}</row>'),
            **(extra or {}),
        }
    )


def record(number: int, data: bytes = b"") -> bytes:
    """A record of an xlsb, of less than 128 bytes."""
    return bytes([number] if number < 128 else [number & 127 | 128, number >> 7]) + bytes([len(data)]) + data


def xlsb(cells: Mapping[tuple[int, int], int]) -> bytes:
    """A workbook in binary form with one sheet of whole numbers by row and column, in order of rows."""

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    rows = b"".join(
        record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0))
        + record(2, struct.pack("<III", column, 0, number << 2 | 2))
        for (row, column), number in cells.items()
    )
    sheet = record(129) + record(148, bytes(16)) + record(145) + rows + record(146) + record(130)
    named = record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Far"))
    return zipped(
        {
            "[Content_Types].xml": types(),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
            "xl/_rels/workbook.bin.rels": relations(("worksheet", "worksheets/sheet1.bin")),
            "xl/workbook.bin": record(131) + record(143) + named + record(144) + record(132),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODF = (
    f'xmlns:office="{OFFICE}office:1.0" xmlns:text="{OFFICE}text:1.0" xmlns:table="{OFFICE}table:1.0"'
    f' xmlns:draw="{OFFICE}drawing:1.0" xmlns:presentation="{OFFICE}presentation:1.0"'
)


def opendocument(kind: str, body: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr(
            "content.xml",
            f"<office:document-content {ODF}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{OFFICE}manifest:1.0"/>')
    return buffer.getvalue()


def odt() -> bytes:
    return opendocument(
        "text",
        '<text:h text:outline-level="1">Charter</text:h>'
        "<text:p>Every member<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Since 1999.</text:p></text:note-body></text:note> votes.</text:p>"
        "<text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p>"
        "</text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p>Seen<office:annotation><text:p>really?</text:p></office:annotation></text:p>",
    )


def odp() -> bytes:
    def slide(name: str, text: str, notes: str = "") -> str:
        spoken = f"<presentation:notes><text:p>{notes}</text:p></presentation:notes>" if notes else ""
        box = f"<draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
        return f'<draw:page draw:name="{name}">{box}{spoken}</draw:page>'

    return opendocument("presentation", slide("Start", "Welcome", "smile") + slide("End", "Goodbye"))


def epub() -> bytes:
    def page(title: str, text: str) -> str:
        return (
            '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>'
            f"</head><body><h1>{title}</h1><p>{text}</p></body></html>"
        )

    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b/o.opf"/></rootfiles>'
            "</container>",
            "b/o.opf": '<package><manifest><item id="two" href="2.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="one" href="1%20a.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="left" href="3.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="one"/><itemref idref="two"/></spine></package>',
            "b/2.xhtml": page("Second", "Then the end."),
            "b/1 a.xhtml": page("First", "It began."),
            "b/3.xhtml": page("Notes", "Left over."),
        }
    )


def pdf(*pages: str, attached: str = "", bookmark: str = "") -> bytes:
    """A PDF of one line a page, with a plain table of objects and perhaps a file `note.txt` or a bookmark in it."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    if attached:
        objects[0] = "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(note.txt) 3 0 R]>>>>>>"
        objects.append("<</Type/Filespec/F(note.txt)/UF(note.txt)/EF<</F 4 0 R>>>>")
        objects.append(f"<</Type/EmbeddedFile/Length {len(attached)}>>\nstream\n{attached}\nendstream")
    if bookmark:
        objects[0] = f"{objects[0].removesuffix('>>')}/Outlines<</First<<{bookmark}>>>>>>"
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream")
        fonts = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        box = "/Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]"
        objects.append(f"<<{box}/Contents {len(objects)} 0 R/Resources{fonts}>>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in offsets)
    end = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + table.encode() + end.encode()


def scan() -> bytes:
    """Three pages: words, a black box, words."""
    box = b"q 400 0 0 400 100 200 cm 0 g 0 0 1 1 re f Q"
    words = b"BT /F1 12 Tf 72 720 Td (a box comes here padded....) Tj ET"
    data = pdf("first words", "a box comes here padded....", "last words")
    assert len(box) <= len(words)
    assert words in data
    return data.replace(words, box.ljust(len(words)))


def locked_zip(name: str, text: bytes, password: bytes) -> bytes:
    """A zip file with one stored member under the old encryption of PKZIP."""
    table = [_crc_entry(n) for n in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = (keys[0] >> 8) ^ table[(keys[0] ^ byte) & 0xFF]
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = (keys[2] >> 8) ^ table[(keys[2] ^ (keys[1] >> 24)) & 0xFF]

    for byte in password:
        update(byte)
    crc = zlib.crc32(text)
    locked = bytearray()
    for byte in b"elevenbytes" + bytes([crc >> 24]) + text:
        mix = (keys[2] | 2) & 0xFFFF
        locked.append(byte ^ ((mix * (mix ^ 1)) >> 8 & 0xFF))
        update(byte)
    label = name.encode()
    sizes = struct.pack("<3L", crc, len(locked), len(text))
    local = struct.pack("<4s5H", b"PK\3\4", 20, 1, 0, 0, 33) + sizes + struct.pack("<2H", len(label), 0) + label
    central = struct.pack("<4s6H", b"PK\1\2", 20, 20, 1, 0, 0, 33) + sizes
    central += struct.pack("<5H2L", len(label), 0, 0, 0, 0, 0, 0) + label
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + len(locked), 0)
    return local + bytes(locked) + central + end


def _crc_entry(number: int) -> int:
    for _ in range(8):
        number = (number >> 1) ^ (0xEDB88320 if number & 1 else 0)
    return number


def compound(tree: Mapping[str, bytes | Mapping[str, bytes]]) -> bytes:
    """An OLE compound file; streams are small and lie in the mini stream, storages hold streams only."""
    mini, chains = b"", []
    entries: list[list[int | str | bytes]] = [["Root Entry", 5, 1, -1, -2, 0]]

    def stream(name: str, data: bytes) -> int:
        nonlocal mini
        first = len(mini) // 64
        count = max(1, -(-len(data) // 64))
        chains.extend([*range(first + 1, first + count), -2])
        mini += data.ljust(count * 64, b"\0")
        entries.append([name, 2, -1, -1, first, len(data)])
        return len(entries) - 1

    def folder(members: Mapping[str, bytes | Mapping[str, bytes]]) -> int:
        last = -1
        for name, data in reversed(list(members.items())):
            if isinstance(data, bytes):
                number = stream(name, data)
            else:
                child = folder(data)
                entries.append([name, 1, child, -1, 0, 0])
                number = len(entries) - 1
            entries[number][3] = last
            last = number
        return last

    entries[0][2] = folder(tree)
    entries[0][5] = len(mini)
    table = b"".join(
        str(name).encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBiii36xiQ", len(str(name)) * 2 + 2, kind, 1, -1, right, child, start, size)
        for name, kind, child, right, start, size in entries
    )
    parts = [table, struct.pack(f"<{len(chains)}i", *chains), mini]
    parts = [part.ljust(-(-len(part) // 512) * 512, b"\0" if part is not parts[1] else b"\xff") for part in parts]
    starts, fat, at = [], [], 1
    for part in parts:
        length = len(part) // 512
        starts.append(at)
        fat += [*range(at + 1, at + length), -2]
        at += length
    data = bytearray(b"".join(parts))
    start = struct.pack("<i", starts[2])
    data[116:120] = start
    fat_sector = struct.pack(f"<{len(fat) + 1}i", -3, *fat).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIiIIiIiI", 0, 1, starts[0], 0, 4096, starts[1], len(parts[1]) // 512, -2, 0)
    header += struct.pack("<i", 0).ljust(436, b"\xff")
    return header + fat_sector + bytes(data)


def msg() -> bytes:
    """An Outlook message with a receiver and an attachment."""

    def text(value: str) -> bytes:
        return value.encode("utf-16-le")

    def properties(head: int, **values: int) -> bytes:
        rows = b"".join(struct.pack("<IIq", int(tag[1:], 16), 6, value) for tag, value in values.items())
        return bytes(head) + rows

    return compound(
        {
            "__properties_version1.0": properties(
                32, x001A001F=18, x0037001F=36, x1000001F=66, x0C1A001F=8, x0C1F001F=32
            ),
            "__substg1.0_001A001F": text("IPM.Note"),
            "__substg1.0_0037001F": text("Quarterly figures"),
            "__substg1.0_1000001F": text("Dear Bob,\r\nthe figures of Köln.\r\n"),
            "__substg1.0_0C1A001F": text("Ann"),
            "__substg1.0_0C1F001F": text("ann@example.org"),
            "__recip_version1.0_#00000000": {
                "__properties_version1.0": properties(8, x3001001F=8, x39FE001F=32, x3003001F=32),
                "__substg1.0_3001001F": text("Bob"),
                "__substg1.0_39FE001F": text("bob@example.org"),
                "__substg1.0_3003001F": text("bob@example.org"),
            },
            "__attach_version1.0_#00000000": {
                "__properties_version1.0": properties(8, x37050003=1, x3707001F=18, x37010102=14),
                "__substg1.0_3707001F": text("note.txt"),
                "__substg1.0_37010102": b"attached words",
            },
        }
    )
