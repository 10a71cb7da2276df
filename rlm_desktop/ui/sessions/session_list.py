"""The lines of the list of sessions: days, sessions and runs, how they are painted, and the list itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from rlm_desktop.ui.figures import clock, counted, day_heading, local_time, money, one_line, status_words
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.theme import colours_of, pixmap, status_icon, status_role

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow, SessionRow

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex
DAY_HEIGHT, SESSION_HEIGHT, RUN_HEIGHT = 30, 46, 26
PADDING = 12
ICON_SIZE = 14


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
        return one_line(self.session.name, 120) or QCoreApplication.translate("Sessions", "Untitled session")

    @property
    def detail(self) -> str:
        """How it ended, when, what it cost."""
        parts = [status_words(self.session.end_state)]
        if (moment := local_time(self.session.updated_at)) is not None:
            parts.append(f"{moment:%H:%M}")
        if len(self.session.runs) > 1:
            parts.append(counted(len(self.session.runs), "run"))
        if self.session.cost_usd:
            parts.append(money(self.session.cost_usd))
        parts += [f"#{tag}" for tag in self.session.tags]
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of the open session, shown when there is more than one."""

    run: RunRow
    is_open: bool

    @property
    def title(self) -> str:
        """Its question on one line."""
        name = one_line(self.run.title or self.run.question, 120)
        return f"↳ {name}" if self.run.parent_run else name

    @property
    def detail(self) -> str:
        """How it ended, how long it took, and where it came from."""
        detail = f"{status_words(self.run.end_state)}, {clock(self.run.duration)}"
        if not self.run.parent_run:
            return detail
        if self.run.parent_iteration is None:
            return QCoreApplication.translate("SessionList", "{detail}, resumed").format(detail=detail)
        forked = QCoreApplication.translate("SessionList", "{detail}, forked at iteration {number}")
        return forked.format(detail=detail, number=self.run.parent_iteration)


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

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
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
            return plain_tip(f"{line.title}\n{line.detail}")
        return None


class SessionDelegate(QStyledItemDelegate):
    """Paints the lines."""

    def __init__(self, model: SessionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._sizes: dict[type[Line], QSize] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: D102
        kind = type(self._model.lines[index.row()])
        if kind not in self._sizes:
            self._sizes[kind] = self._size(kind, option.fontMetrics.lineSpacing())
        return self._sizes[kind]

    @staticmethod
    def _size(kind: type[Line], spacing: int) -> QSize:
        if kind is SessionLine:
            return QSize(80, max(SESSION_HEIGHT, 2 * spacing + 12))
        return QSize(80, max(DAY_HEIGHT if kind is DayLine else RUN_HEIGHT, spacing + 8))

    def forget_sizes(self) -> None:
        """The letters have another size now. Qt asks for the size of thousands of lines, and these are few."""
        self._sizes.clear()

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
    """The list itself.

    Signals:
        delete_pressed: What is under the cursor shall go.
        more_wanted: The end is near.
    """

    delete_pressed = Signal()
    more_wanted = Signal()

    def __init__(self, model: SessionsModel) -> None:
        super().__init__()
        self.setObjectName("sessions")
        self.setAccessibleName(self.tr("Sessions"))
        self.setModel(model)
        self._delegate = SessionDelegate(model, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._delegate.forget_sizes()
        super().changeEvent(event)

    def _on_scrolled(self, value: int) -> None:
        if value >= self.verticalScrollBar().maximum() - self.viewport().height():
            self.more_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
            return
        super().keyPressEvent(event)


def _paint_icon(painter: QPainter, area: QRect, status: str, colour: QColor) -> None:
    """The icon of a status, at the left of `area`."""
    icon = pixmap(status_icon(status), colour.name(), ICON_SIZE, painter.device().devicePixelRatio())
    painter.drawPixmap(area.left(), area.center().y() - ICON_SIZE // 2, icon)


def searched(session: SessionRow) -> str:
    """The texts of a session that the filter looks at, in small letters: those of `history.filters`."""
    parts = [session.title, *session.tags]
    for run in session.runs:
        parts += (run.title, run.question, *run.tags, *(document.name for document in run.documents))
    return "\n".join(parts).lower()


def line_id(line: Line) -> str:
    """What stays the same of a line when the list changes."""
    if isinstance(line, DayLine):
        return "day " + line.text
    return line.session.id if isinstance(line, SessionLine) else line.run.id


def lines_of(
    sessions: Iterable[SessionRow], opened: tuple[str, str], today: date, hidden: set[str]
) -> Iterable[Line]:
    """The lines of sessions: headings, sessions, and the runs of the one that is open."""
    last = ""
    for session in sessions:
        heading = _heading(session, today)
        if heading != last:
            last = heading
            yield DayLine(heading)
        is_open = session.id == opened[0]
        yield SessionLine(session, is_open)
        runs = [run for run in session.runs if run.id not in hidden]
        if is_open and len(runs) > 1:
            yield from (RunLine(run, run.id == opened[1]) for run in runs)


def _heading(session: SessionRow, today: date) -> str:
    if session.is_pinned:
        return QCoreApplication.translate("Sessions", "Pinned")
    day = _day_of(session.updated_at)
    return day_heading(day, today) if day else QCoreApplication.translate("Sessions", "Earlier")


@lru_cache(maxsize=8192)
def _day_of(utc: str) -> date | None:
    """The day here of a stored time. The list is made anew with each key that is typed into its filter."""
    moment = local_time(utc)
    return moment.date() if moment else None
