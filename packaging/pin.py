#!/usr/bin/env python3
"""Renew packaging/constraints.txt: exact versions of everything that the project and its tools need.

    python3 packaging/pin.py [--keep FILE]

Asks pip of every supported Python on this machine (python3.11, python3.12 ...) what it would install now, and
writes one line a package, with a marker where the Pythons differ. `--keep` names a file of pins (`pip freeze`)
that must not move.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONSTRAINTS = PROJECT / "packaging" / "constraints.txt"
HEADER = "# Exact versions of everything that packaging/dev.py installs. Made by packaging/pin.py.\n"
VERSIONS = (11, 12, 13, 14)
BUILD = ("hatchling", "editables")


def requirements() -> list[str]:
    """What pyproject.toml asks for, the tools and the build included."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return [*project["dependencies"], *extras, *BUILD]


def resolve(python: str, keep: Path | None) -> dict[str, str]:
    """Package -> version that pip of this Python would install into an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        options = ["--dry-run", "--ignore-installed", "--quiet", "--disable-pip-version-check", "--report", "-"]
        if keep:
            options += ["-c", str(keep)]
        command = [f"{folder}/bin/python", "-m", "pip", "install", *options, *requirements()]
        result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    packages = [item["metadata"] for item in json.loads(result.stdout)["install"]]
    return {package["name"]: package["version"] for package in packages}


def lines_for(name: str, found: dict[int, str]) -> list[str]:
    """One line, or one with a marker for each run of Pythons that share a version."""
    if len(set(found.values())) == 1:
        return [f"{name}=={next(iter(found.values()))}"]
    lines: list[str] = []
    minors = sorted(found)
    for first in minors:
        if first != minors[0] and found[first] == found[minors[minors.index(first) - 1]]:
            continue
        until = next((minor for minor in minors if minor > first and found[minor] != found[first]), None)
        bounds = [f"python_version >= '3.{first}'"] if first != minors[0] else []
        bounds += [f"python_version < '3.{until}'"] if until else []
        lines.append(f"{name}=={found[first]}; {' and '.join(bounds)}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="pins that must not move")
    keep = parser.parse_args().keep
    found: dict[str, dict[int, str]] = {}
    for minor in VERSIONS:
        python = shutil.which(f"python3.{minor}")
        if python and subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
            for name, version in resolve(python, keep).items():
                found.setdefault(name, {})[minor] = version
        else:
            print(f"There is no python3.{minor} here: its packages are not looked up.", file=sys.stderr)
    lines = [line for name in sorted(found, key=str.lower) for line in lines_for(name, found[name])]
    CONSTRAINTS.write_text(HEADER + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
