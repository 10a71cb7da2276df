"""The page of the history: everything that was ever asked in one table, and the search through all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.events import EndState, as_utc
from rlm_desktop.history.rows import RUNNING, Facets, RunFilter
from rlm_desktop.ui.copying import selected_rows
from rlm_desktop.ui.figures import counted, model_words, number, status_words
from rlm_desktop.ui.flow import FlowLayout
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.labels import ElidedLabel
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.sessions.hit_list import HitLine, HitList, HitsModel, RunHead, field_names
from rlm_desktop.ui.sessions.run_table import RunsModel, RunTable
from rlm_desktop.ui.window_style import muted

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow, SearchHit, SearchStep

TYPING_MS = 120
"""How long nothing must have been typed before a search begins."""
BUSY_MS = 200
"""A search that takes longer is said to be going on."""
_NARROWEST = 8
"""Letters that a filter has room for."""
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page is to show.

    Attributes:
        text: What is searched for; empty for the table of runs.
        field: The kind of text to search in; empty for all.
        order: A column of `history.filters.ORDERS`, for the table.
    """

    text: str
    field: str
    chosen: RunFilter
    order: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A step of a search.

    Attributes:
        rows: The runs of its hits.
        unindexed: How many runs are not in the index yet.
    """

    step: SearchStep
    rows: Mapping[str, RunRow]
    unindexed: int


class HistoryPage(QWidget):
    """The search line, the filters, the table of runs or what was found.

    Signals:
        wanted: Something else is to be shown: a `Wanted`.
        broken_off: What was wanted is not any more.
        rows_wanted: Ids of runs that come into view.
        more_wanted: The next page of what was found.
        run_opened: A `RunRow`.
        hit_opened: A `SearchHit`.
        menu_requested: At a place of the screen, for the selected runs.
        delete_requested: The selected runs shall go.
        export_requested: The selected runs shall be written to files.
        chosen_changed: Other runs are selected, or more is known of them.
        left: The person wants to go back to the work.
    """

    wanted = Signal(object)
    broken_off = Signal()
    rows_wanted = Signal(list)
    more_wanted = Signal()
    run_opened = Signal(object)
    hit_opened = Signal(object)
    menu_requested = Signal(QPoint)
    delete_requested = Signal()
    copy_requested = Signal()
    export_requested = Signal()
    chosen_changed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyPage")
        self.setAccessibleName(self.tr("History"))
        self._order, self._is_descending = "started", True
        self._is_outdated = False  # what is shown was found for other words than those that are searched for
        self.runs = RunsModel(self)
        self.hits = HitsModel(self)
        self.table = RunTable(self.runs)
        self.list = HitList(self.hits)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._ask)
        self._busy = QTimer(self, singleShot=True, interval=BUSY_MS)
        self._busy.timeout.connect(self._tell_busy)
        self._make_line()
        self._make_filters()
        self._arrange()
        self._connect()

    # -- building -------------------------------------------------------------------------------------------

    def _make_line(self) -> None:
        self.field = QLineEdit()
        self.field.setPlaceholderText(
            self.tr('Search all runs: words, "a phrase", begin*, -without, code:regex, answer:…')
        )
        self.field.setAccessibleName(self.tr("Search all runs"))
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self.export = QPushButton(self.tr("Export…"))
        KeyTip(self.export, self.tr("Write the selected runs to files {keys}"), "export_runs")
        self.delete = QPushButton(self.tr("Delete"))
        self.delete.setToolTip(self.tr("Delete the selected runs (Del)"))
        self.back = QPushButton(self.tr("Back"))
        self.back.setToolTip(self.tr("Back to the work (Esc)"))

    def _make_filters(self) -> None:
        self.fields = _choice(self.tr("Kind of text"), [(self.tr("Everywhere"), ""), *_swapped(field_names())])
        states = [RUNNING, *(str(state) for state in EndState)]
        self.states = _choice(
            self.tr("End state"), [(self.tr("Any end state"), ""), *((status_words(one), one) for one in states)]
        )
        self.models = _choice(self.tr("Model"), [(self.tr("Any model"), "")])
        self.tags = _choice(self.tr("Tag"), [(self.tr("Any tag"), "")])
        days = [(self.tr("Any time"), -1), (self.tr("Today"), 0), (self.tr("Last 7 days"), 7)]
        days += [(self.tr("Last 30 days"), 30), (self.tr("Last year"), 365)]
        self.days = _choice(self.tr("Time"), days)
        self.filters = (self.fields, self.states, self.models, self.tags, self.days)
        self.status = ElidedLabel()
        muted(self.status)

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        for widget in (self.back, self.field, self.export, self.delete):
            line.addWidget(widget, 1 if widget is self.field else 0)
        chips = FlowLayout()  # the list of sessions keeps its width beside it
        for box in self.filters:
            chips.addWidget(box)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        muted(self.hint)
        self._stack = QStackedWidget()
        for widget in (self.hint, self.table, self.list):
            self._stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addLayout(chips)
        layout.addWidget(self.status)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._on_typed)
        for box in self.filters:
            box.currentIndexChanged.connect(self._ask)
        self.back.clicked.connect(self.left)
        self.export.clicked.connect(self.export_requested)
        self.delete.clicked.connect(self.delete_requested)
        self.runs.rows_wanted.connect(self.rows_wanted)
        self.table.sorted_by.connect(self._sort)
        self.table.open_requested.connect(self._open)
        self.table.delete_pressed.connect(self.delete_requested)
        self.table.copy_pressed.connect(self.copy_requested)
        self.list.open_requested.connect(self._open)
        self.list.more_wanted.connect(self.more_wanted)
        for view in (self.table, self.list):
            view.customContextMenuRequested.connect(
                lambda place, view=view: self.menu_requested.emit(view.viewport().mapToGlobal(place))
            )
            view.selectionModel().selectionChanged.connect(self._enable)
        self._enable()

    # -- what is wanted -------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.field.text()

    @property
    def chosen(self) -> RunFilter:
        """What the filters let pass."""
        state, days = self.states.currentData(), self.days.currentData()
        return RunFilter(
            end_states=(state,) if state else (),
            model=self.models.currentData(),
            tag=self.tags.currentData(),
            since=_since(days) if days >= 0 else "",
        )

    def ask_now(self) -> None:
        """Ask for what is to be shown, without waiting for more to be typed."""
        self._ask()

    def _ask(self) -> None:
        self._typing.stop()
        self._busy.start()
        self._is_outdated = bool(self.text.strip())
        self.fields.setEnabled(self._is_outdated)
        self.wanted.emit(
            Wanted(
                self.text.strip() and self.text,
                self.fields.currentData(),
                self.chosen,
                self._order,
                self._is_descending,
            )
        )

    def _on_typed(self) -> None:
        self._busy.stop()
        self._typing.start()
        self.broken_off.emit()

    def _tell_busy(self) -> None:
        """What takes long is said; what was found for other words is not left there to be opened."""
        self._say(self.tr("Searching…"))
        if self._is_outdated:
            self.hits.show_hits((), {})
            self._hint(self.tr("Searching…"))
            self._enable()

    def _sort(self, order: str, is_descending: bool) -> None:
        self._order, self._is_descending = order, is_descending
        self._ask()

    # -- what is shown --------------------------------------------------------------------------------------

    def show_facets(self, facets: Facets) -> None:
        """Offer these models and tags."""
        _refill(self.models, facets.models, model_words)
        _refill(self.tags, facets.tags, str)

    def show_runs(self, ids: Sequence[str], rows: Mapping[str, RunRow], *, keeps_place: bool) -> None:
        """Show runs; `rows` are those that are known already.

        The cursor goes to the first one; when it `keeps_place`, it and what is selected stay with their runs.
        """
        self._busy.stop()
        if keeps_place and self.view is self.table and self.runs.ids == list(ids):
            self.runs.renew(rows)
            return
        before, place = self.runs.ids, max(0, self.table.currentIndex().row())
        current = before[place] if before else ""
        chosen = {before[row] for row in selected_rows(self.table)} if keeps_place else set[str]()
        self.runs.show_runs(ids, rows)
        if ids:
            if not keeps_place:
                place = 0
            elif current in ids:
                place = ids.index(current)
            self._select(min(place, len(ids) - 1), chosen)
            self._stack.setCurrentWidget(self.table)
            self._say(counted(len(ids), "run"))
        else:
            self._say("")
            nothing = self.tr("There are no runs yet. Ask a question, or import a log (menu File).")
            self._hint(nothing if self.chosen.is_empty else self.tr("No run fits the filters."))
        self._enable()

    def _select(self, place: int, chosen: Set[str]) -> None:
        """Put the cursor on a row, and select the runs that were chosen; where none of them is left, that row."""
        selection, last = QItemSelection(), self.runs.columnCount() - 1
        rows = [row for row, run_id in enumerate(self.runs.ids) if run_id in chosen]
        for _, side_by_side in groupby(enumerate(rows), key=lambda one: one[1] - one[0]):
            block = [row for _, row in side_by_side]
            selection.select(self.runs.index(block[0], 0), self.runs.index(block[-1], last))
        if not rows:
            self.table.setCurrentIndex(self.runs.index(place, 0))
            return
        model = self.table.selectionModel()
        model.setCurrentIndex(self.runs.index(place, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def show_found(self, found: Found, *, is_new: bool) -> None:
        """Show what a step has found: in the place of what was shown when it `is_new`, else below it."""
        step = found.step
        if not is_new:
            self.hits.add_hits(step.hits, found.rows)
        elif step.hits or step.is_over:
            self._busy.stop()
            self._show_hits(step.hits, found.rows)
        if not self._busy.isActive():
            share = None if step.is_over else step.share
            self._tell_found(is_all=step.has_all, unindexed=found.unindexed, share=share)

    def _show_hits(self, hits: Sequence[SearchHit], rows: Mapping[str, RunRow]) -> None:
        self._is_outdated = False
        self.hits.show_hits(hits, rows)
        if self.hits.lines:
            self.list.setCurrentIndex(self.hits.index(1, 0))
            self.list.scrollToTop()
            self._stack.setCurrentWidget(self.list)
        else:
            self._hint(self.tr("Nothing was found. Every word must be in one text; a star finds beginnings: segm*"))
        self._enable()

    def drop_hits(self, item_ids: Sequence[str], *, is_all: bool) -> None:
        """Take away what was found in runs or sessions that are gone, by their ids."""
        if not self.hits.lines:
            return
        self.hits.drop(item_ids)
        if not self.hits.lines:
            self._show_hits((), {})
            self._say("")
        else:
            self._tell_found(is_all=is_all)
            self._enable()

    def restore_hits(self, item_ids: Sequence[str], *, is_all: bool) -> bool:
        """Show again what `drop_hits` took away; False when that is not known any more."""
        if not self.hits.lines or not self.hits.restore(item_ids):
            return False
        self._tell_found(is_all=is_all)
        self._enable()
        return True

    def _tell_found(self, *, is_all: bool, unindexed: int = 0, share: float | None = None) -> None:
        """Say how much was found, by a search that has looked through a share of the history and goes on."""
        parts: list[str] = []
        if self.hits.hits:
            places, runs = counted(self.hits.hits, "place"), counted(self.hits.runs, "run")
            text = self.tr("{places} in {runs}") if is_all else self.tr("the latest {places}, in {runs}")
            parts.append(text.format(places=places, runs=runs))
        if share is not None:
            parts.append(self.tr("{share}% searched so far").format(share=number(100 * share)))
        if unindexed:
            parts.append(self.tr("{runs} still being indexed").format(runs=counted(unindexed, "run")))
        self._say(" · ".join(parts))

    def show_fault(self, text: str) -> None:
        """Say why nothing can be shown."""
        self._busy.stop()
        self._is_outdated = False
        self._say("")
        self._hint(said(text))
        self._enable()

    def _hint(self, text: str) -> None:
        self.hint.setText(text)
        self._stack.setCurrentWidget(self.hint)

    def _say(self, text: str) -> None:
        self.status.set_full_text(text)

    def update_rows(self, rows: Mapping[str, RunRow]) -> None:
        """Rows that were asked for, or have changed."""
        self.runs.take_rows(rows)
        self.chosen_changed.emit()

    # -- choosing -------------------------------------------------------------------------------------------

    @property
    def view(self) -> QAbstractItemView | None:
        """The table or the list, whichever shows; None when neither does."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, QAbstractItemView) else None

    @property
    def current_run(self) -> RunRow | None:
        """The run under the cursor of the table."""
        return self.runs.row(self.table.currentIndex().row())

    def selected_ids(self) -> list[str]:
        """The ids of the runs that are selected, in their order, whether their rows have come yet or not."""
        if self.view is self.table:
            return [self.runs.ids[row] for row in selected_rows(self.table)]
        if self.view is self.list and (head := self._head(self.list.currentIndex().row())) is not None:
            return [head.row.id]
        return []

    def selected_runs(self) -> list[RunRow]:
        """The selected runs whose rows are known."""
        if self.view is self.list:
            head = self._head(self.list.currentIndex().row())
            return [head.row] if head is not None else []
        return [row for run_id in self.selected_ids() if (row := self.runs.row_of(run_id)) is not None]

    def few_runs(self, most: int) -> list[RunRow]:
        """The selected runs; none when there are more, which is known at once however many there are."""
        if self.view is self.table:
            ranges = self.table.selectionModel().selection()
            if sum(ranges.at(place).height() for place in range(ranges.count())) > most:
                return []
        return self.selected_runs()

    def _head(self, place: int) -> RunHead | None:
        """The run that a line of what was found belongs to."""
        lines = self.hits.lines
        return next((one for one in reversed(lines[: place + 1]) if isinstance(one, RunHead)), None)

    def _open(self, place: int) -> None:
        if self.view is self.table:
            if (row := self.runs.row(place)) is not None:
                self.run_opened.emit(row)
            return
        line = self.hits.lines[place]
        if isinstance(line, HitLine):
            self.hit_opened.emit(line.hit)
        else:
            self.run_opened.emit(line.row)

    def open_current(self) -> None:
        """Open what is under the cursor."""
        view = self.view
        if view is not None and view.currentIndex().isValid():
            self._open(view.currentIndex().row())

    def _enable(self) -> None:
        has_some = self.view is not None and self.view.selectionModel().hasSelection()
        for button in (self.export, self.delete):
            button.setEnabled(has_some)
        self.chosen_changed.emit()

    # -- Qt's events ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys in the search line that move in the list below it."""
        if watched is not self.field or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() in _LIST_KEYS and self.view is not None:
            self._move(event)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._typing.isActive():
                self._ask()
            elif not self._is_outdated:
                self.open_current()
            return True
        return super().eventFilter(watched, event)

    def _move(self, event: QKeyEvent) -> None:
        view = self.view
        assert view is not None
        before = view.currentIndex()
        view.keyPressEvent(event)
        if event.key() == Qt.Key.Key_Down and view is self.list and before == QModelIndex():
            view.setCurrentIndex(self.hits.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.field.text():
            self.field.clear()
            self.field.setFocus()
        else:
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self.table.fit(self.width())


def _choice(name: str, items: Iterable[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setIconSize(QSize(0, 0))
    for text, value in items:
        box.addItem(text, value)
    box.setMinimumContentsLength(max(_NARROWEST, len(box.itemText(0))))
    return box


def _swapped(names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, key) for key, name in names.items()]


def _refill(box: QComboBox, values: Sequence[str], words: Callable[[str], str]) -> None:
    """Offer other values after the first one; what was chosen stays chosen while it is there."""
    chosen = box.currentData()
    if [box.itemData(place) for place in range(1, box.count())] == list(values):
        return
    was_blocked = box.blockSignals(True)
    while box.count() > 1:
        box.removeItem(1)
    for value in values:
        box.addItem(words(value), value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(was_blocked)


def _since(days: int) -> str:
    """The moment from which on runs are shown: the start of that day here, as UTC."""
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return as_utc(midnight - timedelta(days=days))
