"""The offline model as the root of a sub-RLM: its task stands in its context, instruction and text together."""

from __future__ import annotations

import re

from rlm_desktop.engine.offline.cells import Code, block, cell, literal_of, title
from rlm_desktop.engine.offline.conversation import Conversation
from rlm_desktop.engine.offline.sub_call import answer
from rlm_desktop.engine.offline.task import separate

_ONE_CALL = 60_000
"""Characters that one plain sub-call is given as they are."""
_SHORT = 18_000
"""Characters that can be printed and read in the REPL's output without a cut."""
_BY_SECTION = re.compile(r"for (?:each|every) |\bat most [5-9]\b|\b(?:in|per|for|of) each\b|\bper \w+\b", re.I)
_PRINTED = re.compile(r"<<<\n(.*)\n>>>", re.S)


def reply_as_sub_rlm(conversation: Conversation) -> str:
    """The next reply of a sub-RLM: read what is short, hand on what is long, part by part."""
    if conversation.is_whole:
        # The preview in the first message is all there is: no need to look again.
        return block("All of my context is in front of me, so I can answer at once.", [_final(conversation.head)])
    done = conversation.code
    if conversation.has_failed:
        if title("whole") in done:
            return "NOTHING FOUND: the sub-calls failed."
        return block("That went wrong; one sub-call for all of it is simpler.", [cell("whole")])
    if title("split_task") in done or title("whole") in done:
        return block("The parts' results together are mine.", ['FINAL_VAR("result")'])
    if title("read_task") in done and (printed := _PRINTED.search(conversation.output)):
        return block("I have read it and can answer.", [_final(printed[1])])
    return _first(conversation)


def _first(conversation: Conversation) -> str:
    task = separate(f"{conversation.head}\n{conversation.tail}")
    is_nested = _BY_SECTION.search(task.instruction) is not None
    last_turn = conversation.turn >= conversation.of
    if conversation.levels_below and conversation.characters <= _SHORT and not is_nested and not last_turn:
        return block("It is short enough to read it myself.", [cell("read_task")])
    if not is_nested and conversation.characters <= _ONE_CALL:
        code = [cell("whole"), *(['FINAL_VAR("result")'] if last_turn else [])]
        return block("All of it fits into one sub-call, which gets my task as it is.", code)
    function = "rlm_query_batch" if conversation.levels_below else "llm_query_batch"
    most = re.search(r"at most (\d+)", task.instruction)
    code = cell(
        "split_task",
        instruction=task.instruction,
        function=Code(function),
        most=int(most[1]) if most else 0,
    )
    finish = ['FINAL_VAR("result")'] if last_turn else []
    return block("My task stands first, the text behind it: I split the text along its headings.", [code, *finish])


def _final(prompt: str) -> str:
    return f"# I have seen all of it.\nFINAL({literal_of(answer(prompt))})"
