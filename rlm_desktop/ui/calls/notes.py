"""Lines between the filter and the rows that say why the tree looks as it does, and how to have it otherwise."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from rlm_desktop.engine.tree import Node
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.theme import Colours


class NoteLine(QWidget):
    """A text and what can be done about it; hidden while there is nothing to say.

    Attributes:
        text: The label; its links are `linkActivated`.
        buttons: In the order in which they were given.
    """

    def __init__(self, *buttons: tuple[str, str, Callable[[], object]]) -> None:
        super().__init__()
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setWordWrap(True)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 4)
        line.setSpacing(8)
        line.addWidget(self.text, 1)
        self.buttons: list[QPushButton] = []
        for words, tip, act in buttons:
            button = QPushButton(words)
            button.setObjectName("small")
            button.setToolTip(tip)
            button.clicked.connect(act)
            self.buttons.append(button)
            line.addWidget(button)
        self.hide()

    def say(self, text: str) -> None:
        """Show `text` (HTML); nothing hides the line."""
        if text != self.text.text():
            self.text.setText(text)
        self.setVisible(bool(text))


def crumbs(node: Node, colours: Colours) -> str:
    """Where a row is, as HTML with a link to each row above it; a link is the row's index."""
    parts: list[str] = []
    for step in (*reversed(list(node.ancestors())), node):
        title = html.escape(call_text.title(step)).replace(" ", "&nbsp;")
        if step is node:
            parts.append(f"<b>{title}</b>")
        else:
            style = f"color:{colours.accent}; text-decoration:none"
            parts.append(f'<a href="{step.index}" style="{style}">{title}</a>')
    return f' <span style="color:{colours.muted}">›</span> '.join(parts)
