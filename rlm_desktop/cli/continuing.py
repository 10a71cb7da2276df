"""`rlm-desktop runs resume` and `runs fork`: a run that goes on where another one stood."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from rlm_desktop import settings as settings_file
from rlm_desktop.cli.ask import given_settings, report, unsafe, watched
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.engine.run import RunResult
from rlm_desktop.errors import UsageError
from rlm_desktop.history import History, RunRow
from rlm_desktop.history.continuing import Continuation, forked, resumed

_OVERRIDES = {
    "models_by_depth": "models",
    "system_prompt": "system_prompt",
    "temperature": "parameters",
    "reasoning_effort": "parameters",
    "max_output_tokens": "parameters",
}
"""A setting of the command line -> what it replaces of the record."""


def run(history: History, row: RunRow, chosen: argparse.Namespace) -> int:
    """Resume or fork, show, print. 0 only when the new run completed."""
    settings = settings_file.load()
    if chosen.action == "resume":
        past = resumed(history, row.id, settings)
    else:
        code = _code(chosen.code)
        past = forked(history, row.id, settings, chosen.iteration, code=code, instruction=chosen.instruction)
    return report(chosen, asyncio.run(_go_on(history, past, chosen)))


async def _go_on(history: History, past: Continuation, chosen: argparse.Namespace) -> RunResult:
    given = given_settings(chosen)
    replaced = {_OVERRIDES[name] for name in given if name in _OVERRIDES}
    options: dict[str, Any] = {name: value for name, value in past.options.items() if name not in replaced}
    options |= {"base_url": chosen.base_url, **unsafe(chosen)}
    async with RLM.from_settings(past.settings.with_values(**given), **options) as rlm:
        return await watched(
            rlm,
            past.question,
            chosen,
            None if chosen.no_history else history,
            documents=past.documents,
            session=past.session_id,
            history=past.turns,
            past=past.past,
        )


def _code(name: str | None) -> str:
    if name is None:
        return ""
    try:
        code = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The code cannot be read from {name!r}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The code cannot be read from {name!r}: it is no text in UTF-8.") from error
    if not code.strip():
        raise UsageError(f"There is no code in {name!r}.")
    return code
