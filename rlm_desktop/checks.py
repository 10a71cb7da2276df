"""The system check: what works on this machine, and what to do where something does not.

`rlm-desktop doctor` prints it, Help > System check shows it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from rlm_desktop import __version__, paths
from rlm_desktop import settings as settings_file
from rlm_desktop.errors import RLMError

Mark = Literal["ok", "warning", "failed"]
_TIMEOUT = 5.0
_LOW_DISK = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        mend: What to do; empty when all is well.
    """

    name: str
    mark: Mark
    detail: str
    mend: str = ""


async def all_checks() -> AsyncIterator[Check]:
    """Look at everything, one after the other; a look that takes long does so in a thread."""
    looks: list[Callable[[], Awaitable[Check]]] = [
        _in_thread(versions),
        _in_thread(display),
        isolation,
        _in_thread(settings),
        _in_thread(keys),
        _in_thread(provider),
        _in_thread(database),
        _in_thread(disk),
    ]
    for look in looks:
        yield await look()


def _in_thread(look: Callable[[], Check]) -> Callable[[], Awaitable[Check]]:
    return lambda: asyncio.to_thread(look)


def versions() -> Check:
    """The program, Python and Qt, and whether the two fit."""
    detail = f"RLM Desktop {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    try:
        qt = metadata.version("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        return Check("Versions", "failed", f"{detail}, no PySide6", "Install it: pip install PySide6-Essentials")
    detail += f", PySide6 {qt}"
    if sys.version_info < (3, 12) and not qt.startswith("6.11."):
        mend = "This pair crashes: pip install 'PySide6-Essentials>=6.11.3,<6.12', or use Python 3.12 or newer."
        return Check("Versions", "failed", detail, mend)
    return Check("Versions", "ok", detail)


def display() -> Check:
    """Whether a window can open."""
    if sys.platform != "linux":
        return Check("Display", "ok", "the desktop's own")
    found = [f"{name}={os.environ[name]}" for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    if found:
        return Check("Display", "ok", ", ".join(found))
    mend = "Start from a desktop session to get the window. The command line works without."
    return Check("Display", "warning", "none: DISPLAY and WAYLAND_DISPLAY are not set", mend)


async def isolation() -> Check:
    """What confines model-written code; proven by running a cell."""
    from rlm_desktop.repl.host import ReplHost, ReplSpec

    async def nothing(query: object) -> list[str]:
        return []

    try:
        chosen = settings_file.load()
    except RLMError:
        chosen = settings_file.Settings()  # the check of the settings tells
    mode = "strict" if chosen.repl_mode == "strict" else "confined"
    spec = ReplSpec(context="", mode=mode, libraries=chosen.repl_library_names)
    host = ReplHost()
    try:
        found = await host.find_isolation(mode)
        if found.tier == "C":
            return Check("Isolation", "failed", found.label, "; ".join(found.detail))
        repl = await host.spawn(spec, serve=nothing, on_output=lambda stream, text: None)
        result = await repl.run_cell("assert sum(range(10)) == 45")
    except RLMError as error:
        return Check("Isolation", "failed", f"no REPL worker can be started: {error}")
    finally:
        await host.aclose()
    if result.status != "ok":
        return Check("Isolation", "failed", f"a REPL worker did not run a cell: {result.error}")
    is_good = found.tier in ("A", "strict")
    return Check("Isolation", "ok" if is_good else "warning", found.label, "; ".join(found.detail))


def settings() -> Check:
    """Whether the settings can be read."""
    path = paths.settings_file()
    try:
        settings_file.load()
    except RLMError as error:
        return Check("Settings", "failed", str(error))
    return Check("Settings", "ok", str(path) if path.exists() else f"the defaults ({path} does not exist)")


def keys() -> Check:
    """Where the key of the model provider comes from; never the key."""
    from rlm_desktop.engine.providers import environment

    name = "OPENAI_API_KEY"
    if os.environ.get(name):
        return Check("Key", "ok", f"{name} from the environment")
    if environment().get(name):
        return Check("Key", "ok", f"{name} from a .env file")
    return Check("Key", "ok", f"none ({name} is not set): the offline model answers, and servers that need no key")


def provider() -> Check:
    """Whether the configured server answers."""
    from rlm_desktop.engine.providers import make_provider

    try:
        found = make_provider()
    except RLMError as error:
        return Check("Provider", "failed", str(error))
    if found is None:
        return Check("Provider", "ok", "none configured; the offline model needs no network")
    request = urllib.request.Request(
        f"{found.base_url}/models", headers={"Authorization": f"Bearer {found.api_key}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        with error:
            status = error.code
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        mend = "Check the address, the network and the proxy, and that the server runs."
        return Check("Provider", "failed", f"{found.base_url} cannot be reached: {reason}", mend)
    if status in (401, 403):
        return Check(
            "Provider", "failed", f"{found.base_url} refuses the key", "Set OPENAI_API_KEY to a valid key."
        )
    return Check("Provider", "ok", f"{found.base_url} answers (status {status})")


def database() -> Check:
    """Whether the history can be opened."""
    from rlm_desktop.history import History

    path = paths.history_file()
    if not path.exists():
        return Check("History", "ok", f"empty ({path} does not exist yet)")
    with contextlib.closing(History(path)) as history:
        try:
            sessions = len(history.sessions(limit=1000))
        except RLMError as error:
            return Check("History", "failed", str(error))
    size = path.stat().st_size / 1_000_000
    return Check("History", "ok", f"{path}, {size:,.1f} MB, {sessions} session{'' if sessions == 1 else 's'}")


def disk() -> Check:
    """Whether there is room for the history."""
    folder = paths.data_dir()
    while not folder.exists() and folder != Path(folder.anchor):
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:,.1f} GB free at {folder}"
    if free < _LOW_DISK:
        return Check("Disk", "warning", detail, "Make room: new runs need a few megabytes each.")
    return Check("Disk", "ok", detail)
