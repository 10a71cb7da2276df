"""Step mode: a cell that waits for the person's decision."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from rlm_desktop.engine.control import CellDecision
from rlm_desktop.engine.events import CellProposed
from rlm_desktop.ui.inspector.code_view import CodeView
from rlm_desktop.ui.inspector.text_view import break_lines


class ProposalPane(QWidget):
    """The code that is about to run, to be changed, and what can be done with it.

    Signals:
        decided: The `CellProposed` and the `CellDecision` about it.
    """

    decided = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._proposal: CellProposed | None = None
        heading = QLabel("The run waits: look at the next cell before it runs.")
        heading.setWordWrap(True)
        heading.setProperty("level", "info")
        self.code = CodeView("Code that is about to run")
        self.run = QPushButton("Run")
        self.run.setProperty("primary", True)
        self.run.clicked.connect(self._run)
        self.skip = QPushButton("Skip")
        self.skip.setToolTip("Do not run it; the model is told so")
        self.skip.clicked.connect(lambda: self._decide(CellDecision("skip")))
        self.text = QLineEdit()
        self.text.setPlaceholderText("or answer in the model's place")
        self.text.setAccessibleName("Answer in the model's place")
        self.text.textChanged.connect(lambda text: self.answer.setEnabled(bool(text.strip())))
        self.text.returnPressed.connect(self._answer)
        self.answer = QPushButton("Answer")
        self.answer.setToolTip("End the call with this answer")
        self.answer.setEnabled(False)
        self.answer.clicked.connect(self._answer)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for widget in (self.run, self.skip):
            buttons.addWidget(widget)
        buttons.addWidget(self.text, 1)
        buttons.addWidget(self.answer)
        line = QWidget()
        line.setLayout(buttons)
        buttons.setContentsMargins(12, 6, 12, 6)
        heading.setContentsMargins(12, 8, 12, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(heading)
        layout.addWidget(self.code, 1)
        layout.addWidget(line)
        self.setTabOrder(self.code, self.run)

    def show_proposal(self, proposal: CellProposed) -> None:
        """Show the cell that waits; what was typed into it stays while it is the same."""
        if proposal is self._proposal:
            return
        self._proposal = proposal
        self.code.set_code(proposal.code)
        # A cell with very long lines is shown with breaks that are not in it, and so cannot be changed here.
        can_edit = break_lines(proposal.code)[0] == proposal.code
        self.code.setReadOnly(not can_edit)
        if can_edit:
            self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.text.clear()

    def _run(self) -> None:
        if self._proposal is None:
            return
        typed = self.code.toPlainText()
        is_changed = not self.code.isReadOnly() and typed != self._proposal.code
        self._decide(CellDecision("run", code=typed if is_changed else None))

    def _answer(self) -> None:
        if text := self.text.text().strip():
            self._decide(CellDecision("answer", answer=text))

    def _decide(self, decision: CellDecision) -> None:
        proposal, self._proposal = self._proposal, None
        if proposal is not None:
            self.decided.emit(proposal, decision)
