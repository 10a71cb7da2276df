"""The call tree: the live view of a run, one row per call, iteration and batch."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import CallNode, Node
from rlm_desktop.ui import theme
from rlm_desktop.ui.calls import call_filter, call_text
from rlm_desktop.ui.calls.call_filter import CallFilter
from rlm_desktop.ui.calls.call_model import HEADINGS, HIDDEN_AT_FIRST, CallModel, Clock, Column
from rlm_desktop.ui.calls.call_table import CallTable
from rlm_desktop.ui.calls.filter_bar import FilterBar
from rlm_desktop.ui.calls.icicle import IcicleView
from rlm_desktop.ui.calls.overview import OverviewStrip

_WIDTHS = {
    Column.CALL: 320,
    Column.STATUS: 122,
    Column.DURATION: 76,
    Column.TOKENS: 118,
    Column.COST: 82,
    Column.TIMELINE: 240,
    Column.MODEL: 120,
    Column.STARTED: 72,
    Column.DEPTH: 60,
    Column.OWN: 84,
    Column.FUNCTION: 140,
}
_NARROW_BELOW = 700
_NARROW_WIDTHS = {Column.STATUS: 60, Column.DURATION: 76, Column.TOKENS: 118, Column.COST: 80}
_NEAR_THE_END = 30
_STRIP_FROM = 280
_SLICE_SECONDS = 0.008
_SHOW_EVERY = 0.2
_SHOW_FIRST = 0.05
_SEARCH_AGAIN_MS = 1000
NOTHING_FITS = "No row fits the filter."
EMPTY = "Ask a question to see the run here: every call, iteration and batch, as it happens."


class CallTreeView(QWidget):
    """The tree of a run's calls, live or stored.

    Signals:
        node_selected: The person (or `select_node`) chose a row; its `Node`.
        state_shown: Another run is shown.
        stop_requested: The person wants a call with all below it to stop; its number.
    """

    node_selected = Signal(object)
    state_shown = Signal()
    stop_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CallModel(self)
        self.table = CallTable(self.model, self)
        self._follows = True
        self._new_rows = 0
        self._is_fitting = True
        self._are_widths_chosen = False
        self._search: Iterator[tuple[int, bool]] | None = None
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
        self.bar = FilterBar()
        self.bar.filter_changed.connect(self._start_search)
        self.icicle = IcicleView()
        self.icicle.node_selected.connect(self.select_node)
        self.overview = OverviewStrip()
        self.overview.node_chosen.connect(self.select_node)
        self.overview.hide()
        self.table.verticalScrollBar().valueChanged.connect(self._show_overview)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.icicle)
        self._make_page_buttons()
        layout.addWidget(self.bar)
        layout.addWidget(self._make_focus_line())
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.overview)
        self._size_columns()
        self._found: set[int] = set()
        self._searched_seq = 0
        self._shown_at = 0.0
        self._search_timer = QTimer(self, singleShot=True)
        self._search_timer.timeout.connect(self._go_on_searching)
        self._is_fitting = False
        self.table.user_scrolled.connect(self._on_user_scrolled)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.viewport().installEventFilter(self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_row_menu)
        self.setFocusProxy(self.table)

    def _make_page_buttons(self) -> None:
        self._page_buttons = QButtonGroup(self)
        self._page_buttons.setExclusive(True)
        for number, (text, tip) in enumerate((("Tree", "Rows and figures"), ("Icicle", "Where it all went"))):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(f"{tip} ({number + 1})")
            button.setCheckable(True)
            button.setChecked(number == 0)
            self._page_buttons.addButton(button, number)
            self.bar.line.insertWidget(number, button)
        self._page_buttons.idClicked.connect(self.show_page)

    def show_page(self, number: int) -> None:
        """Show the tree (0) or the icicle (1)."""
        button = self._page_buttons.button(number)
        button.setChecked(True)
        self.pages.setCurrentIndex(number)
        for widget in (self.bar.field, self.bar.conditions):
            widget.setEnabled(number == 0)
        self.setFocusProxy((self.table, self.icicle)[number])
        self.icicle.select(self.selected_node())

    def _show_overview(self) -> None:
        """Bring the strip under the rows up to date."""
        self.overview.setVisible(bool(self.state.nodes) and self.height() >= _STRIP_FROM)
        if self.overview.isVisible():
            self.overview.refresh(self.model.run_span(), self.model.now(), self.table.time_in_view())

    def _make_focus_line(self) -> QWidget:
        self._focus_line = QWidget()
        self._focus_text = QLabel()
        whole = QPushButton("Show the whole run")
        whole.setToolTip("Show the whole run again (F)")
        whole.clicked.connect(lambda: self.set_focus_node(None))
        line = QHBoxLayout(self._focus_line)
        line.setContentsMargins(8, 0, 8, 4)
        line.addWidget(self._focus_text, 1)
        line.addWidget(whole)
        self._focus_line.hide()
        return self._focus_line

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
        self._search_timer.stop()
        self._search = None
        self.model.show(state or RunState(), clock)
        self.bar.set_state(self.state)
        self.bar.clear()
        self._focus_line.hide()
        self.icicle.set_state(self.state, clock)
        self.overview.set_state(self.state)
        self._follows = True
        self._new_rows = 0
        self.table.verticalScrollBar().setValue(0)
        self._place_overlays()
        self._show_overview()
        self.state_shown.emit()

    def refresh(self) -> None:
        """Take in what has happened to the state; at most thirty times a second."""
        bar = self.table.verticalScrollBar()
        top = bar.value() // theme.ROW_HEIGHT
        moved = 0
        newest = -1
        for row, removed, inserted in self.model.refresh():
            if row < top + moved:
                moved -= min(removed, top + moved - row)
            if inserted and row <= top + moved:
                moved += inserted
            if inserted:
                newest = row + inserted - 1
                self._new_rows += inserted
        if moved or newest >= 0:
            self.table.settle()
        if self._follows and newest >= 0 and self.state.is_running:
            self.table.scrollTo(self.model.index(newest, 0), QAbstractItemView.ScrollHint.EnsureVisible)
        elif moved:
            bar.setValue(bar.value() + moved * theme.ROW_HEIGHT)
        if self.bar.filter.is_active and self._search is None and self.state.seq != self._searched_seq:
            self._search_again()
        self.model.touch(*self.table.visible_range())
        self._repaint_scale()
        self._place_overlays()
        self.icicle.refresh()
        self._show_overview()

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
        self._select_quietly(selected)
        self._focus_text.setText(f"Only {describe(node)} is shown." if node is not None else "")
        self._focus_line.setVisible(node is not None)

    def _select_quietly(self, node: Node | None) -> None:
        """Keep the selection on its node when all rows are other ones; tells nobody."""
        row = self.model.rows.row_of(node) if node is not None else -1
        if row >= 0:
            self.table.selectionModel().blockSignals(True)
            self.table.go_to(row)
            self.table.selectionModel().blockSignals(False)
        self.table.viewport().update()

    def _on_selection_changed(self) -> None:
        node = self.selected_node()
        if node is not None:
            self._stop_following()
            self.icicle.select(node)
            self.node_selected.emit(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F8, Shift+F8: failures; L: follow; F: focus; 1, 2: tree, icicle."""
        if event.key() in (Qt.Key.Key_1, Qt.Key.Key_2):
            self.show_page(0 if event.key() == Qt.Key.Key_1 else 1)
            self.setFocus()
        elif event.key() == Qt.Key.Key_F8:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.select_failure(-1 if back else 1)
        elif event.key() == Qt.Key.Key_L:
            self.follow()
        elif event.key() == Qt.Key.Key_F:
            node = self.selected_node()
            self.set_focus_node(None if self.model.rows.focus is not None else node)
        else:
            super().keyPressEvent(event)

    # -- what can be done with a row -------------------------------------------------------------------------

    def _open_row_menu(self, position: QPoint) -> None:
        row = self.table.rowAt(position.y())
        if row >= 0:
            menu = self.row_menu(self.model.rows.node(row))
            menu.popup(self.table.viewport().mapToGlobal(position))

    def row_menu(self, node: Node) -> QMenu:
        """What can be done with a row."""
        rows = self.model.rows
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if node.children:
            is_open = rows.is_open(node)
            menu.addAction("Close" if is_open else "Open", lambda: (rows.close if is_open else rows.open)(node))
            menu.addAction("Open everything below", lambda: rows.open_all(node))
            menu.addAction("Close everything below", lambda: rows.close_all(node))
            menu.addSeparator()
        if rows.focus is not None:
            menu.addAction("Show the whole run", lambda: self.set_focus_node(None))
        if node.children and node is not rows.focus and node.parent is not None:
            menu.addAction("Show only this and what is below", lambda: self.set_focus_node(node))
        menu.addAction("Copy the row", lambda: self._copy_row(node))
        if isinstance(node, CallNode) and node.is_running:
            menu.addSeparator()
            whole = "Stop the run" if node.parent is None else "Stop this call and what is below"
            menu.addAction(whole, lambda: self.stop_requested.emit(node.number))
        return menu

    def _copy_row(self, node: Node) -> None:
        row = self.model.rows.row_of(node)
        if row >= 0:
            shown = (column for column in Column if not self.table.horizontalHeader().isSectionHidden(column))
            texts = (self.model.text(row, column) for column in shown)
            QGuiApplication.clipboard().setText("\t".join(text for text in texts if text))

    # -- finding --------------------------------------------------------------------------------------------

    def focus_filter(self) -> None:
        """Put the focus into the filter's field."""
        self.bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.field.selectAll()

    def _start_search(self, wanted: CallFilter) -> None:
        self._search_timer.stop()
        if not wanted.is_active:
            self._search = None
            self._show_found(None)
            return
        self._found = set()
        self._search = call_filter.search(self.state, wanted, self.model.now())
        self._shown_at = time.monotonic() - _SHOW_EVERY + _SHOW_FIRST
        self._go_on_searching()

    def _search_again(self) -> None:
        """A live run has moved on."""
        if not self._search_timer.isActive():
            self._search_timer.start(_SEARCH_AGAIN_MS)

    def _go_on_searching(self) -> None:
        """Search for a slice of time; what is found is shown a few times a second."""
        if self._search is None:
            self._found = set()
            self._search = call_filter.search(self.state, self.bar.filter, self.model.now())
        until = time.monotonic() + _SLICE_SECONDS
        for index, fits in self._search:
            if fits:
                self._found.add(index)
            if time.monotonic() >= until:
                self._search_timer.start(0)
                has_more = len(self._found) > len(self.model.rows.matches or ())
                if has_more and time.monotonic() - self._shown_at > _SHOW_EVERY:
                    self._show_found(self._found)
                return
        self._search = None
        self._searched_seq = self.state.seq
        self._show_found(self._found)

    def _show_found(self, found: set[int] | None) -> None:
        self._shown_at = time.monotonic()
        selected = self.selected_node()
        bar = self.table.verticalScrollBar()
        place = bar.value()
        if found is None or found != self.model.rows.matches:
            self.model.set_matches(None if found is None else set(found))
            self.table.settle()
            bar.setValue(place)
            self._select_quietly(selected)
        is_searching = self._search is not None
        self.bar.show_count(len(found or ()), len(self.state.nodes), is_searching=is_searching)
        self._place_overlays()

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
        self._empty.setText(NOTHING_FITS if self.bar.filter.is_active and self.state.nodes else EMPTY)
        self._empty.setVisible(not self.model.rows.visible and self._search is None)
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

    def showEvent(self, event: QShowEvent) -> None:
        """What was hidden was not kept up to date."""
        super().showEvent(event)
        self._show_overview()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name gives way when the window is narrow."""
        super().resizeEvent(event)
        self._fit_columns()
        self._show_overview()

    def _on_section_resized(self, column: int, _old: int, _new: int) -> None:
        if column != Column.TIMELINE and not self._is_fitting:
            self._are_widths_chosen = True

    def _fit_columns(self) -> None:
        """Share the room among the columns, until the person has chosen a width."""
        if self._are_widths_chosen:
            return
        self._is_fitting = True
        header = self.table.horizontalHeader()
        is_narrow = self.width() < _NARROW_BELOW
        for column, width in (_NARROW_WIDTHS if is_narrow else _WIDTHS).items():
            header.resizeSection(column, width)
        fixed = sum(
            header.sectionSize(column)
            for column in Column
            if not header.isSectionHidden(column) and column not in (Column.CALL, Column.TIMELINE)
        )
        room = self.width() - fixed - 12
        header.resizeSection(Column.CALL, max(170 if is_narrow else 240, int(room * 0.6)))
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
