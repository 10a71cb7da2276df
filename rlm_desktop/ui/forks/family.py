"""The line that says where a run came from and what came from it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel

from rlm_desktop.ui.figures import local_time, moment_words, status_words
from rlm_desktop.ui.window_style import muted

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow

MOST_LINKS = 4


class FamilyLine(QLabel):
    """Links to the run that this one was resumed or forked from, and to those that were made from it.

    Signals:
        run_requested: The session and the run that the person wants to see.
    """

    run_requested = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("familyLine")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setWordWrap(True)
        muted(self)
        self._rows: dict[str, RunRow] = {}
        self.linkActivated.connect(self._follow)
        self.hide()

    def show_family(self, run_id: str, family: Sequence[RunRow]) -> None:
        """Show the next of kin of a run."""
        self._rows = {row.id: row for row in family}
        this = self._rows.get(run_id)
        parts: list[str] = []
        if this is not None and this.parent_run:
            parts.append(self._origin(this))
        for is_fork, words in ((False, self.tr("Resumed as {runs}")), (True, self.tr("Forks: {runs}"))):
            made = [row for row in family if row.parent_run == run_id and self._is_fork(row) == is_fork]
            if made:
                parts.append(words.format(runs=self._links(made)))
        self.setText(" · ".join(parts))
        self.setVisible(bool(parts))

    @staticmethod
    def _is_fork(row: RunRow) -> bool:
        return row.parent_iteration is not None

    def _origin(self, row: RunRow) -> str:
        parent = self._rows.get(row.parent_run)
        name = self._link(parent) if parent is not None else self.tr("a run that is not in the history")
        if row.parent_iteration is None:
            return self.tr("Resumed from {run}").format(run=name)
        return self.tr("Forked from {run} at iteration {number}").format(run=name, number=row.parent_iteration)

    def _links(self, rows: Sequence[RunRow]) -> str:
        links = [self._link(row) for row in rows[-MOST_LINKS:]]
        more = len(rows) - len(links)
        return ", ".join([*links, self.tr("%n more", None, more)] if more else links)

    def _link(self, row: RunRow) -> str:
        moment = local_time(row.started_at)
        when = moment_words(moment) if moment is not None else row.id[:8]
        return f'<a href="{escape(row.id)}">{escape(when)}, {escape(status_words(row.end_state))}</a>'

    def _follow(self, run_id: str) -> None:
        if (row := self._rows.get(run_id)) is not None:
            self.run_requested.emit(row.session_id, row.id)
