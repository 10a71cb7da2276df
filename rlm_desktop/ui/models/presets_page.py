"""The page of the presets: save what is chosen now under a name, apply it later, give it away as one file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop import presets
from rlm_desktop.errors import SettingsError
from rlm_desktop.presets import Preset
from rlm_desktop.settings import Option, Settings, options
from rlm_desktop.ui.confirm import confirm
from rlm_desktop.ui.file_dialog import file_dialog
from rlm_desktop.ui.flow import Beside, FlowLayout
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.models.page_tasks import PageTasks, ignore_enter
from rlm_desktop.ui.models.verdict import Verdict
from rlm_desktop.ui.settings.fields import caption, value_words
from rlm_desktop.ui.theme import row_height
from rlm_desktop.ui.window_style import muted

_Role = Qt.ItemDataRole.UserRole
_FILTER = f"TOML (*{presets.SUFFIX})"
_LEAST_HEIGHT = 360
_LEAST_WIDTH = 400
"""For two things beside each other."""


class PresetsPage(QWidget):
    """The presets with what each holds.

    Signals:
        chosen: The `Settings` with a preset applied.
    """

    chosen = Signal(object)

    def __init__(self, settings: Callable[[], Settings], tasks: Tasks, parent: QWidget | None = None) -> None:
        """`settings` gives those that hold now."""
        super().__init__(parent)
        self._settings = settings
        self._tasks = PageTasks(self, tasks)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Presets"))
        self.name = QLineEdit(maxLength=60)
        self.name.setPlaceholderText(self.tr("Name of a new preset"))
        self.name.setAccessibleName(self.tr("Name of a new preset"))
        self.keep = QPushButton(self.tr("Save what is chosen now"))
        self.apply = QPushButton(self.tr("Apply"))
        self.apply.setProperty("primary", True)
        self._share = QPushButton(self.tr("Save as file…"))
        self._take_in = QPushButton(self.tr("Import a file…"))
        self._delete = QPushButton(self.tr("Delete"))
        self._holds = QLabel()
        self._holds.setWordWrap(True)
        self._holds.setTextFormat(Qt.TextFormat.PlainText)
        self._holds.setAlignment(Qt.AlignmentFlag.AlignTop)
        muted(self._holds)
        self.verdict = Verdict()
        self._build()
        self.setMinimumHeight(_LEAST_HEIGHT)
        ignore_enter(self)
        self._connect()
        self._run(presets.load_all, self._show)

    def _build(self) -> None:
        note = QLabel(
            self.tr(
                "A preset keeps models, limits and prompt under a name. It is one file without any key, so it "
                "can be given to others."
            )
        )
        note.setWordWrap(True)
        muted(note)
        new = Beside(self.name, self.keep, least=_LEAST_WIDTH, stretch=(1, 0))
        buttons = FlowLayout()
        for button in (self.apply, self._share, self._take_in, self._delete):
            buttons.addWidget(button)
        self.list.setMinimumHeight(4 * row_height(self.list))
        middle = Beside(self.list, self._holds, least=_LEAST_WIDTH, stretch=(2, 3))
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(note)
        layout.addWidget(new)
        layout.addWidget(middle, 1)
        layout.addWidget(self.verdict)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(self._on_selected)
        self.list.itemActivated.connect(lambda _item: self._apply())
        self.name.textChanged.connect(lambda text: self.keep.setEnabled(bool(text.strip())))
        self.name.returnPressed.connect(self._keep)
        self.keep.clicked.connect(self._keep)
        self.apply.clicked.connect(self._apply)
        self._delete.clicked.connect(self._ask_delete)
        self._share.clicked.connect(self._choose_place)
        self._take_in.clicked.connect(self._choose_file)
        self.keep.setEnabled(False)
        self._on_selected()

    @property
    def selected(self) -> Preset | None:
        """The preset that is selected."""
        item = self.list.currentItem()
        return item.data(_Role) if item is not None else None

    def _run(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Do work with files off the loop, and say what went wrong."""

        async def do() -> None:
            try:
                result = await asyncio.to_thread(work)
            except SettingsError as error:
                self.verdict.show_failure(str(error), "")
                return
            then(result)

        self._tasks.spawn(do(), name="presets")

    def _show(self, loaded: tuple[list[Preset], list[str]], select: str = "") -> None:
        found, faults = loaded
        self.list.clear()
        for preset in found:
            item = QListWidgetItem(preset.name)
            item.setData(_Role, preset)
            item.setSizeHint(QSize(0, row_height(self.list)))
            self.list.addItem(item)
            if preset.name == select:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and found:
            self.list.setCurrentRow(0)
        if faults:
            self.verdict.show_failure(self.tr("A preset cannot be used."), "\n".join(faults))
        self._on_selected()

    def _on_selected(self) -> None:
        preset = self.selected
        for button in (self.apply, self._share, self._delete):
            button.setEnabled(preset is not None)
        if preset is None:
            self._holds.setText("" if self.list.count() else self.tr("There is no preset yet."))
            return
        known = {option.name: option for option in options()}
        lines = [f"{caption(known[name])}: {_shown(known[name], value)}" for name, value in preset.values.items()]
        self._holds.setText("\n".join(lines) or self.tr("Everything as in the defaults."))

    def _keep(self) -> None:
        try:
            preset = Preset.of(self.name.text(), self._settings())
        except SettingsError as error:
            self.verdict.show_failure(str(error), "")
            return
        self.verdict.clear()
        self.name.clear()
        self._save_and_show(preset)

    def _save_and_show(self, preset: Preset) -> None:
        def work() -> tuple[list[Preset], list[str]]:
            presets.save(preset)
            return presets.load_all()

        self._run(work, lambda loaded: self._show(loaded, preset.name))

    def _apply(self) -> None:
        if self.selected is None:
            return
        self.chosen.emit(self.selected.applied_to(self._settings()))
        self.verdict.show_done(self.tr("“{name}” holds from the next question on.").format(name=self.selected.name))

    def _ask_delete(self) -> None:
        if (preset := self.selected) is None:
            return

        def work() -> tuple[list[Preset], list[str]]:
            presets.delete(preset)
            return presets.load_all()

        confirm(
            self,
            self.tr("Delete the preset {name}?").format(name=preset.name),
            self.tr("It cannot be brought back. What was chosen with it stays chosen."),
            self.tr("&Delete"),
            lambda: self._run(work, self._show),
        )

    def _choose_place(self) -> None:
        preset = self.selected
        if preset is None:
            return
        name = f"{preset.name}{presets.SUFFIX}"
        title = self.tr("Save the preset as a file")
        dialog = file_dialog(self, title, filters=_FILTER, save_as=name, suffix=presets.SUFFIX)
        said = self.tr("The preset was written.")
        dialog.fileSelected.connect(
            lambda path: self._run(lambda: presets.save(preset, Path(path)), lambda _: self.verdict.show_done(said))
        )
        dialog.open()

    def _choose_file(self) -> None:
        dialog = file_dialog(self, self.tr("Import a preset"), filters=_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take_in)
        dialog.open()

    def take_in(self, path: str) -> None:
        """Keep a preset that someone gave, among the others."""

        def work() -> tuple[str, tuple[list[Preset], list[str]]]:
            return presets.take_in(Path(path)).name, presets.load_all()

        self._run(work, lambda found: self._show(found[1], found[0]))


def _shown(option: Option, value: Any) -> str:
    text = value_words(option, value)
    return text if len(text) <= 80 else f"{text[:79]}…"
