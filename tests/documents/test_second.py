"""What a second process decodes is what this one would have decoded, and nobody notices when it fails."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rlm_desktop.documents import second
from rlm_desktop.documents.reading import Read, read_utf8
from rlm_desktop.documents.second import Second, Utf16

pytestmark = pytest.mark.skipif(
    not hasattr(os, "memfd_create") or len(os.sched_getaffinity(0)) < 2,
    reason="needs Linux and two processors",
)
PORTION = 40_000
PLAIN = "Съешь же ещё этих мягких французских булок, да выпей чаю; naïf 0123456789\n"
LINE = "Съешь же ещё этих мягких 😀 французских\r\nбулок, да выпей\rчаю;\f人人生而自由 0123456789\0\r\n\r\n"


@pytest.fixture(scope="module")
def decoder() -> Iterator[Second]:
    with Second(PORTION) as decoder:
        yield decoder


def read(data: bytes, **changes: Any) -> Read | None:
    changes = {"_SAMPLE": 1, "_is_worth_it": bool, "_PATIENCE": 20.0, "_MOST_LATE": 1000, **changes}
    with (
        patch.multiple("rlm_desktop.documents.reading", _LARGE=0, _VERY_LARGE=0, _PORTION=PORTION),
        patch.multiple("rlm_desktop.documents.second", **changes),
    ):
        return read_utf8(io.BytesIO(data), len(data), lambda done: None)


def same(read: Read | None, text: str) -> bool:
    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "␀")
    sha256 = hashlib.sha256(expected.encode()).hexdigest()
    return read is not None and (read.text, read.sha256) == (expected, sha256)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.text("aéжあ\uffff😀\U0010ffff", min_size=1, max_size=40).map(str.encode), st.binary(min_size=1))
)
def test_portions(decoder: Second, data: bytes) -> None:
    with patch.multiple("rlm_desktop.documents.second", _SAMPLE=1, _PATIENCE=20.0, _is_worth_it=bool):
        assert decoder.give(memoryview(data))
        utf16 = decoder.take()
    try:
        expected = data.decode()
    except UnicodeDecodeError:
        assert utf16 is None
        return
    assert utf16 is not None
    assert bytes(utf16.data).decode("utf-16-le") == expected
    assert utf16.is_plain == (max(expected, default="") <= "\uffff")


def test_what_was_not_taken_is_not_written_over(decoder: Second) -> None:
    """That an answer was looked at makes no room."""
    slots = second._SLOTS
    texts = [chr(0x430 + number) * (PORTION // 2) for number in range(2 * slots)]
    with patch.multiple("rlm_desktop.documents.second", _SAMPLE=1, _PATIENCE=20.0, _is_worth_it=bool):
        for text in texts[:slots]:
            assert decoder.give(memoryview(text.encode()))
        while not decoder.is_done():
            pass
        assert not decoder.give(memoryview(texts[slots].encode()))
        for number in range(slots):
            utf16 = decoder.take()
            assert utf16 is not None
            assert bytes(utf16.data).decode("utf-16-le") == texts[number]
            assert decoder.give(memoryview(texts[slots + number].encode()))
        for text in texts[slots:]:
            assert (utf16 := decoder.take()) is not None
            assert bytes(utf16.data).decode("utf-16-le") == text


def test_a_text_is_the_same_whoever_decodes_its_portions() -> None:
    taken: list[Utf16 | None] = []
    take = Second.take

    def note(self: Second) -> Utf16 | None:
        taken.append(take(self))
        return taken[-1]

    text, before = PLAIN * 5000 + LINE * 5000, psutil.Process().children()
    with patch.object(Second, "take", note):
        assert same(read(text.encode()), text)
    assert {utf16 is not None and utf16.is_plain for utf16 in taken} == {True, False}
    assert None not in taken
    assert psutil.Process().children() == before


@pytest.mark.parametrize(("patience", "late"), [(0.0, 2), (0.0, 1000), (0.002, 1000)])
def test_what_comes_too_late_is_decoded_here(patience: float, late: int) -> None:
    text = LINE * 5000
    assert same(read(text.encode(), _PATIENCE=patience, _MOST_LATE=late), text)


def test_a_process_that_dies_is_not_missed() -> None:
    died: list[int] = []
    has_answered = Second._has_answered

    def kill(self: Second, number: int, patience: float) -> bool:
        if self._process is not None and self._given == 5 and not died:
            self._process.kill()
            died.append(self._process.wait())
        return has_answered(self, number, patience)

    text = LINE * 5000
    with patch.object(Second, "_has_answered", kill):
        assert same(read(text.encode()), text)
    assert len(died) == 1


def test_a_process_that_does_not_start_is_not_missed() -> None:
    def fails(handle: int, portion: int) -> subprocess.Popen[bytes]:
        raise OSError

    text = LINE * 2000
    with patch.object(second, "_started", fails):
        assert same(read(text.encode()), text)
    with patch.object(second, "_BOOT", "raise SystemExit"):
        assert same(read(text.encode()), text)


def test_what_is_not_utf_8_is_found_there_too() -> None:
    data = (LINE * 5000).encode()
    assert read(data[:200_000] + b"\xff" + data[200_000:]) is None
    assert read(data + b"\xd0") is None


def test_a_few_damaged_places_of_a_large_text_are_mended() -> None:
    text, data = LINE * 2500, (LINE * 2500).encode()
    with patch("rlm_desktop.documents.reading.LARGE", 0):
        found = read(data + b"\xff\xd0" + data + b"\xd1")
        assert same(found, text + "��" + text + "�")
        assert found is not None
        assert found.warnings[0] == "3 bytes that cannot be UTF-8 replaced by “�”."
        assert read(b"\xff" * PORTION + data) is None, "it may as well be another encoding"
        with patch("rlm_desktop.documents.reading._MOST_LOST", PORTION // 2):
            assert read(data + b"\xff" * 3 * PORTION + data) is None


def test_plain_letters_start_nothing() -> None:
    with Second(PORTION) as decoder, patch.object(second, "_started", sys.exit):
        assert not decoder.give(memoryview(b"x" * PORTION))
        assert not decoder.give(memoryview("😀".encode() * (PORTION // 4)))
        assert not decoder.give(memoryview("жж".encode()))
