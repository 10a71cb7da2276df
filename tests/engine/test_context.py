"""What a question is asked of: files, folders, values."""

from __future__ import annotations

from pathlib import Path

import pytest

from rlm_desktop.documents import from_text
from rlm_desktop.engine.context import make_context, unique_names
from rlm_desktop.errors import DocumentError, UsageError


async def test_a_folder_is_its_files_and_a_bad_one_spoils_nothing(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("alpha")
    (tmp_path / "docs" / "b.md").write_text("# beta")
    (tmp_path / "docs" / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    context = await make_context(documents=[tmp_path / "docs", from_text("note", "gamma")])
    assert isinstance(context.value, dict)
    assert sorted(context.value.values()) == ["# beta", "alpha", "gamma"]
    assert len(context.warnings) == 1
    assert "broken.pdf" in context.warnings[0]
    assert [summary["name"] for summary in context.summaries] == list(context.value)


async def test_patterns_and_pages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ftwo")
    (tmp_path / "b.txt").write_text("three")
    context = await make_context(documents=[tmp_path / "*.txt"])
    assert context.value == {"a.txt": "one\ftwo", "b.txt": "three"}
    assert (context.maps[0].labels, context.maps[0].pages) == (["page 1", "page 2"], [0, 4])
    with pytest.raises(DocumentError, match="no file fits"):
        await make_context(documents=[tmp_path / "*.pdf"])


async def test_a_folder_with_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no file"):
        await make_context(documents=[tmp_path])


async def test_only_one_kind_of_context() -> None:
    with pytest.raises(UsageError, match="one of them"):
        await make_context(documents=["a.txt"], context="x")
    with pytest.raises(UsageError, match="not a set"):
        await make_context(context={1, 2})  # type: ignore[arg-type]


async def test_values_are_taken_as_they_are() -> None:
    for value in ("text", ["a", {"b": 1}], {"name": "text"}):
        context = await make_context(context=value)  # type: ignore[arg-type]
        assert context.value is value
        assert context.type == type(value).__name__
    assert (await make_context()).value == ""


def test_names_are_made_unique() -> None:
    assert unique_names(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]
