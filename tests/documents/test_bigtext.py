"""Large strings made of pieces are ordinary strings."""

from __future__ import annotations

import codecs
import dataclasses
import hashlib
import io
import sys
import threading
from unittest.mock import patch

import msgspec
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rlm_desktop.documents import from_text
from rlm_desktop.documents.bigtext import TextBuilder, _leaving, _own_size, _width, free
from rlm_desktop.documents.document import count
from rlm_desktop.documents.encoding import is_simple
from rlm_desktop.documents.reading import read_encoded, read_utf8

PIECES = st.lists(st.text(alphabet=st.sampled_from("aé\xffжあ\uffff😀\U0010ffff"), max_size=40), max_size=12)
LARGE = 8 << 20


def built(pieces: list[str], capacity: int) -> str:
    builder = TextBuilder(capacity)
    for piece in pieces:
        builder.append(piece)
    assert builder.length == sum(map(len, pieces))
    return builder.finish()


@settings(deadline=None)
@given(PIECES)
def test_the_text_is_that_of_the_pieces(pieces: list[str]) -> None:
    expected = "".join(pieces)
    text = built(pieces, LARGE)
    assert text == expected
    assert hash(text) == hash(expected)
    assert text.encode() == expected.encode()
    assert {text: 1}[expected] == 1
    assert sys.getsizeof(text) <= sys.getsizeof(expected) + 8


@settings(deadline=None, max_examples=25)
@given(PIECES)
def test_more_than_was_announced(pieces: list[str]) -> None:
    big = "x" * 300
    with patch("rlm_desktop.documents.bigtext._JOIN_BELOW", 0):
        assert built([big, *pieces], len(big)) == big + "".join(pieces)


def test_references_are_counted_right() -> None:
    text = built(["x" * 1000, "é" * 1000], LARGE)
    assert sys.getrefcount(text) == sys.getrefcount(" ".join(["y", "z"]))


@settings(deadline=None, max_examples=40)
@given(PIECES, st.integers(5, 30), st.integers(5, 30))
def test_a_large_text_is_hashed_beside_the_decoding(pieces: list[str], portion: int, at_once: int) -> None:
    data = "\r\n".join(pieces).encode()
    with patch.multiple("rlm_desktop.documents.reading", _PORTION=portion, _SLICE=at_once, _LARGE=0):
        read = read_utf8(io.BytesIO(data), len(data), lambda done: None)
    assert read is not None
    assert read.text == "\n".join(pieces)
    assert read.sha256 == hashlib.sha256(read.text.encode()).hexdigest()


def test_a_large_text_that_is_given_up_leaves_no_thread() -> None:
    def stop(done: int) -> None:
        raise InterruptedError

    before = threading.active_count()
    with patch("rlm_desktop.documents.reading._LARGE", 0), pytest.raises(InterruptedError):
        read_utf8(io.BytesIO(b"text " * 200_000), 1_000_000, stop)
    with patch("rlm_desktop.documents.reading._LARGE", 0):
        assert read_utf8(io.BytesIO(b"\xff\xfe" * 200_000), 400_000, lambda done: None) is None
    assert threading.active_count() == before


@pytest.mark.parametrize(("letter", "width"), [("a", 1), ("é", 1), ("ж", 2), ("😀", 4)])
def test_large_texts_are_freed_and_others_left_alone(letter: str, width: int) -> None:
    length = (17 << 20) // width
    held = "".join([letter] * length)
    texts = [held, "".join([letter] * length), "short"]
    before = psutil.Process().memory_info().rss
    free(texts)
    assert texts == []
    assert held.count(letter) == length
    assert psutil.Process().memory_info().rss <= before - (8 << 20)


@pytest.mark.parametrize("text", ["aaa", "éaé", "жa", "жa" * 3, "aaaaж", "a😀", "😀" * 9])
def test_a_copy_in_utf_8_is_no_part_of_a_text(text: str) -> None:
    text = "".join([text] * 3)
    own = sys.getsizeof(text)
    msgspec.msgpack.encode(text)  # leaves the copy
    with patch("rlm_desktop.documents.bigtext._COPY", 4):
        assert _own_size(text) == own


def test_the_last_document_of_a_large_text_lets_it_go_in_a_thread() -> None:
    freed, by = threading.Event(), list[int]()

    def note(text: str) -> None:
        by.append(threading.get_ident())
        freed.set()

    document = from_text("a.txt", "x" * (17 << 20))
    again = dataclasses.replace(document, name="b.txt")
    with patch("rlm_desktop.documents.bigtext._give_back", note):
        del document
        assert again.text.count("x") == 17 << 20
        del again
        assert freed.wait(10)
    assert len(by) == 1
    assert by[0] != threading.get_ident()


def test_whoever_holds_a_large_text_last_it_goes_in_a_thread() -> None:
    """The context of a run, a message of the history, a frame: all hold the bare text."""
    freed, by = threading.Event(), list[int]()

    def note(text: str) -> None:
        by.append(threading.get_ident())
        freed.set()

    with patch("rlm_desktop.documents.bigtext._give_back", note):
        document = from_text("a.txt", "x" * (17 << 20))
        copies = [dataclasses.replace(document, name=str(number)) for number in range(3)]
        held = [document.text]
        del document
        copies.clear()
        assert not by
        assert held[0].count("x") == 17 << 20
        held.clear()
        assert freed.wait(10)
    assert len(by) == 1
    assert by[0] != threading.get_ident()


def test_without_a_thread_a_text_is_not_kept_for_ever() -> None:
    document = from_text("a.txt", "x" * (17 << 20))
    with patch("rlm_desktop.documents.bigtext._thread.start_new_thread", side_effect=RuntimeError):
        before = set(_leaving)
        del document
    assert set(_leaving) <= before


def test_a_text_that_is_given_up_half_way_is_given_back() -> None:
    before = threading.active_count()
    builder = TextBuilder(17 << 20)
    for _ in range(12):
        builder.append("ж" * (1 << 20))
    given: list[int] = []
    with patch("rlm_desktop.documents.bigtext._give_back", lambda text: given.append(len(text))):
        del builder
    assert given == [17 << 20]
    assert threading.active_count() == before


def test_an_error_that_is_kept_keeps_no_text() -> None:
    size = 17 << 20

    def stop(done: int) -> None:
        if done == size:
            raise InterruptedError

    before = threading.active_count()
    given: list[int] = []
    with patch("rlm_desktop.documents.bigtext._give_back", lambda text: given.append(len(text))):
        with pytest.raises(InterruptedError) as error:
            read_utf8(io.BytesIO(b"x" * size), size, stop)
        assert given == [size]
    assert error.traceback
    assert threading.active_count() == before


@given(st.text(min_size=1, max_size=20))
def test_width(text: str) -> None:
    widest = max(map(ord, text))
    expected = 0x7F if widest < 0x80 else 0xFF if widest < 0x100 else 0xFFFF if widest < 0x10000 else 0x10FFFF
    assert _width(text) == expected


@settings(deadline=None)
@given(
    st.text(alphabet=st.sampled_from("aé\r\n\f\0あ😀\ufeff"), max_size=30),
    st.binary(max_size=3),
    st.integers(5, 12),
    st.integers(5, 12),
)
def test_whatever_the_pieces_a_text_is_read_as_a_whole(text: str, end: bytes, portion: int, at_once: int) -> None:
    data = text.encode() + end
    with patch.multiple("rlm_desktop.documents.reading", _PORTION=portion, _SLICE=at_once):
        read = read_utf8(io.BytesIO(data), len(data), lambda done: None)
    try:
        whole = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        assert read is None
        return
    assert read is not None
    expected = whole.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "␀")
    assert read.text == expected
    assert (read.sha256, read.utf8_bytes) == (
        hashlib.sha256(expected.encode()).hexdigest(),
        len(expected.encode()),
    )
    nuls = whole.count("\0")
    assert read.warnings == ((f"{count(nuls, 'NUL character')} replaced by “␀”.",) if nuls else ())
    assert read.feeds == tuple(at + 1 for at, char in enumerate(expected) if char == "\f")


@settings(deadline=None)
@given(
    st.sampled_from(
        ("utf-8", "utf-8-sig", "utf-16", "utf-32-be", "cp1251", "latin-1", "cp932", "gb18030", "euc_kr")
    ),
    st.text(alphabet=st.sampled_from("aé\r\n\f\0ж人あ😀"), max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.binary(max_size=3)), max_size=2),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_a_text_in_any_encoding_is_read_as_a_whole(
    encoding: str, text: str, wrong: list[tuple[int, bytes]], portion: int, at_once: int
) -> None:
    data = text.encode(encoding, "replace")
    for at, some in wrong:
        data = data[:at] + some + data[at:]
    with patch.multiple("rlm_desktop.documents.reading", _PORTION=portion, _SLICE=at_once):
        read = read_encoded(io.BytesIO(data), len(data), encoding, lambda done: None)
    if encoding == "utf-16" and data and not data.startswith(codecs.BOM_UTF16_LE):
        return  # as in a file that has changed since its mark was seen: whatever comes, it does not crash
    assert read is not None
    expected = data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "␀")
    assert read.text == expected
    assert read.sha256 == hashlib.sha256(expected.encode()).hexdigest()
    assert read.utf8_bytes == len(expected.encode())
    assert read.feeds == tuple(at + 1 for at, char in enumerate(expected) if char == "\f")
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        assert "cannot be" in read.warnings[0]
    else:
        assert not any("cannot be" in warning for warning in read.warnings)


def test_a_text_that_is_hardly_in_an_encoding_is_not_read_here() -> None:
    data = b"\x98" * 20  # no letter of Windows' Cyrillic
    with patch("rlm_desktop.documents.reading._MOST_LOST", 19):
        assert read_encoded(io.BytesIO(data), 19, "cp1251", lambda done: None) is not None
        assert read_encoded(io.BytesIO(data), 20, "cp1251", lambda done: None) is None


def test_encodings_that_are_decoded_by_a_program_in_python_or_may_grow_are_not_simple() -> None:
    assert all(map(is_simple, ("UTF8", "utf-16-le", "windows-1252", "latin1", "KOI8-U", "mac_cyrillic", "big5")))
    assert not any(
        map(is_simple, ("idna", "punycode", "utf-7", "unicode_escape", "iso2022_jp", "zlib", "none", ""))
    )
