"""Colours, sizes, fonts and icons: light, dark, or as the system has it; close together or with room.

`Theme` dresses the application. A widget that paints by itself asks `colours_of(self)` and looks again when Qt
tells it that its palette changed (`QEvent.Type.PaletteChange`); nothing else has to be passed around. The colours
are those of the design; each text colour has a contrast of at least 4.5 on every ground that it is written on.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from rlm_desktop import paths

if TYPE_CHECKING:
    # PySide makes a class with all its enumerations when it is named: the first paint waits for those above.
    from PySide6.QtGui import QIcon
    from PySide6.QtSvg import QSvgRenderer
    from PySide6.QtWidgets import QTableView

Mode: TypeAlias = Literal["system", "light", "dark"]
Density: TypeAlias = Literal["compact", "normal", "roomy"]
GRID = 8
STYLE = ("-style", "Fusion")
"""For the arguments of the application that a `Theme` dresses. `setStyle` would return the style, and PySide would
make its class with 600 names of enumerations for it: 10 ms."""
_ICON_SCALES = (1, 2, 3)


class Colours(NamedTuple):
    """One set of colours, as `#RRGGBB`.

    Attributes:
        window / panel: The two grounds: what one reads on, and what frames it.
        field: Ground of inputs.
        line: Separators and frames; never text.
        edge: Frames of inputs: 3 to 1 on every ground, so that one sees where to click.
        hover / selection: Grounds of rows.
        rlm: Also the accent and what is running.
    """

    is_dark: bool
    window: str
    panel: str
    field: str
    line: str
    edge: str
    hover: str
    selection: str
    text: str
    muted: str
    rlm: str
    llm: str
    code: str
    batch: str
    ok: str
    warning: str
    error: str
    on_accent: str

    @property
    def faint(self) -> str:
        """Of the icons of what cannot be done now; never of text."""
        return "#6C7482" if self.is_dark else "#9AA1AC"

    @property
    def accent(self) -> str:
        """The one accent."""
        return self.rlm


LIGHT = Colours(
    is_dark=False,
    window="#FFFFFF",
    panel="#F6F7F9",
    field="#FFFFFF",
    line="#D9DDE4",
    edge="#828A98",
    hover="#EEF1F6",
    selection="#E8F0FD",
    text="#1B1F27",
    muted="#5A6372",
    rlm="#1F5FBF",
    llm="#0B7A75",
    code="#6B46C1",
    batch="#8A5A00",
    ok="#1E7B34",
    warning="#8F5B00",
    error="#B3261E",
    on_accent="#FFFFFF",
)
DARK = Colours(
    is_dark=True,
    window="#16181D",
    panel="#1D2027",
    field="#16181D",
    line="#343A46",
    edge="#6A7280",
    hover="#22262F",
    selection="#1F3557",
    text="#E6E9EF",
    muted="#9AA4B2",
    rlm="#7FB0FF",
    llm="#4FD1C5",
    code="#B79CFF",
    batch="#E0B060",
    ok="#6BCB80",
    warning="#F0B84A",
    error="#FF8A80",
    on_accent="#10131A",
)
STRONG_LIGHT = LIGHT._replace(
    panel="#FFFFFF",
    line="#5A6372",
    edge="#5A6372",
    hover="#EEF1F6",
    text="#000000",
    muted="#363E4A",
    rlm="#164890",
    llm="#065955",
    code="#53349C",
    batch="#664200",
    ok="#145A25",
    warning="#664100",
    error="#8E1B14",
)
"""For whom the system says that they need more contrast: 7 for texts, lines that are seen."""
STRONG_DARK = DARK._replace(
    window="#000000",
    panel="#000000",
    field="#000000",
    line="#9AA4B2",
    edge="#9AA4B2",
    hover="#1A1D24",
    selection="#14284A",
    text="#FFFFFF",
    muted="#C6CED9",
    rlm="#9CC2FF",
    code="#C9B5FF",
    error="#FFA39B",
)


class Sizes(NamedTuple):
    """How much room things take, in logical pixels beside their text.

    Attributes:
        row: Of a row of a table.
        control: Above and below the text of a button or an input.
        item: The same of an entry of a menu.
        tab: The same of a tab.
    """

    row: int
    control: int
    item: int
    tab: int


SIZES: dict[Density, Sizes] = {
    "compact": Sizes(row=6, control=2, item=2, tab=4),
    "normal": Sizes(row=10, control=4, item=4, tab=6),
    "roomy": Sizes(row=16, control=7, item=8, tab=9),
}
_DENSITY, _STRONG = "rlmDensity", "rlmStrongContrast"
_DIGIT = 8
"""The width of a digit of the usual size."""
_LEAST_ROW = 18
"""An icon has to fit in."""


def row_height(widget: QWidget) -> int:
    """How high a row of a table in `widget` is, by its font and the density.

    Look again when Qt tells of another style or font (`QEvent.Type.StyleChange`, `FontChange`).
    """
    density: Density = QApplication.instance().property(_DENSITY) or "normal"  # type: ignore[union-attr]
    return max(_LEAST_ROW, (widget.fontMetrics().height() + SIZES[density].row + 1) // 2 * 2)


def scaled(widget: QWidget, pixels: int) -> int:
    """Room for what takes so many pixels in letters of the usual size: more in larger ones, never less."""
    return max(pixels, round(pixels * widget.fontMetrics().horizontalAdvance("0") / _DIGIT))


def size_rows(table: QTableView) -> None:
    """Give all rows of `table` the height of `row_height`; to be done again in its `changeEvent`, as said there."""
    rows, height = table.verticalHeader(), row_height(table)
    if rows.defaultSectionSize() != height:
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)


def colours_of(widget: QWidget) -> Colours:
    """The colours that `widget` is to paint with."""
    ground = widget.palette().color(QPalette.ColorRole.Window)
    if not ground.alpha():  # the style sheet lets it show what is below
        ground = QApplication.palette().color(QPalette.ColorRole.Window)
    is_strong = bool(QApplication.instance().property(_STRONG))  # type: ignore[union-attr]
    return _colours(is_dark=ground.lightness() < 128, is_strong=is_strong)


def _colours(*, is_dark: bool, is_strong: bool) -> Colours:
    if is_strong:
        return STRONG_DARK if is_dark else STRONG_LIGHT
    return DARK if is_dark else LIGHT


def status_role(status: str) -> str:
    """The colour of a status, as a field of `Colours`."""
    return _STATUS_ROLES.get(status, "warning")


_STATUS_ROLES = {
    "queued": "muted",
    "running": "rlm",
    "completed": "ok",
    "failed": "error",
    "error": "error",
    "killed": "error",
    "ok": "ok",
    "cancelled": "muted",
    "interrupted": "warning",
}


def status_icon(status: str) -> str:
    """The icon of a status; what is not known is a limit."""
    return status if status in ("queued", "running", "completed", "failed", "cancelled", "interrupted") else "limit"


def code_font(widget: QWidget | None = None) -> QFont:
    """The font of code, output and figures: fixed width, as large as the text beside it.

    Given to a widget it goes on following the size of the application's text.
    """
    from PySide6.QtGui import QFontDatabase

    font = QFont()  # no size of its own
    font.setFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
    font.setStyleHint(QFont.StyleHint.Monospace)
    if widget is not None and widget.font().pointSizeF() != font.pointSizeF():
        font.setPointSizeF(widget.font().pointSizeF())
    return font


def figures_font(font: QFont) -> QFont:
    """`font` with figures of one width, so that columns of numbers line up."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures


# -- icons ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The icon `name` drawn in `colour`, `size` logical pixels wide."""
    from PySide6.QtGui import QImage, QPainter

    image = QImage(round(size * ratio), round(size * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, colour).render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    drawn = QPixmap.fromImage(image)
    drawn.setDevicePixelRatio(ratio)
    return drawn


def _renderer(name: str, colour: str) -> QSvgRenderer:
    from PySide6.QtSvg import QSvgRenderer

    source = paths.resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))


@lru_cache(maxsize=512)
def icon(name: str, colours: Colours, role: str = "text") -> QIcon:
    """The icon `name` in the colour `role`, for buttons and menus; grey when disabled."""
    from PySide6.QtGui import QIcon

    made = QIcon()
    for scale in _ICON_SCALES:
        made.addPixmap(pixmap(name, getattr(colours, role), 16 * scale))
        made.addPixmap(pixmap(name, colours.faint, 16 * scale), QIcon.Mode.Disabled)
    return made


# -- the application's dress ------------------------------------------------------------------------------------


class Theme(QObject):
    """Dresses an application that was made with `STYLE`, and follows the system when asked to.

    Signals:
        changed: The colours are others now.
    """

    changed = Signal()

    def __init__(
        self, app: QApplication, mode: Mode = "system", density: Density = "normal", percent: int = 100
    ) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self._density: Density = density
        self._percent = percent
        self._points = app.font().pointSizeF()
        self._applied: object = None
        self._hints = app.styleHints()  # held: what it gives goes with it
        self._access = self._hints.accessibility()
        self._hints.colorSchemeChanged.connect(self._apply)
        self._access.contrastPreferenceChanged.connect(self._apply)
        self.set_mode(mode)

    @property
    def mode(self) -> Mode:
        """What was chosen."""
        return self._mode

    @property
    def colours(self) -> Colours:
        """The colours in use."""
        is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        if self._mode != "system":
            is_dark = self._mode == "dark"
        return _colours(is_dark=is_dark, is_strong=self._is_strong)

    @property
    def _is_strong(self) -> bool:
        """Whether the system asks for more contrast."""
        return self._access.contrastPreference() == Qt.ContrastPreference.HighContrast

    def set_mode(self, mode: Mode) -> None:
        """Dress in light, dark, or as the system has it."""
        self._mode = mode
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        self._app.styleHints().setColorScheme(schemes.get(mode, Qt.ColorScheme.Unknown))
        self._apply()

    def set_sizes(self, density: Density, percent: int) -> None:
        """Give things more or less room, and the text so many percent of the system's size."""
        self._density, self._percent = density, percent
        self._apply()

    def _apply(self) -> None:
        wanted = self.colours, self._density, self._percent
        if wanted == self._applied:
            return
        self._applied = wanted
        self._app.setProperty(_DENSITY, self._density)
        self._app.setProperty(_STRONG, self._is_strong)
        font = self._app.font()
        if font.pointSizeF() != (points := self._points * self._percent / 100):
            font.setPointSizeF(points)
            self._app.setFont(font)
        self._app.setPalette(_qt_palette(self.colours))
        letters = QFontMetrics(self._app.font()).height()
        self._app.setStyleSheet(_style_sheet(self.colours, self._density, points, letters))
        self.changed.emit()


def _qt_palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, source in {
        role.Window: colours.panel,
        role.WindowText: colours.text,
        role.Base: colours.window,
        role.AlternateBase: colours.panel,
        role.Text: colours.text,
        role.PlaceholderText: colours.muted,
        role.Button: colours.panel,
        role.ButtonText: colours.text,
        role.BrightText: colours.error,
        role.Highlight: colours.selection,
        role.HighlightedText: colours.text,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.code,
        role.ToolTipBase: colours.panel,
        role.ToolTipText: colours.text,
        role.Light: colours.window,
        role.Midlight: colours.hover,
        role.Mid: colours.line,
        role.Dark: colours.line,
        role.Shadow: colours.line,
    }.items():
        palette.setColor(target, QColor(source))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(colours.muted))
    return palette


def _style_sheet(colours: Colours, density: Density, points: float, letters: int) -> str:
    """One sheet for everything: a second one on the window would have every widget in it polished twice.

    A height in the sheet overrules what a control needs for its letters, so it grows with them.
    """
    values = {
        **colours._asdict(),
        **{name: f"{pixels}px" for name, pixels in SIZES[density]._asdict().items()},
        "high": f"{max(16, letters + 2)}px",
        "low": f"{max(14, letters)}px",
        "title": f"{points * 1.7:.1f}pt",
        "icons": paths.resource("icons").as_posix(),
        "tick": "tick-dark.svg" if colours.is_dark else "tick-light.svg",  # a sheet cannot colour a picture
    }
    template = "".join(paths.resource(f"{name}.qss").read_text(encoding="utf-8") for name in ("theme", "window"))
    return re.sub(r"@(\w+)", lambda match: values[match[1]], template)
