"""Mails as programs really write them: wrong charsets, odd headers, mailboxes with `From` in their letters."""

from __future__ import annotations

import io
import struct
from email.message import EmailMessage

import pytest

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats import tnef
from rlm_desktop.documents.formats.common import Source
from tests.documents import made
from tests.documents.conftest import Load

HEAD = b"From: a@example.org\nTo: b@example.org\nSubject: x\n"


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "“quoted” – café €"),
        ("gb2312", "gb18030", "朱镕基"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("windows-874", "cp874", "สวัสดี"),
        ("shift_jis", "cp932", "髙橋①"),
        ("unknown-8bit", "koi8-r", "Привет всем, это письмо о погоде"),
    ],
)
def test_a_charset_means_what_programs_mean_by_it(read: Load, charset: str, encoding: str, text: str) -> None:
    head = HEAD + f"Content-Type: text/plain; charset={charset}\n\n".encode()
    document = read("a.eml", head + text.encode(encoding))
    assert document.text.endswith(f"\n\n{text}\n\n")
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.eml", b"\xef\xbb\xbf" + HEAD),
        ("a.eml", b"\n\n" + HEAD),
        ("draft.eml", b"To: b@example.org\nX-Unsent: 1\n"),
        ("a", b"X-Spam_score: 3\nX-Spam_bar: +\n" + HEAD),
    ],
)
def test_what_is_a_mail_nevertheless(read: Load, name: str, head: bytes) -> None:
    document = read(name, head + b"\nthe body")
    assert document.kind == "mail"
    assert "To: b@example.org\n" in document.text
    assert document.text.endswith("\n\nthe body\n\n")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_from_at_the_beginning_of_a_paragraph_begins_no_mail(read: Load, line_end: bytes) -> None:
    first = (
        b"From a@b.c Mon Jan  1 10:00:00 2024\nFrom: a@b.c\nSubject: one\n\nIn short:\n\nFrom 2019 to 2021 we grew."
        b"\n\nFrom 10:30 on in 2020 we slept.\n\n>From here on\n\n"
    )
    second = b"From - Tue Jan  2 11:00:00 2024\nFrom: d@e.f\nSubject: two\n\nbody two\n"
    document = read("a.mbox", (first + second).replace(b"\n", line_end))
    assert [heading.title for heading in document.outline] == ["one", "two"]
    for text in ("From 2019 to 2021 we grew.\n", "From 10:30 on", "\nFrom here on\n"):
        assert str(document.place_of(document.text.index(text))).startswith("message 1 “one”")


def test_a_header_that_was_folded(read: Load) -> None:
    head = (
        b"From: =?utf-8?q?Zo=C3=AB?=\r\n =?utf-8?q?_Example?= <z@example.org>,\r\n b@example.org\r\n"
        b"Subject: =?utf-8?q?Gr=C3=B6?=\r\n =?utf-8?q?=C3=9Fe_der?= Stadt\r\n\r\nthe body"
    )
    document = read("a.eml", head)
    assert "From: Zoë Example <z@example.org>, b@example.org\n" in document.text
    assert document.text.startswith("## Größe der Stadt\n")


def test_a_line_made_to_take_long_does_not(read: Load) -> None:
    line = b"\n\nFrom " + b"10:10" * 200_000
    document = read("a.mbox", b"From a@b.c Mon Jan  1 10:00:00 2024\n" + HEAD + line + b"\n!\n")
    assert document.text.count("10:10") == 200_000


def test_a_forwarded_mail_with_raw_bytes_in_its_header(read: Load) -> None:
    inner = "From: in@example.org\nSubject: =?utf-8?q?inn=C3=A9r?=\nX-Odd: café\n\ninner körper"
    head = HEAD + b"Content-Type: message/rfc822\n\n"
    document = read("a.eml", head + inner.encode("latin-1"))
    assert "## innér" in document.text
    assert "inner körper" in document.text


OUTER = {"__properties_version1.0": bytes(32), "__substg1.0_0037001F": "Outer".encode("utf-16-le")}


def test_an_outlook_message_in_rich_text_only(read: Load) -> None:
    packed = bytes.fromhex(  # the example of MS-OXRTFCP
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af62068656c090020627705b06c647d0a800fa0"
    )
    assert "hello world" in read("a.msg", made.compound({**OUTER, "__substg1.0_10090102": packed})).text
    damaged = made.compound({**OUTER, "__substg1.0_10090102": packed[:30]})
    assert read("a.msg", damaged).text.startswith("## Outer")


@pytest.mark.parametrize(
    ("number", "encoding", "subject", "body"),
    [(1251, "cp1251", "Тема", "Тело письма"), (28592, "iso8859-2", "Łódź", "Ławka"), (20866, "koi8-r", "Я", "я")],
)
def test_an_outlook_message_in_the_encoding_of_its_computer(
    read: Load, number: int, encoding: str, subject: str, body: str
) -> None:
    page = (0x3FFD0003).to_bytes(4, "little") + bytes(4) + number.to_bytes(8, "little")
    texts = {"0037": subject, "1000": body}
    streams = {f"__substg1.0_{key}001E": text.encode(encoding) for key, text in texts.items()}
    document = read("a.msg", made.compound({"__properties_version1.0": bytes(32) + page, **streams}))
    assert document.text.startswith(f"## {subject}\n\n")
    assert body in document.text


def test_the_sender_of_an_outlook_message_as_it_was_sent(read: Load) -> None:
    sent = "Received: x\r\nFrom: =?utf-8?q?Zo=C3=AB?=\r\n <z@example.org>\r\n\r\n"
    document = read("a.msg", made.compound({**OUTER, "__substg1.0_007D001F": sent.encode("utf-16-le")}))
    assert "From: Zoë <z@example.org>\n" in document.text


def test_an_outlook_message_within_one(read: Load) -> None:
    text = {"0037": "Inner", "1000": "inner words"}
    inner = {f"__substg1.0_{number}001F": words.encode("utf-16-le") for number, words in text.items()}
    copy = (0x0C150003).to_bytes(4, "little") + bytes(4) + (2).to_bytes(8, "little")
    message = {
        **OUTER,
        "__recip_version1.0_#00000000": {
            "__properties_version1.0": bytes(8) + copy,
            "__substg1.0_3001001F": "Bob".encode("utf-16-le"),
        },
        "__attach_version1.0_#00000000": {
            "__substg1.0_3001001F": "The inner one".encode("utf-16-le"),
            "__substg1.0_3701000D": inner,
        },
    }
    document = read("a.msg", made.compound(message))
    assert "Cc: Bob" in document.text
    assert str(document.place_of(document.text.index("inner words"))) == (
        "message 1 “Outer”, attachment 1 “The inner one”, message 1 “Inner”, line 3"
    )


def alternatives(*parts: str, kind: str = "alternative") -> str:
    return (
        f'Content-Type: multipart/{kind}; boundary="{kind}"\n\n'
        + "".join(f"--{kind}\n{part}\n" for part in (*parts, "")).removesuffix("\n\n")
        + "--\n"
    )


PLAIN = "Content-Type: text/plain\n\nPlain words."
PAGE = "Content-Type: text/html\n\n<p>Plain <b>words</b>.</p>"
NEWS = "Content-Type: text/html\n\n" + "".join(f"<p>Item {number} of the news.</p>" for number in range(60))
FILE = "Content-Type: application/pdf; name=a.txt\nContent-Disposition: attachment\n\nwords of the file"
LOGO = "Content-Type: image/png; name=logo.png\n\n\x89PNG"
INVITATION = "Content-Type: text/calendar\n\nSUMMARY:Meeting"
LETTER = "Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nwords of the letter"
NOTE = "Content-Type: text/plain\nContent-Disposition: inline; filename=a.txt\n\nwords of the note"
REPORT = "Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<p>words of the report</p>"
FORWARDED = "Content-Type: message/rfc822\n\nFrom: a@b.c\nSubject: x\nContent-Type: text/html\n\n<p>Old news</p>"
STYLE = "Content-Type: text/css\nContent-ID: <a@b>\n\np { color: red }"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((PLAIN, PAGE), "Plain words."),
        ((PLAIN, NEWS), "Plain words. Item 0 Item 59"),
        ((PLAIN, alternatives(PAGE, FILE, kind="mixed")), "Plain words. words of the file"),
        ((PLAIN, alternatives(PAGE, LOGO, kind="related")), "Plain words."),
        ((PAGE, INVITATION), "Plain **words**. SUMMARY:Meeting"),
        ((PLAIN, "Content-Type: text/x-amp-html\n\n<html amp>", PAGE, INVITATION), "Plain words. SUMMARY:Meeting"),
        ((alternatives(PLAIN, kind="mixed"),), "Plain words."),
        ((PLAIN, alternatives(PAGE, INVITATION, NOTE, kind="mixed")), "Plain words. SUMMARY:Meeting of the note"),
        ((PLAIN, alternatives(PAGE, STYLE, kind="related")), "Plain words."),
        ((LETTER, PAGE), "Plain **words**. of the letter"),
        ((PAGE, REPORT), "Plain **words**. of the report"),
        ((PAGE, FORWARDED), "Plain **words**. Old news"),
    ],
)
def test_of_alternatives_nothing_is_lost_and_nothing_is_read_twice(
    read: Load, parts: tuple[str, ...], expected: str
) -> None:
    document = read("a.eml", HEAD.decode() + alternatives(*parts))
    words = document.text.split()
    assert set(expected.split()) <= set(words)
    assert words.count("Plain") == 1
    assert "<html" not in document.text
    assert document.warnings == ()


def packed_by_outlook(*attributes: tuple[int, bytes]) -> bytes:
    return bytes.fromhex("789f3e220100") + b"".join(
        b"\1" + number.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data + b"\0\0"
        for number, data in attributes
    )


def properties(**values: bytes) -> bytes:
    """Of a message in a `winmail.dat`: kind and number of each, its value with its length."""
    rows = b""
    for name, value in values.items():
        kind, number = int(name[1:5], 16), int(name[5:], 16)
        rows += kind.to_bytes(2, "little") + number.to_bytes(2, "little")
        rows += bytes(16) + bytes(8) if number & 0x8000 else b""
        rows += (1).to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + bytes(-len(value) % 4)
    return len(values).to_bytes(4, "little") + rows


def test_what_outlook_packs(read: Load) -> None:
    inner = packed_by_outlook((0x2800C, b"inner words\0"))
    packed = packed_by_outlook(
        (0x69007, (1251).to_bytes(8, "little")),
        (0x18004, "Тема\0".encode("cp1251")),
        (0x69003, properties(x001F8001="odd".encode("utf-16-le"), x01021013=b"<p>Body of a page</p>")),
        (0x69002, bytes(14)),
        (0x18010, b"SHORT.TXT\0"),
        (0x6800F, b"attached words"),
        (0x69005, properties(x001F3707="Long name.txt".encode("utf-16-le"))),
        (0x69002, bytes(14)),
        (0x69005, properties(x000D3701=bytes(16) + inner)),
        (0x69002, bytes(14)),
        (0x69005, properties(x01023701=b"words without an identifier")),
    )
    document = read("winmail.dat", packed)
    assert (document.kind, document.warnings) == ("tnef", ())
    assert document.text.startswith("Тема\n\nBody of a page\n\nAttachment: Long name.txt\n\nattached words")
    assert str(document.place_of(document.text.index("inner words"))) == "attachment 2 “attachment 2”, line 3"
    assert "words without an identifier" in document.text
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.c", "Тема"
    message.set_content("Body of a page")
    message.add_attachment(packed, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    text = read("a.eml", message.as_bytes()).text
    assert text.count("Body of a page") == 1
    assert "attached words" in text
    for end in range(len(packed)):
        tnef.extract(Source("cut.dat", io.BytesIO(packed[:end])), Draft("tnef"))


def test_what_outlook_packs_as_rich_text_with_a_damaged_place(read: Load) -> None:
    rich = rb"{\rtf1\ansi\ansicpg932 Rich words \'81}"
    packed = struct.pack("<LL4sL", len(rich) + 12, len(rich), b"MELA", 0) + rich
    document = read("winmail.dat", packed_by_outlook((0x69003, properties(x01021009=packed))))
    assert document.text.strip() == "Rich words �"
    assert document.warnings == ("1 byte that cannot be decoded replaced by “�”.",)
