"""OpenDocument files, in a package or in one file: what is beside the plain text, and damage."""
# ruff: noqa: E501  # what files hold is not broken into lines

from __future__ import annotations

import io
import zipfile

from tests.documents import made
from tests.documents.conftest import Load


def cell(text: str, inner: str = "") -> str:
    return f'<table:table-cell office:value-type="string">{inner}<text:p>{text}</text:p></table:table-cell>'


def test_comments_in_an_opendocument_workbook_flat_or_not(read: Load) -> None:
    note = "<office:annotation><text:p>a note</text:p><text:p>here</text:p></office:annotation>"
    empty = '<table:table-cell table:number-columns-repeated="25"/>'
    rows = (
        f'<table:table-row table:number-rows-repeated="2">{cell("twice")}</table:table-row>'
        f"<table:table-row>{cell('x')}{empty}{cell('y', note)}</table:table-row>"
    )
    table = f'<table:table table:name="Sums">{rows}</table:table>'
    flat = (
        f'<?xml version="1.0"?><office:document {made.ODF}><office:body><office:spreadsheet>{table}'
        "</office:spreadsheet></office:body></office:document>"
    )
    for name, data in {"a.ods": made.opendocument("spreadsheet", table), "a.fods": flat.encode()}.items():
        text = read(name, data).text
        assert text.count("twice") == 2
        assert text.endswith("\n\nComment on AA3: a note here\n")


def test_headers_formulas_and_charts_of_an_opendocument_text(read: Load) -> None:
    objects = "".join(
        f'<text:p><draw:frame><draw:object xlink:href="./Object {number}" xmlns:xlink="http://www.w3.org/1999/xlink"/>'
        "</draw:frame></text:p>"
        for number in (1, 2)
    )
    formula = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mfrac><mi>a</mi><mi>b</mi></mfrac>'
        '<annotation encoding="StarMath 5.0">{a} over {b}</annotation></semantics></math>'
    )
    row = f"<table:table-row>{cell('Ohio')}{cell('12')}</table:table-row>"
    chart = (
        f"<office:document-content {made.ODF}><office:body><office:chart><table:table>{row}</table:table></office:chart>"
        "</office:body></office:document-content>"
    )
    style = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    styles = (
        f"<office:document-styles {made.ODF} {style}><office:master-styles><style:master-page><style:header>"
        "<text:p>Confidential</text:p></style:header></style:master-page></office:master-styles></office:document-styles>"
    )
    buffer = io.BytesIO(made.opendocument("text", objects))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("Object 1/content.xml", formula)
        archive.writestr("Object 2/content.xml", chart)
        archive.writestr("styles.xml", styles)
    text = read("a.odt", buffer.getvalue()).text
    assert "${a} over {b}$" in text
    assert "| Ohio | 12 |" in text
    assert text.endswith("\nHeader: Confidential\n")


def test_an_opendocument_text_in_one_file(read: Load) -> None:
    spaces = (
        f'{made.ODF} xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    )
    raised = '<style:style style:name="T1"><!--x--><style:text-properties style:text-position="super 58%"/></style:style>'
    formula = (
        '<draw:object><math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mi>E</mi>'
        "<annotation>E = m c^2</annotation></semantics></math></draw:object>"
    )
    picture = "<draw:image><office:binary-data>QUJDREVG</office:binary-data></draw:image><svg:title>Map</svg:title><svg:desc>of Ohio</svg:desc>"
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        "<text:table-of-content><text:table-of-content-source><text:index-title-template>Pattern</text:index-title-template>"
        "</text:table-of-content-source><text:index-body><text:p>Contents</text:p></text:index-body></text:table-of-content>"
        '<text:p>10<text:span text:style-name="T1">6</text:span> at <text:a xlink:href="https://x.org/?a&amp;b">a place</text:a>, '
        "<text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby></text:p>"
        f"<text:p><draw:frame>{formula}</draw:frame><draw:frame>{picture}</draw:frame></text:p>"
    )
    flat = f"<office:document {spaces}><office:automatic-styles>{raised}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document>"
    document = read("a.fodt", flat)
    assert document.text == (
        "Contents\n\n10^6 at [a place](https://x.org/?a&b), 東京 (とうきょう)\n\n$E = m c^2$![Map]()![of Ohio]()\n"
    )
    assert document.warnings == ("1 passage that its author deleted, with the changes tracked, left out.",)


def test_a_drawing_within_an_opendocument_text(read: Load) -> None:
    link = 'xlink:href="./Object 1" xmlns:xlink="http://www.w3.org/1999/xlink"'
    drawn = f"<text:p><draw:frame><draw:object {link}/></draw:frame></text:p>"
    drawing = (
        f"<office:document-content {made.ODF}><office:automatic-styles>style</office:automatic-styles><office:body>"
        f"<office:drawing><draw:page><text:p>drawn words</text:p>{drawn}</draw:page></office:drawing></office:body>"
        "</office:document-content>"
    )
    buffer = io.BytesIO(made.opendocument("text", f"<text:p>before</text:p>{drawn}<text:p>after</text:p>"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("Object 1/content.xml", drawing)
    assert read("a.odt", buffer.getvalue()).text.split() == ["before", "drawn", "words", "after"]


def test_a_damaged_object_in_an_opendocument_text_is_named(read: Load) -> None:
    link = 'xlink:href="./Object 1" xmlns:xlink="http://www.w3.org/1999/xlink"'
    buffer = io.BytesIO(made.opendocument("text", f"<text:p>before<draw:object {link}/></text:p>"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("Object 1/content.xml", "no XML")
    document = read("a.odt", buffer.getvalue())
    assert document.text.split() == ["before"]
    assert document.warnings == ("Object 1/content.xml: it is damaged.",)
