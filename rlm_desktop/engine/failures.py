"""What went wrong between us and a model's server, in words that a person can act on.

Servers differ in how they say the same thing (reference/providers.md 5): a status, an OpenAI-like code, a sentence,
a web page. `status_error` and `transport_error` make one `ModelError` of it, whose `reason` names the kind of
failure; `advice` says what to do about each kind.
"""

from __future__ import annotations

import errno
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from rlm_desktop.engine.chat import error_in_body, is_retryable_status
from rlm_desktop.engine.provider_kinds import is_loopback
from rlm_desktop.errors import ModelError

if TYPE_CHECKING:
    import httpx2

    from rlm_desktop.engine.providers import Provider

_BY_STATUS = {
    401: ("key", "The API key was refused; check it"),
    402: ("credit", "The account has no credit"),
    403: ("forbidden", "The key may not use this model"),
    404: ("model", "The server does not know this model or address"),
    407: ("proxy", "The proxy wants a password"),
    413: ("too_large", "The request is too large for the server"),
    429: ("rate", "The rate limit is reached"),
}
_BY_WORDS = (
    (
        "credit",
        ("insufficient_quota", "insufficient balance", "insufficient credit", "exceeded your current quota"),
    ),
    (
        "too_large",
        ("context_length_exceeded", "exceed_context_size", "maximum context length", "contextwindowexceeded"),
    ),
    (
        "model",
        ("model_not_found", "deploymentnotfound", "not a valid model", "invalid model name", "model not found"),
    ),
    ("key", ("invalid_api_key", "incorrect api key", "authentication error", "no api key", "no connected db")),
    ("tls", ("plain http request was sent to https",)),
)
"""Words of a 4xx's body that say more than its status."""
_SENTENCES = {
    "credit": "The account has no credit",
    "too_large": "The request is too large for the model",
    "model": "The server does not know this model",
    "key": "The API key was refused; check it",
    "tls": "The server wants https:// in its address",
}
_FINAL = frozenset({"credit", "key", "model", "too_large", "tls"})
"""Reasons that the same request meets again, whatever its status says."""
_SHOWN = 300
_SECONDS_FROM, _MILLISECONDS_FROM = 1e9, 1e11
"""Figures from which on a time counts from 1970, in seconds and in milliseconds."""
_NEAR = 100


def status_error(response: httpx2.Response, content: bytes) -> ModelError:
    """A 3xx, 4xx or 5xx answer, in words that help."""
    status = response.status_code
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = content.decode("utf-8", "replace")
    if isinstance(body, dict):
        body = cast("dict[str, Any]", body).get("error", body)
    described = error_in_body(body, status) if body else ModelError(f"HTTP {status}", status=status)
    text = str(described).removeprefix("The server refused: ")
    reason, sentence = _BY_STATUS.get(status, ("server" if status >= 500 else "refused_request", ""))
    if 300 <= status < 400:
        place = response.headers.get("location", "another address")
        reason, sentence, text = "address", "The server sends requests elsewhere", f"to {place[:200]}"
    elif (meant := _by_words(f"{body}".lower())) and status < 500:
        reason, sentence = meant, _SENTENCES[meant]
    elif status == 404 and "model" not in text.lower() and "deployment" not in text.lower():
        reason = "address"
    if len(text) > _SHOWN and "<html" in text.lower():
        text, reason = "it answered with a web page: is the base URL right?", "html"
    error = ModelError(
        f"{sentence or 'The server refused the request'} (HTTP {status}): {text}",
        status=status,
        is_retryable=is_retryable_status(status) and reason not in _FINAL,
        retry_after=retry_after(response.headers) or (limit_over_in(response.headers) if status == 429 else None),
    )
    error.reason = reason
    return error


def _by_words(text: str) -> str:
    return next((reason for reason, words in _BY_WORDS if any(word in text for word in words)), "")


def transport_error(error: Exception, provider: Provider) -> ModelError:
    """No answer at all, or one that broke off, in words that help."""
    import httpx2
    import openai

    if isinstance(error, ModelError):
        error.reason = error.reason or _reason_in(error)
        return error
    if isinstance(error, openai.APIStatusError):
        return status_error(error.response, error.response.content)
    url = provider.base_url
    causes = list(_causes(error))
    if reason := _reason_of(causes):
        sentence, is_retryable = _TRANSPORT[reason]
        return _failure(reason, sentence.format(url=url, cause=_last_words(causes)), is_retryable)
    # The aiohttp transport calls a refused connection a time-out: only the innermost cause can be trusted.
    if isinstance(error, TimeoutError) or isinstance(causes[-1], TimeoutError):
        return _failure("timeout", f"No answer from {url} in time.", True)
    if isinstance(error, httpx2.ReadError):
        return _failure("broken", f"The connection to {url} broke off in the middle of the response.", True)
    return _failure("broken", f"The connection to {url} failed: {_last_words(causes)}", True)


def _reason_in(error: ModelError) -> str:
    """The reason of an error that came in a body with status 200, or of a body that is none."""
    if meant := _by_words(str(error).lower()):
        return meant
    if error.status is not None:
        return _BY_STATUS.get(error.status, ("server" if error.status >= 500 else "refused_request", ""))[0]
    return "html" if "web page" in str(error) else "broken"


_TRANSPORT: dict[str, tuple[str, bool]] = {
    "proxy": ("The proxy on the way to {url} could not be used: {cause}", False),
    "tls": ("The connection to {url} failed: it is not secure ({cause})", False),
    "unknown_host": ("The connection to {url} failed: there is no such host ({cause})", True),
    "refused": ("The connection to {url} failed: it was refused, nothing listens there", True),
}


def _reason_of(causes: list[BaseException]) -> str:
    import socket

    import aiohttp

    for cause in causes:
        if isinstance(cause, (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)):
            return "proxy"
    for cause in causes:
        if isinstance(cause, (ssl.SSLError, aiohttp.ClientSSLError)):
            return "tls"
        if isinstance(cause, (socket.gaierror, aiohttp.ClientConnectorDNSError)):
            return "unknown_host"
        if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
            return "refused"
    return ""


def was_sent(error: Exception) -> bool:
    """Whether a request that got no answer had a connection: the server may have worked at it."""
    import aiohttp
    import httpx2

    without = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
    return not any(isinstance(cause, (*without, httpx2.PoolTimeout)) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, to the innermost."""
    cause: BaseException | None = error
    for _ in range(20):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _last_words(causes: list[BaseException]) -> str:
    return str(causes[-1])[:_SHOWN] or type(causes[-1]).__name__


def _failure(reason: str, text: str, is_retryable: bool) -> ModelError:
    error = ModelError(text, is_retryable=is_retryable)
    error.reason = reason
    return error


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asked to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date.

    None where it did not, or asked for no wait at all: how long is ours to choose then.
    """
    try:
        seconds = _seconds_in(headers)
    except (ValueError, TypeError, OverflowError):
        return None
    return seconds if seconds is not None and seconds > 0 else None


def _seconds_in(headers: Mapping[str, str]) -> float | None:
    if (milliseconds := headers.get("retry-after-ms")) is not None:
        return float(milliseconds) / 1000
    value = headers.get("retry-after")
    if value is None:
        return None
    if value.strip().replace(".", "", 1).isdigit():
        return float(value)
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(value).timestamp() - time.time()


def limit_over_in(headers: Mapping[str, str]) -> float | None:
    """Seconds until a rate limit is over, where the server says when: OpenRouter does in milliseconds since 1970.

    Others do in seconds since then, or from now. None for a moment that is not near: another limit may be meant.
    """
    try:
        reset = float(headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    if reset > _MILLISECONDS_FROM:
        reset /= 1000
    seconds = reset - time.time() if reset > _SECONDS_FROM else reset
    return seconds if 0 < seconds <= _NEAR else None


def advice(error: ModelError, provider: Provider, model: str) -> str:
    """What to do about a failure, in a sentence or two."""
    kind = provider.about
    if error.reason == "refused" and is_loopback(provider.base_url):
        return f"Start {kind.label if kind.is_local else 'the server'} on this machine, or correct the port."
    if error.reason in ("refused", "unknown_host") and provider.base_url.rstrip("/") == kind.base_url:
        return "See that this machine is on the network. If a proxy leads out of it, enter it for this provider."
    if error.reason == "model" and kind.name == "ollama" and model:
        return f"Load it with: ollama pull {model}. Or choose a model of the list."
    if error.reason == "model" and kind.name == "azure":
        return "At Azure the model is the name of your deployment. Copy it from the Azure portal."
    if error.reason == "key" and not provider.has_key:
        return "This server wants an API key, and none is given. Enter one."
    if error.reason == "key":
        page = f" Keys are made at {kind.key_page}." if kind.key_page else ""
        return f"Copy the key again, whole and without spaces, and see that it belongs to this provider.{page}"
    return _ADVICE.get(error.reason, "Try again. If it stays, look into the server's own log.")


_ADVICE = {
    "credit": "Add credit to the account, or choose another provider.",
    "forbidden": "Ask the owner of the account to allow this model, or choose another one.",
    "model": "Choose a model of the list, or correct its name.",
    "address": "Correct the base URL; it usually ends with /v1.",
    "html": "Correct the base URL: this is the address of a web site, not of its API. It usually ends with /v1.",
    "too_large": "Choose a model with a larger window, or smaller pieces.",
    "rate": "Wait a moment and try again. A lower concurrency of the provider avoids it.",
    "refused": "See that the server runs and that host and port of the base URL are right.",
    "unknown_host": "Correct the host in the base URL, and see that this machine is on the network.",
    "proxy": "Correct the proxy, or leave it empty to use the one of the environment (HTTPS_PROXY).",
    "tls": "See whether the address wants http:// or https://, and whether this machine's date and its "
    "certificates are right. Companies often need their own certificate: set SSL_CERT_FILE to it.",
    "timeout": "The server may be loading the model: try again, or raise the provider's timeout.",
    "broken": "See that this is the address of an OpenAI-compatible server, and try again.",
    "server": "The server has a fault of its own: try again later.",
}
