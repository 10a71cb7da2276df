"""Prices of models, from a data file: US dollars per million tokens."""

from __future__ import annotations

import functools
import tomllib

import msgspec

from rlm_desktop.engine.events import Usage
from rlm_desktop.engine.providers import OFFLINE, Provider
from rlm_desktop.errors import SettingsError
from rlm_desktop.paths import resource


class Price(msgspec.Struct, frozen=True):
    """US dollars per million tokens; cached input costs `input` where nothing else is known."""

    input: float
    output: float
    cached: float | None = None


class _PriceFile(msgspec.Struct):
    date: str
    models: dict[str, Price]


_FREE = Price(0.0, 0.0, 0.0)


@functools.cache
def _price_file() -> _PriceFile:
    data = tomllib.loads(resource("prices.toml").read_text("utf-8"))
    return msgspec.convert(data, _PriceFile)


def price_of(model: str) -> Price | None:
    """The price of a model by its name, with or without a dated ending (`-2026-01-31`); None when not known."""
    if model == OFFLINE:
        return _FREE
    models = _price_file().models
    name = model.lower()
    if name in models:
        return models[name]
    base, _, ending = name.partition("-20")
    return models.get(base) if ending[:2].isdigit() else None


def check_price(model: str, provider: Provider) -> None:
    """Whether a budget in US dollars can be held with this model.

    Raises:
        SettingsError: Its price is not known, and it does not run on this machine, where nobody bills.
    """
    if price_of(model) is None and not provider.is_local:
        raise SettingsError(
            f"A budget in US dollars cannot be held: the price of {model!r} is not known. Add it to the price "
            "table, or ask without a budget (max_tokens, max_calls)."
        )


def cost_of(price: Price | None, usage: Usage | None) -> float | None:
    """US dollars for a request; None when the price or the usage is not known."""
    if price is None or usage is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    cached_price = price.input if price.cached is None else price.cached
    fresh = usage.input_tokens - cached
    return (fresh * price.input + cached * cached_price + usage.output_tokens * price.output) / 1_000_000
