"""Tells what confines model-written code on this machine, and asks the person where nothing does."""

from __future__ import annotations

import asyncio
import importlib.util
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from rlm_desktop.errors import UserError
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.status_line import StatusLine
from rlm_desktop.ui.window_style import without_icons

if TYPE_CHECKING:
    from rlm_desktop.repl.spec import Isolation

Choice: TypeAlias = Literal["strict", "unsafe", ""]
_LEVELS = {"A": "ok", "B": "warning", "B2": "warning", "C": "error"}


class ConfinementGate(QObject):
    """Stands before every run: where real Python would be refused, the person decides how to go on.

    The choice to run unconfined holds for the one run that was asked for. It is kept nowhere.

    Signals:
        strict_chosen: Strict mode shall be used from now on.
    """

    strict_chosen = Signal()

    def __init__(self, window: QWidget, status: StatusLine) -> None:
        super().__init__(window)
        self._window = window
        self._status = status
        self._asking: asyncio.Future[Choice] | None = None

    def show_isolation(self, isolation: Isolation) -> None:
        """Say in the status line what confines the code of the runs to come."""
        label, *layers = map(said, (isolation.label, *isolation.detail))
        self._status.set_isolation(label, "\n".join((label, *layers)), _LEVELS.get(isolation.tier, ""))

    async def choose_mode(self, isolation: Isolation) -> Literal["strict", "unsafe"]:
        """How to run cells where real Python cannot be confined.

        Raises:
            UserError: The person does neither want strict mode nor unconfined code.
        """
        choice: Choice = ""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_future()
            box = self._make_box(isolation)
            box.open()
            try:
                choice = await self._asking
            finally:
                self._asking = None
                box.close()
                box.deleteLater()
        if not choice:
            raise UserError(self.tr("Nothing was asked: the code that models write cannot be confined here."))
        if choice == "strict":
            self.strict_chosen.emit()
        return choice

    def _make_box(self, isolation: Isolation) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setObjectName("confinementQuestion")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Code cannot be confined"))
        box.setText(self.tr("On this machine nothing can confine the code that models write."))
        box.setInformativeText("\n\n".join([self._explanation(), "\n".join(map(said, isolation.detail[:-1]))]))
        has_strict = importlib.util.find_spec("pydantic_monty") is not None
        strict = box.addButton(self.tr("Use &strict mode"), QMessageBox.ButtonRole.AcceptRole)
        strict.setEnabled(has_strict)
        if not has_strict:
            strict.setToolTip(
                self.tr(
                    "Strict mode needs the library pydantic-monty: pip install pydantic-monty, or on Debian and "
                    "Ubuntu install the package rlm-desktop-libraries"
                )
            )
        unsafe = box.addButton(self.tr("Run &unconfined, this once"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        without_icons(box)
        box.setDefaultButton(strict if has_strict else cancel)
        box.setEscapeButton(cancel)
        choices: dict[QAbstractButton, Choice] = {strict: "strict", unsafe: "unsafe"}
        box.finished.connect(lambda _: self._decide(choices.get(box.clickedButton(), "")))
        return box

    def _explanation(self) -> str:
        return "\n\n".join(
            (
                self.tr(
                    "Strict mode runs the code in an interpreter for a part of Python that cannot reach anything. "
                    "It stays chosen; the settings change it back."
                ),
                self.tr(
                    "Unconfined code can read your files, your keys and your network. Allow it only if you trust "
                    "every text that the models will read. It holds for this run only."
                ),
            )
        )

    def _decide(self, choice: Choice) -> None:
        if self._asking is not None and not self._asking.done():
            self._asking.set_result(choice)
