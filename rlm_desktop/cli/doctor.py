"""`rlm-desktop doctor`: what works on this machine, and what to do where something does not."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict

from rlm_desktop import __version__
from rlm_desktop.checks import Check, all_checks
from rlm_desktop.cli.output import print_json

_SIGNS: dict[str, str] = {"ok": "✓", "warning": "!", "failed": "✗"}


def run(chosen: argparse.Namespace) -> int:
    """Look at everything; 1 when something that is needed does not work."""
    checks = asyncio.run(_look(is_silent=chosen.json))
    if chosen.json:
        print_json({"version": __version__, "checks": [asdict(check) for check in checks]})
    return 1 if any(check.mark == "failed" for check in checks) else 0


async def _look(*, is_silent: bool) -> list[Check]:
    checks: list[Check] = []
    async for check in all_checks():
        checks.append(check)
        if not is_silent:
            print(f"{_SIGNS[check.mark]} {check.name}: {check.detail}", flush=True)
            if check.mend:
                print(f"    {check.mend}", flush=True)
    return checks
