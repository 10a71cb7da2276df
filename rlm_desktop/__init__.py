"""RLM Desktop: a workbench for Recursive Language Models.

The public face: `RLM`, `Limits`, `RunResult`, `RunState`, the events, the errors, and what step mode decides.
Everything is imported on first use, so that `import rlm_desktop` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rlm_desktop.engine import events
    from rlm_desktop.engine.control import CellDecision, CellProposal
    from rlm_desktop.engine.limits import Limits
    from rlm_desktop.engine.providers import Provider, Providers, available_models
    from rlm_desktop.engine.rlm import RLM
    from rlm_desktop.engine.run import Run, RunResult
    from rlm_desktop.engine.state import RunState
    from rlm_desktop.errors import (
        DocumentError,
        HistoryError,
        LimitExceeded,
        ModelError,
        ReplError,
        RLMError,
        SettingsError,
        UsageError,
        UserError,
    )

__version__ = "0.1.0"

_PLACES = {
    "CellDecision": "engine.control",
    "CellProposal": "engine.control",
    "Limits": "engine.limits",
    "Provider": "engine.providers",
    "Providers": "engine.providers",
    "available_models": "engine.providers",
    "RLM": "engine.rlm",
    "Run": "engine.run",
    "RunResult": "engine.run",
    "RunState": "engine.state",
    "events": "engine.events",
    "DocumentError": "errors",
    "HistoryError": "errors",
    "LimitExceeded": "errors",
    "ModelError": "errors",
    "RLMError": "errors",
    "ReplError": "errors",
    "SettingsError": "errors",
    "UsageError": "errors",
    "UserError": "errors",
}

__all__ = [
    "RLM",
    "CellDecision",
    "CellProposal",
    "DocumentError",
    "HistoryError",
    "LimitExceeded",
    "Limits",
    "ModelError",
    "Provider",
    "Providers",
    "RLMError",
    "ReplError",
    "Run",
    "RunResult",
    "RunState",
    "SettingsError",
    "UsageError",
    "UserError",
    "available_models",
    "events",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_PLACES[name]}")
    value = module if name == "events" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
