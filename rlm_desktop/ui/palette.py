"""The command palette: any action, and whatever else one can go to, found by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSettings,
    QSize,
    Qt,
)
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from rlm_desktop.ui.actions import Actions, by_place
from rlm_desktop.ui.theme import GRID, colours_of
from rlm_desktop.ui.window_style import muted

WIDTH, ROWS_SHOWN = 560, 12
MOST_FOUND = 200
RECENT_KEPT = 12
_RECENT = "palette/recent"
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_STAYING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Reasons for which the focus goes that do not close the palette: another window, the menu of the line."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to go to or to do.

    Attributes:
        name: What it is remembered by; empty when it is not.
        label: What one looks for.
        place: Where it is, as a menu; shown before the label.
        keys: Its shortcut, as shown.
        act: Does it.
        marks: Which characters of the label were found.
    """

    name: str
    label: str
    place: str
    keys: str
    act: Callable[[], object]
    is_enabled: bool = True
    marks: tuple[int, ...] = ()


def find(entries: Sequence[Entry], text: str, recent: Sequence[str] = ()) -> list[Entry]:
    """The entries that `text` may mean, the likeliest first; all of them when it is empty.

    Args:
        entries: In their natural order, which decides between equals.
        text: What was typed: its letters have to occur in that order.
        recent: Names of those that were used last, the newest first; they come before equals.
    """
    ranks = {name: place for place, name in enumerate(recent)}
    found: list[tuple[bool, int, int, Entry]] = []
    for entry in entries:
        match = match_letters(text, entry.label) or _match_place(text, entry)
        if match is not None:
            score, marks = match
            rank = ranks.get(entry.name, len(ranks))
            found.append((not entry.is_enabled, -score, rank, replace(entry, marks=marks)))
    found.sort(key=lambda item: item[:3])
    return [entry for *_, entry in found[:MOST_FOUND]]


def _match_place(text: str, entry: Entry) -> tuple[int, tuple[int, ...]] | None:
    """With the menu's name before it, as in `view dark`; worth less than the label alone."""
    match = match_letters(text, f"{entry.place} {entry.label}")
    if match is None:
        return None
    begin = len(entry.place) + 1
    return match[0] - 8, tuple(place - begin for place in match[1] if place >= begin)


def match_letters(letters: str, label: str) -> tuple[int, tuple[int, ...]] | None:
    """How well `letters` fit `label`, and where they are; None when they do not occur in that order.

    Letters at the beginning of words and side by side count most; what lies between costs a little.
    """
    wanted, text = "".join(letters.casefold().split()), label.casefold()
    if len(text) != len(label):  # a letter that folds into two; its places would not be those of the label
        text = label.lower()
    best: tuple[int, tuple[int, ...]] | None = None
    for begin in range(len(text)) if wanted else ():
        if text[begin] == wanted[0] and (found := _follow(wanted, text, begin)) is not None:
            match = _score(found, text), found
            if best is None or match[0] > best[0]:
                best = match
    return best if wanted else (0, ())


def _follow(wanted: str, text: str, begin: int) -> tuple[int, ...] | None:
    """Places of the letters from `begin` on: side by side or at the next word's beginning where that goes on."""
    places = [begin]
    for letter in wanted[1:]:
        after = places[-1] + 1
        if text.startswith(letter, after):
            places.append(after)
            continue
        starts = (i for i in range(after, len(text)) if text[i] == letter and _is_start(text, i))
        place = next(starts, text.find(letter, after))
        if place < 0:
            return None
        places.append(place)
    return tuple(places)


def _is_start(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()


def _score(places: tuple[int, ...], text: str) -> int:
    starts = sum(_is_start(text, place) for place in places)
    neighbours = sum(later == earlier + 1 for earlier, later in pairwise(places))
    gaps = places[-1] - places[0] + 1 - len(places)
    return 8 * starts + 6 * neighbours - gaps - min(places[0], 8)


class Palette(QFrame):
    """A line to type in, and what fits it below. It lies over the window; made anew each time it is opened."""

    def __init__(
        self, actions: Actions, more: Callable[[], Iterable[Entry]], memory: QSettings, window: QWidget
    ) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setAccessibleName(self.tr("Command palette"))
        self._window = window
        self._memory = memory
        self._came_from = window.focusWidget()
        self._recent = _names(memory.value(_RECENT))
        self._entries = [*_action_entries(actions), *more()]
        self._model = _Found(self)
        self._row_height = GRID
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(self.tr("Type a few letters of a command, a session or a document"))
        self.edit.setAccessibleName(self.tr("Command"))
        self.edit.installEventFilter(self)
        self.view = QListView()
        self.view.setAccessibleName(self.tr("Commands found"))
        self.view.setModel(self._model)
        self.view.setItemDelegate(_RowPainter(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self._nothing = QLabel(self.tr("Nothing fits."))
        self._nothing.setMargin(GRID)
        muted(self._nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID // 2)
        for widget in (self.edit, self.view, self._nothing):
            layout.addWidget(widget)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._look)
        self.view.entered.connect(self.view.setCurrentIndex)
        self.view.clicked.connect(self._run)
        self._look("")
        self._place()
        window.installEventFilter(self)

    def open(self) -> None:
        """Show it, ready to be typed into."""
        self.show()
        self.raise_()
        self.edit.setFocus()

    def _place(self) -> None:
        """Near the top of the window, in its middle."""
        window = self._window
        width = min(WIDTH, window.width() - 4 * GRID)
        self._row_height = self.view.sizeHintForRow(0) if self._model.entries else self._row_height
        row = self._row_height
        self.view.setFixedHeight(row * min(ROWS_SHOWN, max(3, (window.height() - 20 * GRID) // row)))
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, 5 * GRID)

    def _look(self, text: str) -> None:
        self._model.show(find(self._entries, text, self._recent))
        has_rows = bool(self._model.entries)
        self.view.setVisible(has_rows)
        self._nothing.setVisible(not has_rows)
        if has_rows:
            self.view.setCurrentIndex(self._model.index(0))
            self.view.scrollToTop()

    def _run(self, index: QModelIndex) -> None:
        entry = self._model.entries[index.row()]
        if not entry.is_enabled:
            return
        if entry.name:
            kept = [entry.name, *(name for name in self._recent if name != entry.name)][:RECENT_KEPT]
            self._memory.setValue(_RECENT, kept)
        self._leave()
        entry.act()

    def _leave(self) -> None:
        """Close, and go back to where one came from."""
        self._close()
        if self._came_from is not None and isValid(self._came_from):
            self._came_from.setFocus()

    def _close(self) -> None:
        self.edit.removeEventFilter(self)
        self._window.removeEventFilter(self)
        self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        kind = event.type()
        if watched is self._window:
            if kind == QEvent.Type.Resize:
                self._place()
        elif kind == QEvent.Type.ShortcutOverride:
            event.accept()  # all keys are for the palette: Esc does not stop a run now
            return True
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._on_key(event)
        elif isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _STAYING:
            self._close()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _LIST_KEYS:
            self._step(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._model.entries:
                self._run(self.view.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self._leave()
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True

    def _step(self, event: QKeyEvent) -> None:
        """Up and Down go round; Page Up and Page Down do not."""
        count, row = len(self._model.entries), self.view.currentIndex().row()
        if not count:
            return
        page = max(1, self.view.height() // self.view.sizeHintForRow(0))
        target = {
            Qt.Key.Key_Up: (row - 1) % count,
            Qt.Key.Key_Down: (row + 1) % count,
            Qt.Key.Key_PageUp: max(0, row - page),
            Qt.Key.Key_PageDown: min(count - 1, row + page),
        }
        self.view.setCurrentIndex(self._model.index(target[Qt.Key(event.key())]))


def _action_entries(actions: Actions) -> list[Entry]:
    return [
        Entry(
            spec.name,
            spec.label,
            spec.place,
            actions.keys_text(spec.name),
            actions[spec.name].trigger,
            actions[spec.name].isEnabled(),
        )
        for _place, specs in by_place()
        for spec in specs
        if spec.name != "palette"
    ]


def _names(value: object) -> list[str]:
    """A list of texts as QSettings gives it back: one of them alone is no list."""
    return [str(name) for name in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


class _Found(QAbstractListModel):
    """The entries that were found."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        entry = self.entries[index.row()]
        return ", ".join(part for part in (entry.label, entry.place, entry.keys) if part)

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return usual | Qt.ItemFlag.ItemIsEnabled if self.entries[index.row()].is_enabled else usual


class _RowPainter(QStyledItemDelegate):
    """Label with the letters found in bold, its place, keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH // 2, option.fontMetrics.height() + GRID + GRID // 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Found)
        entry = model.entries[index.row()]
        view = self.parent()
        assert isinstance(view, QWidget)
        colours = colours_of(view.window())  # its own ground is that of the frame around it
        rect: QRect = option.rect
        font: QFont = option.font
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(view.palette().color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(rect, 4, 4)
        area = rect.adjusted(GRID, 0, -GRID, 0)
        painter.setFont(font)
        painter.setPen(colours.muted)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, entry.keys)
        metrics = QFontMetrics(font)
        area.setRight(area.right() - metrics.horizontalAdvance(entry.keys) - 2 * GRID)
        painter.setPen(colours.text if entry.is_enabled else colours.muted)
        area.setLeft(_draw_marked(painter, area, entry, font) + 2 * GRID)
        painter.setFont(font)
        painter.setPen(colours.muted)
        if area.width() > metrics.horizontalAdvance(entry.place):
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, entry.place)
        painter.restore()


def _draw_marked(painter: QPainter, room: QRect, entry: Entry, font: QFont) -> int:
    """The label, its found letters in bold, cut where the room ends; returns where it ends."""
    area = QRect(room)
    bold = QFont(font)
    bold.setBold(True)
    for text, is_marked in _stretches(entry.label, set(entry.marks)):
        used = bold if is_marked else font
        metrics = QFontMetrics(used)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(used)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        area.setLeft(area.left() + metrics.horizontalAdvance(shown))
        if shown != text:
            break
    return area.left()


def _stretches(label: str, marks: set[int]) -> Iterable[tuple[str, bool]]:
    """The label in pieces that are found or not."""
    begin = 0
    for place in range(1, len(label) + 1):
        if place == len(label) or (place in marks) != (begin in marks):
            yield label[begin:place], begin in marks
            begin = place
