"""Connecting a first model: the servers found on this machine first, then a provider with a key."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from rlm_desktop.engine.local_servers import LocalServer
from rlm_desktop.engine.provider_kinds import KINDS, first_chatting
from rlm_desktop.engine.provider_settings import ProviderSettings
from rlm_desktop.engine.providers import checked_key
from rlm_desktop.errors import SettingsError
from rlm_desktop.keys import Place
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.flow import Beside, FlowLayout
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.book import ProviderBook
from rlm_desktop.ui.models.page_tasks import PageTasks, ignore_enter
from rlm_desktop.ui.models.verdict import Verdict
from rlm_desktop.ui.window_style import muted, set_property

_LEAST_LINE = 440
"""For the key beside the buttons."""


class ConnectPanel(QFrame):
    """One click for a local server; a key and one click for OpenAI or OpenRouter; a way to all others.

    Signals:
        connected: The full name of a model that can be asked now (`PROVIDER/MODEL`).
        more_requested: The person wants a provider of another kind.
    """

    connected = Signal(str)
    more_requested = Signal()

    def __init__(self, book: ProviderBook, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connectPanel")
        self._book = book
        self._tasks = PageTasks(self, tasks)
        self._place: Place = "session"
        title = QLabel(self.tr("Connect a model"))
        title.setObjectName("heading")
        self._state = QLabel()
        self._state.setWordWrap(True)
        muted(self._state)
        self._look = QPushButton(self.tr("Look again"))
        self._look.setObjectName("small")
        self._look.setToolTip(self.tr("Ask Ollama, LM Studio, llama.cpp and vLLM at their usual ports"))
        self._servers = QVBoxLayout()
        self._servers.setSpacing(8)
        self.buttons: list[QPushButton] = []
        self.key = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(self.tr("Paste a key of OpenAI or OpenRouter"))
        self.key.setAccessibleName(self.tr("API key of OpenAI or OpenRouter"))
        self.connect_key = QPushButton(self.tr("Connect"))
        self.connect_key.setAccessibleName(self.tr("Test the key and connect"))
        self.connect_key.setEnabled(False)
        more = QPushButton(self.tr("Other provider…"))
        more.clicked.connect(self.more_requested)
        self._kept = QLabel()
        self._kept.setWordWrap(True)
        muted(self._kept)
        self.verdict = Verdict()
        head = QHBoxLayout()
        title.setWordWrap(True)
        head.addWidget(title, 1)
        head.addWidget(self._look)
        ways = QWidget()
        ways.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        flow = FlowLayout()
        ways.setLayout(flow)
        flow.addWidget(self.connect_key)
        flow.addWidget(more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._state)
        layout.addLayout(self._servers)
        layout.addWidget(Beside(self.key, ways, least=_LEAST_LINE, stretch=(1, 0)))
        layout.addWidget(self._kept)
        layout.addWidget(self.verdict)
        layout.addStretch(1)
        self._look.clicked.connect(lambda: self._tasks.spawn(self._look_again(), name="local servers"))
        self.key.textChanged.connect(self._on_key)
        self.key.returnPressed.connect(self._connect_key)
        self.connect_key.clicked.connect(self._connect_key)
        book.changed.connect(self._refresh)
        self._kept.hide()
        ignore_enter(self)
        self._refresh()

    def _refresh(self) -> None:
        """List the servers that answer; the one with models first."""
        servers = sorted(self._book.servers, key=lambda server: not server.models)
        while self.buttons:
            button = self.buttons.pop()
            self._servers.removeWidget(button)
            button.deleteLater()
        for number, server in enumerate(servers):
            button = self._server_button(server)
            set_property(button, "primary", number == 0 and bool(server.models))
            self.buttons.append(button)
            self._servers.addWidget(button)
        if servers:
            self._state.setText(self.tr("Found on this machine; free, and nothing leaves it:"))
        elif not self._book.has_looked:
            self._state.setText(self.tr("Looking for model servers on this machine…"))
        else:
            self._state.setText(
                self.tr("No model server answers on this machine. Start Ollama or LM Studio, or use a provider:")
            )

    def _server_button(self, server: LocalServer) -> QPushButton:
        label = KINDS[server.provider.kind].label
        model = first_chatting(server.models)
        if not model:
            button = QPushButton(self.tr("{server} has no model yet").format(server=label))
            button.setEnabled(False)
            return button
        more = len(server.models) - 1
        text = self.tr("Use {model} from {server}").format(model=model, server=label)
        if more:
            text = self.tr("{text} ({others})").format(text=text, others=counted(more, "other model"))
        button = QPushButton(text)
        button.clicked.connect(lambda: self.connected.emit(f"{server.provider.name}/{model}"))
        return button

    async def _look_again(self) -> None:
        self._look.setEnabled(False)
        self._state.setText(self.tr("Looking for model servers on this machine…"))
        try:
            await self._book.look_for_servers()
        finally:
            if self._tasks.is_alive():
                self._look.setEnabled(True)
                self._refresh()

    # -- a key ------------------------------------------------------------------------------------------------

    def _on_key(self, text: str) -> None:
        self.connect_key.setEnabled(bool(text.strip()))
        self.verdict.clear()
        if text and self._kept.isHidden():
            self._kept.show()
            self._tasks.spawn(self._say_where(), name="key store")

    async def _say_where(self) -> None:
        state = await self._book.store_state()
        self._place = "system" if state.is_usable else "session"
        self._kept.setText(
            self.tr("The key is kept in the system's key store ({name}), nowhere else.").format(name=state.name)
            if state.is_usable
            else self.tr("The key is kept until the program ends: no key store of the system works here.")
        )

    def _connect_key(self) -> None:
        if self.connect_key.isEnabled():
            self._tasks.spawn(self._test_and_keep(self.key.text()), name="connect provider")

    async def _test_and_keep(self, key: str) -> None:
        self.connect_key.setEnabled(False)
        self.verdict.show_waiting(self.tr("Asking…"))
        try:
            await self._say_where()
            kind = kind_of_key(key)
            item = ProviderSettings(name=kind, kind=kind, key=self._place)
            provider = await self._book.draft(item, checked_key(key))
            report = await self._book.test(provider)
            self.verdict.show_report(report)
            if report.is_working:
                await self._keep(item, key)
                self.key.clear()
                self.connected.emit(f"{item.name}/{report.model}")
        except SettingsError as error:
            self.verdict.show_failure(str(error), "")
        finally:
            if self._tasks.is_alive():
                self.connect_key.setEnabled(bool(self.key.text().strip()))

    async def _keep(self, item: ProviderSettings, key: str) -> None:
        is_there = any(other.name == item.name for other in await self._book.configured())
        await self._book.save(item, key.strip(), item.name if is_there else "")


def kind_of_key(key: str) -> str:
    """Whose key it is, by how it begins."""
    return "openrouter" if key.strip().startswith("sk-or-") else "openai"
