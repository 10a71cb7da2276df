from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QSpinBox,
    QStyle,
    QTabBar,
    QToolButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rlm_desktop import paths
from rlm_desktop.ui import theme
from rlm_desktop.ui.theme import DARK, LIGHT, STRONG_DARK, STRONG_LIGHT, Colours, Sizes, Theme, colours_of
from rlm_desktop.ui.window_style import align_labels
from tests.conftest import PROJECT

TEXTS = ("text", "muted", "rlm", "llm", "code", "batch", "ok", "warning", "error")
GROUNDS = ("window", "panel", "field", "hover")


def _luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    made = QColor(colour)
    return 0.2126 * linear(made.redF()) + 0.7152 * linear(made.greenF()) + 0.0722 * linear(made.blueF())


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("colours", "least"),
    [(LIGHT, 4.5), (DARK, 4.5), (STRONG_LIGHT, 7.0), (STRONG_DARK, 7.0)],
    ids=["light", "dark", "strong light", "strong dark"],
)
def test_every_text_colour_can_be_read_on_every_ground(colours: Colours, least: float) -> None:
    poor = {
        (text, ground): round(_contrast(getattr(colours, text), getattr(colours, ground)), 2)
        for text in TEXTS
        for ground in (*GROUNDS, "selection")
        if _contrast(getattr(colours, text), getattr(colours, ground)) < least
    }
    assert poor == {}
    assert _contrast(colours.on_accent, colours.accent) >= least
    assert all(_contrast(colours.edge, getattr(colours, ground)) >= 3 for ground in GROUNDS), "WCAG 1.4.11"


@pytest.mark.parametrize("name", ["", "small", "chip", "followPill", "primary", "check", "radio"])
def test_where_the_keyboard_is_one_ring_says(qapp: QApplication, qtbot: QtBot, name: str) -> None:
    """Come by Tab: the style would draw a frame of its own within."""
    Theme(qapp, "light")
    whole, first = QWidget(), QLineEdit()
    kinds: dict[str, type[QAbstractButton]] = {"check": QCheckBox, "radio": QRadioButton}
    button = kinds.get(name, QPushButton)("Words")
    button.setObjectName(name)
    button.setProperty("primary", name == "primary")
    layout = QVBoxLayout(whole)
    layout.addWidget(first)
    layout.addWidget(button)
    qtbot.addWidget(whole)
    with qtbot.waitActive(whole):
        whole.show()
        whole.activateWindow()
    first.setFocus()
    before = button.grab().toImage()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert button.hasFocus()
    after = button.grab().toImage()
    inner = after.rect().adjusted(12, 3, -12, -3)
    if name in kinds:
        inner.setLeft(24)  # their ring is around the box
    assert after != before
    assert after.copy(inner) == before.copy(inner)


def test_who_needs_more_contrast_gets_it_at_once(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    dressed = Theme(qapp, "light")
    assert colours_of(QWidget()) == LIGHT
    monkeypatch.setattr(Theme, "_is_strong", True)
    dressed._access.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert colours_of(QWidget()) == dressed.colours == STRONG_LIGHT
    assert _contrast(STRONG_LIGHT.line, STRONG_LIGHT.field) >= 3
    dressed.set_mode("dark")
    assert colours_of(QWidget()) == dressed.colours == STRONG_DARK
    assert _contrast(STRONG_DARK.line, STRONG_DARK.field) >= 3
    monkeypatch.undo()
    dressed.set_mode("light")
    assert colours_of(QWidget()) == LIGHT


def test_all_icons_can_be_drawn_in_any_colour() -> None:
    files = paths.resource("icons").glob("*.svg")
    names = sorted(file.stem for file in files if "currentColor" in file.read_text(encoding="utf-8"))
    assert len(names) > 30
    for name in names:
        red = theme.pixmap(name, "#FF0000").toImage()
        inked = [red.pixelColor(x, y) for x in range(16) for y in range(16) if red.pixelColor(x, y).alpha() > 90]
        assert inked, name
        assert all(colour.red() > 200 and colour.green() < 60 for colour in inked), name


def test_the_style_sheet_names_only_colours_that_exist(qapp: QApplication) -> None:
    known = {*Colours._fields, *Sizes._fields}
    known |= {"title", "icons", "tick", "high", "low"}
    texts = "".join(paths.resource(f"{name}.qss").read_text(encoding="utf-8") for name in ("theme", "window"))
    used = set(re.findall(r"@(\w+)", texts))
    assert used <= known


def test_controls_are_as_high_as_their_letters_need(qapp: QApplication, qtbot: QtBot) -> None:
    dressed = Theme(qapp, "light")
    column = QWidget()
    qtbot.addWidget(column)
    layout = QVBoxLayout(column)
    small = QPushButton("Ask")
    small.setObjectName("small")
    controls = (QLineEdit("Ask"), QPushButton("Ask"), QComboBox(), QSpinBox(), small)
    for control in controls:
        layout.addWidget(control)
    for percent in (100, 150, 200):
        dressed.set_sizes("normal", percent)
        column.show()
        assert all(control.minimumHeight() >= control.fontMetrics().height() for control in controls)
        assert controls[0].minimumHeight() >= controls[0].sizeHint().height() - 1
    dressed.set_sizes("normal", 100)
    qapp.setStyleSheet("")
    dressed.deleteLater()


def test_a_button_without_ground_has_the_colours_of_what_is_below(qapp: QApplication, qtbot: QtBot) -> None:
    dressed = Theme(qapp, "light")
    button = QToolButton()
    qtbot.addWidget(button)
    button.ensurePolished()
    assert theme.colours_of(button) is LIGHT
    qapp.setStyleSheet("")
    dressed.deleteLater()


def test_modes_change_the_palette_and_tell(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    widget = QLabel(window)
    dressed = Theme(qapp, "light")
    told: list[None] = []
    dressed.changed.connect(lambda: told.append(None))
    assert theme.colours_of(widget) is LIGHT
    dressed.set_mode("dark")
    assert theme.colours_of(widget) is DARK
    assert dressed.colours is DARK
    dressed.set_mode("light")
    assert len(told) == 2
    qapp.setStyleSheet("")
    dressed.deleteLater()


def test_density_and_size_of_the_text_hold_at_once(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    label, code, button = QLabel("text"), QPlainTextEdit(), QPushButton("Do")
    code.setFont(theme.code_font(code))
    for widget in (label, code, button):
        column.addWidget(widget)
    dressed = Theme(qapp, "light")
    normal = theme.row_height(label), button.sizeHint().height(), label.fontMetrics().height()
    points = qapp.font().pointSizeF()
    dressed.set_sizes("compact", 100)
    assert theme.row_height(label) < normal[0]
    assert button.sizeHint().height() < normal[1]
    dressed.set_sizes("roomy", 150)
    assert theme.row_height(label) > normal[0]
    assert label.fontMetrics().height() > normal[2]
    assert label.font().pointSizeF() == code.font().pointSizeF() == points * 1.5
    assert code.font().families() == theme.code_font().families()
    dressed.set_sizes("normal", 100)
    assert (theme.row_height(label), button.sizeHint().height(), label.fontMetrics().height()) == normal
    qapp.setStyleSheet("")
    dressed.deleteLater()


def test_nothing_moves_by_itself(qapp: QApplication, qtbot: QtBot) -> None:
    """Who is disturbed by motion meets none: the styles of Qt animate nothing, nor does the window."""
    dressed = Theme(qapp, "light")
    duration = QStyle.StyleHint.SH_Widget_Animation_Duration
    for kind in (QTreeWidget, QScrollBar, QProgressBar, QPushButton, QCheckBox, QComboBox, QMenu, QTabBar):
        widget = kind()
        qtbot.addWidget(widget)
        widget.ensurePolished()
        assert widget.style().styleHint(duration, None, widget) == 0, kind
        assert not isinstance(widget, QTreeWidget) or not widget.isAnimated()
    moving = re.compile(r"Q\w*Animation|QMovie|setRange\(0, 0\)|setAnimated\(True|QGraphicsEffect")
    code = [file for file in (PROJECT / "rlm_desktop/ui").rglob("*.py") if moving.search(file.read_text("utf-8"))]
    assert code == []
    qapp.setStyleSheet("")
    dressed.deleteLater()


@pytest.mark.parametrize("density", theme.SIZES)
def test_labels_stand_on_the_line_of_their_fields(qapp: QApplication, qtbot: QtBot, density: theme.Density) -> None:
    dressed = Theme(qapp, "light", density)
    page = QWidget()
    qtbot.addWidget(page)
    form = QFormLayout(page)
    fields: list[QWidget] = [QLineEdit(), QComboBox(), QSpinBox()]
    for field in fields:
        form.addRow("Name", field)
    align_labels(form)
    page.show()
    for field in fields:
        label = form.labelForField(field)
        assert abs(label.geometry().center().y() - field.geometry().center().y()) <= 1
    dressed.deleteLater()


def test_every_icon_is_used() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "rlm_desktop" / "ui").rglob("*.py")]
    sources += [path.read_text(encoding="utf-8") for path in (PROJECT / "resources").glob("*.qss")]
    text = "".join(sources)
    names = [path.stem for path in (PROJECT / "resources" / "icons").glob("*.svg")]
    assert [name for name in names if not re.search(rf'["/]{name}(\.svg)?"', text)] == []
