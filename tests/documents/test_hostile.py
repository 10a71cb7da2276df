"""Files made to do harm, and files that are anything at all: never more than a sentence comes of them."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import re
import string
import struct
import tempfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rlm_desktop.documents import Document, Loader, expand, extract, load_all
from rlm_desktop.documents.draft import Draft, headings_of
from rlm_desktop.documents.formats import gaps, html, mail, sheet_notes, xls_notes
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.gaps_other import closer_records, sheets_of
from rlm_desktop.documents.kinds import HEAD, kind_of
from rlm_desktop.documents.reading import read_utf8
from rlm_desktop.documents.workers import Limits, Worker
from rlm_desktop.errors import DocumentError
from tests.documents import made


def reason(loader: Loader, folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        loader.load(path)
    return caught.value.reason


def outcome(loader: Loader, path: Path, **options: Any) -> Document | str:
    """The document, or the reason."""
    try:
        return loader.load(path, **options)
    except DocumentError as error:
        return error.reason


@cache
def zeros(megabytes: int) -> bytes:
    """That many megabytes of zeros, packed."""
    packer = zlib.compressobj(1, wbits=-15)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(megabytes)), packer.flush()])


MEMBERS = {
    "bomb.docx": "word/document.xml",
    "bomb.epub": "META-INF/container.xml",
    "bomb.xlsx": "xl/workbook.xml",
}


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.docx", "bomb.xlsx", "bomb.epub"])
def test_zip_bombs(loader: Loader, tmp_path: Path, name: str) -> None:
    member = MEMBERS.get(name, "a.txt")
    said = reason(loader, tmp_path, name, made.zip_of((member.encode(), zeros(80)), method=8, size=80 << 20))
    assert re.fullmatch(r"\d+ kB would unpack to 80 MB: it is made to fill the memory\.", said)


def test_a_zip_that_lies_about_its_sizes(loader: Loader, tmp_path: Path) -> None:
    data = made.zip_of((b"a.txt", zeros(16)), method=8, size=1000)
    said = reason(loader, tmp_path, "bomb.zip", data)
    assert said == "it holds no readable file: a.txt (damaged)."


def test_packed_zeros(loader: Loader, tmp_path: Path) -> None:
    said = reason(loader, tmp_path, "log.gz", gzip.compress(b"x" * (72 << 20), 1))
    assert re.fullmatch(r"\d+ kB unpack to more than \d+ MB\.", said)


def test_archives_in_archives(loader: Loader, tmp_path: Path) -> None:
    data = made.zipped({"a.txt": "bottom"})
    for _ in range(7):
        data = made.zipped({"inner.zip": data})
    assert "in 4 other archives; only 4 are opened" in reason(loader, tmp_path, "deep.zip", data)


def test_many_members(loader: Loader, tmp_path: Path) -> None:
    data = made.zip_of(*[(b"a", b"")] * 50_001)
    assert reason(loader, tmp_path, "many.zip", data) == "it holds 50,001 files; at most 50,000 are read."


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 20}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
def test_entities_are_not_expanded(loader: Loader, tmp_path: Path, kind: str) -> None:
    text = "plain words &i; &file; end"
    if kind == "docx":
        paragraph = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        document = f"{ENTITIES}<w:document {made.W}><w:body>{paragraph}</w:body></w:document>"
        data = made.docx(extra={"word/document.xml": document})
    elif kind == "odt":
        body = f"<office:body><office:text><text:p>{text}</text:p></office:text></office:body>"
        data = made.zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": f"{ENTITIES}<office:document-content {made.ODF}>{body}</office:document-content>",
            }
        )
    else:
        opf = ENTITIES + "<package><manifest>&i;</manifest></package>"
        data = made.zipped({"META-INF/container.xml": "<x/>", "a.opf": opf})
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data)
    result = outcome(loader, path)
    found = result if isinstance(result, str) else result.text
    assert "root:" not in found
    assert len(found) < 1000


def test_a_pdf_whose_pages_hold_themselves(loader: Loader, tmp_path: Path) -> None:
    data = made.pdf("one", "two").replace(b"/Kids[4 0 R", b"/Kids[2 0 R")
    path = tmp_path / "loop.pdf"
    path.write_bytes(data)
    result = outcome(loader, path)
    assert result if isinstance(result, str) else "two" in result.text


def test_deep_nesting(loader: Loader, tmp_path: Path) -> None:
    page = b"<div>" * 50_000 + b"lowest words" + b"</div>" * 50_000
    path = tmp_path / "deep.html"
    path.write_bytes(b"<html>" + page)
    assert "lowest words" in loader.load(path).text
    deep = b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b', "nbformat": 4}'
    assert reason(loader, tmp_path, "deep.ipynb", deep).startswith(("it is nested too deeply", "it is damaged"))
    mail = b"From: a@b\nTo: c@d\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1050)
    )
    assert reason(loader, tmp_path, "deep.eml", mail)


def test_a_mail_to_half_a_million(tmp_path: Path, loader: Loader) -> None:
    path = tmp_path / "list.eml"
    path.write_bytes(
        b"From: a@b\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\nTo: " + b"a@b, " * 500_000 + b"\r\n\r\nhi there"
    )
    document = loader.load(path)
    assert document.text.startswith("## café\n\nFrom: a@b\nTo: a@b, a@b, ")
    assert document.text.endswith("Subject: café\n\nhi there\n\n")


def test_tags_that_are_never_closed(loader: Loader, tmp_path: Path) -> None:
    path = tmp_path / "open.html"
    path.write_bytes(b"<html>" + b"<title" * 50_000 + b"<script>" * 50_000 + b"<!--" * 50_000)
    outcome(loader, path)  # comes to an end
    path.write_bytes(b"<html>" + b"<div>" * 2000 + b"<script>var x</SCRIPT ><p>seen</p><!--note--><script>code")
    text = loader.load(path).text
    assert "seen" in text
    assert "var x" not in text
    assert "note" not in text


@pytest.mark.parametrize(
    ("cells", "expected"),
    [("XFD1048576", "1,\n,7\n"), ("B7 XFC9 AB1048576", "1,,,\n,7,,\n,,,7\n,,7,\n")],
)
def test_a_workbook_with_a_cell_far_away(loader: Loader, tmp_path: Path, cells: str, expected: str) -> None:
    filled = "".join(
        f'<row r="{cell.strip(string.ascii_uppercase)}"><c s="0" r="{cell}"><v>7</v></c></row>'
        for cell in cells.split()
    )
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1"><c r="A1"><v>1</v></c><c r="ZZ1" s="0"/></row>{filled}</sheetData></worksheet>'
    )
    path = tmp_path / "far.xlsx"
    path.write_bytes(made.xlsx({"xl/worksheets/sheet1.xml": sheet}))
    document = loader.load(path)
    assert document.text.startswith(f"## Sales\n\n{expected}\nComment on B2: provisional\n## Notes")
    assert document.warnings[0] == "The sheet “Sales” is very large: its empty rows and columns were left out."


def test_a_mail_of_too_many_parts_is_not_parsed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_MAX_PARTS", 5)
    monkeypatch.setattr(mail, "_MOST_PARSED", 15)
    monkeypatch.setattr(mail, "_FED", 64)
    parts = "".join(f"--B\n\nword {number}\n" for number in range(1000))
    made_of = f'From: a@b.c\nSubject: Many\nContent-Type: multipart/mixed; boundary="B"\n\n{parts}--B--\n'
    draft = Draft("mail")
    message = mail._parsed(made_of.encode(), draft)
    assert 15 < sum(1 for _ in message.walk()) < 30
    mail.extract(Source("a.eml", io.BytesIO(made_of.encode())), draft)
    text = "".join(draft.parts)
    assert "word 4" in text
    assert "word 5" not in text
    assert draft.warnings == ["Only the first 5 parts of a mail were read."]


def test_attributes_that_never_end_are_looked_at_once() -> None:
    sheet = b"<c " + b' r="AA1"' * 200_000
    assert gaps._closer(sheet) is None
    assert html._BOX.search("<input" + " type=checkbox" * 200_000) is None


def test_spaces_that_never_end_are_looked_at_once() -> None:
    sheet = b'<sheetData><c r="A1"><f>1</f>' + b" " * 1_000_000
    assert not list(sheet_notes._without_values(sheet))


def test_sheets_that_lie_in_each_other_are_looked_at_once() -> None:
    count, size = 20_000, 13
    names = (struct.pack("<HHI5s", 0x85, 9, count * size + 4 * number, b"\0\0\1\0A") for number in range(count))
    assert xls_notes._of_sheets(b"".join(names) + bytes(4) * 3 * count) == {"A": []}


def far_ods() -> bytes:
    def cell(number: int) -> str:
        return f'<table:table-cell office:value-type="float" office:value="{number}"/>'

    def gap(columns: int) -> str:
        return f'<table:table-cell table:number-columns-repeated="{columns}"/>'

    return made.opendocument(
        "spreadsheet",
        f'<table:table table:name="Far"><table:table-row>{cell(1)}{gap(16382)}{cell(2)}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="1048574">{gap(16384)}</table:table-row>'
        f"<table:table-row>{cell(3)}{gap(7)}</table:table-row></table:table>",
    )


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("far.xlsb", made.xlsb({(0, 0): 1, (1048575, 16383): 7}), "## Far\n\n1,\n,7\n"),
        ("far.ods", far_ods(), "## Far\n\n1,2\n3,\n"),
        (
            "wrong.xlsx",
            made.xlsx(
                {
                    "xl/worksheets/sheet1.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006'
                    '/main"><dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
                    '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData></worksheet>'
                }
            ),
            "## Sales\n\n1,\n,7\n",
        ),
    ],
)
def test_a_cell_that_is_farther_away_than_the_workbook_says(
    loader: Loader, tmp_path: Path, name: str, data: bytes, expected: str
) -> None:
    for path in (tmp_path / name, tmp_path / "all.zip"):
        path.write_bytes(data if path.name == name else made.zipped({f"in/{name}": data}))
        document = loader.load(path)
        assert expected in document.text
        assert document.warnings[0].endswith("is very large: its empty rows and columns were left out.")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_records_of_a_workbook(data: bytes) -> None:
    closer_records(data)
    list(sheets_of(made.record(156, data[:100]) + data))


def test_memory_has_a_limit(tmp_path: Path) -> None:
    loader = Loader(workers=1, limits=Limits(memory_mb=48))
    try:
        path = tmp_path / "large.txt"
        path.write_bytes("Les élèves étudient à l’école.\n".encode("cp1252") * 2_000_000)
        with pytest.raises(DocumentError, match="reading it takes more memory than allowed"):
            loader.load(path)
        path.write_bytes("Les élèves étudient à l’école.\n".encode("cp1252") * 20)
        assert loader.load(path).text.startswith("Les élèves")
    finally:
        loader.close()


@pytest.mark.parametrize("limits", [Limits(silence=0.001), Limits(seconds=0.001)])
def test_time_has_a_limit(tmp_path: Path, limits: Limits) -> None:
    loader = Loader(workers=1, limits=limits)
    try:
        said = reason(loader, tmp_path, "a.docx", made.docx())
        assert said == "reading it took too long and was given up."
    finally:
        loader.close()


class TestConfinement:
    def test_what_is_in_force(self, loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(made.pdf("one"))
        used: list[Worker] = []
        run = Worker.run

        def seen(self: Worker, *arguments: Any) -> object:
            used.append(self)
            return run(self, *arguments)

        monkeypatch.setattr(Worker, "run", seen)
        loader.load(path)
        assert "limits" in used[0].layers
        if os.path.exists("/proc/self/oom_score_adj"):
            assert "no_new_privs" in used[0].layers

    def test_a_crash_costs_one_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(made.pdf("one"))
        loader = Loader(workers=1)
        run = Worker.run

        def killed(self: Worker, *arguments: Any) -> object:
            if self.layers:
                self.kill()
            return run(self, *arguments)

        try:
            assert loader.load(path).pages
            monkeypatch.setattr(Worker, "run", killed)
            with pytest.raises(DocumentError, match="the program that reads it crashed"):
                loader.load(path)
            monkeypatch.undo()
            assert loader.load(path).pages
        finally:
            loader.close()

    def test_processes_get_no_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        before = workers()
        loader = Loader(workers=1)
        path = tmp_path / "a.pdf"
        path.write_bytes(made.pdf("one"))
        try:
            loader.load(path)
            (worker,) = workers() - before
            assert "OPENAI_API_KEY" not in worker.environ()
        finally:
            loader.close()
        assert workers() <= before


def workers() -> set[psutil.Process]:
    """The extraction processes of this one."""
    return {child for child in psutil.Process().children() if "documents.worker" in " ".join(child.cmdline())}


async def test_cancelling_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.pdf"
    path.write_bytes(made.pdf(*["some words"] * 3000))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    processes = workers()
    loader = Loader(workers=1)
    started = asyncio.Event()
    task = asyncio.create_task(loader.aload(path, on_progress=lambda share, note: started.set()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await loader.aclose()
    assert workers() <= processes
    assert os.listdir(temporary) == []


ENDINGS = (
    "txt md csv json xml html pdf docx pptx xlsx xls odt ods odp rtf epub eml msg mbox mht ipynb zip tar gz py x"
)
NAMES = st.sampled_from(ENDINGS.split()).map(lambda ending: f"a.{ending}")
MODELS = [
    made.docx(), made.xlsx(), made.odt(), made.odp(), made.epub(), made.pdf("one", "two"),
    made.zipped({"a.txt": "text", "b.html": "<p>x"}), made.locked_zip("a.txt", b"x", b"y"),
    gzip.compress(b"words " * 30),
    b"From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n\nbody\n",
    b'{"cells": [{"cell_type": "code", "source": "1", "outputs": []}], "nbformat": 4}',
    rb"{\rtf1\ansi Caf\'e9 \u26085? \b bold\b0\par next}", "日本語です。".encode("utf-16"),
    made.msg(), made.compound({"Workbook": b"x" * 600}),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"<html><table><tr><td>x</table>",
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<!---->" * 9000 + "<p>",
        "<!--" * 16_000,
        "# " * 30_000 + "x",
        "# a" + " " * 60_000 + "b",
        "# " + "[" * 60_000,
        "# " + "[](" * 20_000,
    ],
)
def test_no_beginning_and_no_heading_takes_long_to_tell(text: str) -> None:
    # Both are looked at in the application itself, while Python's lock is held: the window would stand still.
    assert kind_of(text.encode()[:HEAD], "notes.md") == "markdown"
    assert len(list(headings_of(text))) == text.startswith("# ")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real file with pieces overwritten, left out or cut off."""
    data = bytearray(draw(st.sampled_from(MODELS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 20))] = draw(st.binary(max_size=20))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@pytest.fixture(scope="module")
def impatient() -> Iterator[Loader]:
    loader = Loader(workers=1, limits=Limits(silence=20, seconds=20))
    yield loader
    loader.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, data=st.one_of(st.binary(max_size=3000), damaged()))
def test_anything_under_any_name(impatient: Loader, tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    result = outcome(impatient, path, password="y")
    if isinstance(result, Document):
        check(result)
    else:
        assert result.endswith(".")
        assert "took too long" not in result
        assert "does not start" not in result


def check(document: Document) -> None:
    document.text.encode()
    assert "\0" not in document.text
    assert "\r" not in document.text
    for offset in {0, len(document.text) // 2, len(document.text)}:
        place = document.place_of(offset)
        assert place.start <= offset <= place.end
        assert str(place)
    for number in range(1, len(document.pages) + 1):
        document.page_text(number)
    starts = [heading.start for heading in document.outline]
    assert all(0 <= start <= len(document.text) for start in starts)
    document.summary()


ENTITIES = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'  # noqa: E501
FLAT = f"<office:document {OFFICE}><office:body><office:text><text:p>before &b; after</text:p></office:text></office:body></office:document>"  # noqa: E501


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.fodt", (ENTITIES + FLAT).encode()),
        ("bomb.docx", made.docx(extra={"word/document.xml": ENTITIES + "<w:document/>"})),
        ("bomb.xlsx", made.xlsx(extra={"xl/worksheets/sheet1.xml": ENTITIES + "<worksheet/>"})),
    ],
)
def test_entities_of_its_own_are_refused(loader: Loader, tmp_path: Path, name: str, data: bytes) -> None:
    assert reason(loader, tmp_path, name, data).startswith("it declares XML entities")


def test_a_text_that_is_cut_off_says_so(loader: Loader, tmp_path: Path) -> None:
    path = tmp_path / "cut.fodt"
    path.write_text(
        f"<office:document {OFFICE}><office:body><office:text><text:p>What is left</text:p><text:p>of i"
    )
    document = loader.load(path)
    assert document.text.split() == ["What", "is", "left", "of", "i"]
    assert document.warnings == ("It is damaged: a part of it could not be read.",)


def test_a_list_of_a_million_members_is_not_even_read(loader: Loader, tmp_path: Path) -> None:
    end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 10**6, 10**6, 47 * 10**6, 0)
    end += struct.pack("<4sIQI", b"PK\6\7", 0, 0, 1) + struct.pack(
        "<4s4H2IH", b"PK\5\6", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0
    )
    said = reason(loader, tmp_path, "many.zip", b"PK\3\4" + bytes(60) + end)
    assert said == "it holds 1,000,000 files; at most 50,000 are read."


def test_archives_that_multiply_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_MEMBERS", 100)
    inner = made.zipped({f"{number}.txt": "word" for number in range(30)})
    fan = made.zipped({f"{number}.zip": inner for number in range(20)})
    draft = Draft("zip")
    extract.extract(Source("fan.zip", io.BytesIO(fan)), draft)
    assert 90 < "".join(draft.parts).count("word") <= 100
    assert any("is too much" in warning for warning in draft.warnings)


def test_files_within_a_file_show_that_they_are_being_read() -> None:
    told: list[tuple[float, str]] = []
    inner = made.zipped({"b.pdf": made.pdf("one", "two")})
    mail = EmailMessage()
    mail.set_content("Both are attached.")
    mail.add_attachment(made.pdf("three"), maintype="application", subtype="pdf", filename="c.pdf")
    outer = made.zipped({"a.zip": inner, "d.eml": mail.as_bytes()})
    draft = Draft("zip", lambda share, note: told.append((share, note)))
    extract.extract(Source("outer.zip", io.BytesIO(outer)), draft)
    assert told == [
        (0, "a.zip: b.pdf: page 1 of 2"),
        (0, "a.zip: b.pdf: page 2 of 2"),
        (0, "a.zip: b.pdf"),
        (0, "a.zip: b.pdf"),
        (0, "a.zip"),
        (0.5, "a.zip"),
        (0.5, "d.eml: c.pdf: page 1 of 1"),
        (0.5, "d.eml: c.pdf"),
        (0.5, "d.eml"),
        (1, "d.eml"),
    ]
    draft.enter("text", "e.txt")
    draft.report(0.5, "")
    assert told[-1] == (1, "e.txt")


def test_packed_zeros_pass_for_no_empty_archive(loader: Loader, tmp_path: Path) -> None:
    assert "binary file" in reason(loader, tmp_path, "zeros.gz", gzip.compress(bytes(1 << 20)))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs the files of Linux's /proc")
async def test_files_of_the_system_stop_no_others(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("a good file")
    (tmp_path / "self").symlink_to("self")
    odd = ["/proc/self/mem", "/proc/kmsg", "/proc/self/pagemap", tmp_path / "self", "", "\0"]
    results = await load_all([*odd, tmp_path / "good.txt"])
    assert [isinstance(result, DocumentError) for result in results] == [True] * len(odd) + [False]
    assert str(results[0]) == "/proc/self/mem: reading it failed: Input/output error."


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "grow.log"
    path.write_text("line\n" * 200_000)
    with path.open("rb") as file, path.open("a") as more:

        def grow(done: int) -> None:
            more.write("more\n" * 100_000)
            more.flush()

        read = read_utf8(file, path.stat().st_size, grow)
    assert read is not None
    assert read.text == "line\n" * 200_000


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_that_cannot_be_shown(loader: Loader, tmp_path: Path) -> None:
    for name in (b"caf\xe9.txt", b"two\nlines.txt"):
        with open(os.fsencode(tmp_path) + b"/" + name, "w") as file:
            file.write("text")
    found = expand([tmp_path]).files
    assert [one.name for one in found] == [f"{tmp_path.name}/caf�.txt", f"{tmp_path.name}/two�lines.txt"]
    for one in found:
        document = loader.load(one.path, name=one.name)
        assert document.text == "text"
        f"{document.name}{document.path}".encode()
