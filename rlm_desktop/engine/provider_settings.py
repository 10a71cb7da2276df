"""The providers as the settings file has them: `[[providers]]` tables, never with a key.

```toml
[[providers]]
name = "groq"
kind = "compatible"
base_url = "https://api.groq.com/openai/v1"
key = "system"                 # or "session", "environment" (with key_variable), "none"
key_variable = "GROQ_API_KEY"
headers = { "X-Title" = "RLM Desktop", "X-Auth-Token" = "${PROXY_TOKEN}" }
```
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from rlm_desktop import settings
from rlm_desktop.engine.provider_kinds import KINDS, LOCAL_KINDS
from rlm_desktop.engine.providers import (
    AZURE_API_VERSION,
    OFFLINE,
    Provider,
    checked_key,
    checked_url,
    is_secret_name,
)
from rlm_desktop.errors import SettingsError
from rlm_desktop.keys import KeyStore, Place

TABLE = "providers"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PLACES: tuple[str, ...] = get_args(Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What a person chose for a provider; checked when it is made.

    Attributes:
        name: Unique; model names begin with it.
        key: Where its key is; the key itself is never here.
        key_variable: The environment variable, for `key = "environment"`.
        headers: Further headers; `${NAME}` in a value stands for an environment variable.
        timeout: Seconds without a byte after which a request is given up; None for the usual ones.
        max_connections: Requests in flight at once over all runs.
        api_version: Of Azure's older addresses.

    Raises:
        SettingsError: Something in it cannot be used; the text says what.
    """

    name: str
    kind: str = "compatible"
    base_url: str = ""
    key: Place = "none"
    key_variable: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    organization: str = ""
    proxy: str = ""
    timeout: float | None = None
    max_connections: int = 256
    api_version: str = ""

    def __post_init__(self) -> None:
        _check_types(self)
        if self.kind not in KINDS:
            raise SettingsError(
                f'The kind "{self.kind}" of a provider is not known: use one of {", ".join(KINDS)}.'
            )
        _check_name(self.name, self.kind)
        if self.key not in _PLACES:
            raise SettingsError(f'The place "{self.key}" of a key is not known: use one of {", ".join(_PLACES)}.')
        if self.key == "environment" and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.key_variable):
            raise SettingsError("Name the environment variable that the key is in, as in OPENAI_API_KEY.")
        checked_url(self.address)
        _check_proxy(self.proxy)
        _check_headers(self.headers)
        if self.timeout is not None and not 1 <= self.timeout <= 86_400:
            raise SettingsError("The timeout of a provider must be from 1 to 86,400 seconds.")
        if not 1 <= self.max_connections <= 10_000:
            raise SettingsError("The concurrency of a provider must be from 1 to 10,000 requests.")

    @property
    def address(self) -> str:
        """The base URL, the kind's usual one where none is chosen."""
        return self.base_url or KINDS[self.kind].base_url

    def table(self) -> dict[str, Any]:
        """As it stands in the file: name, kind, and what differs from the defaults."""
        defaults = {item.name: item.default for item in dataclasses.fields(self)}
        values = {name: getattr(self, name) for name in defaults}
        values["headers"] = dict(self.headers)
        return {
            name: value
            for name, value in values.items()
            if name in ("name", "kind") or (value and value != defaults[name])
        }


def _check_types(given: ProviderSettings) -> None:
    for name in ("name", "kind", "base_url", "key", "key_variable", "organization", "proxy", "api_version"):
        value: object = getattr(given, name)
        if not isinstance(value, str):
            raise SettingsError(f"{name} of a provider must be a text, not {value!r}.")
        if any(not character.isprintable() for character in value):
            raise SettingsError(f"{name} of a provider holds a character that cannot be printed.")
    for name, kinds in (("timeout", (int, float, type(None))), ("max_connections", (int,))):
        value = getattr(given, name)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise SettingsError(f"{name} of a provider must be a number, not {value!r}.")


def _check_name(name: str, kind: str) -> None:
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f'"{name}" cannot name a provider: use up to 40 letters, figures, ".", "-" and "_", '
            "beginning with a letter or a figure."
        )
    if name == OFFLINE:
        raise SettingsError(f'"{OFFLINE}" is the built-in model; give the provider another name.')
    reserved = {local.name for local in LOCAL_KINDS} - {kind}
    if name in reserved:
        raise SettingsError(f'"{name}" stands for {KINDS[name].label} on this machine; give it another name.')


def _check_proxy(proxy: str) -> None:
    if not proxy:
        return
    if "@" in proxy:
        raise SettingsError(
            "A proxy's password is not kept in the settings file. Leave the proxy empty here and set HTTPS_PROXY "
            "in the environment."
        )
    try:
        checked_url(proxy)
    except SettingsError:
        raise SettingsError(
            f"The proxy {proxy!r} is no HTTP proxy's address, as in http://proxy.example.org:3128."
        ) from None


def _check_headers(headers: object) -> None:
    if not isinstance(headers, Mapping):
        raise SettingsError("The headers of a provider must be names with texts.")
    for name, value in cast("Mapping[object, object]", headers).items():
        if not isinstance(name, str) or not isinstance(value, str) or not _HEADER.fullmatch(name):
            raise SettingsError(f"{name!r} cannot be a header with the value {value!r}.")
        if not value.isascii() or not value.isprintable():
            raise SettingsError(f"The value of the header {name} holds a character that headers cannot have.")
        if is_secret_name(name) and not _VARIABLE.search(value):
            raise SettingsError(
                f"The header {name} looks like a secret, which is not kept in the settings file. Put it into an "
                f"environment variable, and write ${{NAME}} here."
            )


def parse(table: object) -> ProviderSettings:
    """One table of the file; what this version does not know in it is left out.

    Raises:
        SettingsError: It cannot be used.
    """
    if not isinstance(table, dict):
        raise SettingsError("A provider must be a table with a name.")
    values = cast("dict[str, Any]", table)
    if not values.get("name"):
        raise SettingsError("A provider needs a name.")
    known = {item.name for item in dataclasses.fields(ProviderSettings)}
    return ProviderSettings(**{name: value for name, value in values.items() if name in known})


def load() -> tuple[list[ProviderSettings], list[tuple[str, str]]]:
    """The providers of the settings file, and what is wrong with the tables that are none: name and reason.

    Raises:
        SettingsError: The file cannot be read.
    """
    found: dict[str, ProviderSettings] = {}
    problems: list[tuple[str, str]] = []
    for number, table in enumerate(settings.load_tables(TABLE), start=1):
        try:
            item = parse(table)
            if item.name in found:
                raise SettingsError(f'The name "{item.name}" is there twice.')
            found[item.name] = item
        except SettingsError as error:
            name = cast("dict[str, Any]", table).get("name") if isinstance(table, dict) else None
            text = f"Provider {number} of the settings file cannot be used: {error}"
            problems.append((name if isinstance(name, str) else "", text))
    return list(found.values()), problems


def save(providers: Iterable[ProviderSettings]) -> None:
    """Write the providers into the settings file; tables that could not be read stay as they are.

    Raises:
        SettingsError: The file cannot be read or written.
    """
    kept: list[Any] = []
    extras: dict[str, dict[str, Any]] = {}
    known = {item.name for item in dataclasses.fields(ProviderSettings)}
    for table in settings.load_tables(TABLE):
        try:
            item = parse(table)
            extras.setdefault(item.name, {name: value for name, value in table.items() if name not in known})
        except SettingsError:
            kept.append(table)
    tables = [{**item.table(), **extras.get(item.name, {})} for item in providers]
    settings.save_tables(TABLE, [*tables, *kept])


def make_provider_of(item: ProviderSettings, keys: KeyStore, env: Mapping[str, str]) -> Provider:
    """The provider with its key. A key that is not where it should be is said in its `fault`."""
    key, fault = "", ""
    headers: dict[str, str] = {}
    try:
        key = checked_key(_key_of(item, keys, env))
        headers = {name: _filled(value, env) for name, value in item.headers.items()}
    except SettingsError as error:
        fault = str(error)
    return Provider(
        item.name,
        checked_url(item.address),
        key,
        headers,
        item.max_connections,
        kind=item.kind,
        organization=item.organization,
        proxy=item.proxy,
        timeout=item.timeout,
        api_version=item.api_version or AZURE_API_VERSION,
        source="settings",
        fault=fault,
    )


def _key_of(item: ProviderSettings, keys: KeyStore, env: Mapping[str, str]) -> str:
    if item.key == "none":
        return ""
    if item.key == "environment":
        key, place = (
            env.get(item.key_variable, ""),
            f"{item.key_variable} is neither in the environment nor in .env",
        )
    else:
        key = keys.get(item.name, item.key)
        place = (
            "its key was kept until the program ended"
            if item.key == "session"
            else "its key is not in the system's key store"
        )
    if not key.strip():
        raise SettingsError(f"{place}. Enter the key under Settings > Providers, or set the variable.")
    return key


def _filled(value: str, env: Mapping[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[1] not in env:
            raise SettingsError(f"{match[1]}, which one of its headers names, is not in the environment.")
        return env[match[1]]

    return _VARIABLE.sub(fill, value)
