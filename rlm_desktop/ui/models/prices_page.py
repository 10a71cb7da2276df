"""The page of the prices: the built-in table, with the person's own prices over it, and what the month has cost."""

from __future__ import annotations

import asyncio
import contextlib

import shiboken6
from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine import prices
from rlm_desktop.engine.prices import Price
from rlm_desktop.errors import SettingsError
from rlm_desktop.ui.figures import typed_number
from rlm_desktop.ui.flow import FlowLayout
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.page_tasks import ignore_enter
from rlm_desktop.ui.models.verdict import Verdict
from rlm_desktop.ui.theme import figures_font, size_rows
from rlm_desktop.ui.window_style import muted

_LEAST_HEIGHT = 440
_FIELDS = ("input", "output", "cached")


class PricesPage(QWidget):
    """A table that is written as it is edited.

    Signals:
        changed: Other prices hold.
    """

    changed = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._writing = asyncio.Lock()
        text = self.tr(
            "US dollars per million tokens. Double-click to change a price; your own come before the built-in ones "
            "of {date}. A model may be named MODEL or PROVIDER/MODEL. What is not listed costs “unknown”."
        )
        note = QLabel(text.format(date=_month(prices.built_in_date())))
        note.setWordWrap(True)
        muted(note)
        self.month = QLabel()
        self.month.setWordWrap(True)
        self.table = QTableWidget(0, 5)
        self.table.setAccessibleName(self.tr("Prices of models"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Model"), self.tr("Input"), self.tr("Output"), self.tr("Cached input"), self.tr("From")]
        )
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        size_rows(self.table)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        for column in range(5):
            side = Qt.AlignmentFlag.AlignRight if 1 <= column <= len(_FIELDS) else Qt.AlignmentFlag.AlignLeft
            if (heading := self.table.horizontalHeaderItem(column)) is not None:
                heading.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.add = QPushButton(self.tr("+ Add model"))
        self.reset = QPushButton(self.tr("Reset selected"))
        self.reset.setToolTip(self.tr("Back to the built-in price"))
        self.verdict = Verdict()
        buttons = FlowLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.month)
        layout.addWidget(note)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.verdict)
        layout.addLayout(buttons)
        self.month.hide()
        self.setMinimumHeight(_LEAST_HEIGHT)
        ignore_enter(self)
        self.add.clicked.connect(self._add)
        self.reset.clicked.connect(self._reset)
        self.table.itemChanged.connect(self._on_changed)
        self.show_prices()

    def show_month(self, text: str) -> None:
        """Say what the month has cost."""
        self.month.setText(text)
        self.month.setVisible(bool(text))

    def show_prices(self) -> None:
        """List the built-in prices with the person's own over them."""
        own = prices.own()
        known = {**prices.built_in(), **own}
        self.table.blockSignals(True)
        self.table.setRowCount(0)
        for name, price in sorted(known.items()):
            self._put_row(name, price, name in own)
        self.table.blockSignals(False)

    def _put_row(self, name: str, price: Price | None, is_own: bool) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        item = QTableWidgetItem(name)
        if not is_own and price is not None:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
        self.table.setItem(row, 0, item)
        for column, field in enumerate(_FIELDS, start=1):
            value = getattr(price, field) if price is not None else None
            cell = QTableWidgetItem("" if value is None else typed_number(value))
            cell.setFont(figures_font(self.font()))
            cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, cell)
        source = QTableWidgetItem()
        source.setFlags(source.flags() & ~Qt.ItemFlag.ItemIsEditable)
        self.table.setItem(row, 4, source)
        self._mark(row, is_own)

    def _is_own(self, row: int) -> bool:
        source = self.table.item(row, 4)
        return source is not None and bool(source.data(Qt.ItemDataRole.UserRole))

    def _mark(self, row: int, is_own: bool) -> None:
        source = self.table.item(row, 4)
        assert source is not None
        source.setText(self.tr("your own") if is_own else self.tr("built in"))
        source.setData(Qt.ItemDataRole.UserRole, is_own)

    def _add(self) -> None:
        self.table.blockSignals(True)
        self._put_row("", None, True)
        self.table.blockSignals(False)
        row = self.table.rowCount() - 1
        self.table.scrollToBottom()
        self.table.setCurrentCell(row, 0)
        self.table.edit(self.table.model().index(row, 0))

    def _reset(self) -> None:
        self.table.blockSignals(True)
        for index in self.table.selectionModel().selectedRows():
            self._mark(index.row(), False)
        self.table.blockSignals(False)
        self._write(show=True)

    def _on_changed(self, item: QTableWidgetItem) -> None:
        row = item.row()
        try:
            price = self._price(row)
        except ValueError:
            self.verdict.show_failure(
                self.tr("“{text}” is no price.").format(text=item.text()),
                self.tr("Type US dollars per million tokens, as in 0.25; 0 is free."),
            )
            return
        self.verdict.clear()
        if price is not None:
            self.table.blockSignals(True)
            self._mark(row, True)
            self.table.blockSignals(False)
            self._write()

    def _price(self, row: int) -> Price | None:
        """The price of a row; None while it is not complete."""
        texts = [self._text(row, column).replace(",", ".").lstrip("$") for column in (1, 2, 3)]
        read, written, cached = (float(text) if text else None for text in texts)
        return None if read is None or written is None else Price(read, written, cached)

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""

    def _write(self, *, show: bool = False) -> None:
        """Keep the rows that are the person's own and complete; `show` all prices anew then."""
        # Not one of `PageTasks`: what was typed just before the dialog is closed must be kept too.
        self._tasks.spawn(self._keep(self._own_prices(), show), name="keep prices")

    def _own_prices(self) -> dict[str, Price]:
        own: dict[str, Price] = {}
        for row in range(self.table.rowCount()):
            name = self._text(row, 0).lower()
            if name and self._is_own(row):
                with contextlib.suppress(ValueError):  # said when it was typed
                    price = self._price(row)
                    own.update({name: price} if price is not None else {})
        return own

    async def _keep(self, own: dict[str, Price], show: bool) -> None:
        failure = ""
        async with self._writing:  # in the order in which it was typed
            try:
                await asyncio.to_thread(prices.save_own, own)
            except SettingsError as error:
                failure = str(error)
        if not shiboken6.isValid(self):
            return
        if failure:
            self.verdict.show_failure(failure, "")
            return
        self.changed.emit()
        if show:
            self.show_prices()


def _month(date: str) -> str:
    """`2026-03` as `March 2026`, in the window's language."""
    day = QDate.fromString(date[:7], "yyyy-MM")
    return QLocale().toString(day, "MMMM yyyy") if day.isValid() else date
