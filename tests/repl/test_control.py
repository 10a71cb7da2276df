"""Stopping, killing and losing a worker."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
import threading

import psutil
import pytest

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import context, process, wire
from rlm_desktop.repl.host import Query, ReplHost, ReplOptions, ReplSpec
from rlm_desktop.repl.isolation import probe
from rlm_desktop.repl.process import BaseZygote, ZygoteClient

STUBBORN = "while True:\n    try:\n        while True:\n            x = 1\n    except BaseException:\n        pass"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_timeout_keeps_the_variables(bench):
    await bench.run("before = 1")
    result = await bench.run("during = 2\nwhile True:\n    pass", timeout=0.2)
    assert result.status == "timeout"
    assert "0.2 s" in result.error
    assert result.line in (2, 3)
    assert (await bench.run("before + during")).stdout == "3\n"


async def test_a_cell_that_will_not_stop_is_killed():
    host = ReplHost(ReplOptions(grace=0.2))
    repl = await host.spawn(ReplSpec(context="c"), serve=_no_models, on_output=lambda *_: None)
    await repl.run_cell("kept = 1")
    result = await repl.run_cell(STUBBORN, timeout=0.2)
    assert (result.status, result.lost) == ("killed", ("kept",))
    assert "time limit" in result.error
    again = await repl.run_cell("(context, 'kept' in globals())")
    assert again.stdout == "('c', False)\n"
    await host.aclose()


async def test_waiting_for_models_does_not_count(spawn):
    async def serve(query: Query) -> list[str]:
        await asyncio.sleep(1.2)
        return ["late"]

    bench = await spawn(serve=serve)
    result = await bench.run("llm_query('a')", timeout=1.0)
    assert (result.status, result.stdout) == ("ok", "'late'\n")
    assert result.duration - result.computed > 1.0


async def test_interrupt_reaches_a_computing_cell(spawn):
    bench = await spawn()
    running = asyncio.create_task(bench.run("x = 1\nprint('on')\nwhile True:\n    pass", timeout=None))
    await bench.printed.wait()
    bench.repl.interrupt()
    result = await running
    assert (result.status, result.stdout) == ("interrupted", "on\n")
    assert (await bench.run("x")).stdout == "1\n"


@pytest.mark.parametrize(
    "code",
    ["llm_query('a')", "await llm_query_async('a')", "llm_query_batch(['a'] * 3)", "import time\ntime.sleep(60)"],
)
async def test_interrupt_reaches_a_waiting_cell(spawn, code):
    cancelled: list[str] = []
    asked = asyncio.Event()

    async def serve(query: Query) -> list[str]:
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(query.function)
            raise
        return []

    bench = await spawn(serve=serve)
    running = asyncio.create_task(bench.run(f"x = 1\nprint('on')\n{code}", timeout=None))
    await (asked if "query" in code else bench.printed).wait()
    bench.repl.interrupt()
    assert (await running).status == "interrupted"
    assert (await bench.run("x")).stdout == "1\n"
    assert len(cancelled) == ("query" in code)
    assert bench.repl.worker.open_calls == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os\nos._exit(3)", "exit status 3"),
        ("import ctypes\nctypes.string_at(0)", "segmentation fault"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "killed"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGRTMIN + 1)", "a signal ended it"),
        ("import os\nos.close(3)", ""),
    ],
)
async def test_the_death_of_a_worker_is_an_error_of_its_cell(bench, code, says):
    await bench.run("a = 1\nb = 2")
    result = await bench.run("print('last words')\n" + code)
    assert result.status == "killed"
    assert says in result.error
    assert sorted(result.lost) == ["a", "b"]
    assert result.stdout == "last words\n"
    assert bench.repl.worker is None
    assert (await bench.run("context")).stdout == "'one two three'\n"


async def test_a_call_that_is_given_up_before_it_began_is_answered(spawn):
    bench = await spawn()
    running = asyncio.create_task(bench.run("print('on')\nwhile True:\n    pass", timeout=None))
    await bench.printed.wait()
    query = Query(function="llm_query", called_as="llm_query", prompts=["a"])
    bench.repl.worker._received(wire.Call(id=7, query=query))  # as if the code had asked just now
    bench.repl.interrupt()
    assert (await running).status == "interrupted"
    assert (await bench.run("while True:\n    pass", timeout=0.2)).status == "timeout"
    assert bench.repl.worker.open_calls == 0


async def test_a_cell_that_takes_its_own_interrupts_loses_them_with_its_end(bench):
    await bench.run("import signal\nx = 1\nold = signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert (await bench.run("while True:\n    pass", timeout=0.2)).status == "timeout"
    assert (await bench.run("x")).stdout == "1\n"


async def test_memory_is_limited(spawn):
    bench = await spawn(memory_limit_mb=256)
    result = await bench.run("kept = 1\nx = 'x' * 3_000_000_000")
    assert (result.status, result.error) == ("error", "MemoryError")
    assert (await bench.run("kept")).stdout == "1\n"


async def test_kill_and_go_on(bench):
    running = asyncio.create_task(bench.run("print('on')\n" + STUBBORN, timeout=None))
    await bench.printed.wait()
    await bench.repl.kill()
    assert (await running).status == "killed"
    assert (await bench.run("1")).stdout == "1\n"


async def test_a_cancelled_cell_leaves_a_usable_repl(bench):
    running = asyncio.create_task(bench.run("print('on')\nwhile True: pass", timeout=None))
    await bench.printed.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await bench.run("1")).stdout == "1\n"


async def test_stray_threads_are_counted_and_stand_still(bench):
    code = (
        "import threading, time\nticks = [0]\n"
        "def tick():\n    while True:\n        ticks[0] += 1\n        time.sleep(0.001)\n"
        "threading.Thread(target=tick, daemon=True).start()"
    )
    assert (await bench.run(code)).threads == 1
    async with asyncio.timeout(30):
        while psutil.Process(bench.repl.worker.pid).status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert (await bench.run("ticks[0] > 0")).stdout == "True\n"


async def test_threads_may_ask_beyond_the_limit_of_open_calls(bench):
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(150) as pool:\n    print(len(list(pool.map(llm_query, map(str, range(300))))))"
    )
    assert (await bench.run(code)).stdout == "300\n"


async def test_many_workers_at_once(spawn):
    benches = await asyncio.gather(*[spawn(f"c{number}") for number in range(20)])
    results = await asyncio.gather(*[bench.run("print(context, llm_query(context))") for bench in benches])
    assert [result.stdout for result in results] == [f"c{n} <c{n}>\n" for n in range(20)]


async def test_siblings_have_other_random_numbers(spawn):
    benches = [await spawn() for _ in range(3)]
    numbers = {(await bench.run("import random\nrandom.random()")).stdout for bench in benches}
    assert len(numbers) == 3


async def test_the_environment_is_empty(bench, monkeypatch):
    result = await bench.run("import os, sys\nprint(sys.argv, dict(os.environ))")
    assert "KEY" not in result.stdout
    environment = result.stdout.rpartition("{")[2]  # the command names this folder, which may lie in a home
    assert "/root" not in environment
    assert "/home" not in environment


async def _no_models(query: Query) -> list[str]:
    return ["none"] * len(query.prompts)


async def test_the_largest_worker_goes_when_all_use_too_much():
    host = ReplHost(ReplOptions(memory_budget_mb=300))
    specs = [ReplSpec(context=name) for name in "ab"]
    small, large = [await host.spawn(spec, serve=_no_models, on_output=lambda *_: None) for spec in specs]
    assert (await small.run_cell("x = 'x' * 50_000_000")).status == "ok"
    hungry = (
        "import time\nkept = []\nfor _ in range(2000):\n    kept.append('y' * 10_000_000)\n    time.sleep(0.01)"
    )
    result = await large.run_cell(hungry, timeout=20)
    assert result.status == "killed"
    assert "300 MB" in result.error
    assert (await small.run_cell("len(x)")).stdout == "50000000\n"
    await host.aclose()


async def test_nothing_is_watched_without_a_repl():
    host = ReplHost()
    for _ in range(2):
        one, other = [await host.spawn(ReplSpec(context=""), serve=_no_models, on_output=print) for _ in range(2)]
        await one.aclose()
        assert host._watch.is_looking
        await other.aclose()
        assert not host._watch.is_looking
    await host.aclose()


async def test_a_worker_lost_between_cells_is_told_with_the_next(bench):
    await bench.run("x = 1")
    bench.repl.worker.kill("it was in the way")
    told = await bench.run("x")
    assert (told.status, told.lost) == ("killed", ("x",))
    assert "in the way" in told.error
    assert (await bench.run("'x' in globals()")).stdout == "False\n"


async def test_an_open_call_is_no_cover_to_compute_for_ever(spawn):
    async def serve(query: Query) -> list[str]:
        await asyncio.Event().wait()
        return []

    bench = await spawn(serve=serve)
    code = (
        "import threading\nthreading.Thread(target=llm_query, args=('x',), daemon=True).start()\n"
        "x = 1\nwhile True:\n    pass"
    )
    result = await bench.run(code, timeout=0.3)
    assert result.status == "timeout"
    assert result.computed < 0.3
    assert (await bench.run("x")).stdout == "1\n"


async def test_the_loss_of_the_zygotes_is_survived():
    host = ReplHost()
    small, large = [
        await host.spawn(ReplSpec(context="c" * size), serve=_no_models, on_output=lambda *_: None)
        for size in (5, 3_000_000)
    ]
    for repl in (small, large):
        await repl.run_cell("x = 1")
    ends = [repl.worker._process.exited for repl in (small, large)]  # type: ignore[attr-defined]
    (host._launchers["confined", ()]._base.result())._program.kill()  # type: ignore[attr-defined]
    await asyncio.wait_for(asyncio.gather(*ends), 10)
    for repl, size in ((small, 5), (large, 3_000_000)):
        result = await repl.run_cell("x")
        assert (result.status, result.lost) == ("killed", ("x",))
        assert (await repl.run_cell("len(context)")).stdout == f"{size}\n"
    await host.aclose()


@pytest.mark.parametrize("size", [5, 3_000_000])
async def test_a_zygote_lost_while_a_worker_starts_is_replaced(monkeypatch, size):
    host = ReplHost()
    await host.spawn(ReplSpec(context="first"), serve=_no_models, on_output=lambda *_: None)
    fork = ZygoteClient.fork_worker

    async def lost(self, *arguments):
        monkeypatch.setattr(ZygoteClient, "fork_worker", fork)
        program = (host._launchers["confined", ()]._base.result())._program  # type: ignore[attr-defined]
        program.kill()
        program.wait()
        return await fork(self, *arguments)

    monkeypatch.setattr(ZygoteClient, "fork_worker", lost)
    repl = await host.spawn(ReplSpec(context="c" * size), serve=_no_models, on_output=lambda *_: None)
    assert (await repl.run_cell("len(context)")).stdout == f"{size}\n"
    await host.aclose()


@pytest.mark.parametrize(("killed", "is_ready"), [(1, True), (2, False)])
async def test_a_zygote_killed_as_it_begins_is_started_once_more(monkeypatch, killed, is_ready):
    start, programs = process.subprocess.Popen, []

    def start_and_kill(*arguments, **options):
        program = start(*arguments, **options)
        programs.append(program)
        if len(programs) <= killed:
            program.kill()
        return program

    # Without bubblewrap, which may leave the zygote behind when it is killed.
    host = ReplHost(layers=dataclasses.replace(probe(), bubblewrap=None))
    monkeypatch.setattr(process.subprocess, "Popen", start_and_kill)
    if is_ready:
        await host.start()
    else:
        with pytest.raises(ReplError, match="has ended"):
            await host.start()
    assert len(programs) == 2
    await host.aclose()


async def test_what_writes_a_context_keeps_its_file_when_nobody_waits_any_more(host, monkeypatch):
    """A number that was closed may be that of another file a moment later."""
    begun, goes_on, written = asyncio.Event(), threading.Event(), []
    loop = asyncio.get_running_loop()

    def write(value, descriptor):
        file = os.fstat(descriptor).st_ino
        loop.call_soon_threadsafe(begun.set)
        goes_on.wait(30)
        written.append(os.fstat(descriptor).st_ino == file)
        loop.call_soon_threadsafe(begun.clear)
        return 0

    monkeypatch.setattr(context, "write", write)
    spec = ReplSpec(context="c" * 3_000_000)
    spawning = asyncio.create_task(host.spawn(spec, serve=_no_models, on_output=lambda *_: None))
    await begun.wait()
    spawning.cancel()
    await asyncio.gather(spawning, return_exceptions=True)
    goes_on.set()
    while begun.is_set():  # noqa: ASYNC110 - it is cleared, not set
        await asyncio.sleep(0.001)
    assert written == [True]


async def test_a_worker_that_cannot_be_watched_is_an_error_in_words(host, monkeypatch):
    def full(pidfd):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(process, "_pid_of", full)
    with pytest.raises(ReplError, match="Too many open files"):
        await host.spawn(ReplSpec(context="c"), serve=_no_models, on_output=lambda *_: None)


async def test_a_zygote_whose_end_nobody_waits_for_ends(tmp_path):
    zygote = await BaseZygote.start((), (), str(tmp_path))
    end = asyncio.create_task(zygote.aclose())
    await asyncio.sleep(0)
    end.cancel()
    await asyncio.gather(end, return_exceptions=True)
    assert zygote._program.returncode is not None


async def test_sets_have_the_same_order_in_every_process(bench):
    """Another start of the application resumes the run: its cells must ask the same."""
    shown = "print(hash('a'), sorted({str(number): 0 for number in range(50)}, key=hash))"
    environment, piped = {"PYTHONHASHSEED": "0"}, asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", shown, env=environment, stdout=piped)
    expected, _ = await process.communicate()
    assert (await bench.run(shown)).stdout.encode() == expected
