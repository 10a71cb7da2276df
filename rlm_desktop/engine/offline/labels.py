"""Puts lines into categories by cue words: a rough classifier, and its answers are to be called estimates."""

from __future__ import annotations

import re

from rlm_desktop.engine.offline.query import understand

_NUMBERED = re.compile(r"\s*(\d+)[.):|\]]?\s+(.*)")
_QUOTED = re.compile(r"['\"“”‘’]([^'\"“”‘’]+)['\"“”‘’]")

# Cues by what a category's name speaks of, tried in this order; a question's first words tell what it asks for.
_CUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.I))
    for name, pattern in (
        ("abbrev", r"\b(abbreviat\w+|acronym|stands? for|full form|initials? (?:of|mean))\b"
                   r"|what does [A-Z]{2,}\b.{0,20} (?:mean|stand)"),
        ("human", r"\bwho(?:se|m)?\b|\b(?:what|which|name)\b[^?]{0,40}\b(?:actor|actress|author"
                  r"|president|king|queen|singer|"
                  r"player|leader|man|woman|person|people|inventor|writer|composer|director|minister"
                  r"|astronaut|pope|team|"
                  r"band|company|wife|husband|daughters?|sons?|founder|star|family|emperor|general"
                  r"|senator|nickname)\b"),
        ("numeric", r"\b(?:how (?:many|much|long|old|far|tall|high|big|large|fast|often|deep|wide|heavy"
                    r"|hot|cold|late)|when)\b"
                    r"|\b(?:what|which)\b[^?]{0,30}\b(?:year|date|day|month|time|number|percentage"
                    r"|population|age|speed|"
                    r"temperature|distance|cost|price|size|length|height|weight|rate|century|average"
                    r"|code|salary|zip)\b"),
        ("location", r"\bwhere\b|\b(?:what|which|name)\b[^?]{0,40}\b(?:city|cities|country|countries"
                     r"|state|states|county|"
                     r"continent|river|lake|ocean|sea|island|mountain|mountains|capital|province|planet"
                     r"|street|town|"
                     r"location|region|nation|peninsula|desert|volcano|place|area)\b"),
        ("descri", r"\b(?:why|how (?:do|does|did|can|is|are|was|were|could|would|to)|define|describe|explain)\b"
                   r"|what (?:is|are|was|were) (?:the )?(?:difference|definition|meaning|origin|purpose"
                   r"|function|history|cause|"
                   r"reason|story|effect)\w*\b|\bwhat (?:does|do|did)\b.+\b(?:mean|do|cause)\b"
                   r"|what (?:causes?|caused|happen\w*)\b"
                   r"|^\W*what (?:is|are) (?:an? |the )?[\w' -]{2,40}\W*$"),
        ("positive", r"\b(?:good|great|excellent|love\w*|happy|best|wonderful|perfect|recommend\w*"
                     r"|amazing|pleased)\b"),
        ("negative", r"\b(?:bad|terrible|awful|hate\w*|worst|poor|broken|disappoint\w*|useless|refund"
                     r"|never again)\b"),
        ("entity", r"\b(?:what|which|name)\b"),
        ("neutral", r""),
    )
)  # fmt: skip


def label_lines(labels: str, text: str) -> str:
    """`number | category` for each numbered line of `text`."""
    names = _names(labels)
    result: list[str] = []
    for order, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        match = _NUMBERED.match(line)
        number, body = (match[1], match[2]) if match else (str(order), line)
        result.append(f"{number} | {_label(names, body)}")
    return "\n".join(result)


def _names(labels: str) -> list[str]:
    quoted = _QUOTED.findall(labels)
    return [name.strip() for name in quoted or re.split(r",|;|\bor\b", labels) if name.strip()]


def _label(names: list[str], line: str) -> str:
    for cue, pattern in _CUES:
        if pattern.search(line):
            for name in names:
                if cue in name.lower():
                    return name
    shared = [(len(understand(name).matches(line)), -index) for index, name in enumerate(names)]
    best, index = max(shared, default=(0, 0))
    return names[-index] if best else names[-1] if names else ""
