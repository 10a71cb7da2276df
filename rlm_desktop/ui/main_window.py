"""The main window: where everything is, and the menus. What the parts do together is the workbench's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from rlm_desktop.ui.actions import Actions
from rlm_desktop.ui.first_run import FirstRun
from rlm_desktop.ui.messages import MessageBar
from rlm_desktop.ui.samples import Sample
from rlm_desktop.ui.status_line import StatusLine
from rlm_desktop.ui.theme import scaled

if TYPE_CHECKING:
    from rlm_desktop.ui.menu_corner import MenuCorner
    from rlm_desktop.ui.sessions.panel import HistoryPanel
    from rlm_desktop.ui.work_page import WorkPage

TITLE = "RLM Desktop"
INSPECTOR_BESIDE_FROM = 1100
"""Narrower than this, the inspector lies below the tree."""
HISTORY_FROM = 760
"""Narrower than this, the list of sessions is hidden."""
ONE_MESSAGE_BELOW = 720
"""Lower than this, messages show one at a time: several would take the tree's room."""
START_SIZE = QSize(1600, 960)
HISTORY_WIDTH, INSPECTOR_WIDTH = 230, 560
SMALLEST = (560, 420)
LAYOUT_VERSION = 1


class _Pages(QStackedWidget):
    """Pages of which only the one that shows needs room: Qt would keep the widest one's for all of them."""

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()


class MainWindow(QMainWindow):
    """The window: menus, messages, the first page and the status line; the rest is added after the first paint.

    Attributes:
        memory: Where everything was, for the next start.
        pages: The page for work is made in it.

    Signals:
        first_painted: It has been drawn for the first time.
        close_requested: The person wants to close it; whoever listens closes it when everything is stopped.
        files_dropped: Paths of the files that were dropped.
        page_changed: Another page shows: one in place of the work, or None for the work or how to begin.
    """

    first_painted = Signal()
    close_requested = Signal()
    files_dropped = Signal(list)
    page_changed = Signal(object)

    history: HistoryPanel

    def __init__(self, memory: QSettings, samples: Sequence[Sample]) -> None:
        super().__init__()
        self.memory = memory
        self._is_painted = False
        self._may_close = False
        self._is_history_wanted = True
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.actions_by_name = Actions(self)
        self.actions_by_name.fill(self.menuBar())
        self._work: WorkPage | None = None
        self._corner: MenuCorner | None = None
        self._build(samples)
        self._restore()
        self.actions_by_name["show_history"].setChecked(self._is_history_wanted)
        self.first_run.choose.setFocus()

    # -- building -------------------------------------------------------------------------------------------

    def _build(self, samples: Sequence[Sample]) -> None:
        # From the outside in: with a style sheet, Qt dresses all that is in a widget anew when it gets a parent.
        whole = QWidget()
        self.setCentralWidget(whole)
        self._across = QSplitter(Qt.Orientation.Horizontal, whole)
        self._across.setObjectName("across")
        self._across.setChildrenCollapsible(False)
        self._across.setHandleWidth(1)
        self._side = QWidget(self._across)
        self._side.setObjectName("historyPanel")
        centre = QWidget(self._across)
        self._across.setStretchFactor(0, 0)
        self._across.setStretchFactor(1, 3)
        self.messages = MessageBar(centre)
        self.pages = _Pages(centre)
        self.first_run = FirstRun(samples, self.pages)
        self.pages.addWidget(self.first_run)
        self._home: QWidget = self.first_run
        self._page: QWidget | None = None
        self.status = StatusLine(whole)
        middle = QVBoxLayout(centre)
        middle.setContentsMargins(8, 8, 8, 8)
        middle.setSpacing(8)
        middle.addWidget(self.messages)
        middle.addWidget(self.pages, 1)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._across, 1)
        layout.addWidget(self.status)

    def add_panes(self, history: HistoryPanel, work: WorkPage) -> None:
        """Take in the list of sessions and the page on which one works; they are made after the first paint."""
        self.history = history
        self._across.replaceWidget(0, history)
        self._side.deleteLater()
        self._side = history
        self._work = work
        self.pages.addWidget(work)
        work.inspector.hide()
        work.tree.columns.restore(self.memory.value("columns"))
        self._arrange()

    def connect_actions(self, handlers: Mapping[str, Callable[[], object]]) -> None:
        """Let the actions act; `handlers` are those that the window does not have itself."""
        from rlm_desktop.ui.menu_corner import MenuCorner

        work = self.work
        own: dict[str, Callable[[], object]] = {
            "quit": self.close,
            "show_history": self._toggle_history,
            "go_question": work.question.edit.setFocus,
            "go_tree": work.tree.setFocus,
            "go_inspector": lambda: self._focus(work.inspector),
            "go_history": self._go_history,
            "go_documents": work.documents.focus_list,
            "next_pane": lambda: self._go_pane(1),
            "previous_pane": lambda: self._go_pane(-1),
        }
        work.tree.inspect_requested.connect(own["go_inspector"])
        self.actions_by_name.connect_handlers({**own, **handlers})
        self._corner = MenuCorner(self.actions_by_name)
        self.menuBar().setCornerWidget(self._corner)
        self._arrange()

    @property
    def work(self) -> WorkPage:
        """The page on which one works."""
        assert self._work is not None, "add_panes() comes first"
        return self._work

    def show_work(self, is_working: bool) -> None:
        """Show the documents, the question and the tree; else how to begin."""
        if is_working == self.is_working:
            return
        work = self.work
        self._home = work if is_working else self.first_run
        if self._page is None:
            self.pages.setCurrentWidget(self._home)
            work.inspector.setVisible(is_working)
            if not is_working:
                self.first_run.choose.setFocus()
            else:
                (work.tree if work.tree.state.nodes else work.question.edit).setFocus()
        self.page_changed.emit(self._page)

    def show_page(self, page: QWidget | None) -> None:
        """Show a page in place of the work, as the history does; None brings the work back."""
        if page is self._page:
            return
        self._page = page
        if page is not None and self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page or self._home)
        self.work.inspector.setVisible(self.is_work_shown)
        if self.is_work_shown:
            self.work.tree.setFocus()
        self.page_changed.emit(page)

    @property
    def page(self) -> QWidget | None:
        """What shows in place of the work."""
        return self._page

    @property
    def is_working(self) -> bool:
        """Whether there is work to show rather than how to begin."""
        return self._home is not self.first_run

    @property
    def is_work_shown(self) -> bool:
        """Whether one sees the work: neither how to begin nor a page in its place."""
        return self.is_working and self._page is None

    # -- panes ----------------------------------------------------------------------------------------------

    def _panes(self) -> list[QWidget]:
        panes: list[QWidget] = [self.history.view]
        if self._page is not None:
            panes.append(self._page)
        elif self.is_working:
            work = self.work
            panes += [work.documents.view, work.question.edit, work.tree, work.inspector]
        else:
            panes.append(self.first_run)
        return [pane for pane in panes if pane.isVisible()]

    def _go_pane(self, by: int) -> None:
        panes = self._panes()
        focus = self.focusWidget()
        here = next(
            (i for i, pane in enumerate(panes) if focus and (pane is focus or pane.isAncestorOf(focus))),
            -1 if by > 0 else 0,
        )
        self._focus(panes[(here + by) % len(panes)])

    def _focus(self, pane: QWidget) -> None:
        """Put the focus on a pane, or on its first control when the pane itself takes none."""
        if pane is self.work.inspector:
            self.work.inspector.focus_page()
            return
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
        focus = self.focusWidget()
        if focus is not pane and focus is not None and pane.isAncestorOf(focus):
            return
        controls = [pane, *pane.findChildren(QWidget)]
        takes = (one for one in controls if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible())
        next(takes, pane).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_history(self) -> None:
        if not self._is_history_wanted:
            self.actions_by_name["show_history"].trigger()
        self.history.view.setFocus()

    def _toggle_history(self) -> None:
        self._is_history_wanted = not self._is_history_wanted
        self._arrange()

    # -- size and place -------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Put the inspector where there is room, and hide the sessions where there is none."""
        self._side.setVisible(self._is_history_wanted and self.width() >= HISTORY_FROM)
        self.messages.set_low(self.height() < scaled(self, ONE_MESSAGE_BELOW))
        if self._corner is not None:
            self._corner.hide()
            bar = self.menuBar()
            menus = bar.actionGeometry(bar.actions()[-1]).right()
            self._corner.setVisible(menus + self._corner.sizeHint().width() < self.width())
        if self._work is None:
            return
        inspector = self._work.inspector
        is_wide = self.width() >= scaled(self, INSPECTOR_BESIDE_FROM)
        wanted = self._across if is_wide else self._work.below
        if inspector.parent() is not wanted:
            is_visible = inspector.isVisibleTo(self)
            wanted.addWidget(inspector)
            wanted.setStretchFactor(wanted.indexOf(inspector), 2)
            inspector.setVisible(is_visible)
            self._restore_splitter(wanted)

    def _restore(self) -> None:
        memory = self.memory
        self.resize(START_SIZE.boundedTo(self.screen().availableSize() * 0.95))
        if memory.value("layout", 0, int) == LAYOUT_VERSION:
            self._is_history_wanted = bool(memory.value("history", True, bool))
            geometry = memory.value("geometry")
            if isinstance(geometry, QByteArray):
                self.restoreGeometry(geometry)
        self._arrange()
        self._restore_splitter(self._across)

    def _restore_splitter(self, splitter: QSplitter) -> None:
        state = self.memory.value(f"splitter/{splitter.objectName()}/{splitter.count()}")
        if isinstance(state, QByteArray) and splitter.restoreState(state):
            return
        if splitter is self._across:
            rest = self.width() - HISTORY_WIDTH
            inspector = min(rest * 2 // 5, INSPECTOR_WIDTH)
            splitter.setSizes([HISTORY_WIDTH, rest - inspector, inspector][: splitter.count()])
        elif splitter.count() > 1:
            splitter.setSizes([500, 500])

    def close_for_good(self) -> None:
        """Close without asking: everything has been stopped."""
        self._may_close = True
        self.close()
        self.deleteLater()

    def remember(self) -> None:
        """Write down where everything is, for the next start."""
        self.memory.setValue("layout", LAYOUT_VERSION)
        self.memory.setValue("history", self._is_history_wanted)
        self.memory.setValue("geometry", self.saveGeometry())
        if self.is_work_shown:
            for splitter in (self._across, self.work.below):
                self.memory.setValue(f"splitter/{splitter.objectName()}/{splitter.count()}", splitter.saveState())
        if self._work is not None:
            self.memory.setValue("columns", self._work.tree.columns.state())
        self.memory.sync()

    # -- Qt's events ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._arrange)  # not while Qt goes through its widgets to dress them

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102
        if self._may_close:
            super().closeEvent(event)
            return
        event.ignore()
        self.close_requested.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)
            self.activateWindow()  # the next key is for the question, not for the window that was dragged from
