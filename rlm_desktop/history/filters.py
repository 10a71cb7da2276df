"""Which runs a person wants to see: the filter and the orders of the lists and of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select

from rlm_desktop.engine.events import EndState
from rlm_desktop.history.queries import LISTED, Liveness, tags_of
from rlm_desktop.history.rows import RUNNING, Facets, RunFilter
from rlm_desktop.history.schema import runs, sessions
from rlm_desktop.history.summary import plain

_named = sessions.alias("named_sessions")
"""The sessions once more: within a query of sessions, `sessions` would mean the row in hand."""

ORDERS: dict[str, Sequence[ColumnElement[Any]]] = {
    "question": (func.lower(func.coalesce(func.nullif(runs.c.title, ""), runs.c.question)),),
    "documents": (func.lower(runs.c.documents),),
    "model": (func.lower(runs.c.root_model), func.lower(runs.c.sub_model)),
    "started": (runs.c.started_at,),
    "duration": (runs.c.duration,),
    "calls": (runs.c.calls,),
    "depth": (runs.c.depth,),
    "tokens": (runs.c.input_tokens + runs.c.output_tokens,),
    "cost": (runs.c.cost_usd,),
    "end_state": (runs.c.status,),
}
"""What the list of runs can be sorted by; rows that are alike stay in the order in which they were made."""


def conditions(connection: Connection, is_live: Liveness, chosen: RunFilter) -> list[ColumnElement[bool]]:
    """What must hold of a run for it to pass the filter; nothing when everything passes."""
    chosen = replace(chosen, text=plain(chosen.text), model=plain(chosen.model), tag=plain(chosen.tag))
    found = [_has_word(word) for word in chosen.text.lower().split()]
    if chosen.end_states:
        found.append(_has_ended(connection, is_live, chosen.end_states))
    if chosen.model:
        found.append(or_(runs.c.root_model == chosen.model, runs.c.sub_model == chosen.model))
    if chosen.tag:
        found.append(_has_tag(chosen.tag))
    if chosen.since:
        found.append(runs.c.started_at >= chosen.since)
    if chosen.session_id:
        found.append(runs.c.session_id == chosen.session_id)
    return found


def _has_word(word: str) -> ColumnElement[bool]:
    columns = (runs.c.question, runs.c.title, runs.c.documents, runs.c.tags)
    names = (_named.c.title, _named.c.tags)
    named = select(_named.c.id).where(or_(*(column.icontains(word, autoescape=True) for column in names)))
    return or_(*(column.icontains(word, autoescape=True) for column in columns), runs.c.session_id.in_(named))


def _has_tag(tag: str) -> ColumnElement[bool]:
    """Tags are kept as a list in JSON, so a whole tag stands between quotation marks."""
    quoted = msgspec.json.encode(tag).decode()
    tagged = select(_named.c.id).where(_named.c.tags.contains(quoted, autoescape=True))
    return or_(runs.c.tags.contains(quoted, autoescape=True), runs.c.session_id.in_(tagged))


def _has_ended(connection: Connection, is_live: Liveness, wanted: Sequence[str]) -> ColumnElement[bool]:
    """A run whose row says that it is running may have been cut off: only its writer's sign of life tells."""
    ended = runs.c.status.in_([state for state in wanted if state != RUNNING])
    if RUNNING not in wanted and EndState.INTERRUPTED not in wanted:
        return ended
    open_runs = connection.execute(select(runs.c.id, runs.c.writer).where(runs.c.status == RUNNING)).all()
    live = [row.id for row in open_runs if is_live(row.id, row.writer)]
    cut_off = [row.id for row in open_runs if row.id not in set(live)]
    chosen = (live if RUNNING in wanted else []) + (cut_off if EndState.INTERRUPTED in wanted else [])
    return or_(ended, runs.c.id.in_(chosen))


def order_by(order: str, *, descending: bool) -> list[ColumnElement[Any]]:
    """The columns of an order. Runs of unknown cost come last, whichever way it goes."""
    columns = [column.desc() if descending else column.asc() for column in ORDERS[order]]
    if order == "cost":
        columns.insert(0, (runs.c.requests <= runs.c.unknown_cost).asc())
    return [*columns, runs.c.number.desc() if descending else runs.c.number.asc()]


def find(
    connection: Connection, is_live: Liveness, chosen: RunFilter, order: str, *, descending: bool
) -> list[str]:
    """The ids of all runs that pass a filter, in an order of `ORDERS`."""
    query = select(runs.c.id).where(LISTED, *conditions(connection, is_live, chosen))
    return list(connection.execute(query.order_by(*order_by(order, descending=descending))).scalars())


def facets(connection: Connection) -> Facets:
    """The models and the tags of all runs that are listed."""
    models: set[str] = set()
    for column in (runs.c.root_model, runs.c.sub_model):
        models.update(connection.execute(select(column).where(LISTED).distinct()).scalars())
    tags: set[str] = set()
    for table in (runs, sessions):
        tagged = select(table.c.tags).where(table.c.tags != "[]", table.c.deleted_at.is_(None))
        for row in connection.execute(tagged.distinct()).scalars():
            tags.update(tags_of(row))
    return Facets(tuple(sorted(models - {""}, key=str.lower)), tuple(sorted(tags, key=str.lower)))
