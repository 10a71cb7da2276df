"""Whether a window can be shown: Qt itself ends the process without a word that helps where it cannot."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

SECONDS = 2.0
"""For an X server elsewhere to answer."""
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
"""The shared libraries of the system that Qt takes, with the packages of Debian and Ubuntu that have them."""
_SOCKETS = "/tmp/.X11-unix/X"
_FIRST_PORT = 6000


def fault(env: Mapping[str, str]) -> str:
    """Why no window can be shown, and what to do; empty where one can."""
    if sys.platform != "linux" or env.get("QT_QPA_PLATFORM") or env.get("WAYLAND_SOCKET"):
        return ""
    wayland, name = env.get("WAYLAND_DISPLAY", ""), env.get("DISPLAY", "")
    if not wayland and not name:
        return "There is no display here: DISPLAY and WAYLAND_DISPLAY are not set. Start it from a desktop session."
    if wayland and os.path.exists(os.path.join(env.get("XDG_RUNTIME_DIR", ""), wayland)):
        return ""
    if not name:
        return f"Nothing answers at {wayland!r}, which WAYLAND_DISPLAY names. Start it from a desktop session."
    if _is_there(name):
        return ""
    return f"Nothing answers at {name!r}, which DISPLAY names. Correct it, or start from a desktop session."


def binding_fault(python: tuple[int, ...], pyside: str) -> str:
    """What is wrong with these versions of Python and PySide6, with the cure; empty when nothing is.

    PySide6 6.12.x loses a reference to `None` or `True` in every call below Python 3.12 and aborts the process
    after some hundred calls (measured; 3.12 made these objects immortal).
    """
    if python >= (3, 12) or tuple(map(int, pyside.split(".")[:2])) < (6, 12):
        return ""
    return (
        f"PySide6 {pyside} crashes below Python 3.12. "
        "Install 'PySide6-Essentials>=6.11.3,<6.12', or use Python 3.12 or newer."
    )


def library_fault() -> str:
    """Which libraries of the system Qt lacks, and what installs them; empty where it has all of them.

    Says nothing of a bundle, which brings most of them.
    """
    if sys.platform != "linux" or getattr(sys, "frozen", False):
        return ""
    missing = [name for name in LIBRARIES if not can_load(name)]
    if not missing:
        return ""
    packages = " ".join(LIBRARIES[name] for name in missing)
    return (
        f"Qt lacks these libraries of the system: {', '.join(missing)}. "
        f"On Debian and Ubuntu they are installed by: sudo apt-get install {packages}"
    )


def can_load(library: str) -> bool:
    """Whether the system has a shared library."""
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _is_there(name: str) -> bool:
    """Whether there is an X server of this name; also true for names of other kinds, which Qt knows better."""
    match = re.fullmatch(r"(?P<host>[^:/]*):(?P<number>\d+)(\.\d+)?", name)
    if match is None:
        return True
    number, is_here = int(match["number"]), match["host"] in ("", "unix")
    if is_here and os.path.exists(f"{_SOCKETS}{number}"):
        return True  # the usual case costs the start nothing more
    import socket

    if is_here and _listens(socket.AF_UNIX, f"\0{_SOCKETS}{number}"):
        return True
    return _listens(socket.AF_INET, ("localhost" if is_here else match["host"], _FIRST_PORT + number))


def _listens(family: int, address: str | tuple[str, int]) -> bool:
    import socket

    with socket.socket(family) as client:
        client.settimeout(SECONDS)
        try:
            client.connect(address)
        except (OSError, OverflowError):
            return False
        return True
