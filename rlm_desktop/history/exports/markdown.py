"""A report in Markdown: question, answer, figures, and every call with its iterations, code and output."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, IterationNode
from rlm_desktop.history.exports.recorded import Recorded, depth_first, figures_of, seconds, title_of, tokens


def write(run: Recorded) -> Iterator[str]:
    """The report."""
    state, started = run.state, run.started
    yield f"# {_line(started.question)[:200] or 'Run'}\n\n"
    yield f"{_quoted(started.question)}\n\n"
    yield "## Answer\n\n"
    yield (
        f"{_tamed(state.answer)}\n\n" if state.answer else f"*No answer: {state.status}.* {_line(state.error)}\n\n"
    )
    yield "## Figures\n\n| | |\n|---|---|\n"
    for name, value in figures_of(run):
        yield f"| {name} | {_cell(value)} |\n"
    if state.notes:
        yield "\n## Notices\n\n"
        for _, note in state.notes:
            yield f"- {_line(note.text)}\n"
    yield "\n## What happened\n"
    if state.root is not None:
        for node in depth_first(state.root):
            heading = "#" * min(6, 3 + node.level)
            yield f"\n{heading} {_line(title_of(node))}\n\n"
            if isinstance(node, CallNode):
                yield from _call(node)
            elif isinstance(node, IterationNode):
                yield from _iteration(node)
            elif isinstance(node, BatchNode):
                yield f"{node.size} calls of {_line(node.function)}, {seconds(node)}.\n"


def _call(call: CallNode) -> Iterator[str]:
    yield f"{call.kind} call, {_line(call.model)}, {call.status}, {seconds(call)}, tokens {tokens(call.subtree)}.\n"
    if call.parent is not None:
        yield f"\nPrompt:\n\n{fenced(call.prompt)}\n"
        yield f"\nResult:\n\n{fenced(call.error or call.result)}\n"


def _iteration(iteration: IterationNode) -> Iterator[str]:
    yield f"{iteration.status}, {seconds(iteration)}.\n"
    if iteration.exchange is not None:
        yield f"\nResponse:\n\n{fenced(iteration.exchange.text)}\n"
    for cell in iteration.cells:
        yield from _cell_report(cell)


def _cell_report(cell: CellState) -> Iterator[str]:
    yield f"\nCell {cell.number} ({cell.status}):\n\n{fenced(cell.code, 'python')}\n"
    for name, text in (("Output", cell.stdout), ("Standard error", cell.stderr), ("Error", cell.error)):
        if text:
            yield f"\n{name}:\n\n{fenced(text)}\n"


def fenced(text: str, language: str = "") -> str:
    """A code block that no text can end before its time."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _tamed(text: str) -> str:
    """Markdown by a model: kept as Markdown, without HTML and script links, every code block closed."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        marks = re.match(r" {0,3}(`{3,}|~{3,})(.*)", line)
        if fence:
            if marks and marks[1].startswith(fence) and not marks[2].strip():
                fence = ""
        elif marks and not (marks[1][0] == "`" and "`" in marks[2]):
            fence = marks[1]
        else:
            line = re.sub(r"(?i)(javascript|vbscript|data|file):", r"\1 :", line.replace("<", "&lt;"))
        lines.append(line)
    return "\n".join([*lines, fence] if fence else lines)


def _line(text: str) -> str:
    """`text` in one line, without anything that Markdown or HTML would act on."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def _cell(text: str) -> str:
    return _line(text)


def _quoted(text: str) -> str:
    return "\n".join(f"> {_line(line)}" for line in text.splitlines())
