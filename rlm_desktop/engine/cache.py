"""An optional cache of plain completions across runs, on disk. Off unless asked for."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rlm_desktop.engine.events import Message
from rlm_desktop.repl.wire import plain
from rlm_desktop.settings import write_whole


class Cached(msgspec.Struct, frozen=True):
    """A reply as it is kept."""

    text: str
    reasoning: str = ""
    finish_reason: str = ""


_decode = msgspec.json.Decoder(Cached).decode


class CompletionCache:
    """Replies by everything that they depend on: server, model, messages and parameters.

    One small file a reply, written whole or not at all; several programs may share the folder.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    @staticmethod
    def key(server: str, model: str, messages: Sequence[Message], parameters: Mapping[str, Any]) -> str:
        """The name under which a reply is kept."""
        everything = (server, model, messages, dict(parameters))
        try:
            text = msgspec.json.encode(everything, order="sorted")
        except UnicodeEncodeError:
            text = msgspec.json.encode(plain(msgspec.to_builtins(everything)), order="sorted")
        return hashlib.sha256(text).hexdigest()

    async def get(self, key: str) -> Cached | None:
        """The reply kept under `key`, if there is a readable one."""
        return await asyncio.to_thread(self._read, key)

    async def put(self, key: str, reply: Cached) -> None:
        """Keep a reply; a full or read-only disk is no error of the run."""
        await asyncio.to_thread(self._write, key, reply)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"

    def _read(self, key: str) -> Cached | None:
        try:
            return _decode(self._path(key).read_bytes())
        except (OSError, msgspec.DecodeError):
            return None

    def _write(self, key: str, reply: Cached) -> None:
        with contextlib.suppress(OSError):
            write_whole(self._path(key), msgspec.json.encode(reply), is_lasting=False)
