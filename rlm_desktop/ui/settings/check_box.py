"""The check box that Qt does not have."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QStyle, QStyleOptionButton


class WrappedCheckBox(QCheckBox):
    """A check box whose words go on in a further line where one is full; Qt's own only has one."""

    _FLAGS = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextShowMnemonic

    def __init__(self, text: str) -> None:
        super().__init__(text)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _words(self, width: int) -> QRect:
        """Where the words are in so much width."""
        style = self.style()
        left = style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, self)
        left += style.pixelMetric(QStyle.PixelMetric.PM_CheckBoxLabelSpacing, None, self) + 2
        room = QRect(left, 0, max(1, width - left), 1 << 16)
        return self.fontMetrics().boundingRect(room, int(self._FLAGS), self.text())

    def hasHeightForWidth(self) -> bool:  # noqa: D102
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: D102
        return max(super().sizeHint().height(), self._words(width).height())

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        longest = max((self.fontMetrics().horizontalAdvance(word) for word in self.text().split()), default=0)
        whole = super().sizeHint()
        return QSize(min(whole.width(), self._words(1).left() + longest), whole.height())

    def hitButton(self, pos: QPoint) -> bool:  # noqa: D102
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""  # type: ignore[attr-defined]
        option.rect.setHeight(super().sizeHint().height())  # type: ignore[attr-defined]
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_CheckBox, option, painter, self)
        words = self._words(self.width())
        if words.height() < option.rect.height():  # type: ignore[attr-defined]
            words.moveTop((option.rect.height() - words.height()) // 2)  # type: ignore[attr-defined]
        group = self.palette().ColorGroup.Active if self.isEnabled() else self.palette().ColorGroup.Disabled
        painter.setPen(self.palette().color(group, self.palette().ColorRole.WindowText))
        painter.drawText(words, int(self._FLAGS), self.text())
