"""From an open file to a draft: finds the extractor of a kind. Runs in the extraction process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import BinaryIO

from rlm_desktop.documents import kinds
from rlm_desktop.documents.document import cleaned
from rlm_desktop.documents.draft import Draft, TooLarge
from rlm_desktop.documents.formats.common import Source, Unreadable
from rlm_desktop.documents.formats.limits import MAX_MEMBERS, MAX_TOTAL, guard, guard_list, guard_xml
from rlm_desktop.documents.formats.salvage import zip_from_pieces

_MODULES = {
    "html": "html",
    "mail": "mail",
    "mbox": "mail",
    "msg": "outlook",
    "tnef": "tnef",
    "ipynb": "notebook",
    "pdf": "pdf",
    "docx": "docx",
    "pptx": "slides",
    "xlsx": "sheets",
    "xls": "sheets",
    "ods": "sheets",
    "odt": "opendocument",
    "odp": "opendocument",
    "rtf": "rtf",
    "epub": "epub",
    "ole": "legacy",
    "zip": "archive",
    "tar": "archive",
}
"""The module in `formats` that extracts a kind; texts have one for all."""

_PARTS = {
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsx",
    "META-INF/container.xml": "epub",
}
"""What a zip file is that holds such a member."""
_TYPES = {b"wordprocessingml": "docx", b"presentationml": "pptx", b"spreadsheetml": "xlsx"}
_MOST_TYPES = 1 << 24
_OFFICE = ("docx", "pptx", "xlsx")
_MIMETYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odp",
}
"""What a zip file is by its member `mimetype`."""


def extract(source: Source, draft: Draft) -> None:
    """Write the text of a source into a draft.

    Raises:
        Unreadable: With a sentence for the person.
    """
    with faults_in_words():
        source, draft.kind = _exact(source, draft)
        if odd := kinds.disagreement(draft.kind, source.name):
            draft.warn(odd)
        module = "text" if draft.kind in kinds.TEXT_KINDS else _MODULES[draft.kind]
        import_module(f"rlm_desktop.documents.formats.{module}").extract(source, draft)


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Whatever a parser raises becomes `Unreadable`, but for a lack of memory."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except TooLarge:
        raise Unreadable("its text is larger than 1,000 million characters.") from None
    except EOFError:
        raise Unreadable("it is damaged: it is cut off, and nothing of it can be read.") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply.") from None
    except Exception as error:  # a parser may raise anything on a damaged file
        raise Unreadable(f"it is damaged: {_first_line(error)}.") from error


def extract_inner(name: str, file: BinaryIO, draft: Draft, outer: Source) -> str:
    """Write the text of a file within another into its draft.

    Returns:
        Why it could not be read, or not wholly; empty when all went well.
    """
    head = file.read(kinds.HEAD)
    if not head:
        return "it is empty."
    draft.inner_files += 1
    draft.inner_bytes += file.seek(0, io.SEEK_END)
    if draft.inner_files > MAX_MEMBERS or draft.inner_bytes > MAX_TOTAL:
        return "all that lies in the archives within the file is too much."
    file.seek(0)
    kept = draft.enter(kinds.kind_of(head, name), name)
    try:
        extract(Source(name, file, outer.password, "", outer.depth + 1, outer.is_careful), draft)
    except Unreadable as error:
        return str(error)
    finally:
        draft.leave(kept)
    return ""


def _first_line(error: Exception) -> str:
    text = cleaned(str(error))[0].strip().split("\n")[0].rstrip(".")[:200]
    return text or type(error).__name__


def _exact(source: Source, draft: Draft) -> tuple[Source, str]:
    """Tell what zip files are apart by what lies in them; mend those without an end."""
    if draft.kind != "zip":
        return source, draft.kind
    try:
        return source, _kind_of_zip(source.file)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError, KeyError):
        pass
    mended = zip_from_pieces(source.read())
    if mended is None:
        raise Unreadable("it is damaged: the end of the file is missing, and nothing before it can be read.")
    draft.warn("It is damaged: the end of the file is missing. What comes before was read as far as possible.")
    return replace(source, file=mended), _kind_of_zip(mended)


def _kind_of_zip(file: BinaryIO) -> str:
    try:
        guard_list(file)
        with zipfile.ZipFile(file) as archive:
            guard(archive.infolist())
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype").strip().removesuffix(b"-template")
                if mimetype in _MIMETYPES:
                    return _MIMETYPES[mimetype]
            kind = next((found for part, found in _PARTS.items() if part in names), "") or _by_types(archive)
            if kind in _OFFICE:
                guard_xml(archive)
            return kind
    finally:
        file.seek(0)


def _by_types(archive: zipfile.ZipFile) -> str:
    """What an Office file says that it is: some programs name its parts otherwise."""
    try:
        types = archive.getinfo("[Content_Types].xml")
        is_readable = types.file_size < _MOST_TYPES and not types.flag_bits & 1
        said = archive.read(types) if is_readable else b""
    except KeyError:
        return "zip"
    return next((kind for mark, kind in _TYPES.items() if mark in said), "zip")
