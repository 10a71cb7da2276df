"""Whether a window can be shown: Qt itself ends the process without a word that helps where it cannot."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Mapping

SECONDS = 2.0
"""For an X server elsewhere to answer."""
_FIRST_PORT = 6000


def fault(env: Mapping[str, str]) -> str:
    """Why no window can be shown, and what to do; empty where one can."""
    if sys.platform != "linux" or env.get("QT_QPA_PLATFORM") or env.get("WAYLAND_DISPLAY"):
        return ""
    name = env.get("DISPLAY", "")
    if not name:
        return "There is no display here: DISPLAY and WAYLAND_DISPLAY are not set. Start it from a desktop session."
    if _answers(name):
        return ""
    return f"Nothing answers at {name!r}, which DISPLAY names. Correct it, or start from a desktop session."


def _answers(name: str) -> bool:
    """Whether an X server listens there; also true for names of other kinds, which Qt knows better."""
    match = re.fullmatch(r"(?P<host>[^:/]*):(?P<number>\d+)(\.\d+)?", name)
    if match is None:
        return True
    number = int(match["number"])
    path = f"/tmp/.X11-unix/X{number}"
    is_here = match["host"] in ("", "unix")
    if is_here and any(_listens(socket.AF_UNIX, place) for place in (f"\0{path}", path)):
        return True
    return _listens(socket.AF_INET, (match["host"] if not is_here else "localhost", _FIRST_PORT + number))


def _listens(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family) as client:
        client.settimeout(SECONDS)
        try:
            client.connect(address)
        except (OSError, OverflowError):
            return False
        return True
