"""Each format gives its text, its structure and its places."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import mailbox
import os
import re
import tarfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from rlm_desktop.documents import Document, Loader, PasswordNeeded
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.errors import DocumentError
from tests.documents import made
from tests.documents.conftest import Load


def places(document: Document, *texts: str) -> list[str]:
    return [str(document.place_of(document.text.index(text))) for text in texts]


def titles(document: Document) -> list[tuple[int, str]]:
    for heading in document.outline:
        assert heading.title.split()[0] in document.text[heading.start : heading.start + 200]
    return [(heading.level, heading.title) for heading in document.outline]


def test_word(read: Load) -> None:
    document = read("a.docx", made.docx())
    assert document.kind == "docx"
    assert document.text.startswith("# Annual report\n\nSales grew")
    assert "| Region | Sales |" in document.text
    assert "| Europe | 42 " in document.text
    assert "By volume, not value." in document.text
    assert "Check this." in document.text
    assert titles(document) == [(1, "Annual report")]


def test_word_with_macros(read: Load) -> None:
    document = read("a.docm", made.docx(extra={"word/vbaProject.bin": b"x"}))
    assert document.warnings == ("It holds macros, which were not read.",)


def test_excel(read: Load) -> None:
    document = read("a.xlsx", made.xlsx())
    assert document.kind == "xlsx"
    assert '"Region, all",Sum\nEurope,42\n' in document.text
    assert "Comment on B2: provisional" in document.text
    assert document.warnings == ("The sheet “Notes” is hidden in the workbook; it was read too.",)
    assert places(document, "Europe", "inner notes") == [
        "sheet 1 “Sales”, line 4",
        "sheet 2 “Notes”, line 3",
    ]
    assert document.page_kind == "sheet"
    assert document.page_text(2).startswith("## Notes")


def test_opendocument_text(read: Load) -> None:
    document = read("a.odt", made.odt())
    assert document.kind == "odt"
    assert titles(document) == [(1, "Charter")]
    assert "Every member (note: Since 1999.) votes." in document.text
    assert re.search(r"^- one\n+- two$", document.text, re.MULTILINE)
    assert "| a | b |" in document.text
    assert "(comment: really?)" in document.text


def test_opendocument_presentation(read: Load) -> None:
    document = read("a.odp", made.odp())
    assert document.kind == "odp"
    assert places(document, "Welcome", "smile", "Goodbye") == [
        "slide 1 “Start”, line 3",
        "slide 1 “Start”, line 5",
        "slide 2 “End”, line 3",
    ]
    assert len(document.pages) == 2


def test_powerpoint(read: Load) -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Sales"
    lines = slide.shapes.add_textbox(0, 0, 10, 10).text_frame.paragraphs[0]
    lines.add_run().text = "First half"
    lines.add_line_break()
    lines.add_run().text = "second half"
    figures = CategoryChartData()
    figures.categories = ["Ohio", "Utah"]
    figures.add_series("EUR", (1_234_567, 0.1))
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, 10, 10, figures)
    slide.notes_slide.notes_text_frame.text = "Do not read aloud"
    file = io.BytesIO()
    deck.save(file)
    document = read("a.pptx", file.getvalue())
    assert titles(document) == [(2, "Sales")]
    assert "First half\nsecond half" in document.text
    assert "| Ohio | 1234567 |\n| Utah | 0.1 |" in document.text
    assert "Notes: Do not read aloud" in document.text
    assert places(document, "Utah") == ["slide 1 “Sales”, line 9"]


def test_book_in_reading_order(read: Load) -> None:
    document = read("a.epub", made.epub())
    assert document.kind == "epub"
    assert [title for _, title in titles(document)] == ["First", "Second", "Notes"]
    assert places(document, "the end") == ["chapter 2 “Second”, line 3"]


@pytest.mark.parametrize("tags", ["div", "table><tr><td", "ul><li", "font"])
def test_what_lies_too_deep_is_read_without_structure(tags: str) -> None:
    text = to_markdown(f"<title>Not seen</title><p>before</p>{f'<{tags}>' * 1100}deepest<p>after")
    assert "deepest" in text


def test_empty_elements_of_a_page_in_xml(read: Load) -> None:
    head = '<head><title/><link href="s.css"/><script src="x.js"/><style/></head>'
    body = '<body><h1>One</h1><iframe src="y"/>seen</body>'
    page = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">{head}{body}</html>'
    document = read("a.xhtml", page)
    assert titles(document) == [(1, "One")]
    assert "seen" in document.text


def test_a_book_with_odd_parts(read: Load) -> None:
    items = {
        "a": ("A.xhtml", "application/xhtml+xml"),
        "o": ("old.htm", "text/x-oeb1-document"),
        "p": ("p.pdf", "application/pdf"),
    }
    listed = "".join(f'<item id="{key}" href="{name}" media-type="{kind}"/>' for key, (name, kind) in items.items())
    spine = "".join(f'<itemref idref="{key}"/>' for key in ("o", "p", "a", "gone"))
    parts = {
        "a.xhtml": "<html><h1>Named otherwise</h1></html>",
        "old.htm": "<html><h1>Old</h1></html>",
        "p.pdf": made.pdf("x"),
    }
    package = f"<package><manifest>{listed}</manifest><spine>{spine}</spine></package>"
    document = read("a.epub", made.zipped({"mimetype": "application/epub+zip", "o.opf": package, **parts}))
    assert [title for _, title in titles(document)] == ["Old", "Named otherwise"]
    assert document.warnings == ("A part of the book that is no text was not read: p.pdf.",)


@pytest.mark.parametrize(
    ("locked", "warnings"),
    [
        (["font.otf"], ()),
        (["one.xhtml"], ("1 chapter encrypted (digital rights management) and not read.",)),
        (["one.xhtml", "two.xhtml"], None),
    ],
)
def test_a_book_that_is_encrypted_in_part(read: Load, locked: list[str], warnings: tuple[str, ...] | None) -> None:
    names = ("one", "two")
    items = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    said = "".join(f'<EncryptedData><CipherReference URI="{name}"/></EncryptedData>' for name in locked)
    parts = {
        "mimetype": "application/epub+zip",
        "o.opf": f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>",
        "META-INF/encryption.xml": f"<encryption>{said}</encryption>",
        **{f"{name}.xhtml": f"<html><p>words of {name}</p></html>" for name in names},
    }
    if warnings is None:
        with pytest.raises(DocumentError, match="it is encrypted \\(digital rights management\\)"):
            read("a.epub", made.zipped(parts))
        return
    document = read("a.epub", made.zipped(parts))
    assert document.warnings == warnings
    assert ("words of one" in document.text) is ("one.xhtml" not in locked)


def test_bookmarks_of_a_pdf_in_an_archive(read: Load) -> None:
    book = made.pdf(
        "first page", "second page", bookmark="/Title(Two)/Dest[1/Fit]/Next<</Title<FEFFD83D>/Dest[0/Fit]>>"
    )
    document = read("a.zip", made.zipped({"a.txt": "other words", "b.pdf": book}))
    (bookmark,) = document.outline
    assert (bookmark.title, bookmark.start) == ("Two", document.text.index("second page"))


def test_pdf_pages(read: Load) -> None:
    document = read("a.pdf", made.pdf("Hello page one", "Second page here"))
    assert document.page_text(2) == "Second page here\n\n"
    assert places(document, "Second") == ["page 2, line 1"]
    with pytest.raises(IndexError):
        document.page_text(3)


def test_a_form_that_is_no_page(read: Load) -> None:
    form = b"/Catalog/NeedsRendering true/AcroForm<</XFA[(template)<<>>]>>"
    document = read("a.pdf", made.pdf("Please wait").replace(b"/Catalog", form))
    assert "Please wait" in document.text
    assert document.warnings[-1].startswith("It is a form (XFA)")


def test_files_in_a_pdf(read: Load) -> None:
    document = read("a.pdf", made.pdf("cover", attached="words of the note"))
    assert places(document, "words of the note") == ["page 1, attachment 1 “note.txt”, line 3"]


def test_headers_and_footers_of_word(read: Load) -> None:
    parts = {
        f"word/{name}.xml": f"<w:hdr {made.W}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:hdr>"
        for name, text in {"header1": "Confidential", "header2": "Confidential", "footer1": "Page"}.items()
    }
    related = [(name.rstrip("12"), f"{name}.xml") for name in ("header1", "header2", "footer1")]
    document = read("a.docx", made.docx(extra=parts, related=related))
    assert document.text.count("Header: Confidential") == 1
    assert "Footer: Page" in document.text


def test_a_pdf_that_is_cut_off_gives_what_it_has(read: Load) -> None:
    document = read("a.pdf", made.pdf("Hello page one", "Second page here", "third")[:-300])
    assert "Hello page one" in document.text
    assert "Second page here" in document.text
    assert document.warnings == ("It is damaged: the list of its pages is missing. 2 pages could be found.",)


def test_rich_text(read: Load) -> None:
    document = read("a.rtf", r"{\rtf1\ansi\ansicpg1252 Caf\'e9 \u26085?\u26412? \b bold\b0\par next}")
    assert document.text == "Café 日本 bold\nnext"


def test_notebook(read: Load) -> None:
    output = {"output_type": "execute_result", "data": {"text/plain": ["<Table>"], "text/html": ["<b>42</b>"]}}
    error = {"output_type": "error", "traceback": ["\x1b[0;31mValueError\x1b[0m: no"]}
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": "print(1)", "outputs": [output, error, {"data": {"image/png": "AAAA"}}]},
    ]
    document = read("a.ipynb", json.dumps({"cells": cells, "nbformat": 4}))
    assert titles(document) == [(1, "Title")]
    assert "```python\nprint(1)\n```" in document.text
    assert "**42**" in document.text
    assert "ValueError: no" in document.text
    assert document.warnings == ("Pictures among the outputs that hold no text: 1.",)
    assert places(document, "print") == ["cell 2, line 2"]


def test_a_notebook_with_odd_parts(read: Load) -> None:
    error = {"output_type": "error", "traceback": ["ValueError: no", None, 3]}
    cells = [{"cell_type": "code", "source": "`" * 200_000 + "\n`````", "outputs": [error]}]
    document = read("a.ipynb", json.dumps({"cells": cells, "nbformat": 4}))
    assert document.text.startswith("`" * 200_001 + "python\n")
    assert "ValueError: no" in document.text


def test_a_notebook_as_others_write_it(read: Load) -> None:
    cells = [
        {"cell_type": "markdown", "source": "half \ud83d"},
        {"cell_type": "raw", "source": "r", "x": float("nan")},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4})
    assert read("a.ipynb", text).text == "half �\n\nr\n\n"
    document = read("a.ipynb", text[:-5])
    assert (document.kind, document.text) == ("json", text[:-5])
    assert document.warnings[-1] == "It is damaged: it was read as a text, not as a notebook."


def mail(subject: str = "Figures", attachments: dict[str, bytes] | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann <ann@example.org>", "bob@example.org", subject
    message.set_content("Dear Bob,\nsee the figures of Köln.\n")
    message.add_alternative("<p>Dear Bob</p>", subtype="html")
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def test_mail_with_attachments(read: Load) -> None:
    inner = mail("Inner subject")
    message = mail(attachments={"report.pdf": made.pdf("In the PDF"), "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(50)})
    message.add_attachment(inner)
    document = read("a.eml", message.as_bytes())
    assert document.kind == "mail"
    assert document.text.startswith("## Figures\n\nFrom: Ann <ann@example.org>\nTo: bob@example.org\n")
    assert document.text.count("see the figures of Köln") == 2
    assert "<p>" not in document.text
    assert places(document, "In the PDF", "Inner subject") == [
        "message 1 “Figures”, attachment 1 “report.pdf”, page 1, line 1",
        "message 1 “Figures”, attachment 3 “attached mail 3.eml”, message 1 “Inner subject”, line 1",
    ]
    assert document.warnings == ("Attachment logo.png: it is a PNG picture, which holds no text.",)
    assert document.pages == ()


@pytest.mark.parametrize("charset", ["undefined", "idna", "hex", "no-such"])
def test_a_mail_in_an_encoding_that_is_none(read: Load, charset: str) -> None:
    lines = ("From: a@example.org", "Subject: x", f"Content-Type: text/plain; charset={charset}", "", "Grüße")
    assert "Grüße" in read("a.eml", "\r\n".join(lines)).text


def test_a_mail_in_html_only(read: Load) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "x"
    message.set_content("<h1>Big</h1><table><tr><td>1</td><td>2</td></tr></table>", subtype="html")
    document = read("a.eml", message.as_bytes())
    assert "# Big" in document.text
    assert "| 1 | 2 |" in document.text


def test_outlook_message(read: Load) -> None:
    document = read("a.msg", made.msg())
    assert document.kind == "msg"
    title, headers = document.text.split("\n\n")[:2]
    assert (title, headers) == ("## Quarterly figures", "From: Ann <ann@example.org>\nTo: Bob <bob@example.org>")
    assert "Dear Bob,\nthe figures of Köln." in document.text
    assert places(document, "attached words") == ["message 1 “Quarterly figures”, attachment 1 “note.txt”, line 3"]
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        ("WordDocument", "it is an old Word file (.doc), which cannot be read; save it as .docx and add that."),
        (
            "PowerPoint Document",
            "it is an old PowerPoint file (.ppt), which cannot be read; save it as .pptx and add that.",
        ),
        ("Something", "it is an old Office file of a kind that cannot be read."),
    ],
)
def test_old_office_files_say_what_to_do(read: Load, stream: str, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read("a.bin", made.compound({stream: b"x" * 100}))
    assert caught.value.reason == reason


def test_web_archive(read: Load) -> None:
    data = (
        "From: <Saved by Blink>\r\nSubject: Page\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "<html><body><h1>Caf=C3=A9</h1></body></html>\r\n--x\r\nContent-Type: image/png\r\n"
        "Content-Location: https://x.org/a.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        "--x\r\nContent-Type: text/css\r\nContent-Location: https://x.org/a.css\r\n\r\n"
        "body { color: red }\r\n--x--\r\n"
    )
    document = read("a.mht", data)
    assert "# Café" in document.text
    assert "color" not in document.text
    assert document.warnings == ("Pictures, fonts and styles within a page, which hold no text, left out.",)


def test_mailbox(read: Load, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "made.mbox")
    for number in range(3):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", f"Mail {number}"
        message.set_content(f"Text {number}\nFrom here on\n")
        box.add(message)
    box.close()
    document = read("a.mbox", (tmp_path / "made.mbox").read_bytes())
    assert document.kind == "mbox"
    assert [title for _, title in titles(document)] == ["Mail 0", "Mail 1", "Mail 2"]
    assert document.text.count("\nFrom here on\n") == 3
    assert places(document, "Text 1") == ["message 2 “Mail 1”, line 7"]


def test_html(read: Load) -> None:
    page = (
        "<html><head><title>the page</title><style>p{}</style><script>var x</script></head><body>"
        "<nav>Menu</nav><h1>A</h1><ul><li>x<ul><li>y</ul></ul>"
        "<table><tr><th>h<th>i<tr><td>1<td>2</table><img alt='a cat' "
        "src='data:image/png;base64,AAAA'><pre>  keep\n    this</pre></body></html>"
    )
    document = read("a.html", page)
    assert titles(document) == [(1, "A")]
    assert document.text.startswith("Title: the page")
    for text in ("Menu", "- x\n  - y", "| h | i |", "| 1 | 2 |", "a cat", "  keep\n    this"):
        assert text in document.text
    assert "base64" not in document.text
    assert "var x" not in document.text


def test_markdown_outline(read: Load) -> None:
    document = read("a.md", "# One *x*\ntext\n```\n# no\n```\n## [Two](http://x)\n")
    assert [heading.title for heading in document.outline] == ["One x", "Two"]


def test_an_archive_of_many_odd_files_warns_so_often(read: Load) -> None:
    document = read("a.zip", made.zipped({f"{number}.pdf": "no PDF" for number in range(130)}))
    assert document.text.count("no PDF") == 130
    assert document.warnings[99:] == (
        "99.pdf: Named .pdf, but it is a text; read as such.",
        "30 further warnings not listed.",
    )


def test_zip(read: Load) -> None:
    inner = made.zipped({"deep/note.txt": "deepest words"})
    data = made.zipped(
        {
            "b/report.pdf": made.pdf("one", "two"),
            "a.txt": "Grüße".encode("cp1252") + b" an alle, die dies in der sch\xf6nen Stadt M\xfcnchen lesen",
            "inner.zip": inner,
            "p.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
            "../../evil.txt": "harmless here",
            "empty.txt": "",
        }
    )
    document = read("a.zip", data)
    assert places(document, "two", "deepest", "harmless") == [
        "member b/report.pdf, page 2, line 1",
        "member inner.zip, member deep/note.txt, line 3",
        "member ../../evil.txt, line 3",
    ]
    assert "Grüße" in document.text
    left_out = "Left out: p.png (it is a PNG picture, which holds no text); empty.txt (it is empty)."
    assert document.warnings == (left_out,)


@pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz"])
def test_tar(read: Load, mode: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{mode}" if mode else "w") as archive:  # type: ignore[call-overload]
        for name, text in {"x/a.md": "# Head\n", "x/b.txt": "body\n"}.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    document = read("a.tar" + ("." + mode if mode else ""), buffer.getvalue())
    assert document.kind == "tar"
    assert places(document, "body") == ["member x/b.txt, line 3"]
    assert titles(document) == [(1, "Head")]
    assert document.warnings == ("Left out: link (a link or a device).",)


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_packed_file(read: Load, ending: str, pack: Callable[[bytes], bytes]) -> None:
    document = read(f"server.log.{ending}", pack(b"GET /index.html\n"))
    assert places(document, "GET") == ["member server.log, line 3"]


class TestPasswords:
    def test_zip(self, read: Load) -> None:
        data = made.locked_zip("a.txt", b"secret text", b"key")
        with pytest.raises(PasswordNeeded, match="it is encrypted: it needs a password"):
            read("a.zip", data)
        with pytest.raises(PasswordNeeded, match="the password is wrong"):
            read("a.zip", data, password="no")
        assert "secret text" in read("a.zip", data, password="key").text

    @pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
    def test_office(self, read: Load, name: str) -> None:
        from msoffcrypto.format.ooxml import OOXMLFile

        padding = {"padding.bin": os.urandom(9000)}  # msoffcrypto's own writer fails below 4,096 bytes
        plain = made.docx(extra=padding) if name == "a.docx" else made.xlsx(padding)
        locked = io.BytesIO()
        OOXMLFile(io.BytesIO(plain)).encrypt("key", locked)
        with pytest.raises(PasswordNeeded, match="it is encrypted: it needs a password"):
            read(name, locked.getvalue())
        with pytest.raises(PasswordNeeded, match="the password is wrong"):
            read(name, locked.getvalue(), password="no")
        document = read(name, locked.getvalue(), password="key")
        assert "Europe" in document.text
        assert document.kind == name[2:]
        assert document.warnings == read(name, plain).warnings


SNIPPETS = [
    ("blk-paras-and-tables.docx", "docx", "Donec semper facilisis metus finibus malesuada."),
    ("bs4-doc-jp.html", "html", "Beautiful Soup"),
    ("corpus_deduplicated_20260408.csv", "csv", "key,title,year,month,day"),
    ("crazyones-pdfa.pdf", "pdf", "crazy ones"),
    ("invalid.ipynb", "ipynb", "## Printed Using Python"),
    ("many_tracebacks.ipynb", "ipynb", "NameError: name 'iAmNotDefined' is not defined"),
    ("mail_malformed_2.eml", "mail", "Final-Recipient: rfc822; abh@netpar.com.br"),
    ("mail_test_3.eml", "mail", "The WatchGuard Firebox that protects your network"),
    ("markitdown_test.docx", "docx", "314b0a30-5b04-470b-b9f7-eed2c2bec74a"),
    ("markitdown_test.docx", "docx", "49e168b7-d2ae-407f-a055-2167576f39a1"),
    ("markitdown_test.epub", "epub", "This is a **test** paragraph with some formatting."),
    ("markitdown_test.pptx", "pptx", "1b92870d-e3b5-4e65-8153-919f4ff45592"),
    ("markitdown_test.pptx", "pptx", "44bf7d06-5e7a-4a40-a2e1-a2e42ef28c8a"),
    ("markitdown_test.xls", "xls", "6ff4173b-42a5-4784-9b19-f49caff4d93d"),
    ("markitdown_test.xlsx", "xlsx", "affc7dad-52dc-4b98-9b5d-51e65d8a8ad0"),
    ("multicolumn.pdf", "pdf", "Two-Column Document with Lorem Ipsum"),
    ("serious_poem.odt", "odt", "Shone o'er him, round the dead."),
    ("side-by-side-subfig.pdf", "pdf", "Lorem ipsum dolor sit amet"),
    ("test.rtf", "rtf", "This is a Sample RTF File"),
    ("test4.ipynb", "ipynb", "# nbconvert latex test"),
    ("test_files.zip", "zip", "affc7dad-52dc-4b98-9b5d-51e65d8a8ad0"),
    ("test_mskanji_cp932.csv", "csv", "髙橋淳,35,名古屋"),
    ("test_rss.xml", "xml", "<rss xmlns:dc="),
    ("test_wikipedia.html", "html", "Microsoft entered the operating system (OS) business in 1980"),
    ("unreadablemetadata.pdf", "pdf", "Dust-proof construction"),
    ("habibi.pdf", "pdf", "habibi"),
    ("corrupt/truncated.docx", "docx", "49e168b7-d2ae-407f-a055-2167576f39a1"),
    ("encodings/derived-shift_jis.html", "html", "日本語訳"),
    ("encodings/derived-utf16be-nobom.txt", "text", "日本語"),
    ("encodings/derived-utf32le-bom.txt", "text", "Debian Policy Manual"),
    ("encodings/sample-hebrew-2.txt", "text", "אין כמעט ניבים אזוריים"),
    ("encodings/sample-korean.txt", "text", "역사적 예수"),
    ("encodings/sample-russian-2.txt", "text", "В гимназии"),
]


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"\]\([^)]*\)", "]", text))


class TestShared:
    @pytest.mark.parametrize(("name", "kind", "snippet"), SNIPPETS)
    def test_snippet(self, loader: Loader, shared: Path, name: str, kind: str, snippet: str) -> None:
        document = loader.load(shared / name)
        assert document.kind == kind
        assert snippet in re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", document.text)

    def test_what_is_wrong_with_encodings_is_said(self, loader: Loader, shared: Path) -> None:
        folder = shared / "encodings"
        nuls = loader.load(folder / "derived-nul-bytes.txt")
        assert nuls.warnings == ("2 NUL characters replaced by “␀”.",)
        invalid = loader.load(folder / "derived-utf8-invalid.txt")
        assert invalid.warnings == ("3 bytes that cannot be UTF-8 replaced by “�”.",)
        assert "\r" not in loader.load(folder / "derived-crlf-cr-mixed.txt").text

    def test_places(self, loader: Loader, shared: Path) -> None:
        deck = loader.load(shared / "markitdown_test.pptx")
        assert len(deck.pages) == 6
        where = deck.place_of(deck.text.index("1b92870d")).parent
        assert where is not None
        assert (where.kind, where.number, where.name) == ("slide", 3, "A table to test parsing:")
        packed = loader.load(shared / "test_files.zip")
        where = packed.place_of(packed.text.index("affc7dad-52dc-4b98"))
        assert str(where).startswith("member test.xlsx, sheet 2 “09060124-b5e7-4717-9d07-3c046eb”, line")
        policy = loader.load(shared / "debian-policy.pdf")
        page = policy.place_of(policy.text.index("abort-upgrade")).parent
        assert page is not None
        assert page.kind == "page"
        assert policy.text[page.start : page.end] == policy.page_text(page.number)

    def test_a_scan_says_so(self, loader: Loader, shared: Path) -> None:
        document = loader.load(shared / "imagemagick-CCITTFaxDecode.pdf")
        assert document.needs_ocr == (1,)
        assert document.warnings == ("1 page of 1 without a text layer (scanned or drawn): 1.",)

    def test_debian_policy_agrees_in_three_formats(self, loader: Loader, shared: Path) -> None:
        """97% of the words of each stand in the others within runs of three words and more.

        Not one order over the whole book: the PDF has its notes at the foot of each page, the others at the end of
        each chapter.
        """
        endings = ("txt", "epub", "pdf")
        words = {ending: words_of(loader.load(shared / f"debian-policy.{ending}").text) for ending in endings}
        for one, own in words.items():
            for other, others in words.items():
                runs = set(zip(others, others[1:], others[2:], strict=False))
                shared_words = bytearray(len(own))
                for at in range(len(own) - 2):
                    if (own[at], own[at + 1], own[at + 2]) in runs:
                        shared_words[at : at + 3] = b"\1\1\1"
                assert sum(shared_words) / len(own) > 0.97, (one, other)


def test_letters_that_a_font_does_not_name(loader: Loader, tmp_path: Path) -> None:
    cmap = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
    cmap += "1 beginbfrange <20> <7e> <e020> endbfrange endcmap end"
    stream = "BT /F1 12 Tf 72 720 Td (What this says nobody can tell) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        f"<</Length {len(cmap)}>>\nstream\n{cmap}\nendstream",
    ]
    body = "".join(f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, 1))
    path = tmp_path / "garbled.pdf"
    path.write_text(f"%PDF-1.4\n{body}trailer\n<</Root 1 0 R/Size 7>>\n%%EOF\n")
    document = loader.load(path)
    assert document.needs_ocr == (1,)
    assert document.warnings == ("1 page of 1 with letters that their fonts do not name: 1.",)
