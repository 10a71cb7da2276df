"""Web pages to Markdown."""

from __future__ import annotations

from html_to_markdown import ConversionOptions, PreprocessingOptions, convert

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.text import decoded

_OPTIONS = ConversionOptions(
    extract_metadata=False,
    heading_style="atx",
    bullets="-",
    skip_images=False,
    keep_inline_images_in=[],
    autolinks=True,
    max_depth=2000,
    # Menus are text of the page too; the person asked for all of it.
    preprocessing=PreprocessingOptions(enabled=False, remove_navigation=False, remove_forms=False),
)


def extract(source: Source, draft: Draft) -> None:
    """A web page."""
    draft.add_markdown(to_markdown(decoded(source, draft)))


def to_markdown(html: str) -> str:
    """Headings, lists, tables, links and emphasis as Markdown; scripts and styles left out."""
    return convert(html.replace("\0", "␀"), _OPTIONS).content or ""
