"""The list of sessions on the left: by day, with how each ended, a filter, and what can be done with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.figures import clock, counted, day_heading, local_time, money, one_line
from rlm_desktop.ui.theme import colours_of, pixmap, status_icon, status_role
from rlm_desktop.ui.window_style import muted

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow, SessionRow

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex
DAY_HEIGHT, SESSION_HEIGHT, RUN_HEIGHT = 30, 46, 26
PADDING = 12
ICON_SIZE = 14
NOTHING_YET = "Your sessions will be listed here."
NOTHING_FOUND = "No session fits the filter."


@dataclass(frozen=True, slots=True)
class DayLine:
    """The heading of a day."""

    text: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session: its name, and how and when its newest run ended."""

    session: SessionRow
    is_open: bool

    @property
    def title(self) -> str:
        """Its name on one line."""
        return one_line(self.session.name, 120) or "Untitled session"

    @property
    def detail(self) -> str:
        """How it ended, when, what it cost."""
        parts = [self.session.end_state.capitalize()]
        if (moment := local_time(self.session.updated_at)) is not None:
            parts.append(f"{moment:%H:%M}")
        if len(self.session.runs) > 1:
            parts.append(counted(len(self.session.runs), "run"))
        if self.session.cost_usd:
            parts.append(money(self.session.cost_usd))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of the open session, shown when there is more than one."""

    run: RunRow
    is_open: bool

    @property
    def title(self) -> str:
        """Its question on one line."""
        return one_line(self.run.question, 120)

    @property
    def detail(self) -> str:
        """How it ended and how long it took."""
        return f"{self.run.end_state.capitalize()}, {clock(self.run.duration)}"


Line: TypeAlias = DayLine | SessionLine | RunLine


class SessionsModel(QAbstractListModel):
    """The lines: days, their sessions, and the runs of the session that is open."""

    LineRole = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show_lines(self, lines: list[Line]) -> None:
        """Show other lines."""
        if lines == self.lines:
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:  # noqa: D102
        if index.isValid() and isinstance(self.lines[index.row()], DayLine):
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == self.LineRole:
            return line
        if isinstance(line, DayLine):
            return line.text if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.title}; {line.detail}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{line.title}\n{line.detail}"
        return None


class SessionDelegate(QStyledItemDelegate):
    """Paints the lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: D102
        line = index.data(SessionsModel.LineRole)
        lines = option.fontMetrics.lineSpacing()
        if isinstance(line, SessionLine):
            return QSize(80, max(SESSION_HEIGHT, 2 * lines + 12))
        return QSize(80, max(DAY_HEIGHT if isinstance(line, DayLine) else RUN_HEIGHT, lines + 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # noqa: D102
        line = index.data(SessionsModel.LineRole)
        if line is None:
            return
        rect: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setFont(option.font)
        if not isinstance(line, DayLine):
            self._paint_ground(painter, rect, palette, state, line.is_open)
        if isinstance(line, DayLine):
            self._paint_day(painter, rect, palette, line)
        elif isinstance(line, SessionLine):
            self._paint_session(painter, rect, palette, self._sign_colour(option, line.session.end_state), line)
        else:
            self._paint_run(painter, rect, palette, self._sign_colour(option, line.run.end_state), line)
        painter.restore()

    @staticmethod
    def _paint_ground(
        painter: QPainter, rect: QRect, palette: QPalette, state: QStyle.StateFlag, is_open: bool
    ) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.highlight())
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, palette.midlight())
        if is_open:
            painter.fillRect(QRect(rect.left(), rect.top() + 4, 3, rect.height() - 8), palette.accent())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(palette.accent().color())
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    @staticmethod
    def _paint_day(painter: QPainter, rect: QRect, palette: QPalette, line: DayLine) -> None:
        painter.setPen(palette.placeholderText().color())
        area = rect.adjusted(PADDING, 0, -PADDING, -4)
        painter.drawText(area, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, line.text)

    @staticmethod
    def _sign_colour(option: QStyleOptionViewItem, status: str) -> QColor:
        colours = colours_of(option.widget)
        return QColor(getattr(colours, status_role(status)))

    @staticmethod
    def _paint_session(
        painter: QPainter, rect: QRect, palette: QPalette, sign_colour: QColor, line: SessionLine
    ) -> None:
        font = painter.font()
        area = rect.adjusted(PADDING, 5, -PADDING, -5)
        if line.is_open:
            bold = QFont(font)
            bold.setWeight(QFont.Weight.DemiBold)
            painter.setFont(bold)
        metrics = painter.fontMetrics()
        painter.setPen(palette.text().color())
        title = metrics.elidedText(line.title, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        sign, _, rest = line.detail.partition(" · ")
        painter.setPen(sign_colour)
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        line_height = metrics.height()
        icon_area = QRect(area.left(), area.bottom() - line_height + 1, area.width(), line_height)
        _paint_icon(painter, icon_area, line.session.end_state, sign_colour)
        area.setLeft(area.left() + ICON_SIZE + 5)
        painter.drawText(area, bottom, sign)
        painter.setPen(palette.placeholderText().color())
        left = metrics.horizontalAdvance(sign) if rest else 0
        after = metrics.elidedText(f" · {rest}" if rest else "", Qt.TextElideMode.ElideRight, area.width() - left)
        painter.drawText(area.adjusted(left, 0, 0, 0), bottom, after)

    @staticmethod
    def _paint_run(painter: QPainter, rect: QRect, palette: QPalette, sign_colour: QColor, line: RunLine) -> None:
        area = rect.adjusted(PADDING * 2, 0, -PADDING, 0)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        metrics = painter.fontMetrics()
        painter.setPen(sign_colour)
        _paint_icon(painter, area, line.run.end_state, sign_colour)
        painter.setPen(palette.text().color() if line.is_open else palette.placeholderText().color())
        text = metrics.elidedText(line.title, Qt.TextElideMode.ElideRight, area.width() - 18)
        painter.drawText(area.adjusted(18, 0, 0, 0), middle, text)


class SessionsView(QListView):
    """The list itself."""

    delete_pressed = Signal()

    def __init__(self, model: SessionsModel) -> None:
        super().__init__()
        self.setObjectName("sessions")
        self.setAccessibleName("Sessions")
        self.setModel(model)
        self.setItemDelegate(SessionDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
            return
        super().keyPressEvent(event)


class HistoryPanel(QWidget):
    """New session, the filter, the list.

    Signals:
        new_requested: The person wants an empty session.
        run_opened: A run was chosen: session and run.
        renamed: A session shall have this title: session, title.
        session_deleted / run_deleted: One shall go; it is hidden already.
    """

    new_requested = Signal()
    run_opened = Signal(str, str)
    renamed = Signal(str, str)
    session_deleted = Signal(str)
    run_deleted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyPanel")
        self.setMinimumWidth(170)
        self._sessions: Sequence[SessionRow] = ()
        self._hidden: set[str] = set()
        self._open = ("", "")
        self.model = SessionsModel(self)
        new = QPushButton("+ New session")
        new.setAccessibleName("New session")
        new.setToolTip("Start with an empty session (Ctrl+N)")
        new.clicked.connect(self.new_requested)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter sessions")
        self.filter.setAccessibleName("Filter sessions")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show)
        self.view = SessionsView(self.model)
        self._hint = QLabel(NOTHING_YET)
        self._hint.setWordWrap(True)
        self._hint.setContentsMargins(PADDING, 4, PADDING, 0)
        muted(self._hint)
        self.view.clicked.connect(self._open_index)
        self.view.activated.connect(self._open_index)
        self.view.delete_pressed.connect(self._delete_current)
        self.view.customContextMenuRequested.connect(self._show_menu)
        top = QVBoxLayout()
        top.setContentsMargins(8, 8, 8, 6)
        top.setSpacing(6)
        top.addWidget(new)
        top.addWidget(self.filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._hint)
        layout.addWidget(self.view, 1)

    @property
    def sessions(self) -> Sequence[SessionRow]:
        """All that there are, the newest first."""
        return self._sessions

    def set_sessions(self, sessions: Sequence[SessionRow]) -> None:
        """Show these sessions, the newest first."""
        self._sessions = sessions
        self._show()

    def set_open(self, session_id: str, run_id: str) -> None:
        """Mark the session and the run that the window shows."""
        self._open = (session_id, run_id)
        self._show()

    def hide_item(self, item_id: str) -> None:
        """Leave a session or a run out of the list, until `unhide_item`."""
        self._hidden.add(item_id)
        self._show()

    def unhide_item(self, item_id: str) -> None:
        """Show it again."""
        self._hidden.discard(item_id)
        self._show()

    def rename_current(self) -> None:
        """Ask for another name of the session under the cursor, else of the open one."""
        line = self._current_line()
        session_id = line.session.id if isinstance(line, SessionLine) else self._open[0]
        session = next((session for session in self._sessions if session.id == session_id), None)
        if session is None:
            return
        dialog = QInputDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Rename session")
        dialog.setLabelText("Name of the session:")
        dialog.setTextValue(one_line(session.name, 120))
        dialog.textValueSelected.connect(lambda text: self.renamed.emit(session_id, text.strip()))
        dialog.open()

    def _show(self) -> None:
        chosen = self._current_line()
        self.model.show_lines(
            list(_lines(self._visible(), self._open, datetime.now().astimezone().date(), self._hidden))
        )
        self._hint.setVisible(not self.model.lines)
        self._hint.setText(NOTHING_FOUND if self._sessions else NOTHING_YET)
        if chosen is not None:
            self._choose(chosen)

    def _visible(self) -> Iterable[SessionRow]:
        words = self.filter.text().lower().split()
        for session in self._sessions:
            if session.id not in self._hidden and all(word in _searched(session) for word in words):
                yield session

    def _current_line(self) -> Line | None:
        index = self.view.currentIndex()
        return self.model.lines[index.row()] if index.isValid() and index.row() < len(self.model.lines) else None

    def _choose(self, chosen: Line) -> None:
        """Put the cursor back on the line that it was on."""
        wanted = _line_id(chosen)
        for row, line in enumerate(self.model.lines):
            if _line_id(line) == wanted:
                self.view.setCurrentIndex(self.model.index(row, 0))
                return

    def _open_index(self, index: AnyIndex) -> None:
        line = self.model.lines[index.row()]
        if isinstance(line, RunLine):
            self._request(line.run.session_id, line.run.id)
        elif isinstance(line, SessionLine) and line.session.runs:
            visible = [run for run in line.session.runs if run.id not in self._hidden]
            if visible and line.session.id != self._open[0]:
                self._request(line.session.id, visible[0].id)

    def _request(self, session_id: str, run_id: str) -> None:
        if (session_id, run_id) != self._open:
            self.run_opened.emit(session_id, run_id)

    def _delete_current(self) -> None:
        self._delete(self._current_line())

    def _delete(self, line: Line | None) -> None:
        if isinstance(line, SessionLine):
            self.hide_item(line.session.id)
            self.session_deleted.emit(line.session.id)
        elif isinstance(line, RunLine):
            self.hide_item(line.run.id)
            self.run_deleted.emit(line.run.id)

    def _show_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        line = self.model.lines[index.row()]
        if isinstance(line, DayLine):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", lambda: self._open_index(index))
        if isinstance(line, SessionLine):
            menu.addAction("Rename…", self.rename_current)
            menu.addAction("Delete session", lambda: self._delete(line))
        else:
            menu.addAction("Delete run", lambda: self._delete(line))
        menu.popup(self.view.viewport().mapToGlobal(place))


def _paint_icon(painter: QPainter, area: QRect, status: str, colour: QColor) -> None:
    """The icon of a status, at the left of `area`."""
    icon = pixmap(status_icon(status), colour.name(), ICON_SIZE, painter.device().devicePixelRatio())
    painter.drawPixmap(area.left(), area.center().y() - ICON_SIZE // 2, icon)


def _searched(session: SessionRow) -> str:
    parts = [session.name, *(run.question for run in session.runs), *(ref.name for ref in session.documents)]
    return "\n".join(parts).lower()


def _line_id(line: Line) -> str:
    if isinstance(line, DayLine):
        return "day " + line.text
    return line.session.id if isinstance(line, SessionLine) else line.run.id


def _lines(
    sessions: Iterable[SessionRow], opened: tuple[str, str], today: date, hidden: set[str]
) -> Iterable[Line]:
    last = ""
    for session in sessions:
        moment = local_time(session.updated_at)
        heading = day_heading(moment.date(), today) if moment else "Earlier"
        if heading != last:
            last = heading
            yield DayLine(heading)
        is_open = session.id == opened[0]
        yield SessionLine(session, is_open)
        runs = [run for run in session.runs if run.id not in hidden]
        if is_open and len(runs) > 1:
            yield from (RunLine(run, run.id == opened[1]) for run in runs)
