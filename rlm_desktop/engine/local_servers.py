"""Finds the model servers that run on this machine, by asking at their usual addresses.

Nothing but loopback is asked, without a key and without a proxy; a port that nobody listens on refuses at once, and
whatever else listens there is left alone after one short question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from rlm_desktop.engine.provider_kinds import is_loopback
from rlm_desktop.engine.providers import Provider, Providers

if TYPE_CHECKING:
    import aiohttp

SECONDS = 1.5
"""For one server to answer: it is on this machine, but may be busy with a model."""
_MAX_BODY = 2_000_000
_MARKS = {"ollama": "library", "llamacpp": "llamacpp", "vllm": "vllm", "lmstudio": "organization_owner"}
"""Who owns the models, in the words of each server's list."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered.

    Attributes:
        provider: How to ask it; its kind is what the server said it is.
        models: Names of its models; may be empty.
    """

    provider: Provider
    models: tuple[str, ...]


async def find(providers: Providers) -> list[LocalServer]:
    """The model servers that answer on this machine now; never raises for one that does not."""
    import aiohttp

    wanted = [provider for provider in providers.local if is_loopback(provider.base_url)]
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
        found = await asyncio.gather(*(_ask(session, provider) for provider in wanted))
    return [server for server in found if server is not None]


async def _ask(session: Any, provider: Provider) -> LocalServer | None:
    import aiohttp

    try:
        async with session.get(f"{provider.base_url}/models", allow_redirects=False) as response:
            if response.status != 200:
                return None
            body = msgspec.json.decode(await _content(response))
            server = response.headers.get("Server", "")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, msgspec.MsgspecError, RecursionError):
        return None
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    data = fields.get("data")
    if fields.get("object") != "list" or not (data is None or isinstance(data, list)):
        return None
    items = [cast("dict[str, Any]", item) for item in cast("list[Any]", data or []) if isinstance(item, dict)]
    if not _is_of_kind(provider, items, server):
        return None
    return LocalServer(provider, tuple(_names(items)))


async def _content(response: aiohttp.ClientResponse) -> bytes:
    """The body, up to what a list of models may have."""
    content = bytearray()
    async for data in response.content.iter_any():
        content += data
        if len(content) > _MAX_BODY:
            break
    return bytes(content)


def _is_of_kind(provider: Provider, items: list[dict[str, Any]], server: str) -> bool:
    """Whether it is the server that usually listens there, and not another one of the same protocol."""
    owners = {str(item.get("owned_by", "")) for item in items}
    others = {mark for kind, mark in _MARKS.items() if kind != provider.kind}
    if server == "llama.cpp":
        return provider.kind == "llamacpp"
    return not (owners and owners <= others)


def _names(items: Iterable[dict[str, Any]]) -> Iterable[str]:
    for item in items:
        name = item.get("id")
        if isinstance(name, str) and name and name.isprintable():
            yield name
