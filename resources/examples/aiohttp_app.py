"""Questions over HTTP with aiohttp.

Start it with `python aiohttp_app.py [PORT]`, then:

    curl localhost:8080/ask --json '{"question": "Which segments grew?", "context": "..."}'
    curl -N localhost:8080/stream --json '{"question": "...", "context": "..."}'

The models are those that OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL name, else the offline model.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from aiohttp import web

from rlm_desktop import RLM, Limits, UserError, events

RLM_KEY = web.AppKey("rlm", RLM)


async def hold_rlm(app: web.Application) -> AsyncIterator[None]:
    """One RLM for all requests: it is safe to ask it many things at once."""
    async with RLM(max_depth=2, max_concurrent=64, limits=Limits(timeout=300)) as rlm:
        app[RLM_KEY] = rlm
        yield


async def asked(request: web.Request) -> tuple[str, dict[str, Any]]:
    """The question of a request, and the arguments for `arun` or `stream`; a `session` makes it a follow-up."""
    body = await request.json()
    return body.get("question", ""), {"context": body.get("context", ""), "session": body.get("session")}


async def ask(request: web.Request) -> web.Response:
    """Wait for the answer. Nothing blocks: meanwhile the server goes on serving others."""
    question, arguments = await asked(request)
    try:
        result = await request.app[RLM_KEY].arun(question, **arguments)
    except UserError as error:
        return web.json_response({"error": str(error)}, status=422)
    if result.final_answer is None:
        return web.json_response({"error": result.error or result.end_state}, status=502)
    return web.json_response(
        {
            "answer": result.final_answer,
            "session": result.session_id,
            "end_state": result.end_state,
            "calls": result.calls,
            "seconds": result.duration,
        }
    )


async def stream(request: web.Request) -> web.StreamResponse:
    """Every event of the run as it happens, one line of JSON each. A client that leaves stops its run."""
    question, arguments = await asked(request)
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    await response.prepare(request)
    async with aclosing(request.app[RLM_KEY].stream(question, **arguments)) as run:
        async for event in run:
            await response.write(events.encode(event) + b"\n")
    await response.write_eof()
    return response


async def health(request: web.Request) -> web.Response:
    """Whether the server lives."""
    return web.json_response({"pid": os.getpid()})


def make_app() -> web.Application:
    """The application with its routes."""
    app = web.Application()
    app.cleanup_ctx.append(hold_rlm)
    app.add_routes([web.post("/ask", ask), web.post("/stream", stream), web.get("/health", health)])
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
