"""The egress filter: known secrets are replaced before text leaves for a model, a trace or an answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rlm_desktop.errors import UsageError

MARKER = "[secret removed: {}]"
OFF_LOOP_CHARACTERS = 500_000
"""Texts longer than this are filtered in a thread; up to here it takes below a millisecond."""
MIN_SECRET = 8
"""Configured values shorter than this are not looked for: they would match ordinary words."""

_KEY_END = re.compile(r"-----END (?:[A-Z]+ )*PRIVATE KEY-----")
_LONGEST_WORD = 400
"""Characters of a word that are held back: longer than any key of a known form."""
_MOST_HELD = 10_000
"""Characters of a private key that are held back: four times the largest in use."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of secret. The pattern is only tried on texts that contain one of the hints: most contain none."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]

    @property
    def marker(self) -> str:
        """What stands in its place, as the template that `re` takes."""
        return MARKER.format(self.name).replace("\\", r"\\")


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
        self._hints = tuple({hint for kind in self._kinds for hint in kind.hints})
        self._long = [secret for secret in known if len(secret) > _LONGEST_WORD or len(secret.split()) > 1]
        self._is_cut_by_lines = bool(further)

    def clean(self, text: str) -> tuple[str, dict[str, int]]:
        """The text with its secrets replaced, and how many of each kind there were."""
        replaced: dict[str, int] = {}
        for hint in self._hints:  # nearly every text holds none, and an export asks for millions of them
            if hint in text:
                break
        else:
            return text, replaced
        for kind in self._kinds:
            if any(hint in text for hint in kind.hints):
                text, count = kind.pattern.subn(kind.marker, text)
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

    def safe_end(self, text: str) -> int:
        """How much of a text that goes on can be cleaned by itself: no secret begins before and ends behind that.

        A pattern of the person's own may hold spaces: it is looked for within a line.
        """
        end = min(_last_gap(text, by_lines=self._is_cut_by_lines), _before_unfinished_key(text))
        end = min([end, *(len(text) - overlap(text, secret) for secret in self._long)])
        if end < len(text):
            for start, stop in sorted(self._spans(text, max(0, end - _MOST_HELD)), reverse=True):
                if start < end < stop:
                    end = start
        return end if len(text) - end <= _MOST_HELD else len(text)

    def _spans(self, text: str, since: int) -> Iterator[tuple[int, int]]:
        """Where secrets stand in a text, from a character on."""
        for kind in self._kinds:
            if any(text.find(hint, since) >= 0 for hint in kind.hints):
                yield from (match.span() for match in kind.pattern.finditer(text, since))

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
        end = self._filter.safe_end(text)
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


def _last_gap(text: str, *, by_lines: bool) -> int:
    """Where the last word begins, or the last line; of a very long one, only so much is held back."""
    tail = text[-_LONGEST_WORD:]
    if by_lines:
        return len(text) - len(tail.rpartition("\n")[2])
    return len(text) if not tail or tail[-1].isspace() else len(text) - len(tail.rsplit(maxsplit=1)[-1])


def _before_unfinished_key(text: str) -> int:
    opened = text.rfind("-----BEGIN ")
    return opened if opened >= 0 and not _KEY_END.search(text, opened) else len(text)


def overlap(text: str, secret: str) -> int:
    """How many characters at the end of `text` are the beginning of `secret`, but not all of it."""
    start = max(0, len(text) - len(secret) + 1)
    while (start := text.find(secret[0], start)) >= 0:
        if secret.startswith(text[start:]):
            return len(text) - start
        start += 1
    return 0
