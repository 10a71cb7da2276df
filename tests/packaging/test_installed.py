"""The Debian package in a fresh Debian: installed by apt, started by its menu entry, attacked, removed."""

from __future__ import annotations

import configparser
import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rlm_desktop
from tests.packaging.roots import HOME, PERSON, PICTURES, PROJECT, Root, apt, inside, install

INTERNAL = "/opt/rlm-desktop/_internal"
GUIDE = f"{INTERNAL}/rlm_desktop/resources/guide/user-guide.md"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
HERE = Path(__file__).resolve().parent


def menu_command(root: Root) -> list[str]:
    """What a desktop would start for the entry in its menu."""
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(root.folder / "usr/share/applications/rlm-desktop.desktop", encoding="utf-8")
    return [word for word in entry["Desktop Entry"]["Exec"].split() if not word.startswith("%")]


def test_it_is_installed_and_started_by_its_menu_entry(installed: Root) -> None:
    done = installed.run(*menu_command(installed), "--version", user=PERSON)
    assert done.stdout.strip() == f"rlm-desktop {rlm_desktop.__version__}"


@pytest.mark.parametrize("locale", ["C.UTF-8", "de_DE.UTF-8", "ja_JP.UTF-8"])
def test_the_example_runs_on_a_screen(installed: Root, locale: str) -> None:
    """As a person whose home has a space and letters beyond ASCII in its name."""
    shot = f"{HOME}/Bild von {locale}.png"
    command = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", *menu_command(installed)]
    done = installed.run(
        *command, "--smoke", "--shot", shot, user=PERSON, LANG=locale, RLM_DESKTOP_HOME=f"{HOME}/Ablage ü"
    )
    assert done.stdout.startswith("completed: "), done.stderr
    assert "ERROR" not in done.stderr
    PICTURES.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(installed.folder / shot.lstrip("/"), PICTURES / f"installed-{locale}.png")


def test_everything_works_there(installed: Root) -> None:
    done = installed.run("rlm-desktop", "doctor", "--json", user=PERSON, check=False)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert "tier A" in checks["Isolation"]["detail"]
    assert [name for name, check in checks.items() if check["mark"] == "failed"] == []


def test_no_library_is_missing(installed: Root) -> None:
    script = (
        "find /opt/rlm-desktop -type f \\( -name '*.so*' -o -path '*/bin/*' -o -name rlm-desktop \\) "
        "-exec ldd {} + 2>/dev/null | grep 'not found' | sort -u || true"
    )
    assert installed.run("sh", "-c", script).stdout == ""


@contextlib.contextmanager
def looking(root: Root) -> Iterator[Callable[..., Any]]:
    """What gives what `in_bundle.py` finds there, as the person."""
    place = root.folder / "usr/local/attacks"
    shutil.copytree(HERE.parent / "repl", place, dirs_exist_ok=True)
    shutil.copyfile(HERE / "in_bundle.py", place / "in_bundle.py")

    def look(*arguments: str) -> Any:
        command = [*inside(INTERNAL), "/usr/local/attacks/in_bundle.py", INTERNAL, *arguments]
        return json.loads(root.run(*command, user=PERSON, seconds=600).stdout.splitlines()[-1])

    try:
        yield look
    finally:
        shutil.rmtree(place)


def test_no_attack_gets_through(installed: Root) -> None:
    with looking(installed) as look:
        found = look("attacks", "/usr/local/attacks", "A")
        assert len(found) > 50
        assert [name for name, result in found.items() if result == "ESCAPED"] == []
        failed = look("library")["failed"]
        assert not {"ssl", "sqlite3", "ctypes", "tkinter", "curses", "nis", "lzma"} & set(failed)


def test_what_only_some_want_comes_with_a_package_of_its_own(installed: Root, libraries_deb: Path) -> None:
    """None is there before; the two are found where they are then installed, by cells that may have them."""
    ask = ["rlm-desktop", "ask", "--repl-mode", "strict", "-d", GUIDE, "What is a cell?"]
    with looking(installed) as look:
        assert look("libraries")["offered"].endswith("is not installed.")
        assert "the package rlm-desktop-libraries" in installed.run(*ask, user=PERSON, check=False).stderr
        install(installed, libraries_deb)
        assert installed.run(*ask, user=PERSON).stdout.strip()
        assert look("libraries") == {
            "offered": "10 1.0",
            "not offered": "ModuleNotFoundError: No module named 'numpy'",
        }


def test_the_manual_page_and_the_mime_type_are_there(installed: Root) -> None:
    assert (installed.folder / "usr/share/man/man1/rlm-desktop.1.gz").stat().st_size > 1000
    assert "rlmarchive" in (installed.folder / "usr/share/mime/globs2").read_text(encoding="utf-8")


def test_it_is_removed_without_traces(installed: Root) -> None:
    """Last: nothing of it is left, in the system and in the packages' database."""
    apt(installed, "purge", "rlm-desktop")  # and what depends on it
    traces = {path for path in installed.files() if "rlm" in path.lower()}
    assert traces == set()
    assert "rlmarchive" not in (installed.folder / "usr/share/mime/globs2").read_text(encoding="utf-8")
    for name in ("rlm-desktop", "rlm-desktop-libraries"):
        assert "Status: install" not in installed.run("dpkg", "--status", name, check=False).stdout
    assert not (installed.folder / "opt/rlm-desktop").exists()


def test_the_readmes_two_commands_work_in_a_fresh_debian(fresh_root: Root) -> None:
    """From a clone, with nothing but Python and git; whom to trust in the network is this machine's affair."""
    apt(fresh_root, "install", "python3", "git", "ca-certificates")
    shutil.copyfile(CERTIFICATES, fresh_root.folder / CERTIFICATES.lstrip("/"))
    clone = fresh_root.folder / "srv/fresh é clone"
    shutil.rmtree(clone, ignore_errors=True)
    shutil.copytree(
        PROJECT, clone, symlinks=True, ignore=shutil.ignore_patterns(".venv", "build", "dist", ".git", "artifacts")
    )
    place = "/srv/fresh é clone"
    run = ["sh", "-c", f"cd '{place}' && xvfb-run -a python3 packaging/dev.py run --smoke"]
    assert fresh_root.run(*run, seconds=900, PIP_CERT=CERTIFICATES).stdout.startswith("completed: ")
    test = ["sh", "-c", f"cd '{place}' && python3 packaging/dev.py test -q tests/test_settings.py"]
    assert " passed" in fresh_root.run(*test, seconds=900, PIP_CERT=CERTIFICATES).stdout
    shutil.rmtree(clone)
