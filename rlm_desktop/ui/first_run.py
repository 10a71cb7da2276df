"""What shows while a session has neither documents nor runs: how to begin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from rlm_desktop.ui.labels import ElidedLabel
from rlm_desktop.ui.samples import Sample
from rlm_desktop.ui.window_style import muted

COLUMN_WIDTH = 640


class SampleButton(QPushButton):
    """A button with a title and a line below it."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.setObjectName("sample")
        title_text = QCoreApplication.translate("Samples", sample.title)
        description_text = QCoreApplication.translate("Samples", sample.description)
        self.setAccessibleName(self.tr("Open the example: {title}").format(title=title_text))
        self.setAccessibleDescription(description_text)
        title = ElidedLabel()
        title.setObjectName("heading")
        title.set_full_text(title_text)
        description = ElidedLabel()
        muted(description)
        description.set_full_text(description_text)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 8, 14, 8)
        self._column.setSpacing(2)
        for label in (title, description):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._column.addWidget(label)

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(320, self._column.sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(120, self._column.sizeHint().height())


class FirstRun(QScrollArea):
    """A drop area, the examples, and one line about the model in use.

    Signals:
        choose_requested: The person wants to choose files.
        example_requested: The person wants this sample, by its name.
    """

    choose_requested = Signal()
    example_requested = Signal(str)

    def __init__(self, samples: Sequence[Sample], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstRun")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        title = QLabel(self.tr("Ask questions of long documents"))
        title.setObjectName("title")
        self._model = QLabel()
        inside = QWidget()
        inside.setMaximumWidth(COLUMN_WIDTH)
        column = QVBoxLayout(inside)
        column.setSpacing(14)
        column.addStretch(2)
        column.addWidget(_centred(title))
        lead = self.tr(
            "The model gets a Python REPL with your documents in it. It writes code that searches and splits them, "
            "and calls other models on the pieces. You watch every call of it here."
        )
        column.addWidget(_centred(_muted(QLabel(lead))))
        column.addWidget(self._drop_area())
        if samples:
            text = self.tr("Or begin with an example, which needs neither a key nor a network:")
            column.addWidget(_muted(QLabel(text)))
        for sample in samples:
            column.addWidget(self._sample_button(sample))
        column.addWidget(_centred(_muted(self._model)))
        column.addStretch(3)
        whole = QWidget()
        layout = QHBoxLayout(whole)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(inside)
        self.setWidget(whole)
        self._model.setText("\n")  # the room of what `show_model` will write

    def _drop_area(self) -> QFrame:
        area = QFrame()
        area.setObjectName("dropArea")
        area.setAccessibleName(self.tr("Drop area for documents"))
        drop = QLabel(self.tr("Drop files here"))
        drop.setObjectName("heading")
        self.choose = QPushButton(self.tr("Choose files…"))
        self.choose.setProperty("primary", True)
        self.choose.setAccessibleName(self.tr("Choose files"))
        self.choose.clicked.connect(self.choose_requested)
        layout = QVBoxLayout(area)
        layout.setContentsMargins(24, 28, 24, 28)
        layout.setSpacing(10)
        layout.addWidget(_centred(drop))
        kinds = self.tr("PDF, Word, PowerPoint, Excel, HTML, Markdown, CSV, JSON, code, plain text")
        layout.addWidget(_centred(_muted(QLabel(kinds))))
        layout.addSpacing(6)
        layout.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        return area

    def _sample_button(self, sample: Sample) -> SampleButton:
        button = SampleButton(sample)
        button.clicked.connect(lambda: self.example_requested.emit(sample.name))
        return button

    def show_model(self, label: str, *, is_offline: bool) -> None:
        """Say which model answers now."""
        text = self.tr("Model in use: {model}.").format(model=label)
        if is_offline:
            hint = self.tr("To use a language model, set OPENAI_API_KEY in the environment or in a .env file.")
            text = f"{text} {hint}"
        self._model.setText(text)


def _muted(label: QLabel) -> QLabel:
    muted(label)
    label.setWordWrap(True)
    return label


def _centred(label: QLabel) -> QLabel:
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
