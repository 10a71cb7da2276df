"""Files in OLE containers: encrypted Office files, old Excel workbooks, Outlook messages."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.extract import extract as extract_any
from rlm_desktop.documents.formats.common import Locked, Source, Unreadable

_KINDS = {"__properties_version1.0": "msg", "Workbook": "xls", "Book": "xls"}
_OLD = {"WordDocument": "Word file (.doc)", "PowerPoint Document": "PowerPoint file (.ppt)"}


def extract(source: Source, draft: Draft) -> None:
    """Find out what it is, decrypt it when it is encrypted, and hand it on."""
    streams = _streams(source)
    if "EncryptedPackage" in streams:
        decrypted = _decrypted(source)
        draft.kind = "zip"
        extract_any(replace(source, file=decrypted), draft)
        return
    for stream, name in _OLD.items():
        if stream in streams:
            new = {"Word file (.doc)": ".docx"}.get(name, ".pptx")
            raise Unreadable(f"it is an old {name}, which cannot be read; save it as {new} and add that.")
    kind = next((kind for stream, kind in _KINDS.items() if stream in streams), "")
    if not kind:
        raise Unreadable("it is an old Office file of a kind that cannot be read.")
    source.file.seek(0)
    if kind == "xls" and source.password:
        source = replace(source, file=_decrypted(source))
    draft.kind = kind
    extract_any(source, draft)


def _streams(source: Source) -> set[str]:
    """Names of what lies in it."""
    try:
        with olefile.OleFileIO(source.file) as container:
            return {path[0] for path in container.listdir()}
    except Exception as error:  # of which it raises many on damaged files
        raise Unreadable("it is damaged: the list of what lies in it cannot be read.") from error


def _decrypted(source: Source) -> BytesIO:
    if not source.password:
        raise Locked("it is encrypted: it needs a password.")
    source.file.seek(0)
    office: Any = msoffcrypto.OfficeFile(source.file)
    result = BytesIO()
    try:
        if not office.is_encrypted():
            return BytesIO(source.read())
        if office.format == "ooxml":
            office.load_key(password=source.password, verify_password=True)
        else:
            office.load_key(password=source.password)
        office.decrypt(result)
    except (InvalidKeyError, DecryptionError):
        raise Locked("the password is wrong.") from None
    result.seek(0)
    return result
