"""The offline model as sub-call: answers a prompt from the text in it, word for word, or says that nothing fits."""

from __future__ import annotations

import re

from rlm_desktop.engine.offline.extract import ENOUGH, NOTHING_FOUND, Quote, gist, quotes
from rlm_desktop.engine.offline.labels import label_lines
from rlm_desktop.engine.offline.task import Task, separate
from rlm_desktop.engine.offline.values import values

_LINE_FORM = re.compile(r"line that begins with ['\"]> ['\"]|NOTHING FOUND", re.I)
_MOST = re.compile(r"at most (\d+|one|two|three|four|five)\b", re.I)
_ENOUGH_FOR_A_CALLER = 0.3
"""Quotations that a cell asked for are judged by it again, against all that was found: rather one too many."""
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_VALUES = re.compile(
    r"for (?:each|every) (?P<item>[\w -]{1,60}?) (?:in|of) the text,? give (?:its"
    r"|the) (?P<measure>[^,.\n]+)",
    re.I,
)
_LABELS = re.compile(r"(?:categories|labels)\b[^:\n]{0,40}:\s*(?P<labels>[^\n.]+)", re.I)
_GIST = re.compile(
    r"\b(?:summar\w+|main (?:points?|ideas?|topics?)|key (?:points?|takeaways?)|gist|overview|tl;?dr"
    r"|in a nutshell)\b"
    r"|what (?:is|are) (?:this|these|the) "
    r"(?:text|document|book|report|file|article|paper|page|site|website|manual|guide|letter|mail|message)s? about"
    r"|what (?:is|are) (?:it|this|they|these) (?:all )?about"
    r"|\b(?:zusammenfass\w+|fass\w* .{0,40}zusammen|worum geht|résum\w+|de quoi (?:parle|traite|s'agit)|resum\w+"
    r"|de qué (?:trata|habla)|riassum\w+|di (?:che|cosa) (?:parla|tratta))\b",
    re.I,
)
_TIMES = re.compile(
    r"how (?:many times|often) (?:does|do|is|are|did|was|were)?\s*(?:the )?(?:word|term|phrase|name|string)?\s*"
    r"[\"'“‘`]?(?P<word>[\w./' -]{1,60}?)[\"'”’`]?\s+(?:occur|appear|mentioned|used|come|show|found)",
    re.I,
)


def answer(prompt: str) -> str:
    """The reply to a prompt that is no RLM's: in the form that it asks for, else as Markdown quotations."""
    task = separate(prompt)
    if not task.question.strip():
        return "There is no question in this prompt."
    if not task.text.strip():
        return (
            f"{NOTHING_FOUND}: this prompt holds no text to answer from, and the offline model knows nothing by "
            "itself. Put the text behind the question."
        )
    if match := _VALUES.search(task.instruction):
        rows = values(match["item"], match["measure"], task.text)
        return "\n".join(f"{name} | {value}" for name, value in rows) or NOTHING_FOUND
    if (match := _LABELS.search(task.instruction)) and "number | category" in task.instruction:
        return label_lines(match["labels"], task.text)
    if _LINE_FORM.search(task.instruction):
        return _in_lines(task)
    return _in_markdown(task)


def is_gist(question: str) -> bool:
    """Whether a question asks for a summary rather than for a fact."""
    return _GIST.search(question) is not None


def counted_word(question: str) -> str:
    """The word whose occurrences a question wants counted, or nothing."""
    match = _TIMES.search(question)
    return match["word"].strip() if match else ""


def _most(instruction: str, default: int) -> int:
    match = _MOST.search(instruction)
    if not match:
        return default
    return _NUMBERS.get(match[1].lower()) or max(1, min(40, int(match[1])))


def _found(task: Task, most: int, *, enough: float = ENOUGH) -> list[Quote]:
    if is_gist(task.question):
        return gist(task.text, most=most)
    return quotes(task.question, task.text, most=most, enough=enough)


def _in_lines(task: Task) -> str:
    found = _found(task, _most(task.instruction, 4), enough=_ENOUGH_FOR_A_CALLER)
    return "\n".join(f"> {quote.text}" for quote in found) or NOTHING_FOUND


def _in_markdown(task: Task) -> str:
    if word := counted_word(task.question):
        times = len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", task.text, re.I))
        return f"“{word}” occurs {times:,} times in the text (whole word, upper and lower case alike)."
    found = _found(task, _most(task.instruction, 3))
    if not found:
        return f"{NOTHING_FOUND}: no passage of the text given answers “{task.question[:200]}”."
    return "\n\n".join(f"> {quote.text}\n\n— {_place(task, quote)}" for quote in found)


def _place(task: Task, quote: Quote) -> str:
    inside = f"character {quote.start + 1:,} of the text given"
    return ", ".join(part for part in (task.place, quote.heading, inside) if part)
