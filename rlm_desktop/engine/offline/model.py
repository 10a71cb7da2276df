"""The offline model: from messages to a reply, a pure function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rlm_desktop.engine.offline.root import reply_as_root
from rlm_desktop.engine.offline.sub_call import answer

Messages: TypeAlias = Sequence[tuple[str, str]]
"""Role and text of each message."""


def reply(messages: Messages) -> str:
    """What the offline model says next: cells when it is told of a REPL, else an answer from the text given."""
    instructions = [text for role, text in messages if role in ("system", "developer")]
    if any("```repl" in text and "FINAL_VAR" in text for text in instructions):
        return reply_as_root(messages)
    prompts = [text for role, text in messages if role == "user"]
    return answer(prompts[-1] if prompts else "")
