"""PowerPoint presentations to Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Source
from rlm_desktop.documents.formats.tables import cell_text, markdown_table


def extract(source: Source, draft: Draft) -> None:
    """Each slide with its title as heading, texts, tables, charts' figures, pictures' descriptions and notes."""
    source.file.seek(0)
    presentation = Presentation(source.file)
    if any(str(part.partname).endswith("vbaProject.bin") for part in presentation.part.package.iter_parts()):
        draft.warn("It holds macros, which were not read.")
    slides = list(presentation.slides)
    for number, slide in enumerate(slides, 1):
        title = slide.shapes.title
        name = " ".join(title.text_frame.text.split()) if title is not None else ""
        draft.mark("slide", number, name)
        draft.add_heading(2, name or f"Slide {number}")
        for block in _blocks(shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id):
            draft.add(block + "\n\n")
        if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) and notes.text.strip():
            draft.add(f"Notes: {_lines(notes.text)}\n\n")
        draft.report(number / len(slides), f"slide {number} of {len(slides)}")


def _blocks(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from _blocks(shape.shapes)
        elif getattr(shape, "has_table", False) and shape.has_table:
            yield markdown_table([[cell.text for cell in row.cells] for row in shape.table.rows])
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            yield from _chart(shape.chart)
        elif shape.has_text_frame:
            if text := _paragraphs(shape.text_frame):
                yield text
        elif description := shape._element.xpath("string(.//p:cNvPr/@descr)"):
            yield f"![{_lines(description)}]()"


def _paragraphs(frame: Any) -> str:
    lines: list[str] = []
    for paragraph in frame.paragraphs:
        text = _lines(paragraph.text)
        if text:
            lines.append("  " * paragraph.level + ("- " if paragraph.level else "") + text)
    return "\n".join(lines)


def _chart(chart: Any) -> Iterator[str]:
    if chart.has_title and chart.chart_title.has_text_frame:
        yield f"Chart: {_lines(chart.chart_title.text_frame.text)}"
    for plot in chart.plots:
        categories = [str(category) for category in plot.categories]
        series = [(str(one.name), list(map(cell_text, one.values))) for one in plot.series]
        header = ["", *(name for name, _ in series)]
        rows = [
            [category, *(values[index] if index < len(values) else "" for _, values in series)]
            for index, category in enumerate(categories)
        ]
        yield markdown_table([header, *rows])


def _lines(text: str) -> str:
    return text.replace("\v", "\n").strip()
