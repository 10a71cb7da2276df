"""Word documents to Markdown, through HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import mammoth

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Element, Source, xml_root
from rlm_desktop.documents.formats.html import to_markdown

_MARGIN = re.compile(r"word/(header|footer)\d*\.xml")
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name='Heading 7'] => h6:fresh
p[style-name='Heading 8'] => h6:fresh
p[style-name='Heading 9'] => h6:fresh
comment-reference => sup
"""


def extract(source: Source, draft: Draft) -> None:
    """Headings, lists, tables, footnotes, endnotes and comments; pictures by their description only."""
    # mammoth looks for linked files beside the document when the file has a name; a buffer has none.
    file = BytesIO(source.read())
    with ZipFile(file) as archive:
        if any(name.endswith("vbaProject.bin") for name in archive.namelist()):
            draft.warn("It holds macros, which were not read.")
    result = mammoth.convert_to_html(
        file, style_map=_STYLES, convert_image=mammoth.images.img_element(_no_picture), external_file_access=False
    )
    draft.add_markdown(to_markdown(result.value))
    for name, text in dict.fromkeys(_margins(file)):
        draft.add(f"\n{name}: {text}\n")


def _margins(file: BytesIO) -> Iterator[tuple[str, str]]:
    """Texts of headers and footers, which mammoth leaves out."""
    with ZipFile(file) as archive:
        for part in sorted(archive.namelist()):
            if match := _MARGIN.fullmatch(part):
                root = xml_root(archive.read(part))
                paragraphs = [_text(paragraph) for paragraph in root.iter("{*}p")]
                if text := " / ".join(filter(None, paragraphs)):
                    yield match[1].capitalize(), text


def _text(paragraph: Element) -> str:
    return " ".join("".join(run.text or "" for run in paragraph.iter("{*}t")).split())


def _no_picture(image: object) -> dict[str, str]:
    return {"src": ""}
