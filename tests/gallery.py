"""Draws the parts of the window in every state, light and dark: `python -m tests.gallery FOLDER [NAME]...`."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from rlm_desktop.documents import Found, LeftOut, PasswordNeeded, from_text
from rlm_desktop.documents.draft import headings_of
from rlm_desktop.engine.events import CellProposed, EndState
from rlm_desktop.engine.tree import BatchNode, CallNode, IterationNode, Node
from rlm_desktop.errors import DocumentError
from rlm_desktop.ui.calls.call_filter import CallFilter
from rlm_desktop.ui.calls.call_text import is_failure
from rlm_desktop.ui.calls.call_tree import CallTreeView
from rlm_desktop.ui.charts.charts_view import ChartsView
from rlm_desktop.ui.documents.dialogs import LeftOutDialog, OcrDialog, PasswordDialog
from rlm_desktop.ui.documents.items import DocumentItem
from rlm_desktop.ui.documents.panel import DocumentsPanel
from rlm_desktop.ui.documents.preview import PreviewWindow
from rlm_desktop.ui.inspector.inspector import Inspector
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.theme import STYLE, Mode, Theme
from tests import traces
from tests.traces import Shape

LIVE = Shape(calls=300, depth=2, batch=40, concurrency=16, cut=2200, errors=0.08, seed=4)
DONE = Shape(calls=120, depth=1, batch=40, iterations=5, errors=0.08, seed=5)
DEEP = Shape(calls=160, depth=4, batch=4, iterations=4, errors=0.1, cell_errors=0.3, seed=2)
LIMIT = Shape(calls=40, batch=12, end=EndState.BUDGET_EXCEEDED, knows_cost=True)
UNPRICED = Shape(calls=30, batch=10, knows_cost=False)


def _tree(shape: Shape | None, size: tuple[int, int], *, select: int | None = None) -> QWidget:
    view = CallTreeView()
    view.resize(*size)
    view.set_state(traces.state(shape) if shape else None)
    if select is not None:
        view.select_node(view.state.nodes[select])
    return view


def _filtered() -> QWidget:
    view = _tree(DONE, (1000, 420))
    assert isinstance(view, CallTreeView)
    view.bar._set(CallFilter(text="429", statuses=frozenset({"failed"}), slower=1.0))
    return view


def _focused() -> QWidget:
    view = _tree(DEEP, (1000, 420))
    assert isinstance(view, CallTreeView)
    view.set_focus_node(next(node for node in view.state.nodes if isinstance(node, BatchNode)).children[1])
    return view


def _icicle(weight: str, shape: Shape = DEEP) -> QWidget:
    view = _tree(shape, (1000, 480))
    assert isinstance(view, CallTreeView)
    view.show()
    view.select_node(next(node for node in view.state.nodes if isinstance(node, BatchNode)))
    view.icicle.weight.setCurrentIndex(view.icicle.weight.findData(weight))
    view.show_page(1)
    return view


def _sorted() -> QWidget:
    view = _tree(DONE, (1200, 560))
    assert isinstance(view, CallTreeView)
    for action in view.columns.actions()[-3:]:
        action.setChecked(True)
    view.sort("cost")
    return view


def _charts(size: tuple[int, int]) -> QWidget:
    view = ChartsView()
    view.resize(*size)
    view.set_state(traces.state(DEEP))
    view.draw_now()
    return view


def _step() -> QWidget:
    state = traces.state(Shape(calls=5, cut=6))
    inspector = Inspector()
    inspector.resize(440, 480)
    code = "parts = context.split()\nanswers = llm_query_batch(parts)\nprint(len(answers))"
    state.apply(CellProposed(call=0, iteration=1, cell=0, code=code))
    inspector.show_node(state, state.nodes[-1])
    return inspector


def _inspector(shape: Shape, choose: Callable[[Node], bool], tab: str, size: tuple[int, int]) -> QWidget:
    state = traces.state(shape)
    inspector = Inspector()
    inspector.resize(*size)
    inspector.show_node(state, next(node for node in state.nodes if choose(node)))
    for number in range(inspector.tabs.count()):
        if inspector.tabs.tabText(number) == tab:
            inspector.tabs.setCurrentIndex(number)
    return inspector


def _both(shape: Shape) -> QWidget:
    state = traces.state(shape)
    splitter = QSplitter()
    tree, inspector = CallTreeView(), Inspector()
    splitter.addWidget(tree)
    splitter.addWidget(inspector)
    splitter.resize(1440, 800)
    splitter.setSizes([940, 500])
    tree.set_state(state)
    tree.node_selected.connect(lambda node: inspector.show_node(state, node))
    tree.select_node(next(node for node in state.nodes if _has_batch(node)))
    return splitter


def _documents(*, is_list: bool, size: tuple[int, int], more: int = 0, busy: str = "") -> QWidget:
    refused = DocumentItem.of_file(Found("/x/broken.pdf", "broken.pdf", 2_345_678))
    refused.refuse(DocumentError("", "it is damaged: the end of the file is missing."), is_locked=False)
    locked = DocumentItem.of_file(Found("/x/contract.docx", "contracts/contract.docx", 123_456))
    locked.refuse(PasswordNeeded("", "it is encrypted: it needs a password."), is_locked=True)
    left_out = DocumentItem.of_document(from_text("notes.md", "x" * 20_000, "markdown"))
    left_out.is_included = False
    items = [DocumentItem.of_document(from_text("report.txt", TEXT)), refused, locked, left_out]
    items += [DocumentItem.of_document(from_text(f"src/{n}.py", "y" * n * 100, "code")) for n in range(1, more)]
    items.append(DocumentItem.of_file(Found("/x/numbers.csv", "numbers.csv", 999)))
    panel = DocumentsPanel()
    panel.add(items)
    panel.show_left_out(12)
    panel.resize(*size)
    panel.show_list(is_list)
    if busy:
        panel.show_progress(busy, 0.3)
    return panel


def _preview(size: tuple[int, int]) -> QWidget:
    window = PreviewWindow(Tasks(print))
    document = dataclasses.replace(from_text("report.md", TEXT, "markdown"), pages=(0, 900, 2400))
    window.show_document(dataclasses.replace(document, outline=tuple(headings_of(TEXT))))
    window.resize(*size)
    return window


def _has_batch(node: Node) -> bool:
    return isinstance(node, IterationNode) and any(isinstance(child, BatchNode) for child in node.children)


def _is_broken(node: Node) -> bool:
    return isinstance(node, IterationNode) and is_failure(node)


def _is_llm(node: Node) -> bool:
    return isinstance(node, CallNode) and node.kind == "llm" and node.exchange is not None


def _is_failed_call(node: Node) -> bool:
    return isinstance(node, CallNode) and is_failure(node)


def _is_retried(node: Node) -> bool:
    return _is_llm(node) and bool(node.exchange.attempts)  # type: ignore[attr-defined]


TEXT = "# Report\n\n" + "\n".join(f"## Part {n}\n\n" + "Europe grew by some words. " * 9 for n in range(1, 9))
NARROW, WIDE = (440, 640), (1000, 560)
SCENES: dict[str, Callable[[], QWidget]] = {
    "tree_empty": lambda: _tree(None, (900, 420)),
    "tree_live": lambda: _tree(LIVE, (1100, 560)),
    "tree_done": lambda: _tree(DONE, (1100, 640), select=4),
    "tree_deep": lambda: _tree(DEEP, (1100, 700)),
    "tree_limit": lambda: _tree(LIMIT, (1000, 420)),
    "tree_unpriced": lambda: _tree(UNPRICED, (1000, 420)),
    "tree_filtered": _filtered,
    "tree_focused": _focused,
    "icicle_time": lambda: _icicle("time"),
    "icicle_cost": lambda: _icicle("cost", DONE),
    "tree_sorted": _sorted,
    "charts": lambda: _charts((1000, 900)),
    "charts_small": lambda: _charts((480, 700)),
    "tree_small": lambda: _tree(DONE, (560, 400), select=2),
    "cells": lambda: _inspector(DONE, _has_batch, "Code and output", NARROW),
    "cells_wide": lambda: _inspector(DONE, _has_batch, "Code and output", WIDE),
    "cells_error": lambda: _inspector(DEEP, _is_broken, "Code and output", NARROW),
    "step": _step,
    "response": lambda: _inspector(DONE, _has_batch, "Response", NARROW),
    "prompt": lambda: _inspector(DONE, _has_batch, "Prompt", NARROW),
    "variables": lambda: _inspector(DONE, _has_batch, "Variables", NARROW),
    "details": lambda: _inspector(DONE, _is_retried, "Details", NARROW),
    "failed_call": lambda: _inspector(DONE, _is_failed_call, "Response", NARROW),
    "batch": lambda: _inspector(DONE, lambda node: isinstance(node, BatchNode), "Calls", (520, 560)),
    "run_details": lambda: _inspector(DONE, lambda node: node.parent is None, "Details", (440, 900)),
    "answer": lambda: _inspector(DONE, lambda node: node.parent is None, "Final answer", NARROW),
    "documents": lambda: _documents(is_list=False, size=(700, 140)),
    "documents_many": lambda: _documents(is_list=False, size=(700, 140), more=60),
    "documents_list": lambda: _documents(is_list=True, size=(900, 330), more=60),
    "documents_list_small": lambda: _documents(is_list=True, size=(540, 300), busy="Reading 3 of 12: report.pdf"),
    "documents_text": lambda: _preview((900, 600)),
    "documents_text_small": lambda: _preview((560, 400)),
    "documents_password": lambda: PasswordDialog("contract.docx", was_wrong=True),
    "documents_ocr": lambda: OcrDialog(["scan.pdf"], ["deu", "eng"]),
    "documents_left_out": lambda: LeftOutDialog([LeftOut("src/.git", "hidden"), LeftOut("a.png", "holds no text")]),
    "no_row": Inspector,
    "both": lambda: _both(DONE),
}


def draw(folder: Path, names: list[str], modes: tuple[Mode, ...] = ("light", "dark")) -> list[Path]:
    """Draw the scenes; returns the files."""
    app = QApplication.instance() or QApplication([*sys.argv[:1], *STYLE])
    assert isinstance(app, QApplication)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    theme = Theme(app)
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for mode in modes:
        theme.set_mode(mode)
        for name in names or SCENES:
            widget = SCENES[name]()
            widget.show()
            file = folder / f"{name}_{mode}.png"
            widget.grab().save(str(file))
            files.append(file)
            widget.close()
            widget.deleteLater()
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", choices=[*SCENES, []], metavar="NAME")
    options = parser.parse_args()
    for file in draw(options.folder, options.names):
        print(file)


if __name__ == "__main__":
    main()
