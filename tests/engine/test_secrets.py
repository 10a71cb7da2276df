from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.engine.secrets import OFF_LOOP_CHARACTERS, SecretFilter


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("sk-" + "a1B2" * 10, "OpenAI key"),
        ("sk-proj-" + "a1B2" * 10, "OpenAI key"),
        ("sk-ant-api03-" + "x" * 40, "Anthropic key"),
        ("AKIA" + "ABCD1234" * 2, "AWS key"),
        ("ghp_" + "x" * 36, "GitHub token"),
        ("AIza" + "x" * 35, "Google key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "private key"),
    ],
)
def test_common_secrets_are_replaced(secret: str, kind: str) -> None:
    text, replaced = SecretFilter().clean(f"before {secret} after")
    assert text == f"before [secret removed: {kind}] after"
    assert replaced == {kind: 1}


def test_configured_secrets_are_replaced_whatever_their_form() -> None:
    text, replaced = SecretFilter(["hunter2-hunter2", "hunter2-hunter2-long", "abc"]).clean(
        "abc hunter2-hunter2-long hunter2-hunter2"
    )
    assert text == "abc [secret removed: configured key] [secret removed: configured key]"
    assert replaced == {"configured key": 2}


def test_ordinary_text_stays() -> None:
    text = "The task-force asked sk- and risk-averse readers about AKIA. gh p_ -----BEGIN"
    assert SecretFilter().clean(text) == (text, {})


def test_a_kind_may_be_called_anything() -> None:
    assert SecretFilter(patterns={r"\1 \d": "x+"}).clean("xx") == (r"[secret removed: \1 \d]", {r"\1 \d": 1})


def test_further_patterns() -> None:
    assert SecretFilter(patterns={"badge": r"BADGE-\d+"}).clean("BADGE-7") == (
        "[secret removed: badge]",
        {"badge": 1},
    )


async def test_large_texts_are_filtered_too() -> None:
    secret = "ghp_" + "x" * 36
    (text,), replaced = await SecretFilter().clean_async(["a " * OFF_LOOP_CHARACTERS + secret])
    assert replaced == {"GitHub token": 1}
    assert secret not in text


@given(st.lists(st.integers(1, 60), max_size=30), st.text("ab \n", max_size=80), st.text("ab \n", max_size=80))
def test_a_secret_in_pieces_never_gets_through(cuts: list[int], before: str, after: str) -> None:
    secret = "sk-proj-" + "Zz9" * 12
    key = "-----BEGIN PRIVATE KEY-----\nMIIEabc\ndef\n-----END PRIVATE KEY-----"
    text = f"{before} {secret} {after} {key}\n{before}"
    stream = SecretFilter().stream()
    pieces, start = [], 0
    for cut in [*cuts, len(text)]:
        pieces.append(stream.feed(text[start : start + cut])[0])
        start += cut
    cleaned = "".join([*pieces, stream.flush()[0]])
    assert cleaned == SecretFilter().clean(text[:start])[0]
    assert "Zz9" not in cleaned
    assert "MIIE" not in cleaned


@given(
    st.sampled_from(["ghp_" + "Q" * 36, "correct Qhorse battery Qstaple", "Q" + "0123456789" * 60, "BADGE Q77"]),
    st.lists(st.integers(1, 300), max_size=12),
    st.text("ab-/", max_size=700),
    st.text("ab-/ \n", max_size=700),
)
def test_no_secret_gets_through_in_pieces_whatever_stands_around_it(
    secret: str, cuts: list[int], before: str, after: str
) -> None:
    own = SecretFilter(["correct Qhorse battery Qstaple", "Q" + "0123456789" * 60], {"badge": r"BADGE Q\d+"})
    stream, text = own.stream(), f"{before}/{secret}/{after}"
    pieces, start = [], 0
    for cut in [*cuts, len(text)]:
        pieces.append(stream.feed(text[start : start + cut])[0])
        start += cut
    cleaned = "".join([*pieces, stream.flush()[0]])
    assert "Q" not in cleaned
    assert cleaned.startswith(f"{before}/[secret removed: ")


def test_a_secret_of_several_words_is_held_back_from_the_very_first_piece() -> None:
    stream = SecretFilter(["correct horse battery staple"]).stream()
    pieces = [stream.feed(piece)[0] for piece in ("correct horse", " battery", " staple, and more")]
    assert pieces[:2] == ["", ""]
    assert "".join([*pieces, stream.flush()[0]]) == "[secret removed: configured key], and more"


def test_a_stream_holds_back_only_so_much() -> None:
    stream = SecretFilter().stream()
    assert len(stream.feed("x" * 100_000)[0]) > 99_000
    assert stream.feed(" word by wor")[0].endswith("x word by ")
    assert stream.flush() == ("wor", {})
    assert stream.feed("sk-" + "x" * 5_000)[0] == ""
    assert stream.flush() == ("[secret removed: OpenAI key]", {"OpenAI key": 1})
