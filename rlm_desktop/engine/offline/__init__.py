"""The offline model: chat completions without a network, a key or a language model.

`OfflineTransport` is an HTTP transport for the ordinary `AsyncOpenAI` client. What answers behind it is
deterministic: as root it writes REPL cells fitted to the question, as sub-call it quotes the text it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rlm_desktop.engine.providers import OFFLINE as OFFLINE_MODEL
from rlm_desktop.engine.providers import OFFLINE_LABEL

if TYPE_CHECKING:
    from rlm_desktop.engine.offline.transport import OfflineTransport

__all__ = ["OFFLINE_LABEL", "OFFLINE_MODEL", "OfflineTransport"]


def __getattr__(name: str) -> Any:
    """Load the transport, and the HTTP library with it, on first need: the label is wanted before that."""
    if name == "OfflineTransport":
        from rlm_desktop.engine.offline.transport import OfflineTransport

        return OfflineTransport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
