"""What a program may get wrong: an error of the package that says what to do, before anything is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop import RLM, Limits, UsageError
from rlm_desktop.engine.context import make_context


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Limits(timeout="soon"), "The limit timeout must be a positive number"),
        (lambda: Limits(max_tokens=1.5), "The limit max_tokens must be"),
        (lambda: Limits(timeout=float("nan")), "The limit timeout must be"),
        (lambda: RLM(limits={"max_calls": 5}), "limits must be a Limits"),
        (lambda: RLM(max_depth="2"), "max_depth must be 1 or more, not '2'."),
        (lambda: RLM(tools={"context": "mine"}), "may not be called 'context'"),
        (lambda: RLM(tools={"llm_query_async": print}), "may not be called 'llm_query_async'"),
        (lambda: RLM(tools={"class": 1}), "must be a Python name"),
        (lambda: RLM(secret_patterns={"staff number": "("}), "'staff number' is no regular expression"),
    ],
)
def test_wrong_arguments_are_explained(make: Callable[[], Any], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert told in str(caught.value)


async def test_a_question_that_is_no_text() -> None:
    async with RLM() as rlm:
        with pytest.raises(UsageError):
            await rlm.arun(None)  # type: ignore[arg-type]


async def test_a_single_document_need_not_be_in_a_list(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("Only one.")
    for named in (file, str(file)):
        assert (await make_context(documents=named)).value == "Only one."
