"""Asks models: one request and its reply, with the retries that the trace shows.

One `AsyncOpenAI` per provider and event loop (`Clients`), its connections shared by every run on that loop. The
SDK's own retries are off: they would be invisible, unlimited in sum, and deaf to one another.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec

from rlm_desktop.engine.chat import ReplyReader
from rlm_desktop.engine.embedding import hash_vectors
from rlm_desktop.engine.events import Message, Usage
from rlm_desktop.engine.failures import advice, status_error, transport_error, was_sent
from rlm_desktop.engine.key_guard import KeyGuard
from rlm_desktop.engine.providers import Provider
from rlm_desktop.errors import ModelError

if TYPE_CHECKING:
    import ssl

    import httpx2
    from openai import AsyncOpenAI

MAX_ATTEMPTS = 5
CONNECT_TIMEOUT = 30.0
"""Seconds; generous, because hundreds of connections may be opened at once."""
IDLE_TIMEOUT = 300.0
"""Seconds without a byte; long, because local servers load a model at the first request."""
KEEPALIVE = 60.0
"""Seconds that an idle connection is kept: a root model thinks for longer than the usual 5 between two batches."""
_FIRST_BACKOFF = 0.5
_FIRST_BACKOFF_AT_LIMIT = 2.0
"""Seconds before the second attempt, doubled for each further one. Rate limits are mostly counted by the minute."""
_MAX_BACKOFF = 20.0
_MAX_RETRY_AFTER = 120.0
_MAX_ERROR_BODY = 100_000
_END_PATIENCE = 1.0
"""Seconds for a body to end after the stream in it has; the connection is used again then."""
_DELTA_INTERVAL = 0.05
"""Seconds between two `on_text` calls of one reply."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Completion:
    """A complete reply; the fields are those of `events.ModelResponded`."""

    text: str
    reasoning: str
    usage: Usage | None
    provider_cost: float | None
    finish_reason: str
    first_token: float | None
    duration: float
    attempts: int


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt that is made again after `delay` seconds."""

    attempt: int
    reason: str
    status: int | None
    delay: float
    may_cost: bool
    usage: Usage | None = None
    error: ModelError | None = None


class ModelClient:
    """Asks the models of one provider on one event loop."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._client: AsyncOpenAI | None = None
        self._completions: _Completions | None = None
        self._guard = KeyGuard(provider)
        self._slots = asyncio.Semaphore(provider.max_connections)
        self._refused: dict[str, dict[str, str | None]] = {}
        self._not_before = 0.0

    async def complete(
        self,
        model: str,
        messages: list[Message],
        parameters: Mapping[str, Any],
        *,
        on_text: Callable[[str, str], None],
        on_retry: Callable[[FailedAttempt], Awaitable[None]],
        on_sent: Callable[[], None] = lambda: None,
        timeout: float | None = None,
    ) -> Completion:
        """Ask `model` and read its reply.

        Args:
            model: Name as the server knows it, with or without the provider's before it.
            messages: The whole conversation.
            parameters: Further fields of the request, as temperature.
            on_text: Gets text and reasoning as they arrive, merged to at most 20 calls a second.
            on_retry: Is told of a failed attempt before the wait; may raise to give up.
            on_sent: Is told that an attempt's turn has come: from now on it may cost something.
            timeout: Seconds for one attempt, from sending to the end of its reply.

        Raises:
            ModelError: The server refused for good, or all attempts failed.
        """
        model = self.provider.server_name(model)
        parameters = self._named(parameters)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            known: frozenset[str] = frozenset()
            try:
                async with self._slots:
                    await self._wait_for_turn()
                    known = frozenset(self._refused.get(model, ()))
                    on_sent()
                    async with self._time_limit(timeout):
                        return await self._attempt(model, messages, parameters, on_text, attempt)
            except ModelError as error:
                is_adapted = self._adapt(model, error, parameters, known)
                if attempt == MAX_ATTEMPTS or not (is_adapted or error.is_retryable):
                    raise
                delay = 0.0 if is_adapted else self._delay(attempt, error)
                await on_retry(
                    FailedAttempt(attempt, str(error), error.status, delay, error.may_cost, used_by(error), error)
                )
                await asyncio.sleep(delay)
        raise AssertionError("unreachable")

    async def embed(self, model: str, texts: Sequence[str]) -> tuple[list[list[float]], Usage]:
        """Vectors of texts, in order, and what they cost in tokens.

        Raises:
            ModelError: The server refused or could not be reached.
        """
        import httpx2
        import openai

        if self.provider.is_offline:
            vectors = await asyncio.to_thread(hash_vectors, texts)
            return vectors, Usage(input_tokens=0, output_tokens=0)
        client = self._open()
        name = self.provider.server_name(model)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                async with self._slots:
                    await self._wait_for_turn()
                    reply = await client.embeddings.create(model=name, input=list(texts), encoding_format="float")
            except (openai.OpenAIError, httpx2.TransportError) as error:
                failure = self._without_key(self._in_words(error))
                if attempt == MAX_ATTEMPTS or not failure.is_retryable:
                    raise failure from error
                await asyncio.sleep(self._delay(attempt, failure))
            else:
                return _vectors_in(reply)
        raise AssertionError("unreachable")

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = self._completions = None

    @asynccontextmanager
    async def _time_limit(self, seconds: float | None) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            if seconds is None:
                raise
            failure = ModelError(f"No complete response within {seconds:g} seconds.", is_retryable=True)
            failure.may_cost = True
            raise failure from error

    # -- waiting ----------------------------------------------------------------------------------------------

    async def _wait_for_turn(self) -> None:
        """A 429 of one call holds back all calls of the provider."""
        while (wait := self._not_before - time.monotonic()) > 0:  # noqa: ASYNC110 - it may have moved meanwhile
            await asyncio.sleep(wait)

    def _delay(self, attempt: int, error: ModelError) -> float:
        if error.retry_after is not None:
            if error.retry_after > _MAX_RETRY_AFTER:
                raise ModelError(
                    f"The server asks to wait {error.retry_after:.0f} seconds: {error}. Try again later.",
                    status=error.status,
                )
            delay = error.retry_after
        else:
            first = _FIRST_BACKOFF_AT_LIMIT if error.status == 429 else _FIRST_BACKOFF
            delay = min(_MAX_BACKOFF, first * 2 ** (attempt - 1)) * random.uniform(0.75, 1.0)
        if error.status == 429:
            self._not_before = max(self._not_before, time.monotonic() + delay)
        return delay

    # -- parameters that a model refuses ----------------------------------------------------------------------

    def _adapt(self, model: str, error: ModelError, parameters: Mapping[str, Any], known: frozenset[str]) -> bool:
        """Learn from a 400 that names a parameter: leave it out, or use its other name, from now on.

        Returns whether the request is worth another attempt: also when another request, in flight with this one,
        has learnt it meanwhile. `known` is what was known to be refused when this one was sent.
        """
        if error.status not in (400, 422):
            return False
        refused = self._refused.setdefault(model, {})
        text = str(error)
        for name in ("max_completion_tokens", "max_tokens", "temperature", "reasoning_effort", "stream_options"):
            is_used = name in parameters or name == "stream_options"
            if not is_used or name in known or name not in text:
                continue
            if name in refused:
                return True
            other = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}.get(name)
            refused[name] = None if other in refused else other
            return True
        return False

    def _named(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parameters under the names that this kind of server knows."""
        name = self.provider.about.output_limit_field
        if "max_completion_tokens" not in parameters or name in parameters:
            return parameters
        return {name if key == "max_completion_tokens" else key: value for key, value in parameters.items()}

    def _body(self, model: str, messages: list[Message], parameters: Mapping[str, Any]) -> bytes:
        body: dict[str, Any] = {
            "model": model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            **parameters,
        }
        for name, replacement in self._refused.get(model, {}).items():
            value = body.pop(name, None)
            if replacement is not None and value is not None:
                body[replacement] = value
        try:
            return _encode(body)
        except UnicodeEncodeError:
            # A lone surrogate, as documents with a wrong encoding have; JSON cannot carry it.
            body["messages"] = [Message(m.role, m.content.encode("utf-8", "replace").decode()) for m in messages]
            return _encode(body)

    # -- one attempt ------------------------------------------------------------------------------------------

    async def _attempt(
        self,
        model: str,
        messages: list[Message],
        parameters: Mapping[str, Any],
        on_text: Callable[[str, str], None],
        attempt: int,
    ) -> Completion:
        import httpx2

        completions = self._open_completions()
        started = time.monotonic()
        has_begun = False
        reader = ReplyReader(is_streamed=True)
        try:
            response = await completions.post(model, self._body(model, messages, parameters))
            has_begun = response.is_success
            try:
                if not response.is_success:
                    raise status_error(response, await beginning_of(response, _MAX_ERROR_BODY))
                reader.is_streamed = "text/event-stream" in response.headers.get("content-type", "")
                first = await self._read(response, reader, on_text, started)
            finally:
                await response.aclose()
        except (httpx2.HTTPError, httpx2.StreamError, ModelError) as error:
            failure = self._without_key(self._in_words(error))
            failure.may_cost = has_begun or (not isinstance(error, ModelError) and was_sent(error))
            failure.usage = reader.usage
            raise failure from error
        return Completion(
            text=self._guard.clean(reader.text),
            reasoning=self._guard.clean(reader.reasoning),
            usage=reader.usage,
            provider_cost=reader.cost_usd,
            finish_reason=reader.finish_reason,
            first_token=first,
            duration=time.monotonic() - started,
            attempts=attempt,
        )

    async def _read(
        self, response: Any, reader: ReplyReader, on_text: Callable[[str, str], None], started: float
    ) -> float | None:
        """Read the body; returns the seconds to the first piece of a streamed reply."""
        import httpx2

        first: float | None = None
        last_told = 0.0
        text, reasoning = "", ""
        texts, thoughts = self._guard.stream(), self._guard.stream()
        try:
            async with asyncio.timeout(None) as patience, aclosing(response.aiter_bytes()) as pieces:
                async for data in pieces:
                    more_text, more_reasoning = reader.feed(data)
                    if reader.is_done and patience.when() is None:
                        patience.reschedule(asyncio.get_running_loop().time() + _END_PATIENCE)
                    if not (more_text or more_reasoning):
                        continue
                    text, reasoning = text + more_text, reasoning + more_reasoning
                    now = time.monotonic()
                    if first is None:
                        # A reply that is complete within the interval needs no deltas at all.
                        first, last_told = now - started, now
                    if now - last_told >= _DELTA_INTERVAL:
                        on_text(texts.feed(text), thoughts.feed(reasoning))
                        text, reasoning, last_told = "", "", now
        except (httpx2.TransportError, TimeoutError):
            # Some servers cut the connection where they should end the body, or keep it open.
            if not reader.is_complete:
                raise
        reader.finish()
        return first

    def _in_words(self, error: Exception) -> ModelError:
        """What went wrong, as a person can use it."""
        failure = transport_error(error, self.provider)
        failure.advice = advice(failure, self.provider, "")
        return failure

    def _without_key(self, error: ModelError) -> ModelError:
        """Some servers repeat the key that they refuse; the error goes into the trace."""
        error.args = (self._guard.clean(str(error)),)
        return error

    def _open(self) -> AsyncOpenAI:
        if self._client is None:
            http = make_http_client(self.provider)
            self._client = make_client(self.provider, http)
            self._completions = _Completions(self.provider, self._client, http)
        return self._client

    def _open_completions(self) -> _Completions:
        self._open()
        assert self._completions is not None
        return self._completions


class _Completions:
    """Posts to a provider's `/chat/completions`, over the client's own connections.

    Headers are made once: the SDK makes them anew for each request, which with its transformations is two thirds of
    the CPU time of a call (measured: 1.4 ms with `client.post`, 0.5 ms this way).
    """

    def __init__(self, provider: Provider, client: AsyncOpenAI, http: httpx2.AsyncClient) -> None:
        import httpx2

        self._provider = provider
        self._http = http
        self._urls: dict[str, httpx2.URL] = {}
        headers = {
            name: value
            for name, value in client.default_headers.items()
            # The SDK's X-Stainless headers tell the server of this machine's system; nobody needs to know.
            if isinstance(value, str) and not name.startswith("X-Stainless-") and name.lower() != "authorization"
        }
        self._headers = httpx2.Headers({**key_headers(provider), **headers, "Accept": "text/event-stream"})
        self._extensions = {"timeout": http.timeout.as_dict()}

    def _url(self, model: str) -> httpx2.URL:
        import httpx2

        url = self._urls.get(model)
        if url is None:
            url = self._urls[model] = httpx2.URL(endpoint(self._provider, "chat/completions", model))
        return url

    async def post(self, model: str, body: bytes) -> httpx2.Response:
        """The response, its body not yet read.

        Raises:
            httpx2.TransportError: There is none.
        """
        import httpx2

        request = httpx2.Request(
            "POST", self._url(model), headers=self._headers, content=body, extensions=self._extensions
        )
        # Otherwise found out anew for each request, by decoding all headers.
        request.headers.encoding = self._headers.encoding
        try:
            return await self._http.send(request, stream=True)
        except httpx2.HTTPError:
            raise
        except Exception as error:
            # Some of aiohttp's own errors come through the transport as they are, as an unreadable status line.
            raise httpx2.TransportError(str(error)) from error


class Clients:
    """The model clients of one event loop, one per provider."""

    def __init__(self) -> None:
        self._clients: dict[Provider, ModelClient] = {}

    def of(self, provider: Provider) -> ModelClient:
        """The client of `provider`, made when first asked for."""
        client = self._clients.get(provider)
        if client is None:
            client = self._clients[provider] = ModelClient(provider)
        return client

    async def aclose(self) -> None:
        """Close all connections."""
        clients = list(self._clients.values())
        self._clients.clear()
        await asyncio.gather(*(client.aclose() for client in clients))


def make_http_client(provider: Provider) -> httpx2.AsyncClient:
    """The HTTP client for a provider, on aiohttp (1.9, not 5.3 ms of CPU a call by the SDK's own)."""
    import httpx2
    import openai

    timeout = httpx2.Timeout(provider.timeout or IDLE_TIMEOUT, connect=CONNECT_TIMEOUT, pool=None)
    if provider.is_offline:
        from rlm_desktop.engine.offline import OfflineTransport

        transport = OfflineTransport(latency=provider.latency, tokens_per_second=provider.tokens_per_second)
        return httpx2.AsyncClient(transport=transport, timeout=timeout)
    limits = httpx2.Limits(
        max_connections=provider.max_connections, max_keepalive_connections=None, keepalive_expiry=KEEPALIVE
    )
    return openai.DefaultAioHttpClient(
        timeout=timeout,
        limits=limits,
        proxy=provider.proxy or None,
        # The environment's proxy cannot reach a server on this machine.
        trust_env=not provider.is_local,
        # A key must not follow a redirection to wherever it leads.
        follow_redirects=False,
        verify=_certificates(not provider.is_local),
    )


@cache
def _certificates(trust_env: bool) -> ssl.SSLContext:
    """Those that this machine trusts. Reading them takes 30 ms, which no further client has to wait for."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=trust_env)


def make_client(provider: Provider, http: httpx2.AsyncClient) -> AsyncOpenAI:
    """An `AsyncOpenAI` for a provider on `http`, without its own retries."""
    import openai

    shared: dict[str, Any] = {
        "api_key": provider.api_key,
        "organization": provider.organization or None,
        "default_headers": dict(provider.headers),
        "max_retries": 0,
        "timeout": http.timeout,
        "http_client": http,
    }
    if provider.uses_deployments:
        return openai.AsyncAzureOpenAI(
            azure_endpoint=_azure_root(provider), api_version=provider.api_version, **shared
        )
    return openai.AsyncOpenAI(base_url=provider.base_url, **shared)


def key_headers(provider: Provider) -> dict[str, str]:
    """The headers with the key; Azure's older addresses take it in one of their own."""
    if provider.uses_deployments:
        return {"api-key": provider.api_key}
    return {"Authorization": f"Bearer {provider.api_key}"}


def endpoint(provider: Provider, path: str, model: str = "") -> str:
    """The address of `path` at a provider: below its base URL, or as Azure's older addresses below a deployment."""
    if not provider.uses_deployments:
        return f"{provider.base_url}/{path}"
    below = f"deployments/{quote(model, safe='')}/{path}" if model else path
    return f"{_azure_root(provider)}/openai/{below}?api-version={quote(provider.api_version)}"


def _azure_root(provider: Provider) -> str:
    parts = urlsplit(provider.base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _vectors_in(reply: Any) -> tuple[list[list[float]], Usage]:
    """The vectors of an answer, which the SDK lets through whatever it is; some servers give no figures."""
    try:
        vectors = [item.embedding for item in sorted(reply.data, key=lambda item: item.index)]
    except (AttributeError, TypeError):
        raise ModelError("The server's answer holds no vectors: has it an embedding model?") from None
    figures = getattr(reply, "usage", None)
    return vectors, Usage(input_tokens=getattr(figures, "prompt_tokens", None), output_tokens=0)


def used_by(error: ModelError) -> Usage | None:
    """What the provider said that a failed attempt used."""
    return error.usage if isinstance(error.usage, Usage) else None


async def beginning_of(response: httpx2.Response, size: int) -> bytes:
    """A body, hardly more of it than `size` bytes: it may never end, and be packed a thousandfold."""
    content = bytearray()
    async with aclosing(response.aiter_bytes()) as pieces:
        async for data in pieces:
            content += data
            if len(content) > size:
                break
    return bytes(content)
