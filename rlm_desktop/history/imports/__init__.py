"""Import of logs: this program's own and other engines'. The kind is found by the content, never by the name.

Nothing is ever unpickled or executed. What a log does not hold is left unknown, and a notice in the run says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rlm_desktop.errors import HistoryError
from rlm_desktop.history.imports import fast_rlm, flat, grishahq, own, pyrlm, rlms
from rlm_desktop.history.imports.reading import ImportedRun, load

FORMATS = (
    own.FORMAT,
    rlms.LINES,
    rlms.COMPLETIONS,
    fast_rlm.FORMAT,
    grishahq.FORMAT,
    pyrlm.FORMAT,
    flat.EVENTS,
    flat.NODE,
    flat.DSPY,
)

__all__ = ["FORMATS", "Imported", "ImportedRun", "read"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held.

    Attributes:
        kind: Which kind of log, in words.
        remarks: What the person should know: parts left out and the like.
    """

    kind: str
    runs: list[ImportedRun]
    remarks: list[str] = field(default_factory=list)


def read(path: Path) -> Imported:
    """The runs in a log.

    Raises:
        HistoryError: It cannot be read, or is of no known kind; the text says so.
    """
    log = load(path)
    for format_ in FORMATS:
        if not format_.fits(log.values):
            continue
        try:
            runs = format_.read(log)
        except RecursionError as error:
            raise HistoryError(f"{path} is nested too deeply to import.") from error
        if runs:
            return Imported(format_.name, runs, log.remarks)
    kinds = ", ".join(format_.name for format_ in FORMATS)
    raise HistoryError(f"{path} is of no kind that can be imported. Known are: {kinds}.")
