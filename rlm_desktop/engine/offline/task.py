"""Separates a prompt into what is asked and the text that it is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAGS = "text|context|document|documents|passage|content|data|chunk|excerpt|article|source"
_FENCES = r"```|\"\"\"|'''|-{4,}|={4,}"
_WRAPPINGS = (
    (re.compile(rf"<({_TAGS})\b[^<>]{{0,200}}>\n?", re.I), re.compile(rf"</({_TAGS})>", re.I)),
    (re.compile(rf"^({_FENCES})\w*[ ]*\n", re.M), re.compile(rf"^({_FENCES})[ ]*$", re.M)),
)
"""What a text may stand between: how it opens and how it closes."""
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
    for opening, closing in _WRAPPINGS:
        if parted := _wrapped(prompt, opening, closing):
            return parted
    match = _LABELLED.search(prompt, 0, _LONGEST_INSTRUCTION)
    if match and len(prompt) - match.end() > 20:
        return _behind_label(prompt[: match.start()], prompt[match.end() :])
    return _by_paragraph(prompt)


def _wrapped(prompt: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> tuple[str, str] | None:
    """The text from the first mark that opens one to the last that closes it, and what stands around it."""
    last = {mark[1].lower(): mark for mark in closing.finditer(prompt)}
    for mark in opening.finditer(prompt):
        if mark.start() >= _LONGEST_INSTRUCTION:
            break
        end = last.get(mark[1].lower())
        if end is not None and (text := prompt[mark.end() : end.start()]).strip():
            return f"{prompt[: mark.start()]}\n{prompt[end.end() :]}", text
    return None


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
