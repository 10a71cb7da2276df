"""The run that is shown, in two lines: its question, and its final answer or how it ended."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rlm_desktop.engine.events import EndState
from rlm_desktop.engine.state import RunState
from rlm_desktop.ui.confinement.banner import UnsafeBanner
from rlm_desktop.ui.figures import one_line, plain_line, status_words
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.labels import ElidedLabel, IconButton, StatusMark
from rlm_desktop.ui.language import marked
from rlm_desktop.ui.sentences import said

_REASONS = {
    EndState.CANCELLED: marked(
        "RunHeader", "Stopped before there was an answer. What it had found is in the tree below."
    ),
    EndState.INTERRUPTED: marked(
        "RunHeader", "The program ended while this run was going on. What it had found is below."
    ),
}
"""Why there is no answer, where neither an error nor a limit says it."""
_LIMITS = frozenset(
    (
        EndState.BUDGET_EXCEEDED,
        EndState.TIMEOUT_EXCEEDED,
        EndState.TOKEN_LIMIT_EXCEEDED,
        EndState.CALL_LIMIT_EXCEEDED,
        EndState.OUT_OF_ITERATIONS,
    )
)
"""End states that the next run need not have, with other settings."""


class RunHeader(QFrame):
    """Question and answer of the run that is shown.

    Signals:
        answer_requested: Show the whole answer.
        copy_requested: Copy the answer.
        ask_again_requested: Put the question back into the box.
    """

    answer_requested = Signal()
    copy_requested = Signal()
    ask_again_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runHeader")
        self.banner = UnsafeBanner()
        self.question = ElidedLabel()
        self.question.setObjectName("heading")
        self.answer = ElidedLabel()
        self.answer.setObjectName("answerLine")
        self.mark = StatusMark()
        self._again = _small_button(
            self.tr("Ask again"), self.tr("Put this question back into the box"), self.ask_again_requested
        )
        self._show = _small_button(
            self.tr("Show answer"), self.tr("Show the whole answer {keys}"), self.answer_requested, "show_answer"
        )
        self._copy = _small_button(
            self.tr("Copy"), self.tr("Copy the answer as Markdown {keys}"), self.copy_requested, "copy_answer"
        )
        self._copy.setAccessibleName(self.tr("Copy the final answer"))
        self._copy_reason = IconButton("copy", self.tr("Copy why there is no answer"))
        self._copy_reason.setObjectName("small")
        self._copy_reason.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.answer.full_text))
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(8)
        first.addWidget(self.question, 1)
        first.addWidget(self._again)
        second.addWidget(self.mark)
        second.addWidget(self.answer, 1)
        second.addWidget(self._show)
        second.addWidget(self._copy)
        second.addWidget(self._copy_reason)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(2)
        layout.addWidget(self.banner)
        layout.addLayout(first)
        layout.addLayout(second)
        self._lines, self._second = layout, second
        self.set_state(None)

    def add_button(self, button: QPushButton) -> None:
        """Put a button beside how the run stands."""
        self._second.insertWidget(self._second.indexOf(self.answer) + 1, button)

    def add_line(self, line: QWidget) -> None:
        """Put a line below."""
        self._lines.addWidget(line)

    def set_state(self, state: RunState | None, *, is_replay: bool = False) -> None:
        """Show another run; None for none. A replay shows again what happened: nothing is at work."""
        self._state = state
        self._is_replay = is_replay
        self.setVisible(state is not None)
        self.refresh()

    def refresh(self) -> None:
        """Write what the state says now."""
        state = self._state
        self.banner.show_state(state)
        if state is None:
            return
        question = state.started.question if state.started else ""
        self.question.set_full_text(question)
        self.question.setAccessibleName(self.tr("Question: {text}").format(text=one_line(question)))
        has_answer = bool(state.answer)
        mark, line = self._second_line(state)
        self.mark.show_status(state.status, mark)
        self.answer.set_full_text(line)
        self.answer.setAccessibleName(f"{mark}: {one_line(line)}")
        self._show.setVisible(has_answer)
        self._copy.setVisible(has_answer)
        self._copy_reason.setVisible(not has_answer and state.finished is not None)

    def _second_line(self, state: RunState) -> tuple[str, str]:
        """How it stands, and what there is to say."""
        status = status_words(state.status)
        if state.status in ("queued", "running") and self._is_replay:
            return self.tr("Replay"), self.tr("What happened then shows below; no model is asked.")
        if state.status in ("queued", "running"):
            return self.tr("Working"), self.tr("The calls show below as they happen.")
        if not state.answer:
            return status, _why(state)
        if state.status == EndState.COMPLETED:
            return self.tr("Final answer"), plain_line(state.answer)
        return self.tr("{status}; best answer so far").format(status=status), plain_line(state.answer)


def _why(state: RunState) -> str:
    reason = said(state.error or (state.limit.detail if state.limit is not None else ""))
    if reason and state.status in _LIMITS:
        more = QCoreApplication.translate("RunHeader", "Raise the limit in the settings and ask again.")
        return f"{reason} {more}"
    if reason:
        return reason
    reason = _REASONS.get(EndState(state.status), marked("RunHeader", "There is no answer."))
    return QCoreApplication.translate("RunHeader", reason)


def _small_button(text: str, tip: str, signal: object, action: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("small")
    button.setAccessibleName(text)
    if action:
        KeyTip(button, tip, action)
    else:
        button.setToolTip(tip)
    button.clicked.connect(signal)
    return button
