"""Help > System check: what works on this machine, and what to do where something does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.theme import colours_of
from rlm_desktop.ui.window_style import muted, without_icons

if TYPE_CHECKING:
    from rlm_desktop.checks import Check

SIGNS = {"ok": "✓", "warning": "⚠", "failed": "✕"}
ROLES = {"ok": "ok", "warning": "warning", "failed": "error"}


class SystemCheck(QDialog):
    """One line for each thing that is looked at, as soon as it is known.

    Args:
        look: Looks at everything.
        tasks: Keeps the work going.
    """

    def __init__(
        self, look: Callable[[], AsyncIterator[Check]], tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("System check"))
        self.checks: list[Check] = []
        self.state = QLabel()
        muted(self.state)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        self._grid.setRowStretch(1000, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("&Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.state)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
        furnish(self, 720, 520)
        task = tasks.spawn(self._look(look), name="system check")
        self.destroyed.connect(task.cancel)

    @property
    def report(self) -> str:
        """All of it as text."""
        lines: list[str] = []
        for check in self.checks:
            lines.append(f"{SIGNS[check.mark]} {check.name}: {check.detail}")
            if check.mend:
                lines.append(f"    {check.mend}")
        return "\n".join(lines)

    async def _look(self, look: Callable[[], AsyncIterator[Check]]) -> None:
        self.state.setText(self.tr("Looking…"))
        async for check in look():
            self._show(check)
        failed = sum(check.mark == "failed" for check in self.checks)
        self.state.setText(
            self.tr("%n thing(s) must be mended.", "", failed)
            if failed
            else self.tr("Everything that is needed works.")
        )

    def _show(self, check: Check) -> None:
        check = type(check)(said(check.name), check.mark, said(check.detail), said(check.mend))
        row = len(self.checks)
        self.checks.append(check)
        sign = QLabel(SIGNS[check.mark])
        words = {"ok": self.tr("works"), "warning": self.tr("works in part"), "failed": self.tr("does not work")}
        sign.setAccessibleName(f"{check.name}: {words[check.mark]}")
        sign.setToolTip(words[check.mark])
        sign.setStyleSheet(f"color: {getattr(colours_of(self), ROLES[check.mark])}; font-weight: 600;")
        name = QLabel(check.name)
        name.setObjectName("heading")
        top = Qt.AlignmentFlag.AlignTop
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(_selectable(check.detail))
        if check.mend:
            mend = _selectable(check.mend)
            muted(mend)
            column.addWidget(mend)
        self._grid.addWidget(sign, row, 0, top)
        self._grid.addWidget(name, row, 1, top)
        self._grid.addLayout(column, row, 2)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)


def _selectable(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
