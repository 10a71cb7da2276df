"""The red banner over a run whose code is not confined."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from rlm_desktop.engine.state import RunState


class UnsafeBanner(QLabel):
    """Shows while an unconfined run is looked at, and only then; there is no way to close it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unsafeBanner")
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_state(self, state: RunState | None) -> None:
        """Say what the code of this run can reach, or could."""
        started = state.started if state is not None else None
        is_unsafe = started is not None and started.settings.get("repl_mode") == "unsafe"
        if is_unsafe and state is not None:
            going = self.tr("⚠ NOT CONFINED: the code of this run can read your files and use your network.")
            over = self.tr("⚠ NOT CONFINED: the code of this run could read your files and use your network.")
            self.setText(going if state.is_running else over)
            self.setAccessibleName(self.text())
        self.setVisible(is_unsafe)
