"""A Jupyter notebook of the cells of the root call, with their outputs as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rlm_desktop.engine.tree import CellState, IterationNode
from rlm_desktop.history.exports.markdown import fenced
from rlm_desktop.history.exports.recorded import Recorded, json_pieces

_NOTE = """The cells of a run of RLM Desktop as they ran, with their outputs. To run them again, `context`,
`llm_query` and the other names of the REPL must be defined first."""


def write(run: Recorded) -> Iterator[str]:
    """The notebook, format 4.5."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    cells = ({"id": f"cell-{number}", **cell} for number, cell in enumerate(_cells(run)))
    yield from json_pieces({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    yield "\n"


def _cells(run: Recorded) -> Iterator[dict[str, Any]]:
    yield _text(f"{_NOTE}\n\nQuestion:\n\n{fenced(run.started.question)}")
    count = 0
    for iteration in run.state.root.iterations if run.state.root else ():
        yield _text(_heading(iteration))
        for cell in iteration.cells:
            count += 1
            yield _code(cell, count)
    if run.state.answer is not None:
        yield _text(f"Answer:\n\n{fenced(run.state.answer)}")


def _heading(iteration: IterationNode) -> str:
    response = iteration.exchange.text if iteration.exchange else ""
    return f"## Iteration {iteration.number}\n\n{fenced(response)}"


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(cell: CellState, count: int) -> dict[str, Any]:
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": name, "text": text.splitlines(keepends=True)}
        for name, text in (("stdout", cell.stdout), ("stderr", cell.stderr))
        if text
    ]
    if cell.error:
        name, _, value = cell.error.partition(": ")
        traceback = (cell.traceback or cell.error).splitlines()
        outputs.append({"output_type": "error", "ename": name, "evalue": value, "traceback": traceback})
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": count,
        "source": cell.code.splitlines(keepends=True),
        "outputs": outputs,
    }
