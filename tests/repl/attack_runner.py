"""Runs the attack list as an ordinary user and prints what got through, as JSON.

`python attack_runner.py TIER FOLDER...`: TIER is A, B or control (the same code in a plain child process); FOLDERs
are those of the project and of msgspec.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

from attacks import ATTACKS, PRELUDE  # run as a program: its own folder is on the path

KEY_NAME, KEY = "RLM_CANARY_KEY", "sk-canary-3f1b7c"


def main() -> None:
    tier, project, msgspec = sys.argv[1:4]
    sys.path += [project, msgspec]
    base = ModuleType("rlm_desktop")
    base.__path__ = [str(Path(project, "rlm_desktop"))]
    sys.modules["rlm_desktop"] = base
    os.environ[KEY_NAME] = KEY
    with ExitStack() as stack:
        values = make_targets(stack)
        results = control(values) if tier == "control" else asyncio.run(confined(tier, values))
    print(json.dumps(results))


def make_targets(stack: ExitStack) -> dict[str, Any]:
    """What there is to read, break, reach and signal."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rlm-home-")))
    shared = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rlm-shared-")))
    (home / ".ssh").mkdir()
    for name in (".ssh/id_rsa", ".env", "victim.txt", "removable", "movable", "movable2", "canary_module.py"):
        (home / name).write_text(f"canary = {KEY!r}\n")
    (home / "empty").mkdir()
    (home / "link").symlink_to(".ssh/id_rsa")
    (home / "library.so").write_bytes(Path("/lib/x86_64-linux-gnu/libz.so.1").read_bytes())
    victim = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal, time\nsignal.signal(10, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(600)",
        ],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert victim.stdout is not None
    victim.stdout.readline()
    stack.callback(victim.wait)
    stack.callback(victim.kill)
    tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    threading.Thread(target=answer_pages, args=(tcp,), daemon=True).start()
    unix = listening(stack, str(home / "unix"), socket.SOCK_STREAM)
    abstract = f"rlm-attack-{os.getpid()}"
    listening(stack, "\0" + abstract, socket.SOCK_STREAM)
    datagram = listening(stack, str(home / "datagram"), socket.SOCK_DGRAM)
    return {
        "home": str(home),
        "secret": str(home / ".ssh/id_rsa"),
        "shared": str(shared),
        "source": str(Path(sys.argv[2], "rlm_desktop/repl/host.py")),
        "sibling": str(shared),
        "app": os.getpid(),
        "victim": victim.pid,
        "port": tcp.getsockname()[1],
        "unix": unix,
        "abstract": abstract,
        "datagram": datagram,
        "key_name": KEY_NAME,
        "key": KEY,
    }


def listening(stack: ExitStack, path: str, kind: int) -> str:
    sock = stack.enter_context(socket.socket(socket.AF_UNIX, kind))
    sock.bind(path)
    if kind == socket.SOCK_STREAM:
        sock.listen(50)
    return path


def answer_pages(server: socket.socket) -> None:
    while True:
        try:
            connection = server.accept()[0]
        except OSError:
            return
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello")
        connection.close()


def control(values: dict[str, Any]) -> dict[str, str]:
    """The attacks in plain child processes, in a folder and with a descriptor that they may find."""
    Path(values["sibling"], "mine.txt").write_text("x")
    results: dict[str, str] = {}
    read, write = os.pipe()
    for attack in ATTACKS:
        code = "".join(f"{name} = {value!r}\n" for name, value in values.items()) + PRELUDE + attack.code
        folder = tempfile.mkdtemp(dir=values["shared"])
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code],
            cwd=folder,
            capture_output=True,
            timeout=20,
            pass_fds=[read, write],
            text=True,
            check=False,
        )
        results[attack.name] = "ESCAPED" if "ESCAPED" in done.stdout else done.stderr[-200:]
    return results


async def confined(tier: str, values: dict[str, Any]) -> dict[str, str]:
    from rlm_desktop.repl.host import Query, ReplHost, ReplOptions, ReplSpec
    from rlm_desktop.repl.isolation import probe

    async def serve(query: Query) -> list[str]:
        return ["none"] * len(query.prompts)

    layers = probe()
    if tier == "B":
        layers = dataclasses.replace(layers, bubblewrap=None)
    if tier == "B2":
        layers = dataclasses.replace(layers, landlock=False)
    host = ReplHost(ReplOptions(grace=0.5), layers=layers)
    if (await host.start()).tier != tier:
        await host.aclose()
        return {"": f"tier {tier} cannot be had here: {'; '.join(host.isolation.detail)}"}
    spec = ReplSpec(context="c", memory_limit_mb=1024)
    sibling = await host.spawn(spec, serve=serve, on_output=lambda *_: None)
    made = await sibling.run_cell("open('mine.txt', 'w').write('x')\nimport os\nprint(os.getcwd())")
    spec = dataclasses.replace(spec, values=values | {"sibling": made.stdout.split()[-1]})
    results: dict[str, str] = {}
    for attack in ATTACKS:
        repl = await host.spawn(spec, serve=serve, on_output=lambda *_: None)
        done = await repl.run_cell(PRELUDE + attack.code, timeout=10)
        results[attack.name] = "ESCAPED" if "ESCAPED" in done.stdout else f"{done.status}: {done.error}"
        await repl.aclose()
    await host.aclose()
    return results


main()
