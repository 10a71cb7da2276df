"""`rlm-desktop runs export` and `runs import`."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rlm_desktop import settings as settings_file
from rlm_desktop.cli.output import for_programs, local_time, one_line, print_json, warn, width
from rlm_desktop.engine.providers import known_secrets
from rlm_desktop.errors import HistoryError, UsageError
from rlm_desktop.history import History, exports
from rlm_desktop.history.transfer import ARCHIVE, Exported, StoredEvents, export_runs, receive


def export(history: History, run_ids: Sequence[str], chosen: argparse.Namespace) -> int:
    """Write runs to files, or one run to standard output."""
    if chosen.output:
        done = export_runs(
            history,
            run_ids,
            chosen.format,
            _target(Path(chosen.output), run_ids, chosen.format),
            with_documents=chosen.documents,
            secrets=known_secrets(),
            patterns=settings_file.load().secret_kinds,
        )
        _tell(done, as_json=chosen.json)
        return 0
    if chosen.format == ARCHIVE:
        raise UsageError("An archive needs a file: give --output FILE.")
    if chosen.json:
        raise UsageError("Standard output takes the export itself: give --output FILE with --json.")
    if len(run_ids) > 1:
        raise UsageError(f"Only --format {ARCHIVE} holds more than one run: give --output FOLDER for a file each.")
    clean = exports.Redactor(known_secrets(), patterns=settings_file.load().secret_kinds)
    for_programs().writelines(exports.render(StoredEvents(history, run_ids[0]), chosen.format, clean=clean))
    _tell_redacted(clean.replaced)
    return 0


def _target(target: Path, run_ids: Sequence[str], form: str) -> Path:
    if len(run_ids) > 1 and form != ARCHIVE and not target.is_dir():
        raise UsageError(f"{target} is no folder, and only --format {ARCHIVE} holds more than one run.")
    return target


def _tell(done: Exported, *, as_json: bool) -> None:
    if as_json:
        files = [str(file) for file in done.files]
        print_json({"files": files, "redacted": done.redacted, "remarks": done.remarks})
        return
    _tell_redacted(done.redacted)
    for remark in done.remarks:
        warn(remark)


def _tell_redacted(redacted: dict[str, int]) -> None:
    if redacted:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(redacted.items()))
        warn(f"Secrets were replaced: {kinds}.")


def take(history: History, chosen: argparse.Namespace) -> int:
    """Take in a file."""
    from rlm_desktop.cli.runs import ShortIds, row_as_json

    with _as_file(chosen.file) as path:
        received = receive(history, path)
    rows = [history.run(run_id) for run_id in received.run_ids]
    if chosen.json:
        runs = [row_as_json(row) for row in rows]
        print_json({"kind": received.kind, "runs": runs, "remarks": received.remarks})
        return 0
    for remark in received.remarks:
        warn(remark)
    short = ShortIds(history)
    for row in rows:
        print(f"{short(row.id)}  {local_time(row.started_at)}  {one_line(row.question, width())}")
    return 0


@contextlib.contextmanager
def _as_file(name: str) -> Iterator[Path]:
    """The file of that name; for `-`, what stands on standard input, in a file that is thrown away."""
    if name != "-":
        yield Path(name)
        return
    with tempfile.TemporaryDirectory(prefix="rlm-desktop-") as folder:
        path = Path(folder) / "standard input"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        try:
            yield path
        except HistoryError as error:
            raise HistoryError(str(error).replace(str(path), "Standard input")) from error
