"""Draws the program's icon in every size and form that a desktop wants, from the one SVG."""

from __future__ import annotations

import os
from pathlib import Path

SVG = Path(__file__).resolve().parents[2] / "resources" / "rlm-desktop.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw(folder: Path) -> None:
    """Write `<size>.png` for each size, and the icons of Windows and macOS."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    renderer = QSvgRenderer(str(SVG))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
    largest = Image.open(folder / "512.png")
    largest.save(folder / "rlm-desktop.ico", sizes=[(size, size) for size in SIZES if size <= 256])
    largest.save(folder / "rlm-desktop.icns")
