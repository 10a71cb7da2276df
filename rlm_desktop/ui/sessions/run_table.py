"""All runs in one table: sorted by any column, read page by page as they come into view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from rlm_desktop.ui import theme
from rlm_desktop.ui.copying import joined
from rlm_desktop.ui.figures import (
    UNKNOWN,
    clock,
    day_heading,
    local_time,
    model_words,
    money,
    number,
    one_line,
    short_count,
    status_words,
)
from rlm_desktop.ui.labels import plain_tip

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex
PAGE = 100
"""Rows that are read at once."""
_ICON = 14
_SPACE = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def started_text(utc: str) -> str:
    """When a run started, as `Today 14:02`."""
    moment = local_time(utc)
    if moment is None:
        return ""
    return f"{day_heading(moment.date(), datetime.now().astimezone().date())} {moment:%H:%M}"


def documents_text(row: RunRow) -> str:
    """How many documents and the first one's name, as `2 · report.pdf`."""
    if not row.documents:
        return ""
    first = row.documents[0].name
    return first if len(row.documents) == 1 else f"{len(row.documents)} · {first}"


def model_text(row: RunRow) -> str:
    """Root and sub-call model; one name where they are the same."""
    root, sub = model_words(row.root_model), model_words(row.sub_model)
    return root if row.sub_model in ("", row.root_model) else f"{root} → {sub}"


def cost_text(row: RunRow) -> str:
    """What is known of the cost."""
    if row.cost_usd is None:
        return UNKNOWN if row.requests else money(0)
    return ("≥ " if row.unknown_cost else "") + money(row.cost_usd)


def tokens_text(row: RunRow) -> str:
    """What is known of the tokens."""
    if row.requests and row.requests == row.unknown_usage:
        return UNKNOWN
    return ("≥ " if row.unknown_usage else "") + short_count(row.tokens)


class Column(NamedTuple):
    """A column of the table.

    Attributes:
        order: How the history names the order; see `history.filters.ORDERS`.
        is_figure: Stands at the right, with figures of one width.
    """

    order: str
    text: Callable[[RunRow], str]
    width: int
    is_figure: bool = False


COLUMNS = (
    Column("question", lambda row: one_line(row.title or row.question, 200), 320),
    Column("documents", documents_text, 130),
    Column("model", model_text, 130),
    Column("started", lambda row: started_text(row.started_at), 144),
    Column("duration", lambda row: clock(row.duration), 76, True),
    Column("calls", lambda row: number(row.calls), 64, True),
    Column("depth", lambda row: str(row.depth), 60, True),
    Column("tokens", tokens_text, 72, True),
    Column("cost", cost_text, 80, True),
    Column("end_state", lambda row: status_words(row.end_state), 156),
)
QUESTION, END_STATE = 0, len(COLUMNS) - 1
STARTED = 3
_LEAVE_FIRST = ("depth", "documents", "duration", "tokens", "model", "calls", "cost")
"""Columns that give way when the window is narrow, in this order."""


def titles() -> dict[str, str]:
    """What stands over each column."""
    translate = QCoreApplication.translate
    return {
        "question": translate("RunTable", "Question"),
        "documents": translate("RunTable", "Documents"),
        "model": translate("RunTable", "Model"),
        "started": translate("RunTable", "Started"),
        "duration": translate("RunTable", "Duration"),
        "calls": translate("RunTable", "Calls"),
        "depth": translate("RunTable", "Depth"),
        "tokens": translate("RunTable", "Tokens"),
        "cost": translate("RunTable", "Cost"),
        "end_state": translate("RunTable", "End state"),
    }


class RunsModel(QAbstractTableModel):
    """The runs of a list of ids; their rows come later.

    Signals:
        rows_wanted: Ids of runs whose rows are looked at and not there.
    """

    rows_wanted = Signal(list)
    RowRole = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: list[str] = []
        self._rows: dict[str, RunRow] = {}
        self._asked: set[int] = set()

    def show_runs(self, ids: Sequence[str], rows: Mapping[str, RunRow]) -> None:
        """Show other runs; `rows` are those that are known already."""
        self.beginResetModel()
        self.ids = list(ids)
        self._rows = dict(rows)
        self._asked.clear()
        self.endResetModel()

    def take_rows(self, rows: Mapping[str, RunRow]) -> None:
        """Rows that were asked for, or that have changed."""
        self._rows.update(rows)
        places = [place for place, run_id in enumerate(self.ids) if run_id in rows]
        if places:
            self.dataChanged.emit(self.index(places[0], 0), self.index(places[-1], len(COLUMNS) - 1))

    def renew(self, rows: Mapping[str, RunRow]) -> None:
        """The same runs, of which something may have changed; `rows` are the first ones."""
        self.take_rows(rows)
        if others := [run_id for run_id in self._rows if run_id not in rows]:
            self.rows_wanted.emit(others)

    def row(self, place: int) -> RunRow | None:
        """The run of a row, if it is there yet."""
        return self._rows.get(self.ids[place]) if 0 <= place < len(self.ids) else None

    def looked_at(self, place: int) -> RunRow | None:
        """The run of a row that is shown: asked for if it is not there yet."""
        row = self.row(place)
        if row is None:
            self._ask(place)
        return row

    def row_of(self, run_id: str) -> RunRow | None:
        """The run of an id; None while it is not known yet."""
        return self._rows.get(run_id)

    def _ask(self, place: int) -> None:
        """Ask for the page of a row, once."""
        page = place // PAGE
        if page not in self._asked:
            self._asked.add(page)
            self.rows_wanted.emit(self.ids[page * PAGE : (page + 1) * PAGE])

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return titles()[column.order]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_figure else _LEFT
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        column, row = COLUMNS[index.column()], self.looked_at(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown_text(column, row)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.TextAlignmentRole if column.is_figure:
                return _RIGHT
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_tip(row, column))
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{titles()[column.order]}: {column.text(row)}"
            case self.RowRole:
                return row
            case _:
                return None


def _shown_text(column: Column, row: RunRow | None) -> str:
    if row is not None:
        return column.text(row)
    return "…" if column is COLUMNS[QUESTION] else ""


def as_text(rows: Iterable[RunRow], columns: Sequence[Column]) -> str:
    """Runs as text that a spreadsheet takes."""
    return "\n".join(joined([column.text(row) for column in columns] for row in rows))


def _tip(row: RunRow, column: Column) -> str:
    if column.order == "question":
        return "\n".join(part for part in (row.title, row.question, row.answer and f"→ {row.answer}") if part)
    if column.order == "documents":
        return "\n".join(document.name for document in row.documents[:30])
    if column.order in ("cost", "tokens") and (row.unknown_cost or row.unknown_usage):
        return QCoreApplication.translate(
            "RunTable", "The figures of some requests are not known; the sum leaves them out."
        )
    return column.text(row)


class RunDelegate(QStyledItemDelegate):
    """Paints a cell: the question with its tags, the end state with its sign, all else as text.

    It asks the model itself: each question that goes through Qt costs as much as what is painted.
    """

    def __init__(self, model: RunsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._font = QFont()
        self._figures = theme.figures_font(self._font)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # noqa: D102
        column, row = COLUMNS[index.column()], self._model.looked_at(index.row())
        widget: QWidget = option.widget
        colours = theme.colours_of(widget)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())
        area = option.rect.adjusted(_SPACE, 0, -_SPACE, 0)
        painter.setPen(QColor(colours.text if index.column() == QUESTION else colours.muted))
        text = _shown_text(column, row)
        if column.is_figure:
            painter.setFont(self._figures_font(option.font))
        if row is not None and index.column() == END_STATE:
            colour = getattr(colours, theme.status_role(row.end_state))
            sign = theme.pixmap(theme.status_icon(row.end_state), colour, _ICON, widget.devicePixelRatioF())
            painter.drawPixmap(area.left(), area.center().y() - _ICON // 2, sign)
            area.setLeft(area.left() + _ICON + 6)
            painter.setPen(QColor(colour))
        if row is not None and index.column() == QUESTION and row.is_pinned:
            pin = theme.pixmap("pin", colours.accent, _ICON, widget.devicePixelRatioF())
            painter.drawPixmap(area.left(), area.center().y() - _ICON // 2, pin)
            area.setLeft(area.left() + _ICON + 6)
        metrics = painter.fontMetrics()
        tags = " ".join(f"#{tag}" for tag in row.tags) if row is not None and index.column() == QUESTION else ""
        tags = metrics.elidedText(tags, Qt.TextElideMode.ElideRight, area.width() // 2)
        room = area.width() - (metrics.horizontalAdvance(tags) + _SPACE if tags else 0)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        side = _RIGHT if column.is_figure else _LEFT
        painter.drawText(area, side, shown)
        if tags:
            area.setLeft(area.left() + metrics.horizontalAdvance(shown) + _SPACE)
            painter.setPen(QColor(colours.code))
            painter.drawText(area, side, tags)
        painter.restore()

    def _figures_font(self, font: QFont) -> QFont:
        """The font of figures that goes with `font`, made once: a page has hundreds of figures."""
        if font != self._font:
            self._font, self._figures = QFont(font), theme.figures_font(font)
        return self._figures


class RunTable(QTableView):
    """The table.

    Signals:
        sorted_by: A column of `history.filters.ORDERS`, and whether the largest comes first.
        open_requested: The run in a row.
        delete_pressed: The selected runs shall go.
        copy_pressed: They shall be copied, also those whose rows have not come yet.
    """

    sorted_by = Signal(str, bool)
    open_requested = Signal(int)
    delete_pressed = Signal()
    copy_pressed = Signal()

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self.setObjectName("runs")
        self.setAccessibleName(self.tr("Runs"))
        self.setModel(model)
        self.setItemDelegate(RunDelegate(model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.doubleClicked.connect(lambda index: self.open_requested.emit(index.row()))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        theme.size_rows(self)
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.setSortIndicatorShown(True)
        # One in which nothing is ever selected: with the table's own it asks of every selected row, for each
        # column that it paints, whether the whole column is selected.
        head.setSelectionModel(QItemSelectionModel(model, head))
        head.setSortIndicator(STARTED, Qt.SortOrder.DescendingOrder)
        head.setSectionResizeMode(QUESTION, QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(48)
        head.sortIndicatorChanged.connect(self._sort)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            theme.size_rows(self)
        if event.type() == QEvent.Type.FontChange:
            self._widen()

    def _widen(self) -> None:
        """Give the columns the room that letters of this size need."""
        for place, column in enumerate(COLUMNS):
            self.setColumnWidth(place, theme.scaled(self, column.width))
        self.fit(self.width())

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        self.sorted_by.emit(COLUMNS[section].order, order == Qt.SortOrder.DescendingOrder)

    def fit(self, width: int) -> None:
        """Leave columns out until the question has room."""
        spare = width - theme.scaled(self, sum(column.width for column in COLUMNS))
        places = {column.order: place for place, column in enumerate(COLUMNS)}
        for order in _LEAVE_FIRST:
            is_hidden = spare < 0
            spare += theme.scaled(self, COLUMNS[places[order]].width) if is_hidden else 0
            self.setColumnHidden(places[order], is_hidden)

    def shown_columns(self) -> list[Column]:
        """Those that have room, in their order."""
        return [column for place, column in enumerate(COLUMNS) if not self.isColumnHidden(place)]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.open_requested.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        else:
            super().keyPressEvent(event)
