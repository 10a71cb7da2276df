"""Encodings of short texts, where there is least to tell them by."""

from __future__ import annotations

import pytest

from rlm_desktop.documents.encoding import declared, decode


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
