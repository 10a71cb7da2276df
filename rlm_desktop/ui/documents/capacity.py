"""What one plain model call could hold, beside what the documents are: perhaps no RLM is needed at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QCoreApplication

from rlm_desktop.paths import resource
from rlm_desktop.ui.figures import number, short_count

USUAL_WINDOW = 128_000
"""Tokens that the window of a model holds of which nothing is known."""
_DATE = re.compile(r"-20\d\d-\d\d-\d\d\Z")
_FOR_DOCUMENTS = 0.75
"""Share of a window that documents may fill: the rest is for question, answer and the estimate's error."""


def window_of(model: str) -> int:
    """Tokens that the window of a model holds."""
    name = model.rpartition("/")[2].lower()
    return _published().get(_DATE.sub("", name), USUAL_WINDOW)


@cache
def _published() -> Mapping[str, int]:
    """Sizes of windows by model."""
    return tomllib.loads(resource("context-windows.toml").read_text("utf-8"))["models"]


@dataclass(frozen=True, slots=True)
class Capacity:
    """Documents of so many tokens beside the window of a model.

    Attributes:
        window: Of the model, in tokens.
    """

    tokens: int
    window: int

    @property
    def fits(self) -> bool:
        """Whether a plain call would do."""
        return self.tokens <= self.window * _FOR_DOCUMENTS

    @property
    def text(self) -> str:
        """A few words for the line of totals."""
        translate = QCoreApplication.translate
        if self.fits:
            return translate("Documents", "fits one plain call")
        times = self.tokens / (self.window * _FOR_DOCUMENTS)
        shown = number(times, 1) if times < 9.95 else number(round(times))
        return translate("Documents", "{times} × a plain call").format(times=shown)

    @property
    def hint(self) -> str:
        """Sentences for who wants to know."""
        translate = QCoreApplication.translate
        window = translate("Documents", "One call to the root model holds about {tokens} tokens.").format(
            tokens=short_count(self.window)
        )
        if not self.fits:
            rest = translate(
                "Documents", "These documents hold more, so only pieces of them can be read at a time."
            )
        else:
            rest = translate(
                "Documents",
                "These documents fit into it: for a simple question a plain call may do, without an RLM.",
            )
        return f"{window} {rest}"
