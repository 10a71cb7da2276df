"""What the README shows must work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def blocks(language: str) -> list[str]:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_python_example_runs() -> None:
    (code,) = blocks("python")
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert "completed: " in result.stdout
    assert result.stderr == ""


def test_every_link_leads_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (PROJECT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert "://" in target or (PROJECT / target).exists(), f"{name} links to {target}, which is not there"


def contributing(start: str, end: str) -> str:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text[text.index(start) : text.index(end)]


def test_every_place_that_is_named_exists() -> None:
    table = contributing("## Where do I add", "## Rules")
    for place in re.findall(r"`([a-z_/]+/(?:[a-z_]+\.\w+)?)`", table):
        found = [base for base in (PROJECT / "rlm_desktop", PROJECT) if (base / place).exists()]
        assert found, f"CONTRIBUTING.md names {place}, which is not there"
    for name in re.findall(r"`([a-z_]+\.py)`", table):  # beside the place before it
        assert list((PROJECT / "rlm_desktop").rglob(name)), f"CONTRIBUTING.md names {name}, which is not there"


def test_every_name_of_the_code_is_one() -> None:
    files = [file for folder in ("rlm_desktop", "packaging", "tests") for file in (PROJECT / folder).rglob("*.py")]
    sources = (file.read_text(encoding="utf-8") for file in files)
    known = {word for source in sources for word in re.findall(r"\w+", source)} | {file.stem for file in files}
    text = contributing("## Where do I add", "## Why these") + contributing("### Where do I add", "### How a")
    named = re.findall(r"`([A-Za-z_]\w*(?:\.\w+)*)(?:\([^`]*\))?`", text)
    assert len(named) > 50
    assert {word for name in named for word in name.split(".")} - known == set()


def test_every_folder_is_named() -> None:
    named = contributing("## The map", "## Rules")
    for file in (PROJECT / "rlm_desktop").glob("*/**/__init__.py"):
        assert f"{file.parent.name}/" in named, f"CONTRIBUTING.md does not name {file.parent}"
