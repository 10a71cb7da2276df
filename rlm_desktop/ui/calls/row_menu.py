"""The menu of a row of the call tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from rlm_desktop.engine.tree import CallNode, Node
from rlm_desktop.ui.calls.call_model import Column

if TYPE_CHECKING:
    from rlm_desktop.ui.calls.call_tree import CallTreeView

translate = QCoreApplication.translate


def row_menu(view: CallTreeView, node: Node) -> QMenu:
    """What can be done with a row; gone when it is closed."""
    rows = view.model.rows
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if node.children:
        is_open = rows.is_open(node)
        text = translate("CallTreeView", "Close") if is_open else translate("CallTreeView", "Open")
        menu.addAction(text, lambda: (rows.close if is_open else rows.open)(node))
        menu.addAction(translate("CallTreeView", "Open everything below"), lambda: rows.open_all(node))
        menu.addAction(translate("CallTreeView", "Close everything below"), lambda: rows.close_all(node))
        menu.addSeparator()
    if rows.focus is not None:
        menu.addAction(translate("CallTreeView", "Show the whole run"), lambda: view.set_focus_node(None))
    if node.children and node is not rows.focus and node.parent is not None:
        text = translate("CallTreeView", "Show only this and what is below")
        menu.addAction(text, lambda: view.set_focus_node(node))
    menu.addAction(translate("CallTreeView", "Copy the row"), lambda: _copy(view, node))
    if isinstance(node, CallNode) and node.is_running:
        menu.addSeparator()
        whole = translate("CallTreeView", "Stop the run")
        part = translate("CallTreeView", "Stop this call and what is below")
        menu.addAction(whole if node.parent is None else part, lambda: view.stop_requested.emit(node.number))
    return menu


def _copy(view: CallTreeView, node: Node) -> None:
    row = view.model.rows.row_of(node)
    if row >= 0:
        shown = (column for column in Column if not view.table.horizontalHeader().isSectionHidden(column))
        texts = (view.model.text(row, column) for column in shown)
        QGuiApplication.clipboard().setText("\t".join(text for text in texts if text))
