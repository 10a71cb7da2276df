"""Asks in which form runs are to be written, and whether the documents' texts go along."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.window_style import muted, without_icons

ARCHIVE = "archive"
SUFFIXES = {
    ARCHIVE: ".rlmarchive",
    "html": ".html",
    "markdown": ".md",
    "notebook": ".ipynb",
    "csv": ".csv",
    "events": ".jsonl",
    "rlms": ".rlms.jsonl",
    "perfetto": ".trace.json",
    "otel": ".otel.json",
}
"""The forms in the order in which they are offered, and how their files end."""


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the person chose.

    Attributes:
        form: As `history.transfer.export_runs` names it.
    """

    form: str
    with_documents: bool


class ExportDialog(QDialog):
    """The dialog.

    Signals:
        chosen: An `ExportChoice`.
    """

    chosen = Signal(object)

    def __init__(self, count: int, form: str = ARCHIVE, parent: QWidget | None = None) -> None:
        """`count` runs are to be written; `form` is chosen at first."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export"))
        heading = QLabel(self.tr("Export {runs} as").format(runs=counted(count, "run")))
        heading.setObjectName("heading")
        self.forms = QListWidget()
        self.forms.setObjectName("exportForms")
        self.forms.setAccessibleName(self.tr("Form"))
        for key, (name, text) in self._texts().items():
            item = QListWidgetItem(f"{name}\n{text}", self.forms)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setSizeHint(QSize(0, 2 * self.fontMetrics().lineSpacing() + 16))
        self.forms.setStyleSheet("QListWidget::item { padding: 0 8px; }")
        self.forms.setCurrentRow(list(SUFFIXES).index(form))
        self.documents = QCheckBox(self.tr("The &texts of the documents go along"))
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        muted(self._note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        export = buttons.addButton(self.tr("&Export…"), QDialogButtonBox.ButtonRole.AcceptRole)
        export.setProperty("primary", True)
        without_icons(buttons)
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        self.forms.itemActivated.connect(self._take)
        self.forms.currentRowChanged.connect(self._explain)
        self.documents.toggled.connect(self._explain)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for widget in (heading, self.forms, self.documents, self._note, buttons):
            layout.addWidget(widget, 1 if widget is self.forms else 0)
        furnish(self, 560, 600)
        self._explain()
        self.forms.setFocus()

    def _texts(self) -> dict[str, tuple[str, str]]:
        return {
            ARCHIVE: (
                self.tr("Archive"),
                self.tr("Whole runs in one file: opens, replays and is searched on another machine."),
            ),
            "html": (self.tr("Report (HTML)"), self.tr("One page with the answer and the tree, for any browser.")),
            "markdown": (self.tr("Report (Markdown)"), self.tr("The answer and what led to it, as text.")),
            "notebook": (self.tr("Jupyter notebook"), self.tr("The cells with their output.")),
            "csv": (self.tr("Table of calls (CSV)"), self.tr("One line a call: times, tokens, cost.")),
            "events": (self.tr("Events (JSON lines)"), self.tr("The whole trace; can be imported again.")),
            "rlms": (self.tr("Log of rlms (JSON lines)"), self.tr("For the tools of the official library.")),
            "perfetto": (self.tr("Timeline (Perfetto)"), self.tr("For ui.perfetto.dev and chrome://tracing.")),
            "otel": (self.tr("Spans (OpenTelemetry)"), self.tr("JSON after the conventions for generative AI.")),
        }

    @property
    def form(self) -> str:
        """The form that is chosen."""
        return self.forms.currentItem().data(Qt.ItemDataRole.UserRole)

    def _explain(self) -> None:
        is_archive = self.form == ARCHIVE
        self.documents.setEnabled(is_archive)
        if not is_archive:
            first = self.tr("This form names the documents and holds nothing of them but what was quoted.")
        elif self.documents.isChecked():
            first = self.tr("Whoever gets the file can read the documents in full.")
        else:
            first = self.tr("Prompts, outputs and answers still hold what was quoted of the documents.")
        secrets = self.tr("Known keys and what looks like a key are replaced; you will be told how many.")
        self._note.setText(f"{first}\n{secrets}")

    def _take(self) -> None:
        self.chosen.emit(ExportChoice(self.form, self.documents.isEnabled() and self.documents.isChecked()))
        self.accept()
