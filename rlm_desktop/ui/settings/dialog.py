"""The settings dialog: a list of pages, a search over all of them, every change applied at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.errors import SettingsError
from rlm_desktop.settings import Settings
from rlm_desktop.ui.confirm import confirm
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.flow import scrolled
from rlm_desktop.ui.settings.fields import SettingField
from rlm_desktop.ui.settings.pages import PAGES, Page
from rlm_desktop.ui.window_style import muted, without_icons

SIZE = QSize(860, 640)
LIST_WIDTH = 170


class _Section(QWidget):
    """A page's heading with its fields, or with the widget that it is."""

    def __init__(self, page: Page, body: Sequence[QWidget]) -> None:
        super().__init__()
        self.page = page
        self.body = body
        heading = QLabel(page.heading)
        heading.setObjectName("title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 16)
        layout.setSpacing(16)
        layout.addWidget(heading)
        for widget in body:
            if (inner := widget.layout()) is not None and not isinstance(widget, SettingField):
                inner.setContentsMargins(0, 0, 0, 0)  # it begins where the heading does
            layout.addWidget(widget, 0 if isinstance(widget, SettingField) else 1)

    def filter(self, words: Sequence[str]) -> bool:
        """Show what has every one of the words; returns whether there is any of it."""
        title = self.page.heading.casefold()
        is_any = False
        for widget in self.body:
            text = f"{title} {widget.words if isinstance(widget, SettingField) else _words_of(widget)}"
            is_shown = all(word in text for word in words)
            widget.setVisible(is_shown)
            is_any = is_any or is_shown
        self.setVisible(is_any)
        return is_any


def _words_of(page: QWidget) -> str:
    """What is written on a page that is no list of settings."""
    labels = (label.text() for label in page.findChildren(QLabel))
    buttons = (button.text().replace("&", "") for button in page.findChildren(QAbstractButton))
    return " ".join((*labels, *buttons)).casefold()


class SettingsDialog(QDialog):
    """Every setting, by page; what is changed holds at once.

    Signals:
        changed: The `Settings` after a change.
    """

    changed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        widgets: Mapping[str, QWidget] | None = None,
        known: Mapping[str, Sequence[str]] | None = None,
        defaults: Mapping[str, str] | None = None,
    ) -> None:
        """Make the dialog.

        Args:
            settings: What is chosen now.
            parent: Whose dialog it is.
            widgets: Page -> the widget that it is, for pages that are no list of settings.
            known: Setting -> values to offer.
            defaults: Setting -> the text that an empty one stands for.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        self._measuring = QTimer(self, singleShot=True, interval=0)
        self._measuring.timeout.connect(self._give_width)
        self.settings = settings
        self.fields: dict[str, SettingField] = {}
        self._sections = self._make_sections(widgets or {}, known or {}, defaults or {})
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find a setting"))
        self.search.setAccessibleName(self.tr("Find a setting"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.pages = QListWidget()
        self.pages.setObjectName("settingsPages")
        self.pages.setAccessibleName(self.tr("Pages of the settings"))
        self.pages.currentItemChanged.connect(self._go_page)
        self.pages.itemClicked.connect(self._go_page)
        self._nothing = QLabel(self.tr("No setting has these words."))
        muted(self._nothing)
        self._nothing.hide()
        self._scroll = self._make_scroll()
        self._arrange()
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        for section in self._sections:
            item = QListWidgetItem(section.page.heading, self.pages)
            item.setData(Qt.ItemDataRole.UserRole, section.page.name)
        self._give_width()
        self.pages.setCurrentRow(0)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in some field must not press a button of any page
        self.search.setFocus()

    def _give_width(self) -> None:
        """Make what stands left as wide as its words need, and no wider: the settings need the room."""
        words = self.search.fontMetrics().horizontalAdvance(self.search.placeholderText()) + 32
        names = self.pages.sizeHintForColumn(0) + 2 * self.pages.frameWidth()
        for widget in (self.search, self.pages):
            widget.setFixedWidth(max(LIST_WIDTH, words, names))

    def changeEvent(self, event: QEvent) -> None:
        """Letters of another size were chosen on a page of this very dialog."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measuring.start()  # when what is in it has them too

    def _make_sections(
        self, widgets: Mapping[str, QWidget], known: Mapping[str, Sequence[str]], defaults: Mapping[str, str]
    ) -> list[_Section]:
        sections: list[_Section] = []
        for page in PAGES:
            body: list[QWidget] = [widgets[page.name]] if page.name in widgets else []
            for option in page.options:
                name = option.name
                field = SettingField(
                    option,
                    getattr(self.settings, name),
                    source=self.settings.overridden.get(name, ""),
                    known=known.get(name, ()),
                    default_text=defaults.get(name, ""),
                )
                field.changed.connect(self._take)
                self.fields[name] = field
                body.append(field)
            if body:
                sections.append(_Section(page, body))
        return sections

    def _make_scroll(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 0, 16, 0)
        column.addWidget(self._nothing)
        for section in self._sections:
            column.addWidget(section, 0 if section.page.names else 1)  # a page of its own fills the height
        column.addStretch()
        return scrolled(inside)

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.search)
        left.addWidget(self.pages, 1)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addLayout(left)
        across.addWidget(self._scroll, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addLayout(across, 1)
        layout.addWidget(buttons)
        furnish(self, SIZE.width(), SIZE.height())

    # -- pages and search -----------------------------------------------------------------------------------

    def show_page(self, name: str) -> None:
        """Go to a page."""
        self.search.clear()
        for row in range(self.pages.count()):
            if self.pages.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.pages.setCurrentRow(row)

    def _go_page(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        if self.search.text().strip():
            self.search.clear()  # which shows the page
            return
        name = item.data(Qt.ItemDataRole.UserRole)
        for section in self._sections:
            section.setVisible(section.page.name == name)
        self._scroll.verticalScrollBar().setValue(0)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        if not words:
            for section in self._sections:
                section.filter(())
            self._nothing.hide()
            self._go_page(self.pages.currentItem())
            return
        found = [section.filter(words) for section in self._sections]
        self._nothing.setVisible(not any(found))

    # -- changes --------------------------------------------------------------------------------------------

    def show_settings(self, settings: Settings) -> None:
        """Show settings that were changed elsewhere, as by a preset."""
        self.settings = settings
        for name, field in self.fields.items():
            field.show_value(getattr(settings, name))

    def _take(self, name: str, value: Any) -> None:
        try:
            self.settings = self.settings.with_values(**{name: value})
        except SettingsError as error:
            self.fields[name].show_fault(str(error))
            return
        self.changed.emit(self.settings)

    def reject(self) -> None:
        """Close; asks first where something was typed that only a button of its page keeps."""
        if not any(getattr(page, "is_unsaved", False) for section in self._sections for page in section.body):
            super().reject()
            return
        confirm(
            self,
            self.tr("Close without saving?"),
            self.tr("What you typed for a provider is not saved yet: its button Save does that."),
            self.tr("&Discard"),
            # Once the question has gone: with its parent it would be closed a second time.
            lambda: QTimer.singleShot(0, self, lambda: self.done(QDialog.DialogCode.Rejected)),
        )

    def done(self, result: int) -> None:  # noqa: D102
        for field in self.fields.values():
            field.take_pending()
        super().done(result)
