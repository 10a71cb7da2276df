"""Looks once a day whether there is a newer version, when the person has switched that on; only tells.

One document is fetched: JSON with `version` and `page`. Nothing about the person, the machine or this version is
sent, and nothing is downloaded or installed.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QSettings, QUrl
from PySide6.QtGui import QDesktopServices

from rlm_desktop import __version__
from rlm_desktop.settings import Settings
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.messages import MessageBar

log = logging.getLogger(__name__)

DAY = 24 * 3600.0
_KEY = "updates/looked"
_SECONDS = 10.0
_MOST_BYTES = 64 * 1024
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Release:
    """The newest version.

    Attributes:
        version: As `1.2.0`.
        page: Where a person reads about it and gets it; may be empty.
    """

    version: str
    page: str


class Updates(QObject):
    """Tells of a newer version.

    Args:
        messages: Where it tells.
        memory: Remembers when it looked last.
        settings: The settings of now.
    """

    def __init__(
        self, messages: MessageBar, memory: QSettings, settings: Callable[[], Settings], tasks: Tasks
    ) -> None:
        super().__init__(messages)
        self._messages = messages
        self._memory = memory
        self._settings = settings
        self._tasks = tasks

    def start(self) -> None:
        """Look, if that is switched on and was not done today."""
        chosen = self._settings()
        if chosen.check_updates and chosen.updates_url and self._is_due():
            self._tasks.spawn(self.look(chosen.updates_url), name="updates")

    async def look(self, address: str) -> None:
        """Look now; what goes wrong is only logged."""
        self._memory.setValue(_KEY, time.time())
        try:
            found = await asyncio.to_thread(fetch, address)
        except (OSError, ValueError) as error:
            log.info("no news of a newer version from %s: %s", address, error)
            return
        if is_newer(found.version, __version__):
            self._tell(found)

    def _is_due(self) -> bool:
        before = self._memory.value(_KEY, 0.0, float)
        return not isinstance(before, float) or not 0 <= time.time() - before < DAY

    def _tell(self, found: Release) -> None:
        text = self.tr("RLM Desktop {version} is out; this is {own}.").format(
            version=found.version, own=__version__
        )
        if not found.page:
            self._messages.show_message(text, "info")
            return
        page = QUrl(found.page)
        self._messages.show_message(
            text, "info", button=self.tr("Open page"), act=lambda: QDesktopServices.openUrl(page)
        )


def fetch(address: str) -> Release:
    """What the document at `address` says.

    Raises:
        OSError: It cannot be fetched.
        ValueError: It is not such a document, or the address is not a safe one.
    """
    _check_address(address)
    request = urllib.request.Request(address, headers={"User-Agent": "rlm-desktop"})
    try:
        with urllib.request.build_opener(_CheckedRedirects).open(request, timeout=_SECONDS) as answer:
            data = answer.read(_MOST_BYTES + 1)
    except http.client.HTTPException as error:
        raise ValueError(f"that is no HTTP: {error!r}") from error
    if len(data) > _MOST_BYTES:
        raise ValueError("the document is too long")
    try:
        said = json.loads(data)
    except RecursionError:
        raise ValueError("the document is nested too deeply") from None
    if not isinstance(said, dict):
        raise ValueError("the document is not an object")
    version, page = said.get("version"), said.get("page", "")
    if not isinstance(version, str) or not isinstance(page, str):
        raise ValueError("the document names no version")
    _numbers(version)
    if page:
        _check_address(page)
    return Release(version, page)


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows only to addresses that could have been given in the first place."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse the others."""
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def is_newer(version: str, own: str) -> bool:
    """Whether `version` comes after `own`; both as `1.2.0`."""
    first, second = _numbers(version), _numbers(own)
    length = max(len(first), len(second))
    return first + (0,) * (length - len(first)) > second + (0,) * (length - len(second))


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise ValueError(f"{version[:40]!r} is no version")
    return tuple(map(int, parts))


def _check_address(address: str) -> None:
    """Only encrypted, or this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError(f"{address[:100]!r} is not an https address")
