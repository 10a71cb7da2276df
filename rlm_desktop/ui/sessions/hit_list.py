"""What a search has found: under each run the places in it, with the words marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from rlm_desktop.engine.events import ROOT
from rlm_desktop.ui import theme
from rlm_desktop.ui.figures import number, one_line, status_words
from rlm_desktop.ui.sessions.run_table import cost_text, model_text, started_text

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow, SearchHit

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex
_ICON, _PADDING, _INDENT, _MARGIN, _GAP = 14, 12, 32, 6, 2
SNIPPET_LINES = 2
_SURELY = 0.8
"""How much of a line an excerpt may take that surely stays on it: its marks are wider than the rest."""
_MEASURED = 2000
"""Excerpts whose widths are remembered."""


def field_names() -> dict[str, str]:
    """The kinds of texts that are searched, as one says them."""
    translate = QCoreApplication.translate
    return {
        "question": translate("HitList", "Question"),
        "answer": translate("HitList", "Answer"),
        "prompt": translate("HitList", "Prompt"),
        "response": translate("HitList", "Response"),
        "code": translate("HitList", "Code"),
        "output": translate("HitList", "Output"),
        "error": translate("HitList", "Error"),
        "document": translate("HitList", "Document"),
    }


@dataclass(frozen=True, slots=True)
class RunHead:
    """The run that the places below it are in."""

    row: RunRow

    @property
    def title(self) -> str:
        """Its name or question on one line."""
        return one_line(self.row.title or self.row.question, 200)

    @property
    def detail(self) -> str:
        """How and when it ran."""
        parts = [status_words(self.row.end_state), started_text(self.row.started_at), model_text(self.row)]
        return " · ".join(part for part in (*parts, cost_text(self.row)) if part)


@dataclass(frozen=True, slots=True)
class HitLine:
    """A place in a run."""

    hit: SearchHit

    @property
    def place(self) -> str:
        """The kind of text and the row that it is in, as `Response · call 31`."""
        translate = QCoreApplication.translate
        parts = [field_names().get(self.hit.field, self.hit.field)]
        if self.hit.call > ROOT:  # of the root call, or of the run as a whole, nothing is said
            parts.append(translate("HitList", "call {number}").format(number=number(self.hit.call)))
        if self.hit.iteration:
            parts.append(translate("HitList", "iteration {number}").format(number=number(self.hit.iteration)))
        if self.hit.has_more:
            parts.append(translate("HitList", "there are more in this run"))
        return " · ".join(parts)


Line: TypeAlias = RunHead | HitLine


class HitsModel(QAbstractListModel):
    """Runs and the places in them, the latest first."""

    LineRole = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.hits = 0
        self.runs = 0
        self._dropped: dict[str, list[list[Line]]] = {}

    def show_hits(self, hits: Sequence[SearchHit], rows: Mapping[str, RunRow]) -> None:
        """Show what was found; `rows` are the runs of the hits."""
        self.beginResetModel()
        self.lines, self.hits, self.runs, self._dropped = [], 0, 0, {}
        self.lines = list(self._lines(hits, rows))
        self.endResetModel()

    def add_hits(self, hits: Sequence[SearchHit], rows: Mapping[str, RunRow]) -> None:
        """Show the next page below."""
        lines = list(self._lines(hits, rows))
        if lines:
            self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines) + len(lines) - 1)
            self.lines += lines
            self.endInsertRows()

    def _lines(self, hits: Iterable[SearchHit], rows: Mapping[str, RunRow]) -> Iterable[Line]:
        last = self.lines[-1] if self.lines else None
        run_id = last.hit.run_id if isinstance(last, HitLine) else ""
        for hit in hits:
            row = rows.get(hit.run_id)
            if row is None:  # deleted just now
                continue
            if hit.run_id != run_id:
                run_id = hit.run_id
                self.runs += 1
                yield RunHead(row)
            self.hits += 1
            yield HitLine(hit)

    def drop(self, item_ids: Iterable[str]) -> None:
        """Take away what was found in runs or sessions that are gone, by their ids."""
        gone = {item_id: self._dropped.setdefault(item_id, []) for item_id in item_ids}
        for first, last in reversed(self._blocks()):
            head = self.lines[first]
            keys = (head.row.id, head.row.session_id) if isinstance(head, RunHead) else ()
            if key := next((key for key in keys if key in gone), ""):
                self.beginRemoveRows(QModelIndex(), first, last)
                gone[key].append(self.lines[first : last + 1])
                del self.lines[first : last + 1]
                self.runs -= 1
                self.hits -= last - first
                self.endRemoveRows()

    def restore(self, item_ids: Sequence[str]) -> bool:
        """Show in its place what `drop` took away; False when nothing is known of some of it."""
        if not self._dropped.keys() >= set(item_ids):
            return False
        for lines in (lines for item_id in item_ids for lines in self._dropped.pop(item_id)):
            blocks = ((first, _newest(self.lines[first : last + 1])) for first, last in self._blocks())
            first = next((first for first, key in blocks if key < _newest(lines)), len(self.lines))
            self.beginInsertRows(QModelIndex(), first, first + len(lines) - 1)
            self.lines[first:first] = lines
            self.runs += 1
            self.hits += len(lines) - 1
            self.endInsertRows()
        return True

    def _blocks(self) -> list[tuple[int, int]]:
        """The first and the last line of each run."""
        firsts = [place for place, line in enumerate(self.lines) if isinstance(line, RunHead)]
        return [(first, after - 1) for first, after in zip(firsts, [*firsts[1:], len(self.lines)], strict=True)]

    @property
    def last_hit(self) -> SearchHit | None:
        """Where the next page begins."""
        last = self.lines[-1] if self.lines else None
        return last.hit if isinstance(last, HitLine) else None

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == self.LineRole:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (
                f"{line.title}; {line.detail}" if isinstance(line, RunHead) else f"{line.place}: {line.hit.snippet}"
            )
        return None


def _newest(lines: Sequence[Line]) -> int:
    """Where the first place of a run stands in the order of hits."""
    return next((line.hit.key for line in lines if isinstance(line, HitLine)), 0)


class HitDelegate(QStyledItemDelegate):
    """Paints the lines."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self._widths: dict[str, int] = {}
        self._font = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: D102
        spacing = option.fontMetrics.lineSpacing()
        line = index.data(HitsModel.LineRole)
        if not isinstance(line, HitLine):
            return QSize(200, spacing + 18)
        lines = self._lines(line.hit, option)
        return QSize(200, spacing + lines * option.fontMetrics.height() + 2 * _MARGIN + _GAP)

    def _lines(self, hit: SearchHit, option: QStyleOptionViewItem) -> int:
        """On how many lines the excerpt will be painted; laid out, which takes long, only in doubt."""
        room = self._view.viewport().width() - _INDENT - _PADDING
        if self._font != option.font.key() or len(self._widths) >= _MEASURED:
            self._font, self._widths = option.font.key(), {}
        width = self._widths.get(hit.snippet)
        if width is None:
            width = self._widths[hit.snippet] = option.fontMetrics.horizontalAdvance(hit.snippet)
        if width < room * _SURELY:
            return 1
        if width > room:
            return SNIPPET_LINES
        return _snippet_layout(hit, option.font, room, theme.colours_of(self._view)).lineCount()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # noqa: D102
        line = index.data(HitsModel.LineRole)
        painter.save()
        painter.setFont(option.font)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, option.palette.midlight())
        colours = theme.colours_of(option.widget)
        if isinstance(line, RunHead):
            self._paint_head(painter, option.rect, colours, line, option.widget.devicePixelRatioF())
        elif isinstance(line, HitLine):
            self._paint_hit(painter, option.rect, colours, line)
        painter.restore()

    @staticmethod
    def _paint_head(painter: QPainter, rect: QRect, colours: theme.Colours, line: RunHead, ratio: float) -> None:
        area = rect.adjusted(_PADDING, 6, -_PADDING, 0)
        colour = getattr(colours, theme.status_role(line.row.end_state))
        sign = theme.pixmap(theme.status_icon(line.row.end_state), colour, _ICON, ratio)
        painter.drawPixmap(area.left(), area.center().y() - _ICON // 2, sign)
        area.setLeft(area.left() + _ICON + 6)
        plain = painter.font()
        bold = QFont(plain)
        bold.setWeight(QFont.Weight.DemiBold)
        detail_width = min(painter.fontMetrics().horizontalAdvance(line.detail), area.width() // 2)
        painter.setFont(bold)
        painter.setPen(QColor(colours.text))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        width = area.width() - detail_width - _PADDING
        title = painter.fontMetrics().elidedText(line.title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(area, left, title)
        painter.setFont(plain)
        painter.setPen(QColor(colours.muted))
        area.setLeft(area.right() - detail_width)
        detail = painter.fontMetrics().elidedText(line.detail, Qt.TextElideMode.ElideRight, detail_width + 1)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, detail)

    @staticmethod
    def _paint_hit(painter: QPainter, rect: QRect, colours: theme.Colours, line: HitLine) -> None:
        area = rect.adjusted(_INDENT, _MARGIN, -_PADDING, -_MARGIN)
        painter.setPen(QColor(colours.muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, line.place)
        top = area.top() + painter.fontMetrics().lineSpacing() + _GAP
        painter.setPen(QColor(colours.text))
        layout = _snippet_layout(line.hit, painter.font(), area.width(), colours)
        layout.draw(painter, QPointF(area.left(), top))


def _snippet_layout(hit: SearchHit, font: QFont, width: int, colours: theme.Colours) -> QTextLayout:
    """The excerpt on at most `SNIPPET_LINES` lines, its marks in the colour of a marker pen."""
    layout = QTextLayout(hit.snippet, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    marked = QTextCharFormat()
    marked.setFontWeight(QFont.Weight.DemiBold)
    marked.setForeground(QColor(colours.rlm))
    marked.setBackground(QColor(colours.hover))
    formats: list[QTextLayout.FormatRange] = []
    for start, end in hit.marks:
        one = QTextLayout.FormatRange()
        one.start, one.length, one.format = start, end - start, marked
        formats.append(one)
    layout.setFormats(formats)
    layout.beginLayout()
    height = 0.0
    for _ in range(SNIPPET_LINES):
        row = layout.createLine()
        if not row.isValid():
            break
        row.setLineWidth(max(40, width))
        row.setPosition(QPointF(0, height))
        height += row.height()
    layout.endLayout()
    return layout


class HitList(QListView):
    """The list.

    Signals:
        open_requested: The line in a row.
        more_wanted: The end is near.
    """

    open_requested = Signal(int)
    more_wanted = Signal()

    def __init__(self, model: HitsModel) -> None:
        super().__init__()
        self.setObjectName("hits")
        self.setAccessibleName(self.tr("What was found"))
        self.setModel(model)
        self.setItemDelegate(HitDelegate(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self.open_requested.emit(index.row()))
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def _on_scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if value >= bar.maximum() - self.viewport().height():
            self.more_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.open_requested.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
