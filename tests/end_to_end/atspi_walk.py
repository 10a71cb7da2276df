"""Starts the program and prints, as JSON, what AT-SPI tells a screen reader of it: `[[role, name], ...]`.

To be run in a D-Bus session of its own: `dbus-run-session -- python -m tests.end_to_end.atspi_walk`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ACCESSIBLE = "org.a11y.atspi.Accessible"
REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
MOST_OBJECTS, MOST_CHILDREN = 130, 20
PATIENCE = 90.0
ENOUGH = "Sessions"
"""The name of a pane that is made after the first paint: when it is told of, the window is whole."""
LOG = Path("log", "rlm-desktop.log")
"""In the program's home."""


class Bus:
    """A D-Bus connection that is asked through `busctl`: PySide reads no structures."""

    def __init__(self, address: str) -> None:
        self._command = ["busctl", f"--address={address}", "--json=short", "--timeout=20"]

    def ask(self, *arguments: str) -> Any:
        """The first value of an answer; None when there is none."""
        done = subprocess.run([*self._command, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return None
        data = json.loads(done.stdout)["data"]
        return data[0] if arguments[0] == "call" else data

    def children(self, place: tuple[str, str]) -> list[tuple[str, str]]:
        """What is in an object."""
        return [tuple(child) for child in self.ask("call", *place, ACCESSIBLE, "GetChildren") or ()][:MOST_CHILDREN]

    def walk(self, places: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Roles and names, from the outside to the inside."""
        found: list[tuple[str, str]] = []
        waiting = list(places)
        while waiting and len(found) < MOST_OBJECTS:
            place = waiting.pop(0)
            role = self.ask("call", *place, ACCESSIBLE, "GetRoleName")
            found.append((role or "", self.ask("get-property", *place, ACCESSIBLE, "Name") or ""))
            waiting += self.children(place)
        return found


def _is_usable() -> bool:
    file = Path(os.environ["RLM_DESKTOP_HOME"]) / LOG
    return file.exists() and "usable after" in file.read_text(encoding="utf-8")


def main() -> None:
    session = Bus(os.environ["DBUS_SESSION_BUS_ADDRESS"])
    bus = Bus(session.ask("call", "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress"))
    program = subprocess.Popen([sys.executable, "-m", "rlm_desktop"])
    try:
        found: list[tuple[str, str]] = []
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not any(name == ENOUGH for _, name in found):
            time.sleep(0.1)
            if _is_usable():  # a walk is some 400 processes
                found = bus.walk(bus.children(REGISTRY))
        print(json.dumps(found))
    finally:
        program.terminate()
        program.wait(30)


if __name__ == "__main__":
    main()
