from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.engine.key_guard import KeyGuard
from rlm_desktop.engine.providers import Provider

KEY = "abababac"
GUARD = KeyGuard(
    Provider("box", "http://h/v1", KEY, {"X-Auth-Token": "Bearer token-1234", "X-Title": "harmless-title"})
)


@given(st.lists(st.sampled_from(["ab", "a", "b", "c", KEY, " ", "token-1234"]), max_size=30), st.integers(1, 7))
def test_a_key_is_found_wherever_the_text_is_cut(parts: list[str], size: int) -> None:
    text = "".join(parts) + "."
    stream = GUARD.stream()
    shown = "".join(stream.feed(text[start : start + size]) for start in range(0, len(text), size))
    assert shown == GUARD.clean(text)
    assert KEY not in shown
    assert "token-1234" not in shown


def test_only_secrets_are_taken_out() -> None:
    assert GUARD.clean("harmless-title and nothing else") == "harmless-title and nothing else"
    assert "Bearer" not in GUARD.clean("Bearer token-1234")
