"""What a run costs as it goes, by depth and by model, and what the month has cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from rlm_desktop.engine.events import as_utc
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Tally
from rlm_desktop.ui.copying import joined, let_copy_rows
from rlm_desktop.ui.figures import counted, model_words, money, number, short_count
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.theme import figures_font, row_height

if TYPE_CHECKING:
    from rlm_desktop.history.spending import Spending

_COLUMNS = 5
_WIDTH, _LEAST_COLUMN = 520, 88


def cost_words(tally: Tally) -> str:
    """A cost as it is known: `$0.12`, `≥ $0.12`, `unknown`."""
    if not tally.unknown_cost:
        return money(tally.cost_usd)
    if tally.unknown_cost >= tally.requests:
        return QCoreApplication.translate("Cost", "unknown")
    return f"≥ {money(tally.cost_usd)}"


class CostTable(QTreeWidget):
    """The run's requests, tokens and cost by depth and by model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[tuple[int, str]] = []
        self._items: list[QTreeWidgetItem] = []
        self.setAccessibleName(self.tr("Cost by depth and by model"))
        self.setHeaderLabels(
            [self.tr("What"), self.tr("Requests"), self.tr("Tokens in"), self.tr("Tokens out"), self.tr("Cost")]
        )
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(12)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        let_copy_rows(self, self._lines)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(_LEAST_COLUMN)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, _COLUMNS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def set_state(self, state: RunState | None) -> None:
        """Show a run as it stands; None for none. Call it again when the run has moved on."""
        rows = self._rows(state) if state is not None else []
        names = [(group, name) for group, name, _ in rows]
        if names != self._names:
            self._names = names
            self._build(names)
        for item, (_, _, tally) in zip(self._items, rows, strict=True):
            if tally is not None:
                _write(item, tally)

    def _lines(self) -> Iterator[str]:
        """All of it: it is small, and nothing is selected in it."""
        return joined(
            [item.text(column) for column in range(_COLUMNS)] for item in (self.headerItem(), *self._items)
        )

    def _rows(self, state: RunState) -> list[tuple[int, str, Tally | None]]:
        """Level, name and figures of each row; a heading has no figures."""
        depths = [
            (1, self.tr("Depth {depth}").format(depth=depth), tally)
            for depth, tally in sorted(state.by_depth.items())
        ]
        models = [(1, model_words(model), tally) for model, tally in sorted(state.by_model.items())]
        return [
            (0, self.tr("By depth"), None),
            *depths,
            (0, self.tr("By model"), None),
            *models,
            (0, self.tr("Whole run"), state.totals),
        ]

    def _build(self, names: Sequence[tuple[int, str]]) -> None:
        self.clear()
        self._items = []
        parent = QTreeWidgetItem()
        for level, name in names:
            item = QTreeWidgetItem(parent, [name]) if level else QTreeWidgetItem(self, [name])
            if not level:
                parent = item
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
            item.setToolTip(0, plain_tip(name))
            item.setSizeHint(0, QSize(0, row_height(self)))
            for column in range(1, _COLUMNS):
                item.setFont(column, figures_font(self.font()))
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._items.append(item)
        self.expandAll()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._names = []  # rows of other sizes, with the next figures

    def sizeHint(self) -> QSize:  # noqa: D102
        rows = sum(self.rowHeight(self.indexFromItem(item)) for item in self._items)
        return QSize(_WIDTH, self.header().sizeHint().height() + rows + 2 * self.frameWidth())


def _write(item: QTreeWidgetItem, tally: Tally) -> None:
    """The figures of one row; `≥` says that there are more, which the provider did not tell."""
    mark = "≥ " if tally.unknown_usage else ""
    texts = (
        number(tally.requests),
        f"{mark}{short_count(tally.input_tokens)}",
        f"{mark}{short_count(tally.output_tokens)}",
        cost_words(tally),
    )
    for column, text in enumerate(texts, start=1):
        if item.text(column) != text:
            item.setText(column, text)
    if tally.unknown_usage:
        said = QCoreApplication.translate("Cost", "{requests} without figures from the provider")
        item.setToolTip(_COLUMNS - 1, said.format(requests=counted(tally.unknown_usage, "request")))


def month_start(now: datetime) -> str:
    """The beginning of the month in the person's own time zone, as the history writes times."""
    return as_utc(now.astimezone().replace(day=1, hour=0, minute=0, second=0, microsecond=0))


def month_line(spent: Spending) -> str:
    """What the runs of the month have cost, in a sentence."""
    translate = QCoreApplication.translate
    runs = counted(spent.runs, "run")
    if not spent.unknown_cost:
        return translate("Cost", "This month: {cost} for {runs}.").format(cost=money(spent.usd), runs=runs)
    return translate("Cost", "This month: {cost} for {runs}, and {requests} of unknown cost.").format(
        cost=money(spent.usd), runs=runs, requests=counted(spent.unknown_cost, "request")
    )
