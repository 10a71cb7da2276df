"""Prices of models: US dollars per million tokens.

The person's own table (`prices.toml` in the configuration folder) comes first, then what the provider's own list of
models says, then the built-in table. A price that nobody knows is None, never zero.
"""

from __future__ import annotations

import functools
import logging
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from rlm_desktop import paths
from rlm_desktop.engine import catalog
from rlm_desktop.engine.events import Usage
from rlm_desktop.engine.providers import OFFLINE, Provider
from rlm_desktop.errors import SettingsError
from rlm_desktop.paths import resource
from rlm_desktop.settings import write_whole

_log = logging.getLogger(__name__)


class Price(msgspec.Struct, frozen=True):
    """US dollars per million tokens; cached input costs `input` where nothing else is known."""

    input: float
    output: float
    cached: float | None = None

    def __post_init__(self) -> None:
        for value in (self.input, self.output, self.cached):
            if value is not None and not 0 <= value < math.inf:
                raise ValueError("a price must be 0 or more")


class _PriceFile(msgspec.Struct):
    models: dict[str, Price]
    date: str = ""


_FREE = Price(0.0, 0.0, 0.0)


@functools.cache
def _price_file() -> _PriceFile:
    data = tomllib.loads(resource("prices.toml").read_text("utf-8"))
    return msgspec.convert(data, _PriceFile)


def built_in() -> dict[str, Price]:
    """The table that ships with the program."""
    return dict(_price_file().models)


def built_in_date() -> str:
    """When the built-in table was made, as `2026-03`."""
    return _price_file().date


def own_file() -> Path:
    """The person's own table."""
    return paths.config_dir() / "prices.toml"


def own() -> dict[str, Price]:
    """The person's own table: model, or `PROVIDER/MODEL`, -> price. Empty when it is missing or cannot be read."""
    path = own_file()
    try:
        return dict(_read_own(path, path.stat().st_mtime_ns))
    except OSError:
        return {}


def save_own(prices: Mapping[str, Price]) -> None:
    """Write the person's own table.

    Raises:
        SettingsError: It cannot be written.
    """
    import tomli_w

    path = own_file()
    table = {name: msgspec.to_builtins(price) for name, price in sorted(prices.items())}
    plain: dict[str, Any] = {
        "models": {name: {k: v for k, v in price.items() if v is not None} for name, price in table.items()}
    }
    head = "# US dollars per million tokens, by MODEL or PROVIDER/MODEL; these come before the built-in prices.\n"
    try:
        write_whole(path, (head + tomli_w.dumps(plain)).encode())
    except OSError as error:
        raise SettingsError(f"The prices cannot be written to {path}: {error.strerror}.") from error


@functools.lru_cache(maxsize=4)
def _read_own(path: Path, changed: int) -> dict[str, Price]:
    del changed  # a part of the key only
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
        return {name.lower(): price for name, price in msgspec.convert(data, _PriceFile).models.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        _log.warning("the prices in %s cannot be read and are left out: %s", path, error)
        return {}


def price_of(model: str, provider: Provider | None = None) -> Price | None:
    """The price of a model; None when not known.

    Args:
        model: Its name, with or without its provider's before it, with or without a dated ending (`-2026-01-31`).
        provider: Who serves it, where that is known.
    """
    if model == OFFLINE or (provider is not None and provider.is_free):
        return _FREE
    name = model if provider is None else provider.server_name(model)
    full = model if provider is None else f"{provider.name}/{name}"
    mine = own()
    if price := _look_up(mine, full) or _look_up(mine, name):
        return price
    if provider is not None and (price := _listed(provider, name)):
        return price
    # The built-in prices are the makers' own: behind OpenRouter's `openai/` stands the same model.
    return _look_up(_price_file().models, name.removeprefix("openai/"))


def _listed(provider: Provider, name: str) -> Price | None:
    info = catalog.info(provider, name)
    if info is None or info.input is None or info.output is None:
        return None
    return Price(info.input, info.output, info.cached)


def _look_up(models: Mapping[str, Price], name: str) -> Price | None:
    name = name.lower()
    if name in models:
        return models[name]
    base, _, ending = name.partition("-20")
    return models.get(base) if ending[:2].isdigit() else None


def check_price(model: str, provider: Provider) -> None:
    """Whether a budget in US dollars can be held with this model.

    Raises:
        SettingsError: Its price is not known, and it does not run on this machine, where nobody bills.
    """
    # OpenRouter says with each reply what it cost.
    is_told = provider.kind == "openrouter"
    if price_of(model, provider) is None and not provider.is_local and not is_told:
        raise SettingsError(
            f"A budget in US dollars cannot be held: the price of {model!r} is not known. Add it to the price "
            "table (Settings > Prices), or ask without a budget (max_tokens, max_calls)."
        )


def cost_of(price: Price | None, usage: Usage | None) -> float | None:
    """US dollars for a request; None when the price or the usage is not known."""
    if price is None or usage is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    cached_price = price.input if price.cached is None else price.cached
    fresh = usage.input_tokens - cached
    return (fresh * price.input + cached * cached_price + usage.output_tokens * price.output) / 1_000_000
