"""Tests a provider: one real, tiny request, and what came of it in words."""

from __future__ import annotations

from dataclasses import dataclass

from rlm_desktop.engine import model_lists
from rlm_desktop.engine.catalog import ModelList
from rlm_desktop.engine.client import Completion, FailedAttempt, ModelClient
from rlm_desktop.engine.events import Message
from rlm_desktop.engine.failures import advice
from rlm_desktop.engine.provider_kinds import first_chatting
from rlm_desktop.engine.providers import Provider
from rlm_desktop.errors import ModelError

QUESTION = "Reply with the single word: ready"
SECONDS = 60.0
"""Local servers load a model at its first request."""
_MAX_OUTPUT = 512
"""Tokens; some reasoning models fail when they cannot think to their end."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a test found.

    Attributes:
        sentence: What happened.
        advice: What to do; empty when it works.
        reason: The kind of failure, as in `ModelError.reason`; empty when it works.
        model: Which model was asked; empty when it came to no request.
        models: The server's list, None where there is none.
        seconds: To the reply.
        details: For who helps: what was asked where, and what came back; never a key. Empty when it works.
    """

    is_working: bool
    sentence: str
    advice: str = ""
    reason: str = ""
    model: str = ""
    models: ModelList | None = None
    seconds: float | None = None
    details: str = ""


async def check(provider: Provider, model: str = "") -> Report:
    """Fetch the list of models and ask one of them for a word.

    Args:
        provider: With its key.
        model: Which to ask; without one, the first of the list that chats.
    """
    if provider.fault:
        return Report(False, provider.fault, reason="key", details=_details(provider, model, "key"))
    models: ModelList | None = None
    listing: ModelError | None = None
    try:
        models = await model_lists.fetch(provider)
    except ModelError as error:
        listing = error
        if error.reason in ("refused", "unknown_host", "proxy", "tls", "key", "timeout"):
            return _failed(error, provider, model)
    asked = provider.server_name(model) or _any_model(provider, models)
    if not asked:
        if listing is not None:
            return _failed(listing, provider, model)
        return _nothing_to_ask(provider, models)
    try:
        completion = await _ask(provider, asked)
    except ModelError as error:
        return _failed(error, provider, asked, models)
    seconds = completion.duration
    found = f" · {len(models.models):,} models" if models is not None and models.models else ""
    return Report(True, f"{asked} answered in {seconds:.1f} s{found}", model=asked, models=models, seconds=seconds)


async def _ask(provider: Provider, model: str) -> Completion:
    """One request, never a second one: who tests wants to see the first failure."""
    client = ModelClient(provider)
    try:
        return await client.complete(
            model,
            [Message("user", QUESTION)],
            {"max_completion_tokens": _MAX_OUTPUT},
            on_text=lambda _text, _reasoning: None,
            on_retry=_raise_unless_adapted,
            timeout=min(SECONDS, provider.timeout or SECONDS),
        )
    finally:
        await client.aclose()


async def _raise_unless_adapted(failed: FailedAttempt) -> None:
    """A refused parameter is no failure: the next attempt leaves it out, at once."""
    if failed.error is not None and failed.delay > 0:
        raise failed.error


def _any_model(provider: Provider, models: ModelList | None) -> str:
    """A model of the list that chats, a usual and cheap one where there is one."""
    names = [model.name for model in models.models] if models is not None else []
    return first_chatting(names, provider.kind)


def _nothing_to_ask(provider: Provider, models: ModelList | None) -> Report:
    label = provider.about.label
    if provider.uses_deployments:
        sentence, todo = (
            "Azure does not list deployments.",
            "Type the name of your deployment as the model, and test.",
        )
    elif provider.kind == "ollama":
        sentence, todo = "Ollama answers, but has no model yet.", "Load one, as with: ollama pull qwen3"
    else:
        sentence, todo = f"{label} answers, but lists no model that chats.", "Type a model's name, and test."
    return Report(False, sentence, todo, "model", models=models, details=_details(provider, "", "model"))


def _failed(error: ModelError, provider: Provider, model: str, models: ModelList | None = None) -> Report:
    reason = error.reason or "broken"
    return Report(
        False,
        str(error),
        advice(error, provider, model),
        reason,
        model,
        models,
        details=_details(provider, model, reason, error.status),
    )


def _details(provider: Provider, model: str, reason: str, status: int | None = None) -> str:
    lines = {
        "provider": f"{provider.name} ({provider.kind}, of the {provider.source})",
        "address": provider.base_url,
        "model": model or "none",
        "key": "given" if provider.has_key else "none",
        "proxy": provider.proxy or "none",
        "reason": reason if status is None else f"{reason}, HTTP {status}",
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items())
