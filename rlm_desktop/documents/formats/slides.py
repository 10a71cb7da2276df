"""PowerPoint presentations to Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import ZipFile

from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.opc.package import PartFactory
from pptx.package import Package
from pptx.parts.presentation import PresentationPart

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import (
    Element,
    Source,
    Unreadable,
    XMLError,
    raised_text,
    replace_element,
    split_tag,
    xml_root,
)
from rlm_desktop.documents.formats.formulas import latex
from rlm_desktop.documents.formats.limits import read_member
from rlm_desktop.documents.formats.office import add_embedded, chart_text, paragraphs
from rlm_desktop.documents.formats.tables import markdown_table

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WITH_MACROS = "application/vnd.ms-powerpoint.{}.macroEnabled.main+xml"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_FORMULA = "{http://schemas.microsoft.com/office/drawing/2010/main}m"


def extract(source: Source, draft: Draft) -> None:
    """Each slide with its title as heading, texts, tables, charts' figures, pictures' descriptions and notes."""
    presentation = _opened(source.file)
    if any(str(part.partname).endswith("vbaProject.bin") for part in presentation.part.package.iter_parts()):
        draft.warn("It holds macros, which were not read.")
    slides = list(presentation.slides)
    for number, slide in enumerate(slides, 1):
        _put_in_words(slide.shapes._spTree)
        _mark_runs(slide)
        title = slide.shapes.title
        name = " ".join(title.text_frame.text.split()) if title is not None else ""
        draft.mark("slide", number, name)
        draft.add_heading(2, name or f"Slide {number}")
        shapes = (shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id)
        for block in _blocks(shapes, draft):
            draft.add(block + "\n\n")
        for comment in _comments(slide, draft):
            draft.add(f"Comment: {comment}\n\n")
        if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) and notes.text.strip():
            draft.add(f"Notes: {_lines(notes.text)}\n\n")
        draft.report(number / len(slides), f"slide {number} of {len(slides)}")
    with ZipFile(source.file) as archive:
        add_embedded(archive, source, draft)


def _opened(file: BinaryIO) -> Any:
    """The presentation in a file, be it for showing, a template, or in the strict form of the standard."""
    for kind in ("slideshow", "template"):
        PartFactory.part_type_for.setdefault(_WITH_MACROS.format(kind), PresentationPart)
    file.seek(0)
    with ZipFile(file) as archive:
        is_strict = "_rels/.rels" in archive.namelist() and _STRICT.search(archive.read("_rels/.rels"))
        file = _transitional(archive) if is_strict else file
    file.seek(0)
    return Package.open(file).main_document_part.presentation


def _transitional(archive: ZipFile) -> BinaryIO:
    """A presentation in the form of the standard that everybody reads; only names differ."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as copy:
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                copy.writestr(member.filename, _STRICT.sub(_TRANSITIONAL, read_member(archive, member)))
    return buffer


def _put_in_words(shapes: Element) -> None:
    """Change what python-pptx passes over: what is there twice, for new programs and old ones, and formulas."""
    for choice in list(shapes.iter("{*}AlternateContent")):
        new = choice.find("{*}Choice")
        replace_element(choice, list(new if new is not None else ()))
    for holder in list(shapes.iter(_FORMULA)):
        space = split_tag(holder.getparent())[0]
        run, text = (holder.makeelement(f"{{{space}}}{name}") for name in "rt")
        text.text = " ".join(f"${latex(formula)}$" for formula in holder.iter("{*}oMath"))
        run.append(text)
        replace_element(holder, [run])


def _mark_runs(slide: Any) -> None:
    """Write raised figures as such, and where links lead."""
    for about in slide.shapes._spTree.iter("{*}rPr"):
        text = about.getparent().find("{*}t")
        if text is None or not text.text:
            continue
        if about.get("baseline", "0").lstrip("0").isdecimal():
            text.text = raised_text(text.text)
        link = slide.part.rels.get(_link(about))
        following = about.getparent().getnext()
        is_last = following is None or _link(following.find("{*}rPr")) != _link(about)
        if link is not None and link.is_external and is_last and link.target_ref != text.text:
            text.text += f" ({link.target_ref})"


def _link(about: Element | None) -> str:
    click = None if about is None else about.find("{*}hlinkClick")
    return "" if click is None else click.get(_RELATION, "")


def _blocks(shapes: Iterable[Any], draft: Draft) -> Iterator[str]:
    for shape in shapes:
        if _kind(shape) == MSO_SHAPE_TYPE.GROUP:
            yield from _blocks(shape.shapes, draft)
        elif getattr(shape, "has_table", False) and shape.has_table:
            yield markdown_table([[cell.text for cell in row.cells] for row in shape.table.rows])
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            yield chart_text(shape.chart._chartSpace)
        elif diagram := shape._element.xpath("string(.//*[local-name()='relIds']/@*[local-name()='dm'])"):
            yield _drawn(shape, diagram, paragraphs, draft)
        elif chart := shape._element.xpath("string(.//*[local-name()='chart']/@*[local-name()='id'])"):
            yield _drawn(shape, chart, chart_text, draft)
        elif shape.has_text_frame:
            if text := _paragraphs(shape.text_frame):
                yield text
        elif description := shape._element.xpath("string(.//p:cNvPr/@descr)"):
            yield f"![{_lines(description)}]()"


def _kind(shape: Any) -> object:
    try:
        return shape.shape_type
    except NotImplementedError:  # a shape that python-pptx knows no name for
        return None


def _drawn(shape: Any, relation: str, read: Callable[[Element], str], draft: Draft) -> str:
    """The words of a diagram (SmartArt), or a chart of a kind that python-pptx does not know."""
    try:
        return read(xml_root(shape.part.related_part(relation).blob))
    except (KeyError, ValueError, XMLError, Unreadable):  # missing, elsewhere, damaged
        part = shape.name
        draft.warn(f"{part}: it is damaged.")
        return ""


def _comments(slide: Any, draft: Draft) -> Iterator[str]:
    parts = [
        relation.target_part
        for relation in slide.part.rels.values()
        if not relation.is_external and relation.reltype.endswith("/comments")
    ]
    for part in parts:
        try:
            comments = list(xml_root(part.blob).iter("{*}cm"))
        except (XMLError, Unreadable):
            draft.warn(f"{str(part.partname).lstrip('/')}: it is damaged.")
            continue
        yield from filter(None, (" ".join(" ".join(comment.itertext()).split()) for comment in comments))


def _paragraphs(frame: Any) -> str:
    lines: list[str] = []
    for paragraph in frame.paragraphs:
        text = _lines(paragraph.text)
        if text:
            lines.append("  " * paragraph.level + ("- " if paragraph.level else "") + text)
    return "\n".join(lines)


def _lines(text: str) -> str:
    return text.replace("\v", "\n").strip()
