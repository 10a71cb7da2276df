"""Word documents to Markdown, through HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from io import BytesIO
from zipfile import ZipFile

import mammoth
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a C module without stubs

from rlm_desktop.documents.document import count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats import formulas
from rlm_desktop.documents.formats.common import Element, Source, replace_element, said_in, split_tag, xml_root
from rlm_desktop.documents.formats.html import to_markdown
from rlm_desktop.documents.formats.limits import DAMAGE, read_member
from rlm_desktop.documents.formats.numbering import lists_of, mark_continued, with_numbers
from rlm_desktop.documents.formats.office import add_embedded, chart_text, paragraphs, part_root, related

_MAIN = "word/document.xml"
_TEXTS = ("footnotes", "endnotes", "comments")
_MARGINS = ("header", "footer")
_DRAWN = {"chart": chart_text, "chartEx": chart_text, "diagramData": paragraphs}
"""Kinds of parts that belong to the main one."""
_CHUNK = "aFChunk"
_UNREAD = re.compile(
    rb"<(?:\w+:)?(?:oMath|AlternateContent|fldSimple|ruby|bdo|dir|drawing|del|cr|ptab|oval|numPr)\b", re.ASCII
)
"""What mammoth passes over with the text in it."""
_OTHER_NAMES = {"cr": "br", "ptab": "tab", "oval": "shape"}
"""What mammoth knows under another name."""
_LOST_SIGN = "unsupported character"
"""In what mammoth says of signs whose font it does not know."""
_MOST_BASES = 20
_LEVELS = frozenset("012345678")
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
        main = next((part for kind, part in _related(archive, "") if kind == "officeDocument"), _MAIN)
        parts = _related(archive, main)
        texts = [main, *(part for kind, part in parts if kind in _TEXTS)]
        part_of = dict(reversed(parts))
        lists = lists_of(part_root(archive, part_of.get("numbering", "")))
        result = mammoth.convert_to_html(
            _prepared(archive, texts, lists, draft) or file,
            style_map=_STYLES + "\n".join(_headings(archive, part_of.get("styles", ""))),
            convert_image=mammoth.images.img_element(_no_picture),
            include_embedded_style_map=False,  # it may leave out text
            external_file_access=False,
        )
        draft.add_markdown(to_markdown(with_numbers(result.value)))
        if lost := sum(_LOST_SIGN in message.message for message in result.messages):
            draft.warn(f"{count(lost, 'sign')} of an unknown font left out.")
        for kind, part in parts:
            root = part_root(archive, part, draft) if kind in _DRAWN else None
            if root is not None and (text := _DRAWN[kind](root)):
                draft.add(f"\n{text}\n")
        for name, text in dict.fromkeys(_margins(archive, parts, draft)):
            draft.add(f"\n{name}: {text}\n")
        add_embedded(archive, source, draft, [part for kind, part in parts if kind == _CHUNK])


def _related(archive: ZipFile, part: str) -> list[tuple[str, str]]:
    """Kinds and names of the parts that belong to a part, or to the file itself, as far as they are there."""
    names = set(archive.namelist())
    return [(kind, name) for kind, name in dict.fromkeys(related(archive, part)) if name in names]


def _headings(archive: ZipFile, part: str) -> Iterator[str]:
    """What mammoth is to be told of styles that a company has made for its headings."""
    root = part_root(archive, part)
    styles = {} if root is None else {said_in(style, "styleId"): style for style in root.iterfind("{*}style")}
    for style in styles.values():
        name, level, own = said_in(style.find("{*}name")), "", style
        for _ in range(_MOST_BASES):
            level = level or said_in(own.find("{*}pPr/{*}outlineLvl"))
            if level or (own := styles.get(said_in(own.find("{*}basedOn")))) is None:
                break
        if level in _LEVELS and not name.lower().startswith("heading "):
            quoted = name.replace("\\", r"\\").replace("'", r"\'")
            yield f"p[style-name='{quoted}'] => h{min(int(level) + 1, 6)}:fresh"


def _prepared(
    archive: ZipFile, texts: Iterable[str], lists: Mapping[str, tuple[str, bool]], draft: Draft
) -> BytesIO | None:
    """The document with what mammoth does not know put in words that it knows; None when it knows all."""
    changed: dict[str, bytes] = {}
    deleted = 0
    for name in texts:
        data = read_member(archive, archive.getinfo(name))
        if _UNREAD.search(data):
            root = xml_root(data)
            deleted += _put_in_words(root)
            mark_continued(root, lists)
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
    for name, known in _OTHER_NAMES.items():
        for one in list(root.iter(f"{{*}}{name}")):
            one.tag = f"{{{split_tag(one)[0]}}}{known}"
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


def _margins(archive: ZipFile, parts: Iterable[tuple[str, str]], draft: Draft) -> Iterator[tuple[str, str]]:
    """Texts of headers and footers, which mammoth leaves out."""
    for kind, part in parts:
        if kind not in _MARGINS or (root := part_root(archive, part, draft)) is None:
            continue
        for old in list(root.iter("{*}Fallback")):
            old.getparent().remove(old)
        if text := " / ".join(filter(None, map(_text, root.iter("{*}p")))):
            yield kind.capitalize(), text


def _text(paragraph: Element) -> str:
    own = (
        one
        for one in paragraph.iter("{*}t", "{*}tab", "{*}ptab", "{*}br")
        if next(one.iterancestors("{*}p")) is paragraph  # not of a text box within
    )
    return " ".join("".join(one.text or "" if split_tag(one)[1] == "t" else " " for one in own).split())


def _no_picture(image: object) -> dict[str, str]:
    return {"src": ""}
