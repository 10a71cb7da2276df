"""What a question wants, told from its words: a count, a list, a comparison of figures, a summary, or a passage."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rlm_desktop.engine.offline.sub_call import counted_word

_COUNT_OF = (
    re.compile(
        r"(?:how many|number of|count(?: up)?(?: all)?(?: the)?|how much)\s+(?:the\s+)?(?:times"
        r"|occurrences?|mentions?|"
        r"appearances?|instances?)\b(?:\s+(?:of|for))?\s+(?:the )?(?:word|term|phrase|name|string)?s?\s*"
        r"[\"'“‘`]?(?P<word>[\w./' -]{1,60}?)[\"'”’`]?\s*(?:\?|\.|$|are there|is there|in (?:the|this"
        r"|all)\b|occur|appear)",
        re.I,
    ),
    re.compile(
        r"(?:wie oft|combien de fois|cuántas veces|quante volte|quantas vezes|hoe vaak)\b.{0,40}?[\"'“„«‘]"
        r"(?P<word>[^\"'”“»’]{1,60})[\"'”“»’]",
        re.I,
    ),
    re.compile(r"wie oft (?:kommt|steht|erscheint) (?:das wort |der begriff )?(?P<word>[\w-]+)", re.I),
    re.compile(r"^\s*count (?:the )?(?:word |term )?[\"'“](?P<word>[^\"'”]{1,60})[\"'”]", re.I),
)
_HEADINGS = re.compile(
    r"\b(?:headings?|(?:section|chapter) title|titles|table of contents|outline)\b|\b(?:list|which|what"
    r"|all)\b.{0,20}"
    r"\b(?:sections|chapters)\b",
    re.I,
)
_HEADING_WORDS = re.compile(
    r"\b(list|all|the|every|each|section|chapter|headings?|titles?|sections|chapters|table of contents"
    r"|outline|which|"
    r"what|are|is|there|about|on|of|concerning|regarding|that|mention\w*|contain\w*|deal\w*|with"
    r"|talk\w*|discuss\w*|"
    r"document|text|this|in|me|show|give|name|cover\w*|treat\w*|speak\w*)\b",
    re.I,
)
_UNITS = (
    "documents|pages|words|lines|characters|sentences|paragraphs|sections|chapters|headings|rows|records|entries"
)
_MEASURE = re.compile(
    rf"(?:how many|number of|count (?:the|all)?)\s*(?P<unit>{_UNITS})\b(?!.*\b(?:where|with|that|whose"
    rf"|which|about|by|per|for|"
    r"have|has|from)\b)|how (?P<long>long|large|big) (?:is|are) (?:the|this|these)",
    re.I,
)
_KIND = re.compile(
    r"^\s*how many (?:different |distinct )?(?P<noun>[a-z][\w-]{2,})(?: of [\w -]{1,40})?"
    r" (?:are|were) (?:there|named|listed|mentioned|described)"
    r"(?: in (?:the|this|these|all|my) (?:text|documents?|reports?|manual|guide|book|files?|paper))?\s*\??\s*$",
    re.I,
)
"""`How many regions are there?`, with nothing that would leave some of them out."""
_SAME_UNIT = {"sections": "headings", "chapters": "headings", "records": "rows", "entries": "rows"}
_FORMS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (
        kind,
        pattern,
        re.compile(rf"\b(?:list|find|all|which|what|extract|every|show)\b.{{0,40}}\b(?:{words})\b", re.I),
    )
    for kind, pattern, words in (
        ("e-mail addresses", r"[\w.+-]+@[\w-]+\.[\w.-]*\w", "e-?mails?|e-?mail addresses"),
        ("links", r"https?://[^\s<>\"'\])]+", "urls?|links?|web ?addresses|websites?|hyperlinks?"),
        (
            "dates",
            r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|(?:\d{1,2}(?:st|nd|rd"
            r"|th)? )?(?:Jan(?:uary)?|Feb(?:ruary)?"
            r"|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
            r"|Nov(?:ember)?|Dec(?:ember)?)"
            r"\.? \d{1,4}(?:st|nd|rd|th)?(?:,? \d{4})?)\b",
            "dates",
        ),
        ("years", r"\b(?:1[5-9]|20)\d{2}\b", "years"),
        (
            "amounts of money",
            r"(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF)) ?\d[\d.,]*(?: ?(?:million|billion|thousand|bn|m|k)\b)?"
            r"|\b\d[\d.,]* ?(?:(?:million|billion|thousand) )?(?:€|EUR|USD|GBP|CHF|euros?|dollars?)\b",
            "amounts?|prices?|sums? of money|money",
        ),
        ("percentages", r"\b\d+(?:[.,]\d+)? ?(?:%|percent\b|per cent\b)", "percentages?|percents?"),
        ("telephone numbers", r"(?<![\w.])\+?\d[\d ()/-]{6,}\d(?!\w)", "(?:tele)?phone numbers?|phones?"),
        ("abbreviations", r"\b[A-Z][A-Z0-9]{1,7}\b", "acronyms?|abbreviations?"),
        (
            "capitalised names",
            r"\b[A-ZÀ-Þ][a-zß-ÿ'’-]+(?: (?:[A-Z]\.|van|von|de|der|la|del|di"
            r"|[A-ZÀ-Þ][a-zß-ÿ'’-]+))* [A-ZÀ-Þ][a-zß-ÿ'’-]+",
            "people|persons?|names of (?:people|persons)|(?:people|persons)'?s? names",
        ),
    )
)
_SUPERLATIVE = re.compile(
    r"\b(?P<max>highest|largest|biggest|greatest|most|maximum|top|best|longest|latest|newest|oldest)\b"
    r"|\b(?P<min>lowest|smallest|least|minimum|fewest|worst|shortest|earliest)\b",
    re.I,
)
_ITEM_MEASURE = re.compile(
    r"\b(?:which|what)\s+(?P<item>[\w-]+(?: [\w-]+)?)\s+(?:has|have|had|with|recorded|reported|shows?"
    r"|showed|made|"
    r"earned|is|was|achieved|reached|generated|reports?|records?|posted)\s+(?:the\s+)?(?:\w+est|most"
    r"|least|best|worst|top|"
    r"maximum|minimum|largest|highest)\s+(?P<measure>[^?.,]+)",
    re.I,
)
_MEASURE_OF = re.compile(
    r"\b(?:what (?:is|are|was|were)|list|give|show|compare|total|sum|average|compute"
    r"|calculate)\s+(?:me\s+)?(?:the\s+)?"
    r"(?P<measure>[\w -]+?)\s+(?:of|for|in|by|per)\s+(?:each|every|all(?: the)?|the)?\s*(?P<item>[\w-]+)\b",
    re.I,
)
_GROUP = re.compile(
    r"\b(?:in|for|of|within|by|per|from)\s+(?:each|every|any|all(?: the)?)\s+(?P<group>[\w-]+)"
    r"|\bper\s+(?P<per>[\w-]+)",
    re.I,
)
_FIGURE = re.compile(
    r"\b(?:revenues?|sales|turnover|profits?|margins?|earnings|costs?|prices?|populations?|number|counts?|areas?|sizes?"
    r"|growth|rates?|shares?|budgets?|salar\w+|ages?|employees|staff|headcount|customers|amounts?|values?|percent\w*"
    r"|income|temperatures?|heights?|lengths?|distances?|scores?|totals?)\b",
    re.I,
)
_MANY = re.compile(
    r"\b(?:list|all|every|each)\b|\b(?:which|what) (?:\w+ )?(?!was\b|is\b|does\b|has\b|this\b)\w{3,}s\b(?<!ss)"
    r"|\bwhere were\b|\bwho (?:are|were)\b|\bwelche\b|\bquels?\b|\bquelles\b",
    re.I,
)
_AGGREGATE = re.compile(r"\b(?P<sum>total|sum|altogether|combined|overall)\b|\b(?P<mean>average|mean)\b", re.I)


@dataclass(frozen=True, slots=True)
class Figures:
    """A comparison of figures: the `measure` of every `item`, what to do with it, perhaps in each `group`."""

    item: str
    measure: str
    operation: str
    group: str = ""


def word_to_count(question: str) -> str:
    """The word whose occurrences are wanted, or nothing."""
    if word := counted_word(question):
        return word
    for pattern in _COUNT_OF:
        if match := pattern.search(question):
            return match["word"].strip()
    return ""


def asks_for_headings(question: str) -> str | None:
    """What the wanted headings are about (empty for all of them); None when headings are not asked for."""
    if not _HEADINGS.search(question) or re.match(r"\s*(?:how|when|who|why|where)\b", question, re.I):
        return None
    return " ".join(_HEADING_WORDS.sub(" ", question).strip(" ?.!").split())


def unit_to_measure(question: str) -> str:
    """Which measure of the text itself is wanted (`words`, `pages`...), or nothing."""
    match = _MEASURE.search(question)
    if not match:
        return ""
    unit = (match["unit"] or "characters").lower()
    return _SAME_UNIT.get(unit, unit)


def kind_to_count(question: str) -> str:
    """The noun of `How many regions are there?`, or nothing."""
    match = _KIND.match(question)
    return match["noun"].lower() if match else ""


def form_to_collect(question: str) -> tuple[str, str] | None:
    """Name and regular expression of the things to be listed, when they are told by their form."""
    if re.search(r"\b(?:list|all|every|extract)\b", question, re.I) or re.match(
        r"\s*who (?:is|are) (?:all )?mentioned", question, re.I
    ):
        for kind, pattern, wanted in _FORMS:
            if wanted.search(question):
                return kind, pattern
        if re.match(r"\s*who\b", question, re.I):
            return _FORMS[-1][0], _FORMS[-1][1]
    return None


def group_of(question: str) -> str:
    """The noun of `in each region`, or nothing."""
    match = _GROUP.search(question)
    return (match["group"] or match["per"]) if match else ""


def without_group(question: str) -> str:
    """The question as it is put to one of the groups: without `in each region`."""
    return " ".join(_GROUP.sub(" ", question).replace(" ?", "?").split()).replace(" ?", "?")


def wants_many(question: str) -> bool:
    """Whether a question asks for all of several things rather than for one."""
    return _MANY.search(question) is not None


def operation_of(question: str) -> str:
    """max, min, sum, mean or nothing."""
    if match := _SUPERLATIVE.search(question):
        return "max" if match["max"] else "min"
    if match := _AGGREGATE.search(question):
        return "sum" if match["sum"] else "mean"
    return ""


def figures_to_compare(question: str) -> Figures | None:
    """The comparison of figures that a question asks for."""
    operation = operation_of(question)
    group = group_of(question)
    if operation in ("max", "min") and (match := _ITEM_MEASURE.search(question)):
        measure = re.split(
            r"\b(?:in|for|of|within|by|per|among|across"
            r"|from)\b",
            match["measure"],
            flags=re.I,
        )[0]
        if measure.strip():
            return Figures(match["item"].split()[-1].lower(), measure.strip(), operation, group)
    match = _MEASURE_OF.search(question)
    if match and (operation in ("sum", "mean") or group):
        measure = _AGGREGATE.sub(" ", _SUPERLATIVE.sub(" ", match["measure"]))
        measure = " ".join(re.sub(r"\b(?:the|of)\b", " ", measure, flags=re.I).split())
        item = match["item"].lower()
        if measure and operation == "mean" and item == group.lower():
            return Figures(item, measure, operation)
        if measure and operation in ("sum", "mean"):
            return Figures("item" if item == group.lower() else item, measure, operation, group)
        if measure and _FIGURE.search(measure):
            return Figures(item, measure, "list", group if group.lower() != item else "")
    return None
