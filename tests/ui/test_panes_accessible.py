"""Everything in the tree and the inspector that takes the focus or shows a figure says what it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QScrollBar, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from rlm_desktop.engine.tree import BatchNode
from rlm_desktop.ui.calls.call_tree import CallTreeView
from rlm_desktop.ui.inspector.inspector import Inspector
from tests import traces
from tests.traces import Shape


def _name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def _unnamed(root: QWidget) -> list[str]:
    """Widgets that the keyboard reaches, and buttons, without a name or a tool tip."""
    found: list[str] = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, QScrollBar | QTabBar):
            continue
        takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
        if (takes_focus or isinstance(widget, QAbstractButton)) and not (_name(widget) or widget.toolTip()):
            found.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")
    return found


@pytest.mark.parametrize("page", [0, 1])
def test_the_tree(qtbot: QtBot, page: int) -> None:
    view = CallTreeView()
    qtbot.addWidget(view)
    view.show()
    view.set_state(traces.state(Shape(calls=30)))
    view.show_page(page)
    assert _unnamed(view) == []


def test_the_inspector(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.show()
    state = traces.state(Shape(calls=60, depth=1, batch=20, errors=0.2, cell_errors=0.4))
    kinds = {(type(node), node.status): node for node in state.nodes}
    assert any(isinstance(node, BatchNode) for node in kinds.values())
    for node in kinds.values():
        inspector.show_node(state, node)
        for number in range(inspector.tabs.count()):
            inspector.tabs.setCurrentIndex(number)
            assert _unnamed(inspector) == []


def test_tab_leaves_every_pane(qtbot: QtBot) -> None:
    """No pane holds the keyboard: Tab from the table comes out of it."""
    view = CallTreeView()
    qtbot.addWidget(view)
    view.show()
    view.set_state(traces.state(Shape(calls=30)))
    view.table.setFocus()
    qtbot.keyClick(view.table, Qt.Key.Key_Tab)
    assert not view.table.hasFocus()
