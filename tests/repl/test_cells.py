"""What a cell sees, does and leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from rlm_desktop.repl.host import Query, Tool, ToolCall
from rlm_desktop.repl.output import dropped_mark

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_variables_persist_over_cells(bench):
    await bench.run("x = 1\n_hidden = 2")
    result = await bench.run("x + _hidden")
    assert (result.status, result.stdout) == ("ok", "3\n")


async def test_a_failing_cell_keeps_what_it_assigned_before(bench):
    failed = await bench.run("y = 5\n1 / 0")
    assert (failed.status, failed.error, failed.line) == ("error", "ZeroDivisionError: division by zero", 2)
    assert (await bench.run("y")).stdout == "5\n"


async def test_a_traceback_shows_the_line_and_only_the_cell(bench):
    await bench.run("def f(text):\n    return json.loads(text)\nimport json")
    failed = await bench.run("a = 1\nf('{')")
    assert "line 2, in <module>\n    f('{')" in failed.traceback
    assert "return json.loads(text)" in failed.traceback
    assert "decoder.py" not in failed.traceback
    assert "rlm_desktop" not in failed.traceback
    assert failed.line == 2


async def test_the_marks_of_a_traceback_stand_below_what_failed(bench):
    failed = await bench.run("x = 1\nprint(nothing)")
    assert "    print(nothing)\n          ^^^^^^^\n" in failed.traceback
    failed = await bench.run("x = '\u2028'  # \x0c\nprint(nothing)")
    assert "    print(nothing)\n" in failed.traceback


async def test_a_syntax_error_has_its_line(bench):
    failed = await bench.run("a = 1\nb = = 2")
    assert failed.error.startswith("SyntaxError")
    assert failed.line == 2


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("1 + 1", "2\n"),
        ("'text'", "'text'\n"),
        ("None", ""),
        ("x = 3", ""),
        ("7;", ""),
        ("print('a')\n'b'", "a\n'b'\n"),
        ("await llm_query_async('q')", "'<q>'\n"),
        ("for i in range(2):\n    i", ""),
    ],
)
async def test_a_bare_last_expression_is_shown(bench, code, shown):
    assert (await bench.run(code)).stdout == shown


@pytest.mark.parametrize(
    "code",
    [
        "print(llm_query('a'), llm_query('b'))",
        "print(*llm_query_batch(['a', 'b']))",
        "import asyncio\nprint(*await asyncio.gather(llm_query_async('a'), llm_query_async('b')))",
        "import asyncio\nprint(*asyncio.run(llm_query_batch_async(['a', 'b'])))",
        "import asyncio\nasync def f():\n    return [await llm_query_async(p) for p in 'ab']\n"
        "print(*asyncio.run(f()))",
        "import asyncio\nawait asyncio.sleep(0)\nasync def f(p):\n    return await llm_query_async(p)\n"
        "print(asyncio.run(f('a')), await f('b'))",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n"
        "    print(*pool.map(llm_query, ['a', 'b']))",
        "import asyncio\nprint(await asyncio.to_thread(llm_query, 'a'), await llm_query('b'))",
        "import asyncio\nloop = asyncio.get_event_loop()\n"
        "print(*loop.run_until_complete(llm_query_batch_async(['a', 'b'])))",
    ],
)
async def test_every_way_to_ask_models(bench, code):
    result = await bench.run(code)
    assert (result.stdout, result.error) == ("<a> <b>\n", "")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("llm_query_batch", "llm_query_batch"),
        ("llm_batch", "llm_query_batch"),
        ("llm_query_batched", "llm_query_batch"),
        ("rlm_query_batch", "rlm_query_batch"),
        ("rlm_query_batched", "rlm_query_batch"),
    ],
)
async def test_batches_and_their_aliases(bench, name, function):
    result = await bench.run(f"\n{name}(['a', 'b'], model='m', max_concurrent=3)")
    assert result.stdout == "['<a>', '<b>']\n"
    asked = Query(function=function, called_as=name, prompts=["a", "b"], model="m", max_concurrent=3, line=2)
    assert bench.queries == [asked]


@pytest.mark.parametrize("name", ["llm_query", "rlm_query"])
async def test_single_queries(bench, name):
    result = await bench.run(f"print({name}('p', 'm'))\nawait {name}_async('p')")
    assert result.stdout == "<p>\n'<p>'\n"
    assert [(query.function, query.called_as, query.line) for query in bench.queries] == [
        (name, name, 1),
        (name, f"{name}_async", 2),
    ]


async def test_the_line_of_a_query_is_known_in_functions_and_threads(bench):
    await bench.run("def ask(p):\n    return llm_query(p)\nask('a')")
    await bench.run(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor() as pool:\n"
        "    list(pool.map(llm_query, 'ab'))\n"
    )
    assert [query.line for query in bench.queries] == [2, 3, 3]


async def test_wrong_arguments_are_explained(bench):
    assert "takes a list of prompts" in (await bench.run("llm_query_batch('one')")).error
    assert "max_concurrent" in (await bench.run("llm_query_batch(['a'], max_concurrent=0)")).error
    assert "belongs into the prompt" in (await bench.run("llm_query('What is it?', 'line\\nline')")).error
    assert (await bench.run("llm_query_batch([])")).stdout == "[]\n"
    assert bench.queries == []


async def test_a_failing_serve_is_text_in_every_slot(spawn):
    async def serve(query: Query) -> list[str]:
        raise RuntimeError("no server")

    bench = await spawn(serve=serve)
    assert (await bench.run("llm_query_batch(['a', 'b'])")).stdout == "['Error: no server', 'Error: no server']\n"


async def test_a_thousand_calls_in_one_gather(bench):
    code = "import asyncio\nlen(await asyncio.gather(*[llm_query_async(str(i)) for i in range(1000)]))"
    assert (await bench.run(code)).stdout == "1000\n"
    assert len(bench.queries) == 1000


@pytest.mark.parametrize(
    ("code", "source", "text", "value"),
    [
        ("FINAL('done')", "FINAL", "done", None),
        ("FINAL({'a': [1, (2, 3)]})", "FINAL", '{"a": [1, [2, 3]]}', {"a": [1, [2, 3]]}),
        ("FINAL(7)", "FINAL", "7", 7),
        ("x = 'text'\nFINAL_VAR('x')", "FINAL_VAR", "text", None),
        ("x = [1]\nFINAL_VAR(x)", "FINAL_VAR", "[1]", [1]),
        ("answer['content'] = 'a'\nanswer['ready'] = True\nprint('end')", "answer", "a", None),
        ("answer = {'content': 'b', 'ready': True}", "answer", "b", None),
        ("SUBMIT(name='n', number=2)", "SUBMIT", '{"name": "n", "number": 2}', {"name": "n", "number": 2}),
        ("import asyncio\nasync def f():\n    FINAL('deep')\nasyncio.run(f())", "FINAL", "deep", None),
        (
            "import asyncio\nasync def f():\n    FINAL('grouped')\n"
            "async with asyncio.TaskGroup() as group:\n    group.create_task(f())",
            "FINAL",
            "grouped",
            None,
        ),
        ("FINAL((1, {2}))", "FINAL", "[1, [2]]", [1, [2]]),
        ("FINAL(10**30)", "FINAL", str(10**30), None),
        ("FINAL({'a': 10**30})", "FINAL", '{"a": 1000000000000000000000000000000}', None),
        ("FINAL(float('nan'))", "FINAL", "nan", None),
        ("FINAL('naïve'.encode())", "FINAL", "naïve", None),
        ("import decimal\nFINAL(decimal.Decimal('5.20'))", "FINAL", "5.20", None),
        ("import datetime\nFINAL(datetime.date(2026, 1, 2))", "FINAL", "2026-01-02", None),
        ("SUBMIT('5')", "SUBMIT", "5", None),
        ("SUBMIT('a', 2)", "SUBMIT", '["a", 2]', ["a", 2]),
        ("try:\n    FINAL('first')\nexcept BaseException:\n    pass\nFINAL('second')", "FINAL", "first", None),
    ],
)
async def test_final_answers(bench, code, source, text, value):
    result = await bench.run(code)
    assert result.status == "ok"
    assert (result.final.source, result.final.text, result.final.value) == (source, text, value)


async def test_final_ends_the_cell_at_once(bench):
    result = await bench.run("try:\n    FINAL('x')\nexcept Exception:\n    print('caught')\nprint('after')")
    assert (result.stdout, result.final.text) == ("", "x")


async def test_a_missing_final_variable_is_an_error(bench):
    result = await bench.run("found = 1\nFINAL_VAR('missing')")
    assert result.status == "error"
    assert "'missing'" in result.error
    assert "'found'" in result.error
    assert result.final is None


async def test_a_text_that_looks_like_data_is_told_from_data(bench):
    assert (await bench.run("FINAL('5')")).final.is_text
    assert not (await bench.run("FINAL(5)")).final.is_text


async def test_no_answer_of_an_earlier_cell_lingers(bench):
    await bench.run("answer['content'] = 'draft'\nanswer['ready'] = True\n1 / 0")
    result = await bench.run("answer['content']")
    assert (result.final, result.stdout) == (None, "'draft'\n")


async def test_reserved_names_are_put_back(bench):
    await bench.run("context = 'mine'\nllm_query = 3\ncontext_0 = None\ndel FINAL, history\nprint = 4\nanswer = 9")
    result = await bench.run("(context, context_0, llm_query('a'), answer['ready'], history)")
    assert result.stdout == "('mine', 'one two three', '<a>', False, [])\n"
    assert (await bench.run("FINAL('x')")).final.text == "x"


async def test_an_answer_that_is_kept_in_the_name_of_the_dict_is_not_lost(bench):
    """As code writes that knows no such dict: `answer = ...` in one cell, FINAL_VAR("answer") in a later one."""
    await bench.run("answer = 'found'")
    assert (await bench.repl.final_var("answer")).text == "found"
    assert (await bench.run("FINAL_VAR('answer')")).final.text == "found"
    assert (await bench.run("answer = [1]\nFINAL_VAR('answer')")).final.value == [1]
    assert (await bench.run("answer = {'found': 2}\nFINAL_VAR('answer')")).final.value == {"found": 2}
    assert (await bench.run("FINAL_VAR('answer')")).final.value == {"found": 2}


async def test_context_documents_and_history(spawn):
    documents, history = ({"name": "a.txt", "kind": "text"},), ({"question": "why?"},)
    bench = await spawn({"a.txt": "é" * 10, "b": "x"}, documents=documents, history=history, values={"limit": 3})
    result = await bench.run("(context['a.txt'], documents, history[0]['question'], limit)")
    assert result.stdout == "('éééééééééé', [{'name': 'a.txt', 'kind': 'text'}], 'why?', 3)\n"


@pytest.mark.parametrize("context", [["a", "b"], {"a": "b"}])
async def test_changes_of_the_context_leave_the_original(spawn, context):
    bench = await spawn(context)
    await bench.run("context.clear()")
    assert (await bench.run("context, context_0")).stdout == f"({type(context)()}, {context})\n"
    assert (await bench.run("del context\n")).status == "ok"
    assert (await bench.run("context.clear()\ncontext_0")).stdout == f"{context}\n"


async def test_variables_are_described(bench):
    first = await bench.run("import json\nbig = 'x' * 1_000_000\nn = 5\ndef f(): pass")
    assert [(v.name, v.type, v.size, v.changed) for v in first.variables] == [
        ("big", "str", 1_000_000, True),
        ("f", "function", None, True),
        ("n", "int", None, True),
    ]
    assert all(len(variable.preview) <= 200 for variable in first.variables)
    second = await bench.run("n = 6")
    assert [v.name for v in second.variables if v.changed] == ["n"]
    assert second.variables[0].name == "n"
    assert "'big': str (1,000,000)" in (await bench.run("print(SHOW_VARS())")).stdout


async def test_a_hundred_thousand_variables_slow_no_cell_down(bench):
    """Each has to be described; the latest are, and how many more there are is said."""
    result = await bench.run("for n in range(100_000):\n    globals()[f'v{n}'] = n")
    assert len(result.variables) + result.more_variables == 100_001
    assert "'v99999': int} and 99,001 earlier\n" in (await bench.run("print(SHOW_VARS())")).stdout
    assert {variable.name for variable in result.variables} <= {f"v{n}" for n in range(99_000, 100_000)}
    assert (await bench.run("late = 1")).variables[0].name == "late"


async def test_variable_and_final_var_from_outside(bench):
    await bench.run("data = {'a': 1}\ntext = 'abc' * 100_000")
    assert await bench.repl.variable("data") == "{'a': 1}"
    assert len(await bench.repl.variable("text", 1000)) == 1000
    assert await bench.repl.variable("none") is None
    final = await bench.repl.final_var("data")
    assert (final.source, final.text, final.value) == ("FINAL_VAR", '{"a": 1}', {"a": 1})
    assert await bench.repl.final_var("none") is None


async def test_input_is_refused_with_a_reason(bench):
    assert "nobody is there to answer" in (await bench.run("input('name? ')")).error


@pytest.mark.parametrize(("code", "status"), [("exit()", "ok"), ("import sys\nsys.exit('bad')", "error")])
async def test_exit_ends_only_the_cell(bench, code, status):
    await bench.run("kept = 1")
    assert (await bench.run(code)).status == status
    assert (await bench.run("kept")).stdout == "1\n"


async def test_tools_are_served_by_the_application(spawn):
    async def serve_tool(call: ToolCall) -> object:
        if call.name == "fail":
            raise KeyError("nothing")
        return {"args": call.args, "kwargs": call.kwargs, "line": call.line}

    tools = (Tool(name="look_up", description="Looks up."), Tool(name="fail"))
    bench = await spawn(tools=tools, serve_tool=serve_tool)
    result = await bench.run("print(look_up.__doc__)\nlook_up(1, key=[2])")
    assert result.stdout == "Looks up.\n{'args': [1], 'kwargs': {'key': [2]}, 'line': 2}\n"
    assert (await bench.run("fail()")).error == "QueryFailed: KeyError: 'nothing'"


async def test_output_is_streamed_while_the_cell_runs(spawn):
    async def serve(query: Query) -> list[str]:
        while not any("waiting" in text for _, text in bench.output):
            bench.printed.clear()
            await asyncio.wait_for(bench.printed.wait(), 10)
        return ["go"]

    bench = await spawn(serve=serve)
    result = await bench.run("print('first')\nprint('waiting')\nprint(llm_query('x'))")
    assert result.stdout == "first\nwaiting\ngo\n" == "".join(text for _, text in bench.output)


async def test_a_flood_of_output_is_cut_and_counted(spawn):
    bench = await spawn(output_cap=1000)
    result = await bench.run("print('x' * 50_000_000)\nimport sys\nn = sys.stderr.write('e')")
    mark = dropped_mark(result.dropped)
    assert result.stdout == "x" * 800 + mark + "x" * 198 + "\n"
    assert (result.status, result.stderr, result.dropped) == ("ok", "e", 50_000_001 - 1000 + 1)
    assert (await bench.run("print('again')")).stdout == "again\n"


async def test_the_end_of_a_long_output_is_kept(spawn):
    bench = await spawn(output_cap=1000)
    result = await bench.run("for n in range(10_000):\n    print(n)")
    beginning, end = result.stdout.split(dropped_mark(result.dropped))
    printed = "".join(f"{n}\n" for n in range(10_000))
    assert (printed[:800], printed[-200:]) == (beginning, end)
    assert result.dropped == len(printed) - 1000
    assert "".join(text for _, text in bench.output) == result.stdout
    whole = await bench.run("print('y' * 899)")
    assert (whole.stdout, whole.dropped) == ("y" * 899 + "\n", 0)


async def test_stderr_is_apart(bench):
    result = await bench.run("import sys\nprint('e', file=sys.stderr)\nprint('o')\nsys.stdout.buffer.write(b'b')")
    assert (result.stdout, result.stderr) == ("o\nb1\n", "e\n")


async def test_text_that_utf8_cannot_hold(bench):
    result = await bench.run("print('\\ud800')\nx = '\\ud800'\nllm_query('a\\udfffb')")
    assert result.stdout == "\\ud800\n'<a\\\\udfffb>'\n"
    assert (await bench.run("raise ValueError('\\ud800')")).status == "error"


async def test_long_texts_travel_both_ways(spawn):
    context = "é" * 1_500_000
    bench = await spawn(context)
    result = await bench.run("r = llm_query(context)\nprint(len(r), r == '<' + context + '>')\nFINAL(r)")
    assert result.stdout == "1500002 True\n"
    assert bench.queries[0].prompts == [context]
    assert result.final.text == f"<{context}>"


async def test_a_prompt_may_be_longer_than_a_file_may_be(bench):
    result = await bench.run("len(llm_query('x' * 80_000_000))")
    assert (result.error, result.stdout) == ("", "80000002\n")


async def test_replies_are_ordinary_texts_to_look_at(bench):
    code = "import copy, json, pickle\nr = llm_query('a')\nb = llm_batch(['a'])\n"
    result = await bench.run(
        code + "type(copy.copy(r)) is str, pickle.loads(pickle.dumps(b)), json.dumps([r, b]), type(r)"
    )
    assert result.stdout == "(True, ['<a>'], '[\"<a>\", [\"<a>\"]]', <class 'str'>)\n"
    assert {(v.name, v.type) for v in result.variables} == {("r", "str"), ("b", "list")}


async def test_half_characters_of_a_context_are_written_as_escapes_whatever_its_size(spawn):
    for size in (10, 3_000_000):
        bench = await spawn({"\udcff.txt": "a\udc80" + "b" * size})
        shown = (await bench.run("[(name, text[:8]) for name, text in context.items()]")).stdout
        assert shown == "[('\\\\udcff.txt', 'a\\\\udc80b')]\n"


async def test_a_large_context_is_shared(spawn):
    text = "0123456789é" * 400_000
    spec = {"big": text, "list": ["a", text[:5000]], "n": 1}
    first, second = await asyncio.gather(spawn(spec), spawn(spec))
    for bench in (first, second):
        result = await bench.run("(len(context['big']), context['big'][-3:], context['list'][0], context['n'])")
        assert result.stdout == "(4400000, '89é', 'a', 1)\n"
    await first.repl.aclose()
    assert (await second.run("len(context['big'])")).stdout == "4400000\n"
