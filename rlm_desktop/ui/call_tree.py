"""The call tree: the live view of a run, one row per call, iteration and batch."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Node
from rlm_desktop.ui import call_text, theme
from rlm_desktop.ui.call_model import HEADINGS, HIDDEN_AT_FIRST, RIGHT_ALIGNED, CallModel, Clock, Column
from rlm_desktop.ui.call_painter import INDENT, CallPainter, Section, ticks

_WIDTHS = {
    Column.CALL: 320,
    Column.STATUS: 140,
    Column.DURATION: 76,
    Column.TOKENS: 128,
    Column.COST: 88,
    Column.TIMELINE: 240,
    Column.MODEL: 120,
    Column.STARTED: 72,
    Column.DEPTH: 60,
    Column.OWN: 84,
    Column.FUNCTION: 140,
}
_NEAR_THE_END = 30
EMPTY = "Ask a question to see the run here: every call, iteration and batch, as it happens."


class _Header(QHeaderView):
    """The headings; that of the timeline is its scale."""

    def __init__(self, model: CallModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._calls = model
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setMinimumSectionSize(48)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Headings in the muted colour, over a thin line."""
        colours = theme.colours_of(self)
        painter.save()
        painter.fillRect(rect, colours.panel)
        painter.setPen(colours.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(colours.muted)
        inner = rect.adjusted(8, 0, -8, 0)
        if logicalIndex == Column.TIMELINE:
            self._paint_scale(painter, QRectF(inner))
        else:
            side = Qt.AlignmentFlag.AlignRight if logicalIndex in RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
            text = self.fontMetrics().elidedText(
                HEADINGS[Column(logicalIndex)][0], Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _paint_scale(self, painter: QPainter, rect: QRectF) -> None:
        if not self._calls.rows.visible:
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, HEADINGS[Column.TIMELINE][0])
            return
        start, end = self._calls.time_span()
        free = rect.left() - 1.0
        metrics = self.fontMetrics()
        for tick in [0.0, *ticks(end - start)]:
            text = _tick_text(tick)
            width = metrics.horizontalAdvance(text)
            x = rect.left() + tick / (end - start) * rect.width() - (width / 2 if tick else 0)
            if x > free and x + width <= rect.right() + 6:
                painter.drawText(
                    QRectF(x, rect.top(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, text
                )
                free = x + width + 8


def _tick_text(moment: float) -> str:
    if moment >= 60:
        minutes, rest = divmod(round(moment), 60)
        return f"{minutes}:{rest:02}"
    return f"{moment:g} s"


class CallTable(QTableView):
    """The table itself: keyboard, triangles, hover.

    Signals:
        user_scrolled: The person moved the view or the selection.
    """

    user_scrolled = Signal()

    def __init__(self, model: CallModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._calls = model
        self.setModel(model)
        self.rows_painter = CallPainter(model, self)
        self.setHorizontalHeader(_Header(model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setAccessibleName("Calls of the run")
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(theme.ROW_HEIGHT)
        rows.setDefaultSectionSize(theme.ROW_HEIGHT)
        self.verticalScrollBar().setSingleStep(theme.ROW_HEIGHT)
        self.verticalScrollBar().actionTriggered.connect(self._on_scroll_action)

    def _on_scroll_action(self, action: int) -> None:
        if action != QAbstractSlider.SliderAction.SliderNoAction.value:
            self.user_scrolled.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in view; see `CallPainter` for why not a delegate."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().base())
        first = self.rowAt(event.rect().top())
        if first >= 0:
            last = self.rowAt(event.rect().bottom())
            rows = range(first, (last if last >= 0 else len(self._calls.rows.visible) - 1) + 1)
            top = self.rowViewportPosition(first)
            width = self.viewport().width()
            self.rows_painter.paint(painter, rows, top, self._sections(), self.selected_row(), width)
        painter.end()

    def _sections(self) -> list[Section]:
        header = self.horizontalHeader()
        width = self.viewport().width()
        places = (
            Section(column.value, header.sectionViewportPosition(column), header.sectionSize(column))
            for column in Column
            if not header.isSectionHidden(column)
        )
        return [place for place in places if place.left < width and place.left + place.width > 0]

    # -- moving about ---------------------------------------------------------------------------------------

    def current_row(self) -> int:
        """The row that keys act on, -1 for none. Qt makes the first one current on focus, without selecting it."""
        index = self.currentIndex()
        return index.row() if index.isValid() else -1

    def selected_row(self) -> int:
        """The selected row, -1 for none."""
        chosen = self.selectionModel().selectedRows()
        return chosen[0].row() if chosen else -1

    def go_to(self, row: int) -> None:
        """Select a row and bring it into view."""
        self.settle()
        index = self._calls.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def toggle(self, row: int) -> None:
        """Open a closed row, close an open one."""
        rows = self._calls.rows
        node = rows.node(row)
        if rows.is_more(row):
            batch_row = rows.row_of(node)
            rows.open(node)
            self.go_to(batch_row)
        elif rows.is_open(node):
            rows.close(node)
        elif node.children:
            rows.open(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of a tree, on a table; letters are the view's, not a search by first letter."""
        if event.key() in (Qt.Key.Key_F, Qt.Key.Key_L, Qt.Key.Key_F8):
            event.ignore()
            return
        row = self.current_row()
        if row >= 0 and self._handle_key(event, row):
            event.accept()
            return
        key = event.key()
        if self._calls.rows.visible and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go_to(0 if key == Qt.Key.Key_Home else len(self._calls.rows.visible) - 1)
            return
        super().keyPressEvent(event)

    def _handle_key(self, event: QKeyEvent, row: int) -> bool:
        rows = self._calls.rows
        node = rows.node(row)
        is_open = bool(node.children) and rows.is_open(node)
        key = event.key()
        has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if rows.is_more(row) and key in (Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Return, Qt.Key.Key_Space):
            self.toggle(row)
        elif key == Qt.Key.Key_Right and has_shift:
            rows.open_all(node)
        elif key == Qt.Key.Key_Right:
            self._go_in(row, node, is_open=is_open)
        elif key == Qt.Key.Key_Left:
            self._go_out(row, node, is_open=is_open and not rows.is_more(row))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            (rows.open if key == Qt.Key.Key_Plus else rows.close)(node)
        elif key == Qt.Key.Key_Asterisk:
            rows.open_all(rows.node(0))
            self.scrollTo(self.currentIndex())
        elif key == Qt.Key.Key_Backspace:
            self._go_to_node(node if rows.is_more(row) else node.parent)
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self._go_to_sibling(node, 1 if key == Qt.Key.Key_BracketRight else -1)
        else:
            return False
        return True

    def _go_in(self, row: int, node: Node, *, is_open: bool) -> None:
        if is_open:
            self.go_to(min(row + 1, len(self._calls.rows.visible) - 1))
        elif node.children:
            self._calls.rows.open(node)

    def _go_out(self, row: int, node: Node, *, is_open: bool) -> None:
        if is_open:
            self._calls.rows.close(node)
        else:
            self._go_to_node(node if self._calls.rows.is_more(row) else node.parent)

    def _go_to_node(self, node: Node | None) -> None:
        row = self._calls.rows.row_of(node) if node is not None else -1
        if row >= 0:
            self.go_to(row)

    def _go_to_sibling(self, node: Node, step: int) -> None:
        if node.parent is None:
            return
        siblings = node.parent.children
        place = siblings.index(node) + step
        while 0 <= place < len(siblings):
            row = self._calls.rows.row_of(siblings[place])
            if row >= 0:
                self.go_to(row)
                return
            place += step

    # -- the mouse ------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a triangle opens or closes; anywhere else it selects."""
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self._hits_triangle(event, index):
            self.user_scrolled.emit()
            self.toggle(index.row())
            return
        if index.isValid():
            self.user_scrolled.emit()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens or closes the row."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not self._hits_triangle(event, index):
            self.toggle(index.row())
        else:
            self.mousePressEvent(event)

    def _hits_triangle(self, event: QMouseEvent, index: QModelIndex) -> bool:
        if index.column() != Column.CALL or not self._calls.rows.node(index.row()).children:
            return False
        x = event.position().x() - self.visualRect(index).left() - self.rows_painter.indent(index.row())
        return -2 <= x <= INDENT

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row under the pointer is tinted."""
        self._hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left."""
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row != self.rows_painter.hover_row:
            for changed in (row, self.rows_painter.hover_row):
                if changed >= 0:
                    self._calls.touch(changed, changed)
            self.rows_painter.hover_row = row

    def settle(self) -> None:
        """Lay out now what Qt would lay out at its next turn: scrolling needs the new range."""
        self.executeDelayedItemsLayout()

    def visible_range(self) -> tuple[int, int]:
        """First and last row that are in view."""
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else len(self._calls.rows.visible) - 1


class CallTreeView(QWidget):
    """The tree of a run's calls, live or stored.

    Signals:
        node_selected: The person (or `select_node`) chose a row; its `Node`.
        state_shown: Another run is shown.
    """

    node_selected = Signal(object)
    state_shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CallModel(self)
        self.table = CallTable(self.model, self)
        self._follows = True
        self._new_rows = 0
        self._is_fitting = True
        self._is_call_width_chosen = False
        self._empty = QLabel(EMPTY, self.table.viewport())
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setProperty("muted", True)
        self._pill = QPushButton(self.table)
        self._pill.setObjectName("followPill")
        self._pill.setCursor(Qt.CursorShape.PointingHandCursor)
        self._pill.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pill.setToolTip("Scroll with the run again (L)")
        self._pill.clicked.connect(self.follow)
        self._pill.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table)
        self._size_columns()
        self._is_fitting = False
        self.table.user_scrolled.connect(self._on_user_scrolled)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.viewport().installEventFilter(self)
        self.setFocusProxy(self.table)

    # -- what is shown --------------------------------------------------------------------------------------

    @property
    def state(self) -> RunState:
        """The run that is shown."""
        return self.model.state

    def set_state(self, state: RunState | None, clock: Clock | None = None) -> None:
        """Show another run.

        Args:
            state: The run; None for none.
            clock: Its current time in seconds, where that is not the time of its last event (`RunFeed.now`).
        """
        self.table.rows_painter.forget()
        self.model.show(state or RunState(), clock)
        self._follows = True
        self._new_rows = 0
        self.table.verticalScrollBar().setValue(0)
        self._place_overlays()
        self.state_shown.emit()

    def refresh(self) -> None:
        """Take in what has happened to the state; at most thirty times a second."""
        bar = self.table.verticalScrollBar()
        top = bar.value() // theme.ROW_HEIGHT
        moved = 0
        newest = -1
        for row, removed, inserted in self.model.refresh():
            if row < top + moved:
                moved += inserted - removed
            if inserted:
                newest = row + inserted - 1
                self._new_rows += inserted
        if moved or newest >= 0:
            self.table.settle()
        if self._follows and newest >= 0 and self.state.is_running:
            self.table.scrollTo(self.model.index(newest, 0), QAbstractItemView.ScrollHint.EnsureVisible)
        elif moved:
            bar.setValue(bar.value() + moved * theme.ROW_HEIGHT)
        self.model.touch(*self.table.visible_range())
        self._repaint_scale()
        self._place_overlays()

    def _repaint_scale(self) -> None:
        header = self.table.horizontalHeader()
        left = header.sectionViewportPosition(Column.TIMELINE)
        header.viewport().update(left, 0, header.sectionSize(Column.TIMELINE), header.height())

    # -- selection ------------------------------------------------------------------------------------------

    def selected_node(self) -> Node | None:
        """The node of the selected row."""
        row = self.table.selected_row()
        return self.model.rows.node(row) if row >= 0 else None

    def select_node(self, node: Node) -> None:
        """Open the path to `node`, select it and bring it into view."""
        focus = self.model.rows.focus
        if focus is not None and focus is not node and focus not in node.ancestors():
            self.set_focus_node(None)
        self.model.rows.reveal(node)
        row = self.model.rows.row_of(node)
        if row >= 0:
            self._stop_following()
            self.table.go_to(row)

    def select_failure(self, step: int = 1) -> bool:
        """Select the next (1) or previous (-1) failure; False when there is none."""
        node = self.model.rows.failure_after(self.selected_node(), step)
        if node is None:
            return False
        self.select_node(node)
        return True

    def set_focus_node(self, node: Node | None) -> None:
        """Show only `node` and what is below it; None shows the whole run again."""
        selected = self.selected_node()
        self.model.set_focus(node)
        if selected is not None and self.model.rows.row_of(selected) >= 0:
            self.table.go_to(self.model.rows.row_of(selected))

    def _on_selection_changed(self) -> None:
        node = self.selected_node()
        if node is not None:
            self._stop_following()
            self.node_selected.emit(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F8, Shift+F8: failures; L: follow; F: focus."""
        if event.key() == Qt.Key.Key_F8:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.select_failure(-1 if back else 1)
        elif event.key() == Qt.Key.Key_L:
            self.follow()
        elif event.key() == Qt.Key.Key_F:
            node = self.selected_node()
            self.set_focus_node(None if self.model.rows.focus is not None else node)
        else:
            super().keyPressEvent(event)

    # -- following ------------------------------------------------------------------------------------------

    @property
    def is_following(self) -> bool:
        """Whether the view moves along with a live run."""
        return self._follows

    def follow(self) -> None:
        """Move along with the run again."""
        self._follows = True
        self._new_rows = 0
        running = self._newest_running_row()
        if running >= 0:
            self.table.scrollTo(self.model.index(running, 0), QAbstractItemView.ScrollHint.EnsureVisible)
        self._place_overlays()

    def _newest_running_row(self) -> int:
        rows = self.model.rows
        running = [index for index in rows.visible if index >= 0 and self.state.nodes[index].is_running]
        return rows.visible.index(max(running)) if running else len(rows.visible) - 1

    def _stop_following(self) -> None:
        if self._follows:
            self._follows = False
            self._new_rows = 0
            self._place_overlays()

    def _on_user_scrolled(self) -> None:
        bar = self.table.verticalScrollBar()
        if bar.maximum() == 0:
            return
        if bar.sliderPosition() >= bar.maximum() - _NEAR_THE_END and self.table.selected_row() < 0:
            self.follow()
        else:
            self._stop_following()

    # -- columns --------------------------------------------------------------------------------------------

    def _size_columns(self) -> None:
        header = self.table.horizontalHeader()
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
            header.setSectionHidden(column, column in HIDDEN_AT_FIRST)
        header.moveSection(header.visualIndex(Column.TIMELINE), len(Column) - 1)
        header.setSectionResizeMode(Column.TIMELINE, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self._on_section_resized)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_column_menu)

    def column_actions(self) -> list[QAction]:
        """One switch per column that can be hidden, for menus."""
        header = self.table.horizontalHeader()
        actions: list[QAction] = []
        for column in Column:
            if column == Column.CALL:
                continue
            action = QAction(HEADINGS[column][0], self, checkable=True)
            action.setChecked(not header.isSectionHidden(column))
            action.toggled.connect(lambda shown, column=column: header.setSectionHidden(column, not shown))
            actions.append(action)
        return actions

    def _open_column_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.column_actions())
        menu.popup(self.table.horizontalHeader().mapToGlobal(position))

    # -- overlays -------------------------------------------------------------------------------------------

    def _place_overlays(self) -> None:
        viewport = self.table.viewport()
        self._empty.setVisible(not self.model.rows.visible)
        self._empty.setGeometry(viewport.rect().adjusted(32, 16, -32, -16))
        can_scroll = self.table.verticalScrollBar().maximum() > 0
        has_pill = not self._follows and self.state.is_running and can_scroll
        if has_pill:
            new = f" · {self._new_rows:,} new" if self._new_rows else ""
            self._pill.setText(f"▼ Follow live{new}")
            self._pill.resize(self._pill.sizeHint())
            area = viewport.geometry()
            self._pill.move(area.center().x() - self._pill.width() // 2, area.bottom() - self._pill.height() - 8)
        self._pill.setVisible(has_pill)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Overlays keep their place when the table changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place_overlays()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name gives way when the window is narrow."""
        super().resizeEvent(event)
        self._fit_columns()

    def _on_section_resized(self, column: int, _old: int, _new: int) -> None:
        if column == Column.CALL and not self._is_fitting:
            self._is_call_width_chosen = True

    def _fit_columns(self) -> None:
        """Share the room between names and timeline, until the person has chosen the width of the names."""
        if self._is_call_width_chosen:
            return
        self._is_fitting = True
        header = self.table.horizontalHeader()
        fixed = sum(
            header.sectionSize(column)
            for column in Column
            if not header.isSectionHidden(column) and column not in (Column.CALL, Column.TIMELINE)
        )
        room = self.width() - fixed - 12
        header.resizeSection(Column.CALL, max(200, int(room * 0.58)))
        self._is_fitting = False

    def changeEvent(self, event: QEvent) -> None:
        """Other colours, another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.table.rows_painter.restyle()
            self.table.viewport().update()

    def sizeHint(self) -> QSize:
        """Wide enough for all columns that are shown at first."""
        return QSize(880, 480)


def describe(node: Node) -> str:
    """A node's place in the run, as `Run › Iteration 3 › llm_query_batch ×250 › Sub-call 17`."""
    return " › ".join(call_text.title(part) for part in (*reversed(list(node.ancestors())), node))
