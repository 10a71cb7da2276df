"""How the log is written: one line for each record, and no secret in it, tracebacks included."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from rlm_desktop.engine.secrets import SecretFilter

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class SecretFormatter(logging.Formatter):
    """Replaces what looks like a key, and every secret that it was told of."""

    def __init__(self) -> None:
        super().__init__(FORMAT)
        self._known: frozenset[str] = frozenset()
        self._filter = SecretFilter()

    def learn(self, secrets: Iterable[str]) -> None:
        """Look for these too from now on."""
        known = self._known.union(secrets)
        if known != self._known:
            self._filter = SecretFilter(known)
            self._known = known

    @property
    def known(self) -> frozenset[str]:
        """The secrets that it was told of."""
        return self._known

    def clean(self, text: str) -> str:
        """A text as it may be written down."""
        return self._filter.clean(text)[0]

    def format(self, record: logging.LogRecord) -> str:  # noqa: D102
        return self.clean(super().format(record))


def learn_secrets(secrets: Iterable[str]) -> None:
    """Keep these out of every log of this process."""
    secrets = list(secrets)
    for formatter in _formatters():
        formatter.learn(secrets)


def learnt_secrets() -> set[str]:
    """Every secret that the logs of this process were told of, keys of this session among them."""
    return {secret for formatter in _formatters() for secret in formatter.known}


def without_secrets(text: str) -> str:
    """A text as the logs of this process would have it."""
    for formatter in _formatters():
        text = formatter.clean(text)
    return SecretFormatter().clean(text)


def _formatters() -> Iterator[SecretFormatter]:
    for logger in (logging.getLogger(), logging.getLogger("rlm_desktop")):
        for handler in logger.handlers:
            if isinstance(handler.formatter, SecretFormatter):
                yield handler.formatter
