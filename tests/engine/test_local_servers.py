from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import pytest
from aiohttp import web

from rlm_desktop.engine import local_servers
from rlm_desktop.engine.providers import Providers
from tests.provider_servers import Answer, models, serving


def at(kind: str, url: str) -> Providers:
    """Providers with one local server at `url`, and the others where nobody listens."""
    known = Providers(env={})
    known.local = tuple(
        dataclasses.replace(one, base_url=url if one.kind == kind else "http://127.0.0.1:9/v1")
        for one in known.local
    )
    return known


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        ("ollama", {"object": "list", "data": None}, ()),
        ("ollama", models("qwen3:8b", owned_by="library"), ("qwen3:8b",)),
        ("lmstudio", models("a", "b", owned_by="organization_owner"), ("a", "b")),
        ("llamacpp", models("m.gguf", owned_by="llamacpp"), ("m.gguf",)),
        ("vllm", models("meta/m", owned_by="vllm"), ("meta/m",)),
        ("vllm", models("m", owned_by="llamacpp"), None),
        ("llamacpp", {"hello": "world"}, None),
        ("llamacpp", "<html>Jenkins</html>", None),
        ("vllm", {"object": "list", "data": "x"}, None),
        ("vllm", ["no", "dict"], None),
    ],
)
async def test_what_answers_and_what_is_something_else(kind: str, body: Any, found: tuple[str, ...] | None) -> None:
    async def handler(_request: web.Request, _body: dict[str, Any]) -> Answer:
        return body

    async with serving(handler) as served:
        servers = await local_servers.find(at(kind, served.url))
    assert [server.models for server in servers] == ([] if found is None else [found])
    assert [asked for asked, _, _ in served.requests] == ["GET /v1/models"]
    assert all("Authorization" not in headers for _, headers, _ in served.requests)


async def test_a_list_that_comes_in_pieces_is_read_whole() -> None:
    body = json.dumps(models("qwen3:8b", owned_by="library")).encode()

    async def handler(request: web.Request, _body: dict[str, Any]) -> Answer:
        response = web.StreamResponse()
        await response.prepare(request)
        for start in range(0, len(body), 20):
            await response.write(body[start : start + 20])
            await asyncio.sleep(0)
        return response

    async with serving(handler) as served:
        servers = await local_servers.find(at("ollama", served.url))
    assert [server.models for server in servers] == [("qwen3:8b",)]


async def test_a_server_that_does_not_answer_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_servers, "SECONDS", 0.1)
    gone = asyncio.Event()

    async def handler(_request: web.Request, _body: dict[str, Any]) -> Answer:
        await gone.wait()
        return models("m")

    async with serving(handler) as served:
        assert await local_servers.find(at("vllm", served.url)) == []
        gone.set()


async def test_a_server_elsewhere_is_never_asked() -> None:
    assert await local_servers.find(at("ollama", "http://198.51.100.1:11434/v1")) == []
