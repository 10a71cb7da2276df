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


def test_every_place_on_the_map_exists() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text[text.index("## Where do I add") : text.index("## Rules")]
    for place in re.findall(r"`([a-z_/]+/(?:[a-z_]+\.\w+)?)`", table):
        found = [base for base in (PROJECT / "rlm_desktop", PROJECT) if (base / place).exists()]
        assert found, f"CONTRIBUTING.md names {place}, which is not there"
