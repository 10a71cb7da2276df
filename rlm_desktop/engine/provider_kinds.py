"""The kinds of servers that are known: their usual addresses, their variables, and what is special about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class ProviderKind:
    """What is known of one kind of server before it is asked.

    Attributes:
        name: As it stands in the settings.
        label: As the person reads it.
        base_url: Its usual address; empty where each has its own.
        key_variable: The environment variable that its users keep the key in.
        key_page: Where a key can be had.
        needs_key: Whether it refuses requests without one.
        is_local: Runs models on the machine it is on: nobody bills.
        output_limit_field: How the field of the longest reply is named. The others' name is refused by some and
            passed over silently by others (reference/providers.md, differences among servers).
        usual_models: Good enough for all calls, and cheap; the first one that the server has is offered first.
    """

    name: str
    label: str
    base_url: str = ""
    key_variable: str = ""
    key_page: str = ""
    needs_key: bool = True
    is_local: bool = False
    output_limit_field: str = "max_tokens"
    usual_models: tuple[str, ...] = ()


KINDS: dict[str, ProviderKind] = {
    kind.name: kind
    for kind in (
        ProviderKind(
            "openai",
            "OpenAI",
            "https://api.openai.com/v1",
            "OPENAI_API_KEY",
            "https://platform.openai.com/api-keys",
            output_limit_field="max_completion_tokens",
            usual_models=("gpt-5-mini", "gpt-4.1-mini", "gpt-4o-mini"),
        ),
        ProviderKind(
            "azure",
            "Azure OpenAI",
            key_variable="AZURE_OPENAI_API_KEY",
            key_page="https://portal.azure.com",
            output_limit_field="max_completion_tokens",
        ),
        ProviderKind(
            "openrouter",
            "OpenRouter",
            "https://openrouter.ai/api/v1",
            "OPENROUTER_API_KEY",
            "https://openrouter.ai/keys",
            usual_models=("openai/gpt-5-mini", "openai/gpt-4o-mini"),
        ),
        ProviderKind("compatible", "OpenAI-compatible server", needs_key=False),
        ProviderKind("ollama", "Ollama", "http://127.0.0.1:11434/v1", needs_key=False, is_local=True),
        ProviderKind("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", needs_key=False, is_local=True),
        ProviderKind("llamacpp", "llama.cpp", "http://127.0.0.1:8080/v1", needs_key=False, is_local=True),
        ProviderKind("vllm", "vLLM", "http://127.0.0.1:8000/v1", needs_key=False, is_local=True),
    )
}
LOCAL_KINDS = tuple(kind for kind in KINDS.values() if kind.is_local)
_AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")


_UNFIT = (
    *("embed", "whisper", "tts", "dall-e", "image", "moderation", "audio", "realtime", "transcribe", "rerank"),
    *("davinci", "babbage", "turbo-instruct", "sora"),
)
"""Parts of the names of models that do not chat."""


def is_chatting(model: str) -> bool:
    """Whether a model chats, as far as its name tells: embeddings, speech and pictures do not."""
    name = model.lower()
    return not any(part in name for part in _UNFIT)


def first_chatting(models: Iterable[str], kind: str = "") -> str:
    """A usual model of this kind of server if it has one, else the first that chats; empty for none."""
    names = list(models)
    usual = [name for name in KINDS[kind].usual_models if name in names] if kind else []
    return next(iter([*usual, *filter(is_chatting, names)]), "")


def kind_of_url(url: str) -> str:
    """The kind of the server at an address, as far as the address tells."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host in ("", "api.openai.com"):
        return "openai"
    if host == "openrouter.ai":
        return "openrouter"
    if host.endswith(_AZURE_HOSTS):
        return "azure"
    # The other local servers' ports are used by all sorts of programs.
    return "ollama" if parts.port == 11434 else "compatible"


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return (urlsplit(url).hostname or "") in ("localhost", "127.0.0.1", "::1")
