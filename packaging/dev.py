#!/usr/bin/env python3
"""Set up and run RLM Desktop from a checkout; needs nothing but Python and git.

    python3 packaging/dev.py run [FILE ...]      open the window (or: run ask ..., run doctor ...)
    python3 packaging/dev.py test [ARGUMENT ...] all tests, or what pytest is told
    python3 packaging/dev.py check               linters, types, layers, tests without Qt
    python3 packaging/dev.py bench [NAME ...]    the benchmarks
    python3 packaging/dev.py bundle              the program in one folder, without need of Python: dist/rlm-desktop
    python3 packaging/dev.py deb                 the same as Debian packages: dist/rlm-desktop*.deb

The first time, a virtual environment with the pinned dependencies is made in `.venv` and the system libraries
that Qt needs are looked for; after that, nothing is done until the pins, the Python or the folder change.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import platform
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
CONSTRAINTS = PROJECT / "packaging" / "constraints.txt"
LOG = VENV / "set-up.log"

OLDEST, NEWEST = (3, 11), (3, 14)

_display = runpy.run_path(str(PROJECT / "rlm_desktop" / "display.py"))
QT_LIBRARIES: dict[str, str] = _display["LIBRARIES"]  # shared library -> Debian and Ubuntu package
can_load: Callable[[str], bool] = _display["can_load"]
display_fault: Callable[[Mapping[str, str]], str] = _display["fault"]
TEST_PROGRAMS = {  # program -> package; the tests that need one are skipped without it
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "import": "imagemagick",
    "bwrap": "bubblewrap",
}
CONFINING_PROGRAMS = {"bwrap": "bubblewrap"}  # without it, model-written code is confined less well
BUILD_PROGRAMS = {
    "objdump": "binutils",
    "strip": "binutils",
    "dpkg-deb": "dpkg",
}  # what only `bundle` and `deb` need
WINDOWLESS = {"ask", "text", "runs", "doctor", "--version", "--help", "-h"}

WITHOUT_QT = ("-p", "no:pytest-qt", "-p", "tests.without_qt")
TESTS_WITHOUT_QT = (  # the heart of each room; `test` runs all of them, with Qt importable
    "tests/engine/test_run.py",
    "tests/engine/test_state.py",
    "tests/repl/test_cells.py",
    "tests/documents/test_load.py",
    "tests/history/test_store.py",
)

NETWORK_TROUBLE = (
    "name resolution",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Network is unreachable",
    "ProxyError",
    "Connection refused",
)


class Trouble(Exception):
    """Something the person has to mend; its text says what and how."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# -- the Python that runs this -------------------------------------------------------------------------------


def check_python() -> None:
    """Go on with a Python that fits; look for another one when this one does not."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in (13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found and quiet([found, "-c", ""]):
            os.execv(found, [found, *sys.argv])
    raise Trouble(
        f"RLM Desktop needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}; this is Python {platform.python_version()} "
        f"({sys.executable}). Install one of those and start this script with it: "
        f"python3.12 packaging/dev.py {' '.join(sys.argv[1:])}"
    )


# -- the system ----------------------------------------------------------------------------------------------


def missing_packages(for_tests: bool) -> tuple[list[str], list[str]]:
    """Packages that nothing works without, and packages that only some tests, or the best confinement, need."""
    if sys.platform != "linux":
        return [], []
    is_first = not is_set_up("") and not is_set_up("dev")
    needed = [package for library, package in QT_LIBRARIES.items() if not can_load(library)]
    if shutil.which("apt-get") and is_first and not can_make_venv():
        needed.append(venv_package())
    programs = TEST_PROGRAMS if for_tests else CONFINING_PROGRAMS if is_first else {}
    return needed, [package for program, package in programs.items() if not shutil.which(program)]


def check_system(for_tests: bool) -> None:
    """Install the missing packages of the system, or say which line does."""
    needed, wanted = missing_packages(for_tests)
    for packages in (needed, wanted):
        if packages:
            install_packages(packages)
    needed, wanted = missing_packages(for_tests)
    if needed and not shutil.which("apt-get"):
        libraries = [library for library, package in QT_LIBRARIES.items() if package in needed]
        raise Trouble(
            f"Qt needs these libraries; install them with your system's package manager:\n  {' '.join(libraries)}"
        )
    if needed:
        raise Trouble(
            f"Some packages of the system are missing here. Install them with:\n  {apt_line(needed + wanted)}"
        )
    if wanted and for_tests and not is_set_up("dev"):
        say(f"Tests that need {', '.join(wanted)} will be skipped. To run them too:\n  {apt_line(wanted)}")


def install_packages(packages: Sequence[str]) -> bool:
    """Install by apt where that is allowed without asking for a password; whether it worked."""
    apt = shutil.which("apt-get")
    if not apt:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if not sudo or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode != 0:
            return False
        prefix = [sudo, "-n"]
    say(f"Installing system packages: {' '.join(packages)}")
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", apt]
    install = [*apt_get, "install", "-y", "--no-install-recommends", *packages]
    return quiet(install) or (quiet([*apt_get, "update"]) and quiet(install))


def apt_line(packages: Sequence[str]) -> str:
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def quiet(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def check_display() -> None:
    fault = display_fault(os.environ)
    if fault:
        raise Trouble(
            f"No window can open. {fault}\n"
            "You can ask in the terminal instead:\n"
            "  python3 packaging/dev.py run ask -d FILE 'your question'"
        )


# -- the virtual environment ---------------------------------------------------------------------------------


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """Changes when the environment has to be made anew."""
    digest = hashlib.sha256()
    for part in (platform.python_version(), sys.base_prefix, str(PROJECT)):
        digest.update(part.encode() + b"\0")
    for file in (PROJECT / "pyproject.toml", CONSTRAINTS):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def set_up(extra: str) -> None:
    """Make or renew the environment with the runtime dependencies, and those of `extra` ("" or "dev")."""
    with CONSTRAINTS.open("rb") as lock:
        wait_for_others(lock)
        if not (is_set_up(extra) or is_set_up("dev")):
            make(extra)


def wait_for_others(lock: BinaryIO) -> None:
    """Let one start of this script after the other look after the environment, where files can be locked."""
    if os.name == "nt":
        return
    import fcntl

    with contextlib.suppress(OSError):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start of this script is setting up; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)


def make(extra: str) -> None:
    say(f"Setting up {VENV} (once; about a minute) ...")
    if not is_set_up(""):
        make_venv()
    pip("install", "hatchling", "editables")  # pinned like the rest; an isolated build would fetch its own
    pip("install", "--no-build-isolation", "-e", f".[{extra}]" if extra else ".")
    compile_ahead()
    stamp(extra).write_text(fingerprint())


def compile_ahead() -> None:
    """Compile the program, and unpack PySide's Python part, which is otherwise compiled anew at every start.

    Else the first start waits for it, and each of the processes that test. SBK_EMBED is shiboken's own switch;
    without success starts are only slower.
    """
    environment = {**os.environ, "SBK_EMBED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for arguments in (
        ["-c", "import PySide6"],
        ["-m", "compileall", "-q", "-j", "0", str(PROJECT / "rlm_desktop")],
    ):
        subprocess.run([str(venv_python()), *arguments], env=environment, capture_output=True)


def stamp(extra: str) -> Path:
    return VENV / f"stamp-{extra or 'run'}"


def is_set_up(extra: str) -> bool:
    """Whether the environment was made for these pins, this Python and this folder."""
    file = stamp(extra)
    return venv_python().exists() and file.is_file() and file.read_text() == fingerprint()


def make_venv() -> None:
    """A fresh, empty environment."""
    if not can_make_venv() and not (install_packages([venv_package()]) and can_make_venv()):
        raise Trouble(
            f"This Python cannot make virtual environments. Install the missing part with:\n"
            f"  {apt_line([venv_package()])}"
        )
    VENV.mkdir(exist_ok=True)
    others = [path for path in VENV.iterdir() if path != LOG]
    if others and not LOG.exists():
        raise Trouble(f"There is a folder {VENV} that this script did not make. Move it away and try again.")
    LOG.touch()  # marks the folder as ours, wherever the next lines are interrupted
    for path in others:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    result = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if result.returncode != 0:
        raise Trouble(f"The virtual environment could not be made:\n{(result.stdout + result.stderr).strip()}")


def can_make_venv() -> bool:
    """Whether the standard library is whole: Debian has `ensurepip` in a package of its own."""
    return quiet([sys.executable, "-c", "import ensurepip, venv"])


def venv_package() -> str:
    return f"python3.{sys.version_info.minor}-venv"


def pip(*arguments: str) -> None:
    options = ["-c", str(CONSTRAINTS), "--disable-pip-version-check", "--no-input", "--retries", "3"]
    command = [str(venv_python()), "-m", "pip", *arguments, *options]
    with LOG.open("a+", encoding="utf-8", errors="replace") as log:
        begin = log.tell()
        result = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, cwd=PROJECT)
        log.seek(begin)
        text = log.read()
    if result.returncode == 0:
        return
    if any(sign in text for sign in NETWORK_TROUBLE):
        raise Trouble(
            "The dependencies could not be fetched: there is no connection to the package index. "
            f"Connect to the network (or set pip's proxy or index) and try again. Details: {LOG}"
        )
    raise Trouble(
        f"The dependencies could not be installed. The end of {LOG}:\n" + "\n".join(text.splitlines()[-15:])
    )


# -- the commands --------------------------------------------------------------------------------------------


def run(arguments: Sequence[str]) -> int:
    if not (arguments and arguments[0] in WINDOWLESS):
        check_display()
        check_system(for_tests=False)
    set_up("")
    return subprocess.run([str(venv_python()), "-m", "rlm_desktop", *arguments]).returncode


def test(arguments: Sequence[str]) -> int:
    check_system(for_tests=True)
    set_up("dev")
    return call("-m", "pytest", "-n", "auto", *arguments)


def check(arguments: Sequence[str]) -> int:
    check_system(for_tests=False)
    set_up("dev")
    steps = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "pyright": ["-m", "pyright", "--pythonpath", str(venv_python())],
        "import-linter": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
        "tests without Qt": ["-m", "pytest", "-q", "-n", "auto", *WITHOUT_QT, *TESTS_WITHOUT_QT],
    }
    failed: list[str] = []
    for name, command in steps.items():
        if arguments and name not in arguments:
            continue
        say(f"== {name}")
        if call(*command) != 0:
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def bench(arguments: Sequence[str]) -> int:
    check_system(for_tests=True)
    set_up("dev")
    return call("-m", "tests.benchmarks", *arguments)


def bundle(arguments: Sequence[str]) -> int:
    """The program and all that it needs in one folder, made in an environment of its own."""
    global VENV, LOG
    VENV = PROJECT / "build" / "venv"
    LOG = VENV / "set-up.log"
    check_system(for_tests=False)
    missing = [package for program, package in BUILD_PROGRAMS.items() if not shutil.which(program)]
    if sys.platform == "linux" and missing and not install_packages(missing):
        raise Trouble(
            f"Building needs some programs that are missing here. Install them with:\n  {apt_line(missing)}"
        )
    VENV.parent.mkdir(exist_ok=True)
    set_up("bundle")
    return call("packaging/bundle/make.py", *arguments)


def deb(arguments: Sequence[str]) -> int:
    """Debian packages of the bundle, which is made anew unless --reuse is given."""
    status = 0 if "--reuse" in arguments else bundle([])
    if status:
        return status
    script = PROJECT / "packaging" / "linux" / "deb.py"
    return subprocess.run([sys.executable, str(script)], cwd=PROJECT).returncode


def call(*arguments: str) -> int:
    """Run the environment's Python in the project, without a screen; its exit status."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # Else each of the hundreds of processes that tests start would compile the sources anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run([str(venv_python()), *arguments], cwd=PROJECT, env=environment).returncode


COMMANDS = {"run": run, "test": test, "check": check, "bench": bench, "bundle": bundle, "deb": deb}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="passed on to the command")
    chosen = parser.parse_args()
    try:
        check_python()
        return COMMANDS[chosen.command](chosen.arguments)
    except Trouble as trouble:
        say(f"dev.py: {trouble}")
    except OSError as error:
        say(f"dev.py: {error.strerror}: {error.filename or PROJECT}")
        if isinstance(error, PermissionError):
            say("The environment is made in the project's folder. Put that where you may write, or make it yours.")
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
