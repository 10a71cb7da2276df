"""The form of one provider: what it is, where it is, where its key is kept, and whether it works."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.provider_kinds import KINDS
from rlm_desktop.engine.provider_settings import ProviderSettings
from rlm_desktop.engine.providers import Provider
from rlm_desktop.errors import SettingsError
from rlm_desktop.keys import Place, StoreState
from rlm_desktop.ui.flow import Beside
from rlm_desktop.ui.models.verdict import Verdict
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.window_style import align_labels, inset_figures, muted

_HEADER_LINES = 3
_LEAST_LINE = 220
"""For a field beside a button."""


class ProviderForm(QWidget):
    """Fields of one provider. It checks what is typed and keeps nothing itself.

    Signals:
        edited: The person changed something.
        test_requested: The person wants to know whether it works.
    """

    edited = Signal()
    test_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        for kind in KINDS.values():
            self.kind.addItem(kind.label, kind.name)
        self.name = QLineEdit(maxLength=40)
        self.base_url = QLineEdit()
        self.key = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.place = QComboBox()
        self.variable = QLineEdit()
        self.model = QComboBox(editable=True)
        self.test = QPushButton(self.tr("Test"))
        self.verdict = Verdict()
        self._key_page = QPushButton(self.tr("Get a key ↗"))
        self._place_note = QLabel()
        self._has_kept_key = False
        self._build()
        self._more = self._build_more()
        self._connect()
        self.show_store(StoreState("", ""))
        self._on_kind()

    # -- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        for control, name, tip in (
            (self.kind, self.tr("Provider"), self.tr("What kind of server it is")),
            (self.name, self.tr("Name"), self.tr("Models are called NAME/MODEL")),
            (self.base_url, self.tr("Base URL"), self.tr("Address of the API; it usually ends with /v1")),
            (self.key, self.tr("API key"), self.tr("Never written to the settings, the history or the log")),
            (self.place, self.tr("Keep the key"), self.tr("Where the key is from one start to the next")),
            (self.variable, self.tr("Variable"), self.tr("The environment variable with the key; .env counts too")),
            (self.model, self.tr("Test with"), self.tr("The model that is asked for one word; empty means any")),
        ):
            control.setAccessibleName(name)
            control.setToolTip(tip)
        if (edit := self.model.lineEdit()) is not None:
            edit.setPlaceholderText(self.tr("any model of the list"))
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.test.setAccessibleName(self.tr("Test the provider with a tiny request"))
        for box in (self.kind, self.place, self.model):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
        self._place_note.setWordWrap(True)
        muted(self._place_note)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(16)
        self.form.setVerticalSpacing(8)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.addRow(self.tr("Provider"), self.kind)
        self.form.addRow(self.tr("Name"), self.name)
        self.form.addRow(self.tr("Base URL"), self.base_url)
        self._key_line = _beside(self.key, self._key_page)
        self.form.addRow(self.tr("API key"), self._key_line)
        self.form.addRow(self.tr("Keep the key"), self.place)
        self.form.addRow(self.tr("Variable"), self.variable)
        self.form.addRow("", self._place_note)
        self.form.addRow(self.tr("Test with"), _beside(self.model, self.test))
        self.form.addRow(self.verdict)
        align_labels(self.form)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(self.form)

    def _build_more(self) -> QWidget:
        """The fields that few need, behind a button."""
        self.organization = QLineEdit()
        self.proxy = QLineEdit(placeholderText="http://proxy.example.org:3128")
        self.timeout = QDoubleSpinBox(minimum=0, maximum=86_400, decimals=0, suffix=" s")
        self.timeout.setSpecialValueText(self.tr("usual (300 s)"))
        self.concurrency = QSpinBox(minimum=1, maximum=10_000)
        inset_figures(self.timeout, self.concurrency)
        self.api_version = QLineEdit()
        self.headers = QPlainTextEdit()
        self.headers.setPlaceholderText("X-Title: RLM Desktop\nX-Token: ${MY_TOKEN}")
        self.headers.setProperty("framed", True)
        self.headers.setTabChangesFocus(True)
        self.headers.setFixedHeight(self.headers.fontMetrics().lineSpacing() * _HEADER_LINES + 18)
        self._more_button = QToolButton()
        self._more_button.setText(self.tr("More settings"))
        self._more_button.setCheckable(True)
        self._more_button.setArrowType(Qt.ArrowType.RightArrow)
        self._more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        more = QWidget()
        form = QFormLayout(more)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, control, tip in (
            (self.tr("Headers"), self.headers, self.tr("One a line; ${NAME} stands for an environment variable")),
            (self.tr("Organisation"), self.organization, self.tr("OpenAI's organisation, where a key has several")),
            (self.tr("Proxy"), self.proxy, self.tr("Empty: the environment's HTTPS_PROXY")),
            (self.tr("Timeout"), self.timeout, self.tr("Time without a byte after which a request is given up")),
            (self.tr("Concurrency"), self.concurrency, self.tr("Requests in flight at once over all runs")),
            (self.tr("API version"), self.api_version, self.tr("Of Azure's older addresses, as in 2024-10-21")),
        ):
            control.setAccessibleName(text)
            control.setToolTip(tip)
            form.addRow(text, control)
        align_labels(form)
        more.hide()
        self._column.addWidget(self._more_button)
        self._column.addWidget(more)
        self._column.addStretch(1)
        return more

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.place.currentIndexChanged.connect(self._on_place)
        self.test.clicked.connect(self.test_requested)
        self.key.returnPressed.connect(self.test_requested)
        self.base_url.returnPressed.connect(self.test_requested)
        self._key_page.clicked.connect(self._open_key_page)
        self._more_button.toggled.connect(self._show_more)
        for edit in (
            self.name,
            self.base_url,
            self.key,
            self.variable,
            self.organization,
            self.proxy,
            self.api_version,
        ):
            edit.textEdited.connect(self._on_edit)
        for box in (self.kind, self.place):
            box.activated.connect(self._on_edit)
        self.timeout.valueChanged.connect(self._on_edit)
        self.concurrency.valueChanged.connect(self._on_edit)
        self.headers.textChanged.connect(self._on_edit)

    # -- showing ----------------------------------------------------------------------------------------------

    def show_settings(self, item: ProviderSettings) -> None:
        """Show a provider; its key is never shown."""
        self.blockSignals(True)
        self.kind.setCurrentIndex(self.kind.findData(item.kind))
        self._on_kind()
        self.name.setText(item.name)
        self.base_url.setText(item.base_url)
        self.key.clear()
        self._has_kept_key = item.key in ("system", "session")
        self.place.setCurrentIndex(max(0, self.place.findData(item.key)))
        self.variable.setText(item.key_variable or KINDS[item.kind].key_variable)
        self.organization.setText(item.organization)
        self.proxy.setText(item.proxy)
        self.timeout.setValue(item.timeout or 0)
        self.concurrency.setValue(item.max_connections)
        self.api_version.setText(item.api_version)
        self.headers.setPlainText("\n".join(f"{name}: {value}" for name, value in item.headers.items()))
        self._on_place()
        self.verdict.clear()
        self.blockSignals(False)

    def show_found(self, provider: Provider) -> None:
        """Show a provider that is not the settings' to change."""
        self.blockSignals(True)
        self.kind.setCurrentIndex(self.kind.findData(provider.kind))
        self._on_kind()
        self.name.setText(provider.name)
        self.base_url.setText(provider.base_url)
        self.key.clear()
        self._has_kept_key = False
        self.place.setCurrentIndex(self.place.findData("environment" if provider.has_key else "none"))
        self.variable.setText(provider.about.key_variable or "OPENAI_API_KEY")
        self.model.clearEditText()
        self._on_place()
        self.verdict.clear()
        self.blockSignals(False)

    def show_new(self, kind: str, name: str) -> None:
        """Show an empty form for a kind of provider."""
        needs_key = KINDS[kind].needs_key
        place: Place = self.place.itemData(0) if needs_key else "none"
        variable = KINDS[kind].key_variable or "MY_API_KEY"
        is_addressed = bool(KINDS[kind].base_url)
        shown = ProviderSettings(
            name=name,
            kind=kind,
            base_url="" if is_addressed else "https://example.org/v1",
            key=place,
            key_variable=variable,
        )
        self.show_settings(shown)
        if not is_addressed:
            self.base_url.clear()
        self._has_kept_key = False
        self._on_place()

    def show_store(self, state: StoreState) -> None:
        """Offer the places for keys that work here; where the system's store does not, say so."""
        chosen = self.place.currentData()
        self.place.blockSignals(True)
        self.place.clear()
        if state.is_usable:
            self.place.addItem(self.tr("In the system's key store"), "system")
        self.place.addItem(self.tr("Until the program ends"), "session")
        self.place.addItem(self.tr("In an environment variable or .env"), "environment")
        self.place.addItem(self.tr("No key"), "none")
        self.place.setCurrentIndex(max(0, self.place.findData(chosen)))
        self.place.blockSignals(False)
        self._no_store = said(state.reason)
        self._on_place()

    def show_models(self, names: list[str]) -> None:
        """Offer these models for the test."""
        chosen = self.model.currentText()
        self.model.clear()
        self.model.addItems(names)
        self.model.setEditText(chosen)

    def set_read_only(self, is_read_only: bool) -> None:
        """Show what is not the settings' to change."""
        for control in (self.kind, self.name, self.base_url, self.key, self.place, self.variable, self._more):
            control.setEnabled(not is_read_only)

    def show_fault(self, text: str) -> None:
        """Say what cannot be used of what is typed."""
        self.verdict.show_failure(text, "")

    def set_testing(self, is_testing: bool) -> None:
        """While a test goes on."""
        self.test.setEnabled(not is_testing)
        if is_testing:
            self.verdict.show_waiting(self.tr("Asking…"))

    # -- reading ----------------------------------------------------------------------------------------------

    def settings(self) -> ProviderSettings:
        """What is typed, but for the key.

        Raises:
            SettingsError: Something in it cannot be used.
        """
        kind = str(self.kind.currentData())
        place: Place = self.place.currentData()
        return ProviderSettings(
            name=self.name.text().strip(),
            kind=kind,
            base_url=self.base_url.text().strip(),
            key=place,
            key_variable=self.variable.text().strip() if place == "environment" else "",
            headers=self._headers(),
            organization=self.organization.text().strip(),
            proxy=self.proxy.text().strip(),
            timeout=self.timeout.value() or None,
            max_connections=self.concurrency.value(),
            api_version=self.api_version.text().strip(),
        )

    @property
    def typed_key(self) -> str | None:
        """The key that was typed; None to use the one that is kept."""
        if self.place.currentData() not in ("system", "session"):
            return None
        return self.key.text().strip() or (None if self._has_kept_key else "")

    @property
    def tested_model(self) -> str:
        """The model that the test asks; empty for any."""
        return self.model.currentText().strip()

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for line in filter(str.strip, self.headers.toPlainText().splitlines()):
            name, colon, value = line.partition(":")
            if not colon:
                raise SettingsError(
                    self.tr('"{line}" is no header: write NAME: VALUE, one a line.').format(line=line.strip())
                )
            headers[name.strip()] = value.strip()
        return headers

    # -- reacting ---------------------------------------------------------------------------------------------

    def _on_edit(self) -> None:
        self.verdict.clear()
        self.edited.emit()

    def _on_kind(self) -> None:
        kind = KINDS[str(self.kind.currentData())]
        self.base_url.setPlaceholderText(kind.base_url or _ADDRESSES.get(kind.name, "https://host/v1"))
        self.variable.setPlaceholderText(kind.key_variable)
        self._key_page.setVisible(bool(kind.key_page))
        self._key_page.setToolTip(kind.key_page)
        self._show_row(self.api_version, kind.name == "azure")
        self._show_row(self.organization, kind.name == "openai")

    def _show_row(self, control: QWidget, is_shown: bool) -> None:
        layout = self._more.layout()
        if isinstance(layout, QFormLayout):
            layout.setRowVisible(control, is_shown)

    def _on_place(self) -> None:
        place = self.place.currentData()
        self.form.setRowVisible(self.variable, place == "environment")
        self.form.setRowVisible(self._key_line, place in ("system", "session"))
        if place not in ("system", "session"):
            self.key.clear()
        self.key.setPlaceholderText(
            self.tr("kept; type to replace it")
            if self._has_kept_key and place in ("system", "session")
            else self.tr("paste the key")
            if place in ("system", "session")
            else ""
        )
        note = self._no_store if place == "session" else ""
        self._place_note.setText(note)
        self.form.setRowVisible(self._place_note, bool(note))

    def _show_more(self, is_shown: bool) -> None:
        self._more.setVisible(is_shown)
        self._more_button.setArrowType(Qt.ArrowType.DownArrow if is_shown else Qt.ArrowType.RightArrow)

    def _open_key_page(self) -> None:
        QDesktopServices.openUrl(QUrl(KINDS[str(self.kind.currentData())].key_page))


_ADDRESSES = {
    "azure": "https://RESOURCE.openai.azure.com",
    "compatible": "https://host/v1",
}


def _beside(control: QWidget, button: QWidget) -> QWidget:
    return Beside(control, button, least=_LEAST_LINE, stretch=(1, 0))
