"""Separates a prompt into what is asked and the text that it is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAGGED = re.compile(
    r"<(text|context|document|documents|passage|content|data|chunk|excerpt|article|source)\b[^>]*>\n?(.*)</\1>",
    re.S | re.I,
)
_FENCED = re.compile(r"^(```|\"\"\"|'''|-{4,}|={4,})\w*[ ]*\n(.*)\n\1[ ]*$", re.S | re.M)
_LABELLED = re.compile(
    r"^(?:the )?(?:text|context|document|passage|content|excerpt|article|chunk|data|input|source|section)\b"
    r"[^\n:]{0,40}:[ \t]*(?=\S|\n)",
    re.I | re.M,
)
_QUESTION = re.compile(
    r"^(?:question|query|frage|pregunta|task|q)[ \t]*:[ \t]*(.+?)(?=\n[ \t]*\n|\n[A-Z][a-z]+:[ \t]|\Z)",
    re.I | re.S | re.M,
)
_PLACE = re.compile(r"^(?:place|from|source)[ \t]*:[ \t]*(.+)$", re.I | re.M)
_IMPERATIVE = re.compile(
    r"\s*(?:please\s+)?(?:summari[sz]e|list|find|extract|count|answer|what|which|who|when|where|why|how"
    r"|is|are|does|do"
    r"|did|was|were|can|tell|name|give|identify|classify|label|translate|explain|describe|quote|return"
    r"|for each|based"
    r"|according|given|read|analy[sz]e|compare|determine|select|report|you)\b",
    re.I,
)
_LONGEST_INSTRUCTION = 4_000


@dataclass(frozen=True, slots=True)
class Task:
    """What a prompt asks.

    Attributes:
        instruction: Everything that is not the text.
        question: The question itself, as far as it can be told from the instruction.
        text: What it is asked about; empty when the prompt holds nothing but a question.
        place: Where the text comes from, if the prompt says so.
    """

    instruction: str
    question: str
    text: str
    place: str = ""


def separate(prompt: str) -> Task:
    """The task in a prompt: by tags, fences, a label such as `Text:`, or its first or last paragraph."""
    instruction, text = _split(prompt)
    match = _QUESTION.search(instruction)
    place = _PLACE.search(instruction)
    question = " ".join((match[1] if match else instruction).split())
    return Task(instruction.strip(), question, text.strip("\n"), place[1].strip() if place else "")


def _split(prompt: str) -> tuple[str, str]:
    for pattern in (_TAGGED, _FENCED):
        match = pattern.search(prompt)
        if match and match.start() < _LONGEST_INSTRUCTION and match[2].strip():
            return f"{prompt[: match.start()]}\n{prompt[match.end() :]}", match[2]
    match = _LABELLED.search(prompt, 0, _LONGEST_INSTRUCTION)
    if match and len(prompt) - match.end() > 20:
        return _behind_label(prompt[: match.start()], prompt[match.end() :])
    return _by_paragraph(prompt)


def _behind_label(before: str, after: str) -> tuple[str, str]:
    """The instruction may follow the text, as in `Text: ... Question: ...`."""
    questions = list(_QUESTION.finditer(after, max(0, len(after) - _LONGEST_INSTRUCTION)))
    question = questions[-1] if questions else None
    if question is not None and not _QUESTION.search(before):
        return f"{before}\n{after[question.start() :]}", after[: question.start()]
    if before.strip():
        return before, after
    text, gap, last = after.rstrip().rpartition("\n\n")
    return (last, text) if gap and len(last) < _LONGEST_INSTRUCTION and _asks(last) else (before, after)


def _by_paragraph(prompt: str) -> tuple[str, str]:
    stripped = prompt.strip()
    first, gap, rest = stripped.partition("\n\n")
    before, _, last = stripped.rpartition("\n\n")
    if not gap:
        first, gap, rest = stripped.partition("\n")
        before, _, last = stripped.rpartition("\n")
    if not gap:
        return _by_sentence(stripped)
    if _asks(first) and len(first) <= _LONGEST_INSTRUCTION:
        return first, rest
    if _asks(last) and len(last) <= _LONGEST_INSTRUCTION:
        return last, before
    return first[:_LONGEST_INSTRUCTION], rest


def _by_sentence(line: str) -> tuple[str, str]:
    """One line only: `Which colour? The sky is blue.` or `Summarise: The sky ...`."""
    match = re.match(r"(.{3,300}?[?:])\s+(\S.*)$", line, re.S)
    if match and (match[1].endswith("?") or _IMPERATIVE.match(match[1])):
        return match[1], match[2]
    return line, ""


def _asks(paragraph: str) -> bool:
    return "?" in paragraph or "？" in paragraph or _IMPERATIVE.match(paragraph) is not None
