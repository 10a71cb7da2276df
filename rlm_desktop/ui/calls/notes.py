"""Lines between the filter and the rows that say why the tree looks as it does, and how to have it otherwise."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Node
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import CallModel
from rlm_desktop.ui.calls.timescale import IdleTimes
from rlm_desktop.ui.theme import Colours

_SLICE_SECONDS = 0.008
_FIRST_ABOVE, _LAST_ABOVE = 2, 5
_MOST_ABOVE = _FIRST_ABOVE + 1 + _LAST_ABOVE
"""Rows above one that are named; a hundred names would fill the window."""


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


class GapNote(NoteLine):
    """Once a run has ended: for how long nothing ran, and the offer to compress that on the timeline.

    Signals:
        toggled: The model's gaps are others now.
    """

    toggled = Signal()

    def __init__(self, model: CallModel) -> None:
        super().__init__((self.tr("Compress"), "", self._toggle))
        self._model = model
        self._looked_at: RunState | None = None
        self._idle = IdleTimes(RunState())
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._go_on)

    def look_anew(self) -> None:
        """The model shows another run, or another moment of it."""
        self._looked_at = None
        self._slices.stop()
        self.say("")
        self.look()

    def look(self) -> None:
        """Look for such times, in slices, once the run has ended."""
        state = self._model.state
        if state.finished is not None and state is not self._looked_at:
            self._looked_at, self._idle = state, IdleTimes(state)
            self._slices.start()

    def _go_on(self) -> None:
        if self._idle.take(_SLICE_SECONDS):
            self._offer()
        else:
            self._slices.start()

    def _offer(self) -> None:
        gaps, state = self._idle.gaps(), self._model.state
        if not gaps:
            return
        is_compressed = bool(self._model.gaps)
        if is_compressed:
            text = self.tr("The timeline is not true to scale: {idle} in which nothing ran are compressed.")
        else:
            text = self.tr("For {idle} of {whole} nothing ran.")
        idle = call_text.seconds(sum(gap.end - gap.start for gap in gaps))
        self.say(text.format(idle=idle, whole=call_text.seconds(state.finished or 0.0)))
        (button,) = self.buttons
        button.setText(self.tr("Show true times") if is_compressed else self.tr("Compress"))
        button.setToolTip(self.tr("Compress the parts of the timeline in which no model was asked and no code ran"))

    def _toggle(self) -> None:
        self._model.gaps = () if self._model.gaps else self._idle.gaps()
        self._offer()
        self.toggled.emit()


def crumbs(node: Node, colours: Colours) -> str:
    """Where a row is, as HTML with a link to each row above it; a link is the row's index.

    Of a long way the middle is left out; in its place stands a link to the last row there.
    """
    style = f"color:{colours.accent}; text-decoration:none"

    def link(step: Node, words: str) -> str:
        return f'<a href="{step.index}" style="{style}">{words}</a>'

    above = list(reversed(list(node.ancestors())))
    parts = [link(step, _words(step)) for step in above]
    if len(above) > _MOST_ABOVE:
        parts[_FIRST_ABOVE:-_LAST_ABOVE] = [link(above[-_LAST_ABOVE - 1], "…")]
    return f' <span style="color:{colours.muted}">›</span> '.join([*parts, f"<b>{_words(node)}</b>"])


def _words(node: Node) -> str:
    return html.escape(call_text.title(node)).replace(" ", "&nbsp;")
