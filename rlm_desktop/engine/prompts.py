"""What the engine says to a model: pure functions from facts to text.

The long texts lie in `resources/prompts/*.md`, so that they can be read and edited as prose. Their placeholders
are `$name` and filled in one pass: braces and dollar signs in what is filled in (a person's own prompt, a
document) stay as they are. `PROMPTS_VERSION` goes into each run's settings and rises when a wording changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

from rlm_desktop.paths import resource

PROMPTS_VERSION = 3
DEFAULT_OUTPUT_LIMIT = 20_000
"""Characters of one cell's output that the model is shown."""
PREVIEW_CHARACTERS = 300
TASK_PREVIEW_CHARACTERS = 2_000
"""How much of its context a sub-RLM is shown at each end: its task stands there."""

QUESTION_HEADING = "# Question"
CONTEXT_HEADING = "# Context"
HISTORY_HEADING = "# Earlier in this session"
TASK_HEADING = "# Your task"
COMPACTED_HEADING = "# What you have done so far"

_MAX_LISTED_DOCUMENTS = 60
_MAX_HISTORY = 20
_MAX_HISTORY_ANSWER = 2_000
_MAX_VARIABLES = 60
_PLACEHOLDER = re.compile(r"\$([a-z_]+)")

ContextType: TypeAlias = Literal["str", "list", "dict"]


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One document as the model is told of it."""

    name: str
    kind: str
    characters: int
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class ContextSummary:
    """What a model is told of its context before it looks.

    Attributes:
        type: The Python type of the variable `context`.
        characters: Over all documents or items.
        documents: Name, kind and size of each; empty for a sub-RLM's prompt.
        preview: How the context begins.
        tail: How it ends; only for a sub-RLM, whose task may stand there.
        items: Of a list or dict.
    """

    type: ContextType
    characters: int
    documents: tuple[DocumentSummary, ...] = ()
    preview: str = ""
    tail: str = ""
    items: int = 0


@dataclass(frozen=True, slots=True)
class CellShown:
    """The result of one cell as the model sees it.

    Attributes:
        uncounted: Characters of the longer one of the outputs that are not in it.
        error: The traceback with the failing line.
        more_variables: How many there are beside `variables`.
    """

    stdout: str = ""
    stderr: str = ""
    uncounted: int = 0
    error: str = ""
    status: str = "ok"
    variables: Sequence[str] = ()
    more_variables: int = 0


def summarize_context(
    context: str | Sequence[Any] | Mapping[str, Any],
    documents: Sequence[DocumentSummary] = (),
    *,
    is_task: bool = False,
) -> ContextSummary:
    """Sum a context up; `is_task` for the prompt of a sub-RLM, of which both ends are shown."""
    if isinstance(context, str):
        limit = TASK_PREVIEW_CHARACTERS if is_task else PREVIEW_CHARACTERS
        tail = context[limit:][-limit:] if is_task else ""
        return ContextSummary("str", len(context), tuple(documents), context[:limit], tail)
    if isinstance(context, Mapping):
        kind: ContextType = "dict"
        items = list(context.values())
    else:
        kind, items = "list", list(context)
    characters = sum(len(item) if isinstance(item, str) else len(str(item)) for item in items)
    preview = str(items[0])[:PREVIEW_CHARACTERS] if items else ""
    return ContextSummary(kind, characters, tuple(documents), preview, items=len(items))


def truncate(text: str, limit: int, uncounted: int = 0) -> str:
    """`text`, or its head and tail with the cut between them counted, in at most `limit` characters.

    Args:
        text: What to cut.
        limit: Characters that may be left.
        uncounted: Characters that were cut out of the text before.
    """
    if len(text) <= limit:
        return text
    # The marker's own length depends on the number in it; the longest possible one is reserved.
    room = limit - len(_cut_marker(len(text) + uncounted))
    if room < 2:
        return text[: max(0, limit)]
    tail = room // 3
    head = room - tail
    return f"{text[:head]}{_cut_marker(len(text) - room + uncounted)}{text[-tail:] if tail else ''}"


def system_prompt(
    *,
    depth: int,
    max_depth: int,
    sub_calls: str = "recursive",
    custom: str | None = None,
    tools: Sequence[tuple[str, str]] = (),
    output_limit: int = DEFAULT_OUTPUT_LIMIT,
    repl_mode: str = "confined",
    libraries: Sequence[str] = (),
) -> str:
    """The system message of an rlm call.

    Args:
        depth: Of the call; the root is 0.
        max_depth: Of the run; a call at `max_depth - 1` has plain sub-calls only.
        sub_calls: "recursive", or "explicit" when only `rlm_query` recurses.
        custom: The person's own prompt. It replaces the role and the advice; how the REPL works and how to
            finish is always told, as no model could work without it.
        tools: Signature and description of each further function in the REPL.
        output_limit: Characters of a cell's output that the model is shown.
        repl_mode: What runs the cells; `strict` knows a part of Python only.
        libraries: What cells may import besides the standard library.
    """
    is_leaf = depth + 1 >= max_depth
    mode = "leaf" if is_leaf else sub_calls
    repl = _text(
        "repl",
        output_limit=f"{output_limit:,}",
        python=_python_text(repl_mode, libraries),
        context_row=_CONTEXT_ROOT if depth == 0 else _CONTEXT_SUB,
        sub_call_rows="\n".join(_sub_call_rows(mode)),
        tool_rows="\n".join(f"| `{signature}` | {_in_row(description)} |" for signature, description in tools),
        sub_calls=_text(f"sub_calls.{mode}", depth=str(depth)),
    )
    repl = re.sub(r"\n\n\n+", "\n\n", repl)
    if custom is not None and custom.strip():
        return "\n\n".join((custom.strip(), repl, _text("finish")))
    return "\n\n".join((_text("role"), repl, _text("finish"), _text("advice")))


def default_prompt() -> str:
    """What a person's own system prompt stands in place of: the role and the advice."""
    return f"{_text('role')}\n\n{_text('advice')}"


def first_message(
    *,
    question: str | None,
    context: ContextSummary,
    depth: int,
    max_depth: int,
    iterations: int,
    history: Sequence[tuple[str, str]] = (),
) -> str:
    """The first user message of an rlm call; `question` is None for a sub-RLM, whose context holds its task."""
    parts = [f"{CONTEXT_HEADING}\n\n{_describe(context)}"]
    if history:
        parts.append(f"{HISTORY_HEADING}\n\n{_earlier(history)}")
    parts.append(f"Depth {depth}, max depth {max_depth}.")
    if question is None:
        parts.append(
            f"{TASK_HEADING}\n\nAnother RLM gave you your task. It stands in `context` itself, together with the "
            "text that it is about: an instruction or question, most often at the beginning or the end (see the "
            "previews above). Find it, do exactly what it asks with the rest of `context`, and give your result as "
            "the final answer: it goes back to the caller's code."
        )
    else:
        parts.append(f"{QUESTION_HEADING}\n\n{question.strip()}")
    parts.append(f"Iteration 1 of {iterations}. Look at `context` before you answer.")
    return "\n\n".join(parts)


def feedback(
    cells: Sequence[CellShown], *, iteration: int, of: int, output_limit: int = DEFAULT_OUTPUT_LIMIT
) -> str:
    """What the model sees after its cells ran.

    Args:
        cells: The cells of the iteration that ran, in order.
        iteration: The iteration that the model is about to do.
        of: How many it has in all.
        output_limit: Characters shown of each cell's output.
    """
    parts = [_cell_text(cell, number, len(cells), output_limit) for number, cell in enumerate(cells, 1)]
    if cells and cells[-1].variables:
        parts.append(f"Variables: {listed_names(cells[-1].variables, cells[-1].more_variables)}")
    parts.append(_iteration_line(iteration, of))
    return "\n\n".join(parts)


def listed_names(names: Sequence[str], more: int) -> str:
    """The first of these names, and how many more there are of them and beside them."""
    more += len(names[_MAX_VARIABLES:])
    return ", ".join(names[:_MAX_VARIABLES]) + (f" and {more:,} more" if more else "")


def no_code_message(iteration: int, of: int) -> str:
    """After a reply with neither code nor an answer; `iteration` is the one to come."""
    return f"{_text('no_code')}\n\n{_iteration_line(iteration, of)}"


def repeated_code_message(iteration: int, of: int, *, times: int = 1) -> str:
    """After code that gave the same as before, `times` turns in a row; `iteration` is the one to come."""
    return f"{_text('repeated_code', times=str(times))}\n\n{_iteration_line(iteration, of)}"


def invented_output_message() -> str:
    """After a reply that went on with an output of its own making."""
    return _text("invented_output")


def last_chance_message(reason: str) -> str:
    """Ask for the best answer without further code; `reason` as "the budget is used up"."""
    return _text("last_chance", reason=reason.strip().rstrip("."))


def invalid_answer_message(why: str) -> str:
    """After a final answer that was rejected."""
    return _text("invalid_answer", why=why.strip())


def typed_answer(schema: str, properties: Sequence[str]) -> str:
    """What form the final answer must have: a JSON schema and its properties."""
    shown = ", ".join(f"`{name}`" for name in properties) or "or one argument for a plain value"
    return _text("typed_answer", schema=schema, properties=shown)


def compaction_message() -> str:
    """Ask for a summary of the conversation so far, which then stands in its place."""
    return _text("compaction")


def compacted(first: str, summary: str) -> str:
    """The first user message with a summary of all that followed."""
    return f"{first}\n\n{COMPACTED_HEADING}\n\n{summary.strip()}\n\n{_text('compacted')}"


def skipped_cell_text() -> str:
    """In place of a cell's output, when the person decided that it should not run."""
    return "(The person who watches this run decided that this cell should not run.)"


def edited_cell_text(code: str) -> str:
    """Before a cell's output, when the person changed it."""
    return f"(The person who watches this run changed this cell. This ran:)\n{code}\n(Its output:)"


def cut_reply_message() -> str:
    """After a reply that ended at the model's limit on output."""
    return _text("cut_reply")


_CONTEXT_ROOT = (
    "what the question is about: a `str` for one document, a `dict` name -> text for several, or a `list`; "
    "`context_0` keeps the original"
)
_CONTEXT_SUB = "the prompt that you were given, a `str`: your task and the text it is about; `context_0` keeps it"


def _python_text(repl_mode: str, libraries: Sequence[str]) -> str:
    """What Python the cells are written in."""
    if repl_mode == "strict":
        return _text("python.strict")
    names = ", ".join(libraries)
    return _text("python", libraries=f", and so may {names}" if names else "")


def _sub_call_rows(mode: str) -> tuple[str, ...]:
    rows = (
        "| `llm_query(prompt, model=None) -> str` | asks a model, one sub-call |",
        "| `llm_query_batch(prompts, model=None, max_concurrent=None) -> list[str]` "
        "| many sub-calls in parallel; results in the order of the prompts |",
    )
    if mode == "explicit":
        rows += (
            "| `rlm_query`, `rlm_query_batch` | the same, but each sub-call is an RLM with a REPL of its own |",
        )
    elif mode == "recursive":
        rows += ("| `rlm_query`, `rlm_query_batch` | the same, saying clearly that recursion is meant |",)
    return rows


@cache
def _raw(name: str) -> str:
    return resource(f"prompts/{name}.md").read_text(encoding="utf-8").strip()


def _text(name: str, **values: str) -> str:
    """A text of `resources/prompts` with its placeholders filled; what is filled in is not looked at again."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), _raw(name))


def _in_row(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _cut_marker(count: int) -> str:
    return f"\n... [{count:,} characters cut] ...\n"


def _iteration_line(iteration: int, of: int) -> str:
    if iteration < of:
        return f"Iteration {iteration} of {of}."
    if iteration > of:
        return f"All {of} iterations are used."
    return f"Iteration {iteration} of {of}: the last one. Finish now with FINAL or FINAL_VAR."


def _describe(context: ContextSummary) -> str:
    what = f"`context` is a `{context.type}` of {context.characters:,} characters"
    if context.type != "str":
        noun = "document" if context.documents else "item"
        what += f" in {context.items:,} {noun}{'s' if context.items != 1 else ''}"
    lines = [what + "."]
    if context.documents:
        lines += ["", *(_document_line(document) for document in context.documents[:_MAX_LISTED_DOCUMENTS])]
        more = len(context.documents) - _MAX_LISTED_DOCUMENTS
        if more > 0:
            lines.append(f"- and {more:,} more: see `documents`")
    if context.preview:
        whole = context.type == "str" and len(context.preview) >= context.characters
        lines += ["", "All of it:" if whole else "It begins:", "", _quoted(context.preview)]
    if context.tail:
        lines += ["", "It ends:", "", _quoted(context.tail)]
    return "\n".join(lines)


def _document_line(document: DocumentSummary) -> str:
    pages = f", {document.pages:,} pages" if document.pages else ""
    name = json.dumps(document.name, ensure_ascii=False)
    return f"- {name} ({document.kind}, {document.characters:,} characters{pages})"


def _quoted(text: str) -> str:
    """Each line set off, so that no line of a document can pass for a heading of ours."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _earlier(history: Sequence[tuple[str, str]]) -> str:
    left_out = len(history) - _MAX_HISTORY
    lines = [f"({left_out} earlier ones: see `history`)"] if left_out > 0 else []
    for question, answer in history[-_MAX_HISTORY:]:
        lines += ["Question:", _quoted(question), "Answer:", _quoted(truncate(answer, _MAX_HISTORY_ANSWER))]
    return "\n".join(lines)


def _cell_text(cell: CellShown, number: int, of: int, limit: int) -> str:
    lines = ["REPL output:" if of == 1 else f"REPL output (cell {number} of {of}):"]
    is_stdout_longer = len(cell.stdout) >= len(cell.stderr)
    if cell.stdout.strip():
        lines.append(truncate(cell.stdout.rstrip(), limit, cell.uncounted if is_stdout_longer else 0))
    if cell.stderr.strip():
        uncounted = 0 if is_stdout_longer else cell.uncounted
        lines += ["stderr:", truncate(cell.stderr.rstrip(), limit // 4, uncounted)]
    if cell.error.strip():
        lines += [f"The cell ended with an error ({cell.status}):", truncate(cell.error.rstrip(), limit // 4)]
    elif cell.status != "ok":
        lines.append(f"The cell did not end by itself: {cell.status}.")
    if len(lines) == 1:
        lines.append("(no output: print what you want to see)")
    return "\n".join(lines)
