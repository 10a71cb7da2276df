"""The prompts that the offline model's cells send to sub-calls: what is asked, and how a prompt is laid out.

They are good prompts for any model: the sub-model of a run may be a real one. The offline model as sub-call
recognises the form of the answer that each one asks for.
"""

from __future__ import annotations

QUOTES = (
    "Quote the passages of the text that answer the question, word for word: at most 4, best first, each on one "
    'line that begins with "> ". If nothing in the text answers it, reply NOTHING FOUND.'
)
VALUES = (
    "For each {item} in the text give its {measure}, one line each in the form `name | value`, the value as the "
    "text writes it. If there is none, reply NOTHING FOUND."
)
GIST = (
    "Summarise the text in at most 3 sentences taken from it word for word, each on one line that begins with "
    '"> ". If there is nothing to summarise, reply NOTHING FOUND.'
)
LABELS = (
    "Each numbered line of the text belongs to one of these categories: {labels}. Give the category of each line, "
    "one line each in the form `number | category`."
)
