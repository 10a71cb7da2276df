"""The call tree: the live view of a run, one row per call, iteration and batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Node
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls.call_model import CallModel, Clock, Column
from rlm_desktop.ui.calls.call_table import CallTable
from rlm_desktop.ui.calls.columns import Columns
from rlm_desktop.ui.calls.filter_bar import FilterBar
from rlm_desktop.ui.calls.finding import Finder
from rlm_desktop.ui.calls.icicle import IcicleView
from rlm_desktop.ui.calls.notes import GapNote, NoteLine, crumbs
from rlm_desktop.ui.calls.overview import OverviewStrip
from rlm_desktop.ui.calls.row_look import Order
from rlm_desktop.ui.calls.row_menu import row_menu
from rlm_desktop.ui.copying import let_copy_rows, row_lines
from rlm_desktop.ui.language import marked

if TYPE_CHECKING:
    from rlm_desktop.ui.charts.charts_view import ChartsView

_PAGE_KEYS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
_ROW_KEYS = (Qt.Key.Key_F, Qt.Key.Key_L)
_NEAR_THE_END = 30
_STRIP_FROM = 280
NOTHING_FITS = marked("CallTreeView", "No row fits the filter.")
EMPTY = marked(
    "CallTreeView", "Ask a question to see the run here: every call, iteration and batch, as it happens."
)


class CallTreeView(QWidget):
    """The tree of a run's calls, live or stored.

    Signals:
        node_selected: The person (or `select_node`) chose a row; its `Node`.
        inspect_requested: Enter was pressed on a row: the person wants to read what it did.
        stop_requested: The person wants a call with all below it to stop; its number.
        message: Something to tell the person, as "Saved …"; text, level.
        menu_opening: The menu of a row is about to open: the `QMenu`, to be added to, and the `Node`.
    """

    node_selected = Signal(object)
    inspect_requested = Signal()
    stop_requested = Signal(int)
    menu_opening = Signal(object, object)
    message = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CallModel(self)
        self.table = CallTable(self.model, self)
        self.pages = QStackedWidget(self)  # at once: a table moved later is lost to the Tab key
        self.pages.addWidget(self.table)
        self._follows = True
        self._new_rows = 0
        self._empty = QLabel(self.tr(EMPTY), self.table.viewport())
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setProperty("muted", True)
        self._pill = QPushButton(self.table)
        self._pill.setObjectName("followPill")
        self._pill.setCursor(Qt.CursorShape.PointingHandCursor)
        self._pill.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pill.setToolTip(self.tr("Scroll with the run again (L)"))
        self._pill.clicked.connect(self.follow)
        self._pill.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.bar = FilterBar()
        self._finder = Finder(self.model, self)
        self._finder.found.connect(self._show_found)
        self.bar.filter_changed.connect(self._finder.start)
        self.bar.rows_wanted.connect(lambda: self.table.go_to_hit(waits=self._is_finding))
        self.icicle = IcicleView()
        self.icicle.node_selected.connect(self.select_node)
        self.icicle.menu_requested.connect(self._open_menu_of)
        self.overview = OverviewStrip()
        self.overview.node_chosen.connect(self.select_node)
        self.overview.menu_requested.connect(self._open_menu_of)
        self.overview.hide()
        self.table.verticalScrollBar().valueChanged.connect(self._show_overview)
        self.charts: ChartsView | None = None
        self.pages.addWidget(self.icicle)
        self._make_page_buttons()
        layout.addWidget(self.bar)
        layout.addWidget(self._make_notes())
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.overview)
        self._place: tuple[Node | None, bool, int] | None = None
        self.model.about_to_replace.connect(self._remember_place)
        self.model.arranged.connect(self._go_back)
        self.columns = Columns(self.table, self.model, self)
        self.columns.sorting_chosen.connect(self.sort)
        later = Qt.ConnectionType.QueuedConnection  # not while they are being painted
        self.table.texts_cut.connect(self.columns.fit, later)
        self.table.horizontalHeader().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.horizontalHeader().customContextMenuRequested.connect(self._open_column_menu)
        self.table.user_scrolled.connect(self._on_user_scrolled)
        self.table.inspect_pressed.connect(self.inspect_requested)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.viewport().installEventFilter(self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_row_menu)
        let_copy_rows(self.table, lambda: row_lines(self.table), has_menu=True)

    def _make_page_buttons(self) -> None:
        self._page_buttons = QButtonGroup(self)
        self._page_buttons.setExclusive(True)
        pages = (
            (self.tr("Tree"), self.tr("Rows and figures")),
            (self.tr("Icicle"), self.tr("Where it all went")),
            (self.tr("Charts"), self.tr("How much at once, tokens and cost, how long the calls took")),
        )
        for number, (text, tip) in enumerate(pages):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(f"{tip} ({number + 1})")
            button.setCheckable(True)
            button.setChecked(number == 0)
            self._page_buttons.addButton(button, number)
            self.bar.line.insertWidget(number, button)
        self._page_buttons.idClicked.connect(self.show_page)
        self.view_button = QToolButton()
        self.view_button.setText(self.tr("View"))
        self.view_button.setToolTip(self.tr("Sort the rows, choose the columns"))
        self.view_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill_view_menu(menu))
        self.view_button.setMenu(menu)
        self.bar.line.addWidget(self.view_button)

    def show_page(self, number: int) -> None:
        """Show the tree (0), the icicle (1) or the charts (2)."""
        button = self._page_buttons.button(number)
        button.setChecked(True)
        page = (self.table, self.icicle)[number] if number < 2 else self._charts_page()
        self.pages.setCurrentWidget(page)
        for widget in (self.bar.field, self.bar.conditions, self.view_button):
            widget.setEnabled(number == 0)
        self._notes.setVisible(number == 0)
        self.icicle.select(self.selected_node())
        if self.charts is not None:
            self.charts.select(self.selected_node())
        self._show_overview()

    def _charts_page(self) -> ChartsView:
        """The charts, made when somebody looks at them first."""
        if self.charts is None:
            from rlm_desktop.ui.charts.charts_view import ChartsView

            self.charts = ChartsView()
            self.charts.message.connect(self.message)
            self.charts.set_state(self.state, self.model.now)
            self.pages.addWidget(self.charts)
        return self.charts

    def _show_overview(self) -> None:
        """Bring the strip under the rows up to date."""
        is_wanted = self.charts is None or self.pages.currentWidget() is not self.charts
        self.overview.setVisible(is_wanted and bool(self.state.nodes) and self.height() >= _STRIP_FROM)
        if self.overview.isVisible():
            self.overview.refresh(self.model.run_span(), self.model.now(), self.table.time_in_view())

    def _make_notes(self) -> QWidget:
        """The lines that say why the tree looks as it does."""
        whole = (self.tr("Show the whole run"), self.tr("Show the whole run again (F)"), self._leave_focus)
        self.focus_note = NoteLine(whole)
        self.focus_note.text.linkActivated.connect(self._on_crumb)
        self.sort_note = NoteLine(
            (self.tr("Sort again"), self.tr("Sort the rows as they are now"), self._sort_again),
            (self.tr("By time"), self.tr("Show the rows in the order of time again"), self._sort_by_time),
        )
        self.gap_note = GapNote(self.model)
        self.gap_note.toggled.connect(self._on_gaps_toggled)
        self._notes = QWidget()
        lines = QVBoxLayout(self._notes)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        for note in (self.focus_note, self.sort_note, self.gap_note):
            lines.addWidget(note)
        return self._notes

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
        self.table.rows_painter.needs = {}
        self.columns.fit()
        self.model.show(state or RunState(), clock)
        self._finder.set_state(self.state)
        self.bar.clear()
        self.focus_note.say("")
        self.icicle.set_state(self.state, clock)
        self.overview.set_state(self.state)
        self._follows = True
        self.table.verticalScrollBar().setValue(0)
        self._show_new_state(clock)

    def show_moment(self, state: RunState, clock: Clock | None = None) -> None:
        """Show the same run at another moment: what is opened, looked for, sorted by and in view stays so."""
        self.table.rows_painter.forget()
        self.model.move_to(state, clock)
        self._finder.move_to(state)
        if self.model.rows.focus is None:
            self.focus_note.say("")
        self.icicle.move_to(state, clock)
        self.overview.move_to(state)
        self._go_back()  # where the rows are still being arranged; else that has been done
        if (node := self.selected_node()) is not None:
            self.icicle.select(node)
        self._show_new_state(clock)

    def _show_new_state(self, clock: Clock | None) -> None:
        self.bar.set_state(self.state)
        self._show_sorting()
        self.gap_note.look_anew()
        if self.charts is not None:
            self.charts.set_state(self.state, clock)
        self._new_rows = 0
        self._place_overlays()
        self._show_overview()

    def refresh(self) -> None:
        """Take in what has happened to the state; at most thirty times a second."""
        bar = self.table.verticalScrollBar()
        top = bar.value() // self.table.row_height
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
            bar.setValue(bar.value() + moved * self.table.row_height)
        self._finder.refresh()
        self._show_sorting()
        self.gap_note.look()
        self.model.touch(*self.table.visible_range())
        self._repaint_scale()
        self._place_overlays()
        self.icicle.refresh()
        if self.charts is not None:
            self.charts.refresh()
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

    def select_node(self, node: Node, *, is_asked_for: bool = True) -> None:
        """Open the path to a row, select it and bring it into view; one of another moment as it is at this one.

        Args:
            node: The row.
            is_asked_for: Whether the person wants it more than what hides it, a filter or the focus on another row.
        """
        if node.index >= len(self.state.nodes):
            return
        node = self.state.nodes[node.index]
        focus = self.model.rows.focus
        if focus is not None and focus is not node and focus not in node.ancestors():
            if not is_asked_for:
                return
            self.set_focus_node(None)
        row = self._row_for(node)
        if self._is_filtered_out(node, row):
            if not is_asked_for:
                return
            self.bar.clear()
            row = self._row_for(node)
        if row >= 0:
            self._stop_following()
            self.table.go_to(row)

    def _row_for(self, node: Node) -> int:
        """The row of a node, with the path to it opened; -1 when a filter hides it."""
        self.model.rows.reveal(node)
        return self.model.rows.row_of(node)

    def _is_filtered_out(self, node: Node, row: int) -> bool:
        """Whether the filter hides a row, or is about to: as long as nothing has been found all rows show."""
        wanted, is_on = self.bar.filter, self.model.rows.matches is not None
        return wanted.is_active and (row < 0 or not (is_on or wanted.fits(node, self.model.now())))

    @property
    def is_tree_shown(self) -> bool:
        """Whether the rows show, and not the icicle or the charts."""
        return self.pages.currentWidget() is self.table

    def select_call(self, number: int) -> None:
        """Select a call by its number; of one that goes on its last iteration, which is what it does now."""
        call = self.state.calls.get(number)
        if call is not None:
            self.select_node(call.iterations[-1] if call.is_running and call.iterations else call)

    def select_failure(self, step: int = 1) -> bool:
        """Select the next (1) or previous (-1) failure; False when there is none."""
        node = self.model.rows.failure_after(self.selected_node(), step)
        if node is None:
            return False
        self.select_node(node)
        return True

    def set_focus_node(self, node: Node | None) -> None:
        """Show only `node` and what is below it; None shows the whole run again."""
        self.model.set_focus(node)
        self._show_focus(node)

    def _show_focus(self, node: Node | None) -> None:
        path = crumbs(node, theme.colours_of(self)) if node is not None else ""
        self.focus_note.say(self.tr("Only {path} is shown.").format(path=path) if path else "")

    def _leave_focus(self) -> None:
        self.set_focus_node(None)

    def _on_crumb(self, link: str) -> None:
        node = self.state.nodes[int(link)] if link.isdigit() and int(link) < len(self.state.nodes) else None
        self.set_focus_node(node if node is not None and node.parent is not None else None)

    def _remember_place(self) -> None:
        row, (first, last) = self.table.selected_row(), self.table.visible_range()
        self._place = self.selected_node(), first <= row <= last, self.table.verticalScrollBar().value()

    def _go_back(self) -> None:
        """All rows are others: keep the selection on its node, which tells nobody, and in view where it was."""
        if self._place is None:
            return
        (node, was_in_view, place), self._place = self._place, None
        self.table.settle()
        self.table.verticalScrollBar().setValue(place)
        row = self.model.rows.row_of(node) if node is not None else -1
        if row >= 0:
            self.table.selectionModel().blockSignals(True)
            self.table.go_to(row, scrolls=was_in_view)
            self.table.selectionModel().blockSignals(False)
        self.table.viewport().update()
        self.table.horizontalHeader().viewport().update()
        self._place_overlays()

    def _on_selection_changed(self) -> None:
        node = self.selected_node()
        if node is not None:
            self._stop_following()
            self.icicle.select(node)
            if self.charts is not None:
                self.charts.select(node)
            self.node_selected.emit(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F8: failures; Esc: show all; 1, 2, 3: tree, icicle, charts. In the tree alone, L: follow; F: focus."""
        if self._is_for_another(event.key()):
            super().keyPressEvent(event)
        elif event.key() in _PAGE_KEYS:
            self.show_page(event.key() - Qt.Key.Key_1)
            self.setFocus()
        elif event.key() == Qt.Key.Key_F8:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.select_failure(-1 if back else 1)
        elif event.key() == Qt.Key.Key_L:
            self.follow()
        elif event.key() == Qt.Key.Key_F:
            node = self.selected_node()
            self.set_focus_node(None if self.model.rows.focus is not None else node)
        elif self._can_show_all(event):
            self._show_all()
        else:
            super().keyPressEvent(event)

    def _is_for_another(self, key: int) -> bool:
        """Whether a letter or digit was pressed where it says nothing: on a button, or where no rows show."""
        if key in _ROW_KEYS and not self.is_tree_shown:
            return True
        is_control = isinstance(self.focusWidget(), QAbstractButton | QComboBox)
        return is_control and key in (*_ROW_KEYS, *_PAGE_KEYS)

    def event(self, event: QEvent) -> bool:
        """Escape shows all rows again before it stops a run."""
        if event.type() == QEvent.Type.ShortcutOverride and self._can_show_all(event):
            event.accept()
            return True
        return super().event(event)

    def _can_show_all(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return is_escape and (self.model.rows.focus is not None or self.bar.filter.is_active)

    def _show_all(self) -> None:
        if self.model.rows.focus is not None:
            self._leave_focus()
        else:
            self.bar.clear()

    # -- what can be done with a row -------------------------------------------------------------------------

    def _open_row_menu(self, position: QPoint) -> None:
        row = self.table.rowAt(position.y())
        if row >= 0:
            menu = self.row_menu(self.model.rows.node(row))
            menu.popup(self.table.viewport().mapToGlobal(position))

    def _open_menu_of(self, node: Node, place: QPoint) -> None:
        """What another picture shows of a row has the row's menu."""
        self.select_node(node)
        self.row_menu(node).popup(place)

    def row_menu(self, node: Node) -> QMenu:
        """What can be done with a row."""
        menu = row_menu(self, node)
        self.menu_opening.emit(menu, node)
        return menu

    # -- finding --------------------------------------------------------------------------------------------

    def focus_filter(self) -> None:
        """Put the focus into the filter's field."""
        self.bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.field.selectAll()

    @property
    def _is_finding(self) -> bool:
        """Whether what is looked for is still being found, or its rows are being arranged."""
        return self._finder.is_searching or self.model.is_arranging

    def _show_found(self, found: set[int] | None) -> None:
        self.model.set_matches(found)
        self.bar.show_count(len(found or ()), len(self.state.nodes), is_searching=self._finder.is_searching)
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

    # -- the look of the rows -------------------------------------------------------------------------------

    def _open_column_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.columns.fill(menu)
        menu.popup(self.table.horizontalHeader().mapToGlobal(position))

    def _fill_view_menu(self, menu: QMenu) -> None:
        menu.clear()
        self.columns.fill(menu)

    def sort(self, order: Order, is_ascending: bool = False) -> None:
        """Sort the children of each row as they are now; `time` is the order in which they began."""
        self._stop_following()
        self.model.set_order(order, is_ascending=is_ascending)
        self.columns.fit()
        self._show_sorting()

    def _sort_again(self) -> None:
        self.sort(self.model.rows.order, self.model.rows.is_ascending)

    def _sort_by_time(self) -> None:
        self.sort("time")

    def _show_sorting(self) -> None:
        """While a sorted run goes on its rows stay where they are, which has to be said."""
        rows = self.model.rows
        is_old = rows.order != "time" and rows.sorted_at != self.state.seq
        self.sort_note.say(self.tr("The run has moved on since its rows were sorted.") if is_old else "")

    def _on_gaps_toggled(self) -> None:
        self.table.viewport().update()
        self._repaint_scale()

    # -- overlays -------------------------------------------------------------------------------------------

    def _place_overlays(self) -> None:
        viewport = self.table.viewport()
        self._empty.setText(self.tr(NOTHING_FITS if self.bar.filter.is_active and self.state.nodes else EMPTY))
        self._empty.setVisible(not self.model.rows.visible and not self._is_finding)
        self._empty.setGeometry(viewport.rect().adjusted(16, 0, -16, 0))  # there may be two lines of room
        can_scroll = self.table.verticalScrollBar().maximum() > 0
        has_pill = not self._follows and self.state.is_running and can_scroll
        if has_pill:
            text = self.tr("▼ Follow the run · {count} new") if self._new_rows else self.tr("▼ Follow the run")
            self._pill.setText(text.format(count=figures.number(self._new_rows)))
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
        self.columns.fit()
        self._show_overview()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The page that shows takes it. Not a focus proxy: Tab would leave out all else that is in here."""
        if (page := self.pages.currentWidget()) is not None:
            page.setFocus(event.reason())

    def changeEvent(self, event: QEvent) -> None:
        """Another font: the columns are as wide as its letters need. Other colours: so are the links."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.columns.fit()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_focus(self.model.rows.focus)

    def sizeHint(self) -> QSize:
        """Wide enough for all columns that are shown at first."""
        return QSize(880, 480)
