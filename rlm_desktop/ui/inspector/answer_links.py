"""Links in an answer to the places that it names or quotes, and the list of them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QMenu, QPushButton

from rlm_desktop.ui.figures import number
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.theme import Colours

SCHEME = "rlm-place"
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A part of an answer that stands for a place in a document.

    Attributes:
        start / end: Its characters in the text of the answer as it shows.
        place: What the person reads of the place: `report.pdf, page 12`.
        is_quote: The part is what is quoted, not the name of the place.
    """

    start: int
    end: int
    place: str
    is_quote: bool = False


class Shown:
    """The text of a Qt document. Qt counts characters beyond U+FFFF twice."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self.text = document.toPlainText()
        has_beyond = len(self.text) != document.characterCount() - 1
        beyond = [match.start() for match in _BEYOND.finditer(self.text)] if has_beyond else []
        self._beyond = beyond
        self._positions = [at + before for before, at in enumerate(beyond)]

    def position(self, index: int) -> int:
        """Where Qt has a character of the text."""
        return index + bisect_left(self._beyond, index)

    def index(self, position: int) -> int:
        """Which character of the text stands at a position of Qt's."""
        return position - bisect_left(self._positions, position)

    def quoted_blocks(self) -> list[tuple[int, int]]:
        """First and last character of each block quotation."""
        spans: list[tuple[int, int]] = []
        block, was_quoted = self._document.begin(), False
        while block.isValid():
            is_quoted = block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel) > 0
            if is_quoted and block.length() > 1:
                start, end = block.position(), block.position() + block.length() - 1
                first = spans.pop()[0] if was_quoted and spans else self.index(start)
                spans.append((first, self.index(end)))
            was_quoted = is_quoted
            block = block.next()
        return spans


def show_links(document: QTextDocument, links: Sequence[PlaceLink], colours: Colours) -> None:
    """Make parts of a document links: `rlm-place:0` and so on, by their index."""
    shown = Shown(document)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for index, link in enumerate(links):
        form = QTextCharFormat()
        form.setAnchor(True)
        form.setAnchorHref(f"{SCHEME}:{index}")
        form.setToolTip(plain_tip(link.place))
        if link.is_quote:
            form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            form.setUnderlineColor(QColor(colours.muted))
        else:
            form.setForeground(QColor(colours.accent))
            form.setFontUnderline(True)
        cursor.setPosition(shown.position(link.start))
        cursor.setPosition(shown.position(link.end), QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(form)
    cursor.endEditBlock()


def index_of(link: QUrl) -> int | None:
    """Which of the places a link stands for; None when it is no such link."""
    path = link.path()
    return int(path) if link.scheme() == SCHEME and path.isdigit() and len(path) < 9 else None


class SourcesButton(QPushButton):
    """Lists the places that the answer names or quotes."""

    def __init__(self, choose: Callable[[int], object]) -> None:
        """`choose` gets the index of the place that the person wants to see."""
        super().__init__()
        self._choose = choose
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.setToolTip(self.tr("The places in the documents that the answer names or quotes"))
        self.set_links(())

    def set_links(self, links: Sequence[PlaceLink]) -> None:
        """List other places, each once; nothing shows when there are none."""
        self._menu.clear()
        places: dict[str, int] = {}
        for index, link in enumerate(links):
            places.setdefault(link.place, index)
        for place, index in list(places.items())[:MOST_LISTED]:
            action = self._menu.addAction(place.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, index=index: self._choose(index))
        if len(places) > MOST_LISTED:
            rest = self.tr("and {count} more").format(count=number(len(places) - MOST_LISTED))
            self._menu.addAction(rest).setEnabled(False)
        self.setText(self.tr("Sources {count}").format(count=number(len(places))))
        self.setVisible(bool(places))


def ordered(links: Sequence[PlaceLink]) -> list[PlaceLink]:
    """Links in order, none within another: a place that is named goes before what is quoted around it."""
    taken: list[PlaceLink] = []
    for link in sorted(links, key=lambda link: (link.is_quote, link.start)):
        at = bisect_right(taken, link.start, key=lambda other: other.start)
        is_free = (at == 0 or taken[at - 1].end <= link.start) and (at == len(taken) or link.end <= taken[at].start)
        if is_free and link.start < link.end:
            taken.insert(at, link)
    return taken
