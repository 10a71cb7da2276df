"""What the application's own process never does."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rlm_desktop.documents import Loader
from tests.documents import made

PROGRAM = """
import sys
from rlm_desktop.documents import load
for path in sys.argv[1:]:
    load(path)
parsers = {"pypdfium2", "lxml", "mammoth", "pptx", "python_calamine", "html_to_markdown", "olefile",
           "msoffcrypto", "cryptography", "chardet"}
print(sorted(parsers & set(sys.modules)))
"""


def test_no_parser_is_imported(tmp_path: Path) -> None:
    files = {
        "a.pdf": made.pdf("one"),
        "a.docx": made.docx(),
        "a.xlsx": made.xlsx(),
        "a.zip": made.zipped({"a.html": "<p>x"}),
        "a.msg": made.msg(),
        "a.txt": "Les élèves étudient à l’école".encode("cp1252"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    paths = [str(tmp_path / name) for name in files]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *paths], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() == "[]"


def test_place_labels(loader: Loader, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(made.zipped({"b.pdf": made.pdf("one", "two"), "c.txt": "three"}))
    document = loader.load(path)
    labels = document.place_labels()
    assert [label for _, label in labels] == [
        "member b.pdf",
        "member b.pdf, page 1",
        "member b.pdf, page 2",
        "member c.txt",
    ]
    assert document.text[labels[2][0] :].startswith("two")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a busy process of a closed pipe")
def test_a_busy_process_ends_with_the_application() -> None:
    code = (
        "from rlm_desktop.documents.worker import end_with_application\n"
        "end_with_application()\n"
        "print('busy', flush=True)\n"
        "while True: pass"
    )
    piped = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=piped, stdout=piped, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        process.stdin.close()
        assert process.wait(30) == -signal.SIGIO


def test_an_application_that_has_grown_keeps_its_processes(tmp_path: Path) -> None:
    """Linux hands the most memory that a program ever had down to what it starts."""
    (tmp_path / "a.pdf").write_bytes(made.pdf("one"))
    code = (
        "import sys, psutil\nfrom rlm_desktop.documents import Loader\n"
        "large = b'x' * (700 << 20)\nwith_one = Loader(workers=1)\nfound = set()\n"
        "for _ in range(3):\n    with_one.load(sys.argv[1])\n"
        "    found |= {child.pid for child in psutil.Process().children()}\n"
        "with_one.close()\nprint(len(found))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.pdf")]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == "1\n"
