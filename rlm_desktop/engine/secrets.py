"""The egress filter: known secrets are replaced before text leaves for a model, a trace or an answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rlm_desktop.errors import UsageError

MARKER = "[secret removed: {}]"
OFF_LOOP_CHARACTERS = 500_000
"""Texts longer than this are filtered in a thread; up to here it takes below a millisecond."""
MIN_SECRET = 8
"""Configured values shorter than this are not looked for: they would match ordinary words."""

_KEY_END = re.compile(r"-----END (?:[A-Z]+ )*PRIVATE KEY-----")
_LONGEST_WORD = 400
"""Characters of a word that are held back: longer than any key."""
_MOST_HELD = 10_000
"""Characters of a private key that are held back: four times the largest in use."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of secret. The pattern is only tried on texts that contain one of the hints: most contain none."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


_COMMON = (
    _Kind("Anthropic key", ("sk-ant-",), re.compile(r"sk-ant-[A-Za-z0-9_-]{20,}")),
    _Kind("OpenAI key", ("sk-",), re.compile(r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}")),
    _Kind("AWS key", ("AKIA", "ASIA"), re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    _Kind("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}")),
    _Kind("GitHub token", ("github_pat_",), re.compile(r"\bgithub_pat_[A-Za-z0-9_]{50,}")),
    _Kind("Google key", ("AIza",), re.compile(r"\bAIza[0-9A-Za-z_-]{35}")),
    _Kind("Slack token", ("xox",), re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}")),
    _Kind(
        "private key",
        ("PRIVATE KEY-----",),
        re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z]+ )?PRIVATE KEY-----|\Z)"),
    ),
)


class SecretFilter:
    """Replaces secrets by a marker that names their kind.

    Args:
        secrets: The configured secrets themselves (keys, values of `.env`).
        patterns: Further kinds of secrets: name -> regular expression.

    Raises:
        UsageError: A pattern is no regular expression.
    """

    def __init__(self, secrets: Iterable[str] = (), patterns: Mapping[str, str] | None = None) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= MIN_SECRET}, key=len, reverse=True)
        configured = [_Kind("configured key", (secret,), re.compile(re.escape(secret))) for secret in known]
        further = [_Kind(name, ("",), _compiled(name, pattern)) for name, pattern in (patterns or {}).items()]
        self._kinds = (*configured, *_COMMON, *further)

    def clean(self, text: str) -> tuple[str, dict[str, int]]:
        """The text with its secrets replaced, and how many of each kind there were."""
        replaced: dict[str, int] = {}
        for kind in self._kinds:
            if any(hint in text for hint in kind.hints):
                text, count = kind.pattern.subn(MARKER.format(kind.name), text)
                if count:
                    replaced[kind.name] = replaced.get(kind.name, 0) + count
        return text, replaced

    def clean_all(self, texts: Sequence[str]) -> tuple[list[str], dict[str, int]]:
        """`clean` for several texts."""
        cleaned: list[str] = []
        replaced: dict[str, int] = {}
        for text in texts:
            text, counts = self.clean(text)
            cleaned.append(text)
            for kind, count in counts.items():
                replaced[kind] = replaced.get(kind, 0) + count
        return cleaned, replaced

    def stream(self) -> SecretStream:
        """A filter for text that comes in pieces."""
        return SecretStream(self)

    async def clean_async(self, texts: Sequence[str]) -> tuple[list[str], dict[str, int]]:
        """`clean_all`, off the loop when the texts are large."""
        if sum(map(len, texts)) <= OFF_LOOP_CHARACTERS:
            return self.clean_all(texts)
        return await asyncio.to_thread(self.clean_all, texts)


class SecretStream:
    """Cleans text that comes in pieces: what may be the beginning of a secret is held back until its end came."""

    def __init__(self, secret_filter: SecretFilter) -> None:
        self._filter = secret_filter
        self._held = ""

    def feed(self, text: str) -> tuple[str, dict[str, int]]:
        """The next piece, cleaned, as far as it can be told, and how many secrets of each kind were replaced."""
        text = self._held + text
        end = _safe_end(text)
        self._held = text[end:]
        return self._filter.clean(text[:end])

    def flush(self) -> tuple[str, dict[str, int]]:
        """What was held back, cleaned."""
        text, self._held = self._held, ""
        return self._filter.clean(text)


def _compiled(name: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(f"The pattern of the secret {name!r} is no regular expression: {error}.") from None


def _safe_end(text: str) -> int:
    """Where to cut: before an unfinished private key, else before the last word, unless these are too long."""
    opened = text.rfind("-----BEGIN ")
    closed = _KEY_END.search(text, opened) if opened >= 0 else None
    if opened >= 0 and closed is None and len(text) - opened < _MOST_HELD:
        return opened
    if closed is not None and closed.end() == len(text):
        return closed.end()
    end = len(text)
    while end > 0 and not text[end - 1].isspace():
        end -= 1
        if len(text) - end >= _LONGEST_WORD:
            return len(text)
    return end
