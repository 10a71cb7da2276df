"""Encodings: of long texts, and of short ones, where there is least to tell them by."""

from __future__ import annotations

import pytest

from rlm_desktop.documents import EncodingNeeded
from rlm_desktop.documents.encoding import declared, decode
from tests.documents.conftest import Load


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Straße", "cp1252"),
        ("Grüße", "latin-1"),
        ("Müller;Straße 5\nÉcole;déjà vu – 5 €\n", "cp1252"),
        ("señor", "cp1252"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("Kraków i Łódź", "iso8859-2"),
        ("Příliš žluťoučký kůň", "cp1250"),
        ("árvíztűrő tükörfúrógép", "iso8859-2"),
        ("İstanbul'da güneşli bir gün", "cp1254"),
        ("café, où êtes-vous", "mac_roman"),
        ("für über", "cp850"),
        ("Москва", "cp1251"),
        ("señor", "utf-16-le"),
        ("Grüße", "utf-16-be"),
        ("İstanbul'da güneşli bir gün", "utf-16-le"),
        ("Straße", "utf-32-le"),
    ],
)
def test_a_few_words(text: str, encoding: str) -> None:
    for whole in (text, f"{text}\r\n{text}\n"):
        found = decode(whole.encode(encoding))
        assert (found.text, found.warnings) == (whole, ())


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ISO-8859-1", "cp1252"),
        ("windows-874", "cp874"),
        ("x-sjis", "cp932"),
        ("iso-8859-8-i", "iso8859-8"),
        ("ks_c_5601-1987", "cp949"),
        ("no-such", "no-such"),
    ],
)
def test_what_a_declared_encoding_means(name: str, meant: str) -> None:
    assert declared(name) == meant


def test_a_chosen_encoding(read: Load) -> None:
    data = "Привет, мир".encode("koi8-r")
    assert read("a.txt", data, encoding="koi8-r").text == "Привет, мир"
    wrong = read("a.txt", data + b"\xff", encoding="utf-8")
    assert wrong.warnings == ("10 bytes that cannot be UTF-8 replaced by “�”.",)


@pytest.mark.parametrize("name", ["klingon", "zlib", "hex", "rot13", "idna", "punycode", "undefined"])
def test_what_is_no_encoding_of_texts(read: Load, name: str) -> None:
    with pytest.raises(EncodingNeeded, match=f"there is no encoding named “{name}”"):
        read("a.txt", b"some text", encoding=name)


JAPANESE = "日本語のテキストです。これは文字コードの判定のための文章です。東京都は日本の首都です。\n" * 6
KOREAN = "한국어 텍스트입니다. 이것은 문자 인코딩을 판별하기 위한 문장입니다. 서울은 수도입니다.\n" * 6
CHINESE = "这是一段中文文本，用于判断字符编码。北京是中华人民共和国的首都，人口约两千万。\n" * 6
RUSSIAN = "Это русский текст для определения кодировки. Москва является столицей Российской Федерации.\n" * 6
FRENCH = "Les élèves étudient à l’école près de la forêt; ça coûte très cher – naïve façade.\n" * 6
POLISH = "Zażółć gęślą jaźń. Polska jest krajem w Europie, a stolicą jest Warszawa. Książki są ważne.\n" * 6


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((JAPANESE, name) for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")),
        *((JAPANESE, name) for name in ("utf-32-be", "shift_jis", "euc_jp", "iso2022_jp")),
        *((KOREAN, name) for name in ("euc_kr", "cp949", "iso2022_kr")),
        *((CHINESE, name) for name in ("gb2312", "gb18030")),
        (CHINESE.replace("这", "").replace("断", "").translate(str.maketrans("测", "x")), "gbk"),
        *((RUSSIAN, name) for name in ("koi8-r", "cp1251", "iso8859-5", "cp866")),
        (FRENCH, "cp1252"),
        (FRENCH.replace("’", "'").replace("–", "-"), "latin-1"),
        (POLISH, "cp1250"),
    ],
)
def test_encodings(read: Load, text: str, encoding: str) -> None:
    document = read("a.txt", text.encode(encoding))
    assert document.text == text
    assert document.warnings == ()
    assert document.encoding


@pytest.mark.parametrize(
    "text",
    [
        "café naïve",
        "Les élèves étudient à l’école.",
        "Price: 5 € only, © 2020 Müller GmbH",
        "name;city\nJosé;São Paulo\nAnna;Malmö\n",
        "Größe 20 µm ± 5 °C",
        "plain words and one é",
    ],
)
def test_a_few_accents_in_a_short_text(read: Load, text: str) -> None:
    assert read("a.txt", text.encode("cp1252")).text == text
