"""The status line: what the shown run is doing and what it has cost so far, with the Stop button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from rlm_desktop.ui import theme
from rlm_desktop.ui.figures import clock, counted, money, number, short_count, status_words
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.labels import ElidedLabel, StatusMark, plain_tip
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.window_style import muted, set_property

if TYPE_CHECKING:
    from rlm_desktop.engine.state import RunState

Clock: TypeAlias = Callable[[], float]
_SPACING = 8
NEAR_A_LIMIT = 0.9
"""Share of a limit from which the figures are written in the colour of warnings."""


class StatusLine(QFrame):
    """One line of text about the run, from its state alone.

    Signals:
        stop_requested: The Stop button was pressed.
        pause_requested: The run is to be held, or to go on.
        waiting_requested: Show the cell that waits for a decision.
        costs_requested: Show what the run costs by depth and by model, or close that.
    """

    stop_requested = Signal()
    pause_requested = Signal()
    waiting_requested = Signal()
    costs_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self._state: RunState | None = None
        self._clock: Clock | None = None
        self.mark = StatusMark()
        self._figures = QLabel()
        self._figures.setObjectName("figures")
        muted(self._figures)
        self._figures.setAccessibleName(self.tr("Figures of the run"))
        self._figures.setMinimumWidth(1)
        self._place = ElidedLabel()
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        muted(self._place)
        self._isolation = ("", "", "")
        self._is_replay = False
        self._is_dressed = False
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setObjectName("stop")
        self.stop.setAccessibleName(self.tr("Stop the run"))
        KeyTip(self.stop, self.tr("Stop the run {keys}; what it has found so far is kept"), "stop")
        self.stop.clicked.connect(self.stop_requested)
        self.pause = QPushButton()
        self._pause_tip = KeyTip(self.pause, "", "pause")
        self.pause.setObjectName("small")
        self.pause.clicked.connect(self.pause_requested)
        self.waiting = QPushButton()
        self.waiting.setObjectName("small")
        KeyTip(self.waiting, self.tr("Show the cell that waits for your decision {keys}"), "go_waiting")
        self.waiting.clicked.connect(self.waiting_requested)
        self.costs = QPushButton(self.tr("Costs"))
        self.costs.setObjectName("small")
        KeyTip(self.costs, self.tr("Show tokens and cost by depth and by model {keys}"), "run_costs")
        self.costs.clicked.connect(self.costs_requested)
        steady = self.costs.sizePolicy()
        steady.setRetainSizeWhenHidden(True)  # the line is as high without a run
        self.costs.setSizePolicy(steady)
        self._waiting = 0
        self._all_figures = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 3)
        layout.setSpacing(_SPACING)
        layout.addWidget(self.mark)
        layout.addWidget(self.waiting)
        layout.addWidget(self._figures)
        layout.addWidget(self.costs)
        layout.addWidget(self._place, 1)
        layout.addWidget(self.pause)
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

    def set_isolation(self, label: str, detail: str, level: str = "") -> None:
        """What confines the code of the runs to come; shown while there is no run.

        Args:
            label: In a few words.
            detail: All about it, and how to get more; the tooltip.
            level: `ok`, `warning` or `error`, for its colour.
        """
        self._isolation = (label, detail, level)
        self._write()

    def refresh(self) -> None:
        """Write what the state says now."""
        state = self._state
        is_running = state is not None and state.status in ("queued", "running") and not self._is_replay
        if is_running and not self._is_dressed:
            self._is_dressed = True
            self.stop.setIcon(theme.icon("stop", theme.colours_of(self), "error"))
        self.stop.setVisible(is_running)
        is_stoppable = is_running and state is not None and not state.cancel_requested
        self.stop.setEnabled(is_stoppable)
        self.pause.setVisible(is_running)
        self.pause.setEnabled(is_stoppable)
        is_paused = state is not None and state.is_paused
        self.pause.setText(self.tr("Go on") if is_paused else self.tr("Pause"))
        hold = self.tr("Hold the run: each call waits before its next iteration {keys}")
        self._pause_tip.set_text(self.tr("Let the run go on {keys}") if is_paused else hold)
        self.waiting.setVisible(is_running and self._waiting > 0)
        self.costs.setVisible(state is not None)
        self._write()

    def show_waiting(self, waiting: int) -> None:
        """Say how many cells wait for the person's decision."""
        if waiting != self._waiting:
            self._waiting = waiting
            self.waiting.setText(self.tr("%n cell(s) wait(s) for you", None, waiting))
            self.refresh()

    @property
    def text(self) -> str:
        """All of the line, for tests and screen readers."""
        return f"{self.mark.text} · {self._all_figures}"

    def _write(self) -> None:
        state = self._state
        if state is None:
            self.mark.show_status("", self.tr("Ready"))
            self._figures.setText("")
            self._figures.setToolTip("")
            self._all_figures = ""
            self.setAccessibleName(self.text)
            self._show_place(self._isolation[0])
            return
        words, sign = self._words(state), state.status
        if state.is_running and state.is_paused:
            sign = "interrupted"
        if self._is_replay:
            words = self.tr("Replay: {status}").format(status=words)
        self.mark.show_status(sign, words)
        figures = self._figure_texts(state)
        self._all_figures = " · ".join(one for one in figures if one)
        self._figures.setText(self._fitting(figures))
        spent = self._share_of_limits(state)
        near = self.tr("{percent}% of a limit is used.").format(percent=number(100 * spent))
        self._figures.setToolTip("\n".join(one for one in [*figures, near if spent else ""] if one))
        set_property(self._figures, "level", "warning" if spent >= NEAR_A_LIMIT else "")
        self.setAccessibleName(self.text)
        started = state.started
        is_unsafe = started is not None and started.settings.get("repl_mode") == "unsafe"
        self._show_place(said(started.isolation) if started else "", "error" if is_unsafe else "")

    def _fitting(self, figures: Sequence[str]) -> str:
        """The figures on one line; where there is too little room, without the errors and the iteration."""
        others = (self.mark, self.waiting, self.costs, self.pause, self.stop)
        taken = [widget.sizeHint().width() + _SPACING for widget in others if not widget.isHidden()]
        room = self.width() - sum(taken) - 2 * _SPACING - 24
        text = ""
        for shown in (figures, figures[:-1], figures[1:-1]):
            text = " · ".join(one for one in shown if one)
            if self._figures.fontMetrics().horizontalAdvance(text) <= room:
                return text
        return text

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._is_dressed = False  # made anew when it shows

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other room, other figures."""
        super().resizeEvent(event)
        self._write()

    def _words(self, state: RunState) -> str:
        if state.is_running and state.cancel_requested:
            return self.tr("Stopping")
        if state.is_running and state.is_paused:
            return self.tr("Pausing") if state.active else self.tr("Paused")
        return status_words(state.status)

    def _show_place(self, text: str, level: str = "") -> None:
        label, detail, its_level = self._isolation
        is_here = text == label
        self._place.set_full_text(_in_short(text))
        self._place.setToolTip(detail if is_here else plain_tip(text))
        set_property(self._place, "level", level or (its_level if is_here else ""))
        self._place.setAccessibleName(
            self.tr("What confines the code that models write: {layers}").format(layers=text)
        )

    def _figure_texts(self, state: RunState) -> list[str]:
        """The root's iteration, which may be empty, first; the errors last."""
        texts = [""]
        totals = state.totals
        root = state.root
        if root is not None and root.iterations:
            last = root.iterations[-1]
            texts[0] = self.tr("iteration {number} of ≤ {most}").format(number=last.number, most=last.of)
        active = self.tr(" ({count} active)").format(count=number(state.active)) if state.active else ""
        texts.append(counted(totals.calls, "call") + active)
        if (most := _limit(state, "max_calls")) is not None:
            text = self.tr("{count} of ≤ {most} requests")
            texts.append(text.format(count=number(totals.requests), most=number(round(most))))
        texts.append(self._token_text(state))
        texts.append(self._cost_text(state))
        texts.append(self._time_text(state))
        texts.append(counted(totals.errors, "error"))
        return texts

    def _token_text(self, state: RunState) -> str:
        totals = state.totals
        if totals.requests and totals.unknown_usage == totals.requests:
            return self.tr("tokens unknown")
        more = "≥ " if totals.unknown_usage else ""
        text = self.tr("{input} in / {output} out")
        text = more + text.format(input=short_count(totals.input_tokens), output=short_count(totals.output_tokens))
        if (most := _limit(state, "max_tokens")) is None:
            return text
        return self.tr("{tokens} of ≤ {most}").format(tokens=text, most=short_count(round(most)))

    def _time_text(self, state: RunState) -> str:
        text = clock(self._elapsed(state))
        if (most := _limit(state, "timeout")) is None:
            return text
        return self.tr("{time} of ≤ {most}").format(time=text, most=clock(most))

    def _share_of_limits(self, state: RunState) -> float:
        """How much of the limit that is nearest is used; 0 where there is none."""
        totals = state.totals
        used = {
            "budget_usd": totals.cost_usd,
            "max_tokens": totals.input_tokens + totals.output_tokens,
            "max_calls": totals.requests,
            "timeout": self._elapsed(state),
        }
        limits = ((amount, _limit(state, name)) for name, amount in used.items())
        return max((amount / most for amount, most in limits if most), default=0.0)

    def _cost_text(self, state: RunState) -> str:
        totals = state.totals
        if totals.unknown_cost and totals.unknown_cost == totals.requests:
            text = self.tr("cost unknown")
        else:
            text = ("≥ " if totals.unknown_cost else "") + money(totals.cost_usd)
        if (budget := _limit(state, "budget_usd")) is None:
            return text
        return self.tr("{cost} of {budget}").format(cost=text, budget=money(budget))

    def _elapsed(self, state: RunState) -> float:
        if state.finished is not None:
            return state.finished
        return self._clock() if self._clock is not None else state.now


def _in_short(text: str) -> str:
    """What confines the code, without the layers in brackets: they are in the tooltip."""
    short = text.partition(" (")[0]
    return short[:1].upper() + short[1:]


def _limit(state: RunState, name: str) -> float | None:
    """A limit that the run was given; None for none."""
    value = state.started.settings.get(name) if state.started else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
