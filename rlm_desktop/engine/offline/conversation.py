"""What the offline model knows as root: the conversation so far, read back from the messages."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rlm_desktop.engine import prompts

_CONTEXT = re.compile(r"`context` is a `(str|list|dict)` of ([\d,]+) characters")
_DOCUMENT = re.compile(r"^- (\"(?:[^\"\\]|\\.)*\") \((.*?), ([\d,]+) characters", re.M)
_DEPTH = re.compile(r"^Depth (\d+), max depth (\d+)\.$", re.M)
_TURN = re.compile(r"^Iteration (\d+) of (\d+)", re.M)
_BLOCK = re.compile(r"```repl\n(.*?)\n```", re.S)
_ENDS = re.compile(r"^(?:begins|ends): (.*)$", re.M)
_POINTS_AT_TEXT = re.compile(
    r"\s*(?:please )?(?:answer|carry out|follow|execute|perform|solve|do) (?:the |what |all )?"
    r"(?:question|operation|task|instruction|request|problem)s?\b[^.?]{0,40}\b(?:in|at|of|from)\b"
    r"[^.?]{0,20}\b(?:text|context|prompt|document|file|message|end)\b",
    re.I,
)
_LABEL = re.compile(r"^(?:operation|question|task|query|instruction|request)s?:[ \t]*\n?", re.I | re.M)
_EARLIER = re.compile(r"^Question:\n((?:    .*\n?)+)Answer:$", re.M)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The facts of an rlm call as its messages tell them.

    Attributes:
        question: None for a sub-RLM, whose task stands in the context.
        earlier: The session's earlier questions.
        kind: Python type of the context.
        documents: Name and kind of each document that is listed.
        head / tail: How the context begins and ends, as far as shown; `is_whole` if `head` is all of it.
        turn / of: The iteration that this reply is, and how many there are.
        code: The code of all replies so far.
        output: What the last cells printed.
        outputs: Everything printed so far.
    """

    question: str | None
    earlier: tuple[str, ...]
    kind: str
    characters: int
    documents: tuple[tuple[str, str], ...]
    head: str
    tail: str
    is_whole: bool
    depth: int
    max_depth: int
    turn: int
    of: int
    code: str
    output: str
    outputs: str
    is_last_chance: bool
    is_compaction: bool

    @property
    def levels_below(self) -> int:
        """How many levels of RLMs there may be below this call."""
        return max(0, self.max_depth - self.depth - 1)

    @property
    def has_failed(self) -> bool:
        """Whether the last cell ended with an error."""
        return "The cell ended with an error" in self.output or "The cell did not end by itself" in self.output


def read(messages: Sequence[tuple[str, str]]) -> Conversation:
    """The conversation in the messages of an rlm call; tolerant of messages that somebody else wrote."""
    users = [text for role, text in messages if role == "user"]
    replies = [text for role, text in messages if role == "assistant"]
    first = users[0] if users else ""
    last = users[-1] if users else ""
    described, _, asked = first.partition(f"\n{prompts.QUESTION_HEADING}\n")
    if prompts.TASK_HEADING in described or (not asked and prompts.CONTEXT_HEADING in first):
        question = None
    else:
        question = _TURN.split(asked or first)[0].strip()
    context = _CONTEXT.search(described)
    depth = _DEPTH.search(described)
    turn = _TURN.search(last) or _TURN.search(first)
    head, tail, is_whole = _previews(described)
    return Conversation(
        question=question,
        earlier=tuple(" ".join(match.split()) for match in _EARLIER.findall(described)),
        kind=context[1] if context else "str",
        characters=int(context[2].replace(",", "")) if context else 0,
        documents=tuple((json.loads(name), kind) for name, kind, _ in _DOCUMENT.findall(described)),
        head=head,
        tail=tail,
        is_whole=is_whole,
        depth=int(depth[1]) if depth else 0,
        max_depth=int(depth[2]) if depth else 1,
        turn=int(turn[1]) if turn else len(replies) + 1,
        of=int(turn[2]) if turn else max(20, len(replies) + 2),
        code="\n".join(block for reply in replies for block in _BLOCK.findall(reply)),
        output=last if replies else "",
        outputs="\n".join(users[1:]),
        is_compaction=last.strip() == prompts.compaction_message().strip(),
        is_last_chance=last.rpartition("\n\n")[2].startswith("No more code is run"),
    )


def with_question_in_text(conversation: Conversation) -> Conversation:
    """Where the person points at a question that stands at the end of the text, that one is the question."""
    ends = _ENDS.findall(conversation.outputs)
    if not ends or not _POINTS_AT_TEXT.match(conversation.question or ""):
        return conversation
    end = str(loads(ends[-1]) or "")
    label = next(reversed(list(_LABEL.finditer(end))), None)
    asked = end[label.end() :] if label is not None else end.rpartition("\n\n")[2]
    return replace(conversation, question=asked.strip() or conversation.question)


def loads(text: str) -> Any:
    """JSON that a cell printed; None when the output was cut in the middle of it."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _previews(described: str) -> tuple[str, str, bool]:
    found: dict[str, str] = {}
    for label in ("All of it:", "It begins:", "It ends:"):
        _, at, rest = described.partition(f"\n{label}\n\n")
        if at:
            lines: list[str] = []
            for line in rest.split("\n"):
                if not line.startswith("    "):
                    break
                lines.append(line[4:])
            found[label] = "\n".join(lines)
    whole = found.get("All of it:")
    return (
        (whole, "", True) if whole is not None else (found.get("It begins:", ""), found.get("It ends:", ""), False)
    )
