"""Nothing of the attack list gets through in any tier that this machine has; all of it does without."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import msgspec
import pytest

from repl.attacks import ATTACKS
from rlm_desktop.repl.boot import base_python

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="the numbers of the raw calls in the list are those of Linux on x86_64",
)
NOBODY = 65534
OWN_SANDBOX = {
    "read the application's source",
    "list the root folder",
    "chroot out by a folder descriptor",
    "write a sibling's file",
    "list a sibling's folder",
}
"""What in tier B2 reaches only the worker's own empty root, in which it and this package lie alone."""
HERE = Path(__file__).resolve().parent


@cache
def results(tier: str) -> dict[str, str]:
    python = _python()
    if python is None:
        return {"": "no ordinary user may run a Python of this version and read this folder, as one below /root"}
    folders = [str(HERE.parent.parent), str(Path(msgspec.__file__).parent.parent)]
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [python, "-B", str(HERE / "attack_runner.py"), tier, *folders],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
        **user,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _python() -> str | None:
    """An interpreter with this one's version that an ordinary user may run, if they may read this folder, too."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for path in (base_python(), f"/usr/bin/python{version}", shutil.which(f"python{version}") or ""):
        look = "import sys; open(sys.argv[1]).close(); print(sys.version_info[:2])"
        command = [path, "-c", look, str(HERE / "attack_runner.py")]
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **user)
        except OSError:
            continue
        if done.stdout.strip() == str(sys.version_info[:2]):
            return path
    return None


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
@pytest.mark.parametrize("tier", ["A", "B", "B2"])
def test_attack_fails(tier, attack):
    found = results(tier)
    if "" in found:
        pytest.skip(found[""])
    if tier == "B" and attack.leaks:
        pytest.skip("known to be possible in tier B: it tells of names and sizes, not of contents")
    if tier == "B2" and attack.name in OWN_SANDBOX:
        pytest.skip("in tier B2 it reaches only the worker's own sandbox")
    assert found[attack.name] != "ESCAPED"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_succeeds_without_confinement(attack):
    found = results("control")
    if "" in found:
        pytest.skip(found[""])
    if found[attack.name] != "ESCAPED" and attack.depends:
        pytest.skip(f"refused by {attack.depends} on any account: {found[attack.name].strip().splitlines()[-1]}")
    assert found[attack.name] == "ESCAPED"
