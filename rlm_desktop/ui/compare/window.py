"""The window that shows two runs side by side."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, Node
from rlm_desktop.history.comparing import (
    Pair,
    choices,
    code_of,
    figures,
    output_of,
    result_of,
    spreads,
    text_diff,
)
from rlm_desktop.ui.compare.pairs_model import Column, Compared, PairsModel, signed, signed_cost
from rlm_desktop.ui.compare.panes import ChoicesPane, DiffPane, SpreadPane
from rlm_desktop.ui.copying import copy_words, let_copy_rows, row_lines, rows_text
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.figures import (
    clock,
    counted,
    local_time,
    model_words,
    money,
    one_line,
    short_count,
    status_words,
)
from rlm_desktop.ui.labels import ElidedLabel
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.theme import colours_of, scaled, size_rows
from rlm_desktop.ui.window_style import muted

_WIDTHS = {
    Column.LEFT_TIME: 76,
    Column.RIGHT_TIME: 76,
    Column.TIME: 84,
    Column.TOKENS: 84,
    Column.COST: 76,
    Column.DIFFERS: 120,
}
_LEAVE_FIRST = (Column.COST, Column.TOKENS, Column.RIGHT_TIME, Column.LEFT_TIME)
"""What gives way to the names where the window is narrow, in this order."""
_LEAST_NAME = 180


class PairsView(QTableView):
    """The pairs. Enter opens the row of A, Shift+Enter that of B.

    Signals:
        opened: A pair's row shall be opened in its run: the pair, and whether that of B.
    """

    opened = Signal(object, bool)

    def __init__(self, model: PairsModel) -> None:
        super().__init__()
        self.setObjectName("comparedPairs")
        self.setAccessibleName(self.tr("Rows of both runs"))
        self.setModel(model)
        self._model = model
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        size_rows(self)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(56)
        for column in (Column.LEFT, Column.RIGHT):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda index: self._open(index.row(), index.column() >= Column.RIGHT))
        self.customContextMenuRequested.connect(self._show_menu)
        let_copy_rows(self, lambda: row_lines(self), has_menu=True)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            size_rows(self)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave columns out until the names have room."""
        header = self.horizontalHeader()
        needed = {
            column: max(scaled(self, width), header.sectionSizeHint(column)) for column, width in _WIDTHS.items()
        }
        spare = self.viewport().width() - 2 * scaled(self, _LEAST_NAME) - sum(needed.values())
        for column, width in needed.items():
            self.setColumnWidth(column, width)
        for column in _LEAVE_FIRST:
            self.setColumnHidden(column, spare < 0)
            spare += needed[column] if spare < 0 else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._open(self.currentIndex().row(), is_shifted)
            return
        super().keyPressEvent(event)

    def _open(self, row: int, is_right: bool) -> None:
        self.opened.emit(self._model.pair(row), is_right)

    def _show_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if not index.isValid():
            return
        pair = self._model.pair(index.row())
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open in A"), lambda: self.opened.emit(pair, False)).setEnabled(
            pair.left is not None
        )
        menu.addAction(self.tr("Open in B"), lambda: self.opened.emit(pair, True)).setEnabled(
            pair.right is not None
        )
        menu.addAction(copy_words(), lambda: QGuiApplication.clipboard().setText(rows_text(self)))
        menu.popup(self.viewport().mapToGlobal(place))


class CompareWindow(QDialog):
    """Two runs, their aligned rows, and what is different in the selected ones.

    Signals:
        row_requested: A row shall be shown in the main window: the `Node`, and whether it is of B.
    """

    row_requested = Signal(object, bool)

    def __init__(self, compared: Compared, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setWindowTitle(self.tr("Compare two runs"))
        self._compared = compared
        self._tasks = tasks
        self._diffing: asyncio.Task[None] | None = None
        self.model = PairsModel(compared, self)
        self.view = PairsView(self.model)
        self.view.opened.connect(self._open)
        self.alike = QLabel(self.tr("No row of the two runs differs."))
        self.alike.setWordWrap(True)
        self.alike.setAlignment(Qt.AlignmentFlag.AlignCenter)
        muted(self.alike)
        self.alike.hide()
        QVBoxLayout(self.view.viewport()).addWidget(self.alike)
        self.only = QCheckBox(self.tr("Only what differs"))
        self.only.toggled.connect(self._hide_alike)
        self.code = DiffPane(self.tr("Difference of the code"))
        self.output = DiffPane(self.tr("Difference of the output"))
        self.answer = DiffPane(self.tr("Difference of the answer"), wraps=True)
        self.spread = SpreadPane()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for pane, name in (
            (self.code, self.tr("Code")),
            (self.output, self.tr("Output")),
            (self.answer, self.tr("Answer")),
            (ChoicesPane(choices(compared.left, compared.right)), self.tr("Settings")),
            (self.spread, self.tr("Batch")),
        ):
            self.tabs.addTab(pane, name)
        self._build()
        self.view.selectionModel().currentRowChanged.connect(self._show_pair)
        self._colour()
        if compared.pairs:
            self.tabs.setCurrentWidget(self.answer)
            self._select(0)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for name, state in (("A", self._compared.left), ("B", self._compared.right)):
            line = ElidedLabel()
            line.set_full_text(f"{name}  {self._summary(state)}")
            line.setAccessibleName(line.full_text)
            layout.addWidget(line)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.view)
        splitter.addWidget(self.tabs)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        layout.addWidget(splitter, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        total = QLabel(self._total())
        total.setObjectName("compareTotal")
        total.setToolTip(self.tr("How B differs from A as a whole"))
        buttons.addWidget(total)
        buttons.addStretch(1)
        buttons.addWidget(self.only)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        layout.addLayout(buttons)
        furnish(self, 1100, 720)
        self.view.setFocus()

    def _summary(self, state: RunState) -> str:
        started, totals = state.started, state.totals
        moment = local_time(started.started_at) if started is not None else None
        model = model_words(started.root_model) if started is not None else ""
        parts = [f"{moment:%H:%M}" if moment is not None else "", model]
        parts += [status_words(state.status), clock(state.finished or state.now), counted(totals.calls, "call")]
        parts.append(
            self.tr("{tokens} tokens").format(tokens=short_count(totals.input_tokens + totals.output_tokens))
        )
        if totals.cost_usd:
            parts.append(money(totals.cost_usd))
        parts.append(one_line(started.question, 160) if started is not None else "")
        return " · ".join(part for part in parts if part)

    def _total(self) -> str:
        left, right = self._compared.left, self._compared.right
        if left.root is None or right.root is None:
            return ""
        one, two = figures(left.root, left.now), figures(right.root, right.now)
        parts = [
            signed(two.duration - one.duration, 1, " s"),
            self.tr("{count} calls").format(count=signed(two.calls - one.calls)) if two.calls != one.calls else "",
            signed_cost(one.cost_usd, two.cost_usd).replace("?", ""),
        ]
        return self.tr("B against A: {parts}").format(
            parts=", ".join(part for part in parts if part) or self.tr("alike")
        )

    def _select(self, row: int) -> None:
        index = self.model.index(row, 0)
        self.view.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        )

    def _hide_alike(self, is_on: bool) -> None:
        """Show only the pairs that differ; the selected one stays selected where it is shown."""
        index = self.view.currentIndex()
        pair = self.model.pair(index.row()) if index.isValid() else None
        self.model.show_only_differing(is_on)
        self.alike.setVisible(not self.model.rowCount())
        if self.model.rowCount():
            self._select(max(0, self.model.row_of(pair)) if pair is not None else 0)

    def _show_pair(self) -> None:
        """Show what differs in the selected pair; the texts are compared in a thread."""
        index = self.view.currentIndex()
        if not index.isValid():
            return
        pair = self.model.pair(index.row())
        is_batch = isinstance(pair.left or pair.right, BatchNode)
        if is_batch:
            self.tabs.setCurrentWidget(self.spread)
        elif self.tabs.currentWidget() is self.spread:
            self.tabs.setCurrentWidget(self.code)
        if self._diffing is not None:
            self._diffing.cancel()
        self._diffing = self._tasks.spawn(self._diff(pair), name="compare texts")

    async def _diff(self, pair: Pair) -> None:
        self.spread.show_spreads(*await asyncio.to_thread(spreads, pair.left, pair.right))
        for pane, text_of in ((self.code, code_of), (self.output, output_of), (self.answer, result_of)):
            lines, has_text = await asyncio.to_thread(_compared, text_of(pair.left), text_of(pair.right))
            same, none = self.tr("The same in both runs."), self.tr("There is none in this row.")
            pane.show_diff(lines, same if has_text else none)

    def _open(self, pair: Pair, is_right: bool) -> None:
        node: Node | None = pair.right if is_right else pair.left
        if node is not None:
            self.row_requested.emit(node, is_right)

    def _colour(self) -> None:
        self.model.set_colours(colours_of(self))

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "model"):
            self._colour()

    def done(self, result: int) -> None:  # noqa: D102
        if self._diffing is not None:
            self._diffing.cancel()
        super().done(result)


def _compared(one: str, two: str) -> tuple[list[str], bool]:
    """The lines that differ, and whether there is any text."""
    return text_diff(one, two), bool(one or two)
