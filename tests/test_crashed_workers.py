"""A crash of a test worker looks like one: its test has failed, all others are run, and the run ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT


def test_a_worker_that_crashes_fails_its_test_alone(tmp_path: Path) -> None:
    crash = "def test_crash():\n    import os; os._exit(3)\n"
    for name, text in {
        "conftest.py": "from tests.crashed_workers import make_scheduler as pytest_xdist_make_scheduler\n",
        "pytest.ini": "[pytest]\n",
        "test_first.py": f"def test_one(): pass\n{crash}def test_last(): pass\n",
        "test_second.py": "def test_one(): pass\n",
        "test_third.py": f"def test_one(): pass\n{crash}",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-pxdist", "-n2", "--dist=loadfile"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.stdout.splitlines()[-1].startswith("2 failed, 4 passed"), done.stdout
    assert done.returncode == 1
