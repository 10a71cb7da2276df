"""What stands right of the menus: the way to every command, and to the settings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from rlm_desktop.ui import theme
from rlm_desktop.ui.actions import Actions
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.labels import Dressed, IconButton


class MenuCorner(Dressed, QWidget):
    """For the mouse, and to be found: the keyboard has the keys that are written here."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.search = QPushButton()
        self.search.setObjectName("search")
        self.search.setAccessibleName(self.tr("Search or run a command"))
        self.search.setToolTip(self.tr("Every command and every session, by its name"))
        self.search.clicked.connect(actions["palette"].trigger)
        self.settings = IconButton("settings", self.tr("Settings"))
        self.settings.setObjectName("small")
        KeyTip(self.settings, self.tr("Settings {keys}"), "settings")
        self.settings.clicked.connect(actions["settings"].trigger)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(4)
        for button in (self.search, self.settings):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            layout.addWidget(button)
        actions.rebound.connect(self._write)
        self._write()
        self._dress()

    def _write(self) -> None:
        text, keys = self.search.accessibleName(), self._actions.first_key("palette")
        self.search.setText(f"{text}    {keys}" if keys else text)

    def _dress(self) -> None:
        self.search.setIcon(theme.icon("search", theme.colours_of(self), "muted"))
