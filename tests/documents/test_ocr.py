"""Pages without text, read by an OCR engine: here a program in Tesseract's place."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from rlm_desktop.documents import Loader, ocr, ocr_languages
from tests.documents import made

ENGINE = """\
import sys
if "--list-langs" in sys.argv:
    print("List of available languages (3):\\ndeu\\neng\\nosd")
else:
    data = sys.stdin.buffer.read()
    width, height = data.split(b" ", 3)[1:3]
    dark = sum(byte < 128 for byte in data[20:])
    print("READ", sys.argv[-1], int(width) > 1000 and int(height) > 1000, dark > 1000)
"""


def write(program: Path, code: str) -> None:
    """Make a program of Python code. The interpreter may lie in a folder with a space, which `#!` does not take."""
    file = program.with_suffix(".py")
    file.write_text(code)
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -S '{file}' \"$@\"\n")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "tesseract"
    write(program, ENGINE)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return program


def test_pages_are_read_from_their_pictures(engine: Path, loader: Loader, tmp_path: Path) -> None:
    assert ocr_languages() == ("deu", "eng")
    path = tmp_path / "scan.pdf"
    path.write_bytes(made.scan())
    plain = loader.load(path)
    assert plain.needs_ocr == (2,)
    assert plain.warnings == ("1 page of 3 without a text layer (scanned or drawn): 2.",)
    seen: list[str] = []
    read = loader.load(path, ocr="eng+deu", on_progress=lambda share, note: seen.append(note))
    assert [read.page_text(number).strip() for number in (1, 2, 3)] == [
        "first words",
        "READ eng+deu True True",
        "last words",
    ]
    assert str(read.place_of(read.text.index("last"))) == "page 3, line 1"
    assert read.needs_ocr == ()
    assert read.warnings == ("1 page read from pictures by Tesseract: it makes mistakes.",)
    assert read.sha256 != plain.sha256
    assert "OCR of page 2" in seen


@pytest.mark.parametrize(
    ("does", "warning"),
    [
        ("", "1 page in which Tesseract found no text."),
        ("sys.exit('Failed loading language \\'xyz\\'')", "could not read 1 page: Failed loading language 'xyz'"),
        ("sys.exit(3)", "could not read 1 page: it crashed."),
        ("import time; time.sleep(3600)", "could not read 1 page: it took longer than 0.2 seconds."),
    ],
    ids=["no text", "wrong language", "crash", "too slow"],
)
def test_pages_that_hold_no_text_and_pages_that_could_not_be_read_are_told_apart(
    does: str, warning: str, engine: Path, loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sleep" in does:
        monkeypatch.setattr(ocr, "SECONDS_A_PAGE", 0.2)
    write(engine, f"import sys\nsys.stdin.buffer.read()\n{does}\n")
    path = tmp_path / "scan.pdf"
    path.write_bytes(made.scan())
    read = loader.load(path, ocr="xyz")
    assert len(read.warnings) == 1
    assert read.warnings[0].endswith(warning)
    assert read.needs_ocr == (2,)


def test_an_engine_that_is_installed_meanwhile_is_found(engine: Path) -> None:
    away = engine.rename(engine.with_name("not-yet"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(engine.parent))
        assert ocr_languages() == ()
    away.rename(engine)
    assert ocr_languages() == ("deu", "eng")
