"""The dialog before a run goes on: from which iteration, with which models and limits, what is different there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.events import EndState
from rlm_desktop.settings import Settings
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.flow import Beside, scrolled
from rlm_desktop.ui.inspector.code_view import CodeView
from rlm_desktop.ui.theme import scaled
from rlm_desktop.ui.window_style import align_labels, inset_figures, muted, without_icons

if TYPE_CHECKING:
    from rlm_desktop.engine.providers import ModelChoice

MOST_SECONDS = 1_000_000
MOST_CALLS, MOST_TOKENS = 10**9, 10.0**12
_LEAST_LINE = 360
"""For two controls beside each other."""
_LEAST_FIELD = 112


@dataclass(frozen=True, slots=True)
class ForkChoice:
    """What was chosen in the dialog.

    Attributes:
        iteration: The first one that is done anew; None when the whole record is taken over.
        settings: With the models and limits of the new run.
        code: The next cell; empty when the model shall write it.
        instruction: What the model is told before.
    """

    iteration: int | None
    settings: Settings
    code: str
    instruction: str


class ForkDialog(QDialog):
    """Asks for all that may be different in a fork, or in a run that goes on after a limit stopped it.

    Args:
        settings: Those of the run that is forked.
        iteration: Where; None to go on where it stopped.
        iterations: How many the run has; it may be forked after the last one, too.
        code_of: Iteration -> the code that it ran.
        models: What can be chosen.
        end_state: How the run ended: the limit that stopped it is what one comes to first.

    Signals:
        fork_requested: A `ForkChoice`.
    """

    fork_requested = Signal(object)

    def __init__(
        self,
        settings: Settings,
        *,
        iteration: int | None,
        iterations: int,
        code_of: Callable[[int], str],
        models: Sequence[ModelChoice] = (),
        end_state: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._is_fork = iteration is not None
        self.setWindowTitle(self.tr("Fork the run") if self._is_fork else self.tr("Go on with other limits"))
        self.setObjectName("forkDialog" if self._is_fork else "goOnDialog")
        self._settings = settings
        self._code_of = code_of
        self.shared = QLabel()
        self.shared.setWordWrap(True)
        self.iteration = QSpinBox(minimum=1, maximum=iterations + 1)
        self.root_model = self._model_box(models, self.tr("Root model"), settings.root_model)
        self.sub_model = self._model_box(models, self.tr("Sub-call model"), settings.sub_model_or_root)
        self.max_depth = QSpinBox(minimum=1, maximum=10)
        self.max_iterations = QSpinBox(minimum=1, maximum=1000)
        self.budget = QDoubleSpinBox(minimum=0.0, maximum=10_000.0, decimals=4, singleStep=0.25)
        self.timeout = QSpinBox(minimum=0, maximum=MOST_SECONDS, singleStep=60)
        self.max_calls = QSpinBox(minimum=0, maximum=MOST_CALLS, singleStep=10)
        self.max_tokens = QDoubleSpinBox(minimum=0.0, maximum=MOST_TOKENS, decimals=0, singleStep=100_000)
        self.instruction = QPlainTextEdit()
        self.by_model = QRadioButton(self.tr("The model writes the next cell"))
        self.by_hand = QRadioButton(self.tr("Run this code as the next cell:"))
        self.code = CodeView(self.tr("Code of the next cell"))
        self._build(iteration)
        self._fill(settings)
        self._show_iteration()
        if (stopped_by := self._limit_of(end_state)) is not None:
            stopped_by.setFocus()
            stopped_by.selectAll()

    def _limit_of(self, end_state: str) -> QAbstractSpinBox | None:
        """What one changes so that a run does not end so again; None where no limit ended it."""
        limits: dict[str, QAbstractSpinBox] = {
            EndState.BUDGET_EXCEEDED: self.budget,
            EndState.TIMEOUT_EXCEEDED: self.timeout,
            EndState.CALL_LIMIT_EXCEEDED: self.max_calls,
            EndState.TOKEN_LIMIT_EXCEEDED: self.max_tokens,
            EndState.OUT_OF_ITERATIONS: self.max_iterations,
        }
        return limits.get(end_state)

    def _model_box(self, models: Sequence[ModelChoice], name: str, chosen: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for name in dict.fromkeys([chosen, *(model.name for model in models)]):
            box.addItem(name)
        return box

    def _build(self, iteration: int | None) -> None:
        self.iteration.setValue(iteration or self.iteration.maximum())
        self.iteration.setAccessibleName(self.tr("Fork at iteration"))
        self.max_depth.setAccessibleName(self.tr("Max depth"))
        self.max_iterations.setAccessibleName(self.tr("Max iterations"))
        self.budget.setAccessibleName(self.tr("Budget"))
        self.timeout.setAccessibleName(self.tr("Timeout"))
        self.max_calls.setAccessibleName(self.tr("Max calls"))
        self.iteration.valueChanged.connect(self._show_iteration)
        muted(self.shared)
        self.budget.setPrefix("$ ")
        self.budget.setSpecialValueText(self.tr("no budget"))
        self.timeout.setSuffix(self.tr(" seconds"))
        self.timeout.setSpecialValueText(self.tr("no limit"))
        for limit in (self.max_calls, self.max_tokens):
            limit.setGroupSeparatorShown(True)
            limit.setSpecialValueText(self.tr("no limit"))
        inset_figures(self.iteration, self.max_depth, self.max_iterations, self.budget, self.timeout)
        inset_figures(self.max_calls, self.max_tokens)
        self.instruction.setPlaceholderText(self.tr("What the model is told before it goes on; may be empty"))
        self.instruction.setProperty("framed", True)
        self.instruction.setTabChangesFocus(True)
        self.instruction.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 12)
        self.instruction.setAccessibleName(self.tr("Instruction"))
        self.code.setTabChangesFocus(True)
        self.by_model.setChecked(True)
        self.by_hand.toggled.connect(self.code.setEnabled)
        self.code.setEnabled(False)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        if self._is_fork:
            form.addRow(self.tr("Fork at &iteration"), self.iteration)
            form.addRow(self.shared)
        else:
            form.addRow(self.shared)
        form.addRow(self.tr("&Root model"), self.root_model)
        form.addRow(self.tr("&Sub-call model"), self.sub_model)
        form.addRow(
            self.tr("Max &depth"), self._beside(self.max_depth, self.tr("Max i&terations"), self.max_iterations)
        )
        form.addRow(self.tr("&Budget"), self._beside(self.budget, self.tr("Ti&meout"), self.timeout))
        form.addRow(self.tr("Max &calls"), self._beside(self.max_calls, self.tr("Max t&okens"), self.max_tokens))
        if self._is_fork:
            form.addRow(self.tr("I&nstruction"), self.instruction)
        align_labels(form)
        buttons = QDialogButtonBox()
        fork = buttons.addButton(
            self.tr("&Fork") if self._is_fork else self.tr("&Go on"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        fork.setProperty("primary", True)
        fork.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        without_icons(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        if self._is_fork:
            column.addWidget(self.by_model)
            column.addWidget(self.by_hand)
            column.addWidget(self.code, 1)
            self.code.setMinimumHeight(6 * self.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(scrolled(inside), 1)
        layout.addWidget(buttons)
        furnish(self, 600, 620 if self._is_fork else 0)

    def _beside(self, first: QWidget, text: str, second: QWidget) -> QWidget:
        """Two controls on one line, the second with its own caption."""
        captioned = QWidget()
        row = QHBoxLayout(captioned)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        caption = QLabel(text)
        caption.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.tr("Max iterations")) + 8)
        caption.setBuddy(second)
        second.setAccessibleName(text.replace("&", ""))
        row.addWidget(caption)
        row.addWidget(second, 1)
        # So that the share of the line decides, and the fields stand below each other.
        for field in (first, second):
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            field.setMinimumWidth(scaled(self, _LEAST_FIELD))
        return Beside(first, captioned, least=_LEAST_LINE, stretch=(2, 3))

    def _fill(self, settings: Settings) -> None:
        self.max_depth.setValue(settings.max_depth)
        self.max_iterations.setValue(settings.max_iterations)
        self.budget.setValue(settings.budget_usd or 0.0)
        self.timeout.setValue(math.ceil(settings.timeout or 0))
        self.max_calls.setValue(settings.max_calls or 0)
        self.max_tokens.setValue(settings.max_tokens or 0)

    def _show_iteration(self) -> None:
        """Say what is shared, and show the code that the iteration ran."""
        shared = self.iteration.value() - 1
        if not self._is_fork:
            text = self.tr(
                "What was finished is served from the record; no model is asked for it. The limits hold over both "
                "parts: what the run has used counts."
            )
        elif shared == 0:
            text = self.tr("Nothing is shared: the question is asked anew.")
        else:
            text = self.tr("%n iteration(s) are served from the record; no model is asked for them.", None, shared)
        self.shared.setText(text)
        if not self.code.is_changed:  # else it is what the person wants to run
            self.code.set_code_to_edit(self._code_of(self.iteration.value()))

    def choice(self) -> ForkChoice:
        """What is chosen now."""
        chosen = self._settings.with_values(
            root_model=self.root_model.currentText().strip() or self._settings.root_model,
            sub_model=self.sub_model.currentText().strip(),
            max_depth=self.max_depth.value(),
            max_iterations=self.max_iterations.value(),
            budget_usd=self.budget.value() or None,
            timeout=self._chosen_timeout(),
            max_calls=self.max_calls.value() or None,
            max_tokens=int(self.max_tokens.value()) or None,
        )
        return ForkChoice(
            iteration=self.iteration.value() if self._is_fork else None,
            settings=chosen,
            code=self.code.code.strip() if self._is_fork and self.by_hand.isChecked() else "",
            instruction=self.instruction.toPlainText().strip(),
        )

    def _chosen_timeout(self) -> float | None:
        """Whole seconds, or what it was: that may have been a part of one."""
        was = self._settings.timeout
        seconds = self.timeout.value()
        return was if was is not None and math.ceil(was) == seconds else float(seconds) or None

    def accept(self) -> None:  # noqa: D102
        self.fork_requested.emit(self.choice())
        super().accept()
