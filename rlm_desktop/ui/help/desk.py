"""What the menu Help opens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from rlm_desktop.checks import all_checks
from rlm_desktop.ui.about import AboutDialog
from rlm_desktop.ui.faults import open_log_folder
from rlm_desktop.ui.help.guide_window import GuideWindow
from rlm_desktop.ui.help.log_window import LogWindow
from rlm_desktop.ui.help.system_check import SystemCheck
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import MainWindow


class HelpDesk(QObject):
    """Opens the windows of the menu Help; each is there once.

    Args:
        log: The file of the log.
    """

    def __init__(self, window: MainWindow, tasks: Tasks, log: Path) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._log = log
        self._open: dict[str, QDialog] = {}

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions of this module do."""
        return {
            "guide": self.show_guide,
            "system_check": self.show_check,
            "show_log": self.show_log,
            "open_log": open_log_folder,
            "about": self.show_about,
        }

    def show_guide(self, title: str = "") -> None:
        """Open the guide, at the section with that heading when one is named."""
        guide = self._show("guide", lambda: GuideWindow(self._window))
        if title and isinstance(guide, GuideWindow):
            guide.show_section(title)

    def show_check(self) -> None:
        """Look at everything again, and say what works."""
        self._show("check", lambda: SystemCheck(all_checks, self._tasks, self._window))

    def show_log(self) -> None:
        """Show the newest part of the log."""
        self._show("log", lambda: LogWindow(self._log, self._tasks, self._window))

    def show_about(self) -> None:
        """Show the version and the licences."""
        self._show("about", lambda: AboutDialog(self._tasks, self._window))

    def _show(self, name: str, make: Callable[[], QDialog]) -> QDialog:
        dialog = self._open.get(name)
        if dialog is None:
            dialog = self._open[name] = make()
            # Not `destroyed`: who asks again before it is deleted gets a new one.
            dialog.finished.connect(lambda: self._open.pop(name, None))
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog
