"""The icicle: where the time, the money or the tokens of a run went, at one glance."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import Node
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls import call_text, call_weights
from rlm_desktop.ui.calls.call_model import Clock
from rlm_desktop.ui.calls.call_weights import Order, Slab, Weight
from rlm_desktop.ui.calls.faces import Face
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.language import marked

ROW = 22
_AGAIN_SECONDS = 0.5
_SLICE_SECONDS = 0.008
_WEIGHTS: dict[Weight, tuple[str, str]] = {
    "time": (marked("IcicleView", "Work time"), marked("IcicleView", "No work time is known yet.")),
    "cost": (marked("IcicleView", "Cost"), marked("IcicleView", "No cost is known yet.")),
    "tokens": (marked("IcicleView", "Tokens"), marked("IcicleView", "No tokens are known yet.")),
}
"""Name of a weight, and what to say while there is none."""
_ORDERS: dict[Order, str] = {
    "time": marked("IcicleView", "In time order"),
    "heaviest": marked("IcicleView", "Heaviest first"),
}
_ROLES = {"rlm": "rlm", "llm": "llm", "iteration": "code", "batch": "batch"}


class _Canvas(QWidget):
    """The rectangles.

    Signals:
        chosen: A node was clicked or reached by key.
        entered: A node is to fill the width.
        menu_requested: What can be done with a node is asked for: it, and where on the screen.
    """

    chosen = Signal(object)
    entered = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.slabs: list[Slab] = []
        self.sums: list[float] = []
        self.weight: Weight = "time"
        self.selected: Node | None = None
        self._labels: dict[int, str] = {}
        self._grounds: dict[str, list[QRectF]] = {}
        self._face_for: tuple[QFont, float] | None = None
        self._face: Face
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # all of it is filled below
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Icicle of the run"))

    def show_slabs(self, slabs: list[Slab], sums: list[float], weight: Weight) -> None:
        """Paint these."""
        self.slabs, self.sums, self.weight = slabs, sums, weight
        self._labels.clear()
        self._grounds = {}
        for slab in slabs:
            self._grounds.setdefault(_role(slab), []).append(_place(slab))
        deepest = max((slab.level for slab in slabs), default=0)
        self.setMinimumHeight((deepest + 1) * ROW + 8)
        self.update()

    def select(self, node: Node | None) -> None:
        """Mark a node."""
        self.selected = node
        if node is not None:
            self.setAccessibleDescription(self._describe(node))
        self.update()

    def _describe(self, node: Node) -> str:
        return f"{call_text.title(node)}, {call_text.kind_words(node)}, {self.value(node)}, {self._share(node)}"

    def value(self, node: Node) -> str:
        """What a node weighs, in words."""
        amount = self.sums[node.index] if node.index < len(self.sums) else 0.0
        if self.weight == "time":
            return call_text.seconds(amount)
        if self.weight == "cost":
            return figures.money(amount)
        return self.tr("{count} tokens").format(count=figures.short_count(round(amount)))

    def _share(self, node: Node) -> str:
        whole = self.sums[0] if self.sums else 0.0
        if not whole or node.index >= len(self.sums):
            return ""
        percent = figures.number(self.sums[node.index] / whole * 100, 1)
        return self.tr("{percent}% of the run").format(percent=percent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All rectangles; their number depends on the width alone."""
        colours = theme.colours_of(self)
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(colours.window))
        painter.setPen(Qt.PenStyle.NoPen)
        for role, places in self._grounds.items():
            colour = QColor(getattr(colours, role))
            colour.setAlpha(70)
            painter.setBrush(colour)
            painter.drawRects(places)
        self._measure_font()
        painter.setFont(self._face.font)
        painter.setPen(QColor(colours.text))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for slab in self.slabs:
            if slab.width > 36 and not slab.more:
                self._paint_label(painter, _place(slab), slab.node)
        painter.setPen(QColor(colours.accent))
        if (slab := self.slab_of(self.selected)) is not None:
            painter.drawRect(_place(slab).adjusted(0, 0, -1, -1))
        if self.hasFocus():
            painter.drawRect(self.visibleRegion().boundingRect().adjusted(0, 0, -1, -1))
        painter.end()

    def _measure_font(self) -> None:
        wanted = (self.font(), self.devicePixelRatioF())
        if self._face_for != wanted:
            self._face_for = wanted
            self._face = Face(wanted[0], ROW - 1, wanted[1])

    def _paint_label(self, painter: QPainter, place: QRectF, node: Node) -> None:
        label = self._labels.get(node.index)
        if label is None:
            label = self._labels[node.index] = f"{call_text.title(node)}  {self.value(node)}"
        short, _ = self._face.fit(label, int(place.width()) - 8)
        self._face.draw(painter, place.left() + 5, place.top(), short)

    def slab_at(self, position: QPointF) -> Slab | None:
        """The rectangle under a place."""
        level, x = int((position.y() - 4) // ROW), position.x() - 4
        return next((slab for slab in self.slabs if slab.level == level and 0 <= x - slab.x < slab.width), None)

    def slab_of(self, node: Node | None) -> Slab | None:
        """The rectangle that is a node's own."""
        return next((slab for slab in self.slabs if slab.node is node and not slab.more), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Selects; the selected one fills the width."""
        slab = self.slab_at(event.position())
        if slab is None:
            return
        if slab.node is self.selected and not slab.more and event.button() == Qt.MouseButton.LeftButton:
            self.entered.emit(slab.node)
        else:
            self.chosen.emit(slab.node)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Lets the rectangle fill the width."""
        slab = self.slab_at(event.position())
        if slab is not None:
            self.entered.emit(slab.node.parent if slab.more else slab.node)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the rectangle under the pointer; with the keyboard, of the selected one."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            slab = self.slab_of(self.selected)
            place = self.mapToGlobal(_place(slab).bottomLeft().toPoint()) if slab is not None else QPoint()
        else:
            slab, place = self.slab_at(QPointF(event.pos())), event.globalPos()
        if slab is not None:
            self.menu_requested.emit(slab.node, place)

    def event(self, event: QEvent) -> bool:
        """What a rectangle is; Escape goes out rather than stop the run."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._can_go_out(event)
        ):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and (slab := self.slab_at(QPointF(event.pos()))) is not None:
            several = self.tr("{count} rows too narrow to be drawn one by one")
            text = f"{self._describe(slab.node)}\n{call_text.preview(slab.node)}"
            if slab.more:
                text = several.format(count=figures.number(slab.more))
            QToolTip.showText(event.globalPos(), plain_tip(text.strip()))
        return super().event(event)

    def _can_go_out(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return is_escape and bool(self.slabs) and self.slabs[0].node.parent is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move among the rectangles, Enter goes in, Backspace and Escape go out."""
        key = event.key()
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape):
            top = self.slabs[0].node if self.slabs else None
            self.entered.emit(top.parent if top is not None else None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected is not None:
            self.entered.emit(self.selected)
        elif (found := self._neighbour(key)) is not None:
            self.chosen.emit(found)
        else:
            super().keyPressEvent(event)

    def _neighbour(self, key: int) -> Node | None:
        shown = [slab for slab in self.slabs if not slab.more]
        here = next((slab for slab in shown if slab.node is self.selected), None)
        if here is None:
            return shown[0].node if shown and key in _ARROWS else None
        if key == Qt.Key.Key_Up:
            return here.node.parent if here.level else None
        if key == Qt.Key.Key_Down:
            below = [slab for slab in shown if slab.node.parent is here.node]
            return max(below, key=lambda slab: slab.width).node if below else None
        beside = sorted((slab for slab in shown if slab.level == here.level), key=lambda slab: slab.x)
        steps: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        place = beside.index(here) + steps.get(key, len(beside))
        return beside[place].node if 0 <= place < len(beside) else None


def _place(slab: Slab) -> QRectF:
    return QRectF(slab.x + 4, slab.level * ROW + 4, max(1.0, slab.width - 1), ROW - 1)


def _role(slab: Slab) -> str:
    """The colour of a rectangle; a batch is not red for some of its calls."""
    if slab.more:
        return "muted"
    kind = call_text.kind(slab.node)
    return "error" if kind != "batch" and call_text.is_failure(slab.node) else _ROLES[kind]


_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class IcicleView(QWidget):
    """The icicle with what it is weighted by.

    Signals:
        node_selected: A rectangle was chosen; its `Node`.
        menu_requested: What can be done with a `Node` is asked for, at a place of the screen.
    """

    node_selected = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._state = RunState()
        self._clock: Clock = lambda: self._state.now
        self._top: Node | None = None
        self._laid_out_at = 0.0
        self._took = 0.0
        self.canvas = _Canvas()
        self.canvas.chosen.connect(self._on_chosen)
        self.canvas.entered.connect(self.enter)
        self.canvas.menu_requested.connect(self._on_menu_requested)
        self.weight = QComboBox()
        self.weight.setAccessibleName(self.tr("Width of the rectangles"))
        for weight, (text, _nothing) in _WEIGHTS.items():
            self.weight.addItem(self.tr(text), weight)
        self.order = QComboBox()
        self.order.setAccessibleName(self.tr("Order of the rectangles"))
        for order, text in _ORDERS.items():
            self.order.addItem(self.tr(text), order)
        self.weight.currentIndexChanged.connect(self.lay_out)
        self.order.currentIndexChanged.connect(self.lay_out)
        self.whole = QPushButton(self.tr("Show the whole run"))
        self.whole.clicked.connect(lambda: self.enter(None))
        self.path = QLabel()
        self.path.setTextFormat(Qt.TextFormat.PlainText)
        self.path.setProperty("muted", True)
        line = QHBoxLayout()
        line.setContentsMargins(8, 4, 8, 4)
        line.setSpacing(8)
        for widget in (QLabel(self.tr("Width:")), self.weight, self.order):
            line.addWidget(widget)
        line.addWidget(self.path, 1)
        line.addWidget(self.whole)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidget(self.canvas)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = self._area.verticalScrollBar()
        bar.valueChanged.connect(lambda: self.canvas.update())  # the ring of the focus is around what shows
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self._area, 1)
        self._weights: call_weights.Weights | None = None
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._go_on)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.lay_out)

    def set_state(self, state: RunState, clock: Clock | None = None) -> None:
        """Show another run."""
        self._state = state
        self._clock = clock or (lambda: state.now)
        self._top = None
        self.canvas.select(None)
        self.canvas.show_slabs([], [], self.weight.currentData())  # not those of the other, should it take a while
        self.lay_out()

    def move_to(self, state: RunState, clock: Clock | None = None) -> None:
        """Show the same run at another moment, soon."""
        self._state = state
        self._clock = clock or (lambda: state.now)
        self._top = self._here(self._top)
        self.refresh()

    def _here(self, node: Node | None) -> Node | None:
        """The same row at the moment that is shown, if it is there: the rectangles may be those of another."""
        nodes = self._state.nodes
        return nodes[node.index] if node is not None and node.index < len(nodes) else None

    def refresh(self) -> None:
        """Take in what has happened, twice a second at most, and a twentieth of the time at most."""
        if self.isVisible() and not self._timer.isActive():
            pause = max(_AGAIN_SECONDS, self._took * 20)
            since = time.monotonic() - self._laid_out_at
            self._timer.start(int(max(0.0, pause - since) * 1000))

    def enter(self, node: Node | None) -> None:
        """Let `node` fill the width; None or the run shows all."""
        node = self._here(node)
        self._top = node if node is not None and node.parent is not None else None
        self.lay_out()

    def select(self, node: Node | None) -> None:
        """Mark a node; its ancestor fills the width no more when it is not below it."""
        if (
            node is not None
            and self._top is not None
            and self._top is not node
            and self._top not in node.ancestors()
        ):
            self.enter(None)
        self._mark(node)

    def _mark(self, node: Node | None) -> None:
        """Mark a node, and bring it into view."""
        self.canvas.select(node)
        if (slab := self.canvas.slab_of(node)) is not None:
            self._area.ensureVisible(0, round(_place(slab).center().y()), 0, ROW)

    def lay_out(self) -> None:
        """Measure and place everything anew."""
        self._timer.stop()
        self._laid_out_at = time.monotonic()
        top = self._top or (self._state.nodes[0] if self._state.nodes else None)
        self.whole.setVisible(self._top is not None)
        weight: Weight = self.weight.currentData()
        if top is None or not self.isVisible():
            self._slices.stop()
            self._weights = None
            self.path.clear()
            self.canvas.show_slabs([], [], weight)
            return
        self._weights = call_weights.Weights(self._state, weight, self._clock())
        self._go_on()

    def _go_on(self) -> None:
        """Measure for a slice of time; a big run takes several, and shows what it showed before meanwhile."""
        if self._weights is None:
            return
        if not self._weights.take(_SLICE_SECONDS):
            self._slices.start()
            return
        done, self._weights = self._weights, None
        done.sums += [0.0] * (
            len(self._state.nodes) - len(done.sums)
        )  # what has begun meanwhile weighs nothing yet
        self._place(done)

    def _place(self, done: call_weights.Weights) -> None:
        """Place everything by what it weighs."""
        weight: Weight = self.weight.currentData()
        order: Order = self.order.currentData()
        top, sums = self._top or self._state.nodes[0], done.sums
        names = [call_text.title(node) for node in (*reversed(list(top.ancestors())), top)]
        nothing = self.tr(_WEIGHTS[weight][1])
        self.path.setText(nothing if not sums[0] else " › ".join(names) if self._top else "")
        room = max(50.0, self._area.viewport().width() - 8.0)
        self.canvas.show_slabs(call_weights.icicle(top, sums, room, order, whole=done), sums, weight)
        self._took = time.monotonic() - self._laid_out_at

    def _on_chosen(self, node: Node) -> None:
        if (here := self._here(node)) is not None:
            self._mark(here)
            self.node_selected.emit(here)

    def _on_menu_requested(self, node: Node, place: QPoint) -> None:
        if (here := self._here(node)) is not None:
            self.menu_requested.emit(here, place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other rectangles."""
        super().resizeEvent(event)
        self.lay_out()

    def showEvent(self, event: QEvent) -> None:
        """What was hidden was not laid out."""
        self.lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The rectangles take it. Not a focus proxy: Tab would leave out the controls."""
        self.canvas.setFocus(event.reason())

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.canvas.update()

    def sizeHint(self) -> QSize:
        """As the tree."""
        return QSize(880, 400)
