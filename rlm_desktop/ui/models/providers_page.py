"""The page of the providers: a list at the left, the form of the selected one at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.provider_kinds import KINDS
from rlm_desktop.engine.provider_settings import ProviderSettings
from rlm_desktop.engine.providers import Provider
from rlm_desktop.errors import SettingsError
from rlm_desktop.ui import theme
from rlm_desktop.ui.confirm import confirm
from rlm_desktop.ui.flow import Beside, scrolled
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.book import ProviderBook
from rlm_desktop.ui.models.page_tasks import PageTasks, ignore_enter
from rlm_desktop.ui.models.provider_form import ProviderForm
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.window_style import muted, set_property

if TYPE_CHECKING:
    from rlm_desktop.engine.provider_check import Report

_LEAST_WIDTH = 520
"""For the list beside the form."""
_LEAST_HEIGHT = 440
_LEAST_FORM = 240
_Role = Qt.ItemDataRole.UserRole


class ProvidersPage(QWidget):
    """Adds, changes, tests and removes providers. What is saved holds from the next question on.

    Attributes:
        is_unsaved: Whether something was typed that would be lost now.
    """

    def __init__(self, book: ProviderBook, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._tasks = PageTasks(self, tasks)
        self._configured: dict[str, ProviderSettings] = {}
        self._reports: dict[str, Report] = {}
        self._old_name = ""
        self._is_new = False
        self.is_unsaved = False
        self.list = QListWidget()
        self.form = ProviderForm()
        self.save = QPushButton(self.tr("Save"))
        self.remove = QPushButton(self.tr("Remove"))
        self._look = QPushButton(self.tr("Look for local servers"))
        self._add = QPushButton(self.tr("+ Add provider"))
        self._note = QLabel()
        self._build()
        self.setMinimumHeight(_LEAST_HEIGHT)
        ignore_enter(self)
        self._connect()
        self._tasks.spawn(self._load(), name="providers")

    # -- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.list.setAccessibleName(self.tr("Providers"))
        self.list.setIconSize(QSize(14, 14))
        menu = QMenu(self._add)
        for kind in KINDS.values():
            action = QAction(kind.label, menu)
            action.triggered.connect(lambda _checked=False, name=kind.name: self._leave(lambda: self.add(name)))
            menu.addAction(action)
        self._add.setMenu(menu)
        self._look.setToolTip(self.tr("Ollama, LM Studio, llama.cpp and vLLM at their usual ports on this machine"))
        self.save.setProperty("primary", True)
        self.save.setAccessibleName(self.tr("Save the provider"))
        self.remove.setAccessibleName(self.tr("Remove the provider and its key"))
        for button in (self.save, self.remove):
            button.setEnabled(False)  # until it is known what there is
        muted(self._note)
        self._note.setWordWrap(True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self._note)
        column.addWidget(self.form, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        buttons.addWidget(self.save)
        known, shown = QWidget(), QWidget()
        left = QVBoxLayout(known)
        right = QVBoxLayout(shown)
        for side in (left, right):
            side.setContentsMargins(0, 0, 0, 0)
            side.setSpacing(8)
        left.addWidget(self.list, 1)
        left.addWidget(self._add)
        left.addWidget(self._look)
        scroll = scrolled(inside)
        scroll.setMinimumHeight(theme.scaled(self, _LEAST_FORM))
        right.addWidget(scroll, 1)
        right.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(Beside(known, shown, least=_LEAST_WIDTH, stretch=(2, 5)))

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.save.clicked.connect(lambda: self._tasks.spawn(self._save(), name="save provider"))
        self.remove.clicked.connect(self._ask_remove)
        self._look.clicked.connect(lambda: self._tasks.spawn(self._look_for_servers(), name="local servers"))
        self.form.test_requested.connect(lambda: self._tasks.spawn(self._test(), name="test provider"))
        self.form.edited.connect(self._on_edited)
        self._book.changed.connect(self._refresh)

    async def _load(self) -> None:
        self.form.show_store(await self._book.store_state())
        await self._book.providers()
        await self._read()
        if not self._book.shown:
            self._begin("openai")

    async def _read(self) -> None:
        self._configured = {item.name: item for item in await self._book.configured()}
        self._refresh()

    # -- the list ---------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """List what is known, and keep the selection."""
        current = self._selected_name
        self.list.blockSignals(True)
        self.list.clear()
        for provider in self._book.shown:
            item = QListWidgetItem(self._caption(provider))
            item.setData(_Role, provider.name)
            item.setSizeHint(QSize(0, theme.row_height(self.list)))
            item.setToolTip(f"{provider.about.label}\n{provider.base_url}")
            self._mark(item, provider)
            self.list.addItem(item)
            if provider.name == current and not self._is_new:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        if not self._is_new and self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)

    def _caption(self, provider: Provider) -> str:
        if provider.source == "environment":
            return self.tr("{name} (environment)").format(name=provider.name)
        if provider.source == "local":
            return self.tr("{name} (on this machine)").format(name=provider.name)
        return provider.name

    def _mark(self, item: QListWidgetItem, provider: Provider) -> None:
        report = self._reports.get(provider.name)
        if report is not None:
            status = "completed" if report.is_working else "failed"
        else:
            status = "failed" if provider.fault else "completed" if provider.source == "local" else "queued"
        colour = getattr(theme.colours_of(self), theme.status_role(status))
        item.setIcon(theme.pixmap(theme.status_icon(status), colour, 14, self.devicePixelRatioF()))

    @property
    def _selected_name(self) -> str:
        item = self.list.currentItem()
        return str(item.data(_Role)) if item is not None else ""

    def _selected(self) -> Provider | None:
        return next((one for one in self._book.shown if one.name == self._selected_name), None)

    def _on_current_changed(self) -> None:
        if self.is_unsaved:
            QTimer.singleShot(0, self, self._ask_to_leave)  # Qt is not done with the click that chose it
        else:
            self._on_selected()

    def _ask_to_leave(self) -> None:
        """Another provider was chosen: until it is known that the form may be left, the list stays with it."""
        wanted, is_shown = self._selected_name, False
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            if not self._is_new and self.list.item(row).data(_Role) == self._old_name:
                self.list.setCurrentRow(row)
                is_shown = True
        if not is_shown:
            self.list.setCurrentItem(None)  # type: ignore[arg-type]
        self.list.blockSignals(False)
        if wanted and wanted != self._selected_name:
            self._leave(lambda: self._select(wanted))

    def _leave(self, go_on: Callable[[], object]) -> None:
        """Let another provider into the form; asks first where something was typed that would be lost."""
        if not self.is_unsaved:
            go_on()
            return

        def discard() -> None:
            self.is_unsaved = False
            go_on()

        confirm(
            self,
            self.tr("Leave without saving?"),
            self.tr("What you typed for a provider is not saved yet: its button Save does that."),
            self.tr("&Discard"),
            discard,
        )

    def _on_selected(self) -> None:
        provider = self._selected()
        if provider is None:
            return
        self._is_new = self.is_unsaved = False
        self._old_name = provider.name if provider.name in self._configured else ""
        item = self._configured.get(provider.name)
        if item is not None:
            self.form.show_settings(item)
        else:
            self.form.show_found(provider)
        models = self._book.lists.get(provider.name)
        self.form.show_models([model.name for model in models.models] if models is not None else [])
        is_own = provider.name in self._configured
        self.form.set_read_only(not is_own)
        self._note.setText(self._note_of(provider) if not is_own else said(provider.fault))
        set_property(self._note, "level", "error" if provider.fault else "")
        self._note.setVisible(bool(self._note.text()))
        self.save.setEnabled(False)
        self.remove.setEnabled(is_own)
        if report := self._reports.get(provider.name):
            self.form.verdict.show_report(report)

    def _note_of(self, provider: Provider) -> str:
        if provider.fault:
            return provider.fault
        if provider.source == "environment":
            return self.tr(
                "This provider comes from the environment or from a .env file and is changed there. Add one of "
                "your own to have other settings."
            )
        return self.tr("This server was found on this machine. It can be used as it is; nothing has to be saved.")

    # -- what one can do --------------------------------------------------------------------------------------

    def add(self, kind: str) -> None:
        """Begin a new provider of a kind, and go to what has to be typed."""
        self._begin(kind)
        (self.form.key if KINDS[kind].base_url and KINDS[kind].needs_key else self.form.base_url).setFocus()

    def _begin(self, kind: str) -> None:
        self._is_new, self.is_unsaved, self._old_name = True, False, ""
        self.list.setCurrentItem(None)  # type: ignore[arg-type]
        self.form.set_read_only(False)
        self.form.show_new(kind, self._free_name(kind))
        self.form.show_models([])
        self._note.hide()
        self.save.setEnabled(True)
        self.remove.setEnabled(False)

    def _free_name(self, kind: str) -> str:
        base = "my-server" if kind == "compatible" else kind
        taken = {provider.name for provider in self._book.shown}
        return next(
            name for name in (base, *(f"{base}-{number}" for number in range(2, 1000))) if name not in taken
        )

    def _on_edited(self) -> None:
        self.is_unsaved = True
        self.save.setEnabled(True)

    async def _save(self) -> None:
        self.save.setEnabled(False)
        try:
            item, key = self.form.settings(), self.form.typed_key
            await self._book.save(item, key, self._old_name)
        except SettingsError as error:
            self.form.show_fault(str(error))
            self.save.setEnabled(True)
            return
        self._is_new, self.is_unsaved, self._old_name = False, False, item.name
        self._reports.pop(item.name, None)
        await self._read()
        self._select(item.name)

    def _select(self, name: str) -> None:
        for row in range(self.list.count()):
            if self.list.item(row).data(_Role) == name:
                self.list.setCurrentRow(row)
                self._on_selected()

    def _ask_remove(self) -> None:
        """A key cannot be brought back: ask."""
        confirm(
            self,
            self.tr("Remove {provider}?").format(provider=self._old_name),
            self.tr("Its settings and its key are deleted for good. Runs made with it stay."),
            self.tr("&Remove"),
            lambda: self._tasks.spawn(self._remove(), name="remove provider"),
        )

    async def _remove(self) -> None:
        name = self._old_name
        if not name:
            return
        try:
            await self._book.remove(name)
        except SettingsError as error:
            self.form.show_fault(str(error))
            return
        self._reports.pop(name, None)
        self.is_unsaved = False
        await self._read()
        if not self._book.shown:
            self._begin("openai")

    async def _test(self) -> None:
        provider = None if self._is_new or self.save.isEnabled() else self._selected()
        try:
            if provider is None:
                provider = await self._book.draft(self.form.settings(), self.form.typed_key, self._old_name)
        except SettingsError as error:
            self.form.show_fault(str(error))
            return
        self.form.set_testing(True)
        name = provider.name
        try:
            report = await self._book.test(provider, self.form.tested_model)
        finally:
            if self._tasks.is_alive():
                self.form.set_testing(False)
        self._reports[name] = report
        if self.form.name.text().strip() == name:
            if report.models is not None:
                self.form.show_models([model.name for model in report.models.models])
            is_kept = not (self._is_new or self.is_unsaved)
            self.form.verdict.show_report(report, "" if is_kept else self.tr("press Save to keep it"))
        self._refresh()

    async def _look_for_servers(self) -> None:
        self._look.setEnabled(False)
        try:
            servers = await self._book.look_for_servers()
        finally:
            if self._tasks.is_alive():
                self._look.setEnabled(True)
        if not servers:
            self.form.verdict.show_failure(
                self.tr("No model server answers on this machine."),
                self.tr("Start Ollama, LM Studio, llama.cpp or vLLM, or add a provider with its own address."),
            )
        elif not self.is_unsaved:
            self._select(servers[0].provider.name)
