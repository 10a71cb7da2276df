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

from jeepney import DBusAddress, Message, MessageType, Properties, new_method_call
from jeepney.io.blocking import open_dbus_connection

MOST_OBJECTS, MOST_CHILDREN = 130, 20
PATIENCE, ANSWER_SECONDS = 90.0, 20.0
ENOUGH = "Sessions"
"""The name of a pane that is made after the first paint: when it is told of, the window is whole."""
LOG = Path("log", "rlm-desktop.log")
"""In the program's home."""


class Bus:
    """A D-Bus connection."""

    def __init__(self, address: str) -> None:
        self._connection = open_dbus_connection(address, auth_timeout=ANSWER_SECONDS)

    def ask(self, message: Message) -> Any:
        """The first value of an answer; None when there is none."""
        try:
            answer = self._connection.send_and_get_reply(message, timeout=ANSWER_SECONDS)
        except TimeoutError:
            return None
        return answer.body[0] if answer.header.message_type is MessageType.method_return else None

    def children(self, place: DBusAddress) -> list[DBusAddress]:
        """What is in an object."""
        found = self.ask(new_method_call(place, "GetChildren")) or ()
        return [_object(name, path) for name, path in found[:MOST_CHILDREN]]

    def walk(self, places: list[DBusAddress]) -> list[tuple[str, str]]:
        """Roles and names, from the outside to the inside."""
        found: list[tuple[str, str]] = []
        waiting = list(places)
        while waiting and len(found) < MOST_OBJECTS:
            place = waiting.pop(0)
            role = self.ask(new_method_call(place, "GetRoleName"))
            _, name = self.ask(Properties(place).get("Name")) or ("", "")
            found.append((role or "", name))
            waiting += self.children(place)
        return found


def _object(bus_name: str, path: str) -> DBusAddress:
    return DBusAddress(path, bus_name, "org.a11y.atspi.Accessible")


def _is_usable() -> bool:
    file = Path(os.environ["RLM_DESKTOP_HOME"]) / LOG
    return file.exists() and "usable after" in file.read_text(encoding="utf-8")


def main() -> None:
    launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
    bus = Bus(Bus("SESSION").ask(new_method_call(launcher, "GetAddress")))
    registry = _object("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
    program = subprocess.Popen([sys.executable, "-m", "rlm_desktop"])
    try:
        found: list[tuple[str, str]] = []
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not any(name == ENOUGH for _, name in found):
            time.sleep(0.1)
            if _is_usable():
                found = bus.walk(bus.children(registry))
        print(json.dumps(found))
    finally:
        program.terminate()
        program.wait(30)


if __name__ == "__main__":
    main()
