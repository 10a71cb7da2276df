"""Rich texts: encodings, structure, notes; whatever they hold, they are read to their end."""
# ruff: noqa: E501  # what files hold is not broken into lines

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats import rtf
from rlm_desktop.documents.formats.common import Source


def read(data: bytes) -> Draft:
    draft = Draft("rtf")
    rtf.extract(Source("a.rtf", io.BytesIO(data)), draft)
    draft.finish()
    return draft


def text_of(data: bytes) -> str:
    return "".join(read(data).parts)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (rb"{\rtf1\ansi Caf\'e9 \u26085?\u26412? \b bold\b0\par next}", "Café 日本 bold\nnext"),
        (rb"{\rtf1\ansi\ansicpg932 \'83e\'83X\'83g}", "テスト"),  # the second byte of a letter may be a plain character
        (rb"{\rtf1\ansicpg932{\fonttbl{\f1\fcharset204 A;}}\'93\'fa{\f1\'cf\'f0}\'96\'7b}", "日Пр本"),
        (rb"{\rtf1{\fonttbl{\f0\fcharset161 A;}}\deff0 \'e1\'e2 \plain\'e3}", "αβ γ"),
        (b"{\\rtf1\\ansicpg1251 \xcf\xf0\xe8\xe2\xe5\xf2 \\'cc\\'e8\\'f0}", "Привет Мир"),
        (rb"{\rtf1\mac \'8e}", "é"),
        (rb"{\rtf1 \u-10179?\u-8704? {\uc0\u8364 x}{\uc2\u8364\'80?y}\u8364\'80z}", "😀 €x€y€z"),
        (rb"{\rtf1 {\upr{ansi}{\*\ud{\u26085 ?uni}}}{\*\unknown hidden}{\info{\title no}}}", "日uni"),
        (b"{\\rtf1 before{\\pict\\bin6 {}{}{\\}after\\emdash \\~\\_\\{\\}\\\\}", "beforeafter—\u00a0\u2011{}\\"),
        (rb"{\rtf1 {\listtext\pard\'b7\tab}one\par{\pntext 2.\tab}two}", "- one\n2. two"),
        (rb'{\rtf1 {\field{\*\fldinst{HYPERLINK "http://x.org/"}}{\fldrslt the link}} end}', "the link (http://x.org/) end"),
        (rb"{\rtf1 a{\footnote\pard By \par volume.}{\*\annotation Check{\*\atndate 1}} b}", "a (note: By volume.) (comment: Check) b"),
        (rb"{\rtf1 {\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt boxed}}{\shprslt{\*\do\dptxbxtext boxed}}}end}", " (text box: boxed)end"),
        (rb"{\rtf1 {\header one \*\odd two}{\footnote\annotation three}four}", " (note: (comment: three))four\nHeader: one"),
        (rb"{\rtf1 10{\super 6}, m\super 2\nosupersub 3 and 1{\super st}{\super\super0 4}", "10^6, m^23 and 1st4"),
        (
            rb"{\rtf1 is {\mmath{\*\moMath{\*\mctrlPr x}{\mf{\mfPr{\mtype bar}}{\mnum{\mr a}}{\mden{\msSup{\me{\mr b}}{\msup{\mr 2}}}}}}{\mmathPict pic}}.}",
            "is a/b^2.",
        ),
        (rb"{\rtf1 inside}outside", "inside"),
        (rb"{\rtf1 {{{ open \par \'zz \u x", " open \n'zz x"),
    ],
)  # fmt: skip
def test_texts(data: bytes, expected: str) -> None:
    assert text_of(data).strip("\n") == expected


def test_structure() -> None:
    draft = read(
        rb"{\rtf1\ansi{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}{\header\pard Confidential\par}"
        rb"\pard\s1 The{\footnote\pard only} Heading\par\pard before\par\trowd\pard\intbl Region{\footnote\pard\plain of sale}\cell Sales\cell\row\trowd\pard\intbl Eu\par"
        rb" rope\cell 42\cell\row\pard after\par\pard\outlinelevel1 Second\par{\footer Page 1}}"
    )
    assert "".join(draft.parts) == (
        "# The (note: only) Heading\n\nbefore\n\n| Region (note: of sale) | Sales |\n| --- | --- |\n| Eu rope | 42 |\n\n"
        "after\n## Second\n\n\nHeader: Confidential\n\nFooter: Page 1\n"
    )
    assert [(heading.level, heading.title) for heading in draft.headings] == [
        (1, "The (note: only) Heading"),
        (2, "Second"),
    ]


def test_a_sign_of_two_halves_in_a_heading() -> None:
    draft = read(rb"{\rtf1 \pard\outlinelevel0 A \u-10179?\u-8704? smile, a half \u-10179?\par}")
    assert [heading.title for heading in draft.headings] == ["A 😀 smile, a half �"]


def test_what_cannot_be_decoded_is_counted() -> None:
    assert read(rb"{\rtf1\ansicpg932 \'83\'ff ok}").warnings == ["1 byte that cannot be decoded replaced by “�”."]


@given(
    st.lists(
        st.sampled_from(
            [*"{}ab\n", "\\par ", "\\'e9", "\\u8364 ?", "\\cell", "\\row", "\\*", "\\footnote", "\\bin9 ", "\\f1"]
        )
    )
)
def test_any_words_are_read_to_their_end(words: list[str]) -> None:
    text_of(("{\\rtf1 " + "".join(words)).encode())
