"""A worker that turns against its host: whatever it sends, its cell ends with an error and the host goes on."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import os
import re
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import psutil
import pytest

from repl.soak import soak
from rlm_desktop.errors import ReplError
from rlm_desktop.repl import handle, wire
from rlm_desktop.repl.host import ReplHost, ReplSpec
from rlm_desktop.repl.isolation import describe, probe

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="the socket's number is that of Linux workers"),
]
ROOT = Path(__file__).resolve().parents[2]
SOAK = 12
"""Workers of each soak."""
SEND = "import os, struct, msgspec\ndef send(data):\n    os.write(3, struct.pack('<I', len(data)) + data)\n"
FORGE = SEND + "def forge(**message):\n    send(msgspec.msgpack.encode(message))\n"
QUERY = "dict(function='llm_query', called_as='x', prompts=['p'])"


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.write(3, b'garbage!' * 100)",
        "import os\nos.write(3, b'\\xff' * 100_000)",
        SEND + "send(b'')",
        SEND + "send(b'\\xc1')",
        SEND + "send(b'\\x91' * 100_000)",
        SEND + "import pickle\nsend(pickle.dumps(print))",
        "import os, struct\nos.write(3, struct.pack('<I', 1 << 31))",
        FORGE + "forge(type='unknown')",
        FORGE + "forge(type='begin')",
        FORGE + "forge(type='done', cell=99, status='ok')",
        FORGE + "forge(type='done', cell=1)\nforge(type='done', cell=1, status='ok')",
        FORGE + "forge(type='filled')",
        FORGE + "forge(type='fetched', id=1, text='x')",
        FORGE + "forge(type='want', size=1 << 40)",
        FORGE + "forge(type='want', size=1 << 21)\nforge(type='want', size=1 << 21)",
        FORGE + f"for number in range(1000, 1100):\n    forge(type='call', id=number, query={QUERY})",
        FORGE + f"forge(type='call', id=7, query={QUERY})\nforge(type='call', id=7, query={QUERY})",
        FORGE + "forge(type='call', id=1, query=dict(function='rm', called_as='', prompts=[]))",
        FORGE + "forge(type='call', id=1, query=dict(function='llm_query', called_as='', prompts=[1]))",
        FORGE + "forge(type='call', id=1, query=dict(function='llm_query', called_as='', prompts=[''] * 900_000))",
        FORGE + "forge(type='call_tool', id=1, tool=dict(name='x', args=[[]] * 900_000))",
        FORGE
        + "forge(type='done', cell=1, status='ok', final=dict(source='FINAL', text='', value=[{}] * 900_000))",
    ],
)
async def test_breaking_the_protocol_costs_the_worker(spawn, code):
    async def serve(query):
        await asyncio.Event().wait()

    bench = await spawn(serve=serve)
    result = await bench.run(code + "\nimport time\ntime.sleep(60)", timeout=None)
    assert result.status == "killed"
    assert "protocol" in result.error
    assert (await bench.run("1")).stdout == "1\n"


async def test_too_much_in_one_message_is_an_error_of_the_cell_or_cut(bench):
    result = await bench.run("llm_query_batch([''] * 100_001)")
    assert (result.status, result.error) == (
        "error",
        "ValueError: llm_query_batch() takes at most 100,000 prompts at once",
    )
    assert bench.queries == []
    assert (await bench.run("len(llm_query_batch([''] * 100_000))")).stdout == "100000\n"
    long = (await bench.run("FINAL('x' * 30_000_000)")).final
    assert len(long.text) <= wire.MAX_FINAL
    assert long.text.endswith("[20,000,100 characters cut]")
    wide = (await bench.run("FINAL(list(range(200_000)))")).final
    assert wide.value is None
    assert msgspec.json.decode(wide.text) == list(range(200_000))
    assert (await bench.run("FINAL(list(range(9_000)))")).final.value == list(range(9_000))


async def test_no_memory_is_held_by_memory_files(bench):
    """What a long message travelled in is emptied when the host has it, though the worker kept its descriptor."""
    code = (
        "import os\nclose, kept = os.close, []\n"
        "os.close = kept.append\nllm_query('x' * 3_000_000)\nos.close = close\n"
        "print([os.fstat(fd).st_size for fd in kept])\nos.pwrite(kept[0], b'y', 0)"
    )
    result = await bench.run(code)
    assert (result.stdout, result.error) == ("[0]\n", "PermissionError: [Errno 1] Operation not permitted")
    assert len(bench.queries[-1].prompts[0]) == 3_000_000


async def test_forged_output_is_capped_by_the_host_too(spawn):
    bench = await spawn(output_cap=1000)
    result = await bench.run(
        FORGE + "for _ in range(200):\n    forge(type='output', cell=1, stream='stdout', text='x' * 9000)"
    )
    assert (result.status, len(result.stdout)) == ("ok", 1000)
    assert result.dropped == 200 * 9000 - 1000


async def test_a_forged_end_of_the_cell_is_believed_but_does_no_harm(bench):
    result = await bench.run(
        FORGE + "forge(type='done', cell=1, status='ok', error='forged')\nimport time\ntime.sleep(60)"
    )
    assert (result.status, result.error) == ("ok", "forged")
    assert (await bench.run("1", timeout=2)).status in ("ok", "timeout", "killed")


async def test_replies_to_calls_after_the_cell_are_refused(bench):
    code = (
        "import threading\ndef later():\n    while True:\n        try:\n            llm_query('late')\n"
        "        except Exception:\n            pass\nthreading.Thread(target=later, daemon=True).start()"
    )
    await bench.run(code)
    bench.queries.clear()
    assert bench.repl.worker.open_calls == 0
    assert (await bench.run("2")).stdout == "2\n"


async def test_a_look_at_a_value_that_cannot_be_shown_keeps_the_repl(bench, monkeypatch):
    monkeypatch.setattr(handle, "_FETCH_TIMEOUT", 0.2)
    for name, body in (
        ("fails", "raise ValueError"),
        ("leaves", "raise SystemExit(3)"),
        ("stays", "while True: pass"),
    ):
        await bench.run(
            f"class {name.title()}:\n    def __repr__(self):\n        {body}\n{name} = {name.title()}()"
        )
    shown = [await bench.repl.variable(name) for name in ("fails", "leaves", "stays")]
    assert shown == ["<ValueError in repr>", "<SystemExit in repr>", "<KeyboardInterrupt in repr>"]
    assert await bench.repl.final_var("fails") is None
    assert (await bench.run("len(dir(stays)) > 0")).stdout == "True\n"


async def test_the_traceback_of_a_very_deep_recursion_is_short(bench):
    code = "import sys\nsys.setrecursionlimit(20_000)\ndef f(n):\n    return f(n + 1)\nf(0)"
    result = await bench.run(code)
    times = re.search(r"repeated (\d+) more times", result.traceback)
    assert times is not None
    assert int(times[1]) < 2_000
    assert (result.error, result.line) == ("RecursionError: maximum recursion depth exceeded", 4)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("def f(n):\n    return f(n + 1)\nf(0)", "error"),
        ("x = []\nx.append(x)\nFINAL(x)", "ok"),
        ("x = []\nfor _ in range(100_000):\n    x = [x]\nFINAL(x)", "error"),
        ("class R:\n    def __repr__(self):\n        raise SystemExit(3)\nr = R()\nr", "error"),
        ("class L(list):\n    def __len__(self):\n        raise KeyError\nx = L()", "ok"),
        ("class L(list):\n    def __len__(self):\n        raise SystemExit(3)\nx = L()", "ok"),
        ("class D(dict):\n    def get(self, *a):\n        raise SystemExit(3)\nanswer = D()", "error"),
        ("class D(dict):\n    def get(self, *a):\n        return True\nanswer = D()", "ok"),
        ("import sys\nsys.stdout = None\nsys.stderr = None\nprint('x')", "ok"),
        ("import builtins\nbuiltins.repr = None\nbuiltins.len = None\nx = 1", "ok"),
        ("import sys\nsys.modules.clear()", "ok"),
        ("import gc\nfor each in gc.get_objects():\n    pass", "ok"),
        ("import threading\nthreading.enumerate = None\nthreading.main_thread = None", "ok"),
        ("globals().clear()", "ok"),
        ("__builtins__ = None", "ok"),
        ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.alarm(0)", "ok"),
        ("globals()[5] = 6\nglobals()['\\ud800'] = 7", "ok"),
        ("x = 'y' * 10**8\nx", "ok"),
    ],
)
async def test_odd_code_ends_like_any_other(bench, code, status):
    result = await bench.run(code, timeout=10)
    assert result.status in (status, "killed")
    assert (await bench.run("1 + 1")).stdout == "2\n"


async def test_many_variables_and_long_names_are_cut(bench):
    result = await bench.run("for n in range(2000):\n    globals()['v' * 300 + str(n)] = '€' * 500")
    assert result.status == "ok"
    assert len(result.variables) == wire.MAX_VARIABLES


async def test_a_flood_of_calls_leaves_the_loop_responsive(spawn):
    worst = 0.0

    async def tick():
        nonlocal worst
        while True:
            before = asyncio.get_running_loop().time()
            await asyncio.sleep(0.005)
            worst = max(worst, asyncio.get_running_loop().time() - before - 0.005)

    bench = await spawn()
    ticker = asyncio.create_task(tick())
    code = (
        FORGE + "for number in range(20_000):\n    forge(type='output', cell=1, stream='stdout', text='y' * 30_000)"
    )
    result = await bench.run(code, timeout=20)
    ticker.cancel()
    assert result.status in ("ok", "timeout")
    assert worst < 5, "the flood must be taken in turns"  # a guard against hanging; the figure is in the benchmarks


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x91" * 5000, b"\xff" * 100])
async def test_a_worker_that_does_not_understand_its_host_ends(bench, garbage):
    await bench.run("x = 1")
    bench.repl.worker._connection._send_frame(garbage)
    assert (await bench.run("x")).status == "killed"
    assert (await bench.run("1")).stdout == "1\n"


@pytest.mark.parametrize("has_bubblewrap", [True, False])
async def test_a_soak_leaks_nothing(has_bubblewrap):
    """The short form of the benchmark `repl_soak`."""
    layers = probe()
    layers = layers if has_bubblewrap else dataclasses.replace(layers, bubblewrap=None)
    if describe(layers).tier == "C" or (has_bubblewrap and not layers.bubblewrap):
        pytest.skip(f"this tier cannot be had here: {layers.why_not}")
    report = await soak(workers=SOAK, layers=layers)
    assert report.has_left_nothing, report
    assert not report.ends["not started"], report


async def test_the_end_of_a_large_context_leaves_the_other_workers_their_folder():
    """What holds a context shares the folder in which workers get theirs, and must not take it along."""
    host = ReplHost(layers=dataclasses.replace(probe(), bubblewrap=None))
    for context in ("c" * 3_000_000, "c", "c" * 3_000_000):
        repl = await host.spawn(ReplSpec(context=context), serve=_none, on_output=lambda *_: None)
        assert (await repl.run_cell("open('x', 'w').write('x')")).status == "ok"
        await repl.aclose()
    (launcher,) = host._launchers.values()
    folder = Path(launcher._scratch)  # type: ignore[attr-defined]
    async with asyncio.timeout(30):
        while os.listdir(folder):  # noqa: ASYNC110 - a worker's end is another process's work
            await asyncio.sleep(0.02)
    await host.aclose()
    assert not folder.exists()  # noqa: ASYNC240


async def test_everything_dies_with_the_application(tmp_path):
    program = textwrap.dedent(
        """
        import asyncio, sys
        from rlm_desktop.repl.host import ReplHost, ReplSpec
        async def serve(query):
            return []
        async def main():
            host = ReplHost()
            repls = [await host.spawn(ReplSpec(context="c" * n), serve=serve, on_output=lambda *_: None)
                     for n in (10, 10, 3_000_000)]
            cells = [asyncio.create_task(repl.run_cell("while True: pass")) for repl in repls[1:]]
            await asyncio.sleep(0.2)
            print("ready", flush=True)
            await asyncio.gather(*cells)
        asyncio.run(main())
        """
    )
    application = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    assert application.stdout is not None
    assert await application.stdout.readline() == b"ready\n"
    family = psutil.Process(application.pid).children(recursive=True)
    assert len(family) >= 4
    application.send_signal(signal.SIGKILL)
    await application.wait()
    gone, alive = await asyncio.to_thread(psutil.wait_procs, family, 10)
    assert not alive
    assert len(gone) == len(family)


async def test_descriptors_run_out_with_a_reason():
    """The host says what is wrong when the system refuses, and works again afterwards."""
    host = ReplHost()
    await host.start()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    gc.collect()  # what other tests left to be closed would make room
    resource.setrlimit(resource.RLIMIT_NOFILE, (psutil.Process().num_fds(), hard))
    held: list[int] = []
    try:
        with contextlib.suppress(OSError):
            while True:  # the limit is one of numbers, and there may be free ones below it
                held.append(os.open(os.devnull, os.O_RDONLY))
        with pytest.raises(ReplError, match=r"(?i)too many.* open"):
            await host.spawn(ReplSpec(context="c"), serve=_none, on_output=lambda *_: None)
        with pytest.raises(ReplError, match=r"(?i)too many.* open"):
            await ReplHost(layers=host._layers).start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in held:
            os.close(descriptor)
    repl = await host.spawn(ReplSpec(context="c"), serve=_none, on_output=lambda *_: None)
    assert (await repl.run_cell("context")).stdout == "'c'\n"
    await host.aclose()


async def _none(query):
    return [msgspec.json.encode(query.function).decode()] * len(query.prompts)
