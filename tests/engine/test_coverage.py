from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.engine.coverage import Share, Shown, shown_in
from tests.engine.conftest import MakeBench, by_role, cell

PAGES = [f"Page {page} speaks of matter {page} only. It has a second sentence, too.\n" for page in range(1, 9)]
TEXT = "".join(PAGES)
STARTS = [sum(map(len, PAGES[:number])) for number in range(len(PAGES))]


def test_what_was_shown_counts_wherever_it_is_cut() -> None:
    shown = Shown()
    shown.add(f"Summarise this: {TEXT[STARTS[1] + 9 : STARTS[4] - 9]}")
    found = shown.share_of(TEXT.replace("sentence", "SENTENCE"), STARTS)
    assert found is not None
    assert found.unseen == (1, 2, 5, 6, 7, 8)
    found = shown.share_of(TEXT, STARTS)
    assert found is not None  # one sentence is the same on each page, and counts everywhere
    assert 0.5 < found.share < 0.8


def test_a_list_that_was_printed_was_shown() -> None:
    shown = Shown()
    shown.add(repr(PAGES[:4]))
    assert shown.share_of("".join(PAGES[:4])) == Share(1.0)
    assert shown.share_of("No. 7\n\n?") is None


def test_a_text_without_ends_is_looked_at_by_pieces() -> None:
    shown, text = Shown(), "word " * 10_000
    shown.add(text[:25_000])
    found = shown.share_of(text)
    assert found is not None
    assert found.share > 0.4


@given(st.text("ab .\n", max_size=200), st.integers(1, 50))
def test_all_that_is_shown_in_pieces_of_lines_is_the_whole(text: str, size: int) -> None:
    shown = Shown()
    lines = text.splitlines(keepends=True)
    for start in range(0, len(lines), size):
        shown.add("".join(lines[start : start + size]))
    assert shown.share_of(text) in (None, Share(1.0))
    assert Shown().share_of(text) in (None, Share(0.0))


async def test_code_that_looks_into_the_context_shows_only_what_it_prints(bench: MakeBench) -> None:
    code = "half = len(context) // 2\nprint(context[-80:])\nllm_query(context[:half])"
    one = await bench(by_role([cell(code), "FINAL(x)"], lambda prompt: prompt), max_depth=1)
    text = "".join(f"Sentence number {number} stands here alone. " for number in range(200))
    run = await one.start(context=text)
    await run.wait()
    shown = shown_in(run.state)
    assert shown is not None
    found = shown.share_of(text)
    assert found is not None
    assert 0.45 < found.share < 0.75
    assert shown_in(run.state, is_over=lambda: True) is None
