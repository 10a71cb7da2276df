"""Keeps a provider's own key out of what its server says: some repeat it in errors, and a reply may hold it."""

from __future__ import annotations

from rlm_desktop.engine.providers import Provider
from rlm_desktop.engine.secrets import MARKER, MIN_SECRET, overlap

_MARK = MARKER.format("API key")


class KeyGuard:
    """Takes a provider's key, and the values of its secret headers, out of texts.

    Args:
        provider: Whose key.
    """

    def __init__(self, provider: Provider) -> None:
        found = {secret for secret in provider.secrets if len(secret) >= MIN_SECRET}
        self.secrets = tuple(sorted(found, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """`text` without them."""
        for secret in self.secrets:
            if secret in text:
                text = text.replace(secret, _MARK)
        return text

    def stream(self) -> GuardedStream:
        """For a text that comes in pieces."""
        return GuardedStream(self)


class GuardedStream:
    """Cleans pieces of a text; the beginning of a key is held back until it is known whether it is one."""

    __slots__ = ("_guard", "_held")

    def __init__(self, guard: KeyGuard) -> None:
        self._guard = guard
        self._held = ""

    def feed(self, piece: str) -> str:
        """The next piece, as far as it can be told."""
        text = self._guard.clean(self._held + piece)
        end = len(text) - max((overlap(text, secret) for secret in self._guard.secrets), default=0)
        self._held = text[end:]
        return text[:end]
