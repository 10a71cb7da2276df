"""What goes into the bundle, and what does not."""

from __future__ import annotations

import fnmatch

PARSERS = (
    "msgspec",
    "chardet",
    "cobble",
    "cryptography",
    "html_to_markdown",
    "lxml",
    "mammoth",
    "msoffcrypto",
    "olefile",
    "pptx",
    "pypdfium2",
    "pypdfium2_raw",
    "python_calamine",
)
"""Packages that only child processes import, so that PyInstaller does not see it."""

LIBRARIES_FOR_CELLS = ("numpy", "pandas", "dateutil")
"""What model-written code may be given besides the standard library, when the person chooses so."""

STRICT = "pydantic_monty"
"""What strict mode runs in. Its part in Rust imports one in Python, which PyInstaller does not see."""
STRICT_PROGRAM = "monty"
"""Its interpreter, a program that lies among the commands of an environment."""

METADATA = ("msgspec", "numpy", "pandas", "python-dateutil", "PySide6-Essentials", "openai", "keyring")
"""Distributions that are asked for their version or their requirements at run time."""

EXCLUDED_MODULES = [
    "PyInstaller",
    "_pytest",
    "IPython",
    "matplotlib",
    "numpy.f2py.tests",
    "pandas.tests",
    "pip",
    "pkg_resources",
    "pytest",
    "setuptools",
    "tkinter",  # of the window's program; the interpreter of the child processes has it
    "wheel",
]

LEFT_OUT_HOOKS = ("pyi_rth_multiprocessing",)
"""What PyInstaller would run before the program. This one imports 16 modules, 14 ms of each start, for processes
that `multiprocessing` starts by this program's command; there are none, children run in the interpreter's tree.
"""

_QT = "PySide6/Qt/"
_KEPT_QT = (
    "plugins/iconengines/libqsvgicon*",
    "plugins/imageformats/libqgif*",
    "plugins/imageformats/libqjpeg*",
    "plugins/imageformats/libqsvg*",
    "plugins/platforminputcontexts/libcompose*",
    "plugins/platforminputcontexts/libibus*",
    "plugins/platforms/libqcocoa*",  # macOS
    "plugins/platforms/libqminimal.so",
    "plugins/platforms/libqoffscreen*",
    "plugins/platforms/libqwayland*",
    "plugins/platforms/libqxcb*",
    "plugins/platformthemes/libqxdgdesktopportal*",
    "plugins/styles/libqmacstyle*",
    "plugins/wayland-decoration-client/*",
    "plugins/wayland-graphics-integration-client/*",
    "plugins/wayland-shell-integration/*",
    "plugins/xcbglintegrations/*",
    "translations/qtbase_de.qm",
)
_DROPPED = (
    "*/__pycache__/*",
    "*.pyi",
    "*.pxd",
    "*/include/*.h",
    "html_to_markdown/bin/*",  # a command of its own
    "numpy/_core/lib/*.a",
    "numpy/random/lib/*.a",
    # Pillow is only there because python-pptx imports it; no picture of these kinds is opened.
    "PIL/_avif.*",
    "PIL/_imagingcms.*",
    "PIL/_imagingft.*",
    "PIL/_imagingtk.*",
    "PIL/_webp.*",
    "PySide6/Qt/qml/*",
    # Their libraries are under the GPL (Readline, GDBM) or ask for the program's sources (Berkeley DB).
    "*/lib-dynload/readline.*",
    "*/lib-dynload/_gdbm.*",
    "*/lib-dynload/_dbm.*",
    "rlm_desktop/resources/examples/*",
    "rlm_desktop/resources/screenshots/*",
    "rlm_desktop/resources/translations/*.ts",
    # Every desktop has these; its graphics drivers and its session need its own.
    "libdbus-1.so*",
    "libgcc_s.so*",
    "libglib-2.0.so*",
    "libgthread-2.0.so*",
    "libstdc++.so*",
)


def is_wanted(name: str) -> bool:
    """Whether a collected file, named by its place in the bundle, is shipped."""
    name = name.replace("\\", "/")
    if name.startswith((_QT + "plugins/", _QT + "translations/")):
        return any(fnmatch.fnmatchcase(name.removeprefix(_QT), pattern) for pattern in _KEPT_QT)
    return not any(fnmatch.fnmatchcase(name, pattern) for pattern in _DROPPED)
