"""The window as it is first painted, before asyncio, the engine or the history are imported.

What is imported from here is waited for by everybody at every start: nothing may come in that the first paint does
not need (`tests/benchmarks/startup.py` has the figures). A class of Qt costs a part of a millisecond, and more the
more names its enumerations have; a record is a `NamedTuple`, which is made in a third of the time of a dataclass.
"""

from __future__ import annotations

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from rlm_desktop import paths
from rlm_desktop.settings import Settings
from rlm_desktop.ui import language
from rlm_desktop.ui.main_window import MainWindow
from rlm_desktop.ui.samples import samples
from rlm_desktop.ui.theme import Density, Mode, Theme

PAINT_MS = 1000
"""A window that starts minimised is never painted: then the start goes on without."""


class FirstWindow:
    """The main window with its theme, and its first paint.

    Attributes:
        theme: Dresses the application.
        window: Its menus do nothing yet; the `Application` brings them to life.
    """

    def __init__(self, app: QApplication, settings: Settings) -> None:
        self._app = app
        self.theme = Theme(app, theme_mode(settings), theme_density(settings), settings.font_size)
        language.install(app, settings.language)
        memory = QSettings(str(paths.config_dir() / "window.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(memory, samples())

    def paint(self) -> None:
        """Show the window, and return when it has been drawn: Qt's own loop runs until then."""
        timer = QTimer(singleShot=True, interval=PAINT_MS)
        # Not `quit`: that would have to close the window first.
        for leave in (timer.timeout, self.window.first_painted):
            leave.connect(self._leave)
        timer.start()
        self.window.show()
        self._app.exec()
        self.window.first_painted.disconnect(self._leave)

    def _leave(self) -> None:
        self._app.exit(0)


def theme_mode(settings: Settings) -> Mode:
    """The colours that the settings ask for."""
    modes: dict[str, Mode] = {"light": "light", "dark": "dark"}
    return modes.get(settings.theme, "system")


def theme_density(settings: Settings) -> Density:
    """How much room things are to take."""
    densities: dict[str, Density] = {"compact": "compact", "roomy": "roomy"}
    return densities.get(settings.density, "normal")
