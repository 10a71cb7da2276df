"""Office files: what their libraries pass over is read nevertheless."""
# ruff: noqa: E501  # what files hold is not broken into lines

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable

import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a C module without stubs
from pptx import Presentation
from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats import xls_notes
from rlm_desktop.documents.formats.formulas import latex
from tests.documents import made
from tests.documents.conftest import Load

MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
DRAWN = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
SPACES = (
    f'{made.W} {MATH} {DRAWN} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)
FRACTION = (
    "<m:oMath><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num>"
    "<m:den><m:sSup><m:e><m:r><m:t>b</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:den></m:f></m:oMath>"
)
CHART = (
    f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" {DRAWN}><c:chart><c:title><c:tx><c:rich>'
    "<a:p><a:r><a:t>Sales of the year</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:strRef>"
    '<c:strCache><c:pt idx="0"><c:v>EUR</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache>'
    '<c:pt idx="0"><c:v>Ohio</c:v></c:pt><c:pt idx="1"><c:v>Utah</c:v></c:pt><c:pt idx="2"><c:v>Utah</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef>'
    '<c:numCache><c:pt idx="0"><c:v>12</c:v></c:pt><c:pt idx="1"><c:v>0.10000000000000001</c:v></c:pt><c:pt idx="2"><c:v>7</c:v></c:pt></c:numCache></c:numRef>'
    "</c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
)  # fmt: skip
DIAGRAM = (
    f'<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" {DRAWN}><d:ptLst><d:pt><d:t><a:p><a:r>'
    "<a:t>Plan</a:t></a:r></a:p></d:t></d:pt><d:pt><d:t><a:p><a:r><a:t>Do</a:t></a:r></a:p></d:t></d:pt></d:ptLst></d:dataModel>"
)  # fmt: skip


NEW_CHART = (
    '<x:chartSpace xmlns:x="http://schemas.microsoft.com/office/drawing/2014/chartex"><x:chartData><x:data id="0"><x:strDim type="cat">'
    '<x:lvl><x:pt idx="0">Ohio</x:pt><x:pt idx="1">Utah</x:pt></x:lvl><x:lvl><x:pt idx="0">East</x:pt></x:lvl></x:strDim>'
    '<x:numDim type="val"><x:lvl><x:pt idx="0">12</x:pt><x:pt idx="1">0.5</x:pt></x:lvl></x:numDim></x:data></x:chartData></x:chartSpace>'
)  # fmt: skip


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def paragraph(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def word(body: str, **extra: bytes | str) -> bytes:
    document = f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"
    return made.docx(extra={"word/document.xml": document, **extra})


def box(fallback: str = "") -> str:
    """A text box as Word writes it: for new programs, and perhaps once more for old ones."""
    content = f"<w:txbxContent>{paragraph(run('boxed words'))}</w:txbxContent>"
    new = f"<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp></a:graphicData>"
    old = f"<mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback>"
    choice = f"<mc:Choice Requires='wps'>{new}</a:graphic></wp:anchor></w:drawing></mc:Choice>"
    return f"<w:r><mc:AlternateContent>{choice}{old if fallback else ''}</mc:AlternateContent></w:r>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraph(run("Formula ") + FRACTION + run(" inline")), r"Formula $x=\frac{a}{b^{2}}$ inline"),
        (paragraph(f"<m:oMathPara>{FRACTION}</m:oMathPara>"), r"$$x=\frac{a}{b^{2}}$$"),
        (paragraph(run("Figure ") + f"<w:fldSimple w:instr='SEQ'>{run('7')}</w:fldSimple>" + run(": a")), "Figure 7: a"),
        (paragraph(f"<w:bdo w:val='rtl'>{run('turned')}</w:bdo>"), "turned"),
        (
            paragraph(
                f"<w:r><w:ruby><w:rt>{run('とうきょう')}</w:rt><w:rubyBase>{run('東京')}</w:rubyBase></w:ruby></w:r>"
            ),
            "東京 (とうきょう)",
        ),
        (paragraph("<w:r><w:t>a</w:t><w:cr/><w:t>b</w:t><w:ptab/><w:t>c</w:t></w:r>"), "a  \nb\tc"),
        (paragraph(run("10") + "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>6</w:t></w:r>"), "10^6"),
        (
            paragraph(f"<w:r><w:pict><v:oval><v:textbox><w:txbxContent>{paragraph(run('round'))}</w:txbxContent></v:textbox></v:oval></w:pict></w:r>"),
            "round",
        ),
        (
            paragraph(
                "".join(
                    f"<w:sdt><w:sdtPr><w14:checkbox xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml'>"
                    f"<w14:checked w14:val='{state}'/></w14:checkbox></w:sdtPr><w:sdtContent>{run('x')}</w:sdtContent></w:sdt>{run(text)}"
                    for state, text in (("1", "agreed "), ("0", "paid"))
                )
            ),
            "☒ agreed ☐ paid",
        ),
    ],
)  # fmt: skip
def test_what_mammoth_does_not_know(read: Load, body: str, expected: str) -> None:
    document = read("a.docx", word(body))
    assert expected in document.text
    assert document.warnings == ()


@pytest.mark.parametrize("fallback", ["", "old"])
def test_a_text_box_is_read_once(read: Load, fallback: str) -> None:
    text = read("a.docx", word(paragraph(run("before ") + box(fallback) + run("after")))).text
    assert text.count("boxed words") == 1
    assert "before after" in text


def test_what_was_deleted_is_counted(read: Load) -> None:
    deleted = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    document = read("a.docx", word(paragraph(run("kept ") + f"<w:ins>{run('new')}</w:ins>" + deleted)))
    assert "kept new" in document.text
    assert "gone" not in document.text
    assert document.warnings == ("1 passage that its author deleted, with the changes tracked, left out.",)


def test_headings_of_a_company_and_signs_of_unknown_fonts(read: Load) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="F1"><w:name w:val="Firm\'s \\ own"/><w:basedOn w:val="H1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="F2"><w:name w:val="Part"/><w:pPr><w:outlineLvl w:val="7"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="TOC Heading"/><w:basedOn w:val="H1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="R"><w:name w:val="Ring"/><w:basedOn w:val="R"/></w:style>'
    )
    body = "".join(
        paragraph(f"<w:pPr><w:pStyle w:val='{style}'/></w:pPr>{run(f'in {style}')}")
        for style in ("T", "F1", "F2", "R")
    )
    body += paragraph("<w:r><w:sym w:font='Odd' w:char='F0AA'/></w:r>")
    document = read("a.docx", word(body, **{"word/styles.xml": f"<w:styles {made.W}>{styles}</w:styles>"}))
    assert [(heading.level, heading.title) for heading in document.outline] == [(1, "in F1"), (6, "in F2")]
    assert document.warnings == ("1 sign of an unknown font left out.",)


def test_numbered_lists_that_go_on(read: Load) -> None:
    def item(text: str, number: int, level: int = 0) -> str:
        about = f"<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{number}'/></w:numPr>"
        return paragraph(f"<w:pPr>{about}</w:pPr>{run(text)}")

    formats = "".join(
        f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{kind}"/></w:lvl>'
        for level, kind in enumerate(("decimal", "bullet"))
    )
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbers = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{anew if number == 3 else ""}</w:num>'
        for number in (1, 2, 3)
    )
    numbering = (
        f'<w:numbering {made.W}><w:abstractNum w:abstractNumId="0">{formats}</w:abstractNum>{numbers}</w:numbering>'
    )
    body = item("a", 1) + item("dot", 1, 1) + item("b", 1) + paragraph(run("between")) + item("c", 2) + item("d", 1)
    body += paragraph(run("then")) + item("e", 3) + item("f", 3) + item("none", 0)
    parts = {
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/numbering.xml": numbering,
    }
    text = read("a.docx", made.docx(extra=parts, related=[("numbering", "numbering.xml")])).text
    assert text == "1. a\n   - dot\n2. b\n\nbetween\n\n3. c\n4. d\n\nthen\n\n1. e\n2. f\n\nnone\n"


def test_pages_within_a_word_document(read: Load) -> None:
    body = paragraph(run("before")) + "<w:altChunk r:id='rId5' xmlns:r='x'/>"
    parts = {
        "word/chunk.html": "<html><h1>Exported</h1></html>",
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
    }
    document = read("a.docx", made.docx(extra=parts, related=[("aFChunk", "/word/chunk.html")]))
    assert str(document.place_of(document.text.index("# Exported"))) == "attachment 1 “chunk.html”, line 3"


def test_charts_diagrams_and_files_in_word(read: Load) -> None:
    header = f"<w:hdr {made.W}>{paragraph(run('Left') + '<w:r><w:tab/></w:r>' + run('Right'))}</w:hdr>"
    parts = {
        "word/charts/chart1.xml": CHART,
        "word/charts/_rels/chart1.xml.rels": made.relations(("package", "../embeddings/behind.xlsx")),
        "word/charts/chartEx1.xml": NEW_CHART,
        "word/diagrams/data1.xml": DIAGRAM,
        "word/embeddings/behind.xlsx": made.xlsx(),
        "word/embeddings/own.xlsx": made.xlsx(),
        "word/embeddings/oleObject1.bin": b"x",
        "word/header1.xml": header,
    }
    related = [
        ("chart", "charts/chart1.xml"),
        ("chartEx", "charts/chartEx1.xml"),
        ("diagramData", "diagrams/data1.xml"),
        ("header", "header1.xml"),
    ]
    document = read("a.docx", made.docx(extra=parts, related=related))
    assert (
        "Chart: Sales of the year\n\n|  | EUR |\n| --- | --- |\n| Ohio | 12 |\n| Utah | 0.1 |\n| Utah | 7 |"
        in document.text
    )
    assert "|  | series 1 |\n| --- | --- |\n| East Ohio | 12 |\n| Utah | 0.5 |" in document.text
    assert "Plan\nDo" in document.text
    assert "Header: Left Right" in document.text
    assert document.text.count('"Region, all",Sum') == 1
    place = document.place_of(document.text.index("Region, all"))
    assert str(place) == "attachment 1 “own.xlsx”, sheet 1 “Sales”, line 3"
    assert "1 object of other programs within it not read." in document.warnings


def test_parts_under_other_names(read: Load) -> None:
    header = f"<w:hdr {made.W}>{paragraph(run('Draft of May'))}</w:hdr>"
    note = f'<w:footnotes {SPACES}><w:footnote w:id="2">{paragraph(FRACTION)}</w:footnote></w:footnotes>'
    body = paragraph(run("Formula ") + FRACTION + '<w:r><w:footnoteReference w:id="2"/></w:r>' + box())
    parts = {
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/footnotes.xml": note,
        "word/top.xml": header,
        "word/drawn/figures.xml": CHART,
    }
    names = {
        "document.xml": "story/main.xml",
        "footnotes.xml": "story/below.xml",
        "comments.xml": "story/aside.xml",
    }
    buffer = io.BytesIO()
    made_of = made.docx(extra=parts, related=[("header", "/word/top.xml"), ("chart", "/word/drawn/figures.xml")])
    with zipfile.ZipFile(io.BytesIO(made_of)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data, path = old.read(name).decode(), name.replace("word/_rels/", "word/story/_rels/")
            for usual, other in names.items():
                data = data.replace(f"word/{usual}", f"word/{other}").replace(f'"{usual}"', f'"/word/{other}"')
                path = path.replace(f"word/{usual}", f"word/{other}")
            new.writestr(path.replace("document.xml.rels", "main.xml.rels"), data)
    document = read("a.docx", buffer.getvalue())
    assert (document.kind, document.warnings) == ("docx", ())
    assert document.text.count(r"x=\frac{a}{b^{2}}") == 2
    assert "boxed words" in document.text
    assert "Header: Draft of May" in document.text
    assert "| Ohio | 12 |" in document.text


def test_what_python_pptx_does_not_know(read: Load) -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    shape = slide.shapes.add_textbox(0, 0, 10, 10)
    shape.text_frame.text = "Formula "
    new = "http://schemas.microsoft.com/office/drawing/2010/main"
    holder = etree.fromstring(f'<n:m xmlns:n="{new}" {MATH}>{FRACTION}</n:m>')
    shape.text_frame.paragraphs[0]._p.append(holder)
    tree = slide.shapes._spTree
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    choice = etree.SubElement(
        etree.SubElement(tree, f"{{{compatible}}}AlternateContent"), f"{{{compatible}}}Choice"
    )
    choice.append(shape._element)
    figures = XyChartData()
    series = figures.add_series("Growth")
    series.add_data_point(1.5, 20)
    slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, 0, 10, 10, figures)
    odd = slide.shapes.add_textbox(0, 0, 10, 10)
    odd.text_frame.text = "an odd shape"
    odd._element.nvSpPr.cNvSpPr.attrib.clear()
    odd._element.spPr.clear()
    file = io.BytesIO()
    raised = slide.shapes.add_textbox(0, 0, 10, 10).text_frame.paragraphs[0]
    for words in ("Area 10", "6", " on ", "the ", "map"):
        raised.add_run().text = words
    raised.runs[1].font._element.set("baseline", "30000")
    for linked in raised.runs[3:]:
        linked.hyperlink.address = "https://x.org/"
    deck.save(file)
    text = read("a.pptx", file.getvalue()).text
    assert "Area 10^6 on the map (https://x.org/)" in text
    assert r"Formula $x=\frac{a}{b^{2}}$" in text
    assert "| 1.5 | 20 |" in text
    assert "an odd shape" in text


def as_strict(data: bytes) -> bytes:
    return re.sub(
        rb"http://schemas\.openxmlformats\.org/(\w+)/2006/(main|relationships)",
        lambda space: space[0] if space[1] == b"package" else b"http://purl.oclc.org/ooxml/%b/%b" % space.groups(),
        data,
    )


DECK = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


@pytest.mark.parametrize(
    "change",
    [
        as_strict,
        lambda data: data.replace(DECK, DECK.replace(b"presentation.main", b"slideshow.main")),
        lambda data: data.replace(DECK, b"application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml"),
        lambda data: data.replace(DECK, b"application/vnd.ms-powerpoint.template.macroEnabled.main+xml"),
    ],
)
def test_a_presentation_in_another_form(read: Load, change: Callable[[bytes], bytes]) -> None:
    deck, file, changed = Presentation(), io.BytesIO(), io.BytesIO()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Shown as it is"
    deck.save(file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)))
    document = read("a.ppsx", changed.getvalue())
    assert (document.kind, document.text) == ("pptx", "## Shown as it is\n\n")


def slides_with(diagram: str) -> bytes:
    """A deck with a diagram, a comment and a workbook within."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = (
        '<p:graphicFrame xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:r="{made.R}" {DRAWN}><p:nvGraphicFramePr><p:cNvPr id="9" name="d"/><p:cNvGraphicFramePr/><p:nvPr/>'
        '</p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/diagram">'
        '<d:relIds xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" r:dm="rIdD"/></a:graphicData>'
        "</a:graphic></p:graphicFrame>"
    )
    from pptx.oxml import parse_xml

    for drawn in (frame, frame.replace("relIds", "chart").replace("rIdD", "rIdN").replace("r:dm", "r:id")):
        slide.shapes._spTree.append(parse_xml(drawn))
    file = io.BytesIO()
    deck.save(file)
    relations = (
        f'<Relationship Id="rIdD" Type="{made.R}/diagramData" Target="../diagrams/data1.xml"/>'
        f'<Relationship Id="rIdN" Type="x/chartEx" Target="../charts/chartEx1.xml"/>'
        f'<Relationship Id="rIdC" Type="{made.R}/comments" Target="../comments/comment1.xml"/></Relationships>'
    )
    comment = '<p:cmLst xmlns:p="x"><p:cm><p:pos x="1"/><p:text>Is this right?</p:text></p:cm></p:cmLst>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(buffer, "w") as whole:
        for name in old.namelist():
            data = old.read(name)
            if name == "ppt/slides/_rels/slide1.xml.rels":
                data = data.replace(b"</Relationships>", relations.encode())
            whole.writestr(name, data)
        whole.writestr("ppt/diagrams/data1.xml", diagram)
        whole.writestr("ppt/charts/chartEx1.xml", NEW_CHART)
        whole.writestr("ppt/comments/comment1.xml", comment)
        whole.writestr("ppt/embeddings/table.xlsx", made.xlsx())
    return buffer.getvalue()


def test_a_damaged_diagram_of_a_slide_is_named(read: Load) -> None:
    document = read("a.pptx", slides_with("no XML"))
    assert "Is this right?" in document.text
    assert "d: it is damaged." in document.warnings


def test_diagrams_and_comments_of_slides(read: Load) -> None:
    document = read("a.pptx", slides_with(DIAGRAM))
    text = document.text
    assert (
        str(document.place_of(text.index("Europe")))
        == "slide 1, attachment 1 “table.xlsx”, sheet 1 “Sales”, line 4"
    )
    assert "Plan\nDo" in text
    assert "| East Ohio | 12 |" in text
    assert "Comment: Is this right?" in text


def test_what_lies_on_sheets(read: Load) -> None:
    drawing = f'<d:wsDr xmlns:d="x" {DRAWN}><d:sp><d:txBody><a:p><a:r><a:t>a text box</a:t></a:r></a:p></d:txBody></d:sp></d:wsDr>'
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": made.relations(
            ("comments", "../comments1.xml"), ("drawing", "../drawings/drawing1.xml")
        ),
        "xl/drawings/drawing1.xml": drawing,
        "xl/drawings/_rels/drawing1.xml.rels": made.relations(("chart", "../charts/chart1.xml")),
        "xl/charts/chart1.xml": CHART,
    }
    document = read("a.xlsx", made.xlsx(parts))
    first = document.page_text(1)
    assert "Comment on B2: provisional" in first
    assert "a text box" in first
    assert "| Utah | 0.1 |" in first


def test_cells_without_a_value_are_named(read: Load) -> None:
    cells = (
        '<row r="1"><c r="A1"><f>SUM(B1:B2)&lt;3</f></c><c r="B1"><f>1+1</f><v>2</v></c>'
        '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1"><f>2</f><v/></c></row>'
    )
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    text = read("a.xlsx", made.xlsx({"xl/worksheets/sheet1.xml": sheet})).text
    assert text.startswith(
        "## Sales\n\n2,\n\nError in C1: #DIV/0!\nFormula without a result in A1: =SUM(B1:B2)<3\n"
        "Formula without a result in D1: =2\nComment on B2: provisional\n"
    )


def test_a_sheet_of_charts(read: Load) -> None:
    book = made.relations(("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "chartsheets/sheet1.xml"))
    parts = {
        "xl/_rels/workbook.xml.rels": book,
        "xl/chartsheets/sheet1.xml": "<chartsheet/>",
        "xl/chartsheets/_rels/sheet1.xml.rels": made.relations(("drawing", "../drawings/drawing1.xml")),
        "xl/drawings/drawing1.xml": "<x/>",
        "xl/drawings/_rels/drawing1.xml.rels": made.relations(("chart", "../charts/chart1.xml")),
        "xl/charts/chart1.xml": CHART,
    }
    assert "| Utah | 0.1 |" in read("a.xlsx", made.xlsx(parts)).page_text(2)


def old_workbook() -> bytes:
    """A workbook of Excel 97: a figure, two comments, one of them in two pieces, and a text box."""

    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def box(number: int, *pieces: bytes) -> bytes:
        length = sum((len(piece) - 1) // (1 + piece[0]) for piece in pieces)
        drawn = record(0x5D, struct.pack("<4H14x", 0x15, 18, 0x19, number))
        drawn += record(0x1B6, struct.pack("<HH6xHHI", 0, 0, length, 16, 0))
        return drawn + b"".join(record(0x3C, piece) for piece in pieces) + record(0x3C, bytes(16))

    def note(row: int, column: int, number: int) -> bytes:
        return record(0x1C, struct.pack("<4HH", row, column, 0, number, 3) + b"\0Ann")

    begin = record(0x809, struct.pack("<4H8x", 0x600, 0x10, 0, 0x7CC))
    sheet = begin + record(0x203, struct.pack("<3Hd", 1, 1, 0, 42.0))
    sheet += box(1, b"\0Ann:\nprovi", b"\0sional") + box(2, b"\1" + "geprüft 😀".encode("utf-16-le"))
    sheet += box(3, b"\0a text box") + note(1, 1, 1) + note(0, 27, 2) + record(0x0A)
    head = record(0x809, struct.pack("<4H8x", 0x600, 5, 0, 0x7CC))
    name = b"\x05\1" + "Süden".encode("utf-16-le")
    start = len(head) + 4 + 6 + len(name) + 4
    book = head + record(0x85, struct.pack("<IH", start, 0) + name) + record(0x0A) + sheet
    return made.compound({"Workbook": book})


def test_comments_in_an_old_workbook(read: Load) -> None:
    text = read("a.xls", old_workbook()).text
    assert text.startswith("## Süden\n")
    assert text.endswith("\n42\n\nComment on B2: Ann: provisional\nComment on AB1: geprüft 😀\na text box\n")


def test_comments_of_an_old_workbook_that_is_damaged_do_no_harm() -> None:
    book = old_workbook()
    for size in range(0, len(book), 7):
        draft = Draft("xls")
        xls_notes.old_notes(io.BytesIO(book[:size]), draft)
        assert not draft.warnings or "could not be read" in draft.warnings[0]
    torn = book.replace(b"\x3c\0\x0b\0\0Ann", b"\x5d\0\x0b\0\0Ann")  # another box begins before the text is whole
    assert torn != book
    found = xls_notes.old_notes(io.BytesIO(torn), Draft("xls"))
    assert found == {"Süden": ["Comment on AB1: geprüft 😀", "a text box"]}


def test_damaged_parts_beside_the_text_are_named(read: Load) -> None:
    damaged = {
        "word/header1.xml": "no XML",
        "word/charts/_rels/chart1.xml.rels": "",
        "word/charts/chart1.xml": CHART,
    }
    related = [("header", "header1.xml"), ("chart", "/word/charts/chart1.xml")]
    document = read("a.docx", made.docx(extra=damaged, related=related))
    assert "Sales of the year" in document.text
    assert document.warnings == ("word/header1.xml: it is damaged.",)
    document = read("a.xlsx", made.xlsx({"xl/comments1.xml": ""}))
    assert "Region" in document.text
    assert "xl/comments1.xml: it is damaged." in document.warnings


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("<m:rad><m:deg/><m:e><m:r><m:t>x</m:t></m:r></m:e></m:rad>", r"\sqrt{x}"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub><m:r><m:t>i</m:t></m:r></m:sub><m:sup/>'
            "<m:e><m:r><m:t>i</m:t></m:r></m:e></m:nary>",
            r"\sum_{i} i",
        ),
        (
            '<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e><m:r><m:t>a</m:t></m:r></m:e>'
            "<m:e><m:r><m:t>b</m:t></m:r></m:e></m:d>",
            "[a|b]",
        ),
        ("<m:m><m:mr><m:e><m:r><m:t>1</m:t></m:r></m:e><m:e/></m:mr></m:m>", r"\begin{matrix}1 & \end{matrix}"),
        ("<m:acc><m:e><m:r><m:t>y</m:t></m:r></m:e></m:acc>", r"\hat{y}"),
        ("<m:groupChr><m:e><m:r><m:t>z</m:t></m:r></m:e></m:groupChr>", "z"),
    ],
)
def test_formulas(formula: str, expected: str) -> None:
    assert latex(etree.fromstring(f"<m:oMath {MATH}>{formula}</m:oMath>")) == expected


def test_a_formula_nested_without_end() -> None:
    deep = "<m:e>" * 2000 + "<m:r><m:t>x</m:t></m:r>" + "</m:e>" * 2000
    parser = etree.XMLParser(huge_tree=True)
    assert latex(etree.fromstring(f"<m:oMath {MATH}>{deep}</m:oMath>", parser)) == "x"
