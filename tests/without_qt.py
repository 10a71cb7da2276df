"""A pytest plugin (`-p tests.without_qt`) that proves that the tests need no Qt: importing it fails."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

import pytest

FORBIDDEN = {"PySide6", "shiboken6", "qasync"}


class _RefuseQt(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        if fullname.split(".")[0] in FORBIDDEN:
            raise ModuleNotFoundError(f"{fullname} must not be imported below the window", name=fullname)
        return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the settings of pytest-qt, which is switched off here, so that --strict-config does not refuse them."""
    parser.addini("qt_api", "unused without pytest-qt")
    parser.addini("qt_log_level_fail", "unused without pytest-qt")


sys.meta_path.insert(0, _RefuseQt())
