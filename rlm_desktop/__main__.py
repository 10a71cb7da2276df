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
        advice = "Or ask in the terminal: rlm-desktop ask -d FILE 'your question'"
        print(f"rlm-desktop: no window can open. {fault} {advice}", file=sys.stderr)
        return 1
    from rlm_desktop import app

    return app.main([*options, *(f"--open={Path(file).absolute()}" for file in files)])


if __name__ == "__main__":
    sys.exit(main())
