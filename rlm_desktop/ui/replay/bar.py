"""The bar of a replay: the banner, the buttons, and the scrubber with its markers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.history.replay import Marker
from rlm_desktop.history.watch import Watch
from rlm_desktop.ui.figures import clock, local_time, long_date, number, one_line
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.replay.player import SPEEDS, ReplayPlayer
from rlm_desktop.ui.theme import Colours, colours_of
from rlm_desktop.ui.theme import icon as theme_icon

_NEAR = 5
"""Pixels within which a click means the marker."""
_LOOK_MS = 200
"""How often it is told how far lengthy work is."""


class Scrubber(QWidget):
    """The whole run as a line: played part, playhead, and markers for iterations, errors, limits and the answer.

    Signals:
        sought: The person put the playhead at these seconds of the film.
        dragged: The person drags it there, and may go on.
        marker_chosen: The person clicked a `Marker`.
    """

    sought = Signal(float)
    dragged = Signal(float)
    marker_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player: ReplayPlayer | None = None
        self._places: list[tuple[float, Marker]] = []
        self._drawn = QPixmap()
        self._drawn_for: tuple[Colours, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Playhead of the replay"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_player(self, player: ReplayPlayer | None) -> None:
        """Show this replay; None for none."""
        self._player = player
        self.place_markers()

    def place_markers(self) -> None:
        """Find out where the markers stand; of those of one kind on the same spot one is enough."""
        player, spots = self._player, dict[tuple[str, int], tuple[float, Marker]]()
        if player is not None:
            line, duration = self._line(), player.duration
            for marker in player.replay.markers:
                x = _along(line, player.place_of(marker), duration)
                spots.setdefault((marker.kind, round(x)), (x, marker))
        self._places = list(spots.values())
        self._drawn_for = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self.place_markers()

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(200, 28)

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(120, 28)

    def _line(self) -> QRectF:
        return QRectF(8, self.height() / 2 - 2, max(1, self.width() - 16), 4)

    def _x(self, seconds: float) -> float:
        assert self._player is not None
        return _along(self._line(), seconds, self._player.duration)

    def _seconds(self, x: float) -> float:
        assert self._player is not None
        line = self._line()
        return max(0.0, min(1.0, (x - line.left()) / line.width())) * self._player.duration

    def _marker_at(self, x: float) -> Marker | None:
        place, marker = min(self._places, key=lambda one: abs(one[0] - x), default=(-1e9, None))
        return marker if abs(place - x) <= _NEAR else None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        colours = colours_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        line = self._line()
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(line, 2, 2)
        if self._player is None:
            return
        head = self._x(self._player.position)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(QRectF(line.topLeft(), QPointF(head, line.bottom())), 2, 2)
        painter.drawPixmap(0, 0, self._drawn_markers(colours))
        painter.drawEllipse(QPointF(head, line.center().y()), 6, 6)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _drawn_markers(self, colours: Colours) -> QPixmap:
        """All markers, drawn once: there may be hundreds, and the playhead moves at every frame."""
        ratio = self.devicePixelRatioF()
        if self._drawn_for != (colours, ratio):
            self._drawn_for = (colours, ratio)
            self._drawn = QPixmap(self.size() * ratio)
            self._drawn.setDevicePixelRatio(ratio)
            self._drawn.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._drawn)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for x, marker in self._places:
                _paint_marker(painter, marker, x, self._line(), colours)
            painter.end()
        return self._drawn

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        if self._player is None or event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        marker = self._marker_at(x)
        if marker is not None:
            self.marker_chosen.emit(marker)
        else:
            self.sought.emit(self._seconds(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        if self._player is None:
            return
        x = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(self._seconds(x))
            return
        marker = self._marker_at(x)
        self.setToolTip(plain_tip(one_line(marker.text)) if marker is not None else clock(self._seconds(x)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        player = self._player
        if player is None:
            return
        share = {Qt.Key.Key_Left: -0.01, Qt.Key.Key_Right: 0.01, Qt.Key.Key_PageUp: -0.1, Qt.Key.Key_PageDown: 0.1}
        key = Qt.Key(event.key())
        if key in share:
            self.sought.emit(player.position + share[key] * player.duration)
        elif key == Qt.Key.Key_Home:
            self.sought.emit(0.0)
        elif key == Qt.Key.Key_End:
            self.sought.emit(player.duration)
        else:
            super().keyPressEvent(event)


def _along(line: QRectF, seconds: float, duration: float) -> float:
    """Where on the line a time of the film is."""
    return line.left() + line.width() * (min(1.0, seconds / duration) if duration > 0 else 1.0)


def _paint_marker(painter: QPainter, marker: Marker, x: float, line: QRectF, colours: Colours) -> None:
    """Iterations as strokes through the line, errors and limits as triangles above it, the answer as a diamond."""
    y = line.center().y()
    if marker.kind == "iteration":
        painter.setBrush(QColor(colours.muted))
        painter.drawRect(QRectF(x - 0.75, y - 6, 1.5, 12))
        return
    role = {"error": colours.error, "limit": colours.warning, "answer": colours.ok}[marker.kind]
    painter.setBrush(QColor(role))
    if marker.kind == "answer":
        painter.drawPolygon(QPolygonF([QPointF(x, y - 6), QPointF(x + 5, y), QPointF(x, y + 6), QPointF(x - 5, y)]))
    else:
        painter.drawPolygon(QPolygonF([QPointF(x - 4, y - 11), QPointF(x + 4, y - 11), QPointF(x, y - 4)]))


class FittingLabel(QLabel):
    """One line that says as much as there is room for: the first of its texts that fits."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[tuple[str, int]] = []
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)

    def set_texts(self, texts: Sequence[str]) -> None:
        """Show one of these, in rich text, the longest first."""
        self._texts = []
        for text in texts:
            self.setText(text)
            self._texts.append((text, super().sizeHint().width()))
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: D102
        least = min((width for _, width in self._texts), default=0)
        return QSize(least, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.set_texts([text for text, _ in self._texts])

    def _fit(self) -> None:
        fitting = (text for text, width in self._texts if width <= self.width())
        self.setText(next(fitting, self._texts[-1][0] if self._texts else ""))


class ReplayBar(QWidget):
    """Buttons and scrubber for a `ReplayPlayer`; before there is one, how far the run has been read for it.

    Signals:
        exit_requested: The person wants the run as it is in the history again.
    """

    exit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replayBar")
        self._player: ReplayPlayer | None = None
        self._reading: Watch | None = None
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._say_what_it_is)
        self._icons: dict[QToolButton, str] = {}
        self._tips: dict[QToolButton, KeyTip] = {}
        self._banner = FittingLabel()
        self._exit = QPushButton(self.tr("Exit replay"))
        self._place = QLabel()
        self._play = self._button("play", self.tr("Play"), "replay_play", ReplayPlayer.toggle)
        self._to_errors = (
            self._button(
                "previous-error", self.tr("Previous error"), "replay_previous_error", lambda p: p.step_error(-1)
            ),
            self._button("next-error", self.tr("Next error"), "replay_next_error", lambda p: p.step_error(1)),
        )
        self._scrubber = Scrubber()
        self._speed = QComboBox()
        self._speed.setAccessibleName(self.tr("Speed of the replay"))
        for speed in SPEEDS:
            self._speed.addItem(f"{number(speed, 1 if speed < 1 else 0)}×", speed)
        self._skip = QCheckBox(self.tr("Skip waiting"))
        self._speed.setCurrentIndex(SPEEDS.index(1.0))
        self._skip.setChecked(True)
        self._skip.setToolTip(self.tr("Cut every wait for a model to half a second"))
        self._stops = QCheckBox(self.tr("Pause at markers"))
        self._stops.setToolTip(self.tr("Stop at iterations, errors, limits and the answer"))
        self._build()
        self._exit.clicked.connect(self.exit_requested)
        self._speed.currentIndexChanged.connect(self._on_speed)
        self._skip.toggled.connect(self._on_skip)
        self._stops.toggled.connect(self._on_stops)
        self._scrubber.sought.connect(lambda seconds: self._with(lambda p: p.seek_seconds(seconds))())
        self._scrubber.dragged.connect(lambda seconds: self._with(lambda p: p.drag_to(seconds))())
        self._scrubber.marker_chosen.connect(lambda marker: self._with(lambda p: p.seek_marker(marker))())

    @property
    def player(self) -> ReplayPlayer | None:
        """What is played; None outside a replay."""
        return self._player

    @property
    def is_reading(self) -> bool:
        """Whether a run is being read to be replayed."""
        return self._reading is not None

    def show_reading(self, watch: Watch | None) -> None:
        """Say how far a run has been read to be replayed; None when it is read, or not wanted any more."""
        self._reading = watch
        if watch is not None:
            self.set_player(None)
        self.setVisible(watch is not None)

    def _build(self) -> None:
        banner = QHBoxLayout()
        banner.setSpacing(8)
        banner.addWidget(self._banner, 1)
        for widget in (self._speed, self._skip, self._stops, self._exit):
            banner.addWidget(widget)
        controls = QHBoxLayout()
        controls.setSpacing(4)
        for button in (
            self._button(
                "first", self.tr("Previous iteration"), "replay_previous_iteration", lambda p: p.step_iteration(-1)
            ),
            self._button("previous", self.tr("Previous event"), "replay_previous", lambda p: p.step_event(-1)),
            self._play,
            self._button("next", self.tr("Next event"), "replay_next", lambda p: p.step_event(1)),
            self._button("last", self.tr("Next iteration"), "replay_next_iteration", lambda p: p.step_iteration(1)),
            *self._to_errors,
        ):
            controls.addWidget(button)
        controls.addWidget(self._scrubber, 1)
        controls.addWidget(self._place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(banner)
        layout.addLayout(controls)

    def _button(self, icon: str, name: str, action: str, do: Callable[[ReplayPlayer], object]) -> QToolButton:
        button = QToolButton()
        self._tips[button] = KeyTip(button, f"{name} {{keys}}", action)
        button.setAccessibleName(name)
        button.setAutoRaise(True)
        button.clicked.connect(lambda _checked=False: self._with(do)())
        self._icons[button] = icon
        return button

    def _dress(self) -> None:
        """Draw the icons in the colours of the theme."""
        for button, name in self._icons.items():
            button.setIcon(theme_icon(name, colours_of(self)))

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._dress()

    def _with(self, do: Callable[[ReplayPlayer], object]) -> Callable[[], None]:
        def run() -> None:
            if self._player is not None:
                do(self._player)

        return run

    def set_player(self, player: ReplayPlayer | None) -> None:
        """Show this replay; None for none."""
        if self._player is not None:
            self._player.moved.disconnect(self._refresh)
            self._player.playing_changed.disconnect(self._show_playing)
            self._player.prepared.disconnect(self._say_what_it_is)
        self._player = player
        self._scrubber.set_player(player)
        for widget in (*self._icons, self._scrubber, self._speed, self._skip, self._stops):
            widget.setEnabled(player is not None)
        for button in self._to_errors:
            button.setVisible(player is not None and player.has_errors)
        if player is not None:
            player.moved.connect(self._refresh)
            player.playing_changed.connect(self._show_playing)
            player.prepared.connect(self._say_what_it_is)
            self._speed.setCurrentIndex(SPEEDS.index(player.speed))
            self._skip.setChecked(player.skips_waiting)
            self._stops.setChecked(player.pauses_at_markers)
            self._show_playing(player.is_playing)
        self._say_what_it_is()
        self._refresh()

    def _say_what_it_is(self) -> None:
        """The banner: that nothing is asked, why the film is shorter than the run was, what is still to be done."""
        player, name = self._player, self.tr("<b>Replay</b>")
        share = (
            self._reading.share if self._reading is not None else player.preparing if player is not None else None
        )
        percent = "" if share is None else self.tr("{percent}%").format(percent=number(share * 100))
        self._looking.start() if percent else self._looking.stop()
        if player is None:
            reading = self.tr("<b>Replay</b>: the run is being read, {percent}").format(percent=percent)
            self._banner.set_texts([reading, f"{name} · {percent}", name])
            self._banner.setToolTip("")
            return
        took, film = clock(player.replay.duration(skip_waiting=False)), clock(player.duration)
        recorded = self.tr("<b>Replay</b>: recorded, no model calls")
        shorter = self.tr("the run took {took}; without waiting it plays in {film}").format(took=took, film=film)
        texts = [recorded, self.tr("<b>Replay</b>, no model calls"), name]
        texts = [f"{recorded} · {shorter}", *texts] if took != film else texts
        started = player.feed.state.started
        when = local_time(started.started_at) if started is not None else None
        told = [self.tr("Nothing is asked again.")]
        if when is not None:
            day, time = long_date(when.date()), f"{when:%H:%M}"
            told = [self.tr("Recorded on {day}, {time}; nothing is asked again.").format(day=day, time=time)]
        if took != film:
            told.append(shorter[:1].upper() + shorter[1:])
        if percent:
            later = self.tr("jumps are possible soon: {percent}").format(percent=percent)
            told.append(later[:1].upper() + later[1:])
            texts = [f"{recorded} · {later}", f"{texts[-2]} · {percent}", f"{name} · {percent}", name]
        self._banner.set_texts(texts)
        self._banner.setToolTip("\n".join(told))

    def _refresh(self) -> None:
        player = self._player
        if player is None:
            self._place.clear()
            return
        text = self._words(player, player.replay.seq, player.position)
        longest = self._words(player, player.replay.last_seq, player.duration)
        # Else the scrubber would be another width, with its markers elsewhere, whenever there is one more figure.
        self._place.setMinimumWidth(self._place.fontMetrics().horizontalAdvance(longest))
        self._place.setText(text)
        self._scrubber.setAccessibleDescription(text)
        self._scrubber.update()

    def _words(self, player: ReplayPlayer, seq: int, position: float) -> str:
        return self.tr("event {event} / {events} · {time} / {duration}").format(
            event=number(seq),
            events=number(player.replay.last_seq),
            time=clock(position),
            duration=clock(player.duration),
        )

    def _show_playing(self, is_playing: bool) -> None:
        name = self.tr("Pause") if is_playing else self.tr("Play")
        self._icons[self._play] = "pause" if is_playing else "play"
        self._play.setAccessibleName(name)
        self._tips[self._play].set_text(f"{name} {{keys}}")
        self._dress()

    def _on_speed(self, _index: int) -> None:
        if self._player is not None:
            self._player.speed = float(self._speed.currentData())

    def _on_skip(self, is_on: bool) -> None:
        if self._player is not None:
            self._player.skips_waiting = is_on
            self._say_what_it_is()
            self._scrubber.place_markers()

    def _on_stops(self, is_on: bool) -> None:
        if self._player is not None:
            self._player.pauses_at_markers = is_on
