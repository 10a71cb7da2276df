from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "rlm_desktop"
HEAVY = ("PySide6", "qasync", "openai", "sqlalchemy", "alembic", "aiohttp")


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after the statement."""
    script = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import rlm_desktop",
        "import rlm_desktop.__main__",
        "import rlm_desktop.cli",
        "import rlm_desktop.cli; rlm_desktop.cli._parser()",
        "from rlm_desktop.history import History; History('/nowhere/history.sqlite')",
    ],
)
def test_a_light_import_stays_light(statement: str) -> None:
    assert modules_after(statement).isdisjoint(HEAVY)


@pytest.mark.parametrize("command", ["ask", "text", "runs", "doctor"])
def test_no_command_imports_qt(command: str) -> None:
    assert modules_after(f"import rlm_desktop.cli.{command}").isdisjoint({"PySide6", "qasync"})


def test_the_engine_imports_the_sdk_on_first_use_only() -> None:
    assert modules_after("from rlm_desktop import RLM, Limits; RLM()").isdisjoint(
        {"openai", "aiohttp", "sqlalchemy"}
    )


def test_no_module_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PROJECT.glob("*/**/*.py")}
    ours = {path: length for path, length in lengths.items() if ".venv" not in path.parts}
    assert [str(path) for path, length in ours.items() if length > 600] == []


def test_every_module_says_what_it_is() -> None:
    missing = [
        str(path.relative_to(PROJECT))
        for path in PACKAGE.rglob("*.py")
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert missing == []
