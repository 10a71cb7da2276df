"""What a test found, in two lines: what happened, and what to do. A failure can be copied for who helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rlm_desktop import __version__
from rlm_desktop.engine.log_format import without_secrets
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.window_style import muted, set_property

if TYPE_CHECKING:
    from rlm_desktop.engine.provider_check import Report


class Verdict(QWidget):
    """Takes no room while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = QLabel()
        self._advice = QLabel()
        muted(self._advice)
        self._details = ""
        self.copy = QPushButton(self.tr("Copy details"))
        self.copy.setObjectName("small")
        self.copy.setAutoDefault(False)
        self.copy.setToolTip(self.tr("Copy what was asked and what came back, without any key"))
        self.copy.clicked.connect(self._copy)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        layout = QVBoxLayout()
        layout.setSpacing(2)
        whole.addLayout(layout, 1)
        whole.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        for label in (self._sentence, self._advice):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            layout.addWidget(label)
        self.clear()

    @property
    def text(self) -> str:
        """All that it says."""
        return f"{self._sentence.text()} {self._advice.text()}".strip()

    def clear(self) -> None:
        """Nothing to say."""
        self._show("", "", "")

    def show_waiting(self, text: str) -> None:
        """A test goes on."""
        self._show("info", text, "")

    def show_done(self, text: str) -> None:
        """Something worked."""
        self._show("ok", f"✓ {text}", "")

    def show_failure(self, sentence: str, advice: str) -> None:
        """It does not work."""
        self._show("error", f"✕ {sentence}", advice)

    def show_report(self, report: Report, note: str = "") -> None:
        """What a test found; `note` stands behind a success."""
        if report.is_working:
            self.show_done(" · ".join(filter(None, (report.sentence, note))))
        else:
            self.show_failure(report.sentence, report.advice)
            self._details = report.details

    def _copy(self) -> None:
        text = "\n".join(filter(None, (self.text, self._details, f"RLM Desktop {__version__}")))
        QGuiApplication.clipboard().setText(without_secrets(text))

    def _show(self, level: str, sentence: str, advice: str) -> None:
        self._details = ""
        self.copy.setVisible(level == "error")
        set_property(self._sentence, "level", level)
        self._sentence.setText(said(sentence))
        self._advice.setText(said(advice))
        self._advice.setVisible(bool(advice))
        self.setAccessibleName(self.text)
        self.setVisible(bool(sentence))
