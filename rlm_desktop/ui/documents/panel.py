"""The documents of the session above the question: totals, progress, chips or the whole list, the Add button."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QProgressBar,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.documents.capacity import USUAL_WINDOW, Capacity
from rlm_desktop.ui.documents.chips import MAX_CHIP_ROWS, ChipView
from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.documents.model import DocumentsModel, Totals
from rlm_desktop.ui.documents.table import DocumentsTable
from rlm_desktop.ui.figures import number, one_line, short_count
from rlm_desktop.ui.labels import ElidedLabel, plain_tip
from rlm_desktop.ui.window_style import muted

LEAST_ROWS, MOST_ROWS, COMPACT_ROWS = 3, 10, 4
_PERMILLE = 1000


class DocumentsPanel(QWidget):
    """The documents bar, and below it the chips or the list.

    Signals:
        add_requested / folder_requested / paste_requested: The person wants to add files, a folder, the clipboard.
        cancel_requested: The reading of files shall stop.
        left_out_requested: The person wants to see what was left out.
        open_requested: The text of a `DocumentItem` shall be shown.
        removed: Documents were taken out: pairs of the row that each had and its item.
    """

    add_requested = Signal()
    folder_requested = Signal()
    paste_requested = Signal()
    cancel_requested = Signal()
    left_out_requested = Signal()
    open_requested = Signal(object)
    removed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DocumentsModel(self)
        self.chips = ChipView(self.model)
        self.table = DocumentsTable(self.model)
        self.table.hide()
        self._is_compact = False
        self._busy_text = ""
        self._window_tokens = USUAL_WINDOW
        self._build()
        self._connect()
        self.show_progress(None)

    def _build(self) -> None:
        heading = QLabel(self.tr("Documents"))
        heading.setObjectName("heading")
        self._summary = ElidedLabel()
        muted(self._summary)
        self._count = QLabel()
        muted(self._count)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(80, 6)
        self._progress.setRange(0, _PERMILLE)
        self._progress.setAccessibleName(self.tr("Reading of documents"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel the reading of documents"))
        self._left_out = QPushButton()
        self._left_out.setObjectName("chip")
        self._left_out.setToolTip(self.tr("Files that were left out of folders, and why"))
        self._left_out.hide()
        self.toggle = QToolButton()
        self.toggle.setText(self.tr("List"))
        self.toggle.setCheckable(True)
        self.toggle.setToolTip(self.tr("Show all documents with their sizes and states"))
        self.toggle.setAccessibleName(self.tr("Show the documents as a list"))
        add = QPushButton(self.tr("+ Add"))
        add.setAccessibleName(self.tr("Add documents"))
        add.setToolTip(self.tr("Choose files or a folder, or drop them on the window"))
        add.setMenu(self._add_menu(add))
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._line.addWidget(heading)
        self._line.addWidget(self._count)
        self._line.addWidget(self._summary, 1)
        for widget in (self._progress, self._cancel, self._left_out, self.toggle, add):
            self._line.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._line)
        self._column.addWidget(self.chips)
        self._column.addWidget(self.table)

    def _add_menu(self, button: QPushButton) -> QMenu:
        menu = QMenu(button)
        menu.addAction(self.tr("&Files…"), self.add_requested.emit)
        menu.addAction(self.tr("F&older…"), self.folder_requested.emit)
        menu.addAction(self.tr("&Paste text or files"), self.paste_requested.emit)
        return menu

    def _connect(self) -> None:
        self._cancel.clicked.connect(self.cancel_requested)
        self._left_out.clicked.connect(self.left_out_requested)
        self.toggle.toggled.connect(self.show_list)
        self.chips.remove_requested.connect(lambda row: self.remove([row]))
        self.chips.open_requested.connect(self._open)
        self.chips.list_requested.connect(lambda: self.toggle.setChecked(True))
        self.chips.customContextMenuRequested.connect(self._show_chip_menu)
        self.table.list_requested.connect(lambda: self.toggle.setChecked(True))
        self.table.remove_requested.connect(self.remove)
        self.table.open_requested.connect(self._open)
        self.table.paste_requested.connect(self.paste_requested)
        for signal in (
            self.model.rowsInserted,
            self.model.rowsRemoved,
            self.model.modelReset,
            self.model.dataChanged,
        ):
            signal.connect(self._summarise)

    # -- what shows -----------------------------------------------------------------------------------------

    @property
    def view(self) -> QListView | QTableView:
        """What lists the documents now."""
        return self.table if self.toggle.isChecked() else self.chips

    def focus_list(self) -> None:
        """Go to the list."""
        self.view.setFocus()

    def _show_chip_menu(self, place: QPoint) -> None:
        if (menu := self.menu_of_chip(place)) is not None:
            menu.popup(self.chips.viewport().mapToGlobal(place))

    def menu_of_chip(self, place: QPoint) -> QMenu | None:
        """What the list offers for the document whose chip is there."""
        row = self.chips.document_at(place)
        if row < 0:
            return None
        self.table.selectRow(row)
        return self.table.menu_of(row)

    def show_list(self, is_list: bool) -> None:
        """Show the whole list rather than chips."""
        had_focus = self.chips.hasFocus() or self.table.hasFocus()
        self.toggle.setChecked(is_list)
        self._fit()
        if had_focus or is_list:
            self.view.setFocus()
        if is_list and not self.table.currentIndex().isValid() and self.items:
            self.table.selectRow(max(0, self.chips.currentIndex().row()))

    def set_compact(self, is_compact: bool) -> None:
        """Where there is little height, the chips stand in the heading's line."""
        if is_compact == self._is_compact:
            return
        self._is_compact = is_compact
        self.chips.max_lines = 1 if is_compact else MAX_CHIP_ROWS
        if is_compact:
            self._line.insertWidget(3, self.chips, 3)
        else:
            self._column.insertWidget(1, self.chips)
        self._summarise()
        self.chips.fit()

    def _fit(self) -> None:
        is_list = self.toggle.isChecked() and bool(self.items)
        rows = min(max(LEAST_ROWS, len(self.items)), COMPACT_ROWS if self._is_compact else MOST_ROWS)
        self.table.setFixedHeight(self.table.height_of(rows))
        self.table.setVisible(is_list)
        # In the heading's line there is room for the chips or for words, not for both.
        is_said = not self._is_compact or bool(self._busy_text) or is_list or not self.items
        self.chips.setVisible(bool(self.items) and not is_list and not (self._is_compact and self._busy_text))
        self._summary.setVisible(is_said)
        self._count.setVisible(not is_said and len(self.items) > 1)

    # -- the documents --------------------------------------------------------------------------------------

    @property
    def items(self) -> Sequence[DocumentItem]:
        """All documents, in order."""
        return self.model.items

    @property
    def asked(self) -> list[DocumentItem]:
        """Those that a question is asked over."""
        ready = State.READY  # as `is_asked` says, without its cost: there may be ten thousand
        return [item for item in self.model.items if item.state is ready and item.is_included]

    def add(self, items: DocumentItem | Sequence[DocumentItem], row: int | None = None) -> None:
        """List more documents. A name that is taken gets a number, for the REPL tells documents by name."""
        self.model.insert([items] if isinstance(items, DocumentItem) else items, row)

    def remove(self, rows: Iterable[int]) -> None:
        """Take documents out."""
        current = self.table.currentIndex().row()
        gone = self.model.remove(rows)
        if gone and self.items and self.toggle.isChecked():
            self.table.selectRow(min(max(0, current), len(self.items) - 1))
        if gone:
            self.removed.emit(gone)

    def drop(self, items: Iterable[DocumentItem]) -> None:
        """Take documents out that came to nothing, without a word."""
        unwanted = {id(item) for item in items}
        self.model.remove(row for row, item in enumerate(self.items) if id(item) in unwanted)

    def bring_back(self, gone: Sequence[tuple[int, DocumentItem]]) -> None:
        """Undo `remove`."""
        self.model.put_back(gone)

    def replace(self, items: Iterable[DocumentItem]) -> None:
        """Show the documents of another session."""
        self.model.replace(items)

    def _open(self, row: int) -> None:
        if 0 <= row < len(self.items):
            self.open_requested.emit(self.items[row])

    # -- words ----------------------------------------------------------------------------------------------

    def set_window(self, tokens: int) -> None:
        """Say how much one call to the root model holds."""
        if tokens != self._window_tokens:
            self._window_tokens = tokens
            self._summarise()

    def show_left_out(self, count: int) -> None:
        """Say how many files of folders were left out."""
        self._left_out.setText(self.tr("{count} left out").format(count=number(count)))
        self._left_out.setVisible(count > 0)

    def show_progress(self, text: str | None, share: float = 0.0) -> None:
        """Say what is being read and how far all is, 0 to 1; None when nothing is."""
        was_busy, self._busy_text = bool(self._busy_text), "" if text is None else one_line(text, 200)
        self._progress.setVisible(text is not None)
        self._cancel.setVisible(text is not None)
        self._progress.setValue(int(share * _PERMILLE))
        if was_busy and self._busy_text:
            self._summary.set_full_text(self._busy_text)
        else:
            self._summarise()

    def _summarise(self) -> None:
        totals = self.model.totals()
        capacity = Capacity(totals.tokens, self._window_tokens)
        text = self._busy_text or self._summary_of(totals, capacity)
        self._summary.set_full_text(text)
        self._summary.setToolTip(plain_tip(f"{text}\n\n{capacity.hint}" if totals.asked else text))
        self.toggle.setVisible(totals.listed > 0)
        self.table.set_has_sentences(totals.refused + totals.locked > 0)
        self._count.setText(number(totals.listed))
        self._fit()

    def _summary_of(self, totals: Totals, capacity: Capacity) -> str:
        if not totals.listed:
            return self.tr("none yet: drop files here")
        count = number(totals.asked)
        if totals.asked != totals.listed:
            count = self.tr("{asked} of {all}").format(asked=count, all=number(totals.listed))
        parts = [count]
        if totals.asked:
            parts += [
                self.tr("{count} characters").format(count=short_count(totals.characters)),
                self.tr("≈ {count} tokens").format(count=short_count(totals.tokens)),
                capacity.text,
            ]
        if totals.refused:
            parts.append(self.tr("{count} cannot be read").format(count=number(totals.refused)))
        if totals.locked:
            parts.append(self.tr("{count} locked").format(count=number(totals.locked)))
        return " · ".join(parts)

    # -- Qt's events ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.chips.scheduleDelayedItemsLayout()
