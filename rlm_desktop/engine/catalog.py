"""What is known of the models of each provider: names, windows and prices, as fetched last; in the cache folder.

The lists can be fetched again at any time, so a file that cannot be read is as good as none.
"""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from rlm_desktop import paths
from rlm_desktop.engine.providers import Provider
from rlm_desktop.settings import write_whole


class ModelInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """One model of a server.

    Attributes:
        name: As the server knows it.
        window: Tokens of prompt and reply together that it can hold as it is set up now; None when not known.
        is_window_assumed: Whether the window is the server's usual one and not what it said.
        input / output / cached: US dollars per million tokens; None when not known.
    """

    name: str
    window: int | None = None
    is_window_assumed: bool = False
    input: float | None = None
    output: float | None = None
    cached: float | None = None


class ModelList(msgspec.Struct, frozen=True):
    """The models of one provider.

    Attributes:
        base_url: Whose list it is: a provider that moved has no list.
        fetched_at: When, in UTC.
    """

    base_url: str
    fetched_at: str
    models: list[ModelInfo]

    def find(self, name: str) -> ModelInfo | None:
        """The model of that name; Ollama's `:latest` may be left out."""
        return next((model for model in self.models if model.name in (name, f"{name}:latest")), None)


def make_list(provider: Provider, models: list[ModelInfo]) -> ModelList:
    """A list that was fetched just now."""
    return ModelList(provider.base_url, datetime.now(UTC).isoformat(timespec="seconds"), models)


def keep(provider: Provider, models: ModelList) -> None:
    """Write a list into the cache; a disk that is full or read-only is no error."""
    with contextlib.suppress(OSError):
        write_whole(_path(provider.name), msgspec.json.encode(models), is_lasting=False)


def cached(provider: Provider) -> ModelList | None:
    """The provider's models as fetched last."""
    path = _path(provider.name)
    try:
        found = _read(path, path.stat().st_mtime_ns)
    except OSError:
        return None
    return found if found is not None and found.base_url == provider.base_url else None


def info(provider: Provider, model: str) -> ModelInfo | None:
    """What is known of one of its models, without asking."""
    models = None if provider.is_offline else cached(provider)
    return models.find(provider.server_name(model)) if models is not None else None


def _path(name: str) -> Path:
    return paths.cache_dir() / "models" / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)}.json"


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> ModelList | None:
    del changed  # a part of the key only
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelList)
    except (OSError, msgspec.DecodeError):
        return None
