"""Rich texts to Markdown.

Our own reader: no library that may be shipped reads more than the bare body text, without notes, comments, tables,
headings, text boxes, headers and footers.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from rlm_desktop.documents.document import count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source, raised_text
from rlm_desktop.documents.formats.rtf_words import (
    CHARACTERS,
    CHARSETS,
    CODE_PAGES,
    DOCUMENT_CHARSETS,
    MARGINS,
    NOTES,
    READ,
    SKIPPED,
)
from rlm_desktop.documents.formats.tables import markdown_table

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>.)|(?P<brace>[{}])"
    rb"|[\r\n\0]+|(?P<plain>[^\\{}\r\n\0]+)|(?P<rest>.)",
    re.DOTALL,
)
_LINK = re.compile(r'HYPERLINK\s+(?:\\l\s+)?"?([^"\s]+)')
_SKIP, _BODY, _FONTS, _STYLES, _FIELD, _NUMBER = "skip", "body", "fonts", "styles", "field", "number"
_OWN_BUFFER = frozenset((_FONTS, _STYLES, _FIELD, _NUMBER, *NOTES.values(), *MARGINS.values()))
"""What is gathered by itself and joined to the text, or looked at, when its group ends."""


def extract(source: Source, draft: Draft) -> None:
    """Headings, tables, notes, comments, text boxes, links; headers and footers come last."""
    reader = _Reader()
    reader.read(source.read())
    for line in reader.lines:
        if isinstance(line, tuple):
            draft.add_heading(*line)
        else:
            draft.add(line)
    for name, text in dict.fromkeys(reader.margins):
        draft.add(f"\n{name}: {text}\n")
    if reader.lost:
        draft.warn(f"{count(reader.lost, 'byte')} that cannot be decoded replaced by “�”.")


@dataclass(slots=True)
class _Group:
    """What holds up to the end of a group.

    Attributes:
        kind: What becomes of the text.
        before: The same, before a group within it that is written twice, for old programs and for new ones.
        font: Less than 0 for the document's own.
        fallback: Characters after a Unicode one that stand for it in old programs.
        buffers: How many there were when it began.
        is_raised: Figures that come next are raised.
        is_new: Old programs are to pass over it.
        link: Where its text leads.
    """

    kind: str = _BODY
    before: str = ""
    font: int = -1
    fallback: int = 1
    buffers: int = 1
    is_raised: bool = False
    is_new: bool = False
    link: str = ""


class _Reader:
    """Goes through a file once.

    Attributes:
        lines: The text; headings as level and title.
        margins: Headers and footers, in order.
        lost: Bytes that could not be decoded.
    """

    def __init__(self) -> None:
        self.lines: list[str | tuple[int, str]] = []
        self.margins: list[tuple[str, str]] = []
        self.lost = 0
        self._group = _Group()
        self._outer: list[_Group] = []
        self._buffers: list[tuple[str, list[str]]] = [(_BODY, [])]
        self._raw = bytearray()
        self._codec = "cp1252"
        self._default_font = -1
        self._fonts: dict[int, str] = {}
        self._font_named = 0
        self._levels: dict[int, int] = {}
        self._style_named = -1
        self._level = 0
        self._to_skip = 0
        self._row: list[str] = []
        self._rows: list[list[str]] = []
        self._is_in_table = False
        self._link = ""

    def read(self, data: bytes) -> None:
        """Read a whole file."""
        at = 0
        while match := _TOKEN.match(data, at):
            at = match.end()
            kind = match.lastgroup
            if kind == "plain" or kind == "hex":
                self._add_bytes(match[0] if kind == "plain" else bytes.fromhex(match["hex"].decode()))
                continue
            if kind is None:
                continue
            self._decode()
            self._to_skip = 0
            if kind == "brace":
                self._open() if match[0] == b"{" else self._close()
                if not self._outer and match[0] == b"}":
                    break
            elif kind == "sign":
                self._sign(match["sign"])
            elif kind != "rest":
                word = match["word"].decode()
                number = int(match["number"]) if match["number"] else None
                at += number if word == "bin" and number and number > 0 else 0
                self._word(word, number)
        self._decode()
        while self._outer:
            self._close()
        self._is_in_table = False
        self._end_paragraph(end="")
        self._end_table()

    @property
    def _text(self) -> list[str]:
        """What is being gathered."""
        return self._buffers[-1][1]

    @property
    def _is_in_body(self) -> bool:
        """Whether that is the text itself: paragraphs of notes leave its own as they are."""
        return len(self._buffers) == 1

    # -- characters -----------------------------------------------------------------------------------------

    def _add_bytes(self, data: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        if self._group.kind != _SKIP:
            self._raw += data

    def _decode(self) -> None:
        """Bytes side by side are one text: of two that are one letter, the second may be a plain character."""
        if not self._raw:
            return
        data = bytes(self._raw)
        self._raw.clear()
        font = self._default_font if self._group.font < 0 else self._group.font
        text = data.decode(self._fonts.get(font) or self._codec, "replace")
        self.lost += text.count("�")
        self._text.append(raised_text(text) if self._group.is_raised else text)
        self._group.is_raised = False

    def _add(self, text: str) -> None:
        if self._group.kind != _SKIP:
            self._text.append(text)

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._group.is_new = True
        elif sign in b"\r\n":
            self._end_paragraph()
        else:
            self._add({b"~": "\u00a0", b"_": "\u2011", b"-": "\u00ad"}.get(sign, sign.decode("latin-1")))

    # -- groups ---------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._outer.append(self._group)
        own = self._group
        self._group = _Group(own.kind, own.before, own.font, own.fallback, len(self._buffers), own.is_raised)

    def _close(self) -> None:
        if self._group.link:
            self._add(f" ({self._group.link})")
        while len(self._buffers) > self._group.buffers:
            kind, parts = self._buffers.pop()
            self._join(kind, "".join(parts))
        self._group = self._outer.pop() if self._outer else _Group(_SKIP)

    def _join(self, kind: str, text: str) -> None:
        """Something that was gathered by itself is whole."""
        text = " ".join(text.split())
        if kind == _NUMBER:
            self._text.append("- " if text in ("·", "•", "o", "", "\uf0b7", "§") else f"{text} ")
        elif kind == _FIELD:
            link = _LINK.search(text)
            self._link = link[1] if link else ""
        elif kind in MARGINS.values() and text:
            self.margins.append((kind, text))
        elif kind in NOTES.values() and text:
            self._text.append(f" ({kind}: {text})")

    def _enter(self, kind: str) -> None:
        """The group that has begun is of a kind of its own."""
        if self._group.kind in (_SKIP, kind):
            return
        self._group.kind = kind
        if kind in _OWN_BUFFER:
            self._buffers.append((kind, []))

    # -- words ----------------------------------------------------------------------------------------------

    def _word(self, word: str, number: int | None) -> None:
        is_new, self._group.is_new = self._group.is_new, False
        if word in MARGINS or word in NOTES:
            self._enter(MARGINS.get(word) or NOTES[word])
        elif word in ("fonttbl", "stylesheet", "fldinst", "listtext", "pntext"):
            named = {"fonttbl": _FONTS, "stylesheet": _STYLES, "fldinst": _FIELD}
            self._enter(named.get(word, _NUMBER))
        elif word == "upr":
            self._group.before, self._group.kind = self._group.kind, _SKIP
        elif word == "ud":
            self._group.kind = self._group.before or self._group.kind
        elif word in READ:
            pass
        elif word in SKIPPED or is_new:
            self._group.kind = _SKIP
        elif self._group.kind == _FONTS:
            self._font_word(word, number)
        elif self._group.kind == _STYLES:
            self._style_word(word, number)
        elif word == "u" and number is not None:
            self._add(chr(number & 0xFFFF))
            self._to_skip = self._group.fallback
        elif word in CHARACTERS:
            self._add(CHARACTERS[word])
        else:
            self._format_word(word, number)

    def _format_word(self, word: str, number: int | None) -> None:
        match word:
            case "uc":
                self._group.fallback = min(max(number or 0, 0), 8)
            case "f":
                self._group.font = -1 if number is None else number
            case "plain":
                self._group.font, self._group.is_raised = -1, False
            case "super" | "nosupersub":
                self._group.is_raised = word == "super" and number != 0
            case "deff":
                self._default_font = -1 if number is None else number
            case "ansicpg" | "mac" | "pc" | "pca":
                self._codec = _codec_of(number) if word == "ansicpg" else DOCUMENT_CHARSETS[word]
            case "pard" | "intbl" | "outlinelevel" | "s" if self._is_in_body:
                self._paragraph_word(word, number or 0)
            case "par" | "sect" | "page":
                self._end_paragraph()
            case "cell" | "row":
                self._end_cell(is_row=word == "row")
            case "fldrslt":
                self._group.link, self._link = self._link, ""
            case _:
                pass

    def _paragraph_word(self, word: str, number: int) -> None:
        match word:
            case "intbl":
                self._is_in_table = True
            case "outlinelevel":
                self._level = number + 1 if number < 9 else 0
            case "s":
                self._level = self._levels.get(number, 0)
            case _:
                self._level, self._is_in_table = 0, False

    def _font_word(self, word: str, number: int | None) -> None:
        if word == "f" and number is not None:
            self._font_named = number
        elif word == "fcharset":
            self._fonts[self._font_named] = CHARSETS.get(number or 0, "")
        elif word == "cpg":
            self._fonts[self._font_named] = _codec_of(number)

    def _style_word(self, word: str, number: int | None) -> None:
        if word == "s" and number is not None:
            self._style_named = number
        elif word == "outlinelevel" and number is not None and number < 9:
            self._levels[self._style_named] = number + 1

    # -- paragraphs and tables ------------------------------------------------------------------------------

    def _end_paragraph(self, end: str = "\n") -> None:
        if self._group.kind == _SKIP:
            return
        if not self._is_in_body:
            self._add(end)
            return
        if self._is_in_table:
            self._text.append(end)  # one of several in a cell
            return
        text = "".join(self._text)
        self._text.clear()
        self._end_table()
        if self._level and text.strip():
            self.lines.append((self._level, text))
        elif text or end:
            self.lines.append(text + end)

    def _end_cell(self, *, is_row: bool) -> None:
        if not self._is_in_body:
            self._add(" ")
        elif not is_row:
            self._row.append(" ".join("".join(self._text).split()))
            self._text.clear()
        elif self._row:
            self._rows.append(self._row)
            self._row = []

    def _end_table(self) -> None:
        if self._row:
            self._rows.append(self._row)
        if self._rows:
            self.lines.append(f"\n{markdown_table(self._rows)}\n\n")
        self._row, self._rows = [], []


def _codec_of(page: int | None) -> str:
    name = CODE_PAGES.get(page or 0, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
