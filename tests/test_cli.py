"""The real command, offline: as a process where that is the point, else in this one, which has all imported."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

import pytest

from rlm_desktop import checks, paths, settings
from rlm_desktop.__main__ import main
from rlm_desktop.cli import EXPORTS, output
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.providers import OFFLINE_LABEL
from rlm_desktop.history.exports import FORMATS
from tests.servers import Fault, ModelServer, serving_beside

TIMEOUT = 120

GUIDE = """# Harbour rules

## Berths

Berth seven is reserved for the pilot boat Marigold. Visitors use berths one to four.

## Hours

The fuel station opens at six in the morning and closes at nine in the evening.
"""


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    path = tmp_path / "harbour, règles.md"
    path.write_text(GUIDE, encoding="utf-8")
    return path


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "rlm_desktop", *map(str, arguments)]


def run(
    *arguments: str | Path, stdin: str = "", stderr: TextIO | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What the command does with streams and variables of its own."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdout", "stderr")}
    streams["stdin"] = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, stream in streams.items():
            patch.setattr(sys, name, stream if stderr is None or name != "stderr" else stderr)
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            status: Any = main([*map(str, arguments)])
        except SystemExit as left:
            status = left.code
        finally:
            gc.enable()  # what opens the window leaves that to the window
    output, errors = (_written(streams[name]) for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess(arguments, status, output, errors)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def run_process(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=TIMEOUT,
    )


def run_json(*arguments: str | Path, **environment: str) -> Any:
    result = run(*arguments, "--json", **environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


QUESTION = "Which boat is berth seven reserved for?"


def test_unconfined_code_is_for_one_run_and_said(guide: Path) -> None:
    result = run("ask", "-q", "--events", "-d", guide, QUESTION, "--unsafe")
    started = json.loads(result.stdout.splitlines()[0])
    assert started["settings"]["repl_mode"] == "unsafe"
    assert "NOT CONFINED" in started["isolation"]
    assert "NOT CONFINED" in result.stderr
    both = run("ask", "-d", guide, QUESTION, "--unsafe", "--repl-mode", "strict")
    assert (both.returncode, "exclude each other" in both.stderr) == (2, True)
    assert run("ask", "-d", guide, QUESTION, "--repl-mode", "unsafe").returncode == 2


# -- ask -----------------------------------------------------------------------------------------------------


def test_a_terminal_is_given_nothing_to_obey() -> None:
    from rlm_desktop.cli.output import PrintableStream

    stream = io.StringIO()
    print("\x1b]52;c;ZXZpbA==\x07\ttwo\x9b2J\r\nthree é", file=PrintableStream(stream))  # type: ignore[arg-type]
    assert stream.getvalue() == "␛]52;c;ZXZpbA==␇\ttwo�2J␍\nthree é\n"
    stream.seek(0)
    PrintableStream(stream).writelines(["\x1b[2J", "\n"])
    assert stream.getvalue().startswith("␛[2J\n")


@pytest.mark.parametrize(
    ("line", "columns", "fits"),
    [
        ("abcdef", 4, "abcd"),
        ("日本語", 5, "日本"),
        ("日本語", 6, "日本語"),
        ("e\u0301e\u0301e", 2, "e\u0301e\u0301"),
        ("", 3, ""),
    ],
)
def test_a_line_takes_no_more_columns_than_there_are(line: str, columns: int, fits: str) -> None:
    assert output.fitting(line, columns) == fits


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_is_given_nothing_to_obey_by_errors_either() -> None:
    said = _on_a_terminal("text", "a", "--no\x1b[2J")
    assert "--no␛[2J" in said
    assert "\x1b" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_the_live_tree_fits_its_own_terminal_when_the_answer_goes_elsewhere(guide: Path) -> None:
    said = _on_a_terminal("ask", "-d", str(guide), f"{QUESTION} " * 20, columns=40)
    lines = [re.sub(r"\x1b\[\d*[A-Z]", "", line) for line in said.splitlines()[1:]]
    assert any("llm_query_batch" in line for line in lines)
    assert max(map(len, lines)) < 40


def _on_a_terminal(*arguments: str, columns: int = 80) -> str:
    """What a command writes to a terminal that is its standard error alone."""
    import fcntl
    import pty
    import struct
    import termios

    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    said: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):  # how a terminal ends, in Linux
            while piece := os.read(terminal, 65_536):
                said.append(piece)

    reading = threading.Thread(target=read)
    reading.start()
    with open(end, "w", encoding="utf-8") as stream:
        run(*arguments, stderr=stream)
    reading.join()
    os.close(terminal)
    return b"".join(said).decode()


def test_ask_prints_the_answer_and_the_progress(guide: Path) -> None:
    result = run("ask", "-d", guide, QUESTION)
    assert result.returncode == 0, result.stderr
    assert "Marigold" in result.stdout
    assert "Offline (extractive, no language model)" in result.stderr
    assert "iteration 1" in result.stderr
    assert "completed: " in result.stderr


def test_ask_reads_standard_input_and_ends_without_a_word() -> None:
    result = run_process("ask", "-q", "-d", "-", QUESTION, stdin=GUIDE)
    assert result.returncode == 0
    assert "Marigold" in result.stdout
    assert result.stderr == ""


def test_ask_takes_folders_and_patterns(guide: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.txt").write_text(GUIDE)
    (folder / "b.txt").write_text("Nothing of interest.")
    (folder / "c.png").write_bytes(b"picture")
    for named, said in ((folder, "left out: papers/c.png"), (folder / "*.txt", "")):
        result = run("ask", "-q", "-d", named, QUESTION, "--events")
        assert result.returncode == 0
        started = ev.decode(result.stdout.splitlines()[0])
        assert isinstance(started, ev.RunStarted)
        assert [Path(document.name).name for document in started.documents] == ["a.txt", "b.txt"]
        assert said in result.stderr
    result = run("ask", "-q", "-d", folder / "*.docx", QUESTION)
    assert result.returncode == 1
    assert "no file fits this pattern" in result.stderr


def test_text_of_standard_input_and_folders(guide: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.txt").write_text("From a folder.")
    result = run("text", "-", folder, stdin="From standard input.")
    assert result.returncode == 0
    assert "From standard input." in result.stdout
    assert "From a folder." in result.stdout


def test_ask_json_is_the_result(guide: Path) -> None:
    result = run_json("ask", "-q", "-d", guide, QUESTION, "--max-depth", "1")
    assert result["success"] is True
    assert result["end_state"] == "completed"
    assert "Marigold" in result["final_answer"]
    assert result["calls"] >= 1
    assert result["cost_usd"] == 0
    assert result["usage"]["input_tokens"] > 0


def test_ask_events_are_the_trace(guide: Path) -> None:
    result = run("ask", "-q", "-d", guide, QUESTION, "--events")
    assert result.returncode == 0
    events = [ev.decode(line) for line in result.stdout.splitlines()]
    assert [event.seq for event in events if event] == list(range(1, len(events) + 1))
    assert isinstance(events[0], ev.RunStarted)
    assert isinstance(events[-1], ev.RunFinished)
    assert "Marigold" in (events[-1].answer or "")


def test_ask_takes_settings_from_file_and_options(guide: Path, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "settings.toml").write_text("max_iterations = 9\nmax_depth = 1\n")
    result = run("ask", "-q", "-d", guide, QUESTION, "--events", "--max-depth", "3", "--timeout", "none")
    started = ev.decode(result.stdout.splitlines()[0])
    assert isinstance(started, ev.RunStarted)
    assert started.settings["max_iterations"] == 9
    assert started.settings["max_depth"] == 3
    assert started.settings["timeout"] is None


def test_a_run_that_hits_a_limit_is_no_success(guide: Path) -> None:
    result = run("ask", "-d", guide, QUESTION, "--max-calls", "1")
    assert result.returncode == 1
    assert "call limit exceeded" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_follow_up_has_the_documents_and_the_memory(guide: Path) -> None:
    first = run_json("ask", "-q", "-d", guide, QUESTION)
    guide.unlink()
    result = run(
        "ask", "-q", "--session", first["session_id"][:10], "When does the fuel station close?", "--events"
    )
    assert result.returncode == 0, result.stderr
    events = [ev.decode(line) for line in result.stdout.splitlines()]
    started, finished = events[0], events[-1]
    assert isinstance(started, ev.RunStarted)
    assert isinstance(finished, ev.RunFinished)
    assert started.session_id == first["session_id"]
    assert started.documents[0].name == guide.name
    assert "nine in the evening" in (finished.answer or "")
    assert len(run_json("runs", "list", "--session", first["session_id"])) == 2


def test_the_history_may_lie_elsewhere(guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RLM_DESKTOP_DATABASE", f"sqlite:///{tmp_path / 'shared.sqlite'}")
    assert run("ask", "-q", "-d", guide, QUESTION).returncode == 0
    assert [row["question"] for row in run_json("runs", "list")] == [QUESTION]
    assert "shared.sqlite" in checks.database().detail
    monkeypatch.delenv("RLM_DESKTOP_DATABASE")
    assert run_json("runs", "list") == []


def test_further_kinds_of_secrets_reach_no_model_and_no_export(guide: Path) -> None:
    kinds = {"RLM_DESKTOP_SECRET_PATTERNS": "boat = Marigold"}
    events = run("ask", "-q", "--events", "-d", guide, QUESTION, **kinds).stdout
    assert "[secret removed: boat]" in events
    assert "Marigold" not in events
    run_id = run_json("ask", "-q", "-d", guide, QUESTION)["run_id"]
    assert "Marigold" in run("runs", "export", run_id).stdout
    exported = run("runs", "export", run_id, **kinds)
    assert "boat (" in exported.stderr
    assert "Marigold" not in exported.stdout + run("runs", "show", run_id, "--json", **kinds).stdout


def test_no_history_keeps_nothing(guide: Path) -> None:
    assert run("ask", "-q", "--no-history", "-d", guide, QUESTION).returncode == 0
    assert run_json("runs", "list") == []


KEY = "sk-test-not-a-real-key-0123456789"


def run_with_server(server: ModelServer, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, output and errors of a command that knows a model server by the environment."""
    done = run(*arguments, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=server.url)
    return done.returncode, done.stdout, done.stderr


def start_with_server(server: ModelServer, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """The same in a process of its own, which goes on."""
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url}
    piped = subprocess.PIPE
    return subprocess.Popen(command(*arguments), stdout=piped, stderr=piped, env=environment)


def test_a_server_of_the_environment_answers_by_model_name(guide: Path) -> None:
    replies = [
        "```repl\nprint(len(context))\n```",
        "```repl\nFINAL(llm_query(context[:20]))\n```",
        "the sub-call's words",
    ]
    with serving_beside(ModelServer(replies)) as server:
        status, output, errors = run_with_server(
            server, "ask", "-d", guide, "Why?", "--model", "big", "--sub-model", "small", "--max-depth", "1"
        )
    assert status == 0, errors
    assert output == "the sub-call's words\n"
    assert [logged.body["model"] for logged in server.log] == ["big", "big", "small"]
    assert KEY not in output + errors


def test_providers_of_the_settings_answer_by_their_names(guide: Path) -> None:
    one, other = ModelServer(["FINAL(one)"]), ModelServer(["FINAL(two)"])
    with serving_beside(one), serving_beside(other):
        settings.save_tables(
            "providers",
            [
                {"name": "near", "base_url": one.url},
                {"name": "far", "base_url": other.url, "key": "environment", "key_variable": "FAR_KEY"},
            ],
        )
        for model, answer in (("near/org/m", "one\n"), ("far/m", "two\n")):
            asked = run("ask", "-q", "-d", guide, "Why?", "--model", model, FAR_KEY=KEY)
            assert (asked.returncode, asked.stdout) == (0, answer)
    assert one.log[0].body["model"] == "org/m"
    assert other.log[0].headers["Authorization"] == f"Bearer {KEY}"
    missing = run("ask", "-d", guide, "Why?", "--model", "far/m")
    assert missing.returncode == 2
    assert "FAR_KEY is neither in the environment nor in .env" in missing.stderr


def test_what_ask_prints_holds_no_key_that_a_model_said(guide: Path) -> None:
    replies = [f"```repl\nx = '{KEY[::-1]}'[::-1]\n# {KEY}\nFINAL(x)\n```"] * 2
    with serving_beside(ModelServer(replies)) as server:
        settings.save_tables("providers", [{"name": "near", "base_url": server.url}])
        for form in ("--events", "--json"):
            asked = run("ask", "-q", "-d", guide, "Why?", "--model", "near/m", form, FAR_KEY=KEY)
            assert asked.returncode == 0
            assert KEY not in asked.stdout
            assert "[secret removed: configured key]" in asked.stdout


def test_a_refused_key_is_a_sentence(guide: Path) -> None:
    with serving_beside(ModelServer([Fault("status", status=401)])) as server:
        status, output, errors = run_with_server(server, "ask", "-d", guide, "Why?", "--model", "big")
    assert status == 1
    assert output == ""
    assert "401" in errors
    assert "Traceback" not in errors
    assert KEY not in errors


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent Ctrl+C there")
def test_ctrl_c_stops_the_run_and_keeps_it(guide: Path) -> None:
    with serving_beside(ModelServer([Fault("hang")])) as server:
        process = start_with_server(server, "ask", "-d", guide, "--model", "slow", "Why?", "--events")
        assert process.stdout is not None
        for line in process.stdout:
            if isinstance(ev.decode(line), ev.ModelRequested):
                break
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=TIMEOUT)
    finished = ev.decode(output.splitlines()[-1])
    assert isinstance(finished, ev.RunFinished)
    assert finished.end_state is ev.EndState.CANCELLED
    assert process.returncode == 1
    assert b"Traceback" not in errors
    assert KEY.encode() not in output + errors
    assert run_json("runs", "list")[0]["end_state"] == "cancelled"


# -- wrong usage and bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["ask", "   "], 2, "The question is empty"),
        (["ask"], 2, "required: TEXT"),
        (["ask", "Why?", "--max-depth", "many"], 2, "a whole number from 1 to 10"),
        (["ask", "Why?", "--json", "--events"], 2, "not allowed with"),
        (["ask", "Why?", "--model", "gpt-5"], 2, "OPENAI_API_KEY"),
        (["ask", "Why?", "--base-url", "http://[::1"], 2, "is not a web address"),
        (["ask", "Why?", "-d", "missing.pdf"], 1, "missing.pdf"),
        (["ask", "Why?", "--session", "feed"], 1, "no session 'feed'"),
        (["text"], 2, "required: FILE"),
        (["runs"], 2, "required: ACTION"),
        (["runs", "show", "feed"], 1, "no run 'feed'"),
        (["runs", "show", ""], 1, "no run ''"),
        (["runs", "list", "-n", "0"], 2, "--limit must be 1 or more"),
        (["runs", "import", "missing.jsonl"], 1, "cannot be read"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    arguments: list[str], status: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        sys.exit(main(arguments))
    assert left.value.code == status
    output, errors = capsys.readouterr()
    assert text in errors
    assert errors.startswith("rlm-desktop: ")
    assert "Traceback" not in errors
    assert output == ""


def test_an_unknown_command_is_said() -> None:
    result = run("frobnicate")
    assert result.returncode == 2
    assert result.stderr == ("rlm-desktop: there is no file 'frobnicate'. Commands are: ask, text, runs, doctor.\n")


@pytest.mark.expect_log_warnings
def test_a_bug_is_said_and_logged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(chosen: object) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("rlm_desktop.cli.doctor.run", fail)
    assert main(["doctor"]) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("rlm-desktop: Internal error: ZeroDivisionError: division by zero. Please report it")
    assert "Traceback" in (paths.log_dir() / "rlm-desktop.log").read_text(encoding="utf-8")


def test_broken_settings_are_said_with_the_file(tmp_path: Path, guide: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "settings.toml").write_text("max_depth = 99\n")
    result = run("ask", "-d", guide, QUESTION)
    assert result.returncode == 2
    assert "max_depth is 99" in result.stderr
    assert "settings.toml" in result.stderr


# -- text, runs, doctor --------------------------------------------------------------------------------------


def test_text_prints_what_the_loader_extracts(guide: Path) -> None:
    result = run("text", guide)
    assert result.returncode == 0
    assert result.stdout == GUIDE


def test_text_json_has_kind_offsets_and_errors(guide: Path) -> None:
    result = run("text", "--json", guide, "missing.txt")
    assert result.returncode == 1
    found, missing = json.loads(result.stdout)
    assert found["kind"] == "markdown"
    assert found["characters"] == len(GUIDE)
    assert found["text"] == GUIDE
    assert "missing.txt" in missing["path"]
    assert "missing.txt" in result.stderr


def test_a_run_is_listed_shown_found_exported_imported_and_deleted(guide: Path, tmp_path: Path) -> None:
    run_id = run_json("ask", "-q", "-d", guide, QUESTION)["run_id"]
    rows = run_json("runs", "list")
    assert [row["id"] for row in rows] == [run_id]
    assert rows[0]["end_state"] == "completed"
    assert run_id[:8] in run("runs", "list").stdout

    shown = run_json("runs", "show", run_id[:6])
    assert shown["question"] == QUESTION
    assert "Marigold" in shown["answer"]
    assert shown["root"]["iterations"][0]["cells"][0]["code"]
    text = run("runs", "show", run_id).stdout
    assert QUESTION in text
    assert "iteration 1" in text
    assert OFFLINE_LABEL in text
    assert OFFLINE_LABEL in run("runs", "export", run_id, "--format", "markdown").stdout

    hits = run_json("runs", "search", "answer:marigold")
    assert [(hit["run_id"], hit["field"]) for hit in hits] == [(run_id, "answer")]
    assert run_json("runs", "search", "marigold", "unheard-of") == []

    file = tmp_path / "run.jsonl"
    assert run("runs", "export", run_id, "-o", file).returncode == 0
    assert run("runs", "export", run_id).stdout == file.read_text(encoding="utf-8")

    assert run("runs", "delete", run_id).returncode == 2  # nobody is there to be asked
    assert run("runs", "delete", "--yes", run_id).returncode == 0
    assert run_json("runs", "list") == []

    imported = run_json("runs", "import", file)
    assert imported["runs"][0]["id"] == run_id
    again = run_json("runs", "show", run_id)
    assert again["answer"] == shown["answer"]
    assert again["root"] == shown["root"]


def test_an_archive_goes_to_another_machine_with_its_documents(guide: Path, tmp_path: Path) -> None:
    first = run_json("ask", "-q", "-d", guide, QUESTION)
    archive = tmp_path / "runs.rlmarchive"
    result = run("runs", "export", first["run_id"], "--format", "archive", "--documents", "-o", archive)
    assert result.returncode == 0, result.stderr
    other = {"RLM_DESKTOP_HOME": str(tmp_path / "other machine")}
    assert run_json("runs", "import", archive, **other)["runs"][0]["answer"]
    guide.unlink()
    asked = run("ask", "-q", "--session", first["run_id"], "When does the fuel station close?", **other)
    assert "nine in the evening" in asked.stdout


def test_the_forms_of_export_are_those_of_the_history() -> None:
    assert [*(form.key for form in FORMATS), "archive"] == list(EXPORTS)


def test_a_file_that_is_no_run_is_not_imported(guide: Path) -> None:
    result = run("runs", "import", guide)
    assert result.returncode == 1
    assert guide.name in result.stderr
    assert "Traceback" not in result.stderr


def test_doctor_says_what_works() -> None:
    result = run(
        "doctor", "--json", OPENAI_API_KEY="sk-test-not-a-real-key", OPENAI_BASE_URL="http://127.0.0.1:9/v1"
    )
    checks = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    assert checks["Isolation"]["mark"] != "failed"
    assert checks["Versions"]["mark"] == "ok"
    assert checks["Provider 127.0.0.1"]["mark"] == "failed"
    assert "OPENAI_API_KEY" in checks["Keys"]["detail"]
    assert "sk-test-not-a-real-key" not in result.stdout + result.stderr
    assert result.returncode == 1
    assert run("doctor").returncode == 0


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("rlm-desktop ")
    text = run("--help").stdout
    for name in ("ask", "text", "runs", "doctor"):
        assert name in text


def test_a_cost_that_is_not_known_is_not_nothing() -> None:
    assert output.cost(0.0, 2) == output.cost(None) == "unknown cost"
    assert output.cost(0.5, 2) == "$0.5000 and 2 unknown"
    assert output.cost(0.0) == "$0"
