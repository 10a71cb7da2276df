"""The offline model as root: its cells run on any context, and whole runs through the real engine and REPL."""

from __future__ import annotations

import ast
import io
import re
from contextlib import redirect_stdout
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rlm_desktop.engine import events as ev
from rlm_desktop.engine import prompts
from rlm_desktop.engine.offline.model import reply
from rlm_desktop.engine.offline.questions import asks_for_headings
from rlm_desktop.engine.offline.sub_call import is_gist
from rlm_desktop.engine.rlm import RLM

_BLOCK = re.compile(r"```repl\n(.*?)\n```", re.S)


class Call:
    """An rlm call in this process: the model's cells in a namespace, sub-calls asked at once."""

    def __init__(
        self, context: Any, question: str | None, *, depth: int = 0, max_depth: int = 2, of: int = 8
    ) -> None:
        self.context, self.question, self.depth, self.max_depth, self.of = context, question, depth, max_depth, of
        self.cells: list[str] = []
        self.final: str | None = None
        self.names: dict[str, Any] = {
            "context": context,
            "documents": [],
            "FINAL": self._set,
            "FINAL_VAR": self._var,
        }
        for name in ("llm_query", "rlm_query"):
            self.names[name] = self._query
            self.names[f"{name}_batch"] = lambda texts: [self._query(text) for text in texts]

    def _set(self, value: Any) -> None:
        self.final = str(value)

    def _var(self, name: str) -> None:
        self.final = str(self.names[name])

    def _query(self, text: str) -> str:
        if self.depth + 1 < self.max_depth:
            return Call(text, None, depth=self.depth + 1, max_depth=self.max_depth, of=3).run()
        return reply([("user", text)])

    def run(self) -> str:
        summary = prompts.summarize_context(self.context, is_task=self.question is None)
        first = prompts.first_message(
            question=self.question, context=summary, depth=self.depth, max_depth=self.max_depth, iterations=self.of
        )
        messages = [
            ("system", prompts.system_prompt(depth=self.depth, max_depth=self.max_depth)),
            ("user", first),
        ]
        for iteration in range(1, self.of + 1):
            text = reply(messages)
            blocks = _BLOCK.findall(text)
            if not blocks:
                return text
            output = io.StringIO()
            for block in blocks:
                self.cells.append(block)
                with redirect_stdout(output):
                    exec(compile(ast.parse(block), "<cell>", "exec"), self.names)
            if self.final is not None:
                return self.final
            shown = prompts.feedback(
                [prompts.CellShown(stdout=output.getvalue())], iteration=iteration + 1, of=self.of
            )
            messages += [("assistant", text), ("user", shown)]
        raise AssertionError("the offline model did not finish")


QUESTIONS = (
    "What is it?",
    "How many times does the word rye occur?",
    'How often is "rye bread" mentioned?',
    "How many words are there?",
    "List all section headings about rye",
    "List all dates",
    "Who is mentioned?",
    "Summarise this.",
    "Which mill has the highest output in each region?",
    "What is the total output of each mill?",
    "What were the risks in each region?",
    "How many mills are there?",
    "How many rows have the label 'a'?",
    "Which name is most common?",
    "",
)
odd_text = st.text(st.sampled_from("ab1 \n\t#|,;:{}[]\"'\\`$_=-é日\u2028\x0c\r.?"), max_size=120)
questions = st.sampled_from(QUESTIONS) | odd_text | st.text(max_size=60)
contexts = st.one_of(
    odd_text,
    st.text(max_size=120),
    st.lists(odd_text | st.dictionaries(st.text("ab", max_size=2), st.integers()), max_size=4),
    st.dictionaries(st.text(max_size=8), odd_text, max_size=4),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contexts, questions, st.integers(1, 6), st.integers(1, 3))
def test_every_question_on_every_context_gets_an_answer(context, question, of, max_depth):
    assert Call(context, question, of=of, max_depth=max_depth).run().strip()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "context",
    [
        "# A\n\n## Mill one\n\nOutput: 3 tons of rye.\n\n## Mill two\n\nOutput: 5 tons.\n\n### In\n\nRisk: fire.",
        "name,output\nOne,3\nTwo,5\n",
        "labels: 'a', 'b'.\n\nUser: 1 || Text: why rye\nUser: 2 || Text: who bakes\nUser: 2 || Text: rye\n",
        "",
    ],
)
def test_every_kind_of_question_on_every_kind_of_context(context, question):
    for of in (1, 3, 8):
        call = Call(context, question, max_depth=3, of=of)
        assert call.run().strip()
        assert all(ast.parse(cell) for cell in call.cells)


@settings(max_examples=60, deadline=None)
@given(odd_text | st.text(max_size=200), st.integers(1, 4), st.integers(1, 3))
def test_every_task_of_a_sub_rlm_gets_an_answer(task, max_depth, repeat):
    prompt = f"Which risks are named?\n\n<text>\n{task * repeat * 20}\n</text>"
    assert Call(prompt, None, depth=1, max_depth=max_depth + 1, of=3).run().strip()


ARROWS = "api->b api->c b->data c->data data->e e->data x->api api->data y->z"
GRAPH = "The services call one another:\n" + "\n".join(f"- {a.replace('->', ' -> ')}" for a in ARROWS.split())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Do a BFS from node api and return the nodes at exactly depth 2.", "exactly 2 steps from api: 1**\n\ne\n"),
        ("Which nodes are within 2 steps of api?", "at most 2 steps from api: 4**\n\nb, c, data, e\n"),
        ("Find the parents of node data.", "with an arrow to data: 4**"),
        ("What are the children of api?", "to which an arrow of api leads: 3**\n\nb, c, data\n"),
        ("Which ancestors has b?", "over any steps, to b: 2**\n\napi, x\n"),
        ("What can be reached from y?", "can be reached from y: 1**\n\nz\n"),
        ("What is the shortest path from x to e?", "**x → api → data → e**, 3 steps"),
        ("Is there a path from z to x?", "No path leads from z to x."),
        ("How can the support be reached?", "does not answer this question"),
    ],
)
def test_arrows_are_a_graph_to_walk(question, expected):
    assert expected in Call(GRAPH, question).run()


def test_a_question_may_stand_at_the_end_of_the_text():
    text = f"{GRAPH}\n\nOperation:\nFind the parents of node b.\n\nGive it as Final Answer: [node1, node2]"
    answer = Call(text, "Carry out the operation at the end of the text.").run()
    assert answer.endswith("Final Answer: [api]")


@pytest.mark.parametrize(
    "question", ["Which problems are named in the document?", "How do I do a task at the end?"]
)
def test_a_question_about_questions_is_put_as_it_is(question):
    text = f"{GRAPH}\n\nThe problems are heat and noise.\n\nTask:\nFind the parents of node b."
    assert "with an arrow to" not in Call(text, question).run()


def test_last_chance_and_failure_give_words_not_code():
    context = prompts.summarize_context("The mill grinds rye.")
    first = prompts.first_message(question="What is ground?", context=context, depth=0, max_depth=1, iterations=2)
    messages = [("system", prompts.system_prompt(depth=0, max_depth=1)), ("user", first)]
    messages += [
        ("assistant", reply(messages)),
        ("user", "REPL output:\nThe mill grinds rye to flour; it is ground."),
    ]
    last_chance = prompts.last_chance_message("the budget is used up")
    last = reply([*messages, ("user", last_chance)])
    assert "```" not in last
    behind_output = reply([*messages[:-1], ("user", f"{messages[-1][1]}\n\n{last_chance}")])
    assert "rye to flour" in behind_output
    assert "```" not in behind_output
    summary = reply([*messages, ("user", prompts.compaction_message())])
    assert "rye to flour" in summary
    assert "```" not in summary
    failed = prompts.feedback([prompts.CellShown(error="NameError: docs", status="error")], iteration=2, of=4)
    plain = reply([*messages[:-1], ("user", failed)])
    assert "# Something went wrong" in plain


def test_a_follow_up_borrows_from_the_question_before():
    context = prompts.summarize_context("x")
    first = prompts.first_message(
        question="And in 1999?",
        context=context,
        depth=0,
        max_depth=1,
        iterations=1,
        history=[("Who built the engine?", "-")],
    )
    text = reply([("system", prompts.system_prompt(depth=0, max_depth=1)), ("user", first)])
    assert "'engine'" in text


# Whole runs: the real engine, REPL workers and the SDK


class Asked:
    def __init__(self, result: Any, events: list[ev.AnyEvent]) -> None:
        self.result, self.events = result, events
        self.answer: str = result.final_answer
        self.calls = [event for event in events if isinstance(event, ev.CallStarted)]

    def at(self, depth: int, kind: str) -> int:
        return sum(call.depth == depth and call.kind == kind for call in self.calls)


async def ask(context: Any, question: str, **options: Any) -> Asked:
    events: list[ev.AnyEvent] = []
    async with RLM(**options) as rlm:
        result = await rlm.arun(question, context=context, sinks=[events.append])
    assert result.success, result.error
    cells = [event for event in events if isinstance(event, ev.CellFinished)]
    assert all(cell.status == "ok" for cell in cells), [cell.traceback for cell in cells]
    return Asked(result, events)


REPORT = {
    "North": {"Freeland": [("Alba", 30), ("Brin", 45)], "Gorland": [("Corv", 12)]},
    "South": {"Hilland": [("Dorn", 71), ("Esk", 8)], "Inland": [("Fenn", 64), ("Gale", 70)]},
}


FILLER = "The summer was warm and the roads were dry. " * 60


def company_report() -> str:
    lines = ["# Report of the Example Company", "", "All is invented."]
    for region, countries in REPORT.items():
        lines += ["", f"## {region}", "", f"The region {region} did well."]
        for country, states in countries.items():
            lines += ["", f"### {country}", "", f"{country} has {len(states)} branches. " + FILLER]
            for state, revenue in states:
                lines += ["", f"#### {state}", "", f"Revenue in {state} was EUR {revenue} million in 2025. " * 2]
                lines += ["", f"The main risk named in {state} is a flood of type {state.lower()}x."]
    return "\n".join(lines)


async def test_highest_of_each_region_recurses_three_levels():
    asked = await ask(company_report(), "Which state has the highest revenue in each region?", max_depth=3)
    assert "| North | Brin | EUR 45 million |" in asked.answer
    assert "| South | Dorn | EUR 71 million |" in asked.answer
    assert asked.at(1, "rlm") == 2
    assert asked.at(2, "rlm") >= 4
    assert any(isinstance(event, ev.BatchStarted) and event.function == "rlm_query_batch" for event in asked.events)


async def test_risks_of_each_region_stand_under_its_heading():
    asked = await ask(company_report(), "What were the main risks named in each region?", max_depth=3)
    north, south = asked.answer.split("### South")
    assert all(f"{state.lower()}x" in north for state in ("Alba", "Brin", "Corv"))
    assert all(f"{state.lower()}x" in south for state in ("Dorn", "Esk", "Fenn", "Gale"))
    assert asked.at(2, "rlm") >= 4


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("# Wall\n\nTier A holds. Tier B lacks a layer.\n\nIn tier C nothing does; tier A is best.", "**3 tiers**"),
        ("| Tier | Height |\n|---|---|\n| Low | 1 |\n| High | 2 |\n| **All** | 3 |", "**2 tiers**"),
        ("Tier A holds. Tier Q is another matter.", "> Tier A holds."),
    ],
)
def test_what_is_named_is_counted(text, answer):
    assert answer in Call(text, "How many tiers are there?").run()


async def test_sums_and_averages():
    total = await ask(company_report(), "What is the total revenue of each region?", max_depth=1)
    assert "North: **EUR 87 million**" in total.answer
    assert "South: **EUR 213 million**" in total.answer
    assert "together: **EUR 300 million**" in total.answer
    mean = await ask(company_report(), "What is the average revenue per state?", max_depth=1)
    assert "EUR 42.86 million" in mean.answer


STAFF = "name,age,city\nAnna,31,Berlin\nBob,25,Paris\nCleo,47,Berlin\n"


@pytest.mark.parametrize(
    ("context", "question", "expected"),
    [
        (GRAPH, "What is the shortest path from x to e?", "**x → api → data → e**, 3 steps"),
        (STAFF, "Who has the highest age?", "| Cleo | 47 |"),
        (
            company_report(),
            "Which state has the highest revenue in each region?",
            "| North | Brin | EUR 45 million |",
        ),
        ({"a.md": company_report(), "b.md": "# Other"}, "What is the main risk named in Esk?", "of type eskx"),
        (company_report(), "Which headings speak of Esk?", "Esk (line "),
    ],
)
async def test_strict_mode_understands_the_cells(context, question, expected):
    pytest.importorskip("pydantic_monty")
    asked = await ask(context, question, max_depth=2, repl_mode="strict")
    assert expected in asked.answer
    assert "# Something went wrong" not in str(asked.events)


async def test_explicit_sub_calls_and_few_iterations():
    for options in ({"sub_calls": "explicit"}, {"max_iterations": 1}, {"max_iterations": 2, "max_depth": 1}):
        asked = await ask(company_report(), "What is the main risk named in Esk?", **options)
        assert "eskx" in asked.answer


async def test_several_documents_name_the_one_that_answers():
    context = {
        "alpha.txt": "The alpha engine was built by Mia Keller.",
        "beta.txt": "The beta engine was built by Tom Ford.",
    }
    asked = await ask(context, "Who built the beta engine?")
    assert "Tom Ford" in asked.answer.split("\n")[0]
    assert "**beta.txt**" in asked.answer


async def test_tables_are_computed():
    table = "name,age,city,salary\nAnna,31,Berlin,4000\nBob,25,Paris,3500\nCleo,47,Berlin,5200\n"
    for question, expected in (
        ("Who has the highest salary?", "Cleo"),
        ("How many people live in Berlin?", "**2** rows where city = Berlin"),
        ("What is the average age in Berlin?", "39.00"),
        ("Total salary by city", "Berlin: **9,200.00**"),
        ("How many different cities are there?", "**2** different values of city"),
        ("Which city has the most people?", "**Berlin** (2 of 3 rows)"),
        ("Which city has the fewest people?", "**Paris** (1 of 3 rows)"),
    ):
        asked = await ask(table, question)
        assert expected in asked.answer, question
    rows = await ask([{"name": "Ann", "score": 1}, {"name": "Ben", "score": 5}], "Who has the highest score?")
    assert "Ben" in rows.answer


async def test_a_table_among_other_texts_answers_only_what_its_columns_speak_of():
    context = {
        "staff.csv": "name,age,city\nAnna,31,Berlin\nBob,25,Paris\nCleo,47,Berlin\n",
        "news.xml": "<rss>\t<title>Kit: essential</title>\t<description>Packages: &lt;p&gt;must</description>",
        "rules.md": "The packages libc and dpkg must be essential.\n\n" + "The sea was calm that day.\n\n" * 40,
    }
    asked = await ask(context, "Which packages must be essential?")
    assert asked.answer.startswith("> The packages libc and dpkg must be essential.")
    asked = await ask(context, "Which name has the highest age?")
    assert "| Cleo | 47 |" in asked.answer


@pytest.mark.parametrize(
    ("context", "question", "expected"),
    [
        ("The sky is blue.", "What colour is the sky?", "The sky is blue."),
        ("The sky is blue.", "Who is the king of France?", "does not answer"),
        (" \n", "What colour is the sky?", "does not answer"),
        ("Köln wurde im Jahr 50 gegründet.\n\nEs regnet.", "Wann wurde Köln gegründet?", "im Jahr 50"),
        ("Es regnet.\n\nDas Öl kommt aus Riga.", "Woher kommt das Öl?", "Öl kommt aus Riga"),
        ("日本の首都は東京です。\n\n大阪は都市です。", "日本の首都はどこですか？", "東京"),
        (["Red is a colour.", "Ada Field wrote the book in 1871."], "Who wrote the book?", "Ada Field"),
        ("mail a@b.org and c@d.org", "List all e-mail addresses", "2 different e-mail addresses"),
    ],
)
async def test_small_and_foreign_texts(context, question, expected):
    assert expected in (await ask(context, question)).answer


async def test_the_word_of_the_question_counts_more_than_its_like():
    text = (
        "An example is Acme Canada, which it established in 1985.\n\n"
        'Acme was founded by [Bea Gold](/wiki/Bea_Gold_(engineer) "Bea Gold") in [Ulm](/wiki/Ulm "Ulm").\n\n'
        "Acme began a partnership with a fishery."
    )
    assert (await ask(text, "Who founded Acme?")).answer.startswith("> Acme was founded by")


async def test_a_word_that_never_occurs_is_named():
    asked = await ask(
        "The daemon starts at noon by default.\n\nIt rains.", "What is the default umask of the daemon?"
    )
    assert "starts at noon" in asked.answer
    assert "*Nowhere in the text: “umask”." in asked.answer


def test_what_a_page_is_about_wants_a_summary_and_its_title_no_headings():
    for question in ("What is this page about?", "What is this about?", "What are these documents about?"):
        assert is_gist(question), question
    assert not is_gist("What is the rule about berths?")
    assert asks_for_headings("What is the title of the feed?") is None
    assert asks_for_headings("List all section titles") == ""


async def test_categories_are_called_estimates():
    lines = ["Each question belongs to one of these categories: 'human being', 'location', 'numeric value'."]
    lines += [
        f"User: {number % 2} || Instance: {text} ?" for number, text in enumerate(["Who is it", "Where is it"] * 4)
    ]
    asked = await ask("\n".join(lines), "How many questions have the label 'location'?", max_depth=1)
    assert "**location: 4**" in asked.answer
    assert "estimated" in asked.answer
