"""Servers on loopback that answer as each kind of provider does, with its oddities (reference/providers.md)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.servers import chunk, event

Answer = web.StreamResponse | dict[str, Any] | list[Any] | str | None
Handler = Callable[[web.Request, dict[str, Any]], Awaitable[Answer]]


@dataclass
class Served:
    """A server, and what it was asked: method and path with query, headers, body."""

    root: str
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def asked(self, path: str) -> list[dict[str, Any]]:
        return [body for asked, _, body in self.requests if path in asked]


@asynccontextmanager
async def serving(handler: Handler, *, server_header: str = "") -> AsyncIterator[Served]:
    """`handler` gets each request with its JSON; None of it is a 404 as uvicorn's servers say it."""
    served = Served("")

    async def handle(request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = json.loads(text) if text else {}
        served.requests.append((f"{request.method} {request.path_qs}", dict(request.headers), body))
        answer = await handler(request, body)
        if answer is None:
            answer = web.json_response({"detail": "Not Found"}, status=404)
        if isinstance(answer, (dict, list)):
            answer = web.json_response(answer)
        if isinstance(answer, str):
            answer = web.Response(text=answer, content_type="text/html")
        if server_header and not answer.prepared:
            answer.headers["Server"] = server_header
        return answer

    app = web.Application(client_max_size=1 << 28)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        served.root = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
        yield served
    finally:
        await runner.cleanup()


async def stream(request: web.Request, *pieces: bytes) -> web.StreamResponse:
    """A stream of server-sent events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for piece in pieces:
        await response.write(piece)
    await response.write_eof()
    return response


async def say(request: web.Request, text: str, **usage: Any) -> web.StreamResponse:
    """A plain streamed reply with usage."""
    figures = {"prompt_tokens": 20, "completion_tokens": 3, **usage}
    return await stream(
        request, chunk(text), chunk("", "stop"), event({"choices": [], "usage": figures}), b"data: [DONE]\n\n"
    )


def refusal(status: int, error: Any, **headers: str) -> web.Response:
    """An error answer with a JSON body."""
    return web.json_response(error, status=status, headers=headers)


def models(*names: str, **fields: Any) -> dict[str, Any]:
    """A list of models."""
    return {"object": "list", "data": [{"id": name, "object": "model", **fields} for name in names]}
