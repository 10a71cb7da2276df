"""Chooses the Qt binding, before anything else imports Qt, and takes its import hook away.

qasync takes the first binding that it finds, so PySide6 has to be imported and named before it. PySide6 6.12.x
loses a reference to `None` or `True` in every call below Python 3.12 and aborts the process after some hundred
calls (measured; 3.12 made these objects immortal), so that pair is refused with a sentence.
"""

from __future__ import annotations

import builtins
import os
import sys

import PySide6

from rlm_desktop.errors import UserError

os.environ["QT_API"] = "pyside6"
if builtins.__import__ is getattr(builtins, "__feature_import__", None):
    # PySide reads the source of every module that is imported after it, and Python keeps all of them in memory, to
    # find those that could ask for its `__feature__` switch. Nothing here does: 0.1 s and 30 MB less for a window.
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def binding_fault(python: tuple[int, ...], pyside: tuple[int, ...]) -> str:
    """What is wrong with this pair of versions, with the cure; empty when nothing is."""
    if python[:2] < (3, 12) and pyside[:2] >= (6, 12):
        version = ".".join(str(part) for part in pyside[:3])
        return (
            f"PySide6 {version} crashes below Python 3.12. "
            "Install 'PySide6-Essentials>=6.11.3,<6.12', or use Python 3.12 or newer."
        )
    return ""


def check_binding() -> None:
    """Refuse a Qt binding that would abort the process. Imports no Qt module.

    Raises:
        UserError: The installed PySide6 does not work with this Python.
    """
    fault = binding_fault(tuple(sys.version_info[:3]), tuple(PySide6.__version_info__[:3]))
    if fault:
        raise UserError(fault)
