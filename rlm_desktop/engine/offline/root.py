"""The offline model as root: which cells it writes, turn by turn.

The model keeps nothing between two replies. What to do next follows from the conversation alone: the title of the
cell that ran last, and what it printed.
"""

from __future__ import annotations

from collections.abc import Sequence

from rlm_desktop.engine.offline.cells import block, cell, terms_literal, title
from rlm_desktop.engine.offline.conversation import Conversation, read, with_question_in_text
from rlm_desktop.engine.offline.extract import quotes
from rlm_desktop.engine.offline.plans import plan, query_of
from rlm_desktop.engine.offline.sub_rlm import reply_as_sub_rlm
from rlm_desktop.engine.prompts import truncate

_LONGEST_SUMMARY = 4_000


def reply_as_root(messages: Sequence[tuple[str, str]]) -> str:
    """The next reply of an rlm call: a sentence of plan and one block."""
    conversation = read(messages)
    if conversation.is_compaction:
        return f"Printed so far:\n\n{truncate(conversation.outputs, _LONGEST_SUMMARY)}"
    if conversation.is_last_chance:
        return _last_answer(conversation)
    if conversation.question is None:
        return reply_as_sub_rlm(conversation)
    conversation = with_question_in_text(conversation)
    if conversation.has_failed:
        return _after_failure(conversation)
    stages = plan(conversation)
    if title("fallback") in conversation.code:
        return block(stages[-1].prose, [stages[-1].code])
    done = [index for index, stage in enumerate(stages) if stage.code in conversation.code]
    left = stages[max(done, default=-1) + 1 :] or stages[-1:]
    # With too few iterations left for one stage each, the rest is done in one block.
    turns = conversation.of - conversation.turn + 1
    now = left[: max(1, len(left) - turns + 1)]
    return block(" ".join(stage.prose for stage in now), [stage.code for stage in now])


def _after_failure(conversation: Conversation) -> str:
    if title("fallback") in conversation.code:
        return _last_answer(conversation)
    code = [cell("fallback", terms=terms_literal(query_of(conversation)))]
    if conversation.turn >= conversation.of:
        code.append(cell("finish"))
    return block("That went wrong; a plain search does not need any of it.", code)


def _last_answer(conversation: Conversation) -> str:
    """The best that can be said from what was printed so far."""
    question = conversation.question or conversation.head[:300]
    found = quotes(question, conversation.outputs, most=3)
    if not found:
        return "No answer was found before the run had to end. Nothing printed so far answers the question."
    listed = "\n\n".join(f"> {quote.text}" for quote in found)
    return f"The run had to end before all was read. What was seen so far that fits best:\n\n{listed}"
