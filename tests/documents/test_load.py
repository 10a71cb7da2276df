"""What loading gives, and what it says when it cannot."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from rlm_desktop.documents import (
    Document,
    EncodingNeeded,
    Loader,
    PasswordNeeded,
    from_text,
    load,
    load_all,
    load_bytes,
)
from rlm_desktop.errors import DocumentError
from tests.documents import made


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def reason(loader: Loader, path: Path | str) -> str:
    with pytest.raises(DocumentError) as caught:
        loader.load(path)
    return caught.value.reason


def test_a_text_is_whole(tmp_path: Path) -> None:
    text = "First line\nZweite Zeile: Öl\n三行目\n" * 50
    path = write(tmp_path, "notes.txt", text)
    document = load(path)
    assert document.text == text
    assert (document.name, document.kind, document.encoding) == ("notes.txt", "text", "utf-8")
    assert document.path == str(path)
    assert document.size_bytes == len(text.encode())
    assert document.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert document.characters == len(text)
    assert document.estimated_tokens == (len(text.encode()) + 3) // 4
    assert document.warnings == ()
    assert document.pages == ()


def test_one_text_has_one_hash_whatever_its_file(loader: Loader, tmp_path: Path) -> None:
    text = "Grüße aus Köln, schöne Straße, für alle übrigen Mädchen.\n" * 20
    paths = [
        write(tmp_path, f"{e}.txt", text.replace("\n", n).encode(e))
        for e in ("utf-8", "utf-16", "cp1252")
        for n in ("\n", "\r\n")
    ]
    documents = [loader.load(path) for path in paths]
    assert {document.text for document in documents} == {text}
    assert len({document.sha256 for document in documents}) == 1
    assert from_text("pasted", text).sha256 == documents[0].sha256


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.md", "markdown"), ("a.rst", "rst"), ("a.log", "log"), ("a.csv", "csv"), ("a.json", "json"),
        ("a.jsonl", "json"), ("a.py", "code"), ("a.rs", "code"), ("Makefile", "text"), ("a", "text"),
        ("a.yaml", "config"), ("a.xml", "xml"),
    ],
)  # fmt: skip
def test_kinds_of_texts(loader: Loader, tmp_path: Path, name: str, kind: str) -> None:
    assert loader.load(write(tmp_path, name, "x = 1\n")).kind == kind


def test_what_cannot_be_read_says_why(loader: Loader, tmp_path: Path) -> None:
    assert reason(loader, tmp_path / "nowhere.txt") == "there is no such file."
    assert reason(loader, tmp_path) == "it is a folder, not a file."
    assert reason(loader, write(tmp_path, "empty.txt", "")) == "the file is empty."
    assert reason(loader, write(tmp_path, "blank.txt", " \n\n")) == "it holds no text."
    assert reason(loader, write(tmp_path, "a.txt", os.urandom(5000))).startswith("it is a binary file")
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4
    assert reason(loader, write(tmp_path, "b.txt", png)) == "it is a PNG picture, which holds no text."
    assert reason(loader, "a\0b") == "that is no possible file name."


@pytest.mark.parametrize(
    ("name", "data", "needs_encoding"),
    [
        ("tape.txt", "READINGS OF 1974".encode("cp037") + bytes(range(16)), True),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4, False),
        ("broken.pdf", b"%PDF-1.7\nnothing", False),
        ("blank.txt", b" \n", False),
    ],
)
def test_another_encoding_helps_only_with_what_may_be_a_text(
    loader: Loader, tmp_path: Path, name: str, data: bytes, needs_encoding: bool
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        loader.load(tmp_path / name)
    assert isinstance(caught.value, EncodingNeeded) is needs_encoding


def test_the_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.txt"
    with pytest.raises(DocumentError, match="there is no such file") as caught:
        load(path)
    assert caught.value.path == str(path)
    assert str(caught.value) == f"{path}: there is no such file."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a person without all rights")
def test_no_permission(loader: Loader, tmp_path: Path) -> None:
    path = write(tmp_path, "secret.txt", "x")
    path.chmod(0)
    assert reason(loader, path) == "you have no permission to read it."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_does_not_hang(loader: Loader, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert reason(loader, tmp_path / "pipe") == "it is a device, not a file."


def test_nuls_and_line_ends(loader: Loader, tmp_path: Path) -> None:
    document = loader.load(write(tmp_path, "a.txt", b"one\r\ntwo\rthree\0four\n" + b"text " * 50))
    assert document.text.startswith("one\ntwo\nthree␀four\ntext")
    assert document.warnings == ("1 NUL character replaced by “␀”.",)


def test_a_carriage_return_between_two_pieces(loader: Loader, tmp_path: Path) -> None:
    data = b"x" * ((1 << 20) - 1) + b"\r\nend\r"
    assert loader.load(write(tmp_path, "a.txt", data)).text == "x" * ((1 << 20) - 1) + "\nend\n"


@pytest.mark.parametrize(
    ("encoding", "wish", "wrong"),
    [("cp1251", "", b""), ("utf-8-sig", "", b"\xff"), ("utf-16", "", b""), ("koi8-r", "koi8-r", b"")],
)
def test_a_large_text_in_any_encoding(
    loader: Loader, tmp_path: Path, encoding: str, wish: str, wrong: bytes
) -> None:
    line = "Съешь же ещё этих мягких французских булок, да выпей чаю, и подумай о том, что будет завтра.\n"
    text = f"первая\r\nстраница\f{line * 100_000}"
    document = loader.load(write(tmp_path, "a.txt", text.encode(encoding) + wrong), encoding=wish)
    expected = text.replace("\r", "") + "�" * len(wrong)
    assert document.text == expected
    assert document.sha256 == hashlib.sha256(expected.encode()).hexdigest()
    assert document.encoding == encoding.removesuffix("-sig")
    assert document.pages == (0, text.index("\f"))
    assert document.warnings == (("1 byte that cannot be UTF-8 replaced by “�”.",) if wrong else ())


def test_a_large_text_in_an_encoding_that_there_is_not(loader: Loader, tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"text " * 2_000_000)
    for name in ("klingon", "zlib"):
        with pytest.raises(EncodingNeeded, match=f"there is no encoding named “{name}”"):
            loader.load(path, encoding=name)


async def test_a_text_for_which_there_is_no_memory_does_not_stop_the_others(
    loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("rlm_desktop.documents.task.read_utf8", fails)
    paths = [write(tmp_path, "a.txt", b"text"), write(tmp_path, "b.pdf", made.pdf("words"))]
    large, small = await loader.load_all(paths)
    assert isinstance(large, DocumentError)
    assert large.reason == "reading it takes more memory than allowed."
    assert isinstance(small, Document)


def test_a_mark_of_utf8_is_no_text(loader: Loader, tmp_path: Path) -> None:
    document = loader.load(write(tmp_path, "a.txt", b"\xef\xbb\xbf" + "Öl\n".encode() * 400_000))
    assert document.text == "Öl\n" * 400_000
    assert document.encoding == "utf-8"
    assert reason(loader, write(tmp_path, "b.txt", b"\xef\xbb\xbf")) == "it holds no text."


def test_form_feeds_are_pages(loader: Loader, tmp_path: Path) -> None:
    document = loader.load(write(tmp_path, "rfc.txt", "one\n\ftwo\n\fthree\n"))
    assert [document.page_text(number) for number in (1, 2, 3)] == ["one\n\f", "two\n\f", "three\n"]
    assert str(document.place_of(document.text.index("two"))) == "page 2, line 1"


def test_a_large_text_is_read_once_and_whole(loader: Loader, tmp_path: Path) -> None:
    line = "The quick brown fox jumps over the lazy dog, 0123456789.\n"
    for name, extra in (("ascii.txt", ""), ("wide.txt", "ж"), ("astral.txt", "😀")):
        text = line * 200_000 + extra + line
        document = loader.load(write(tmp_path, name, text))
        assert document.text == text
        assert hash(document.text) == hash(text)


def test_pasted_text_is_cleaned() -> None:
    document = from_text("pasted", "a\ud800b\0c\r\n" + "\ud83d\ude00")
    assert document.text == "a\ufffdb␀c\n😀"
    assert len(document.warnings) == 2
    document.text.encode()


def test_bytes_at_hand() -> None:
    document = load_bytes("-", made.pdf("from a pipe"))
    assert (document.name, document.path, document.kind) == ("-", "", "pdf")
    assert document.text == "from a pipe\n\n"
    assert load_bytes("-", b"plain\n").text == "plain\n"
    with pytest.raises(DocumentError, match="-: the file is empty"):
        load_bytes("-", b"")


async def test_many_files_in_order(tmp_path: Path) -> None:
    paths: list[Path | str] = [write(tmp_path, f"{n}.txt", f"text {n}\n") for n in range(30)]
    paths.insert(7, tmp_path / "missing.txt")
    seen: list[float] = []
    results = await load_all(paths, progress=lambda report: seen.append(report.done))
    assert isinstance(results[7], DocumentError)
    texts = [result.text for result in results if isinstance(result, Document)]
    assert texts == [f"text {n}\n" for n in range(30)]
    assert seen[-1] == 31


def test_summary(loader: Loader, tmp_path: Path) -> None:
    document = loader.load(write(tmp_path, "a.txt", "hello\n"))
    assert document.summary() == {"name": "a.txt", "kind": "text", "characters": 6, "pages": 0, "outline": []}


class TestShared:
    def test_policy_pdf(self, loader: Loader, shared: Path) -> None:
        document = loader.load(shared / "debian-policy.pdf")
        assert document.kind == "pdf"
        assert len(document.pages) == 193
        offset = document.text.index("abort-upgrade")
        assert str(document.place_of(offset)).startswith("page ")
        assert any(heading.title.startswith("1.") or "manual" in heading.title for heading in document.outline)

    async def test_every_file_gives_text_or_a_reason(self, shared: Path) -> None:
        files = [path for path in sorted(shared.rglob("*")) if path.is_file()]  # noqa: ASYNC240  # a small folder
        refused: dict[str, str] = {}
        for path, result in zip(files, await load_all(files), strict=True):
            if isinstance(result, DocumentError):
                refused[path.name] = result.reason
            elif not result.needs_ocr:
                assert result.text.strip() or path.name.startswith("fuzz"), path
        assert refused == {
            "empty.pdf": "the file is empty.",
            "empty.txt": "the file is empty.",
            "random.bin": "it is a binary file, which holds no text.",
            "truncated-debian-policy.pdf": "it is cut off: the end of the file, which lists its pages, is missing.",
            "encrypted-r2-user-password.pdf": "it is encrypted: it needs a password.",
        }

    def test_a_pdf_whose_fonts_are_cut_off_says_that_letters_may_be_wrong(
        self, loader: Loader, shared: Path, tmp_path: Path
    ) -> None:
        data = (shared / "habibi.pdf").read_bytes()
        path = tmp_path / "cut.pdf"
        warnings = {}
        for share in (0.5, 0.99):
            path.write_bytes(data[: int(share * len(data))])
            warnings[share] = loader.load(path).warnings
        found = "It is damaged: the list of its pages is missing. 1 page could be found."
        assert warnings == {
            0.5: (found, "Fonts of 1 page are missing: letters there may be wrong."),
            0.99: (found,),
        }

    def test_only_pages_are_taken_for_pages_of_a_pdf_that_is_cut_off(
        self, loader: Loader, shared: Path, tmp_path: Path
    ) -> None:
        data = (shared / "crazyones-pdfa.pdf").read_bytes()
        path = tmp_path / "cut.pdf"
        path.write_bytes(data[: int(0.8 * len(data))])
        document = loader.load(path)
        assert "crazy ones" in document.text
        assert document.warnings == ("It is damaged: the list of its pages is missing. 1 page could be found.",)

    def test_docx(self, loader: Loader, shared: Path) -> None:
        document = loader.load(shared / "markitdown_test.docx")
        assert document.text.startswith("# AutoGen: Enabling Next-Gen LLM")
        assert "\n| --- |" in document.text or "\n|---" in document.text
        assert "Introduction" in [heading.title for heading in document.outline]

    def test_html_under_a_wrong_name(self, loader: Loader, shared: Path) -> None:
        document = loader.load(shared / "corrupt" / "html-named.pdf")
        assert document.kind == "html"
        assert document.warnings == ("Named .pdf, but it is an HTML page; read as such.",)

    def test_encrypted(self, loader: Loader, shared: Path) -> None:
        path = shared / "encrypted-r2-user-password.pdf"
        with pytest.raises(PasswordNeeded, match="it is encrypted: it needs a password"):
            loader.load(path)
        with pytest.raises(PasswordNeeded, match="the password is wrong"):
            loader.load(path, password="no")
        assert "pdf encryption test" in loader.load(path, password="asdfzxcv").text

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("empty.pdf", "the file is empty."),
            ("empty.txt", "the file is empty."),
            ("random.bin", "it is a binary file, which holds no text."),
            (
                "truncated-debian-policy.pdf",
                "it is cut off: the end of the file, which lists its pages, is missing.",
            ),
        ],
    )
    def test_corrupt(self, loader: Loader, shared: Path, name: str, message: str) -> None:
        assert reason(loader, shared / "corrupt" / name) == message
