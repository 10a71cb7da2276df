"""What shows while a session has neither documents nor runs: how to begin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.labels import ElidedLabel
from rlm_desktop.ui.samples import Sample
from rlm_desktop.ui.theme import scaled
from rlm_desktop.ui.window_style import muted

COLUMN_WIDTH = 640
COMPACT_BELOW = 720
"""Where the page is lower than this, it moves together, so that the place to connect a model shows at once."""
_USUAL_HEIGHT = 640
_BESIDE_FROM = 480


class SampleButton(QPushButton):
    """A button with a title and a line below it."""

    def __init__(self, title_text: str, description_text: str, what_it_does: str) -> None:
        super().__init__()
        self.setObjectName("sample")
        self.setAccessibleName(what_it_does)
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
    """A drop area, the examples, a place to connect a model, and one line about the model in use.

    Signals:
        choose_requested: The person wants to choose files.
        replay_requested: The person wants to see the recorded example.
        example_requested: The person wants this sample, by its name.
        connect_requested: The person wants to connect a model after all.
        skip_requested: The person does not want to be asked for a model.
    """

    choose_requested = Signal()
    replay_requested = Signal()
    example_requested = Signal(str)
    connect_requested = Signal()
    skip_requested = Signal()

    def __init__(self, samples: Sequence[Sample], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstRun")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        title = QLabel(self.tr("Ask questions of long documents"))
        title.setObjectName("title")
        title.setWordWrap(True)
        self._model = QLabel()
        self._connect: tuple[QWidget, ...] = ()
        whole = QWidget()
        self.setWidget(whole)  # from the outside in, as the window is built
        self._inside = QWidget(whole)
        layout = QHBoxLayout(whole)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._inside)
        column = QVBoxLayout(self._inside)
        column.addWidget(_centred(title))
        lead = self.tr(
            "The model gets a Python REPL with your documents in it. It writes code that searches and splits them, "
            "and calls other models on the pieces. You watch every call of it here."
        )
        column.addWidget(_centred(_muted(QLabel(lead))))
        column.addWidget(self._drop_area())
        text = self.tr("Or begin with an example, which needs neither a key nor a network:")
        column.addWidget(_muted(QLabel(text)))
        column.addWidget(self._replay_button())
        for sample in samples:
            column.addWidget(self._sample_button(sample))
        self._model_line = QHBoxLayout()
        self._model_line.addWidget(_muted(self._model), 1)
        column.addLayout(self._model_line)
        self._column = column
        column.addStretch(1)
        self._shape: tuple[bool, bool] | None = None
        self._model.setText(" ")  # the room of what `show_model` will write
        self._set_compact(False, is_beside=False)
        self.verticalScrollBar().rangeChanged.connect(self._keep_connecting_in_sight)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Take the room that there is, in letters of the size that they have."""
        self._inside.setMaximumWidth(scaled(self, COLUMN_WIDTH))
        is_compact = self.height() < COMPACT_BELOW
        self._set_compact(is_compact, is_beside=is_compact and self.width() >= scaled(self, _BESIDE_FROM))
        spare = (self.height() - _USUAL_HEIGHT) // 4  # of the window: what comes later on the page moves nothing
        self._column.setContentsMargins(8, 0 if is_compact else max(24, spare), 8, 8)

    def _set_compact(self, is_compact: bool, *, is_beside: bool) -> None:
        """Take less height; put the button beside the words where there is width for it."""
        if self._shape == (is_compact, is_beside):
            return
        self._shape = is_compact, is_beside
        self._column.setSpacing(8 if is_compact else 14)
        self._drop.setDirection(QBoxLayout.Direction.LeftToRight if is_beside else QBoxLayout.Direction.TopToBottom)
        side, edge = (16, 12) if is_compact else (24, 28)
        self._drop.setContentsMargins(side, edge, side, edge)
        for label in self._drop_texts:
            beside = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            label.setAlignment(beside if is_beside else Qt.AlignmentFlag.AlignCenter)

    def _keep_connecting_in_sight(self) -> None:
        """What is said of a key that is being typed makes the page longer: its place stays in sight."""
        focused = self.focusWidget()
        if self._connect and focused is not None and self._connect[0].isAncestorOf(focused):
            self.ensureWidgetVisible(self._connect[0])

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
        kinds = _muted(QLabel(self.tr("PDF, Word, PowerPoint, Excel, HTML, Markdown, CSV, JSON, code, plain text")))
        self._drop_texts = (drop, kinds)
        texts = QVBoxLayout()
        texts.setSpacing(8)
        texts.addWidget(drop)
        texts.addWidget(kinds)
        self._drop = QBoxLayout(QBoxLayout.Direction.TopToBottom, area)
        self._drop.setSpacing(16)
        self._drop.addLayout(texts, 1)
        self._drop.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignCenter)
        return area

    def _replay_button(self) -> SampleButton:
        title = self.tr("▶ Watch a recorded run")
        description = self.tr(
            "13 seconds: three levels of calls, batches, a retry and an error. No model is asked."
        )
        button = SampleButton(title, description, self.tr("Replay the recorded example"))
        button.clicked.connect(self.replay_requested)
        return button

    def _sample_button(self, sample: Sample) -> SampleButton:
        title = QCoreApplication.translate("Samples", sample.title)
        description = QCoreApplication.translate("Samples", sample.description)
        button = SampleButton(title, description, self.tr("Open the example: {title}").format(title=title))
        button.clicked.connect(lambda: self.example_requested.emit(sample.name))
        return button

    def show_model(self, label: str, *, is_offline: bool) -> None:
        """Say which model answers now; the place to connect one is only there while the offline one does."""
        words = QCoreApplication.translate("Models", label) if is_offline else label
        self._model.setText(self.tr("Model in use: {model}.").format(model=words))
        for widget in self._connect:
            widget.setVisible(is_offline)

    def offer_to_connect(self, panel: QWidget) -> None:
        """Show a panel with which a model is connected, and the way around it."""
        skip = QPushButton(self.tr("Skip for now"))
        skip.setObjectName("small")
        skip.setToolTip(self.tr("Do not ask again; File > Settings > Providers has it all"))
        skip.clicked.connect(self.skip_requested)
        self._show_connect(panel, skip)

    def offer_quietly(self) -> None:
        """One line in place of the panel, for who has skipped it."""
        button = QPushButton(self.tr("No language model is connected. Connect one…"))
        button.setFlat(True)
        button.clicked.connect(self.connect_requested)
        self._show_connect(button)

    def _show_connect(self, *widgets: QWidget) -> None:
        """Show the first widget below the line with the model, the others on it."""
        for old in self._connect:
            old.deleteLater()
        self._connect = widgets
        self._column.insertWidget(self._column.count() - 1, widgets[0])
        for widget in widgets[1:]:
            self._model_line.addWidget(widget)


def _muted(label: QLabel) -> QLabel:
    muted(label)
    label.setWordWrap(True)
    return label


def _centred(label: QLabel) -> QLabel:
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
