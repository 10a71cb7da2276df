"""Export of runs: one file each, in the form that the person or another program wants.

The archive, which holds several runs with their documents and replays on another machine, is in `history.transfer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.errors import HistoryError
from rlm_desktop.history.exports import lines, markdown, notebook, perfetto, rlms, table, telemetry, webpage
from rlm_desktop.history.exports.recorded import Clean, Cleaned, Recorded, Redactor, common_secrets
from rlm_desktop.history.tape import Tape
from rlm_desktop.history.targets import text_file
from rlm_desktop.history.watch import Watch

__all__ = ["FORMATS", "Clean", "Format", "Redactor", "common_secrets", "export", "render"]


@dataclass(frozen=True, slots=True)
class Format:
    """A form of export.

    Attributes:
        key: Its name on the command line.
        suffix: How its files end.
    """

    key: str
    suffix: str
    write: Callable[[Recorded], Iterator[str]]


FORMATS = (
    Format("events", ".jsonl", lines.write),
    Format("markdown", ".md", markdown.write),
    Format("html", ".html", webpage.write),
    Format("notebook", ".ipynb", notebook.write),
    Format("perfetto", ".trace.json", perfetto.write),
    Format("otel", ".otel.json", telemetry.write),
    Format("csv", ".csv", table.write),
    Format("rlms", ".rlms.jsonl", rlms.write),
)


def render(
    events: Iterable[AnyEvent], key: str, *, clean: Clean | None = common_secrets, tape: Tape | None = None
) -> Iterator[str]:
    """A run in the form `key`, piece by piece.

    Args:
        events: The run's; they are gone through several times, and never held.
        key: Of one of `FORMATS`.
        clean: Replaces secrets in every text; None leaves them.
        tape: An empty one, for the texts of a form that shows the run as a tree.

    Raises:
        HistoryError: There is no such form.
    """
    for format_ in FORMATS:
        if format_.key == key:
            return format_.write(Recorded(events if clean is None else Cleaned(events, clean), tape))
    raise HistoryError(f"There is no export {key!r}. There are: {', '.join(one.key for one in FORMATS)}.")


def export(
    events: Iterable[AnyEvent],
    key: str,
    path: Path,
    *,
    clean: Clean | None = common_secrets,
    tape: Tape | None = None,
    watch: Watch | None = None,
) -> None:
    """Write a run to a file, which is complete or not there at all. The other arguments are those of `render`.

    Raises:
        HistoryError: There is no such form, the file cannot be written, or `watch` was cancelled.
    """
    watch = watch or Watch()
    try:
        with text_file(path) as file:
            for piece in render(events, key, clean=clean, tape=tape):
                file.write(piece)
                watch.step(0)
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error.strerror}.") from error
