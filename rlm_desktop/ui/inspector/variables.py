"""The inspector's page for variables: what the model's code has made, and the value of one of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.events import Variable
from rlm_desktop.engine.tree import IterationNode
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.copying import let_copy_rows, row_lines
from rlm_desktop.ui.inspector.text_view import TextPane


class VariablesPage(QWidget):
    """The model's variables after the last cell of an iteration.

    The trace keeps the beginning of each value. The whole of one is fetched from the REPL on a click or Enter,
    while the call is going on: it is the value of that moment, which the page says.

    Signals:
        value_requested: The number of the call, the name of the variable.
    """

    value_requested = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: IterationNode | None = None
        self._shown: tuple[Variable, ...] | None = None
        self._is_live = False
        self._wanted: tuple[int, str] | None = None
        headings = [self.tr("Name"), self.tr("Type"), self.tr("Size"), self.tr("Value")]
        self.table = QTableWidget(0, len(headings))
        self.table.setHorizontalHeaderLabels(headings)
        self.table.setAccessibleName(self.tr("Variables after the iteration"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        theme.size_rows(self.table)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.resizeSection(2, 76)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        role = Qt.ItemDataRole.TextAlignmentRole
        self.table.model().setHeaderData(2, Qt.Orientation.Horizontal, right, role)
        header.setStretchLastSection(True)
        self.preview = TextPane(
            self.tr("Value of the variable"), is_code=True, hint=self.tr("Choose a variable to see its value.")
        )
        self.about = QLabel()
        self.about.setProperty("muted", True)
        self.about.setWordWrap(True)
        self.about.setContentsMargins(8, 4, 8, 4)
        self.about.hide()
        value = QWidget()
        below = QVBoxLayout(value)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.about)
        below.addWidget(self.preview, 1)
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setWordWrap(True)
        self._note.setContentsMargins(8, 4, 8, 4)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(value)
        halves.setSizes([400, 160])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._note)
        layout.addWidget(halves, 1)
        let_copy_rows(self.table, lambda: row_lines(self.table))
        self.table.currentCellChanged.connect(self._on_chosen)
        self.table.cellClicked.connect(self._on_wanted)
        self.table.cellActivated.connect(self._on_wanted)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            theme.size_rows(self.table)

    def set_live(self, is_live: bool) -> None:
        """Whether values can be fetched from the run."""
        self._is_live = is_live

    def show_node(self, node: IterationNode) -> None:
        """Show the variables of an iteration."""
        if node is not self._node:
            self._wanted = self._shown = None  # a value that was fetched is that of the other's REPL
        self._node = node
        finished = [cell for cell in node.cells if cell.finished is not None]
        variables = finished[-1].variables if finished else ()
        if variables is self._shown:
            return
        self._shown = variables
        changed = sum(variable.changed for variable in variables)
        text = self.tr("No variables are known: no cell of this iteration has ended yet.")
        if variables:
            text = self.tr("{variables}, {changed} changed in this iteration (marked ●)").format(
                variables=figures.counted(len(variables), "variable"), changed=figures.number(changed)
            )
        if finished and (more := finished[-1].more_variables):
            text = f"{text}. " + self.tr("%n more not listed.", None, more)
        self._note.setText(text)
        self.table.setRowCount(len(variables))
        for row, variable in enumerate(variables):
            self._fill_row(row, variable)
        if self._wanted is None:  # else its value is on its way
            self.preview.set_text("")
            self._tell("")
            self._on_chosen(self.table.currentRow())

    def _fill_row(self, row: int, variable: Variable) -> None:
        size = figures.number(variable.size) if variable.size is not None else call_text.UNKNOWN
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
        """Show what was recorded."""
        self._wanted = None
        if self._shown and 0 <= row < len(self._shown):
            self.preview.set_text(self._shown[row].preview)
            self._tell(
                self.tr("As it was recorded. Click or press Enter for the whole value.") if self._is_live else ""
            )

    def _on_wanted(self, row: int) -> None:
        """Ask for the whole value."""
        if self._node is None or not self._shown or not 0 <= row < len(self._shown):
            return
        call, name = self._node.call.number, self._shown[row].name
        if (call, name) == self._wanted and self._is_live:
            return
        self._wanted = call, name
        if self._is_live and self._node.call.is_running:
            self._tell(self.tr("The value is fetched; while a cell runs, that waits for its end."))
            self.value_requested.emit(call, name)
        else:
            self.show_gone(call, name)

    def show_value(self, call: int, name: str, value: str, *, is_cut: bool) -> None:
        """Show a value that was asked for.

        Args:
            call: The call that it was asked of.
            name: Of the variable.
            value: As text.
            is_cut: Whether this is only its beginning.
        """
        if self._wanted != (call, name):
            return  # another one has been chosen since
        self._wanted = None
        self.preview.set_text(value)
        parts = [self._moment()]
        if is_cut:
            count = figures.number(len(value))
            parts.append(self.tr("Only the first {count} characters are shown.").format(count=count))
        self._tell(" ".join(parts))

    def _moment(self) -> str:
        node = self._node
        newest = node.call.iterations[-1] if node is not None and node.call.iterations else None
        if newest is None or newest is node:
            return self.tr("The value as it is now.")
        text = self.tr("The value as it is now, in iteration {number}; this row shows an earlier one.")
        return text.format(number=newest.number)

    def show_gone(self, call: int, name: str) -> None:
        """Say that a value that was asked for is not there any more."""
        if self._wanted == (call, name):
            self._wanted = None
            self._tell(self.tr("The value is no longer there: its REPL has ended. Its beginning was recorded."))

    def _tell(self, text: str) -> None:
        self.about.setText(text)
        self.about.setVisible(bool(text))
