"""The menu of a row of the call tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from rlm_desktop.engine.tree import CallNode, Node
from rlm_desktop.ui.copying import rows_text

if TYPE_CHECKING:
    from rlm_desktop.ui.calls.call_tree import CallTreeView

translate = QCoreApplication.translate


def row_menu(view: CallTreeView, node: Node) -> QMenu:
    """What can be done with a row of the tree, or with what another picture shows of it; gone when it is closed."""
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if view.is_tree_shown:
        _add_looks(menu, view, node)
    else:
        menu.addAction(translate("CallTreeView", "Show in the tree"), lambda: _show_in_tree(view, node))
    menu.addAction(translate("CallTreeView", "Copy the row"), lambda: _copy(view, node))
    if isinstance(node, CallNode) and node.is_running:
        menu.addSeparator()
        whole = translate("CallTreeView", "Stop the run")
        part = translate("CallTreeView", "Stop this call and what is below")
        menu.addAction(whole if node.parent is None else part, lambda: view.stop_requested.emit(node.number))
    return menu


def _add_looks(menu: QMenu, view: CallTreeView, node: Node) -> None:
    """How the tree can be looked at otherwise."""
    rows = view.model.rows
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


def _show_in_tree(view: CallTreeView, node: Node) -> None:
    view.show_page(0)
    view.select_node(node)
    view.setFocus()


def _copy(view: CallTreeView, node: Node) -> None:
    row = view.model.rows.row_of(node)
    if row >= 0:
        QGuiApplication.clipboard().setText(rows_text(view.table, [row]))
