"""Step mode: a cell that waits for the person's decision."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from rlm_desktop.engine.control import CellDecision
from rlm_desktop.engine.events import CellProposed
from rlm_desktop.ui.actions import let_escape_empty
from rlm_desktop.ui.inspector.code_view import CodeView
from rlm_desktop.ui.key_tips import KeyTip


class ProposalPane(QWidget):
    """The code that is about to run, to be changed, and what can be done with it.

    Signals:
        decided: The `CellProposed` and the `CellDecision` about it.
    """

    decided = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._proposal: CellProposed | None = None
        self._is_live = True
        self._others = 0
        self.heading = QLabel()
        self.heading.setWordWrap(True)
        self.heading.setProperty("level", "info")
        self.code = CodeView(self.tr("Code that is about to run"))
        self.code.installEventFilter(self)
        self.run = QPushButton(self.tr("Run"))
        self.run.setProperty("primary", True)
        KeyTip(self.run, self.tr("Run the cell, with what was changed in it {keys}"), "run_cell")
        self.run.clicked.connect(self.run_cell)
        self.skip = QPushButton(self.tr("Skip"))
        KeyTip(self.skip, self.tr("Do not run it; the model is told so {keys}"), "skip_cell")
        self.skip.clicked.connect(self.skip_cell)
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.tr("or answer in the model's place"))
        self.text.setAccessibleName(self.tr("Answer in the model's place"))
        let_escape_empty(self.text)
        self.text.textChanged.connect(self._show)
        self.text.returnPressed.connect(self._answer)
        self.answer = QPushButton(self.tr("Answer"))
        self.answer.setToolTip(self.tr("End the call with this answer"))
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
        head = QHBoxLayout()  # a label that the style sheet dresses keeps no margins of its own
        head.setContentsMargins(12, 8, 12, 4)
        head.addWidget(self.heading)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.code, 1)
        layout.addWidget(line)
        self.setTabOrder(self.code, self.run)
        self._show()

    def set_live(self, is_live: bool) -> None:
        """Whether somebody waits for the decision; a stored run or a replay only shows that it waited."""
        self._is_live = is_live
        self._show()

    def set_others(self, others: int) -> None:
        """Say how many cells of other calls wait too."""
        if others != self._others:
            self._others = others
            self._show()

    def _show(self) -> None:
        if not self._is_live:
            text = self.tr("Here the run waited for a decision about this cell.")
        elif self._others:
            more = self.tr("%n more wait(s) in other calls.", None, self._others)
            text = self.tr("The run waits: change this cell if you like, then run or skip it. {more}")
            text = text.format(more=more)
        else:
            text = self.tr("The run waits: change this cell if you like, then run or skip it.")
        self.heading.setText(text)
        for widget in (self.run, self.skip, self.text):
            widget.setEnabled(self._is_live)
        self.answer.setEnabled(self._is_live and bool(self.text.text().strip()))

    def show_proposal(self, proposal: CellProposed) -> None:
        """Show the cell that waits; what was typed into it stays while it is the same."""
        if proposal is self._proposal:
            return
        self._proposal = proposal
        self.code.set_code_to_edit(proposal.code, can_edit=self._is_live)
        self.text.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        # Escape leaves the code, whether it can be changed or not, and does not stop the run that waits.
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape or not self._is_live:
            return False
        if event.type() == QEvent.Type.KeyPress:
            self.run.setFocus()
        event.accept()
        return True

    def run_cell(self) -> bool:
        """Run the cell as it stands in the pane; False when none waits here."""
        if self._proposal is None:
            return False
        return self._decide(CellDecision("run", code=self.code.code if self.code.is_changed else None))

    def skip_cell(self) -> bool:
        """Do not run it; False when none waits here."""
        return self._decide(CellDecision("skip"))

    def _answer(self) -> None:
        if text := self.text.text().strip():
            self._decide(CellDecision("answer", answer=text))

    def _decide(self, decision: CellDecision) -> bool:
        if not self._is_live or not self.isVisible():
            return False
        proposal, self._proposal = self._proposal, None
        if proposal is None:
            return False
        self.decided.emit(proposal, decision)
        return True
