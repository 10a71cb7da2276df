"""Chooses the Qt binding, before anything else imports Qt, and takes its import hook away.

qasync takes the first binding that it finds, so PySide6 has to be imported and named before it.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import PySide6

from rlm_desktop.display import binding_fault, library_fault
from rlm_desktop.errors import UserError

os.environ["QT_API"] = "pyside6"
if builtins.__import__ is getattr(builtins, "__feature_import__", None):
    # PySide reads the source of every module that is imported after it, and Python keeps all of them in memory, to
    # find those that could ask for its `__feature__` switch. Nothing here does: 0.1 s and 30 MB less for a window.
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def check_binding() -> None:
    """Refuse a Qt binding that would abort the process. Imports no Qt module.

    Raises:
        UserError: The installed PySide6 does not work with this Python.
    """
    fault = binding_fault(sys.version_info[:3], PySide6.__version__)
    if fault:
        raise UserError(fault)


@contextlib.contextmanager
def explain_failure() -> Iterator[None]:
    """While the application is made: where Qt finds no way to a screen, say why and leave, instead of an abort."""
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    def say(kind: QtMsgType, _context: Any, text: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            print(text, file=sys.stderr)
            return
        print(f"rlm-desktop: no window can open. {library_fault() or text}", file=sys.stderr, flush=True)
        os._exit(1)

    before = qInstallMessageHandler(say)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
