"""`rlm-desktop runs`: the history in the terminal."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any

import msgspec

from rlm_desktop import settings as settings_file
from rlm_desktop.cli import tree
from rlm_desktop.cli.output import (
    cost,
    counted,
    local_time,
    one_line,
    print_json,
    print_table,
    say,
    seconds,
    warn,
    width,
)
from rlm_desktop.engine.events import EndState, as_utc
from rlm_desktop.engine.providers import labels
from rlm_desktop.errors import HistoryError, UsageError
from rlm_desktop.history import RUNNING, History, RunFilter, RunRow, SessionRow
from rlm_desktop.history.rows import SearchHit

SHOWN_ROWS = 200
"""Rows of the tree that `show` prints; `--json` has all of them."""
INDEX_SECONDS = 30
"""How long a search waits for runs that are new to the index."""
SHORTEST_ID = 8
_LOOK_SECONDS = 0.1


def run(chosen: argparse.Namespace) -> int:
    """Do one of the actions."""
    actions = {
        "list": _list,
        "show": _show,
        "resume": _continue,
        "fork": _continue,
        "compare": _compare,
        "search": _search,
        "export": _transfer,
        "import": _transfer,
        "delete": _delete,
    }
    history = History(settings_file.load().history_place, on_trouble=warn, on_wait=warn)
    with contextlib.closing(history):
        return actions[chosen.action](history, chosen)


def find_run(history: History, start: str) -> RunRow:
    """The run of that id, or whose id begins so.

    Raises:
        HistoryError: There is none, or more than one.
    """
    found = [run_id for run_id in history.find_runs() if run_id.startswith(start)]
    return history.run(_the_one([start] if start in found else found, "run", start))


def find_session(history: History, start: str) -> SessionRow:
    """The session whose id, or one of whose runs' ids, is that or begins so.

    Raises:
        HistoryError: There is none, or more than one.
    """
    before: SessionRow | None = None
    found: dict[str, SessionRow] = {}
    while page := history.sessions(before=before):
        for row in page:
            names = (row.id, *(run.id for run in row.runs))
            if start in names:
                return row
            if any(name.startswith(start) for name in names):
                found[row.id] = row
        before = page[-1]
    return _the_one([*found.values()], "session", start)


def _the_one(found: list[Any], thing: str, start: str) -> Any:
    if len(found) == 1 and start:
        return found[0]
    if not found or not start:
        raise HistoryError(f"There is no {thing} {start!r} in the history; see rlm-desktop runs list.")
    raise HistoryError(f"{len(found)} {thing}s begin with {start!r}: give more letters of the id.")


class ShortIds:
    """The first letters of runs' ids, as many as it takes to find them again: those of imported runs are alike."""

    def __init__(self, history: History) -> None:
        self._ids = sorted(history.find_runs())

    def __call__(self, run_id: str) -> str:
        """The beginning of an id that only this run has; all of it, where another one goes on."""
        place = bisect_left(self._ids, run_id)
        beside = [other for other in self._ids[max(0, place - 1) : place + 2] if other != run_id]
        length = SHORTEST_ID
        while length < len(run_id) and any(other.startswith(run_id[:length]) for other in beside):
            length += 1
        return run_id[:length]


def row_as_json(row: RunRow) -> dict[str, Any]:
    """A run as `--json` prints it."""
    data = dataclasses.asdict(row)
    data["documents"] = [msgspec.to_builtins(document) for document in row.documents]
    return data


def _list(history: History, chosen: argparse.Namespace) -> int:
    ids = history.find_runs(_filter(history, chosen), order=chosen.sort, descending=not chosen.ascending)
    ids = ids[: _limit(chosen)]
    rows = history.rows(ids)
    found = [rows[run_id] for run_id in ids if run_id in rows]
    if chosen.json:
        print_json([row_as_json(row) for row in found])
    elif found:
        head = ("RUN", "STARTED", "TOOK", "CALLS", "TOKENS", "COST", "END STATE", "QUESTION")
        short = ShortIds(history)
        print_table(head, [_cells(row, short) for row in found])
    else:
        print("No run fits the filters." if history.count_sessions() else "There are no runs yet.")
    return 0


def _filter(history: History, chosen: argparse.Namespace) -> RunFilter:
    """The filter that the options stand for."""
    states = (RUNNING, *(str(state) for state in EndState))
    if unknown := [state for state in chosen.state if state not in states]:
        raise UsageError(f"{unknown[0]!r} is no end state. There are: {', '.join(states)}.")
    return RunFilter(
        text=chosen.filter,
        end_states=tuple(chosen.state),
        model=chosen.of_model,
        tag=chosen.tag,
        since=_day(chosen.since) if chosen.since else "",
        session_id=find_session(history, chosen.session).id if chosen.session else "",
    )


def _day(text: str) -> str:
    """The start of a day of this place, as UTC."""
    try:
        return as_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no date: write it as 2026-11-21.") from error


def _limit(chosen: argparse.Namespace) -> int:
    if chosen.limit < 1:
        raise UsageError(f"--limit must be 1 or more, not {chosen.limit}.")
    return chosen.limit


def _cells(row: RunRow, short: ShortIds) -> list[str]:
    return [
        short(row.id),
        local_time(row.started_at),
        seconds(row.duration),
        f"{row.calls:,}",
        f"{row.tokens:,}",
        cost(row.cost_usd, row.unknown_cost),
        row.end_state,
        row.title or row.question,
    ]


def _show(history: History, chosen: argparse.Namespace) -> int:
    row = find_run(history, chosen.run)
    if chosen.replay:
        from rlm_desktop.cli import replay

        return replay.play(history, row, chosen)
    state = history.state(row.id)
    if chosen.json:
        from rlm_desktop.cli.outgoing import print_clean_json

        print_clean_json(tree.as_json(state))
        return 0
    print(f"Run        {row.id} of session {row.session_id}")
    print(f"Question   {row.question}")
    print(f"Documents  {', '.join(document.name for document in row.documents) or 'none'}")
    print(f"Models     {labels(row.root_model, row.sub_model)}")
    print(f"Started    {local_time(row.started_at)}")
    print(f"End state  {row.end_state}" + (f": {state.error}" if state.error else ""))
    for line in _family_lines(history, row):
        print(line)
    print(f"Totals     {tree.totals_line(state)}\n")
    columns = width()
    lines = tree.lines(state, columns)
    for _, line in zip(range(SHOWN_ROWS), lines, strict=False):
        print(line)
    if rest := sum(1 for _ in lines):
        print(f"… and {rest:,} rows more; --json shows all.")
    print(f"\n{state.answer}" if state.answer is not None else "\nThere is no answer.")
    return 0


def _family_lines(history: History, row: RunRow) -> Iterator[str]:
    """Where a run came from and what came from it."""
    short = ShortIds(history)
    if row.parent_run:
        yield f"Past       {_how(row)} {short(row.parent_run)}"
    for other in history.family(row.id):
        if other.parent_run == row.id:
            yield f"Future     {short(other.id)} was {_how(other)} it: {other.end_state}"


def _how(row: RunRow) -> str:
    at = row.parent_iteration
    return "resumed from" if at is None else f"forked at iteration {at} from"


def _continue(history: History, chosen: argparse.Namespace) -> int:
    from rlm_desktop.cli import continuing

    return continuing.run(history, find_run(history, chosen.run), chosen)


def _compare(history: History, chosen: argparse.Namespace) -> int:
    from rlm_desktop.cli import comparing

    left, right = (find_run(history, start) for start in chosen.runs)
    return comparing.compare(history, left, right, chosen)


def _search(history: History, chosen: argparse.Namespace) -> int:
    words, limit, wanted = " ".join(chosen.words), _limit(chosen), _filter(history, chosen)
    hits = _found(history, words, limit, wanted)
    if waiting := history.unindexed():
        warn(f"{counted(waiting, 'run')} cannot be searched yet; search again later.")
    if chosen.json:
        from rlm_desktop.cli.outgoing import print_clean_json

        print_clean_json([dataclasses.asdict(hit) for hit in hits])
    elif hits:
        short = ShortIds(history)
        table = [[short(hit.run_id), local_time(hit.started_at), hit.field, hit.snippet] for hit in hits]
        print_table(("RUN", "STARTED", "IN", "FOUND"), table)
    else:
        print("Nothing was found.")
    return 0


def _found(history: History, words: str, limit: int, chosen: RunFilter) -> list[SearchHit]:
    """What a search finds, in a thread: in this one Ctrl+C would wait for SQLite, which may read on for seconds."""
    is_over = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            searching = pool.submit(
                history.search, words, limit=limit, chosen=chosen, wait=INDEX_SECONDS, is_stale=is_over.is_set
            )
            while not wait([searching], _LOOK_SECONDS).done:  # without an end, Windows hears no Ctrl+C here either
                pass
            return searching.result()
        finally:
            is_over.set()


def _transfer(history: History, chosen: argparse.Namespace) -> int:
    from rlm_desktop.cli import transfers

    if chosen.action == "import":
        return transfers.take(history, chosen)
    return transfers.export(history, list({find_run(history, start).id: None for start in chosen.runs}), chosen)


def _delete(history: History, chosen: argparse.Namespace) -> int:
    rows = {row.id: row for row in (find_run(history, start) for start in chosen.runs)}
    if not chosen.yes and not _is_confirmed(history, [*rows.values()]):
        return 1
    history.delete_runs([*rows])
    if chosen.json:
        print_json({"deleted": [*rows]})
    return 0


def _is_confirmed(history: History, rows: Sequence[RunRow]) -> bool:
    """Ask the person at the terminal; standard output is for `--json`."""
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked here: give --yes to delete.")
    short = ShortIds(history)
    for row in rows:
        say(f"{short(row.id)}  {local_time(row.started_at)}  {one_line(row.question, 60)}")
    what = "this run" if len(rows) == 1 else f"these {len(rows)} runs"
    print(f"Delete {what}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
