"""The control words of rich texts that matter (Rich Text Format Specification 1.9.1)."""

from __future__ import annotations

CHARACTERS = {
    "line": "\n", "tab": "\t", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "nestcell": " / ", "mden": "/", "msub": "_", "msup": "^",
}  # fmt: skip
NOTES = {"footnote": "note", "annotation": "comment", "shptxt": "text box", "dptxbxtext": "text box"}
"""What stands beside the text: it is written where it belongs, under these names."""
MARGINS = {f"{name}{side}": name.capitalize() for name in ("header", "footer") for side in ("", "l", "r", "f")}
READ = frozenset(("shpinst", "do", "shppict", "moMath", "moMathPara"))
"""Groups that only newer programs know, with text in them."""
_SKIPPED = (
    "colortbl info pict nonshppict objdata objclass objname sn sv shprslt themedata colorschememapping datastore"
    " latentstyles listtable listoverridetable revtbl rsidtbl generator xmlnstbl bkmkstart bkmkend nonesttables pn"
    " pntxta pntxtb formfield datafield fontemb falt panose template filetbl listpicture ftnsep ftnsepc ftncn"
    " aftnsep aftnsepc aftncn xe tc rxe txe atnid atnauthor atnref atndate atnicn pgptbl mmathPict docvar"
    # How the parts of formulas look.
    " maccPr mbarPr mborderBoxPr mboxPr mdPr meqArrPr mfPr mfuncPr mgroupChrPr mlimLowPr mlimUppPr mmPr mnaryPr"
    " moMathParaPr mmathPr mphantPr mradPr msPrePr msSubPr msSubSupPr msSupPr"
)
SKIPPED = frozenset(_SKIPPED.split())
"""Groups without anything that is read on a page."""
DOCUMENT_CHARSETS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
CODE_PAGES = {
    0: "cp1252", 1361: "johab", 10000: "mac_roman", 10001: "shift_jis", 10006: "mac_greek", 10007: "mac_cyrillic",
    20866: "koi8-r", 21866: "koi8-u", 50220: "iso2022_jp_2", 51932: "euc_jp", 51949: "euc_kr", 54936: "gb18030",
    65001: "utf-8", **{28590 + part: f"iso8859-{part}" for part in (*range(1, 10), 13, 15)},
}  # fmt: skip
"""Encodings by the number that Windows gives them, where Python does not know it."""
CHARSETS = {
    0: "cp1252", 2: "cp1252", 77: "mac_roman", 78: "shift_jis", 79: "cp949", 80: "gb2312", 81: "big5", 83: "cp1255",
    84: "cp1256", 85: "mac_greek", 86: "mac_turkish", 87: "cp874", 88: "mac_latin2", 89: "mac_cyrillic",
    128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    254: "cp437", 255: "cp850",
}  # fmt: skip
"""Encodings by the character set of a font; of one that names none (1), the document's counts."""
