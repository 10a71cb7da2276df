"""The page on which one works: documents, question, the run's header, its tree and its inspector."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from rlm_desktop.settings import Settings
from rlm_desktop.ui.calls.call_tree import CallTreeView
from rlm_desktop.ui.documents.panel import DocumentsPanel
from rlm_desktop.ui.inspector.inspector import Inspector
from rlm_desktop.ui.question_panel import QuestionPanel
from rlm_desktop.ui.replay.bar import ReplayBar
from rlm_desktop.ui.run_header import RunHeader

COMPACT_BELOW = 640
LEAST_HEIGHT = 96
"""Of the tree and of the inspector."""


class WorkPage(QWidget):
    """Everything about one session and the run of it that is shown.

    Attributes:
        replay: Hidden but while a run is replayed.
        inspector: In `below` at first; the window may put it elsewhere.
        below: The tree, with the inspector under it.
    """

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Each in its place from the beginning, as the window is built.
        self.documents = DocumentsPanel(self)
        self.question = QuestionPanel(settings, self)
        self.header = RunHeader(self)
        self.replay = ReplayBar(self)
        self.replay.hide()
        self.below = QSplitter(Qt.Orientation.Vertical, self)
        self.tree = CallTreeView(self.below)
        self.inspector = Inspector(self.below)
        self.below.setObjectName("treeAndInspector")
        self.below.setChildrenCollapsible(False)
        self.below.setHandleWidth(1)
        for widget in (self.tree, self.inspector):
            widget.setMinimumHeight(LEAST_HEIGHT)
        self.below.setStretchFactor(0, 3)
        self.below.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.documents, self.question, self.header, self.replay):
            layout.addWidget(widget)
        layout.addWidget(self.below, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        is_low = self.height() < COMPACT_BELOW
        self.documents.set_compact(is_low)
        self.question.set_compact(is_low)
