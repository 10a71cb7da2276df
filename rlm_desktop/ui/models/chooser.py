"""Choosing a model out of all lists: by search, by provider, or by a name that no list has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.catalog import ModelInfo
from rlm_desktop.engine.prices import price_of
from rlm_desktop.engine.providers import OFFLINE, OFFLINE_LABEL, Provider, offline_provider
from rlm_desktop.errors import ModelError
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.figures import dollars, local_time, long_date, short_count
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.book import ProviderBook
from rlm_desktop.ui.models.page_tasks import PageTasks
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.theme import figures_font, scaled, size_rows
from rlm_desktop.ui.window_style import muted, without_icons

AnyIndex = QModelIndex | QPersistentModelIndex
_SORT = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model that can be chosen.

    Attributes:
        name: As `RLM` takes it.
        label: Its name at the provider.
        provider: The provider's name, or what it is.
        window: Tokens; None when not known.
        price: US dollars per million tokens of input and output; None when not known.
    """

    name: str
    label: str
    provider: str
    window: int | None = None
    is_window_assumed: bool = False
    price: tuple[float, float] | None = None


def rows_of(book: ProviderBook) -> list[ModelRow]:
    """All models of all lists."""
    rows = [ModelRow(OFFLINE, QCoreApplication.translate("Models", OFFLINE_LABEL), "", price=(0.0, 0.0))]
    for provider in book.shown:
        models = book.lists.get(provider.name)
        listed = {model.name: model for model in models.models} if models is not None else {}
        found = next((server.models for server in book.servers if server.provider.name == provider.name), ())
        for name in dict.fromkeys((*listed, *found)):
            info = listed.get(name)
            rows.append(
                ModelRow(
                    f"{provider.name}/{name}",
                    name,
                    provider.name,
                    info.window if info is not None else None,
                    info.is_window_assumed if info is not None else False,
                    _price(provider, name, info),
                )
            )
    known = {row.name for row in rows}
    for choice in book.choices():
        provider = book.find(choice.name) or offline_provider()
        if choice.name not in known and f"{choice.provider}/{choice.name}" not in known:
            rows.append(ModelRow(choice.name, choice.name, choice.provider, price=_price(provider, choice.name)))
    return rows


def _price(provider: Provider, name: str, info: ModelInfo | None = None) -> tuple[float, float] | None:
    price = price_of(name, provider)
    if price is not None:
        return price.input, price.output
    if info is None or info.input is None or info.output is None:
        return None
    return info.input, info.output


class ModelTable(QAbstractTableModel):
    """The rows with their columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[ModelRow] = []
        self._font = figures_font(parent.font())
        self._headings = (
            self.tr("Model"),
            self.tr("Provider"),
            self.tr("Window"),
            self.tr("$ per M in"),
            self.tr("$ per M out"),
        )

    def set_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self._headings)

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= 2:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == _SORT:
            return self._sort_key(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.name
        if role == Qt.ItemDataRole.FontRole and column >= 2:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole and column >= 2:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, row: ModelRow, column: int) -> str:
        if column == 0:
            return row.label
        if column == 1:
            return row.provider
        if column == 2:
            mark = "≈ " if row.is_window_assumed else ""
            return f"{mark}{short_count(row.window)}" if row.window else self.tr("unknown")
        if row.price is None:
            return self.tr("unknown")
        return self.tr("free") if row.price == (0, 0) else dollars(row.price[column - 3], 2)

    @staticmethod
    def _sort_key(row: ModelRow, column: int) -> Any:
        if column < 2:
            return (row.label, row.provider)[column].casefold()
        if column == 2:
            return row.window or -1
        return row.price[column - 3] if row.price is not None else -1.0


class _Filter(QSortFilterProxyModel):
    """Rows that have all words that were typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self.setSortRole(_SORT)

    def set_text(self, text: str) -> None:
        """Show the rows with all these words."""
        self.beginFilterChange()
        self._words = text.casefold().split()
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:
        table = self.sourceModel()
        assert isinstance(table, ModelTable)
        row = table.rows[source_row]
        text = f"{row.name} {row.label} {row.provider}".casefold()
        return all(word in text for word in self._words)


class ModelChooser(QDialog):
    """All models with a search field. Enter takes the selected one, or what is typed when nothing fits.

    Signals:
        chosen: The name of a model.
        providers_requested: The person wants to add or change providers.
    """

    chosen = Signal(str)
    providers_requested = Signal()

    def __init__(self, book: ProviderBook, tasks: Tasks, current: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Choose a model"))
        self.setMinimumWidth(560)
        self._book = book
        self._tasks = PageTasks(self, tasks)
        self._current = current
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search, or type any name as PROVIDER/MODEL"))
        self.search.setAccessibleName(self.tr("Search the models"))
        self.search.setClearButtonEnabled(True)
        self.table = ModelTable(self)
        self.filter = _Filter(self)
        self.filter.setSourceModel(self.table)
        self.view = self._make_view()
        self._note = QLabel()
        self._note.setWordWrap(True)
        muted(self._note)
        self._fetch = QPushButton(self.tr("Fetch lists"))
        self._fetch.setToolTip(self.tr("Ask all providers for their models"))
        providers = QPushButton(self.tr("Providers…"))
        providers.clicked.connect(self._go_to_providers)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        without_icons(self.buttons)
        self.buttons.accepted.connect(self.take)
        self.buttons.rejected.connect(self.reject)
        for button in (self._fetch, providers):
            button.setAutoDefault(False)  # Enter takes the model
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.search, 1)
        line.addWidget(self._fetch)
        line.addWidget(providers)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._note)
        layout.addWidget(self.buttons)
        furnish(self, 720, 520)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self._fetch.clicked.connect(lambda: self._tasks.spawn(self._fetch_lists(), name="model lists"))
        self.view.doubleClicked.connect(lambda _index: self.take())
        self.view.selectionModel().currentChanged.connect(self._on_current)
        book.changed.connect(self._refresh)
        self._refresh()
        self.search.setFocus()

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.filter)
        view.setAccessibleName(self.tr("Models"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setSortingEnabled(True)
        view.setTabKeyNavigation(False)
        view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        size_rows(view)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 104), (2, 88), (3, 88), (4, 88)):
            header.resizeSection(column, max(scaled(view, width), header.sectionSizeHint(column)))
        return view

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: D102
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = self.view.currentIndex().row() + step
                self.view.selectRow(max(0, min(self.filter.rowCount() - 1, row)))
                return True
        return super().eventFilter(watched, event)

    @property
    def selected(self) -> str:
        """The name that would be taken now: the selected row's, else what is typed."""
        index = self.view.currentIndex()
        if index.isValid():
            return self.table.rows[self.filter.mapToSource(index).row()].name
        return self.search.text().strip()

    def take(self) -> None:
        """Choose what is selected or typed."""
        if name := self.selected:
            self.chosen.emit(name)
            self.accept()

    def _refresh(self) -> None:
        keep = self.selected or self._current
        self.table.set_rows(rows_of(self._book))
        for row, item in enumerate(self.table.rows):
            if item.name == keep:
                index = self.filter.mapFromSource(self.table.index(row, 0))
                self.view.setCurrentIndex(index)
        self._say()

    def _on_search(self, text: str) -> None:
        self.filter.set_text(text)
        exact = [row for row in range(self.filter.rowCount()) if text.strip() in self._names_at(row)]
        if exact or (text.strip() and self.filter.rowCount()):
            self.view.selectRow(exact[0] if exact else 0)
        else:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())
        self._say()

    def _names_at(self, row: int) -> tuple[str, str]:
        found = self.table.rows[self.filter.mapToSource(self.filter.index(row, 0)).row()]
        return found.name, found.label

    def _on_current(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.selected))

    def _say(self) -> None:
        """Where the lists come from, or that a name is taken as it is typed."""
        typed = self.search.text().strip()
        if typed and not self.filter.rowCount():
            owner = self._book.find(typed)
            if owner is None:
                text = self.tr("No list has “{name}”, and it belongs to no provider.").format(name=typed)
            else:
                text = self.tr("No list has “{name}”. It will be asked for at {provider}.").format(
                    name=typed, provider=owner.name
                )
        else:
            dates = [local_time(models.fetched_at) for models in self._book.lists.values()]
            oldest = min((date for date in dates if date is not None), default=None)
            if oldest is None:
                text = self.tr("No list has been fetched yet. Any name can be typed.")
            else:
                text = self.tr("Lists of {date} or later. Any name can be typed.").format(
                    date=f"{long_date(oldest.date())}, {oldest:%H:%M}"
                )
        self._note.setText(text)
        self._on_current()

    async def _fetch_lists(self) -> None:
        """Ask every provider; one that fails does not keep the others' lists away."""
        self._fetch.setEnabled(False)
        self._note.setText(self.tr("Asking the providers…"))
        faults: list[str] = []
        try:
            for provider in self._book.shown:
                try:
                    if not provider.fault:
                        await self._book.fetch_models(provider)
                except ModelError as error:
                    faults.append(f"{provider.name}: {said(str(error))}")
        finally:
            if self._tasks.is_alive():
                self._fetch.setEnabled(True)
        self._refresh()
        if faults:
            self._note.setText("\n".join(faults))

    def _go_to_providers(self) -> None:
        self.reject()
        self.providers_requested.emit()
