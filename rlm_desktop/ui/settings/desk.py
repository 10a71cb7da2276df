"""Opens the settings dialog with all its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from rlm_desktop.engine import prompts
from rlm_desktop.settings import Settings
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.main_window import MainWindow
from rlm_desktop.ui.settings.dialog import SettingsDialog
from rlm_desktop.ui.settings.shortcuts import ShortcutsPage
from rlm_desktop.ui.settings.storage import StoragePage
from rlm_desktop.ui.workbench import Workbench

MakePage = Callable[[], QWidget]


class SettingsDesk(QObject):
    """One settings dialog at a time.

    Signals:
        changed: The `Settings` after a change.
    """

    changed = Signal(object)

    def __init__(
        self,
        workbench: Workbench,
        window: MainWindow,
        tasks: Tasks,
        *,
        models: Callable[[], Sequence[str]],
        pages: Mapping[str, MakePage],
    ) -> None:
        """Make the desk.

        Args:
            workbench: Has the settings.
            window: Whose dialog it is.
            tasks: Keeps the work of the pages going.
            models: Gives the names of the models that can be chosen now.
            pages: Makes the pages that other rooms have: page -> its widget.
        """
        super().__init__(window)
        self._workbench = workbench
        self._window = window
        self._models = models
        self._pages: dict[str, MakePage] = {
            "shortcuts": lambda: ShortcutsPage(window.actions_by_name),
            "storage": lambda: StoragePage(workbench.sessions, tasks, workbench.new_session),
            **pages,
        }
        self._dialog: SettingsDialog | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions of this module do."""
        return {"settings": self.show}

    def show(self, page: str = "") -> None:
        """Open the dialog, at a page when one is named."""
        if self._dialog is None:
            names = self._models()
            self._dialog = SettingsDialog(
                self._window.work.question.lasting_choices().applied_to(self._workbench.settings),
                self._window,
                widgets={name: make() for name, make in self._pages.items()},
                known={"root_model": names, "sub_model": names},
                defaults={"system_prompt": prompts.default_prompt()},
            )
            self._dialog.changed.connect(self.changed)
            self._dialog.finished.connect(self._forget)
            self._dialog.open()
        else:
            self._dialog.raise_()
        if page:
            self._dialog.show_page(page)

    def show_settings(self, settings: Settings) -> None:
        """The settings were changed elsewhere: an open dialog shows them."""
        if self._dialog is not None:
            self._dialog.show_settings(settings)

    def _forget(self) -> None:
        self._dialog = None
