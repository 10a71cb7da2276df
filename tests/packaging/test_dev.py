from __future__ import annotations

import ast
import errno
import importlib.util
import itertools
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
import venv
from pathlib import Path
from types import ModuleType

import pip
import pytest

ON_UNIX = pytest.mark.skipif(os.name != "posix", reason="programs of Unix")
PROJECT = Path(__file__).resolve().parents[2]
DEV = PROJECT / "packaging" / "dev.py"


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working on a copy of the project's set-up files in a folder with an odd name."""
    spec = importlib.util.spec_from_file_location("dev_under_test", DEV)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    project = tmp_path / "a project, für alle"
    (project / "packaging").mkdir(parents=True)
    shutil.copy(PROJECT / "pyproject.toml", project)
    shutil.copy(PROJECT / "packaging" / "constraints.txt", project / "packaging")
    monkeypatch.setattr(module, "PROJECT", project)
    monkeypatch.setattr(module, "VENV", project / ".venv")
    monkeypatch.setattr(module, "LOG", project / ".venv" / "set-up.log")
    monkeypatch.setattr(module, "CONSTRAINTS", project / "packaging" / "constraints.txt")
    return module


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DEV), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )


def test_help_names_every_command(dev: ModuleType) -> None:
    result = run("--help")
    assert result.returncode == 0
    assert [command for command in dev.COMMANDS if f"dev.py {command}" not in result.stdout] == []


def test_an_unknown_command_is_wrong_usage() -> None:
    result = run("dance")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_an_old_python_gets_a_sentence(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (DEV, PROJECT / "rlm_desktop" / "display.py"):  # which it reads first
        ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(dev.Trouble, match=r"needs Python 3\.11 to 3\.14; this is Python"):
        dev.check_python()


def test_without_a_display_the_window_is_refused_in_words(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(dev.Trouble, match="no display"):
        dev.run(["report.pdf"])
    monkeypatch.setenv("WAYLAND_DISPLAY", str(tmp_path / "wayland-0"))
    with pytest.raises(dev.Trouble, match="Nothing answers at"):
        dev.run(["report.pdf"])
    (tmp_path / "wayland-0").touch()
    dev.check_display()


@ON_UNIX
def test_what_opens_no_window_needs_nothing_of_qt(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a server, without a screen and without the rights to install its libraries."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(dev, "can_load", lambda library: False)
    monkeypatch.setattr(dev, "install_packages", lambda packages: False)
    monkeypatch.setattr(dev, "make", lambda extra: None)
    monkeypatch.setattr(dev, "venv_python", lambda: Path(shutil.which("echo") or ""))
    monkeypatch.delenv("DISPLAY", raising=False)
    assert dev.run(["ask", "Why?"]) == 0


def test_missing_libraries_give_the_exact_line(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(dev.QT_LIBRARIES, "libnot-there.so.9", "libnot-there9")
    monkeypatch.setattr(dev, "install_packages", lambda packages: False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(dev.Trouble, match=r"apt-get install -y --no-install-recommends libnot-there9"):
        dev.check_system(for_tests=False)


def test_one_line_names_all_that_is_missing(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's own Python has no `ensurepip`: nobody wants to be told so in a second round."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(dev.QT_LIBRARIES, "libnot-there.so.9", "libnot-there9")
    monkeypatch.setattr(dev, "can_make_venv", lambda: False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    needed, _ = dev.missing_packages(for_tests=False)
    assert needed[-2:] == ["libnot-there9", f"python3.{sys.version_info.minor}-venv"]
    dev.venv_python().parent.mkdir(parents=True)
    dev.venv_python().touch()
    dev.stamp("").write_text(dev.fingerprint())
    assert dev.missing_packages(for_tests=False)[0][-1] == "libnot-there9"


def test_what_confines_best_is_wanted_at_the_first_start_only(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it cannot be had, the window says so itself."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(dev, "QT_LIBRARIES", {})
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    asked_for: list[str] = []
    monkeypatch.setattr(dev, "install_packages", asked_for.extend)
    dev.check_system(for_tests=False)
    monkeypatch.setattr(dev, "is_set_up", lambda extra: extra == "")
    dev.check_system(for_tests=False)
    assert asked_for == ["bubblewrap"]
    assert capsys.readouterr().err == ""


def test_missing_test_programs_are_no_obstacle(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(dev, "QT_LIBRARIES", {})
    monkeypatch.setattr(dev, "TEST_PROGRAMS", {"not-there-either": "not-there"})
    monkeypatch.setattr(dev, "install_packages", lambda packages: False)
    dev.check_system(for_tests=True)
    assert "will be skipped" in capsys.readouterr().err


def test_without_a_network_it_says_so(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setattr(dev, "make_venv", lambda: _environment_with_this_pip(dev.VENV))
    with pytest.raises(dev.Trouble, match="no connection to the package index"):
        dev.set_up("")
    assert not list(dev.VENV.glob("stamp-*"))


def _environment_with_this_pip(folder: Path) -> None:
    """A real, empty environment with the pip of this one: unpacking one takes seconds."""
    venv.create(folder, symlinks=os.name != "nt")
    (libraries,) = folder.glob("[Ll]ib/**/site-packages")
    (libraries / "pip").symlink_to(Path(pip.__file__).parent)


def test_the_second_time_nothing_is_done(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[tuple[str, ...]] = []

    def make_venv() -> None:
        dev.venv_python().parent.mkdir(parents=True)
        dev.venv_python().touch()

    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.setattr(dev, "pip", lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(dev, "compile_ahead", lambda: calls.append(("compile",)))
    dev.set_up("dev")
    assert [call[-1] for call in calls[-2:]] == [".[dev]", "compile"]
    calls.clear()
    capsys.readouterr()
    dev.set_up("dev")
    dev.set_up("")
    assert not calls
    assert capsys.readouterr() == ("", "")


def test_two_starts_set_up_one_after_the_other(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    is_waiting, made = threading.Event(), list[str]()
    monkeypatch.setattr(dev, "say", lambda text: is_waiting.set())
    monkeypatch.setattr(dev, "make", made.append)
    second = threading.Thread(target=dev.set_up, args=("",))
    with dev.CONSTRAINTS.open("rb") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second.start()
        assert is_waiting.wait(20)
        assert made == []
    second.join(20)
    assert made == [""]


@ON_UNIX
def test_who_interrupts_the_clearing_may_start_again(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(folder: Path) -> None:
        for file in filter(Path.is_file, folder.iterdir()):
            file.unlink()
        raise KeyboardInterrupt

    (dev.VENV / "lib").mkdir(parents=True)
    dev.LOG.touch()
    monkeypatch.setattr(dev, "can_make_venv", lambda: True)
    with monkeypatch.context() as patch:
        patch.setattr(dev.shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            dev.make_venv()
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    dev.make_venv()
    assert list(dev.VENV.iterdir()) == [dev.LOG]


@ON_UNIX
def test_what_went_wrong_before_is_not_told_again(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "venv_python", lambda: Path(shutil.which("false") or ""))
    dev.VENV.mkdir()
    dev.LOG.write_text("Temporary failure in name resolution\n")
    with pytest.raises(dev.Trouble, match="could not be installed") as trouble:
        dev.pip("install", "something")
    assert "name resolution" not in str(trouble.value)


def test_a_folder_that_cannot_be_written_is_said_with_a_way_out(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(arguments: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(dev.VENV))

    monkeypatch.setitem(dev.COMMANDS, "run", refused)
    monkeypatch.setattr(sys, "argv", ["dev.py", "run"])
    assert dev.main() == 1
    assert "where you may write" in capsys.readouterr().err


def test_a_foreign_environment_is_left_alone(dev: ModuleType) -> None:
    precious = dev.VENV / "precious.txt"
    dev.VENV.mkdir()
    precious.touch()
    with pytest.raises(dev.Trouble, match="did not make"):
        dev.set_up("")
    assert precious.exists()


def test_new_pins_renew_the_environment(dev: ModuleType) -> None:
    before = dev.fingerprint()
    dev.CONSTRAINTS.write_text("msgspec==0.22.0\n")
    assert dev.fingerprint() != before


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    pinned = {_plain(line) for line in (PROJECT / "packaging" / "constraints.txt").read_text().splitlines()}
    assert [line for line in wanted if _plain(line) not in pinned] == []


def test_pins_name_no_places() -> None:
    text = (PROJECT / "packaging" / "constraints.txt").read_text()
    assert "://" not in text
    assert " @ " not in text


def _plain(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", name.group()).lower() if name else ""
