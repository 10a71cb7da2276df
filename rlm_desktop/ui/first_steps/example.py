"""The recorded example: a run made by the project, put into the history and replayed at once. No Qt."""

from __future__ import annotations

import lzma
import tempfile
from pathlib import Path

from rlm_desktop import paths
from rlm_desktop.documents import load
from rlm_desktop.errors import UserError
from rlm_desktop.history import History, RunRow

RECORD = "samples/example-session.jsonl.xz"
DOCUMENT = "samples/company-report.md"
TITLE = "Example: revenue by region"


def put_into(history: History) -> RunRow:
    """The run of the example, in the history. Blocking; a second time it only looks it up.

    Raises:
        UserError: The example is damaged, or the history cannot be written.
    """
    from rlm_desktop.history.transfer import receive  # brings all forms of exports and imports with it

    try:
        lines = lzma.decompress(paths.resource(RECORD).read_bytes())
        document = load(paths.resource(DOCUMENT))
    except (OSError, lzma.LZMAError) as error:
        raise UserError(f"The example is damaged ({error}): install the program again.") from error
    with tempfile.TemporaryDirectory(prefix="rlm-desktop-") as folder:
        file = Path(folder) / "example.jsonl"
        file.write_bytes(lines)
        received = receive(history, file)
    history.keep_documents([document])
    row = history.run(received.run_ids[0])
    if not received.remarks:
        history.rename_session(row.session_id, TITLE)
    history.flush()
    return row
