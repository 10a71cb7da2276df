"""Fetches what models a server has, with their windows and prices where it says so.

`GET /models` is the common ground; what the local servers tell beyond it is asked of their own addresses, and a
server that does not know these is not worse for it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import msgspec

from rlm_desktop.engine import catalog
from rlm_desktop.engine.catalog import ModelInfo, ModelList
from rlm_desktop.engine.chat import error_in_body
from rlm_desktop.engine.client import CONNECT_TIMEOUT, beginning_of, endpoint, key_headers, make_http_client
from rlm_desktop.engine.failures import status_error, transport_error
from rlm_desktop.engine.key_guard import KeyGuard
from rlm_desktop.engine.providers import Provider
from rlm_desktop.errors import ModelError

if TYPE_CHECKING:
    import httpx2

OLLAMA_WINDOW = 4_096
"""Tokens that Ollama gives a model below 24 GiB of graphics memory unless told otherwise."""
SECONDS = 20.0
_MAX_BODY = 20_000_000
_MAX_MODELS = 10_000
_MAX_ASKED = 40
"""Models of Ollama that are asked about one by one."""
_WINDOW_FIELDS = ("max_model_len", "context_length", "context_window", "max_context_length", "max_input_tokens")


async def fetch(provider: Provider) -> ModelList:
    """The models of a provider, asked now and kept in the cache.

    Raises:
        ModelError: The server refused, could not be reached, or answered something else; the text says what.
    """
    if provider.uses_deployments:
        # Only a deployment can be asked, and what Azure lists here are the models that one could deploy.
        return catalog.make_list(provider, [])
    async with make_http_client(provider) as http:
        models = _parse(await _get(http, provider, endpoint(provider, "models")))
        models = await _with_windows(http, provider, models)
    found = catalog.make_list(provider, models)
    await asyncio.to_thread(catalog.keep, provider, found)
    return found


async def _get(http: httpx2.AsyncClient, provider: Provider, url: str, body: object = None) -> Any:
    """The answer's JSON."""
    import httpx2

    headers = {**key_headers(provider), **provider.headers, "Accept": "application/json"}
    if provider.organization:
        headers["OpenAI-Organization"] = provider.organization
    timeout = httpx2.Timeout(SECONDS, connect=min(CONNECT_TIMEOUT, SECONDS))
    try:
        async with asyncio.timeout(SECONDS):
            method = "GET" if body is None else "POST"
            async with http.stream(method, url, headers=headers, json=body, timeout=timeout) as response:
                content = await beginning_of(response, _MAX_BODY)
        if not response.is_success:
            raise status_error(response, content[:100_000])
        return _decode(content)
    except ModelError as error:
        error.args = (KeyGuard(provider).clean(str(error)),)
        raise
    except Exception as error:
        # Some of aiohttp's own errors come through the transport as they are.
        failure = transport_error(error, provider)
        failure.args = (KeyGuard(provider).clean(str(failure)),)
        raise failure from error


def _decode(content: bytes) -> Any:
    if len(content) > _MAX_BODY:
        raise ModelError("The server's list of models is far too long.")
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        is_page = content.lstrip()[:1] == b"<"
        error = ModelError(
            "The server answered with a web page: is the base URL right?"
            if is_page
            else "The server's list of models cannot be read."
        )
        error.reason = "html" if is_page else "broken"
        raise error from None


def _parse(body: Any) -> list[ModelInfo]:
    """The models of an answer: `{"data": [...]}`, `{"models": [...]}` or the list itself.

    Raises:
        ModelError: It is none of these.
    """
    items: Any = body
    if isinstance(body, dict):
        fields = cast("dict[str, Any]", body)
        if fields.get("error") and not fields.get("data"):
            raise error_in_body(fields["error"])
        items = fields.get("data", fields.get("models"))
        if items is None and "data" in fields:
            items = []  # Ollama without any model says null
    if not isinstance(items, list):
        raise ModelError("The server's list of models cannot be read: is this an OpenAI-compatible server?")
    found: dict[str, ModelInfo] = {}
    for item in cast("list[Any]", items)[:_MAX_MODELS]:
        model = _model_of(item)
        if model is not None:
            found.setdefault(model.name, model)
    return list(found.values())


def _model_of(item: Any) -> ModelInfo | None:
    if isinstance(item, str):
        return ModelInfo(item)
    if not isinstance(item, dict):
        return None
    fields = cast("dict[str, Any]", item)
    name = fields.get("id") or fields.get("name") or fields.get("model")
    if not isinstance(name, str) or not name.isprintable():
        return None
    pricing = fields.get("pricing")
    prices = cast("dict[str, Any]", pricing) if isinstance(pricing, dict) else {}
    return ModelInfo(
        name,
        next(filter(None, (_tokens(fields.get(field)) for field in _WINDOW_FIELDS)), None),
        # OpenRouter's are US dollars per token, as texts; -1 stands for "depends".
        input=_per_million(prices.get("prompt")),
        output=_per_million(prices.get("completion")),
        cached=_per_million(prices.get("input_cache_read")),
    )


def _tokens(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9
    return value if is_count else None


def _per_million(value: Any) -> float | None:
    try:
        price = float(value) * 1e6
    except (TypeError, ValueError):
        return None
    return round(price, 6) if 0 <= price < math.inf else None


# -- what each local server tells of its windows ---------------------------------------------------------------


async def _with_windows(http: httpx2.AsyncClient, provider: Provider, models: list[ModelInfo]) -> list[ModelInfo]:
    """The models with the windows that the server really gives them, not those that they could have."""
    ask = {"ollama": _ask_ollama, "lmstudio": _ask_lmstudio, "llamacpp": _ask_llamacpp}.get(provider.kind)
    if ask is None or not models:
        return models
    try:
        windows = await ask(http, provider, models)
    except ModelError:
        windows = {}
    assumed = OLLAMA_WINDOW if provider.kind == "ollama" else None
    return [_with_window(model, windows.get(model.name), assumed) for model in models]


def _with_window(model: ModelInfo, window: int | None, assumed: int | None) -> ModelInfo:
    if window is not None:
        return msgspec.structs.replace(model, window=window)
    if assumed is not None:
        return msgspec.structs.replace(model, window=assumed, is_window_assumed=True)
    return model


async def _ask_ollama(http: httpx2.AsyncClient, provider: Provider, models: list[ModelInfo]) -> dict[str, int]:
    """The window of each model that is loaded (`/api/ps`) or has one of its own (`num_ctx` in `/api/show`)."""
    root = _root(provider)
    loaded = _parse(await _get(http, provider, f"{root}/api/ps"))
    windows = {model.name: model.window for model in loaded if model.window}

    async def ask(name: str) -> None:
        shown = await _get(http, provider, f"{root}/api/show", {"model": name})
        if window := _num_ctx(shown):
            windows.setdefault(name, window)

    asked = [model.name for model in models if model.name not in windows][:_MAX_ASKED]
    await asyncio.gather(*(ask(name) for name in asked), return_exceptions=True)
    return windows


def _num_ctx(shown: Any) -> int | None:
    """The parameter `num_ctx` of a model file: a line of the text `parameters`."""
    parameters = cast("dict[str, Any]", shown).get("parameters") if isinstance(shown, dict) else None
    for line in parameters.splitlines() if isinstance(parameters, str) else ():
        name, _, value = line.strip().partition(" ")
        if name == "num_ctx" and value.strip().isdigit():
            return _tokens(int(value))
    return None


async def _ask_lmstudio(http: httpx2.AsyncClient, provider: Provider, models: list[ModelInfo]) -> dict[str, int]:
    """The window that a model was loaded with, else the most that it can have."""
    del models
    body = await _get(http, provider, f"{_root(provider)}/api/v0/models")
    data = cast("dict[str, Any]", body).get("data") if isinstance(body, dict) else None
    items = cast("list[Any]", data) if isinstance(data, list) else []
    windows: dict[str, int] = {}
    for item in items:
        fields = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
        window = _tokens(fields.get("loaded_context_length")) or _tokens(fields.get("max_context_length"))
        if window and isinstance(name := fields.get("id"), str):
            windows[name] = window
    return windows


async def _ask_llamacpp(http: httpx2.AsyncClient, provider: Provider, models: list[ModelInfo]) -> dict[str, int]:
    """The window of a slot: what one request can hold, which is less than the server's whole context."""
    body = await _get(http, provider, f"{_root(provider)}/props")
    window = _tokens(_path(body, "default_generation_settings", "n_ctx"))
    return {model.name: window for model in models} if window else {}


def _path(body: Any, *names: str) -> Any:
    for name in names:
        body = cast("Mapping[str, Any]", body).get(name) if isinstance(body, dict) else None
    return body


def _root(provider: Provider) -> str:
    parts = urlsplit(provider.base_url)
    return f"{parts.scheme}://{parts.netloc}"


def too_small(provider: Provider, model: str, tokens: int) -> str:
    """Why a model's window is too small for requests of so many tokens, and what to do; empty when it is not."""
    info = catalog.info(provider, model)
    window = info.window if info is not None else OLLAMA_WINDOW if provider.kind == "ollama" else None
    if window is None or tokens <= window:
        return ""
    name = provider.server_name(model)
    if provider.kind != "ollama":
        return (
            f"{name} holds {window:,} tokens, and requests may have about {tokens:,}: they would be refused or cut."
        )
    said = "usually gives a model" if info is None or info.is_window_assumed else f"gives {name}"
    return (
        f"Ollama {said} {window:,} tokens and silently cuts longer prompts; those of this run may have about "
        f"{tokens:,}. Start it with OLLAMA_CONTEXT_LENGTH=32768, or set num_ctx in the model's file."
    )
