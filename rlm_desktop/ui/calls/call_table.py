"""The table of the call tree: its headings, its keys, its triangles. `CallTreeView` is what others use."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractSlider, QHeaderView, QTableView, QWidget

from rlm_desktop.engine.tree import Node
from rlm_desktop.ui import theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import RIGHT_ALIGNED, SORTED_BY, CallModel, Column, heading
from rlm_desktop.ui.calls.call_painter import INDENT, CallPainter, Section
from rlm_desktop.ui.calls.waterfall import tick_times

_LEAST_HEADING = 4
"""Characters of a heading, the ellipsis included: fewer say nothing."""


class _Header(QHeaderView):
    """The headings; that of the timeline is its scale."""

    def __init__(self, model: CallModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._calls = model
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
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
            if side == Qt.AlignmentFlag.AlignRight:
                inner.setLeft(rect.left())  # the arrow of sorting has the room before the word
            words = self._sign(logicalIndex) + heading(Column(logicalIndex))
            text = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
            if text == words or len(text) > _LEAST_HEADING:
                painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _sign(self, column: int) -> str:
        """The arrow of the column that rows are sorted by."""
        rows = self._calls.rows
        if SORTED_BY.get(Column(column)) != rows.order:
            return ""
        return "▴ " if rows.is_ascending else "▾ "

    def _paint_scale(self, painter: QPainter, rect: QRectF) -> None:
        if not self._calls.rows.visible:
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, heading(Column.TIMELINE))
            return
        scale = self._calls.time_scale()
        free = rect.left() - 1.0
        metrics = self.fontMetrics()
        for moment in [scale.start, *tick_times(scale)]:
            text = call_text.moment(moment - scale.start)
            width = metrics.horizontalAdvance(text)
            x = rect.left() + scale.place(moment) * rect.width() - (width / 2 if moment > scale.start else 0)
            if x > free and x + width <= rect.right() + 6:
                painter.drawText(
                    QRectF(x, rect.top(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, text
                )
                free = x + width + 8


_KEYS_THAT_OPEN = (Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_KEYS_OF_THE_VIEW = (Qt.Key.Key_F, Qt.Key.Key_L, Qt.Key.Key_F8, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)


class CallTable(QTableView):
    """The table itself: keyboard, triangles, hover.

    Signals:
        user_scrolled: The person moved the view or the selection.
        texts_cut: Names or figures have come into view for which their columns have not enough room.
        inspect_pressed: Enter was pressed on the selected row.
    """

    user_scrolled = Signal()
    texts_cut = Signal()
    inspect_pressed = Signal()

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
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # all of it is filled below
        self.setAccessibleName(self.tr("Calls of the run"))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._size_rows()
        self.verticalScrollBar().actionTriggered.connect(self._on_scroll_action)
        self._keeps_current_in_view = False
        self._goes_to_hit = False
        model.arranged.connect(self._on_arranged)

    @property
    def row_height(self) -> int:
        """Of each row, in pixels."""
        return self.rows_painter.row_height

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The selected row stays in view when what is above or below comes up and takes height."""
        row = self.selected_row()
        was_in_view = row >= 0 and 0 <= self.rowViewportPosition(row) < event.oldSize().height()
        super().resizeEvent(event)
        if was_in_view and event.size().height() < event.oldSize().height():
            self.scrollTo(self._calls.index(row, 0))

    def changeEvent(self, event: QEvent) -> None:
        """Other colours, another font. Its own: Qt tells the widgets around it in any order, some before it."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.restyle()

    def restyle(self) -> None:
        """The palette, the font or the density is another one; the first row in view stays the first."""
        first = self.verticalScrollBar().value() / self.row_height
        self.rows_painter.restyle()
        self._size_rows()
        self.verticalScrollBar().setValue(round(first * self.row_height))
        self.viewport().update()

    def _size_rows(self) -> None:
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(self.row_height)
        rows.setDefaultSectionSize(self.row_height)
        self.verticalScrollBar().setSingleStep(self.row_height)

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
            width, needs = self.viewport().width(), self.rows_painter.needs
            self.rows_painter.paint(painter, rows, top, self._sections(), self.selected_row(), width)
            if self.rows_painter.needs is not needs:
                self.texts_cut.emit()
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

    def go_to(self, row: int, *, scrolls: bool = True) -> None:
        """Select a row and bring it into view."""
        self.settle()
        index = self._calls.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        if scrolls:
            self.scrollTo(index)

    def go_to_hit(self, *, waits: bool) -> None:
        """Take the focus, with a row selected that is looked for: the one that was, else the first.

        Args:
            waits: Rows are still being found: go there when some are.
        """
        self._goes_to_hit = waits
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        rows, row = self._calls.rows, self.selected_row()
        if waits:
            return
        if row < 0 or rows.is_dimmed(rows.node(row)):
            row = next((place for place in range(len(rows.visible)) if not rows.is_dimmed(rows.node(place))), -1)
        if row >= 0:
            self.go_to(row)

    def _go_on_to_hit(self) -> None:
        """Some rows have been found: go there, unless the person has gone elsewhere meanwhile."""
        if self._goes_to_hit and self.window().focusWidget() is self:
            self.go_to_hit(waits=False)
        self._goes_to_hit = False

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
        if event.key() in (*_KEYS_OF_THE_VIEW, Qt.Key.Key_Escape):
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
        if rows.is_more(row) and key in _KEYS_THAT_OPEN:
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
            self._keeps_current_in_view = True
            if not rows.is_working:
                self._on_arranged()
        elif key == Qt.Key.Key_Backspace:
            self._go_to_node(node if rows.is_more(row) else node.parent)
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self._go_to_sibling(row, 1 if key == Qt.Key.Key_BracketRight else -1)
        elif key in (Qt.Key.Key_BraceLeft, Qt.Key.Key_BraceRight):
            self._go_to_peer(row, 1 if key == Qt.Key.Key_BraceRight else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected_row() >= 0:
            self.inspect_pressed.emit()
        else:
            return False
        return True

    def _on_arranged(self) -> None:
        if self._goes_to_hit:  # once the view has put the selection back to where it was
            QTimer.singleShot(0, self, self._go_on_to_hit)
        if self._keeps_current_in_view:
            self._keeps_current_in_view = False
            self.scrollTo(self.currentIndex())

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

    def _go_to_sibling(self, row: int, step: int) -> None:
        """Go to the next row with the same parent. A look at each sibling would take long: most may be hidden."""
        rows = self._calls.rows
        node = rows.node(row)
        if node.parent is None or node is rows.focus:
            return
        beyond = set(node.parent.ancestors())
        for other in self._rows_from(row, step):
            found = rows.node(other)
            if found.parent is node.parent:
                self.go_to(other)
            if found.parent is node.parent or found is node.parent or found.parent in beyond:
                return

    def _go_to_peer(self, row: int, step: int) -> None:
        """Go to the next row of the same kind, whatever its parent."""
        rows = self._calls.rows
        wanted = call_text.kind(rows.node(row))
        found = (other for other in self._rows_from(row, step) if call_text.kind(rows.node(other)) == wanted)
        if (other := next(found, -1)) >= 0:
            self.go_to(other)

    def _rows_from(self, row: int, step: int) -> Iterator[int]:
        """The rows of nodes after a row, or before it."""
        visible = self._calls.rows.visible
        places = range(row + 1, len(visible)) if step > 0 else range(row - 1, -1, -1)
        return (other for other in places if visible[other] >= 0)

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

    def time_in_view(self) -> tuple[float, float] | None:
        """Start and end of what the rows in view cover, the run's own row left out."""
        rows = self._calls.rows
        first, last = self.visible_range()
        now = self._calls.now()
        nodes = [node for row in range(first, last + 1) if (node := rows.node(row)).parent is not None]
        if not nodes:
            return None
        ends = [now if node.finished is None else node.finished for node in nodes]
        return min(node.started for node in nodes), max(ends)
