"""Reads a model's reply: the code blocks to run and a final answer given in its text.

Never raises and never loses text, whatever the reply. Nothing of the reply is compiled here: parsing hostile
source can exhaust the interpreter's stack, and that is the worker's risk to take.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

_BEFORE = r"(?:[-*+]|\d{1,3}[.)])[ \t]++(?=[`~]{3,}\w)|[^`\n]*[.:!][ \t]*+(?=```repl[ \t]*$)"
"""What may stand before an opening fence: the mark of a list's item, or a sentence."""
_FENCE = re.compile(rf"^([ \t]*+(?:{_BEFORE})?)(`{{3,}}|~{{3,}})[ \t]*([^\s`]*)[^`\n]*$")
_BEGINS_FENCE = re.compile(rf"^[ \t]*+(?:{_BEFORE})?(?:```|~~~)", re.MULTILINE)
_FINAL = re.compile(r"^[ \t]*(?:\*\*)?(FINAL_VAR|FINAL)\(", re.MULTILINE)
_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_OPENS_THOUGHTS = re.compile(r"<(?:think|thinking|reasoning)>", re.IGNORECASE)
_ENDS_THOUGHTS = ("</think>", "</thinking>", "</reasoning>")
_OWN_OUTPUT = re.compile(r"[ \t]*(?:\*\*|#{1,6} )?REPL output(?: \(cell \d+ of \d+\))?:")
_OUTPUT_FENCES = frozenset({"output", "stdout", "tool_output", "code_output"})
_TRIPLE = re.compile(r"\\.|\"\"\"|'''|#[^\n]*|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?", re.DOTALL)
_PARENTHESIS = re.compile(r"[()]")
_END_OF_LINE = re.compile(r"[^\S\n]*(?:\*\*|[`.;])?[^\S\n]*(?:\n|\Z)")
_REPL = frozenset({"repl"})
_PYTHON = frozenset({"python", "py", "python3", "ipython", "tool_code"})
"""The last is what Google's models write."""
_TOOL_CALL = "tool_call"
"""What `chat` shows of a call of a tool: the model did it, and did not say it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A code block to run. `is_closed` is false when the reply ended inside it."""

    code: str
    is_closed: bool = True


@dataclass(frozen=True, slots=True)
class TextFinal:
    """`FINAL(...)` or `FINAL_VAR(...)` on a line of the text; `argument` is what stood between the parentheses."""

    kind: Literal["FINAL", "FINAL_VAR"]
    argument: str

    @property
    def name(self) -> str:
        """The argument without the quotes or backticks that models write around the name of a variable."""
        return self.argument.strip().strip("\"'`").strip()


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply taken apart.

    Attributes:
        blocks: The code to run.
        final: The answer given in its text.
        prose: Its text without thoughts and without the blocks to run.
        plays_on: Whether it went on after its code with an output of its own making. What stood from there on rests
            on what never happened, and is left out.
    """

    blocks: tuple[Block, ...]
    final: TextFinal | None
    prose: str
    plays_on: bool = False


def parse_reply(text: str, *, python_fences: bool = True) -> Reply:
    """Take a reply apart.

    `repl` fences are run; where there is none, `python` fences are, if `python_fences`. A final answer counts only
    outside fences and outside thoughts (`<think>`), and the last one counts.
    """
    visible = _blank_thoughts(text.replace("\r\n", "\n"))
    parts = _take_apart(visible, _REPL)
    if python_fences and not parts.blocks:
        parts = _take_apart(visible, _PYTHON)
    runnable = tuple(block for block in parts.blocks if block.code.strip())
    return Reply(runnable, _find_final("\n".join(parts.bare)), "\n".join(parts.prose).strip(), parts.plays_on)


def _blank_thoughts(text: str) -> str:
    """Without thoughts, but never inside a fence: code may well print such a tag."""
    first_fence = _BEGINS_FENCE.search(text)

    def blank(match: re.Match[str]) -> str:
        inside_code = first_fence is not None and first_fence.start() < match.start()
        return match.group() if inside_code else ""

    return _without_unopened_thoughts(_THOUGHTS.sub(blank, text))


def _without_unopened_thoughts(text: str) -> str:
    """Without thoughts that only end: where a server's template opens them, the reply holds no opening tag."""
    at = thoughts = 0
    is_code = False
    for line in text.split("\n"):
        at += len(line) + 1
        if _fence(line):
            is_code = not is_code
        elif _OPENS_THOUGHTS.search(line):
            break
        elif not is_code and line.rstrip().lower().endswith(_ENDS_THOUGHTS):
            thoughts = at
    return text[thoughts:]


class _Parts(NamedTuple):
    """What a reply is made of: the blocks to run, the lines beside them, and of these those outside any fence."""

    blocks: list[Block]
    prose: list[str]
    bare: list[str]
    plays_on: bool = False


def _take_apart(text: str, run: Collection[str]) -> _Parts:
    """Tell the blocks of the languages `run` from what else a reply says."""
    lines = text.split("\n")
    answers = _answers_with_samples(text)
    parts = _Parts([], [], [])
    has_code = False
    number = 0
    while number < len(lines):
        opening = _fence(lines[number])
        if has_code and _is_own_output(lines[number], opening):
            return parts._replace(plays_on=True)
        if opening is None:
            end = answers.get(number, number + 1)
            parts.bare.extend(lines[number:end])
            parts.prose.extend(lines[number:end])
            number = end
            continue
        end = _closing_line(lines, number + 1, opening.group(2))
        if _language(opening) in run:
            parts.prose.append(opening.group(1))
            block = _block(lines[number + 1 : end + 1], opening, is_closed=end < len(lines))
            parts.blocks.append(block)
            has_code = has_code or bool(block.code.strip())
        elif _language(opening) != _TOOL_CALL:
            parts.prose.extend(lines[number : end + 1])
        number = end + 1
    return parts


def _fence(line: str) -> re.Match[str] | None:
    """The fence on a line. Most lines have none, and a pattern takes ten times as long to find that out."""
    return _FENCE.match(line) if "```" in line or "~~~" in line else None


def _language(opening: re.Match[str]) -> str:
    return opening.group(3).lower().strip("{}.")


def _block(lines: list[str], opening: re.Match[str], *, is_closed: bool) -> Block:
    """The block of these lines, of which the last is its closing fence if it is closed."""
    before, fence = opening.group(1), opening.group(2)
    body = lines[:-1] if is_closed else lines
    if is_closed and (code := _before_fence(lines[-1], fence)):
        body.append(code)
    return Block("\n".join(_dedented(body) if before else body), is_closed=is_closed)


def _answers_with_samples(text: str) -> dict[int, int]:
    """Final answers that hold fenced samples of text or code: their first line -> the line after their last.

    A `repl` block is never a sample, so a parenthesis that somebody forgot to close hides none; nor is a fence of
    which a parenthesis within is the last of the answer.
    """
    found: dict[int, int] = {}
    line = counted = position = 0
    while (match := _FINAL.search(text, position)) is not None:
        argument = _closed_argument(text, match.end())
        if argument is None:
            break
        position = argument[1]
        answer = text[match.start() : position].split("\n")
        languages = [_language(fence) for fence in map(_fence, answer) if fence is not None]
        if languages and len(languages) % 2 == 0 and not _REPL.intersection(languages):
            line, counted = line + text.count("\n", counted, match.start()), match.start()
            found[line] = line + len(answer)
    return found


def _is_own_output(line: str, opening: re.Match[str] | None) -> bool:
    """Whether a model begins here to write what only the REPL can know."""
    if opening is not None:
        return opening.group(3).lower() in _OUTPUT_FENCES
    return _OWN_OUTPUT.match(line) is not None


def _closing_line(lines: list[str], start: int, fence: str) -> int:
    """Index of the line that closes a fence; len(lines) when none does.

    A fence inside a triple-quoted string does not close, unless no later one would.
    """
    first: int | None = None
    open_quote = ""
    for number in range(start, len(lines)):
        stripped = lines[number].strip()
        is_fence = len(stripped) >= len(fence) and set(stripped) == {fence[0]}
        if is_fence or (not open_quote and _before_fence(lines[number], fence)):
            if not open_quote:
                return number
            first = number if first is None else first
        else:
            open_quote = _open_quote(lines[number], open_quote)
    return len(lines) if first is None else first


def _before_fence(line: str, fence: str) -> str:
    """The code before a closing fence that has no line of its own; empty when there is none."""
    code = line.rstrip()
    if not code.endswith(fence) or "#" in code or code.lstrip().startswith(fence[0]):
        return ""
    code = code.rstrip(fence[0])
    return "" if _open_quote(code, "") else code


def _dedented(body: list[str]) -> list[str]:
    """Code without the indentation of its first line, as in a list; as it is where it lacks that somewhere."""
    first = next(filter(str.strip, body), "")
    indent = first[: len(first) - len(first.lstrip())]
    if any(line.strip() and not line.startswith(indent) for line in body):
        return body
    return [line[len(indent) :] for line in body]


def _open_quote(line: str, quote: str) -> str:
    """The triple quote that is open at the end of a line, given the one open at its start."""
    position = 0
    while position < len(line):
        if quote:
            end = line.find(quote, position)
            if end < 0:
                return quote
            position, quote = end + 3, ""
            continue
        match = _TRIPLE.search(line, position)
        if match is None:
            return ""
        position = match.end()
        if match.group() in ('"""', "'''"):
            quote = match.group()
    return quote


def final_in_code(code: str) -> TextFinal | None:
    """The final answer that code would give, where it says it literally or names a variable; code is not run."""
    matches = list(_FINAL.finditer(code))
    if not matches:
        return None
    final, _ = _final_at(code, matches[-1])
    is_literal = _quoted(code, matches[-1].end()) is not None
    return final if is_literal or final.argument.isidentifier() else None


def _find_final(prose: str) -> TextFinal | None:
    """The last final answer in a text."""
    final: TextFinal | None = None
    position = 0
    while (match := _FINAL.search(prose, position)) is not None:
        final, position = _final_at(prose, match)
    return final


def _final_at(text: str, match: re.Match[str]) -> tuple[TextFinal, int]:
    """The final answer that begins with `match`, and where to go on."""
    argument, position = _argument(text, match.end())
    return TextFinal("FINAL_VAR" if match.group(1) == "FINAL_VAR" else "FINAL", argument), position


def _argument(text: str, start: int) -> tuple[str, int]:
    """What stands between the parentheses that open before `start`, and where to go on.

    A quoted argument ends with its quote, so that parentheses in it do not count. Otherwise parentheses are
    counted; text that never balances reaches to its last closing parenthesis, or to its end.
    """
    closed = _closed_argument(text, start)
    if closed is not None:
        return closed
    last = text.rfind(")", start)
    end = last if last >= 0 else len(text)
    return text[start:end].strip(), end + 1


def _closed_argument(text: str, start: int) -> tuple[str, int] | None:
    """The same; None where the parentheses never balance."""
    quoted = _quoted(text, start)
    if quoted is not None:
        return quoted
    depth = 1
    for match in _PARENTHESIS.finditer(text, start):
        depth += 1 if match.group() == "(" else -1
        if depth == 0 and _END_OF_LINE.match(text, match.end()):
            return text[start : match.start()].strip(), match.end()
        if depth == 0:
            # More text on the line: not the end of the answer, as in "FINAL(a) b)".
            depth = 1
    return None


def _quoted(text: str, start: int) -> tuple[str, int] | None:
    opening = re.compile(r"\s*(\"\"\"|'''|\"|')").match(text, start)
    if opening is None:
        return None
    quote = opening.group(1)
    # A backslash is matched in one way only: in two, an answer full of them that is never closed takes for ever.
    body = rf"(?:\\.|(?!{quote})[^\\])*" if len(quote) == 3 else rf"(?:\\.|[^{quote}\\\n])*"
    whole = re.compile(rf"({body}){re.escape(quote)}\s*\)", re.DOTALL).match(text, opening.end())
    if whole is None:
        return None
    return _unescape(whole.group(1)), whole.end()


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), text, flags=re.DOTALL)
