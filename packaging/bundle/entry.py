"""Where the bundled program begins.

PyInstaller's starter and its hooks set variables for this process alone. They are taken back before anything else
runs, so that no program started from here (a browser, Tesseract, bubblewrap) meets the bundle's libraries; the
loader and Qt have them already, or find their files beside themselves.
"""

import os
import sys


def give_back_environment() -> None:
    """The environment as the person's session had it."""
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        os.environ.pop(name, None)
        if before:
            os.environ[name] = before
    for name in [name for name in os.environ if name.startswith("_PYI_")]:
        del os.environ[name]
    for name in ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH"):
        os.environ.pop(name, None)


if __name__ == "__main__":
    give_back_environment()
    from rlm_desktop.__main__ import main

    sys.exit(main())
