"""Names with a figure each, as the revenue of each state: from tables, headings or prose."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

from rlm_desktop.engine.offline.passages import passages
from rlm_desktop.engine.offline.query import Query, understand
from rlm_desktop.engine.offline.text import Section, sections, sentences

NUMBER = re.compile(
    r"(?:(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF))\s?)?(?<![\w.])[-+−]?\d[\d,.'’\u00a0\u202f]*\d?(?:\s?%|\s?percent\b)?"
    r"(?:\s?(?:million|billion|trillion|thousand|mn|bn|tn|m|k)\b)?(?:\s?(?:[$€£¥]|(?:EUR|USD|GBP|CHF"
    r"|euros?|dollars?|people|"
    r"employees|km²?|tonnes?|hours?|years?|days?)\b))?",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d[.,]?$")
_RELATIVE = re.compile(r"\b(?:growth|rates?|shares?|margins?|percent\w*|change|increase|decrease)\b|%", re.I)
_NAME = re.compile(
    r"(?:(?:the|The) )?([A-ZÀ-Þ][\w'’-]*(?:[ -](?:of|and|de|la|upon|am|der) [A-ZÀ-Þ][\w'’-]*"
    r"|[ -][A-ZÀ-Þ][\w'’-]*)*)"
)
_LEADING = re.compile(r"\s*(?:[-*•+]|\d{1,3}[.)])?\s*\**([^:|—–=\n]{2,60}?)\**\s*(?:[:|=]|—|–|\s-\s)")


def values(item: str, measure: str, text: str) -> list[tuple[str, str]]:
    """Each `item` of a text with its `measure` as the text writes it, in the order of the text."""
    wanted = understand(measure)
    kind = understand(item)
    for found in (_from_tables(kind, wanted, text), _from_headings(kind, wanted, text), _from_prose(wanted, text)):
        if found:
            return found
    return []


def figure(query: Query, text: str) -> str:
    """The figure that a passage gives for the measure: the first number behind its words that is no bare year."""
    best, best_cover = "", 0.0
    for sentence in sentences(" ".join(text.split())):
        found = query.matches(sentence)
        cover = sum(query.terms[index].weight * strength for index, strength in found.items())
        if cover <= best_cover or cover < 0.5 * query.total:
            continue
        at = min((_position(query, index, sentence) for index in found), default=0)
        numbers = [match for match in NUMBER.finditer(sentence) if not _YEAR.match(match[0].strip())]
        if not _RELATIVE.search(query.question):
            numbers = [match for match in numbers if "%" not in match[0] and "percent" not in match[0]] or numbers
        after = [match for match in numbers if match.start() >= at] or numbers[::-1]
        if after:
            best, best_cover = _latest(sentence, after).strip().rstrip(".,"), cover
    return best


def _latest(sentence: str, numbers: list[re.Match[str]]) -> str:
    """The first number; the second where the sentence goes `from` the first `to` the second."""
    first, second = numbers[0], numbers[min(1, len(numbers) - 1)]
    before, between = sentence[: first.start()], sentence[first.end() : second.start()]
    is_change = re.search(r"\bfrom\s*$", before) and re.fullmatch(r"[\s,]*to\s*(?:about |nearly )?", between)
    return second[0] if is_change else first[0]


def _position(query: Query, index: int, sentence: str) -> int:
    match = re.search(query.terms[index].pattern, sentence, re.I)
    return match.start() if match else 0


def _unique(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    table: dict[str, str] = {}
    for name, value in rows:
        if name and value:
            table.setdefault(name, value)
    return list(table.items())


def _from_tables(kind: Query, wanted: Query, text: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    header: list[str] = []
    for line in text.splitlines():
        cells = _cells(line)
        if len(cells) < 2:
            header = []
        elif not header:
            header = cells
        elif len(cells) == len(header) and not line.lstrip(" |").startswith("**"):  # bold: a total
            name = next((i for i, cell in enumerate(header) if kind.matches(cell)), None)
            column = _column(wanted, header, name)
            if name is not None and column is not None and NUMBER.search(cells[column]):
                rows.append((cells[name], cells[column]))
    return _unique(rows)


def _column(wanted: Query, header: list[str], name: int | None) -> int | None:
    """The column of the measure; of several years the last."""
    scored = [(sum(wanted.matches(cell).values()), _year(cell), i) for i, cell in enumerate(header) if i != name]
    cover, _, column = max(scored, default=(0.0, 0, 0))
    return column if cover > 0 else None


def _year(text: str) -> int:
    match = re.search(r"\b(?:19|20)\d\d\b", text)
    return int(match[0]) if match else 0


def _cells(line: str) -> list[str]:
    if "|" in line:
        return [cell.strip(" *`") for cell in line.strip().strip("|").split("|")]
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    if line.count(",") >= 2:
        return [cell.strip() for cell in next(csv.reader([line]))]
    return []


def _from_headings(kind: Query, wanted: Query, text: str) -> list[tuple[str, str]]:
    candidates = [(section, figure(wanted, _without_tables(section.body))) for section in sections(text)]
    with_figure = [(section, value) for section, value in candidates if value]
    if not with_figure:
        return []
    levels = {section.level for section, _ in with_figure if kind.matches(section.title)}
    levels = levels or {max(section.level for section, _ in with_figure)}
    return _unique((_bare_name(kind, section), value) for section, value in with_figure if section.level in levels)


def _without_tables(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.count("|") < 2)


def _bare_name(kind: Query, section: Section) -> str:
    """`State: Ohio`, `3.1 State of Ohio`, `Ohio (state)` and `Ohio, United States` are all Ohio."""
    title = re.sub(r"^\d+(?:\.\d+)*\.?\s+", "", section.title)
    word = kind.terms[0].pattern if kind.terms else r"(?!)"
    name = re.sub(rf"^(?:the )?(?:{word})(?:\s+of\b|\s*[:–—-])\s*|\s*\((?:{word})\)$", "", title, flags=re.I)
    return name.split(", ")[0].strip() or title


def _from_prose(wanted: Query, text: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for passage in passages(_without_tables(text)):
        for sentence in sentences(passage.text):
            value = figure(wanted, sentence)
            if not value:
                continue
            leading = _LEADING.match(sentence)
            names = [m[1] for m in _NAME.finditer(sentence) if not wanted.matches(m[1]) and m[1] not in value]
            name = leading[1].strip() if leading and not wanted.matches(leading[1]) else next(iter(names), "")
            rows.append((name, value))
    return _unique(rows)
