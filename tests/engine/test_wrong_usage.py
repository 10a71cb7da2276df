"""What a program may get wrong: an error of the package that says what to do, before anything is asked."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop import RLM, DocumentError, LimitExceeded, Limits, ModelError, RLMError, UsageError
from rlm_desktop.engine.context import make_context
from rlm_desktop.engine.events import EndState


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Limits(timeout="soon"), "The limit timeout must be a positive number"),
        (lambda: Limits(max_tokens=1.5), "The limit max_tokens must be"),
        (lambda: Limits(timeout=float("nan")), "The limit timeout must be"),
        (lambda: Limits(max_calls=True), "The limit max_calls must be"),
        (lambda: RLM(5), 'A model is named by a text, as "gpt-5", not by 5.'),
        (lambda: RLM(models={1: None}), "not by None."),
        (lambda: RLM(limits={"max_calls": 5}), "limits must be a Limits"),
        (lambda: RLM(max_depth="2"), "max_depth must be 1 or more, not '2'."),
        (
            lambda: RLM(cell_timeout="soon"),
            "cell_timeout must be a positive number of seconds or None, not 'soon'.",
        ),
        (lambda: RLM(request_timeout=0), "request_timeout must be"),
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


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"contxt": "a"}, "unexpected keyword argument 'contxt'"),
        ({"documents": [5]}, "A document is a path or a loaded Document, not a int."),
        ({"documents": 5}, "A document is a path or a loaded Document, not a int."),
        ({"history": "abc", "context": "a"}, "needs a question and an answer"),
        ({"history": [5], "context": "a"}, "needs a question and an answer"),
    ],
)
async def test_wrong_arguments_of_a_question_are_explained(arguments: dict[str, Any], told: str) -> None:
    async with RLM() as rlm:
        with pytest.raises(UsageError, match=re.escape(told)):
            await rlm.arun("What?", **arguments)
        with pytest.raises(UsageError, match=re.escape(told)):
            await anext(rlm.stream("What?", **arguments))


async def test_a_single_document_need_not_be_in_a_list(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("Only one.")
    for named in (file, str(file)):
        assert (await make_context(documents=named)).value == "Only one."


@pytest.mark.parametrize(
    "error",
    [
        DocumentError("a.pdf", "it is damaged."),
        LimitExceeded(EndState.TIMEOUT_EXCEEDED, "The run took its 5 seconds."),
        ModelError("no credit", status=402),
        UsageError("The question is empty."),
    ],
)
def test_an_error_may_be_sent_to_another_process(error: RLMError) -> None:
    """As programs do that ask in a pool of processes."""
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


async def test_a_result_may_be_sent_to_another_process() -> None:
    async with RLM() as rlm:
        result = await rlm.arun("How much did it grow?", context="Sales grew by 12 percent.")
    assert pickle.loads(pickle.dumps(result)) == result
