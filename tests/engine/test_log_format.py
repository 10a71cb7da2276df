"""No secret in the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from rlm_desktop.engine.log_format import SecretFormatter, learn_secrets, without_secrets

KEY = "canary-of-a-server-without-a-pattern"
LOOKS_LIKE_ONE = "sk-proj-" + "Zz9" * 12


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SecretFormatter())
    logger = logging.getLogger("rlm_desktop")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


@pytest.mark.expect_log_warnings
def test_messages_and_tracebacks_are_cleaned(log: io.StringIO) -> None:
    logger = logging.getLogger("rlm_desktop.test")
    logger.warning("it said %s", LOOKS_LIKE_ONE)
    learn_secrets([KEY])
    logger.warning("it said %s", KEY)
    try:
        raise ValueError(f"refused: {KEY}")
    except ValueError:
        logger.exception("unexpected")
    text = log.getvalue()
    assert "Traceback" in text
    assert KEY not in text
    assert LOOKS_LIKE_ONE not in text
    assert text.count("[secret removed: configured key]") == 2
    assert without_secrets(f"a {KEY} b") == "a [secret removed: configured key] b"


def test_without_a_log_keys_are_still_known_by_their_looks() -> None:
    assert without_secrets(f"a {LOOKS_LIKE_ONE} b") == "a [secret removed: OpenAI key] b"
