from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import PROJECT


def test_everything_has_a_name_a_role_and_a_place_in_the_order_of_tab() -> None:
    """The whole window, in all its states and dialogs; and the dialogs fit the smallest screen."""
    command = [sys.executable, "-m", "tests.accessible_audit"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout) == {}
