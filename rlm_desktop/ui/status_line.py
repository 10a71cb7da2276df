"""The status line: what the shown run is doing and what it has cost so far, with the Stop button."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from rlm_desktop.ui.figures import clock, counted, money, number, short_count, status_words
from rlm_desktop.ui.labels import ElidedLabel, StatusMark
from rlm_desktop.ui.window_style import muted

if TYPE_CHECKING:
    from rlm_desktop.engine.state import RunState

Clock: TypeAlias = Callable[[], float]


class StatusLine(QFrame):
    """One line of text about the run, from its state alone.

    Signals:
        stop_requested: The Stop button was pressed.
    """

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self._state: RunState | None = None
        self._clock: Clock | None = None
        self.mark = StatusMark()
        self._figures = QLabel()
        muted(self._figures)
        self._figures.setAccessibleName(self.tr("Figures of the run"))
        self._figures.setMinimumWidth(1)
        self._place = ElidedLabel()
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        muted(self._place)
        self._is_replay = False
        self.stop = QPushButton(self.tr("■ Stop"))
        self.stop.setObjectName("stop")
        self.stop.setAccessibleName(self.tr("Stop the run"))
        self.stop.setToolTip(self.tr("Stop the run (Esc); what it has found so far is kept"))
        self.stop.clicked.connect(self.stop_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 6, 3)
        layout.setSpacing(10)
        layout.addWidget(self.mark)
        layout.addWidget(self._figures)
        layout.addWidget(self._place, 1)
        layout.addWidget(self.stop)
        self.set_state(None)

    def set_state(self, state: RunState | None, clock: Clock | None = None, *, is_replay: bool = False) -> None:
        """Show another run.

        Args:
            state: The run; None for none.
            clock: Its current time in seconds, where that is not the time of its last event.
            is_replay: Whether it only shows again what happened: there is nothing to stop.
        """
        self._is_replay = is_replay
        self._state = state
        self._clock = clock
        self.refresh()

    def refresh(self) -> None:
        """Write what the state says now."""
        state = self._state
        is_running = state is not None and state.status in ("queued", "running") and not self._is_replay
        self.stop.setVisible(is_running)
        self.stop.setEnabled(is_running and state is not None and not state.cancel_requested)
        self._write()

    @property
    def text(self) -> str:
        """All of the line, for tests and screen readers."""
        return f"{self.mark.text} · {self._figures.text()}"

    def _write(self) -> None:
        state = self._state
        if state is None:
            self.mark.show_status("", self.tr("Ready"))
            self._figures.setText("")
            self._show_place("")
            return
        is_stopping = state.cancel_requested and state.is_running
        words = self.tr("Stopping") if is_stopping else status_words(state.status)
        if self._is_replay:
            words = self.tr("Replay: {status}").format(status=words)
        self.mark.show_status(state.status, words)
        figures = self._figure_texts(state)
        self._figures.setText(" · ".join(figures))
        self._figures.setToolTip("\n".join(figures))
        self.setAccessibleName(self.text)
        self._show_place(state.started.isolation if state.started else "")

    def _show_place(self, text: str) -> None:
        self._place.set_full_text(text)
        self._place.setAccessibleName(
            self.tr("What confines the code that models write: {layers}").format(layers=text)
        )

    def _figure_texts(self, state: RunState) -> list[str]:
        texts: list[str] = []
        totals = state.totals
        root = state.root
        if root is not None and root.iterations:
            last = root.iterations[-1]
            texts.append(self.tr("iteration {number} of ≤ {most}").format(number=last.number, most=last.of))
        active = self.tr(" ({count} active)").format(count=number(state.active)) if state.active else ""
        texts.append(counted(totals.calls, "call") + active)
        texts.append(self._token_text(state))
        texts.append(self._cost_text(state))
        texts.append(clock(self._elapsed(state)))
        texts.append(counted(totals.errors, "error"))
        return texts

    def _token_text(self, state: RunState) -> str:
        totals = state.totals
        if totals.requests and totals.unknown_usage == totals.requests:
            return self.tr("tokens unknown")
        more = "≥ " if totals.unknown_usage else ""
        text = self.tr("{input} in / {output} out")
        return more + text.format(input=short_count(totals.input_tokens), output=short_count(totals.output_tokens))

    def _cost_text(self, state: RunState) -> str:
        totals = state.totals
        if totals.unknown_cost and totals.unknown_cost == totals.requests:
            text = self.tr("cost unknown")
        else:
            text = ("≥ " if totals.unknown_cost else "") + money(totals.cost_usd)
        budget = state.started.settings.get("budget_usd") if state.started else None
        if not isinstance(budget, int | float):
            return text
        return self.tr("{cost} of {budget}").format(cost=text, budget=money(float(budget)))

    def _elapsed(self, state: RunState) -> float:
        if state.finished is not None:
            return state.finished
        return self._clock() if self._clock is not None else state.now
