"""Word documents to Markdown, through HTML."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import mammoth

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.html import to_markdown

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


def _no_picture(image: object) -> dict[str, str]:
    return {"src": ""}
