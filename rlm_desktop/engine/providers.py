"""Where models come from: the offline model, the servers of the settings and the environment, local servers.

A model is named `PROVIDER/MODEL`: what stands before the first slash is the name of a known provider, all behind it
is the model's name at the server. A name that does not begin with a known provider's belongs as a whole to the
provider of the environment (`OPENAI_API_KEY`, `OPENAI_BASE_URL`), and where there is none, to the first one of the
settings.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlsplit

from rlm_desktop.engine.provider_kinds import KINDS, LOCAL_KINDS, ProviderKind, is_loopback, kind_of_url
from rlm_desktop.errors import SettingsError

if TYPE_CHECKING:
    from rlm_desktop.keys import KeyStore

_log = logging.getLogger(__name__)

OFFLINE = "offline"
OFFLINE_LABEL = "Offline (extractive, no language model)"
AZURE_API_VERSION = "2024-10-21"
"""The newest one that Azure supports for its older addresses (`/openai/deployments/...`)."""
_OPENAI_URL = KINDS["openai"].base_url
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:[A-Z]*KEY|[A-Z]*TOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(?:_|$)"
)
_KINDS_WITHOUT_SLASHES = ("openai", "azure")
"""Kinds of servers whose models' names have no slash."""
_LOCAL_KEY = "none"
"""The SDK refuses an empty key; servers that want none ignore this one."""

Source: TypeAlias = Literal["argument", "settings", "environment", "local"]
"""Who named a provider; `local`: nobody, it is looked for at its usual address on this machine."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenAI-compatible server, or the offline model.

    Attributes:
        name: Short name, unique: `offline`, `openai`, the host of another server, or as the person named it.
        api_key: Never shown (`repr` leaves it out), stored or logged.
        max_connections: Requests in flight at once over all runs.
        latency / tokens_per_second: The offline model's artificial delay, for demonstrations and benchmarks.
        kind: One of `provider_kinds.KINDS`.
        organization: OpenAI's `OpenAI-Organization`; empty for none.
        proxy: Address of an HTTP proxy; empty for the one of the environment, and none for this machine.
        timeout: Seconds without a byte; None for the usual ones.
        api_version: For Azure's older addresses.
        source: Who named it.
        fault: Why it cannot be used, and what to do; empty when it can.
    """

    name: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, hash=False)
    max_connections: int = 256
    latency: float = 0.0
    tokens_per_second: float | None = None
    kind: str = "compatible"
    organization: str = ""
    proxy: str = field(default="", repr=False)
    timeout: float | None = None
    api_version: str = ""
    source: Source = "argument"
    fault: str = ""

    @property
    def is_offline(self) -> bool:
        """Whether this is the built-in model."""
        return self.name == OFFLINE

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, where nobody bills."""
        return self.is_offline or is_loopback(self.base_url)

    @property
    def is_free(self) -> bool:
        """Whether asking it surely costs nothing; not so a program here that asks one that bills."""
        return self.is_offline or (self.is_local and self.about.is_local)

    @property
    def about(self) -> ProviderKind:
        """What is known of its kind."""
        return KINDS[self.kind]

    @property
    def has_key(self) -> bool:
        """Whether there is a key to send."""
        return self.api_key not in ("", _LOCAL_KEY)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Its key and the values of its secret headers; of `Bearer TOKEN` the token too."""
        values = [value for name, value in self.headers.items() if is_secret_name(name)]
        tokens = [token for value in values if (token := value.partition(" ")[2])]
        return (*([self.api_key] if self.has_key else ()), *values, *tokens)

    @property
    def uses_deployments(self) -> bool:
        """Whether it is an Azure of the older kind, where the model stands in the address."""
        return self.kind == "azure" and not urlsplit(self.base_url).path.rstrip("/").endswith("/v1")

    def server_name(self, model: str) -> str:
        """A model's name as the server knows it: without this provider's own."""
        return model.removeprefix(f"{self.name}/")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that can be chosen: `name` is what `RLM(model=...)` takes, `label` what the person reads."""

    name: str
    label: str
    provider: str


class Providers:
    """The providers that are known, by their names.

    Args:
        configured: Those of the settings.
        env: The environment; the process's own with `.env` when None.
        problems: What is wrong with entries that could not be read.
    """

    def __init__(
        self,
        configured: Iterable[Provider] = (),
        *,
        env: Mapping[str, str] | None = None,
        problems: Iterable[str] = (),
    ) -> None:
        self.env = environment() if env is None else env
        self.problems = list(problems)
        self.configured = tuple(configured)
        self.of_environment = self._read_environment()
        self.local = tuple(_local(kind, self.env) for kind in LOCAL_KINDS)
        known = (*self.configured, *self.of_environment, *self.local)
        self._by_name = {provider.name: provider for provider in reversed(known)}

    @classmethod
    def load(cls, keys: KeyStore | None = None, *, env: Mapping[str, str] | None = None) -> Providers:
        """Those of the settings file with their keys, those of the environment, and the local servers.

        Asks the system's key store, which may take its time: call it from a thread. What is wrong with one
        provider is said in its `fault`, what is wrong with the file in `problems`; the others can be used.
        """
        from rlm_desktop.engine.provider_settings import load, make_provider_of
        from rlm_desktop.keys import KeyStore

        env = environment() if env is None else env
        store = keys or KeyStore()
        try:
            found, faulty = load()
        except SettingsError as error:
            return cls(env=env, problems=[str(error)])
        # One that cannot be used keeps its name: its models must not be asked for elsewhere.
        unusable = [Provider(name, source="settings", fault=text) for name, text in faulty if name]
        usable = [make_provider_of(item, store, env) for item in found]
        names = {provider.name for provider in usable}
        kept = [provider for provider in unusable if provider.name not in names]
        return cls([*usable, *kept], env=env, problems=[text for _, text in faulty])

    @property
    def all(self) -> tuple[Provider, ...]:
        """Those that somebody named: the settings' first, then the environment's."""
        return tuple(self._by_name[name] for name in dict.fromkeys(p.name for p in self._named))

    @property
    def default(self) -> Provider | None:
        """Whom names belong to that name no provider."""
        usable = (provider for provider in self.configured if provider.base_url)
        return next(iter((*self.of_environment, *usable)), None)

    @property
    def secrets(self) -> list[str]:
        """The keys, and all in the environment that must never leave."""
        known = (*self.configured, *self.of_environment)
        return [*configured_secrets(self.env), *(secret for provider in known for secret in provider.secrets)]

    def get(self, name: str) -> Provider | None:
        """The provider of that name."""
        return self._by_name.get(name)

    def find(self, model: str) -> Provider:
        """The provider that serves `model`.

        Raises:
            SettingsError: There is none, or it cannot be used; the text says what to do.
        """
        if model == OFFLINE:
            return offline_provider()
        before, slash, behind = model.partition("/")
        provider = self._by_name.get(before) if slash and behind else None
        provider = provider or self.default
        if provider is None:
            raise SettingsError(_no_server(model))
        if slash and provider.name != before and provider.kind in _KINDS_WITHOUT_SLASHES:
            # Else the texts of a run that was meant for one server would be sent to another.
            raise SettingsError(
                f"There is no provider {before!r}, which the model {model!r} names. Add it under Settings > "
                f"Providers, or choose a model of {provider.name!r}."
            )
        if provider.fault:
            raise SettingsError(f"The provider {provider.name!r} cannot be used: {provider.fault}")
        return provider

    @property
    def _named(self) -> tuple[Provider, ...]:
        return (*self.configured, *self.of_environment)

    def _read_environment(self) -> tuple[Provider, ...]:
        found: list[Provider] = []
        for make in (make_provider, _openrouter, _azure):
            try:
                provider = make(env=self.env)
            except SettingsError as error:
                self.problems.append(str(error))
                continue
            if provider is not None:
                found.append(provider)
        return tuple(found)


def environment() -> dict[str, str]:
    """The process's environment over the nearest `.env`, which is read but never exported to the process."""
    values = {name: value for name, value in _dotenv().items() if value}
    return {**values, **os.environ}


def _dotenv() -> Mapping[str, str | None]:
    """What `.env` says; in an old encoding, or out of reach, it must not keep the program from starting."""
    from dotenv import dotenv_values, find_dotenv

    path = ".env"
    try:
        path = find_dotenv(usecwd=True)  # fails where the working folder has been deleted
        return dotenv_values(path, encoding="utf-8-sig")
    except UnicodeDecodeError:
        return dotenv_values(path, encoding="latin-1")
    except OSError as error:
        _log.warning("%s cannot be read and is left out: %s", path, error.strerror)
        return {}


def known_secrets() -> list[str]:
    """The keys of the settings and of the environment, and all else there that must never leave.

    Asks the system's key store, which may take its time: call it from a thread.
    """
    return Providers.load().secrets


def configured_secrets(env: Mapping[str, str] | None = None) -> list[str]:
    """Values of the environment that must never leave: keys, tokens, passwords by their names."""
    env = environment() if env is None else env
    return [value for name, value in env.items() if is_secret_name(name)]


def is_secret_name(name: str) -> bool:
    """Whether what goes by this name is a secret: `OPENAI_API_KEY`, `X-Auth-Token`, `Authorization`."""
    plain = name.upper().replace("-", "_")
    return bool(_SECRET_NAME.search(plain)) or plain in ("AUTHORIZATION", "PROXY_AUTHORIZATION", "COOKIE")


def offline_provider() -> Provider:
    """The built-in model's."""
    return Provider(OFFLINE, "http://offline.invalid/v1", "offline")


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
    return Provider(
        _provider_name(url),
        checked_url(url or _OPENAI_URL),
        checked_key(key),
        kind=kind_of_url(url),
        organization=env.get("OPENAI_ORG_ID", "") if kind_of_url(url) == "openai" else "",
        api_version=env.get("OPENAI_API_VERSION") or AZURE_API_VERSION,
        source="argument" if base_url or api_key else "environment",
    )


def _openrouter(*, env: Mapping[str, str]) -> Provider | None:
    key = env.get("OPENROUTER_API_KEY", "").strip()
    if not key:
        return None
    kind = KINDS["openrouter"]
    return Provider(kind.name, kind.base_url, checked_key(key), kind=kind.name, source="environment")


def _azure(*, env: Mapping[str, str]) -> Provider | None:
    key, url = env.get("AZURE_OPENAI_API_KEY", "").strip(), env.get("AZURE_OPENAI_ENDPOINT", "").strip()
    if not key or not url:
        return None
    version = env.get("OPENAI_API_VERSION") or AZURE_API_VERSION
    return Provider(
        "azure", checked_url(url), checked_key(key), kind="azure", api_version=version, source="environment"
    )


def _local(kind: ProviderKind, env: Mapping[str, str]) -> Provider:
    url = kind.base_url
    if kind.name == "ollama" and (host := env.get("OLLAMA_HOST", "").strip()):
        url = _ollama_url(host) or url
    return Provider(kind.name, url, _LOCAL_KEY, kind=kind.name, source="local")


def _ollama_url(host: str) -> str:
    """The address in `OLLAMA_HOST`, as `127.0.0.1:11434`, `box` or `https://box:443`; empty when it is none."""
    try:
        parts = urlsplit(host if "://" in host else f"http://{host}")
        name = "127.0.0.1" if parts.hostname in (None, "0.0.0.0", "::") else parts.hostname
        name = f"[{name}]" if ":" in name else name
        port = parts.port or (11434 if "://" not in host else {"http": 80, "https": 443}.get(parts.scheme, 0))
    except ValueError:
        return ""
    return f"{parts.scheme}://{name}:{port}/v1" if parts.scheme in ("http", "https") and port else ""


def _provider_name(url: str) -> str:
    host = (urlsplit(checked_url(url)).hostname or "") if url else ""
    return "openai" if host in ("", "api.openai.com") else host


def checked_url(url: str) -> str:
    """A base URL without its last slash.

    Raises:
        SettingsError: It is none.
    """
    url = url.strip()
    parts = urlsplit("")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address or any(character.isspace() for character in url):
        raise SettingsError(
            f"The base URL {url!r} is not a web address: it must begin with http:// or https://, "
            "as in http://localhost:11434/v1."
        )
    if parts.username or parts.password:
        raise SettingsError("A base URL must not hold a password: it would be shown. Use the key or a header.")
    return url.rstrip("/").removesuffix("/chat/completions")


def checked_key(key: str) -> str:
    """A key without white space around it; a placeholder for none.

    Raises:
        SettingsError: It is none.
    """
    key = key.strip()
    if not key.isascii() or any(character.isspace() or not character.isprintable() for character in key):
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


def labels(root: str, sub: str) -> str:
    """The models of a run as the person reads them; one where they are the same."""
    return label(root) if sub in ("", root) else f"{label(root)}, sub-calls {label(sub)}"


def find_provider(
    model: str, *, base_url: str | None = None, api_key: str | None = None, env: Mapping[str, str] | None = None
) -> Provider:
    """The provider that serves `model`, of the arguments, else of the environment.

    Raises:
        SettingsError: No provider is configured.
    """
    if base_url is None and api_key is None:
        return Providers(env=env).find(model)
    if model == OFFLINE and base_url is None:
        return offline_provider()
    provider = make_provider(base_url=base_url, api_key=api_key, env=env)
    if provider is None:
        raise SettingsError(_no_server(model))
    return provider


def _no_server(model: str) -> str:
    return (
        f"No server is known for the model {model!r}. Add a provider in the settings and name the model "
        "PROVIDER/MODEL, set OPENAI_API_KEY (and OPENAI_BASE_URL for a server other than OpenAI's) in the "
        f"environment or in a .env file, or use the model {OFFLINE!r}, which needs neither key nor network."
    )
