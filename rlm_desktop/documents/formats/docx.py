"""Word documents to Markdown, through HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from io import BytesIO
from zipfile import ZipFile

import mammoth
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a C module without stubs

from rlm_desktop.documents.document import count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats import formulas
from rlm_desktop.documents.formats.common import Element, Source, replace_element, split_tag, xml_root
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.limits import DAMAGE, read_member
from rlm_desktop.documents.formats.office import add_embedded, part_root, part_text

_MARGIN = re.compile(r"word/(header|footer)\d*\.xml")
_DRAWN = re.compile(r"word/(?:charts/chart|diagrams/data)\d*\.xml")
_TEXTS = re.compile(r"word/(?:document|footnotes|endnotes|comments)\d*\.xml")
_UNREAD = re.compile(rb"<(?:m:oMath|mc:AlternateContent|w:(?:fldSimple|ruby|bdo|dir|drawing|del)\b)")
"""What mammoth passes over with the text in it."""
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name='Heading 7'] => h6:fresh
p[style-name='Heading 8'] => h6:fresh
p[style-name='Heading 9'] => h6:fresh
comment-reference => sup
"""


def extract(source: Source, draft: Draft) -> None:
    """Headings, lists, tables, formulas, footnotes, endnotes and comments; pictures by their description only."""
    # mammoth looks for linked files beside the document when the file has a name; a buffer has none.
    file = BytesIO(source.read())
    with ZipFile(file) as archive:
        if any(name.endswith("vbaProject.bin") for name in archive.namelist()):
            draft.warn("It holds macros, which were not read.")
        result = mammoth.convert_to_html(
            _prepared(archive, draft) or file,
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(_no_picture),
            external_file_access=False,
        )
        draft.add_markdown(to_markdown(result.value))
        for part in sorted(filter(_DRAWN.fullmatch, archive.namelist())):
            if text := part_text(archive, part, draft):
                draft.add(f"\n{text}\n")
        for name, text in dict.fromkeys(_margins(archive, draft)):
            draft.add(f"\n{name}: {text}\n")
        add_embedded(archive, source, draft)


def _prepared(archive: ZipFile, draft: Draft) -> BytesIO | None:
    """The document with what mammoth does not know put in words that it knows; None when it knows all."""
    changed: dict[str, bytes] = {}
    deleted = 0
    for name in filter(_TEXTS.fullmatch, archive.namelist()):
        data = read_member(archive, archive.getinfo(name))
        if _UNREAD.search(data):
            root = xml_root(data)
            deleted += _put_in_words(root)
            changed[name] = etree.tostring(root)
    if deleted:
        draft.warn(f"{count(deleted, 'passage')} that its author deleted, with the changes tracked, left out.")
    if not changed:
        return None
    buffer = BytesIO()
    with ZipFile(buffer, "w") as copy:
        for member in archive.infolist():
            if not member.filename.startswith(("word/media/", "word/embeddings/")):
                data = changed.get(member.filename)
                with suppress(*DAMAGE):  # a picture of the first page, perhaps: mammoth reads what it needs
                    copy.writestr(member.filename, read_member(archive, member) if data is None else data)
    buffer.seek(0)
    return buffer


def _put_in_words(root: Element) -> int:
    """Change what mammoth does not know; returns how many passages are marked as deleted."""
    space = split_tag(root)[0]
    for choice in list(root.iter("{*}AlternateContent")):
        _choose(choice)
    for drawing in list(root.iter(f"{{{space}}}drawing")):
        if boxes := [deepcopy(box) for box in drawing.iter(f"{{{space}}}txbxContent")]:
            picture = etree.Element(f"{{{space}}}pict")
            picture.extend(boxes)
            replace_element(drawing, [picture])
    for formula in list(root.iter("{*}oMath")):
        sign = "$$" if split_tag(formula.getparent())[1] == "oMathPara" else "$"
        replace_element(formula, [_run(space, f"{sign}{formulas.latex(formula)}{sign}")])
    for ruby in list(root.iter(f"{{{space}}}ruby")):
        base, above = (_words(ruby.iterfind(f"{{{space}}}{name}")) for name in ("rubyBase", "rt"))
        replace_element(ruby, [_run(space, f"{base} ({above})")[0]])
    for name in ("fldSimple", "bdo", "dir", "oMathPara"):
        for wrapping in list(root.iter(f"{{*}}{name}")):
            replace_element(wrapping, list(wrapping))
    return sum(1 for one in root.iter(f"{{{space}}}del") if _has_words(one))


def _choose(choice: Element) -> None:
    """Of a drawing that is there twice, for new programs and for old ones, keep what has words for mammoth."""
    new, old = choice.find("{*}Choice"), choice.find("{*}Fallback")
    if new is not None and (old is None or not _has_words(old)):
        replace_element(choice, list(new))


def _has_words(element: Element) -> bool:
    return any(text.text for text in element.iter("{*}t", "{*}delText"))


def _words(elements: Iterator[Element]) -> str:
    return "".join(text.text or "" for element in elements for text in element.iter("{*}t"))


def _run(space: str, text: str) -> Element:
    run = etree.Element(f"{{{space}}}r")
    etree.SubElement(run, f"{{{space}}}t").text = text
    return run


def _margins(archive: ZipFile, draft: Draft) -> Iterator[tuple[str, str]]:
    """Texts of headers and footers, which mammoth leaves out."""
    for part in sorted(archive.namelist()):
        if match := _MARGIN.fullmatch(part):
            if (root := part_root(archive, part, draft)) is None:
                continue
            for old in list(root.iter("{*}Fallback")):
                old.getparent().remove(old)
            paragraphs = [_text(paragraph) for paragraph in root.iter("{*}p")]
            if text := " / ".join(filter(None, paragraphs)):
                yield match[1].capitalize(), text


def _text(paragraph: Element) -> str:
    parts = (
        " " if split_tag(one)[1] == "tab" else one.text or "" for one in paragraph.iter("{*}t", "{*}tab", "{*}br")
    )
    return " ".join("".join(parts).split())


def _no_picture(image: object) -> dict[str, str]:
    return {"src": ""}
