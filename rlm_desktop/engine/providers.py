"""Where models come from: the offline model, and the servers that the environment names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rlm_desktop.errors import SettingsError

OFFLINE = "offline"
OFFLINE_LABEL = "Offline (extractive, no language model)"
_OPENAI_URL = "https://api.openai.com/v1"
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:[A-Z]*KEY|[A-Z]*TOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(?:_|$)"
)
_LOCAL_KEY = "none"
"""The SDK refuses an empty key; servers that want none ignore this one."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenAI-compatible server, or the offline model.

    Attributes:
        name: Short name, unique: `offline`, `openai`, or the host of another server.
        api_key: Never shown (`repr` leaves it out), stored or logged.
        max_connections: Requests in flight at once over all runs.
        latency / tokens_per_second: The offline model's artificial delay, for demonstrations and benchmarks.
    """

    name: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, hash=False)
    max_connections: int = 256
    latency: float = 0.0
    tokens_per_second: float | None = None

    @property
    def is_offline(self) -> bool:
        """Whether this is the built-in model."""
        return self.name == OFFLINE

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, where nobody bills."""
        return self.is_offline or (urlsplit(self.base_url).hostname or "") in ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that can be chosen: `name` is what `RLM(model=...)` takes, `label` what the person reads."""

    name: str
    label: str
    provider: str


def environment() -> dict[str, str]:
    """The process's environment over the nearest `.env`, which is read but never exported to the process."""
    from dotenv import dotenv_values, find_dotenv

    values = {name: value for name, value in dotenv_values(find_dotenv(usecwd=True)).items() if value}
    return {**values, **os.environ}


def configured_secrets(env: Mapping[str, str] | None = None) -> list[str]:
    """Values of the environment that must never leave: keys, tokens, passwords by their names."""
    env = environment() if env is None else env
    return [value for name, value in env.items() if _SECRET_NAME.search(name.upper())]


def make_provider(
    *, base_url: str | None = None, api_key: str | None = None, env: Mapping[str, str] | None = None
) -> Provider | None:
    """The provider that the arguments or the environment name; None when neither names one.

    Raises:
        SettingsError: The address or the key cannot be used.
    """
    env = environment() if env is None else env
    url = (base_url or env.get("OPENAI_BASE_URL") or "").strip()
    key = (api_key or env.get("OPENAI_API_KEY") or "").strip()
    if not url and not key:
        return None
    return Provider(_provider_name(url), _checked_url(url), _checked_key(key))


def _provider_name(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return "openai" if host in ("", "api.openai.com") else host


def _checked_url(url: str) -> str:
    if not url:
        return _OPENAI_URL
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"The base URL {url!r} is not a web address: it must begin with http:// or https://, "
            "as in http://localhost:11434/v1."
        )
    return url.rstrip("/")


def _checked_key(key: str) -> str:
    if not key.isascii() or any(character.isspace() for character in key):
        raise SettingsError(
            "The API key has a character that no key has: a space, a line end or a letter with marks."
        )
    return key or _LOCAL_KEY


def available_models(env: Mapping[str, str] | None = None) -> list[ModelChoice]:
    """What can be chosen without asking a server: the offline model, and the models that the environment names.

    `OPENAI_MODEL` (and `OPENAI_SUB_MODEL`) name models of the provider of `OPENAI_API_KEY`/`OPENAI_BASE_URL`; any
    other of its models can be given by name.
    """
    choices = [ModelChoice(OFFLINE, OFFLINE_LABEL, OFFLINE)]
    env = environment() if env is None else env
    try:
        provider = make_provider(env=env)
    except SettingsError:
        return choices
    if provider is None:
        return choices
    defaults = ("gpt-5", "gpt-5-mini", "gpt-5-nano") if provider.name == "openai" else ()
    names = dict.fromkeys((env.get("OPENAI_MODEL", ""), env.get("OPENAI_SUB_MODEL", ""), *defaults))
    choices += [ModelChoice(name, f"{name} ({provider.name})", provider.name) for name in names if name]
    return choices


def default_models(env: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Root and sub-call model when nothing is chosen: those that the environment names, else the offline model."""
    env = environment() if env is None else env
    root = env.get("OPENAI_MODEL", "") if make_provider(env=env) else ""
    return (root, env.get("OPENAI_SUB_MODEL") or root) if root else (OFFLINE, OFFLINE)


def label(model: str) -> str:
    """A model's name as the person reads it: the offline model is always named as what it is."""
    return OFFLINE_LABEL if model == OFFLINE else model


def find_provider(
    model: str, *, base_url: str | None = None, api_key: str | None = None, env: Mapping[str, str] | None = None
) -> Provider:
    """The provider that serves `model`.

    Raises:
        SettingsError: No provider is configured.
    """
    if model == OFFLINE and base_url is None:
        return Provider(OFFLINE, "http://offline.invalid/v1", "offline")
    provider = make_provider(base_url=base_url, api_key=api_key, env=env)
    if provider is None:
        raise SettingsError(
            f"No server is known for the model {model!r}. Set OPENAI_API_KEY (and OPENAI_BASE_URL for a server "
            f"other than OpenAI's) in the environment or in a .env file, pass base_url= or api_key=, or use the "
            f"model {OFFLINE!r}, which needs neither key nor network."
        )
    return provider
