from __future__ import annotations

import pytest

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


def test_further_patterns() -> None:
    assert SecretFilter(patterns={"badge": r"BADGE-\d+"}).clean("BADGE-7") == (
        "[secret removed: badge]",
        {"badge": 1},
    )


async def test_large_texts_are_filtered_too() -> None:
    secret = "ghp_" + "x" * 36
    text, replaced = await SecretFilter().clean_async("a " * OFF_LOOP_CHARACTERS + secret)
    assert replaced == {"GitHub token": 1}
    assert secret not in text
