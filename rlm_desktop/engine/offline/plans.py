"""Which cells answer which question: the stages of an rlm call of depth 0."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rlm_desktop.engine.offline import asks
from rlm_desktop.engine.offline.cells import Code, cell, first_letters, terms_literal
from rlm_desktop.engine.offline.conversation import Conversation, loads
from rlm_desktop.engine.offline.links import links_to_follow
from rlm_desktop.engine.offline.query import Query, understand
from rlm_desktop.engine.offline.questions import (
    Figures,
    asks_for_headings,
    figures_to_compare,
    form_to_collect,
    group_of,
    kind_to_count,
    unit_to_measure,
    wants_many,
    without_group,
    word_to_count,
)
from rlm_desktop.engine.offline.sub_call import is_gist
from rlm_desktop.engine.offline.tables import label_stages, labels_in, table_columns, table_stage

_SMALL = 40_000
"""Characters up to which everything is read, not only what a search finds."""
_MOST_PIECES = 12
_LEVEL = re.compile(r"^level (\d+): (\d+) headings, as (\[.*\])$", re.M)


@dataclass(frozen=True, slots=True)
class Stage:
    """One cell with the sentence that introduces it."""

    prose: str
    code: str


def plan(conversation: Conversation) -> list[Stage]:
    """The stages that answer the question, as far as the output seen so far tells; the last one finishes."""
    question = conversation.question or ""
    query = query_of(conversation)
    return [_look(conversation), *_answering(conversation, question, query), _finish()]


def query_of(conversation: Conversation) -> Query:
    """The question's terms; a short follow-up borrows those of the question before it."""
    question = conversation.question or ""
    query = understand(question, conversation.head)
    if conversation.earlier and query.total < 2.0:
        return understand(f"{question} {conversation.earlier[-1]}", conversation.head)
    return query


def _answering(conversation: Conversation, question: str, query: Query) -> list[Stage]:
    if word := word_to_count(question):
        return [Stage("Counting is for code, not for a model.", cell("count", word=word))]
    if unit := unit_to_measure(question):
        return [Stage("The text itself can be measured by code.", cell("measure", wanted=unit))]
    if (about := asks_for_headings(question)) is not None:
        code = cell("headings", terms=terms_literal(understand(about)))
        return [Stage("Headings are found by their form; which ones fit is told by their words.", code)]
    if form := form_to_collect(question):
        return [Stage(f"A regular expression finds {form[0]}.", cell("collect", kind=form[0], pattern=form[1]))]
    if links := links_to_follow(question, conversation.outputs):
        code = cell(
            "links", question=question, operation=links.operation, steps=links.steps, within=links.is_within
        )
        return [Stage("The text's arrows are a graph: code can walk it.", code)]
    columns = table_columns(query, conversation.outputs)
    labels = labels_in(question, conversation.outputs)
    if columns and labels:
        return [Stage(prose, code) for prose, code in label_stages(question, columns, labels)]
    if columns:
        return [Stage("It is a table: code can answer from its rows.", table_stage(question, columns, query))]
    if is_gist(question):
        return _gist(question)
    if (noun := kind_to_count(question)) and "no names found" not in conversation.outputs:
        code = cell("kinds", noun=noun, called=_pattern(noun))
        return [Stage(f"Code can count the {noun} that the text names.", code)]
    group = group_of(question)
    figures = figures_to_compare(question)
    if figures and "no figures found" not in conversation.outputs:
        return _figures(conversation, question, figures)
    if group:
        return _grouped(conversation, question, group)
    return _passages(question, query)


def _look(conversation: Conversation) -> Stage:
    name, kind = conversation.documents[0] if len(conversation.documents) == 1 else ("context", "")
    is_tabular = kind in ("csv", "tsv", "table", "xlsx", "xls") or name.lower().endswith((".csv", ".tsv", ".xlsx"))
    return Stage(
        "I begin with a look at the context: what it is, how long, and how it is built.",
        cell("look", name=name, tabular=is_tabular),
    )


def _passages(question: str, query: Query) -> list[Stage]:
    many = wants_many(question)
    most = 2 * _MOST_PIECES if many else _MOST_PIECES
    find = cell(
        "find",
        question=question,
        terms=terms_literal(query),
        first=first_letters(query),
        small=_SMALL,
        most=most,
    )
    return [
        Stage("Not everything in it needs reading: a search tells which parts speak of the question.", find),
        _ask(asks.QUOTES, "llm_query_batch"),
        Stage(
            "What the sub-calls quoted must stand in the text; the best of it is the answer.",
            f"{cell('proof')}\n\n{cell('judge', most=15 if many else 4)}",
        ),
    ]


def _gist(question: str) -> list[Stage]:
    return [
        Stage("A summary has to see all of it, part by part.", cell("parts", question=question)),
        _ask(asks.GIST, "llm_query_batch"),
        Stage("The parts' sentences together are the summary.", f"{cell('proof')}\n\n{cell('summary')}"),
    ]


def _figures(conversation: Conversation, question: str, figures: Figures) -> list[Stage]:
    level, function = _split(conversation, figures.group)
    instruction = asks.VALUES.format(item=figures.item, measure=figures.measure)
    compare = cell(
        "figures",
        item=figures.item,
        measure=figures.measure,
        operation=figures.operation,
        grouped=bool(figures.group),
        group=figures.group,
        pattern=_pattern(figures.item),
    )
    return [
        Stage("I split the text along its headings.", _split_at(question, level, figures.group)),
        _ask(instruction, function),
        Stage("The figures that came back can be compared by code.", compare),
    ]


def _grouped(conversation: Conversation, question: str, group: str) -> list[Stage]:
    level, function = _split(conversation, group)
    code = cell("grouped", most=8)
    inner = without_group(question)
    return [
        Stage(f"The question goes through each {group}: I split there.", _split_at(inner, level, group)),
        _ask(asks.QUOTES.replace("at most 4", "at most 8"), function),
        Stage("Each part's quotations stand under its heading.", f"{cell('proof')}\n\n{code}"),
    ]


def _split_at(question: str, level: int, group: str) -> str:
    return cell("split", question=question, level=level, named=_pattern(group))


def _pattern(noun: str) -> str:
    """A regular expression for a noun of the question; one that matches nothing for none."""
    terms = understand(noun).terms
    return terms[0].pattern if terms else r"(?!)"


def _ask(instruction: str, function: str) -> Stage:
    deeper = " They have parts of their own, so each becomes an RLM." if function.startswith("rlm") else ""
    return Stage(
        f"These pieces go to sub-calls, each with the question and its place.{deeper}",
        cell("ask", instruction=instruction, function=Code(function)),
    )


def _finish() -> Stage:
    return Stage("The candidate answer holds.", cell("finish"))


def _split(conversation: Conversation, group: str) -> tuple[int, str]:
    """The level of headings at which to split, and the function to ask the pieces with."""
    levels = _levels(conversation.outputs)
    named = understand(group) if group else None
    level = next(
        (at for at, _, titles in levels if named and named.terms and any(named.matches(title) for title in titles)),
        next((at for at, count, _ in levels if count > 1), 1),
    )
    is_nested = sum(1 for at, count, _ in levels if at > level and count > 1) >= 1
    return level, "rlm_query_batch" if is_nested and conversation.levels_below else "llm_query_batch"


def _levels(output: str) -> list[tuple[int, int, list[str]]]:
    """Level, count and first titles of the headings, as the look at the context printed them."""
    found: dict[int, tuple[int, list[str]]] = {}
    for at, count, titles in _LEVEL.findall(output):
        before = found.get(int(at), (0, []))
        found[int(at)] = (before[0] + int(count), before[1] + [str(title) for title in loads(titles) or ()])
    return [(at, count, titles) for at, (count, titles) in sorted(found.items())]
