"""Where the providers' keys are kept: in the operating system's key store, or in this process until it ends.

`keyring` and its backends are imported on first need and asked in a thread of their own: a store may wait for its
password, or for a service that never answers. Everything here blocks for that long; call it from a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, cast

from rlm_desktop.errors import SettingsError

Place: TypeAlias = Literal["system", "session", "environment", "none"]
"""Where a provider's key is: the key store, this process, an environment variable (or `.env`), or nowhere."""
SERVICE = "rlm-desktop"
"""Under which the keys stand in the key store; the user name there is the provider's name."""
SECONDS = 60.0
"""For the person to unlock the store."""
_INSECURE = ("keyrings.alt", "keyring.backends.null")
"""Backends that keep nothing, or keep it readable in a file."""

_T = TypeVar("_T")


class Backend(Protocol):
    """What is used of a `keyring` backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The password, None where there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a password."""


@dataclass(frozen=True, slots=True)
class StoreState:
    """Whether the system's key store can be used.

    Attributes:
        name: What it calls itself.
        reason: Why it cannot be used, and what to do instead; empty when it can.
    """

    name: str
    reason: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether keys can be kept in it."""
        return not self.reason


class KeyStore:
    """The keys of the providers, by the provider's name.

    Args:
        backend: In place of the system's; for tests.
    """

    def __init__(self, backend: Backend | None = None) -> None:
        self._given = backend
        self._session: dict[str, str] = {}

    def state(self) -> StoreState:
        """Whether the system's store can be used here."""
        try:
            return _state_of(_within(SECONDS, self._backend))
        except SettingsError as error:
            return StoreState("", str(error))

    def get(self, provider: str, place: Place = "system") -> str:
        """The key of a provider; empty where there is none.

        Raises:
            SettingsError: The store cannot be read; the text says what to do.
        """
        if place == "session":
            return self._session.get(provider, "")
        if place != "system":
            return ""
        return _within(SECONDS, lambda: self._usable().get_password(SERVICE, provider)) or ""

    def keep(self, provider: str, key: str, place: Place = "system") -> None:
        """Keep a key in the system's store, or until this process ends.

        Raises:
            SettingsError: The store cannot be written; the text says what to do.
        """
        if place == "session":
            self._session[provider] = key
        elif place == "system":
            _within(SECONDS, lambda: self._usable().set_password(SERVICE, provider, key))

    def forget(self, provider: str, place: Place) -> None:
        """Delete a provider's key where it is; one that is not there is no error.

        Raises:
            SettingsError: The store cannot be written; the text says what to do.
        """
        if place == "session":
            self._session.pop(provider, None)
        elif place == "system" and self.get(provider):
            _within(SECONDS, lambda: self._usable().delete_password(SERVICE, provider))

    def _backend(self) -> Backend:
        if self._given is not None:
            return self._given
        import keyring

        return cast("Backend", keyring.get_keyring())

    def _usable(self) -> Backend:
        backend = self._backend()
        if reason := _state_of(backend).reason:
            raise SettingsError(reason)
        return backend


def _state_of(backend: Any) -> StoreState:
    module, name = type(backend).__module__, str(getattr(backend, "name", type(backend).__name__))
    if module.startswith(_INSECURE) or getattr(backend, "priority", 1) <= 0:
        return StoreState(
            name,
            "No key store of the system works here. Keep the key until the program ends, or put it into an "
            "environment variable or a .env file. On Linux, GNOME Keyring or KWallet brings a key store.",
        )
    return StoreState(name)


def _within(seconds: float, ask: Callable[[], _T]) -> _T:
    """What `ask` returns; it is given up after so long, in a thread that does not hold up the program's end.

    Raises:
        SettingsError: It failed, or does not answer.
    """
    outcome: list[tuple[_T | None, Exception | None]] = []

    def work() -> None:
        try:
            outcome.append((ask(), None))
        except Exception as error:
            outcome.append((None, error))

    thread = threading.Thread(target=work, name="key store", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise SettingsError(
            f"The system's key store did not answer within {seconds:g} seconds: perhaps it waits for its password. "
            "Unlock it, or keep the key until the program ends."
        )
    value, error = outcome[0]
    if isinstance(error, SettingsError):
        raise error
    if error is not None:
        raise SettingsError(
            f"The system's key store refused ({type(error).__name__}). Unlock it, keep the key until the program "
            "ends, or put it into an environment variable."
        ) from error
    return value  # pyright: ignore[reportReturnType]
