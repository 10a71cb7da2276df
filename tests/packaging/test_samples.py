from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "resources" / "samples"


def number(cell: str) -> int:
    return int(cell.strip().replace(",", ""))


def rows_of(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_report_is_what_its_generator_writes() -> None:
    script = "import make_report, sys; sys.stdout.buffer.write(make_report.report().encode())"
    made = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT / "packaging", capture_output=True, check=True
    )
    assert made.stdout.decode() == (SAMPLES / "company-report.md").read_text(encoding="utf-8")


def test_the_report_is_worth_recursing_into() -> None:
    text = (SAMPLES / "company-report.md").read_text(encoding="utf-8")
    assert 200_000 < len(text) < 400_000
    levels = [len(mark) for mark in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels.count(2) == 4 + 2
    assert levels.count(3) >= 20
    assert levels.count(4) >= 90


def test_the_sums_of_the_report_agree() -> None:
    text = (SAMPLES / "company-report.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| (?:State|Country|Region) \|.*\n(?:\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 1 + 4 + 24
    for table in tables:
        *parts, total = rows_of(table)
        for column in (1, 2, 4, 5):
            assert sum(number(row[column]) for row in parts) == number(total[column])


def test_no_gap_of_the_report_is_left_open() -> None:
    text = (SAMPLES / "company-report.md").read_text(encoding="utf-8")
    assert not re.search(r"[{}]", text)


def test_the_index_names_what_is_there() -> None:
    samples = tomllib.loads((SAMPLES / "index.toml").read_text(encoding="utf-8"))["sample"]
    resources = SAMPLES.parent
    files = [*resources.glob("samples/*.md"), *resources.glob("guide/*.md")]
    assert {sample["file"] for sample in samples} == {path.relative_to(resources).as_posix() for path in files}
    for sample in samples:
        assert sample["title"]
        assert len(sample["questions"]) >= 3
