"""The main job as a person does it: real window, mouse and keys."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Program, until
from tests.servers import Fault, ModelServer

Start = Callable[..., Awaitable[Program]]
QUESTION = "When was the lighthouse of Skerry Point lit for the first time?"


def write_document(folder: Path) -> Path:
    """A document of some length with one sentence that answers the question."""
    filler = "\n\n".join(f"Paragraph {n}. The harbour had {n} boats in that year." for n in range(400))
    answer = "The lighthouse of Skerry Point was lit for the first time on 14 March 1871."
    file = folder / "chronicle.txt"
    file.write_text(f"{filler[:9000]}\n\n{answer}\n\n{filler[9000:]}", encoding="utf-8")
    return file


def use_server(home: Path, url: str) -> dict[str, str]:
    """Settings and environment for a model server on this machine."""
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "settings.toml").write_text('root_model = "test-model"\nbudget_usd = "none"\n')
    return {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "test-key"}


async def ask(window: Program, question: str) -> None:
    window.key("ctrl+1")
    window.type(question)
    window.key("ctrl+Return")
    await window.logged(r"run \w+ started")


async def test_ask_close_reopen(program: Start, tmp_path: Path) -> None:
    window = await program("--open", str(write_document(tmp_path)))
    await window.logged(r"document chronicle.txt added")
    window.picture("light-document")
    await ask(window, QUESTION)
    ended = await window.logged(r"run (\w+) ended: completed")
    # The record follows the screen within the writer's quarter of a second.
    await until(lambda: [run for run in window.runs() if run.end_state == "completed"], "the end in the history")
    (run,) = window.runs()
    assert run.id == ended[1]
    assert run.question == QUESTION
    assert "1871" in run.answer
    await asyncio.to_thread(window.picture, "light-finished")

    window.key("ctrl+2", "Home")
    on_root = window.picture("light-root-selected")
    window.key("Down")
    await until(lambda: window.picture("light-iteration-selected") != on_root, "the picture of another row")
    assert await window.close() == 0

    again = await program("--theme", "dark")
    again.picture("dark-empty")
    again.click(100, 150)
    await again.logged(rf"run {run.id} opened: completed")
    again.picture("dark-reopened")

    await ask(again, "And where is that said?")
    await again.logged(r"run \w+ ended: completed")
    runs = await until(lambda: found if len(found := again.runs()) == 2 else None, "the second run in the history")
    assert {row.session_id for row in runs} == {run.session_id}
    assert [document.name for document in runs[0].documents] == ["chronicle.txt"]
    again.picture("dark-follow-up")
    assert await again.close() == 0


async def choose(window: Program, name: str) -> None:
    """Type a file's name into the open dialog, again when its completions took the keys."""
    for patience in (5.0, 10.0, 30.0):
        window.key("ctrl+a")
        window.type(name)
        window.key("Return")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await window.logged(rf"document {name} added")
                return
    pytest.fail(f"{name} could not be chosen")


async def test_documents_through_the_dialog_then_sigterm(program: Start, tmp_path: Path) -> None:
    file = write_document(tmp_path)
    window = await program()
    window.picture("light-empty")
    window.key("space")  # "Choose files…" has the focus
    await window.has_focus("Add documents")
    window.type(str(file.parent))
    window.key("Return")
    await window.has_focus("Add documents")
    await choose(window, file.name)
    window.terminate()
    assert await window.ended() == 0
    assert "closed" in window.log()


async def test_bad_files_are_said_and_the_window_lives(program: Start, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)) * 400)
    names = ["empty.txt", "picture.txt", "missing.txt"]
    window = await program(*(f"--open={tmp_path / name}" for name in names))
    for name in names:
        await window.logged(rf"WARNING .*{name}: ")
    window.picture("light-bad-files")
    window.resize(900, 600)
    window.picture("light-bad-files-small")
    assert await window.close() == 0


async def test_the_window_lives_with_a_hundred_megabytes(program: Start, tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    with file.open("w", encoding="utf-8") as out:
        for number in range(100):
            out.write(f"Volume {number}. The harbour had {number} boats. ".ljust(100, ".") * 10_000 + "\n\n")
        out.write("The lighthouse of Skerry Point was lit for the first time on 14 March 1871.\n")
    window = await program("--open", str(file))
    await window.logged(r"document large.txt added: 100,000,\d+ characters")
    window.picture("light-large-document")
    await ask(window, QUESTION)
    window.key("ctrl+slash")
    await window.has_focus("Keyboard shortcuts")
    window.picture("light-shortcuts")
    window.key("Escape")
    await window.has_focus("RLM Desktop")
    window.key("Escape")
    await window.logged(r"run \w+ ended: (completed|cancelled)")
    assert await window.close() == 0


async def test_runs_that_fail_are_stopped_or_go_on_while_it_is_closed(program: Start, tmp_path: Path) -> None:
    refusal = Fault("status", status=401, body='{"error": {"message": "The key was refused."}}')
    async with ModelServer([refusal, Fault("hang")]) as server:
        environment = use_server(tmp_path / "home", server.url)
        window = await program("--open", str(write_document(tmp_path)), **environment)
        await window.logged(r"document chronicle.txt added")
        await ask(window, QUESTION)
        await window.logged(r"run \w+ ended: failed")
        window.picture("light-failed")

        await ask(window, QUESTION)
        await until(lambda: len(server.log) == 2, "the request of the second run")
        window.key("Escape")
        await window.logged(r"run \w+ ended: cancelled")
        window.picture("light-cancelled")

        await ask(window, QUESTION)
        await until(lambda: len(server.log) == 3, "the request of the third run")
        window.picture("light-running")
        window.key("ctrl+q")
        await window.has_focus("Stop and close?")
        window.key("Escape")
        await window.has_focus("RLM Desktop")
        window.key("ctrl+q")
        await window.has_focus("Stop and close?")
        window.key("alt+s")
        assert await window.ended() == 0
    assert sorted(run.end_state for run in window.runs()) == ["cancelled", "cancelled", "failed"]


async def test_a_killed_program_leaves_an_interrupted_run(program: Start, tmp_path: Path) -> None:
    async with ModelServer(lambda _: Fault("hang")) as server:
        environment = use_server(tmp_path / "home", server.url)
        window = await program("--open", str(write_document(tmp_path)), **environment)
        await window.logged(r"document chronicle.txt added")
        await ask(window, QUESTION)
        await until(lambda: server.active, "the request")
        await until(window.runs, "the run in the history")
        window.kill()
        again = await program(**environment)
        (run,) = again.runs()
        assert run.end_state == "interrupted"
        again.click(100, 150)
        await again.logged(rf"run {run.id} opened: interrupted")
        again.picture("light-interrupted")
        assert await again.close() == 0
