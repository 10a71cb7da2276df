"""The providers as the window knows them: those of the settings and the environment, and the servers found here."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from rlm_desktop.engine.log_format import learn_secrets
from rlm_desktop.engine.provider_kinds import is_chatting
from rlm_desktop.engine.providers import OFFLINE, ModelChoice, Provider, Providers, available_models
from rlm_desktop.errors import SettingsError
from rlm_desktop.keys import KeyStore, StoreState

if TYPE_CHECKING:
    from rlm_desktop.engine.catalog import ModelList
    from rlm_desktop.engine.local_servers import LocalServer
    from rlm_desktop.engine.provider_check import Report
    from rlm_desktop.engine.provider_settings import ProviderSettings

log = logging.getLogger(__name__)
_NETWORK_MODULES = ("aiohttp", "rlm_desktop.engine.local_servers")
_CHECK_MODULES = ("openai", "rlm_desktop.engine.provider_check")
_OFFERED = 12
"""Models of one local server that are offered without the chooser."""


class ProviderBook(QObject):
    """Reads, changes and tests providers; everything that may wait does so off the loop.

    Attributes:
        keys: Where their keys are.
        known: As read last; None before.
        servers: The local servers that answered last.
        has_looked: Whether they were looked for at all.

    Signals:
        changed: Providers, keys, servers or lists of models are others now.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, keys: KeyStore | None = None) -> None:
        super().__init__(parent)
        self.keys = keys or KeyStore()
        self.known: Providers | None = None
        self.servers: list[LocalServer] = []
        self.has_looked = False
        self.lists: dict[str, ModelList] = {}
        self._reading = asyncio.Lock()

    async def providers(self) -> Providers:
        """The providers; read when first asked for.

        Raises:
            SettingsError: The settings file cannot be read.
        """
        async with self._reading:
            if self.known is None:
                await self._read()
            assert self.known is not None
            return self.known

    async def reload(self) -> Providers:
        """Read settings, environment and keys anew."""
        async with self._reading:
            await self._read()
            assert self.known is not None
        self.changed.emit()
        return self.known

    async def _read(self) -> None:
        from rlm_desktop.engine import catalog

        known = await asyncio.to_thread(Providers.load, self.keys)
        learn_secrets(known.secrets)
        for problem in known.problems:
            log.info("%s", problem)
        found = await asyncio.to_thread(
            lambda: {one.name: catalog.cached(one) for one in (*known.all, *known.local)}
        )
        self.lists = {name: models for name, models in found.items() if models is not None}
        self.known = known

    async def look_for_servers(self) -> list[LocalServer]:
        """Ask at the usual addresses on this machine; takes a second and a half at most."""
        await _import(_NETWORK_MODULES)
        from rlm_desktop.engine import local_servers

        try:
            self.servers = await local_servers.find(await self.providers())
        finally:
            self.has_looked = True
        if self.servers:
            log.info("local servers: %s", ", ".join(server.provider.name for server in self.servers))
        self.changed.emit()
        return self.servers

    # -- what is offered --------------------------------------------------------------------------------------

    def choices(self, used: Iterable[str] = ()) -> list[ModelChoice]:
        """What the boxes beside the question offer: a few; all are in the chooser.

        Args:
            used: Names that are in use and have to be among them.
        """
        offered = {choice.name: choice for choice in available_models(self.known.env if self.known else None)}
        for server in self.servers:
            for model in [model for model in server.models if is_chatting(model)][:_OFFERED]:
                name = f"{server.provider.name}/{model}"
                offered.setdefault(name, ModelChoice(name, name, server.provider.name))
        for name in filter(None, used):
            offered.setdefault(name, ModelChoice(name, name, self._owner(name)))
        return list(offered.values())

    def _owner(self, model: str) -> str:
        provider = self.find(model)
        return provider.name if provider is not None else ""

    def find(self, model: str) -> Provider | None:
        """The provider of a model; None where there is none that can be used."""
        if self.known is None:
            return None
        try:
            return self.known.find(model)
        except SettingsError:
            return None

    def window_of(self, model: str) -> int | None:
        """Tokens that a model's window holds, as its server says; None where it has not said."""
        provider = self.find(model)
        listed = self.lists.get(provider.name) if provider is not None else None
        if provider is None or listed is None:
            return None
        info = listed.find(model.removeprefix(f"{provider.name}/"))
        return info.window if info is not None else None

    @property
    def shown(self) -> list[Provider]:
        """Those that somebody named, and the local servers that answer."""
        named = list(self.known.all) if self.known is not None else []
        names = {provider.name for provider in named}
        return named + [server.provider for server in self.servers if server.provider.name not in names]

    # -- changing ---------------------------------------------------------------------------------------------

    async def store_state(self) -> StoreState:
        """Whether the system's key store can be used."""
        return await asyncio.to_thread(self.keys.state)

    async def configured(self) -> list[ProviderSettings]:
        """The providers of the settings file."""
        from rlm_desktop.engine import provider_settings

        return (await asyncio.to_thread(provider_settings.load))[0]

    async def save(self, item: ProviderSettings, key: str | None, old_name: str = "") -> None:
        """Keep a provider and its key.

        Args:
            item: All but the key.
            key: None to leave the key that is kept as it is.
            old_name: Under which it stands in the settings, when it was there.

        Raises:
            SettingsError: The name is taken, or something cannot be written; then nothing is changed.
        """
        await _finished(self._save_and_reload(lambda: self._save(item, key, old_name)))

    def _save(self, item: ProviderSettings, key: str | None, old_name: str) -> None:
        from rlm_desktop.engine import provider_settings

        kept = provider_settings.load()[0]
        if item.name != old_name and any(other.name == item.name for other in kept):
            raise SettingsError(f'There is a provider "{item.name}" already. Give this one another name.')
        old = next((other for other in kept if other.name == old_name), None)
        if key is None and old is not None and (old.name, old.key) != (item.name, item.key):
            key = self._kept_key(old_name)
        if key:
            learn_secrets([key])
            self.keys.keep(item.name, key, item.key)
        saved = [item if other.name == old_name else other for other in kept]
        provider_settings.save(saved if old is not None else [*saved, item])
        if old is not None and (old.name, old.key) != (item.name, item.key):
            self.keys.forget(old.name, old.key)

    def _kept_key(self, name: str) -> str | None:
        """The key that is kept for a provider of the settings; None for none."""
        from rlm_desktop.engine import provider_settings

        item = next((other for other in provider_settings.load()[0] if other.name == name), None)
        return self.keys.get(item.name, item.key) or None if item is not None else None

    async def remove(self, name: str) -> None:
        """Take a provider out of the settings, and delete its key.

        Raises:
            SettingsError: Something cannot be written.
        """
        await _finished(self._save_and_reload(lambda: self._remove(name)))

    async def _save_and_reload(self, work: Callable[[], None]) -> None:
        await asyncio.to_thread(work)
        await self.reload()

    def _remove(self, name: str) -> None:
        from rlm_desktop.engine import provider_settings

        kept = provider_settings.load()[0]
        provider_settings.save(item for item in kept if item.name != name)
        for item in kept:
            if item.name == name:
                self.keys.forget(name, item.key)

    async def draft(self, item: ProviderSettings, key: str | None, old_name: str = "") -> Provider:
        """The provider that `item` would be, with `key` or the key that is kept (under `old_name`).

        Raises:
            SettingsError: The key has a character that no key has.
        """
        from rlm_desktop.engine import provider_settings
        from rlm_desktop.engine.providers import checked_key, environment

        env = self.known.env if self.known is not None else environment()
        if key is None and item.key in ("system", "session"):
            key = await asyncio.to_thread(self._kept_key, old_name)
        if key is None:
            return await asyncio.to_thread(provider_settings.make_provider_of, item, self.keys, env)
        keyless = dataclasses.replace(item, key="none", key_variable="")
        provider = await asyncio.to_thread(provider_settings.make_provider_of, keyless, self.keys, env)
        learn_secrets([key])
        return dataclasses.replace(provider, api_key=checked_key(key))

    async def test(self, provider: Provider, model: str = "") -> Report:
        """One real request; never raises for a provider that does not work."""
        await _import(_CHECK_MODULES)
        from rlm_desktop.engine.provider_check import check

        report = await check(provider, model)
        if report.models is not None:
            self.lists[provider.name] = report.models
            self.changed.emit()
        return report

    async def fetch_models(self, provider: Provider) -> ModelList | None:
        """A provider's list of models, asked now; None for the offline model.

        Raises:
            ModelError: It cannot be had.
        """
        if provider.name == OFFLINE:
            return None
        await _import(_CHECK_MODULES)
        from rlm_desktop.engine import model_lists

        self.lists[provider.name] = found = await model_lists.fetch(provider)
        self.changed.emit()
        return found


async def _finished(work: Coroutine[Any, Any, None]) -> None:
    """Do `work` to its end, though the page that wants it is closed meanwhile."""
    from rlm_desktop.engine.run import to_the_end

    await to_the_end(work)


async def _import(names: Iterable[str]) -> None:
    """Import what takes long without holding up the window."""
    for name in names:
        await asyncio.to_thread(importlib.import_module, name)
