"""Looks at a bundle from inside; prints JSON. Run by the interpreter that the bundle ships, as an ordinary user:

    python3.11 -I -B in_bundle.py INTERNAL workers|library|libraries|document [FILE]
    python3.11 -I -B in_bundle.py INTERNAL attacks FOLDER TIER

INTERNAL is the bundle's `_internal`, FOLDER that of the attack list. The process is made to look frozen, so that it
starts workers as the program itself does.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

WORKERS = 30
LEFT_OUT = frozenset({"readline", "dbm.gnu", "dbm.ndbm", "_gdbm", "_dbm"})
"""Modules of the standard library that a bundle has not, for the licences of their libraries."""
IMPORT_ALL = """
import contextlib, importlib, io, pkgutil, sys, warnings
warnings.simplefilter("ignore")
def names():
    for name in sorted(sys.stdlib_module_names):
        yield name
        try:
            package = importlib.import_module(name)
        except BaseException:
            continue
        folders = getattr(package, "__path__", None)
        if folders is not None:
            for module in pkgutil.walk_packages(folders, name + ".", onerror=lambda name: None):
                if module.name.split(".")[-1] not in ("__main__", "idle"):  # programs, not modules
                    yield module.name
failed = {}
count = 0
for name in names():
    count += 1
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(name)
    except BaseException as error:
        failed[name] = f"{type(error).__name__}: {error}"[:150]
"""


def main() -> None:
    internal, what, *rest = sys.argv[1:]
    if what == "attacks":
        folder, tier = rest
        sys.path[:0] = [folder]
        _look_frozen(internal)
        sys.argv = ["attack_runner.py", tier, internal, internal]
        runpy.run_path(f"{folder}/attack_runner.py", run_name="__main__")
        return
    sys.path.append(internal)
    _look_frozen(internal)
    looks: dict[str, Callable[..., Awaitable[Any]]] = {
        "workers": workers,
        "library": library,
        "libraries": libraries,
        "document": document,
    }
    print(json.dumps(asyncio.run(looks[what](*rest))))


def _look_frozen(internal: str) -> None:
    sys.frozen = True  # type: ignore[attr-defined]
    sys.prefix = internal


async def _spawn(host: Any, libraries: tuple[str, ...] = ()) -> Any:
    from rlm_desktop.repl.host import ReplSpec

    async def serve(query: Any) -> list[str]:
        return [""] * len(query.prompts)

    return await host.spawn(ReplSpec(context="c", libraries=libraries), serve=serve, on_output=lambda *_: None)


async def workers() -> dict[str, Any]:
    """The tier, and how long it takes until a worker stands and has answered, in milliseconds."""
    from rlm_desktop.repl.host import ReplHost

    host = ReplHost()
    begun = time.perf_counter()
    await host.start()
    first = time.perf_counter() - begun
    times: list[float] = []
    for _ in range(WORKERS):
        begun = time.perf_counter()
        repl = await _spawn(host)
        done = await repl.run_cell("1 + 1")
        times.append((time.perf_counter() - begun) * 1000)
        assert done.status == "ok", done
        await repl.aclose()
    found = host.isolation
    await host.aclose()
    return {
        "tier": found.tier,
        "detail": found.detail,
        "zygote_ms": first * 1000,
        "ready_ms": statistics.median(times),
        "slowest_ms": max(times),
    }


async def library() -> dict[str, Any]:
    """Which modules of the standard library a cell cannot import, and why."""
    from rlm_desktop.repl.host import ReplHost

    host = ReplHost()
    repl = await _spawn(host)
    done = await repl.run_cell(IMPORT_ALL + "import json\nprint(json.dumps([count, failed]))", timeout=120)
    await host.aclose()
    assert done.status == "ok", done
    count, failed = json.loads(done.stdout.splitlines()[-1])
    return {"count": count, "failed": failed}


async def libraries() -> dict[str, str]:
    """What numpy and pandas find, in a host that offers them; without, they must not be there."""
    from rlm_desktop.errors import ReplError
    from rlm_desktop.repl.host import ReplHost

    code = "import numpy, pandas\nprint(pandas.Series(numpy.arange(5)).sum(), numpy.linalg.det(numpy.eye(3)))"
    found: dict[str, str] = {}
    for name, offered in (("offered", ("numpy", "pandas")), ("not offered", ())):
        host = ReplHost()
        try:
            done = await (await _spawn(host, offered)).run_cell(code, timeout=60)
            found[name] = done.stdout.strip() or done.error
        except ReplError as error:
            found[name] = str(error)
        await host.aclose()
    return found


async def document(file: str) -> dict[str, Any]:
    """The text of a document, as the extraction process reads it."""
    from rlm_desktop.documents import load

    found = load(file)
    return {"kind": found.kind, "text": found.text[:500]}


if __name__ == "__main__":
    main()
