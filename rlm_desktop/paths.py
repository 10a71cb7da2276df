"""Where things are: the platform's folders and the resources that ship with the program."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import PlatformDirs

from rlm_desktop.errors import UsageError

_DIRS = PlatformDirs("rlm-desktop", appauthor=False)
_PACKAGE = Path(__file__).resolve().parent


def _home(variable_suffix: str, default: str) -> Path:
    """The folder named by `RLM_DESKTOP_HOME` (portable use, tests), else the platform's own.

    Raises:
        UsageError: Nobody knows where it is.
    """
    home = os.environ.get("RLM_DESKTOP_HOME")
    folder = os.path.expanduser(os.path.join(home, variable_suffix)) if home else default
    if folder.startswith("~"):  # in a container the user may have no name
        raise UsageError("There is no home folder here for settings and history: set RLM_DESKTOP_HOME to a folder.")
    return Path(folder)


def data_dir() -> Path:
    """Folder of the history database; not created here."""
    return _home("data", _DIRS.user_data_dir)


def config_dir() -> Path:
    """Folder of the settings; not created here."""
    return _home("config", _DIRS.user_config_dir)


def cache_dir() -> Path:
    """Folder of what can be fetched again, as lists of models; not created here."""
    return _home("cache", _DIRS.user_cache_dir)


def log_dir() -> Path:
    """Folder of the log and of crash reports; not created here."""
    return _home("log", _DIRS.user_log_dir)


def log_file() -> Path:
    """The newest log; older ones lie beside it with a number."""
    return log_dir() / "rlm-desktop.log"


def history_file() -> Path:
    """The history database."""
    return data_dir() / "history.sqlite"


def settings_file() -> Path:
    """The settings."""
    return config_dir() / "settings.toml"


def resource(name: str) -> Path:
    """A file that ships with the program, as `prompts/role.md`.

    Installed, the resources lie inside the package; in a checkout beside it.

    Raises:
        FileNotFoundError: No such resource; the installation is damaged.
    """
    for base in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (path := base / name).exists():
            return path
    raise FileNotFoundError(f"The resource {name!r} is missing: the installation is damaged, install it again.")
