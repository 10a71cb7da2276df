from __future__ import annotations

import re
import subprocess
import sys

import pytest

from rlm_desktop import cli
from tests.conftest import LONGEST_FIRST, PROJECT

PACKAGE = PROJECT / "rlm_desktop"
LIGHT = (
    "import rlm_desktop",
    "import rlm_desktop.__main__",
    "import rlm_desktop.cli",
    "rlm_desktop.cli.make_parser()",
    "from rlm_desktop.history import History; History('/nowhere/history.sqlite')",
)
COMMANDS = tuple(f"import rlm_desktop.cli.{command}" for command in cli.COMMANDS)
ENGINE = ("from rlm_desktop import RLM, Limits; RLM()",)


@pytest.mark.parametrize(
    ("statements", "unwanted"),
    [
        pytest.param(LIGHT, {"PySide6", "qasync", "openai", "sqlalchemy", "alembic", "aiohttp"}, id="light"),
        pytest.param(COMMANDS, {"PySide6", "qasync"}, id="commands"),
        pytest.param(ENGINE, {"openai", "aiohttp", "sqlalchemy"}, id="engine"),
    ],
)
def test_what_is_slow_is_imported_on_first_use_only(statements: tuple[str, ...], unwanted: set[str]) -> None:
    """A fresh interpreter says what it has loaded after each of the statements."""
    look = f"print(*{unwanted} & {{name.partition('.')[0] for name in sys.modules}})"
    script = "\n".join(["import sys", *(f"{statement}\n{look}" for statement in statements)])
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = dict(zip(statements, done.stdout.splitlines(), strict=True))
    assert loaded == dict.fromkeys(statements, "")


def test_no_module_is_too_long() -> None:
    ours = [
        path
        for folder in ("packaging", "resources", "rlm_desktop", "tests")
        for path in (PROJECT / folder).rglob("*.py")
    ]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ours}
    assert [str(path) for path, length in lengths.items() if length > 600] == []


def test_the_longest_tests_are_still_there() -> None:
    assert [name for name in LONGEST_FIRST if not (PROJECT / name).is_file()] == []


def test_nothing_turns_the_loop_within_the_loop() -> None:
    """Qt's nested loops run callbacks in the midst of others. The one `exec` paints, before there is asyncio."""
    turns = re.compile(r"\.exec\(|processEvents|asyncClose|QEventLoop\(")
    files = [path for path in PACKAGE.rglob("*.py") if turns.search(path.read_text(encoding="utf-8"))]
    assert [file.name for file in files] == ["first_window.py"]


def test_every_module_says_what_it_is() -> None:
    texts = {path.relative_to(PROJECT): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert [str(path) for path, text in texts.items() if not re.match(r'r?"""\S', text)] == []
