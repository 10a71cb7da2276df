"""The whole list of documents: sizes, states, check boxes; sorted, renamed and removed by mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from rlm_desktop.ui.copying import copy_words, let_copy_rows, row_lines, rows_text, selected_rows, spare_headings
from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.documents.model import AnyIndex, Column, DocumentsModel
from rlm_desktop.ui.theme import row_height, scaled, size_rows

NARROW_BELOW = 800
_WIDTHS = {
    Column.KIND: 96,
    Column.SIZE: 80,
    Column.PAGES: 64,
    Column.CHARACTERS: 100,
    Column.TOKENS: 84,
    Column.STATE: 150,
}
_WIDE_ONLY = (Column.SIZE, Column.CHARACTERS)
_OWN_KEYS = {
    (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Enter, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier),
    (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier),
    (Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier),
}
"""Keys that mean something else in the rest of the window."""


class DocumentsTable(QTableView):
    """The list.

    Signals:
        open_requested: The text of the document of this row.
        remove_requested: Rows.
        paste_requested: What is on the clipboard shall become documents.
        list_requested: The list is to be shown: a name is typed in it.
        password_requested / encoding_requested / ocr_requested / read_again_requested: For a `DocumentItem`.
    """

    open_requested = Signal(int)
    remove_requested = Signal(list)
    paste_requested = Signal()
    password_requested = Signal(object)
    encoding_requested = Signal(object)
    ocr_requested = Signal(object)
    list_requested = Signal()
    read_again_requested = Signal(object)

    def __init__(self, model: DocumentsModel) -> None:
        super().__init__()
        self.setObjectName("documentsTable")
        self.setAccessibleName(self.tr("Documents of the session, as a list"))
        self._documents = model
        self._has_sentences = False
        self.setModel(model)
        spare_headings(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        let_copy_rows(self, lambda: row_lines(self), has_menu=True)
        self.doubleClicked.connect(lambda index: self.open_requested.emit(index.row()))
        self._build_headers()

    def _build_headers(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        size_rows(self)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setStretchLastSection(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        columns.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        columns.setMinimumSectionSize(40)
        self.setItemDelegateForColumn(Column.STATE, _Sentence(self))
        self._widen()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            size_rows(self)
        if event.type() == QEvent.Type.FontChange:
            self._widen()

    def _widen(self) -> None:
        """Give the columns the room that letters of this size need."""
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, scaled(self, width))
        self._fit(self.viewport().width())

    def _fit(self, width: int) -> None:
        for column in _WIDE_ONLY:
            self.setColumnHidden(column, width < scaled(self, NARROW_BELOW))
        least = scaled(self, _WIDTHS[Column.STATE])
        # Why a file cannot be read is a sentence: its beginning says it. Else the names need the room.
        self.setColumnWidth(Column.STATE, max(least, width // 4) if self._has_sentences else least)

    def set_has_sentences(self, has_sentences: bool) -> None:
        """Say whether the state of some document is more than a word."""
        if has_sentences != self._has_sentences:
            self._has_sentences = has_sentences
            self._fit(self.viewport().width())

    def height_of(self, rows: int) -> int:
        """How high it is with so many rows."""
        return self.horizontalHeader().sizeHint().height() + rows * row_height(self) + 2

    @property
    def chosen_rows(self) -> list[int]:
        """The selected rows in order, else the current one."""
        rows = selected_rows(self)
        return rows or [self.currentIndex().row()] * self.currentIndex().isValid()

    def dataChanged(self, first: AnyIndex, last: AnyIndex, roles: Sequence[int] = ()) -> None:  # noqa: D102
        bottom = self.rowAt(self.viewport().height() - 1)
        # Of many rows, though out of sight, Qt paints all that is seen: ten times a second while files are read.
        if self.rowAt(0) <= last.row() and (bottom < 0 or first.row() <= bottom):
            super().dataChanged(first, last, roles)

    # -- keys -----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:  # noqa: D102
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        key, rows = event.key(), self.chosen_rows
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
        elif not _is_own(event) or not rows or key in (Qt.Key.Key_F2, Qt.Key.Key_A):
            self._edit_name() if key == Qt.Key.Key_F2 and rows else super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit(rows)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit(self.currentIndex().row())
        elif key == Qt.Key.Key_Space:
            self._documents.include(rows, not self._documents.items[rows[0]].is_included)
        else:
            self.move_rows(-1 if key == Qt.Key.Key_Up else 1)

    def _edit_name(self) -> None:
        if not self.isVisible():
            self.list_requested.emit()
        self.edit(self._documents.index(self.currentIndex().row(), Column.NAME))

    def move_rows(self, by: int) -> None:
        """Bring the selected rows up or down by one."""
        rows = self.chosen_rows
        if rows:
            to = max(0, rows[0] - 1) if by < 0 else min(len(self._documents.items), rows[-1] + 2)
            self._documents.move(rows, to)
            self.scrollTo(self.currentIndex())

    # -- menu -----------------------------------------------------------------------------------------------

    def _show_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.isValid():
            menu = self.menu_of(index.row())
            menu.popup(self.viewport().mapToGlobal(place))

    def menu_of(self, row: int) -> QMenu:
        """What can be done with the document of a row, and with the selected ones."""
        item = self._documents.items[row]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_ready = item.state is State.READY
        self._add(menu, self.tr("&Show text"), "Return", lambda: self.open_requested.emit(row), is_ready)
        self._add(menu, self.tr("&Rename"), "F2", self._edit_name)
        include = self.tr("&Ask over it") if not item.is_included else self.tr("Leave it &out of questions")
        self._add(menu, include, "Space", lambda: self._documents.include(self.chosen_rows, not item.is_included))
        menu.addSeparator()
        self._add(menu, self.tr("Move &up"), "Alt+Up", lambda: self.move_rows(-1))
        self._add(menu, self.tr("Move &down"), "Alt+Down", lambda: self.move_rows(1))
        menu.addSeparator()
        self._add_reading(menu, item)
        self._add(menu, copy_words(), "", lambda: _copy(rows_text(self)))
        if item.reason or item.warnings:
            # What the row's tooltip says, which cannot be selected.
            self._add(menu, self.tr("Copy &what is wrong"), "", lambda: _copy(item.describe()))
        menu.addSeparator()
        self._add(menu, self.tr("Re&move"), "Del", lambda: self.remove_requested.emit(self.chosen_rows))
        refused = [row for row, other in enumerate(self._documents.items) if other.state is State.FAILED]
        if refused:
            text = self.tr("Remove all that &cannot be read")
            self._add(menu, text, "", lambda: self.remove_requested.emit(refused))
        return menu

    def _add_reading(self, menu: QMenu, item: DocumentItem) -> None:
        if item.state is State.LOCKED:
            self._add(menu, self.tr("Enter &password…"), "", lambda: self.password_requested.emit(item))
        if item.needs_ocr:
            self._add(menu, self.tr("Read p&ictures of pages (OCR)…"), "", lambda: self.ocr_requested.emit(item))
        self._add(
            menu,
            self.tr("&Encoding…"),
            "",
            lambda: self.encoding_requested.emit(item),
            item.may_change_encoding,
        )
        self._add(
            menu,
            self.tr("Read a&gain"),
            "",
            lambda: self.read_again_requested.emit(item),
            bool(item.path) and item.state is not State.WAITING,
        )

    def _add(self, menu: QMenu, text: str, keys: str, do: object, is_enabled: bool = True) -> QAction:
        action = menu.addAction(text)
        if keys:
            # Shown, not taken: the list answers its keys itself.
            action.setText(f"{text}\t{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}")
        action.triggered.connect(lambda _checked=False: do())  # type: ignore[operator]
        action.setEnabled(is_enabled)
        return action

    # -- Qt's events ----------------------------------------------------------------------------------------

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        super().dropEvent(event)
        if event.source() is self:
            event.setDropAction(
                Qt.DropAction.IgnoreAction
            )  # the model has moved the rows: nothing is to be removed

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._fit(event.size().width())


class _Sentence(QStyledItemDelegate):
    """Cut at its end, where names of files are cut in their middle."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideRight


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _is_own(event: QKeyEvent) -> bool:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return (event.key(), modifiers) in _OWN_KEYS
