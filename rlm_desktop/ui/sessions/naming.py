"""Asks for names and tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from rlm_desktop.ui.figures import one_line

LONGEST_NAME = 200


def ask_name(parent: QWidget, title: str, name: str, take: Callable[[str], object]) -> None:
    """Ask for another name; an empty one gives the question back."""
    label = QCoreApplication.translate("Naming", "Name (empty: the question):")
    _ask(parent, title, label, one_line(name, LONGEST_NAME), lambda text: take(text.strip()[:LONGEST_NAME]))


def ask_tags(parent: QWidget, tags: Sequence[str], take: Callable[[list[str]], object]) -> None:
    """Ask for tags."""
    translate = QCoreApplication.translate
    label = translate("Naming", "Tags, with commas between them:")
    _ask(parent, translate("Naming", "Tags"), label, ", ".join(tags), lambda text: take(parsed_tags(text)))


def parsed_tags(text: str) -> list[str]:
    """The tags that a person typed, each once."""
    tags = (" ".join(tag.split()).removeprefix("#")[:LONGEST_NAME] for tag in text.split(","))
    return list(dict.fromkeys(tag for tag in tags if tag))


def _ask(parent: QWidget, title: str, label: str, text: str, take: Callable[[str], object]) -> None:
    dialog = QInputDialog(parent.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(text)
    dialog.resize(420, dialog.sizeHint().height())
    dialog.textValueSelected.connect(take)
    dialog.open()
