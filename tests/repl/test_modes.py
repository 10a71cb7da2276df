"""The other ways to run cells: strict mode, one bubblewrap for each worker, the unsafe switch; and the refusal."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
import sys

import pytest
import pytest_asyncio

from rlm_desktop.errors import ReplError
from rlm_desktop.repl import wire
from rlm_desktop.repl.context import room_left
from rlm_desktop.repl.host import Query, ReplHost, ReplOptions, ReplSpec, Tool
from rlm_desktop.repl.isolation import Layers, describe, probe

pytestmark = pytest.mark.asyncio(loop_scope="module")
MONTY = pytest.mark.skipif(not importlib.util.find_spec("pydantic_monty"), reason="pydantic-monty is not installed")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="layers of Linux")
TEXT = "".join(map(chr, range(0x410, 0x450))) * 3


async def serve(query: Query) -> list[str]:
    await asyncio.sleep(0.02)
    return [f"<{prompt}>" for prompt in query.prompts]


async def _arguments(call):
    return call.args


async def _spawn(host, mode, context="one two", serve_tool=None, **options):
    output = []
    repl = await host.spawn(
        ReplSpec(context=context, mode=mode, **options),
        serve=serve,
        on_output=lambda stream, text: output.append((stream, text)),
        serve_tool=serve_tool,
    )
    return repl, output


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _each_test_closes_its_repls(host):
    yield
    for repl in list(host._repls):
        await repl.aclose()


@MONTY
@pytest.mark.parametrize(
    ("code", "stdout"),
    [
        ("x = 1\nprint('hi')\nx + 1", "hi\n2\n"),
        ("len(context), context_0[:3], documents, history", "(7, 'one', [], [])\n"),
        ("llm_query('a')", "'<a>'\n"),
        ("llm_query_batch(['a', 'b'], max_concurrent=2)", "['<a>', '<b>']\n"),
        ("llm_batch([])", "[]\n"),
        ("import asyncio\nawait asyncio.gather(llm_query_async('a'), rlm_query_async('b'))", "['<a>', '<b>']\n"),
        ("[llm_query(p) for p in 'ab']", "['<a>', '<b>']\n"),
        ("ask = llm_query\nask('c')", "'<c>'\n"),
        ("import re\nre.findall('o', context)", "['o', 'o']\n"),
        ("look(1)", "[1]\n"),
        ("await look_async(2)", "[2]\n"),
    ],
)
async def test_strict_mode_runs_cells(host, code, stdout):
    repl, output = await _spawn(host, "strict", tools=(Tool(name="look"),), serve_tool=_arguments)
    result = await repl.run_cell(code, timeout=5)
    assert (result.error, result.stdout) == ("", stdout)
    assert "".join(text for _, text in output) == stdout


@MONTY
async def test_strict_repls_may_start_at_the_same_time():
    host = ReplHost()
    started = await asyncio.gather(*(_spawn(host, "strict") for _ in range(3)))
    assert [(await repl.run_cell("1 + 1")).status for repl, _ in started] == ["ok"] * 3
    await host.aclose()


@MONTY
async def test_strict_mode_keeps_and_describes_variables(host):
    repl, _ = await _spawn(host, "strict")
    failed = await repl.run_cell("text = 'x' * 1000\nnumbers = [1, 2]\n1 / 0", timeout=5)
    assert (failed.status, failed.error, failed.line) == ("error", "ZeroDivisionError: division by zero", 3)
    assert [(v.name, v.type, v.size) for v in failed.variables] == [("text", "str", 1000), ("numbers", "list", 2)]
    result = await repl.run_cell("numbers.append(len(text))\nnumbers\n", timeout=5)
    assert result.stdout == "[1, 2, 1000]\n"
    assert [v.name for v in result.variables if v.changed] == ["numbers"]
    assert "'numbers': list (3)" in (await repl.run_cell("print(SHOW_VARS())")).stdout
    assert await repl.variable("numbers") == "[1, 2, 1000]"
    assert (await repl.final_var("numbers")).value == [1, 2, 1000]
    assert await repl.final_var("nothing") is None


@MONTY
@pytest.mark.parametrize(
    ("code", "source", "text"),
    [
        ("FINAL('done')\nprint('never')", "FINAL", "done"),
        ("x = [1]\nFINAL_VAR('x')", "FINAL_VAR", "[1]"),
        ("x = [1]\nFINAL_VAR(name='x')", "FINAL_VAR", "[1]"),
        ("SUBMIT(a=1)", "SUBMIT", '{"a": 1}'),
        ("answer['content'] = 'c'\nanswer['ready'] = True", "answer", "c"),
        ("answer = {'content': 'd', 'ready': True}", "answer", "d"),
    ],
)
async def test_strict_mode_takes_final_answers(host, code, source, text):
    repl, _ = await _spawn(host, "strict")
    result = await repl.run_cell(code, timeout=5)
    assert (result.status, result.final.source, result.final.text, result.stdout) == ("ok", source, text, "")
    assert (await repl.run_cell("1")).final is None
    await repl.run_cell("answer = 'kept'\n1 / 0")
    assert (await repl.run_cell("answer['ready']\n")).stdout == "False\n"
    assert (await repl.run_cell("FINAL_VAR('answer')")).final.text == "kept"


@MONTY
async def test_half_a_character_starts_a_strict_repl_all_the_same(host):
    repl, _ = await _spawn(host, "strict", context={"a\udcff": "b\ud800"}, values={"name": "\udcff"})
    assert (await repl.run_cell("context, name")).stdout == "({'a\\\\udcff': 'b\\\\ud800'}, '\\\\udcff')\n"


@MONTY
@pytest.mark.parametrize(
    "context", [TEXT, {"a": TEXT, "b": [TEXT, {"c": TEXT, "d": 1}], "e": ""}, [*TEXT, [TEXT], *range(99)]]
)
async def test_a_long_context_is_given_in_portions(host, monkeypatch, context):
    from rlm_desktop.repl import strict

    monkeypatch.setattr(strict, "_PORTION", 50)
    repl, _ = await _spawn(host, "strict", context=context)
    assert all(room_left(given, 50) >= 0 for _, given in strict._portions({"context": context}))
    same = (await repl.run_cell("context == context_0, context")).stdout
    assert same == f"(True, {context!r})\n"
    await repl.run_cell("context_0 = 1")
    assert (await repl.run_cell("context_0")).stdout == f"{context!r}\n"


@MONTY
async def test_many_variables_of_strict_mode_are_counted(host, monkeypatch):
    monkeypatch.setattr(wire, "MAX_VARIABLES", 5)
    repl, _ = await _spawn(host, "strict")
    result = await repl.run_cell("\n".join(f"v{n} = {n}" for n in range(12)))
    assert ({v.name for v in result.variables}, result.more_variables) == ({f"v{n}" for n in range(7, 12)}, 7)
    assert "and 7 earlier" in (await repl.run_cell("print(SHOW_VARS())")).stdout


@MONTY
async def test_strict_mode_says_what_is_wrong(host):
    repl, _ = await _spawn(host, "strict")
    assert "takes named fields" in (await repl.run_cell("SUBMIT(1, a=2)")).error
    assert "no variable 'nothing'" in (await repl.run_cell("FINAL_VAR('nothing')")).error
    assert "takes a list" in (await repl.run_cell("llm_query_batch('a')")).error
    assert "max_concurrent" in (await repl.run_cell("llm_query_batch(['a'], max_concurrent=-1)")).error
    assert "must be a name" in (await repl.run_cell("llm_query('a', model=5)")).error
    assert "a prompt and a model" in (await repl.run_cell("llm_query('a', 'b', 'c')")).error
    assert "takes one argument" in (await repl.run_cell("FINAL(text='a')")).error
    assert "name 'nothing' is not defined" in (await repl.run_cell("nothing(1)")).error
    assert (await repl.run_cell("a = = 1")).error.startswith("SyntaxError")


@MONTY
async def test_a_cell_that_does_not_end_costs_a_strict_repl_its_variables(host):
    printed = asyncio.Event()
    spec = ReplSpec(context="one two", mode="strict")
    repl = await host.spawn(spec, serve=serve, on_output=lambda stream, text: text == "<a>\n" and printed.set())
    await repl.run_cell("x = 1")
    result = await repl.run_cell("while True:\n    pass", timeout=0.2)
    assert (result.status, result.lost) == ("killed", ("x",))
    assert "0.2 s" in result.error
    assert (await repl.run_cell("context")).stdout == "'one two'\n"
    running = asyncio.create_task(repl.run_cell("print(llm_query('a'))\nwhile True:\n    pass"))
    await printed.wait()
    repl.interrupt()
    assert (await running).status == "killed"


@MONTY
@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()",
        "import os\nos.listdir('/')",
        "import os\nos.environ['HOME']",
        "import os\nos.system('true')",
        "import socket",
        "import subprocess",
        "import ctypes",
        "().__class__.__bases__[0].__subclasses__()",
        "eval(\"open('/etc/passwd').read()\")",
        "__import__('os')",
        "from pathlib import Path\nPath('/etc/passwd').read_text()",
        "x = 'x' * 10**11",
    ],
)
async def test_strict_mode_gives_nothing_away(host, code):
    repl, _ = await _spawn(host, "strict", memory_limit_mb=256)
    assert (await repl.run_cell(code, timeout=5)).status in ("error", "killed")


@LINUX
async def test_without_landlock_each_worker_has_its_own_bubblewrap():
    layers = dataclasses.replace(probe(), landlock=False)
    if describe(layers).tier != "B2":
        pytest.skip(f"tier B2 cannot be had here: {layers.why_not}")
    host = ReplHost(ReplOptions(grace=0.5), layers=layers)
    one, two = (await _spawn(host, "confined"))[0], (await _spawn(host, "confined"))[0]
    code = "import os\nopen('mine', 'w').write('x')\nprint(os.getcwd(), os.listdir('.'), llm_query('a'))"
    assert [(await repl.run_cell(code, timeout=10)).stdout for repl in (one, two)] == [
        "/scratch ['mine'] <a>\n"
    ] * 2
    for attack in ("open('/etc/passwd')", "import socket\nsocket.socket()", "import os\nos.fork()"):
        assert (await one.run_cell(attack, timeout=10)).status == "error"
    assert (await one.run_cell("x = 1\nwhile True:\n    pass", timeout=0.3)).status == "timeout"
    assert (await one.run_cell("x")).stdout == "1\n"
    await one.kill()
    assert (await one.run_cell("context")).stdout == "'one two'\n"
    await host.aclose()


async def test_nothing_to_confine_with_means_refusal():
    host = ReplHost(layers=Layers())
    assert host.isolation.tier == "C"
    with pytest.raises(ReplError, match="cannot be confined"):
        await _spawn(host, "confined")
    await host.aclose()


@LINUX
async def test_the_unsafe_switch_is_for_one_repl_and_says_so(host):
    unsafe, _ = await _spawn(host, "unsafe")
    confined, _ = await _spawn(host, "confined")
    code = "import socket\nsocket.socket().close()"
    assert (await unsafe.run_cell(code)).status == "ok"
    assert (await unsafe.run_cell("import os\ndict(os.environ)")).stdout == "{}\n"
    assert (await confined.run_cell(code)).status == "error"
    assert host.isolation_of("unsafe").tier == "unsafe"
    assert "NOT CONFINED" in host.isolation_of("unsafe").description


@LINUX
async def test_a_worker_that_fails_its_own_test_is_refused():
    host = ReplHost()
    await host.start()
    host._launchers["confined", ()]._layers = dataclasses.replace(probe(), landlock=False)  # type: ignore[attr-defined]
    launcher = host._launcher("confined", ())
    with pytest.raises(ReplError, match="could: read /etc/passwd"):
        launcher.confirm(wire.Ready(pid=1, faults=["read /etc/passwd"]))
    await host.aclose()


async def test_what_is_offered_is_what_was_tried():
    for layers, tier in [
        (Layers(bubblewrap=("bwrap",), landlock=True, seccomp=True), "A"),
        (Layers(landlock=True, seccomp=True), "B"),
        (Layers(bubblewrap=("bwrap",), seccomp=True), "B2"),
        (Layers(bubblewrap=("bwrap",), landlock=True), "C"),
        (Layers(seatbelt=True), "B"),
    ]:
        assert describe(layers).tier == tier


@MONTY
async def test_calls_of_a_tool_take_their_turns_in_strict_mode(host, monkeypatch):
    """Each may take a thread of the application."""
    monkeypatch.setattr(wire, "MAX_OPEN_CALLS", 3)
    begun = []
    all_asked = asyncio.Event()

    async def tool(call):
        begun.append(call.args[0])
        await all_asked.wait()
        return call.args[0]

    repl, _ = await _spawn(host, "strict", serve_tool=tool, tools=(Tool(name="look"),))
    calls = ", ".join(f"look_async({number})" for number in range(9))
    running = asyncio.create_task(repl.run_cell(f"import asyncio\nsum(await asyncio.gather({calls}))"))
    while repl._cell is None or len(repl._cell.pending) < 9:  # noqa: ASYNC110 - it is no event that is waited for
        await asyncio.sleep(0)
    for _ in range(3):  # the last of them begins
        await asyncio.sleep(0)
    assert begun == [0, 1, 2]
    all_asked.set()
    assert (await running).stdout == "36\n"


async def test_tools_work_in_strict_mode(host):
    if not importlib.util.find_spec("pydantic_monty"):
        pytest.skip("pydantic-monty is not installed")

    async def tool(call):
        return {"got": call.args, "line": call.line}

    repl = await host.spawn(
        ReplSpec(context="c", mode="strict", tools=(Tool(name="look"),)),
        serve=serve,
        on_output=lambda *_: None,
        serve_tool=tool,
    )
    assert (await repl.run_cell("\nlook(1)")).stdout == "{'got': [1], 'line': 2}\n"
    assert (await repl.run_cell("x = 'ßß'\n\n\n\nlook(2)\n\n\n")).stdout == "{'got': [2], 'line': 5}\n"
