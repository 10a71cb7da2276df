"""The aligned rows of two runs, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Node
from rlm_desktop.history.comparing import Pair, figures
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.figures import dollars, number
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.theme import Colours

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex
INDENT = "    "
MOST_INDENT = 8


class Column(IntEnum):
    """The columns."""

    LEFT = 0
    LEFT_TIME = 1
    RIGHT = 2
    RIGHT_TIME = 3
    TIME = 4
    TOKENS = 5
    COST = 6
    DIFFERS = 7


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs and their pairs."""

    left: RunState
    right: RunState
    pairs: Sequence[Pair]


class PairsModel(QAbstractTableModel):
    """One row a pair."""

    PairRole = Qt.ItemDataRole.UserRole

    def __init__(self, compared: Compared, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._compared = compared
        self._shown: Sequence[Pair] = compared.pairs
        self._colours: Colours | None = None

    def set_colours(self, colours: Colours) -> None:
        """Use these colours from now on."""
        self._colours = colours
        self.layoutChanged.emit()

    def show_only_differing(self, is_on: bool) -> None:
        """Show only the pairs that differ, and what is above them; or all again."""
        self.beginResetModel()
        self._shown = _differing(self._compared.pairs) if is_on else self._compared.pairs
        self.endResetModel()

    def row_of(self, pair: Pair) -> int:
        """The row of a pair, -1 when it is not shown."""
        return next((row for row, shown in enumerate(self._shown) if shown is pair), -1)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        tr = self.tr
        return (
            tr("A"), tr("Duration"), tr("B"), tr("Duration"), tr("Δ Duration"), tr("Δ Tokens"), tr("Δ Cost"),
            tr("What differs"),
        )[section]  # fmt: skip

    def pair(self, row: int) -> Pair:
        """The pair of a row."""
        return self._shown[row]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        pair, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(pair, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._brush(pair, column)
        if role == Qt.ItemDataRole.ToolTipRole and column in (Column.LEFT, Column.RIGHT):
            node = pair.left if column == Column.LEFT else pair.right
            return plain_tip(call_text.preview(node)) if node is not None else None
        if role == self.PairRole:
            return pair
        return None

    def _brush(self, pair: Pair, column: int) -> QBrush | None:
        if self._colours is None:
            return None
        node = {Column.LEFT: pair.left, Column.RIGHT: pair.right}.get(Column(column))
        if node is not None and call_text.is_failure(node):
            return QBrush(QColor(self._colours.error))
        if column == Column.DIFFERS:
            return QBrush(QColor(self._colours.accent if pair.is_whole else self._colours.muted))
        return None if pair.is_whole else QBrush(QColor(self._colours.muted))

    def _text(self, pair: Pair, column: int) -> str:
        left, right = self._compared.left, self._compared.right
        match column:
            case Column.LEFT:
                return _name(pair.left, pair.level)
            case Column.RIGHT:
                return _name(pair.right, pair.level)
            case Column.LEFT_TIME:
                return _time(pair.left, left.now)
            case Column.RIGHT_TIME:
                return _time(pair.right, right.now)
            case Column.DIFFERS:
                return what_differs(pair)
        if pair.left is None or pair.right is None:
            return ""
        one, two = figures(pair.left, left.now), figures(pair.right, right.now)
        match column:
            case Column.TIME:
                return signed(two.duration - one.duration, 1, " s")
            case Column.TOKENS:
                return "?" if one.tokens is None or two.tokens is None else signed(two.tokens - one.tokens)
            case _:
                return signed_cost(one.cost_usd, two.cost_usd)


def _differing(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs that differ and those above them, in their order."""
    wanted: set[int] = set()
    path: list[int] = []
    for place, pair in enumerate(pairs):
        del path[pair.level :]
        path.append(place)
        if pair.differs or not pair.is_whole:
            wanted.update(path)
    return [pairs[place] for place in sorted(wanted)]


def _alignment(column: int) -> Qt.AlignmentFlag:
    is_text = column in (Column.LEFT, Column.RIGHT, Column.DIFFERS)
    side = Qt.AlignmentFlag.AlignLeft if is_text else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _name(node: Node | None, level: int) -> str:
    return INDENT * min(level, MOST_INDENT) + ("—" if node is None else call_text.title(node))


def _time(node: Node | None, now: float) -> str:
    return "" if node is None else call_text.seconds(call_text.duration(node, now))


def signed(value: float, decimals: int = 0, unit: str = "") -> str:
    """A difference with its sign; nothing where there is none."""
    text = number(abs(value), decimals)
    return "" if text == number(0, decimals) else f"{'+' if value > 0 else '−'}{text}{unit}"


def signed_cost(left: float | None, right: float | None) -> str:
    """The difference of two costs; a question mark where one is not known."""
    if left is None or right is None:
        return "?"
    change = right - left
    return "" if abs(change) < 0.0005 else f"{'+' if change > 0 else '−'}{dollars(abs(change), 3)}"


def what_differs(pair: Pair) -> str:
    """What is different in a pair, in words."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("PairsModel", text)

    if pair.right is None:
        return tr("only in A")
    if pair.left is None:
        return tr("only in B")
    words = {"code": tr("code"), "output": tr("output"), "answer": tr("answer"), "status": tr("status")}
    return ", ".join(words[name] for name in pair.differs)
