"""The command where its streams are closed, full or read by nobody, and where there is no home folder."""

from __future__ import annotations

import errno
import io
import os
import subprocess
from pathlib import Path

import pytest

from rlm_desktop import paths
from tests.test_cli import QUESTION, TIMEOUT, command, guide, run

__all__ = ["guide"]


def test_a_reader_that_goes_away_is_no_error(guide: Path) -> None:
    process = subprocess.Popen(command("runs", "--help"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(TIMEOUT)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [("text", "pyproject.toml"), ("--help",)])
def test_an_output_that_cannot_be_written_is_said(arguments: tuple[str, ...]) -> None:
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, env=buffered
        )
    assert done.returncode == 1
    assert done.stderr == "rlm-desktop: The output cannot be written: No space left on device.\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
def test_closed_streams_are_no_error(guide: Path) -> None:
    line = subprocess.list2cmdline(command("text", "-", guide))
    done = subprocess.run(["sh", "-c", f"{line} <&- >&-"], stderr=subprocess.PIPE, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stderr) == (1, "rlm-desktop: standard input: the file is empty.\n")


class Unread(io.StringIO):
    """A stream that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(errno.EPIPE, f"{text!r} is not read")


def test_an_answer_comes_though_nobody_reads_the_progress(guide: Path) -> None:
    assert "Marigold" in run("ask", "-d", guide, QUESTION, stderr=Unread()).stdout
    assert run("runs", "show", "nope", stderr=Unread()).returncode == 1


@pytest.mark.parametrize("options", [(), ("--no-history",)])
def test_a_history_that_is_away_stops_no_question(options: tuple[str, ...], tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    note = tmp_path / "note.txt"
    note.write_bytes("The ferry Marigold leaves from berth four at nine, café included.".encode("latin-1"))
    away = {"RLM_DESKTOP_DATABASE": "postgresql://me@/history?host=/nowhere"}
    done = run("ask", "-q", *options, "-d", note, "Which ferry leaves from berth four?", **away)
    assert (done.returncode, "Marigold" in done.stdout) == (0, True)
    assert ("cannot be opened" in done.stderr) is not bool(options)


@pytest.mark.parametrize("home", ["~nobody-of-that-name/x", ""])
def test_a_home_that_nobody_knows_is_said(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container, whose user has no name and no folder."""
    monkeypatch.setattr(type(paths._DIRS), "user_data_dir", "~/.local/share/rlm-desktop")
    result = run("runs", "list", RLM_DESKTOP_HOME=home)
    assert result.returncode == 2
    assert "set RLM_DESKTOP_HOME to a folder" in result.stderr
