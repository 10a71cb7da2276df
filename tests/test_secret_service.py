"""The key store against a real Secret Service: GNOME Keyring, on a D-Bus session of the test's own.

Skipped where `gnome-keyring-daemon` or `dbus-run-session` is not installed. Each case is a process of its own, as
`keyring` chooses its backend once.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

MISSING = [tool for tool in ("gnome-keyring-daemon", "dbus-run-session") if shutil.which(tool) is None]
needs_daemon = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
KEY = "sk-canary-of-the-secret-service-4410"
UNLOCKED = 'printf "password" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$0" "$@"'


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home without keyrings, and no session bus of the person's."""
    with tempfile.TemporaryDirectory(prefix="bus-") as short:  # a socket's path may have 107 characters
        kept = {name: os.environ[name] for name in ("PATH", "LC_ALL") if name in os.environ}
        yield {**kept, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": short, "RLM_DESKTOP_HOME": str(tmp_path / "rlm")}


def run(code: str, environment: dict[str, str], *before: str) -> list[str]:
    """The lines that a process prints which has made a `KeyStore` called `store`."""
    start = "from rlm_desktop import keys\nfrom rlm_desktop.errors import SettingsError\nstore = keys.KeyStore()\n"
    command = [*before, sys.executable, "-c", start + code]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


@needs_daemon
def test_keys_are_kept_from_one_process_to_the_next_and_only_encrypted(
    environment: dict[str, str], tmp_path: Path
) -> None:
    read = "from rlm_desktop import keys; print(keys.KeyStore().get('lab'))"
    code = f"""
import subprocess, sys
print(store.state())
print(repr(store.get("lab")))
store.keep("lab", {KEY!r})
print(subprocess.run([sys.executable, "-c", {read!r}], capture_output=True, text=True).stdout.strip())
store.keep("lab", {KEY!r} + "-new")
print(store.get("lab"))
store.forget("lab", "system")
store.forget("lab", "system")
print(repr(store.get("lab")))
store.keep("lab", {KEY!r})
"""
    state, none, first, changed, gone = run(code, environment, "dbus-run-session", "--", "sh", "-c", UNLOCKED)
    assert "reason=''" in state
    assert (none, first, changed, gone) == ("''", KEY, f"{KEY}-new", "''")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.suffix == ".keyring" for file in files)
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []


@needs_daemon
def test_a_locked_keyring_is_said_and_given_up_in_time(environment: dict[str, str]) -> None:
    """Nobody answers its prompt here: it refuses at once, or waits until it is given up."""
    code = f"""
import secretstorage, contextlib
store.keep("lab", {KEY!r})
with contextlib.closing(secretstorage.dbus_init()) as bus:
    secretstorage.get_default_collection(bus).lock()
keys.SECONDS = 1.0
for ask in (lambda: store.get("lab"), lambda: store.keep("lab", "other"), lambda: store.forget("lab", "system")):
    try:
        print("no", ask())
    except SettingsError as error:
        print(error)
"""
    said = run(code, environment, "dbus-run-session", "--", "sh", "-c", UNLOCKED)
    assert len(said) == 3
    assert all("Unlock it" in line and "until the program ends" in line for line in said), said
    assert KEY not in "".join(said)


def test_without_a_bus_the_other_ways_are_said(environment: dict[str, str]) -> None:
    kept = 'store.keep("lab", "k", "session"); print(store.get("lab", "session"))'
    state, session = run(f"print(store.state().reason); {kept}", environment)
    assert "until the program ends" in state
    assert ".env" in state
    assert session == "k"


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="not installed: dbus-run-session")
def test_a_bus_with_no_service_on_it(environment: dict[str, str], tmp_path: Path) -> None:
    """KWallet and GNOME Keyring are both absent: the bus knows no way to start them."""
    config = tmp_path / "bus.conf"
    config.write_text(
        '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" '
        '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd"><busconfig><type>session</type>'
        f"<listen>unix:dir={environment['XDG_RUNTIME_DIR']}</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    bus = ("dbus-run-session", "--config-file", str(config), "--")
    (said,) = run("print(store.state().reason)", environment, *bus)
    assert "No key store of the system works here" in said


def test_a_bus_that_never_answers_is_given_up(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        address = f"{environment['XDG_RUNTIME_DIR']}/bus"
        silent.bind(address)
        silent.listen()
        environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={address}"
        (said,) = run("keys.SECONDS = 0.5\nprint(store.state().reason)", environment)
    assert "did not answer within 0.5 seconds" in said
