"""The documents of the session as a table: what the list, the chips and the totals are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import groupby
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from rlm_desktop.ui.documents.items import DocumentItem, Names, State
from rlm_desktop.ui.figures import number, short_count
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.theme import colours_of

AnyIndex = QModelIndex | QPersistentModelIndex
ROWS = "application/x-rlm-desktop-document-rows"


class Column(IntEnum):
    """The columns of the list."""

    NAME = 0
    KIND = 1
    SIZE = 2
    PAGES = 3
    CHARACTERS = 4
    TOKENS = 5
    STATE = 6


class Totals(NamedTuple):
    """Sums over the documents; those that are asked over where nothing else is said.

    Attributes:
        listed: All that are in the list.
    """

    listed: int
    asked: int
    locked: int
    refused: int
    characters: int
    tokens: int


class DocumentsModel(QAbstractTableModel):
    """The documents in the order in which they are asked over. Rows come, go and change in batches.

    Signals:
        edited: The person renamed, moved, included or excluded documents.
    """

    ItemRole = Qt.ItemDataRole.UserRole
    edited = Signal()

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        self.items: list[DocumentItem] = []

    # -- what views ask -------------------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("Document"),
            self.tr("Kind"),
            self.tr("Size"),
            self.tr("Pages"),
            self.tr("Characters"),
            self.tr("≈ Tokens"),
            self.tr("State"),
        )[section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item, column = self.items[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(item, column)
        if role == self.ItemRole:
            return item
        if role == Qt.ItemDataRole.EditRole:
            return item.name
        if role == Qt.ItemDataRole.CheckStateRole and column == Column.NAME:
            return Qt.CheckState.Checked if item.is_included else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(item, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(item.describe())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = item.describe().replace("\n", "; ")
            return text if column == Column.NAME else _shown(item, column)
        return None

    def _colour(self, item: DocumentItem, column: int) -> QColor | None:
        colours = colours_of(self._panel)
        if column == Column.STATE and item.state is State.FAILED:
            return QColor(colours.error)
        if column == Column.STATE and (item.state is State.LOCKED or (item.warnings and item.is_asked)):
            return QColor(colours.warning)
        return None if item.is_asked and column == Column.NAME else QColor(colours.muted)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:  # noqa: D102
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        flags = flag.ItemIsSelectable | flag.ItemIsEnabled | flag.ItemIsDragEnabled
        if index.column() == Column.NAME:
            flags |= flag.ItemIsEditable | flag.ItemIsUserCheckable
        return flags

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: D102
        if not index.isValid():
            return False
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            self.include([index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        name = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or not name or name == item.name:
            return False
        item.name = Names(other.name for other in self.items if other is not item).free(name)
        self.touch(index.row(), index.row())
        self.edited.emit()
        return True

    # -- changes --------------------------------------------------------------------------------------------

    def insert(self, items: Sequence[DocumentItem], row: int | None = None) -> None:
        """Put items in at `row`, at the end when None. A name that is taken gets a number."""
        if not items:
            return
        row = len(self.items) if row is None else min(row, len(self.items))
        names = Names(item.name for item in self.items)
        for item in items:
            item.name = names.free(item.name)
        self.beginInsertRows(QModelIndex(), row, row + len(items) - 1)
        self.items[row:row] = items
        self.endInsertRows()

    def remove(self, rows: Iterable[int]) -> list[tuple[int, DocumentItem]]:
        """Take rows out; returns them with where they were, in order."""
        ordered = sorted(set(rows))
        gone = [(row, self.items[row]) for row in ordered]
        if len(ordered) > _MANY_ROWS:
            out = set(ordered)
            self.replace([item for row, item in enumerate(self.items) if row not in out])
            return gone
        for first, last in reversed(list(_runs(ordered))):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self.items[first : last + 1]
            self.endRemoveRows()
        return gone

    def put_back(self, gone: Sequence[tuple[int, DocumentItem]]) -> None:
        """Undo `remove`."""
        if len(gone) <= _MANY_ROWS:
            for row, item in gone:
                self.insert([item], row)
            return
        items, names = list(self.items), Names(item.name for item in self.items)
        places = dict(gone)
        for item in places.values():
            item.name = names.free(item.name)
        rest = iter(items)
        whole = [places.get(row) or next(rest, None) for row in range(len(items) + len(places))]
        self.replace([item for item in whole if item is not None])

    def move(self, rows: Iterable[int], to: int) -> int:
        """Bring rows together before row `to`; returns where they are now."""
        ordered = sorted(set(rows))
        moved = [self.items[row] for row in ordered]
        target = to - sum(1 for row in ordered if row < to)
        if not moved or ordered == list(range(target, target + len(moved))):
            return target
        out = set(ordered)
        rest = [item for row, item in enumerate(self.items) if row not in out]
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(index, self.items[index.row()]) for index in before]
        self.items = rest[:target] + moved + rest[target:]
        places = {id(item): row for row, item in enumerate(self.items)} if held else {}
        after = [self.index(places[id(item)], index.column()) for index, item in held]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.edited.emit()
        return target

    def include(self, rows: Iterable[int], is_included: bool) -> None:
        """Ask over these documents, or not."""
        changed = sorted(set(rows))
        for row in changed:
            self.items[row].is_included = is_included
        if changed:
            self.touch(changed[0], changed[-1])
            self.edited.emit()

    def replace(self, items: Iterable[DocumentItem]) -> None:
        """Show other documents."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def touch(self, first: int = 0, last: int | None = None) -> None:
        """Say that rows look different now; all when nothing is said."""
        last = len(self.items) - 1 if last is None else last
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def touch_items(self, items: Iterable[DocumentItem]) -> None:
        """Say that documents look different now: the rows between the first and the last of them."""
        changed = {id(item) for item in items}
        rows = [row for row, item in enumerate(self.items) if id(item) in changed]
        if rows:
            self.touch(rows[0], rows[-1])

    def totals(self) -> Totals:
        """Sums over the documents."""
        asked = locked = refused = characters = tokens = 0
        # Looked up once: over ten thousand documents this is asked ten times a second.
        is_ready, is_locked, is_refused = State.READY, State.LOCKED, State.FAILED
        for item in self.items:
            state = item.state
            if state is is_ready:
                if item.is_included:
                    asked += 1
                    characters += item.characters
                    tokens += item.tokens
            elif state is is_locked:
                locked += 1
            elif state is is_refused:
                refused += 1
        return Totals(len(self.items), asked, locked, refused, characters, tokens)

    # -- dragging rows --------------------------------------------------------------------------------------

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: D102
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: D102
        return [ROWS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: D102
        data = QMimeData()
        rows = sorted({index.row() for index in indexes})
        data.setData(ROWS, ",".join(map(str, rows)).encode())
        return data

    def dropMimeData(  # noqa: D102
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: AnyIndex
    ) -> bool:
        if action != Qt.DropAction.MoveAction or not data.hasFormat(ROWS):
            return False
        rows = [int(text) for text in bytes(data.data(ROWS).data()).decode().split(",") if text]
        before = row if row >= 0 else parent.row() if parent.isValid() else len(self.items)
        self.move([one for one in rows if one < len(self.items)], before)
        return False  # moved already: the view must not remove the rows


_NUMBERS = frozenset((Column.SIZE, Column.PAGES, Column.CHARACTERS, Column.TOKENS))
_MANY_ROWS = 200


def _shown(item: DocumentItem, column: int) -> str:
    is_ready = item.state is State.READY
    if column == Column.NAME:
        return item.name
    if column == Column.KIND:
        return item.kind
    if column == Column.SIZE:
        return size_of(item.size_bytes) if item.size_bytes else ""
    if column == Column.PAGES:
        return number(item.pages) if item.pages else ""
    if column == Column.CHARACTERS:
        return number(item.characters) if is_ready else ""
    if column == Column.TOKENS:
        return short_count(item.tokens) if is_ready else ""
    if item.state is State.FAILED:
        return item.reason
    return item.state_text


def size_of(size: int) -> str:
    """`950 B`, `9.5 kB`, `1.2 MB`."""
    text = short_count(size)
    return f"{text}B" if " " in text else f"{text} B"


def _runs(rows: Sequence[int]) -> Iterable[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    for _, group in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        run = [row for _, row in group]
        yield run[0], run[-1]
