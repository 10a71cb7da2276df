"""`rlm-desktop runs`: the history in the terminal."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from rlm_desktop import paths
from rlm_desktop.cli import tree
from rlm_desktop.cli.output import cost, local_time, one_line, print_json, print_table, seconds, width
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.errors import HistoryError, UsageError
from rlm_desktop.history import History, RunRow, SessionRow

SHOWN_ROWS = 200
"""Rows of the tree that `show` prints; `--json` has all of them."""


def run(chosen: argparse.Namespace) -> int:
    """Do one of the actions."""
    actions = {
        "list": _list,
        "show": _show,
        "search": _search,
        "export": _export,
        "import": _import,
        "delete": _delete,
    }
    history = History(paths.history_file(), on_trouble=lambda text: print(f"rlm-desktop: {text}", file=sys.stderr))
    with contextlib.closing(history):
        return actions[chosen.action](history, chosen)


def all_runs(history: History, session_id: str | None = None) -> Iterator[RunRow]:
    """Every run, the latest first."""
    before: RunRow | None = None
    while page := history.runs(session_id, before=before):
        yield from page
        before = page[-1]


def find_run(history: History, start: str) -> RunRow:
    """The run whose id begins so.

    Raises:
        HistoryError: There is none, or more than one.
    """
    found = [row for row in all_runs(history) if row.id.startswith(start)]
    return _the_one(found, "run", start)


def find_session(history: History, start: str) -> SessionRow:
    """The session whose id, or one of whose runs' ids, begins so.

    Raises:
        HistoryError: There is none, or more than one.
    """
    before: SessionRow | None = None
    found: list[SessionRow] = []
    while page := history.sessions(before=before):
        found += [row for row in page if any(i.startswith(start) for i in (row.id, *(run.id for run in row.runs)))]
        before = page[-1]
    return _the_one(found, "session", start)


def _the_one(found: list[Any], thing: str, start: str) -> Any:
    if len(found) == 1 and start:
        return found[0]
    if not found:
        raise HistoryError(f"There is no {thing} {start!r} in the history; see rlm-desktop runs list.")
    raise HistoryError(f"{len(found)} {thing}s begin with {start!r}: give more letters of the id.")


def _row_as_json(row: RunRow) -> dict[str, Any]:
    data = dataclasses.asdict(row)
    data["documents"] = [msgspec.to_builtins(document) for document in row.documents]
    return data


def _list(history: History, chosen: argparse.Namespace) -> int:
    session_id = find_session(history, chosen.session).id if chosen.session else None
    _print_rows(history.runs(session_id, limit=_limit(chosen)), chosen.json)
    return 0


def _limit(chosen: argparse.Namespace) -> int:
    if chosen.limit < 1:
        raise UsageError(f"--limit must be 1 or more, not {chosen.limit}.")
    return chosen.limit


def _print_rows(rows: list[RunRow], as_json: bool) -> None:
    if as_json:
        print_json([_row_as_json(row) for row in rows])
        return
    if not rows:
        print("There are no runs yet.")
        return
    head = ("RUN", "STARTED", "TOOK", "CALLS", "TOKENS", "COST", "END STATE", "QUESTION")
    print_table(head, [_cells(row) for row in rows])


def _cells(row: RunRow) -> list[str]:
    return [
        row.id[:8],
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
    state = history.state(row.id)
    if chosen.json:
        print_json(tree.as_json(state))
        return 0
    print(f"Run        {row.id} of session {row.session_id}")
    print(f"Question   {row.question}")
    print(f"Documents  {', '.join(document.name for document in row.documents) or 'none'}")
    print(f"Models     {row.root_model}, sub-calls {row.sub_model}")
    print(f"Started    {local_time(row.started_at)}")
    print(f"End state  {row.end_state}" + (f": {state.error}" if state.error else ""))
    print(f"Totals     {tree.totals_line(state)}\n")
    columns = width()
    lines = tree.lines(state, columns)
    for _, line in zip(range(SHOWN_ROWS), lines, strict=False):
        print(line)
    if rest := sum(1 for _ in lines):
        print(f"… and {rest:,} rows more; --json shows all.")
    print(f"\n{state.answer}" if state.answer is not None else "\nThere is no answer.")
    return 0


def _search(history: History, chosen: argparse.Namespace) -> int:
    hits = history.search(" ".join(chosen.words), limit=_limit(chosen))
    if chosen.json:
        print_json([dataclasses.asdict(hit) for hit in hits])
    elif hits:
        table = [[hit.run_id[:8], local_time(hit.started_at), hit.field, hit.snippet] for hit in hits]
        print_table(("RUN", "STARTED", "IN", "FOUND"), table)
    else:
        print("Nothing was found.")
    return 0


def _export(history: History, chosen: argparse.Namespace) -> int:
    row = find_run(history, chosen.run)
    lines = (ev.encode(event) + b"\n" for block in history.event_blocks(row.id) for event in block)
    if not chosen.output:
        for line in lines:
            sys.stdout.buffer.write(line)
        return 0
    try:
        with Path(chosen.output).open("wb") as file:
            file.writelines(lines)
    except OSError as error:
        raise HistoryError(f"The run cannot be written to {chosen.output}: {error.strerror}.") from error
    return 0


def _import(history: History, chosen: argparse.Namespace) -> int:
    events = list(_read_events(chosen.file))
    if not events or not isinstance(events[0], ev.RunStarted):
        raise HistoryError(f"{chosen.file}: this is no exported run: it does not begin with the start of a run.")
    started = events[0]
    if _is_known(history, started.run_id):
        started = msgspec.structs.replace(started, run_id=uuid.uuid4().hex, session_id=uuid.uuid4().hex)
    sink = history.sink(origin="rlm-desktop")
    for event in [started, *events[1:]]:
        sink(event)
    if not history.flush():
        raise HistoryError(history.trouble or "The run could not be written.")
    row = history.run(started.run_id)
    if chosen.json:
        print_json(_row_as_json(row))
    else:
        print(f"Imported as run {row.id[:8]}: {one_line(row.question, width())}")
    return 0


def _is_known(history: History, run_id: str) -> bool:
    """Whether the history has the run, deleted or not."""
    try:
        history.run(run_id)
    except HistoryError:
        return False
    return True


def _read_events(name: str) -> Iterator[AnyEvent]:
    """The events of an exported file; those that a newer version wrote and this one does not know are left out.

    Raises:
        HistoryError: It cannot be read, or a line is no event.
    """
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    event = ev.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise HistoryError(f"{name}, line {number}: this is no event of a run ({error}).") from error
                if event is not None:
                    yield event
    except OSError as error:
        raise HistoryError(f"{name} cannot be read: {error.strerror}.") from error


def _delete(history: History, chosen: argparse.Namespace) -> int:
    rows = [find_run(history, start) for start in chosen.runs]
    if not chosen.yes:
        if not sys.stdin.isatty():
            raise UsageError("Nobody can be asked here: give --yes to delete.")
        for row in rows:
            print(f"{row.id[:8]}  {local_time(row.started_at)}  {one_line(row.question, 60)}")
        if input(f"Delete {'this run' if len(rows) == 1 else f'these {len(rows)} runs'}? [y/N] ").lower() != "y":
            return 1
    for row in rows:
        history.delete_run(row.id)
    if chosen.json:
        print_json({"deleted": [row.id for row in rows]})
    return 0
