"""A report as one HTML file that needs nothing else: no script, no network, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rlm_desktop.engine.tree import BatchNode, CallNode, CellState, IterationNode, Node
from rlm_desktop.history.exports.recorded import Recorded, cost, figures_of, seconds, title_of, tokens

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --bad: #c62828; --good: #2e7d32; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
pre { font: 13px/1.45 ui-monospace, monospace; background: var(--soft); padding: .6rem .8rem; border-radius: 6px;
      white-space: pre-wrap; overflow-wrap: anywhere; max-height: 30rem; overflow: auto; }
table { border-collapse: collapse; }
td, th { text-align: left; padding: .15rem 1rem .15rem 0; vertical-align: top; }
details { border-left: 2px solid var(--line); margin: .3rem 0 .3rem .4rem; padding-left: .8rem; }
summary { cursor: pointer; } .figures { color: #777; } .bad { color: var(--bad); } .good { color: var(--good); }
h4 { margin: .6rem 0 .2rem; font-size: .85rem; color: #777; } .answer { white-space: pre-wrap; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write(run: Recorded) -> Iterator[str]:
    """The page."""
    state, started = run.state, run.started
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(started.question[:100])}</title><style>{_STYLE}</style></head><body>\n"
    yield f"<h1>{escape(started.question)}</h1>\n"
    answer = state.answer if state.answer is not None else f"No answer: {state.status}. {state.error}"
    yield f'<h2>Answer</h2><div class="answer">{escape(answer)}</div>\n'
    yield "<h2>Figures</h2><table>"
    for name, value in figures_of(run):
        yield f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
    yield "</table>\n"
    if state.notes:
        yield "<h2>Notices</h2><ul>"
        yield from (f"<li>{escape(note.text)}</li>" for _, note in state.notes)
        yield "</ul>\n"
    yield "<h2>What happened</h2>\n"
    if state.root is not None:
        yield from _tree(state.root)
    yield "</body></html>\n"


def _tree(root: Node) -> Iterator[str]:
    """The rows, nested; written without recursion, so that no depth is too deep."""
    waiting: list[Node | str] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
            continue
        yield from _row(item)
        waiting.append("</details>\n")
        waiting += reversed(item.children)


def _row(node: Node) -> Iterator[str]:
    is_open = " open" if node.level < 2 else ""
    kind = "bad" if node.has_error else "good"
    status = f'<span class="{kind}">{escape(str(node.status))}</span>'
    yield f"<details{is_open}><summary>{escape(title_of(node))} {status}"
    yield f' <span class="figures">{escape(_short(node))}</span></summary>\n'
    if isinstance(node, CallNode):
        if node.parent is not None:
            yield _block("Prompt", node.prompt) + _block("Result", node.result)
        yield _block("Error", node.error)
    elif isinstance(node, IterationNode):
        if node.exchange is not None:
            yield _block("Reasoning", node.exchange.reasoning) + _block("Response", node.exchange.text)
        for cell in node.cells:
            yield from _cell(cell)


def _short(node: Node) -> str:
    if isinstance(node, CallNode):
        return f"{seconds(node)}, {node.model}, {tokens(node.subtree)}, {cost(node.subtree)}"
    if isinstance(node, BatchNode):
        return f"{seconds(node)}, {node.size} calls of {node.function}"
    return seconds(node)


def _cell(cell: CellState) -> Iterator[str]:
    yield _block(f"Cell {cell.number}, {cell.status}", cell.code)
    yield _block("Output", cell.stdout) + _block("Standard error", cell.stderr)
    yield _block("Error", cell.traceback or cell.error)


def _block(name: str, text: str) -> str:
    return f"<h4>{escape(name)}</h4><pre>{escape(text)}</pre>\n" if text else ""
