"""The question box: what to ask, which models answer, how deep and how long they may go, and the Ask button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.providers import OFFLINE, OFFLINE_LABEL
from rlm_desktop.settings import Settings
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.models.estimate_label import EstimateLabel
from rlm_desktop.ui.theme import scaled
from rlm_desktop.ui.wheel import let_wheel_scroll
from rlm_desktop.ui.window_style import inset_figures, muted, set_property

if TYPE_CHECKING:
    from rlm_desktop.engine.providers import ModelChoice

MIN_LINES, MAX_LINES = 2, 8
MARGIN = 8
ALL_MODELS = "\0all"
"""Data of the entry that opens the list of all models; no model can be called so."""
MOST_OF_A_MODEL = 480
"""The width of the box of a model that stands beside the limits."""
WIDEST = (1 << 24) - 1
"""Of any widget."""
ROOM_AROUND_NAME = 48
"""Of a model's name in its box, the arrow included."""
ROOM_AROUND_FIGURE = 48
"""The same for a limit: where there is too little room for all that may be typed, what is chosen shows."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for one question beside its text."""

    root_model: str
    sub_model: str
    max_depth: int
    max_iterations: int
    budget_usd: float | None

    def applied_to(self, settings: Settings) -> Settings:
        """The settings with these choices."""
        return settings.with_values(
            root_model=self.root_model,
            sub_model=self.sub_model,
            max_depth=self.max_depth,
            max_iterations=self.max_iterations,
            budget_usd=self.budget_usd,
        )


class QuestionEdit(QPlainTextEdit):
    """A text box that grows with its text. Tab leaves it; Ctrl+Enter is the window's Ask."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("question")
        self.setAccessibleName(self.tr("Question"))
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._least_lines = MIN_LINES
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)

    def set_least_lines(self, lines: int) -> None:
        """Be at least so many lines high."""
        if lines != self._least_lines:
            self._least_lines = lines
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: D102
        # The layout of a plain text document counts in lines, wrapped ones included.
        lines = min(MAX_LINES, max(self._least_lines, int(self.document().size().height())))
        margins = self.contentsMargins()
        frame = 2 * int(self.document().documentMargin()) + margins.top() + margins.bottom() + 2
        return QSize(super().sizeHint().width(), lines * self.fontMetrics().lineSpacing() + frame)

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(200, self.sizeHint().height())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: D102
        # Files that are dropped on the box are documents, not their addresses as text: the window takes them.
        return not any(url.isLocalFile() for url in source.urls()) and super().canInsertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.focusNextChild()
            return
        super().keyPressEvent(event)


class QuestionPanel(QFrame):
    """The question with everything that is chosen for it.

    Signals:
        ask_requested: The Ask button was pressed.
        models_requested: All models shall be shown to choose one; true for the root's.
        choices_changed: Another model, depth, number of iterations or budget was chosen.
    """

    ask_requested = Signal()
    models_requested = Signal(bool)
    choices_changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("questionPanel")
        self.edit = QuestionEdit()
        self._kept: dict[QComboBox, str] = {}
        self._own_depth: int | None = None
        self.root_model = _model_box(self.tr("Root model"), self.tr("Writes the code that reads the documents"))
        self.sub_model = _model_box(self.tr("Sub-call model"), self.tr("Answers the calls that the code makes"))
        self.max_depth = QSpinBox(minimum=1, maximum=10)
        self.max_iterations = QSpinBox(minimum=1, maximum=1000)
        self.budget = QDoubleSpinBox(minimum=0.0, maximum=9_999.99, decimals=2, singleStep=0.25)
        self.max_depth.setPrefix(self.tr("depth ≤ "))
        self.max_iterations.setPrefix("≤ ")
        self.max_iterations.setSuffix(self.tr(" iterations"))
        self.budget.setPrefix(self.tr("budget $"))
        self.budget.setSpecialValueText(self.tr("no budget"))
        _describe(
            self.max_depth,
            self.tr("Max depth"),
            self.tr("Levels of calls below the root: 1 means plain sub-calls only"),
        )
        _describe(
            self.max_iterations,
            self.tr("Max iterations"),
            self.tr("Iterations of the root call; sub-calls get fewer by depth"),
        )
        _describe(
            self.budget, self.tr("Budget"), self.tr("Most that this run may cost in US dollars; 0 is no limit")
        )
        self.ask = QPushButton(self.tr("Ask"))
        self.ask.setProperty("primary", True)
        self.ask.setDefault(True)
        self.ask.setAccessibleName(self.tr("Ask the question"))
        KeyTip(self.ask, self.tr("Ask {keys}"), "ask")
        self.ask.clicked.connect(self.ask_requested)
        arrow = QLabel("→")
        arrow.setToolTip(self.tr("The root model calls the sub-call model"))
        muted(arrow)
        self._models = QHBoxLayout()
        self._models.addWidget(self.root_model)
        self._models.addWidget(arrow)
        self._models.addWidget(self.sub_model)
        self._models.addStretch()
        self._limits = QHBoxLayout()
        inset_figures(self.max_depth, self.max_iterations, self.budget)
        for control in (self.max_depth, self.max_iterations, self.budget):
            self._limits.addWidget(control)
        self._limits.addStretch(1)
        self.estimate = EstimateLabel()
        self._limits.addWidget(self.estimate)
        self._limits.addWidget(self.ask)
        self._choices = QWidget()
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._choices)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.addLayout(self._models, 1)
        self._lines.addLayout(self._limits)
        for line in (self._models, self._limits, self._lines):
            line.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(6)
        layout.addWidget(self.edit)
        layout.addWidget(self._choices)
        self._is_compact = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        self.set_models(())
        self.set_choices(settings)
        self._watch_choices()
        let_wheel_scroll(self)
        self.set_follow_up(False)

    @property
    def text(self) -> str:
        """The question without white space around it."""
        return self.edit.toPlainText().strip()

    def set_text(self, text: str) -> None:
        """Write a question into the box, as if it had been typed (it can be undone)."""
        cursor = self.edit.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)

    def clear(self) -> None:
        """Empty the box."""
        self.edit.clear()

    def set_models(self, models: Sequence[ModelChoice]) -> None:
        """Offer these models; the offline model is always there. What was chosen stays chosen."""
        offered = {choice.name: choice.label for choice in models}
        offered[OFFLINE] = QCoreApplication.translate("Models", OFFLINE_LABEL)
        for box in (self.root_model, self.sub_model):
            chosen = _chosen(box) if box.count() else None
            box.blockSignals(True)
            box.clear()
            if box is self.sub_model:
                box.addItem(self.tr("Sub-calls: the same model"), "")
            for name, label in offered.items():
                box.addItem(label, name)
            box.insertSeparator(box.count())
            box.addItem(self.tr("All models…"), ALL_MODELS)
            # Where a server is known it may have models that nobody listed: any name can be typed.
            box.setEditable(any(model.provider != OFFLINE for model in models))
            if chosen is not None:
                _choose(box, chosen)
            box.blockSignals(False)

    def _watch_choices(self) -> None:
        for box in (self.root_model, self.sub_model):
            self._kept[box] = _chosen(box)
            box.activated.connect(lambda _index, box=box: self._on_activated(box))
            box.currentTextChanged.connect(lambda _text, box=box: self._on_model_changed(box))
        self.max_depth.valueChanged.connect(self._keep_depth)
        for control in (self.max_depth, self.max_iterations, self.budget):
            control.valueChanged.connect(self.choices_changed)

    def _model(self, box: QComboBox) -> str:
        chosen = _chosen(box)
        return self._kept.get(box, "") if chosen == ALL_MODELS else chosen

    def _on_activated(self, box: QComboBox) -> None:
        """The last entry opens the list of all models, and what was chosen before stays chosen."""
        if box.currentData() == ALL_MODELS:
            _choose(box, self._kept[box])
            self.models_requested.emit(box is self.root_model)

    def _on_model_changed(self, box: QComboBox) -> None:
        if (chosen := _chosen(box)) != ALL_MODELS:
            self._kept[box] = chosen
            self._place_limits()
            self.choices_changed.emit()

    def choose_model(self, name: str, *, is_root: bool) -> None:
        """Choose a model, in the list or not."""
        _choose(self.root_model if is_root else self.sub_model, name)

    def lend_depth(self, depth: int) -> None:
        """Show a depth that suits the documents, until `return_depth` or until the person chooses another one."""
        own = self.max_depth.value()
        self.max_depth.setValue(depth)
        self._own_depth = own

    def return_depth(self) -> None:
        """Show the person's own depth again."""
        if self._own_depth is not None:
            self.max_depth.setValue(self._own_depth)
            self._own_depth = None

    def _keep_depth(self) -> None:
        self._own_depth = None

    def set_choices(self, settings: Settings) -> None:
        """Show what the settings say."""
        _choose(self.root_model, settings.root_model)
        _choose(self.sub_model, settings.sub_model)
        if settings.max_depth != self._own_depth:
            self.max_depth.setValue(settings.max_depth)
            self._own_depth = None  # though the one that was lent is the same
        self.max_iterations.setValue(settings.max_iterations)
        # Less than a cent would be rounded to none, which means no limit.
        self.budget.setValue(max(0.01, settings.budget_usd) if settings.budget_usd else 0.0)

    def show_asked(self, settings: Settings) -> None:
        """Show what a run was asked with; when its depth is the one that is lent, it stays lent."""
        own, self._own_depth = self._own_depth, None
        is_shown = settings.max_depth == self.max_depth.value()
        self.set_choices(settings)
        if is_shown:
            self._own_depth = own

    def choices(self) -> Choices:
        """What is chosen now."""
        return Choices(
            root_model=self._model(self.root_model) or OFFLINE,
            sub_model=self._model(self.sub_model),
            max_depth=self.max_depth.value(),
            max_iterations=self.max_iterations.value(),
            budget_usd=self.budget.value() or None,
        )

    def lasting_choices(self) -> Choices:
        """What is chosen for later questions too: without a depth that was lent."""
        chosen = self.choices()
        return chosen if self._own_depth is None else replace(chosen, max_depth=self._own_depth)

    def set_follow_up(self, is_follow_up: bool) -> None:
        """Say whether the session has questions already."""
        self.edit.setPlaceholderText(
            self.tr("Ask a follow-up question; the model knows the earlier ones…")
            if is_follow_up
            else self.tr("Ask a question about the documents…")
        )

    def set_busy(self, is_busy: bool) -> None:
        """While a run of this session is going on the next question can be written but not asked."""
        self.ask.setEnabled(not is_busy)
        self.ask.setText(self.tr("Running…") if is_busy else self.tr("Ask"))

    def set_compact(self, is_compact: bool) -> None:
        """Where there is little height, the choices show only while one is writing or choosing."""
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self._show_choices()

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        is_inside = new is not None and self.isAncestorOf(new)
        if is_inside != bool(self.property("focused")) and (is_inside or new is not None):
            set_property(self, "focused", is_inside)
            self._show_choices()

    def _show_choices(self) -> None:
        is_open = not self._is_compact or bool(self.property("focused"))
        self._choices.setVisible(is_open)
        self.edit.set_least_lines(MIN_LINES if is_open else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._place_limits()

    def event(self, event: QEvent) -> bool:
        """What stands beside the limits came, went, or says more."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place_limits()
        return super().event(event)

    def _place_limits(self) -> None:
        """Put the limits beside the models, or below where the models' names would be cut."""
        for figure in (self.max_depth, self.max_iterations, self.budget):
            least = self.fontMetrics().horizontalAdvance(figure.text()) + ROOM_AROUND_FIGURE
            if figure.minimumWidth() != least:  # as with the models below
                figure.setMinimumWidth(least)
        lines = (self._models, self._limits)
        needed = sum(line.sizeHint().width() for line in lines) + self._lines.spacing()
        for box in (self.root_model, self.sub_model):
            room = self.fontMetrics().horizontalAdvance(box.currentText()) + ROOM_AROUND_NAME
            place = self._models.indexOf(box)
            if self._models.stretch(place) != room:  # each change has all laid out anew, which leads here again
                self._models.setStretch(place, room)
            needed += room - box.sizeHint().width()
        is_narrow = self.contentsRect().width() - 2 * MARGIN < needed
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        most = WIDEST if is_narrow else scaled(self, MOST_OF_A_MODEL)
        for box in (self.root_model, self.sub_model):
            box.setMaximumWidth(most)
        if direction != self._lines.direction():
            self._lines.setDirection(direction)
            # While the page lays itself out it does not notice that the choices need other room now.
            QTimer.singleShot(0, self, self._ask_for_room)

    def _ask_for_room(self) -> None:
        self._choices.updateGeometry()
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.edit.updateGeometry()


def _describe(control: QWidget, name: str, tip: str) -> None:
    control.setAccessibleName(name)
    control.setAccessibleDescription(tip)
    control.setToolTip(f"{name}: {tip}")


def _model_box(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    _describe(box, name, tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def _choose(box: QComboBox, name: str) -> None:
    """Select a model by name; one that is not offered (any more) is added under its own name."""
    index = box.findData(name)
    if index < 0:
        last = box.findData(ALL_MODELS)
        index = max(0, last - 1) if last >= 0 else box.count()  # before the line above the last entry
        box.insertItem(index, name, name)
    box.setCurrentIndex(index)


def _chosen(box: QComboBox) -> str:
    """The name of the model that is selected, or typed."""
    index = box.findText(box.currentText().strip())
    return str(box.itemData(index)) if index >= 0 else box.currentText().strip()
