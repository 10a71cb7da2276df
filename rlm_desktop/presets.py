"""Presets: named sets of settings for a kind of question, each one TOML file that can be given away.

A preset holds models, limits and prompt, and never a provider or a key: whoever gets one has providers of their
own under the same names, or chooses other models.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rlm_desktop import paths
from rlm_desktop.errors import SettingsError
from rlm_desktop.settings import NO_LIMIT, Settings, options, write_whole

SUFFIX = ".toml"
NAMES = (
    "root_model", "sub_model", "models_by_depth", "temperature", "reasoning_effort", "max_output_tokens",
    "system_prompt", "sub_calls", "max_depth", "max_iterations", "max_concurrent", "budget_usd", "max_tokens",
    "max_calls", "timeout", "max_errors", "python_fences", "output_limit",
)  # fmt: skip
"""The settings that belong to how a question is asked; those of the machine and of the window stay out."""
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of settings.

    Attributes:
        values: Setting -> value; what is not in it keeps its default.
        path: The file that it was read from, whose name may be another; None for one that was made here.
    """

    name: str
    values: dict[str, Any]
    path: Path | None = field(default=None, compare=False)

    @classmethod
    def of(cls, name: str, settings: Settings) -> Preset:
        """What the settings say now, under a name.

        Raises:
            SettingsError: The name cannot be used.
        """
        defaults = {option.name: option.default for option in options()}
        values = {item: getattr(settings, item) for item in NAMES if getattr(settings, item) != defaults[item]}
        return cls(checked_name(name), values)

    def applied_to(self, settings: Settings) -> Settings:
        """The settings as this preset wants them."""
        defaults = {option.name: option.default for option in options() if option.name in NAMES}
        return settings.with_values(**{**defaults, **self.values})

    def encode(self) -> str:
        """The preset as the text of its file."""
        import tomli_w  # not needed to start

        written = {name: NO_LIMIT if value is None else value for name, value in self.values.items()}
        return tomli_w.dumps({"name": self.name, "settings": written})


def checked_name(name: str) -> str:
    """`name`, if it can name a preset and its file.

    Raises:
        SettingsError: It cannot.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST or _NOT_IN_FILE_NAMES.search(name) or name[0] == "." or name[-1] == ".":
        raise SettingsError(
            f'"{name}" cannot be the name of a preset: use up to {_LONGEST} characters, none of them one of '
            '\\ / : * ? " < > |, and no dot at either end.'
        )
    return name


def decode(text: str) -> Preset:
    """A preset from the text of a file; what this version does not know is left out.

    Raises:
        SettingsError: It is none, or a value is not allowed.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of a number of 5,000 digits, and of too deep a nesting
        raise SettingsError(f"This is no preset: it is not valid TOML ({error}).") from None
    found, name = data.get("settings"), data.get("name")
    if not isinstance(found, dict) or not isinstance(name, str):
        raise SettingsError("This is no preset: it needs a name and a table [settings].")
    known = {option.name: option for option in options() if option.name in NAMES}
    values = {
        item: None if known[item].is_optional and value == NO_LIMIT else value
        for item, value in found.items()
        if item in known
    }
    preset = Preset(checked_name(name), values)
    preset.applied_to(Settings())  # refuses what is not allowed
    return preset


def folder() -> Path:
    """Where the presets are."""
    return paths.config_dir() / "presets"


def load_all() -> tuple[list[Preset], list[str]]:
    """The presets by name, and what is wrong with the files that are none."""
    presets: list[Preset] = []
    faults: list[str] = []
    for path in sorted(folder().glob(f"*{SUFFIX}")) if folder().is_dir() else ():
        try:
            presets.append(replace(decode(path.read_text(encoding="utf-8-sig")), path=path))
        except (SettingsError, OSError, UnicodeDecodeError) as error:
            faults.append(f"{path.name}: {error}")
    return sorted(presets, key=lambda preset: preset.name.casefold()), faults


def save(preset: Preset, path: Path | None = None) -> Path:
    """Write a preset among the others, or to `path` to give it away. One of the same name is replaced.

    Raises:
        SettingsError: It cannot be written.
    """
    text, own = preset.encode(), path is None
    path = path or _file_of(preset.name)
    try:
        if own:
            write_whole(path, text.encode())
        else:  # for others to read
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The preset cannot be written to {path}: {error.strerror}.") from error
    return path


def take_in(path: Path) -> Preset:
    """Read a preset that someone gave, and keep it among the others.

    Raises:
        SettingsError: It is none, or cannot be kept.
    """
    try:
        preset = decode(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}.") from error
    save(preset)
    return preset


def delete(preset: Preset) -> None:
    """Delete a preset's file; one that is not there is no error.

    Raises:
        SettingsError: It cannot be deleted.
    """
    path = preset.path or _file_of(preset.name)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"The preset {path} cannot be deleted: {error.strerror}.") from error


def _file_of(name: str) -> Path:
    """The file that holds the preset of this name, or a free one that can."""
    known = {preset.path: preset.name for preset in load_all()[0] if preset.path}
    path, number = folder() / f"{checked_name(name)}{SUFFIX}", 1
    if name in known.values():
        return next(path for path, held in known.items() if held == name)
    while path in known:
        number += 1
        path = folder() / f"{checked_name(name)} ({number}){SUFFIX}"
    return path
