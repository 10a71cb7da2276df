"""Walks the window in all its states and prints, as JSON, what a screen reader or the keyboard does not get at,
and what of a dialog the smallest screen would cut, in the longest language and with the largest letters.

    python -m tests.accessible_audit

A process of its own, which ends without taking anything down: PySide crashes when it takes down wrappers of all
the widgets that Qt made for itself, which only such a walk ever asks for.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QAbstractListModel, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTreeWidget,
    QWidget,
)
from shiboken6 import isValid

from rlm_desktop.settings import Settings
from rlm_desktop.ui.labels import ElidedLabel
from rlm_desktop.ui.loop import UiEventLoop
from rlm_desktop.ui.palette import Palette
from rlm_desktop.ui.theme import STYLE
from tests.window_states import home, running, states

SMALLEST_SCREEN = QSize(784, 552)
"""Of 800 x 600, less what a window manager draws around a window."""
LARGEST_LETTERS = 200
LAST_DIALOG = "documents_text"
"""The letters are the largest up to it, and normal in the states of the main window that follow."""
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView, QAbstractSlider, QTabBar)
ROLELESS = (QAccessible.Role.NoRole, QAccessible.Role.Client)
SPOKEN, SHOWN = Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole
MOST_TABS = 200
ROWS_LOOKED_AT = 6


def _interface(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None, widget
    return found


def _describe(widget: QWidget) -> str:
    chain = [f"{type(widget).__name__} {widget.objectName()!r}"]
    parent = widget.parentWidget()
    while parent is not None and len(chain) < 4:
        chain.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " in ".join(chain)


def _is_part(widget: QWidget) -> bool:
    """Whether it is a part that Qt made of another control: the line of a spin box, the header of a table."""
    parent = widget.parentWidget()
    return (
        isinstance(widget, QScrollBar | QHeaderView | QMenu)
        or isinstance(parent, QAbstractSpinBox | QComboBox | QTabBar | QLineEdit | QHeaderView)
        or widget.objectName().startswith("qt_")
        or (
            isinstance(parent, QAbstractItemView)
            and isinstance(widget, QAbstractButton)
            and not widget.objectName()
        )
    )


_held: list[object] = []
"""PySide takes children for deleted when the wrapper of a parent goes that only a test has asked for."""


def _visible(root: QWidget) -> Iterator[QWidget]:
    widgets = root.findChildren(QWidget)
    _held.extend((widgets, [widget.parent() for widget in widgets]))
    for widget in widgets:
        if isValid(widget) and widget.isVisible() and widget.window() is root:
            yield widget


def faults(root: QWidget) -> list[str]:
    """What a screen reader could not tell of the controls that show."""
    found: list[str] = []
    for widget in _visible(root):
        takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
        if _is_part(widget) or not (isinstance(widget, CONTROLS) or takes_focus):
            continue
        interface = _interface(widget)
        is_frame = isinstance(widget, QScrollArea) and not widget.accessibleName()
        if not interface.text(QAccessible.Text.Name) and not is_frame:
            found.append(f"no name: {_describe(widget)}")
        if (
            interface.role() in ROLELESS
            and not isinstance(widget, QAbstractScrollArea)
            and not widget.accessibleName()
        ):
            found.append(f"no role: {_describe(widget)}")
        has_words = isinstance(widget, QAbstractButton) and (widget.text() or widget.findChildren(QLabel))
        if isinstance(widget, QAbstractButton) and not (has_words or widget.toolTip()):
            found.append(f"neither words nor tip: {_describe(widget)}")
        if isinstance(widget, QAbstractItemView):
            found += _row_faults(widget)
    return found


def _row_faults(view: QAbstractItemView) -> list[str]:
    """Rows of which a screen reader would say nothing, asked as it asks."""
    model = view.model()
    if model is None:
        return []
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(view.rootIndex())
    found: list[str] = []
    for row in range(min(ROWS_LOOKED_AT, model.rowCount(view.rootIndex()))):
        cells = [model.index(row, column, view.rootIndex()) for column in range(columns)]
        texts = [cell.data(role) for cell in cells for role in (SPOKEN, SHOWN)]
        if not any(texts):
            found.append(f"row {row} says nothing: {_describe(view)}")
    return found


def _is_other_choice(widget: QWidget) -> bool:
    """Whether arrow keys reach it: of buttons of which one is chosen Tab only comes to that."""
    if isinstance(widget, QRadioButton):
        return not widget.isChecked()
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and group.checkedButton() is not widget


def tab_faults(root: QWidget) -> list[str]:
    """What the Tab key cannot leave, or does not come to."""
    wanted = {
        widget
        for widget in _visible(root)
        if widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, QScrollBar)
        and not _is_other_choice(widget)
    }
    reached: set[QWidget] = set()
    for _ in range(MOST_TABS):
        before = root.focusWidget()
        QTest.keyClick(before or root, Qt.Key.Key_Tab)
        after = root.focusWidget()
        if after is None or after in reached:
            break
        if after is before:
            return [] if isinstance(after.parent(), Palette) else [f"Tab does not leave {_describe(after)}"]
        reached.add(after)
    return [f"Tab does not come to {_describe(widget)}" for widget in wanted - reached]


def room_faults(dialog: QWidget) -> list[str]:
    """What a dialog does not show on the smallest screen."""
    dialog.resize(dialog.size().boundedTo(SMALLEST_SCREEN))
    QApplication.sendPostedEvents()
    if QSize(dialog.width(), dialog.height()).boundedTo(SMALLEST_SCREEN) != dialog.size():
        return [f"needs {dialog.width()} x {dialog.height()}: {_describe(dialog)}"]
    return [fault for widget in _visible(dialog) if (fault := _cut(widget)) and not _is_of_file_dialog(widget)]


def _cut(widget: QWidget) -> str:
    """How much of a widget's own words does not show; empty when all of them do."""
    if isinstance(widget, QLabel) and widget.text() and not isinstance(widget, ElidedLabel):
        needed = widget.sizeHint() if not widget.wordWrap() else QSize(0, widget.heightForWidth(widget.width()))
    elif isinstance(widget, QPushButton | QCheckBox | QRadioButton):
        needed = widget.minimumSizeHint()
    elif isinstance(widget, QTreeWidget) and not widget.wordWrap():
        needed = widget.size() + QSize(max(map(partial(_lacking, widget), range(widget.columnCount()))), 0)
    elif isinstance(widget, QScrollArea):
        needed = widget.size() + QSize(widget.horizontalScrollBar().maximum(), 0)
    else:
        return ""
    is_cut = needed.width() > widget.width() + 1 or needed.height() > widget.height() + 1
    words = getattr(widget, "text", str)()
    return f"{widget.size().toTuple()} for {needed.toTuple()}: {words!r} {_describe(widget)}" if is_cut else ""


def _lacking(tree: QTreeWidget, column: int) -> int:
    """How much room a column has too little for its texts."""
    return 0 if tree.isColumnHidden(column) else max(0, tree.sizeHintForColumn(column) - tree.columnWidth(column))


def _is_of_file_dialog(widget: QWidget) -> bool:
    return isinstance(widget.window(), QFileDialog)


async def audit(app: QApplication) -> dict[str, list[str]]:
    """What is wrong, by state."""
    found: dict[str, list[str]] = {}
    async with running(app, Settings(theme="light", language="de", font_size=LARGEST_LETTERS)) as application:
        async for name, widget in states(application):
            faulty = [*faults(widget), *tab_faults(widget)]
            if not isinstance(widget, QMainWindow):
                faulty += room_faults(widget)
            if faulty:
                found[name] = faulty
            if name == LAST_DIALOG:
                application.theme.set_sizes("normal", 100)
        print(json.dumps(found), flush=True)
        os._exit(0)


def main() -> None:
    app = QApplication([*sys.argv[:1], *STYLE])
    app.setQuitOnLastWindowClosed(False)
    with home(), asyncio.Runner(loop_factory=lambda: UiEventLoop(app)) as runner:
        runner.run(audit(app))


if __name__ == "__main__":
    main()
