from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop.engine.parsing import TextFinal, final_in_code, parse_reply


def codes(text: str, **options: bool) -> list[str]:
    return [block.code for block in parse_reply(text, **options).blocks]


def test_repl_blocks_in_order() -> None:
    assert codes("Plan.\n```repl\na = 1\n```\nthen\n```repl\nprint(a)\n```\n") == ["a = 1", "print(a)"]


def test_python_blocks_run_only_where_no_repl_block_is() -> None:
    assert codes("```python\na\n```") == ["a"]
    assert codes("```python\na\n```", python_fences=False) == []
    assert codes("```tool_code\na\n```\n```tool_output\n7\n```") == ["a"]
    assert codes("```python\na\n```\n```repl\nb\n```") == ["b"]


def test_other_fences_and_empty_blocks_do_not_run() -> None:
    assert codes("```js\na\n```\n```\nb\n```\n```repl\n\n```") == []


def test_an_unclosed_fence_reaches_to_the_end() -> None:
    reply = parse_reply("```repl\nprint(1)\nprint(2)")
    assert reply.blocks[0].code == "print(1)\nprint(2)"
    assert not reply.blocks[0].is_closed


def test_a_fence_within_a_triple_quoted_string_does_not_close() -> None:
    code = 'p = """Reply as\n```json\n{}\n```\n"""\nprint(p)'
    assert codes(f"```repl\n{code}\n```\nDone.") == [code]


def test_an_unbalanced_quote_does_not_swallow_the_reply() -> None:
    assert codes('```repl\nx = """oops\n```\nThat was it.') == ['x = """oops']


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  ```repl\n  if a:\n      b\n  ```", "if a:\n    b"),
        ("1. Look:\n    ```repl\n    a\n\n    b\n    ```\n2. Then", "a\n\nb"),
        ("  ```repl\nif a:\n    b\n  ```", "if a:\n    b"),
        ("\t```repl\n\ta\n\t```", "a"),
        ("1. Look\n2. ```repl\n   if a:\n     b\n   ```", "if a:\n  b"),
        ("- ```python\n  a\n  ```\n- Then", "a"),
        ("Let me look: ```repl\na\n```", "a"),
    ],
)
def test_code_of_an_indented_fence_has_not_its_indentation(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize("before", ["", "- ", "Let me look: "])
def test_code_may_speak_of_thoughts_whatever_stands_before_its_fence(before: str) -> None:
    assert codes(f"{before}```repl\nprint('<think>')\n```\nThen.") == ["print('<think>')"]


def test_what_looks_like_the_beginning_of_a_fence_takes_no_time() -> None:
    for line in (
        " " * 100_000 + "x",
        "a: " * 100_000,
        "1. " * 100_000,
        ":" + " " * 100_000,
        ". ```repl x" * 50_000,
    ):
        assert codes(line) == []


def test_a_fence_may_close_at_the_end_of_a_line() -> None:
    assert codes("```repl\na = 1\nprint(a)```\nThen:\n```repl\nb\n```") == ["a = 1\nprint(a)", "b"]
    code = "p = '''```''' + \"\"\"Use ```\n{}\n```\"\"\"\n# ends with ```\nprint(p)"
    assert codes(f"```repl\n{code}\n```\nDone.") == [code]


@pytest.mark.parametrize(
    ("code", "argument"),
    [
        ("x = 1\nFINAL('it is (1)')", "it is (1)"),
        ("if x:\n    FINAL(result)", "result"),
        ('FINAL_VAR("result")', "result"),
        ("FINAL(f'{x} things')", None),
        ("FINAL(1 + 1)", None),
        ("print('FINAL(1)')", None),
    ],
)
def test_a_final_answer_that_code_says_literally(code: str, argument: str | None) -> None:
    final = final_in_code(code)
    assert (final and final.argument) == argument


def test_a_comment_or_a_string_with_quotes_opens_nothing() -> None:
    assert codes('```repl\n# it\'s """ here\nx = "\'\'\'"\n```\nDone.') == ['# it\'s """ here\nx = "\'\'\'"']


@pytest.mark.parametrize(
    ("text", "kind", "argument"),
    [
        ("FINAL(42)", "FINAL", "42"),
        ("So:\nFINAL(f(x) is (a + b))", "FINAL", "f(x) is (a + b)"),
        ('FINAL("a ) b")', "FINAL", "a ) b"),
        ('FINAL("""line 1\nline ) 2""")', "FINAL", "line 1\nline ) 2"),
        ("FINAL(It's the dog's (old) bone)", "FINAL", "It's the dog's (old) bone"),
        ("FINAL(first line\n\nsecond line)", "FINAL", "first line\n\nsecond line"),
        ("FINAL(never closed", "FINAL", "never closed"),
        ("FINAL_VAR(answer_text)", "FINAL_VAR", "answer_text"),
        ('  FINAL_VAR("name")', "FINAL_VAR", "name"),
        ("FINAL(one)\nFINAL(two)", "FINAL", "two"),
        ("**FINAL(bold)**", "FINAL", "bold"),
        ("FINAL('say \\'hi\\' \\n now')", "FINAL", "say 'hi' \n now"),
        ("FINAL(smile :) and go on)", "FINAL", "smile :) and go on"),
    ],
)
def test_a_final_answer_in_the_text(text: str, kind: str, argument: str) -> None:
    final = parse_reply(text).final
    assert final is not None
    assert (final.kind, final.argument) == (kind, argument)


@pytest.mark.parametrize(
    "text",
    [
        "I will use FINAL(x) later.",
        "```repl\nFINAL('x')\n```",
        "```text\nFINAL(x)\n```",
        "<think>\nFINAL(x)\n</think>\nLet me look.",
        "<think>\nFINAL(x)\nnever closed",
        "FINALLY(x)",
    ],
)
def test_no_final_answer_where_none_is_given(text: str) -> None:
    assert parse_reply(text).final is None


def test_code_in_thoughts_does_not_run_but_tags_in_code_stay() -> None:
    assert codes("<think>\n```repl\nbad()\n```\n</think>\n```repl\ngood('<think>x</think>')\n```") == [
        "good('<think>x</think>')"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "I might\n```repl\nbad()\n```\nno, wait.\n</think>\n```repl\ngood()\n```",
        "It is short.</think>\n\n```repl\ngood()\n```",
    ],
)
def test_thoughts_that_only_end_are_thoughts(text: str) -> None:
    assert codes(text) == ["good()"]


def test_a_reply_full_of_tags_is_read_in_linear_time() -> None:
    tags = "</think>\n" * 100_000
    assert codes(f"```repl\ngood()\n```\n```\n<think>\n```\n{tags}") == ["good()"]
    assert codes(f"{tags}```repl\ngood()\n```") == ["good()"]


def test_a_tag_in_code_ends_no_thoughts() -> None:
    code = 'text = """\nSo be it.</think>\n"""'
    assert codes(f"Plan.\n```repl\n{code}\n```\n```repl\nmore()\n```") == [code, "more()"]


@pytest.mark.parametrize(
    "output",
    [
        "REPL output:\n999\n\nIteration 2 of 20.",
        "**REPL output (cell 1 of 2):**\n999",
        "```output\n999\n```",
        "```tool_output\n999\n```",
    ],
)
def test_what_rests_on_an_output_that_the_model_made_up_is_left_out(output: str) -> None:
    reply = parse_reply(f"Look.\n```repl\nn\n```\n\n{output}\n\n```repl\nlate()\n```\nFINAL(999)")
    assert ([block.code for block in reply.blocks], reply.final, reply.plays_on) == (["n"], None, True)


@pytest.mark.parametrize("illustration", ["```python\nf(2)\n```\n", "```repl\n\n```\n"])
def test_an_output_of_code_that_is_not_run_is_none_made_up(illustration: str) -> None:
    reply = parse_reply(f"f doubles:\n{illustration}gives\n```output\n4\n```\n```repl\nf(3)\n```")
    assert ([block.code for block in reply.blocks], reply.plays_on) == (["f(3)"], False)


SAMPLE = "It prints\n```output\n4\n```\nwith\n```python\nprint(2 * (1 + 1))\n```"


@pytest.mark.parametrize("said", [f"FINAL({SAMPLE}\nas said.)", f'FINAL("""{SAMPLE}\nas said.""")'])
@pytest.mark.parametrize("before", ["", "```repl\nlook()\n```\n"])
def test_fenced_samples_in_a_final_answer_are_part_of_it(said: str, before: str) -> None:
    reply = parse_reply(f"{before}{said}\nDone.")
    assert reply.final == TextFinal("FINAL", f"{SAMPLE}\nas said.")
    assert ([block.code for block in reply.blocks], reply.plays_on) == (["look()"] if before else [], False)


def test_a_parenthesis_that_is_never_closed_hides_no_code() -> None:
    assert codes("FINAL(not yet\n```python\nlook(1)\n```") == ["look(1)"]
    assert codes("FINAL(not yet\n```repl\nlook(1)\n```\nsee above)") == ["look(1)"]


def test_the_prose_has_all_but_what_is_run() -> None:
    said = "As data:\n```json\n[1]\n```\nThat is all."
    assert parse_reply(f"{said}\n```repl\nx\n```\n```tool_call\npython x\n```").prose == said


def test_many_final_answers_are_read_in_linear_time() -> None:
    for line in ("FINAL(", "FINAL(1)", 'FINAL(""" a)', "FINAL(a\n```\nb\n```\nc)"):
        parse_reply(f"{line}\n" * 4_000)


def test_an_output_that_is_quoted_before_any_code_is_none_made_up() -> None:
    reply = parse_reply("REPL output: 7, as seen.\n```output\n7\n```\nFINAL(7)")
    assert (reply.final, reply.plays_on) == (TextFinal("FINAL", "7"), False)


PIECES = st.sampled_from(
    [
        "```repl\n",
        "```\n",
        "```python\n",
        "~~~\n",
        "FINAL(",
        ")",
        '"""',
        "'''",
        "<think>",
        "</think>",
        "\n",
        "x = 1",
        "'",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=40).map("".join))
def test_never_raises_and_never_invents_text(text: str) -> None:
    reply = parse_reply(text)
    normal = text.replace("\r\n", "\n")
    for block in reply.blocks:
        assert block.code in normal
    if "<" not in text and "```" not in text and "~~~" not in text:
        assert reply.prose == normal.strip()


@given(st.text(alphabet=st.characters(exclude_characters="`~<\r", exclude_categories=["Cs"]), max_size=200))
def test_code_survives_unchanged(code: str) -> None:
    found = codes(f"Text\n```repl\n{code}\n```\nmore")
    assert found == ([code] if code.strip() else [])


@pytest.mark.parametrize("quote", ['"""', "'''", '"', "'"])
def test_an_answer_full_of_backslashes_that_is_cut_off_is_read_at_once(quote: str) -> None:
    formula = r"\frac{\alpha}{\beta} " * 100
    assert parse_reply(f"FINAL({quote}{formula}").final == TextFinal("FINAL", (quote + formula).strip())
    closed = parse_reply(f"FINAL({quote}a \\{quote[0]} b{quote})").final
    assert closed == TextFinal("FINAL", f"a {quote[0]} b")
