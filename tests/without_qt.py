"""A pytest plugin (`-p tests.without_qt`) that proves that the tests need no Qt: importing it fails."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

FORBIDDEN = {"PySide6", "shiboken6", "qasync"}


class _RefuseQt(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        if fullname.split(".")[0] in FORBIDDEN:
            raise ModuleNotFoundError(f"{fullname} must not be imported below the window", name=fullname)
        return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the settings of pytest-qt, which is switched off here, so that --strict-config does not refuse them."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    for name in project["tool"]["pytest"]["ini_options"]:
        if name.startswith("qt_"):
            parser.addini(name, "unused without pytest-qt")


sys.meta_path.insert(0, _RefuseQt())
