"""Bytes to text: byte order marks, UTF-16 and UTF-32 without them, declared and guessed encodings.

Nothing is dropped: what cannot be decoded becomes U+FFFD and is counted. The guess itself is chardet's.
"""

from __future__ import annotations

import codecs
import mmap
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from rlm_desktop.documents import latin
from rlm_desktop.documents.document import count

Buffer: TypeAlias = bytes | mmap.mmap

LARGE = 8 << 20
"""Bytes from which on the encoding of a text is told from samples."""
_SAMPLE = 1 << 16
_PIECE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding=["']([\w.:-]{1,40})|<meta[^>]{0,200}?charset=\s*["']?([\w.:-]{1,40})"""
    rb"""|^[^\n]{0,80}\n?[^\n]{0,80}coding[:=]\s*([\w.-]{1,40})""",
    re.IGNORECASE,
)
_SUPERSETS = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
"""What pages that declare an encoding really hold (the WHATWG Encoding standard's table)."""
_OTHER_NAMES = re.compile(r"(?:x-)?(?:windows|dos|cp|ms)[-_]?(\d{3,5})", re.IGNORECASE)
"""What mails and pages call code pages."""
_SIMPLE = re.compile(
    r"utf-(?:8(?:-sig)?|(?:16|32)(?:-[bl]e)?)|cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|tis-620"
    r"|gb18030|big5\w*|euc_\w+|shift_jis\w*"
)
"""Encodings of which every byte is looked at once, in C; not so those that switch or compress."""
ESCAPES = re.compile(rb"\x1b(?:\$[@AB]|\$\([CD]|\([JI]|\$\)[ACG])")
"""The sequences that switch ISO-2022 encodings: seven-bit, so that such bytes would pass as ASCII."""
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_OTHER_ALPHABET = re.compile(r"[\u0370-\u07ff\u0e00-\u0e7f\u2070-\u209f\ufb50-\ufeff]")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1b\x1a"))
_KNOWN_BINARIES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"RIFF", "a sound, video or WebP file"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"\x7fELF", "a program (ELF)"),
    (b"MZ", "a program (Windows)"),
    (b"\xcf\xfa\xed\xfe", "a program (macOS)"),
    (b"\xca\xfe\xba\xbe", "a Java class or macOS program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"ID3", "a sound file (MP3)"),
    (b"OggS", "a sound file (Ogg)"),
    (b"fLaC", "a sound file (FLAC)"),
    (b"\0asm", "a WebAssembly module"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
)


class NotText(ValueError):
    """Bytes that are no text; the message is a reason for a person."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was found in and what was replaced."""

    text: str
    encoding: str
    warnings: tuple[str, ...]


def mark_of(head: bytes) -> str:
    """The encoding that a byte order mark at the beginning tells; empty without one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def has_controls(data: bytes) -> bool:
    """Whether more than one byte in fifty is a control character that no text holds."""
    return len(data) - len(data.translate(None, _CONTROLS)) > len(data) // 50


def binary_name(head: bytes) -> str:
    """What a well-known kind of binary file is called; empty for anything else."""
    if head[4:8] == b"ftyp":
        return "a video or sound file (MP4)"
    return next((name for mark, name in _KNOWN_BINARIES if head.startswith(mark) and has_controls(head)), "")


def decode(data: bytes, forced: str = "") -> Decoded:
    """Decode a whole file.

    Args:
        data: The file's bytes.
        forced: The encoding that the person chose.

    Raises:
        NotText: The bytes are not text in any encoding.
    """
    head = data[:_SAMPLE]
    if forced:
        return _decode_counting(data, _chosen(forced, head))
    if marked := mark_of(head):
        return _decode_counting(data, marked)
    if name := binary_name(head):
        raise NotText(f"it is {name}, which holds no text.")
    if wide := _wide_encoding(head):
        return _decode_counting(data, wide)
    if has_controls(head) and not ESCAPES.search(head):
        raise NotText("it is a binary file, which holds no text.")
    for encoding in _candidates(data, head):
        try:
            return Decoded(data.decode(encoding), encoding, ())
        except (UnicodeDecodeError, LookupError):
            continue
    if is_nearly_utf8(data):
        return _decode_counting(data, "utf-8")
    guessed = guess(data)
    if not guessed:
        raise NotText("it is a binary file, or a text in an encoding that could not be recognised.")
    return _decode_counting(data, guessed)


def encoding_of(data: Buffer, forced: str = "") -> str:
    """The encoding of a file that is too large to be decoded for a trial: told from two samples of it.

    Raises:
        NotText: The bytes are not text in any encoding.
    """
    head = bytes(data[:_SAMPLE])
    if forced:
        return _chosen(forced, head)
    if marked := mark_of(head):
        return marked
    if _wide_encoding(head):
        return decode(head).encoding
    return decode(head[: head.rfind(b"\n") + 1 or len(head)] + _telling(data)).encoding


def _chosen(encoding: str, head: bytes) -> str:
    """The encoding that a person chose; UTF-16 and UTF-32 without a mark are as Windows writes them."""
    is_wide = codecs.lookup(encoding).name in ("utf-16", "utf-32")
    return f"{encoding}-le" if is_wide and not mark_of(head).startswith("utf-") else encoding


def _candidates(data: bytes, head: bytes) -> Iterator[str]:
    """Encodings to try strictly, the surest first."""
    if switch := ESCAPES.search(data):
        is_korean = switch[0].endswith(b")C")
        yield from ("iso2022_kr",) if is_korean else ("iso2022_jp_2", "iso2022_jp_3")
    yield "utf-8"
    declared = _DECLARED.search(head[:4096])
    if declared:
        name = next(group for group in declared.groups() if group).decode("ascii", "replace").lower()
        try:
            name = codecs.lookup(name).name
        except LookupError:
            return
        if not name.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
            yield _SUPERSETS.get(name, name)


def _wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, told by where the zero bytes of its spaces and line ends lie."""
    zeros = head.count(0)
    if zeros * 400 < len(head) or len(head) < 4:
        return ""
    quarters = [head[index::4].count(0) for index in range(4)]
    length = len(head) // 4
    for encoding, filled in (("utf-32-le", (0,)), ("utf-32-be", (3,))):
        empty = [quarters[index] for index in range(4) if index not in filled and index not in (1, 2)]
        is_empty = all(amount >= length * 0.98 for amount in empty)
        if is_empty and quarters[filled[0]] < length * 0.5 and _decodes(head, encoding):
            return encoding
    little = sum(_aligned(head, mark + b"\0") for mark in (b" ", b"\n", b"\r", b"\t", b",", b"<"))
    big = sum(_aligned(head, b"\0" + mark) for mark in (b" ", b"\n", b"\r", b"\t", b",", b"<"))
    if max(little, big) * 400 < len(head) and max(little, big) < 2:
        # Too few spaces to tell by: half of the bytes are zeros in a word of Latin letters.
        little, big = quarters[1] + quarters[3], quarters[0] + quarters[2]
        if max(little, big) * 4 < len(head) or min(little, big):
            return ""
    encoding = "utf-16-le" if little > big else "utf-16-be"
    return encoding if little != big and _decodes(head, encoding) else ""


def _aligned(data: bytes, pair: bytes) -> int:
    """How often a pair of bytes begins at an even offset."""
    return sum(1 for match in re.finditer(re.escape(pair), data) if match.start() % 2 == 0)


def _decodes(head: bytes, encoding: str) -> bool:
    """Whether most of it decodes, to something without many control characters."""
    text = head.decode(encoding, "replace")
    controls = sum(text.count(chr(code)) for code in _CONTROLS)
    unassigned = text.count("�")
    return (controls + unassigned) * 50 <= len(text)


def is_nearly_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 with a few damaged places, rather than another encoding."""
    wrong = data[: _PIECE * 4].decode("utf-8", "replace").count("�")
    multibyte = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]+", data[: _PIECE * 4]))
    return multibyte >= 8 * wrong


def declared(name: str) -> str:
    """The encoding that texts are really in which declare this one; itself when none is called so."""
    for known in (name, _OTHER_NAMES.sub(r"cp\1", name), name.lower().removeprefix("x-").removesuffix("-i")):
        try:
            own = codecs.lookup(known).name
        except LookupError:
            continue
        return _SUPERSETS.get(own, own)
    return name


def guess(data: bytes) -> str:
    """The encoding of bytes that are no UTF-8; empty when there is no telling."""
    from chardet import detect

    sample = _telling(data)
    found = detect(sample)["encoding"]
    if found is None:
        return ""
    name = codecs.lookup(found).name
    text = sample.decode(name, "replace")
    is_mixed = _mixes_scripts(text)
    if is_mixed or latin.is_latin(text):
        # A few accented letters among plain ones look like Greek or Hebrew to a detector that counts letters.
        name = latin.encoding_of(sample) or ("cp1252" if is_mixed else name)
    return _SUPERSETS.get(name, name)


def _mixes_scripts(text: str) -> bool:
    """Whether Latin letters stand within the words of another alphabet, as they never do in real text."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    mixed = sum(1 for word in words if _LATIN.search(word) and _OTHER_ALPHABET.search(word))
    return mixed * 3 > len(words)


def _telling(data: Buffer) -> bytes:
    """A sample from where the first bytes beyond ASCII are, cut at line ends."""
    if len(data) <= _SAMPLE:
        return bytes(data)
    first = re.search(rb"[\x80-\xff]", data)
    at = first.start() if first else 0
    start = data.rfind(b"\n", 0, at) + 1
    end = data.rfind(b"\n", start, start + _SAMPLE) + 1 or start + _SAMPLE
    return data[start : max(end, at + 1)]


def is_simple(encoding: str) -> bool:
    """Whether decoding takes no time or memory that grows faster than the text, whatever the bytes are."""
    try:
        return _SIMPLE.fullmatch(codecs.lookup(encoding).name) is not None
    except LookupError:
        return False


class Counting:
    """Decodes by pieces, replaces what cannot be decoded and counts it.

    Attributes:
        codec: The encoding as it was given.
        encoding: Its name.
        lost: Bytes that were replaced.

    Raises:
        LookupError: There is no such encoding, or it gives no text.
    """

    def __init__(self, encoding: str) -> None:
        try:
            bytes(4).decode(encoding, _HANDLER)  # codecs that give no text raise here
        except UnicodeError:  # those of host names, which take no handler
            raise LookupError(encoding) from None
        self.codec = encoding
        self.encoding = codecs.lookup(encoding).name.removesuffix("-sig")
        self.lost = 0
        self._decoder = codecs.getincrementaldecoder(encoding)(_HANDLER)
        self._held = ""

    def next(self, data: bytes | memoryview, *, is_last: bool = False) -> str:
        """The text of the next bytes; a carriage return never ends a piece, so that line ends stay whole."""
        _here.lost = 0
        piece = self._decoder.decode(data, is_last)
        self.lost += _here.lost
        if self._held:
            piece = self._held + piece
        self._held = "\r" if piece.endswith("\r") and not is_last else ""
        return piece[:-1] if self._held else piece

    def pieces(self, data: Buffer) -> Iterator[str]:
        """All of a text."""
        for start in range(0, len(data), _PIECE):
            yield self.next(data[start : start + _PIECE])
        yield self.next(b"", is_last=True)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was replaced, once all pieces were taken."""
        if not self.lost:
            return ()
        return (f"{count(self.lost, 'byte')} that cannot be {self.encoding.upper()} replaced by “�”.",)


class _Here(threading.local):
    """What the handler of this thread has replaced: a handler is one for the whole program, and never forgotten."""

    lost = 0


_HANDLER = "rlm-count"
_here = _Here()


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _here.lost += error.end - error.start
    return "�", error.end


codecs.register_error(_HANDLER, _replace)


def _decode_counting(data: bytes, encoding: str) -> Decoded:
    counting = Counting(encoding)
    text = "".join(counting.pieces(data))
    return Decoded(text, counting.encoding, counting.warnings)
