"""Questions about a table: which columns they mean, what to compute, which rows to keep."""

from __future__ import annotations

import re

from rlm_desktop.engine.offline import asks
from rlm_desktop.engine.offline.cells import Code, cell, terms_literal
from rlm_desktop.engine.offline.conversation import loads
from rlm_desktop.engine.offline.query import Query, understand
from rlm_desktop.engine.offline.questions import group_of, operation_of

_QUOTED = re.compile(r"[\"“‘'`]([^\"”’'`\n]{1,60})[\"”’'`]")
_VALUE_LIKE = re.compile(r"\b(?:\d[\w.-]*|[A-ZÀ-Þ][\w&.-]*(?: [A-ZÀ-Þ][\w&.-]*)*)\b")
_DISTINCT = re.compile(
    r"\bhow many (?:different|distinct|unique)\b|\b(?:list|what are"
    r"|which are) (?:all )?(?:the )?(?:different|distinct|unique)\b",
    re.I,
)
_COMMON = re.compile(r"\bmost (?:common|frequent\w*|often)\b|\b(?:appears?|occurs?) (?:the )?most\b", re.I)
_RARE = re.compile(r"\bleast (?:common|frequent\w*|often)\b|\brarest\b", re.I)
_COUNT = re.compile(r"\bhow many\b|\bcount\b|\bnumber of\b|\bwie ?viele?\b|\bcombien\b|\bcuánt\w+\b", re.I)
_MOST_ROWS = re.compile(
    r"\b(?:which|what)\s+(?P<item>[\w-]+)\s+[\w-]+\s+(?:the\s+)?"
    r"(?:(?:most|highest number of|largest number of)|(?P<fewest>fewest|least|(?:lowest|smallest) number of))"
    r"\s+(?P<counted>[\w-]+)",
    re.I,
)
"""`Which year has the most papers`: where no column holds papers, they are the rows."""
_CATEGORIES = re.compile(
    r"(?:categories|labels|classes)\b[^:\n]{0,30}:\s*((?:['\"][^'\"\n]+['\"](?:, | or | and |, and )?)+)", re.I
)
_WHICH = re.compile(r"^\s*(?:which|what|list(?: all)?(?: the)?)\s+\w+", re.I)
"""`Which papers`: what a row is says nothing about which row."""
_BEGINS = re.compile(r"^begins: (.*)$", re.M)
_SEEN = re.compile(r'^== "(?:[^"\\]|\\.)*": ([\d,]+) characters|^table: (\[.*\])$', re.M)
_ASKS_LABEL = re.compile(r"\b(?:label|category|categories|labels|class|classified)\b", re.I)


def table_columns(query: Query, output: str) -> list[str]:
    """The columns to answer from, as the look at the context printed them; none where rows are not the place.

    Rows are the place when they are most of the text, or when a table among other texts has columns that the
    question speaks of.
    """
    texts: list[tuple[int, list[str]]] = []
    for characters, header in _SEEN.findall(output):
        if characters:
            texts.append((int(characters.replace(",", "")), []))
        elif texts:
            texts[-1][1].extend(str(name) for name in loads(header) or ())
    is_mostly_rows = 2 * sum(size for size, names in texts if names) > sum(size for size, _ in texts)
    fitting = [names for _, names in texts if names and (is_mostly_rows or _speaks_of(query, names))]
    return list(dict.fromkeys(name for names in fitting for name in names))


def _speaks_of(query: Query, columns: list[str]) -> bool:
    found = query.matches(" ".join(name.replace("_", " ") for name in columns))
    return 2 * sum(query.terms[term].weight * share for term, share in found.items()) >= query.total > 0


def table_stage(question: str, columns: list[str], query: Query) -> str:
    """The cell that answers a question from rows with these columns."""
    by = re.search(r"\b(?:by|per|for each|in each)\s+([\w-]+)", question, re.I)
    value, group = _value_column(question, columns), _column(group_of(question) or (by[1] if by else ""), columns)
    operation = operation_of(question)
    most = _MOST_ROWS.search(question)
    if most and not _column(most["counted"], columns) and (item := _column(most["item"], columns)):
        value, group, operation = item, "", "rare" if most["fewest"] else "common"
    for name, pattern in (("distinct", _DISTINCT), ("common", _COMMON), ("rare", _RARE)):
        if pattern.search(question):
            operation = name
            break
    else:
        if _COUNT.search(question) and operation not in ("max", "min", "common", "rare"):
            operation = "count"
    if operation in ("max", "min", "sum", "mean") and not value:
        operation = "list"
    operation = operation or "list"
    return cell(
        "rows",
        operation=operation,
        value=value,
        group=group if group != value else "",
        filters=_filters(question, columns),
        terms=terms_literal(understand(_WHICH.sub(" ", question)) if operation == "list" else query),
    )


def labels_in(question: str, output: str) -> list[str]:
    """The categories that the context announces, when the question is about categories that no column gives."""
    for line in _BEGINS.findall(output):
        match = _CATEGORIES.search(str(loads(line)))
        names = [name.strip() for name in _QUOTED.findall(match[1])] if match else []
        if names and (_ASKS_LABEL.search(question) or any(name.lower() in question.lower() for name in names)):
            return names
    return []


def label_stages(question: str, columns: list[str], labels: list[str]) -> list[tuple[str, str]]:
    """Prose and code of the stages that estimate a category for each record and count them."""
    asked = [name for name in labels if name.lower() in question.lower()]
    operation = "pairs" if re.search(r"\bpairs?\b", question, re.I) else ""
    operation = operation or (
        "common" if _COMMON.search(question) else "rare" if _RARE.search(question) else "count"
    )
    filters = [word for word in _filters(question, columns) if word not in labels]
    instruction = asks.LABELS.format(labels=", ".join(f"'{name}'" for name in labels))
    body = next(
        (name for name in columns if name.lower() in ("instance", "text", "question", "review", "body")), ""
    )
    return [
        (
            "The records have no column with the category, so sub-calls have to judge each of them.",
            cell("label", labels=labels, instruction=instruction, body=body, function=Code("llm_query_batch")),
        ),
        (
            "With a category for each record, code does the counting.",
            cell("labels", filters=filters, asked=asked, operation=operation),
        ),
    ]


def _column(noun: str, columns: list[str]) -> str:
    """The column that a noun of the question names."""
    query = understand(noun)
    scored = [(sum(query.matches(name.replace("_", " ")).values()), -place) for place, name in enumerate(columns)]
    best, place = max(scored, default=(0.0, 0))
    return columns[-place] if query.terms and best > 0 else ""


def _value_column(question: str, columns: list[str]) -> str:
    """The column that the question measures: behind the superlative or aggregate if there is one."""
    match = re.search(
        r"\b(?:\w+est|most|least|total|sum of|average|mean|top|different|distinct|unique|common)\b\s+(.{1,60})",
        question,
        re.I,
    )
    group = group_of(question)
    tail = re.split(r"\b(?:by|per|for each|in each|of each)\b", match[1])[0] if match else ""
    return _column(tail, columns) or _column(question.replace(group, " ") if group else question, columns)


def _filters(question: str, columns: list[str]) -> list[str]:
    """Words of the question that look like values: quoted, numbers, names; not the names of columns."""
    known = {name.lower() for name in columns}
    found = [match.strip() for match in _QUOTED.findall(question)]
    rest = _QUOTED.sub(" ", question)
    first = re.match(r"\s*\S+", rest)
    body = rest[first.end() :] if first else rest
    found += [match for match in _VALUE_LIKE.findall(body) if match.lower() not in known]
    return list(dict.fromkeys(word for word in found if len(word) > 1))
