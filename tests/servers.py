"""A model server on loopback for tests and benchmarks: real sockets, scripted replies, faults on demand."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from aiohttp import web


@dataclass(frozen=True)
class Fault:
    """Something a server does wrong.

    Attributes:
        kind: `status`, `html`, `other`, `no_choices`, `null_choices`, `error_in_200`, `broken_json`, `broken_sse`,
            `reset`, `cut_stream`, `stays_open`, `cut_at_end`, `truncated`, `hang`, `empty`, `length`, `no_usage`,
            `drip`, `plain`, `error_in_stream`.
        text: What comes before the fault, where something does; for `plain` the whole reply, not streamed; for
            `drip` the whole reply, a character every few milliseconds; for `cut_at_end` the whole reply, after
            which the connection is cut.
    """

    kind: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"error": {"message": "scripted fault", "code": null}}'
    text: str = "partial text"


Reply = str | Fault
Script = Callable[[dict[str, Any]], Reply] | Sequence[Reply]


@dataclass
class Logged:
    """One request as the server saw it, and the usage that it reported (None: none)."""

    body: dict[str, Any]
    usage: dict[str, Any] | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class ModelServer:
    """Speaks chat completions on a port of its own.

    Args:
        script: Replies in order, or a function from the request's body to the reply.
        latency: Seconds before the first byte.
        hold_until: Requests that must be there at once before any sub-call is answered.
    """

    def __init__(self, script: Script, *, latency: float = 0.0, pieces: int = 3, hold_until: int = 0) -> None:
        self.log: list[Logged] = []
        self.latency = latency
        self.pieces = pieces
        self.active = 0
        self.most_active = 0
        self._hold_until = hold_until
        self._all_here = asyncio.Event()
        self._script = script
        self._next = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_post("/v1/chat/completions", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        server = site._server
        assert isinstance(server, asyncio.Server)
        port = server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def _reply(self, body: dict[str, Any]) -> Reply:
        if callable(self._script):
            return self._script(body)
        reply = self._script[min(self._next, len(self._script) - 1)]
        self._next += 1
        return reply

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            logged = Logged(body, headers=dict(request.headers))
            self.log.append(logged)
            reply = self._reply(body)
            if self._hold_until and body["messages"][0]["role"] != "system":
                if self.active >= self._hold_until:
                    self._all_here.set()
                await self._all_here.wait()
            if self.latency:
                await asyncio.sleep(self.latency)
            if isinstance(reply, Fault):
                return await self._fail(request, reply, logged)
            return await self._answer(request, reply, logged)
        except ConnectionError:
            # The client has gone.
            return web.Response()
        finally:
            self.active -= 1

    def usage_of(self, body: dict[str, Any], text: str) -> dict[str, Any]:
        """Made-up but exact figures: one token a word."""
        words = sum(len(str(message["content"]).split()) for message in body["messages"])
        made = len(text.split())
        return {
            "prompt_tokens": words,
            "completion_tokens": made,
            "total_tokens": words + made,
            "prompt_tokens_details": {"cached_tokens": words // 2},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }

    async def _answer(
        self, request: web.Request, text: str, logged: Logged, *, size: int = 0, pause: float = 0.0
    ) -> web.StreamResponse:
        usage = logged.usage = self.usage_of(logged.body, text)
        if not logged.body.get("stream"):
            return web.json_response(completion(text, usage=usage))
        response = await self._open_stream(request)
        size = size or max(1, -(-len(text) // self.pieces))
        for start in range(0, max(1, len(text)), size):
            await response.write(chunk(text[start : start + size]))
            await asyncio.sleep(pause)
        await response.write(chunk("", finish="stop"))
        if logged.body.get("stream_options", {}).get("include_usage"):
            await response.write(event({"choices": [], "usage": usage}))
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _open_stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        return response

    async def _fail(self, request: web.Request, fault: Fault, logged: Logged) -> web.StreamResponse:
        logged.status = fault.status if fault.kind == "status" else 200
        match fault.kind:
            case "status":
                return web.Response(
                    status=fault.status, text=fault.body, headers=fault.headers, content_type="application/json"
                )
            case "html":
                return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html")
            case "plain":
                usage = logged.usage = self.usage_of(logged.body, fault.text)
                return web.json_response(completion(fault.text, usage=usage))
            case "other":
                return web.Response(text=fault.body, content_type="application/json")
            case "no_choices":
                return web.json_response({"choices": []})
            case "null_choices":
                return web.json_response({"choices": None})
            case "error_in_200":
                return web.json_response({"error": {"message": "upstream broke", "code": fault.status}})
            case "broken_json":
                return web.Response(text='{"choices": [', content_type="application/json")
            case "reset":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "drip":
                return await self._answer(request, fault.text, logged, size=1, pause=0.005)
            case "cut_at_end":
                usage = logged.usage = self.usage_of(logged.body, fault.text)
                response = await self._open_stream(request)
                await response.write(chunk(fault.text, finish="stop") + event({"choices": [], "usage": usage}))
                assert request.transport is not None
                request.transport.abort()
                return response
            case "hang":
                await asyncio.sleep(3600)
        return await self._fail_in_stream(request, fault, logged)

    async def _fail_in_stream(self, request: web.Request, fault: Fault, logged: Logged) -> web.StreamResponse:
        response = await self._open_stream(request)
        if fault.kind != "empty":
            await response.write(chunk(fault.text))
        match fault.kind:
            case "cut_stream":
                assert request.transport is not None
                request.transport.abort()
                return response
            case "broken_sse":
                await response.write(b'data: {"choices": [{"del\n\n')
            case "stays_open":
                await response.write(b"data: [DONE]\n\n")
                await asyncio.sleep(3600)
            case "usage_then_error":
                await response.write(event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}))
                await response.write(event({"error": {"message": "provider died", "code": 502}}))
            case "error_in_stream":
                await response.write(event({"error": {"message": "provider died", "code": 502}}))
            case "empty":
                await response.write(chunk("", finish="stop"))
            case "length":
                await response.write(chunk("", finish="length"))
            case "no_usage":
                await response.write(chunk("", finish="stop"))
            case "truncated":
                pass
            case _:
                raise AssertionError(fault.kind)
        await response.write_eof()
        return response


Served = TypeVar("Served", bound=ModelServer)


@contextlib.contextmanager
def serving_beside(server: Served) -> Iterator[Served]:
    """Serve from a thread, for a program that has this one and its event loop to itself."""
    started = Future[Callable[[], object]]()

    async def serve() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        async with server:
            started.set_result(lambda: loop.call_soon_threadsafe(ended.set))
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="model server")
    thread.start()
    end = started.result(30)
    try:
        yield server
    finally:
        end()
        thread.join()


def event(data: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def chunk(text: str, finish: str | None = None) -> bytes:
    """One chunk of a streamed completion."""
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})


def completion(text: str, *, usage: dict[str, Any] | None = None) -> dict[str, Any]:
    """A whole completion."""
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": usage,
    }
