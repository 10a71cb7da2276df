"""The inspector's pages for an iteration: code beside output, and the variables."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSplitter,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.events import Variable
from rlm_desktop.engine.tree import CellState, IterationNode, Node
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.inspector import parts as inspector_text
from rlm_desktop.ui.inspector.code_view import CodeView
from rlm_desktop.ui.inspector.step_mode import ProposalPane
from rlm_desktop.ui.inspector.text_view import Section, TextPane

SIDE_BY_SIDE_FROM = 720
"""Narrower than this, the output lies below the code."""


class CellsPage(QWidget):
    """One cell of an iteration at a time: its code, and what came out of it.

    Signals:
        node_chosen: A mark beside the code was clicked; the batch or call that the line made.
        cell_decided: In step mode, the `CellProposed` and the `CellDecision` about it.
    """

    node_chosen = Signal(object)
    cell_decided = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._node: IterationNode | None = None
        self._number = 0
        self.cells = QTabBar()
        self.cells.setAccessibleName("Cells of the iteration")
        self.cells.setExpanding(False)
        self.cells.currentChanged.connect(self._on_cell_chosen)
        self.code = CodeView()
        self.code.mark_clicked.connect(self._on_mark_clicked)
        self.output = TextPane("Output of the cell", is_code=True, hint="Nothing was printed.")
        self.traceback = TextPane("Error of the cell", is_code=True, wraps=False)
        self.caption = QLabel()
        self.caption.setProperty("muted", True)
        self.caption.setContentsMargins(8, 4, 8, 4)
        self.caption.setWordWrap(True)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(self.code)
        self.halves.addWidget(self._results())
        self.halves.setSizes([300, 300])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.proposal = ProposalPane()
        self.proposal.decided.connect(self.cell_decided)
        layout.addWidget(self.cells)
        layout.addWidget(self.proposal, 1)
        layout.addWidget(self.halves, 1)
        self._empty = QLabel("The model has not written any code in this iteration yet.")
        self._empty.setProperty("muted", True)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._empty, 1)

    def _results(self) -> QWidget:
        self.results = QSplitter(Qt.Orientation.Vertical)
        self.results.setChildrenCollapsible(False)
        self.results.addWidget(self.traceback)
        self.results.addWidget(self.output)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addWidget(self.results, 1)
        return whole

    def show_node(self, node: IterationNode) -> None:
        """Show an iteration, or what it has become."""
        if node is not self._node:
            self._node = node
            broken = (cell.number for cell in node.cells if cell.status not in ("ok", "running"))
            last = len(node.cells) - 1 if node.proposed is not None else 0
            self._number = max(0, next(broken, last))
        self._fill_bar(node)
        is_waiting = node.proposed is not None and self._number >= len(node.cells) - 1
        has_cells = bool(node.cells)
        self.proposal.setVisible(is_waiting)
        self.halves.setVisible(has_cells and not is_waiting)
        self._empty.setVisible(not has_cells and not is_waiting)
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
            self.cells.setTabText(number, f"Cell {number + 1} {figures.glyph(status)}")
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
        if cell.stderr:
            self.output.set_sections([Section("Output", cell.stdout), Section("Standard error", cell.stderr)])
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
        is_wide = self.width() >= SIDE_BY_SIDE_FROM
        self.halves.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)


class VariablesPage(QWidget):
    """The model's variables after the last cell of an iteration."""

    _HEADINGS = ("Name", "Type", "Size", "Value")

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Variable, ...] | None = None
        self.table = QTableWidget(0, len(self._HEADINGS))
        self.table.setHorizontalHeaderLabels(self._HEADINGS)
        self.table.setAccessibleName("Variables after the iteration")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.resizeSection(2, 76)
        header.setStretchLastSection(True)
        self.preview = TextPane("Value of the variable", is_code=True, hint="Choose a variable to see its value.")
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setContentsMargins(8, 4, 8, 4)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(self.preview)
        halves.setSizes([400, 120])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._note)
        layout.addWidget(halves, 1)
        self.table.currentCellChanged.connect(self._on_chosen)

    def show_node(self, node: IterationNode) -> None:
        """Show the variables of an iteration."""
        finished = [cell for cell in node.cells if cell.finished is not None]
        variables = finished[-1].variables if finished else ()
        if variables is self._shown:
            return
        self._shown = variables
        changed = sum(variable.changed for variable in variables)
        self._note.setText(
            f"{figures.counted(len(variables), 'variable')}, {changed:,} changed in this iteration (marked ●)"
            if variables
            else "No variables are known: no cell of this iteration has ended yet."
        )
        self.table.setRowCount(len(variables))
        for row, variable in enumerate(variables):
            self._fill_row(row, variable)
        self.preview.set_text("")

    def _fill_row(self, row: int, variable: Variable) -> None:
        size = f"{variable.size:,}" if variable.size is not None else call_text.UNKNOWN
        name = f"● {variable.name}" if variable.changed else f"   {variable.name}"
        texts = (name, variable.type, size, figures.one_line(variable.preview))
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column == 0:
                state = "changed" if variable.changed else "unchanged"
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{variable.name}, {state}")
            if column == 2:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column in (0, 3):
                item.setFont(theme.code_font(self))
            self.table.setItem(row, column, item)

    def _on_chosen(self, row: int) -> None:
        if self._shown and 0 <= row < len(self._shown):
            self.preview.set_text(self._shown[row].preview)
