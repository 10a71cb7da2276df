"""The inspector's page for the cells of an iteration: their code beside what they printed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.tree import CellState, IterationNode, Node
from rlm_desktop.ui import figures
from rlm_desktop.ui.inspector import inspector_text
from rlm_desktop.ui.inspector.code_view import CodeView
from rlm_desktop.ui.inspector.step_mode import ProposalPane
from rlm_desktop.ui.inspector.text_view import Section, TextPane

SIDE_BY_SIDE_FROM = 720
"""Narrower than this, the output lies below the code."""
LOW, SIDE_BY_SIDE_WHEN_LOW = 200, 480
"""Lower than the first, one below the other would show a line or two of each."""


class CellsPage(QWidget):
    """One cell of an iteration at a time: its code, and what came out of it.

    Signals:
        node_chosen: A mark beside the code was clicked; the batch or call that the line made.
        cell_decided: In step mode, the `CellProposed` and the `CellDecision` about it.
    """

    node_chosen = Signal(object)
    cell_decided = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: IterationNode | None = None
        self._number = 0
        self.cells = QTabBar()
        self.cells.setAccessibleName(self.tr("Cells of the iteration"))
        self.cells.setExpanding(False)
        self.cells.currentChanged.connect(self._on_cell_chosen)
        self.code = CodeView()
        self.code.mark_clicked.connect(self._on_mark_clicked)
        self.caption = QLabel()
        self.caption.setProperty("muted", True)
        self.caption.setContentsMargins(8, 4, 8, 4)
        self.caption.setWordWrap(True)
        self.halves = QSplitter(Qt.Orientation.Vertical, self)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(self.code)
        self._add_results()
        self.halves.setSizes([300, 300])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.proposal = ProposalPane()
        self.proposal.decided.connect(self.cell_decided)
        layout.addWidget(self.cells)
        layout.addWidget(self.proposal, 1)
        layout.addWidget(self.halves, 1)
        self._empty = QLabel()
        self._empty.setProperty("muted", True)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._empty, 1)

    def _add_results(self) -> None:
        whole = QWidget(self.halves)
        self.results = QSplitter(Qt.Orientation.Vertical, whole)
        self.results.setChildrenCollapsible(False)
        name = self.tr("Error of the cell")
        self.traceback = TextPane(name, is_code=True, wraps=False, parent=self.results)
        self.output = TextPane(self.tr("Output of the cell"), is_code=True, parent=self.results)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addWidget(self.results, 1)

    def show_node(self, node: IterationNode) -> None:
        """Show an iteration, or what it has become."""
        if node is not self._node:
            self._node = node
            broken = (cell.number for cell in node.cells if cell.status not in ("ok", "running"))
            last = len(node.cells) - 1 if node.proposed is not None else 0
            self._number = max(0, next(broken, last))
        self._fill_bar(node)
        is_waiting = node.proposed is not None and node.is_running and self._number >= len(node.cells) - 1
        has_cells = bool(node.cells)
        self.proposal.setVisible(is_waiting)
        self.halves.setVisible(has_cells and not is_waiting)
        self._empty.setVisible(not has_cells and not is_waiting)
        self._empty.setText(
            self.tr("The model has not written any code in this iteration yet.")
            if node.is_running
            else self.tr("The model wrote no code in this iteration.")
        )
        if node.proposed is not None:
            self.proposal.show_proposal(node.proposed)
        if has_cells:
            self._show_cell(node, node.cells[min(self._number, len(node.cells) - 1)])

    def _fill_bar(self, node: IterationNode) -> None:
        self.cells.setVisible(len(node.cells) > 1)
        self.cells.blockSignals(True)
        while self.cells.count() > len(node.cells):
            self.cells.removeTab(self.cells.count() - 1)
        while self.cells.count() < len(node.cells):
            self.cells.addTab("")
        for number, cell in enumerate(node.cells):
            status = {"ok": "completed", "running": "running"}.get(cell.status, "failed")
            name = self.tr("Cell {number}").format(number=number + 1)
            self.cells.setTabText(number, f"{name} {figures.glyph(status)}")
        self.cells.setCurrentIndex(self._number)
        self.cells.blockSignals(False)

    def _show_cell(self, node: IterationNode, cell: CellState) -> None:
        found = inspector_text.marks(node, cell.number)
        marks = {line: inspector_text.mark_text(nodes) for line, nodes in found.items()}
        self.code.set_code(cell.code, marks=marks, error_line=cell.line if cell.error else 0)
        self.caption.setText(inspector_text.cell_caption(cell))
        self.caption.setVisible(bool(self.caption.text()))
        self.traceback.set_text(cell.traceback or cell.error)
        self.traceback.setVisible(bool(cell.traceback or cell.error))
        self.output.edit.setPlaceholderText(
            self.tr("Nothing has been printed yet.")
            if cell.status == "running"
            else self.tr("Nothing was printed.")
        )
        if cell.stderr:
            printed = Section(self.tr("Output"), cell.stdout)
            self.output.set_sections([printed, Section(self.tr("Standard error"), cell.stderr)])
        else:
            self.output.set_text(cell.stdout)

    def _on_cell_chosen(self, number: int) -> None:
        self._number = max(0, number)
        if self._node is not None:
            self.show_node(self._node)

    def _on_mark_clicked(self, line: int) -> None:
        if self._node is not None:
            nodes: list[Node] = inspector_text.marks(self._node, self._number).get(line, [])
            if nodes:
                self.node_chosen.emit(nodes[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room."""
        super().resizeEvent(event)
        is_wide = self.width() >= (SIDE_BY_SIDE_WHEN_LOW if self.height() < LOW else SIDE_BY_SIDE_FROM)
        self.halves.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)
