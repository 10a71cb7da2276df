"""The offline model as a server: an in-process HTTP transport that speaks chat completions.

It answers as an OpenAI-compatible server would, errors included, so that the client code in front of it is the
same as for any other provider. Tokens are estimated (`estimate_tokens`), as no tokenizer is involved.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, Literal

import httpx2
import msgspec

from rlm_desktop.engine.offline.model import reply
from rlm_desktop.engine.providers import OFFLINE as OFFLINE_MODEL
from rlm_desktop.engine.providers import OFFLINE_LABEL

_LARGE = 6_000
"""Bytes of a request above which it is answered in a thread: ranking that much takes some 4 ms."""
_PIECES = 12
"""Pieces of a streamed reply when no token rate is set: each one costs the client time."""
_JSON = {"content-type": "application/json"}
_SSE = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}

_encode = msgspec.json.Encoder().encode


class _Part(msgspec.Struct):
    type: str = ""
    text: str = ""


class _Message(msgspec.Struct):
    role: str
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        """The message's text, joined where it came in parts."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or () if part.type == "text")


class _StreamOptions(msgspec.Struct):
    include_usage: bool = False


class _Request(msgspec.Struct):
    model: str
    messages: list[_Message]
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None


_decode = msgspec.json.Decoder(_Request).decode


def estimate_tokens(text: str) -> int:
    """Tokens of a text, estimated: four UTF-8 bytes each, at least one unless the text is empty."""
    return (len(text.encode("utf-8", "surrogatepass")) + 3) // 4


class OfflineTransport(httpx2.AsyncBaseTransport):
    """Serves the offline model to an `httpx2.AsyncClient`, in this process.

    Args:
        latency: Seconds before the first byte of each reply.
        tokens_per_second: The pace of each reply; None for at once.
    """

    def __init__(self, *, latency: float = 0.0, tokens_per_second: float | None = None) -> None:
        self._latency = latency
        self._rate = tokens_per_second
        self._numbers = count(1)
        # Its own threads: in the loop's default pool a caller that waits there for a reply could block the reply.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="offline-model")

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        path = request.url.path.rstrip("/")
        if path.endswith("/chat/completions"):
            if request.method != "POST":
                return _error(405, f"Not allowed to {request.method} on {path}.", "method_not_supported")
            return await self._complete(await request.aread())
        if request.method == "GET" and path.endswith("/models"):
            return _json({"object": "list", "data": [_MODEL_CARD]})
        if request.method == "GET" and path.endswith(f"/models/{OFFLINE_MODEL}"):
            return _json(_MODEL_CARD)
        return _error(404, f"Invalid URL ({request.method} {path})", "unknown_url")

    async def aclose(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _complete(self, body: bytes) -> httpx2.Response:
        try:
            request = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _error(400, f"We could not parse the JSON body of your request: {error}", "invalid_json")
        if request.model != OFFLINE_MODEL:
            return _error(404, f"The model `{request.model}` does not exist.", "model_not_found", param="model")
        if not request.messages:
            return _error(400, "'messages' is empty: give at least one message.", "empty_array", param="messages")
        messages = [(message.role, message.text) for message in request.messages]
        if len(body) > _LARGE:
            text = await asyncio.get_running_loop().run_in_executor(self._threads, reply, messages)
        else:
            text = reply(messages)
        answer = _Answer(f"offline-{next(self._numbers)}", *_limited(text, request), _prompt_tokens(messages))
        if request.stream:
            options = request.stream_options
            stream = _Stream(self._stream(answer, include_usage=options is not None and options.include_usage))
            return httpx2.Response(200, headers=_SSE, stream=stream)
        tokens = estimate_tokens(answer.text)
        await _wait(self._latency + (tokens / self._rate if self._rate else 0.0))
        return _json(answer.completion())

    async def _stream(self, answer: _Answer, *, include_usage: bool) -> AsyncIterator[bytes]:
        await _wait(self._latency)
        yield _event(answer.chunk({"role": "assistant", "content": ""}))
        begin = time.monotonic()
        sent = 0
        for piece in _pieces(answer.text, by_word=self._rate is not None):
            sent += estimate_tokens(piece)
            if self._rate:
                await _wait(begin + sent / self._rate - time.monotonic())
            yield _event(answer.chunk({"content": piece}))
        yield _event(answer.chunk({}, finish_reason=answer.finish_reason))
        if include_usage:
            yield _event(answer.usage_chunk())
        yield b"data: [DONE]\n\n"


class _Answer:
    """A reply in the shapes that the protocol wants."""

    def __init__(self, identity: str, text: str, finish_reason: Literal["stop", "length"], prompt: int) -> None:
        self.text = text
        self.finish_reason = finish_reason
        self._base = {"id": identity, "created": int(time.time()), "model": OFFLINE_MODEL}
        tokens = estimate_tokens(text)
        self._usage = {"prompt_tokens": prompt, "completion_tokens": tokens, "total_tokens": prompt + tokens}

    def completion(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        return {**self._base, "object": "chat.completion", "choices": [choice], "usage": self._usage}

    def chunk(self, delta: dict[str, str], *, finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {**self._base, "object": "chat.completion.chunk", "choices": [choice]}

    def usage_chunk(self) -> dict[str, Any]:
        return {**self._base, "object": "chat.completion.chunk", "choices": [], "usage": self._usage}


class _Stream(httpx2.AsyncByteStream):
    """The body of a streamed reply."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks


_MODEL_CARD = {
    "id": OFFLINE_MODEL,
    "object": "model",
    "created": 0,
    "owned_by": "rlm-desktop",
    "description": OFFLINE_LABEL,
}


def _prompt_tokens(messages: list[tuple[str, str]]) -> int:
    return sum(estimate_tokens(text) + 4 for _, text in messages)


def _limited(text: str, request: _Request) -> tuple[str, Literal["stop", "length"]]:
    """The reply within the caller's limit on its tokens, and why it ends."""
    limit = request.max_completion_tokens or request.max_tokens
    if limit is None or estimate_tokens(text) <= limit:
        return text, "stop"
    return text.encode("utf-8", "surrogatepass")[: limit * 4].decode("utf-8", "ignore"), "length"


def _pieces(text: str, *, by_word: bool) -> list[str]:
    if by_word:
        words = text.split(" ")
        return [*(f"{word} " for word in words[:-1]), words[-1]] if text else []
    size = max(40, -(-len(text) // _PIECES))
    return [text[begin : begin + size] for begin in range(0, len(text), size)]


async def _wait(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + _encode(chunk) + b"\n\n"


def _json(content: dict[str, Any], status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, headers=_JSON, content=_encode(content))


def _error(status: int, message: str, code: str, *, param: str | None = None) -> httpx2.Response:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return _json({"error": error}, status)
