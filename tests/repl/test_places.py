"""`place_of` and `page_text` in cells, in real Python and in strict mode, as files really give them."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from rlm_desktop.documents import Document, load
from rlm_desktop.engine.context import make_context
from rlm_desktop.repl import context
from rlm_desktop.repl.host import ReplSpec
from tests.documents import made
from tests.repl.conftest import Spawn

pytestmark = pytest.mark.asyncio(loop_scope="module")
MODES = ["confined"] + ["strict"] * bool(importlib.util.find_spec("pydantic_monty"))


async def spec(book: Document, *names: str) -> dict[str, Any]:
    documents = [dataclasses.replace(book, name=name) for name in names]
    whole = await make_context(documents=documents)
    made_spec = ReplSpec(whole.value, documents=whole.summaries, maps=whole.maps)
    return {name: getattr(made_spec, name) for name in ("context", "documents", "maps")}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Document:
    file = tmp_path_factory.mktemp("library") / "book.pdf"
    file.write_bytes(made.pdf("The harbour was small.", "The lighthouse was lit.", "The end."))
    return load(file)


@pytest.mark.parametrize("mode", MODES)
async def test_one_document(spawn: Spawn, book: Document, mode: str) -> None:
    bench = await spawn(**await spec(book, "book.pdf"), mode=mode)
    result = await bench.run("print(place_of(context.find('lighthouse')))\nprint(page_text(2).strip())")
    assert result.stdout == "page 2, line 1\nThe lighthouse was lit.\n"
    for code, said in {
        "page_text(4)": "has 3 pages, not a page 4",
        "place_of(context.find('whale'))": "none at -1",
        "place_of(0, 'other')": "there is no document 'other'; there are 'book.pdf'",
    }.items():
        result = await bench.run(code)
        assert said in result.error


@pytest.mark.parametrize("mode", MODES)
async def test_several_documents(spawn: Spawn, book: Document, mode: str) -> None:
    bench = await spawn(**await spec(book, "book.pdf", "book.pdf"), mode=mode)
    result = await bench.run("place_of(0, documents[1]['name']), place_of(30, 'book.pdf')")
    assert result.stdout == "('page 1, line 1', 'page 2, line 1')\n"
    assert "name the document" in (await bench.run("page_text(1)")).error


async def test_equal_texts_are_handed_over_once(tmp_path: Path) -> None:
    text = "the same words again and again, " * 1000
    with (tmp_path / "context").open("w+b") as file:
        skeleton = context.write({"a": text, "b": text, "c": [text]}, file.fileno())
        assert skeleton == len(text)
        assert (tmp_path / "context").stat().st_size < 1.1 * len(text)
        again = context.read(file.fileno(), skeleton)
    assert again == {"a": text, "b": text, "c": [text]}
    assert again["a"] is again["b"]


@pytest.mark.parametrize("mode", MODES)
async def test_the_names_may_be_used_for_something_else(spawn: Spawn, book: Document, mode: str) -> None:
    bench = await spawn(**await spec(book, "book.pdf"), mode=mode)
    await bench.run("page_text = context[:11]")
    result = await bench.run("print(page_text)")
    assert result.stdout == "The harbour\n"
    assert "page_text" in [variable.name for variable in result.variables]


async def test_without_documents(spawn: Spawn) -> None:
    bench = await spawn("only a prompt")
    result = await bench.run("place_of(0)")
    assert "there are no documents" in result.error
    assert result.variables == ()
