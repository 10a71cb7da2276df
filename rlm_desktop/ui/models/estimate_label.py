"""What the question will probably cost, beside the Ask button, and a warning where a window is too small."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from rlm_desktop.engine.estimate import Estimate, estimate, window_needs
from rlm_desktop.engine.limits import Limits
from rlm_desktop.engine.model_lists import too_small
from rlm_desktop.engine.options import RunOptions
from rlm_desktop.engine.prices import price_of
from rlm_desktop.settings import Settings
from rlm_desktop.ui.figures import counted, dollars, money, short_count
from rlm_desktop.ui.models.book import ProviderBook
from rlm_desktop.ui.window_style import set_property

_LEAST_EMS = 5


class EstimateLabel(QLabel):
    """One short line, cut where there is too little room; its tooltip says how it comes about.

    Signals:
        clicked: The person wants to know more.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.warning = ""
        set_property(self, "muted", True)
        self.hide()

    def show_estimate(self, book: ProviderBook, settings: Settings, characters: int) -> None:
        """Estimate a question over so many characters; nothing to say without documents."""
        if not characters or book.known is None:
            self.hide()
            self.warning = ""
            return
        found = estimate_of(book, settings, characters)
        self.warning = window_warning(book, settings, found)
        text = estimate_text(found)
        if self.warning:
            text = QCoreApplication.translate("Estimate", "⚠ may be cut · {text}").format(text=text)
        self.setText(text)
        set_property(self, "level", "warning" if self.warning or _is_over(found, settings) else "")
        tip = "\n".join(filter(None, (self.warning, estimate_details(found, settings))))
        self.setToolTip(tip)
        self.setAccessibleName(QCoreApplication.translate("Estimate", "Estimate: {text}").format(text=text))
        self.setAccessibleDescription(tip)
        self.show()

    def minimumSizeHint(self) -> QSize:
        """A few letters: what it says must not make the whole window's columns move."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), _LEAST_EMS * self.fontMetrics().height()), whole.height())

    def paintEvent(self, arg__1: QPaintEvent) -> None:  # noqa: D102
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.style().drawItemText(
            QPainter(self), self.rect(), place, self.palette(), self.isEnabled(), text, self.foregroundRole()
        )

    def mousePressEvent(self, ev: QMouseEvent) -> None:  # noqa: D102
        super().mousePressEvent(ev)
        self.clicked.emit()


def estimate_of(book: ProviderBook, settings: Settings, characters: int) -> Estimate:
    """What a question with these settings will probably use."""
    root, sub = settings.root_model, settings.sub_model_or_root
    options = RunOptions(
        model=root,
        sub_model=sub,
        max_depth=settings.max_depth,
        max_iterations=settings.max_iterations,
        output_limit=settings.output_limit,
        limits=Limits(),
    )
    return estimate(characters, options, price_of(root, book.find(root)), price_of(sub, book.find(sub)))


def window_warning(book: ProviderBook, settings: Settings, found: Estimate) -> str:
    """Why a model's window is too small for what it will be sent; empty when none is."""
    needed = window_needs(settings.root_model, settings.sub_model_or_root, found.context_tokens)
    for model, tokens in needed.items():
        provider = book.find(model)
        if provider is not None and (text := too_small(provider, model, tokens)):
            return text
    return ""


def _is_over(found: Estimate, settings: Settings) -> bool:
    budget = settings.budget_usd
    return budget is not None and found.low_usd is not None and found.low_usd > budget


def estimate_text(found: Estimate) -> str:
    """The short line: `≈ $0.01 – $0.12`."""
    if found.is_free:
        return QCoreApplication.translate("Estimate", "free")
    if found.low_usd is None or found.high_usd is None:
        return QCoreApplication.translate("Estimate", "cost unknown")
    return f"≈ {_rounded(found.low_usd)} – {_rounded(found.high_usd)}"


def _rounded(usd: float) -> str:
    """An estimate has no use for tenths of a cent."""
    return f"< {dollars(0.01, 2)}" if 0 < usd < 0.01 else dollars(usd, 2)


def estimate_details(found: Estimate, settings: Settings) -> str:
    """How the estimate comes about, in lines."""
    translate = QCoreApplication.translate
    chunks = counted(found.chunks, "sub-call")
    lines = [
        translate(
            "Estimate", "The documents have about {tokens} tokens; reading all of them takes about {chunks}."
        ).format(tokens=short_count(found.context_tokens), chunks=chunks),
        translate("Estimate", "Least, when searches find it: {tokens} tokens.").format(
            tokens=short_count(found.low.tokens)
        ),
        translate("Estimate", "Most, when all is read once: {tokens} tokens.").format(
            tokens=short_count(found.high.tokens)
        ),
    ]
    if not found.is_known:
        lines.append(
            translate("Estimate", "The price of a model is not known. It can be entered under Settings > Prices.")
        )
    if settings.budget_usd is None and not found.is_free:
        lines.append(translate("Estimate", "There is no budget: the run stops at its other limits only."))
    elif settings.budget_usd is not None:
        lines.append(
            translate("Estimate", "The run warns at 80% of the budget and stops at {budget}.").format(
                budget=money(settings.budget_usd)
            )
        )
    return "\n".join(lines)
