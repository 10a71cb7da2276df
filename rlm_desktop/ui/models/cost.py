"""What a run costs as it goes: by depth and by model, in one line or in a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from rlm_desktop.engine.providers import label
from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Tally
from rlm_desktop.ui.figures import counted, money, number, short_count
from rlm_desktop.ui.theme import figures_font

if TYPE_CHECKING:
    from rlm_desktop.history.spending import Spending

_COLUMNS = 5


def cost_words(tally: Tally) -> str:
    """A cost as it is known: `$0.12`, `$0.12 + unknown`, `unknown`."""
    if not tally.unknown_cost:
        return money(tally.cost_usd)
    unknown = QCoreApplication.translate("Cost", "unknown")
    return unknown if tally.unknown_cost >= tally.requests else f"{money(tally.cost_usd)} + {unknown}"


def cost_line(state: RunState) -> str:
    """One line: the sum, and its share by depth where there is more than one."""
    parts = [cost_words(state.totals)]
    depths = sorted(state.by_depth.items())
    if len(depths) > 1:
        named = QCoreApplication.translate("Cost", "depth {depth}: {cost}")
        parts += [named.format(depth=depth, cost=cost_words(tally)) for depth, tally in depths]
    return " · ".join(parts)


class CostTable(QTreeWidget):
    """The run's requests, tokens and cost by depth and by model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Cost by depth and by model"))
        self.setHeaderLabels(
            [self.tr("What"), self.tr("Requests"), self.tr("Tokens in"), self.tr("Tokens out"), self.tr("Cost")]
        )
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(12)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, _COLUMNS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def set_state(self, state: RunState | None) -> None:
        """Show a run as it stands; None for none. Call it again when the run has moved on."""
        self.clear()
        if state is None:
            return
        depths = {
            self.tr("Depth {depth}").format(depth=depth): tally for depth, tally in sorted(state.by_depth.items())
        }
        models = {label(model): tally for model, tally in sorted(state.by_model.items())}
        self._add_group(self.tr("By depth"), depths)
        self._add_group(self.tr("By model"), models)
        self._add_row(self, self.tr("The whole run"), state.totals)
        self.expandAll()

    def _add_group(self, title: str, rows: Mapping[str, Tally]) -> None:
        group = QTreeWidgetItem(self, [title])
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        for name, tally in rows.items():
            self._add_row(group, name, tally)

    def _add_row(self, parent: QTreeWidget | QTreeWidgetItem, name: str, tally: Tally) -> None:
        mark = "+" if tally.unknown_usage else ""
        texts = [
            name,
            number(tally.requests),
            f"{short_count(tally.input_tokens)}{mark}",
            f"{short_count(tally.output_tokens)}{mark}",
            cost_words(tally),
        ]
        item = QTreeWidgetItem(parent, texts)
        for column in range(1, _COLUMNS):
            item.setFont(column, figures_font(self.font()))
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if tally.unknown_usage:
            item.setToolTip(
                0,
                self.tr("{requests} without figures from the provider").format(
                    requests=counted(tally.unknown_usage, "request")
                ),
            )


def month_start(now: datetime) -> str:
    """The beginning of the month in the person's own time zone, as the history writes times."""
    local = now.astimezone().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return local.astimezone(UTC).isoformat(timespec="milliseconds")


def month_line(spent: Spending) -> str:
    """What the runs of the month have cost, in a sentence."""
    translate = QCoreApplication.translate
    runs = counted(spent.runs, "run")
    if not spent.unknown_cost:
        return translate("Cost", "This month: {cost} for {runs}.").format(cost=money(spent.usd), runs=runs)
    return translate("Cost", "This month: {cost} for {runs}, and {requests} of unknown cost.").format(
        cost=money(spent.usd), runs=runs, requests=counted(spent.unknown_cost, "request")
    )
