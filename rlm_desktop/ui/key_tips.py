"""Tooltips that name keys: those that the action has now, also after the person has given it others.

Such a text has the mark ` {keys}`, which becomes ` (Ctrl+K)`, or nothing where the action has no key.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from rlm_desktop.ui.actions import ACTIONS, Actions

MARK = " {keys}"
_FIRST_KEYS = {spec.name: spec.keys[0] for spec in ACTIONS if spec.keys}


def with_keys(text: str, keys: str) -> str:
    """`text` with the keys in the place of the mark."""
    return text.replace(MARK, f" ({keys})" if keys else "")


class KeyTip(QObject):
    """The tooltip of a widget that does what an action does.

    The widget belongs to a window with `actions_by_name`, or to a dialog of it, from when it first shows.

    Args:
        widget: What has the tooltip.
        text: See the module.
        action: The name of the action.
    """

    def __init__(self, widget: QWidget, text: str, action: str) -> None:
        super().__init__(widget)
        self._widget = widget
        self._text = text
        self._action = action
        self._actions: Actions | None = None
        widget.installEventFilter(self)
        self._write()

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self._write()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Once it shows it is where it belongs: from then on the window's own keys hold."""
        if event.type() == QEvent.Type.Show and self._actions is None:
            self._actions = _actions_of(self._widget)
            if self._actions is not None:
                self._widget.removeEventFilter(self)
                self._actions.rebound.connect(self._write)
                self._write()
        return False

    def _write(self) -> None:
        if self._actions is not None:
            keys = self._actions.first_key(self._action)
        else:
            keys = QKeySequence(_FIRST_KEYS.get(self._action, "")).toString(QKeySequence.SequenceFormat.NativeText)
        self._widget.setToolTip(with_keys(self._text, keys))


def _actions_of(widget: QWidget) -> Actions | None:
    # Windows only: the wrapper that PySide makes for a widget of Qt itself takes others down with it.
    window: QWidget | None = widget.window()
    while window is not None:
        if isinstance(actions := getattr(window, "actions_by_name", None), Actions):
            return actions
        parent = window.parentWidget()
        window = parent.window() if parent is not None else None
    return None
