"""How a dialog opens: as large as last time, or as its letters need, and never larger than its screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSettings, QSize
from PySide6.QtWidgets import QWidget

from rlm_desktop.ui.theme import GRID, scaled
from rlm_desktop.ui.wheel import let_wheel_scroll

MARGIN = 2 * GRID
FRAME = QSize(2 * GRID, 6 * GRID)
"""What the window manager draws around a window, at most."""


def furnish(window: QWidget, width: int, height: int = 0, *, margin: int = MARGIN) -> None:
    """Give a dialog that is laid out its margins and its size, and leave the wheel to what scrolls in it.

    Args:
        window: The dialog, or another window beside the main one.
        width: In letters of the usual size; larger letters get more.
        height: The same; 0 for what is needed.
        margin: Around everything in it.
    """
    if (layout := window.layout()) is not None:
        layout.setContentsMargins(margin, margin, margin, margin)
    let_wheel_scroll(window)
    wanted = QSize(scaled(window, width), scaled(window, height) if height else window.sizeHint().height())
    memory = _memory(window)
    if memory is not None:
        kept = memory.value(_key(window))
        wanted = kept if isinstance(kept, QSize) and kept.isValid() else wanted
        window.installEventFilter(_Keeper(window, memory))
    window.resize(wanted.boundedTo(window.screen().availableSize() - FRAME))


class _Keeper(QObject):
    """Writes the size down when the window goes, if it was changed."""

    def __init__(self, window: QWidget, memory: QSettings) -> None:
        super().__init__(window)
        self._memory = memory
        self._opened: QSize | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.Show and self._opened is None:
            self._opened = watched.size()
        elif event.type() == QEvent.Type.Hide and self._opened not in (None, watched.size()):
            self._memory.setValue(_key(watched), watched.size())
        return False


def _key(window: QWidget) -> str:
    """Under what its size is kept; dialogs of one class that are not alike have names of their own."""
    return f"dialog/{window.objectName() or type(window).__name__}"


def _memory(window: QWidget) -> QSettings | None:
    """The window's memory, of the main window that it belongs to."""
    parent = window.parentWidget()
    while parent is not None:
        owner = parent.window()  # windows only, as in `key_tips.py`
        memory = getattr(owner, "memory", None)
        if isinstance(memory, QSettings):
            return memory
        parent = owner.parentWidget()
    return None
