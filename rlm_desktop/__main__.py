"""`rlm-desktop`: the window, or a command of the command line. Neither imports the other."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the arguments say. Returns the process's exit status."""
    # Nothing of the start-up is garbage; the window's own collector takes over when it is usable.
    gc.disable()
    from rlm_desktop import cli

    forbid_core_dumps()
    open_closed_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if cli.is_command(arguments):
        gc.enable()
        return cli.main(arguments)
    return open_window(arguments)


def forbid_core_dumps() -> None:
    """Leave no picture of this process's memory behind when it crashes: keys and documents would be in it."""
    if sys.platform == "win32":
        return  # makes none unless its owner asks for it
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def open_closed_streams() -> None:
    """Make a stream that there is not (`2>&-`; a program with a window on Windows) one to nowhere.

    It is None otherwise, and `faulthandler` and others fail on that.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def open_window(arguments: Sequence[str]) -> int:
    """Open the window; leading arguments that are files become its documents."""
    from rlm_desktop import cli, display

    count = next((i for i, argument in enumerate(arguments) if argument.startswith("-")), len(arguments))
    files, options = arguments[:count], arguments[count:]
    for file in files:
        if not Path(file).exists():
            commands = ", ".join(cli.COMMANDS)
            print(f"rlm-desktop: there is no file {file!r}. Commands are: {commands}.", file=sys.stderr)
            return 2
    if fault := display.fault(os.environ):
        return _refuse(fault)
    try:
        from rlm_desktop import app

        return app.main([*options, *(f"--open={Path(file).absolute()}" for file in files)])
    except ImportError:
        if not (fault := display.library_fault()):
            raise
        return _refuse(fault)


def _refuse(fault: str) -> int:
    advice = "You can ask in the terminal: rlm-desktop ask -d FILE 'your question'"
    print(f"rlm-desktop: no window can open. {fault}\n{advice}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
