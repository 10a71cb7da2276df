"""Texts measured by their characters: as wide as Qt says, cut to their room, drawn alike each time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication

from rlm_desktop.ui import theme
from rlm_desktop.ui.calls.faces import Face

_TEXTS = st.text(st.sampled_from("aWi1., …→\u00e4\u65e5\u0645\u0301\U0001f469\u200d"), max_size=60)


@pytest.fixture(scope="module")
def font(qapp: QApplication) -> QFont:
    figures = theme.figures_font(qapp.font())
    figures.setKerning(False)
    return figures


@pytest.mark.parametrize("text", ["182 k → 9.5 k", "≥ $0.0012", "1:51", "20 ms", "–", "1.234,5 €", "日本"])
def test_figures_are_as_wide_as_qt_says(font: QFont, text: str) -> None:
    assert Face(font, 24, 1.0).width(text) == pytest.approx(QFontMetricsF(font).horizontalAdvance(text), abs=0.1)


@given(text=_TEXTS, room=st.integers(-5, 300))
def test_what_is_cut_fits_and_begins_as_the_whole(font: QFont, text: str, room: int) -> None:
    shown, wide = Face(font, 24, 1.0).fit(text, room)
    assert wide <= max(0, room)
    if not shown:
        return  # there is no room for anything
    kept = shown.removesuffix("…").removesuffix("\u200d")  # Qt lets a joined letter look joined where it is cut
    assert shown == text or (shown.endswith("…") and text.startswith(kept))


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_text_that_is_drawn_again_looks_the_same(font: QFont, ratio: float) -> None:
    face = Face(font, 24, ratio)
    first, *others = (_drawn(face, "llm_query_batch ×250 → AVATAR", ratio) for _ in range(3))
    assert others == [first, first]


def _drawn(face: Face, text: str, ratio: float) -> QImage:
    image = QImage(round(300 * ratio), round(48 * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(face.font)
    face.draw(painter, 7.5, 24, text)
    painter.end()
    return image
