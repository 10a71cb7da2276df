"""What the engine's benchmarks share: the server process, medians, the bare clients to compare with."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from rlm_desktop.engine.client import make_client, make_http_client
from rlm_desktop.engine.providers import Provider
from rlm_desktop.engine.rlm import RLM

Work = Callable[[], Awaitable[Any]]
Ask = Callable[[str], Awaitable[Any]]


@contextlib.asynccontextmanager
async def server_process(latency: float) -> AsyncIterator[str]:
    """The model server in a process of its own; gives its base URL."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.engine_server", str(latency)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.stdin.close()
        await process.wait()


def engine(url: str, root: str, *, width: int = 16, **options: Any) -> RLM:
    """An RLM whose root's model is `root`, its sub-calls' model `answer`."""
    provider = Provider("bench", url, "key", max_connections=max(256, width))
    return RLM(root, "answer", provider=provider, max_concurrent=width, **options)


async def medians(work: dict[str, Work], *, repetitions: int = 5) -> dict[str, float]:
    """Seconds of each kind of work, taken in turns so that a busy machine disturbs all alike; one warm-up."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for repetition in range(repetitions + 1):
        for name, do in work.items():
            gc.collect()
            started = time.perf_counter()
            await do()
            if repetition:
                taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in taken.items()}


def seconds_of(taken: dict[str, float]) -> str:
    """Measured times in words."""
    return ", ".join(f"{name} {value:.3f} s" for name, value in taken.items())


class BareClients:
    """The same requests without an engine: by the same AsyncOpenAI, typed and raw, and by aiohttp alone."""

    def __init__(self, url: str, width: int) -> None:
        self._url = url
        self._width = width

    async def __aenter__(self) -> BareClients:
        import aiohttp

        provider = Provider("bench", self._url, "key", max_connections=max(256, self._width))
        self.openai = make_client(provider, make_http_client(provider))
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.openai.close()
        await self.session.close()

    async def typed(self, prompt: str) -> str:
        """As most programs do it."""
        reply = await self.openai.chat.completions.create(
            model="answer", messages=[{"role": "user", "content": prompt}]
        )
        return reply.choices[0].message.content or ""

    async def streamed(self, prompt: str, *, model: str = "answer") -> str:
        """As programs do it that show the reply while it comes."""
        text = ""
        async with await self.openai.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": prompt}],
            stream=True,
            stream_options={"include_usage": True},
        ) as stream:
            async for chunk in stream:
                if chunk.choices:
                    text += chunk.choices[0].delta.content or ""
        return text

    async def raw(self, prompt: str) -> bytes:
        """As the engine does it: ready bytes in, bytes out, nothing parsed."""
        import httpx2
        import openai

        response = await self.openai.post(
            "/chat/completions",
            content=_body(prompt),
            cast_to=httpx2.Response,
            options={"headers": {"Content-Type": "application/json"}},
            stream=True,
            stream_cls=openai.AsyncStream[Any],
        )
        assert isinstance(response, httpx2.Response)
        try:
            return b"".join([piece async for piece in response.aiter_bytes()])
        finally:
            await response.aclose()

    async def http(self, prompt: str) -> Any:
        """The least that an HTTP library in Python needs."""
        headers = {"Content-Type": "application/json", "Authorization": "Bearer key"}
        async with self.session.post(f"{self._url}/chat/completions", data=_body(prompt), headers=headers) as reply:
            return await reply.read()


@contextlib.asynccontextmanager
async def bare_clients(url: str, width: int) -> AsyncIterator[dict[str, Ask]]:
    """Ways to ask without an engine, each with connections of its own: none finds those of another still warm."""
    async with contextlib.AsyncExitStack() as stack:
        typed, streamed, raw, http = [await stack.enter_async_context(BareClients(url, width)) for _ in range(4)]
        yield {"typed": typed.typed, "streamed": streamed.streamed, "raw": raw.raw, "http": http.http}


def _body(prompt: str) -> bytes:
    return json.dumps(
        {"model": "answer", "stream": True, "messages": [{"role": "user", "content": prompt}]}
    ).encode()


async def root_and_batch(ask: Ask, count: int) -> None:
    """The critical path of a run with one batch: the root's request, then all of the batch at once."""
    await ask("root")
    await asyncio.gather(*(ask(f"Question {n}") for n in range(count)))
