"""The offline model as a server, and as sub-call."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import AsyncOpenAI

from rlm_desktop.engine.offline import OFFLINE_LABEL, OFFLINE_MODEL, OfflineTransport, asks
from rlm_desktop.engine.offline.model import reply
from rlm_desktop.engine.offline.query import understand
from rlm_desktop.engine.offline.sub_call import answer
from rlm_desktop.engine.offline.task import separate
from rlm_desktop.engine.offline.values import values

POEM = "Roses are red.\n\nViolets were planted by Ada Field in 1871.\n\nThe garden is closed on Mondays."


def sub_client(**options: float) -> AsyncOpenAI:
    http = httpx2.AsyncClient(transport=OfflineTransport(**options))
    return AsyncOpenAI(api_key="offline", base_url="http://offline.invalid/v1", http_client=http, max_retries=0)


@pytest.fixture
async def client() -> AsyncIterator[AsyncOpenAI]:
    async with sub_client() as opened:
        yield opened


def user(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def prompt(ask: str, question: str, text: str) -> str:
    return f"{ask}\n\nQuestion: {question}\nPlace: somewhere\n\n<text>\n{text}\n</text>"


async def test_completion_with_usage(client):
    completion = await client.chat.completions.create(
        model=OFFLINE_MODEL, messages=user(f"Who planted violets?\n\n{POEM}")
    )
    choice = completion.choices[0]
    assert "planted by Ada Field in 1871" in choice.message.content
    assert choice.finish_reason == "stop"
    assert completion.usage.prompt_tokens > 20
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


async def test_stream_adds_up_to_the_completion(client):
    messages = user(f"Who planted violets?\n\n{POEM}")
    whole = await client.chat.completions.create(model=OFFLINE_MODEL, messages=messages)
    stream = await client.chat.completions.create(
        model=OFFLINE_MODEL, messages=messages, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert (
        "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole.choices[0].message.content
    )
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].choices[0].finish_reason == "stop"


async def test_content_in_parts_and_a_limit_on_tokens(client):
    parts = [{"type": "text", "text": "Who planted violets?"}, {"type": "text", "text": f"\n{POEM}"}]
    completion = await client.chat.completions.create(
        model=OFFLINE_MODEL, messages=[{"role": "user", "content": parts}], max_completion_tokens=3
    )
    assert completion.choices[0].finish_reason == "length"
    assert completion.usage.completion_tokens == 3


async def test_models(client):
    models = [model.id async for model in client.models.list()]
    assert models == [OFFLINE_MODEL]
    assert (await client.models.retrieve(OFFLINE_MODEL)).id == OFFLINE_MODEL
    assert OFFLINE_LABEL == "Offline (extractive, no language model)"


async def test_errors_as_a_server_gives_them(client):
    with pytest.raises(openai.NotFoundError) as wrong_model:
        await client.chat.completions.create(model="gpt-5", messages=user("Hello?"))
    assert wrong_model.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(model=OFFLINE_MODEL, messages=[])
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model=OFFLINE_MODEL, input="x")
    async with httpx2.AsyncClient(transport=OfflineTransport()) as http:
        url = "http://offline.invalid/v1/chat/completions"
        assert (await http.post(url, content=b"{not json")).status_code == 400
        assert (await http.post(url, content=b"\xff\xfe")).status_code == 400
        assert (await http.get(url)).status_code == 405


async def test_latency_and_rate_hold_the_reply_back():
    async with sub_client(latency=0.05, tokens_per_second=200) as client:
        begin = time.monotonic()
        completion = await client.chat.completions.create(model=OFFLINE_MODEL, messages=user(f"Who?\n\n{POEM}"))
        least = 0.05 + completion.usage.completion_tokens / 200
        assert time.monotonic() - begin >= least
        begin = time.monotonic()
        stream = await client.chat.completions.create(
            model=OFFLINE_MODEL, messages=user(f"Who?\n\n{POEM}"), stream=True
        )
        assert len([chunk async for chunk in stream]) > 10
        assert time.monotonic() - begin >= least * 0.95


async def test_many_at_once_keep_apart(client):
    async def ask(number: int) -> str:
        text = f"What is the number of box {number}?\n\nBox {number} has the number {number * 7}."
        completion = await client.chat.completions.create(model=OFFLINE_MODEL, messages=user(text))
        return completion.choices[0].message.content

    replies = await asyncio.gather(*(ask(number) for number in range(50)))
    assert all(f"has the number {number * 7}." in text for number, text in enumerate(replies))


async def test_a_large_prompt_is_answered_in_threads_of_its_own(client):
    await client.chat.completions.create(model=OFFLINE_MODEL, messages=user("Hello?"))  # the SDK's own start
    text = "The river is long and the road is short. " * 12_000 + "\n\nThe bridge was opened in 1931."
    release = threading.Event()
    loop = asyncio.get_running_loop()
    blocked = [loop.run_in_executor(None, release.wait) for _ in range(40)]  # the default pool is full
    try:
        async with asyncio.timeout(60):
            completion = await client.chat.completions.create(
                model=OFFLINE_MODEL, messages=user(f"When was the bridge opened?\n\n{text}")
            )
    finally:
        release.set()
        await asyncio.gather(*blocked)
    assert "1931" in completion.choices[0].message.content


def test_the_package_is_light_until_the_transport_is_wanted(run_python):
    code = "import sys, rlm_desktop.engine.offline as o; o.OFFLINE_LABEL; print('httpx2' in sys.modules)"
    assert run_python(code) == "False"


@pytest.fixture
def run_python():
    import subprocess
    import sys

    def run(code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()

    return run


# As sub-call


def test_quotes_the_passage_that_answers():
    assert answer(prompt(asks.QUOTES, "Who planted the violets?", POEM)) == (
        "> Violets were planted by Ada Field in 1871."
    )


def test_says_plainly_that_nothing_fits():
    assert answer(prompt(asks.QUOTES, "What is the boiling point of tungsten?", POEM)) == "NOTHING FOUND"
    assert answer(f"What is the boiling point of tungsten?\n\n{POEM}").startswith("NOTHING FOUND")
    assert "no text to answer from" in answer("What is the boiling point of tungsten?")


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Who leads the office?", "The office is led by Ximena Sandoval. It is large.", "led by Ximena"),
        ("What are the permissions of the directory?", "Directories have mode 2775.\n\nIt rains.", "2775"),
        ("Wann wurde Köln gegründet?", "Es regnet oft.\n\nKöln wurde im Jahr 50 gegründet.", "im Jahr 50"),
        ("Woher kommt das Öl?", "Es regnet.\n\nDas Öl kam aus Riga.", "Riga"),
        ("What was bought?", "It rains.\n\nThey buy only sand here.", "sand"),
        ("Who buys sand?", "It rains.\n\nAda bought all the sand.", "Ada"),
        ("Quand le pont a-t-il été ouvert ?", "Il pleut.\n\nLe pont fut ouvert en 1931.", "1931"),
        ("日本の首都はどこですか？", "日本の首都は東京です。\n\n大阪は都市です。", "東京"),
        ("Когда открыт мост?", "Идёт дождь.\n\nМост был открыт в 1931 году.", "1931"),
    ],
)
def test_finds_words_by_their_stems_in_several_languages(question, text, expected):
    assert expected in answer(prompt(asks.QUOTES, question, text)).splitlines()[0]


def test_list_items_and_rows_belong_to_what_introduces_them():
    text = "Risks in Bavaria:\n\n- **Lease.** It ends in June.\n- **Staff.** Many retire.\n\nOutlook: good."
    assert set(answer(prompt(asks.QUOTES, "Which risks are named?", text)).splitlines()) == {
        "> - **Lease.** It ends in June.",
        "> - **Staff.** Many retire.",
    }
    table = "| City | Inhabitants |\n|---|---|\n| Bonn | 330,000 |\n| Ulm | 127,000 |"
    assert answer(prompt(asks.QUOTES, "How many inhabitants has Ulm?", table)) == "> | Ulm | 127,000 |"


def test_a_command_between_two_half_sentences_stays_with_them():
    text = "If that works, then\n\n   old-postinst abort-upgrade\n\nis called. It then ends."
    assert answer(prompt(asks.QUOTES, "When is old-postinst abort-upgrade called?", text)) == (
        "> If that works, then old-postinst abort-upgrade is called. It then ends."
    )


def test_summary_is_made_of_sentences_of_the_text():
    text = "The mill was built in 1820 by the river. " * 2 + "The mill by the river grinds rye for the town."
    lines = answer(prompt(asks.GIST, "Summarise this.", text)).splitlines()
    assert lines
    assert all(line.removeprefix("> ") in text for line in lines)
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize(
    "text",
    [
        "### Ohio\n\nRevenue rose from EUR 3 million to EUR 4 million\n\n### Utah\n\nThe revenue: EUR 5 million.",
        "#### State: Ohio\n\nRevenue: EUR 4 million.\n\n#### State: Utah\n\nThe revenue fell 3% to EUR 5 million.",
        "3.1 Ohio\n\nThe revenue was EUR 4 million.\n\n3.2 Utah\n\nThe revenue was EUR 5 million.",
        "- Ohio: revenue EUR 4 million\n- Utah: revenue EUR 5 million",
        "| State | Revenue 2024 | Revenue 2025 |\n|---|---|---|\n| Ohio | 1 | EUR 4 million |\n"
        "| Utah | 2 | EUR 5 million |\n| **All** | 3 | EUR 9 million |",
    ],
)
def test_values_from_headings_lists_and_tables(text):
    assert values("state", "revenue", text) == [("Ohio", "EUR 4 million"), ("Utah", "EUR 5 million")]
    ask = asks.VALUES.format(item="state", measure="revenue")
    assert answer(prompt(ask, "Which state?", text)) == "Ohio | EUR 4 million\nUtah | EUR 5 million"


def test_categories_by_cue_words():
    ask = asks.LABELS.format(labels="'human being', 'location', 'numeric value', 'entity'")
    text = "1 Who was it ?\n2 Where is it ?\n3 How many are there ?\n4 What game is it ?"
    assert answer(prompt(ask, "", text).replace("Question: \n", "")) == (
        "1 | human being\n2 | location\n3 | numeric value\n4 | entity"
    )


@pytest.mark.parametrize(
    ("text", "question", "body"),
    [
        (
            "What colour is the sky?\n\nThe sky is blue.\nGrass is green.",
            "What colour is the sky?",
            "The sky is blue.",
        ),
        ("The sky is blue.\n\nGrass is green.\n\nWhat colour is the sky?", "What colour is the sky?", "The sky"),
        ("Text:\nThe sky is blue.\n\nQuestion: What colour is it?", "What colour is it?", "The sky is blue."),
        ("Question: What colour?\nContext: The sky is blue today.", "What colour?", "The sky is blue today."),
        ("Answer this: what colour?\n```\nThe sky is blue.\n```", "Answer this: what colour?", "The sky is blue."),
        ("<document>\nThe sky is blue.\n</document>\nWhat colour?", "What colour?", "The sky is blue."),
        ("Summarise: The sky is blue. The grass is green.", "Summarise:", "The sky is blue."),
    ],
)
def test_instruction_and_text_are_told_apart(text, question, body):
    task = separate(text)
    assert task.question == question
    assert task.text.startswith(body)


@pytest.mark.parametrize("piece", ["<text>", "<text ", "</text>", "```a\n", "----\n", "=====a\n"])
def test_marks_that_nothing_closes_are_read_in_linear_time(piece):
    assert separate(f"Which colour?\n\n{piece * 100_000}").question == "Which colour?"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=600), st.sampled_from([asks.QUOTES, asks.GIST, asks.VALUES, asks.LABELS, "{}"]))
def test_any_prompt_gets_a_reply(text, ask):
    for message in (text, prompt(ask, text[:80], text)):
        first = reply([("user", message)])
        assert first.strip()
        assert first == reply([("user", message)])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["The mill grinds rye.", "# Mill", "- rye:", "| a | b |", "", "mill\n===="]), max_size=12
    )
)
def test_quotations_stand_in_the_text(lines):
    text = "\n".join(lines)
    for line in answer(prompt(asks.QUOTES, "What does the mill grind?", text)).splitlines():
        if line.startswith("> "):
            assert " ".join(line[2:].split()) in " ".join(text.split())


@pytest.mark.parametrize(
    "word", ["Acme", "settings", "running", "body", "copy", "used", "July", "set", "café", "try"]
)
def test_the_pattern_of_a_word_finds_the_word(word: str) -> None:
    terms = understand(f"Where does the manual speak of {word} in the year of the flood?").terms
    found = next(term for term in terms if term.shown == word)
    assert re.fullmatch(found.pattern, word, re.I)
    assert not re.search(found.pattern, f"{word[:2]}xylophone", re.I)
