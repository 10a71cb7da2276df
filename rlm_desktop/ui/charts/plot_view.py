"""A chart on the screen: values under the pointer, keys, a screen reader's words, and files of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import shiboken6
from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from rlm_desktop.ui import theme
from rlm_desktop.ui.charts.plot import Plot
from rlm_desktop.ui.charts.plot_painter import BAR, Faces, PlotPainter
from rlm_desktop.ui.file_dialog import file_dialog
from rlm_desktop.ui.loop import Tasks
from rlm_desktop.ui.theme import Colours

_HEIGHT = 200
_AROUND_BARS = 90
_SCALE = 2
"""Pixels of a picture for each one of the screen."""


class PlotView(QWidget):
    """Shows one `Plot`.

    Left and Right (in a bar chart Up and Down) go from value to value; what each says is in the place of the
    summary and in the accessible description.

    Signals:
        saved: A file was written; its path.
        failed: It could not be; the reason.
    """

    saved = Signal(str)
    failed = Signal(str)

    def __init__(self, plot: Plot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = plot
        self._slot = -1
        self._saving = 0
        self._drawn: PlotPainter
        self._drawn_for: tuple[Plot, QRect, Colours, Faces] | None = None
        self._tasks = Tasks(lambda error: self.failed.emit(str(error)))
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # all of it is filled below
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.more = QToolButton(self)
        self.more.setObjectName("chartMenu")
        self.more.setToolTip(self.tr("Copy or save the chart"))
        self.more.clicked.connect(lambda: self._open_menu(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self.set_plot(plot)
        self._restyle()

    @property
    def plot(self) -> Plot:
        """What is shown."""
        return self._plot

    def set_plot(self, plot: Plot) -> None:
        """Show another one, or what it has become."""
        if len(plot.slots) != len(self._plot.slots):
            self._slot = min(self._slot, len(plot.slots) - 1)
            self.updateGeometry()
        self._plot = plot
        self.setAccessibleName(": ".join(filter(None, (plot.title, plot.summary))))
        self.more.setAccessibleName(self.tr("Copy or save the chart {title}").format(title=plot.title))
        self._describe()
        self.update()

    @property
    def readout(self) -> str:
        """What the marked slot says; empty when none is marked."""
        is_known = 0 <= self._slot < len(self._plot.slots) and not self._plot.is_empty
        return self._plot.readout(self._slot) if is_known else ""

    def _describe(self) -> None:
        self.setAccessibleDescription(self.readout or self._plot.summary)

    def _mark(self, slot: int) -> None:
        if slot != self._slot:
            self._slot = slot
            self._describe()
            self.update()

    # -- painting -------------------------------------------------------------------------------------------

    def _place(self) -> QRect:
        """Where the chart is: beside its button."""
        return self.rect().adjusted(0, 0, -self.more.width(), 0)

    def _painter(self) -> PlotPainter:
        """That for the screen: kept until something else is shown, or elsewhere, or in other colours."""
        wanted = (self._plot, self._place(), theme.colours_of(self), self._faces)
        if self._drawn_for != wanted:
            self._drawn_for = wanted
            plot, place, colours, faces = wanted
            self._drawn = PlotPainter(QRectF(place), plot, colours, faces)
        return self._drawn

    def _painter_of_file(self) -> PlotPainter:
        return PlotPainter(QRectF(self.rect()), self._plot, theme.colours_of(self), Faces(self.font()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plot, and a frame while it has the focus."""
        if self._faces.ratio != self.devicePixelRatioF():
            self._restyle()  # the window has moved to another screen
        painter = QPainter(self)
        colours = theme.colours_of(self)
        painter.fillRect(self.rect(), QColor(colours.window))
        readout = self.tr("Saving…") if self._saving else self.readout
        self._painter().draw(painter, self._slot, readout)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)  # else that of the last mark
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button stays in its corner."""
        super().resizeEvent(event)
        self.more.adjustSize()
        self.more.move(self.width() - self.more.width() - 4, 4)

    def changeEvent(self, event: QEvent) -> None:
        """Other colours, another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._restyle()

    def _restyle(self) -> None:
        self._faces = Faces(self.font(), self.devicePixelRatioF())
        self.more.setIcon(theme.icon("save", theme.colours_of(self), "muted"))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all bars, or a good shape for a curve."""
        bars = len(self._plot.slots) * BAR if self._plot.kind == "bars" else 0
        return QSize(360, bars + _AROUND_BARS if bars else _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Bars are never squeezed."""
        return QSize(240, self.sizeHint().height())

    # -- the person -----------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The value under the pointer."""
        self._mark(self._slot_at(event.position()))

    def _slot_at(self, position: QPointF) -> int:
        return self._painter().slot_at(position)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left."""
        self._mark(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The summary again."""
        super().focusOutEvent(event)
        self._mark(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From value to value."""
        last = len(self._plot.slots) - 1
        across = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        back, on = (Qt.Key.Key_Up, Qt.Key.Key_Down) if self._plot.kind == "bars" else across
        to: dict[int, int] = {back: max(0, self._slot - 1), on: self._slot + 1}
        to |= {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        place = to.get(event.key())
        if place is None or self._plot.is_empty:
            super().keyPressEvent(event)
        else:
            self._mark(min(place, last))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the chart."""
        self._open_menu(event.globalPos())

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy as a picture"), self.copy)
        menu.addAction(self.tr("Save as PNG…"), lambda: self._choose_file("png"))
        menu.addAction(self.tr("Save as SVG…"), lambda: self._choose_file("svg"))
        menu.popup(place)

    # -- files ----------------------------------------------------------------------------------------------

    def picture(self) -> QImage:
        """The chart, twice as fine as on the screen."""
        image = QImage(self.size() * _SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_SCALE)
        painter = QPainter(image)
        self._painter_of_file().draw(painter)
        painter.end()
        return image

    def svg(self) -> bytes:
        """The chart as an SVG file."""
        from PySide6.QtSvg import QSvgGenerator

        written = QByteArray()
        buffer = QBuffer(written)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size())
        generator.setViewBox(self.rect())
        generator.setTitle(self._plot.title)
        generator.setDescription(self._plot.summary)
        painter = QPainter(generator)
        self._painter_of_file().draw(painter)
        painter.end()
        return bytes(written.data())

    def copy(self) -> None:
        """Put it on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture())

    def _choose_file(self, kind: str) -> None:
        forms = {"png": self.tr("Pictures (*.png)"), "svg": self.tr("Drawings (*.svg)")}
        name = f"{self._plot.title.lower().replace(' ', '-')}.{kind}"
        dialog = file_dialog(self, self.tr("Save the chart"), filters=forms[kind], save_as=name, suffix=kind)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write a file; its ending says of which kind, PNG when it has none. Off the loop: drives may be slow."""
        drawn = self.svg() if Path(path).suffix.lower() == ".svg" else self.picture()
        self._tasks.spawn(self._save_to(path, drawn), name="save chart")

    async def _save_to(self, path: str, drawn: bytes | QImage) -> None:
        self._show_saving(1)
        failure: OSError | None = None
        try:
            await asyncio.to_thread(_write, Path(path), drawn)
        except OSError as error:
            failure = error
        if not shiboken6.isValid(self):  # the window was closed meanwhile
            return
        self._show_saving(-1)
        if failure is None:
            self.saved.emit(path)
        else:
            reason = self.tr("{path}: {reason}. Choose another place.")
            self.failed.emit(reason.format(path=path, reason=failure.strerror or failure))

    def _show_saving(self, more: int) -> None:
        self._saving += more
        self.more.setEnabled(not self._saving)
        self.update()


def _write(path: Path, drawn: bytes | QImage) -> None:
    """Write a chart; a picture becomes PNG here, which takes longer than drawing it."""
    path.write_bytes(drawn if isinstance(drawn, bytes) else _png(drawn))


def _png(picture: QImage) -> bytes:
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]
    return bytes(written.data())
