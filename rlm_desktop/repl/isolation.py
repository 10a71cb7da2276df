"""Which layers can confine workers on this machine: found by trying, put in words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rlm_desktop.repl.spec import Isolation


@dataclass(frozen=True)
class Layers:
    """What this machine can do.

    Attributes:
        bubblewrap: The command that starts a process with its own root; None where that does not work.
        landlock: Linux: files.
        seccomp: Linux: system calls.
        seatbelt: macOS: `sandbox_init`.
        app_container: Windows: AppContainer and job objects.
        why_not: Why it does not.
    """

    bubblewrap: tuple[str, ...] | None = None
    landlock: bool = False
    seccomp: bool = False
    seatbelt: bool = False
    app_container: bool = False
    why_not: str = ""

    @property
    def starts_by_forking(self) -> bool:
        """Whether workers may share one bubblewrap: without Landlock each needs its own, for its own folder."""
        return self.landlock or not self.bubblewrap


def probe() -> Layers:
    """Try each layer once, in throw-away children. Takes some 20 ms."""
    if sys.platform == "darwin":
        return Layers(seatbelt=True)
    if sys.platform == "win32":
        return Layers(app_container=True)
    if sys.platform != "linux":
        return Layers()
    from rlm_desktop.repl import landlock, linux_paths, seccomp

    command = linux_paths.bubblewrap()
    why_not = "bubblewrap is not installed" if command is None else _try_bubblewrap(command)
    return Layers(
        bubblewrap=tuple(command) if command is not None and not why_not else None,
        landlock=landlock.abi() > 0,
        seccomp=seccomp.is_available(),
        why_not=why_not,
    )


def with_libraries(layers: Layers, libraries: Sequence[str]) -> Layers:
    """The same layers for workers that may import these libraries too.

    Raises:
        ReplError: One is not installed.
    """
    if not layers.bubblewrap or not libraries:
        return layers
    from rlm_desktop.repl import linux_paths

    return replace(layers, bubblewrap=tuple(linux_paths.bubblewrap(libraries) or ()))


def _try_bubblewrap(command: Sequence[str]) -> str:
    """Why the sandbox cannot be made; empty when it can."""
    from rlm_desktop.repl.boot import base_python

    run = [*command, base_python(), "-I", "-S", "-c", ""]
    try:
        done = subprocess.run(run, env={}, stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.decode(errors="replace").strip()[-300:] or "it failed" if done.returncode else ""


def describe(layers: Layers) -> Isolation:
    """The tier that these layers make."""
    if layers.seatbelt:
        return Isolation("B", "confined by Seatbelt (experimental)", _EXPERIMENTAL)
    if layers.app_container:
        return Isolation("B", "confined by an AppContainer and a job object (experimental)", _EXPERIMENTAL)
    why_not = layers.why_not or "not available"
    have = [
        f"bubblewrap: {'own root, network and processes' if layers.bubblewrap else why_not}",
        f"Landlock: {'files' if layers.landlock else 'not in this kernel, or switched off'}",
        f"seccomp: {'system calls' if layers.seccomp else 'not available'}",
    ]
    if layers.bubblewrap and layers.landlock and layers.seccomp:
        return Isolation("A", "fully confined (bubblewrap, Landlock, seccomp)", tuple(have))
    if layers.landlock and layers.seccomp:
        text = "confined (Landlock, seccomp); names and sizes of files outside can be probed"
        return Isolation("B", text, (*have, _HOW_TO_GET_A))
    if layers.bubblewrap and layers.seccomp:
        text = "confined (bubblewrap, seccomp); the kernel has no Landlock"
        return Isolation("B2", text, tuple(have))
    return Isolation("C", "REPL workers cannot be confined here, so real Python is refused", (*have, HOW_TO_GO_ON))


_EXPERIMENTAL = (
    "This has not been proven on this platform yet. Each worker tests itself before it takes code, and is refused "
    "when the test finds a gap.",
)
UNSAFE = Isolation(
    "unsafe", "NOT CONFINED: model-written code can read your files and use your network", ("chosen for this run",)
)
STRICT = Isolation("strict", "strict mode: a restricted Python interpreter (Monty), not the real one")

HOW_TO_GO_ON = (
    "Use strict mode (pip install pydantic-monty, or on Debian and Ubuntu the package rlm-desktop-libraries), or "
    "allow unconfined code for this one run if you trust every text that the models will read."
)
_HOW_TO_GET_A = (
    "For full confinement install bubblewrap (apt install bubblewrap); on Ubuntu 24.04 also apt install "
    "apparmor-profiles and link /usr/share/apparmor/extra-profiles/bwrap-userns-restrict into /etc/apparmor.d."
)
