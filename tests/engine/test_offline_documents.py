"""The offline model on real documents and tasks; skips where the shared data is absent."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from rlm_desktop.engine import events as ev
from rlm_desktop.engine.rlm import RLM
from tests.conftest import PROJECT, SHARED_DATA

pytestmark = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the shared data {SHARED_DATA} is not here")


async def ask(context: Any, question: str, **options: Any) -> tuple[str, list[ev.AnyEvent]]:
    events: list[ev.AnyEvent] = []
    async with RLM(**options) as rlm:
        result = await rlm.arun(question, context=context, sinks=[events.append])
    assert result.success, result.error
    return result.final_answer or "", events


def plain_calls(events: list[ev.AnyEvent]) -> int:
    return sum(isinstance(event, ev.CallStarted) and event.depth > 0 for event in events)


@pytest.fixture(scope="module")
def policy() -> str:
    return (SHARED_DATA / "documents" / "debian-policy.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "What ownership and permissions must directories below /usr/local have?",
            ['permissions 2775\n(group-writable and set-group-id) and be owned by "root:staff"', "9.1.2"],
        ),
        (
            "When is the old postinst called with abort-upgrade?",
            [
                "*old-postinst* abort-upgrade *new-version*",
                "6.6. Details of unpack phase",
                "is called. If this works",
            ],
        ),
        ("Who wrote the manual originally?", ["Ian Jackson"]),
        ("What is the boiling point of tungsten?", ["does not answer", "“tungsten” (0 times)"]),
        ("How many times does the word lintian occur?", ["**“lintian” occurs 3 times**"]),
        ("List all section headings about conffiles", ['4.2.5. "Conffiles"', "10.7.3. Behavior"]),
        ("Summarise this document.", ["This manual describes the policy requirements"]),
    ],
)
async def test_debian_policy(policy, question, expected):
    answer, events = await ask(policy, question)
    for text in expected:
        assert " ".join(text.split()) in answer
    assert plain_calls(events) <= 40


async def test_quotations_stand_in_the_document_at_the_place_given(policy):
    answer, _ = await ask(policy, "What ownership and permissions must directories below /usr/local have?")
    for part in answer.split("\n\n> "):
        quote, _, place = part.removeprefix("> ").partition("\n\n— ")
        offset = int(place.split("character ")[1].split("\n")[0].replace(",", "")) - 1
        assert " ".join(policy[offset : offset + 900].split()).startswith(quote)


async def test_one_document_of_several(policy):
    context = {"guide.md": (PROJECT / "resources/guide/user-guide.md").read_text("utf-8"), "policy.txt": policy}
    answer, _ = await ask(context, "When is the old postinst called with abort-upgrade?", max_depth=1)
    assert "**policy.txt**" in answer.split("\n\n")[1] + answer.split("\n\n")[2]


async def test_csv():
    text = (SHARED_DATA / "documents" / "corpus_deduplicated_20260408.csv").read_text(encoding="utf-8")
    assert "**25** rows where year = 2024" in (await ask(text, "How many papers were published in 2024?"))[0]
    assert "Deception of Large Language Models" in (await ask(text, "Which papers deal with deception?"))[0]


@pytest.mark.parametrize("name", ["n50", "n750"])
async def test_oolong_like_counts_are_near_and_called_estimates(name):
    folder = SHARED_DATA / "tasks"
    text = (folder / f"{name}.txt").read_text(encoding="utf-8")
    for question in json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["questions"]:
        if "pairs" in question["q"]:
            continue
        answer, _ = await ask(text, question["q"], max_depth=1)
        assert "estimated" in answer
        if isinstance(question["answer"], int):
            given = int(answer.split("**")[1].rpartition(" ")[2].replace(",", ""))
            assert abs(given - question["answer"]) <= max(5, 0.25 * question["answer"])
        else:
            assert answer.startswith(f"**{question['answer']}**")


async def test_quotations_of_a_pdf_name_the_page():
    async with RLM() as rlm:
        result = await rlm.arun(
            "When is the old postinst called with abort-upgrade?",
            documents=[SHARED_DATA / "documents" / "debian-policy.pdf"],
        )
    assert result.success, result.error
    assert re.search(r"\*\*debian-policy\.pdf\*\*, [^\n]*page \d+, line \d+, character", result.final_answer or "")


async def test_graphs_are_walked_and_what_no_text_holds_is_not_made_up() -> None:
    folder = SHARED_DATA / "tasks"
    graphs = [json.loads(line) for line in (folder / "graphwalks.jsonl").read_text().splitlines()]
    for graph in graphs[::3]:
        answer, _ = await ask(graph["prompt"], "Carry out the operation that stands at the end of the text.")
        found = re.search(r"Final Answer: \[(.*)\]$", answer)
        assert found is not None
        assert sorted(found[1].split(", ")) == sorted(graph["answer_nodes"])
    text = json.loads((folder / "haystacks.jsonl").read_text().splitlines()[0])["haystack"]
    question = json.loads((folder / "questions.jsonl").read_text().splitlines()[0])["question"]
    answer, _ = await ask(text, question)
    assert "does not answer this question" in answer  # its labels stand nowhere in the text
