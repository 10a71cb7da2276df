"""What shows while a session has neither documents nor runs: how to begin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rlm_desktop.ui.question_panel import OFFLINE_LABEL
from rlm_desktop.ui.samples import Sample
from rlm_desktop.ui.window_style import muted


class FirstRun(QWidget):
    """A drop area, the example, and one line about the model in use.

    Signals:
        choose_requested: The person wants to choose files.
        example_requested: The person wants this sample, by its name.
    """

    choose_requested = Signal()
    example_requested = Signal(str)

    def __init__(self, samples: Sequence[Sample], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Ask questions of long documents")
        title.setObjectName("title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        lead = QLabel(
            "The model gets a Python REPL with your documents in it, writes code that searches and splits them, "
            "and calls other models on the pieces. You watch every call of it here."
        )
        muted(lead)
        lead.setWordWrap(True)
        lead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        area = QFrame()
        area.setObjectName("dropArea")
        area.setAccessibleName("Drop area for documents")
        drop = QLabel("Drop files here")
        drop.setObjectName("heading")
        drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        kinds = QLabel("Text, Markdown, HTML, CSV, JSON, code, and more")
        muted(kinds)
        kinds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        choose = QPushButton("Choose files…")
        choose.setProperty("primary", True)
        choose.setAccessibleName("Choose files")
        choose.clicked.connect(self.choose_requested)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(choose)
        buttons.addStretch(1)
        inside = QVBoxLayout(area)
        inside.setContentsMargins(24, 28, 24, 28)
        inside.setSpacing(10)
        for widget in (drop, kinds):
            inside.addWidget(widget)
        inside.addSpacing(6)
        inside.addLayout(buttons)
        self._model = QLabel()
        muted(self._model)
        self._model.setWordWrap(True)
        self._model.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout()
        column.setSpacing(14)
        column.addStretch(2)
        for widget in (title, lead, area):
            column.addWidget(widget)
        if samples:
            column.addLayout(self._examples(samples))
        column.addWidget(self._model)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addStretch(1)
        layout.addLayout(column, 8)
        layout.addStretch(1)
        self.show_model(OFFLINE_LABEL, is_offline=True)

    def _examples(self, samples: Sequence[Sample]) -> QGridLayout:
        """A button a sample, with what it is."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        caption = QLabel("Or open an example. It needs no key and no network:")
        muted(caption)
        grid.addWidget(caption, 0, 0, 1, 2)
        for row, sample in enumerate(samples, 1):
            button = QPushButton(sample.title)
            button.setAccessibleName(f"Open the example: {sample.title}")
            button.clicked.connect(lambda _checked=False, name=sample.name: self.example_requested.emit(name))
            text = QLabel(sample.description)
            text.setWordWrap(True)
            muted(text)
            grid.addWidget(button, row, 0)
            grid.addWidget(text, row, 1)
        return grid

    def show_model(self, label: str, *, is_offline: bool) -> None:
        """Say which model answers now."""
        hint = (
            " To use a language model, set OPENAI_API_KEY in the environment or in a .env file."
            if is_offline
            else ""
        )
        self._model.setText(f"Model in use: {label}.{hint}")
