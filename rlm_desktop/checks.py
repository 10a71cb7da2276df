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
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rlm_desktop import __version__, paths
from rlm_desktop import settings as settings_file
from rlm_desktop.display import binding_fault, library_fault
from rlm_desktop.display import fault as display_fault
from rlm_desktop.engine.provider_kinds import KINDS
from rlm_desktop.errors import ModelError, RLMError

if TYPE_CHECKING:
    from rlm_desktop.engine.providers import Provider

Mark = Literal["ok", "warning", "failed"]
_DISPLAYS = ("QT_QPA_PLATFORM", "WAYLAND_SOCKET", "WAYLAND_DISPLAY", "DISPLAY")
_LOW_DISK = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        mend: What to do; where all is well, nothing, or more about it.
    """

    name: str
    mark: Mark
    detail: str
    mend: str = ""


async def all_checks() -> AsyncIterator[Check]:
    """Look at everything, one after the other; a look that takes long does so in a thread."""
    for look in (versions, display):
        yield await asyncio.to_thread(look)
    yield await isolation()
    for look in (settings, key_store):
        yield await asyncio.to_thread(look)
    for check in await providers():
        yield check
    for look in (database, disk):
        yield await asyncio.to_thread(look)


def versions() -> Check:
    """The program, Python and Qt, and whether the two fit."""
    detail = f"RLM Desktop {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    try:
        qt = metadata.version("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        return Check("Versions", "failed", f"{detail}, no PySide6", "Install it: pip install PySide6-Essentials")
    detail += f", PySide6 {qt}"
    if fault := binding_fault(sys.version_info[:3], qt):
        return Check("Versions", "failed", detail, fault)
    return Check("Versions", "ok", detail)


def display() -> Check:
    """Whether a window can open."""
    if sys.platform != "linux":
        return Check("Display", "ok", "the desktop's own")
    if fault := display_fault(os.environ) or library_fault():
        return Check("Display", "warning", fault, "The command line works without.")
    found = [f"{name}={os.environ[name]}" for name in _DISPLAYS if os.environ.get(name)]
    return Check("Display", "ok", ", ".join(found))


async def isolation() -> Check:
    """What confines model-written code; proven by running a cell."""
    from rlm_desktop.repl.host import ReplHost, ReplSpec

    async def nothing(query: object) -> list[str]:
        return []

    chosen = _chosen_settings()
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


def _chosen_settings() -> settings_file.Settings:
    """The settings; the defaults where they cannot be read, of which another check tells."""
    try:
        return settings_file.load()
    except RLMError:
        return settings_file.Settings()


def settings() -> Check:
    """Whether the settings can be read."""
    path = paths.settings_file()
    try:
        settings_file.load()
    except RLMError as error:
        return Check("Settings", "failed", str(error))
    return Check("Settings", "ok", str(path) if path.exists() else f"the defaults ({path} does not exist)")


def key_store() -> Check:
    """Whether the system keeps keys for this program, and what the environment gives; never a key."""
    from rlm_desktop.engine.providers import environment
    from rlm_desktop.keys import KeyStore

    names = [
        kind.key_variable for kind in KINDS.values() if kind.key_variable and environment().get(kind.key_variable)
    ]
    given = f"; given by the environment or .env: {', '.join(names)}" if names else ""
    state = KeyStore().state()
    if state.is_usable:
        return Check("Keys", "ok", f"{state.name}{given}")
    return Check("Keys", "warning", f"no key store of the system works{given}", state.reason)


async def providers() -> list[Check]:
    """Whether each provider that somebody named answers; asks for its list of models, which costs nothing."""
    from rlm_desktop.engine.providers import Providers

    try:
        known = await asyncio.to_thread(Providers.load)
    except RLMError as error:
        return [Check("Providers", "failed", str(error))]
    wrong = [Check("Providers", "failed", problem) for problem in known.problems]
    named = await asyncio.gather(*(_provider(found) for found in known.all))
    if wrong or named:
        return [*wrong, *named]
    return [Check("Providers", "ok", "none configured; the offline model needs no network")]


async def _provider(found: Provider) -> Check:
    from rlm_desktop.engine import model_lists
    from rlm_desktop.engine.failures import advice

    name = f"Provider {found.name}"
    if found.fault:
        return Check(name, "failed", found.fault)
    try:
        models = await model_lists.fetch(found)
    except ModelError as error:
        is_missing = error.status in (404, 405)
        mark: Mark = "warning" if is_missing else "failed"
        return Check(name, mark, f"{found.base_url}: {error}", advice(error, found, ""))
    return Check(name, "ok", f"{found.base_url} answers, {len(models.models):,} models")


def database() -> Check:
    """Whether the history can be opened and written."""
    from rlm_desktop.history import History

    path = _chosen_settings().history_place
    if isinstance(path, Path) and (fault := _write_fault(path)):
        mend = "Make it yours, or set RLM_DESKTOP_HOME to a folder that you may write."
        return Check("History", "failed", fault, mend)
    if isinstance(path, Path) and not path.exists():
        return Check("History", "ok", f"empty ({path} does not exist yet)")
    with contextlib.closing(History(path)) as history:
        try:
            sessions, size = history.count_sessions(), history.storage.size() / 1_000_000
        except RLMError as error:
            return Check("History", "failed", str(error))
    return Check("History", "ok", f"{path}, {size:,.1f} MB, {sessions:,} session{'' if sessions == 1 else 's'}")


def _write_fault(file: Path) -> str:
    """Why a history in this file would keep nothing; empty where it can be written, or made."""
    if not os.access(_nearest(file.parent), os.W_OK):
        return f"Nothing can be kept: the folder {file.parent} cannot be written."
    if file.exists() and not os.access(file, os.W_OK):
        return f"Nothing can be kept: the file {file} cannot be written."
    return ""


def disk() -> Check:
    """Whether there is room for the history."""
    folder = _nearest(paths.data_dir())
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:,.1f} GB free at {folder}"
    if free < _LOW_DISK:
        return Check("Disk", "warning", detail, "Make room: new runs need a few megabytes each.")
    return Check("Disk", "ok", detail)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that there is, as far as one may look."""
    return next(each for each in (folder, *folder.parents) if os.path.exists(each) or each == Path(each.anchor))
