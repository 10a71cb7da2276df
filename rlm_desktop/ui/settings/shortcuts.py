"""The page of the shortcuts: every action with its keys, which can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.actions import ACTIONS, Actions, by_place, translated
from rlm_desktop.ui.flow import FlowLayout
from rlm_desktop.ui.labels import CopyLabel
from rlm_desktop.ui.theme import scaled
from rlm_desktop.ui.window_style import muted

NAME = Qt.ItemDataRole.UserRole
_KEYS_WIDTH = 200


class ShortcutsPage(QWidget):
    """A list of all actions; the keys of the selected one are changed below it."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Filter by command or keys"))
        self.search.setAccessibleName(self.tr("Filter by command or keys"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.view = self._make_view()
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setMinimumWidth(scaled(self, _KEYS_WIDTH))
        self.keys.setClearButtonEnabled(True)
        self.keys.setAccessibleName(self.tr("New keys"))
        self.keys.keySequenceChanged.connect(self._tell_conflict)
        self.use = QPushButton(self.tr("&Use these keys"))
        self.use.clicked.connect(self._use)
        self.reset = QPushButton(self.tr("&Reset"))
        self.reset.setToolTip(self.tr("Give the selected command its own keys back"))
        self.reset.clicked.connect(self._reset)
        self.reset_all = QPushButton(self.tr("Reset &all"))
        self.reset_all.clicked.connect(actions.reset_keys)
        self.conflict = CopyLabel()
        self.conflict.setObjectName("fault")
        self.conflict.setWordWrap(True)
        self._arrange()
        self._fill()
        actions.rebound.connect(self._fill)

    def _make_view(self) -> QTreeWidget:
        view = QTreeWidget()
        view.setObjectName("shortcuts")
        view.setAccessibleName(self.tr("Commands and their keys"))
        view.setColumnCount(2)
        view.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        view.setRootIsDecorated(False)
        view.setItemsExpandable(False)
        view.setIndentation(12)
        view.setMinimumHeight(240)
        view.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)  # no name is cut: it scrolls
        view.header().setStretchLastSection(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.currentItemChanged.connect(self._show_current)
        return view

    def _arrange(self) -> None:
        hint = QLabel(self.tr("Select a command, press its new keys in the field, and use them."))
        hint.setWordWrap(True)
        muted(hint)
        line = FlowLayout()
        for widget in (self.keys, self.use, self.reset, self.reset_all):
            line.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(hint)
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)
        layout.addLayout(line)
        layout.addWidget(self.conflict)

    @property
    def selected(self) -> str:
        """The name of the selected action; empty for none."""
        item = self.view.currentItem()
        return (item.data(0, NAME) or "") if item is not None else ""

    def select(self, name: str) -> None:
        """Select an action."""
        for item in self._items():
            if item.data(0, NAME) == name:
                self.view.setCurrentItem(item)

    def _groups(self) -> list[QTreeWidgetItem]:
        rows = (self.view.topLevelItem(row) for row in range(self.view.topLevelItemCount()))
        return [group for group in rows if group is not None]

    def _items(self) -> list[QTreeWidgetItem]:
        return [item for group in self._groups() for item in _children(group)]

    def _fill(self) -> None:
        selected = self.selected
        changed = self._actions.changed_keys()
        self.view.clear()
        heading = self.view.font()
        heading.setBold(True)
        for place, specs in by_place():
            group = QTreeWidgetItem(self.view, [place])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFont(0, heading)
            for spec in specs:
                item = QTreeWidgetItem(group, [spec.label, self._actions.keys_text(spec.name)])
                item.setData(0, NAME, spec.name)
                item.setToolTip(0, translated(spec.tip))
                font = item.font(1)
                font.setBold(spec.name in changed)
                item.setFont(1, font)
        self.view.expandAll()
        self._filter(self.search.text())
        self.select(selected)
        self._show_current()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for item in self._items():
            shown = f"{item.text(0)} {item.text(1)}".casefold()
            item.setHidden(not all(word in shown for word in words))
        for group in self._groups():
            group.setHidden(all(item.isHidden() for item in _children(group)))

    def _show_current(self) -> None:
        name = self.selected
        for widget in (self.keys, self.use, self.reset):
            widget.setEnabled(bool(name))
        self.reset.setEnabled(name in self._actions.changed_keys())
        self.keys.clear()
        self.conflict.clear()

    def _tell_conflict(self) -> None:
        keys = self.keys.keySequence().toString()
        taken = self._actions.conflicts(self.selected, [keys]) if keys and self.selected else {}
        labels = {spec.name: spec.label for spec in ACTIONS}
        names = ", ".join(sorted({labels[name] for name in taken.values()}))
        self.conflict.setText(self.tr("Taken from: {commands}").format(commands=names) if names else "")

    def _use(self) -> None:
        keys = self.keys.keySequence().toString()
        if self.selected:
            self._actions.rebind(self.selected, [keys] if keys else ())

    def _reset(self) -> None:
        if self.selected:
            self._actions.rebind(self.selected, None)


def _children(group: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    rows = (group.child(row) for row in range(group.childCount()))
    return [item for item in rows if item is not None]
